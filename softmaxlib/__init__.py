"""Softmax and its relatives, right to the last digits: the library behind the book.

The functions below are the stable forms. `softmaxlib.naive` keeps the textbook forms that break, `softmaxlib.losses`
says what a prediction costs, and `softmaxlib.streaming` takes more numbers than fit in memory.
`softmaxlib.figures` and `softmaxlib.exercises` serve the book and are imported on demand.
"""

from softmaxlib import losses, naive, streaming
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
    "losses",
    "naive",
    "one_hot",
    "sigmoid",
    "softmax",
    "streaming",
    "sum_normalize",
]
