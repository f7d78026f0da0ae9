"""Formulas: they are rendered while the book is built, and a bad one fails the build."""

import re

import pytest
from sphinx.errors import SphinxError

from tests.ext.conftest import ROOT

SETTINGS = {
    "extensions": ["math_katex"],
    "html_math_renderer": "katex",
    "myst_enable_extensions": ["dollarmath"],
    "exclude_patterns": ["node_modules"],
}


def page(build, tmp_path, text):
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "node_modules").symlink_to(ROOT / "node_modules")
    return (build({"index.md": f"# Formulas\n\n{text}\n"}, **SETTINGS) / "index.html").read_text(encoding="utf-8")


def test_formulas_are_html_and_mathml_and_numbered(build, tmp_path):
    text = page(build, tmp_path, "In a line: $a < b$.\n\n$$c = d$$ (eq-c)\n\nSee {eq}`eq-c`.")
    assert len(re.findall("<math ", text)) == len(re.findall('class="katex-html"', text)) == 2
    assert '<span class="math"><span class="katex">' in text
    assert re.search(r'id="equation-eq-c">\s*<span class="eqno">\(1\)<a class="headerlink" href="#equation-eq-c"', text)
    assert text.count('tabindex="0"') == 1, "only a formula of its own line can be so wide that it scrolls"
    assert (tmp_path / "html" / "_static" / "katex" / "katex.min.css").exists()
    assert list((tmp_path / "html" / "_static" / "katex" / "fonts").glob("*.woff2"))


@pytest.mark.parametrize("formula", [r"\frac{1}", r"\unknown"])
def test_bad_formula_fails_the_build(build, tmp_path, formula):
    with pytest.raises((ValueError, SphinxError), match=r"in the formula .* of index"):
        page(build, tmp_path, f"${formula}$")
