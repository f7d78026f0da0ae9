"""Inside softmax: how an array is cut into blocks, and how exponentials and their sums keep their digits.

Data goes one way. A mask is applied, `Layout` turns the array into matrices (K, n), the K classes of n rows, `blocks`
cuts them into pieces that fit in the cache, `softmax_terms` or `log_total_of` works on a piece, and `Layout` turns the
results back.

The bounds that the public functions promise add up what is said of each step here, with u the unit roundoff, half an
eps. They assume that `numpy.exp` and `numpy.log1p` are right to 1 ulp, which is at most 2 u.
"""

import functools
import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from softmaxlib.arguments import as_integer, as_mask, as_real

BLOCK = 1 << 16  # numbers in a block: 512 KiB of float64
NARROW = 64  # the fewest rows in a block in which they lie beside each other,
WIDE = 1024  # and the fewest if the exponentials need no room of their own
SHORT = 16  # classes of short rows, for which some calls of NumPy cost more than the work
HUGE = 1e300  # a sum that is as large leads to a shift
NEAR = 1  # exponents up to this one go by a series in `exp_beyond_linear`
FEW = 16  # terms that `pairwise_sum` leaves to `plain_sum`


# --- From an array to blocks, and back ------------------------------------------------------------------------------


class Layout:
    """The way from an array with classes along any axes to matrices (K, n), and back."""

    def __init__(self, z, axis, empty=False, name="z"):
        axes = _checked_axes(z, axis, name)
        classes = tuple(z.shape[a] for a in axes)
        if 0 in classes and not empty:
            raise ValueError(f"{name}, of shape {z.shape}, is empty along axis {axis}; expected at least one class")
        self.axes, self.moved, self.apart, self.shape = axes, (), None, z.shape
        self.batch = z.shape[: z.ndim - len(axes)]
        self.classes = math.prod(classes)
        if not axes or (len(axes) == 1 and axes[0] == z.ndim - 1):  # the classes of a row lie beside each other
            return
        self.batch = tuple(n for a, n in enumerate(z.shape) if a not in axes)
        outer, inner = math.prod(z.shape[: axes[0]]), math.prod(z.shape[axes[0] + 1 :])
        # Rows that lie beside each other stay so if there are enough of them; other classes move to the end.
        if len(axes) == 1 and inner >= 4 and (outer == 1 or self.classes * inner >= BLOCK // 8):
            self.apart = (outer, self.classes, inner)
        else:
            self.moved, self.shape = axes, self.batch + classes

    def split(self, array):
        """Return the matrices (K, n) of an array: views, unless its classes move or it is not contiguous."""
        if self.moved:
            array = np.moveaxis(array, self.moved, range(-len(self.moved), 0))
        return self._matrices(np.ascontiguousarray(array))

    def empty(self, dtype):
        """Return an array for results, to be given to `restore`, and its matrices, to be written into."""
        results = np.empty(self.shape, dtype)
        return results, self._matrices(results)

    def empty_reduced(self, dtype):
        """Return an array for one result a row, to be given to `restore_reduced`, and its vectors (n,)."""
        results = np.empty(self.batch, dtype)
        return results, list(results.reshape(self.apart[::2])) if self.apart else [results.reshape(-1)]

    def _matrices(self, array):
        return list(array.reshape(self.apart)) if self.apart else [array.reshape(-1, self.classes or 1).T]

    def restore(self, results):
        """Return the results with their classes along the axes of the argument."""
        if self.moved:
            results = np.moveaxis(results, range(-len(self.moved), 0), self.moved)
        return results[()]

    def restore_reduced(self, results, keepdims):
        """Return one result a row, without the axes of the classes or with length 1 there."""
        return np.expand_dims(results, tuple(self.axes)) if keepdims else results[()]


def checked_pair(p, vector, name, axis):
    """Return both arrays in the precision of the work, the layout of their classes, and the dtype of the result."""
    p, vector = as_real(p, "p"), as_real(vector, name)
    if p.shape != vector.shape:
        raise ValueError(f"{name} has shape {vector.shape}; expected {p.shape}, that of p")
    result = np.result_type(p, vector)
    wide = work_dtype(result)
    return p.astype(wide, copy=False), vector.astype(wide, copy=False), Layout(p, axis, name="p"), result


def _checked_axes(z, axis, name):
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
                f"axis {a} does not exist in {name}, of shape {z.shape}; expected "
                + (f"{-z.ndim} to {z.ndim - 1}, or None" if z.ndim else f"None, as {name} is a single number")
            )
    axes = sorted(a % z.ndim for a in axes)
    if len(set(axes)) < len(axes) or (axis is not None and not axes):
        raise ValueError(f"axis is {axis}, for {name} of shape {z.shape}; expected one or more different axes")
    return axes


def masked(z, where, nothing=-np.inf):
    """Return `z` with `nothing` wherever the mask, which broadcasts to it, is False."""
    where = as_mask(where, z.shape, "z")
    return np.where(where, z, z.dtype.type(nothing))


def blocks(matrices, results, in_place=False):
    """Cut matrices (K, n), and what the results are written into, along the rows, into pieces that fit in the cache."""
    for matrix, result in zip(matrices, results, strict=True):
        classes, n = matrix.shape
        apart = matrix.strides[1] == matrix.itemsize
        step = max(BLOCK // classes, 1 if not apart else WIDE if in_place else NARROW)
        if 0 < n <= step:
            yield matrix, result
            continue
        for j in range(0, n, step):
            yield matrix[:, j : j + step], result[..., j : j + step]


# --- The work on a block --------------------------------------------------------------------------------------------


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
    safe : tuple of two floats
        Between which exponentials nothing needs to be subtracted from the logits.
    """

    dtype: np.dtype
    temperature: float
    first_sum: Callable
    rounded: bool
    safe: tuple[float, float]

    def add_up(self, terms):
        """Return the sums (n,) over the classes of terms (K, n)."""
        total = self.first_sum(terms)
        return rounded_sum(terms, total, ends(total)) if self.rounded else total


def work_dtype(dtype, fast=False):
    """Return the precision of the work: float64 or wider; if `fast`, float32 or wider, as float16 has no exp."""
    return np.promote_types(dtype, np.float32 if fast else np.float64)


def widened(array):
    """Return an array in the precision of the work: float64, or wider."""
    return array.astype(work_dtype(array.dtype), copy=False)


@functools.lru_cache
def work_on(dtype, temperature, fast):
    """Return how logits of a dtype are worked on: in float64 or wider, or as they are, if `fast`."""
    in_float32 = 2.0**-60 < temperature < 2.0**60  # others are too near the ends of its range
    wide = work_dtype(dtype, fast and in_float32)
    edge = math.exp(70 if wide == np.float32 else 600)
    return Work(wide, temperature, pairwise_sum if fast else plain_sum, wide == dtype and not fast, (1 / edge, edge))


@np.errstate(all="ignore")  # all special values are decided here, so a warning would be no news
def write_softmax(block, work, result):
    """Write the softmax of a block into `result`."""
    terms, total = softmax_terms(block, work, result)
    np.divide(terms, total, out=result, casting="same_kind")


@np.errstate(all="ignore")
def write_log_softmax(block, work, result):
    """Write the log-softmax of a block into `result`."""
    top, log_total, exponents = log_total_of(block, work)
    if exponents is None:
        exponents = np.subtract(block, top, out=result if result.dtype == work.dtype else None)
    np.subtract(exponents, log_total, out=result, casting="same_kind")


@np.errstate(all="ignore")
def write_logsumexp(block, work, result):
    """Write the log-sum-exp of the rows of a block into `result` (n,)."""
    top, log_total, _ = log_total_of(block, work)
    np.add(top / work.temperature, log_total, out=result, casting="same_kind")


def softmax_terms(block, work, out):
    """Return exponentials (K, n) and their sums (n,), whose quotients are the softmax.

    An exponential is off by 2 u, or by 3 u where something was subtracted from the logit or a temperature divides it.
    The exponentials are in `out` where it has the dtype of the work.
    """
    unshifted = None
    if work.temperature == 1:
        terms = np.exp(block, dtype=work.dtype, out=out if out.dtype == work.dtype else None)
        total = work.add_up(terms)  # rounded once, so that the order of the classes does not decide what follows
        lowest, highest = ends(total)
        low, high = work.safe
        if highest <= high and (lowest >= 1 or least(terms) >= low):
            return terms, total
        unshifted = _in_range(total, terms, work)
    _, terms = _shifted_terms(block, block.max(axis=0).astype(work.dtype, copy=False), work, unshifted)
    total = work.add_up(terms)
    return terms, np.where(total == 0, 1, total)  # no possible class


def log_total_of(block, work):
    """Return the largest logits (n,), the log-sum-exp (n,) of ``(block - largest) / temperature``, and these exponents.

    The largest term of a row is left out of its sum: ``log1p`` of the others keeps the digits that 1 plus them would
    lose. The others, relative to the largest term, are off by 6 u at most. The exponents (K, n) are None where they are
    no more than differences.
    """
    if len(block) <= SHORT:
        block = np.asfortranarray(block)  # else argmax is slow
    winners = block.argmax(axis=0), np.arange(block.shape[1])  # the first NaN, where there is one
    top = block[winners].astype(work.dtype, copy=False)
    plain, unshifted = False, None
    if work.temperature == 1:
        terms = np.exp(block, dtype=work.dtype)
        largest = terms[winners]
        lowest, highest = ends(largest)
        low, high = work.safe
        plain = highest <= high and (lowest >= 1 or least(terms) >= low)
        unshifted = None if plain else _in_range(largest, terms, work)
    exponents = None
    if not plain:
        exponents, terms = _shifted_terms(block, top, work, unshifted)
        largest = np.where(np.isneginf(top), 1, terms[winners])  # no possible class
    terms[winners] = 0
    return top, np.log1p(work.add_up(terms) / largest), exponents


def _in_range(scale, terms, work):
    """Tell which rows need no shift, by their sums or largest terms: `scale` (n,).

    Then no sum over millions of classes overflows, and no term has lost digits to underflow that a sum below 1 would
    bring back.
    """
    low, high = work.safe
    return (scale <= high) & ((scale >= 1) | (terms.min(axis=0) >= low))


def _shifted_terms(block, top, work, unshifted):
    """Return ``(block - top) / temperature`` and its exponentials, but those of the `unshifted` rows of ``block``."""
    block, top = with_finite_top(block, top, work.dtype)
    shift = top if unshifted is None else np.where(unshifted, 0, top)
    exponents, errors = shifted(block, shift, work.temperature)
    terms = np.exp(exponents)
    terms += terms * errors  # exp(x + e) = exp(x) (1 + e + ...)
    return exponents if unshifted is None else block - top, terms


def with_finite_top(block, top, dtype):
    """Return a block (K, n) and what can be subtracted from it: its largest logits (n,), with 0 for infinite ones.

    Where the largest is ``inf``, the row becomes 0 (an equal of it) and ``-inf``.
    """
    block = np.where(np.isposinf(top), np.where(np.isposinf(block), 0, -np.inf), block).astype(dtype, copy=False)
    return block, np.where(np.isinf(top), 0, top)


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
        error = (error + remainder(dividend, exponent, temperature)) / temperature
    return exponent, np.where(np.isfinite(error), error, 0)


def difference(a, b):
    """Return ``a - b``, rounded, and its rounding error, exactly (Knuth's TwoSum); NaN where something overflows."""
    rounded = a - b
    less = rounded - a
    return rounded, (a - (rounded - less)) - (b + less)


def exp_beyond_linear(t):
    """Return ``exp(t) - 1 - t``, near 0 by its series, so that no digits cancel."""
    near = np.clip(t, -NEAR, NEAR)
    total = np.zeros_like(t)
    for k in range(18, 2, -1):
        total = (total + 1) * near / k
    return np.where(np.abs(t) <= NEAR, near * near / 2 * (1 + total), np.expm1(t) - t)


def remainder(dividend, quotient, divisor):
    """Return ``dividend - quotient * divisor``, exactly, from halves whose products are exact (Dekker)."""
    splitter = 2.0 ** ((np.finfo(dividend.dtype).nmant + 2) // 2) + 1
    high_q = splitter * quotient - (splitter * quotient - quotient)
    high_d = splitter * divisor - (splitter * divisor - divisor)
    low_q, low_d = quotient - high_q, divisor - high_d
    return ((dividend - high_q * high_d) - high_q * low_d - low_q * high_d) - low_q * low_d


# --- Sums -----------------------------------------------------------------------------------------------------------


def plain_sum(terms):
    """Add up the classes of each row in the order that is fastest, off by at most (K - 1) u of the sum."""
    classes, n = terms.shape
    if n == 1:
        return np.add.reduce(terms, axis=0)
    if terms.size > BLOCK and classes > 1:  # the library of linear algebra would start threads
        half = classes // 2
        return plain_sum(terms[:half]) + plain_sum(terms[half:])
    return _ones(classes, terms.dtype) @ terms  # much faster than a reduction where rows are short


@functools.lru_cache
def _ones(classes, dtype):
    return np.ones(classes, dtype)


def pairwise_sum(terms):
    """Add up the classes of each row in a tree, off by at most (log2(K) + 41) u of the sum.

    NumPy's own tree, for classes beside each other, has leaves of 128 terms that round 18 times. Here, for rows beside
    each other, leaves of `FEW` terms round FEW - 1 times, then the tree at most log2(K / FEW) + 1 times down to `FEW`
    sums, and these FEW - 1 times.
    """
    classes, n = terms.shape
    if classes <= FEW:
        return plain_sum(terms)
    if terms.strides[0] == terms.itemsize:
        return np.add.reduce(terms, axis=0)
    leaves = np.empty((-(-classes // FEW), n), terms.dtype)
    whole = classes // FEW
    np.matmul(_ones(FEW, terms.dtype), terms[: whole * FEW].reshape(whole, FEW, n), out=leaves[:whole])
    if whole < len(leaves):
        leaves[-1] = plain_sum(terms[whole * FEW :])
    while len(leaves) > FEW:
        pairs = len(leaves) // 2
        leaves[:pairs] += leaves[-pairs:]  # the one in the middle, if their number is odd, stays
        leaves = leaves[: len(leaves) - pairs]
    return plain_sum(leaves)


def rounded_sum(terms, plain, extent):
    """Add up the classes of each row and round once: the float64 next to the sum, in any order of the classes.

    A term is cut in two on a grid so coarse that the high parts add up without rounding (Rump, Ogita and Oishi).
    The low parts add up with an error far below the last digit of the result; where that could still decide how the
    result rounds, the row is added up anew.

    Parameters
    ----------
    terms : numpy.ndarray, shape (K, n)
        Numbers that are not negative. Where they are NaN or their sum is not below `HUGE`, it is not rounded with care.
    plain : numpy.ndarray, shape (n,)
        Their `plain_sum`.
    extent : tuple of two floats
        The least and the largest of them.
    """
    classes = len(terms)
    if classes < 3:
        return plain  # one addition is rounded once
    if (
        terms.size == classes <= SHORT and terms.dtype == np.float64 and plain[0] < HUGE
    ):  # a call of NumPy costs more than the work
        return np.array([math.fsum(terms.ravel().tolist())])
    u = 2.0**-53 if terms.dtype == np.float64 else np.finfo(terms.dtype).eps / 2
    lowest, highest = extent
    one_grid = highest * classes**2 <= 2**30 * lowest
    anchor = 2 * (highest if one_grid else plain)
    high, low = _sums_of_parts(terms, anchor)
    if terms.dtype != np.float64 or 4 * u * highest * classes <= least(terms):  # the low parts add up without rounding
        return high + low
    # An anchor A has a spacing of at most 2 u A, which no low part exceeds; and adding up K of them rounds K times.
    slack = 4 * (classes * u) ** 2 * anchor
    total, other = high + (low - slack), high + (low + slack)
    if total.tobytes() != other.tobytes():
        for row in np.flatnonzero((total != other) & (total < HUGE)):
            total[row] = math.fsum(terms[:, row].tolist())
    return total


def _sums_of_parts(terms, anchor):
    """Return the sums of the high parts of the terms, without an error, and of the low parts."""
    if terms.size > BLOCK and len(terms) > 1:  # a temporary of this size would not be in the cache
        pieces = (_sums_of_parts(piece, anchor) for piece in np.array_split(terms, -(-terms.size // BLOCK)))
        return map(sum, zip(*pieces, strict=True))
    part = terms + anchor
    part -= anchor
    high = plain_sum(part)
    return high, plain_sum(np.subtract(terms, part, out=part))


def ends(numbers):
    """Return the least and the largest of numbers (n,), or NaN where there is one, faster than by a reduction."""
    return numbers.item(numbers.argmin()), numbers.item(numbers.argmax())


def least(terms):
    """Return the least of terms (K, n), or NaN where there is one."""
    if not (terms.flags.c_contiguous or terms.flags.f_contiguous):
        return np.minimum.reduce(terms, axis=None)
    flat = terms.ravel(order="K")
    return flat.item(flat.argmin())
