"""The pages of the book, as the tests read them: each page is read and parsed once."""

import re
from functools import cached_property
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import nbformat
import pytest
import yaml
from nbformat.v4 import new_markdown_cell, new_notebook

BOOK = Path(__file__).parents[2] / "book"
CLAIMS = yaml.safe_load((BOOK / "reference" / "claims.yml").read_text(encoding="utf-8"))  # claim: name of its page

# What is no prose is blanked character by character, so that a place in the prose is the same place in the Markdown:
# blocks by spaces, which end a paragraph, and what stands within a paragraph by NUL, which does not.
BLOCKS = [
    r"^```\{admonition\} In this chapter.*?^```",
    r"^```(python|sh|\{math\}).*?^```",
    r"\$\$.*?\$\$( \(.*?\))?",
    r"^(#|```|:::|:\w+:)[^\n]*",
]
INLINE = [
    r"^% [^\n]*",  # comments
    r"\$(?:[^$\n]|\n(?=.))*\$",
    r"(\{[\w:]+\})?`(?:[^`\n]|\n(?=.))*`",
    r"(?<=\])\([^)]*\)",  # addresses of links
    r"\bsections? [\d.]+",  # of a source
]
NUMBER = r"(?<![\w.^])(?<!\w-)-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?(?!\w)"


class Page:
    """A notebook or a Markdown page. Its name is the path that `_toc.yml` gives it, such as foundations/sigmoid."""

    def __init__(self, path):
        self.path = path
        self.name = path.relative_to(BOOK).with_suffix("").as_posix()

    def __repr__(self):
        return self.path.relative_to(BOOK.parent).as_posix()

    @cached_property
    def notebook(self):
        """Return the notebook; a Markdown page is one of a single cell."""
        if self.path.suffix == ".md":
            return new_notebook(cells=[new_markdown_cell(self.path.read_text(encoding="utf-8"))])
        return nbformat.read(self.path, as_version=4)

    def cells(self, kind=None, hidden=None):
        """Return the cells that are not empty: of one kind, and only the hidden or the visible ones."""
        return [
            cell
            for cell in self.notebook.cells
            if kind in (None, cell.cell_type) and hidden in (None, "remove-cell" in tags(cell)) and cell.source.strip()
        ]

    def where(self, cell):
        """Return words by which the author finds a cell."""
        return f"{self}, cell {cell.id}, which begins `{cell.source.strip().splitlines()[0]}`"

    @cached_property
    def markdown(self):
        return "\n\n".join(cell.source for cell in self.cells("markdown"))

    @cached_property
    def quiz(self):
        return self.markdown.partition("## Quiz\n")[2].partition("\n## ")[0]

    @cached_property
    def figures(self):
        """Return the cells that show a figure or a chart."""
        return [
            cell
            for cell in self.cells("code")
            if any(
                mime.startswith(("image/", "application/vnd.vegalite"))
                for output in cell.outputs
                for mime in output.get("data", {})
            )
        ]

    @cached_property
    def evidence(self):
        """Return the numbers that the code of the page states, asserts, or shows in an output that a test compares.

        The code of a Markdown page is its doctests.
        """
        if self.path.suffix == ".md":
            code = re.findall(r"^```python\n(.*?)^```", self.markdown, flags=re.M | re.S)
        else:
            code = [cell.source for cell in self.cells("code")]
            code += [shown(cell) for cell in self.cells("code") if not unstable(cell)]
        return numbers("\n".join(code))


def tags(cell):
    return cell.metadata.get("tags", [])


def unstable(cell):
    """Return whether the output of a cell is not compared, as it differs from run to run."""
    return bool({"nbval-ignore-output", "nbval-skip"} & set(tags(cell)))


def shown(cell):
    """Return the text that the outputs of a cell show, that of its figures included."""
    texts = []
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        texts += [output.get("text", ""), data.get("text/plain", "")]
        texts += re.findall(r"<text[^>]*>([^<]*)</text>", data.get("image/svg+xml", ""))
    return "\n".join(texts)


def prose(markdown):
    """Blank everything in a text that is no prose: code, mathematics, directives, links, roles and headings."""
    for pattern in BLOCKS:
        markdown = re.sub(pattern, lambda block: re.sub(".", " ", block[0]), markdown, flags=re.M | re.S)
    for pattern in INLINE:
        markdown = re.sub(pattern, lambda span: re.sub(".", "\0", span[0]), markdown, flags=re.M)
    return markdown


def passages(markdown):
    """Yield each paragraph, list item and table row: as Markdown, and the sentences of its prose.

    A sentence comes as it stands on the page, and with everything but prose blanked.
    """
    blanked = prose(markdown)
    for passage in re.finditer(r"^(?=.*\S).+(\n(?!\s*([-|]|\d+\.) )(?=.*\S).+)*", blanked, flags=re.M):
        ends = [end.end() for end in re.finditer(r"[.?!]\**\s+(?=[^\s\d])|\Z", passage[0])]
        spans = [(passage.start() + a, passage.start() + b) for a, b in zip([0, *ends], ends, strict=False)]
        yield markdown[slice(*passage.span())], [(" ".join(markdown[a:b].split()), blanked[a:b]) for a, b in spans]


def numbers(text):
    """Return the numbers of a text; a minus may be written as such, thousands with a comma."""
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text.replace("−", "-"))
    return {float(number) for number in re.findall(NUMBER, text)}


def find(suffix):
    """Return the pages in the folders of the book, in the order of their names."""
    paths = [*BOOK.glob(f"[!._]*{suffix}"), *BOOK.glob(f"[!._]*/[!._]*{suffix}")]
    return [Page(path) for path in sorted(paths)]


def installed(page):
    """Return whether everything is installed that a page needs; its folder may have a list of its own for that."""
    requirements = BOOK.parent / f"requirements-{page.path.parent.name}.in"
    if not requirements.exists():
        return True
    names = re.findall(r"^[A-Za-z][\w.-]*", requirements.read_text(encoding="utf-8"), flags=re.M)
    try:
        return bool([distribution(name) for name in names])
    except PackageNotFoundError:
        return False


def complaint(problem, places, remedy):
    """Return what a failing test tells the author: what is wrong, at which places, and what to do."""
    return "\n".join([problem, *(f"- {place}" for place in places), remedy])


def each(pages):
    """Return the mark that makes of one test a test of each page."""
    return pytest.mark.parametrize("page", pages, ids=[page.name for page in pages])


TEMPLATE = Page(BOOK / "_template.ipynb")
NOTEBOOKS = find(".ipynb")
PAGES = find(".md") + NOTEBOOKS
CHAPTERS = [page for page in NOTEBOOKS if page.path.parent not in (BOOK, BOOK / "reference")]
