"""Checks of the chapter on speed, and the count of passes over memory that they and the chapter rest on."""

import tracemalloc
from typing import NamedTuple

import numpy as np

from softmaxlib import activations
from softmaxlib.exercises import Hint, check, compare, run


class Step(NamedTuple):
    """What one call of NumPy does, in units of the input: 1.0 is a pass over as many bytes.

    Attributes
    ----------
    name : str
        The function, such as ``"exp"`` or ``"maximum.reduce"``.
    read, written : float
        Passes over memory.
    fresh : float
        Memory that did not exist before the call.
    """

    name: str
    read: float
    written: float
    fresh: float


class _Counted(np.ndarray):
    """An array that notes what is done with it."""

    steps: list

    def __array_finalize__(self, parent):
        self.steps = getattr(parent, "steps", [])

    def __array_ufunc__(self, ufunc, method, *inputs, out=(), **options):
        plain = [_plain(x) for x in inputs]
        targets = {"out": tuple(map(_plain, out))} if out else {}
        result = getattr(ufunc, method)(*plain, **targets, **options)
        written = sum(np.asarray(r).nbytes for r in (result if isinstance(result, tuple) else (result,)))
        read = sum(x.nbytes for x in plain if isinstance(x, np.ndarray))
        name = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
        self.steps.append((name, read, written, 0 if out else written))
        return out[0] if out else self._counted(result)

    def __array_function__(self, function, types, arguments, options):
        result = super().__array_function__(function, types, arguments, options)
        if function in (np.empty_like, np.zeros_like, np.ones_like):
            self.steps.append((function.__name__, 0, 0, result.nbytes))
        return result

    def _counted(self, result):
        counted = np.asarray(result).view(_Counted)
        counted.steps = self.steps
        return counted


def _plain(value):
    return value.view(np.ndarray) if isinstance(value, _Counted) else value


def traffic(function, z):
    """Count what the calls of NumPy in a function read and write.

    Parameters
    ----------
    function : callable
        Takes an array and works on it with NumPy's universal functions.
    z : numpy.ndarray
        Its argument.

    Returns
    -------
    list of Step
        One for each call, in their order. Other work than by universal functions, such as sorting, is not seen.

    Examples
    --------
    >>> for step in traffic(lambda z: np.exp(z).sum(), np.zeros(4)):
    ...     print(*step)
    exp 1.0 1.0 1.0
    add.reduce 1.0 0.25 0.25
    """
    counted = z.copy().view(_Counted)
    counted.steps = []
    function(counted)
    return [Step(name, *(n / z.nbytes for n in counts)) for name, *counts in counted.steps]


@check
def check_traffic(answer):
    """Bytes a number, and fresh arrays, of the softmax in place in float32."""
    pair = run(lambda: answer)
    if pair.shape != (2,) or pair.dtype.kind not in "fiu":
        raise Hint("give two numbers: the bytes, and the fresh arrays.")
    moved, fresh = pair
    if moved == 64:
        raise Hint("64 bytes are those of float64; how many bytes has a number in float32?")
    if moved == 8:
        raise Hint("count passes over memory first, then multiply them by the bytes of a number in float32.")
    if moved == 20:
        raise Hint("you count what is read; three of the steps write as well.")
    if moved == 12:
        raise Hint("you count what is written; each of the five steps reads as well.")
    if moved == 16:
        raise Hint("half of the passes are missing. Writing into p does not save the reading of p.")
    if moved != 32:
        raise Hint("the bytes: list the five steps, and write behind each how often it reads and writes all numbers.")
    if fresh == 3:
        raise Hint("three fresh arrays are those of the textbook form. Which of the steps still needs a new one here?")
    if fresh == 0:
        raise Hint("the result has to be somewhere, and it is not the array of the caller.")
    if fresh != 1:
        raise Hint("the fresh arrays: count those as large as z. An out= or a /= makes none.")


@check
def check_slow(attempt):
    """A right softmax that goes over memory at least twice as often as the textbook form."""
    z = np.random.default_rng(0).normal(size=(50, 200))
    got = run(attempt, z)
    if got.shape == z.shape and np.allclose(got, np.exp(z)):
        raise Hint("these are exponentials; slow, but not yet a softmax.")
    compare(got, activations.softmax(z), "slower, and no longer a softmax of each row.", tolerance=1e-12)
    compare(run(attempt, z + 1000), activations.softmax(z), "right for small scores, wrong near 1000.", tolerance=1e-9)
    steps = traffic(attempt, z)
    passes = sum(step.read + step.written for step in steps)
    if passes < 7.5:
        raise Hint(
            f"the count is {passes:.1f} passes, fewer than the textbook's. Only universal functions of NumPy (+, "
            "np.exp, np.isfinite, .sum …) are counted, and only on what they return; a copy or a sort is not."
        )
    if passes < 16:
        raise Hint(f"right, and {passes:.1f} passes. The textbook form takes 8; find twice as many.")


@check
def check_blocked(attempt):
    """Softmax of one long row, in blocks of classes, without a temporary as large as the row."""
    z = np.random.default_rng(0).normal(size=10)
    expected = activations.softmax(z)
    got = run(attempt, z, 4)
    if got.shape == z.shape and np.isclose(got.sum(), 3):
        raise Hint("the probabilities sum to 3 for 3 blocks: each block still gets a sum of its own.")
    if got.shape == z.shape and not np.allclose(got, expected):
        factors = got / expected
        if np.allclose(factors, factors[0]):
            raise Hint(
                "all are on one scale, but divided by the wrong sum, or by none: each needs the sum over all blocks."
            )
        if np.isclose(factors[0], factors[1]):
            raise Hint("right within the first block only: exponentials with different shifts cannot share a sum.")
    compare(got, expected, "each block should be divided by the sum over all blocks.")
    for shift in (1000.0, -1000.0):
        compare(run(attempt, z + shift, 4), expected, f"wrong for scores near {shift:g}: shift by the largest score.")
    climbing = np.linspace(-2000, 0, 10)
    compare(
        run(attempt, climbing, 2), activations.softmax(climbing), "wrong where a later block has the largest score."
    )
    compare(run(attempt, z, 20), expected, "wrong when one block holds all the classes.")
    large = np.zeros(1 << 17)
    peaks = []

    def measured(z, size):
        tracemalloc.start()
        try:
            return attempt(z, size)
        finally:
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()

    compare(
        run(measured, large, 1024), large + 1 / large.size, "each block should be divided by the sum of all blocks."
    )
    if peaks[0] > 1.5 * large.nbytes:  # the result, and a few blocks
        raise Hint("right, but with a temporary as large as the whole row. Exponentiate a block at a time, into p.")


@check
def check_block_rows(attempt):
    """How many rows make a block that leaves half of the cache to others."""
    got = run(attempt, 1000, 8, 1 << 20)
    typical = {
        65: "that many rows of logits fill the half; the results need as much room.",
        66: "that many rows of logits fill the half; the results need as much room.",
        131: "that fills the whole cache with logits: leave half of it free, and room for the results.",
        262: "an item has 8 bytes, and a block has logits and results.",
        33: "round down: the last row does not fit any more.",
    }
    if got.shape == () and got.dtype.kind == "f" and got != np.floor(got):
        raise Hint(f"{got:.2f} rows; a block has a whole number of them. Use // instead of /.")
    if got.shape == () and int(got) in typical:
        raise Hint(f"for rows of 1000 numbers in float64 and a cache of 1 MiB: {typical[int(got)]}")
    compare(got, 32, "logits and results of a block should fit in half of the cache.")
    compare(run(attempt, 1000, 4, 1 << 20), 65, "a float32 has half the bytes, so a block has twice the rows.")
    got = run(attempt, 1 << 20, 8, 1 << 20)
    if got == 0:
        raise Hint("a row that is larger than the cache gives blocks of 0 rows: no work would ever be done.")
    compare(got, 1, "a row that is larger than the cache is a block by itself.")
    compare(run(attempt, 2, 8, 1 << 20), 1 << 14, "short rows: many of them make a block.")
