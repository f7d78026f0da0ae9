"""The Jacobian of softmax as a heat map, from uniform to saturated probabilities."""

import altair as alt

from softmaxlib.teaching.charts.parts import ALONE, slider, styled
from softmaxlib.teaching.example import BLUE, CLASSES, INK, LOGITS, VERMILION


def gradients_playground():
    """The Jacobian at the logits of the running example, with a slider for their strength.

    Returns
    -------
    altair.LayerChart
        The chart. At the start the strength is 1. Each cell shows its entry.

    Examples
    --------
    >>> chart = gradients_playground()
    >>> [(slider.name, slider.value) for slider in chart.params]
    [('s', 1)]
    """
    scored = list(zip(CLASSES, LOGITS, strict=True))
    rows = [{"of": i, "by": j, "zi": zi, "zj": zj} for i, zi in scored for j, zj in scored]
    total = " + ".join(f"exp(s * {z})" for z in LOGITS)
    cells = (
        alt.Chart(alt.Data(values=rows))
        .transform_calculate(p=f"exp(s * datum.zi) / ({total})", q=f"exp(s * datum.zj) / ({total})")
        .transform_calculate(J="datum.of == datum.by ? datum.p * (1 - datum.p) : -datum.p * datum.q")
        .transform_calculate(size="abs(datum.J)")
        .transform_calculate(value="replace(format(datum.J, '.3f'), '-0.000', '0.000')")
        .transform_calculate(said="'probability of ' + datum.of + ' by logit of ' + datum.by + ' ' + datum.value")
        .encode(
            alt.X("by:N", sort=None, title="logit of"),
            alt.Y("of:N", sort=None, title="probability of"),
        )
    )
    color = alt.condition("datum.J > 0", alt.value(BLUE), alt.value(VERMILION))  # the page's colors, which do not mix
    # Pale, so that the numbers keep a contrast of 4.5.
    shade = alt.FillOpacity("size:Q", legend=None).scale(domain=[0, 0.25], range=[0, 0.2])
    chart = alt.layer(
        cells.mark_rect(stroke=INK, strokeWidth=0.5).encode(shade, fill=color, description="said:N"),
        cells.mark_text(aria=False, color=INK).encode(text="value:N"),
    )
    return styled(chart.add_params(slider("s", 1, 0, 8, 0.1, "strength s of the logits")), **ALONE).properties(
        description="Three by three cells: how the probabilities of seal, panda and duck react to their logits."
    )
