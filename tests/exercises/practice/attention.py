"""Answers to the exercises on attention: wrong ones with their hints, right ones in many styles."""

import numpy as np

from softmaxlib import log_softmax, softmax
from softmaxlib.attention import attention_weights, scaled_dot_product
from softmaxlib.teaching.exercises.practice import attention as checks


def keys(lengths, n):
    return (np.arange(n) < np.asarray(lengths)[:, None])[:, None, :]


def seen(lengths, n):
    return np.tri(n, dtype=bool) & keys(lengths, n)


def with_queries(lengths, n):
    return seen(lengths, n) & keys(lengths, n).swapaxes(1, 2)


def seen_by_loops(lengths, n):
    return [[[j <= i and j < length for j in range(n)] for i in range(n)] for length in lengths]


def seen_by_product(lengths, n):
    return np.tril(np.ones((n, n), dtype=int)) * keys(lengths, n)


def only_causal(lengths, n):
    return np.tile(np.tri(n, dtype=bool), (len(lengths), 1, 1))


def one_off(lengths, n):
    return np.tri(n, dtype=bool) & (np.arange(n) <= lengths[:, None])[:, None, :]


def in_front(lengths, n):
    return np.tri(n, dtype=bool) & (np.arange(n) >= n - lengths[:, None])[:, None, :]


def filled_to_the_longest(lengths, n):
    return seen(lengths, max(lengths))


def split(X, heads):
    batch, n, d = X.shape
    return X.reshape(batch, n, heads, d // heads).swapaxes(1, 2)


def join(X):
    batch, heads, n, size = X.shape
    return X.swapaxes(1, 2).reshape(batch, n, heads * size)


def multi_head(Q, K, V, heads, **options):
    return join(scaled_dot_product(split(Q, heads), split(K, heads), split(V, heads), **options))


def head_by_head(Q, K, V, heads):
    size = Q.shape[-1] // heads
    columns = [slice(i * size, (i + 1) * size) for i in range(heads)]
    return np.concatenate([scaled_dot_product(Q[..., c], K[..., c], V[..., c]) for c in columns], axis=-1)


def by_np_split(Q, K, V, heads):
    parts = zip(*(np.split(array, heads, axis=-1) for array in (Q, K, V)), strict=True)
    return np.dstack([attention_weights(q, k) @ v for q, k, v in parts])


def by_einsum(Q, K, V, heads):
    Q, K, V = (array.reshape(*array.shape[:2], heads, -1) for array in (Q, K, V))
    P = softmax(np.einsum("bihc,bjhc->bhij", Q, K) / np.sqrt(Q.shape[-1]))
    return np.einsum("bhij,bjhc->bihc", P, V).reshape(*Q.shape[:2], -1)


def reshaped(Q, K, V, heads):
    batch, n, d = Q.shape
    parts = (array.reshape(batch, heads, n, d // heads) for array in (Q, K, V))
    return scaled_dot_product(*parts)


def interleaved(Q, K, V, heads):
    batch, n, d = Q.shape
    parts = (array.reshape(batch, n, d // heads, heads).transpose(0, 3, 1, 2) for array in (Q, K, V))
    return scaled_dot_product(*parts).transpose(0, 2, 3, 1).reshape(batch, n, d)


def over_queries(Q, K, V, heads):
    Q, K, V = (split(array, heads) for array in (Q, K, V))
    return join(softmax(Q @ K.swapaxes(2, 3) / np.sqrt(Q.shape[-1]), axis=2) @ V)


def with_zero(z):
    return softmax(np.concatenate([z, np.zeros((*z.shape[:-1], 1))], axis=-1))[..., :-1]


def by_shift(z):
    m = np.maximum(z.max(axis=-1, keepdims=True), 0)
    terms = np.exp(z - m)
    return terms / (np.exp(-m) + terms.sum(axis=-1, keepdims=True))


def by_logarithms(z):
    return np.exp(log_softmax(np.pad(z, [(0, 0), (0, 1)]))[:, :-1])


def by_rows(z):
    found = []
    for row in z:
        m = max(*row, 0)
        below = np.exp(-m) + sum(np.exp(x - m) for x in row)
        found.append([np.exp(x - m) / below for x in row])
    return found


def unshifted(z):
    return np.exp(z) / (1 + np.exp(z).sum(axis=-1, keepdims=True))


def one_after_shift(z):
    terms = np.exp(z - z.max(axis=-1, keepdims=True))
    return terms / (1 + terms.sum(axis=-1, keepdims=True))


def only_if_positive(z):
    return np.where(z.max(axis=-1, keepdims=True) < -100, softmax(z), with_zero(z))


WRONG = [
    (checks.check_mask, lambda lengths, n: ~seen(lengths, n), "True should mean seen"),
    (checks.check_mask, with_queries, "mask the keys only"),
    (checks.check_mask, lambda lengths, n: np.repeat(keys(lengths, n), n, axis=1), "keys that come after"),
    (checks.check_mask, only_causal, "padding is still seen"),
    (checks.check_mask, lambda lengths, n: np.tri(n, dtype=bool), "each sequence of the batch"),
    (checks.check_mask, keys, "the causal mask is missing"),
    (checks.check_mask, lambda lengths, n: np.tri(n, dtype=bool).T & keys(lengths, n), "the wrong way"),
    (checks.check_mask, lambda lengths, n: np.tri(n, k=-1, dtype=bool) & keys(lengths, n), "its own key"),
    (
        checks.check_mask,
        lambda lengths, n: np.tri(n, dtype=bool) & keys(lengths, n).swapaxes(1, 2),
        "mask the keys only",
    ),
    (checks.check_mask, lambda lengths, n: np.tri(n, dtype=bool) | keys(lengths, n), "join them by &"),
    (checks.check_mask, one_off, "one key too many"),
    (checks.check_mask, in_front, "at the end here"),
    (checks.check_mask, lambda lengths, n: np.where(seen(lengths, n), 0, -np.inf), "the additive mask"),
    (checks.check_mask, lambda lengths, n: np.ones((len(lengths), n, n)), "not after the query"),
    (checks.check_mask, filled_to_the_longest, r"shape \(2, 5, 5\) expected"),
    (checks.check_heads, reshaped, "expected"),
    (checks.check_heads, lambda Q, K, V, heads: multi_head(Q, K, V, 3), "not for 2"),
    (checks.check_heads, lambda Q, K, V, heads: reshaped(Q, K, V, heads).reshape(Q.shape), "mixes the rows"),
    (checks.check_heads, lambda Q, K, V, heads: join(reshaped(Q, K, V, heads)), "mixes the rows"),
    (
        checks.check_heads,
        lambda Q, K, V, heads: scaled_dot_product(split(Q, heads), split(K, heads), split(V, heads)),
        "not joined yet",
    ),
    (
        checks.check_heads,
        lambda Q, K, V, heads: scaled_dot_product(split(Q, heads), split(K, heads), split(V, heads)).reshape(Q.shape),
        "joined by reshape alone",
    ),
    (checks.check_heads, lambda Q, K, V, heads: scaled_dot_product(Q, K, V), "one head"),
    (checks.check_heads, lambda Q, K, V, heads: multi_head(Q, K, V, heads, scale=6**-0.5), "the scale of a head"),
    (checks.check_heads, lambda Q, K, V, heads: multi_head(Q, K, V, heads, scale=1), "are not divided"),
    (checks.check_heads, interleaved, "stand side by side"),
    (checks.check_heads, over_queries, "over the queries"),
    (checks.check_heads, lambda Q, K, V, heads: V, "split each of the three"),
    (checks.check_one, softmax, "the 1 is missing"),
    (checks.check_one, one_after_shift, "the 1 has to become"),
    (checks.check_one, lambda z: 1 / (1 + np.exp(-z)), "sigmoid of each score"),
    (checks.check_one, lambda z: np.exp(z) / (1 + np.exp(z).sum()), "whole table"),
    (checks.check_one, lambda z: np.exp(z) / (1 + np.exp(z).sum(axis=0)), "over the rows"),
    (
        checks.check_one,
        lambda z: (1 + np.exp(z)) / (1 + np.exp(z)).sum(axis=-1, keepdims=True),
        "in the denominator alone",
    ),
    (checks.check_one, lambda z: softmax(np.pad(z, [(0, 0), (0, 1)])), "drop the weight"),
    (checks.check_one, lambda z: 1 - with_zero(z), "1 minus the weights"),
    (checks.check_one, lambda z: np.exp(z), "row by row"),
    (checks.check_one, lambda z: np.exp(z) / (1 + np.exp(z).sum(axis=-1)), "keepdims"),
    (checks.check_one, unshifted, "nan for scores of 1000"),
    (checks.check_one, only_if_positive, "the 1 is lost"),
    (checks.check_lead, 2.20, "one other key"),
    (checks.check_lead, 6.93, "one half"),
    (checks.check_lead, 13.17, "natural logarithm"),
    (checks.check_lead, 3.96, "natural logarithm"),
    (checks.check_lead, 6.83, "0.9 / 0.1"),
    (checks.check_lead, 9207, "exponential of the score"),
    (checks.check_lead, 4.73, "the weight 0.1"),
    (checks.check_lead, 9.1, "make it right to 2 decimals"),
    (checks.check_lead, 5, "solve for its score"),
]

RIGHT = [
    (checks.check_mask, seen),
    (checks.check_mask, seen_by_loops),
    (checks.check_mask, seen_by_product),
    (checks.check_heads, multi_head),
    (checks.check_heads, head_by_head),
    (checks.check_heads, by_np_split),
    (checks.check_heads, by_einsum),
    (checks.check_one, with_zero),
    (checks.check_one, by_shift),
    (checks.check_one, by_logarithms),
    (checks.check_one, by_rows),
    (checks.check_lead, np.log(9 * 1023)),
    (checks.check_lead, 9.13),
    (checks.check_lead, [9.128]),
]
