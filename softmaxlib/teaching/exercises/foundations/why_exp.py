"""Checks of the chapter on why softmax uses the exponential."""

import numpy as np

from softmaxlib import activations
from softmaxlib.teaching.exercises.checking import Hint, check, compare, run


@check
def check_split(answer):
    """The score of each of two labels that replace the duck."""
    score = run(lambda: float(answer))
    old, wanted = -0.8, activations.softmax([0.25, 1.23, -0.8])[:2]
    for wrong, hint in (
        (old, "each half then has the duck's full strength, and together they count twice."),
        (old / 2, "half the score is not half the strength; the strength is the exponential of the score."),
        (old + np.log(2), "that doubles the strength of each; it should be halved."),
        (old - np.log10(2), "that is the logarithm to the base 10; the base here is e."),
        (old - 1, "that is the logarithm to the base 2, one bit; the base here is e."),
        (np.exp(old) / 2, "that is half the duck's strength; which score has this strength?"),
    ):
        if np.isclose(score, wrong, atol=1e-3):
            raise Hint(hint)
    got = activations.softmax([0.25, 1.23, score, score])[:2]
    compare(got, wanted, "this is what panda and seal get with your score.", tolerance=3e-4)


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
        if got.dtype.kind not in "iu" or got.min() < 0 or got.max() >= z.size:
            raise Hint(f"indices from 0 to {z.size - 1} expected, got {got.dtype} from {got.min()} to {got.max()}.")
        double, p = -np.log(v), activations.softmax(z)
        for wrong, hint in (
            (
                z + np.log(double),
                "that is the noise turned over: a minus is missing, and its long tail is on the left.",
            ),
            (z + double, "that noise has one logarithm, not two: solve v = F(x) for x."),
            (p - np.log(double), "the noise goes to the scores, not to the probabilities."),
            (
                z - np.log(double[:, :1]),
                "every class gets the same noise, and a shift changes nothing; use all columns of v.",
            ),
        ):
            if np.array_equal(got, wrong.argmax(axis=1)):
                raise Hint(hint)
        shares = np.bincount(got, minlength=z.size) / len(v)
        compare(shares, p, "these are the shares of your winners, against softmax.", tolerance=0.008)


@check
def check_two_classes(attempt):
    """A ratio for two classes that is not exponential in the difference."""
    s = np.linspace(-3, 3, 61)
    got = run(attempt, s)
    if got.shape != s.shape or got.dtype.kind not in "fiu" or not np.isfinite(got).all():
        raise Hint(f"{s.size} finite numbers expected for {s.size} differences, got shape {got.shape} and {got.dtype}.")
    if (got <= 0).any():
        raise Hint(f"positive? g({s[got.argmin()]:.1f}) is {got.min():.3f}, and a ratio of probabilities is above 0.")
    inverse = got * got[::-1]
    if not np.allclose(inverse, 1):
        worst = np.abs(inverse - 1).argmax()
        raise Hint(f"inverse? g(s) g(-s) is {inverse[worst]:.3f} for s = {s[worst]:.1f}. Swap the two classes.")
    if (np.diff(got) <= 0).any():
        raise Hint("rising? A higher lead must give a higher ratio, everywhere.")
    slopes = np.diff(np.log(got)) / np.diff(s)
    if np.ptp(slopes) < 1e-3 * slopes.max():
        raise Hint("its logarithm is a straight line, so this is an exponential. Bend the logarithm.")


@check
def check_shift(attempt):
    """The constant by which the best of several noisy scores is moved."""
    for z in (np.array([0.25, 1.23, -0.8]), np.array([0.0, 0.0]), np.array([-2.0])):
        got, total = run(attempt, z), np.exp(z).sum()
        for wrong, hint in (
            (z.max(), "the best is above the highest score on average, as every option may have luck."),
            (total, "that is S itself. Which c makes S equal to e^c?"),
            (np.log(total) + np.euler_gamma, "that is the mean of B; the noise alone has a mean above 0 already."),
            (z.sum(), "the scores do not add up; multiply the distribution functions and look at the exponent."),
            (np.log(np.exp(z).mean()), "you took the mean of the strengths; the exponent has their sum."),
        ):
            if got.shape == () and np.isclose(got, wrong) and not np.isclose(wrong, np.log(total)):
                raise Hint(hint)
        compare(got, np.log(total), "write the product of all F(x - z_j) as one exponential.")


@check
def check_die(answer):
    """The distribution of largest entropy for a die with the mean 4.5."""
    faces = np.arange(1, 7)
    die = run(lambda: np.asarray(answer, dtype=float))
    if die.shape != faces.shape:
        raise Hint(f"six probabilities expected, got shape {die.shape}.")
    if not (die >= 0).all() or not np.isclose(die.sum(), 1, atol=2e-3):
        raise Hint(f"no distribution: smallest entry {die.min():.3f}, sum {die.sum():.3f}.")
    if not np.isclose(die @ faces, 4.5, atol=5e-3):
        raise Hint(f"its mean is {die @ faces:.3f}, not 4.5.")
    if (die < 1e-9).any():
        raise Hint("the mean is right, but some faces are ruled out, and nobody told you so.")
    bends = np.diff(np.log(die), 2)
    if np.abs(bends).max() > 0.05:
        raise Hint("the mean is right, but there is more entropy to be had: the log-probabilities should form a line.")
