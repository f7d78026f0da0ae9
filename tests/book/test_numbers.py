"""No number of the prose is only claimed: a cell states, asserts or shows it.

In a chapter it is a cell of the same page. Another page may also lean on a chapter, if the same paragraph, list item or
table row has a link to it. What no cell can compute, such as a version, is given in a comment below the paragraph:

    You need Python 3.11 or newer.
    % given: 3.11, the version of Python
"""

import posixpath
import re
from functools import cache
from itertools import chain

from tests.book.pages import CHAPTERS, CLAIMS, NOTEBOOKS, PAGES, TEMPLATE, complaint, each, numbers, passages


@cache
def notebooks():
    """Return each notebook by its name, and by the labels of its equations, figures, exercises, sections and claims."""
    home = {page.name: page for page in NOTEBOOKS}
    for page in NOTEBOOKS:
        labels = re.findall(r"^\$\$ \((\S+)\)$|^\((\S+)\)=$|^:label: (\S+)$", page.markdown, flags=re.M)
        figures = [cell.metadata.mystnb.figure.name for cell in page.figures]
        home |= dict.fromkeys([*map("".join, labels), *figures], page)
    return home | {f"claim-{claim.lower()}": home[page] for claim, page in CLAIMS.items()}


def linked(page, passage):
    """Return the notebooks to which a passage of a page links."""
    roles = re.findall(r"\{(?:ref|eq|numref)\}`(?:[^`<]*<)?([^`>]+)>?`", passage)
    addresses = re.findall(r"\]\(([^)#]+)\.ipynb", passage)
    names = [posixpath.normpath(posixpath.join(posixpath.dirname(page.name), address)) for address in addresses]
    return {notebooks()[name] for name in [*roles, *names] if name in notebooks()}


def unproved(page):
    """Yield each number of a page without evidence, with its sentence and the pages where evidence was looked for."""
    captions = [cell.metadata.mystnb.figure.caption for cell in page.figures]
    # A screen reader may pass over a minus, so an alt text has it in words.
    alts = [re.sub(r"\bminus (?=\d)", "-", cell.metadata.mystnb.image.alt) for cell in page.figures]
    for passage, sentences in chain.from_iterable(map(passages, [page.markdown, *captions, *alts])):
        sources = {page} if page in CHAPTERS else {page, *linked(page, passage)}
        there = set().union(*(source.evidence for source in sources))
        there |= set().union(*map(numbers, re.findall(r"^% given: (.*)$", passage, flags=re.M)))
        for sentence, words in sentences:
            for number in sorted(numbers(words) - there):
                yield number, sentence, sources


@each([*PAGES, TEMPLATE])
def test_every_number_of_the_prose_has_a_cell(page):
    places = [
        f"{number:g} in “{sentence}” is not in {' or '.join(sorted(map(str, sources)))}"
        for number, sentence, sources in unproved(page)
    ]
    assert not places, complaint(
        f"{page} states numbers that no cell computes:",
        places,
        "Let a cell of the page print the number, or assert it in a hidden cell as the prose writes it. A page that\n"
        "is no chapter may link the chapter that computes it, in the same paragraph, list item or table row. What no\n"
        "cell can compute, give below the paragraph: % given: 3.11, the version of Python",
    )
