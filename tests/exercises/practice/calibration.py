"""Answers to the exercises on calibration: wrong ones with their hints, right ones in many styles."""

import numpy as np

from softmaxlib.calibration import classwise_calibration_error, expected_calibration_error
from softmaxlib.teaching.exercises.practice import calibration as checks


def binned(p, y, bins):
    confidence, right = p.max(axis=1), p.argmax(axis=1) == y
    places = np.minimum((bins * confidence).astype(int), bins - 1)
    return np.bincount(places, right - confidence, bins), np.bincount(places, minlength=bins)


def error(p, y, bins):
    gaps, _ = binned(p, y, bins)
    return np.abs(gaps).sum() / len(y)


def one_by_one(p, y, bins):
    total = 0.0
    for b in range(bins):
        inside = [i for i in range(len(y)) if b / bins < max(p[i]) <= (b + 1) / bins]
        if inside:
            confidence = sum(max(p[i]) for i in inside) / len(inside)
            accuracy = sum(list(p[i]).index(max(p[i])) == y[i] for i in inside) / len(inside)
            total += len(inside) / len(y) * abs(accuracy - confidence)
    return total


def by_edges(p, y, bins, last=1.1, empty=0.0):
    edges = np.linspace(0, 1, bins + 1)
    edges[-1] = last
    places = np.digitize(p.max(axis=1), edges) - 1
    right = p.argmax(axis=1) == y
    found = 0.0
    for b in range(bins):
        inside = places == b
        if not inside.any():
            found += empty
            continue
        found += inside.mean() * abs(right[inside].mean() - p.max(axis=1)[inside].mean())
    return found


def unweighted(p, y, bins):
    gaps, count = binned(p, y, bins)
    return np.abs(gaps[count > 0] / count[count > 0]).mean()


def in_place(Y, eps):
    Y *= 1 - eps
    return Y + eps / Y.shape[1]


def rows(Y, eps):
    return [[(1 - eps) * entry + eps / len(row) for entry in row] for row in Y.tolist()]


def confidence_of_truth(p, y, bins):
    return np.abs(p[np.arange(len(y)), y] - (p.argmax(axis=1) == y)).mean()


def one_bin_more(p, y, bins):
    confidence, right = p.max(axis=1), p.argmax(axis=1) == y
    return np.abs(np.bincount((bins * confidence).astype(int), right - confidence)).sum() / len(y)


WRONG = [
    (checks.check_error, one_bin_more, "the confidence 1"),
    (checks.check_error, lambda p, y, bins: error(p, y, 4), "2 bins here"),
    (checks.check_error, unweighted, "each bin counts alike"),
    (checks.check_error, lambda p, y, bins: np.abs(np.divide(*binned(p, y, bins))).sum(), "leave such"),
    (checks.check_error, lambda p, y, bins: len(y) * error(p, y, bins), "divide by the number"),
    (checks.check_error, lambda p, y, bins: abs(binned(p, y, bins)[0].sum()) / len(y), "opposite sign"),
    (checks.check_error, lambda p, y, bins: np.mean(p.max(axis=1) - (p.argmax(axis=1) == y)), "opposite sign"),
    (checks.check_error, lambda p, y, bins: np.abs(p.max(axis=1) - (p.argmax(axis=1) == y)).mean(), "single examples"),
    (checks.check_error, lambda p, y, bins: 1 - error(p, y, bins), "1 minus the error"),
    (checks.check_error, confidence_of_truth, "not that of the truth"),
    (checks.check_error, lambda p, y, bins: classwise_calibration_error(p, y, bins=bins), "classwise"),
    (checks.check_error, lambda p, y, bins: by_edges(p, y, bins, last=1), "exactly 1"),
    (checks.check_error, lambda p, y, bins: by_edges(p, y, bins, empty=np.nan), "leave such"),
    (checks.check_error, lambda p, y, bins: 0.1, "sort the largest"),
    (checks.check_smoothed, lambda Y, eps: Y * (1 - eps / Y.shape[1]) + eps / Y.shape[1], "more than 1"),
    (checks.check_smoothed, lambda Y, eps: np.where(Y == 1, 1 - eps, eps / Y.shape[1]), "less than 1"),
    (checks.check_smoothed, lambda Y, eps: np.where(Y == 1, 1 - eps, eps / (Y.shape[1] - 1)), "the true one too"),
    (checks.check_smoothed, lambda Y, eps: Y * (1 - eps) + eps, "not eps"),
    (checks.check_smoothed, lambda Y, eps: np.clip(Y, eps, 1 - eps), "clipped rows"),
    (checks.check_smoothed, lambda Y, eps: Y + eps / Y.shape[1], "multiply Y by 1 - eps"),
    (checks.check_smoothed, lambda Y, eps: Y * eps + (1 - eps) / Y.shape[1], "exchanged"),
    (checks.check_smoothed, lambda Y, eps: Y * (1 - eps), "is missing"),
    (checks.check_smoothed, lambda Y, eps: Y * (1 - eps) + eps / 7, "number of columns"),
    (checks.check_smoothed, lambda Y, eps: Y, "times the label"),
    (checks.check_smoothed, in_place, "changes its input"),
    (checks.check_threshold, 0.25, "from which on you ask"),
    (checks.check_threshold, 0.8, "a right answer costs nothing"),
    (checks.check_threshold, 0.2, "compare the expected cost"),
    (checks.check_threshold, 0.5, "2 on average"),
    (checks.check_threshold, 4, "from 0 to 1"),
    (checks.check_threshold, 0.95, "4 times the probability"),
    (checks.check_threshold, "three quarters", "one number expected"),
    (checks.check_truth, 0.33, "not the probability"),
    (checks.check_truth, 1.0, "makes the lead larger"),
    (checks.check_truth, 1.532, "turn it into a probability"),
    (checks.check_truth, 4.595, "stated lead"),
    (checks.check_truth, 0.9967, "divided by their sum"),
    (checks.check_truth, 0.970, "third power"),
    (checks.check_truth, 0.178, "other class"),
    (checks.check_truth, 4.626, "those are the odds"),
    (checks.check_truth, 0.99, "what the model says"),
    (checks.check_truth, 0.82, "right to 3 decimals"),
    (checks.check_truth, 0.7, "log-odds"),
]

RIGHT = [
    (checks.check_error, error),
    (checks.check_error, one_by_one),
    (checks.check_error, by_edges),
    (checks.check_error, lambda p, y, bins: expected_calibration_error(p, y, bins=bins)),
    (checks.check_error, lambda p, y, bins: [error(p, y, bins)]),
    (checks.check_smoothed, lambda Y, eps: Y * (1 - eps) + eps / Y.shape[1]),
    (checks.check_smoothed, lambda Y, eps: in_place(Y.copy(), eps)),
    (checks.check_smoothed, rows),
    (checks.check_smoothed, lambda Y, eps: np.where(Y == 1, 1 - eps + eps / Y.shape[-1], eps / Y.shape[-1])),
    (checks.check_threshold, 0.75),
    (checks.check_threshold, 1 - 1 / 4),
    (checks.check_threshold, [0.75]),
    (checks.check_truth, 0.822),
    (checks.check_truth, 99 ** (1 / 3) / (1 + 99 ** (1 / 3))),
    (checks.check_truth, np.float32(0.8223)),
]
