"""A chapter links each term of the glossary where it first uses it.

A term that is an everyday word, too, is marked in the glossary by a comment above its entry, `.. everyday`. No test can
know where such a word is meant as a term.
"""

import re
from functools import cache

from tests.book.pages import BOOK, CHAPTERS, TEMPLATE, complaint, each, prose


@cache
def terms():
    """Return the names of each entry of the glossary that is no everyday word."""
    glossary = (BOOK / "reference" / "glossary.md").read_text(encoding="utf-8").partition("```{glossary}")[2]
    entries = re.findall(r"^(\.\. everyday\n)?((?:[^\s`:#.].*\n)+)(?=    )", glossary, flags=re.M)
    return [names.strip().split("\n") for everyday, names in entries if not everyday]


def test_the_glossary_tells_terms_from_everyday_words():
    names = {name for entry in terms() for name in entry}
    known = {"argmax", "arg max", "softmax", "logit", "class", "margin"} & names
    assert known == {"argmax", "arg max", "softmax", "logit"}, (
        "In book/reference/glossary.md, argmax (or arg max), softmax and logit are terms; class and margin are marked\n"
        f"by `.. everyday`. Of these six, the test took for terms: {sorted(known)}."
    )


@each([*CHAPTERS, TEMPLATE])
def test_terms_are_linked_at_their_first_use(page):
    text = "\n\n".join(cell.source for cell in page.cells("markdown")[1:]).partition("## Sources")[0]
    text = re.sub(r"\{term\}`([^`<]*?)(?: <([^>]*)>)?`", lambda term: f"«{term[2] or term[1]}»", text)
    text = re.sub(r"\[[^\]]*\]\([^)]*\)", " ", text)
    blanked = prose(text)
    places = []
    for entry in terms():
        names = "|".join(sorted((re.escape(name).replace(r"\ ", r"\s+") for name in entry), key=len, reverse=True))
        first = re.search(rf"«(?:{names})»|(?<![\w«-])(?:{names})(?:s|es)?(?![\w»-])", blanked, flags=re.I)
        if first and not first[0].startswith("«"):
            places.append(f"{first[0]} in “…{' '.join(text[max(0, first.start() - 60) : first.end() + 40].split())}…”")
    assert not places, complaint(
        f"{page} uses terms before it links them to the glossary:",
        places,
        "Link the first use, as in {term}`odds` or {term}`nats <nat>`. If the term is an everyday word, too, put the\n"
        "comment `.. everyday` above its entry in book/reference/glossary.md.",
    )
