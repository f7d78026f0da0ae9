"""What every page must be, in both themes, on a desk (here) and on a phone (test_phone.py)."""

import re
from pathlib import Path
from urllib.parse import urljoin

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
FILE_NAME = re.compile(r"[/\\_]|\.\w{2,4}$", re.A)


def formulas(page):
    """Return whether the source of a page, if there is one, has formulas."""
    notebook, text = ((ROOT / page).with_suffix(suffix) for suffix in (".ipynb", ".md"))
    if notebook.exists():
        cells = nbformat.read(notebook, as_version=4).cells
        source = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    else:
        source = text.read_text(encoding="utf-8") if text.exists() else ""
    source = re.sub(r"^```(?!\{math).*?^```|`[^`\n]*`", "", source, flags=re.M | re.S)
    return re.findall(r"\$\$.+?\$\$|\$[^$\n]+\$", source, flags=re.S)


class Rules:
    """The rules, for one width."""

    @pytest.fixture
    def seen(self, look, page, theme):
        return look(page, theme)

    def test_nothing_is_foreign(self, seen, url):
        foreign = {request for request in seen["requests"] if not request.startswith((urljoin(url, "/"), "data:"))}
        assert not foreign, "\n".join(foreign)

    def test_nothing_fails_and_no_script_complains(self, seen):
        assert not seen["said"], "\n".join(seen["said"])

    def test_policy_is_kept(self, seen):
        assert not seen["violations"], "\n".join(seen["violations"])

    def test_theme_is_the_one_of_the_system(self, seen, theme):
        lightness = sum(map(int, re.findall(r"\d+", seen["ground"])[:3])) / (3 * 255)
        assert (lightness > 0.5) == (theme == "light"), seen["ground"]

    def test_axe_finds_nothing(self, seen):
        assert not seen["axe"], "\n".join(seen["axe"])

    def test_page_does_not_scroll_sideways(self, seen):
        assert seen["excess"] <= 0, "\n".join(seen["wide"])

    def test_formulas_are_mathml(self, seen, page):
        assert seen["formulas"] >= len(formulas(page))
        assert seen["bare"] == []
        assert seen["raw"] == []

    def test_pictures_say_what_they_show(self, seen):
        for picture in seen["pictures"]:
            label = picture["label"] or ""
            assert re.search(r"[^\W\d_]{3}", label), picture
            assert not FILE_NAME.search(label), picture
            assert picture["role"] != "svg", f"a figure without a role: {picture}"
            assert not picture["figure"] or (len(label) >= 20 and len(label.split()) >= 4), picture

    def test_nothing_moves_while_the_page_loads(self, seen):
        moved = [shift for shift in seen["shifts"] if shift["value"] > 0.0005]
        assert sum(shift["value"] for shift in seen["shifts"]) <= 0.01, moved


class TestDesktop(Rules):
    """A window of a desktop computer."""

    WIDTH, HEIGHT = 1280, 800
