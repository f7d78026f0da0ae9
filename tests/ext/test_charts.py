"""Charts in pages: a picture and a specification on the website, with the scripts that draw it, a picture elsewhere."""

import json
import re

import pytest
from sphinx.errors import SphinxWarning

from softmaxlib.teaching import charts
from tests.ext.conftest import ROOT

CHART = "```{{chart}} {}\n:name: fig-chart\n:alt: Three bars\n\nA caption.\n```\n"


@pytest.fixture
def page(build, tmp_path):
    """Return a function that builds a page with a chart, and one without; it returns the text of both."""

    def page(name, builder="html"):
        (tmp_path / "source").mkdir()
        for folder in ("node_modules", "book"):
            (tmp_path / "source" / folder).symlink_to(ROOT / folder)
        files = {"index.md": f"# A\n\n{CHART.format(name)}\n```{{toctree}}\nb\n```\n", "b.md": "# B\n"}
        settings = {"extensions": ["charts"], "exclude_patterns": ["node_modules", "book"], "epub_basename": "small"}
        folder = build(files, builder, **settings)
        suffix = "xhtml" if builder == "epub" else "html"
        return [(folder / f"{name}.{suffix}").read_text(encoding="utf-8") for name in ("index", "b")]

    return page


def test_page_has_picture_specification_and_scripts(page, tmp_path):
    with_chart, without = page("softmax_playground")
    [spec] = re.findall(r'<script type="application/json">(.*?)</script>', with_chart, re.S)
    sliders = [param for param in json.loads(spec)["params"] if "bind" in param]
    assert f'style="--sliders: {len(sliders)}" data-alt="Three bars"' in with_chart
    assert re.search(r'<div class="chart-static"><svg.*</svg>', with_chart, re.S)
    assert re.search(r'<script defer="defer" src="_static/charts/charts\.js', with_chart)
    assert "charts/charts" not in without
    assert "A caption." in with_chart
    names = {path.name for path in (tmp_path / "html" / "_static" / "charts").iterdir()}
    assert names == {"vega.min.js", "vega-lite.min.js", "vega-embed.min.js", "charts.js", "charts.css"}


def test_colors_of_charts_follow_the_theme(page):
    with_chart, _ = page("softmax_playground")
    assert "var(--figure-blue, " in with_chart


def test_epub_has_the_picture(page, tmp_path):
    with_chart, _ = page("softmax_playground", "epub")
    assert "<svg" in with_chart
    assert "application/json" not in with_chart
    assert not (tmp_path / "epub" / "_static" / "charts").exists()


def test_unknown_chart_is_reported(page):
    assert "no_such_chart" not in charts.__all__
    with pytest.raises(SphinxWarning, match="has no chart 'no_such_chart'"):
        page("no_such_chart")
