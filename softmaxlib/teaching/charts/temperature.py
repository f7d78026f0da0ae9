"""Softmax at any temperature, as bars and in the triangle of all distributions."""

import altair as alt

from softmaxlib.teaching.charts.parts import COLOR, POINT, bars, classes, slider, softmax, styled
from softmaxlib.teaching.example import INK, PURPLE


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
    row = softmax(bars(), "datum.score", "T").properties(width=240, height=150)
    right = alt.X("right:Q", axis=None).scale(domain=[-0.15, 1.15])  # as in figures.simplex
    marks = alt.Chart().encode(right, alt.Y("up:Q", axis=None).scale(domain=[-0.12, 1]))
    names = marks.transform_calculate(up="datum.up + (datum.up > 0 ? 0.08 : -0.07)")
    path = marks.transform_calculate(t="sequence(-40, 41)").transform_flatten(["t"])
    path = in_triangle(softmax(path, "datum.score", "pow(10, datum.t / 20)", ["t"]), ["t"])
    point = in_triangle(softmax(marks, "datum.score", "T"))
    triangle = alt.layer(
        marks.mark_line(aria=False, color=INK, strokeWidth=1, interpolate="linear-closed"),
        path.mark_line(aria=False, color=PURPLE, strokeWidth=2).encode(order="t:Q"),
        names.mark_text(aria=False, fontWeight="bold").encode(COLOR, text="class:N"),
        point.mark_point(aria=False, color=PURPLE, **POINT),
        title=alt.Title(alt.expr("'T = ' + format(T, '.2f')"), anchor="end", color=PURPLE, offset=-24),
    )
    chart = alt.vconcat(row, triangle.properties(width=240, height=207), data=classes())
    return styled(chart.add_params(slider("T", 1, 0.1, 5, 0.05, "temperature T"))).properties(
        description="Three bars and a point in a triangle: the softmax of seal, panda and duck at a temperature."
    )


def in_triangle(chart, groupby=()):
    """Let the page compute the place in the triangle: the mean of the corners, weighted by the probabilities."""
    return chart.transform_calculate(right="datum.p * datum.right", up="datum.p * datum.up").transform_aggregate(
        right="sum(right)", up="sum(up)", groupby=groupby
    )
