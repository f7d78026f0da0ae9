"""The weights of a small sentence: four queries, four keys, a scale, and two masks."""

import altair as alt

from softmaxlib.teaching.charts.parts import ALONE, slider, softmax, styled
from softmaxlib.teaching.example import BLUE, INK

WORDS = ("the", "panda", "eats", "bamboo")
QUERIES = ((1, 1, 0, 0), (0, 0, 2, 1), (3, 2, 0, 0), (0, 0, 3, 0))  # a row for each word
KEYS = ((0, 0, 0, 2), (2, 0, 0, 0), (0, 0, 2, 0), (0, 2, 0, 0))


def attention_playground():
    """Squares for the weights of each query, with sliders for the scale, a causal mask and padding in front.

    Returns
    -------
    altair.LayerChart
        The chart. At the start the scale is 1/√d for the four columns of the queries, and nothing is masked. A query
        that sees no key has the weights nan, as from NumPy.

    Examples
    --------
    >>> chart = attention_playground()
    >>> [(slider.name, slider.value) for slider in chart.params]
    [('scale', 0.5), ('causal', 0), ('padded', 0)]
    """
    seen = "(causal === 0 || datum.j <= datum.i) && datum.j >= padded"
    chart = alt.Chart(_table()).encode(
        alt.X("key:N", sort=None, title="key").axis(orient="top", domain=False),
        alt.Y("query:N", sort=None, title=None).axis(domain=False, ticks=False, labelPadding=8),
    )
    chart = softmax(chart.transform_calculate(seen=seen), "datum.seen ? scale * datum.score : -1 / 0", groupby=["i"])
    chart = chart.transform_calculate(shown="datum.seen || datum.value === 'nan' ? datum.value : '–'")
    chart = chart.transform_calculate(said="datum.query + ' sees ' + datum.key + ': ' + datum.shown")
    area = alt.Size("y:Q", legend=None).scale(domain=[0, 1], range=[0, 1000])  # square pixels
    squares = chart.mark_point(shape="square", filled=True, opacity=1, color=BLUE, yOffset=-8)
    values = chart.mark_text(aria=False, color=INK, dy=22).encode(text="shown:N")
    sliders = [
        slider("scale", 0.5, 0, 4, 0.1, "scale"),
        slider("causal", 0, 0, 1, 1, "causal mask (0 or 1)"),
        slider("padded", 0, 0, 4, 1, "words that are padding"),
    ]
    return styled(
        alt.layer(squares.encode(area, description="said:N"), values).add_params(*sliders), **ALONE | {"height": 320}
    ).properties(
        description="Sixteen squares: the weights that four words as queries give to the same four words as keys."
    )


def _table():
    """Return a row for each pair of a query and a key, with their score before the scale."""
    return alt.Data(
        values=[
            {"query": WORDS[i], "key": WORDS[j], "i": i, "j": j, "score": sum(a * b for a, b in zip(q, k, strict=True))}
            for i, q in enumerate(QUERIES)
            for j, k in enumerate(KEYS)
        ]
    )
