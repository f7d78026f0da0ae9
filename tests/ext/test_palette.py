"""The colors of the book: `softmaxlib.teaching.example` is their only home, and both themes make them legible."""

import itertools
import json
import re

import palette
import pytest

from softmaxlib.teaching.example import PALETTE, Color
from tests.ext.conftest import ROOT
from tests.teaching.test_figures import luminance

HOME = ROOT / "softmaxlib" / "teaching" / "example.py"
SHEETS = [ROOT / "book" / "_static" / "book.css", ROOT / "book" / "_scripts" / "charts.css"]
GROUNDS = {"light": "#ffffff", "dark": "#121212"}  # of the theme's pages


def texts():
    """Yield the files in which a color could be written, with their text; of notebooks only what people write."""
    folders = ("book", "softmaxlib", "tests", "benchmarks")
    paths = itertools.chain.from_iterable((ROOT / folder).rglob("*.*") for folder in folders)
    for path in paths:
        if path.suffix in (".py", ".css", ".js", ".mjs", ".html", ".md") and path != HOME:
            yield path, path.read_text(encoding="utf-8")
        elif path.suffix == ".ipynb":
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            yield path, "\n".join("".join(cell["source"]) for cell in cells)


def test_no_other_file_states_a_color():
    colors = re.compile("|".join(sorted({value for color in PALETTE.values() for value in color})), re.I)
    places = [f"{path.relative_to(ROOT)}: {found[0]}" for path, text in texts() for found in colors.finditer(text)]
    assert not places, "\n".join(["Take these colors from softmaxlib.teaching.example:", *places])


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_sheets_use_variables_that_exist(path):
    used = set(re.findall(r"var\(--figure-([\w-]+)", path.read_text(encoding="utf-8")))
    assert used <= set(PALETTE)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PALETTE)
def test_colors_of_pages_are_legible_as_text(name, theme):
    dark, light = sorted([luminance(getattr(PALETTE[name], theme)), luminance(GROUNDS[theme])])
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_colors_of_figures_differ():
    drawn = [color.drawn for color in PALETTE.values()]
    assert len(drawn) == len(set(drawn)), "a page could not tell which of two colors to replace"


def test_pages_follow_the_palette(monkeypatch):
    monkeypatch.setitem(PALETTE, "blue", Color("#010203", "#040506", "#070809"))
    assert palette.with_variables('<path stroke="#010203"/>') == '<path stroke="var(--figure-blue, #010203)"/>'
    light, dark = palette.sheet().split("html[data-theme", 1)
    assert "--figure-blue: #040506;" in light
    assert "--figure-blue: #070809;" in dark
