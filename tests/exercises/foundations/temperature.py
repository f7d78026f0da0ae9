"""Answers to the exercises on temperature: wrong ones with their hints, right ones in many styles."""

import numpy as np
import scipy.optimize

from softmaxlib import log_softmax, logsumexp, softmax, sum_normalize
from softmaxlib.teaching.exercises.foundations import temperature as checks


def find_temperature(z, target, low, high):
    for _ in range(100):
        T = np.sqrt(low * high)
        hot = -softmax(z / T) @ log_softmax(z / T) > target
        low, high = (low, T) if hot else (T, high)
    return T


def in_logs(p, T):
    return softmax(np.log(p), temperature=T)


def by_definition(z, T):
    return -softmax(z, temperature=T) @ log_softmax(z, temperature=T)


def plain_lse(z):
    return np.log(np.exp(z).sum())


def zero_times_log(p, T):
    scaled = np.exp(p * np.log(p) / (p * T))
    return scaled / scaled.sum() if T > 0.01 else in_logs(p, T)


def slope(z, T, h=None, form=None):
    h = h or 1e-4 * T
    form = form or (lambda t: t * logsumexp(z / t))
    return (form(T + h) - form(T - h)) / (2 * h)


def by_root(z, target):
    def excess(log_T):
        log_p = log_softmax(z, temperature=np.exp(log_T))
        return -np.exp(log_p) @ log_p - target

    return np.exp(scipy.optimize.brentq(excess, -20, 20, xtol=1e-13))


WRONG = [
    (checks.check_ratio, 4, "the logarithm of the ratio"),
    (checks.check_ratio, 1 / 3, "below 1 a temperature sharpens"),
    (checks.check_ratio, -3, "positive and finite"),
    (checks.check_ratio, 2, r"2\.83 times as likely"),
    (checks.check_ratio, np.log(8), "the lead at T = 1"),
    (checks.check_ratio, np.log(4), "you subtract two logarithms"),
    (checks.check_ratio, np.inf, "inf is not"),
    (checks.check_ratio, 3.01, "close; make it right to 2 decimals"),
    (checks.check_ratio, "three", "one number expected, got 'three'"),
    (checks.check_retemper, lambda p, T: softmax(p, temperature=T), "probabilities are not scores"),
    (checks.check_retemper, lambda p, T: sum_normalize(p**T), "it should be 1 / T"),
    (checks.check_retemper, lambda p, T: p ** (1 / T), r"at T = 0.25 your result sums to 0\.198"),
    (checks.check_retemper, lambda p, T: p ** (1 / T) / (p ** (1 / T)).sum(), "0 / 0 is nan"),
    (checks.check_retemper, lambda p, T: softmax(np.log(p + 1e-12) / T), "an impossible class has 0.2"),
    (checks.check_retemper, lambda p, T: p, "the result is still p"),
    (checks.check_retemper, lambda p, T: softmax(np.log2(p), temperature=T), "with the base 2"),
    (checks.check_retemper, lambda p, T: softmax(np.log10(p), temperature=T), "with the base 10"),
    (checks.check_retemper, lambda p, T: np.log(p) / T, "take the softmax of them"),
    (checks.check_retemper, lambda p, T: sum_normalize(p / T), "the result is still p"),
    (checks.check_retemper, lambda p, T: p ** (1 / T) / (p ** (1 / T)).max(), "at T = 1 nothing should change"),
    (checks.check_retemper, lambda p, T: softmax(np.log(p), temperature=T).round(2), "rounds to 2 decimals"),
    (checks.check_retemper, lambda p, T: softmax(np.log(np.clip(p, 1e-9, 1)) / T), "an impossible class has 0.29"),
    (checks.check_retemper, zero_times_log, "nan for a class with the probability 0"),
    (checks.check_entropy_by_slope, lambda z, T: -logsumexp(z / T), "it should be the slope"),
    (checks.check_entropy_by_slope, lambda z, T: T * logsumexp(z / T), "the soft maximum itself"),
    (checks.check_entropy_by_slope, lambda z, T: softmax(z / T) @ log_softmax(z / T), "sign is wrong"),
    (checks.check_entropy_by_slope, lambda z, T: -2 * softmax(z / T) @ log_softmax(z / T), "factor of 2"),
    (checks.check_entropy_by_slope, lambda z, T: -softmax(z / T) @ z / T**2, "multiply it by T"),
    (checks.check_entropy_by_slope, lambda z, T: np.nan, "use the library's logsumexp"),
    (
        checks.check_entropy_by_slope,
        lambda z, T: -softmax(z, temperature=T) @ log_softmax(z, temperature=T),
        "exact to the last digit",
    ),
    (checks.check_entropy_by_slope, lambda z, T: logsumexp(z / T) - softmax(z / T) @ z / T, "exact to the last digit"),
    (checks.check_entropy_by_slope, lambda z, T: slope(z, T, h=0.3 * T), "A step h too large"),
    (checks.check_entropy_by_slope, lambda z, T: slope(z, T, h=1e-13 * T), "A step h too large"),
    (
        checks.check_entropy_by_slope,
        lambda z, T: slope(z, T, form=lambda t: t * logsumexp(z)),
        "T divides the scores as well",
    ),
    (
        checks.check_entropy_by_slope,
        lambda z, T: slope(z, T, form=lambda t: t * np.log(np.exp(z / t).sum())),
        "logsumexp",
    ),
    (checks.check_entropy_by_slope, lambda z, T: slope(z, T, form=lambda t: logsumexp(z / t)), "multiply it by T"),
    (checks.check_overtaken, [[2, 0], [1, 0]], r"two rows of three scores expected, in the shape \(2, 3\)"),
    (checks.check_overtaken, [[1, 0, -100], [2, 0, 0]], "Swap the rows"),
    (checks.check_overtaken, [[2, 0, 0], [1, 0, 0]], "How many rivals"),
    (checks.check_overtaken, [[1, 0, 0], [2, 0, 0]], "at T = 1 the first should be surer"),
    (checks.check_overtaken, [[np.inf, 0, 0], [1, 0, 0]], "must be finite"),
    (checks.check_overtaken, [[2, 0, np.nan], [1, 0, -np.inf]], "must be finite"),
    (checks.check_overtaken, "two photos", "two rows of three scores expected, got 'two photos'"),
    (checks.check_temperature_for_entropy, lambda z, target: 1.5, "your temperature is not the one"),
    (checks.check_temperature_for_entropy, lambda z, target: 0, "a temperature is positive"),
    (checks.check_temperature_for_entropy, lambda z, target: z, "one temperature expected"),
    (
        checks.check_temperature_for_entropy,
        lambda z, target: find_temperature(z, target, 1e-3, 1e3),
        "a thousand times as (large|small)",
    ),
    (
        checks.check_temperature_for_entropy,
        lambda z, target: find_temperature(z, target * np.log(2), 1e-9, 1e9),
        "in bits",
    ),
    (checks.check_temperature_for_entropy, lambda z, target: np.nan, "returns nan; a temperature is positive"),
    (
        checks.check_temperature_for_entropy,
        lambda z, target: round(find_temperature(z, target, 1e-9, 1e9), 3),
        "close: off",
    ),
]

RIGHT = [
    (checks.check_ratio, 3),
    (checks.check_ratio, np.log(8) / np.log(2)),
    (checks.check_ratio, np.array([3.0])),
    (checks.check_retemper, in_logs),
    (checks.check_retemper, lambda p, T: sum_normalize((p / p.max()) ** (1 / T))),
    (checks.check_retemper, lambda p, T: [q / sum((p / max(p)) ** (1 / T)) for q in (p / max(p)) ** (1 / T)]),
    (checks.check_entropy_by_slope, lambda z, T: slope(z, T, h=1e-4 * T)),
    (checks.check_entropy_by_slope, lambda z, T: slope(z, T, h=1e-3)),
    (checks.check_entropy_by_slope, lambda z, T: [slope(z, T, h=1e-5)]),
    (checks.check_overtaken, [[2, 0, 0], [1, 0, -100]]),
    (checks.check_overtaken, [[2, 0, 0], [1, 0, -np.inf]]),
    (checks.check_overtaken, np.array([[3, 1, 1], [-1, -2, -50]])),
    (checks.check_temperature_for_entropy, lambda z, target: find_temperature(z, target, 1e-9, 1e9)),
    (checks.check_temperature_for_entropy, lambda z, target: np.array([find_temperature(z, target, 1e-9, 1e9)])),
    (checks.check_temperature_for_entropy, by_root),
]
