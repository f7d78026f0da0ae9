"""Charts with sliders, whose numbers are computed where they are drawn: in the page or in JupyterLab.

From the import on, Altair shows every chart under one MIME type only. JupyterLab draws it without a network,
and the book's website with its own scripts (see `softmaxlib.teaching.charts.sphinx`).
"""

import altair as alt

from softmaxlib.teaching.charts.alternatives import alternatives_playground
from softmaxlib.teaching.charts.argmax import argmax_playground
from softmaxlib.teaching.charts.attention import attention_playground
from softmaxlib.teaching.charts.bottleneck import bottleneck_playground
from softmaxlib.teaching.charts.calibration import calibration_playground
from softmaxlib.teaching.charts.class_imbalance import class_imbalance_playground
from softmaxlib.teaching.charts.contrastive import contrastive_playground
from softmaxlib.teaching.charts.cross_entropy import cross_entropy_playground
from softmaxlib.teaching.charts.decisions import decisions_playground
from softmaxlib.teaching.charts.gradients import gradients_playground
from softmaxlib.teaching.charts.language_models import language_models_playground
from softmaxlib.teaching.charts.neural_network import neural_network_playground
from softmaxlib.teaching.charts.sigmoid import sigmoid_playground
from softmaxlib.teaching.charts.softmax import softmax_playground
from softmaxlib.teaching.charts.stable_softmax import stable_softmax_playground
from softmaxlib.teaching.charts.sum_normalization import sum_normalization_playground
from softmaxlib.teaching.charts.temperature import temperature_playground

__all__ = [
    "alternatives_playground",
    "argmax_playground",
    "attention_playground",
    "bottleneck_playground",
    "calibration_playground",
    "class_imbalance_playground",
    "contrastive_playground",
    "cross_entropy_playground",
    "decisions_playground",
    "gradients_playground",
    "language_models_playground",
    "neural_network_playground",
    "sigmoid_playground",
    "softmax_playground",
    "stable_softmax_playground",
    "sum_normalization_playground",
    "temperature_playground",
]

# The charts are written in Vega-Lite 6. JupyterLab and Jupyter Book 1 know the MIME type of version 5 only, and version
# 5 understands all that the charts use.
MIME_TYPE = "application/vnd.vegalite.v5+json"


def _mime_bundle(spec):
    """Offer a chart under the book's MIME type, and as a few words where nothing can be drawn."""
    return {MIME_TYPE: spec, "text/plain": "<interactive chart>"}


alt.renderers.register("softmaxlib", _mime_bundle)
alt.renderers.enable("softmaxlib")
