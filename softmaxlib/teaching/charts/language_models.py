"""The next character after "my lord", with a temperature, top-k and top-p, in two orders."""

import altair as alt

from softmaxlib.teaching.charts.parts import ALONE, slider, styled
from softmaxlib.teaching.example import BLUE, INK

# The logits of the 65 characters after "my lord", largest first: log-probabilities of the model that the chapter
# counts. A cell of the chapter compares them.
LOGITS = (
    *(-0.85, -1.31, -1.98, -2.80, -2.94, -4.20, -4.23, -4.84, -5.61, -5.73, -6.39, -7.00, -7.21),
    *(-7.77, -7.92, -8.11, -8.25, -8.30, -8.39, -8.55, -8.63, -8.88, -8.94, -9.57, -9.65, -10.48),
    *(-10.51, -10.59, -10.75, -10.85, -10.89, -10.90, -11.35, -11.37, -11.64, -11.76, -11.76, -11.76, -11.76),
    *(-11.89, -11.89, -11.89, -11.89, -11.89, -12.05, -12.05, -12.05, -12.05, -12.23, -12.23, -12.23, -12.23),
    *(-12.46, -12.46, -12.75, -12.75, -12.75, -12.75, -12.75, -13.16, -13.16, -13.86, -13.86, -13.97, -13.97),
)
SHOWN = (",", ".", "?", ";", "!", ":", "s", "space", "line end", "e", "o", "y")  # the first of them


def language_models_playground():
    """Bars of the likeliest next characters, with sliders for the temperature, top-k, top-p and their order.

    Returns
    -------
    altair.LayerChart
        The chart, at the start with nothing cut off. The last slider says whether the temperature comes first or last.

    Examples
    --------
    >>> chart = language_models_playground()
    >>> [(slider.name, slider.value) for slider in chart.params]
    [('T', 1), ('k', 65), ('share', 1), ('last', 0)]
    """
    names = SHOWN + ("",) * (len(LOGITS) - len(SHOWN))
    rows = [
        {"rank": rank, "character": name, "z": z}
        for rank, (name, z) in enumerate(zip(names, LOGITS, strict=True), start=1)
    ]
    chart = (
        alt.Chart()
        .transform_calculate(scaled=f"exp((datum.z - {LOGITS[0]}) / T)")
        .transform_calculate(judged=f"datum.rank > k ? 0 : last ? exp(datum.z - {LOGITS[0]}) : datum.scaled")
        .transform_joinaggregate(total="sum(judged)")
        .transform_window(sum="sum(judged)", sort=[alt.SortField("rank")], frame=[None, 0])
        # Rounded sums may reach the total too early, so that a share of 1 keeps all without a look at them.
        .transform_calculate(
            kept="datum.judged > 0 && (share == 1 || datum.sum - datum.judged < share * datum.total) ? 1 : 0"
        )
        .transform_calculate(weight="datum.kept * datum.scaled")
        .transform_joinaggregate(all="sum(weight)", count="sum(kept)")
        .transform_filter(f"datum.rank <= {len(SHOWN)}")
        .transform_calculate(p="datum.weight / datum.all")
        .transform_calculate(value="datum.kept ? format(datum.p, '.3f') : '–'")
        .transform_calculate(said="datum.character + ' ' + datum.value")
    )
    bars = chart.encode(
        alt.X("p:Q", title="probability").scale(domain=[0, 1.25]).axis(values=[0, 0.5, 1]),
        alt.Y("character:N", title=None, sort=list(SHOWN)),
    )
    words = (
        chart.transform_filter("datum.rank == 1")
        .transform_calculate(kept="datum.count + ' of 65 characters kept'")
        .mark_text(aria=False, align="right", fontSize=14)
        .encode(x=alt.value(alt.expr("width")), y=alt.value(-12), text="kept:N")
    )
    drawn = alt.layer(
        bars.mark_bar(color=BLUE).encode(description="said:N"),
        bars.mark_text(aria=False, align="left", dx=4, fontSize=12, color=INK).encode(text="value:N"),
        words,
        data=alt.Data(values=rows),
    )
    sliders = (
        slider("T", 1, 0.1, 3, 0.1, "temperature T"),
        slider("k", 65, 1, 65, 1, "top-k"),
        slider("share", 1, 0.05, 1, 0.05, "top-p"),
        slider("last", 0, 0, 1, 1, "temperature first (0) or last (1)"),
    )
    return styled(drawn.add_params(*sliders), **ALONE | {"height": 320}).properties(
        description="Twelve bars, the probabilities of the likeliest characters after my lord, some of them cut off."
    )
