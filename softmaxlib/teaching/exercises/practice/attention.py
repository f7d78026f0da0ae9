"""Checks of the chapter on attention."""

import numpy as np

from softmaxlib.activations import softmax
from softmaxlib.attention import scaled_dot_product
from softmaxlib.teaching.exercises.checking import Hint, agree, check, compare, number, run


@check
def check_mask(attempt):
    """Which keys the queries of a padded batch see, with a causal mask."""
    lengths, n = np.array([4, 2, 1]), 4
    real = np.arange(n) < lengths[:, np.newaxis]
    keys, causal = real[:, np.newaxis, :], np.tri(n, dtype=bool)
    expected = causal & keys
    shape = expected.shape
    mistakes = [
        (~expected, "True should mean seen, not hidden."),
        (
            expected & real[:, :, np.newaxis],
            "a padded query sees no key here, which gives nan; mask the keys only.",
        ),
        (np.broadcast_to(keys, shape), "a query still sees keys that come after it."),
        (np.broadcast_to(causal, shape), "the padding is still seen."),
        (causal.T & keys, "it looks the wrong way: query i, the row, sees the keys up to column i."),
        (np.tri(n, k=-1, dtype=bool) & keys, "a query should see its own key, too; the first one sees no other."),
        (causal | keys, "both conditions have to hold; join them by &."),
        (
            np.tri(n, dtype=bool) & (np.arange(n) <= lengths[:, np.newaxis])[:, np.newaxis, :],
            "one key too many is seen; in Python the rows 0 to length - 1 are real.",
        ),
        (
            np.tri(n, dtype=bool) & (np.arange(n) >= n - lengths[:, np.newaxis])[:, np.newaxis, :],
            "the padding is at the end here, not in front.",
        ),
        (np.where(expected, 0, -np.inf), "that is the additive mask; return True and False."),
    ]
    given = run(attempt, lengths, n)
    if given.shape == (n, n):
        raise Hint("a mask for one sequence only; each sequence of the batch needs its own, shape (B, n, n).")
    if given.shape == (len(lengths), 1, n):
        raise Hint("that is the mask of the padding; the causal mask is missing.")
    compare(given, expected, "True where the key is real and not after the query.", mistakes=mistakes)
    lengths, n = np.array([3, 2]), 5
    expected = np.tri(n, dtype=bool) & (np.arange(n) < lengths[:, np.newaxis])[:, np.newaxis, :]
    compare(run(attempt, lengths, n), expected, "n may be larger than the longest sequence.", (lengths, n))


@check
def check_heads(attempt):
    """Attention with several heads."""
    random = np.random.default_rng(3)
    Q, K, V = random.normal(size=(3, 2, 5, 6))
    heads, size = 3, 2

    def split(array):
        return array.reshape(2, 5, heads, size).swapaxes(1, 2)

    def reshaped(array):
        return array.reshape(2, heads, 5, size)

    def joined(array):
        return array.swapaxes(1, 2).reshape(2, 5, 6)

    of_parts = scaled_dot_product(split(Q), split(K), split(V))
    wrong_parts = scaled_dot_product(reshaped(Q), reshaped(K), reshaped(V))
    columns = [array.reshape(2, 5, size, heads).transpose(0, 3, 1, 2) for array in (Q, K, V)]
    mistakes = [
        (of_parts, "the heads are not joined yet; put their columns side by side, shape (B, n, d)."),
        (of_parts.reshape(2, 5, 6), "joined by reshape alone; swap the axes of heads and rows back first."),
        (wrong_parts.reshape(2, 5, 6), "reshape alone mixes the rows; divide the columns, then swap two axes."),
        (joined(wrong_parts), "reshape alone mixes the rows; divide the columns, then swap two axes."),
        (scaled_dot_product(Q, K, V), "that is one head with all columns."),
        (
            joined(scaled_dot_product(split(Q), split(K), split(V), scale=6**-0.5)),
            "the scale of a head is 1 / sqrt(d / heads), as it has d / heads columns.",
        ),
        (
            joined(scaled_dot_product(split(Q), split(K), split(V), scale=1)),
            "the scores are not divided by the root of a head's columns.",
        ),
        (
            scaled_dot_product(*columns).transpose(0, 2, 3, 1).reshape(2, 5, 6),
            "a head takes columns that stand side by side: (heads, d // heads), in this order.",
        ),
        (
            joined(softmax(split(Q) @ split(K).swapaxes(2, 3) / np.sqrt(size), axis=2) @ split(V)),
            "the softmax runs over the queries; it should run over the keys, the last axis.",
        ),
    ]
    compare(
        run(attempt, Q, K, V, heads),
        joined(of_parts),
        "split each of the three, attend, and join.",
        mistakes=mistakes,
        tolerance=1e-9,
    )
    halves = zip(*(np.split(array, 2, axis=-1) for array in (Q, K, V)), strict=True)
    expected = np.concatenate([scaled_dot_product(*half) for half in halves], axis=-1)
    compare(run(attempt, Q, K, V, 2), expected, "it is right for 3 heads and not for 2.")


@check
def check_one(attempt):
    """Softmax with a 1 in the denominator, for scores of any size."""
    z = np.array([[0.25, 1.23, -0.8], [-3.0, -5.0, -4.0]])
    terms = np.exp(z)
    expected = terms / (1 + terms.sum(axis=1, keepdims=True))
    after_shift = np.exp(z - z.max(axis=1, keepdims=True))
    mistakes = [
        (softmax(z), "that is the plain softmax; the 1 is missing."),
        (
            after_shift / (1 + after_shift.sum(axis=1, keepdims=True)),
            "after the shift by m, the 1 has to become exp(-m), too.",
        ),
        (terms / (1 + terms), "that is the sigmoid of each score; sum over the keys."),
        (terms / (1 + terms.sum()), "the whole table shares a denominator; each row has its own."),
        (terms / (1 + terms.sum(axis=0)), "your sum runs over the rows; the keys are the entries of a row."),
        ((1 + terms) / (1 + terms).sum(axis=1, keepdims=True), "the 1 belongs in the denominator alone, once a row."),
        (1 - expected, "that is 1 minus the weights."),
        (softmax(np.append(z, np.zeros((2, 1)), axis=1)), "drop the weight of the added key."),
    ]
    compare(run(attempt, z), expected, "exp(z) over 1 plus the sum of exp(z), row by row.", (z,), mistakes)
    large = np.array([[1000.0, 999.0], [-1000.0, -1001.0], [-1000.0, 1000.0]])
    found = run(attempt, large)
    if np.isnan(found).any():
        raise Hint(
            "nan for scores of 1000 or -1000; shift the exponents of each row by a number of its own before exp."
        )
    wanted = np.array([softmax([1000.0, 999.0]), [0.0, 0.0], [0.0, 1.0]])
    mistakes = [
        (
            np.array([wanted[0], softmax([1.0, 0.0]), wanted[2]]),
            "at scores near -1000 the weights should be almost 0; the 1 is lost there.",
        ),
    ]
    compare(found, wanted, "scores near -1000 have weights of almost 0.", (large,), mistakes)


@check
def check_lead(score):
    """The score of one key among many of score 0."""
    mistakes = [
        (np.log(9), "that is the log-odds of 0.9 against one other key; there are 1023."),
        (np.log(1023), "with it the key has as much weight as all others together, one half."),
        (np.log(9) + np.log2(1023), "take the natural logarithm."),
        (np.log2(9 * 1023), "take the natural logarithm."),
        (np.log10(9 * 1023), "take the natural logarithm."),
        (np.log(0.9) + np.log(1023), "the odds of 0.9 are 0.9 / 0.1."),
        (np.log(0.9 * 1023), "the odds of 0.9 are 0.9 / 0.1."),
        (9 * 1023, "that is the exponential of the score."),
        (np.log(1023) - np.log(9), "with it the key has the weight 0.1; add the log-odds."),
    ]
    agree(
        number(score), np.log(9 * 1023), 2, "set the weight of the last key to 0.9 and solve for its score.", mistakes
    )
