"""Softmax and its relatives, right to the last digits: the library behind the book.

The functions below are the stable forms. `softmaxlib.naive` keeps the textbook forms that break, `softmaxlib.losses`
says what a prediction costs, `softmaxlib.gradients` how results react to the scores, `softmaxlib.models` learns,
`softmaxlib.calibration` says whether probabilities are true and makes them truer, `softmaxlib.attention` looks up by
softmax, `softmaxlib.streaming` takes more numbers than fit in memory, `softmaxlib.sampling` draws, and
`softmaxlib.alternatives` and `softmaxlib.many_classes` hold what may stand in its place.
`softmaxlib.models`, `softmaxlib.mixtures` and `softmaxlib.calibration`, which need scikit-learn, and
`softmaxlib.teaching`, which serves the book, are imported on demand.
"""

from softmaxlib import alternatives, attention, gradients, losses, many_classes, naive, sampling, streaming
from softmaxlib.activations import (
    argmax_one_hot,
    log_sigmoid,
    log_softmax,
    logsumexp,
    one_hot,
    sigmoid,
    softmax,
    sum_normalize,
)
from softmaxlib.losses import cross_entropy

__all__ = [
    "alternatives",
    "argmax_one_hot",
    "attention",
    "cross_entropy",
    "gradients",
    "log_sigmoid",
    "log_softmax",
    "logsumexp",
    "losses",
    "many_classes",
    "naive",
    "one_hot",
    "sampling",
    "sigmoid",
    "softmax",
    "streaming",
    "sum_normalize",
]
