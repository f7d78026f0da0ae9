"""Checks of the chapter on softmax."""

import numpy as np

from softmaxlib import activations
from softmaxlib.teaching.exercises.checking import Hint, check, compare, run


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
    for base in (2, 10):
        if np.allclose(scores, np.log(wish) / np.log(base)):
            raise Hint(f"these are logarithms to the base {base}; softmax has the base e.")
    if np.allclose(scores - scores[0], -np.log(wish) + np.log(wish[0])):
        raise Hint("the order is turned over: the likeliest class needs the highest score.")
    compare(activations.softmax(scores), wish, "this is the softmax of your scores.", tolerance=1e-6)


@check
def check_lead(answer):
    """The lead that makes a class ten times as likely."""
    lead = run(lambda: float(answer))
    if np.allclose(lead, 10):
        raise Hint("a lead of 10 makes it e^10 times as likely.")
    if np.allclose(lead, 1):
        raise Hint("that is the logarithm of 10 to the base 10; the base here is e.")
    if np.allclose(lead, np.log2(10), atol=1e-3):
        raise Hint("that is the logarithm of 10 to the base 2; the base here is e.")
    if np.allclose(lead, -np.log(10), atol=1e-3):
        raise Hint("with a negative lead the seal lags, and the panda is ten times as likely.")
    compare(np.exp(lead), 10, "this is the ratio of the probabilities for your lead.", tolerance=1e-3)


@check
def check_ceiling(answer):
    """The largest probability that softmax of softmax gives for three classes."""
    ceiling = run(lambda: float(answer))
    if np.allclose(ceiling, 1):
        raise Hint("the inner softmax returns numbers between 0 and 1; what are their largest differences?")
    if np.allclose(ceiling, np.e / (np.e + 1), atol=1e-3):
        raise Hint("that is right for two classes; here there are two others.")
    if np.allclose(ceiling, 1 / 3, atol=1e-3):
        raise Hint("that is the share of each class when the network is not sure at all; look at the other end.")
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
        if rest.shape == (2,) and np.allclose(rest, np.delete(p, k) + p[k] / 2):
            raise Hint("you shared the lost mass equally; then the likelier class loses its lead in the ratio.")
        if rest.shape == (2,) and np.allclose(rest, activations.softmax(np.delete(p, k))):
            raise Hint("you took the softmax of probabilities; they are not scores.")
        compare(rest, activations.softmax(np.delete(z, k)), "the remaining classes keep their ratios.")


@check
def check_pixels(attempt):
    """Softmax of each pixel of a picture, where the classes are the first axis."""
    z = np.random.default_rng(0).normal(scale=2, size=(3, 4, 5))  # classes, height, width
    got = run(attempt, z)
    expected = activations.softmax(z, axis=0)
    if got.shape == z.shape and got.dtype.kind in "fiu":
        for axis, hint in (
            (2, "each line of pixels sums to 1. The last axis is the width; which one are the classes?"),
            (1, "each column of pixels sums to 1. Axis 1 is the height; which one are the classes?"),
            ((1, 2), "the pixels of each class sum to 1; the classes of each pixel should."),
            (None, "the whole picture sums to 1; each pixel should."),
        ):
            if np.allclose(got, activations.softmax(z, axis=axis)):
                raise Hint(hint)
    if got.shape == (4, 5, 3) and np.allclose(got, np.moveaxis(expected, 0, -1)):
        raise Hint("the values are right, but the classes moved to the end: shape (3, 4, 5) expected, got (4, 5, 3).")
    if got.shape in ((4, 5), (1, 4, 5)):
        raise Hint(f"shape (3, 4, 5) expected, got {got.shape}: one number a pixel; each class should have its own.")
    if got.shape == z.shape:
        compare(got[:, 0, 0], expected[:, 0, 0], "that is the first pixel; each should get the softmax of its scores.")
    compare(got, expected, "the first pixel is right, and some other is not.")
