"""The winner among classes in the plane, and the likeliest class inside their hull, for a vector h that turns."""

import altair as alt
import numpy as np

from softmaxlib.teaching.charts.parts import ALONE, slider, softmax, styled
from softmaxlib.teaching.example import BLUE, INK, VERMILION

W = np.random.default_rng(0).normal(size=(2, 100)).round(2)  # as in the chapter, where a cell compares them
SIDE = 292  # pixels of the square from -EDGE to EDGE in the plane, below the words
EDGE, HEADROOM = 2.9, 60


def corners():
    """Return the classes that win for some direction of h, in the order in which they do when h turns."""
    angles = np.radians(np.arange(0, 360, 0.1))
    winners = np.argmax(np.c_[np.cos(angles), np.sin(angles)] @ W, axis=1).tolist()
    return list(dict.fromkeys(winners))


def bottleneck_playground():
    """The vectors of 100 classes, with sliders for the angle of h, in degrees, and for its length.

    Returns
    -------
    altair.LayerChart
        The chart. A class with a larger point has a larger probability. The winner and the likeliest class inside the
        hull are named by their numbers; through the winner there is a line perpendicular to h.

    Examples
    --------
    >>> chart = bottleneck_playground()
    >>> [(slider.name, slider.value) for slider in chart.params]
    [('angle', 240), ('size', 2)]
    """
    rows = [{"k": k, "right": x, "up": y} for k, (x, y) in enumerate(W.T.tolist())]
    for place, k in enumerate(corners()):
        rows[k]["corner"] = place
    top = EDGE + HEADROOM * 2 * EDGE / SIDE
    right = alt.X("right:Q", axis=None).scale(domain=[-EDGE, EDGE], nice=False)
    marks = alt.Chart().encode(right, alt.Y("up:Q", axis=None).scale(domain=[-EDGE, top], nice=False))
    hull, others = (marks.transform_filter(f"{sign}isValid(datum.corner)") for sign in ("", "!"))
    winner = marks.transform_filter("datum.shifted === 0")
    inside = others.transform_joinaggregate(best="max(p)").transform_filter("datum.p === datum.best")
    # along h from the origin, and across it from the winner
    along = winner.transform_calculate(step=f"[0, min(size, {EDGE})]").transform_flatten(["step"])
    along = along.transform_calculate(right="datum.cos * datum.step", up="datum.sin * datum.step")
    across = winner.transform_calculate(step="[-2.2, 2.2]").transform_flatten(["step"])
    across = across.transform_calculate(
        right="datum.right - datum.sin * datum.step", up="datum.up + datum.cos * datum.step"
    )
    points = {"aria": False, "filled": True, "opacity": 0.85}
    area = alt.Size("p:Q", legend=None).scale(domain=[0, 1], range=[12, 700])
    layers = [
        hull.mark_line(aria=False, color=INK, strokeWidth=1, interpolate="linear-closed").encode(order="corner:Q"),
        along.mark_line(aria=False, color=INK, strokeWidth=3, clip=True).encode(order="step:Q"),
        across.mark_line(aria=False, color=VERMILION, strokeWidth=2, clip=True).encode(order="step:Q"),
        others.mark_point(color=BLUE, **points).encode(area),
        hull.mark_point(color=VERMILION, **points).encode(area),
    ]
    name = winner.transform_calculate(half="min(size, 1) / 2").transform_calculate(
        right="datum.cos * datum.half - datum.sin * 0.2", up="datum.sin * datum.half + datum.cos * 0.2"
    )
    layers.append(name.mark_text(aria=False, fontWeight="bold", text="h"))
    for chart, words, color, away, height in (
        (winner, "'class ' + datum.k + ' wins with ' + datum.value", VERMILION, 0.3, 10),
        (inside, "'inside, class ' + datum.k + ' has ' + datum.value", BLUE, -0.3, 30),
    ):
        chart = chart.transform_calculate(said=words)
        beside = chart.transform_calculate(
            right=f"datum.right + {away} * datum.cos", up=f"datum.up + {away} * datum.sin"
        )
        layers += [
            beside.mark_text(aria=False, color=color, fontWeight="bold").encode(text="k:N"),
            chart.mark_text(align="left", color=color).encode(
                x=alt.value(0), y=alt.value(height), text="said:N", description="said:N"
            ),
        ]
    drawn = alt.layer(*layers, data=alt.Data(values=rows)).transform_calculate(
        cos="cos(angle * PI / 180)", sin="sin(angle * PI / 180)"
    )
    drawn = softmax(drawn, "size * (datum.cos * datum.right + datum.sin * datum.up)")
    sliders = (slider("angle", 240, 0, 360, 1, "angle of h (degrees)"), slider("size", 2, 0.1, 5, 0.1, "length of h"))
    return styled(drawn.add_params(*sliders), **ALONE | {"height": SIDE + HEADROOM + 8}).properties(
        description="Points in the plane, one for each class. A line perpendicular to h goes through the winner."
    )
