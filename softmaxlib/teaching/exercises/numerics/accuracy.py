"""Checks of the chapter on accuracy."""

import math
from fractions import Fraction

import numpy as np

from softmaxlib import activations
from softmaxlib.teaching.exercises.checking import Hint, check, run


@check
def check_ceiling(answer):
    """The lead over a thousand tied classes from which a float32 probability is exactly 1."""
    value = run(lambda: float(answer))
    right = 25 * np.log(2) + np.log(1000)
    mistakes = [
        (25 * np.log(2), "that is the lead over one other class. A thousand of them have more mass."),
        (24 * np.log(2) + np.log(1000), "below 1 floats are twice as dense; half of *their* spacing is u / 2."),
        (24 * np.log(2), "count all of the thousand others, and take half of the spacing below 1: u / 2."),
        (25 * np.log(2) - np.log(1000), "more classes make an exact 1 harder to reach, not easier."),
        (53 * np.log(2) + np.log(1000), "that is the lead for float64; a float32 has 24 bits."),
        (25 + np.log2(1000), "that is a number of bits; the lead is in nats."),
        (25 * np.log10(2) + 3, "that is a number of decimal digits; the lead is in nats."),
    ]
    for wrong, hint in mistakes:
        if np.isclose(value, wrong, rtol=0, atol=0.006):
            raise Hint(hint)
    if not np.isclose(value, right, rtol=0, atol=0.011):
        raise Hint(f"{value:.2f} is not it: when is the mass of all the others half of the spacing of float32 below 1?")


@check
def check_rounding_error(attempt):
    """What a floating-point sum is wrong by, exactly, for numbers in any order."""
    cases = [
        (1e16, 1.0, "right"),
        (0.1, 0.2, "right"),
        (1.0, 1e16, "wrong where the second number is the larger one: which of the two lost digits?"),
        (0.7, -300.3, "wrong where the second number is the larger one: which of the two lost digits?"),
        (-0.1, 0.3, "wrong for numbers of different signs."),
    ]
    for a, b, hint in cases:
        rounded = a + b
        error = float(Fraction(a) + Fraction(b) - Fraction(rounded))
        got = run(attempt, a, b)
        if got.shape == (2,):
            raise Hint("two numbers; return the error alone.")
        if got.shape != () or got.dtype.kind not in "fiu":
            raise Hint(f"return one number, not {got!r}.")
        if float(got) == error:
            continue
        if float(got) == rounded:
            raise Hint("that is the rounded sum itself; its error is wanted.")
        if float(got) == -error:
            raise Hint("the sign: the exact sum is the rounded one *plus* the error.")
        said = "right if the first number is the larger one, and " + hint if hint != "right" else "not the error."
        raise Hint(f"for {a} and {b} the error is {error:.3g}, and yours is {float(got):.3g}: {said}")
    a, b = np.random.default_rng(0).uniform(-1, 1, size=(2, 1000)) * 2.0 ** np.arange(-500, 500)
    errors = [float(Fraction(x) + Fraction(y) - Fraction(x + y)) for x, y in zip(a, b[::-1], strict=True)]
    got = run(attempt, a, b[::-1])
    if got.shape != a.shape:
        raise Hint(f"for two arrays, shape {a.shape} expected, got {got.shape}.")
    if not np.array_equal(got, errors):
        raise Hint("right for some numbers, and not for a thousand pairs of all sizes.")


@check
def check_condition(attempt):
    """The condition number of the log-sum-exp."""
    cases = [
        [0.25, 1.23, -0.8],
        [-0.7, -0.7],
        [1000.0, 999.0],
        [-3.0, -4.0, 2.0],
        [1.0, -np.inf],
    ]
    for case in map(np.array, cases):
        p = activations.softmax(case)
        finite = np.where(p > 0, case, 0)
        lse = activations.logsumexp(case)
        right = p @ np.abs(finite) / abs(lse)
        value = run(attempt, case)
        if value.shape != ():
            raise Hint(f"one number for a row, not an array of shape {value.shape}.")
        if np.isclose(value, right, rtol=1e-9):
            continue
        row = np.array2string(case, separator=", ")
        if np.isnan(value):
            hint = "nan. 0 times inf is nan, at an impossible class; or a large score overflows in a plain exponential."
        elif np.isclose(value, p @ np.abs(finite) / lse):
            hint = "negative. Divide by the absolute value of the log-sum-exp."
        elif np.isclose(value, p @ finite / lse) or np.isclose(value, abs(p @ finite / lse)):
            hint = "scores of different signs cancel in your sum. At worst the errors do not: take |z_j|."
        elif np.isclose(value, p @ np.abs(finite)):
            hint = "that is the absolute change; divide by the size of the result."
        elif np.isclose(value, np.abs(finite).sum() / abs(lse)):
            hint = "each score counts by its derivative, which is its probability."
        else:
            hint = f"{value:.4g} is not it. Add p_j |z_j|, and divide by |LSE|."
        raise Hint(f"for {row}: {hint}")


@check
def check_terms(answer):
    """Positive terms whose sum depends on the order."""
    terms = run(lambda: answer)
    if terms.ndim != 1 or terms.dtype.kind not in "fiu" or not 2 <= len(terms) <= 5000:
        raise Hint("give a list of 2 to 5000 numbers.")
    terms = np.sort(terms.astype(float))
    if not (np.isfinite(terms).all() and terms[0] > 0):
        raise Hint("all terms should be positive and finite: with cancellation it would be too easy.")
    u = 2.0**-53
    up, down = (
        abs(math.fsum([*order, -np.cumsum(order)[-1]])) / math.fsum(terms) / u for order in (terms, terms[::-1])
    )
    if down <= 100 and np.all(terms[0] == terms):
        raise Hint("equal terms have one order only. Start with a large one.")
    if down <= 100 and terms[0] / terms[-1] > 2 * u:
        raise Hint(f"largest first loses {down:.0f} u. Each step loses most where the term vanishes next to the sum.")
    if down <= 100:
        raise Hint(f"largest first loses {down:.0f} u. Tiny terms vanish: take many, as large as can vanish.")
    if up > 2:
        raise Hint(f"smallest first loses {up:.0f} u, too. Let the small terms add up without an error.")


@check
def check_complement(attempt):
    """The mass that the winner is missing, with all its digits."""
    cases = [
        ([0.25, 1.23, -0.8], "the sum of the probabilities of all classes but the winner."),
        ([0.0, -50.0], "it is tiny."),
        ([-50.0, 0.0, -51.0], "it is tiny."),
        ([3.0, 3.0, 0.0], "two classes tie: one of them is the winner, and the other one is not."),
        ([1000.0, 999.0, 700.0], "the scores are large, and only their differences count."),
    ]
    for scores, hint in cases:
        z = np.array(scores)
        k = z.argmax()
        right = activations.softmax(z)[np.arange(len(z)) != k].sum()
        value = run(attempt, z)
        if value.shape != ():
            raise Hint(f"one number for a row, not an array of shape {value.shape}.")
        if np.isclose(value, right, rtol=1e-12, atol=0):
            continue
        if np.isnan(value):
            hint = "nan: a plain exponential overflows. Use the library's softmax."
        elif np.isclose(value, activations.softmax(z)[k], rtol=1e-9) and not np.isclose(value, right, rtol=1e-3):
            hint = "that is the probability of the winner."
        elif value == 0:
            hint = "0. The winner's probability has rounded to 1, and 1 - 1 has no digits left. Do not subtract."
        elif np.isclose(value, right, rtol=1e-3):
            hint = "the first digits are right, and not all: a difference of nearly equal numbers lost the rest."
        raise Hint(f"for {np.array2string(z, separator=', ')}: {hint}")
