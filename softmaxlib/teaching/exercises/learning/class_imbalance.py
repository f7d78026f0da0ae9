"""Checks of the chapter on class imbalance."""

import numpy as np

from softmaxlib.teaching.charts.class_imbalance import SHARES
from softmaxlib.teaching.example import LOGITS
from softmaxlib.teaching.exercises.checking import Hint, agree, check, compare, number, run

LEAD = LOGITS[1] - LOGITS[2]  # of the panda over the duck, in nats
COMMON, _, DUCK = SHARES


@check
def check_shifted(attempt):
    """Probabilities in another population."""
    p = np.array([[0.7, 0.2, 0.1], [0.05, 0.15, 0.8]])
    old, new = np.array([0.5, 0.3, 0.2]), np.array([0.1, 0.3, 0.6])
    amounts = p * new / old
    expected = amounts / amounts.sum(axis=1, keepdims=True)

    def normalized(amounts):
        return amounts / amounts.sum(axis=1, keepdims=True)

    mistakes = [
        (amounts, "each row must sum to 1; divide by its sum."),
        (normalized(p * old / new), "the ratio is upside down: a class that is more common now gets more."),
        (normalized(p * new), "the old shares are in p already; divide by them, too."),
        (normalized(p / old), "that is the population with equal shares; multiply by the new ones."),
        (amounts / amounts.sum(axis=0), "your columns sum to 1; the classes are the entries of a row."),
        (amounts / amounts.sum(), "the whole batch sums to 1; each row should."),
        (normalized(np.exp(p + np.log(new / old))), "the logarithm of the ratio is added to log p, not to p."),
        (np.log(expected), "these are logarithms; return probabilities."),
    ]
    hint = "multiply by new / old, then divide each row by its sum."
    compare(run(attempt, p, old, new), expected, hint, (p, old, new), mistakes)
    certain = np.array([[1.0, 0.0, 0.0]])
    if np.isnan(run(attempt, certain, old, new)).any():
        raise Hint("nan for a probability of 0; a class that is impossible stays impossible.")
    compare(
        run(attempt, certain, old, new), certain, "a class that is impossible stays impossible.", (certain, old, new)
    )


@check
def check_share(share):
    """The share of ducks from which on the duck wins."""
    odds = np.exp(LEAD) * DUCK / COMMON / 2  # of a duck in the population

    mistakes = [
        (odds, "those are the odds of a duck in the population; the share is odds / (1 + odds)."),
        (
            np.exp(LEAD) / (np.exp(LEAD) + 2),
            "that is for equal shares in training; there the panda had 0.4 and the duck 0.2.",
        ),
        (0.5, "that would be so if both had the same score and training share; the panda leads by 2.03."),
        (LEAD, "that is the lead in nats; which share makes up for it?"),
    ]
    agree(number(share), odds / (1 + odds), 2, "set the adjusted scores of panda and duck equal.", mistakes)


@check
def check_detector(probability):
    """The probability of a rare event, by a detector trained on as many rare as common images."""
    odds = 9 / 99
    mistakes = [
        (odds, "those are the odds; the probability is odds / (1 + odds)."),
        (0.9, "that is for a population with equal shares; here 1 in 100 is rare."),
        (0.009, "0.9 times 0.01 is not yet normalized; the other class has 0.1 times 0.99."),
        (9 / 100 / (1 + 9 / 100), "the odds of a rare image in the population are 1 to 99."),
        (1 - odds / (1 + odds), "that is the probability of the common class."),
        (891 / 892, "the ratio is upside down: a rare class gets less, not more."),
    ]
    agree(number(probability), odds / (1 + odds), 3, "multiply the odds 9 by the odds of the population.", mistakes)


@check
def check_decide(attempt):
    """The decision with the least expected cost."""
    p = np.array([[0.6, 0.31, 0.09], [0.3, 0.68, 0.02], [0.98, 0.01, 0.01]])
    cost = np.array([[0.0, 1.0, 2.0], [4.0, 0.0, 1.0], [20.0, 9.0, 0.0]])
    expected = (p @ cost).argmin(axis=1)
    mistakes = [
        (p.argmax(axis=1), "that is the most probable class; the costs do not count yet."),
        ((p @ cost.T).argmin(axis=1), "rows of cost are true classes, columns are decisions: you need p @ cost."),
        ((p @ cost).argmax(axis=1), "that is the most expensive decision."),
        (
            (p * cost.sum(axis=1)).argmax(axis=1),
            "one cost for each class is not enough; what a miss costs depends on the decision, too.",
        ),
        (p @ cost, "these are the expected costs; return the index of the smallest in each row."),
        ((p @ cost).min(axis=1), "that is the smallest cost; return which decision has it."),
        ((p @ cost).argmin(axis=0), "that compares the rows; compare the decisions of each row."),
        (expected + 1, "classes are counted from 0."),
    ]
    compare(run(attempt, p, cost), expected, "the smallest entry of each row of p @ cost.", (p, cost), mistakes)
