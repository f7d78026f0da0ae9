"""A page loads the scripts that it uses, and no other; they wait until the page can be read."""

import hashlib
import re

# Scripts that a page can do without: a part of the tag, and what an article that needs the script holds.
NEEDED_BY = {
    "thebe": None,  # would load its code from another host
    "THEBE": None,
    "DOCUMENTATION_OPTIONS.pagename": None,  # no script asks for the name of the page
    "design-tabs": "sd-tab-set",
    "copybutton": 'class="highlight',
    "clipboard": 'class="highlight',
    "togglebutton.": "dropdown",
}
SCRIPT = re.compile(r"\s*<script\b[^>]*>.*?</script>", re.S)
SETTING = re.compile(r"\s*<script>(.*?)</script>", re.S)
FIRST = re.compile(r'\s*<script src="(?P<address>[^"?]*documentation_options\.js)[^>]*></script>')


def keep_needed(page):
    """Return a page whose head has the scripts that its article needs."""
    head, end, body = page.partition("</head>")
    article = re.search(r"<article\b.*</article>", body, re.S)

    def keep(match):
        marks = [mark for part, mark in NEEDED_BY.items() if part in match[0]]
        needed = all(mark is not None and article and mark in article[0] for mark in marks)
        return match[0] if needed else ""

    return SCRIPT.sub(keep, head) + end + body


def write_settings(pages, site, source):
    """Move the settings, which are the same on all pages, into the script that every page runs first.

    Returns its checksum: a browser that has seen the site before must not take an older script for it.
    """
    settings = {setting for page in pages for setting in SETTING.findall(page.partition("</head>")[0])}
    path = site / "_static" / "documentation_options.js"
    early = (source / "book" / "_scripts" / "early.js").read_text(encoding="utf-8")
    script = "\n".join([path.read_text(encoding="utf-8"), *sorted(settings), early])
    path.write_text(script, encoding="utf-8")
    return hashlib.sha256(script.encode()).hexdigest()[:8]


def order(page, checksum):
    """Return a page whose scripts are in the order in which they are needed.

    The first script asks for fonts, so it stands before the sheets, for which it would have to wait. The others are
    deferred, but for those of the search page, which call each other while the page is read.
    """
    head, end, body = page.partition("</head>")
    first = FIRST.search(head)
    if first is None:
        return page
    head = FIRST.sub("", SETTING.sub("", head))
    if "searchtools.js" not in head:
        head = re.sub(r"<script (?=[^>]*\bsrc=)(?![^>]*\bdefer\b)", "<script defer ", head)
    tag, sheet = f'<script src="{first["address"]}?v={checksum}"></script>', re.search("<link [^>]*stylesheet", head)
    return f"{head[: sheet.start()]}{tag}\n    {head[sheet.start() :]}{end}{body}"
