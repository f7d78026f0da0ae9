"""Probabilities of three held-out digits over the epochs of a training."""

import altair as alt

from softmaxlib.teaching.charts.parts import ALONE, slider, styled
from softmaxlib.teaching.example import BLUE, INK

# Each image's true digit, and for each digit its probability after 0 to 12 epochs, in thousandths. The chapter trains
# the network that they come from, and a cell of it compares them.
IMAGES = (
    (
        4,
        (
            (100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
            (100, 478, 354, 749, 578, 797, 882, 926, 980, 931, 996, 994, 997),
            (100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
            (100, 65, 47, 12, 33, 21, 10, 4, 1, 6, 0, 0, 0),
            (100, 17, 42, 17, 36, 20, 6, 2, 0, 3, 0, 0, 0),
            (100, 148, 173, 85, 33, 32, 13, 22, 2, 14, 0, 1, 0),
            (100, 3, 6, 2, 4, 1, 0, 0, 0, 0, 0, 0, 0),
            (100, 4, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
            (100, 153, 156, 37, 56, 25, 19, 15, 1, 5, 0, 2, 0),
            (100, 133, 222, 96, 260, 103, 70, 31, 16, 40, 3, 3, 2),
        ),
    ),
    (
        6,
        (
            (100, 27, 7, 59, 8, 6, 27, 1, 2, 1, 0, 0, 0),
            (100, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0),
            (100, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0),
            (100, 3, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0),
            (100, 18, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0),
            (100, 551, 655, 569, 17, 84, 24, 109, 2, 4, 3, 1, 7),
            (100, 77, 87, 217, 963, 894, 895, 789, 995, 993, 994, 999, 992),
            (100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
            (100, 323, 247, 149, 12, 16, 53, 100, 1, 2, 2, 0, 1),
            (100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        ),
    ),
    (
        8,
        (
            (100, 720, 414, 716, 553, 54, 214, 17, 626, 198, 10, 8, 3),
            (100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
            (100, 0, 2, 3, 9, 6, 6, 1, 50, 2, 0, 0, 0),
            (100, 31, 86, 61, 38, 23, 4, 3, 23, 20, 1, 2, 0),
            (100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
            (100, 165, 202, 22, 5, 33, 2, 2, 11, 7, 2, 1, 3),
            (100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
            (100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
            (100, 84, 296, 197, 394, 884, 774, 976, 290, 773, 987, 989, 993),
            (100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        ),
    ),
)


def neural_network_playground():
    """Ten bars for the probabilities of a held-out digit, with sliders for the epoch and for the image.

    Returns
    -------
    altair.LayerChart
        The chart, at the start after 3 epochs, with the first image. The bar of the true digit is blue.

    Examples
    --------
    >>> chart = neural_network_playground()
    >>> [(slider.name, slider.value) for slider in chart.params]
    [('epoch', 3), ('image', 1)]
    """
    rows = [
        {"image": number, "digit": str(digit), "true": digit == true, "path": path}
        for number, (true, paths) in enumerate(IMAGES, start=1)
        for digit, path in enumerate(paths)
    ]
    bars = (
        alt.Chart()
        .transform_calculate(p="datum.path[epoch] / 1000")
        .transform_calculate(value="datum.p < 0.005 ? '' : format(datum.p, '.2f')")
        .transform_calculate(said="'digit ' + datum.digit + ' ' + format(datum.p, '.3f')")
        .encode(
            alt.X("p:Q", title="probability").scale(domain=[0, 1.2]).axis(values=[0, 0.5, 1]),
            alt.Y("digit:N", title=None),
        )
    )
    color = alt.Color("true:N", legend=None).scale(domain=[False, True], range=[INK, BLUE])
    words = (
        alt.Chart()
        .transform_filter("datum.true")
        .transform_calculate(said="'a ' + datum.digit + ', after epoch ' + epoch")
        .mark_text(aria=False, align="right", fontSize=14)
        .encode(x=alt.value(alt.expr("width")), y=alt.value(-12), text="said:N")
    )
    chart = alt.layer(
        bars.mark_bar().encode(color, description="said:N"),
        bars.mark_text(aria=False, align="left", dx=4, fontSize=12).encode(text="value:N"),
        words,
        data=alt.Data(values=rows),
    ).transform_filter("datum.image == image")
    sliders = slider("epoch", 3, 0, 12, 1, "epochs of training"), slider("image", 1, 1, 3, 1, "image")
    return styled(chart.add_params(*sliders), **ALONE).properties(
        description="Ten bars, the probabilities of the digits 0 to 9 for one image after some epochs of training."
    )
