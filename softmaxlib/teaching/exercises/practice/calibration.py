"""Checks of the chapter on calibration."""

import numpy as np

from softmaxlib.activations import sigmoid
from softmaxlib.calibration import classwise_calibration_error
from softmaxlib.teaching.exercises.checking import Hint, agree, check, compare, number, run

CONFIDENT = 0.99  # says the model of the exercise on the temperature, whose leads are STRETCH times too large
STRETCH = 3
COST = 4  # of a wrong answer, in units of what it costs to ask


def _gaps(p, y, bins):
    """Return the share of each bin that is not empty, and its accuracy less its confidence."""
    confidence, right = p.max(axis=1), p.argmax(axis=1) == y
    places = np.ceil(bins * confidence).astype(int) - 1
    count = np.bincount(places, minlength=bins)
    gaps = np.bincount(places, right - confidence, bins)
    return count[count > 0] / len(y), gaps[count > 0] / count[count > 0]


@check
def check_error(attempt):
    """The expected calibration error of some predictions."""
    top = np.array([0.97, 0.96, 0.93, 0.84, 0.77, 0.72, 0.69, 0.57, 0.52, 0.44])
    p = np.stack([top, (1 - top) * 0.7, (1 - top) * 0.3], axis=1)
    p = np.array([np.roll(row, i) for i, row in enumerate(p)])
    y = p.argmax(axis=1)
    y[[0, 2, 3]] = (y[[0, 2, 3]] + [1, 2, 1]) % 3
    bins = 4
    share, gaps = _gaps(p, y, bins)
    expected = share @ np.abs(gaps)
    right = p.argmax(axis=1) == y
    of_truth = p[np.arange(len(y)), y]
    mistakes = [
        (np.abs(gaps).mean(), "each bin counts alike; weight its gap by the share of the examples that it holds."),
        (
            np.abs(gaps).sum() / bins,
            "each bin counts alike; weight its gap by the share of the examples that it holds.",
        ),
        (np.abs(gaps).sum(), "weight the gap of each bin by the share of the examples that it holds."),
        (len(y) * expected, "divide by the number of examples."),
        (abs(share @ gaps), "gaps of opposite sign cancel; take the absolute value in each bin."),
        (share @ gaps, "gaps of opposite sign cancel; take the absolute value in each bin."),
        (-share @ gaps, "gaps of opposite sign cancel; take the absolute value in each bin."),
        (np.abs(top - right).mean(), "that is the mean gap of single examples; average within each bin first."),
        (np.sqrt(share @ gaps**2), "the gaps are not squared."),
        (np.abs(gaps).max(), "that is the largest gap; the ECE is their weighted mean."),
        (1 - expected, "that is 1 minus the error."),
        (np.abs(of_truth - right).mean(), "the confidence is the largest probability of a row, not that of the truth."),
        (
            classwise_calibration_error(p, y, bins=bins),
            "that is the classwise error; only the winner of each row counts here.",
        ),
    ]
    hint = "sort the largest probabilities into bins, and weight |accuracy - confidence| of each by its share."
    got = run(attempt, p, y, bins)
    if np.isnan(got).any():
        raise Hint("nan if a bin is empty; leave such bins out.")
    compare(got, expected, hint, (p, y, bins), mistakes)
    certain = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.4, 0.6], [0.9, 0.1]])
    labels = np.array([0, 1, 0, 1, 0])
    share, gaps = _gaps(certain, labels, 2)
    got = run(attempt, certain, labels, 2)
    mistakes = [
        (0.1, "a confidence of exactly 1 belongs to the last bin; yours leaves it out."),
        (0.46, "there are 2 bins here, not 4."),
    ]
    compare(got, share @ np.abs(gaps), "look at the confidence 1 and at empty bins.", (certain, labels, 2), mistakes)


@check
def check_smoothed(attempt):
    """Targets for label smoothing, mixed with the uniform distribution."""
    Y, eps = np.eye(7)[[2, 0, 6]], 0.1
    K = Y.shape[1]
    expected = Y * (1 - eps) + eps / K
    mistakes = [
        (
            Y * (1 - eps / K) + eps / K,
            "your rows sum to more than 1: what all K classes get has to be taken away first.",
        ),
        (Y * (1 - eps) + eps / K * (1 - Y), "your rows sum to less than 1: the true class gets its part of eps, too."),
        (
            Y * (1 - eps) + eps / (K - 1) * (1 - Y),
            "that shares eps among the other classes only; here all classes get a part, the true one too.",
        ),
        (Y * (1 - eps) + eps, "each class gets eps / K, not eps."),
        (np.clip(Y, eps, 1 - eps), "clipped rows do not sum to 1; mix with the uniform distribution."),
        (Y + eps / K, "your rows sum to more than 1; multiply Y by 1 - eps first."),
        (Y * eps + (1 - eps) / K, "the shares are exchanged: the label keeps 1 - eps."),
        (Y * (1 - eps), "the part of eps that each class gets is missing."),
    ]
    hint = "each row is (1 - eps) times the label plus eps times the uniform distribution."
    compare(run(attempt, Y, eps), expected, hint, (Y, eps), mistakes)
    compare(run(attempt, np.eye(2), 0.5), [[0.75, 0.25], [0.25, 0.75]], "K is the number of columns.", (np.eye(2), 0.5))


@check
def check_threshold(confidence):
    """The confidence from which on an answer costs less than asking."""
    mistakes = [
        (1 / COST, "that is the probability of a mistake from which on you ask."),
        (
            COST / (COST + 1),
            "a right answer costs nothing and asking always costs 1: compare 1 with the expected cost.",
        ),
        (1 / (COST + 1), "compare the expected cost of an answer with 1, the cost of asking."),
        (0.5, "at 0.5 an answer costs 2 on average, and asking costs 1."),
        (COST, "a confidence is from 0 to 1."),
    ]
    agree(number(confidence), 1 - 1 / COST, 2, "an answer costs 4 times the probability that it is wrong.", mistakes)


@check
def check_truth(probability):
    """What a confidence stands for if the leads are too large by a known factor."""
    lead = np.log(CONFIDENT / (1 - CONFIDENT))
    mistakes = [
        (CONFIDENT / STRETCH, "the temperature divides the lead in nats, not the probability."),
        (sigmoid(STRETCH * lead), "that makes the lead larger; it is 3 times too large already."),
        (lead / STRETCH, "that is the true lead in nats; turn it into a probability."),
        (lead, "that is the stated lead in nats."),
        (
            CONFIDENT ** (1 / STRETCH),
            "the other class needs the same root, and then both must be divided by their sum.",
        ),
        (CONFIDENT**STRETCH, "the lead is divided by 3; that is not the third power of the probability."),
        (1 - sigmoid(lead / STRETCH), "that is the probability of the other class."),
        ((CONFIDENT / (1 - CONFIDENT)) ** (1 / STRETCH), "those are the odds; the probability is odds / (1 + odds)."),
        (CONFIDENT, "that is what the model says."),
    ]
    hint = "the lead of the stated probability is its log-odds; divide it by 3, and go back."
    agree(number(probability), sigmoid(lead / STRETCH), 3, hint, mistakes)
