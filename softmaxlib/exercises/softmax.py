"""Checks of the chapter on softmax."""

import numpy as np

from softmaxlib import activations
from softmaxlib.exercises import Hint, check, compare, run


@check
def check_scores(answer):
    """Scores whose softmax is (0.2, 0.3, 0.5)."""
    wish = np.array([0.2, 0.3, 0.5])
    scores = run(lambda: np.asarray(answer, dtype=float))
    if scores.shape != wish.shape:
        raise Hint(f"shape {wish.shape} expected, got {scores.shape}.")
    if np.allclose(scores, wish):
        raise Hint("these are the probabilities themselves; the softmax of them is flatter.")
    if np.allclose(scores, np.exp(wish)):
        raise Hint("softmax exponentiates; you need the inverse of that.")
    compare(activations.softmax(scores), wish, "this is the softmax of your scores.", tolerance=1e-6)


@check
def check_lead(answer):
    """The lead that makes a class ten times as likely."""
    lead = run(lambda: float(answer))
    if np.allclose(lead, 10):
        raise Hint("a lead of 10 makes it e^10 times as likely.")
    if np.allclose(lead, 1):
        raise Hint("that is the logarithm of 10 to the base 10; the base here is e.")
    compare(np.exp(lead), 10, "this is the ratio of the probabilities for your lead.", tolerance=1e-3)


@check
def check_ceiling(answer):
    """The largest probability that softmax of softmax gives for three classes."""
    ceiling = run(lambda: float(answer))
    if np.allclose(ceiling, 1):
        raise Hint("the inner softmax returns numbers between 0 and 1; what are their largest differences?")
    if np.allclose(ceiling, np.e / (np.e + 1), atol=1e-3):
        raise Hint("that is right for two classes; here there are two others.")
    if not np.allclose(ceiling, np.e / (np.e + 2), atol=1e-3):
        raise Hint(f"{ceiling} is not it; take the softmax of the best that the inner one can give.")


@check
def check_rule_out(attempt):
    """Probabilities of the other classes, once one is impossible."""
    z = np.array([0.25, 1.23, -0.8])
    p = activations.softmax(z)
    for k in (1, 0):
        rest = run(attempt, p, k)
        if rest.shape == p.shape:
            raise Hint(f"shape (2,) expected, got {rest.shape}: class {k} should be gone.")
        if rest.shape == (2,) and np.allclose(rest, np.delete(p, k)):
            raise Hint(f"what is left sums to {rest.sum():.3f}, not to 1.")
        if rest.shape == (2,) and np.allclose(rest, activations.softmax(np.delete(p, k))):
            raise Hint("you took the softmax of probabilities; they are not scores.")
        compare(rest, activations.softmax(np.delete(z, k)), "the remaining classes keep their ratios.")
