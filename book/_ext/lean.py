"""Pages load what they use, no more, and in the order in which it is needed."""

import re
from pathlib import Path

# Scripts and sheets that only some pages need: a part of the file's name, and what such a page holds.
NEEDED_BY = {
    "thebe": None,  # would load its code from another host
    "THEBE": None,
    "language_data": None,  # listed by the search page's own template
    "pagename": None,  # nothing asks for it
    "design-tabs": "sd-tab-set",
    "copybutton": 'class="highlight',
    "clipboard": 'class="highlight',
    "togglebutton.": "dropdown",
    "katex": 'class="katex',
}


def keep(asset, body):
    """Tell whether a page with this body needs a script or a sheet."""
    name = f"{asset.filename} {asset.attributes.get('body', '')}"
    return all(mark is not None and mark in body for part, mark in NEEDED_BY.items() if part in name)


def drop_and_defer(app, pagename, templatename, context, doctree):
    """Leave out what the page does not use, and let it be read before its scripts run."""
    if app.builder.format != "html":
        return
    body = context.get("body") or ""
    if app.config.html_baseurl == "/":
        context["pageurl"] = None  # not published yet, so there is no canonical address
    for kind in ("script_files", "css_files"):
        named = {(asset.filename, asset.attributes.get("body")): asset for asset in context.get(kind, [])}  # each once
        context[kind] = [asset for asset in named.values() if keep(asset, body)]
    settings = [script.attributes["body"] for script in context["script_files"] if not script.filename]
    app.builder.settings = dict.fromkeys([*getattr(app.builder, "settings", []), *settings])
    context["script_files"] = [defer(script, pagename) for script in context["script_files"] if script.filename]
    context["body"] = mend(body)


def mend(body):
    """Correct what other extensions write: live code, headers and lists that are none, and ids that are not unique."""
    body = re.sub(
        r'<script type="text/x-thebe-config">.*?</script>|<script>kernelName = .*?</script>', "", body, flags=re.S
    )
    body = re.sub(r"<th[^>]*>\s*(&nbsp;)?\s*</th>", "<td></td>", body)
    body = body.replace('<div role="list" class="citation-list">', '<div class="citation-list">')
    return re.sub(r' role="doc-biblioentry"| id="(exercise|solution)-content"', "", body)


def defer(script, pagename):
    """Return a copy of a script's entry that is deferred; Sphinx shares the entries between pages."""
    if pagename == "search" or "documentation_options" in str(script.filename):
        return script
    return type(script)(script.filename, priority=script.priority, **{**script.attributes, "defer": "defer"})


def collect_settings(app, error):
    """Move the settings that the extensions write into each page to the script that every page runs first."""
    if error is None and app.builder.format == "html":
        path = Path(app.outdir, "_static", "documentation_options.js")
        early = Path(app.srcdir, "book", "_scripts", "early.js").read_text(encoding="utf-8")
        settings = "\n".join(getattr(app.builder, "settings", []))
        path.write_text(f"{path.read_text(encoding='utf-8')}\n{settings}\n{early}", encoding="utf-8")


def run_settings_first(page):
    """Return a page whose first script stands before the sheets: it asks for fonts, and would wait for the sheets."""
    script = re.search(r'\s*<script src="[^"]*documentation_options[^>]*></script>', page)
    if script is None:
        return page
    first, sheet = script[0].strip(), '<link rel="stylesheet"'
    return page.replace(script[0], "", 1).replace(sheet, f"{first}\n    {sheet}", 1)


def reorder(app, error):
    """Do so in every page, once all of them are final."""
    if error is None and app.builder.name == "html":
        for path in Path(app.outdir).rglob("*.html"):
            path.write_text(run_settings_first(path.read_text(encoding="utf-8")), encoding="utf-8")


def setup(app):
    """Connect to the pages, after the theme has added its own scripts."""
    app.connect("html-page-context", drop_and_defer, priority=900)
    app.connect("build-finished", collect_settings)
    app.connect("build-finished", reorder, priority=800)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
