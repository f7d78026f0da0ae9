"""The bibliography leads to its sources: an address names a page, and a web page has the date of its reading."""

from urllib.parse import urlsplit

from pybtex.database import parse_file, parse_string

from tests.book.pages import BOOK, complaint

REFERENCES = BOOK / "reference" / "references.bib"


def bare(entries):
    """Return the keys of entries whose address is only that of a site, and the address."""
    urls = {key: urlsplit(entry.fields["url"]) for key, entry in entries.items() if "url" in entry.fields}
    return [f"{key}: {url.geturl()}" for key, url in urls.items() if not (url.path.strip("/") or url.query)]


def undated(entries):
    """Return the keys of web pages that do not say when they were read."""
    return [key for key, entry in entries.items() if entry.type == "online" and "urldate" not in entry.fields]


def test_no_address_is_only_that_of_a_site():
    places = bare(parse_file(REFERENCES).entries)
    assert not places, complaint(
        "In book/reference/references.bib, addresses lead to the front page of a site:",
        places,
        "Give the address of the page or the document, or a DOI.",
    )


def test_each_web_page_has_the_date_of_its_reading():
    places = undated(parse_file(REFERENCES).entries)
    assert not places, complaint(
        "In book/reference/references.bib, web pages (`@online`) have no date of reading:",
        places,
        "A web page may change. Add a line such as urldate = {November 2026}.",
    )


def test_a_bare_site_and_a_missing_date_are_found():
    entries = parse_string(
        """
        @online{site, title = {A}, url = {https://example.org/}}
        @online{page, title = {B}, url = {https://example.org/b}, urldate = {May 2020}}
        @book{book, title = {C}}
        """,
        "bibtex",
    ).entries
    assert bare(entries) == ["site: https://example.org/"]
    assert undated(entries) == ["site"]
