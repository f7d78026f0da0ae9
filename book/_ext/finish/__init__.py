"""The finished pages are read once, go through the steps below in this order, and are written once.

Sphinx, the theme and the other extensions write pages that ask other hosts for scripts, load what they do not use,
and need a web server to show their figures in the colors of the theme. Each step mends one such thing. A step is a
function of a page's text; what it needs to know about the site comes as an argument.
"""

from pathlib import Path

from single_page import lead_within

from . import figures, formulas, leftovers, policy, scripts, sheet

DONE = "Content-Security-Policy"  # the last step writes it, so a page that has it was finished by an earlier build


def finish_page(page, images):
    """Take one page through the steps that look at nothing but the page and its figures."""
    page = figures.put_in(page, images)
    page = leftovers.remove(page)
    page = formulas.name_fonts(page)
    return scripts.keep_needed(page)


def finish_site(pages, site, source):
    """Take all pages of a website through the steps, and write the script and the sheet that they share.

    Parameters
    ----------
    pages : dict of Path to str
        The pages as the other extensions left them.
    site, source : Path
        The folder of the built website, and that of the book's source.
    """
    pages = {path: finish_page(page, site / "_images") for path, page in pages.items()}
    checksum = scripts.write_settings(pages.values(), site, source)
    pages = {path: scripts.order(page, checksum) for path, page in pages.items()}
    name = sheet.write(pages, site)
    pages = {path: sheet.link(page, name) for path, page in pages.items()}
    return {path: policy.add(page) for path, page in pages.items()}


def read(folder):
    """Return the pages below a folder that are not finished yet."""
    paths = [path for path in sorted(folder.rglob("*.html")) if path.relative_to(folder).parts[0] != "_static"]
    pages = {path: path.read_text(encoding="utf-8") for path in paths}
    return {path: page for path, page in pages.items() if DONE not in page}


def finish(app, error):
    """Finish the pages of the website, or the one page from which the PDF is printed."""
    if error is not None or app.builder.name not in ("html", "singlehtml"):
        return
    site = Path(app.outdir).resolve()
    pages = read(site)
    if app.builder.name == "html":
        pages = finish_site(pages, site, Path(app.srcdir))
    else:
        root = f"{app.config.root_doc}.html"
        pages = {path: lead_within(finish_page(page, site / "_images"), root) for path, page in pages.items()}
    for path, page in pages.items():
        path.write_text(page, encoding="utf-8")


def setup(app):
    """Connect to the end of the build, when other projects' extensions have written all their files.

    Every page is written anew in each build, because the one sheet depends on all pages.
    """
    app.connect("env-get-updated", lambda app, env: env.all_docs.keys())
    app.connect("build-finished", finish, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
