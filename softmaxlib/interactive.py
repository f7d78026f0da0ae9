"""Charts with sliders, whose numbers are computed where they are drawn: in the page or in JupyterLab.

From the import on, Altair shows every chart under one MIME type only. JupyterLab draws it without a network,
and the book's website with its own scripts (see `softmaxlib.sphinx_charts`).
"""

import json

import altair as alt
import numpy as np

from softmaxlib.figures import BLUE, CLASS_COLORS, CLASSES, INK, PURPLE, VERMILION, simplex_xy

# The charts are Vega-Lite 6; JupyterLab and Jupyter Book 1 know the name of version 5, and what is used is in both.
MIME_TYPE = "application/vnd.vegalite.v5+json"


def _mime_bundle(spec):
    """Offer a chart under the book's MIME type, and as a few words where nothing can be drawn."""
    return {MIME_TYPE: spec, "text/plain": "<interactive chart>"}


alt.renderers.register("softmaxlib", _mime_bundle)
alt.renderers.enable("softmaxlib")

EXAMPLE = (0.25, 1.23, -0.8)  # the logits of panda, seal and duck in the whole book

COLOR = alt.Color("class:N", legend=None).scale(domain=CLASSES, range=CLASS_COLORS)
HEIGHT = alt.Y("y:Q", title="probability")
PROBABILITY = HEIGHT.scale(domain=[0, 1], rangeMax=18).axis(values=[0, 0.5, 1])  # a value is above the highest bar
POINT = {"filled": True, "opacity": 1, "size": 120}

# A chart alone: a size that fits a phone, and stays the same whatever the labels are.
ALONE = {"width": 300, "height": 260, "autosize": alt.AutoSizeParams(type="fit", contains="padding")}

# What rounding has to know: the binary digits, the exponent of the smallest normal number, and what becomes infinite.
FORMATS = {
    "float16": {"digits": 11, "lowest": -14, "infinity": 2.0**16 - 2.0**4},
    "float32": {"digits": 24, "lowest": -126, "infinity": 2.0**128 - 2.0**103},
}


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
    logits = zip(CLASSES, EXAMPLE, strict=True)
    sliders = [_slider(name, start, -5, 5, 0.01, f"logit of {name}") for name, start in logits]
    sliders.append(_slider("T", 1, 0.1, 5, 0.1, "temperature T"))
    scores = "{" + ", ".join(f"{name}: {name}" for name in CLASSES) + "}"  # the values of the sliders
    chart = _softmax(_bars(), f"{scores}[datum.class]", "T").properties(data=_classes())
    return _styled(chart.add_params(*sliders), **ALONE).properties(
        description="Three bars: the softmax of the logits of panda, seal and duck."
    )


def temperature_playground():
    """Bars of the softmax of the running example, and its place in the triangle, with a slider for the temperature.

    Returns
    -------
    altair.VConcatChart
        The chart. At the start the temperature is 1. The line is the way of the point from high to low temperatures.

    Examples
    --------
    >>> chart = temperature_playground()
    >>> [(slider.name, slider.value) for slider in chart.params]
    [('T', 1)]
    """
    bars = _softmax(_bars(), "datum.score", "T").properties(width=240, height=150)
    right = alt.X("right:Q", axis=None).scale(domain=[-0.15, 1.15])  # as in figures.simplex
    marks = alt.Chart().encode(right, alt.Y("up:Q", axis=None).scale(domain=[-0.12, 1]))
    names = marks.transform_calculate(up="datum.up + (datum.up > 0 ? 0.08 : -0.07)")
    path = marks.transform_calculate(t="sequence(-40, 41)").transform_flatten(["t"])
    path = _in_triangle(_softmax(path, "datum.score", "pow(10, datum.t / 20)", ["t"]), ["t"])
    point = _in_triangle(_softmax(marks, "datum.score", "T"))
    triangle = alt.layer(
        marks.mark_line(aria=False, color=INK, strokeWidth=1, interpolate="linear-closed"),
        path.mark_line(aria=False, color=PURPLE, strokeWidth=2).encode(order="t:Q"),
        names.mark_text(aria=False, fontWeight="bold").encode(COLOR, text="class:N"),
        point.mark_point(aria=False, color=PURPLE, **POINT),
        title=alt.Title(alt.expr("'T = ' + format(T, '.2f')"), anchor="end", color=PURPLE, offset=-24),
    )
    chart = alt.vconcat(bars, triangle.properties(width=240, height=207), data=_classes())
    return _styled(chart.add_params(_slider("T", 1, 0.1, 5, 0.05, "temperature T"))).properties(
        description="Three bars and a point in a triangle: the softmax of panda, seal and duck at a temperature."
    )


def sigmoid_playground():
    """The sigmoid of the score a (x − b), with sliders for the slope a, the threshold b and one length x.

    Returns
    -------
    altair.LayerChart
        The chart. One point is at the threshold, and one at the length x, whose score and probability are above.

    Examples
    --------
    >>> chart = sigmoid_playground()
    >>> [(slider.name, slider.value) for slider in chart.params]
    [('a', 4), ('b', 1.2), ('x', 1.5)]
    """
    sliders = [
        _slider("a", 4, -16, 16, 0.5, "slope a (1/m)"),
        _slider("b", 1.2, 0, 2.4, 0.05, "threshold b (m)"),
        _slider("x", 1.5, 0, 2.4, 0.05, "length x (m)"),
    ]
    result = "'score ' + format(a * (x - b), '.2f') + ', probability ' + format(1 / (1 + exp(a * (b - x))), '.3f')"
    x = alt.X("x:Q", title="length x (m)").axis(values=[0, 0.6, 1.2, 1.8, 2.4])
    curve, threshold, animal = (
        alt.Chart()
        .transform_calculate(x=lengths)
        .transform_flatten(["x"])
        .transform_calculate(y="1 / (1 + exp(a * (b - datum.x)))", said=f"'at ' + x + ' m: ' + {result}")
        .encode(x, HEIGHT)
        for lengths in ("sequence(0, 2.41, 0.01)", "[b]", "[x]")
    )
    chart = alt.layer(
        curve.mark_line(aria=False, color=BLUE, strokeWidth=2.5).encode(PROBABILITY),
        threshold.mark_point(aria=False, color=BLUE, **POINT),
        animal.mark_point(color=VERMILION, **POINT).encode(description="said:N"),
        title=alt.Title(alt.expr(result), color=VERMILION),
        data=alt.Data(values=[{}]),
    )
    return _styled(chart.add_params(*sliders), **ALONE).properties(
        description="An S-shaped curve: the sigmoid of a score that grows with the length of an animal."
    )


def stable_softmax_playground():
    """Bars of the plain and of the stable softmax of shifted logits, with sliders for the shift and a choice of dtype.

    The page rounds each step to the dtype: scores, differences, exponentials, sum and quotients.

    Returns
    -------
    altair.VConcatChart
        The chart. At the start the shift is 0, and both forms are right.

    Examples
    --------
    >>> chart = stable_softmax_playground()
    >>> [(param.name, param.value) for param in chart.params if param.bind is not alt.Undefined]
    [('coarse', 0), ('fine', 0), ('dtype', 'float16')]
    """
    dtypes = alt.binding_select(options=[*FORMATS, "float64"], name="dtype")
    params = [
        _slider("coarse", 0, -1000, 1000, 10, "shift c, coarse (nats)"),
        _slider("fine", 0, -20, 20, 0.25, "shift c, fine (nats)"),
        alt.param(name="dtype", value="float16", bind=dtypes),
        alt.param(name="c", expr="coarse + fine"),
        alt.param(name="limits", expr=f"({json.dumps(FORMATS)})[dtype]"),
    ]
    plain, stable = (
        _softmax(_bars(f"{form} "), "datum.score + c", shift=shift, rounded=_rounded).properties(
            width=240, height=110, title=alt.Title(form, anchor="start", frame="bounds")
        )
        for form, shift in (("plain", "0"), ("stable", "datum.top"))
    )
    title = alt.Title(alt.expr("'z + c in ' + dtype + ', c = ' + format(c, '.2f')"), anchor="start")
    chart = alt.vconcat(plain, stable, data=_classes(), title=title).add_params(*params)
    return _styled(chart).properties(
        description="Two rows of three bars: plain and stable softmax of panda, seal and duck with shifted logits."
    )


def _slider(name, start, low, high, step, label):
    """A parameter with a slider; `start` must lie a whole number of steps above `low`."""
    return alt.param(name=name, value=start, bind=alt.binding_range(min=low, max=high, step=step, name=label))


def _classes():
    """Return the data of the charts: of each class the logit in the running example, and the corner of the triangle."""
    rows = zip(CLASSES, EXAMPLE, simplex_xy(np.eye(3)).tolist(), strict=True)
    return alt.Data(values=[{"class": name, "score": z, "right": x, "up": y} for name, z, (x, y) in rows])


def _bars(form=""):
    """Return bars of the probabilities p, each with its value, which may be nan, and then there is no bar."""
    bars = alt.Chart().encode(alt.X("class:N", sort=None, title=None), HEIGHT)
    values = bars.mark_text(dy=-8, aria=False).encode(text="value:N")
    bars = bars.transform_calculate(said=f"'{form}' + datum.class + ' ' + datum.value")
    return alt.layer(bars.mark_bar().encode(PROBABILITY, COLOR, description="said:N"), values)


def _softmax(chart, score, temperature="1", groupby=(), shift="datum.top", rounded=str):
    """Let the page compute p from Vega expressions: the score, T, and what is taken from each score, the largest one.

    Each step goes through `rounded`, which may wrap its expression. Where p is nan there is a value, but no height.
    """
    return (
        chart.transform_calculate(z=rounded(score))
        .transform_joinaggregate(top="max(z)", groupby=groupby)
        .transform_calculate(shifted=rounded(f"datum.z - {shift}"))
        .transform_calculate(exp=rounded(f"exp(datum.shifted / {temperature})"))
        .transform_joinaggregate(sum="sum(exp)", groupby=groupby)
        .transform_calculate(total=rounded("datum.sum"))
        .transform_calculate(p=rounded("datum.exp / datum.total"))
        .transform_calculate(y="datum.p || 0", value="lower(format(datum.p, '.3f'))")
    )


def _rounded(value):
    """Let the page round the value of an expression to the dtype, to nearest, and ties to even, as hardware does.

    A number that is added and taken away again does it: it is so large that its last digit is that of the result.
    """
    large = f"3 * pow(2, 52 - limits.digits + max(floor(log(abs({value})) / LN2), limits.lowest))"
    finite = f"abs({value}) < limits.infinity ? {value} + {large} - {large} : ({value}) / 0"
    return f"dtype == 'float64' ? {value} : {finite}"


def _in_triangle(chart, groupby=()):
    """Let the page compute the place in the triangle: the mean of the corners, weighted by the probabilities."""
    return chart.transform_calculate(right="datum.p * datum.right", up="datum.p * datum.up").transform_aggregate(
        right="sum(right)", up="sum(up)", groupby=groupby
    )


def _styled(chart, **properties):
    """Give a chart the look of the book's figures, and properties of its own."""
    ink = {"labelColor": INK, "titleColor": INK, "domainColor": INK, "tickColor": INK}
    text = {"labelFontSize": 14, "titleFontSize": 14, "titleFontWeight": "normal", "labelFontWeight": "normal"}
    return chart.properties(padding=4, background="transparent", **properties).configure(
        font="DejaVu Sans, Verdana, sans-serif",
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(grid=False, **ink, **text),
        axisX=alt.AxisConfig(labelAngle=0, ticks=False, labelPadding=8),
        title=alt.TitleConfig(color=INK, fontSize=14),
        text=alt.MarkConfig(color=INK, fontSize=14),
    )
