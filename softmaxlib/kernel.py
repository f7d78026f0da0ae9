"""Inside softmax: how an array is cut into blocks, and how exponentials and their sums keep their digits.

Data goes one way. A mask is applied, `Layout` turns the array into matrices (K, n), the K classes of n rows, `blocks`
cuts them into pieces that fit in the cache, `softmax_terms` or `log_softmax_terms` works on a piece, and `Layout` turns
the results back.

The bounds that the public functions promise add up what is said of each step here, with u the unit roundoff, half an
eps. They assume that `numpy.exp` and `numpy.log1p` are right to 1 ulp, which is at most 2 u.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from softmaxlib.arguments import as_array, as_integer

BLOCK = 1 << 16  # numbers in a block: 512 KiB of float64
PIECE = 1 << 15  # numbers of a block that are summed at once, which takes a temporary of their size
COLUMNS = 64  # the fewest rows in a block whose classes lie apart in memory, so that lines of the cache are used up
SHORT = 16  # classes up to which a block is laid class after class: NumPy is slow at reducing many short rows
FEW = 32  # terms that `pairwise_sum` leaves to `plain_sum`

_ONES = {}  # by dtype: what a block is multiplied with to add up its classes


# --- From an array to blocks, and back ------------------------------------------------------------------------------


class Layout:
    """The way from an array with classes along any axes to matrices (K, n), and back."""

    def __init__(self, z, axis, empty=False):
        axes = _checked_axes(z, axis)
        if not empty and 0 in [z.shape[a] for a in axes]:
            raise ValueError(f"z, of shape {z.shape}, is empty along axis {axis}; expected at least one class")
        first = axes[0] if axes else 0
        outer, inner = math.prod(z.shape[:first]), math.prod(z.shape[first + 1 :])
        classes = math.prod(z.shape[a] for a in axes)
        # Classes that lie apart stay so if there are enough rows beside each other; all others move to the end.
        apart = len(axes) == 1 and inner >= SHORT and (outer == 1 or classes * inner >= BLOCK // 8)
        self.axes = axes
        self.moved = axes if len(axes) > 1 or (inner > 1 and not apart) else []
        self.batch = tuple(n for a, n in enumerate(z.shape) if a not in axes)
        self.shape = self.batch + tuple(z.shape[a] for a in axes) if self.moved else z.shape
        self.matrices = (outer, classes, inner) if apart else (math.prod(self.batch), classes)

    def split(self, array):
        """Return the matrices (m, K, n) of an array: a view, unless its classes move or it is not contiguous."""
        if self.moved:
            array = np.moveaxis(array, self.moved, range(-len(self.moved), 0))
        return self._matrices(np.ascontiguousarray(array))

    def empty(self, dtype):
        """Return an array for results, to be given to `restore`, and its matrices, to be written into."""
        results = np.empty(self.shape, dtype)
        return results, self._matrices(results)

    def _matrices(self, array):
        array = array.reshape(self.matrices)
        return array if array.ndim == 3 else array.T[np.newaxis]

    def restore(self, results):
        """Return the results with their classes along the axes of the argument."""
        if self.moved:
            results = np.moveaxis(results, range(-len(self.moved), 0), self.moved)
        return results[()]

    def restore_reduced(self, results, keepdims):
        """Return one result a row, without the axes of the classes or with length 1 there."""
        results = results.reshape(self.batch)
        return np.expand_dims(results, tuple(self.axes)) if keepdims else results[()]


def _checked_axes(z, axis):
    """Return the axes from 0 upwards, in order."""
    if type(axis) is int and -z.ndim <= axis < z.ndim:
        return [axis % z.ndim]
    if axis is None:
        axes = range(z.ndim)
    else:
        axes = [as_integer(a, "axis") for a in (axis if isinstance(axis, tuple) else (axis,))]
    for a in axes:
        if not -z.ndim <= a < z.ndim:
            raise np.exceptions.AxisError(
                f"axis {a} does not exist in z, of shape {z.shape}; expected "
                + (f"{-z.ndim} to {z.ndim - 1}, or None" if z.ndim else "None, as z is a single number")
            )
    axes = sorted(a % z.ndim for a in axes)
    if len(set(axes)) < len(axes) or (axis is not None and not axes):
        raise ValueError(f"axis is {axis}, for z of shape {z.shape}; expected one or more different axes")
    return axes


def masked(z, where, nothing=-np.inf):
    """Return `z` with `nothing` wherever the mask, which broadcasts to it, is False."""
    where = as_array(where, "where")
    if where.dtype != bool:
        raise TypeError(f"where has dtype {where.dtype} and shape {where.shape}; expected booleans")
    try:
        where = np.broadcast_to(where, z.shape)
    except ValueError:
        raise ValueError(
            f"where has shape {where.shape}; expected one that broadcasts to that of z, {z.shape}"
        ) from None
    return np.where(where, z, z.dtype.type(nothing))


def blocks(matrices, *results):
    """Cut matrices (K, n) and the matrices of results along the rows, into blocks that fit in the cache."""
    classes, n = matrices.shape[1:]
    apart = matrices.strides[2] == matrices.itemsize  # rows lie beside each other
    step = max(BLOCK // classes, COLUMNS if apart else 1)
    for whole in zip(matrices, *results, strict=True):
        for j in range(0, n, step):
            yield whole if step >= n else tuple(matrix[..., j : j + step] for matrix in whole)


def _class_after_class(block):
    """Return a block of short rows laid class after class, and any other as it is."""
    return np.ascontiguousarray(block) if len(block) <= SHORT else block


# --- The work on a block --------------------------------------------------------------------------------------------


def work_dtype(dtype, fast=False):
    """Return the precision of the work: float64 or wider; if `fast`, float32 or wider, as float16 has no exp."""
    return np.promote_types(dtype, np.float32 if fast else np.float64)


class Work(NamedTuple):
    """How a call of a function computes.

    Attributes
    ----------
    dtype : numpy.dtype
        The precision of the work.
    temperature : float
        What divides the logits.
    first_sum : callable
        Adds up the classes: `plain_sum` or `pairwise_sum`.
    rounded : bool
        Whether `rounded_sum` then makes the sums right.
    """

    dtype: np.dtype
    temperature: float
    first_sum: Callable
    rounded: bool

    @classmethod
    def on(cls, dtype, temperature, fast):
        """Return how logits of a dtype are worked on: in float64 or wider, or as they are, if `fast`."""
        in_float32 = 2.0**-60 < temperature < 2.0**60  # others are too near the ends of its range
        wide = work_dtype(dtype, fast and in_float32)
        return cls(wide, temperature, pairwise_sum if fast else plain_sum, wide == dtype and not fast)

    def add_up(self, terms, least=0.0):
        """Return the sums (n,) over the classes of terms (K, n) that are 0 or not below `least`."""
        total = self.first_sum(terms)
        return rounded_sum(terms, total, total.min(), total.max(), least) if self.rounded else total


def softmax_terms(block, work, out):
    """Return exponentials (K, n) and their sums (n,), whose quotients are the softmax.

    An exponential is off by 2 u, or by 3 u where something was subtracted from the logit or a temperature divides it.
    The exponentials are in `out` where it has the dtype and the order of the work.
    """
    block = _class_after_class(block)
    unshifted = None
    if work.temperature == 1:
        fits = out.dtype == work.dtype and len(block) > SHORT
        terms = np.exp(block, dtype=work.dtype, out=out if fits else None)
        total = work.first_sum(terms)
        lowest, highest, least = total.min(), total.max(), terms.min()
        if _in_range(lowest, highest, least):
            return terms, rounded_sum(terms, total, lowest, highest, least) if work.rounded else total
        unshifted = _in_range(total, total, terms.min(axis=0))
    *_, terms = _shifted_terms(block, work, unshifted)
    total = work.add_up(terms)
    return terms, np.where(total == 0, 1, total)  # no possible class


def log_softmax_terms(block, work):
    """Return exponents (K, n), what to subtract from them (n,), and the largest logits over the temperature (n,).

    The largest term of a row is left out of its sum: ``log1p`` of the others keeps the digits that 1 plus them would
    lose. The others, relative to the largest term, are off by 6 u at most.
    """
    block = _class_after_class(block)
    top = best = block.max(axis=0).astype(work.dtype, copy=False)
    largest, least = np.exp(top), 0.0
    plain, unshifted = False, None
    if work.temperature == 1:
        terms = np.exp(block, dtype=work.dtype)
        least = terms.min()
        plain = _in_range(largest.min(), largest.max(), least)
        unshifted = _in_range(largest, largest, terms.min(axis=0)) if not plain else None
    if not plain:
        block, best, shift, exponents, terms = _shifted_terms(block, work, unshifted)
        largest, least = np.exp(best - shift), 0.0
    if work.temperature == 1:
        exponents = block - best
    leaders = block == best
    np.copyto(terms, 0, where=leaders)
    others = work.add_up(terms, least)
    if not plain or np.count_nonzero(leaders) > top.size:  # some rows may have several leaders, or none
        others = others + np.maximum(leaders.sum(axis=0, dtype=work.dtype) - 1, 0) * largest
    return exponents, np.log1p(others / largest), top / work.temperature


def _in_range(lowest, highest, least):
    """Tell whether rows need no shift, by their sums or largest terms, from `lowest` to `highest`, and `least` term.

    Then no sum over millions of classes overflows, and no term has lost digits to underflow that a sum below 1 would
    bring back.
    """
    edge = math.exp(70 if highest.dtype == np.float32 else 600)
    return (highest <= edge) & ((lowest >= 1) | (least >= 1 / edge))


def _shifted_terms(block, work, unshifted):
    """Return the logits, their largest, the shift, the exponents and their exponentials.

    The shift is the largest logit of a row, and 0 where a row is `unshifted`. An infinite largest logit makes a row of
    0 (an equal of it) and ``-inf``, with 0 as the largest.
    """
    top = block.max(axis=0).astype(work.dtype, copy=False)
    block = np.where(np.isposinf(top), np.where(np.isposinf(block), 0, -np.inf), block).astype(work.dtype, copy=False)
    top = np.where(np.isinf(top), 0, top).astype(work.dtype, copy=False)
    shift = top if unshifted is None else np.where(unshifted, 0, top).astype(work.dtype, copy=False)
    exponents, errors = shifted(block, shift, work.temperature)
    terms = np.exp(exponents)
    terms += terms * errors  # exp(x + e) = exp(x) (1 + e + ...)
    return block, top, shift, exponents, terms


def shifted(block, shift, temperature):
    """Return ``(block - shift) / temperature``, rounded, and what the rounding took away, to the first order.

    Temperatures near the ends of the range are scaled by powers of two, along with the logits or with the differences:
    bits are lost only where the exponent rounds to 0 or its exponential to 0 or 1.
    """
    if temperature > 2.0**900:
        block, shift, temperature = block * 2.0**-128, shift * 2.0**-128, temperature * 2.0**-128
    exponent, error = difference(block, shift)
    if temperature != 1:
        if temperature < 2.0**-900:
            exponent, error, temperature = exponent * 2.0**128, error * 2.0**128, temperature * 2.0**128
        dividend, exponent = exponent, exponent / temperature
        error = (error + _remainder(dividend, exponent, temperature)) / temperature
    return exponent, np.where(np.isfinite(error), error, 0)


def difference(a, b):
    """Return ``a - b``, rounded, and its rounding error, exactly (Knuth's TwoSum); NaN where something overflows."""
    rounded = a - b
    less = rounded - a
    return rounded, (a - (rounded - less)) - (b + less)


def _remainder(dividend, quotient, divisor):
    """Return ``dividend - quotient * divisor``, exactly, from halves whose products are exact (Dekker)."""
    splitter = 2.0 ** ((np.finfo(dividend.dtype).nmant + 2) // 2) + 1
    high_q = splitter * quotient - (splitter * quotient - quotient)
    high_d = splitter * divisor - (splitter * divisor - divisor)
    low_q, low_d = quotient - high_q, divisor - high_d
    return ((dividend - high_q * high_d) - high_q * low_d - low_q * high_d) - low_q * low_d


# --- Sums ---------------------------------------------------------------------------------------------------------


def plain_sum(terms):
    """Add up the classes of each row in the order that is fastest, off by at most (K - 1) u of the sum."""
    if terms.dtype not in _ONES:
        _ONES[terms.dtype] = np.ones(PIECE, terms.dtype)
    ones = _ONES[terms.dtype]
    total = ones[: len(terms)] @ terms[:PIECE]
    for i in range(PIECE, len(terms), PIECE):
        piece = terms[i : i + PIECE]
        total = total + ones[: len(piece)] @ piece
    return total


def pairwise_sum(terms):
    """Add up the classes of each row in a tree, off by at most (log2(K) + 27) u of the sum.

    The tree has at most log2(K / FEW) + 1 levels, each of which rounds once; `FEW` terms round FEW - 1 times at most.
    """
    while len(terms) > FEW:
        half = (len(terms) + 1) // 2
        pairs = len(terms) - half
        halved = np.empty_like(terms[:half])
        np.add(terms[:pairs], terms[half:], out=halved[:pairs])
        halved[pairs:] = terms[pairs:half]  # the one in the middle, if their number is odd
        terms = halved
    return plain_sum(terms)


def rounded_sum(terms, plain, lowest, highest, least):
    """Add up the classes of each row and round once: the float64 next to the sum, in any order of the classes.

    A term is cut in two on a grid so coarse that the high parts add up without rounding (Rump, Ogita and Oishi).
    The low parts add up with an error far below the last digit of the result; where that could still decide how the
    result rounds, the row is added up anew.

    Parameters
    ----------
    terms : numpy.ndarray, shape (K, n)
        Finite numbers that are not negative. NaN gives NaN.
    plain : numpy.ndarray, shape (n,)
        Their `plain_sum`.
    lowest, highest : float
        The ends of `plain`.
    least : float
        What no term is below, unless it is 0.
    """
    classes = len(terms)
    if classes < 3:
        return plain  # one addition is rounded once
    if terms.size == classes <= SHORT and terms.dtype == np.float64:
        return np.array(
            [math.fsum(terms[:, 0].tolist())]
        )  # for a lone short row, NumPy's calls cost more than the work
    u = np.finfo(terms.dtype).eps / 2
    anchor = 2 * plain
    if highest * classes**2 <= 2**30 * lowest:  # one grid will do for all rows
        anchor = 2 * highest
    high, low = _sums_of_parts(terms, anchor)
    total = high + low
    if terms.dtype != np.float64 or 4 * highest * classes <= least / u:  # then the low parts add up without rounding
        return total
    # An anchor A has a spacing of at most 2 u A, which no low part exceeds; and adding up K of them rounds K times.
    slack = 4 * (classes * u) ** 2 * anchor
    doubtful = (high + (low - slack) != high + (low + slack)) & ~np.isnan(total)
    for row in np.flatnonzero(doubtful):
        total[row] = math.fsum(terms[:, row].tolist())
    return total


def _sums_of_parts(terms, anchor):
    """Return the sums of the high parts of the terms, without an error, and of the low parts."""
    high = low = 0.0
    step = max(1, PIECE // terms.shape[1])
    for i in range(0, len(terms), step):
        piece = terms[i : i + step]
        part = piece + anchor
        part -= anchor
        high = high + plain_sum(part)
        low = low + plain_sum(np.subtract(piece, part, out=part))
    return high, low
