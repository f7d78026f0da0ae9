"""How probable it is that an arm with one unlucky pull has not been pulled again."""

import altair as alt

from softmaxlib.teaching.charts.parts import ALONE, HEIGHT, slider, styled
from softmaxlib.teaching.example import BLUE, INK, VERMILION

PULLS = 10_000  # up to which the curve is drawn


def decisions_playground():
    """The probability that arm B has not been pulled again, over the pulls, with sliders for c and the pay of arm A.

    Returns
    -------
    altair.LayerChart
        The chart. The dashed line is the limit of the curve, which is above 0 if a c > 1 only.

    Examples
    --------
    >>> chart = decisions_playground()
    >>> [(slider.name, slider.value) for slider in chart.params]
    [('c', 4), ('a', 0.5)]
    """
    marks = alt.Chart()
    # The terms of all later pulls add up to the integral of t to the power -s from n - 1/2 on, up to 0.0001.
    rest = f"pow({PULLS - 0.5}, 1 - datum.s) / (datum.s - 1)"
    last = marks.transform_filter(f"datum.n === {PULLS}").transform_calculate(
        limit=f"datum.s > 1 ? datum.p * exp(-{rest}) : 0"
    )
    few = "datum.n < 50 || datum.n < 1000 && datum.n % 10 === 0 || datum.n % 200 === 0"
    pulls = alt.X("n:Q", title="pulls").scale(type="log", domain=[2, PULLS], nice=False)
    pulls = pulls.axis(values=[2, 100, PULLS], format=",", labelFlush=True, labelOverlap=False)
    probability = HEIGHT.scale(domain=[0, 1]).axis(values=[0, 0.5, 1])
    curve = marks.transform_filter(few).transform_calculate(y="datum.p").encode(pulls, probability)
    limit = last.transform_calculate(y="datum.limit").encode(probability)
    layers = [
        curve.mark_line(aria=False, color=BLUE, strokeWidth=2, clip=True),
        limit.mark_rule(aria=False, color=VERMILION, strokeWidth=2, strokeDash=[6, 4]),
    ]
    number = "(datum.{0} < 1e-6 ? 'below 0.000001' : format(datum.{0}, '.3~g'))"
    positive = f"(datum.limit < 1e-6 ? 'above 0, ' : '') + {number.format('limit')}"
    for words, color, height in (
        ("'ac = ' + format(datum.s, '.3~f') + (datum.s > 1 ? ', above 1' : ', not above 1')", INK, -56),
        (f"'at {PULLS:,} pulls: ' + {number.format('p')}", BLUE, -36),
        (f"'limit: ' + (datum.s > 1 ? {positive} : 0)", VERMILION, -16),
    ):
        layers.append(
            last.transform_calculate(said=words)
            .mark_text(align="left", color=color)
            .encode(x=alt.value(-45), y=alt.value(height), text="said:N", description="said:N")
        )
    sliders = (slider("c", 4, 0.5, 10, 0.1, "c"), slider("a", 0.5, 0.1, 0.9, 0.05, "pay a of arm A"))
    # The last of n pulls is decided when t = n - 1 have been made. Rounding removes what a float adds to a c.
    drawn = (
        alt.layer(*layers, data=alt.Data(values=[{}]))
        .transform_calculate(s="round(1000 * a * c) / 1000", n=f"sequence(2, {PULLS + 1})")
        .transform_flatten(["n"])
        .transform_calculate(term="datum.n > 2 ? log(1 + pow(datum.n - 1, -datum.s)) : 0")
        .transform_window(sum="sum(term)", sort=[alt.SortField("n")], frame=[None, 0])
        .transform_calculate(p="exp(-datum.sum)")
    )
    return styled(drawn.add_params(*sliders), **ALONE | {"height": 300}).properties(
        description="A falling curve: the probability that arm B has not been pulled again, and the limit of the curve."
    )
