"""The map of the chapters: what it reads from the pages and from their table of contents."""

import re

import pytest
from chapter_drawing import LETTERS
from sphinx.errors import SphinxWarning

TOCTREE = "```{{toctree}}\n:caption: Part {0}\n:numbered: 2\n\n{1}\n{2}\n```\n\n"
INDEX = "# A book\n\n```{chapter_map}\n```\n\n" + TOCTREE.format("I", "c", "b") + TOCTREE.format("II", "a", "d")


def chapter(title, needs="du courage"):
    """Return a chapter that states its needs in French."""
    box = f"```{{admonition}} Dans ce chapitre\n:class: objectives\nIl vous faut {needs}.\n```"
    note = "```{admonition} A note\nNo need: [a link](d.md) elsewhere.\n```"
    return f"# {title}: what it is about\n\n{box}\n\n{note}\n"


def page_with_map(build, **chapters):
    """Return the page with the map of the chapters c and b of part I, and a of part II; d is another page."""
    files = {"index.md": INDEX, "d.md": "# Not a chapter\n"} | {f"{name}.md": text for name, text in chapters.items()}
    return (build(files, extensions=["chapter_map"]) / "index.html").read_text(encoding="utf-8")


def test_map_is_in_the_order_of_the_contents_and_takes_needs_from_the_box(build):
    b = chapter("B", "[la suite](c.md) & [](https://example.org)")
    page = page_with_map(build, a=chapter("A", "[b](b.md)"), b=b, c=chapter("C"))
    svg = page[page.index("<svg") : page.index("</svg>")]
    assert re.findall(r'href="([^"]*)" aria-label="([^"]*)"', svg) == [
        ("c.html", "1 C"),
        ("b.html", "2 B; it needs C"),
        ("a.html", "1 A; it needs B"),  # Sphinx alone numbers each part anew
    ]
    assert re.findall(r'class="part"[^>]*>([^<]*)<', svg) == ["Part I", "Part II"]
    assert re.findall(r'class="needs"[^>]*>([^<]*)<', svg) == ["", "1", "2"]


@pytest.mark.parametrize(
    ("chapters", "complaint"),
    [
        ({"c": chapter("C", "[b](b.md)")}, "the chapter 'c' needs 'b', which is no chapter that comes before it"),
        ({"a": chapter("A", "[d](d.md)")}, "the chapter 'a' needs 'd', which is no chapter that comes before it"),
        ({"a": chapter("A" * (LETTERS + 1))}, f"no room for more than {LETTERS} letters"),
    ],
    ids=["later", "no-chapter", "long-title"],
)
def test_map_complains(build, chapters, complaint):
    with pytest.raises(SphinxWarning, match=complaint):
        page_with_map(build, **{name: chapter(name.upper()) for name in "abc"} | chapters)
