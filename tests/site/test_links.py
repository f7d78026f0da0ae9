"""The HTML of every file: it is valid, its links lead somewhere, and it says to machines what it is."""

import functools
import itertools
import re
from urllib.parse import unquote, urljoin, urlsplit

import html5lib
import pytest

from tests.site import pages
from tests.site.pages import BASE, CONFIG

PATH = urlsplit(BASE).path
LOADED = {"stylesheet", "preload", "modulepreload", "prefetch", "icon", "manifest"}

pytestmark = pytest.mark.usefixtures("site")


@functools.cache
def parsed(file):
    """Return the tree of a page, and the errors of the parser as "line: code"."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(pages.text(file))
    return tree, [f"line {line}: {code} {more}" for (line, _), code, more in parser.errors]


@functools.cache
def ids(file):
    return [node.get("id") for node in parsed(file)[0].iter() if node.get("id")]


def links(file):
    """Yield the links of a page to others: tag, address, and whether a browser loads it without a click."""
    for node in parsed(file)[0].iter():
        if node.get("rel") == "canonical":
            continue
        tag = node.tag if isinstance(node.tag, str) else "comment"
        loads = tag != "a" and (tag != "link" or bool(LOADED & set(node.get("rel", "").split())))
        for attribute in ("href", "src", "poster", "data", "action", "{http://www.w3.org/1999/xlink}href"):
            if node.get(attribute) is not None and tag != "base":
                yield tag, node.get(attribute), loads
        for candidate in filter(None, node.get("srcset", "").split(",")):
            yield tag, candidate.split()[0], True
        if node.get("http-equiv", "").lower() == "refresh":
            yield tag, node.get("content").partition("url=")[2], True


def meta(file):
    """Return the meta tags of a page, by name or property."""
    tags = parsed(file)[0].iter("meta")
    return {tag.get("name") or tag.get("property"): tag.get("content") for tag in tags}


def words(node):
    return " ".join("".join(node.itertext()).split())


def test_html_is_valid(file):
    assert not parsed(file)[1], "\n".join(parsed(file)[1])


def test_ids_are_unique(file):
    assert {name for name in ids(file) if ids(file).count(name) > 1} == set()


def test_links_resolve(file):
    broken = []
    for tag, address, _ in links(file):
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            continue
        target = unquote(urlsplit(urljoin(PATH + file, address)).path).removeprefix(PATH) or file
        if target.endswith("/"):
            target += "index.html"
        if not address or not (pages.SITE / target).is_file():
            broken.append(f"{tag}: {address!r}: no such file")
        elif target.endswith(".html") and parts.fragment and unquote(parts.fragment) not in ids(target):
            broken.append(f"{tag}: {address!r}: no such place")
    assert not broken, "\n".join(broken)


def test_links_within_the_site_are_relative(file):
    if file == "404.html":
        return  # a server shows it in any folder
    absolute = [address for _, address, _ in links(file) if address.startswith(("/", "file:", "http://127.", BASE))]
    assert not absolute, "\n".join(absolute)


def test_links_out_of_the_site_are_web_addresses(file):
    schemes = {urlsplit(address).scheme for _, address, _ in links(file)}
    assert schemes <= {"", "https", "http", "mailto", "data"}


def test_browser_loads_nothing_foreign(file):
    assert [
        address for _, address, loads in links(file) if loads and urlsplit(address).scheme not in ("", "data")
    ] == []
    sheets = [words(style) for style in parsed(file)[0].iter("style")]
    assert not re.search(r"@import|url\(['\"]?(https?:)?//", " ".join(sheets))


def test_page_has_a_language_a_title_and_one_heading(file):
    tree, _ = parsed(file)
    assert tree.get("lang") == "en"
    assert [len(words(title)) > 5 for title in tree.iter("title") if title in list(tree.find("head"))] == [True]
    assert [bool(words(heading)) for heading in tree.iter("h1")] == [True]


def test_page_describes_itself(file):
    tags = meta(file)
    assert len(tags.get("description") or "") >= 50
    assert len(tags.get("og:title") or "") > 5
    assert len(tags.get("og:description") or "") >= 50
    assert re.search(r"\.(png|jpe?g)$", tags.get("og:image") or ""), "a picture that previews can draw (no SVG)"
    picture = urljoin(urljoin(BASE, file), tags["og:image"])
    assert picture.startswith(BASE), f"{picture} is not below {BASE}: see ogp_site_url in _config.yml"
    assert (pages.SITE / picture.removeprefix(BASE)).is_file()


def test_page_knows_its_address(file):
    addresses = [node.get("href") for node in parsed(file)[0].iter("link") if node.get("rel") == "canonical"]
    assert addresses in ([], [BASE + file])  # redirections have none


def test_descriptions_differ():
    by_description = {}
    for file in filter(re.compile("book/").match, pages.files()):
        by_description.setdefault(meta(file).get("description"), []).append(file)
    assert [files for files in by_description.values() if len(files) > 1] == []


def test_policy_comes_first_and_is_strict(file):
    tree, _ = parsed(file)
    head = [node for node in tree.find("head") if node.tag in ("meta", "script", "link", "style")]
    place, policy = next(
        (
            (place, node.get("content"))
            for place, node in enumerate(head)
            if node.get("http-equiv", "").lower() == "content-security-policy"
        ),
        (None, ""),
    )
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split(";") if rule.strip()}
    assert rules.get("default-src") == ["'self'"]
    assert {node.tag for node in head[:place]} <= {"meta"}
    scripts = rules.get("script-src", [])
    assert all(source == "'self'" or source.startswith("'sha256-") for source in scripts)
    assert len(scripts) <= (3 if file == "search.html" else 2)  # the theme's script, and the search's
    everything = {source for sources in rules.values() for source in sources}
    assert not everything & {"'unsafe-eval'", "*", "https:", "http:"}


def test_sitemap_lists_every_page():
    listed = re.findall(r"<loc>\s*(.*?)\s*</loc>", pages.text("sitemap.xml"))
    assert sorted(listed) == sorted(BASE + file for file in pages.files())


def test_lost_readers_are_sent_to_the_published_address():
    assert CONFIG["notfound_urls_prefix"] == PATH
    inner = [address for _, address, _ in links("404.html") if not address.startswith(("#", "http", "data:"))]
    assert [address for address in inner if not address.startswith(PATH)] == []


def test_chapters_are_a_chain():
    order = re.findall(r"(?:root|file): (\S+)", (pages.ROOT / "_toc.yml").read_text(encoding="utf-8"))
    for name, following in itertools.zip_longest(order, order[1:]):
        file = f"{name}.html"
        buttons = [node.get("href") for node in parsed(file)[0].iter("a") if node.get("class") == "right-next"]
        assert [urljoin(file, href) for href in buttons] == ([f"{following}.html"] if following else []), file
