"""Checks of the chapter on accuracy."""

import math
from fractions import Fraction

import numpy as np

from softmaxlib import activations
from softmaxlib.teaching.exercises.checking import Hint, agree, check, compare, number, numbers, run


@check
def check_ceiling(answer):
    """The lead over a thousand tied classes from which a float32 probability is exactly 1."""
    mistakes = [
        (25 * np.log(2), "that is the lead over one other class. A thousand of them have more mass."),
        (24 * np.log(2) + np.log(1000), "below 1 floats are twice as dense; half of *their* spacing is u / 2."),
        (24 * np.log(2), "count all of the thousand others, and take half of the spacing below 1: u / 2."),
        (25 * np.log(2) - np.log(1000), "more classes make an exact 1 harder to reach, not easier."),
        (54 * np.log(2) + np.log(1000), "that is the lead for float64; a float32 has 24 bits."),
        (53 * np.log(2) + np.log(1000), "that is the lead for float64; a float32 has 24 bits."),
        (25 + np.log2(1000), "that is a number of bits; the lead is in nats."),
        (25 * np.log10(2) + 3, "that is a number of decimal digits; the lead is in nats."),
    ]
    hint = "when is the mass of all the others half of the spacing of float32 below 1?"
    agree(number(answer), 25 * np.log(2) + np.log(1000), 2, hint, mistakes)


@check
def check_rounding_error(attempt):
    """What a floating-point sum is wrong by, exactly, for numbers in any order."""
    larger_second = "right only where the first number is the larger one. Which of the two lost digits here?"
    cases = [
        (1e16, 1.0, "that is not the error."),
        (0.1, 0.2, "that is not the error."),
        (1.0, 1e16, larger_second),
        (0.7, -300.3, larger_second),
        (-0.1, 0.3, "wrong for numbers of different signs."),
    ]
    for a, b, hint in cases:
        rounded = a + b
        error = float(Fraction(a) + Fraction(b) - Fraction(rounded))
        got = run(attempt, a, b)
        if got.shape == (2,):
            raise Hint("two numbers; return the error alone.")
        mistakes = [
            (rounded, "that is the rounded sum itself; its error is wanted."),
            (-error, "the sign: the exact sum is the rounded one *plus* the error."),
        ]
        compare(got, error, hint, (a, b), mistakes, tolerance=0)
    a, b = np.random.default_rng(0).uniform(-1, 1, size=(2, 1000)) * 2.0 ** np.arange(-500, 500)
    b = b[::-1].copy()
    errors = [float(Fraction(x) + Fraction(y) - Fraction(x + y)) for x, y in zip(a, b, strict=True)]
    got = run(attempt, a, b)
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
    for z in map(np.array, cases):
        p = activations.softmax(z)
        finite = np.where(p > 0, z, 0)
        lse = activations.logsumexp(z)
        cancel = "scores of different signs cancel in your sum. At worst the errors do not: take |z_j|."
        mistakes = [
            (np.nan, "nan. 0 times inf is nan, at an impossible class; or a large score overflows in an exponential."),
            (p @ np.abs(finite) / lse, "negative. Divide by the absolute value of the log-sum-exp."),
            (p @ finite / lse, cancel),
            (abs(p @ finite / lse), cancel),
            (p @ np.abs(finite), "that is the absolute change; divide by the size of the result."),
            (np.abs(finite).sum() / abs(lse), "each score counts by its derivative, which is its probability."),
            (np.abs(finite).max() / abs(lse), "each score counts by its derivative, which is its probability."),
            (abs(lse) / (p @ np.abs(finite)), "turned over: the change of the scores stands above, the result below."),
        ]
        got = run(attempt, z)
        if got.size > 1:
            raise Hint(f"one number for a row, not an array of shape {got.shape}.")
        compare(got, p @ np.abs(finite) / abs(lse), "add p_j |z_j|, and divide by |LSE|.", (z,), mistakes)


@check
def check_terms(answer):
    """Positive terms whose sum depends on the order."""
    terms = numbers(answer, what="a list of 2 to 5000 numbers")
    if terms.ndim != 1 or not 2 <= len(terms) <= 5000:
        raise Hint(f"a list of 2 to 5000 numbers expected, got shape {terms.shape}.")
    terms = np.sort(terms)
    if not (terms[0] > 0 and terms[-1] < 1e300):
        raise Hint("all terms should be positive and finite: with cancellation, or an overflow, it would be too easy.")
    u = 2.0**-53
    up, down = (
        abs(math.fsum([*order, -np.cumsum(order)[-1]])) / math.fsum(terms) / u for order in (terms, terms[::-1])
    )
    if down <= 100 and np.all(terms[0] == terms):
        raise Hint("equal terms have one order only. Start with a large one.")
    if down <= 100 and terms[0] / terms[-1] > 2 * u:
        raise Hint(f"largest first loses {down:.4g} u. Each step loses most where the term vanishes next to the sum.")
    if down <= 100:
        raise Hint(f"largest first loses {down:.4g} u. Tiny terms vanish: take many, as large as can vanish.")
    if up > 2:
        raise Hint(f"smallest first loses {up:.4g} u, too. Let the small terms add up without an error.")


@check
def check_complement(attempt):
    """The mass that the winner is missing, with all its digits."""
    cases = [
        ([0.25, 1.23, -0.8], "it is the sum of the probabilities of all classes but the winner."),
        ([0.0, -50.0], "it is tiny."),
        ([-50.0, 0.0, -51.0], "it is tiny."),
        ([3.0, 3.0, 0.0], "two classes tie: one of them is the winner, and the other one is not."),
        ([1000.0, 999.0, 700.0], "the scores are large, and only their differences count."),
    ]
    for scores, hint in cases:
        z = np.array(scores)
        p = activations.softmax(z)
        k = z.argmax()
        right = np.delete(p, k).sum()
        got = run(attempt, z)
        if got.size > 1:
            raise Hint(f"one number for a row, not an array of shape {got.shape}.")
        nearly = got.size == 1 and np.isclose(got, right, rtol=1e-6, atol=0)
        mistakes = [
            (np.nan, "nan: a plain exponential overflows. Use the library's softmax."),
            (0, "0. The winner's probability has rounded to 1, and 1 - 1 has no digits left. Do not subtract."),
            (
                got if nearly else np.inf,
                "the first digits are right, and not all: a difference of nearly equal numbers lost the rest.",
            ),
        ]
        if scores == cases[0][0]:
            mistakes += [
                (p[k], "that is the probability of the winner."),
                (-np.log(p[k]), "that is the loss, -log p of the winner; the doubt is 1 - p."),
                (p.min(), "that is the last class alone; add up all but the winner."),
                (np.sort(p)[-2], "that is the second class alone; add up all but the winner."),
            ]
        compare(got, right, hint, (z,), mistakes, tolerance=1e-12)
