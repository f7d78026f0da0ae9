"""How Sphinx shows the charts of `softmaxlib.teaching.charts`: a picture, and beside it what the page's script draws.

For the book's build only; `book/_ext/charts.py` writes the node into web pages and adds the script.
"""

import re
from html import escape

from docutils import nodes

from softmaxlib.teaching.charts import MIME_TYPE


class chart(nodes.raw):
    """A chart. It is raw HTML, too: a builder that does not know charts writes the picture of the start state."""


def chart_node(spec, alt=None):
    """Make the node of a chart.

    Parameters
    ----------
    spec : dict
        The chart, as Vega-Lite.
    alt : str, optional
        What the chart shows, for those who do not see it; by default the description in `spec`.

    Returns
    -------
    chart
        The node.

    Examples
    --------
    >>> from softmaxlib.teaching.charts import softmax_playground
    >>> "0.664" in chart_node(softmax_playground().to_dict()).astext()
    True
    """
    alt = alt or spec["description"]
    return chart("", picture(spec, alt), format="html", spec=spec, alt=alt)


def picture(spec, alt):
    """Draw the start state of a chart as SVG, its text as text, without a browser or a network.

    Parameters
    ----------
    spec : dict
        The chart, as Vega-Lite.
    alt : str
        What the chart shows, for those who do not see it.

    Returns
    -------
    str
        An ``<svg>`` element for any HTML page.

    Examples
    --------
    >>> from softmaxlib.teaching.charts import softmax_playground
    >>> picture(softmax_playground().to_dict(), "Three bars.")[:45]
    '<svg role="img" aria-label="Three bars." xmln'
    """
    import vl_convert  # slow to import, and needed only where a picture is drawn

    svg = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    # The picture has one label. Its parts need none, and names of parts could occur twice on a page.
    svg = re.sub(r' (role|class|aria-[a-z]+|xmlns:xlink|version)="[^"]*"', "", svg)
    svg = svg.replace("</text>", "</text>\n")  # without a space between them, the search index joins the words
    return svg.replace("<svg", f'<svg role="img" aria-label="{escape(alt)}"', 1)


class MimeRenderer:
    """Plug-in of MyST-NB: the output of a chart becomes a node, with the alt text that the cell gives it."""

    mime_priority_overrides = (("*", MIME_TYPE, 1),)

    @staticmethod
    def handle_mime(renderer, data, inline):
        """Return the nodes of an output, or None if it is no chart.

        Parameters
        ----------
        renderer : myst_nb.core.render.NbElementRenderer
            Not needed.
        data : myst_nb.core.render.MimeData
            The output.
        inline : bool
            Whether it stands in a line of text.

        Returns
        -------
        list of chart or None
            The node, alone.
        """
        if inline or data.mime_type != MIME_TYPE:
            return None
        image = data.cell_metadata.get("mystnb", {}).get("image", {})
        return [chart_node(data.content, image.get("alt"))]
