"""Checks of the chapter on alternatives to softmax."""

import numpy as np

from softmaxlib.activations import logsumexp, softmax
from softmaxlib.alternatives import entmax, entmax_loss, sparsemax, sparsemax_vjp
from softmaxlib.gradients import softmax_vjp
from softmaxlib.teaching.exercises.checking import Hint, agree, check, compare, number, run

SCORES, TRUE = np.array([0.6, 0.4, -1.0]), 2  # of the exercise on the loss; the last class is the true one


@check
def check_sparsemax(attempt):
    """Sparsemax of each row of a batch."""
    Z = np.array([[0.25, 1.23, -0.8, 0.3], [0.1, 0.2, 0.15, 0.3], [3.0, -1.0, 0.5, 2.9], [0.0, 0.0, 0.0, 0.0]])
    expected = sparsemax(Z)
    positive = Z.clip(0)
    with np.errstate(all="ignore"):
        clipped = Z - Z.max(axis=1, keepdims=True)
        mistakes = [
            (softmax(Z), "that is softmax; sparsemax subtracts one threshold from a row and cuts off below 0."),
            (entmax(Z, 1.5), "that is 1.5-entmax; for sparsemax the differences are not halved and not squared."),
            (
                positive / positive.sum(axis=1, keepdims=True),
                "negative scores cut off and the rest divided by its sum is another map; subtract a threshold instead.",
            ),
            (
                (Z - (Z.sum(axis=1, keepdims=True) - 1) / 4).clip(0),
                "the threshold counts only the classes of the support; yours counts all, so a row may sum to over 1.",
            ),
            (
                (clipped + 1).clip(0),
                "that threshold is right for a winner that gets all; a row may sum to more than 1.",
            ),
            (sparsemax(Z, axis=0), "that is sparsemax of the columns; each row is one example."),
            (Z - (Z.sum(axis=1, keepdims=True) - 1) / 4, "some of your numbers are negative; cut off at 0."),
        ]
    hint = "sort a row, and keep the classes whose score is above the threshold that they have together."
    compare(run(attempt, Z), expected, hint, (Z,), mistakes)
    row = np.array([[2.0, 2.0, -7.0], [0.5, -0.2, 0.0]])
    compare(run(attempt, row), sparsemax(row), "try ties, and other numbers of classes.", (row,))
    many = np.arange(240.0).reshape(40, 6) % 7 / 5  # too many to copy from the hints
    compare(run(attempt, many), sparsemax(many), hint, (many,))
    large = np.array([[1e16, 1e16 - 4, 0.0], [-1e16, -1e16, 0.0], [1e16, 0.0, -1e16]])
    got = run(attempt, large)
    compare(got, sparsemax(large), "subtract the largest score of each row first.", (large,))


@check
def check_vjp(attempt):
    """A vector, sent back through sparsemax."""
    p, v = np.array([0.5, 0.0, 0.2, 0.3, 0.0]), np.array([1.0, -4.0, 2.0, 0.5, 9.0])
    support = p > 0
    mistakes = [
        (softmax_vjp(p, v), "that is the gradient of softmax; in sparsemax all classes of the support count alike."),
        (support * v, "the threshold moves with the scores: subtract a mean, so that the result sums to 0."),
        (v - v.mean(), "a class with the probability 0 takes no part, neither in the mean nor in the result."),
        (support * (v - v.mean()), "the mean is over the classes of the support only."),
        (
            v - v[support].mean(),
            "outside the support the result is 0: a small change of such a score changes nothing.",
        ),
        (
            support * (v - support @ v / len(p)),
            "divide the sum over the support by the number of its classes, not of all classes.",
        ),
        (support * (v[support].mean() - v), "the sign: the mean is subtracted from v."),
        (support * (v - p @ v), "the mean is not weighted by p: all classes of the support count alike."),
        (v, "that is v; what is asked for is its product with the Jacobian."),
    ]
    hint = "on the support subtract the mean of v there, elsewhere the result is 0."
    compare(run(attempt, p, v), sparsemax_vjp(p, v), hint, (p, v), mistakes)
    p, v = np.array([0.0, 1.0, 0.0]), np.array([3.0, -2.0, 5.0])
    compare(run(attempt, p, v), [0, 0, 0], "a support of one class lets nothing through.", (p, v))
    p, v = np.array([0.25, 0.25, 0.5]), np.array([1.0, 1.0, 4.0])
    compare(run(attempt, p, v), [-1, -1, 2], hint, (p, v))
    p, v = np.arange(40) % 3 / 39, np.arange(40.0) % 7  # too many to copy from the hints
    compare(run(attempt, p, v), sparsemax_vjp(p, v), hint, (p, v))


@check
def check_loss(loss):
    """The loss of sparsemax for a class that gets 0."""
    p, y = sparsemax(SCORES), np.eye(3)[TRUE]
    value = number(loss)
    if np.isposinf(value):
        raise Hint("that is the log loss; the loss of sparsemax is finite.")
    right = p @ SCORES - p @ p / 2 - SCORES[TRUE] + 1 / 2
    mistakes = [
        (
            np.sum((p - y) ** 2) / 2,
            "half the squared distance of p is the loss only if the true class is in the support.",
        ),
        (
            np.sum((p - y) ** 2),
            "that is the Brier score of p, and here also the loss without its regularizers; they are missing.",
        ),
        (right - 1 / 2, "the regularizer of the right answer is 1/2, or subtract 1/2 from both of them."),
        (-right, "a loss is not negative; the right answer comes with a minus."),
        (right + SCORES[TRUE], "the score of the true class is missing."),
        (logsumexp(SCORES) - SCORES[TRUE], "that is the log loss of softmax."),
        (-np.log(0.001), "that is a log loss, with 0.001 in the place of 0; sparsemax has a loss of its own."),
        (entmax_loss(SCORES, TRUE), "that is the loss of 1.5-entmax."),
    ]
    agree(value, right, 2, "find p first; then put it into the definition of the loss.", mistakes)


def _sampled(z_true, z_sampled, log_q_true, log_q_sampled):
    """Return the loss of one row: the cross-entropy of the corrected logits, the first of which is the true one."""
    corrected = np.append(z_true - log_q_true, z_sampled - log_q_sampled)
    return logsumexp(corrected) - corrected[0]


@check
def check_sampled(attempt):
    """The loss of sampled softmax, corrected by the proposal."""
    given = 1.2, np.array([0.3, -1.0, 2.0]), np.log(0.02), np.log([0.3, 0.1, 0.05])
    z_true, z_sampled, log_q_true, log_q_sampled = given
    expected, nothing = _sampled(*given), np.zeros(3)
    odds = np.append(z_true - log_q_true, z_sampled - log_q_sampled) - np.log(3)
    mistakes = [
        (_sampled(z_true, z_sampled, 0, nothing), "the logits are not corrected; subtract the log of q from each."),
        (
            _sampled(z_true, z_sampled, 0, log_q_sampled),
            "here the logit of the true class is corrected as well, by its own q.",
        ),
        (_sampled(z_true, z_sampled, log_q_true, nothing), "the logits of the sampled classes are not corrected."),
        (
            _sampled(z_true, z_sampled, -log_q_true, -log_q_sampled),
            "the sign: a class that is drawn often must count less for each draw.",
        ),
        (
            _sampled(z_true, z_sampled, np.exp(log_q_true), np.exp(log_q_sampled)),
            "subtract the logarithm of q, as it is given, and not q.",
        ),
        (
            _sampled(z_true, z_sampled, log_q_true, log_q_sampled + np.log(3)),
            "log m is subtracted from all logits, that of the true class, too, or from none of them.",
        ),
        (
            _sampled(z_true, z_sampled, 0, log_q_sampled + np.log(3)),
            "here the logit of the true class is corrected as well; then log m cancels.",
        ),
        (expected - log_q_true, "subtract the corrected logit of the true class from the logarithm of the sum."),
        (expected / np.log(2), "that is in bits; take the natural logarithm."),
        (
            logsumexp(odds[1:]) - odds[0],
            "the sum has the true class in it, beside the sampled ones.",
        ),
        (-expected, "a loss is not negative: the sum minus the true one."),
        (np.exp(-expected), "that is the probability; the loss is minus its logarithm."),
        (np.logaddexp(0, -odds[0]) + np.logaddexp(0, odds[1:]).sum(), "that is the loss of NCE."),
    ]
    hint = "it is the cross-entropy of m + 1 corrected logits, and the first is the true one."
    compare(run(attempt, *given), expected, hint, given, mistakes)
    given = 700.0, np.array([800.0, 750.0]), np.log(0.5), np.log([0.25, 0.25])
    compare(run(attempt, *given), _sampled(*given), "large logits overflow in exp; shift them first.", given)
    log_q = np.log(np.arange(1, 41) / 820)
    given = 0.5, np.arange(40.0) % 7 - 3, log_q[4], log_q
    compare(run(attempt, *given), _sampled(*given), hint, given)
