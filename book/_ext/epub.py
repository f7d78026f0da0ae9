"""The ePub has none of the website's scripts and sheets, and it is valid."""

import re
import zipfile
from pathlib import Path

from finish import leftovers

KEPT = ("epub.css", "pygments.css", "basic.css")
FEATURES = {"mathml": "<math", "svg": "<svg"}


def is_epub(app):
    """Tell whether this build makes the ePub."""
    return app.builder.name == "epub"


def leave_out_static_files(app):
    """Leave the website's own files out of the folder from which the ePub is packed."""
    if is_epub(app):
        app.config.html_static_path = []


def only_book(page):
    """Return a page without scripts and without sheets other than those of a book."""
    page = leftovers.remove(page)
    page = re.sub(r"\s*<script\b.*?</script>", "", page, flags=re.S)
    sheet = r'\s*<link rel="stylesheet"[^>]*href="(?P<address>[^"?]*)[^>]*>'
    return re.sub(sheet, lambda match: match[0] if match["address"].endswith(KEPT) else "", page)


def declare(manifest, pages):
    """Return a manifest that says which pages hold formulas and pictures, as readers of ePubs demand."""

    def declared(match):
        page = pages.get(re.search(r'href="([^"]*)"', match[0])[1], "")
        features = " ".join(name for name, mark in FEATURES.items() if mark in page)
        if not features or "properties=" in match[0]:
            return match[0]
        return f'{match[0][:-2].rstrip()} properties="{features}" />'

    return re.sub(r"<item [^>]*/>", declared, manifest)


def lead(contents, pages, folder):
    """Return a table of contents whose addresses lead to the pages.

    Sphinx counts some of them from the folder of the first page, where it does not put the table.
    """

    def leading(match):
        address = (folder / match[2]).as_posix()
        return f'{match[1]}="{address}"' if address in pages else match[0]

    return re.sub(r'(href|src)="([^"#]+)"', leading, contents)


def finish(app, error):
    """Read the ePub that Sphinx has packed, correct its pages and lists, and write it again."""
    if error is not None or not is_epub(app):
        return
    path = Path(app.outdir, f"{app.config.epub_basename}.epub")
    with zipfile.ZipFile(path) as book:
        files = {info: book.read(info) for info in book.infolist()}
    texts = {
        info.filename: data.decode() for info, data in files.items() if re.search(r"\.(xhtml|opf|ncx)$", info.filename)
    }
    changed = {name: only_book(text) for name, text in texts.items() if name.endswith(".xhtml")}
    changed["content.opf"] = declare(texts["content.opf"], changed)
    for name in ("nav.xhtml", "toc.ncx"):
        changed[name] = lead(texts[name], changed, Path(app.config.root_doc).parent)
    with zipfile.ZipFile(path, "w") as book:
        for info, data in files.items():
            book.writestr(info, changed.get(info.filename, data))


def setup(app):
    """Connect to the begin and to the end of the build."""
    app.connect("builder-inited", leave_out_static_files)
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
