"""The one oracle: the definitions in mpmath, to 50 digits that survive every cancellation.

The functions take one row of finite numbers (or one number), read without rounding, and return mpf numbers.
"""

import functools
import math
from typing import NamedTuple

import mpmath
import numpy as np

DIGITS = 50


class Row(NamedTuple):
    """What the definitions say about one row."""

    top: mpmath.mpf
    log_total: mpmath.mpf  # of the exponentials after the largest logit is subtracted
    softmax: list
    log_softmax: list
    logsumexp: mpmath.mpf


def exact(x):
    """Any finite number as an mpf, all bits kept."""
    if isinstance(x, mpmath.mpf):
        return x
    numerator, denominator = x.as_integer_ratio()
    return mpmath.mpf(numerator) / denominator


def margin(z, temperature=1.0):
    """How far the largest logit is above the next one, over the temperature (0 for one class)."""
    *_, second, first = sorted([*z, z[0]] if len(z) == 1 else z)
    return (float(first) - float(second)) / temperature


@functools.cache
def _row(z, temperature):
    digits = DIGITS + math.ceil(min(margin(z, temperature), 12_000) / math.log(10))  # then it is 0 in every dtype
    with mpmath.workdps(DIGITS):
        temperature = exact(temperature)
        top = exact(max(z))
        shifted = [(exact(x) - top) / temperature for x in z]
        exps = [mpmath.exp(x) for x in shifted]
    with mpmath.workdps(digits):  # log(1 + e**-margin) loses margin / log(10) of them
        total = mpmath.fsum(exps)
        log_total = mpmath.log(total)
    with mpmath.workdps(DIGITS):
        return Row(
            top / temperature,
            log_total,
            [x / total for x in exps],
            [x - log_total for x in shifted],
            top / temperature + log_total,
        )


def row(z, temperature=1.0):
    """Everything about one row at once."""
    return _row(tuple(z), temperature)


def softmax(z, temperature=1.0):
    """Probabilities of one row."""
    return row(z, temperature).softmax


def log_softmax(z, temperature=1.0):
    """Log-probabilities of one row."""
    return row(z, temperature).log_softmax


def logsumexp(z):
    """Log-sum-exp of one row."""
    return row(z).logsumexp


def sigmoid(z):
    """Sigmoid of one number."""
    with mpmath.workdps(DIGITS + math.ceil(abs(z) / math.log(10))):
        return 1 / (1 + mpmath.exp(-exact(z)))


def log_sigmoid(z):
    """Logarithm of the sigmoid of one number."""
    with mpmath.workdps(DIGITS + math.ceil(abs(z) / math.log(10))):
        return -mpmath.log(1 + mpmath.exp(-exact(z)))


def ulps(result, expected):
    """Distances of `result` from the oracle, in units of its spacing at the expected values.

    Below the smallest normal number the unit stays the spacing there, so that the error is absolute.
    """
    tiny = np.finfo(result.dtype).tiny
    return _distances(result, expected, [np.spacing(max(abs(result.dtype.type(x)), tiny)) for x in expected])


def epsilons(result, expected, scale=None):
    """Distances of `result` from the oracle, in eps times `scale`: relative errors unless told otherwise.

    Below the smallest normal number the unit stays the spacing there, so that the error is absolute.
    """
    eps, tiny = exact(np.finfo(result.dtype).eps), exact(np.finfo(result.dtype).tiny)
    return _distances(result, expected, [eps * max(abs(s), tiny) for s in (expected if scale is None else scale)])


def _distances(result, expected, units):
    assert result.shape == (len(expected),)
    with mpmath.workdps(DIGITS):
        return np.array([float(abs(exact(r) - e) / exact(u)) for r, e, u in zip(result, expected, units, strict=True)])


def entmax(z, alpha):
    """The entmax of one row, for an alpha above 1, by bisection: mpf numbers."""
    with mpmath.workdps(2 * DIGITS):
        beta, top = exact(alpha) - 1, exact(max(z))
        a = [1 + beta * (exact(x) - top) for x in z]

        def powers(c):
            return [(x - c) ** (1 / beta) if x > c else mpmath.mpf(0) for x in a]

        low, high = mpmath.mpf(0), 1 - len(z) ** -beta
        for _ in range(7 * DIGITS):  # so many bits hold that many digits
            middle = (low + high) / 2
            if mpmath.fsum(powers(middle)) >= 1:
                low = middle
            else:
                high = middle
        return powers(low)


def tsallis(p, alpha):
    """The entropy of Tsallis of one distribution, for an alpha above 1."""
    alpha = exact(alpha)
    return mpmath.fsum(exact(x) - exact(x) ** alpha for x in p if x) / (alpha * (alpha - 1))


def entmax_loss(z, y, alpha):
    """The Fenchel–Young loss of one row, by its definition, for an alpha above 1."""
    with mpmath.workdps(2 * DIGITS):
        p = entmax(z, alpha)
        gain = mpmath.fsum((a - exact(b)) * exact(x) for a, b, x in zip(p, y, z, strict=True))
        return gain + tsallis(p, alpha) - tsallis(y, alpha)
