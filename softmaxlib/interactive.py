"""Charts with sliders, whose numbers are computed where they are drawn: in the page or in JupyterLab.

From the import on, Altair shows every chart under one MIME type only. JupyterLab draws it without a network,
and the book's website with its own scripts (see `softmaxlib.sphinx_charts`).
"""

import altair as alt

from softmaxlib.figures import CLASS_COLORS, CLASSES, INK

# The charts are Vega-Lite 6; JupyterLab and Jupyter Book 1 know the name of version 5, and what is used is in both.
MIME_TYPE = "application/vnd.vegalite.v5+json"


def _mime_bundle(spec):
    """Offer a chart under the book's MIME type, and as a few words where nothing can be drawn."""
    return {MIME_TYPE: spec, "text/plain": "<interactive chart>"}


alt.renderers.register("softmaxlib", _mime_bundle)
alt.renderers.enable("softmaxlib")


def softmax_playground():
    """Bars of the softmax of panda, seal and duck, with sliders for the logits and the temperature.

    Returns
    -------
    altair.LayerChart
        The chart. At the start it shows the running example, with temperature 1.

    Examples
    --------
    >>> chart = softmax_playground()
    >>> [(slider.name, slider.value) for slider in chart.params]
    [('panda', 0.25), ('seal', 1.23), ('duck', -0.8), ('T', 1)]
    """
    logits = zip(CLASSES, (0.25, 1.23, -0.8), strict=True)
    sliders = [_slider(name, start, -5, 5, 0.01, f"logit of {name}") for name, start in logits]
    sliders.append(_slider("T", 1, 0.1, 5, 0.1, "temperature T"))
    scores = "{" + ", ".join(f"{name}: {name}" for name in CLASSES) + "}"  # the values of the sliders
    x, y = alt.X("class:N", sort=None, title=None), alt.Y("p:Q", title="probability")
    bars = (
        alt.Chart()
        .mark_bar()
        .encode(
            x,
            y.scale(domain=[0, 1]).axis(values=[0, 0.5, 1]),
            alt.Color("class:N", legend=None).scale(domain=CLASSES, range=CLASS_COLORS),
            description="said:N",
        )
    )
    values = alt.Chart().mark_text(dy=-8, aria=False).encode(x, y, text="value:N")
    chart = alt.layer(bars, values, data=alt.Data(values=[{"class": name} for name in CLASSES]))
    chart = _softmax(chart, f"{scores}[datum.class]", "T").transform_calculate(
        value="format(datum.p, '.3f')", said="datum.class + ' ' + datum.value"
    )
    return _styled(chart.add_params(*sliders)).properties(
        description="Three bars: the softmax of the logits of panda, seal and duck."
    )


def _slider(name, start, low, high, step, label):
    """A parameter with a slider; `start` must lie a whole number of steps above `low`."""
    return alt.param(name=name, value=start, bind=alt.binding_range(min=low, max=high, step=step, name=label))


def _softmax(chart, score, temperature):
    """Let the page compute p from the Vega expressions of the score and of T, shifted by the largest score."""
    return (
        chart.transform_calculate(z=score)
        .transform_joinaggregate(top="max(z)")
        .transform_calculate(exp=f"exp((datum.z - datum.top) / {temperature})")
        .transform_joinaggregate(total="sum(exp)")
        .transform_calculate(p="datum.exp / datum.total")
    )


def _styled(chart):
    """Give a chart the look of the book's figures, and a size that fits a phone and stays the same."""
    ink = {"labelColor": INK, "titleColor": INK, "domainColor": INK, "tickColor": INK}
    text = {"labelFontSize": 14, "titleFontSize": 14, "titleFontWeight": "normal", "labelFontWeight": "normal"}
    return chart.properties(
        width=300,
        height=260,
        padding={"left": 4, "right": 4, "top": 12, "bottom": 4},  # a label is above the highest bar
        autosize=alt.AutoSizeParams(type="fit", contains="padding"),
        background="transparent",
    ).configure(
        font="DejaVu Sans, Verdana, sans-serif",
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(grid=False, **ink, **text),
        axisX=alt.AxisConfig(labelAngle=0, ticks=False, labelPadding=8),
        text=alt.MarkConfig(color=INK, fontSize=14),
    )
