"""The division by the sum, its repairs and softmax, with the wishes that each of them breaks on a row of scores."""

import altair as alt

from softmaxlib.teaching.charts.parts import ALONE, slider, styled
from softmaxlib.teaching.example import CLASS_COLORS, CLASSES, LOGITS

# What each map divides by the sum, for the score {z} of the row {row}.
AMOUNTS = {
    "divided": "{z}",
    "shift": "({z} - min({row}))",
    "absolute": "abs({z})",
    "squares": "pow({z}, 2)",
    "ReLU": "max({z}, 0)",
    "softmax": "exp({z})",
}
STEP = 1e-6  # of the slopes to the right and to the left


def share(i, row=CLASSES):
    """Return the Vega expression of the share of class `i`, under the map `datum.map`, of a row of expressions."""

    def amount(z):
        maps = [(name, form.format(z=z, row=", ".join(row))) for name, form in AMOUNTS.items()]
        return "".join(f"datum.map == '{name}' ? {form} : " for name, form in maps[:-1]) + maps[-1][1]

    return f"({amount(row[i])}) / ({' + '.join(f'({amount(z)})' for z in row)})"


def plus(step, i=None):
    """Return the row with a step added to the score of class `i`, or to all scores."""
    return [f"({name} + {step})" if i in (None, j) else name for j, name in enumerate(CLASSES)]


def sum_normalization_playground():
    """The shares that six maps make of a row of scores, and the wishes that they break, with a slider for each score.

    Returns
    -------
    altair.LayerChart
        The chart. At the start the row is the running example.

    Examples
    --------
    >>> chart = sum_normalization_playground()
    >>> [(slider.name, slider.value) for slider in chart.params]
    [('seal', 0.25), ('panda', 1.23), ('duck', -0.8)]
    """
    places = range(len(CLASSES))
    fields = {f"p{i}": share(i) for i in places}
    fields |= {f"shifted{i}": share(i, plus(1)) for i in places}
    fields |= {f"right{i}": f"({share(i, plus(STEP, i))} - datum.p{i}) / {STEP}" for i in places}
    fields |= {f"left{i}": f"(datum.p{i} - {share(i, plus(-STEP, i))}) / {STEP}" for i in places}
    # Where the sum is 0, up to rounding, the shares are nan, inf or huge.
    fields["defined"] = " && ".join(f"abs(datum.p{i}) < 1e9" for i in places)
    pairs = [(i, j) for i in places for j in places if i != j]
    wishes = {
        "positive": [f"datum.p{i} > 0" for i in places],
        "order": [f"({CLASSES[i]} <= {CLASSES[j]} || datum.p{i} > datum.p{j})" for i, j in pairs],
        "shift": [f"abs(datum.shifted{i} - datum.p{i}) < 1e-6" for i in places],
        "slope": [
            f"datum.right{i} > 1e-6 && abs(datum.right{i} - datum.left{i}) < 1e-3 * (1 + abs(datum.right{i}))"
            for i in places
        ],
    }
    broken = " + ".join(f"({' && '.join(tests)} ? '' : ', {wish}')" for wish, tests in wishes.items())
    fields["broken"] = f"datum.defined ? slice({broken}, 2) : 'defined: the sum is 0'"
    fields["said"] = "datum.broken ? 'breaks ' + datum.broken : 'breaks none'"
    shown = [f"datum.defined ? format(datum.p{i}, '.2f') : '–'" for i in places]
    fields |= {f"shown{i}": text for i, text in enumerate(shown)}
    fields["all"] = "datum.map + ' ' + datum.shown0 + ' ' + datum.shown1 + ' ' + datum.shown2 + ', ' + datum.said"

    height = alt.Y("row:Q", axis=None).scale(domain=[-0.5, 6], reverse=True)
    chart = alt.Chart().encode(height)
    names = chart.mark_text(aria=False, align="left", fontWeight="bold").encode(x=alt.value(0), text="map:N")
    said = chart.mark_text(align="left", dy=18, fontSize=12)
    said = said.encode(x=alt.value(0), text="said:N", description="all:N")
    columns = []
    for i, (name, color) in enumerate(zip(CLASSES, CLASS_COLORS, strict=True)):
        right = {"aria": False, "align": "right", "color": color}
        column = chart.encode(x=alt.value(160 + 65 * i))
        columns += [
            column.mark_text(**right).encode(text=f"shown{i}:N"),
            column.transform_filter("datum.row == 0").mark_text(dy=-22, fontWeight="bold", text=name, **right),
        ]
    data = alt.Data(values=[{"map": name, "row": row} for row, name in enumerate(AMOUNTS)])
    layers = alt.layer(names, said, *columns, data=data).transform_calculate(**fields)
    sliders = [slider(name, z, -3, 3, 0.01, f"score of {name}") for name, z in zip(CLASSES, LOGITS, strict=True)]
    return styled(layers.add_params(*sliders), **ALONE).properties(
        description="The shares that six maps make of the scores of seal, panda and duck, and what each of them breaks."
    )
