"""The whole book as one page, from which the PDF is printed."""


def lead_within(page, address):
    """Return the one page with links that stay in it: Sphinx lets hundreds of them lead to the file of that address."""
    return page.replace(f'href="{address}#', 'href="#')


def share_translators(app):
    """Give the one-page builder the translators of the website, so that it draws every directive as the website does.

    sphinx-exercise registers its own for both builders, and a translator that is registered for a builder by its name
    hides all others.
    """
    handlers = app.registry.translation_handlers
    handlers["singlehtml"] = handlers.get("html", {}) | handlers.get("singlehtml", {})


def setup(app):
    """Connect to the moment when all extensions have registered their translators."""
    app.connect("builder-inited", share_translators)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
