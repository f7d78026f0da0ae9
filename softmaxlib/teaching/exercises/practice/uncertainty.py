"""Checks of the chapter on uncertainty."""

import numpy as np
from scipy.special import entr

from softmaxlib.activations import logsumexp
from softmaxlib.teaching.exercises.checking import Hint, check, compare, number, run


@check
def check_mutual_information(attempt):
    """Mutual information from the probabilities of several networks."""
    P = np.array(
        [
            [[0.7, 0.2, 0.1], [0.9, 0.05, 0.05], [0.2, 0.5, 0.3], [0.1, 0.1, 0.8]],
            [[0.7, 0.2, 0.1], [0.05, 0.9, 0.05], [0.4, 0.4, 0.2], [0.3, 0.3, 0.4]],
        ]
    )
    mean = P.mean(axis=0)
    total, each = entr(mean).sum(axis=-1), entr(P).sum(axis=-1)
    expected = total - each.mean(axis=0)
    mistakes = [
        (total, "that is the entropy of the mean; subtract the mean of the entropies."),
        (each.mean(axis=0), "that is the mean of the entropies; subtract it from the entropy of the mean."),
        (-expected, "the sign is wrong: the entropy of the mean is never the smaller one."),
        (expected / np.log(2), "that is in bits; use the natural logarithm."),
        (P.var(axis=0).sum(axis=-1), "that is a variance; mutual information is a difference of two entropies."),
        (
            total - each.sum(axis=0),
            "the entropies of the networks are summed; take their mean.",
        ),
        (
            entr(P.mean(axis=1)).sum(axis=-1) - each.mean(axis=1),
            "axis 0 holds the networks; your mean runs over the images.",
        ),
        (expected.mean(), "one number for each image is expected, not their mean."),
    ]
    hint = "the entropy of the mean over axis 0, minus the mean of the entropies."
    compare(run(attempt, P), expected, hint, (P,), mistakes)
    sure = np.eye(3)[:, np.newaxis]  # (M, 1, K)
    got = run(attempt, sure)
    if np.isnan(got).any():
        raise Hint("nan for a probability of 0; it adds nothing to an entropy, and scipy.special.entr knows that.")
    compare(got, [np.log(3)], "three networks, each sure of another class, differ by log 3.", (sure,))


@check
def check_energy(attempt):
    """The energy score of logits."""
    z = np.array([[0.25, 1.23, -0.8], [3.0, 1.0, 0.0]])
    expected = -logsumexp(z, axis=1)
    mistakes = [
        (-expected, "the sign is wrong: high logits have a low energy."),
        (-np.exp(z).sum(axis=1), "the logarithm of the sum is missing."),
        (np.exp(z).sum(axis=1), "that is the sum of the exponentials; take minus its logarithm."),
        (-z.max(axis=1), "that is minus the largest logit; the others belong into the sum, too."),
        (-logsumexp(z, axis=0), "your sum runs over the rows; the classes are the entries of a row."),
        (-logsumexp(z, axis=None), "one number for each row is expected; sum along axis 1."),
        (expected - np.log(3), "that is the logarithm of a sum with a factor; take the sum as it is."),
        (-np.log(np.exp(z).mean(axis=1)), "the mean of the exponentials is not their sum."),
    ]
    compare(run(attempt, z), expected, "minus the log-sum-exp of each row.", (z,), mistakes)
    large = np.array([[1000.0, 999.0], [-1000.0, -1001.0]])
    got = run(attempt, large)
    if not np.isfinite(got).all():
        raise Hint(
            "infinite for logits of ±1000; take the maximum of each row out of its sum, or use logsumexp of softmaxlib."
        )
    compare(got, -logsumexp(large, axis=1), "take the maximum of each row out of its sum.", (large,))


@check
def check_threshold(attempt):
    """The threshold of conformal prediction."""
    scores = np.array([0.31, 0.02, 0.77, 0.15, 0.44, 0.93, 0.08, 0.26, 0.52])  # n = 9
    ordered = np.sort(scores)
    mistakes = [
        (ordered[6], "that is the 7th smallest; ceil((n + 1)(1 - alpha)) is 8, and Python counts from 0."),
        (
            ordered[8],
            "that is the 9th smallest; Python counts from 0, so the 8th has the index 7. "
            "With np.quantile at k / n, take the method 'inverted_cdf', not 'higher'.",
        ),
        (
            np.quantile(scores, 8 / 9),
            "np.quantile interpolates unless its method is 'inverted_cdf'; take the 8th score.",
        ),
        (np.quantile(scores, 0.8), "np.quantile interpolates, and leaves the new score out of the count n + 1."),
        (scores[7], "sort the scores first."),
        (ordered[1], "did you sort downward, or take the alpha quantile? The largest scores are to be left out."),
        (ordered[2], "that is near the alpha quantile; the set should hold the label with probability 1 - alpha."),
    ]
    hint = "the k-th smallest score, with k = ceil((n + 1)(1 - alpha))."
    compare(number(run(attempt, scores, 0.2)), ordered[7], hint, (scores, 0.2), mistakes)
    compare(
        number(run(attempt, scores, 0.3)),
        ordered[6],
        "k is 7: (n + 1)(1 - alpha) is a whole number here, and nothing is added to it.",
        (scores, 0.3),
    )
    compare(
        number(run(attempt, scores, 0.25)),
        ordered[7],
        "(n + 1)(1 - alpha) is 7.5 here; round it up, not to the nearest even number or down.",
        (scores, 0.25),
        [(ordered[6], "(n + 1)(1 - alpha) is 7.5 here; round it up.")],
    )
    compare(
        number(run(attempt, scores, 0.15)),
        ordered[8],
        "(n + 1)(1 - alpha) is 8.5 here; round it up, not to the nearest even number or down.",
        (scores, 0.15),
    )
    try:
        got = number(run(attempt, scores, 0.05))
    except Hint as hint:
        if "IndexError" not in str(hint):
            raise
        raise Hint("for alpha = 0.05 k is 10, and there are 9 scores; every label belongs to the set.") from hint
    compare(
        got,
        np.inf,
        "k is 10 and there are 9 scores; no score is large enough, so return infinity.",
        (scores, 0.05),
        [
            (ordered[8], "k is 10, and there are 9 scores: the largest one is not enough, so return infinity."),
            (1, "k is 10, and there are 9 scores: return infinity, as scores of other kinds may be above 1."),
        ],
    )


@check
def check_risk(attempt):
    """The risk at each number of answers."""
    confidence = np.array([0.6, 0.8, 0.99, 0.7, 0.95])
    wrong = np.array([1.0, 1.0, 0.0, 0.0, 0.0])
    order = np.argsort(-confidence)
    count = np.arange(1, 6)
    expected = np.cumsum(wrong[order]) / count
    mistakes = [
        (np.cumsum(wrong[order]), "those are numbers of mistakes; divide each by the number of answers."),
        (np.cumsum(wrong[order]) / 5, "divide by the number of answers given so far, not by all images."),
        (
            np.cumsum(wrong[order[::-1]]) / count,
            "the least confident answers come first; sort from the most confident down.",
        ),
        (np.cumsum(wrong) / count, "sort the images by confidence first."),
        (1 - expected, "that is the accuracy of the answers; the risk is the share of mistakes."),
        (wrong[order], "those are the mistakes in order; add them up, and divide by the number of answers."),
        (wrong.mean(), "that is the risk if all are answered; return one number for each number of answers."),
        (expected[::-1], "entry 0 belongs to one answer, the last entry to all of them."),
    ]
    hint = "sort by confidence from high to low, then take the running share of mistakes."
    compare(run(attempt, confidence, wrong), expected, hint, (confidence, wrong), mistakes)
    confidence, wrong = np.array([0.7, 0.9, 0.6, 0.8]), np.array([0.0, 0.0, 1.0, 0.0])
    ranks = np.argsort(np.argsort(-confidence))
    taken = [(np.cumsum(wrong[ranks]) / np.arange(1, 5), "those are the ranks of the images, not their order.")]
    compare(run(attempt, confidence, wrong), [0, 0, 0, 0.25], hint, (confidence, wrong), taken)
