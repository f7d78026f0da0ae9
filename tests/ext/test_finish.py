"""The pass over the finished pages: each step, and the order of all."""

import base64
import hashlib
import re

import finish
import pytest
from finish import figures, formulas, icons, leftovers, policy, scripts, sheet

from softmaxlib.teaching.example import PALETTE

PAGE = """<!DOCTYPE html>
<html>
  <head>
    <meta charset="utf-8" />
    <title>A page</title>
    <script data-cfasync="false">theme()</script>
    <link rel="stylesheet" type="text/css" href="../_static/book.css?v=1" />
    <link rel="stylesheet" type="text/css" href="../_static/other.css" />
    <script src="../_static/documentation_options.js?v=2"></script>
    <script src="../_static/doctools.js"></script>
    <script src="../_static/copybutton.js"></script>
    <script>let one = 1;</script>
    <script>THEBE_JS_URL = "https://example.org"</script>
    <script async="async" src="../_static/sphinx-thebe.js"></script>
    <script defer="defer" src="../_static/charts/charts.js"></script>
    <link rel="canonical" href="/book/page.html" />
  </head>
  <body>
    <div class="dropdown">a menu of the theme</div>
    <article>BODY</article>
    <script>kernelName = 'python3'</script>
  </body>
</html>
"""
SVG = """<?xml version="1.0"?>
<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="288pt" height="144pt" viewBox="0 0 288 144" version="1.1">
 <metadata>made by</metadata>
 <style type="text/css">*{stroke-linejoin: round}</style>
 <!-- a comment -->
 <g id="unused"><path id="mark" style="stroke: COLOR"/><use xlink:href="#mark"/><g clip-path="url(#clip)"/></g>
 <clipPath id="clip"/>
</svg>"""


@pytest.fixture
def images(tmp_path):
    """Return a folder with a figure of Matplotlib and another one."""
    (tmp_path / "fig.svg").write_text(SVG.replace("COLOR", PALETTE["blue"].drawn), encoding="utf-8")
    (tmp_path / "logo.svg").write_text('<svg version="2"/>', encoding="utf-8")
    return tmp_path


@pytest.fixture
def site(tmp_path):
    """Return a small website that is not finished, beside the book's script for its pages."""
    static = tmp_path / "site" / "_static"
    (static / "fonts").mkdir(parents=True)
    (static / "book.css").write_text("article { color: red } .unused { color: blue }", encoding="utf-8")
    (static / "other.css").write_text('@charset "utf-8"; article { background: url(fonts/a.png) }', encoding="utf-8")
    (static / "documentation_options.js").write_text("const DOCUMENTATION_OPTIONS = {};", encoding="utf-8")
    early = tmp_path / "source" / "book" / "_scripts" / "early.js"
    early.parent.mkdir(parents=True)
    early.write_text("early();", encoding="utf-8")
    return tmp_path / "site"


def test_figure_becomes_part_of_the_page(images):
    page = figures.put_in('<img alt="A &quot;curve&quot;" src="../_images/fig.svg" />', images)
    assert page.startswith('<svg class="figure" role="img" aria-label="A &quot;curve&quot;" width="384" height="192" ')
    assert 'viewBox="0 0 288 144"' in page
    assert f"var(--figure-blue, {PALETTE['blue'].drawn})" in page
    assert not re.search("<style|<metadata|<!--|<img|unused", page)


def test_ids_of_figures_are_used_and_unique(images):
    page = figures.put_in('<img alt="x" src="_images/fig.svg"><img alt="y" src="_images/fig.svg">', images)
    assert re.findall(r' id="([^"]*)"', page) == ["f0-mark", "f0-clip", "f1-mark", "f1-clip"]
    assert re.findall(r'href="#([^"]*)"|url\(#([^)]*)\)', page) == [
        (f"f{n}-mark", "") if mark else ("", f"f{n}-clip") for n in (0, 1) for mark in (True, False)
    ]


@pytest.mark.parametrize("tag", ['<img alt="x" src="_images/logo.svg">', '<img alt="x" src="_static/fig.svg">'])
def test_other_pictures_stay_as_they_are(images, tag):
    assert figures.put_in(tag, images) == tag


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('a<script type="text/x-thebe-config">{\n}</script>b', "ab"),
        ("a<script>kernelName = 'python3'</script>b", "ab"),
        ('a<link rel="stylesheet" href="_static/sphinx-thebe.css?v=1" />b', "ab"),
        ('a\n  <link rel="canonical" href="/book/a.html" />b', "ab"),
        ("<th class='head'>&nbsp;</th><th>x</th>", "<td></td><th>x</th>"),
        ('<div role="list" class="citation-list"><div role="doc-biblioentry">', '<div class="citation-list"><div>'),
        ('<section id="exercise-content">', "<section>"),
        ('<summary aria-label="Toggle hidden content">Show', "<summary>Show"),
    ],
)
def test_leftovers_are_removed(before, after):
    assert leftovers.remove(before) == after


def test_published_pages_keep_their_address():
    tag = '<link rel="canonical" href="https://example.org/a.html" />'
    assert leftovers.remove(tag) == tag


def test_fonts_are_named_where_there_are_formulas():
    assert formulas.name_fonts(PAGE) == PAGE
    page = formulas.name_fonts(PAGE.replace("BODY", '<span class="katex">'))
    [names] = re.findall(r'<meta name="formula-fonts" content="([^"]*)" />\n    <title>', page)
    assert [name.rpartition("/")[2] for name in names.split()] == [
        "KaTeX_Main-Regular.woff2",
        "KaTeX_Math-Italic.woff2",
    ]
    assert all(name.startswith("../_static/katex/fonts/") for name in names.split())
    assert "Size1" in formulas.name_fonts(PAGE.replace("BODY", '<span class="katex small-op">'))


@pytest.mark.parametrize(
    ("body", "there"),
    [("", []), ('<div class="highlight">', ["copybutton"]), ('<div class="dropdown">', ["togglebutton"])],
)
def test_page_keeps_the_scripts_that_its_article_needs(body, there):
    page = PAGE.replace("</head>", '<script src="_static/togglebutton.js"></script></head>').replace("BODY", body)
    head = scripts.keep_needed(page).partition("</head>")[0]
    assert re.findall("copybutton|togglebutton|thebe", head) == there
    assert "doctools.js" in head
    assert "theme()" in head


def test_settings_move_to_the_first_script_in_an_order_of_their_own(site):
    pages = ["<script>b</script><script>a</script></head><script>c</script>", "<script>a</script></head>"]
    checksum = scripts.write_settings(pages, site, site.parent / "source")
    script = (site / "_static" / "documentation_options.js").read_text(encoding="utf-8")
    assert script == "const DOCUMENTATION_OPTIONS = {};\na\nb\nearly();"
    assert hashlib.sha256(script.encode()).hexdigest().startswith(checksum)


def test_first_script_comes_before_the_sheets_and_the_others_wait():
    head = scripts.order(PAGE, "123").partition("</head>")[0]
    assert head.index("documentation_options.js?v=123") < head.index('rel="stylesheet"')
    assert "let one" not in head
    tags = re.findall(r"<script[^>]*src=[^>]*>", head)
    assert ["defer" in tag for tag in tags] == [False] + [True] * (len(tags) - 1)


def test_scripts_of_the_search_do_not_wait():
    page = PAGE.replace("doctools.js", "searchtools.js")
    assert scripts.order(page, "1").count("<script defer") == PAGE.count("<script defer")


def test_sheets_are_in_the_order_of_the_pages_and_the_own_ones_last(tmp_path):
    link = '<link rel="stylesheet" href="{}.css" />'
    pages = {
        tmp_path / "book" / "a.html": link.format("../_static/book") + link.format("../_static/x"),
        tmp_path / "b.html": link.format("_static/x") + link.format("_static/y?v=1") + link.format("_static/palette"),
        tmp_path / "c.html": link.format("/with/path/_static/w") + link.format("/_static/x"),
    }
    names = [path.relative_to(tmp_path / "_static").stem for path in sheet.sheets_of(pages, tmp_path)]
    assert names == ["w", "x", "y", "palette", "book"]


def test_sheet_is_read_with_its_imports_and_addresses_from_the_static_folder(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "a.css").write_text('@import url("deep/b.css"); a { background: url(a.png) }', encoding="utf-8")
    (tmp_path / "deep" / "b.css").write_text(
        "b { background: url('b.png?v#x'), url(data:1), url(#c) }", encoding="utf-8"
    )
    css = sheet.read(tmp_path / "a.css", tmp_path)
    assert re.findall(r"url\(([^)]*)\)", css) == ['"deep/b.png"', "data:1", "#c", '"a.png"']
    assert "import" not in css


def test_page_has_one_sheet():
    page = sheet.link(PAGE, "site.css")
    assert re.findall('href="([^"]*css[^"]*)"', page) == ["../_static/site.css"]
    assert sheet.link("<head></head>", "site.css") == "<head></head>"


def test_icons_in_use_are_those_of_pages_and_of_plain_rules():
    css = '.fa-a{--fa:"\\f001"}.fa-b:before{content:"\\f002"}.admonition{content:"\\f003"}.fa-c,.fa-a{--fa:"\\f004"}'
    assert icons.icons_in_use(css, ['<i class="fa-solid fa-a">']) == {0xF001, 0xF003, 0xF004}


def test_policy_allows_the_scripts_of_the_page_and_no_others():
    page = policy.add(PAGE + '<script type="application/json">{}</script>')
    [rules] = re.findall(
        r'<meta charset="utf-8" />\n    <meta http-equiv="Content-Security-Policy" content="([^"]*)"', page
    )
    written = re.findall(r"<script(?: data[^>]*)?>(.*?)</script>", PAGE)
    digests = {base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in written}
    assert set(re.findall("'sha256-([^']*)'", rules)) == digests
    assert rules.startswith("default-src 'self'")


def test_site_is_finished_once_and_does_not_depend_on_the_order_of_sheets_and_settings(site):
    (site / "book").mkdir()
    path = site / "book" / "page.html"
    path.write_text(PAGE, encoding="utf-8")
    source = site.parent / "source"
    page = finish.finish_site(finish.read(site), site, source)[path]
    [name] = re.findall(r"_static/(site\.\w+\.css)", page)
    css = (site / "_static" / name).read_text(encoding="utf-8")
    assert "unused" not in css
    assert css.index("background") < css.index("red"), "the book's own sheet comes last"
    allowed = set(re.findall("'sha256-([^']*)'", page))
    assert allowed == {base64.b64encode(hashlib.sha256(b"theme()").digest()).decode()}, "the policy is the last step"
    lines = PAGE.splitlines(keepends=True)
    lines[6:8], lines[11:13] = reversed(lines[6:8]), reversed(lines[11:13])
    (site / "_static" / "documentation_options.js").write_text("const DOCUMENTATION_OPTIONS = {};", encoding="utf-8")
    assert finish.finish_site({path: "".join(lines)}, site, source)[path] == page
    path.write_text(page, encoding="utf-8")
    assert finish.read(site) == {}, "a finished page is not finished again"
