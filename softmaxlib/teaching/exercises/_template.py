"""Checks of the chapter on a topic. Copy this file to <part>/<topic>.py, and replace the example by your checks."""

import numpy as np

from softmaxlib.teaching.exercises.checking import check, compare, run


@check
def check_odds(attempt):
    """Odds from probabilities."""
    p = np.array([0.5, 0.75, 0.2])
    mistakes = [
        ((1 - p) / p, "upside down: the odds of a likely event are above 1."),
        (p / 1 - p, "p / 1 - p is p - p. Put 1 - p in parentheses."),
    ]
    compare(
        run(attempt, p), p / (1 - p), "divide the probability of the event by that of its opposite.", (p,), mistakes
    )
