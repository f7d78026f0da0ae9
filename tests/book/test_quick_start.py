"""The short way in stays short: what does not fit belongs to a chapter."""

import re

from tests.book.pages import BOOK, Page, prose, tags

PAGE = Page(BOOK / "quick_start.ipynb")


def test_it_can_be_read_in_fifteen_minutes():
    words = re.findall(r"[^\W\d_][\w’'-]*", prose(PAGE.markdown))
    assert len(words) <= 1500, f"{PAGE} has {len(words)} words of prose; 1,500 are the most. Move some to a chapter."


def test_each_step_has_a_cell_one_picture_at_most_and_a_link_to_a_chapter():
    title, steps, figures = "", {}, [cell.id for cell in PAGE.figures]
    for cell in PAGE.cells(hidden=False):
        if cell.cell_type == "code" and steps:
            steps[title] += [cell]
            continue
        for part in re.split(r"^(?=## )", cell.source, flags=re.M):
            if part.startswith("## "):
                title = part.splitlines()[0]
                steps[title] = []
            if steps:
                steps[title] += re.findall(r"\]\((?:foundations|learning|practice|numerics)/\w+\.ipynb\)", part)
    del steps["## What, why, how"]
    for title, parts in steps.items():
        cells = [part for part in parts if not isinstance(part, str)]
        assert cells, f"{PAGE}, “{title}”: no cell shows it."
        assert len(parts) > len(cells), f"{PAGE}, “{title}”: no link to the chapter that goes deep."
        assert sum(cell.id in figures for cell in cells) <= 1, f"{PAGE}, “{title}”: more than one picture."
        lengths = [len(cell.source.splitlines()) for cell in cells if "hide-input" not in tags(cell)]
        assert max(lengths) <= 10, f"{PAGE}, “{title}”: a cell of {max(lengths)} lines; ten are the most."
