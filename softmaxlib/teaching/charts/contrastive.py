"""The weights of the negatives of one image, at any temperature."""

import altair as alt

from softmaxlib.teaching.charts.parts import ALONE, slider, styled
from softmaxlib.teaching.example import BLUE, INK

# The cosines of a 2 with its 255 negatives, largest first, by an encoder of the chapter. A cell there compares them.
COSINES = (
    *(0.95, 0.93, 0.92, 0.89, 0.89, 0.85, 0.82, 0.81, 0.78, 0.77, 0.75, 0.75, 0.67, 0.67, 0.65),
    *(0.65, 0.63, 0.58, 0.57, 0.56, 0.56, 0.54, 0.54, 0.53, 0.52, 0.51, 0.50, 0.49, 0.47, 0.44),
    *(0.43, 0.42, 0.41, 0.41, 0.39, 0.38, 0.38, 0.37, 0.35, 0.35, 0.31, 0.31, 0.31, 0.30, 0.30),
    *(0.29, 0.29, 0.28, 0.28, 0.27, 0.27, 0.27, 0.27, 0.25, 0.24, 0.23, 0.23, 0.23, 0.23, 0.22),
    *(0.22, 0.22, 0.22, 0.22, 0.21, 0.21, 0.21, 0.20, 0.19, 0.19, 0.19, 0.18, 0.18, 0.17, 0.17),
    *(0.17, 0.17, 0.17, 0.16, 0.16, 0.15, 0.15, 0.15, 0.14, 0.14, 0.14, 0.13, 0.12, 0.12, 0.12),
    *(0.11, 0.10, 0.10, 0.10, 0.10, 0.09, 0.09, 0.09, 0.08, 0.08, 0.07, 0.07, 0.07, 0.06, 0.06),
    *(0.06, 0.06, 0.05, 0.05, 0.05, 0.05, 0.04, 0.03, 0.03, 0.01, -0.00, -0.01, -0.01, -0.02, -0.02),
    *(-0.02, -0.02, -0.03, -0.03, -0.03, -0.04, -0.04, -0.04, -0.05, -0.05, -0.07, -0.07, -0.08, -0.08, -0.08),
    *(-0.09, -0.09, -0.09, -0.09, -0.10, -0.10, -0.10, -0.11, -0.11, -0.12, -0.12, -0.12, -0.12, -0.13, -0.13),
    *(-0.14, -0.14, -0.15, -0.15, -0.16, -0.16, -0.17, -0.17, -0.17, -0.18, -0.18, -0.19, -0.19, -0.19, -0.20),
    *(-0.20, -0.20, -0.21, -0.21, -0.22, -0.22, -0.23, -0.24, -0.24, -0.24, -0.25, -0.26, -0.26, -0.26, -0.27),
    *(-0.29, -0.29, -0.29, -0.29, -0.29, -0.30, -0.30, -0.30, -0.31, -0.32, -0.32, -0.32, -0.32, -0.32, -0.33),
    *(-0.33, -0.34, -0.34, -0.35, -0.35, -0.36, -0.37, -0.37, -0.38, -0.39, -0.40, -0.41, -0.41, -0.41, -0.41),
    *(-0.42, -0.42, -0.42, -0.42, -0.43, -0.43, -0.44, -0.46, -0.47, -0.48, -0.49, -0.50, -0.50, -0.51, -0.51),
    *(-0.52, -0.53, -0.53, -0.55, -0.56, -0.57, -0.58, -0.59, -0.63, -0.64, -0.64, -0.65, -0.66, -0.67, -0.69),
    *(-0.69, -0.71, -0.71, -0.72, -0.74, -0.74, -0.76, -0.78, -0.80, -0.80, -0.80, -0.83, -0.83, -0.85, -0.93),
)
SHOWN = ("1st: a 2", "2nd: a 2", "3rd: a 2", "4th: a 2", "5th: a 2", "6th: a 2", "7th: a 2", "8th: a 2")  # the hardest
OTHERS = "247 others"


def contrastive_playground():
    """Bars of the weights of the hardest negatives of an image, with a slider for the temperature.

    Returns
    -------
    altair.LayerChart
        The chart, at the start at T = 0.4. The last bar is the sum of all other weights.

    Examples
    --------
    >>> chart = contrastive_playground()
    >>> [(slider.name, slider.value) for slider in chart.params]
    [('T', 0.4)]
    """
    names = SHOWN + (OTHERS,) * (len(COSINES) - len(SHOWN))
    rows = [{"negative": name, "cosine": cosine} for name, cosine in zip(names, COSINES, strict=True)]
    chart = (
        alt.Chart()
        .transform_calculate(weight=f"exp((datum.cosine - {COSINES[0]}) / T)")
        .transform_joinaggregate(total="sum(weight)")
        .transform_aggregate(weight="sum(weight)", total="mean(total)", groupby=["negative"])
        .transform_calculate(p="datum.weight / datum.total")
        .transform_calculate(value="format(datum.p, '.3f')")
        .transform_calculate(said="datum.negative + ', ' + datum.value")
    )
    bars = chart.encode(
        alt.X("p:Q", title="share of the weight").scale(domain=[0, 1.25]).axis(values=[0, 0.5, 1]),
        alt.Y("negative:N", title=None, sort=[*SHOWN, OTHERS]),
    )
    drawn = alt.layer(
        bars.mark_bar(color=BLUE).encode(description="said:N"),
        bars.mark_text(aria=False, align="left", dx=4, color=INK).encode(text="value:N"),
        data=alt.Data(values=rows),
    )
    return styled(drawn.add_params(slider("T", 0.4, 0.02, 1, 0.02, "temperature T")), **ALONE).properties(
        description="Nine bars: the weights of the eight hardest negatives of an image, and of all others together."
    )
