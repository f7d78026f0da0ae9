"""Checks of the chapter on two classes."""

import numpy as np

from softmaxlib import activations
from softmaxlib.teaching.exercises.checking import Hint, check, compare, run


@check
def check_third_pair(answer):
    """The third pair probability, from two others of the same softmax."""
    share = run(lambda: float(answer))
    if np.isclose(share, 9):
        raise Hint("these are the odds; turn them into a probability.")
    if not 0 <= share <= 1:
        raise Hint(f"a probability lies between 0 and 1; {share:g} does not.")
    if np.isclose(share, 0.75**2, atol=1e-3):
        raise Hint("you multiplied the probabilities. Differences of scores add up, so it is the odds that multiply.")
    if np.isclose(share, 0.1):
        raise Hint("that is the duck's share; the seal's is asked for.")
    if np.isclose(share, 0.75):
        raise Hint("the seal beats the panda, and the panda beats the duck: it must lead the duck by more.")
    if not np.isclose(share, 0.9, atol=1e-3):
        raise Hint(f"{share:g} is not it; go from both probabilities to odds first.")


@check
def check_reference_softmax(attempt):
    """Softmax of K - 1 logits and a last one that is 0, for one photo and for a batch."""
    one = np.array([0.25, 1.23])
    got = run(attempt, one)
    expected = activations.softmax([0.25, 1.23, 0])
    if got.shape == expected.shape and np.allclose(got, activations.softmax([0, 0.25, 1.23])):
        raise Hint("your 0 stands in the first place; the reference is the last class.")
    if got.shape == expected.shape and got[-1] == 0:
        raise Hint("the reference class gets the logit 0, not the probability 0: append before the softmax.")
    compare(got, expected, "one photo: the softmax of its logits and a 0.")
    batch = np.array([[0.25, 1.23], [2.0, 1.0], [-0.5, 3.0]])
    got = run(attempt, batch)
    if got.ndim == 1:
        raise Hint("three photos came back as one row: np.append without an axis flattens the batch.")
    if got.shape == (4, 2):
        raise Hint("you added a row, which is a photo; the reference is a class, so add a column.")
    expected = activations.softmax(np.column_stack([batch, np.zeros(3)]))
    compare(got, expected, "three photos: each row should be the softmax of its logits and a 0.")


@check
def check_lost(answer):
    """A score for which the sigmoid by tanh is 0, and the sigmoid is not."""
    z = run(lambda: float(answer))
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
    if w.shape == (3,):
        if np.allclose(w, W[:, 1]):
            raise Hint("you kept one column. The other one votes as well, unless it is 0.")
        if np.allclose(w, W[:, 0] - W[:, 1]):
            raise Hint("this is the probability of class 0; turn the difference over.")
        if np.allclose(w, (W[:, 1] - W[:, 0]) / 2):
            raise Hint("this is the second column of the sum-to-zero form; its other column is still missing.")
    if w.shape != (3,):
        raise Hint(f"shape (3,) expected, got {w.shape}.")
    compare(activations.sigmoid(X @ w), activations.softmax(X @ W)[:, 1], "two photos: the probabilities of class 1.")


@check
def check_settings(attempt):
    """Step size and penalty of one output that follow the path of two."""
    rate, penalty = 0.1, 0.04
    got = run(attempt, rate, penalty)
    if got.shape != (2,):
        raise Hint(f"two numbers expected, the step size and the penalty; got shape {got.shape}.")
    if np.isclose(got[0], rate):
        raise Hint("with the same step size one output is slower. How far does the difference of two scores move?")
    if np.isclose(got[0], rate / 2):
        raise Hint("the step size goes the other way: it is one output that has to catch up.")
    if np.isclose(got[1], penalty):
        raise Hint("the step size also multiplies the penalty's part of the step; now that part is too large.")
    if np.isclose(got[1], 2 * penalty):
        raise Hint("the penalty goes the other way: its part of the step, rate times penalty, must stay.")
    compare(got, [2 * rate, penalty / 2], "compare w1 − w0 after one step with w after one step.")
