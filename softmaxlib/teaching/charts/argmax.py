"""The error of a threshold, through argmax and through the sigmoid."""

import altair as alt

from softmaxlib.teaching.charts.parts import ALONE, POINT, slider, styled
from softmaxlib.teaching.example import BLUE, PURPLE

LENGTHS = (0.9, 1.0, 1.1, 1.3, 1.4, 1.6)  # meters; the last three animals are pandas
STEP_SIZE = 0.5


def mean(term):
    """Return the Vega expression of the mean of `term` over the animals; x is the length, y is 1 for a panda."""
    terms = [term.replace("{x}", str(x)).replace("{y}", str(int(x > 1.2))) for x in LENGTHS]
    return f"({' + '.join(terms)}) / {len(LENGTHS)}"


def argmax_playground():
    """The error of six animals as a staircase and as a valley, with a slider for the threshold b.

    Returns
    -------
    altair.LayerChart
        The chart. Above it stand, for argmax and for the sigmoid, the error, its slope and the next b.

    Examples
    --------
    >>> chart = argmax_playground()
    >>> [(slider.name, slider.value) for slider in chart.params]
    [('b', 1.75)]
    """
    stairs = mean("abs(({x} > {b}) - {y})")
    sigmoid = "1 / (1 + exp(4 * ({b} - {x})))"
    valley = mean(f"pow({sigmoid} - {{y}}, 2)")
    rise = mean(f"-8 * ({sigmoid} - {{y}}) * {sigmoid} * (1 - {sigmoid})").replace("{b}", "b")
    tie = "(" + " || ".join(f"b == {x}" for x in LENGTHS) + ")"
    grid = "sequence(120, 401)"
    said = {
        PURPLE: f"'argmax: error ' + format({stairs.replace('{b}', 'b')}, '.3f') + ({tie} ? ', a tie, no slope' : "
        "', slope 0.000, next b ' + format(b, '.2f'))",
        BLUE: f"'sigmoid: error ' + format({valley.replace('{b}', 'b')}, '.3f') + ', slope ' + format({rise}, '.3f')"
        f" + ', next b ' + format(b - {STEP_SIZE} * {rise}, '.2f')",
    }
    right = alt.X("x:Q", title="threshold b (m)").scale(domain=[0.6, 2]).axis(values=[0.6, 1, 1.4, 1.8])
    up = alt.Y("y:Q", title="mean squared error").scale(domain=[0, 0.6]).axis(values=[0, 0.2, 0.4])
    marks = []
    for color, height, form in ((PURPLE, stairs, "step-after"), (BLUE, valley, "linear")):
        curve, point = (
            alt.Chart()
            .transform_calculate(x=places)
            .transform_flatten(["x"])
            .transform_calculate(x=f"datum.x / {unit}")
            .transform_calculate(y=height.replace("{b}", "datum.x"), said=said[color])
            .encode(right, up)
            for places, unit in ((grid, 200), ("[b]", 1))
        )
        marks += [
            curve.mark_line(aria=False, color=color, strokeWidth=2.5, interpolate=form),
            point.mark_point(color=color, **POINT).encode(description="said:N"),
        ]
    lines = [
        alt.Chart()
        .transform_calculate(said=said[color])
        .mark_text(aria=False, align="right", color=color, fontSize=12)
        .encode(x=alt.value(alt.expr("width")), y=alt.value(-26 + 16 * i), text="said:N")
        for i, color in enumerate((PURPLE, BLUE))
    ]
    chart = alt.layer(*marks, *lines, data=alt.Data(values=[{}]))
    return styled(chart.add_params(slider("b", 1.75, 0.6, 2, 0.01, "threshold b (m)")), **ALONE).properties(
        description="A staircase and a smooth valley: the error of six animals as the threshold moves."
    )
