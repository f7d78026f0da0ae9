"""Each symptom is shown, explained, fixed and linked, and the list at the top of the page leads to it."""

import contextlib
import io
import re

from tests.book.pages import BOOK, Page, complaint, shown

PAGE = Page(BOOK / "reference" / "symptoms.ipynb")
PARTS = ["**Why.**", "**Fix.**", "**Check.**", "**Does not apply**", "**Frameworks (not run here).**", "**More.**"]


def entries():
    """Return the cells of each entry by its label: the heading, then all that follows up to the next one."""
    entries, label = {}, None
    for cell in PAGE.cells(hidden=False):
        if heading := re.match(r"\((symptom-[\w-]+)\)=\n## ", cell.source):
            label = heading[1]
        if label:
            entries.setdefault(label, []).append(cell)
    return entries


def faults(cells):
    """Yield what is missing in an entry, whose cells are the heading, the bug, the reason, the fix, and the rest."""
    kinds = [cell.cell_type for cell in cells]
    if kinds != ["markdown", "code", "markdown", "code", "markdown"]:
        yield f"its cells are {kinds}, and heading, bug, reason, fix and list were expected"
        return
    _, bug, why, fix, rest = cells
    if len([line for line in bug.source.splitlines() if line.strip()]) > 8:
        yield "the cell that reproduces it has more than eight lines"
    if not (bug.outputs and fix.outputs):
        yield "a cell shows nothing"
    text = why.source + "\n" + rest.source
    places = [text.find(part) for part in PARTS]
    if -1 in places or places != sorted(places) or "**Check.**" not in rest.source:
        yield f"its parts are not {PARTS}, in this order"
    if not re.search(r"\]\(\.\./\w+/\w+\.ipynb\)", rest.source.partition("**More.**")[2]):
        yield "no chapter is linked"


def test_each_symptom_has_a_cell_a_reason_a_fix_a_check_and_a_link():
    places = [f"{label}: {fault}" for label, cells in entries().items() for fault in faults(cells)]
    assert len(entries()) >= 17
    assert not places, complaint(f"{PAGE} has entries that are not complete:", places, "See the entry above it.")


def test_the_list_at_the_top_leads_to_each_symptom_once():
    listed = re.findall(r"^- \{ref\}`(symptom-[\w-]+)`$", PAGE.cells("markdown")[0].source, flags=re.M)
    assert listed == list(entries()), f"The list at the top of {PAGE} and its entries differ, or their order does."


def test_each_entry_runs_when_it_is_pasted_behind_the_functions_of_the_page():
    shared = "\n".join(cell.source for cell in PAGE.cells("code")[:2])
    beginning = {}
    exec(shared, beginning)
    for label, cells in entries().items():
        names, printed = dict(beginning), io.StringIO()
        with contextlib.redirect_stdout(printed):
            for cell in cells:
                if cell.cell_type == "code":
                    exec(cell.source, names)
        stored = "".join(shown(cell) for cell in cells)
        assert printed.getvalue().split() == stored.split(), f"{PAGE}, {label}: alone it shows something else."
