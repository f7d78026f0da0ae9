"""Checks of the chapter on dividing by the sum."""

import numpy as np

from softmaxlib import activations
from softmaxlib.teaching.exercises.checking import Hint, agree, check, compare, number, numbers, run


@check
def check_raised_share(answer):
    """The panda's share once its score has risen to 1.33."""
    mistakes = [
        (1.33 / 0.68, "that divides by the old sum. The panda's own score is part of the sum, which rises too."),
        (1.23 / 0.68, "that is the share before. The panda's score has changed, and so has the sum."),
        (1.23 / 0.78, "you divide the old score by the new sum; the score has risen, too."),
        (1.33 / 2.38, "you add 0.8 for the duck, and its score is −0.8."),
        (1.33 / 1.58, "you leave out the duck; its score belongs to the sum."),
        (activations.softmax([0.25, 1.33, -0.8])[1], "that is the share by softmax; divide by the sum instead."),
    ]
    agree(number(answer), 1.33 / 0.78, 3, "it is the new score, divided by the new sum of all three.", mistakes)


@check
def check_smooth(attempt):
    """Additive smoothing of counts."""
    counts, alpha = np.array([3.0, 1.0, 0.0]), 0.5
    mistakes = [
        (counts / 4, "alpha is not used."),
        (counts + alpha, "these are counts; divide them by their sum."),
        (counts / 4 + alpha, "you add alpha to the shares; add it to the counts, before the division."),
        ((counts + alpha) / 4, "you divide by the old sum; the sum must contain every alpha."),
        ((counts + alpha) / 4.5, "the sum grows by alpha for each class, not once."),
        (activations.softmax(counts + alpha), "that is a softmax; counts are divided by their sum."),
    ]
    hint = "add alpha to every count, then divide by the sum of what you have."
    compare(run(attempt, counts, alpha), (counts + alpha) / 5.5, hint, (counts, alpha), mistakes)
    empty = np.array([0, 0, 0])
    compare(run(attempt, empty, 2), np.full(3, 1 / 3), "an empty row should give equal shares.", (empty, 2))


@check
def check_counter_example(answer):
    """Three scores that clipping and dividing again puts in the wrong order."""
    z = numbers(answer, (3,), "three scores")
    if not (np.abs(z) < 1e100).all():
        raise Hint("all three scores must be finite, and no larger than scores are.")
    if z.sum() == 0:
        raise Hint("these scores sum to 0, so there are no shares at all; find a row that gives a distribution.")
    clipped = np.clip(z / z.sum(), 0, None)  # its sum is at least 1
    if z[clipped.argmax()] == z.max():
        raise Hint("here the largest share goes to the highest score. What does the sign of the sum do to the order?")


@check
def check_weight(attempt):
    """The weight of the old shares after a shift."""
    for z, c in ((np.array([0.25, 1.23, -0.8]), 2.0), (np.array([1.0, 2.0, 3.0, 4.0]), -0.5)):
        total, size = z.sum(), z.size
        mistakes = [
            (total / (total + c), "the shift is added to each of the K scores, so the sum grows by K times c."),
            (size * c / (total + size * c), "that is 1 - w, the weight of the equal shares."),
            (activations.sum_normalize(z + c), "that is the row of new shares; return the weight, one number."),
            ((total + size * c) / total, "that is 1 / w: the new sum goes below."),
            (total / (total + 3 * c), "right for three classes, and wrong for four: K is the number of scores."),
        ]
        hint = "write the new share as (z_i + c) / (s + K c), and split it."
        compare(run(attempt, z, c), total / (total + size * c), hint, (z, c), mistakes)


@check
def check_map(attempt):
    """A map with the six wishes that is not softmax."""
    rng = np.random.default_rng(0)
    rows = [[0.25, 1.23, -0.8], [0, 0, 0], [-0.25, 1, -0.75], [-1, -2, -3], [4, 0.5, 0], [1, 0, 0], [1, 1, 0]]
    rows = [np.array(row, dtype=float) for row in rows] + list(rng.normal(size=(5, 3)))
    log_odds = np.concatenate([np.diff(np.log(_judge_row(attempt, z))) for z in rows])
    gaps = np.concatenate([np.diff(z) for z in rows])
    if np.ptp(log_odds[gaps != 0] / gaps[gaps != 0]) < 1e-6:
        raise Hint("all six wishes are granted, but by softmax, up to a factor in the scores. Find another.")


def _judge_row(attempt, z):
    """Return the reader's shares of the scores `z`, if they grant each wish there."""
    p = run(attempt, z)
    row = f"for {z.round(2).tolist()}"
    if p.shape != z.shape:
        raise Hint(f"{row}: three numbers expected, got shape {p.shape}.")
    if not np.isfinite(p).all():
        raise Hint(f"defined? {row} it returns {p.round(3).tolist()}.")
    if (p <= 0).any():
        raise Hint(f"positive? {row} it returns {p.round(3).tolist()}.")
    if not np.isclose(p.sum(), 1):
        raise Hint(f"sums to 1? {row} the shares sum to {p.sum():.6g}.")
    if (np.subtract.outer(p, p)[np.subtract.outer(z, z) > 0] <= 0).any():
        raise Hint(f"order? {row} it returns {p.round(3).tolist()}.")
    compare(
        run(attempt, z + 1), p, "the shares change when 1 is added to every score.", f"shift? {row}", tolerance=1e-6
    )
    for i, step in enumerate(1e-5 * np.eye(3)):
        lower, upper = run(attempt, z - step), run(attempt, z + step)
        if lower.shape != p.shape or upper.shape != p.shape:
            raise Hint(f"{row}: near it, your function returns another shape.")
        left, right = (p - lower)[i] / 1e-5, (upper - p)[i] / 1e-5
        if right < 1e-6:
            raise Hint(f"slope? {row} raising the score of class {i} a little does not raise its share. Is it rounded?")
        if not abs(left - right) <= 1e-3:
            raise Hint(f"slope? {row} class {i} has the slope {left:.3f} to the left and {right:.3f} to the right.")
    return p
