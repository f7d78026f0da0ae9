"""Answers to the exercises on accuracy: wrong ones with their hints, right ones in many styles."""

from fractions import Fraction

import numpy as np

from softmaxlib import log_softmax, logsumexp, naive, softmax
from softmaxlib.teaching.exercises.numerics import accuracy as checks


def fast_of_larger(a, b):
    a, b = (a, b) if abs(a) >= abs(b) else (b, a)
    return b - ((a + b) - a)


def two_sum(a, b):
    s = a + b
    part_b = s - a
    return (a - (s - part_b)) + (b - part_b)


def by_comparison(a, b):
    larger, smaller = np.where(np.abs(a) >= np.abs(b), (a, b), (b, a))
    return smaller - ((a + b) - larger)


def by_fractions(a, b):
    return float(Fraction(float(a)) + Fraction(float(b)) - Fraction(float(a + b)))


def top(z):
    return abs(logsumexp(z))


def condition(z):
    p = softmax(z)
    return p @ np.abs(np.where(p > 0, z, 0)) / abs(logsumexp(z))


WRONG = [
    (checks.check_ceiling, 17.33, "over one other class"),
    (checks.check_ceiling, 23.54, "twice as dense"),
    (checks.check_ceiling, 16.64, "count all of the thousand others"),
    (checks.check_ceiling, 10.42, "harder to reach"),
    (checks.check_ceiling, 43.64, "a float32 has 24 bits"),
    (checks.check_ceiling, 34.97, "a number of bits"),
    (checks.check_ceiling, 10.53, "decimal digits"),
    (checks.check_ceiling, 3, "the mass of all the others"),
    (checks.check_ceiling, 54 * np.log(2) + np.log(1000), "the lead for float64"),
    (checks.check_ceiling, 24.2, "close; make it right to 2 decimals"),
    (checks.check_rounding_error, lambda a, b: b - ((a + b) - a), "only where the first number is the larger one"),
    (checks.check_rounding_error, lambda a, b: a + b, "the rounded sum itself"),
    (checks.check_rounding_error, lambda a, b: ((a + b) - a) - b, "rounded one .plus. the error"),
    (checks.check_rounding_error, lambda a, b: 0.0, "not the error"),
    (checks.check_rounding_error, lambda a, b: (a + b, 0.0), "return the error alone"),
    (checks.check_rounding_error, lambda a, b: "0", "numbers expected"),
    (checks.check_rounding_error, fast_of_larger, "your function raised ValueError"),
    (checks.check_rounding_error, lambda a, b: a - ((a + b) - ((a + b) - a)), "for 1e.16 and 1.0: expected 1, got 0"),
    (checks.check_rounding_error, lambda a, b: np.float32(two_sum(a, b)), "a thousand pairs"),
    (checks.check_rounding_error, lambda a, b: two_sum(a, b) if np.ndim(a) == 0 else 0 * a, "a thousand pairs"),
    (checks.check_rounding_error, lambda a, b: two_sum(a, b) if np.ndim(a) == 0 else 0.0, "for two arrays, shape"),
    (checks.check_condition, lambda z: abs(softmax(z) @ z / logsumexp(z)), "take .z_j."),
    (
        checks.check_condition,
        lambda z: softmax(z) @ abs(z) / logsumexp(z),
        "absolute value of the log-sum-exp",
    ),
    (checks.check_condition, lambda z: softmax(z) @ abs(z), "the size of the result"),
    (checks.check_condition, lambda z: abs(z).sum() / abs(logsumexp(z)), "which is its probability"),
    (checks.check_condition, lambda z: softmax(z) @ abs(z) / abs(logsumexp(z)), "0 times inf is nan"),
    (checks.check_condition, lambda z: 3.0, "expected 0.5783, got 3: add p_j"),
    (checks.check_condition, softmax, "one number for a row"),
    (checks.check_condition, lambda z: np.nanmax(abs(z)) / abs(logsumexp(z)), "which is its probability"),
    (checks.check_condition, lambda z: abs(logsumexp(z)) / (softmax(z) @ abs(z)), "turned over"),
    (checks.check_condition, lambda z: round(condition(z), 4), "rounds to 4 decimals"),
    (checks.check_terms, [1.0], "2 to 5000 numbers"),
    (checks.check_terms, [1.0, -1.0, 2.0**-60], "positive and finite"),
    (checks.check_terms, [0.5] * 8, "one order only"),
    (checks.check_terms, [1.0] + [1e-3] * 100, "vanishes next to the sum"),
    (checks.check_terms, [1.0] + [2.0**-53] * 50, "take many"),
    (checks.check_terms, [0.1] * 1000, "smallest first loses"),
    (checks.check_terms, [1e308, 1e308], "an overflow"),
    (checks.check_terms, [[1.0, 2.0**-53]], r"got shape \(1, 2\)"),
    (checks.check_terms, "1, 2", "a list of 2 to 5000 numbers expected"),
    (checks.check_complement, lambda z: 1 - softmax(z).max(), "Do not subtract|lost the rest"),
    (checks.check_complement, lambda z: softmax(z).max(), "the probability of the winner"),
    (checks.check_complement, lambda z: softmax(z)[z < z.max()].sum(), "two classes tie"),
    (
        checks.check_complement,
        lambda z: np.delete(naive.softmax(z), z.argmax()).sum(),
        "plain exponential overflows",
    ),
    (checks.check_complement, softmax, "one number for a row"),
    (checks.check_complement, lambda z: -np.log(softmax(z).max()), "that is the loss"),
    (checks.check_complement, lambda z: np.sort(softmax(z))[-2], "the second class alone"),
    (checks.check_complement, lambda z: softmax(z).min(), "the last class alone"),
    (checks.check_complement, lambda z: 1 / (1 + np.exp(np.ptp(np.sort(z)[-2:]))), "all classes but the winner"),
]

RIGHT = [
    (checks.check_ceiling, 24.24),
    (checks.check_ceiling, [np.log(1000 * 2**25)]),
    (checks.check_ceiling, np.float32(24.2366)),
    (checks.check_rounding_error, two_sum),
    (checks.check_rounding_error, by_comparison),
    (checks.check_rounding_error, np.vectorize(by_fractions)),
    (checks.check_condition, condition),
    (checks.check_condition, lambda z: np.array([condition(z)])),
    (
        checks.check_condition,
        lambda z: sum(p * abs(x) for p, x in zip(softmax(z), z, strict=True) if p) / abs(logsumexp(z)),
    ),
    (checks.check_terms, [1.0] + [2.0**-53] * 1000),
    (checks.check_terms, np.r_[np.full(300, 2.0**-53), 1.0]),
    (checks.check_terms, (2, *[2.0**-52] * 500)),
    (checks.check_complement, lambda z: np.delete(softmax(z), np.argmax(z)).sum()),
    (checks.check_complement, lambda z: np.sort(softmax(z))[:-1].sum(keepdims=True)),
    (checks.check_complement, lambda z: -np.expm1(log_softmax(z).max())),
    (checks.check_complement, lambda z: sum(sorted(softmax(z).tolist())[:-1])),
]
