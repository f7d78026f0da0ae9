"""Softmax of more numbers than fit in memory: chunk by chunk, with two numbers to remember.

What a set of logits adds to a log-sum-exp is its largest logit and the sum of the exponentials of the differences
from it. The states of two sets merge into that of their union, in any order: they form a commutative monoid.

The special values of a stream are those of `softmaxlib.activations` for all its numbers at once, and so are the digits,
but for two things: each merge rounds, by a few units of roundoff, and a total of 1 plus a tiny rest is 1.
"""

from collections import namedtuple
from collections.abc import Iterable, Iterator

import numpy as np

from softmaxlib.arguments import as_real
from softmaxlib.kernel import QUIET, add_up, difference, work_dtype


class State(namedtuple("State", ["top", "total"])):
    """What is known of the logits so far, for each row.

    Attributes
    ----------
    top : numpy.ndarray or float
        The largest logit, ``-inf`` if there was none.
    total : numpy.ndarray or float
        The sum of ``exp(z - top)``, 0 if there was none.
    """

    __slots__ = ()


EMPTY = State(-np.inf, 0.0)  # the state of no logits: merging it changes nothing


def summarize(z):
    r"""State of the logits along the last axis.

    Parameters
    ----------
    z : array_like of real numbers, shape (..., K)
        Logits, in nats; K may be 0.

    Returns
    -------
    State
        :math:`m = \max_j z_j` and :math:`\sum_j e^{z_j - m}`, of shape (...), in float64 or wider.

    Raises
    ------
    TypeError
        If `z` does not hold real numbers.
    ValueError
        If `z` is a single number.

    See Also
    --------
    merge : joins two states.

    References
    ----------
    .. [1] Milakov, M., Gimelshein, N., "Online normalizer calculation for softmax", arXiv:1805.02867, 2018.

    Examples
    --------
    >>> summarize([0, 0, -1000])
    State(top=np.float64(0.0), total=np.float64(2.0))
    """
    z = as_real(z, "z")
    if z.ndim == 0:
        raise ValueError("z is a single number; expected an array of at least one axis")
    z = np.ascontiguousarray(z, work_dtype(z.dtype))
    top = z.max(axis=-1, initial=-np.inf)
    with np.errstate(**QUIET):
        return State(top, add_up(np.moveaxis(_ratio(z, top[..., np.newaxis]), -1, 0)))


def merge(a, b):
    r"""State of two sets of logits together.

    Parameters
    ----------
    a, b : State
        The states of the sets, of shapes that broadcast.

    Returns
    -------
    State
        With the larger `top`, and each `total` scaled down to it.

    Notes
    -----
    Associative and commutative, but for rounding: each merge adds at most a few units of roundoff. `EMPTY` is the
    identity.

    References
    ----------
    .. [1] Milakov, M., Gimelshein, N., "Online normalizer calculation for softmax", arXiv:1805.02867, 2018,
       section 3.1.

    Examples
    --------
    >>> merge(summarize([0.0]), summarize([0.0, -1000.0])) == summarize([0.0, 0.0, -1000.0])
    True
    """
    top = np.maximum(a.top, b.top)
    with np.errstate(**QUIET):
        return State(top, a.total * _ratio(a.top, top) + b.total * _ratio(b.top, top))


def logsumexp(chunks):
    r"""Log-sum-exp of a stream, read once, with one chunk in memory at a time.

    Parameters
    ----------
    chunks : iterable of array_like of real numbers, shape (..., k)
        Pieces of the logits along the last axis, in nats; k may differ from chunk to chunk.

    Returns
    -------
    numpy.ndarray or numpy scalar
        :math:`\log \sum_j e^{z_j}` over all chunks, shape (...), in float64 or wider, in nats. Without any logits
        ``-inf``.

    Raises
    ------
    TypeError
        If `chunks` is not iterable, or a chunk does not hold real numbers.
    ValueError
        If the chunks differ in shape but for the last axis.

    See Also
    --------
    softmaxlib.activations.logsumexp : of an array.

    References
    ----------
    .. [1] Milakov, M., Gimelshein, N., "Online normalizer calculation for softmax", arXiv:1805.02867, 2018.

    Examples
    --------
    >>> float(logsumexp([1000.0] for _ in range(8)).round(4))
    1002.0794
    """
    _checked_iterable(chunks)
    state = _state_of(chunks)
    with np.errstate(divide="ignore", **QUIET):
        return (state.top + np.log(state.total))[()]


def softmax(chunks):
    """Softmax of a stream, chunk by chunk, in two passes.

    Parameters
    ----------
    chunks : iterable of array_like of real numbers, shape (..., k)
        Pieces of the logits along the last axis, in nats. They are read twice: a list, or an object whose
        ``__iter__`` starts anew.

    Yields
    ------
    numpy.ndarray
        The probabilities of one chunk, in its shape and dtype; over all chunks they sum to 1.

    Raises
    ------
    TypeError
        If `chunks` is not iterable, can be read only once, or a chunk does not hold real numbers.
    ValueError
        If the chunks differ in shape but for the last axis.

    See Also
    --------
    softmaxlib.activations.softmax : of an array.

    References
    ----------
    .. [1] Milakov, M., Gimelshein, N., "Online normalizer calculation for softmax", arXiv:1805.02867, 2018.

    Examples
    --------
    >>> list(softmax([[0.0], [0.0, -1000.0]]))
    [array([0.5]), array([0.5, 0. ])]
    """
    _checked_iterable(chunks)
    if isinstance(chunks, Iterator):
        raise TypeError(
            f"chunks is of type {type(chunks).__name__}, which can be read once; expected what can be read twice, "
            "such as a list"
        )
    return _probabilities(chunks)


def _ratio(low, high):
    """``exp(low - high)``; of infinite logits, ``inf`` equals itself, and ``-inf`` is impossible."""
    exponent, error = difference(low, high)
    ratio = np.exp(exponent) * (1 + error)  # exp(x + e) = exp(x) (1 + e + ...)
    return np.where(np.isneginf(low), 0, np.where(low == high, 1, ratio))


def _checked_iterable(chunks):
    if not isinstance(chunks, Iterable):
        raise TypeError(f"chunks is of type {type(chunks).__name__}; expected an iterable of arrays")


def _state_of(chunks):
    """Merge the states of all chunks."""
    state, shape = EMPTY, None
    for i, chunk in enumerate(chunks):
        chunk = as_real(chunk, f"chunk {i}")
        if chunk.ndim == 0:
            raise ValueError(f"chunk {i} is a single number; expected an array of at least one axis")
        if shape is None:
            shape = chunk.shape[:-1]
        if chunk.shape[:-1] != shape:
            raise ValueError(f"chunk {i} has shape {chunk.shape}; expected {shape}, as chunk 0, and any last axis")
        state = merge(state, summarize(chunk))
    return state


def _probabilities(chunks):
    top, total = _state_of(chunks)
    total = np.where(total == 0, 1, total)[..., np.newaxis]  # no possible class
    top = np.asarray(top)[..., np.newaxis]
    for i, chunk in enumerate(chunks):
        chunk = as_real(chunk, f"chunk {i}")
        with np.errstate(**QUIET):
            exps = _ratio(chunk.astype(work_dtype(chunk.dtype)), top)
            yield np.where(np.isnan(top), np.nan, exps / total).astype(chunk.dtype)
