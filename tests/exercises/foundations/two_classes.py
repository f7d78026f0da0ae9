"""Answers to the exercises on two classes: wrong ones with their hints, right ones in many styles."""

from decimal import Decimal
from fractions import Fraction

import numpy as np

from softmaxlib import softmax
from softmaxlib.teaching.exercises.foundations import two_classes as checks


def with_zero(z):
    return np.concatenate([z, np.zeros((*z.shape[:-1], 1))], axis=-1)


def by_hand(z):
    exps = np.exp(z)
    total = 1 + exps.sum(axis=-1, keepdims=True)
    return np.concatenate([exps / total, 1 / total], axis=-1)


WRONG = [
    (checks.check_third_pair, 0.5625, "you multiplied the probabilities"),
    (checks.check_third_pair, 9, "these are the odds"),
    (checks.check_third_pair, 0.75, "lead the duck by more"),
    (checks.check_third_pair, 0.1, "the duck's share"),
    (checks.check_third_pair, -1, "lies between 0 and 1"),
    (checks.check_third_pair, 0.6, "go from both probabilities to odds"),
    (checks.check_third_pair, 0.9375, "multiplied the probabilities of losing"),
    (checks.check_third_pair, 0.5, "do not cancel"),
    (checks.check_third_pair, 90, "90 does not"),
    (checks.check_third_pair, 0.89, "close; make it right to 2 decimals"),
    (checks.check_third_pair, None, "one probability expected, got None"),
    (checks.check_reference_softmax, lambda z: softmax(np.append(z, 0)), "flattens the batch"),
    (checks.check_reference_softmax, lambda z: np.append(softmax(z), 0), "not the probability 0"),
    (checks.check_reference_softmax, lambda z: softmax(np.append(0, z)), "stands in the first place"),
    (checks.check_reference_softmax, lambda z: softmax(np.append(z, 0 * z[:1], 0)), "added a row"),
    (checks.check_reference_softmax, softmax, r"shape \(3,\) expected"),
    (checks.check_reference_softmax, lambda z: softmax(np.append(z, 1)), "not 1: e.0 is 1 already"),
    (checks.check_reference_softmax, lambda z: softmax(with_zero(z), axis=0), "the rows are the photos"),
    (checks.check_reference_softmax, lambda z: softmax(with_zero(z), axis=None), "the whole batch sums to 1"),
    (checks.check_reference_softmax, lambda z: softmax(with_zero(z)).round(4), "rounds to 4 decimals"),
    (checks.check_reference_softmax, lambda z: softmax(np.append(z, [[0]], axis=1)), "your function raised AxisError"),
    (checks.check_reference_softmax, lambda z: softmax(with_zero(z).astype("f4")), "float32"),
    (checks.check_lost, 40, "for a positive score"),
    (checks.check_lost, -10, "Go further out"),
    (checks.check_lost, -100, "Come back a little"),
    (checks.check_lost, -np.inf, "one finite score"),
    (checks.check_lost, np.nan, "one finite score"),
    (checks.check_merge, lambda W: W[:, 1], "you kept one column"),
    (checks.check_merge, lambda W: W[:, 0] - W[:, 1], "the probability of class 0"),
    (checks.check_merge, lambda W: (W[:, 1] - W[:, 0]) / 2, "its other column is still missing"),
    (checks.check_merge, lambda W: W[:, 1:] - W[:, :1], "without a second axis"),
    (checks.check_merge, lambda W: W[1] - W[0], r"shape \(3,\) expected, got \(2,\)"),
    (checks.check_merge, lambda W: W[:, 0], "the column of class 0"),
    (checks.check_merge, lambda W: W.sum(axis=1), "not their sum"),
    (checks.check_merge, lambda W: W.mean(axis=1), "not their mean"),
    (checks.check_merge, lambda W: softmax(W)[:, 1], "by your weights: the probability of class 1: expected"),
    (checks.check_settings, lambda rate, penalty: (rate, penalty), "one output is slower"),
    (checks.check_settings, lambda rate, penalty: (rate / 2, penalty), "has to catch up"),
    (checks.check_settings, lambda rate, penalty: (2 * rate, penalty), "now that part is too large"),
    (checks.check_settings, lambda rate, penalty: (2 * rate, 2 * penalty), "rate times penalty, must stay"),
    (checks.check_settings, lambda rate, penalty: 2 * rate, "two numbers expected"),
    (checks.check_settings, lambda rate, penalty: (penalty / 2, 2 * rate), "the step size comes first"),
    (checks.check_settings, lambda rate, penalty: (2 * rate, penalty / 4), "too small"),
    (checks.check_settings, lambda rate, penalty: (4 * rate, penalty / 4), "now one output is faster"),
    (checks.check_settings, lambda rate, penalty: {"rate": 2 * rate}, "numbers expected"),
]

RIGHT = [
    (checks.check_third_pair, 0.9),
    (checks.check_third_pair, Fraction(9, 10)),
    (checks.check_third_pair, np.array([0.9])),
    (checks.check_reference_softmax, lambda z: softmax(with_zero(z))),
    (checks.check_reference_softmax, lambda z: softmax(np.pad(z, [(0, 0)] * (z.ndim - 1) + [(0, 1)])).tolist()),
    (checks.check_reference_softmax, by_hand),
    (checks.check_lost, -40),
    (checks.check_lost, [-45.0]),
    (checks.check_lost, Decimal("-38.5")),
    (checks.check_merge, lambda W: W[:, 1] - W[:, 0]),
    (checks.check_merge, lambda W: np.diff(W).ravel()),
    (checks.check_merge, lambda W: [b - a for a, b in W]),
    (checks.check_merge, lambda W: W @ [-1, 1]),
    (checks.check_settings, lambda rate, penalty: (2 * rate, penalty / 2)),
    (checks.check_settings, lambda rate, penalty: np.array([rate + rate, rate * penalty / (2 * rate)])),
    (checks.check_settings, lambda rate, penalty: [2 * rate, 0.5 * penalty]),
]
