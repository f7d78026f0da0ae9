"""Answers to the exercises on cross-entropy: wrong ones with their hints, right ones in many styles."""

import numpy as np
from scipy.special import rel_entr, xlogy

from softmaxlib import log_softmax, logsumexp, softmax
from softmaxlib.losses import cross_entropy
from softmaxlib.teaching.exercises.learning import cross_entropy as checks


def soft_loss(z, Y):
    return -np.where(Y > 0, Y * log_softmax(z), 0).sum(axis=1).mean()


def by_rows(z, Y):
    total = 0.0
    for scores, target in zip(z, Y, strict=True):
        total += sum(y * (logsumexp(scores) - s) for s, y in zip(scores, target, strict=True) if y > 0)
    return total / len(z)


def in_place(z, Y):
    z -= logsumexp(z)[:, None]
    return -np.where(Y > 0, Y * z, 0).sum(axis=1).mean()


WRONG = [
    (checks.check_start, np.log2(50_000), "in bits"),
    (checks.check_start, 4.7, "to the base 10"),
    (checks.check_start, 50_000, "the perplexity"),
    (checks.check_start, -10.82, "minus this logarithm"),
    (checks.check_start, 2.303, "with 10 classes"),
    (checks.check_start, 1 / 50_000, "minus its logarithm"),
    (checks.check_start, 10.8, "make it right to 2 decimals"),
    (checks.check_start, 7, "which probability"),
    (checks.check_start, "ten", "one number expected"),
    (checks.check_soft_loss, lambda z, Y: -(Y * log_softmax(z)).sum(axis=1).mean(), "0 times -inf"),
    (checks.check_soft_loss, lambda z, Y: -xlogy(Y, softmax(z)).sum(axis=1).mean(), "Take the logit minus the LSE"),
    (checks.check_soft_loss, lambda z, Y: -(Y * np.log(softmax(z) + 1e-12)).sum(axis=1).mean(), "minus the LSE"),
    (checks.check_soft_loss, lambda z, Y: -np.where(Y > 0, Y * log_softmax(z), 0).sum(axis=1), "return their mean"),
    (checks.check_soft_loss, lambda z, Y: -soft_loss(z, Y), "not negative"),
    (checks.check_soft_loss, lambda z, Y: -np.where(Y > 0, Y * log_softmax(z), 0).sum(), "their number"),
    (checks.check_soft_loss, lambda z, Y: -np.where(Y > 0, Y * log_softmax(z), 0).mean(), "the mean over the classes"),
    (checks.check_soft_loss, lambda z, Y: soft_loss(z, Y) / np.log(2), "in bits"),
    (checks.check_soft_loss, lambda z, Y: rel_entr(Y, softmax(z)).sum(axis=1).mean(), "that is the divergence"),
    (checks.check_soft_loss, lambda z, Y: cross_entropy(z, Y.argmax(axis=1)), "all targets count"),
    (checks.check_soft_loss, lambda z, Y: -(Y * log_softmax(z, axis=0)).sum(axis=1).mean(), "your columns compete"),
    (checks.check_soft_loss, lambda z, Y: soft_loss(softmax(z), Y), "a softmax of a softmax"),
    (
        checks.check_soft_loss,
        lambda z, Y: -(softmax(z) * np.log(Y + 1e-300)).sum(axis=1).mean(),
        "have changed places",
    ),
    (checks.check_soft_loss, lambda z, Y: soft_loss(np.maximum(z, -50), Y), "expected inf"),
    (checks.check_soft_loss, in_place, "changes its input"),
    (checks.check_soft_loss, lambda z, Y: 1.0, "the mean over the rows"),
    (checks.check_lead, np.log(90), "gets a share of the smoothing"),
    (checks.check_lead, 2.31, "the nine together"),
    (checks.check_lead, 2.2, "spread over 10 classes"),
    (checks.check_lead, np.log(81), "spread over all 10 classes"),
    (checks.check_lead, 0.91, "which lead gives it"),
    (checks.check_lead, 91, "take its logarithm"),
    (checks.check_lead, np.log2(91), "in bits"),
    (checks.check_lead, np.inf, "has no end"),
    (checks.check_lead, 3, "equals the smoothed target"),
    (checks.check_report, [0.5, 0.3, 0.2], "that is the truth"),
    (checks.check_report, [0, 1, 0], "it costs 0.700 on average, and the truth 0.620"),
    (checks.check_report, [1, 1, 0], "a sum of 1"),
    (checks.check_report, [1, 0], r"shape \(3,\)"),
    (checks.check_report, [2, -1, 0], "no entry below 0"),
]

RIGHT = [
    (checks.check_start, np.log(50_000)),
    (checks.check_start, 10.82),
    (checks.check_start, [10.8198]),
    (checks.check_soft_loss, soft_loss),
    (checks.check_soft_loss, by_rows),
    (checks.check_soft_loss, cross_entropy),
    (checks.check_soft_loss, lambda z, Y: in_place(z.copy(), Y)),
    (
        checks.check_soft_loss,
        lambda z, Y: np.mean([-log_softmax(s)[t > 0] @ t[t > 0] for s, t in zip(z, Y, strict=True)]),
    ),
    (checks.check_lead, 4.51),
    (checks.check_lead, np.log(0.91 / 0.01)),
    (checks.check_report, [1, 0, 0]),
    (checks.check_report, np.array([0.8, 0.15, 0.05])),
    (checks.check_report, (0.7, 0.2, 0.1)),
]
