"""Whoever cites the book names the version that they have."""

import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]


def test_the_citation_has_the_version_of_the_library():
    library = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))["version"]
    assert citation == library, (
        f"CITATION.cff has version {citation}, pyproject.toml {library}. See “How to release” in CONTRIBUTING.md."
    )
