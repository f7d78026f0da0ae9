"""Checks of the chapter on a topic. Copy this file to <part>/<topic>.py, and replace the example by your checks."""

import numpy as np

from softmaxlib.teaching.exercises.checking import Hint, check, compare, run


@check
def check_odds(attempt):
    """Odds from probabilities."""
    p = np.array([0.5, 0.75, 0.2])
    got = run(attempt, p)
    if got.shape == p.shape and np.allclose(got, (1 - p) / p):
        raise Hint("upside down: the odds of a likely event are above 1.")
    compare(got, p / (1 - p), "the probability of the event over that of its opposite.")
