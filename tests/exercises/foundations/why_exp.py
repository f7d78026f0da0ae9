"""Answers to the exercises on why exp: wrong ones with their hints, right ones in many styles."""

import math

import numpy as np
import scipy.special

from softmaxlib import sigmoid, softmax, sum_normalize
from softmaxlib.teaching.exercises.foundations import why_exp as checks


def winners(z, noise):
    return np.bincount((z + noise).argmax(axis=1), minlength=3) / len(noise)


WRONG = [
    (checks.check_split, -0.8, "together they count twice"),
    (checks.check_split, -0.4, "half the score is not half the strength"),
    (checks.check_split, -0.8 + np.log(2), "doubles the strength"),
    (checks.check_split, -0.8 - np.log10(2), "base 10"),
    (checks.check_split, -1.8, "one bit"),
    (checks.check_split, np.exp(-0.8) / 2, "which score has this strength"),
    (checks.check_split, -1.2, "the duck's strength"),
    (checks.check_split, -1.6, "the square of the strength"),
    (checks.check_split, np.exp(-0.8), "which score has half of it"),
    (checks.check_split, -1.49, "close; make it right to 3 decimals"),
    (checks.check_split, [-0.8, -0.8], "one number expected"),
    (checks.check_sample, lambda z, u: z - np.log(-np.log(u)), "a number for each class"),
    (checks.check_sample, lambda z, u: np.argmax(z - np.log(-np.log(u)), axis=0), "Along which axis"),
    (checks.check_sample, lambda z, u: np.argmax(z - np.log(-np.log(u)), axis=1) + 1, "indices from 0 to 2"),
    (checks.check_sample, lambda z, u: np.argmax(z + np.log(-np.log(u)), axis=1), "turned over"),
    (checks.check_sample, lambda z, u: np.argmax(z - np.log(u), axis=1), "one logarithm, not two"),
    (
        checks.check_sample,
        lambda z, u: np.argmax(softmax(z) - np.log(-np.log(u)), axis=1),
        "not to the probabilities",
    ),
    (
        checks.check_sample,
        lambda z, u: np.argmax(z - np.log(-np.log(u[:, :1])), axis=1),
        "a mere shift",
    ),
    (checks.check_sample, lambda z, u: np.argmax(z + u, axis=1), "the uniform numbers themselves"),
    (checks.check_sample, lambda z, u: np.argmax(z + 0 * u, axis=1), "the noise is missing"),
    (checks.check_sample, lambda z, u: np.argmax(-np.log(-np.log(u)), axis=1), "the noise alone decides"),
    (checks.check_sample, lambda z, u: np.argmax(1.5 * z - np.log(-np.log(u)), axis=1), "the shares of your winners: "),
    (checks.check_sample, lambda z, u: "seal", "numbers expected"),
    (checks.check_two_classes, lambda s: 1.0, "61 finite numbers"),
    (checks.check_two_classes, lambda s: s, "positive"),
    (checks.check_two_classes, sigmoid, r"inverse\? g\(s\) g\(-s\)"),
    (checks.check_two_classes, lambda s: np.exp(-(s**3)), "rising"),
    (checks.check_two_classes, lambda s: 2.0**s, "this is an exponential"),
    (checks.check_two_classes, lambda s: math.exp(s**3), "those of NumPy take arrays"),
    (checks.check_two_classes, lambda s: np.exp(s**9), "some that are not finite"),
    (checks.check_two_classes, lambda s: np.exp(s**3).round(2), "positive"),
    (checks.check_shift, np.max, "every option may have luck"),
    (checks.check_shift, lambda z: np.sum(np.exp(z)), "S itself"),
    (checks.check_shift, lambda z: np.log(np.sum(np.exp(z))) + np.euler_gamma, "the mean of B"),
    (checks.check_shift, np.sum, "do not add up"),
    (checks.check_shift, lambda z: np.log(np.mean(np.exp(z))), "mean of the strengths"),
    (checks.check_shift, np.min, "as one exponential"),
    (checks.check_shift, lambda z: np.log2(np.exp(z).sum()), "to the base 2"),
    (checks.check_shift, lambda z: np.log10(np.exp(z).sum()), "to the base 10"),
    (checks.check_shift, lambda z: -np.log(np.exp(z).sum()), "the sign is turned over"),
    (checks.check_shift, lambda z: np.log(np.exp(z).sum()) + 0.5772, "the mean of B"),
    (checks.check_shift, lambda z: round(np.log(np.exp(z).sum()), 2), "rounds to 2 decimals"),
    (checks.check_die, [0.5, 0.5], "six probabilities"),
    (checks.check_die, [0.1, 0.1, 0.1, 0.1, 0.1, 0.1], "no distribution"),
    (checks.check_die, softmax(np.arange(1, 7)), "its mean is 5.433"),
    (checks.check_die, [0, 0, 0, 0.5, 0.5, 0], "ruled out"),
    (checks.check_die, [0.1, 0.1, 0.1, 0.1, 0.1, 0.5], "more entropy to be had"),
    (checks.check_die, [1 / 6] * 6, "the fair die"),
    (checks.check_die, [5.4, 7.9, 11.4, 16.5, 24.0, 34.7], "no distribution: .* sum 99.9"),
    (checks.check_die, ["a"] * 6, "six probabilities expected"),
]

RIGHT = [
    (checks.check_split, -1.493),
    (checks.check_split, -0.8 - np.log(2)),
    (checks.check_split, np.log([np.exp(-0.8) / 2])),
    (checks.check_sample, lambda z, u: np.argmax(z - np.log(-np.log(u)), axis=1)),
    (checks.check_sample, lambda z, u: np.argmin(-np.log(u) / np.exp(z), axis=1)),
    (checks.check_sample, lambda z, u: (z - np.log(-np.log(u))).argsort(axis=1)[:, -1].astype(float)),
    (checks.check_two_classes, lambda s: np.exp(s**3)),
    (checks.check_two_classes, lambda s: [x + math.sqrt(1 + x * x) for x in s]),
    (checks.check_two_classes, lambda s: scipy.special.ndtr(s) / scipy.special.ndtr(-s)),
    (checks.check_shift, lambda z: np.log(np.exp(z).sum())),
    (checks.check_shift, scipy.special.logsumexp),
    (checks.check_shift, lambda z: [math.log(sum(math.exp(x) for x in z))]),
    (checks.check_die, [0.054, 0.079, 0.114, 0.165, 0.240, 0.347]),
    (checks.check_die, softmax(0.3710489 * np.arange(1, 7))),
    (checks.check_die, tuple(sum_normalize([1.44925**k for k in range(6)]))),
]
