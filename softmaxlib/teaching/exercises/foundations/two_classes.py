"""Checks of the chapter on two classes."""

import numpy as np

from softmaxlib import activations
from softmaxlib.teaching.exercises.checking import Hint, agree, check, compare, number, recognize, run


@check
def check_third_pair(answer):
    """The third pair probability, from two others of the same softmax."""
    share = number(answer, "one probability")
    recognize(share, [(9, "these are the odds; turn them into a probability.")])
    if not 0 <= share <= 1:
        raise Hint(f"a probability lies between 0 and 1; {share:.4g} does not.")
    mistakes = [
        (
            0.75**2,
            "you multiplied the probabilities. Differences of scores add up, so it is the odds that multiply.",
        ),
        (1 - 0.25**2, "you multiplied the probabilities of losing. It is the odds that multiply."),
        (0.1, "that is the duck's share; the panda's is asked for."),
        (0.75, "the panda beats the seal, and the seal beats the duck: it must lead the duck by more."),
        (0.5, "the two probabilities do not cancel: the panda leads the seal, which leads the duck."),
    ]
    agree(share, 0.9, 2, "go from both probabilities to odds first.", mistakes)


@check
def check_reference_softmax(attempt):
    """Softmax of K - 1 logits and a last one that is 0, for one photo and for a batch."""
    one = np.array([0.25, 1.23])
    mistakes = [
        (activations.softmax([0, 0.25, 1.23]), "your 0 stands in the first place; the reference is the last class."),
        (
            [*activations.softmax(one), 0],
            "the reference class gets the logit 0, not the probability 0: append before the softmax.",
        ),
        (activations.softmax([0.25, 1.23, 1]), "the logit of the reference class is 0, not 1: e^0 is 1 already."),
    ]
    hint = "one photo: the softmax of its logits and a 0."
    compare(run(attempt, one), activations.softmax([0.25, 1.23, 0]), hint, (one,), mistakes)
    batch = np.array([[0.25, 1.23], [2.0, 1.0], [-0.5, 3.0]])
    got = run(attempt, batch)
    if got.ndim == 1:
        raise Hint("three photos came back as one row: np.append without an axis flattens the batch.")
    if got.shape == (4, 2):
        raise Hint("you added a row, which is a photo; the reference is a class, so add a column.")
    logits = np.column_stack([batch, np.zeros(3)])
    mistakes = [
        (activations.softmax(logits, axis=0), "your columns sum to 1, and the rows are the photos: axis=-1."),
        (activations.softmax(logits, axis=None), "the whole batch sums to 1, and each photo should: axis=-1."),
    ]
    hint = "each row should be the softmax of its logits and a 0."
    compare(got, activations.softmax(logits), hint, (batch,), mistakes)


@check
def check_lost(answer):
    """A score for which the sigmoid by tanh is 0, and the sigmoid is not."""
    z = number(answer, "one score")
    if not np.isfinite(z):
        raise Hint("give one finite score.")
    if z > 0:
        raise Hint("for a positive score the sum 1 + tanh is at least 1. Where could it cancel?")
    by_tanh, right = (1 + np.tanh(z / 2)) / 2, activations.sigmoid(z)
    if by_tanh != 0:
        raise Hint(f"here it gives {by_tanh:.3g}, which is not 0. Go further out.")
    if right <= 1e-20:
        raise Hint(f"it gives 0 here, but the sigmoid is only {right:.1g}. Come back a little.")


@check
def check_merge(attempt):
    """The weights of one output, from those of two."""
    W = np.array([[0.5, -1.0], [0.25, 1.5], [-2.0, 0.75]])  # (D, 2)
    X = np.array([[1.0, 0.0, 2.0], [0.5, -1.0, 1.0]])  # (N, D)
    w = run(attempt, W)
    if w.shape == (3, 1):
        raise Hint("shape (3,) expected, got (3, 1): one weight a feature, without a second axis.")
    if w.shape != (3,):
        raise Hint(f"shape (3,) expected, got {w.shape}: one weight a feature.")
    mistakes = [
        (W[:, 1], "you kept one column. The other one votes as well, unless it is 0."),
        (W[:, 0], "that is the column of class 0; what does the panda's have more?"),
        (W[:, 0] - W[:, 1], "this is the probability of class 0; turn the difference over."),
        (W[:, 1] + W[:, 0], "the two columns compete: take their difference, not their sum."),
        (W.mean(axis=1), "the two columns compete: take their difference, not their mean."),
        (
            (W[:, 1] - W[:, 0]) / 2,
            "this is the second column of the sum-to-zero form; its other column is still missing.",
        ),
    ]
    recognize(w, mistakes)
    right = activations.softmax(X @ W)[:, 1]
    hint = "z_1 - z_0 decides."
    compare(activations.sigmoid(X @ w), right, hint, "two photos, by your weights: the probability of class 1")


@check
def check_settings(attempt):
    """Step size and penalty of one output that follow the path of two."""
    rate, penalty = 0.1, 0.04
    got = run(attempt, rate, penalty)
    if got.shape != (2,):
        raise Hint(f"two numbers expected, the step size and the penalty; got shape {got.shape}.")
    recognize(got, [([penalty / 2, 2 * rate], "the step size comes first, then the penalty.")])
    recognize(
        got[0],
        [
            (rate, "with the same step size one output is slower. How far does the difference of two scores move?"),
            (4 * rate, "now one output is faster. How far does the difference of two scores move?"),
            (rate / 2, "the step size goes the other way: it is one output that has to catch up."),
        ],
    )
    recognize(
        got[1],
        [
            (penalty, "the step size also multiplies the penalty's part of the step; now that part is too large."),
            (2 * penalty, "the penalty goes the other way: its part of the step, rate times penalty, must stay."),
            (penalty / 4, "too small: the penalty's part of the step, rate times penalty, must stay."),
        ],
    )
    compare(got, [2 * rate, penalty / 2], "compare w1 − w0 after one step with w after one step.")
