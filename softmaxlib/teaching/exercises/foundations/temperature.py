"""Checks of the chapter on temperature."""

import numpy as np

from softmaxlib import activations
from softmaxlib.teaching.exercises.checking import Hint, check, compare, run


@check
def check_ratio(answer):
    """The temperature at which a ratio of 8 becomes a ratio of 2."""
    T = run(lambda: float(answer))
    if not 0 < T < np.inf:
        raise Hint(f"a temperature is positive and finite; {T} is not.")
    if np.isclose(T, 4):
        raise Hint("T does not divide the ratio. It divides the logarithm of the ratio.")
    if T < 1:
        raise Hint("below 1 a temperature sharpens: the ratio grows. You want it smaller.")
    compare(8 ** (1 / T), 2, "this is the ratio of seal to duck at your temperature.", tolerance=1e-3)


@check
def check_retemper(attempt):
    """Probabilities at a temperature, from those at temperature 1."""
    p = activations.softmax([0.25, 1.23, -0.8])
    got = run(attempt, p, 1.0)
    if got.shape == p.shape and np.allclose(got, activations.softmax(p)):
        raise Hint("at T = 1 nothing should change, and you return something flatter: probabilities are not scores.")
    compare(got, p, "at T = 1 nothing should change.")
    for T in (0.25, 4.0):
        expected = activations.softmax([0.25, 1.23, -0.8], temperature=T)
        got = run(attempt, p, T)
        if got.shape == p.shape and np.allclose(got, activations.softmax(np.log(p) * T)):
            raise Hint(f"at T = {T} you take the power T; it should be 1 / T.")
        if got.shape == p.shape and not np.isclose(got.sum(), 1):
            raise Hint(f"at T = {T} your result sums to {got.sum():.3f}; divide by the sum of the powers.")
        compare(got, expected, f"this should be the softmax of z / {T}.")
    got = run(attempt, np.array([0.4, 0.35, 0.25]), 0.001)
    if not np.isfinite(got).all():
        raise Hint("at T = 0.001 every power underflows to 0, and 0 / 0 is nan. Work with logarithms.")
    compare(got, [1, 0, 0], "at T = 0.001 the largest of (0.4, 0.35, 0.25) should hold practically all.")
    got = run(attempt, np.array([0.7, 0.3, 0.0]), 100.0)
    if got.shape == (3,) and got[2] > 0:
        raise Hint(
            f"an impossible class has {got[2]:.2f} at T = 100. Add nothing to p: log 0 is -inf, and that is right."
        )
    compare(
        got, [*activations.softmax(np.log([0.7, 0.3]), temperature=100), 0], "an impossible class stays impossible."
    )


@check
def check_entropy_by_slope(attempt):
    """Entropy as the slope of the soft maximum over the temperature."""
    for scores, T in (([0.25, 1.23, -0.8], 1.0), ([0.25, 1.23, -0.8], 4.0), ([1000.0, 1000.0, 999.0], 0.5)):
        z = np.array(scores)
        log_p = activations.log_softmax(z, temperature=T)
        mean = np.exp(log_p) @ z
        entropy = -np.exp(log_p) @ log_p
        got = run(attempt, z, T)
        if got.shape == () and got.dtype.kind in "fiu":
            if not np.isfinite(got):
                raise Hint(f"{got} for scores near 1000: use the library's logsumexp.")
            if np.isclose(got, -entropy, rtol=1e-4):
                raise Hint("the sign is wrong; the soft maximum grows with T.")
            if np.isclose(got, -mean / T**2, rtol=1e-4):
                raise Hint("this is the slope of LSE(z / T); multiply it by T before you take the slope.")
            if np.isclose(got, T * activations.logsumexp(z / T), rtol=1e-6):
                raise Hint("this is the soft maximum itself; take its slope over T.")
            if np.isclose(got, 2 * entropy, rtol=1e-4) or np.isclose(got, entropy / 2, rtol=1e-4):
                raise Hint("off by a factor of 2: the two temperatures of a central difference are 2h apart.")
        compare(got, entropy, f"this should be the entropy at T = {T}.", tolerance=1e-4)


@check
def check_overtaken(answer):
    """Two photos whose top probabilities change places between T = 1 and T = 4."""
    photos = run(lambda: np.asarray(answer, dtype=float))
    if photos.shape != (2, 3):
        raise Hint(f"two rows of three scores expected, shape (2, 3); got {photos.shape}.")
    if not np.isfinite(photos).all():
        raise Hint("the scores must be finite.")
    first, second = activations.softmax(photos).max(axis=-1)
    hot_first, hot_second = activations.softmax(photos, temperature=4).max(axis=-1)
    if first < second - 0.01 and hot_first > hot_second + 0.01:
        raise Hint("they change places, but the first photo should be the surer one at T = 1. Swap the rows.")
    if first <= second + 0.01:
        raise Hint(f"at T = 1 the first should be surer by more than 0.01; it has {first:.3f} and {second:.3f}.")
    if hot_first >= hot_second - 0.01:
        raise Hint(
            f"at T = 4 the second should be surer by more than 0.01; they have {hot_first:.3f} and {hot_second:.3f}. "
            "How many rivals does the heat bring back in each photo?"
        )


@check
def check_temperature_for_entropy(attempt):
    """The temperature at which the entropy has a given value."""
    example = np.array([0.25, 1.23, -0.8])
    cases = [
        (example, 1.0, "at your temperature this is the entropy."),
        (example, 0.1, "at your temperature this is the entropy. Is the answer within your bounds, and exact enough?"),
        (example, 1.09, "at your temperature this is the entropy. Is the answer within your bounds, and exact enough?"),
        (1000 * example, 1.0, "with scores a thousand times as large, T is a thousand times as large."),
        (example / 1000, 1.0, "with scores a thousand times as small, T is a thousand times as small."),
        (np.array([1000.0, 1000.0, 999.0]), 0.8, "it should hold for scores near 1000."),
    ]
    for z, target, hint in cases:
        T = run(attempt, z, target)
        if T.shape != () or T.dtype.kind not in "fiu":
            raise Hint(f"one temperature expected, got shape {T.shape} and {T.dtype}.")
        if not 0 < T < np.inf:
            raise Hint(f"for the entropy {target} your function returns {T}; a temperature is positive and finite.")
        log_p = activations.log_softmax(z, temperature=float(T))
        reached = -np.exp(log_p) @ log_p
        if np.isclose(reached / np.log(2), target, rtol=1e-5):
            raise Hint("you measure the entropy in bits; the book measures it in nats.")
        compare(reached, target, hint, tolerance=1e-6)
