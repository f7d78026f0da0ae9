"""Pages on which all is wrong: every rule of test_pages.py and of test_links.py must find its fault there."""

import inspect

import numpy as np
import pytest

from tests.site import pages, test_links, test_pages
from tests.site.pages import Visit
from tests.site.server import serve
from tests.site.visit import see

SEEN = """<!doctype html>
<html lang="en">
<head>
  <title>Faults</title>
  <meta http-equiv="Content-Security-Policy" content="script-src 'self'">
  <script src="vega.js" defer></script>
</head>
<body style="background: black">
  <p>Raw \\frac{1}{2}</p>
  <div style="width: 3000px">wide</div>
  <figure><svg role="img" aria-label="figure_1.svg" width="9" height="9"></svg></figure>
  <div class="chart chart-drawn">a chart</div>
  <img src="http://foreign.example/picture.png">
  <script>console.log("the policy forbids this script")</script>
"""
SHIFT = """
addEventListener("load", () => requestAnimationFrame(() => requestAnimationFrame(() => {
  document.body.style.paddingTop = "300px";
})));
"""
READ = """<!doctype html>
<html>
<head>
  <title></title>
  <meta name="description" content="short">
  <meta property="og:image" content="picture.svg">
  <link rel="canonical" href="https://elsewhere.example/">
  <link rel="stylesheet" href="https://foreign.example/sheet.css">
</head>
<body>
  <p id="twice"><b></p>
  <p id="twice">
  <a href="nowhere.html">broken</a> <a href="/book/index.html">absolute</a> <a href="ftp://example.org">old</a>
"""
TWIN = '<title>Twin</title><meta name="description" content="short">'


def rules(module):
    """Return the rules in a module of tests."""
    return [rule for name, rule in inspect.getmembers(module, inspect.isfunction) if name.startswith("test_")]


@pytest.fixture(scope="module")
def faulty(browser, tmp_path_factory):
    """Return what is to be seen on a page with a fault for each rule."""
    folder = tmp_path_factory.mktemp("faults")
    noise = np.random.default_rng(0).bytes(600_000)
    (folder / "vega.js").write_text(SHIFT + f"// {noise[:60_000].hex()}", encoding="utf-8")
    (folder / "noise.png").write_bytes(noise)
    pictures = "".join(f'<img src="noise.png?{number}">' for number in range(25))
    (folder / "faulty.html").write_text(SEEN + pictures, encoding="utf-8")
    with serve(folder) as url:
        return see(browser, url, folder, Visit("faulty.html", "light", 1280))


@pytest.mark.parametrize("rule", rules(test_pages))
def test_rule_on_what_is_seen_finds_its_fault(rule, faulty):
    with pytest.raises(AssertionError):
        rule(faulty)


@pytest.mark.parametrize("rule", rules(test_links))
def test_rule_on_html_finds_its_fault(rule, tmp_path, monkeypatch):
    (tmp_path / "book").mkdir()
    for file, text in {"faulty.html": READ, "book/index.html": TWIN, "book/twin.html": TWIN, "sitemap.xml": ""}.items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    monkeypatch.setattr(pages, "SITE", tmp_path)
    monkeypatch.setitem(test_links.CONFIG, "notfound_urls_prefix", "/elsewhere/")
    for name in ("parsed", "ids"):
        monkeypatch.setattr(test_links, name, getattr(test_links, name).__wrapped__)  # without a memory of other tests
    with pytest.raises(AssertionError):
        rule(*["faulty.html"] * len(inspect.signature(rule).parameters))
