"""The version of the book is that of the library, and `pyproject.toml` is the one place that states it."""

import tomllib
from pathlib import Path


def take_over(app, config):
    """Set the version, which the ePub and the inventory for links from other projects name."""
    project = tomllib.loads(Path(app.srcdir, "pyproject.toml").read_text(encoding="utf-8"))["project"]
    config.version = project["version"]


def setup(app):
    """Connect to the moment when the settings are known."""
    app.connect("config-inited", take_over)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
