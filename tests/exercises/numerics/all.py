"""Wrong answers to the exercises of Part IV, and the hint each must get: (check, attempt, regular expression)."""

import numpy as np

from softmaxlib import attention, logsumexp, naive, softmax, sum_normalize
from softmaxlib.teaching.exercises.numerics import accuracy as accuracy_checks
from softmaxlib.teaching.exercises.numerics import online_softmax as online_softmax_checks
from softmaxlib.teaching.exercises.numerics import speed as speed_checks


def fast_of_larger(a, b):
    a, b = (a, b) if abs(a) >= abs(b) else (b, a)
    return b - ((a + b) - a)


def stream_lse(chunks, stale=False, padded=True, empty=True, shifted=True):
    m, S = -np.inf, 0.0
    for z in chunks:
        if not z.size and empty:
            continue
        top = max(m, z.max())
        if padded and top == -np.inf:
            continue
        if not shifted:
            S, m = S + np.exp(z).sum(), 0
            continue
        S = S * (1 if stale else np.exp(m - top)) + np.exp(z - top).sum()
        m = top
    return m + np.log(S)


def merge_rest(a, b, own=1, hold=0, swap=True, careful=True):
    if swap and b[0] > a[0]:
        a, b = b, a
    if careful and b[0] == -np.inf:
        return a
    return a[0], (hold + a[1] + np.exp(b[0] - a[0]) * (own + b[1])) - hold


def stream_entropy(chunks, moved=True, scaled=True, sign=1):
    m, S, B = -np.inf, 0.0, 0.0
    for z in chunks:
        top = max(m, z.max())
        if S > 0:
            factor = np.exp(m - top) if scaled else 1
            S, B = factor * S, factor * (B + moved * (m - top) * S)
        m, d = top, z - top
        S, B = S + np.exp(d).sum(), B + (d * np.exp(d)).sum()
    return sign * (np.log(S) - B / S)


def entropy_of_means(chunks):
    z = np.concatenate(list(chunks))
    return logsumexp(z) - softmax(z) @ z


def masked_attention(Q, K, V, seen=None, hidden=-np.inf, scale=2):
    seen = np.tri(len(Q), len(K), dtype=bool) if seen is None else seen
    return softmax(np.where(seen, Q @ K.T / scale, hidden)) @ V


def blind_attention(Q, K, V, block):
    parts = [slice(i, i + block) for i in range(0, len(Q), block)]
    return np.concatenate([masked_attention(Q[part], K[: len(Q[part])], V[: len(Q[part])]) for part in parts])


def rows_softmax(z):
    exps = np.exp(z - z.max(axis=1, keepdims=True))
    return exps / exps.sum(axis=1, keepdims=True)


def blocks_alone(z, size):
    return np.concatenate([softmax(z[i : i + size]) for i in range(0, len(z), size)])


def blocks_of_their_own(z, size):
    blocks = [z[i : i + size] for i in range(0, len(z), size)]
    return sum_normalize(np.concatenate([np.exp(block - block.max()) for block in blocks]))


HINTS = [
    (accuracy_checks.check_ceiling, 17.33, "over one other class"),
    (accuracy_checks.check_ceiling, 23.54, "twice as dense"),
    (accuracy_checks.check_ceiling, 16.64, "count all of the thousand others"),
    (accuracy_checks.check_ceiling, 10.42, "harder to reach"),
    (accuracy_checks.check_ceiling, 43.64, "a float32 has 24 bits"),
    (accuracy_checks.check_ceiling, 34.97, "a number of bits"),
    (accuracy_checks.check_ceiling, 10.53, "decimal digits"),
    (accuracy_checks.check_ceiling, 3, "the mass of all the others"),
    (accuracy_checks.check_rounding_error, lambda a, b: b - ((a + b) - a), "the second number is the larger one"),
    (accuracy_checks.check_rounding_error, lambda a, b: a + b, "the rounded sum itself"),
    (accuracy_checks.check_rounding_error, lambda a, b: ((a + b) - a) - b, "rounded one .plus. the error"),
    (accuracy_checks.check_rounding_error, lambda a, b: 0.0, "not the error"),
    (accuracy_checks.check_rounding_error, lambda a, b: (a + b, 0.0), "return the error alone"),
    (accuracy_checks.check_rounding_error, lambda a, b: "0", "return one number"),
    (accuracy_checks.check_rounding_error, fast_of_larger, "your function raised ValueError"),
    (accuracy_checks.check_condition, lambda z: abs(softmax(z) @ z / logsumexp(z)), "take .z_j."),
    (
        accuracy_checks.check_condition,
        lambda z: softmax(z) @ abs(z) / logsumexp(z),
        "absolute value of the log-sum-exp",
    ),
    (accuracy_checks.check_condition, lambda z: softmax(z) @ abs(z), "the size of the result"),
    (accuracy_checks.check_condition, lambda z: abs(z).sum() / abs(logsumexp(z)), "which is its probability"),
    (accuracy_checks.check_condition, lambda z: softmax(z) @ abs(z) / abs(logsumexp(z)), "0 times inf is nan"),
    (accuracy_checks.check_condition, lambda z: 3.0, "3 is not it"),
    (accuracy_checks.check_condition, softmax, "one number for a row"),
    (accuracy_checks.check_terms, [1.0], "2 to 5000 numbers"),
    (accuracy_checks.check_terms, [1.0, -1.0, 2.0**-60], "positive and finite"),
    (accuracy_checks.check_terms, [0.5] * 8, "one order only"),
    (accuracy_checks.check_terms, [1.0] + [1e-3] * 100, "vanishes next to the sum"),
    (accuracy_checks.check_terms, [1.0] + [2.0**-53] * 50, "take many"),
    (accuracy_checks.check_terms, [0.1] * 1000, "smallest first loses"),
    (accuracy_checks.check_complement, lambda z: 1 - softmax(z).max(), "Do not subtract|lost the rest"),
    (accuracy_checks.check_complement, lambda z: softmax(z).max(), "the probability of the winner"),
    (accuracy_checks.check_complement, lambda z: softmax(z)[z < z.max()].sum(), "two classes tie"),
    (
        accuracy_checks.check_complement,
        lambda z: np.delete(naive.softmax(z), z.argmax()).sum(),
        "plain exponential overflows",
    ),
    (accuracy_checks.check_complement, softmax, "one number for a row"),
    (speed_checks.check_traffic, 32, "give two numbers"),
    (speed_checks.check_traffic, (64, 3), "those of float64"),
    (speed_checks.check_traffic, (8, 1), "multiply them by the bytes"),
    (speed_checks.check_traffic, (20, 1), "three of the steps write"),
    (speed_checks.check_traffic, (12, 1), "each of the five steps reads"),
    (speed_checks.check_traffic, (16, 1), "half of the passes"),
    (speed_checks.check_traffic, (5, 1), "the bytes: list the five steps"),
    (speed_checks.check_traffic, (32, 3), "those of the textbook form"),
    (speed_checks.check_traffic, (32, 0), "has to be somewhere"),
    (speed_checks.check_traffic, (32, 2), "count those as large as z"),
    (speed_checks.check_slow, np.exp, "not yet a softmax"),
    (speed_checks.check_slow, lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True), "near 1000"),
    (speed_checks.check_slow, lambda z: np.exp(z) / np.exp(z).sum(), "no longer a softmax of each row"),
    (speed_checks.check_slow, softmax, "fewer than the textbook's"),
    (speed_checks.check_slow, rows_softmax, "right, and 8.0 passes"),
    (speed_checks.check_blocked, blocks_alone, "sum to 3 for 3 blocks"),
    (speed_checks.check_blocked, blocks_of_their_own, "cannot share a sum"),
    (speed_checks.check_blocked, lambda z, size: np.exp(z) / np.exp(z).sum(), "wrong for scores near 1000"),
    (speed_checks.check_blocked, lambda z, size: rows_softmax(z[np.newaxis])[0], "temporary as large"),
    (
        speed_checks.check_blocked,
        lambda z, size: np.exp(z - z[:size].max()) / np.exp(z - z[:size].max()).sum(),
        "a later block",
    ),
    (speed_checks.check_blocked, lambda z, size: np.exp(z), "on one scale"),
    (
        speed_checks.check_block_rows,
        lambda K, itemsize, cache: cache // (2 * K * itemsize),
        "the results need as much room",
    ),
    (speed_checks.check_block_rows, lambda K, itemsize, cache: cache // (K * itemsize), "fills the whole cache"),
    (speed_checks.check_block_rows, lambda K, itemsize, cache: cache // (4 * K), "an item has 8 bytes"),
    (speed_checks.check_block_rows, lambda K, itemsize, cache: cache / (4 * K * itemsize), "a whole number"),
    (speed_checks.check_block_rows, lambda K, itemsize, cache: -(-cache // (4 * K * itemsize)), "round down"),
    (speed_checks.check_block_rows, lambda K, itemsize, cache: cache // (4 * K * itemsize), "blocks of 0 rows"),
    (speed_checks.check_block_rows, lambda K, itemsize, cache: max(1, cache // (32 * K)), "has half the bytes"),
    (online_softmax_checks.check_records, 1000, "one special order"),
    (online_softmax_checks.check_records, 500, "an even chance"),
    (online_softmax_checks.check_records, np.log(1000), "how the mean grows"),
    (online_softmax_checks.check_records, 9.97, "the height of a tree"),
    (online_softmax_checks.check_records, 6.5, "the first score is a new maximum"),
    (online_softmax_checks.check_records, 31.6, "31.6 is not it"),
    (online_softmax_checks.check_stream_lse, 3, "pass your function itself"),
    (
        online_softmax_checks.check_stream_lse,
        lambda chunks: stream_lse(chunks, stale=True),
        "the largest score comes last",
    ),
    (
        online_softmax_checks.check_stream_lse,
        lambda chunks: stream_lse(chunks, padded=False),
        "the first chunk is all -inf",
    ),
    (
        online_softmax_checks.check_stream_lse,
        lambda chunks: stream_lse(chunks, empty=False),
        "your function raised ValueError",
    ),
    (
        online_softmax_checks.check_stream_lse,
        lambda chunks: stream_lse(chunks, shifted=False),
        "an exponential overflows",
    ),
    (online_softmax_checks.check_stream_lse, lambda chunks: logsumexp(next(chunks)), "one chunk is right, two are not"),
    (online_softmax_checks.check_merge_rest, lambda a, b: merge_rest(a, b, own=0), "its term, too, joins the rest"),
    (online_softmax_checks.check_merge_rest, lambda a, b: (max(a[0], b[0]), 1 + np.exp(-1)), "that is the whole sum"),
    (online_softmax_checks.check_merge_rest, lambda a, b: merge_rest(a, b, swap=False), "which state comes first"),
    (online_softmax_checks.check_merge_rest, lambda a, b: merge_rest(a, b, hold=1), "its digits are gone"),
    (
        online_softmax_checks.check_merge_rest,
        lambda a, b: merge_rest(a, b, careful=False),
        "nothing and nothing is nothing",
    ),
    (online_softmax_checks.check_stream_entropy, 3, "pass your function itself"),
    (online_softmax_checks.check_stream_entropy, lambda chunks: stream_entropy(chunks, moved=False), "each d moves"),
    (
        online_softmax_checks.check_stream_entropy,
        lambda chunks: stream_entropy(chunks, scaled=False),
        "changes the sum",
    ),
    (
        online_softmax_checks.check_stream_entropy,
        lambda chunks: stream_entropy(chunks, sign=-1),
        "an entropy is not negative",
    ),
    (online_softmax_checks.check_stream_entropy, lambda chunks: stream_entropy(chunks) / np.log(2), "that is in bits"),
    (online_softmax_checks.check_stream_entropy, entropy_of_means, "right near 0, wrong for large scores"),
    (
        online_softmax_checks.check_causal,
        lambda Q, K, V, block: attention.scaled_dot_product(Q, K, V),
        "still sees all keys",
    ),
    (online_softmax_checks.check_causal, lambda Q, K, V, block: V[:3], "one row of values for each query"),
    (
        online_softmax_checks.check_causal,
        lambda Q, K, V, block: masked_attention(Q, K, V, np.tri(7).T == 1),
        "transposed",
    ),
    (
        online_softmax_checks.check_causal,
        lambda Q, K, V, block: masked_attention(Q, K, V, hidden=0),
        "does not hide a key",
    ),
    (
        online_softmax_checks.check_causal,
        lambda Q, K, V, block: masked_attention(Q, K, V, scale=1),
        "the root of the number",
    ),
    (online_softmax_checks.check_causal, lambda Q, K, V, block: V * np.nan, "Leave it out"),
    (online_softmax_checks.check_causal, blind_attention, "later ones are not"),
    (online_softmax_checks.check_causal, lambda Q, K, V, block: masked_attention(Q, K, V), "all the scores at once"),
]
