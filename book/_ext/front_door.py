"""The address of the site itself leads to the landing page, which lies in a folder."""


def front_door(app):
    """Make a page index.html that leads to the landing page, unless this is its own name."""
    if app.builder.name == "html" and app.config.root_doc != "index":
        yield "index", {"target": f"{app.config.root_doc}.html"}, "front_door.html"


def setup(app):
    """Add the page."""
    app.connect("html-collect-pages", front_door)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
