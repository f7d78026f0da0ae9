"""The pages of the built website, and how each of them is to be opened."""

import itertools
import re
import zlib
from pathlib import Path
from typing import NamedTuple

import yaml

ROOT = Path(__file__).parents[2]
SITE = ROOT / "_build" / "html"
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["sphinx"]["config"]
BASE = CONFIG["html_baseurl"]  # where the site is published
COMBINATIONS = list(itertools.product(["light", "dark"], [1280, 390]))


class Visit(NamedTuple):
    """A page, the theme of the reader's system, and the width of the window in pixels."""

    page: str
    theme: str
    width: int

    def __str__(self):
        return f"{self.page}-{self.theme}-{self.width}"


def files():
    """Return the HTML files of the website, as addresses relative to its root; templates are left out."""
    found = [path.relative_to(SITE) for path in SITE.rglob("*.html")]
    return sorted(path.as_posix() for path in found if path.parts[0] not in ("_static", "_sources"))


def pages():
    """Return the pages at which a reader can stay: all but redirections."""
    return [file for file in files() if "http-equiv=refresh" not in text(file).replace('"', "").lower()]


def text(file):
    return (SITE / file).read_text(encoding="utf-8")


def kinds(page):
    """Return the elements and the classes that occur in a page; the tag of a cell is no kind of content."""
    html = text(page)
    classes = {name for value in re.findall(r'\bclass="([^"]*)"', html) for name in value.split()}
    return {name for name in classes if not name.startswith("tag_")} | set(re.findall(r"<([a-z][\w-]*)", html))


def varied(count=5):
    """Return a few pages that together hold most kinds of content: the richest, then each time what adds most."""
    left, held, chosen = {page: kinds(page) for page in pages()}, set(), []
    while left and len(chosen) < count:
        chosen.append(max(left, key=lambda page: len(left[page] - held)))
        held |= left.pop(chosen[-1])
    return chosen


def visits(every=False):
    """Return all visits: `varied` pages in all combinations, another page in one that its name decides."""
    in_all = pages() if every else varied()
    return [
        Visit(page, *combination)
        for page in pages()
        for combination in (COMBINATIONS if page in in_all else [COMBINATIONS[zlib.crc32(page.encode()) % 4]])
    ]
