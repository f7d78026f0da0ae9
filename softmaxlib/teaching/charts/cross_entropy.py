"""Squared error and cross-entropy of a two-class softmax, over the lead of the true class."""

import altair as alt

from softmaxlib.teaching.charts.parts import ALONE, POINT, slider, styled
from softmaxlib.teaching.example import BLUE, VERMILION

# Loss and slope as Vega expressions, with q for the probability of the wrong class, 1 / (1 + exp(lead)).
LOSSES = {
    "cross-entropy": (BLUE, "-log(1 - q)", "-q"),
    "squared error": (VERMILION, "2 * q * q", "-4 * q * q * (1 - q)"),
}


def cross_entropy_playground():
    """Both losses over the lead of the true class, with a slider for the lead.

    Returns
    -------
    altair.LayerChart
        The chart. Above it stand the loss and its slope at the lead, which is −4 at the start.

    Examples
    --------
    >>> chart = cross_entropy_playground()
    >>> [(slider.name, slider.value) for slider in chart.params]
    [('m', -4)]
    """
    right = alt.X("x:Q", title="lead of the true class (nats)").scale(domain=[-8, 8]).axis(values=[-8, -4, 0, 4, 8])
    up = alt.Y("y:Q", title="loss").scale(domain=[0, 8.2]).axis(values=[0, 2, 4, 6, 8])
    marks = []
    for line, (name, (color, loss, slope)) in enumerate(LOSSES.items()):
        said = f"'{name}: ' + format({at('m', loss)}, '.3f') + ', slope ' + format({at('m', slope)}, '.4f')"
        curve, point = (
            alt.Chart()
            .transform_calculate(x=places)
            .transform_flatten(["x"])
            .transform_calculate(x=f"datum.x / {unit}")
            .transform_calculate(y=at("datum.x", loss), said=said)
            .encode(right, up)
            for places, unit in (("sequence(-80, 81)", 10), ("[m]", 1))
        )
        words = (
            alt.Chart().transform_calculate(said=said).mark_text(aria=False, align="right", color=color, fontSize=12)
        )
        marks += [
            curve.mark_line(aria=False, color=color, strokeWidth=2.5),
            point.mark_point(color=color, **POINT).encode(description="said:N"),
            words.encode(x=alt.value(alt.expr("width")), y=alt.value(-26 + 16 * line), text="said:N"),
        ]
    chart = alt.layer(*marks, data=alt.Data(values=[{}]))
    return styled(chart.add_params(slider("m", -4, -8, 8, 0.1, "lead of the true class (nats)")), **ALONE).properties(
        description="Two falling curves over the lead of the true class: cross-entropy, and squared error."
    )


def at(lead, expression):
    """Return the expression at a lead."""
    return expression.replace("q", f"(1 / (1 + exp({lead})))")
