"""Answers to the exercises on sigmoid: wrong ones with their hints, right ones in many styles."""

import math
import warnings

import numpy as np
import scipy.special

from softmaxlib import naive, sigmoid
from softmaxlib.teaching.exercises.foundations import sigmoid as checks


def hushed(z):
    with np.errstate(over="ignore"):
        upper = 1 / (1 + np.exp(-z))
    return np.where(z >= 0, upper, np.exp(np.minimum(z, 0)) / (1 + np.exp(np.minimum(z, 0))))


def filtered(z):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return 1 / (1 + np.exp(-z))


def masked_sigmoid(z):
    p = np.empty_like(z)
    p[z >= 0] = 1 / (1 + np.exp(-z[z >= 0]))
    p[z < 0] = np.exp(z[z < 0]) / (1 + np.exp(z[z < 0]))
    return p


WRONG = [
    (checks.check_logit, lambda p: np.log(p / (1 - p) ** 2), "logarithm of the odds"),
    (checks.check_logit, lambda p: p / (1 - p), "these are the odds"),
    (checks.check_logit, np.log, "p alone"),
    (checks.check_logit, lambda p: np.log((1 - p) / p), "the sign is turned over"),
    (checks.check_logit, lambda p: np.log2(p / (1 - p)), "to the base 2"),
    (checks.check_logit, lambda p: np.log10(p / (1 - p)), "to the base 10"),
    (checks.check_logit, sigmoid, "you want its inverse"),
    (checks.check_logit, lambda p: np.log(p / 1 - p), "p / 1 - p is p - p"),
    (checks.check_logit, lambda p: np.log(p) / (1 - p), "divide first"),
    (checks.check_logit, lambda p: np.log(p) / np.log(1 - p), "the difference of two logarithms"),
    (checks.check_logit, lambda p: np.log(1 - p), "1 - p alone"),
    (checks.check_logit, lambda p: -np.log(1 / p) - 1, "inside of the logarithm"),
    (checks.check_logit, lambda p: 1 / p, "the inverse of a function"),
    (checks.check_logit, lambda p: np.log(p / (1 - p)).round(2), "rounds to 2 decimals"),
    (checks.check_logit, lambda p: np.log(p / (1 - p)).astype(np.float32), "close: off by .* in float32"),
    (checks.check_logit, lambda p: np.log((p + 1e-9) / (1 - p)), "close: off by .* added, or"),
    (checks.check_logit, lambda p: np.log(np.clip(p, 1e-12, 1 - 1e-12) / (1 - p)), "changes the score of a tiny p"),
    (checks.check_logit, lambda p: 2 * np.arctanh(2 * p - 1), "lost the digits of p"),
    (checks.check_logit, lambda p: math.log(p / (1 - p)), "TypeError: .* those of NumPy take arrays"),
    (checks.check_logit, lambda p: [str(z) for z in np.log(p / (1 - p))], "numbers expected"),
    (checks.check_quiet_sigmoid, lambda z: 1 / (1 + np.exp(-z)), "overflow"),
    (checks.check_quiet_sigmoid, np.tanh, "tanh, which goes from -1 to 1"),
    (checks.check_quiet_sigmoid, naive.sigmoid, "nan for the score 800: inf / inf"),
    (checks.check_quiet_sigmoid, lambda z: 1 / (1 + np.exp(-np.abs(z))), "the sign of the score is lost"),
    (checks.check_quiet_sigmoid, lambda z: sigmoid(-z), "the curve is turned over"),
    (checks.check_quiet_sigmoid, lambda z: 1 / 1 + np.exp(-z), r"1 / 1 \+ exp\(-z\)"),
    (checks.check_quiet_sigmoid, lambda z: 1 / (1 + 2.0**-z), "powers of 2"),
    (checks.check_quiet_sigmoid, lambda z: 1 / (1 + np.exp(-np.clip(z, -500, 500))), "the probability of -500: a clip"),
    (checks.check_quiet_sigmoid, lambda z: 1 / (1 + np.exp(-np.clip(z, -50, 50))), "the probability of -50: a clip"),
    (checks.check_quiet_sigmoid, lambda z: (1 + np.tanh(z / 2)) / 2, "0 for the score -700"),
    (checks.check_quiet_sigmoid, hushed, "errstate hides a report"),
    (checks.check_quiet_sigmoid, filtered, "NumPy still reports: overflow"),
    (checks.check_quiet_sigmoid, lambda z: sigmoid(z).round(3), "rounds to 3 decimals"),
    (checks.check_quiet_sigmoid, lambda z: 1 / (1 + np.exp(-z)) if z >= 0 else 0, "np.where chooses entry by entry"),
    (checks.check_quiet_sigmoid, lambda z: 1 / (1 + math.exp(-z)), "those of NumPy take arrays"),
    (checks.check_quiet_sigmoid, lambda z: [1 / (1 + math.exp(-x)) for x in z], "raised OverflowError"),
    (checks.check_quiet_sigmoid, lambda z: {"warn": sigmoid(z), "ignore": sigmoid(z)}[np.geterr()["over"]], "KeyError"),
    (checks.check_other_class, lambda z: 1 - sigmoid(z), "0 for the score 40"),
    (checks.check_other_class, sigmoid, "share the mass 1"),
    (checks.check_other_class, sigmoid, "that is the class itself"),
    (checks.check_other_class, lambda z: np.exp(-z), "the odds of the other class"),
    (checks.check_other_class, lambda z: -sigmoid(z), "a probability is not negative"),
    (checks.check_other_class, lambda z: 0.5, "share the mass 1"),
    (checks.check_other_class, lambda z: sigmoid(-z) if z < 1 else 1e-18, r"for 40.0: expected 4.248e-18, got 1e-18"),
    (checks.check_other_class, lambda z: 1 / 1 + np.exp(z), r"1 / 1 \+ exp\(z\)"),
    (checks.check_other_class, lambda z: (1 - np.tanh(z / 2)) / 2, "0 for the score 40"),
    (checks.check_other_class, lambda z: round(sigmoid(-z), 4), "rounds to 4 decimals"),
    (checks.check_other_class, lambda z: 1 / (1 + 2**z), "powers of 2"),
    (checks.check_certain, 30, "still below 1; go higher"),
    (checks.check_certain, 40, "so it is for smaller scores"),
    (checks.check_certain, np.nan, "a finite score expected"),
    (checks.check_certain, 37.43, "rounds earlier, when it adds"),
    (checks.check_certain, 53, "the power of 2"),
    (checks.check_certain, 53 * np.log10(2), "to the base 10"),
    (checks.check_certain, "36.74", "one number expected, got '36.74'"),
    (checks.check_certain, sigmoid, "one number expected, got <function sigmoid>"),
]

RIGHT = [
    (checks.check_logit, lambda p: np.log(p / (1 - p))),
    (checks.check_logit, lambda p: -np.log(1 / p - 1)),
    (checks.check_logit, lambda p: [math.log(x) - math.log1p(-x) for x in p]),
    (checks.check_logit, scipy.special.logit),
    (checks.check_quiet_sigmoid, sigmoid),
    (checks.check_quiet_sigmoid, scipy.special.expit),
    (checks.check_quiet_sigmoid, lambda z: np.exp(-np.logaddexp(0, -z))),
    (checks.check_quiet_sigmoid, masked_sigmoid),
    (checks.check_quiet_sigmoid, lambda z: [math.exp(min(x, 0)) / (1 + math.exp(-abs(x))) for x in z]),
    (checks.check_other_class, lambda z: sigmoid(-z)),
    (checks.check_other_class, lambda z: 1 / (1 + math.exp(z))),
    (checks.check_other_class, lambda z: np.array([np.exp(-z) / (1 + np.exp(-z))])),
    (checks.check_certain, 36.74),
    (checks.check_certain, [53 * np.log(2)]),
    (checks.check_certain, np.float32(36.74)),
]
