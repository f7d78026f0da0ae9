"""Checks of the chapter on speed."""

import tracemalloc

import numpy as np

from softmaxlib import activations
from softmaxlib.teaching.exercises.checking import Hint, check, compare, run
from softmaxlib.teaching.traffic import traffic


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
