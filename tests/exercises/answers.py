"""Finds the checks, and the answers to them that are known to be wrong or right: a module for each chapter."""

import importlib
import inspect
from pathlib import Path

from tests.book import pages

HERE = Path(__file__).parent
CHAPTERS = [page.name for page in [*pages.CHAPTERS, pages.TEMPLATE] if pages.installed(page)]
WITH_ANSWERS = [chapter for chapter in CHAPTERS if (HERE / f"{chapter}.py").exists()]


def answers(chapter):
    """Return the module with the wrong and the right answers to a chapter's exercises, such as foundations/sigmoid."""
    return importlib.import_module(f"tests.exercises.{chapter.replace('/', '.')}")


def checks(chapter):
    """Return the checks of a chapter, by their names."""
    module = importlib.import_module(f"softmaxlib.teaching.exercises.{chapter.replace('/', '.')}")
    return {name: check for name, check in vars(module).items() if name.startswith("check_")}


def give(check, attempt):
    """Call a check with an attempt; one that takes several answers gets them from a tuple."""
    return check(*attempt) if len(inspect.signature(check).parameters) > 1 else check(attempt)
