r"""Softmax of more numbers than fit in memory: chunk by chunk, with two numbers to remember.

What a set of logits adds to a log-sum-exp is its largest logit and the sum of the exponentials of the *others*,
relative to it. The states of two sets merge into that of their union, in any order: they form a commutative monoid. The
largest itself would be a term of 1, and adding it would round away the others where they are tiny.

The special values of a stream are those of `softmaxlib.activations` for all its numbers at once.

Accuracy, to first order in the unit roundoff u, with `numpy.exp` and `numpy.log1p` right to 1 ulp, at most 2 u: a ratio
:math:`e^{z - m}` is off by 3 u, as the rounding of its exponent is made good. All terms are positive, so a sum
is off by no more than its worst term, relative to itself, and by the roundings of the additions. The rest of a chunk is
off by 5 u (its terms, their sum, the ties). A merge adds at most 6 u, where a rest is scaled down: the ratio, the
product, two additions. So a rest is right to :math:`(5 + 6 h)\,u` if no chunk goes through more than h merges. Of n
chunks merged one after the other, the first goes through n - 1; `logsumexp` and `softmax` merge them in a tree,
where h is at most :math:`1 + \log_2 n`. The worst that a search found: 2.2 u in one chunk, 5.8 u after 15 merges.
"""

import functools
from collections import namedtuple

import numpy as np

from softmaxlib.arguments import as_real
from softmaxlib.kernel import difference, work_dtype, work_on


class State(namedtuple("State", ["top", "rest"])):
    """What is known of the logits so far, for each row.

    Attributes
    ----------
    top : numpy.ndarray or float
        The largest logit, ``-inf`` if there was none.
    rest : numpy.ndarray or float
        The sum of ``exp(z - top)`` over all logits but this one; each other logit that ties with it adds 1. It is 0 if
        there was none.
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
        :math:`m = \max_j z_j` and :math:`r = \sum_j e^{z_j - m} - 1`, of shape (...), in float64 or wider. The 1 is
        left out of the sum, never subtracted.

    Raises
    ------
    TypeError
        If `z` does not hold real numbers.
    ValueError
        If `z` is a single number.

    See Also
    --------
    merge : joins two states.

    Notes
    -----
    The log-sum-exp of the logits is :math:`m + \log(1 + r)`. The rest is right to 5 u, see the top of this page.

    References
    ----------
    .. [1] Milakov, M., Gimelshein, N., "Online normalizer calculation for softmax", arXiv:1805.02867, 2018.

    Examples
    --------
    >>> summarize([0, 0, -1000])
    State(top=np.float64(0.0), rest=np.float64(1.0))
    """
    z = as_real(z, "z")
    if z.ndim == 0:
        raise ValueError("z is a single number; expected an array of at least one axis")
    z = np.ascontiguousarray(z, work_dtype(z.dtype))
    top = z.max(axis=-1, initial=-np.inf)
    with np.errstate(all="ignore"):
        _, others, leaders = _weigh(z, top)
    return State(top, others + np.maximum(leaders - 1, 0))


def merge(a, b):
    r"""State of two sets of logits together.

    Parameters
    ----------
    a, b : State
        The states of the sets, of shapes that broadcast. Any pair (top, rest) will do.

    Returns
    -------
    State
        With the larger of the tops. The rest is that of the set with the larger top, plus all of the other
        set, scaled down: :math:`r = r_a + e^{m_b - m_a} (1 + r_b)` if a has the larger top.

    Raises
    ------
    TypeError
        If `a` or `b` is not a pair of real numbers.
    ValueError
        If the shapes do not fit, or a rest is negative.

    Notes
    -----
    Commutative, to the last bit, and associative but for rounding: each merge adds at most 6 u to the relative error of
    the rest, see the top of this page. `EMPTY` is the identity.

    References
    ----------
    .. [1] Milakov, M., Gimelshein, N., "Online normalizer calculation for softmax", arXiv:1805.02867, 2018,
       section 3.1.

    Examples
    --------
    >>> merge(summarize([0.0]), summarize([0.0, -1000.0])) == summarize([0.0, 0.0, -1000.0])
    True
    """
    a, b = _checked_state(a, "a"), _checked_state(b, "b")
    try:
        np.broadcast_shapes(a.top.shape, b.top.shape)
    except ValueError:
        raise ValueError(
            f"a has shape {a.top.shape} and b {b.top.shape}; expected shapes that broadcast to each other"
        ) from None
    top = np.maximum(a.top, b.top)
    with np.errstate(all="ignore"):
        of_a, of_b = _ratio(a.top, top), _ratio(b.top, top)  # the larger is 1, and stays apart
        return State(top, (a.rest * of_a + b.rest * of_b) + np.minimum(of_a, of_b))


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

    Notes
    -----
    Accuracy, for n chunks: ``log1p`` of the rest is off by 2 u more than the rest, and adding the largest logit rounds
    by 1 u of the result. So the error is at most :math:`(8 + 6 h)\,u`, with h up to :math:`1 + \log_2 n`, times the
    larger of the two numbers that are added. Where the largest logit is 0, that is a relative error. The worst that a
    search found, with up to 40 chunks: 3.4 u.

    References
    ----------
    .. [1] Milakov, M., Gimelshein, N., "Online normalizer calculation for softmax", arXiv:1805.02867, 2018.

    Examples
    --------
    >>> float(logsumexp([1000.0] for _ in range(8)).round(4))
    1002.0794
    >>> logsumexp([[0.0], [-40.0]])  # 1 + e**-40 rounds to 1, whose logarithm is 0
    np.float64(4.248354255291589e-18)
    """
    (top, rest), *_ = _read(_checked_iterator(chunks))
    return (top + np.log1p(rest))[()]


def softmax(chunks):
    r"""Softmax of a stream, chunk by chunk, in two passes.

    Parameters
    ----------
    chunks : iterable of array_like of real numbers, shape (..., k)
        Pieces of the logits along the last axis, in nats. They are read twice, once by the call itself and once
        as the result is read: a list, or an object whose ``__iter__`` starts anew.

    Returns
    -------
    iterator of numpy.ndarray
        The probabilities of one chunk after the other, in its shape and dtype; over all chunks they sum to 1.

    Raises
    ------
    TypeError
        If `chunks` is not iterable, can be read only once, or a chunk does not hold real numbers.
    ValueError
        If the chunks differ in shape but for the last axis, or (while the result is read) if the second pass finds
        other chunks than the first.

    See Also
    --------
    softmaxlib.activations.softmax : of an array.

    Notes
    -----
    Accuracy, for n chunks: the term is off by 3 u, the total by 1 u more than the rest, the quotient by 1 u; together
    :math:`(10 + 6 h)\,u`, with h up to :math:`1 + \log_2 n`, and then one rounding to the dtype of the chunk. Below the
    smallest normal number the error is that many times the spacing there. The worst that a search found, with up to 40
    chunks: 4.6 u.

    References
    ----------
    .. [1] Milakov, M., Gimelshein, N., "Online normalizer calculation for softmax", arXiv:1805.02867, 2018.

    Examples
    --------
    >>> list(softmax([[0.0], [0.0, -1000.0]]))
    [array([0.5]), array([0.5, 0. ])]
    """
    first = _checked_iterator(chunks)
    if iter(chunks) is first:
        raise TypeError(
            f"chunks is of type {type(chunks).__name__}, which can be read once; expected what can be read twice, "
            "such as a list"
        )
    return _probabilities(chunks, *_read(first))


def _ratio(low, high):
    """``exp(low - high)``; of infinite logits, ``inf`` equals itself, and ``-inf`` is impossible."""
    exponent, error = difference(low, high)
    ratio = np.exp(exponent)
    ratio += np.where(np.isfinite(error), ratio * error, 0)  # exp(x + e) = exp(x) (1 + e + ...)
    return np.where(np.isneginf(low), 0, np.where(low == high, 1, ratio))


def _weigh(z, top):
    """``exp(z - top)``, and for each row the sum of those that are not `top`, and the number of those that are."""
    top = top[..., np.newaxis]
    weights = _ratio(z, top)
    leading = (z == top) & ~np.isneginf(top)
    others = np.zeros(z.shape[:-1], z.dtype)
    if z.size > 0:
        terms = np.where(leading, 0, weights).reshape(-1, z.shape[-1]).T  # (k, rows)
        others = work_on(terms.dtype, temperature=1.0, fast=False).add_up(terms).reshape(others.shape)
    return weights, others[()], leading.sum(axis=-1)


def _checked_state(value, name):
    """Return a state, or any pair, as a state of arrays in the precision of the work."""
    try:
        top, rest = value
    except (TypeError, ValueError):
        raise TypeError(f"{name} is {value!r}; expected a State, or a pair of its top and its rest") from None
    top, rest = as_real(top, f"the top of {name}"), as_real(rest, f"the rest of {name}")
    if top.shape != rest.shape:
        raise ValueError(f"{name} has a top of shape {top.shape} and a rest of shape {rest.shape}; expected the same")
    if (rest < 0).any():
        raise ValueError(f"{name} has the rest {rest[rest < 0].flat[0]}; expected sums of exponentials")
    dtype = work_dtype(np.result_type(top, rest))
    return State(top.astype(dtype, copy=False), rest.astype(dtype, copy=False))


def _checked_iterator(chunks):
    try:
        return iter(chunks)
    except TypeError as error:
        raise TypeError(f"chunks is of type {type(chunks).__name__}; expected an iterable of arrays") from error


def _checked_chunks(chunks, shape=None):
    """Yield the chunks as arrays of one shape, but for the last axis."""
    for i, chunk in enumerate(chunks):
        chunk = as_real(chunk, f"chunk {i}")
        if chunk.ndim == 0:
            raise ValueError(f"chunk {i} is a single number; expected an array of at least one axis")
        if shape is None:
            shape = chunk.shape[:-1]
        if chunk.shape[:-1] != shape:
            raise ValueError(f"chunk {i} has shape {chunk.shape}; expected {shape}, as chunk 0, and any last axis")
        yield chunk


def _read(chunks):
    """Return the state of all chunks, merged in a tree, the number of chunks, and that of logits in a row."""
    count, size, states = 0, 0, []  # states of 2**k chunks, the largest group first
    for count, chunk in enumerate(_checked_chunks(chunks), start=1):
        size += chunk.shape[-1]
        states.append(summarize(chunk))
        for _ in range((count & -count).bit_length() - 1):  # as often as 2 divides the count
            states.append(merge(states.pop(), states.pop()))
    return functools.reduce(merge, reversed(states), EMPTY), count, size


def _probabilities(chunks, state, count, size):
    """Yield the probabilities of the second pass, and check that it finds what the first has found."""
    top, rest = np.asarray(state.top), np.asarray(state.rest)
    total = 1 + rest[..., np.newaxis]
    undefined = np.isnan(top)[..., np.newaxis]
    counted, seen, others, leaders = 0, 0, 0.0, 0
    for counted, chunk in enumerate(_checked_chunks(chunks, top.shape if count else None), start=1):
        seen += chunk.shape[-1]
        if counted > count or seen > size:
            break
        with np.errstate(all="ignore"):
            weights, more, leading = _weigh(chunk.astype(work_dtype(chunk.dtype)), top)
            others, leaders = others + more, leaders + leading
            p = np.where(undefined, np.nan, weights / total).astype(chunk.dtype)
        yield p  # outside of errstate, which would be that of the caller meanwhile
    if (counted, seen) != (count, size):
        raise ValueError(
            f"chunks gave {count} arrays, with {size} logits a row, when read first, and {counted}, with {seen}, "
            "when read again; expected the same twice"
        )
    with np.errstate(all="ignore"):
        again = others + (leaders - ~np.isneginf(top))
    rounding = {"rtol": (count + 1000) * np.finfo(np.float64).eps, "atol": np.finfo(np.float64).tiny}
    if not np.isclose(again, rest, **rounding, equal_nan=True).all():
        raise ValueError("chunks gave other logits when read again; expected the same twice")
