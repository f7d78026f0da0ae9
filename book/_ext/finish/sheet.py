"""All sheets of the site become a small one: it has the rules that some page uses."""

import hashlib
import json
import re
import subprocess
from pathlib import Path

import nodejs

from . import icons

SHEET = re.compile(r'\s*<link\b(?=[^>]*rel="stylesheet")[^>]*href="(?P<address>[^"?]+)[^>]*>')
IMPORT = re.compile(r'@import\s+(?:url\()?"([^"]+)"\)?;?')
OWN = ("katex.min.css", "palette.css", "charts.css", "book.css")  # these come last, in this order


def sheets_of(pages, site):
    """Return the paths of all sheets, in an order that agrees with that of every page, but the book's own last."""
    order = []
    for page in pages.values():
        place = 0
        for match in SHEET.finditer(page):
            sheet = (site / "_static" / match["address"].partition("_static/")[2]).resolve()
            if sheet not in order:
                order.insert(place, sheet)
            place = order.index(sheet) + 1
    return sorted(order, key=lambda sheet: OWN.index(sheet.name) if sheet.name in OWN else -1)


def read(sheet, static):
    """Return the text of a sheet, after those that it imports, with addresses relative to _static."""

    def relative(match):
        target = (sheet.parent / re.split(r"[?#]", match[1])[0]).resolve()
        return f'url("{target.relative_to(static).as_posix()}")'

    css = re.sub(r"@charset[^;]+;", "", sheet.read_text(encoding="utf-8"))
    imported = [read(sheet.parent / address, static) for address in IMPORT.findall(css)]
    rules = re.sub(r"""url\(['"]?(?!data:|#|https?:)([^'")]+)['"]?\)""", relative, IMPORT.sub("", css))
    return "".join([*imported, rules])


def purge(css, pages, scripts):
    """Return a sheet without the rules that nothing in the pages or scripts can match."""
    run = subprocess.run(
        [nodejs.node(), Path(__file__).with_name("purge.mjs")],
        input=json.dumps({"css": css, "pages": pages, "scripts": scripts}),
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if run.returncode:
        raise RuntimeError(run.stderr)
    return run.stdout


def write(pages, site):
    """Write the one sheet of the site, and its icons, and return its name, which tells its content."""
    static = site / "_static"
    for outdated in [*static.glob("site.*.css"), *static.glob("*.icons.woff2")]:
        outdated.unlink()
    css = "\n".join(read(sheet, static) for sheet in sheets_of(pages, site))
    scripts = [path for path in sorted(static.rglob("*.js")) if "fontawesome" not in path.name]
    css = purge(css, list(pages.values()), [path.read_text(encoding="utf-8") for path in scripts])
    css = icons.cut_fonts(css, pages.values(), static)
    name = f"site.{hashlib.sha256(css.encode()).hexdigest()[:8]}.css"
    (static / name).write_text(css, encoding="utf-8")
    return name


def link(page, name):
    """Return a page with the one sheet in the place of its first."""
    first = SHEET.search(page)
    if first is None:
        return page
    root = first["address"].partition("_static/")[0]
    tag = f'\n    <link rel="stylesheet" href="{root}_static/{name}" />'
    return page[: first.start()] + tag + SHEET.sub("", page[first.start() :])
