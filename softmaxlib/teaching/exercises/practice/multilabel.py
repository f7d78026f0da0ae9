"""Checks of the chapter on heads for several labels."""

import numpy as np

from softmaxlib import argmax_one_hot, log_softmax, logsumexp, one_hot, sigmoid, softmax
from softmaxlib.teaching.example import LOGITS
from softmaxlib.teaching.exercises.checking import Hint, agree, call, check, compare, number, numbers, run


@check
def check_named(attempt):
    """Which labels a row of sigmoids names, from logits and a threshold for the probability."""
    z = np.array([[1.3, 2.5, -1.0], [-3.0, 0.3, 0.7], [3.1, 1.2, 3.0], [-1.6, -1.2, -0.2]])
    p = sigmoid(z)
    for threshold in (0.5, 0.8, 0.35):
        cut = np.log(threshold / (1 - threshold))
        mistakes = [
            (z > threshold, "your threshold cuts the logits; it is meant for the probabilities."),
            (softmax(z) > threshold, "softmax makes the labels of a row share 1; each label has a sigmoid of its own."),
            (p / p.sum(axis=1, keepdims=True) > threshold, "do not divide by the sum; each label is its own question."),
            (argmax_one_hot(z), "that names exactly one label in each row; there may be several, or none."),
            (argmax_one_hot(z) * (z > cut), "that names at most one label in each row; there may be several."),
            (z < cut, "those are the labels that are not named."),
            (z > -cut, "that cuts at 1 - threshold; the logit of a threshold t is log(t / (1 - t))."),
            (z > cut / np.log(10), "the logit of a threshold takes the natural logarithm."),
            (z > 0, "that is the threshold 0.5; use the one that your function is given."),
            (p, "these are the probabilities; compare them with the threshold."),
            (p * (z > cut), "name the labels, by True or False, and leave their probabilities out."),
            (z * (z > cut), "name the labels, by True or False, and leave their logits out."),
        ]
        hint = f"with the threshold {threshold}, name each label whose sigmoid is larger."
        compare(_named(attempt, z, threshold), z > cut, hint, (z, threshold), mistakes)
    large = np.array([[800.0, -800.0, 30.0]])
    with np.errstate(over="raise", invalid="raise"):
        try:
            attempt(large.copy(), 0.9)
        except (FloatingPointError, OverflowError):
            raise Hint("a logit of 800 or -800 overflows; compare logits instead, or use softmaxlib.sigmoid.") from None
        except Exception:  # told below, in the words of all other errors
            pass
    compare(_named(attempt, large, 0.9), [[True, False, True]], "large logits are named, too.", (large, 0.9))


def _named(attempt, z, threshold):
    """Return the labels that an attempt names, or say what form they should have."""
    return numbers(call(attempt, z, threshold), z.shape, "True or False for each label")


@check
def check_of_labels(attempt):
    """The probability of each label, from those of sets."""
    sets = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0]])
    p = np.array([[0.125, 0.15, 0.05, 0.3, 0.375], [0.6, 0.1, 0.2, 0.0625, 0.0375]])
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
        (p @ sets / (1 - p[:, :1]), "do not divide by the rest; the empty set is one of the cases."),
        (p @ sets / sets.sum(axis=0), "do not take the mean over the sets that hold the label; take the sum."),
        (p @ sets / len(sets), "do not take the mean over the sets; take the sum."),
        (
            1 - (1 - p[:, :, np.newaxis] * sets).prod(axis=1),
            "that holds for independent events; sets exclude each other, so their probabilities add up.",
        ),
        (p[:, 1:4], "a label also holds in larger sets; add these, too."),
        (p @ (1 - sets), "that is the probability that the label does not hold."),
        (p @ sets > 0.5, "these are the labels above one half; return the probabilities."),
        (softmax(p) @ sets, "p holds probabilities already; no softmax is needed."),
        (softmax(p @ sets), "the sums are probabilities already; no softmax is needed."),
        (sigmoid(p @ sets), "the sums are probabilities already; no sigmoid is needed."),
        (np.log(p @ sets), "these are logarithms; return probabilities."),
        ((p[:, :, np.newaxis] * sets).max(axis=1), "that is the most probable set with each label; take the sum."),
    ]
    compare(run(attempt, p, sets), expected, "add up the sets that hold the label.", (p, sets), mistakes)
    p, sets = np.array([[0.4, 0.3, 0.1, 0.2]]), np.array([[1, 1], [0, 1], [0, 0], [1, 0]])
    compare(run(attempt, p, sets), p @ sets, "other sets may come in any order, and of other labels.", (p, sets))


@check
def check_of_groups(attempt):
    """The probabilities of groups of classes."""
    z = np.array([[0.25, 1.23, -0.8, 0.4], [2.0, -1.0, 0.5, -0.3], [-0.7, 0.1, 0.6, 1.1]])
    group = np.array([1, 0, 1, 1])
    members = one_hot(group, 2)
    p = softmax(z)
    sums, largest = z @ members, np.stack([z[:, group == g].max(axis=1) for g in (0, 1)], axis=1)
    means = p @ members / members.sum(axis=0)
    mistakes = [
        (softmax(sums), "the scores of members do not add up; their exponentials do."),
        (
            softmax(sums / members.sum(axis=0)),
            "the mean of the scores is not that of the group; add exponentials.",
        ),
        (softmax(largest), "the largest score leaves out the other members; add their exponentials."),
        (
            np.exp(largest - logsumexp(z, keepdims=True)),
            "that is the most probable member of each group; take the sum over the members.",
        ),
        (means, "that is the mean over the members; take the sum."),
        (means / means.sum(axis=1, keepdims=True), "the mean over the members favors small groups; take the sum."),
        (sums, "these are sums of scores; apply softmax, then add up its results."),
        (np.log(np.exp(z) @ members), "these are scores of the groups; a softmax makes probabilities of them."),
        (sigmoid(np.log(np.exp(z) @ members)), "the groups exclude each other; use softmax, not sigmoids."),
        (np.ones(sums.shape), "take one softmax over all classes, not one in each group."),
        (softmax(p @ members), "the sums are probabilities already; no second softmax is needed."),
        (log_softmax(z) @ members, "logarithms of probabilities do not add up; the probabilities do."),
        (softmax(z, axis=0) @ members, "that softmax runs down the columns; take it along the last axis, the classes."),
        (
            softmax(z, axis=None) @ members,
            "one softmax over all rows at once; take it along the last axis, the classes.",
        ),
        (one_hot(group[z.argmax(axis=1)], 2), "that is the group of the likeliest class; return probabilities."),
        (p[:, group], "that picks columns by the number of a group; add up the columns of its members."),
        (p, "these are the probabilities of the classes; add them up by group."),
        (np.exp(z) @ members, "these do not sum to 1 yet; apply softmax first."),
        (sigmoid(z) @ members, "the classes exclude each other; use softmax, not sigmoids."),
        ((p @ members)[:, ::-1], "the groups are in the wrong order; column g belongs to group g."),
        (np.log(p @ members), "these are logarithms; return probabilities."),
    ]
    compare(run(attempt, z, group), p @ members, "add up the probabilities of the members.", (z, group), mistakes)
    large = np.array([[1000.0, 0.0, 1000.0, 999.0]])
    compare(run(attempt, large, group), [[0.0, 1.0]], "large logits overflow; use softmax.", (large, group))
    z, group = z[:1], np.array([2, 0, 1, 2])
    compare(run(attempt, z, group), softmax(z) @ one_hot(group, 3), "there may be more than two groups.", (z, group))


@check
def check_mammal(loss):
    """The loss of a label that names a group only."""
    seal, panda, duck = -log_softmax(LOGITS)
    right = logsumexp(LOGITS) - logsumexp(LOGITS[:2])
    mistakes = [
        (np.exp(-right), "that is the probability of a mammal; the loss is minus its logarithm."),
        (-right, "a loss is not negative here; mind the sign."),
        (panda, "that is the loss for the label panda; a seal would be right as well."),
        (seal, "that is the loss for the label seal; a panda would be right as well."),
        (seal + panda, "that is for a seal and a panda in two photos; add the probabilities, then take the logarithm."),
        ((seal + panda) / 2, "add the probabilities of the two, then take the logarithm."),
        (right / np.log(2), "that is in bits; use the natural logarithm."),
        (right / np.log(10), "that is with the logarithm to base 10; use the natural logarithm."),
        (right + np.log(2), "add the probabilities of the two, and do not divide by 2."),
        (np.exp(-duck), "that is the probability of a duck; the loss is minus the logarithm of that of a mammal."),
        (duck, "that is the loss for the label duck, which is no mammal."),
        (-log_softmax([LOGITS[0] + LOGITS[1], LOGITS[2]])[0], "the scores do not add up; their exponentials do."),
    ]
    agree(number(loss), right, 3, "minus the logarithm of the probability that it is a seal or a panda.", mistakes)
