"""The checks behind the exercises: wrong answers get the hint that helps, and right ones pass in every style."""

import re

import pytest

from tests.book.pages import CHAPTERS, each
from tests.exercises.answers import HERE, WITH_ANSWERS, answers, checks, give


def rows(kind):
    """Return the wrong or the right answers of all chapters as parameters, named by chapter and check."""
    return [
        pytest.param(*row, id=f"{chapter} {row[0].__name__} {number}")
        for chapter in WITH_ANSWERS
        for number, row in enumerate(getattr(answers(chapter), kind))
    ]


@each(CHAPTERS)
def test_chapter_has_answers_to_its_exercises(page):
    assert (HERE / f"{page.name}.py").exists(), f"Write tests/exercises/{page.name}.py, from _template.py beside it."


@pytest.mark.parametrize("chapter", WITH_ANSWERS)
def test_each_check_has_wrong_and_right_answers(chapter):
    for kind in ("WRONG", "RIGHT"):
        known = {row[0].__name__ for row in getattr(answers(chapter), kind)}
        missing = checks(chapter).keys() - known
        assert not missing, f"{kind} of tests/exercises/{chapter}.py has no answer to {', '.join(missing)}."


@pytest.mark.parametrize(("check", "attempt", "hint"), rows("WRONG"))
def test_wrong_answer_gets_its_hint(check, attempt, hint, capsys):
    give(check, attempt)
    printed = capsys.readouterr().out
    assert re.fullmatch(r"Not yet: .+[.?]\n", printed), printed
    assert re.search(hint, printed), printed


@pytest.mark.parametrize(("check", "attempt"), rows("RIGHT"))
def test_right_answer_passes_in_every_style(check, attempt, capsys):
    give(check, attempt)
    assert capsys.readouterr().out == "Correct.\n"
