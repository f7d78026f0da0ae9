"""Softmax and its relatives, right to the last digits: the library behind the book.

The functions below are the stable forms. `softmaxlib.naive` keeps the textbook forms that break.
`softmaxlib.figures` and `softmaxlib.exercises` serve the book and are imported on demand.
"""

from softmaxlib import naive
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

__all__ = [
    "argmax_one_hot",
    "log_sigmoid",
    "log_softmax",
    "logsumexp",
    "naive",
    "one_hot",
    "sigmoid",
    "softmax",
    "sum_normalize",
]
