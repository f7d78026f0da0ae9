"""The reliability diagram of a model whose scores are too large, at any temperature."""

import altair as alt

from softmaxlib.teaching.charts.parts import ALONE, slider, styled
from softmaxlib.teaching.example import BLUE, INK, VERMILION

TRUE_TEMPERATURE = 2.5  # of the model: its leads are that many times too large
LEAD = 12  # mean lead of the winning class, in nats; leads are exponentially distributed
EXAMPLES = 400  # as many quantiles of the leads stand for all examples, so no chance is in the picture


def calibration_playground():
    """Draw the reliability diagram of a model of two classes, with a slider for the temperature.

    Returns
    -------
    altair.LayerChart
        The chart, at the start at T = 1. The areas of the points are proportional to the shares of the bins.

    Examples
    --------
    >>> chart = calibration_playground()
    >>> [(slider.name, slider.value) for slider in chart.params]
    [('T', 1)]
    """
    examples = (
        alt.Chart()
        .transform_calculate(i=f"sequence({EXAMPLES})")
        .transform_flatten(["i"])
        .transform_calculate(lead=f"-{LEAD} * log(1 - (datum.i + 0.5) / {EXAMPLES})")
        .transform_calculate(accuracy=f"1 / (1 + exp(-datum.lead / {TRUE_TEMPERATURE}))")
        .transform_calculate(confidence="1 / (1 + exp(-datum.lead / T))")
        .transform_calculate(bin="min(floor(10 * datum.confidence), 9)")
        .transform_calculate(loss="-log(datum.confidence) + (1 - datum.accuracy) * datum.lead / T")
    )
    bins = examples.transform_aggregate(
        groupby=["bin"], accuracy="mean(accuracy)", confidence="mean(confidence)", count="count()", loss="sum(loss)"
    ).transform_calculate(gap="datum.count * abs(datum.accuracy - datum.confidence)")
    right, up = (  # up to 1.03, so that a point at 1 stays inside
        channel(f"{name}:Q", title=name).scale(domain=[0.5, 1.03], zero=False).axis(values=[0.5, 0.75, 1], format=".2f")
        for channel, name in ((alt.X, "confidence"), (alt.Y, "accuracy"))
    )
    places = bins.encode(right, up)
    area = alt.Size("count:Q", legend=None).scale(domain=[0, EXAMPLES], range=[0, 300])
    points = places.transform_calculate(
        said="'confidence ' + format(datum.confidence, '.3f') + ', accuracy ' + format(datum.accuracy, '.3f')"
    ).mark_point(filled=True, opacity=1, color=BLUE)
    words = (
        bins.transform_aggregate(gap="sum(gap)", loss="sum(loss)")
        .transform_calculate(
            said=f"'T = ' + format(T, '.1f') + ':  ECE ' + format(datum.gap / {EXAMPLES}, '.3f')"
            f" + ',  log loss ' + format(datum.loss / {EXAMPLES}, '.3f')"
        )
        .mark_text(aria=False, align="right", fontSize=14)
        .encode(x=alt.value(alt.expr("width")), y=alt.value(-12), text="said:N")
    )
    ends = alt.Data(values=[{"confidence": 0.5, "accuracy": 0.5}, {"confidence": 1, "accuracy": 1}])
    diagonal = alt.Chart(ends).encode(right, up)
    chart = alt.layer(
        diagonal.mark_line(aria=False, color=INK, strokeWidth=1),
        places.mark_rule(aria=False, color=VERMILION, strokeWidth=2).encode(y2="confidence:Q"),
        points.encode(area, description="said:N"),
        words,
        data=alt.Data(values=[{}]),
    )
    temperature = slider("T", 1, 0.5, 5, 0.1, "temperature T")
    return styled(chart.add_params(temperature), **ALONE).properties(
        description="A reliability diagram: the accuracy of a model in bins of its confidence, at a temperature."
    )
