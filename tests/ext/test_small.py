"""The extensions of a few lines: the downloads, the front door, the one page, the version, and Node."""

import subprocess
from types import SimpleNamespace

import nodejs
import pytest
import single_page

from tests.ext.conftest import ROOT

PYPROJECT = '[project]\nname = "x"\nversion = "1.2.3"\n'


def read(path):
    return path.read_text(encoding="utf-8")


def test_landing_page_offers_what_there_is(build, tmp_path):
    (tmp_path / "pdf").mkdir()
    (tmp_path / "pdf" / "softmax.pdf").write_bytes(b"a PDF")
    html = build({"index.md": "# A\n\n```{toctree}\nb\n```\n", "b.md": "# B\n"}, extensions=["downloads"])
    assert '<a href="softmax.pdf" download>PDF</a>.' in read(html / "index.html")
    assert "ePub" not in read(html / "index.html")
    assert "download" not in read(html / "b.html")
    assert (html / "softmax.pdf").read_bytes() == b"a PDF"


def test_landing_page_offers_nothing_that_is_not_there(build):
    assert "download" not in read(build({"index.md": "# A\n"}, extensions=["downloads"]) / "index.html")


def test_address_of_the_site_leads_to_the_landing_page(build):
    templates = {"front_door.html": read(ROOT / "book" / "_templates" / "front_door.html"), "preview.html": ""}
    files = {"book/start.md": "# A\n"} | {f"templates/{name}": text for name, text in templates.items()}
    settings = {"root_doc": "book/start", "templates_path": ["templates"], "exclude_patterns": ["templates"]}
    page = read(build(files, extensions=["front_door"], **settings) / "index.html")
    assert 'content="0; url=book/start.html"' in page
    assert '<a href="book/start.html">' in page


def test_one_page_links_within_itself():
    page = '<a href="book/index.html#a"></a><a href="book/index.html"></a><a href="#b"></a>'
    expected = '<a href="#a"></a><a href="book/index.html"></a><a href="#b"></a>'
    assert single_page.lead_within(page, "book/index.html") == expected


def test_one_page_is_drawn_as_the_website_where_it_has_no_translator_of_its_own():
    handlers = {"html": {"chart": "as on the website", "exercise": "another"}, "singlehtml": {"exercise": "its own"}}
    single_page.share_translators(SimpleNamespace(registry=SimpleNamespace(translation_handlers=handlers)))
    assert handlers["singlehtml"] == {"chart": "as on the website", "exercise": "its own"}


def test_version_is_that_of_the_library(build):
    html = build({"index.md": "# A\n", "pyproject.toml": PYPROJECT}, extensions=["version"])
    assert b"# Version: 1.2.3\n" in (html / "objects.inv").read_bytes()


@pytest.fixture
def machine(monkeypatch):
    """Return a function that sets which Node the machine seems to have; the wheel's lies in `wheel`."""

    def machine(version):
        monkeypatch.setattr(nodejs.shutil, "which", lambda name: version and f"/usr/bin/{name}")
        answer = subprocess.CompletedProcess([], 0, stdout=f"{version}\n")
        monkeypatch.setattr(nodejs.subprocess, "run", lambda *args, **kwargs: answer)
        monkeypatch.setattr(nodejs, "of_wheel", lambda: nodejs.Path("wheel"))
        nodejs.node.cache_clear()

    yield machine
    nodejs.node.cache_clear()


@pytest.mark.parametrize(("version", "ours"), [("v20.0.0", True), ("v24.1.0", True), ("v18.9.1", False), (None, False)])
def test_node_is_that_of_the_machine_if_it_is_recent(machine, version, ours):
    machine(version)
    assert (nodejs.node() == "/usr/bin/node") == ours
    assert ours or nodejs.node().startswith("wheel")
