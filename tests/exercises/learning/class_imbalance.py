"""Answers to the exercises on class imbalance: wrong ones with their hints, right ones in many styles."""

import numpy as np

from softmaxlib import softmax
from softmaxlib.teaching.exercises.learning import class_imbalance as checks


def shifted(p, old, new):
    p = p * new / old
    return p / p.sum(axis=1, keepdims=True)


def by_rows(p, old, new):
    rows = [[a * n / o for a, o, n in zip(row, old, new, strict=True)] for row in p]
    return [[a / sum(row) for a in row] for row in rows]


def by_logits(p, old, new):
    with np.errstate(divide="ignore"):
        return softmax(np.log(p) + np.log(new) - np.log(old))


def in_place(p, old, new):
    p *= new / old
    return p / p.sum(axis=1, keepdims=True)


def one_by_one(p, cost):
    found = []
    for row in p:
        expected = [sum(row[j] * cost[j, k] for j in range(3)) for k in range(3)]
        found.append(expected.index(min(expected)))
    return found


WRONG = [
    (checks.check_shifted, lambda p, old, new: p * new / old, "must sum to 1"),
    (checks.check_shifted, lambda p, old, new: shifted(p, new, old), "upside down"),
    (checks.check_shifted, lambda p, old, new: shifted(p, 1, new), "in p already"),
    (checks.check_shifted, lambda p, old, new: shifted(p, old, 1), "equal shares"),
    (checks.check_shifted, lambda p, old, new: (p * new / old) / (p * new / old).sum(axis=0), "columns sum"),
    (checks.check_shifted, lambda p, old, new: (p * new / old) / (p * new / old).sum(), "whole batch"),
    (checks.check_shifted, lambda p, old, new: softmax(p + np.log(new / old)), "not to p"),
    (checks.check_shifted, lambda p, old, new: np.log(shifted(p, old, new)), "return probabilities"),
    (checks.check_shifted, lambda p, old, new: p, "then divide each row"),
    (checks.check_shifted, lambda p, old, new: p * new / old / (p * new / old).sum(axis=1), "keepdims"),
    (checks.check_shifted, in_place, "changes its input"),
    (checks.check_shifted, lambda p, old, new: shifted(p, old, new) + np.log(p) * 0, "nan for a probability"),
    (checks.check_share, 1.90, "odds of a duck"),
    (checks.check_share, 0.79, "equal shares in training"),
    (checks.check_share, 3.807 / 4.807, "equal shares in training"),
    (checks.check_share, 0.5, "same score"),
    (checks.check_share, 2.03, "lead in nats"),
    (checks.check_share, 0.65, "make it right to 2 decimals"),
    (checks.check_share, 0.3, "set the adjusted scores"),
    (checks.check_share, "two thirds", "one number expected"),
    (checks.check_detector, 0.091, "those are the odds"),
    (checks.check_detector, 0.9, "with equal shares"),
    (checks.check_detector, 0.009, "not yet normalized"),
    (checks.check_detector, 0.917, "the common class"),
    (checks.check_detector, 0.999, "upside down"),
    (checks.check_detector, 0.5, "multiply the odds 9"),
    (checks.check_decide, lambda p, cost: p.argmax(axis=1), "most probable class"),
    (checks.check_decide, lambda p, cost: (p @ cost.T).argmin(axis=1), "rows of cost are true classes"),
    (checks.check_decide, lambda p, cost: (p @ cost).argmax(axis=1), "most expensive"),
    (checks.check_decide, lambda p, cost: (p * cost.sum(axis=1)).argmax(axis=1), "depends on the decision"),
    (checks.check_decide, lambda p, cost: (p * cost.max(axis=1)).argmax(axis=1), "depends on the decision"),
    (checks.check_decide, lambda p, cost: p @ cost, "index of the smallest"),
    (checks.check_decide, lambda p, cost: (p @ cost).min(axis=1), "which decision has it"),
    (checks.check_decide, lambda p, cost: (p @ cost).argmin(axis=1) + 1, "counted from 0"),
    (checks.check_decide, lambda p, cost: [2, 2, 2], "the smallest entry"),
]

RIGHT = [
    (checks.check_shifted, shifted),
    (checks.check_shifted, by_rows),
    (checks.check_shifted, by_logits),
    (checks.check_shifted, lambda p, old, new: in_place(p.copy(), old, new)),
    (checks.check_share, 0.66),
    (checks.check_share, np.exp(2.03) / (4 + np.exp(2.03))),
    (checks.check_detector, 1 / 12),
    (checks.check_detector, 0.083),
    (checks.check_detector, [0.0833]),
    (checks.check_decide, lambda p, cost: (p @ cost).argmin(axis=1)),
    (checks.check_decide, lambda p, cost: np.argmin(np.einsum("nj,jk->nk", p, cost), axis=-1)),
    (checks.check_decide, one_by_one),
]
