"""Softmax, sparsemax, and the maps between them, as bars and in the triangle of all distributions."""

from softmaxlib.teaching.charts.parts import bars_over_triangle, slider, styled

STEPS = 12  # of Newton's method; on these scores the last ones change nothing that shows


def alternatives_playground():
    """Bars of the α-entmax of the running example, and its place in the triangle, with sliders for α and temperature.

    Returns
    -------
    altair.VConcatChart
        The chart. At the start α is 1.5 and the temperature 1. The line is the way of the point from high to low
        temperatures.

    Examples
    --------
    >>> chart = alternatives_playground()
    >>> [(slider.name, slider.value) for slider in chart.params]
    [('alpha', 1.5), ('T', 1)]
    """

    def at(chart, temperature, groupby=()):
        return entmax(chart, f"datum.score / {temperature}", groupby)

    chart = bars_over_triangle(at, ("sequence(-60, 61)", "pow(10, datum.t / 40)"), "'α = ' + format(alpha, '.2f')")
    sliders = [slider("alpha", 1.5, 1, 2, 0.05, "α"), slider("T", 1, 0.1, 5, 0.05, "temperature T")]
    return styled(chart.add_params(*sliders)).properties(
        description="Three bars and a point in a triangle: the α-entmax of seal, panda and duck."
    )


def entmax(chart, score, groupby=()):
    """Let the page compute the α-entmax p of the scores, each with its height y and its printed value.

    A class has the p = [1 + (α - 1)(z - θ)]₊ to the power 1 / (α - 1), which is exp(z - θ) for α = 1. At θ = max(z) the
    sum is at least 1. From there Newton's method comes up to the θ of the sum 1 and does not pass it, as the sum is
    convex in θ.
    """
    base = "max(0, 1 + (alpha - 1) * (datum.z - datum.theta))"
    p = f"alpha === 1 ? exp(datum.z - datum.theta) : pow({base}, 1 / (alpha - 1))"
    slope = "datum.p > 0 ? pow(datum.p, 2 - alpha) : 0"
    chart = chart.transform_calculate(z=score).transform_joinaggregate(theta="max(z)", groupby=groupby)
    for _ in range(STEPS):
        chart = chart.transform_calculate(p=p).transform_calculate(slope=slope)
        chart = chart.transform_joinaggregate(sum="sum(p)", slopes="sum(slope)", groupby=groupby)
        chart = chart.transform_calculate(theta="datum.theta + (datum.sum - 1) / datum.slopes")
    return chart.transform_calculate(p=p).transform_calculate(y="datum.p", value="format(datum.p, '.3f')")
