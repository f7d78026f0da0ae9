"""Answers to the exercises on online softmax: wrong ones with their hints, right ones in many styles."""

import functools
import itertools

import numpy as np

from softmaxlib import attention, logsumexp, softmax, streaming
from softmaxlib.teaching.exercises.numerics import online_softmax as checks


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


def read_twice(chunks):
    m = max(z.max() for z in chunks)
    return m + np.log(sum(np.exp(z - m).sum() for z in chunks))


def subtract_in_place(chunks):
    total = -np.inf
    for z in chunks:
        m = z.max(initial=-np.inf)
        z -= m
        total = np.logaddexp(total, m + np.log(np.exp(z).sum()))
    return total


def listed_entropy(chunks):
    return stream_entropy(iter(list(chunks)))


def late_mask(Q, K, V, block):
    return np.where(np.tri(len(Q)), softmax(Q @ K.T / 2), 0) @ V


def causal_attention(Q, K, V, block):
    out = np.empty((len(Q), V.shape[1]))
    for i in range(0, len(Q), block):
        q = Q[i : i + block] / np.sqrt(Q.shape[1])
        m, S, A = np.full((len(q), 1), -np.inf), 0.0, 0.0
        for j in range(0, i + len(q), block):
            scores = q @ K[j : j + block].T
            rows, columns = np.indices(scores.shape)
            scores[j + columns > i + rows] = -np.inf
            top = np.maximum(m, scores.max(axis=1, keepdims=True))
            factor, terms = np.exp(m - top), np.exp(scores - top)
            S = factor * S + terms.sum(axis=1, keepdims=True)
            A = factor * A + terms @ V[j : j + block]
            m = top
        out[i : i + block] = A / S
    return out


WRONG = [
    (checks.check_records, 1000, "one special order"),
    (checks.check_records, 500, "an even chance"),
    (checks.check_records, np.log(1000), "how the mean grows"),
    (checks.check_records, 9.97, "the height of a tree"),
    (checks.check_records, 6.5, "the first score is a new maximum"),
    (checks.check_records, 31.6, "31.6 is not it"),
    (checks.check_records, 499.5, "an even chance"),
    (checks.check_records, 3, "to the base 10"),
    (checks.check_records, 7.4, "close; make it right to 1 decimal\\."),
    (checks.check_records, "7.5", "one number expected"),
    (checks.check_stream_lse, 3, "pass your function itself"),
    (
        checks.check_stream_lse,
        lambda chunks: stream_lse(chunks, stale=True),
        "the largest score comes last",
    ),
    (
        checks.check_stream_lse,
        lambda chunks: stream_lse(chunks, padded=False),
        "the first chunk is all -inf",
    ),
    (
        checks.check_stream_lse,
        lambda chunks: stream_lse(chunks, empty=False),
        "your function raised ValueError",
    ),
    (
        checks.check_stream_lse,
        lambda chunks: stream_lse(chunks, shifted=False),
        "an exponential overflows",
    ),
    (checks.check_stream_lse, lambda chunks: logsumexp(next(chunks)), "one chunk is right, two are not"),
    (checks.check_stream_lse, lambda chunks: logsumexp(np.concatenate(list(chunks))), "holds all chunks at once"),
    (checks.check_stream_lse, lambda chunks: np.logaddexp(0, stream_lse(chunks)), "a start at 0"),
    (checks.check_stream_lse, read_twice, "nothing is left in the iterator"),
    (checks.check_stream_lse, lambda chunks: sum(np.exp(z).sum() for z in chunks), "take its logarithm"),
    (checks.check_stream_lse, lambda chunks: stream_lse(chunks) / np.log(2), "to the base 2"),
    (checks.check_stream_lse, subtract_in_place, "changes its input"),
    (checks.check_stream_lse, lambda chunks: stream_lse(chunks).round(4), "rounds to 4 decimals"),
    (checks.check_merge_rest, lambda a, b: merge_rest(a, b, own=0), "its term, too, joins the rest"),
    (checks.check_merge_rest, lambda a, b: (max(a[0], b[0]), 1 + np.exp(-1)), "that is the whole sum"),
    (checks.check_merge_rest, lambda a, b: merge_rest(a, b, swap=False), "which state comes first"),
    (checks.check_merge_rest, lambda a, b: merge_rest(a, b, hold=1), "its digits are gone"),
    (
        checks.check_merge_rest,
        lambda a, b: merge_rest(a, b, careful=False),
        "nothing and nothing is nothing",
    ),
    (checks.check_merge_rest, lambda a, b: merge_rest(a, b)[::-1], "the largest score comes first"),
    (checks.check_merge_rest, lambda a, b: merge_rest(a, b)[1], r"shape \(2,\) expected, got shape \(\)"),
    (checks.check_stream_entropy, 3, "pass your function itself"),
    (checks.check_stream_entropy, lambda chunks: stream_entropy(chunks, moved=False), "each d moves"),
    (
        checks.check_stream_entropy,
        lambda chunks: stream_entropy(chunks, scaled=False),
        "changes the sum",
    ),
    (
        checks.check_stream_entropy,
        lambda chunks: stream_entropy(chunks, sign=-1),
        "an entropy is not negative",
    ),
    (checks.check_stream_entropy, lambda chunks: stream_entropy(chunks) / np.log(2), "that is in bits"),
    (checks.check_stream_entropy, entropy_of_means, "right near 0, wrong for large scores"),
    (checks.check_stream_entropy, lambda chunks: stream_entropy(chunks) / np.log(10), "to the base 10"),
    (checks.check_stream_entropy, lambda chunks: logsumexp(np.concatenate(list(chunks))), "subtract the mean score"),
    (checks.check_stream_entropy, listed_entropy, "holds all chunks at once"),
    (
        checks.check_causal,
        lambda Q, K, V, block: attention.scaled_dot_product(Q, K, V),
        "still sees all keys",
    ),
    (checks.check_stream_entropy, lambda chunks: np.nan, "nan for small scores"),
    (checks.check_causal, lambda Q, K, V, block: V[:3], "one row of values for each query"),
    (
        checks.check_causal,
        lambda Q, K, V, block: masked_attention(Q, K, V, np.tri(7).T == 1),
        "transposed",
    ),
    (
        checks.check_causal,
        lambda Q, K, V, block: masked_attention(Q, K, V, hidden=0),
        "does not hide a key",
    ),
    (
        checks.check_causal,
        lambda Q, K, V, block: masked_attention(Q, K, V, scale=1),
        "the root of the number",
    ),
    (checks.check_causal, lambda Q, K, V, block: V * np.nan, "Leave it out"),
    (checks.check_causal, blind_attention, "later ones are not"),
    (checks.check_causal, lambda Q, K, V, block: masked_attention(Q, K, V), "all the scores at once"),
    (checks.check_causal, lambda Q, K, V, block: masked_attention(Q, K, V, np.tri(7, k=-1) == 1), "its own key, too"),
    (checks.check_causal, lambda Q, K, V, block: masked_attention(Q, K, V, scale=4), "the .root. of the number"),
    (checks.check_causal, late_mask, "hide keys after the softmax"),
]

RIGHT = [
    (checks.check_records, 7.5),
    (checks.check_records, [7.485]),
    (checks.check_records, sum(1 / i for i in range(1, 1001))),
    (checks.check_stream_lse, stream_lse),
    (checks.check_stream_lse, lambda chunks: functools.reduce(np.logaddexp, itertools.chain.from_iterable(chunks))),
    (checks.check_stream_lse, lambda chunks: [streaming.logsumexp(chunks)]),
    (checks.check_merge_rest, merge_rest),
    (checks.check_merge_rest, lambda a, b: np.array(merge_rest(a, b))),
    (checks.check_stream_entropy, stream_entropy),
    (checks.check_stream_entropy, lambda chunks: np.array([stream_entropy(chunks)])),
    (checks.check_causal, causal_attention),
]
