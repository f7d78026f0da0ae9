"""Answers to the exercises on speed: wrong ones with their hints, right ones in many styles."""

import numpy as np

from softmaxlib import softmax, sum_normalize
from softmaxlib.teaching.exercises.numerics import speed as checks


def rows_softmax(z):
    exps = np.exp(z - z.max(axis=1, keepdims=True))
    return exps / exps.sum(axis=1, keepdims=True)


def blocks_alone(z, size):
    return np.concatenate([softmax(z[i : i + size]) for i in range(0, len(z), size)])


def blocks_of_their_own(z, size):
    blocks = [z[i : i + size] for i in range(0, len(z), size)]
    return sum_normalize(np.concatenate([np.exp(block - block.max()) for block in blocks]))


def slow_softmax(z):
    z = np.clip(z, -1e6, 1e6)
    assert np.isfinite(z).all()
    exps = np.exp(z - z.max(axis=1, keepdims=True)) + 1e-300
    p = np.clip(exps / exps.sum(axis=1, keepdims=True), 0, 1)
    return p / p.sum(axis=1, keepdims=True)


def blocked_row(z, size):
    p, top, total = np.empty_like(z), z.max(), 0.0
    for i in range(0, len(z), size):
        p[i : i + size] = np.exp(z[i : i + size] - top)
        total += p[i : i + size].sum()
    p /= total
    return p


def two_readings(z, size):
    m, S = -np.inf, 0.0
    for i in range(0, len(z), size):
        block = z[i : i + size]
        top = max(m, block.max())
        m, S = top, S * np.exp(m - top) + np.exp(block - top).sum()
    p = np.empty_like(z)
    for i in range(0, len(z), size):
        p[i : i + size] = np.exp(z[i : i + size] - m) / S
    return p


WRONG = [
    (checks.check_traffic, 32, "two numbers .* expected"),
    (checks.check_traffic, (64, 3), "those of float64"),
    (checks.check_traffic, (8, 1), "multiply them by the bytes"),
    (checks.check_traffic, (20, 1), "three of the steps write"),
    (checks.check_traffic, (12, 1), "each of the five steps reads"),
    (checks.check_traffic, (16, 1), "half of the passes"),
    (checks.check_traffic, (5, 1), "the bytes: list the five steps"),
    (checks.check_traffic, (32, 3), "those of the textbook form"),
    (checks.check_traffic, (32, 0), "has to be somewhere"),
    (checks.check_traffic, (32, 2), "count those as large as z"),
    (checks.check_traffic, (1, 32), "the bytes come first"),
    (checks.check_traffic, ("32", "1"), "two numbers .* expected, got"),
    (checks.check_slow, np.exp, "not yet a softmax"),
    (checks.check_slow, lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True), "near 1000"),
    (checks.check_slow, lambda z: np.exp(z) / np.exp(z).sum(), "the whole table sums to 1"),
    (checks.check_slow, softmax, "fewer than the textbook's"),
    (checks.check_slow, rows_softmax, "right, and 8.0 passes"),
    (checks.check_slow, lambda z: softmax(z, axis=0), "your columns sum to 1"),
    (checks.check_slow, lambda z: softmax(softmax(z)), "the softmax of a softmax"),
    (checks.check_slow, lambda z: rows_softmax(np.clip(z, -500, 500)), "right for small scores only"),
    (checks.check_slow, lambda z: np.exp(z - z.max(axis=1)) / 2, "raised ValueError: .* keepdims=True"),
    (checks.check_slow, lambda z: rows_softmax(z).astype(np.float32), "close: off by .* in float32"),
    (checks.check_slow, lambda z: rows_softmax(z) if type(z) is np.ndarray else z["a"], "your function raised"),
    (checks.check_blocked, blocks_alone, "sum to 3 for 3 blocks"),
    (checks.check_blocked, blocks_of_their_own, "cannot share a sum"),
    (
        checks.check_blocked,
        lambda z, size: np.exp(z) / np.exp(z).sum(),
        "for scores near 1000: at .0. expected 0.08055, got nan",
    ),
    (checks.check_blocked, lambda z, size: rows_softmax(z[np.newaxis])[0], "temporary as large"),
    (
        checks.check_blocked,
        lambda z, size: np.exp(z - z[:size].max()) / np.exp(z - z[:size].max()).sum(),
        "a later block",
    ),
    (checks.check_blocked, lambda z, size: np.exp(z), "on one scale"),
    (checks.check_blocked, lambda z, size: softmax(z)[:size], r"shape \(10,\) expected, got shape \(4,\)"),
    (checks.check_blocked, lambda z, size: [], r"shape \(10,\) expected, got shape \(0,\)"),
    (
        checks.check_block_rows,
        lambda K, itemsize, cache: cache // (2 * K * itemsize),
        "the results need as much room",
    ),
    (checks.check_block_rows, lambda K, itemsize, cache: cache // (K * itemsize), "fills the whole cache"),
    (checks.check_block_rows, lambda K, itemsize, cache: cache // (4 * K), "an item has 8 bytes"),
    (checks.check_block_rows, lambda K, itemsize, cache: cache / (4 * K * itemsize), "a whole number"),
    (checks.check_block_rows, lambda K, itemsize, cache: -(-cache // (4 * K * itemsize)), "round down"),
    (checks.check_block_rows, lambda K, itemsize, cache: cache // (4 * K * itemsize), "blocks of 0 rows"),
    (checks.check_block_rows, lambda K, itemsize, cache: max(1, cache // (32 * K)), "has half the bytes"),
    (checks.check_block_rows, lambda K, itemsize, cache: max(1, cache // (4 * K * 8)), "has half the bytes"),
    (checks.check_block_rows, lambda K, itemsize, cache: np.nan, "nan rows"),
]

RIGHT = [
    (checks.check_traffic, (32, 1)),
    (checks.check_traffic, [32.0, 1.0]),
    (checks.check_traffic, np.array([32, 1])),
    (checks.check_slow, slow_softmax),
    (checks.check_slow, lambda z: rows_softmax(rows_softmax(z) * 0 + z + 0 + 0 + 0 + 0)),
    (checks.check_blocked, blocked_row),
    (checks.check_blocked, lambda z, size: two_readings(z, size)),
    (checks.check_block_rows, lambda K, itemsize, cache: max(1, cache // (4 * K * itemsize))),
    (checks.check_block_rows, lambda K, itemsize, cache: int(cache / 2 / (2 * K * itemsize)) or 1),
    (checks.check_block_rows, lambda K, itemsize, cache: max(1.0, np.floor(cache / (4 * K * itemsize)))),
]
