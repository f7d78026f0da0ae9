"""The cheat sheet: one sheet of paper that can be read."""

import io
import re
import unicodedata

import pypdf
import pytest

PAGE = "book/reference/cheat_sheet.html"
A4 = (210, 297)  # mm
POINT = 25.4 / 72  # mm


def squeeze(text):
    """Return the letters and digits of a text; paper has ligatures."""
    return re.sub(r"\W", "", unicodedata.normalize("NFKC", text))


@pytest.fixture
def sheet(tab, url):
    """Return the pages of the sheet, printed as the browser does by itself."""
    tab.goto(url + PAGE)
    tab.evaluate("document.fonts.ready.then(() => true)")
    return pypdf.PdfReader(io.BytesIO(tab.pdf(format="A4"))).pages


def test_sheet_is_one_page_of_a4(sheet):
    assert len(sheet) == 1
    size = [float(length) * POINT for length in (sheet[0].mediabox.width, sheet[0].mediabox.height)]
    assert size == pytest.approx(A4, abs=1)


def test_sheet_holds_all_of_the_page(sheet, tab):
    paper = squeeze(sheet[0].extract_text())
    for heading in tab.locator("article h1, article h2").all_inner_texts():
        assert squeeze(heading) in paper, heading
    last = tab.locator("article p").last.inner_text().split(".")[0]
    assert squeeze(last) in paper


def test_letters_on_paper_are_black_and_not_too_small(tab, url):
    tab.goto(url + PAGE)
    tab.emulate_media(media="print", color_scheme="dark")
    letters = tab.evaluate(
        """() => [...document.querySelectorAll("article :is(p, td, th, h2, code, pre, a)")]
            .filter((e) => e.checkVisibility() && !e.closest(".katex, .headerlink"))
            .map((e) => [parseFloat(getComputedStyle(e).fontSize) * 0.75, getComputedStyle(e).color, e.textContent])"""
    )
    assert len(letters) > 100
    for points, color, text in letters:
        assert points >= 7.99, (points, text)
        assert color == "rgb(0, 0, 0)", (color, text)


def test_nothing_sticks_out_of_its_column(tab, url):
    tab.set_viewport_size({"width": 718, "height": 1060})  # 190 mm, what the margins leave
    tab.goto(url + PAGE)
    tab.emulate_media(media="print")
    wide = tab.evaluate(
        """() => [...document.querySelectorAll("article :is(section, table, pre, .words)")]
            .filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.textContent.trim().slice(0, 60))"""
    )
    assert wide == []
