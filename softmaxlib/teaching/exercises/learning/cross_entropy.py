"""Checks of the chapter on cross-entropy."""

import numpy as np

from softmaxlib import activations
from softmaxlib.teaching.exercises.checking import Hint, agree, check, compare, number, numbers, run

VOCABULARY = 50_000
SMOOTHING, CLASSES = 0.1, 10
TRUTH = np.array([0.5, 0.3, 0.2])


@check
def check_start(loss):
    """The loss of a language model that knows nothing yet."""
    mistakes = [
        (np.log2(VOCABULARY), "that is in bits; take the natural logarithm."),
        (np.log10(VOCABULARY), "that is a logarithm to the base 10; take the natural one."),
        (VOCABULARY, "that is the perplexity; the loss is its logarithm."),
        (-np.log(VOCABULARY), "the logarithm of a probability is negative, and the loss is minus this logarithm."),
        (np.log(10), "that is the start with 10 classes; here each token of the vocabulary is a class."),
        (1 / VOCABULARY, "that is the probability of the right token; take minus its logarithm."),
    ]
    agree(number(loss), np.log(VOCABULARY), 2, "which probability does each token get?", mistakes)


@check
def check_soft_loss(attempt):
    """The mean cross-entropy of soft targets, where impossible classes add nothing."""
    z = np.array([[0.25, 1.23, -0.8], [2.0, 1.0, 0.5]])
    Y = np.array([[0.2, 0.7, 0.1], [0.5, 0.5, 0.0]])
    logs = activations.log_softmax(z)
    each = -(Y * logs).sum(axis=1)
    got = run(attempt, z, Y)
    if got.shape == (2,):
        raise Hint("one number expected, got shape (2,): these are the losses of the rows; return their mean.")
    mistakes = [
        (-each.mean(), "a loss is *minus* the expected logarithm, so it is not negative."),
        (each.sum(), "that is the sum over the rows; divide by their number."),
        (
            each.mean() / 3,
            "you take the mean over the classes, too; add the classes up, then take the mean of the rows.",
        ),
        (each.mean() / np.log(2), "that is in bits; take the natural logarithm."),
        (-(np.exp(logs) * np.log(Y + 1e-300)).sum(axis=1).mean(), "targets and predictions have changed places."),
        (
            (each + (Y * np.log(np.where(Y > 0, Y, 1))).sum(axis=1)).mean(),
            "that is the divergence; the entropy of the targets belongs to the loss.",
        ),
        (-logs[np.arange(2), Y.argmax(axis=1)].mean(), "you keep the most probable class only; all targets count."),
        (
            -(Y * activations.log_softmax(z, axis=0)).sum(axis=1).mean(),
            "your columns compete, and the classes of each row should: axis=1.",
        ),
        (-(Y * activations.log_softmax(np.exp(logs))).sum(axis=1).mean(), "that is a softmax of a softmax."),
    ]
    compare(got, each.mean(), "the mean over the rows of the sum over the classes of -Y log p.", (z, Y), mistakes)
    z[1, 2] = -np.inf
    expected = -(Y[0] @ activations.log_softmax(z)[0] + 0.5 * activations.log_softmax(z)[1, :2].sum()) / 2
    hint = "a class with the target 0 adds nothing, even if its logarithm is -inf."
    if np.isnan(run(attempt, z, Y)):
        raise Hint("nan for a logit of -inf whose target is 0: 0 times -inf. Add up only the terms with Y > 0.")
    compare(run(attempt, z, Y), expected, hint, (z, Y))
    far = np.array([[0.0, 1000.0, 0.0]])
    one = np.array([[1.0, 0.0, 0.0]])
    hint = "the class lies 1000 below the winner, so the loss is 1000. Take the logit minus the LSE."
    compare(run(attempt, far, one), 1000.0, hint, (far, one))
    allowed = np.array([[-np.inf, 1.0, 2.0]])
    hint = "the target allows a class that the model excludes: the loss is inf."
    compare(run(attempt, allowed, one), np.inf, hint, (allowed, one))


@check
def check_lead(lead):
    """The lead of the true class where the loss with label smoothing is smallest."""
    other = SMOOTHING / CLASSES
    mistakes = [
        (np.log((1 - SMOOTHING) / other), "the true class gets a share of the smoothing, too."),
        (
            np.log((1 - SMOOTHING + other) / (9 * other)),
            "those are the odds against the nine together; take one of them.",
        ),
        (np.log((1 - SMOOTHING) / SMOOTHING), "the smoothing is spread over 10 classes, the true one included."),
        (
            np.log((1 - SMOOTHING) * 9 / SMOOTHING),
            "the smoothing is spread over all 10 classes, the true one included.",
        ),
        (1 - SMOOTHING + other, "that is the probability of the true class; which lead gives it?"),
        ((1 - SMOOTHING + other) / other, "that is the ratio of the two probabilities; take its logarithm."),
        (np.log2(91), "that is in bits; take the natural logarithm."),
        (np.inf, "without smoothing it has no end; the smoothed target is below 1."),
    ]
    agree(number(lead), np.log(91), 2, "the loss is smallest where p equals the smoothed target.", mistakes)


@check
def check_report(report):
    """A report that an improper rule rewards more than the truth."""
    report = numbers(report, (3,), "three probabilities")
    if not np.isfinite(report).all() or (report < 0).any() or abs(report.sum() - 1) > 1e-6:
        raise Hint("a report is a distribution: no entry below 0, and a sum of 1.")
    if np.abs(report - TRUTH).max() <= 0.1:
        raise Hint("that is the truth, or nearly so; be dishonest by more than 0.1 in an entry.")
    cost, honest = 1 - TRUTH @ report, 1 - TRUTH @ TRUTH
    if cost >= honest - 1e-9:
        raise Hint(f"it costs {cost:.3f} on average, and the truth {honest:.3f}. Which class pays best?")
