"""Checks of the chapter on heads for several labels."""

import numpy as np

from softmaxlib import argmax_one_hot, log_softmax, logsumexp, one_hot, sigmoid, softmax
from softmaxlib.teaching.example import LOGITS
from softmaxlib.teaching.exercises.checking import Hint, agree, check, compare, number, run


@check
def check_named(attempt):
    """Which labels a row of sigmoids names, from logits and a threshold for the probability."""
    z = np.array([[0.3, 2.5, -1.0], [-3.0, -0.2, 0.9], [4.0, 1.2, 3.0], [-1.6, -1.2, -1.4]])
    p = sigmoid(z)
    for threshold in (0.5, 0.8, 0.35):
        cut = np.log(threshold / (1 - threshold))
        mistakes = [
            (z > threshold, "your threshold cuts the logits; it is meant for the probabilities."),
            (softmax(z) > threshold, "softmax makes the labels of a row share 1; each label has a sigmoid of its own."),
            (p / p.sum(axis=1, keepdims=True) > threshold, "do not divide by the sum; each label is its own question."),
            (argmax_one_hot(z), "that names exactly one label in each row; there may be several, or none."),
            (z < cut, "those are the labels that are not named."),
            (z > -cut, "the sign is wrong: the logit of a threshold t is log(t / (1 - t))."),
            (p, "these are the probabilities; compare them with the threshold."),
        ]
        hint = f"with the threshold {threshold}, name each label whose sigmoid is larger."
        compare(run(attempt, z, threshold), z > cut, hint, (z, threshold), mistakes)
    large = np.array([[800.0, -800.0, 30.0]])
    with np.errstate(over="raise", invalid="raise"):
        try:
            attempt(large.copy(), 0.9)
        except FloatingPointError:
            raise Hint("a logit of 800 or -800 overflows; compare logits instead, or use softmaxlib.sigmoid.") from None
    compare(run(attempt, large, 0.9), [[True, False, True]], "large logits are named, too.", (large, 0.9))


@check
def check_of_labels(attempt):
    """The probability of each label, from those of sets."""
    sets = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0]])
    p = np.array([[0.1, 0.15, 0.05, 0.3, 0.4], [0.6, 0.1, 0.2, 0.06, 0.04]])
    sizes = np.maximum(sets.sum(axis=1, keepdims=True), 1)
    expected = p @ sets
    mistakes = [
        (
            sets[p.argmax(axis=1)],
            "that is the most probable set; add over all sets that hold a label.",
        ),
        (p @ (sets / sizes), "do not share the probability of a set among its members; each of them holds there."),
        (
            expected / expected.sum(axis=1, keepdims=True),
            "do not normalize: several labels may hold at once, so the row need not sum to 1.",
        ),
        (p[:, 1:4], "a label also holds in larger sets; add these, too."),
        (p @ (1 - sets), "that is the probability that the label does not hold."),
        (p @ sets > 0.5, "these are the labels above one half; return the probabilities."),
        (softmax(p) @ sets, "p holds probabilities already; no softmax is needed."),
        ((p[:, :, np.newaxis] * sets).max(axis=1), "that is the most probable set with each label; take the sum."),
    ]
    compare(run(attempt, p, sets), expected, "add up the sets that hold the label.", (p, sets), mistakes)


@check
def check_of_groups(attempt):
    """The probabilities of groups of classes."""
    z = np.array([[0.25, 1.23, -0.8, 0.4], [2.0, -1.0, 0.5, -0.3]])
    group = np.array([1, 0, 1, 1])
    members = one_hot(group, 2)
    p = softmax(z)
    sums = z @ members
    mistakes = [
        (softmax(sums), "the scores of members do not add up; their exponentials do."),
        (
            softmax(sums / members.sum(axis=0)),
            "the mean of the scores is not that of the group; add exponentials.",
        ),
        (
            softmax(np.stack([z[:, group == g].max(axis=1) for g in (0, 1)], axis=1)),
            "the largest score leaves out the other members; add their exponentials.",
        ),
        (p @ members / members.sum(axis=0), "that is the mean over the members; take the sum."),
        (p, "these are the probabilities of the classes; add them up by group."),
        (np.exp(z) @ members, "these do not sum to 1 yet; apply softmax first."),
        (sigmoid(z) @ members, "the classes exclude each other; use softmax, not sigmoids."),
        ((p @ members)[:, ::-1], "the groups are in the wrong order; column g belongs to group g."),
        (np.log(p @ members), "these are logarithms; return probabilities."),
    ]
    compare(run(attempt, z, group), p @ members, "add up the probabilities of the members.", (z, group), mistakes)
    large = np.array([[1000.0, 0.0, 1000.0, 999.0]])
    compare(run(attempt, large, group), [[0.0, 1.0]], "large logits overflow; use softmax.", (large, group))


@check
def check_mammal(loss):
    """The loss of a label that names a group only."""
    seal, panda, _ = -log_softmax(LOGITS)
    right = logsumexp(LOGITS) - logsumexp(LOGITS[:2])
    mistakes = [
        (np.exp(-right), "that is the probability of a mammal; the loss is minus its logarithm."),
        (-right, "a loss is not negative here; mind the sign."),
        (panda, "that is the loss for the label panda; a seal would be right as well."),
        (seal, "that is the loss for the label seal; a panda would be right as well."),
        (seal + panda, "that is for a seal and a panda in two photos; add the probabilities, then take the logarithm."),
        ((seal + panda) / 2, "add the probabilities of the two, then take the logarithm."),
        (right / np.log(2), "that is in bits; use the natural logarithm."),
    ]
    agree(number(loss), right, 3, "minus the logarithm of the probability that it is a seal or a panda.", mistakes)
