"""Checks of the chapter on the sigmoid."""

import numpy as np

from softmaxlib import activations
from softmaxlib.teaching.exercises.checking import Hint, check, compare, run


@check
def check_logit(attempt):
    """The inverse of the sigmoid, also for tiny probabilities."""
    z = np.array([-3.0, 0.0, 0.25, 1.23])
    p = activations.sigmoid(z)
    got = run(attempt, p)
    for wrong, hint in (
        (p / (1 - p), "these are the odds; the score is the logarithm of the odds."),
        (np.log(p), "that is the logarithm of p alone; the odds divide p by 1 - p first."),
        (-z, "the sign is turned over: these are the scores of the other class, (1 - p) / p."),
        (z / np.log(2), "that is a logarithm to the base 2; a nat needs the natural one, np.log."),
        (z / np.log(10), "that is a logarithm to the base 10; a nat needs the natural one, np.log."),
        (activations.sigmoid(p), "that is the sigmoid again; you want its inverse."),
    ):
        if got.shape == z.shape and got.dtype.kind in "fiu" and np.allclose(got, wrong):
            raise Hint(hint)
    compare(got, z, "the logit is the logarithm of the odds p / (1 - p).")
    tiny = np.array([1e-20, 1e-300])
    compare(run(attempt, tiny), np.log(tiny), "for tiny p the logit is close to log(p).")


@check
def check_quiet_sigmoid(attempt):
    """The sigmoid of large scores, without a floating-point warning."""
    z = np.array([-800.0, -1.0, 0.0, 1.0, 800.0])
    got = run(attempt, z)
    if got.shape == z.shape and got.dtype.kind in "fiu":
        if np.isnan(got).any():
            raise Hint(f"nan for the score {z[np.isnan(got)][0]:.0f}: inf / inf. Never compute an exponential above 1.")
        if np.allclose(got, activations.sigmoid(np.abs(z))):
            raise Hint("right from 0 up, but a negative score gets more than one half: the sign of the score is lost.")
        if np.allclose(got, activations.sigmoid(-z)):
            raise Hint("the curve is turned over: a high score should get a high probability.")
    compare(got, activations.sigmoid(z), "the values should be those of the sigmoid.")
    try:
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            attempt(z)
    except FloatingPointError as error:
        raise Hint(f"the values are right, but NumPy still reports: {error}.") from None


@check
def check_other_class(attempt):
    """One minus the sigmoid, with all digits."""
    got = run(attempt, 0.25)
    if got.shape == () and got.dtype.kind in "fiu":
        if np.isclose(got, activations.sigmoid(0.25)):
            raise Hint("that is the class itself; the other class gets what is left, as the two share the mass 1.")
        if np.isclose(got, np.exp(-0.25)):
            raise Hint("that is the odds of the other class, not its probability.")
        if got < 0:
            raise Hint("a probability is not negative. It is the score that changes its sign.")
    compare(got, 1 - activations.sigmoid(0.25), "the two classes share the mass 1.")
    if run(attempt, 40.0) == 0:
        raise Hint("right for small scores, but 0 for the score 40. Avoid the difference.")
    ratio = run(attempt, 40.0) / activations.sigmoid(-40.0)
    compare(ratio, 1.0, "this is the ratio to the right answer at the score 40.")


@check
def check_certain(answer):
    """The smallest score whose float64 sigmoid is 1."""
    score = run(lambda: float(answer))
    if not np.isfinite(score):
        raise Hint(f"a finite score expected, got {score}.")
    if np.isclose(score, 54 * np.log(2), rtol=0, atol=0.006):
        raise Hint("there the exact value rounds to 1. The computation rounds earlier, when it adds 1 and e^-z.")
    if activations.sigmoid(score) < 1 and activations.sigmoid(score + 0.005) < 1:
        raise Hint(f"sigmoid({score:.2f}) is still below 1; go higher.")
    if activations.sigmoid(score - 0.01) == 1:
        raise Hint(f"sigmoid({score:.2f}) is 1, but so it is for smaller scores.")
