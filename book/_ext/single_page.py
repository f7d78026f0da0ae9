"""The whole book as one page, for the PDF: every directive is drawn as on the pages of the website."""


def share_translators(app):
    """Give the one-page builder the translators of the website.

    sphinx-exercise registers its own for both; one that is registered for a builder by name hides all others.
    """
    handlers = app.registry.translation_handlers
    handlers["singlehtml"] = handlers.get("html", {}) | handlers.get("singlehtml", {})


def setup(app):
    """Connect once all extensions have registered theirs."""
    app.connect("builder-inited", share_translators)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
