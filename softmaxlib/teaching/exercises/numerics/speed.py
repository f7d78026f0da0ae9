"""Checks of the chapter on speed."""

import numpy as np

from softmaxlib import activations
from softmaxlib.teaching.exercises.checking import Hint, call, check, compare, numbers, peak_memory, recognize, run
from softmaxlib.teaching.traffic import traffic


@check
def check_traffic(answer):
    """Bytes a number, and fresh arrays, of the softmax in place in float32."""
    moved, fresh = numbers(answer, (2,), "two numbers (bytes, fresh arrays)")
    recognize(
        moved,
        [
            (64, "64 bytes are those of float64; how many bytes has a number in float32?"),
            (8, "count passes over memory first, then multiply them by the bytes of a number in float32."),
            (20, "you count what is read; three of the steps write as well."),
            (12, "you count what is written; each of the five steps reads as well."),
            (16, "half of the passes are missing. Writing into p does not save the reading of p."),
            (1, "the bytes come first, then the fresh arrays."),
        ],
    )
    if moved != 32:
        raise Hint("the bytes: list the five steps, and write behind each how often it reads and writes all numbers.")
    recognize(
        fresh,
        [
            (3, "three fresh arrays are those of the textbook form. Which of the steps still needs a new one here?"),
            (0, "the result has to be somewhere, and it is not the array of the caller."),
        ],
    )
    if fresh != 1:
        raise Hint("the fresh arrays: count those as large as z. An out= or a /= makes none.")


@check
def check_slow(attempt):
    """A right softmax that goes over memory at least twice as often as the textbook form."""
    z = np.random.default_rng(0).normal(size=(50, 200))
    right = activations.softmax(z)
    mistakes = [
        (np.exp(z), "these are exponentials; slow, but not yet a softmax."),
        (activations.softmax(z, axis=0), "your columns sum to 1; each row should."),
        (activations.softmax(z, axis=None), "the whole table sums to 1; each row should."),
        (activations.softmax(right), "that is the softmax of a softmax; be slow in another way."),
    ]
    compare(run(attempt, z), right, "slower, and no longer a softmax of each row.", (z,), mistakes)
    got = run(attempt, z + 1000)
    if np.isnan(got).any():
        raise Hint("right for small scores, nan near 1000: an exponential overflows.")
    compare(got, activations.softmax(z + 1000), "right for small scores only.", "near 1000")
    steps = call(lambda table: traffic(attempt, table), z)
    passes = np.floor(10 * sum(step.read + step.written for step in steps)) / 10
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
    if got.shape == z.shape and not np.allclose(got, expected):
        if np.isclose(got.sum(), 3):
            raise Hint("the probabilities sum to 3 for 3 blocks: each block still gets a sum of its own.")
        factors = got / expected
        if np.allclose(factors, factors[0]):
            raise Hint(
                "all are on one scale, but divided by the wrong sum, or by none: each needs the sum over all blocks."
            )
        if np.isclose(factors[0], factors[1]):
            raise Hint("right within the first block only: exponentials with different shifts cannot share a sum.")
    compare(got, expected, "each block should be divided by the sum over all blocks.", (z, 4))
    for shift in (1000.0, -1000.0):
        got = run(attempt, z + shift, 4)
        compare(got, activations.softmax(z + shift), "shift by the largest score.", f"for scores near {shift:g}")
    climbing = np.linspace(-2000, 0, 10)
    hint = "wrong where a later block has the largest score."
    compare(run(attempt, climbing, 2), activations.softmax(climbing), hint, "climbing scores")
    compare(run(attempt, z, 20), expected, "wrong when one block holds all the classes.", (z, 20))
    large = np.zeros(1 << 17)
    got, held = peak_memory(attempt, large, 1024)
    compare(got, large + 1 / large.size, "each block should be divided by the sum of all blocks.", (large, 1024))
    if held > 1.5 * large.nbytes:  # the result, and a few blocks
        raise Hint("right, but with a temporary as large as the whole row. Exponentiate a block at a time, into p.")


@check
def check_block_rows(attempt):
    """How many rows make a block that leaves half of the cache to others."""
    K, itemsize, cache = 1000, 8, 1 << 20
    results = "that many rows of logits fill the half; the results need as much room."
    mistakes = [
        (65, results),
        (66, results),
        (131, "that fills the whole cache with logits: leave half of it free, and room for the results."),
        (262, "an item has 8 bytes, and a block has logits and results."),
        (33, "round down: the last row does not fit any more."),
    ]
    got = run(attempt, K, itemsize, cache)
    if got.size == 1 and got != np.floor(got):
        raise Hint(f"{got.item():.5g} rows; a block has a whole number of them. Use // instead of /.")
    compare(got, 32, "logits and results of a block should fit in half of the cache.", (K, itemsize, cache), mistakes)
    given = (K, 4, cache)
    compare(run(attempt, *given), 65, "a float32 has half the bytes, so a block has twice the rows.", given)
    given = (1 << 20, 8, cache)
    zero = [(0, "a row that is larger than the cache gives blocks of 0 rows: no work would ever be done.")]
    compare(run(attempt, *given), 1, "a row that is larger than the cache is a block by itself.", given, zero)
    given = (2, 8, cache)
    compare(run(attempt, *given), 1 << 14, "short rows: many of them make a block.", given)
