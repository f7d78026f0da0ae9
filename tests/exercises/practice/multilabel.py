"""Answers to the exercises on heads for several labels: wrong ones with their hints, right ones in many styles."""

import numpy as np

from softmaxlib import argmax_one_hot, log_softmax, logsumexp, one_hot, sigmoid, softmax
from softmaxlib.teaching.example import LOGITS
from softmaxlib.teaching.exercises.practice import multilabel as checks


def named(z, threshold):
    return z > np.log(threshold / (1 - threshold))


def by_loops(z, threshold):
    return [[1 if 1 / (1 + np.exp(-score)) > threshold else 0 for score in row] for row in z.clip(-700, 700)]


def textbook(z, threshold):
    return np.exp(z) / (1 + np.exp(z)) > threshold


def of_groups(z, group):
    return softmax(z) @ one_hot(group, group.max() + 1)


def by_columns(z, group):
    p = softmax(z)
    return np.stack([p[:, group == g].sum(axis=1) for g in range(2)], axis=1)


def by_scores(z, group):
    return softmax(np.stack([logsumexp(z[:, group == g], axis=1) for g in range(2)], axis=1))


def in_place(p, sets):
    p *= 2
    return p @ sets / 2


def one_by_one(p, sets):
    return [[sum(row[m] for m in range(len(sets)) if sets[m][k]) for k in range(3)] for row in p]


WRONG = [
    (checks.check_named, lambda z, threshold: z > threshold, "cuts the logits"),
    (checks.check_named, lambda z, threshold: softmax(z) > threshold, "share 1"),
    (checks.check_named, lambda z, threshold: sigmoid(z) / sigmoid(z).sum(1, keepdims=True) > threshold, "the sum"),
    (checks.check_named, lambda z, threshold: argmax_one_hot(z), "exactly one label"),
    (checks.check_named, lambda z, threshold: sigmoid(z) < threshold, "not named"),
    (checks.check_named, lambda z, threshold: z > np.log((1 - threshold) / threshold), "the sign is wrong"),
    (checks.check_named, lambda z, threshold: sigmoid(z), "compare them"),
    (checks.check_named, lambda z, threshold: z > 0, "with the threshold 0.8"),
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
    (checks.check_mammal, 0.913, "the probability of a mammal"),
    (checks.check_mammal, -0.091, "mind the sign"),
    (checks.check_mammal, 0.410, "label panda"),
    (checks.check_mammal, 1.390, "label seal"),
    (checks.check_mammal, 1.800, "two photos"),
    (checks.check_mammal, 0.900, "add the probabilities of the two"),
    (checks.check_mammal, 0.132, "in bits"),
    (checks.check_mammal, 0.09, "make it right to 3 decimals"),
    (checks.check_mammal, 0.5, "a seal or a panda"),
]

RIGHT = [
    (checks.check_named, named),
    (checks.check_named, lambda z, threshold: sigmoid(z) > threshold),
    (checks.check_named, lambda z, threshold: (sigmoid(z) >= threshold).astype(int)),
    (checks.check_named, by_loops),
    (checks.check_named, lambda z, threshold: np.where(z > -np.log(1 / threshold - 1), 1.0, 0.0)),
    (checks.check_of_labels, lambda p, sets: p @ sets),
    (checks.check_of_labels, lambda p, sets: np.einsum("nm,mk->nk", p, sets)),
    (checks.check_of_labels, lambda p, sets: (p[:, :, None] * sets).sum(axis=1)),
    (checks.check_of_labels, one_by_one),
    (checks.check_of_groups, of_groups),
    (checks.check_of_groups, by_columns),
    (checks.check_of_groups, by_scores),
    (checks.check_of_groups, lambda z, group: np.exp(log_softmax(z)) @ np.eye(2)[group]),
    (checks.check_mammal, logsumexp(LOGITS) - logsumexp(LOGITS[:2])),
    (checks.check_mammal, 0.091),
    (checks.check_mammal, -np.log(softmax(LOGITS)[:2].sum())),
    (checks.check_mammal, [0.0912]),
]
