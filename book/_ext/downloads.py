"""The landing page offers the book as PDF and ePub, once `make pdf` and `make epub` have made them."""

import shutil
from pathlib import Path

NAMES = {"softmax.pdf": "PDF", "softmax.epub": "ePub"}


def existing(app):
    """Return the paths of the files that have been made, by their names."""
    paths = (Path(app.outdir).parent / Path(name).suffix[1:] / name for name in NAMES)
    return {path.name: path for path in paths if path.exists()}


def offer(app, pagename, templatename, context, doctree):
    """Add the links to the landing page."""
    if app.builder.name == "html" and pagename == app.config.root_doc and existing(app):
        pathto = context["pathto"]
        links = " or ".join(f'<a href="{pathto(name, 1)}" download>{NAMES[name]}</a>' for name in existing(app))
        context["body"] += f'<p class="downloads">You can also take the whole book with you, as {links}.</p>'


def copy(app, error):
    """Put the files beside the pages."""
    if error is None and app.builder.name == "html":
        for name, path in existing(app).items():
            shutil.copyfile(path, Path(app.outdir, name))


def setup(app):
    """Connect to the landing page."""
    app.connect("html-page-context", offer)
    app.connect("build-finished", copy)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
