"""A book of a few lines, built by Sphinx with the extensions under test."""

from pathlib import Path

import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

ROOT = Path(__file__).parents[2]


@pytest.fixture
def build(tmp_path, monkeypatch):
    """Return a function that writes the files of a book, builds it, and returns the folder of the result."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")

    def build(files, builder="html", **settings):
        source = tmp_path / "source"
        for name, text in files.items():
            path = source / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        output = tmp_path / builder
        about = {"project": "A book", "author": "Anybody", "copyright": "2026", "version": "1"}
        settings = about | {"html_theme": "basic", "nb_execution_mode": "off"} | settings
        settings["extensions"] = ["myst_nb", *settings.get("extensions", [])]
        with docutils_namespace():
            app = Sphinx(
                source, None, output, tmp_path / "doctrees", builder, settings, status=None, warningiserror=True
            )
            app.build(force_all=True)
        assert app.statuscode == 0
        return output

    return build
