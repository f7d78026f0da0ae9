"""The glossary and the notation name a home for each word and symbol, and the word or symbol does occur there.

A home is a link to a page, or a role with a label: {eq}`eq-odds`, {numref}`fig-odds`. A label is on one page.
"""

import posixpath
import re
from functools import cache

from tests.book.pages import BOOK, PAGES, complaint

REFERENCE = BOOK / "reference"
# A formula as its symbols: the name of a function and a command are one symbol each.
TOKEN = r"\\(?:begin|end)\{\w+\}|\\(?:operatorname\*?|text|mathrm)\{[^}]*\}|\\[A-Za-z]+|\\.|[^\s{}]"


def glossary():
    """Return the entries of the glossary: the names of each, and the sentences that say where it is introduced."""
    text = (REFERENCE / "glossary.md").read_text(encoding="utf-8").partition("```{glossary}")[2]
    entries = re.findall(r"^((?:[^\s`:].*\n)+)((?:    .*\n)+)", text, flags=re.M)
    return [
        (
            [name for name in names.splitlines() if name != ".. everyday"],
            " ".join(re.findall(r"(?<!\S)In\s+(?:the\s+)?[\[{].*?\.(?=\s|$)", body, flags=re.S)),
        )
        for names, body in entries
    ]


def notation():
    """Return the rows of the tables of symbols: the first cell of each, and its last."""
    text = (REFERENCE / "notation.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| *(.*?) *\|(?:.*\|)? *(.*?) *\|$", text, flags=re.M)
    return [(symbols, homes) for symbols, homes in rows if not re.match("symbol|---", symbols)]


@cache
def labels(page):
    """Return the labels of the equations, sections, exercises and figures of a page."""
    marks = re.findall(r"^\$\$ \((\S+)\)$|^\((\S+)\)=$|^:label: (\S+)$", page.markdown, flags=re.M)
    return {*map("".join, marks), *(cell.metadata.mystnb.figure.name for cell in page.figures)}


def homes(text):
    """Yield each home that a text names: how it names it, and the page, or None if there is no such page or label."""
    for label in re.findall(r"\{(?:eq|numref|ref)\}`([^`]+)`", text):
        yield label, next((page for page in PAGES if label in labels(page)), None)
    for address in re.findall(r"\]\(([^)#]+)\.(?:ipynb|md)\)", text):
        name = posixpath.normpath(posixpath.join("reference", address))
        yield name, next((page for page in PAGES if page.name == name), None)


def says(page, names):
    """Return whether the text of a page has one of some names: also as a plural, as a function, or without *model*."""
    names = [*names, *(name.removesuffix(" model") for name in names)]
    words = "|".join(re.sub(r"(?:\\?[ -])+", r"[\\s_-]+", re.escape(name)) for name in names)
    hidden = r"\$\$.*?\$\$(?: \(\S+\))?|\{(?:eq|numref|ref|cite\S*)\}`[^`]*`|\]\([^)]*\)|^:label:.*?$|\*"
    text = re.sub(hidden, "", page.markdown, flags=re.S | re.M)
    return re.search(rf"(?<![\w-])(?:{words})(?:s|es)?(?![\w-])", text, flags=re.I)


def symbols(formula):
    """Return the symbols of a formula one by one, without layout."""
    formula = formula.replace("*{", "{").replace(r"\,", "")  # \operatorname*{arg\,max}
    layout = r"\\(?:begin|end)\{|\\[;:!\\ ]$|&$"
    return [token for token in re.findall(TOKEN, formula) if not re.match(layout, token)]


@cache
def formulas(page):
    found = re.findall(r"\$\$(.*?)\$\$|\$((?:[^$\n]|\n(?=.))+)\$", page.markdown, flags=re.S)
    return [symbols("".join(formula)) for formula in found]


def shows(page, symbol):
    """Return whether a page has a symbol in one of its formulas, or, if it is a word, in its text."""
    if not symbol.startswith("$"):
        return says(page, [symbol])
    wanted = symbols(symbol.strip("$"))
    return any(
        formula[start : start + len(wanted)] == wanted for formula in formulas(page) for start in range(len(formula))
    )


def lost_words(entries):
    """Return the entries of a glossary whose word does not occur at a home that they name."""
    return [
        f"{names[0]}: {'is not said on ' + str(page) if page else 'there is no page or label'} ({home})"
        for names, body in entries
        for home, page in homes(body)
        if page is None or not says(page, names)
    ]


def lost_symbols(rows):
    """Return the symbols of a notation that occur at none of the homes that their rows name."""
    lost = []
    for symbols_of_row, where in rows:
        named = list(homes(where))
        lost += [f"{symbols_of_row}: there is no page or label {home}" for home, page in named if page is None]
        pages = [page for _, page in named if page]
        lost += [
            f"{symbol} is not on {' or '.join(sorted({str(page) for page in pages})) or 'any page: the row names none'}"
            for symbol in symbols_of_row.split(", ")
            if not any(shows(page, symbol) for page in pages)
        ]
    return lost


def test_each_word_of_the_glossary_occurs_at_its_home():
    places = lost_words(glossary())
    places += [f"{names[0]}: no home" for names, body in glossary() if not list(homes(body))]
    assert not places, complaint(
        "In book/reference/glossary.md, these words do not occur where their entries send the reader:",
        places,
        "Name the page that introduces the word, or introduce the word on the page.",
    )


def test_each_symbol_of_the_notation_occurs_at_its_home():
    places = lost_symbols(notation())
    assert not places, complaint(
        "In book/reference/notation.md, these symbols do not occur where their rows send the reader:",
        places,
        "Name an equation or a page that uses the symbol, as the row writes it.",
    )


def test_a_wrong_home_is_found():
    assert lost_words([(["odds"], "In [Speed](../numerics/speed.ipynb).")]) == [
        "odds: is not said on book/numerics/speed.ipynb (numerics/speed)"
    ]
    assert lost_words([(["odds"], "In {eq}`eq-odd`.")]) == ["odds: there is no page or label (eq-odd)"]
    assert lost_words([(["logit", "log-odds"], "In {eq}`eq-logit`.")]) == []
    assert lost_symbols([(r"$z_i$, $\operatorname{LSE}$", "{eq}`eq-multiclass-score`")]) == [
        r"$z_i$ is not on book/foundations/multiclass.ipynb",
        r"$\operatorname{LSE}$ is not on book/foundations/multiclass.ipynb",
    ]
    assert lost_symbols([("$m'$", "{eq}`eq-softmax`")]) == ["$m'$ is not on book/foundations/softmax.ipynb"]
    assert lost_symbols([("$z$", "")]) == ["$z$ is not on any page: the row names none"]
