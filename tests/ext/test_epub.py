"""The ePub: its pages load nothing of the website, and its lists are right."""

import re
import zipfile
from pathlib import PurePosixPath

import epub


def test_pages_keep_the_sheets_of_a_book_and_no_script():
    page = (
        '<head>\n<link rel="stylesheet" type="text/css" href="../_static/epub.css?v=1" />'
        '\n<link rel="stylesheet" type="text/css" href="../_static/book.css" /><script src="a.js"></script></head>'
        "<body><script>\nlet one;\n</script><p>text</p></body>"
    )
    kept = '<link rel="stylesheet" type="text/css" href="../_static/epub.css?v=1" />'
    assert epub.only_book(page) == f"<head>\n{kept}</head><body><p>text</p></body>"


def test_manifest_declares_formulas_and_pictures():
    pages = {"a.xhtml": "<math><svg>", "b.xhtml": "text", "nav.xhtml": "<svg>"}
    manifest = (
        '<item href="a.xhtml" id="1" /><item href="b.xhtml" id="2" />'
        '<item href="nav.xhtml" properties="nav" /><item href="c.png" />'
    )
    assert epub.declare(manifest, pages) == manifest.replace('id="1" />', 'id="1" properties="mathml svg" />')


def test_contents_lead_to_the_pages():
    contents = (
        '<a href="index.xhtml#top"></a><a href="part/a.xhtml"></a><content src="part/a.xhtml"/><a href="b.xhtml"/>'
    )
    pages = {"book/part/a.xhtml": "", "b.xhtml": ""}
    expected = contents.replace('"part/a', '"book/part/a')
    assert epub.lead(contents, pages, PurePosixPath("book")) == expected


def test_epub_of_a_small_book(build):
    text = "# A book\n\n```{toctree}\na\n```\n"
    page = "# A\n\n```{raw} html\n<svg></svg><script>let one;</script>\n```\n"
    files = {"book/index.md": text, "book/a.md": page, "static/extra.js": "", "static/extra.css": ""}
    settings = {
        "root_doc": "book/index",
        "epub_basename": "small",
        "html_static_path": ["static"],
        "html_css_files": ["extra.css"],
        "exclude_patterns": ["static"],
    }
    folder = build(files, "epub", extensions=["epub"], **settings)
    with zipfile.ZipFile(folder / "small.epub") as book:
        assert book.namelist()[0] == "mimetype"
        assert not [name for name in book.namelist() if "extra" in name]
        chapter, manifest = (book.read(name).decode() for name in ("book/a.xhtml", "content.opf"))
        contents = book.read("nav.xhtml").decode()
    assert "<svg>" in chapter
    assert not re.search(r"<script|extra\.css", chapter)
    assert re.search(r'href="book/a\.xhtml"[^>]* properties="svg"', manifest)
    assert set(re.findall(r'<a href="([^"#]*)', contents)) <= set(book.namelist())
