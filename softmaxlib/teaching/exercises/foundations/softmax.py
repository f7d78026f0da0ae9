"""Checks of the chapter on softmax."""

import numpy as np

from softmaxlib import activations
from softmaxlib.teaching.exercises.checking import Hint, agree, check, compare, number, numbers, recognize, run


@check
def check_scores(answer):
    """Scores whose softmax is (0.2, 0.3, 0.5), to three decimals."""
    wish = np.array([0.2, 0.3, 0.5])
    scores = numbers(answer, wish.shape, "three scores")
    mistakes = [
        (wish, "these are the probabilities themselves; the softmax of them is flatter."),
        (np.exp(wish), "softmax exponentiates; you need the inverse of that."),
        (np.log(wish) / np.log(2), "these are logarithms to the base 2; softmax has the base e."),
        (np.log(wish) / np.log(10), "these are logarithms to the base 10; softmax has the base e."),
        (
            np.log(wish / (1 - wish)),
            "that is what the sigmoid needs, one class against the rest; softmax divides anew.",
        ),
    ]
    recognize(scores, mistakes, tolerance=6e-4)
    if np.allclose(scores / scores.sum(), wish):
        raise Hint("your scores have the right ratios, and it is their exponentials that need them.")
    if np.allclose(scores - scores[0], -np.log(wish) + np.log(wish[0]), rtol=0, atol=2e-3):
        raise Hint("the order is turned over: the likeliest class needs the highest score.")
    hint = "the exponentials of the scores need the ratios of the wish."
    turned = [(wish[::-1], "the order is turned over: the likeliest class needs the highest score.")]
    compare(activations.softmax(scores), wish, hint, "the softmax of your scores", turned, tolerance=1e-3)


@check
def check_lead(answer):
    """The lead that makes a class ten times as likely."""
    lead = number(answer)
    mistakes = [
        (10, "a lead of 10 makes it e^10 times as likely."),
        (1, "that is the logarithm of 10 to the base 10; the base here is e."),
        (np.log2(10), "that is the logarithm of 10 to the base 2; the base here is e."),
        (-np.log(10), "with a negative lead the panda lags, and the seal is ten times as likely."),
        (np.exp(10), "that is the ratio for a lead of 10; you want the lead for a ratio of 10."),
        (np.log(9), "ten times as likely is a ratio of 10; yours is one of 9."),
    ]
    agree(lead, np.log(10), 3, f"with your lead the panda is {np.exp(lead):.3g} times as likely.", mistakes)


@check
def check_ceiling(answer):
    """The largest probability that softmax of softmax gives for three classes."""
    mistakes = [
        (1, "the inner softmax returns numbers between 0 and 1; what are their largest differences?"),
        (np.e / (np.e + 1), "that is right for two classes; here there are two others."),
        (np.e / (np.e + 3), "three classes are the winner and two others; count them anew."),
        (1 / 3, "that is the share of each class when the network is not sure at all; look at the other end."),
        (100 * np.e / (np.e + 2), "that is a percentage; give the probability."),
        (-np.log(np.e / (np.e + 2)), "that is the loss; what goes into the logarithm is asked for."),
    ]
    hint = "take the softmax of the best that the inner one can give."
    agree(number(answer), np.e / (np.e + 2), 3, hint, mistakes)


@check
def check_rule_out(attempt):
    """Probabilities of the other classes, once one is impossible."""
    z = np.array([0.25, 1.23, -0.8])
    p = activations.softmax(z)
    for k in (1, 0):
        rest = run(attempt, p, k)
        if rest.shape == p.shape:
            if rest[k] != 0:
                raise Hint(f"class {k} should be gone, or have the probability 0; it has {rest[k]:.3g}.")
            rest = np.delete(rest, k)
        left = np.delete(p, k)
        mistakes = [
            (left, f"what is left sums to {left.sum():.3f}, not to 1."),
            (left + p[k] / 2, "you shared the lost mass equally; then the likelier class loses its lead in the ratio."),
            (activations.softmax(left), "you took the softmax of probabilities; they are not scores."),
        ]
        compare(
            rest, activations.softmax(np.delete(z, k)), "the remaining classes keep their ratios.", (p, k), mistakes
        )


@check
def check_pixels(attempt):
    """Softmax of each pixel of a picture, where the classes are the first axis."""
    z = np.random.default_rng(0).normal(scale=2, size=(3, 4, 5))  # classes, height, width
    expected = activations.softmax(z, axis=0)
    got = run(attempt, z)
    if got.shape in ((4, 5), (1, 4, 5)):
        raise Hint(f"shape (3, 4, 5) expected, got {got.shape}: one number a pixel; each class should have its own.")
    if got.shape == (3, 4, 5):
        where = "the first pixel"
        mistakes = [(np.exp(z)[:, 0, 0], "these are exponentials; divide them by their sum over the classes.")]
        for axis, hint in (
            (2, "each line of pixels sums to 1. The last axis is the width; which one are the classes?"),
            (1, "each column of pixels sums to 1. Axis 1 is the height; which one are the classes?"),
            ((1, 2), "the pixels of each class sum to 1; the classes of each pixel should."),
            (None, "the whole picture sums to 1; each pixel should."),
        ):
            mistakes.append((activations.softmax(z, axis=axis)[:, 0, 0], hint))
        mistakes.append((activations.softmax(expected, axis=0)[:, 0, 0], "that is the softmax of a softmax; take one."))
        compare(got[:, 0, 0], expected[:, 0, 0], "each should get the softmax of its scores.", where, mistakes)
    moved = "the values are right, but the classes moved to the end: shape (3, 4, 5) expected, got (4, 5, 3)."
    compare(
        got, expected, "the first pixel is right, and some other is not.", (z,), [(np.moveaxis(expected, 0, -1), moved)]
    )
