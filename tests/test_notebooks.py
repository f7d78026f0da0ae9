"""What every chapter must be: executed, tidy, complete, and with a cell behind every number."""

import re
import statistics
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
CHAPTERS = sorted((ROOT / "book").glob("*/*.ipynb"))

# Rows of the list of tutorial claims (numbers N, code C, statements Q) that each chapter has to show.
CLAIMS = {
    "sigmoid": "N9 C1 Q11",
    "argmax": "C6 Q3 Q5",
    "sum_normalization": "N5 N6 N7 N8 N10 C4 Q6 Q7",
    "softmax": "N1 N3 N4 N11 N13 C2 C3 Q1 Q4 Q9 Q10",
    "stable_softmax": "N2 C10 C14 Q2 Q9 Q14",
}

# Numerals of the prose that no cell can compute.
GIVEN_NUMBERS = {
    "sigmoid": set(),
}

pytestmark = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)


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


def prose(path):
    """Return the Markdown of a notebook without code, mathematics, directives, links, roles and headings."""
    text = "\n\n".join(cell.source for cell in cells(path, "markdown"))
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


def test_cells_ran_once_in_order(path):
    counts = [cell.execution_count for cell in cells(path, "code")]
    assert counts == list(range(1, len(counts) + 1))


def test_only_metadata_of_the_book_is_kept(path):
    assert set(nbformat.read(path, as_version=4).metadata) == {"kernelspec"}
    assert all(set(cell.metadata) <= {"tags", "mystnb"} for cell in cells(path))


def test_outputs_hold_no_error_warning_path_or_raw_number(path):
    for cell in cells(path, "code"):
        kinds = {output.output_type for output in cell.outputs}
        assert "error" not in kinds or "raises-exception" in tags(cell), cell.source
        assert all(output.get("name") != "stderr" for output in cell.outputs), cell.source
        assert not re.search(r"/(home|root|tmp|Users|work)/|[A-Z]:\\", shown(cell)), cell.source
        assert not re.search(r"np\.(float|int)\d+\(|\d\.\d{12}", shown(cell)), cell.source


def test_unstable_outputs_say_why(path):
    for cell in cells(path, "code"):
        if any(tag in tags(cell) for tag in ("nbval-ignore-output", "nbval-skip")):
            assert "# unstable:" in cell.source, cell.source


def test_figures_have_alt_text_caption_and_a_reference(path):
    markdown = "\n".join(cell.source for cell in cells(path, "markdown"))
    for cell in figures(path):
        mystnb = cell.metadata.mystnb
        assert len(mystnb.image.alt) > 40, cell.source
        assert len(mystnb.figure.caption) > 20, cell.source
        assert f"{{numref}}`{mystnb.figure.name}`" in markdown, mystnb.figure.name


def test_code_cells_are_short(path):
    lengths = sorted(
        len([line for line in cell.source.splitlines() if line.strip()]) for cell in cells(path, "code", hidden=False)
    )
    assert statistics.median(lengths) <= 5, lengths
    assert lengths[int(0.9 * (len(lengths) - 1))] <= 20, lengths


def test_chapter_has_its_parts_in_order(path):
    markdown = "\n".join(cell.source for cell in cells(path, "markdown"))
    parts = [
        "# ",
        "**You will be able to**",
        "**You need**",
        "**Time**",
        "## A question worth a minute",
        "**Predict",
        "**Read the figure.**",
        "## Exercises",
        "## Summary",
        "## Where next",
        "## Sources",
    ]
    places = [markdown.find(part) for part in parts]
    assert -1 not in places, parts[places.index(-1)]
    assert places[7:] == sorted(places[7:])
    assert places[:5] == sorted(places[:5])
    assert ":class: pitfall" in markdown


def test_chapter_has_the_length_of_a_chapter(path):
    words = re.findall(r"[^\W\d_][\w’'-]*", prose(path))
    assert 1200 <= len(words) <= 2700, len(words)


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


def test_claims_of_the_chapter_are_shown(path):
    there = {
        tag.removeprefix("claim-") for cell in cells(path, "code") for tag in tags(cell) if tag.startswith("claim-")
    }
    assert set(CLAIMS.get(path.stem, "").split()) <= there


def test_every_number_of_the_prose_has_a_cell(path):
    code = cells(path, "code")
    there = numbers("\n".join([cell.source for cell in code] + [shown(cell) for cell in code]))
    assert numbers(prose(path)) - there - GIVEN_NUMBERS.get(path.stem, set()) == set()
