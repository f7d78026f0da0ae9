"""One small sheet for the whole site, made from the finished pages."""

import hashlib
import json
import re
import subprocess
from pathlib import Path

import icons
import nodejs

SHEET = re.compile(r'\s*<link\b(?=[^>]*rel="stylesheet")[^>]*href="(?P<href>[^"?]+)[^>]*>')


def sheets_of(pages, outdir):
    """Return the paths of all sheets, in an order that agrees with that of every page."""
    order = []
    for path, page in pages.items():
        place = 0
        for match in SHEET.finditer(page):
            sheet = (path.parent / match["href"]).resolve()
            sheet = outdir / match["href"].lstrip("/") if match["href"].startswith("/") else sheet
            if sheet not in order:
                order.insert(place, sheet)
            place = order.index(sheet) + 1
    return order


def read(sheet, static):
    """Return the text of a sheet and of those that it imports, with addresses relative to _static."""
    css = re.sub(r"@charset[^;]+;", "", sheet.read_text(encoding="utf-8"))

    def imported(match):
        return read(sheet.parent / match[1], static)

    def relative(match):
        target = (sheet.parent / re.split(r"[?#]", match[1])[0]).resolve()
        return f'url("{Path(target).relative_to(static).as_posix()}")'

    css = re.sub(r'@import\s+(?:url\()?"([^"]+)"\)?;?', imported, css)
    return re.sub(r"url\(['\"]?(?!data:|#|https?:|[\w-]+\.\w+\"\))([^'\")]+)['\"]?\)", relative, css)


def pack(app, error):
    """Replace the sheets of every page by one."""
    if error is not None or app.builder.name != "html":
        return
    outdir = Path(app.outdir).resolve()
    static = outdir / "_static"
    for packed in [*static.glob("site.*.css"), *static.glob("*.icons.woff2")]:
        packed.unlink()
    pages = {
        path: path.read_text(encoding="utf-8") for path in sorted(outdir.rglob("*.html")) if static not in path.parents
    }
    pages = {path: page for path, page in pages.items() if SHEET.search(page) and "_static/site." not in page}
    css = "\n".join(read(sheet, static) for sheet in sheets_of(pages, outdir))
    content = [str(path) for path in [*pages, *sorted(static.rglob("*.js"))] if "fontawesome" not in path.name]
    script = Path(app.srcdir, "book", "_ext", "purge.mjs")
    run = subprocess.run(
        [nodejs.node(), script],
        input=json.dumps({"css": css, "content": content}),
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if run.returncode:
        raise RuntimeError(run.stderr)
    css = icons.cut_fonts(run.stdout, pages.values(), static)
    name = f"site.{hashlib.sha256(css.encode()).hexdigest()[:8]}.css"
    (static / name).write_text(css, encoding="utf-8")
    for path, page in pages.items():
        first = SHEET.search(page)["href"]
        link = f'\n  <link rel="stylesheet" href="{first[: first.index("_static/")]}_static/{name}" />'
        head, tail = SHEET.split(page, maxsplit=1)[0], page[SHEET.search(page).start() :]
        path.write_text(head + link + SHEET.sub("", tail), encoding="utf-8")


def setup(app):
    """Connect after all assets are copied; every page is written anew, as its sheet depends on the others."""
    app.connect("env-get-updated", lambda app, env: env.all_docs.keys())
    app.connect("build-finished", pack, priority=800)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
