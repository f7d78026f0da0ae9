"""What the charts share: sliders, bars, the softmax that the page computes, and the look."""

import altair as alt
import numpy as np

from softmaxlib.teaching.example import CLASS_COLORS, CLASSES, INK, LOGITS
from softmaxlib.teaching.figures import simplex_xy

COLOR = alt.Color("class:N", legend=None).scale(domain=CLASSES, range=CLASS_COLORS)
HEIGHT = alt.Y("y:Q", title="probability")
PROBABILITY = HEIGHT.scale(domain=[0, 1], rangeMax=18).axis(values=[0, 0.5, 1])  # 18 px for the value above a bar
POINT = {"filled": True, "opacity": 1, "size": 120}

# A chart that stands alone fits a phone, and its size does not depend on its labels.
ALONE = {"width": 300, "height": 260, "autosize": alt.AutoSizeParams(type="fit", contains="padding")}


def slider(name, start, low, high, step, label):
    """A parameter with a slider; `start` must lie a whole number of steps above `low`."""
    return alt.param(name=name, value=start, bind=alt.binding_range(min=low, max=high, step=step, name=label))


def classes():
    """Return a row for each class: its logit in the running example, and its corner of the triangle."""
    rows = zip(CLASSES, LOGITS, simplex_xy(np.eye(3)).tolist(), strict=True)
    return alt.Data(values=[{"class": name, "score": z, "right": x, "up": y} for name, z, (x, y) in rows])


def bars(form=""):
    """Return a bar for each probability p, with its value above it. Where p is nan there is the value, but no bar."""
    bars = alt.Chart().encode(alt.X("class:N", sort=None, title=None), HEIGHT)
    values = bars.mark_text(dy=-8, aria=False).encode(text="value:N")
    bars = bars.transform_calculate(said=f"'{form}' + datum.class + ' ' + datum.value")
    return alt.layer(bars.mark_bar().encode(PROBABILITY, COLOR, description="said:N"), values)


def softmax(chart, score, temperature="1", groupby=(), shift="datum.top", rounded=str):
    """Let the page compute the probabilities p, each with its height y and its printed value.

    `score`, `temperature` and `shift`, which is subtracted from each score, are Vega expressions. The expression of
    each step goes through the function `rounded`. Where p is nan, the height is 0.
    """
    return (
        chart.transform_calculate(z=rounded(score))
        .transform_joinaggregate(top="max(z)", groupby=groupby)
        .transform_calculate(shifted=rounded(f"datum.z - {shift}"))
        .transform_calculate(exp=rounded(f"exp(datum.shifted / {temperature})"))
        .transform_joinaggregate(sum="sum(exp)", groupby=groupby)
        .transform_calculate(total=rounded("datum.sum"))
        .transform_calculate(p=rounded("datum.exp / datum.total"))
        .transform_calculate(y="datum.p || 0", value="lower(format(datum.p, '.3f'))")
    )


def styled(chart, **properties):
    """Give a chart the look of the book's figures, and properties of its own."""
    ink = {"labelColor": INK, "titleColor": INK, "domainColor": INK, "tickColor": INK}
    text = {"labelFontSize": 14, "titleFontSize": 14, "titleFontWeight": "normal", "labelFontWeight": "normal"}
    return chart.properties(padding=4, background="transparent", **properties).configure(
        font="DejaVu Sans, Verdana, sans-serif",
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(grid=False, **ink, **text),
        axisX=alt.AxisConfig(labelAngle=0, ticks=False, labelPadding=8),
        title=alt.TitleConfig(color=INK, fontSize=14),
        text=alt.MarkConfig(color=INK, fontSize=14),
    )
