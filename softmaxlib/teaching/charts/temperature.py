"""Softmax at any temperature, as bars and in the triangle of all distributions."""

from softmaxlib.teaching.charts.parts import bars_over_triangle, slider, softmax, styled


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

    def at(chart, temperature, groupby=()):
        return softmax(chart, "datum.score", temperature, groupby)

    chart = bars_over_triangle(at, ("sequence(-40, 41)", "pow(10, datum.t / 20)"), "'T = ' + format(T, '.2f')")
    return styled(chart.add_params(slider("T", 1, 0.1, 5, 0.05, "temperature T"))).properties(
        description="Three bars and a point in a triangle: the softmax of seal, panda and duck at a temperature."
    )
