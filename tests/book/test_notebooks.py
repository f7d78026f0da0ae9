"""What every chapter must be: executed, tidy, complete, and with a cell behind every number."""

import re
import statistics
from pathlib import Path

import nbformat
import pytest

import softmaxlib

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "book").glob("*/*.ipynb"))
PAGES = sorted((ROOT / "book").rglob("*.md")) + NOTEBOOKS
CHAPTERS = [path for path in NOTEBOOKS if path.parent.name != "reference"]

# Claims of tutorials (numbers N, code C, statements Q) that each notebook has to show in a visible cell.
CLAIMS = {
    "multiclass": "C5",
    "sigmoid": "N9 C1 Q11",
    "argmax": "C6 Q3 Q5",
    "sum_normalization": "N5 N6 N7 N8 N10 C4 Q6 Q7",
    "softmax": "N1 N3 N4 N11 N13 C2 C3 Q1 Q4 Q9 Q10",
    "stable_softmax": "N2 C10 C14 Q2 Q9 Q14",
    "two_classes": "C7",
    "temperature": "C15 Q16",
    "errata": "N12 N14 Q12 Q15",
}

# Terms of the glossary that are everyday words, too.
EVERYDAY = "axis batch bias cache class composition distribution feature gradient label margin mask score strength tie"

# Numerals of the prose that no cell can compute.
GIVEN_NUMBERS = {
    "index": {3.11},  # the version of Python
}

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
each_chapter = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)


def cells(path, kind=None, hidden=None):
    """Return the cells of a notebook: of one kind, and, for code, only the hidden or the visible ones."""
    notebook = nbformat.read(path, as_version=4)
    return [
        cell
        for cell in notebook.cells
        if kind in (None, cell.cell_type) and hidden in (None, "remove-cell" in tags(cell)) and cell.source.strip()
    ]


def tags(cell):
    return cell.metadata.get("tags", [])


def markdown(path):
    """Return all Markdown of a page."""
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    return "\n\n".join(cell.source for cell in cells(path, "markdown"))


def quiz(path):
    """Return the Markdown of a chapter's quiz."""
    return markdown(path).partition("## Quiz\n")[2].partition("\n## ")[0]


def prose(text):
    """Return Markdown without code, mathematics, directives, links, roles and headings."""
    text = re.sub(r"```\{admonition\} In this chapter.*?```", "", text, flags=re.S)
    text = re.sub(r"```(python|\{math\}).*?```", "", text, flags=re.S)
    text = re.sub(r"\$\$.*?\$\$( \(.*?\))?", "", text, flags=re.S)
    text = re.sub(r"\$[^$]*\$", " ", text)
    text = re.sub(r"(\{[\w:]+\})?`[^`\n]*`", " ", text)
    text = re.sub(r"\]\([^)]*\)|\bsections? [\d.]+", "]", text)
    return re.sub(r"^(#|```|:::|:\w+:).*$", "", text, flags=re.M)


def numbers(text):
    """Return the numbers of a text; a minus may be written as such, thousands with a comma."""
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text.replace("−", "-"))
    found = re.findall(r"(?<![\w.^])(?<!\w-)-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?(?![\w])", text)
    return {float(number) for number in found}


def shown(cell):
    """Return the text that the outputs of a cell show, that of its figures included."""
    texts = []
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        texts += [output.get("text", ""), data.get("text/plain", "")]
        texts += re.findall(r"<text[^>]*>([^<]*)</text>", data.get("image/svg+xml", ""))
    return "\n".join(texts)


def figures(path):
    return [
        cell
        for cell in cells(path, "code")
        if any(
            mime.startswith(("image/", "application/vnd.vegalite"))
            for output in cell.outputs
            for mime in output.get("data", {})
        )
    ]


@each_notebook
def test_cells_ran_once_in_order(path):
    counts = [cell.execution_count for cell in cells(path, "code")]
    assert counts == list(range(1, len(counts) + 1))


@each_notebook
def test_only_metadata_of_the_book_is_kept(path):
    assert set(nbformat.read(path, as_version=4).metadata) == {"kernelspec"}
    assert all(set(cell.metadata) <= {"tags", "mystnb"} for cell in cells(path))


@each_notebook
def test_outputs_hold_no_error_warning_path_or_raw_number(path):
    for cell in cells(path, "code"):
        kinds = {output.output_type for output in cell.outputs}
        assert "error" not in kinds or "raises-exception" in tags(cell), cell.source
        assert all(output.get("name") != "stderr" for output in cell.outputs), cell.source
        assert not re.search(r"/(home|root|tmp|Users|work)/|[A-Z]:\\", shown(cell)), cell.source
        assert not re.search(r"np\.(float|int)\d+\(|\d\.\d{12}", shown(cell)), cell.source


@each_notebook
def test_unstable_outputs_say_why(path):
    for cell in cells(path, "code"):
        if any(tag in tags(cell) for tag in ("nbval-ignore-output", "nbval-skip")):
            assert "# unstable:" in cell.source, cell.source


@each_notebook
def test_figures_have_alt_text_caption_and_a_reference(path):
    for cell in figures(path):
        mystnb = cell.metadata.mystnb
        assert len(mystnb.image.alt) > 40, cell.source
        assert len(mystnb.figure.caption) > 20, cell.source
        assert f"{{numref}}`{mystnb.figure.name}`" in markdown(path), mystnb.figure.name


@each_chapter
def test_code_cells_are_short(path):
    lengths = sorted(
        len([line for line in cell.source.splitlines() if line.strip()]) for cell in cells(path, "code", hidden=False)
    )
    assert statistics.median(lengths) <= 5, lengths
    assert lengths[int(0.9 * (len(lengths) - 1))] <= 20, lengths


@each_chapter
def test_chapter_has_its_parts_in_order(path):
    parts = [
        "# ",
        "**You will be able to**",
        "**You need**",
        "**Time**",
        "## A question worth a minute",
        "**Predict",
        "**Read the figure.**",
        "## Exercises",
        "## Quiz",
        "## Summary",
        "## Where next",
        "## Sources",
    ]
    places = [markdown(path).find(part) for part in parts]
    assert -1 not in places, parts[places.index(-1)]
    assert places[7:] == sorted(places[7:])
    assert places[:5] == sorted(places[:5])
    assert ":class: pitfall" in markdown(path)


@each_chapter
def test_chapter_has_the_length_of_a_chapter(path):
    words = re.findall(r"[^\W\d_][\w’'-]*", prose(markdown(path).replace(quiz(path), "")))
    assert 1200 <= len(words) <= 2700, len(words)


@each_chapter
def test_each_exercise_has_a_stub_and_a_correct_solution(path):
    verdicts = {"exercise": {}, "solution": {}}
    kind = label = None
    for cell in cells(path):
        if cell.cell_type == "code" and kind:
            verdicts[kind][label] = shown(cell).strip().splitlines()[-1]
        elif cell.cell_type == "markdown":
            for start, solved, named, end in re.findall(
                r"\{(exercise)-start\}|\{solution-start\} (\S+)|^:label: (ex-\S+)|\{\w+-(end)\}",
                cell.source,
                flags=re.M,
            ):
                kind = "exercise" if start else "solution" if solved else None if end else kind
                label = solved or named or label
    assert 3 <= len(verdicts["exercise"]) <= 5
    assert verdicts["exercise"].keys() == verdicts["solution"].keys()
    assert all(verdict.startswith("Not yet: ") for verdict in verdicts["exercise"].values()), verdicts
    assert all(verdict == "Correct." for verdict in verdicts["solution"].values()), verdicts


@each_notebook
def test_claims_of_the_chapter_are_shown(path):
    there = {tag for cell in cells(path, "code", hidden=False) for tag in tags(cell)}
    assert {f"claim-{claim}" for claim in CLAIMS.get(path.stem, "").split()} <= there


def test_every_claim_has_a_row_that_leads_to_its_cell():
    row = r"^\| \{ref\}`([NCQ]\d+) <(\w+)-([ncq]\d+)>` \|"
    rows = re.findall(row, markdown(ROOT / "book" / "reference" / "errata.ipynb"), flags=re.M)
    assert sorted(claim for claim, *_ in rows) == sorted(set(" ".join(CLAIMS.values()).split()))
    for claim, chapter, label in rows:
        assert label == claim.lower()
        assert claim in CLAIMS[chapter].split()


def assured(path):
    """Return the numbers that the code of a notebook states, asserts or shows."""
    code = cells(path, "code")
    return numbers("\n".join([cell.source for cell in code] + [shown(cell) for cell in code]))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_number_of_the_prose_has_a_cell(path):
    """In a chapter it is a cell of the same page; other pages may lean on the chapters."""
    there = set().union(*map(assured, [path] if path in CHAPTERS else NOTEBOOKS))
    assert numbers(prose(markdown(path))) - there - GIVEN_NUMBERS.get(path.stem, set()) == set()


@each_chapter
def test_each_question_of_the_quiz_has_one_right_answer_and_a_word_on_the_others(path):
    questions = re.split(r"^\*\*(.+)\*\*$", quiz(path), flags=re.M)
    assert 3 <= len(questions) // 2 <= 4
    for question, answers in zip(questions[1::2], questions[2::2], strict=True):
        verdicts = re.findall(r"^:::\{dropdown\} .+\n(Right|No)\. (.+(?:\n.+)*)\n:::$", answers, flags=re.M)
        assert len(verdicts) == answers.count(":::{dropdown}"), question
        assert 3 <= len(verdicts) <= 4, question
        assert [verdict for verdict, _ in verdicts].count("Right") == 1, question
        assert all(len(why.split()) >= 6 for _, why in verdicts), question


def terms():
    """Return the entries of the glossary, each with all its names."""
    glossary = (ROOT / "book" / "reference" / "glossary.md").read_text(encoding="utf-8")
    names = re.findall(r"((?:^[^\s`:#].*\n)+)(?=    )", glossary.partition("```{glossary}")[2], flags=re.M)
    return [entry.strip().split("\n") for entry in names]


@each_chapter
def test_terms_are_linked_at_their_first_use(path):
    text = "\n\n".join(cell.source for cell in cells(path, "markdown")[1:]).partition("## Sources")[0]
    text = re.sub(r"\{term\}`([^`<]*?)(?: <([^>]*)>)?`", lambda term: f"«{term[2] or term[1]}»", text)
    text = prose(re.sub(r"\[[^\]]*\]\([^)]*\)", " ", text))
    entries = [entry for entry in terms() if entry[0] not in EVERYDAY.split()]
    assert len(entries) > 40
    for entry in entries:
        names = "|".join(sorted((re.escape(name).replace(r"\ ", r"\s+") for name in entry), key=len, reverse=True))
        first = re.search(rf"«(?:{names})»|(?<![\w«-])(?:{names})(?:s|es)?(?![\w»-])", text, flags=re.I)
        assert first is None or first[0].startswith("«"), text[max(0, first.start() - 60) : first.end()]


def test_every_function_is_linked_from_a_chapter():
    roles = re.findall(r"\{py:func\}`[^<`]*<softmaxlib\.activations\.(\w+)>`", "".join(map(markdown, CHAPTERS)))
    functions = {name for name in softmaxlib.__all__ if callable(getattr(softmaxlib, name))}
    assert set(roles) == functions
