"""The labels of claims: claims.yml says where a claim is decided, and the first tagged cell there is the target."""

import re

import nbformat
import pytest
from sphinx.errors import SphinxWarning


def notebook(title, tags_of_cells):
    """Return a notebook with a title and a code cell for each list of tags."""
    cells = [nbformat.v4.new_code_cell("code", metadata={"tags": tags.split()}) for tags in tags_of_cells]
    cells.insert(0, nbformat.v4.new_markdown_cell(f"# {title}"))
    metadata = {"language_info": {"name": "python", "pygments_lexer": "python"}}
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells, metadata=metadata))


def book(claims, **chapters):
    """Return the files of a book in which the page `errata` leads to N1."""
    pages = {f"book/{name}.ipynb": notebook(name, tags) for name, tags in chapters.items()}
    index = "# A book\n\n```{toctree}\n:glob:\n\nbook/*\n```\n"
    errata = "# Errata\n\n{ref}`N1 <claim-n1>`\n"
    return pages | {"book/errata.md": errata, "index.md": index, "book/reference/claims.yml": claims}


def ids(page):
    return re.findall(r'<div class="cell ([^"]*) docutils container" id="([^"]*)"', page.read_text(encoding="utf-8"))


def test_first_cell_of_the_page_is_the_target(build):
    files = book("N1: a\nQ2: a\n", a=["claim-N1 claim-Q2", "claim-N1"], b=["claim-N1"])
    html = build(files, extensions=["claims"])
    assert ids(html / "book" / "a.html") == [("tag_claim-N1 tag_claim-Q2", "claim-n1")]
    assert ids(html / "book" / "b.html") == []
    assert 'href="a.html#claim-n1"' in (html / "book" / "errata.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("tags", ["claim-N2", "N1"])
def test_claim_without_a_cell_is_reported(build, tags):
    with pytest.raises(SphinxWarning, match="undefined label: 'claim-n1'"):
        build(book("N1: a\n", a=[tags]), extensions=["claims"])
