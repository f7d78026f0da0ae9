"""Charts with sliders: pages get the picture of a chart and its specification, from which a script draws it.

In Markdown, ``{chart} softmax_playground`` shows what `softmaxlib.teaching.charts.softmax_playground` returns.
"""

import json
import shutil
from html import escape
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from palette import with_variables
from softmaxlib.teaching import charts
from softmaxlib.teaching.charts.sphinx import chart, chart_node

# The script charts.js loads the first three, in this order, when a reader comes near a chart.
FILES = (
    "node_modules/vega/build/vega.min.js",
    "node_modules/vega-lite/build/vega-lite.min.js",
    "node_modules/vega-embed/build/vega-embed.min.js",
    "book/_scripts/charts.js",
    "book/_scripts/charts.css",
)


class ChartDirective(SphinxDirective):
    """A figure with a chart; its content is the caption."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar = {
        "alt": directives.unchanged,
        "name": directives.unchanged,
    }

    def run(self):
        """Return the figure."""
        if self.arguments[0] not in charts.__all__:
            raise self.error(f"softmaxlib.teaching.charts has no chart {self.arguments[0]!r}")
        spec = getattr(charts, self.arguments[0])().to_dict()
        figure = nodes.figure("", chart_node(spec, self.options.get("alt")))
        self.set_source_info(figure)
        self.add_name(figure)
        for paragraph in self.parse_content_to_nodes():
            figure += nodes.caption(paragraph.rawsource, "", *paragraph.children)
        return [figure]


def is_web(builder):
    """Tell whether a builder makes pages that run scripts; an ePub and the one page for print show the picture."""
    return builder.name in ("html", "dirhtml")


def visit_chart(self, node):
    """Write the picture, and what charts.js needs: the specification, the alt text, and the number of sliders."""
    if not is_web(self.builder):
        self.visit_raw(node)
    sliders = sum("bind" in param for param in node["spec"]["params"])
    spec = json.dumps(node["spec"], ensure_ascii=False).replace("</", "<\\/")
    html = (
        f'<div class="chart" style="--sliders: {sliders}" data-alt="{escape(node["alt"])}">'
        f'<div class="chart-static">{node.astext()}</div>'
        '<div class="chart-live"></div><div class="chart-sliders"></div>'
        f'<script type="application/json">{spec}</script></div>\n'
    )
    self.body.append(with_variables(html))
    raise nodes.SkipNode


def copy_files(app):
    """Put scripts and sheet where pages find them; this comes before the pages, which name their checksums."""
    if is_web(app.builder):
        folder = Path(app.outdir, "_static", "charts")
        folder.mkdir(parents=True, exist_ok=True)
        for file in FILES:
            shutil.copy(Path(app.confdir, file), folder)


def add_files(app, pagename, templatename, context, doctree):
    """Add script and sheet to a page that has a chart."""
    if is_web(app.builder) and doctree is not None and next(doctree.findall(chart), None) is not None:
        app.add_js_file("charts/charts.js", loading_method="defer")
        app.add_css_file("charts/charts.css")


def setup(app):
    """Register the node, the directive, and two steps of the build."""
    app.add_node(chart, html=(visit_chart, None))
    app.add_directive("chart", ChartDirective)
    app.connect("builder-inited", copy_files)
    app.connect("html-page-context", add_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
