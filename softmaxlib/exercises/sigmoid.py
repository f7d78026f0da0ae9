"""Checks of the chapter on the sigmoid."""

import numpy as np

from softmaxlib import activations
from softmaxlib.exercises import Hint, check, compare, run


@check
def check_logit(attempt):
    """The inverse of the sigmoid, also for tiny probabilities."""
    z = np.array([-3.0, 0.0, 0.25, 1.23])
    compare(run(attempt, activations.sigmoid(z)), z, "the logit is the logarithm of the odds p / (1 - p).")
    tiny = np.array([1e-20, 1e-300])
    compare(run(attempt, tiny), np.log(tiny), "for tiny p the logit is close to log(p).")


@check
def check_quiet_sigmoid(attempt):
    """The sigmoid of large scores, without a floating-point warning."""
    z = np.array([-800.0, -1.0, 0.0, 1.0, 800.0])
    compare(run(attempt, z), activations.sigmoid(z), "the values should be those of the sigmoid.")
    try:
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            attempt(z)
    except FloatingPointError as error:
        raise Hint(f"the values are right, but NumPy still reports: {error}.") from None


@check
def check_other_class(attempt):
    """One minus the sigmoid, with all digits."""
    compare(run(attempt, 0.25), 1 - activations.sigmoid(0.25), "the two classes share the mass 1.")
    if run(attempt, 40.0) == 0:
        raise Hint("right for small scores, but 0 for the score 40. Avoid the difference.")
    ratio = run(attempt, 40.0) / activations.sigmoid(-40.0)
    compare(ratio, 1.0, "this is the ratio to the right answer at the score 40.")


@check
def check_certain(answer):
    """The smallest score whose float64 sigmoid is 1."""
    score = run(lambda: float(answer))
    if activations.sigmoid(score) < 1 and activations.sigmoid(score + 0.005) < 1:
        raise Hint(f"sigmoid({score:.2f}) is still below 1; go higher.")
    if activations.sigmoid(score - 0.01) == 1:
        raise Hint(f"sigmoid({score:.2f}) is 1, but so it is for smaller scores.")
