"""The running example in populations with any share of ducks."""

import altair as alt

from softmaxlib.teaching.charts.parts import ALONE, bars, classes, slider, softmax, styled

SHARES = (0.4, 0.4, 0.2)  # of seal, panda and duck in training; seals and pandas are equally many in every population


def class_imbalance_playground():
    """Bars of the softmax of the running example, with a slider for the share of ducks in the target population.

    Returns
    -------
    altair.LayerChart
        The chart. At the start the share of ducks is that of training, 0.2.

    Examples
    --------
    >>> chart = class_imbalance_playground()
    >>> [(slider.name, slider.value) for slider in chart.params]
    [('d', 0.2)]
    """
    _, _, duck = SHARES
    ratio = f"(datum.class === 'duck' ? d / {duck} : (1 - d) / {1 - duck})"  # of the new share to that of training
    chart = softmax(bars(), f"datum.score + log({ratio})").properties(data=classes())
    title = alt.Title(alt.expr("'share of ducks: ' + format(d, '.2f')"), anchor="start")
    return styled(
        chart.add_params(slider("d", 0.2, 0.01, 0.99, 0.01, "share of ducks")), title=title, **ALONE
    ).properties(description="Three bars: the probabilities of seal, panda and duck for one image in a population.")
