"""Pages load what they use, and nothing from another host."""

import base64
import hashlib
import re
from pathlib import Path

# Scripts and sheets that only some pages need: a part of the file's name, and what such a page holds.
NEEDED_BY = {
    "thebe": None,  # would load its code from another host
    "THEBE": None,
    "language_data": None,  # listed by the search page's own template
    "design-tabs": "sd-tab-set",
    "copybutton": 'class="highlight',
    "clipboard": 'class="highlight',
    "togglebutton": "dropdown",
    "toggle": "dropdown",
    "katex": 'class="katex',
}

POLICY = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self'"


def keep(asset, body):
    """Tell whether a page with this body needs a script or a sheet."""
    name = f"{asset.filename} {asset.attributes.get('body', '')}"
    return all(mark is not None and mark in body for part, mark in NEEDED_BY.items() if part in name)


def drop_and_defer(app, pagename, templatename, context, doctree):
    """Leave out what the page does not use, and let it be read before its scripts run."""
    body = context.get("body") or ""
    if app.config.html_baseurl == "/":
        context["pageurl"] = None  # not published yet, so there is no canonical address
    for kind in ("script_files", "css_files"):
        named = {(asset.filename, asset.attributes.get("body")): asset for asset in context.get(kind, [])}  # each once
        kept = [asset for asset in named.values() if keep(asset, body)]
        context[kind] = [defer(asset, pagename) for asset in kept] if kind == "script_files" else kept
    # pandas' corner cell and docutils' list of links are no headers and no list to a screen reader.
    body = re.sub(r"<th[^>]*>\s*(&nbsp;)?\s*</th>", "<td></td>", body)
    body = body.replace('<div role="list" class="citation-list">', '<div class="citation-list">')
    context["body"] = body.replace(' role="doc-biblioentry"', "")


def defer(script, pagename):
    """Return a copy of a script's entry that is deferred; Sphinx shares the entries between pages."""
    first = pagename == "search" or "documentation_options" in str(script.filename)
    if first or not script.filename:
        return script
    return type(script)(script.filename, priority=script.priority, **{**script.attributes, "defer": "defer"})


def allow_inline_scripts(page):
    """Return a page with the content security policy that allows the scripts written in it, and no others."""
    scripts = re.findall(r"<script(?![^>]*\b(?:src|type)=)[^>]*>(.*?)</script>", page, flags=re.S)
    digests = {base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts}
    policy = " ".join([POLICY, *sorted(f"'sha256-{digest}'" for digest in digests)])
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}" />'
    return re.sub(r'<meta charset="utf-8" ?/>', lambda charset: f"{charset[0]}\n    {meta}", page, count=1, flags=re.I)


def add_policies(app, error):
    """Write the policy into every page, once all of them are final."""
    if error is None and app.builder.name == "html":
        for path in Path(app.outdir).rglob("*.html"):
            page = path.read_text(encoding="utf-8")
            if "<head>" in page and "Content-Security-Policy" not in page:
                path.write_text(allow_inline_scripts(page), encoding="utf-8")


def setup(app):
    """Connect to the pages, after the theme has added its own scripts."""
    app.connect("html-page-context", drop_and_defer, priority=900)
    app.connect("build-finished", add_policies, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
