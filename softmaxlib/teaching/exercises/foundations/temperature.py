"""Checks of the chapter on temperature."""

import numpy as np

from softmaxlib import activations
from softmaxlib.teaching.exercises.checking import Hint, agree, check, compare, number, numbers, recognize, run


@check
def check_ratio(answer):
    """The temperature at which a ratio of 8 becomes a ratio of 2."""
    T = number(answer)
    if not 0 < T < np.inf:
        raise Hint(f"a temperature is positive and finite; {T:.4g} is not.")
    mistakes = [
        (4, "T does not divide the ratio. It divides the logarithm of the ratio."),
        (np.log(8), "that is the lead at T = 1. Which T turns it into the lead of a ratio of 2?"),
        (np.log(4), "you subtract two logarithms; T is the factor between them."),
        (T if T < 1 else np.nan, "below 1 a temperature sharpens: the ratio grows. You want it smaller."),
    ]
    agree(T, 3, 2, f"at your temperature the panda is {8 ** (1 / T):.3g} times as likely.", mistakes)


@check
def check_retemper(attempt):
    """Probabilities at a temperature, from those at temperature 1."""
    p = activations.softmax([0.25, 1.23, -0.8])
    mistakes = [
        (
            activations.softmax(p),
            "at T = 1 nothing should change, and you return something flatter: probabilities are not scores.",
        ),
        (activations.softmax(np.log2(p)), "with the base 2 the temperature is another; use the natural logarithm."),
        (activations.softmax(np.log10(p)), "with the base 10 the temperature is another; use the natural logarithm."),
        (np.log(p), "these are logarithms; take the softmax of them."),
    ]
    compare(run(attempt, p, 1.0), p, "at T = 1 nothing should change.", (p, 1.0), mistakes)
    for T in (0.25, 4.0):
        powers = p ** (1 / T)
        mistakes = [
            (activations.softmax(np.log(p) * T), f"at T = {T} you take the power T; it should be 1 / T."),
            (powers, f"at T = {T} your result sums to {powers.sum():.3f}; divide by the sum of the powers."),
            (p, f"T has no effect: at T = {T} the result is still p. A common factor cancels in the division."),
        ]
        got = run(attempt, p, T)
        compare(got, powers / powers.sum(), f"this should be the softmax of z / {T}.", (p, T), mistakes)
    cold = np.array([0.4, 0.35, 0.25])
    got = run(attempt, cold, 0.001)
    if not np.isfinite(got).all():
        raise Hint("at T = 0.001 every power underflows to 0, and 0 / 0 is nan. Work with logarithms.")
    compare(got, [1, 0, 0], "the largest should hold practically all.", (cold, 0.001))
    without = np.array([0.7, 0.3, 0.0])
    got = run(attempt, without, 100.0)
    if got.shape == (3,) and np.isnan(got).any():
        raise Hint("nan for a class with the probability 0. The logarithm of 0 is -inf, and that is right.")
    if got.shape == (3,) and got[2] > 0:
        raise Hint(
            f"an impossible class has {got[2]:.2g} at T = 100. Add nothing to p: log 0 is -inf, and that is right."
        )
    right = [*activations.softmax(np.log([0.7, 0.3]), temperature=100), 0]
    compare(got, right, "an impossible class stays impossible.", (without, 100.0))


@check
def check_entropy_by_slope(attempt):
    """Entropy as the slope of the soft maximum over the temperature."""
    errors = []
    for scores, T in (([0.25, 1.23, -0.8], 4.0), ([0.25, 1.23, -0.8], 1.0), ([1000.0, 1000.0, 999.0], 0.5)):
        z = np.array(scores)
        log_p = activations.log_softmax(z, temperature=T)
        mean = np.exp(log_p) @ z
        entropy = -np.exp(log_p) @ log_p
        got = run(attempt, z, T)
        if got.size == 1 and not np.isfinite(got):
            raise Hint(f"{got.item()} for {z.tolist()} at T = {T:g}: use the library's logsumexp.")
        mistakes = [
            (-entropy, "the sign is wrong; the soft maximum grows with T."),
            (-mean / T**2, "this is the slope of LSE(z / T); multiply it by T before you take the slope."),
            (T * activations.logsumexp(z / T), "this is the soft maximum itself; take its slope over T."),
            (activations.logsumexp(z), "this is the slope of T LSE(z); T divides the scores as well."),
            (2 * entropy, "off by a factor of 2: the two temperatures of a central difference are 2h apart."),
            (entropy / 2, "off by a factor of 2: the two temperatures of a central difference are 2h apart."),
        ]
        recognize(got, mistakes, tolerance=1e-4)
        if got.size == 1 and 1e-4 < abs(got / entropy - 1) < 0.2:
            raise Hint("nearly. A step h too large sees the bend, one too small drowns in rounding: try 1e-4 T.")
        compare(got, entropy, "it should be the slope of T LSE(z / T), the entropy.", (z, T), tolerance=1e-4)
        errors.append(abs(got.item() - entropy))
    if max(errors[:2]) < 1e-15:  # a difference quotient loses five digits
        raise Hint("that is exact to the last digit, as no difference is. Do not use the definition; take the slope.")


@check
def check_overtaken(answer):
    """Two photos whose top probabilities change places between T = 1 and T = 4."""
    photos = numbers(answer, (2, 3), "two rows of three scores")
    if np.isnan(photos).any() or not np.isfinite(photos.max(axis=1)).all():
        raise Hint("the scores must be finite; -inf will do for a class that is impossible.")
    first, second = activations.softmax(photos).max(axis=-1)
    hot_first, hot_second = activations.softmax(photos, temperature=4).max(axis=-1)
    if first < second - 0.01 and hot_first > hot_second + 0.01:
        raise Hint("they change places, but the first photo should be the surer one at T = 1. Swap the rows.")
    if first <= second + 0.01:
        raise Hint(f"at T = 1 the first should be surer by more than 0.01; its lead is {first - second:.4g}.")
    if hot_first >= hot_second - 0.01:
        raise Hint(
            f"at T = 4 the second should be surer by more than 0.01; its lead is {hot_second - hot_first:.4g}. "
            "How many rivals does the heat bring back in each photo?"
        )


@check
def check_temperature_for_entropy(attempt):
    """The temperature at which the entropy has a given value."""
    example = np.array([0.25, 1.23, -0.8])
    exact = "Is the answer within your bounds, and exact enough?"
    cases = [
        (example, 1.0, "your temperature is not the one."),
        (example, 0.1, exact),
        (example, 1.09, exact),
        (1000 * example, 1.0, "with scores a thousand times as large, T is a thousand times as large."),
        (example / 1000, 1.0, "with scores a thousand times as small, T is a thousand times as small."),
        (np.array([1000.0, 1000.0, 999.0]), 0.8, "it should hold for scores near 1000."),
    ]
    for z, target, hint in cases:
        T = number(run(attempt, z, target), "one temperature")
        if not 0 < T < np.inf:
            raise Hint(f"for the entropy {target} your function returns {T:.4g}; a temperature is positive and finite.")
        log_p = activations.log_softmax(z, temperature=T)
        reached = -np.exp(log_p) @ log_p
        if np.isclose(reached / np.log(2), target, rtol=1e-5):
            raise Hint("you measure the entropy in bits; the book measures it in nats.")
        compare(reached, target, hint, f"the entropy at your temperature for {z.tolist()}", tolerance=1e-6)
