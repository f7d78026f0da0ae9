"""The ePub: none of the website's scripts and sheets, and valid."""

import re
import zipfile
from pathlib import Path

KEPT = ("epub.css", "pygments.css", "basic.css")
FEATURES = {"mathml": "<math", "svg": "<svg", "scripted": "<script"}


def drop_assets(app):
    """Leave the website's own files out, before the builder copies them."""
    if app.builder.name == "epub":
        app.config.html_static_path = []
        app.config.html_css_files = []
        app.config.html_domain_indices = False


def drop_links(app, pagename, templatename, context, doctree):
    """Link to no script and to no sheet but those of a book."""
    if app.builder.name == "epub":
        context["script_files"] = []
        context["css_files"] = [sheet for sheet in context["css_files"] if str(sheet.filename).endswith(KEPT)]


def correct(app, error):
    """Make it valid: the manifest says which pages hold formulas and pictures, and the contents lead to the pages.

    Sphinx does neither; it counts the addresses of the contents from the folder of the first page.
    """
    if error is not None or app.builder.name != "epub":
        return
    path = Path(app.outdir, f"{app.config.epub_basename}.epub")
    with zipfile.ZipFile(path) as book:
        files = {info: book.read(info) for info in book.infolist()}
    pages = {info.filename: data.decode() for info, data in files.items() if info.filename.endswith(".xhtml")}

    def declare(item):
        page = pages.get(re.search(r'href="([^"]*)"', item[0])[1], "")
        features = " ".join(name for name, mark in FEATURES.items() if mark in page)
        return (
            item[0]
            if not features or "properties=" in item[0]
            else f'{item[0][:-2].rstrip()} properties="{features}" />'
        )

    def lead(match):
        address = (Path(app.config.root_doc).parent / match[2]).as_posix()
        return f'{match[1]}="{address}"' if address in pages else match[0]

    with zipfile.ZipFile(path, "w") as book:
        for info, data in files.items():
            if info.filename == "content.opf":
                data = re.sub(r"<item [^>]*/>", declare, data.decode()).encode()
            if info.filename in ("nav.xhtml", "toc.ncx"):
                data = re.sub(r'(href|src)="([^"#]+)"', lead, data.decode()).encode()
            book.writestr(info, data)


def setup(app):
    """Connect after the extensions that add scripts and sheets."""
    app.connect("builder-inited", drop_assets, priority=100)
    app.connect("html-page-context", drop_links, priority=950)
    app.connect("build-finished", correct)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
