"""Inside softmax: how an array is cut into blocks, and how exponentials keep their digits.

An array is read as (K, outer, inner): its classes first, then what lies before and behind their axis. A block holds
all the classes of some rows, so that all the work on it is done while it is in the cache. A lone row is (K,).
"""

import math

import numpy as np

from softmaxlib.arguments import as_integer

# Every special value is decided by the functions, so none of NumPy's warnings carries news.
QUIET = {"over": "ignore", "under": "ignore", "invalid": "ignore"}

BLOCK = 1 << 16  # numbers in a block: 512 KiB of float64
SHORT = 16  # classes up to which a transposed block beats row by row
PIECE = 1 << 15  # numbers in a piece of a block, where further temporaries are needed
NARROW, WIDE = 64, 1024  # least columns of a block, elsewhere and in the results themselves


class Layout:
    """The way from an array with classes along any axes to (K, outer, inner), and back."""

    def __init__(self, z, axis):
        quick = type(axis) is int and -z.ndim <= axis < z.ndim and z.shape[axis] > 0
        self.lone = quick and z.ndim == 1
        if self.lone:  # (K,), as it is: for a short row every step costs more than its work
            return
        self.axes = [axis % z.ndim] if quick else _checked_axes(z, axis)
        first = self.axes[0] if self.axes else 0
        before, classes, behind = z.shape[:first], z.shape[first : first + 1], z.shape[first + 1 :]
        # Few long rows beside each other would make NumPy's loops short.
        self.moved = len(self.axes) != 1 or (1 < math.prod(behind) <= SHORT and classes[0] > 1000)
        if self.moved:
            before = tuple(n for a, n in enumerate(z.shape) if a not in self.axes)
            classes, behind = tuple(z.shape[a] for a in self.axes), ()
        self.batch = before + behind
        self.shape = before + classes + behind
        self.blocked = (math.prod(before), math.prod(classes), math.prod(behind))

    def split(self, array):
        """(K, outer, inner): a view, unless the array is not contiguous or the axes are several."""
        if self.lone:
            return np.ascontiguousarray(array)
        moved = np.moveaxis(array, self.axes, range(-len(self.axes), 0)) if self.moved else array
        return np.ascontiguousarray(moved).reshape(self.blocked).swapaxes(0, 1)

    def restore(self, results):
        """Undo `split`."""
        if self.lone:
            return results
        moved = results.swapaxes(0, 1).reshape(self.shape)
        return np.moveaxis(moved, range(-len(self.axes), 0), self.axes)[()] if self.moved else moved

    def restore_reduced(self, results, keepdims):
        """From one value a row, (outer, inner), to the shape without the axes (or with length 1 there)."""
        if self.lone:
            return results.reshape(1) if keepdims else results[()]
        kept = results.reshape(self.batch)
        return np.expand_dims(kept, tuple(self.axes)) if keepdims else kept[()]


def _checked_axes(z, axis):
    """Return the axes from 0 upwards, in order."""
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
    if 0 in [z.shape[a] for a in axes]:
        raise ValueError(f"z, of shape {z.shape}, is empty along axis {axis}; expected at least one class")
    return axes


def empty_like(logits):
    """Room for as many results, (K, outer, inner), in the order in memory that `Layout.split` expects."""
    return np.empty_like(logits) if logits.ndim == 1 else np.empty_like(logits.swapaxes(0, 1), order="C").swapaxes(0, 1)


def work_dtype(dtype, fast=False):
    """Return the precision of the work: float64 or wider; with `fast`, the precision itself, if NumPy has exp in it."""
    return np.promote_types(dtype, np.float32 if fast else np.float64)


def blocks(logits, dtype, results=None):
    """Cut (K, outer, inner) along the rows, into blocks that fit in the cache.

    Yields the index of a block, its logits, and room for as many exponentials of the `dtype`: the results themselves
    where they will do. Short rows come transposed, since NumPy is slow at reducing many of them.
    """
    fitting = results is not None and results.dtype == dtype
    if logits.ndim == 1:
        yield (slice(None), ...), logits, results if fitting else np.empty(logits.shape, dtype)
        return
    classes, outer, inner = logits.shape
    columns = max(1, min(inner, max(BLOCK // classes, WIDE if fitting else NARROW)))
    rows = max(1, min(outer, BLOCK // (classes * columns)))
    transposed = inner == 1 and classes <= SHORT
    if transposed:
        turned, room = np.empty((2, classes, rows, columns), dtype)
    elif not fitting:
        room = np.empty((rows, classes, columns), dtype).swapaxes(0, 1)
    for i in range(0, outer, rows):
        for j in range(0, inner, columns):
            part = np.s_[:, i : i + rows, j : j + columns]
            block = logits[part]
            if transposed:
                turned[:, : outer - i] = block
                block = turned[:, : outer - i]
            yield part, block, results[part] if fitting and not transposed else room[:, : outer - i, : inner - j]


def add_up(terms, exact=True):
    """Sum over the first axis of non-negative terms; `exact` rounds no more than once, in whatever order NumPy adds.

    Each term is cut in two on a grid so coarse that the high parts add up without rounding (Rump, Ogita and Oishi);
    the rounding of the low parts is too small to matter.
    """
    if terms.ndim == 1 and len(terms) <= SHORT and terms.dtype == np.float64:
        return _exact_sum(terms)
    total = np.add.reduce(terms, axis=0)
    if not exact or len(terms) < 3:
        return total
    anchor = total * 2.0**27
    if terms.ndim > 1 and terms.strides[0] == terms.itemsize:  # a row after the other: a piece is of rows
        step = max(1, PIECE // len(terms))
        for i in range(0, len(total), step):
            high, low = _halves(terms[:, i : i + step], anchor[i : i + step])
            np.add(high, low, out=total[i : i + step])
        return total
    step = max(1, PIECE // total.size)  # a class after the other: of classes
    halves = [_halves(terms[i : i + step], anchor) for i in range(0, len(terms), step)]
    return sum(high for high, _ in halves) + sum(low for _, low in halves)


def _halves(terms, anchor):
    """Sums of the high parts of the terms, without an error, and of the low parts."""
    part = terms + anchor
    part -= anchor
    high = np.add.reduce(part, axis=0)
    np.subtract(terms, part, out=part)
    return high, np.add.reduce(part, axis=0)


def _exact_sum(terms):
    """Sum a lone short row, for which a call of NumPy costs more than the work."""
    try:
        return np.float64(math.fsum(terms.tolist()))
    except OverflowError:
        return np.float64(math.inf)


def _safe(dtype):
    """Return the x for which exp(-x) is a normal number, and exp(x) leaves room for a sum over millions of classes."""
    return 70 if dtype == np.float32 else 600


def in_range(scale, block):
    """Which rows need no shift, by their sum (or their largest term).

    Nothing overflowed, and no term lost digits to underflow that a sum below 1 would bring back.
    """
    safe = _safe(scale.dtype)
    return (scale <= math.exp(safe)) & ((scale >= 1) | (block.min(axis=0) >= -safe))


def all_in_range(scale, block):
    """Whether no row needs a shift."""
    safe = _safe(scale.dtype)
    if scale.ndim == 0:
        lowest = highest = scale
    else:
        lowest, highest = np.minimum.reduce(scale, axis=None), np.maximum.reduce(scale, axis=None)
    return bool(highest <= math.exp(safe) and (lowest >= 1 or np.minimum.reduce(block, axis=None) >= -safe))


def difference(a, b):
    """``a - b``, and its rounding error, exactly (Knuth's TwoSum); 0 for differences that are not finite."""
    rounded = a - b
    less = rounded - a
    error = (a - (rounded - less)) - (b + less)
    return rounded, np.where(np.isfinite(error), error, 0)


def shifted_exponentials(block, scale, temperature, out):
    """Return ``exp((block - shift) / temperature)``, with the rounding errors of the exponent made good.

    The shift is the largest logit of a row, and 0 where `scale` tells that none is needed. Returns the logits, their
    largest and the shift: an infinite largest logit makes a row of ``0`` (an equal of it) and ``-inf``.
    """
    block = block.astype(out.dtype)
    top = block.max(axis=0)  # (rows,)
    block = np.where(np.isposinf(top), np.where(np.isposinf(block), 0, -np.inf), block)
    top = np.where(np.isinf(top), 0, top)
    shift = np.where(in_range(scale, block), 0, top) if temperature == 1 else top
    exponent, error = difference(block, shift)
    if temperature != 1:
        dividend, exponent = exponent, exponent / temperature
        error = (error + _remainder(dividend, exponent, temperature)) / temperature
        error[~np.isfinite(error)] = 0
    np.exp(exponent, out=out)
    out += out * error  # exp(x + e) = exp(x) (1 + e + ...)
    return block, top, shift


def _remainder(dividend, quotient, divisor):
    """``dividend - quotient * divisor``, exactly, from halves whose products are exact (Dekker)."""
    splitter = 2.0 ** ((np.finfo(dividend.dtype).nmant + 2) // 2) + 1
    high_q = splitter * quotient - (splitter * quotient - quotient)
    high_d = splitter * divisor - (splitter * divisor - divisor)
    low_q, low_d = quotient - high_q, divisor - high_d
    return ((dividend - high_q * high_d) - high_q * low_d - low_q * high_d) - low_q * low_d


def log_of_total(block, temperature, room, exact):
    """Return the logits, their largest, and the log of the sum of ``exp((block - largest) / temperature)``.

    The largest term is 1 and is left out of the sum: log1p of the others keeps the digits that 1 plus them loses.
    """
    top = np.maximum.reduce(block, axis=0).astype(room.dtype)  # (rows,)
    largest = np.exp(top)
    plain = temperature == 1 and all_in_range(largest, block)
    if plain:
        np.exp(block, out=room, dtype=room.dtype)
    else:
        block, top, shift = shifted_exponentials(block, largest, temperature, room)
        largest = np.exp(top - shift)
    leaders = block == top
    np.copyto(room, 0, where=leaders)
    others = add_up(room, exact)
    if not plain or np.count_nonzero(leaders) > top.size:  # some rows may have several leaders, or none
        others = others + np.maximum(leaders.sum(axis=0, dtype=room.dtype) - 1, 0) * largest
    return block, top, np.log1p(others / largest)
