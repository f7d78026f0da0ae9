"""Each claim in book/reference/claims.yml is shown in a visible cell, and a row of the errata page leads there."""

import re

import pytest

from tests.book.pages import CLAIMS, NOTEBOOKS, complaint, tags

TAGS = {page.name: {tag for cell in page.cells("code", hidden=False) for tag in tags(cell)} for page in NOTEBOOKS}


@pytest.mark.parametrize(("claim", "page"), CLAIMS.items(), ids=[f"{claim}-{page}" for claim, page in CLAIMS.items()])
def test_claim_is_shown_in_a_visible_cell(claim, page):
    assert page in TAGS, f"claims.yml names {page} for {claim}, and there is no book/{page}.ipynb."
    assert f"claim-{claim}" in TAGS[page], (
        f"claims.yml says that book/{page}.ipynb shows {claim}, and no visible cell there has the tag claim-{claim}. "
        "Tag the cell that decides the claim, or name another page."
    )


def test_every_tag_of_a_claim_is_known():
    places = [
        f"book/{page}.ipynb: {tag}"
        for page in TAGS
        for tag in sorted(TAGS[page])
        if tag.startswith("claim-") and tag.partition("-")[2] not in CLAIMS
    ]
    assert not places, complaint(
        "Cells have tags of claims that are not in book/reference/claims.yml:",
        places,
        "Add the claim and the page to claims.yml, and its row to the table of book/reference/errata.ipynb.",
    )


def test_every_claim_has_a_row_that_leads_to_its_cell():
    errata = next(page for page in NOTEBOOKS if page.name == "reference/errata")
    rows = re.findall(r"^\| \{ref\}`([NCQ]\d+) <(\S+)>` \|", errata.markdown, flags=re.M)
    expected = [(claim, f"claim-{claim.lower()}") for claim in CLAIMS]
    assert rows == expected, complaint(
        f"The table of {errata} and book/reference/claims.yml differ:",
        sorted(set(rows) ^ set(expected)) or ["in their order"],
        "Each claim has one row, in the order of claims.yml, which begins {ref}`N9 <claim-n9>`.",
    )
