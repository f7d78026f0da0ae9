"""The sigmoid of a score with a slope and a threshold."""

import altair as alt

from softmaxlib.teaching.charts.parts import ALONE, HEIGHT, POINT, PROBABILITY, slider, styled
from softmaxlib.teaching.example import BLUE, VERMILION


def sigmoid_playground():
    """The sigmoid of the score a (x − b), with sliders for the slope a, the threshold b and one length x.

    Returns
    -------
    altair.LayerChart
        The chart. One point is at the threshold, and one at the length x, whose score, odds and probability are above.

    Examples
    --------
    >>> chart = sigmoid_playground()
    >>> [(slider.name, slider.value) for slider in chart.params]
    [('a', 4), ('b', 1.2), ('x', 1.5)]
    """
    sliders = [
        slider("a", 4, -16, 16, 0.5, "slope a (1/m)"),
        slider("b", 1.2, 0, 2.4, 0.05, "threshold b (m)"),
        slider("x", 1.5, 0, 2.4, 0.05, "length x (m)"),
    ]
    odds = "'score ' + format(a * (x - b), '.2f') + ', odds ' + format(exp(a * (x - b)), '.3~g')"
    probability = "'probability ' + format(1 / (1 + exp(a * (b - x))), '.3f')"
    x = alt.X("x:Q", title="length x (m)").axis(values=[0, 0.6, 1.2, 1.8, 2.4])
    curve, threshold, animal = (
        alt.Chart()
        .transform_calculate(x=lengths)
        .transform_flatten(["x"])
        .transform_calculate(
            y="1 / (1 + exp(a * (b - datum.x)))", said=f"'at ' + x + ' m: ' + {odds} + ', ' + {probability}"
        )
        .encode(x, HEIGHT)
        for lengths in ("sequence(0, 2.41, 0.01)", "[b]", "[x]")
    )
    chart = alt.layer(
        curve.mark_line(aria=False, color=BLUE, strokeWidth=2.5).encode(PROBABILITY),
        threshold.mark_point(aria=False, color=BLUE, **POINT),
        animal.mark_point(color=VERMILION, **POINT).encode(description="said:N"),
        title=alt.Title(alt.expr(f"[{odds}, {probability}]"), color=VERMILION),
        data=alt.Data(values=[{}]),
    )
    return styled(chart.add_params(*sliders), **ALONE).properties(
        description="An S-shaped curve: the sigmoid of a score that grows with the length of an animal."
    )
