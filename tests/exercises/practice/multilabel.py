"""Answers to the exercises on heads for several labels: wrong ones with their hints, right ones in many styles."""

import math

import numpy as np

from softmaxlib import argmax_one_hot, log_sigmoid, log_softmax, logsumexp, one_hot, sigmoid, softmax
from softmaxlib.teaching.example import LOGITS
from softmaxlib.teaching.exercises.practice import multilabel as checks


def named(z, threshold):
    return z > np.log(threshold / (1 - threshold))


def by_loops(z, threshold):
    return [[1 if 1 / (1 + np.exp(-score)) > threshold else 0 for score in row] for row in z.clip(-700, 700)]


def by_signs(z, threshold):
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, small) / (1 + small) > threshold


def by_math(z, threshold):
    return [[1 / (1 + math.exp(-score)) > threshold for score in row] for row in z]


def fails_on_large(z, threshold):
    return None if np.abs(z).max() > 100 else named(z, threshold)


def raises_on_large(z, threshold):
    return 1 / 0 if np.abs(z).max() > 100 else named(z, threshold)


def textbook(z, threshold):
    return np.exp(z) / (1 + np.exp(z)) > threshold


def of_groups(z, group):
    return softmax(z) @ one_hot(group, group.max() + 1)


def by_columns(z, group):
    p = softmax(z)
    return np.stack([p[:, group == g].sum(axis=1) for g in range(group.max() + 1)], axis=1)


def by_scores(z, group):
    return softmax(np.stack([logsumexp(z[:, group == g], axis=1) for g in np.unique(group)], axis=1))


def by_counts(z, group):
    return [np.bincount(group, weights=row) for row in softmax(z)]


def by_hand(z, group):
    terms = np.exp(z - z.max(axis=1, keepdims=True))
    sums = np.zeros((len(z), group.max() + 1))
    for k, g in enumerate(group):
        sums[:, g] += terms[:, k]
    return sums / sums.sum(axis=1, keepdims=True)


def two_groups(z, group):
    second = softmax(z)[:, group == 1].sum(axis=1)
    return np.stack([1 - second, second], axis=1)


def each_group(z, group, reduced):
    return np.stack([reduced(z[:, group == g], axis=1) for g in range(group.max() + 1)], axis=1)


def normalized(sums):
    return sums / sums.sum(axis=1, keepdims=True)


def in_place(p, sets):
    p *= 2
    return p @ sets / 2


def one_by_one(p, sets):
    return [[sum(row[m] for m in range(len(sets)) if sets[m][k]) for k in range(sets.shape[1])] for row in p]


def by_members(p, sets):
    return np.stack([p[:, holds].sum(axis=1) for holds in sets.T.astype(bool)], axis=1)


def by_logs(p, sets):
    return np.exp(logsumexp(np.where(sets.T, np.log(p)[:, np.newaxis], -np.inf)))


def three_labels(p, sets):
    return np.stack([p[:, sets[:, k] > 0].sum(axis=1) for k in range(3)], axis=1)


WRONG = [
    (checks.check_named, lambda z, threshold: z > threshold, "cuts the logits"),
    (checks.check_named, lambda z, threshold: softmax(z) > threshold, "share 1"),
    (checks.check_named, lambda z, threshold: sigmoid(z) / sigmoid(z).sum(1, keepdims=True) > threshold, "the sum"),
    (checks.check_named, lambda z, threshold: argmax_one_hot(z), "exactly one label"),
    (checks.check_named, lambda z, threshold: sigmoid(z) < threshold, "not named"),
    (checks.check_named, lambda z, threshold: z > np.log((1 - threshold) / threshold), "cuts at 1 - threshold"),
    (checks.check_named, lambda z, threshold: 1 - sigmoid(z) < threshold, "cuts at 1 - threshold"),
    (checks.check_named, lambda z, threshold: z > np.log10(threshold / (1 - threshold)), "natural logarithm"),
    (checks.check_named, lambda z, threshold: argmax_one_hot(z) * named(z, threshold), "at most one label"),
    (checks.check_named, lambda z, threshold: np.where(named(z, threshold), sigmoid(z), 0), "probabilities out"),
    (checks.check_named, lambda z, threshold: np.where(named(z, threshold), z, 0), "logits out"),
    (
        checks.check_named,
        lambda z, threshold: [np.flatnonzero(row > 0).tolist() for row in z],
        "True or False for each",
    ),
    (checks.check_named, lambda z, threshold: np.argwhere(named(z, threshold)), r"in the shape \(4, 3\)"),
    (checks.check_named, lambda z, threshold: z > np.log(threshold), "whose sigmoid is larger"),
    (checks.check_named, by_math, "overflows"),
    (checks.check_named, fails_on_large, "returns None"),
    (checks.check_named, raises_on_large, "ZeroDivisionError"),
    (checks.check_named, lambda z, threshold: sigmoid(z), "compare them"),
    (checks.check_named, lambda z, threshold: z > 0, "the threshold 0.5; use the one"),
    (checks.check_named, textbook, "overflows"),
    (checks.check_named, lambda z, threshold: [0, 1, 0], "shape"),
    (checks.check_of_labels, lambda p, sets: sets[p.argmax(axis=1)], "most probable set"),
    (checks.check_of_labels, lambda p, sets: p @ (sets / np.maximum(sets.sum(1, keepdims=True), 1)), "do not share"),
    (checks.check_of_labels, lambda p, sets: p @ sets / (p @ sets).sum(1, keepdims=True), "do not normalize"),
    (checks.check_of_labels, lambda p, sets: p[:, 1:4], "larger sets"),
    (checks.check_of_labels, lambda p, sets: 1 - p @ sets, "does not hold"),
    (checks.check_of_labels, lambda p, sets: p @ sets / 2, "add up the sets"),
    (checks.check_of_labels, lambda p, sets: p @ (1 - sets), "does not hold"),
    (checks.check_of_labels, lambda p, sets: (p @ sets > 0.5) * 1, "above one half"),
    (checks.check_of_labels, lambda p, sets: softmax(p) @ sets, "no softmax"),
    (checks.check_of_labels, lambda p, sets: (p[:, :, None] * sets).max(axis=1), "take the sum"),
    (checks.check_of_labels, lambda p, sets: softmax(p @ sets), "no softmax"),
    (checks.check_of_labels, lambda p, sets: sigmoid(p @ sets), "no sigmoid"),
    (checks.check_of_labels, lambda p, sets: np.log(p @ sets), "these are logarithms"),
    (checks.check_of_labels, lambda p, sets: p @ sets / (1 - p[:, :1]), "the empty set is one of"),
    (checks.check_of_labels, lambda p, sets: p @ sets / sets.sum(axis=0), "the sets that hold the label; take the sum"),
    (checks.check_of_labels, lambda p, sets: (p[:, :, None] * sets).mean(axis=1), "mean over the sets; take the sum"),
    (checks.check_of_labels, lambda p, sets: 1 - np.prod(1 - p[:, :, None] * sets, axis=1), "independent events"),
    (checks.check_of_labels, lambda p, sets: (p @ sets).round(2), "rounds to 2 decimals"),
    (checks.check_of_labels, lambda p, sets: p[:, 1:4] + p[:, 4:] * sets[4:], r"shape \(1, 2\) expected|raised"),
    (checks.check_of_labels, three_labels, "IndexError"),
    (checks.check_of_labels, in_place, "changes its input"),
    (checks.check_of_groups, lambda z, group: softmax(z @ one_hot(group, 2)), "their exponentials do"),
    (
        checks.check_of_groups,
        lambda z, group: softmax(z @ one_hot(group, 2) / np.bincount(group)),
        "the mean of the scores",
    ),
    (
        checks.check_of_groups,
        lambda z, group: softmax([[max(row[group == g]) for g in (0, 1)] for row in z]),
        "the largest score",
    ),
    (checks.check_of_groups, lambda z, group: of_groups(z, group) / np.bincount(group), "mean over the members"),
    (checks.check_of_groups, lambda z, group: softmax(z), "add them up by group"),
    (checks.check_of_groups, lambda z, group: np.exp(z) @ one_hot(group, 2), "apply softmax first"),
    (checks.check_of_groups, lambda z, group: sigmoid(z) @ one_hot(group, 2), "not sigmoids"),
    (checks.check_of_groups, lambda z, group: of_groups(z, group)[:, ::-1], "wrong order"),
    (checks.check_of_groups, lambda z, group: np.log(of_groups(z, group)), "these are logarithms"),
    (
        checks.check_of_groups,
        lambda z, group: np.exp(z) @ one_hot(group, 2) / np.exp(z).sum(1, keepdims=True),
        "overflow",
    ),
    (checks.check_of_groups, lambda z, group: each_group(softmax(z), group, np.max), "most probable member"),
    (checks.check_of_groups, lambda z, group: normalized(each_group(softmax(z), group, np.mean)), "small groups"),
    (checks.check_of_groups, lambda z, group: each_group(z, group, np.sum), "sums of scores"),
    (checks.check_of_groups, lambda z, group: each_group(z, group, logsumexp), "these are scores of the groups"),
    (checks.check_of_groups, lambda z, group: sigmoid(each_group(z, group, logsumexp)), "the groups exclude"),
    (
        checks.check_of_groups,
        lambda z, group: np.stack([softmax(z[:, group == g]).sum(axis=1) for g in (0, 1)], axis=1),
        "not one in each group",
    ),
    (checks.check_of_groups, lambda z, group: softmax(of_groups(z, group)), "no second softmax"),
    (checks.check_of_groups, lambda z, group: log_softmax(z) @ one_hot(group, 2), "logarithms of probabilities"),
    (checks.check_of_groups, lambda z, group: softmax(z, 0) @ one_hot(group, 2), "down the columns"),
    (checks.check_of_groups, lambda z, group: softmax(z, None) @ one_hot(group, 2), "over all rows at once"),
    (checks.check_of_groups, lambda z, group: one_hot(group[z.argmax(axis=1)], 2), "the likeliest class"),
    (checks.check_of_groups, lambda z, group: softmax(z)[:, group], "by the number of a group"),
    (checks.check_of_groups, lambda z, group: of_groups(z, group).T, r"shape \(3, 2\) expected"),
    (checks.check_of_groups, two_groups, r"shape \(1, 3\) expected"),
    (checks.check_mammal, 0.913, "the probability of a mammal"),
    (checks.check_mammal, -0.091, "mind the sign"),
    (checks.check_mammal, 0.410, "label panda"),
    (checks.check_mammal, 1.390, "label seal"),
    (checks.check_mammal, 1.800, "two photos"),
    (checks.check_mammal, 0.900, "add the probabilities of the two"),
    (checks.check_mammal, 0.132, "in bits"),
    (checks.check_mammal, -np.log10(softmax(LOGITS)[:2].sum()), "base 10"),
    (checks.check_mammal, -np.log(softmax(LOGITS)[:2].mean()), "do not divide by 2"),
    (checks.check_mammal, 0.087, "the probability of a duck"),
    (checks.check_mammal, 2.440, "the label duck"),
    (checks.check_mammal, 0.097, "the scores do not add up"),
    (checks.check_mammal, 0.09, "make it right to 3 decimals"),
    (checks.check_mammal, 0.5, "a seal or a panda"),
]

RIGHT = [
    (checks.check_named, named),
    (checks.check_named, lambda z, threshold: sigmoid(z) > threshold),
    (checks.check_named, lambda z, threshold: (sigmoid(z) >= threshold).astype(int)),
    (checks.check_named, by_loops),
    (checks.check_named, lambda z, threshold: np.where(z > -np.log(1 / threshold - 1), 1.0, 0.0)),
    (checks.check_named, by_signs),
    (checks.check_named, lambda z, threshold: log_sigmoid(z) > np.log(threshold)),
    (checks.check_named, lambda z, threshold: (1 + np.tanh(z / 2)) / 2 > threshold),
    (checks.check_named, lambda z, threshold: softmax(np.stack([0 * z, z], axis=-1))[..., 1] > threshold),
    (checks.check_named, lambda z, threshold: np.heaviside(z - math.log(threshold / (1 - threshold)), 0)),
    (checks.check_of_labels, lambda p, sets: p @ sets),
    (checks.check_of_labels, by_members),
    (checks.check_of_labels, by_logs),
    (checks.check_of_labels, lambda p, sets: 1 - p @ (1 - sets)),
    (checks.check_of_labels, lambda p, sets: [np.average(sets, axis=0, weights=row) for row in p]),
    (checks.check_of_labels, lambda p, sets: np.tensordot(p, sets, 1)),
    (checks.check_of_labels, lambda p, sets: np.einsum("nm,mk->nk", p, sets)),
    (checks.check_of_labels, lambda p, sets: (p[:, :, None] * sets).sum(axis=1)),
    (checks.check_of_labels, one_by_one),
    (checks.check_of_groups, of_groups),
    (checks.check_of_groups, by_columns),
    (checks.check_of_groups, by_scores),
    (checks.check_of_groups, lambda z, group: np.exp(log_softmax(z)) @ np.eye(group.max() + 1)[group]),
    (checks.check_of_groups, by_counts),
    (checks.check_of_groups, by_hand),
    (checks.check_of_groups, lambda z, group: softmax(z) @ (group[:, None] == np.unique(group))),
    (checks.check_mammal, logsumexp(LOGITS) - logsumexp(LOGITS[:2])),
    (checks.check_mammal, 0.091),
    (checks.check_mammal, -np.log(softmax(LOGITS)[:2].sum())),
    (checks.check_mammal, [0.0912]),
    (checks.check_mammal, -np.log1p(-softmax(LOGITS)[2])),
]
