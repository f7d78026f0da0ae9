"""Softmax with sliders for the logits and the temperature."""

from softmaxlib.teaching.charts.parts import ALONE, bars, classes, slider, softmax, styled
from softmaxlib.teaching.example import CLASSES, LOGITS


def softmax_playground():
    """Bars of the softmax of seal, panda and duck, with sliders for the logits and the temperature.

    Returns
    -------
    altair.LayerChart
        The chart. At the start it shows the running example, with temperature 1.

    Examples
    --------
    >>> chart = softmax_playground()
    >>> [(slider.name, slider.value) for slider in chart.params]
    [('seal', 0.25), ('panda', 1.23), ('duck', -0.8), ('T', 1)]
    """
    logits = zip(CLASSES, LOGITS, strict=True)
    sliders = [slider(name, start, -5, 5, 0.01, f"logit of {name}") for name, start in logits]
    sliders.append(slider("T", 1, 0.1, 5, 0.1, "temperature T"))
    scores = "{" + ", ".join(f"{name}: {name}" for name in CLASSES) + "}"  # the values of the sliders
    chart = softmax(bars(), f"{scores}[datum.class]", "T").properties(data=classes())
    return styled(chart.add_params(*sliders), **ALONE).properties(
        description="Three bars: the softmax of the logits of seal, panda and duck."
    )
