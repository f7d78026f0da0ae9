"""Checks of the chapter on why softmax uses the exponential."""

import numpy as np

from softmaxlib import activations
from softmaxlib.teaching.exercises.checking import Hint, agree, check, compare, number, numbers, recognize, run


@check
def check_split(answer):
    """The score of each of two labels that replace the duck."""
    old = -0.8
    mistakes = [
        (old, "each half then has the duck's full strength, and together they count twice."),
        (old / 2, "half the score is not half the strength; the strength is the exponential of the score."),
        (old + np.log(2), "that doubles the strength of each; it should be halved."),
        (old - np.log10(2), "that is the logarithm to the base 10; the base here is e."),
        (old - 1, "that is the logarithm to the base 2, one bit; the base here is e."),
        (2 * old, "twice the score is the square of the strength; the strength should be halved."),
        (np.exp(old), "that is the duck's strength; which score has half of it?"),
        (np.exp(old) / 2, "that is half the duck's strength; which score has this strength?"),
    ]
    agree(number(answer), old - np.log(2), 3, "together the two should have the duck's strength.", mistakes)


@check
def check_sample(attempt):
    """Classes drawn by adding Gumbel noise, made from uniform numbers."""
    rng = np.random.default_rng(0)
    for z in (np.array([0.25, 1.23, -0.8]), np.array([0.0, -1.0, 2.0, 1.0])):
        v = rng.uniform(size=(100_000, z.size))
        got = run(attempt, z, v)
        if got.shape == v.shape:
            raise Hint("you return a number for each class; return the index of the winner of each row.")
        if got.shape != (len(v),):
            raise Hint(
                f"one winner a row expected, shape ({len(v)},); got {got.shape}. Along which axis is the argmax?"
            )
        if not np.isin(got, np.arange(z.size)).all():
            raise Hint(f"indices from 0 to {z.size - 1} expected; yours go from {got.min():.3g} to {got.max():.3g}.")
        double, p = -np.log(v), activations.softmax(z)
        mistakes = [
            (
                z + np.log(double),
                "that is the noise turned over: a minus is missing, and its tail is on the left.",
            ),
            (z + double, "that noise has one logarithm, not two: solve v = F(x) for x."),
            (z + v, "that adds the uniform numbers themselves; make Gumbel noise of them: solve v = F(x) for x."),
            (p - np.log(double), "the noise goes to the scores, not to the probabilities."),
            (-np.log(double), "the noise alone decides; add the scores to it."),
            (
                z + 0 * v,
                "each row has the same winner: the noise is missing, or a mere shift, the same for all.",
            ),
        ]
        shares = np.bincount(got.astype(int), minlength=z.size) / len(v)
        if np.abs(shares - p).max() > 0.008:
            recognize(got, [(noisy.argmax(axis=1), hint) for noisy, hint in mistakes])
            compare(shares, p, "softmax gives other shares.", "the shares of your winners")


@check
def check_two_classes(attempt):
    """A ratio for two classes that is not exponential in the difference."""
    s = np.linspace(-3, 3, 61)
    got = run(attempt, s)
    if got.shape != s.shape or not np.isfinite(got).all():
        what = f"shape {got.shape}" if got.shape != s.shape else "some that are not finite"
        raise Hint(f"{s.size} finite numbers expected for {s.size} differences, got {what}.")
    if (got <= 0).any():
        raise Hint(f"positive? g({s[got.argmin()]:.1f}) is {got.min():.3g}, and a ratio of probabilities is above 0.")
    inverse = got * got[::-1]
    if not np.allclose(inverse, 1):
        worst = np.abs(inverse - 1).argmax()
        raise Hint(f"inverse? g(s) g(-s) is {inverse[worst]:.6g}, not 1, for s = {s[worst]:.1f}. Swap the two classes.")
    if (np.diff(got) <= 0).any():
        raise Hint("rising? A higher lead must give a higher ratio, everywhere.")
    slopes = np.diff(np.log(got)) / np.diff(s)
    if np.ptp(slopes) < 1e-3 * slopes.max():
        raise Hint("its logarithm is a straight line, so this is an exponential. Bend the logarithm.")


@check
def check_shift(attempt):
    """The constant by which the best of several noisy scores is moved."""
    for z in (np.array([0.25, 1.23, -0.8]), np.array([0.0, 0.0]), np.array([-2.0])):
        total = np.exp(z).sum()
        mistakes = [
            (z.max(), "the best is above the highest score on average, as every option may have luck."),
            (total, "that is S itself. Which c makes S equal to e^c?"),
            (np.log2(total), "that is a logarithm to the base 2; S is e^c."),
            (np.log10(total), "that is a logarithm to the base 10; S is e^c."),
            (-np.log(total), "the sign is turned over: x - c stands in the exponent, so a large S has a large c."),
            (np.log(total) + np.euler_gamma, "that is the mean of B; the noise alone has a mean above 0 already."),
            (z.sum(), "the scores do not add up; multiply the distribution functions and look at the exponent."),
            (np.log(np.exp(z).mean()), "you took the mean of the strengths; the exponent has their sum."),
        ]
        hint = "write the product of all F(x - z_j) as one exponential."
        compare(run(attempt, z), np.log(total), hint, (z,), mistakes)


@check
def check_die(answer):
    """The distribution of largest entropy for a die with the mean 4.5."""
    faces = np.arange(1, 7)
    die = numbers(answer, faces.shape, "six probabilities")
    recognize(die, [(np.full(6, 1 / 6), "that is the fair die, whose mean is 3.5, not 4.5.")], tolerance=0.005)
    if not (die >= 0).all() or not np.isclose(die.sum(), 1, atol=2e-3):
        raise Hint(f"no distribution: smallest entry {die.min():.3f}, sum {die.sum():.4g}.")
    if not np.isclose(die @ faces, 4.5, atol=5e-3):
        raise Hint(f"its mean is {die @ faces:.4g}, not 4.5.")
    if (die < 1e-9).any():
        raise Hint("the mean is right, but some faces are ruled out, and nobody told you so.")
    bends = np.diff(np.log(die), 2)
    if np.abs(bends).max() > 0.05:
        raise Hint("the mean is right, but there is more entropy to be had: the log-probabilities should form a line.")
