"""What the charts share: sliders, bars, the softmax that the page computes, and the look."""

import altair as alt
import numpy as np

from softmaxlib.teaching.example import CLASS_COLORS, CLASSES, INK, LOGITS, PURPLE
from softmaxlib.teaching.figures import simplex_xy

COLOR = alt.Color("class:N", legend=None).scale(domain=CLASSES, range=CLASS_COLORS)
HEIGHT = alt.Y("y:Q", title="probability")
PROBABILITY = HEIGHT.scale(domain=[0, 1], rangeMax=18).axis(values=[0, 0.5, 1])  # 18 px for the value above a bar
POINT = {"filled": True, "opacity": 1, "size": 120}

# A chart that stands alone fits a phone, and its size does not depend on its labels.
ALONE = {"width": 300, "height": 260, "autosize": alt.AutoSizeParams(type="fit", contains="padding")}


def slider(name, start, low, high, step, label):
    """A parameter with a slider; `start` must lie a whole number of steps above `low`."""
    return alt.param(name=name, value=start, bind=alt.binding_range(min=low, max=high, step=step, name=label))


def classes():
    """Return a row for each class: its logit in the running example, and its corner of the triangle."""
    rows = zip(CLASSES, LOGITS, simplex_xy(np.eye(3)).tolist(), strict=True)
    return alt.Data(values=[{"class": name, "score": z, "right": x, "up": y} for name, z, (x, y) in rows])


def bars(form=""):
    """Return a bar for each probability p, with its value above it. Where p is nan there is the value, but no bar."""
    bars = alt.Chart().encode(alt.X("class:N", sort=None, title=None), HEIGHT)
    values = bars.mark_text(dy=-8, aria=False).encode(text="value:N")
    bars = bars.transform_calculate(said=f"'{form}' + datum.class + ' ' + datum.value")
    return alt.layer(bars.mark_bar().encode(PROBABILITY, COLOR, description="said:N"), values)


def softmax(chart, score, temperature="1", groupby=(), shift="datum.top", rounded=str):
    """Let the page compute the probabilities p, each with its height y and its printed value.

    `score`, `temperature` and `shift`, which is subtracted from each score, are Vega expressions. The expression of
    each step goes through the function `rounded`. Where p is nan, the height is 0.
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


def bars_over_triangle(distribution, way, title):
    """Return the bars of a distribution at the temperature T over its point in the triangle, and the way of the point.

    ``distribution(chart, temperature, groupby)`` lets the page compute the probabilities p at a temperature, a Vega
    expression. `way` is the expression of a list, and that of the temperature at an entry t of it. `title` is one, too.
    """
    numbers, temperature = way
    right = alt.X("right:Q", axis=None).scale(domain=[-0.15, 1.15])  # as in figures.simplex
    marks = alt.Chart().encode(right, alt.Y("up:Q", axis=None).scale(domain=[-0.12, 1]))
    names = marks.transform_calculate(up="datum.up + (datum.up > 0 ? 0.08 : -0.07)")
    path = marks.transform_calculate(t=numbers).transform_flatten(["t"])
    path = _in_triangle(distribution(path, temperature, ["t"]), ["t"])
    point = _in_triangle(distribution(marks, "T"))
    triangle = alt.layer(
        marks.mark_line(aria=False, color=INK, strokeWidth=1, interpolate="linear-closed"),
        path.mark_line(aria=False, color=PURPLE, strokeWidth=2).encode(order="t:Q"),
        names.mark_text(aria=False, fontWeight="bold").encode(COLOR, text="class:N"),
        point.mark_point(aria=False, color=PURPLE, **POINT),
        title=alt.Title(alt.expr(title), anchor="end", color=PURPLE, offset=-24),
    )
    row = distribution(bars(), "T").properties(width=240, height=150)
    return alt.vconcat(row, triangle.properties(width=240, height=207), data=classes())


def _in_triangle(chart, groupby=()):
    """Let the page compute the place in the triangle: the mean of the corners, weighted by the probabilities."""
    return chart.transform_calculate(right="datum.p * datum.right", up="datum.p * datum.up").transform_aggregate(
        right="sum(right)", up="sum(up)", groupby=groupby
    )


def styled(chart, **properties):
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
