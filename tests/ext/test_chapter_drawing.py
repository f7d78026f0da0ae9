"""The drawing of the map: it tells the needs, is the same on every run, and is legible with 33 chapters."""

import itertools
import os
import string
import subprocess
import sys
from xml.etree import ElementTree

import chromium
import pytest
from chapter_drawing import Chapter, direct, draw, lanes_of
from playwright.sync_api import sync_playwright

from tests.ext.conftest import ROOT
from tests.site.conftest import give_up

PARTS = {
    "": ["Quick start"],
    "Part I · From scores to probabilities": [
        "Multiclass classification",
        "Sigmoid < 1",
        "Argmax < 2",
        "Sum-normalization < 2 3",
        "Softmax < 3 4",
        "Why the exponential < 5",
        "Stable softmax < 2 5",
        "Two classes < 2 3 7",
        "Temperature < 6 7",
    ],
    "Part II · Training with softmax": [
        "Gradients < 7",
        "Cross-entropy < 6 10",
        "Softmax regression < 11",
        "Neural network < 12",
        "Class imbalance < 9 12",
    ],
    "Part III · Softmax at work": [
        "Multi-label classification < 8 11",
        "Calibration < 9 13",
        "Uncertainty < 16",
        "Attention < 9 10",
        "Language models < 13 18",
        "Decisions < 9 10",
        "Contrastive learning < 9 13",
        "The softmax bottleneck < 19",
        "Alternatives to softmax < 4 8 10",
    ],
    "Part IV · Digits, speed and scale": [
        "Accuracy < 7",
        "Speed < 24",
        "Online softmax < 7 18",
        "Low precision < 13 24",
    ],
    "Part V · Frameworks and machines": [
        "SciPy and scikit-learn < 12",
        "Keras < 13",
        "PyTorch < 13",
        "JAX < 10 13",
        "Distributed softmax < 26 30",
    ],
}


def planned():
    """Return the parts of the book as it is planned, with 33 chapters."""
    parts, number = [], 0
    for caption, lines in PARTS.items():
        chapters = []
        for line in lines:
            title, _, needs = line.partition(" < ")
            number += bool(caption)
            name = f"chapter {number}"
            chapters.append(
                Chapter(name, str(number) if caption else "", title, tuple(f"chapter {n}" for n in needs.split()))
            )
        parts.append((caption, chapters))
    return parts


def addresses(parts):
    return {chapter.name: f"{chapter.name}.html" for _, part in parts for chapter in part}


def drawing(parts):
    return draw(parts, addresses(parts))


def test_needs_that_other_needs_imply_are_left_out():
    needs = {"a": (), "b": ("a",), "c": ("b", "a"), "d": ("c", "a"), "e": ("d", "b")}
    assert direct(needs) == {"a": [], "b": ["a"], "c": ["b"], "d": ["c"], "e": ["d"]}


def test_needs_come_in_the_order_of_the_book():
    assert direct({"b": (), "a": (), "c": ("a", "b", "a")})["c"] == ["b", "a"]


def test_lines_of_different_chapters_do_not_share_a_piece_of_a_lane():
    parts = planned()
    chapters = [chapter for _, part in parts for chapter in part]
    needs = direct({chapter.name: chapter.needs for chapter in chapters})
    rows = {chapter.name: row for row, chapter in enumerate(chapters)}
    lanes = lanes_of(needs, rows)
    ends = {need: max(rows[name] for name in needs if need in needs[name]) for need in lanes}
    cells = [(lane, row) for name, lane in lanes.items() for row in range(rows[name], ends[name] + 1)]
    assert len(cells) == len(set(cells))


def test_drawing_is_valid_and_names_each_chapter_with_its_needs():
    tree = ElementTree.fromstring(drawing([("A & B", [Chapter("a", "1", "A", ()), Chapter("b", "2", "<B>", ("a",))])]))
    links = [node.get("aria-label") for node in tree.iter("{http://www.w3.org/2000/svg}a")]
    assert links == ["1 A", "2 <B>; it needs A"]


def test_drawing_does_not_depend_on_hashes():
    code = f"from chapter_drawing import *; print(draw({planned()!r}, {addresses(planned())!r}))"
    drawings = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": str(seed), "PYTHONPATH": str(ROOT / "book" / "_ext")},
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        for seed in range(10)
    }
    assert drawings == {drawing(planned())}


MEASURE = """() => {
  const svg = document.querySelector("svg");
  const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  const range = document.createRange();
  const box = ({ left, right, top, bottom }) => ({ left, right, top, bottom });
  const pieces = [...svg.querySelectorAll("text")].flatMap((text) => [...text.childNodes]);
  return {
    map: box(svg.getBoundingClientRect()),
    lines: [...svg.querySelectorAll("path")].map((line) => box(line.getBoundingClientRect())),
    texts: pieces.map((piece) => {
      range.selectNodeContents(piece);
      const size = scale * parseFloat(getComputedStyle(piece.parentElement).fontSize);
      return { ...box(range.getBoundingClientRect()), size, text: piece.textContent };
    }),
  };
}"""


@pytest.fixture
def shown():
    """Return a function that shows the map of the planned book on a page of some width, and measures its texts."""
    program = chromium.program()
    if program is None:
        give_up("There is no Chromium, Chrome or Edge.")
    sheet = (ROOT / "book" / "_static" / "book.css").read_text(encoding="utf-8")
    margin = "body { margin: 0 16px; font-family: 'DejaVu Sans', Verdana, sans-serif }"  # the widest that readers have
    page = f"<!DOCTYPE html><style>{sheet}{margin}</style>{drawing(planned())}"

    def measure(width):
        with sync_playwright() as playwright, playwright.chromium.launch(executable_path=program) as browser:
            tab = browser.new_page(viewport={"width": width, "height": 800})
            tab.set_content(page)
            return tab.evaluate(MEASURE)

    return measure


@pytest.mark.parametrize("width", [390, 1280])
def test_map_of_33_chapters_is_legible(shown, width):
    seen = shown(width)
    assert len([text for text in seen["texts"] if set(text["text"]) & set(string.ascii_letters)]) == 33 + 5
    assert min(text["size"] for text in seen["texts"]) >= 11
    frame = seen["map"]
    assert 0 <= frame["left"] < frame["right"] <= width
    for part in seen["texts"] + seen["lines"]:
        assert frame["left"] <= part["left"] <= part["right"] <= frame["right"], part
        assert frame["top"] <= part["top"] <= part["bottom"] <= frame["bottom"], part
    for one, other in itertools.combinations(seen["texts"], 2):
        beside = one["right"] <= other["left"] or other["right"] <= one["left"]
        assert beside or one["bottom"] <= other["top"] or other["bottom"] <= one["top"], (one, other)
    labels = min(text["left"] for text in seen["texts"])
    assert all(line["right"] <= labels for line in seen["lines"]), "a line crosses a text"
