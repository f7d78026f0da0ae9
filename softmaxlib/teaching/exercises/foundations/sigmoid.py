"""Checks of the chapter on the sigmoid."""

import numpy as np

from softmaxlib import activations
from softmaxlib.teaching.exercises.checking import Hint, call, check, compare, number, recognize, run


@check
def check_logit(attempt):
    """The inverse of the sigmoid, also for tiny probabilities."""
    z = np.array([-3.0, 0.0, 0.25, 1.23])
    p = activations.sigmoid(z)
    mistakes = [
        (p / (1 - p), "these are the odds; the score is the logarithm of the odds."),
        (np.log(p), "that is the logarithm of p alone; the odds divide p by 1 - p first."),
        (np.log1p(-p), "that is the logarithm of 1 - p alone; the odds divide p by it."),
        (-np.log(1 / p) - 1, "the 1 belongs inside of the logarithm: 1 / p - 1."),
        (np.log(p / 1 - p), "p / 1 - p is p - p. Put 1 - p in parentheses."),
        (np.log(p) / (1 - p), "you divide the logarithm; divide first, and take the logarithm of the odds."),
        (np.log(p) / np.log1p(-p), "the logarithm of a quotient is the difference of two logarithms."),
        (-z, "the sign is turned over: these are the scores of the other class, (1 - p) / p."),
        (z / np.log(2), "that is a logarithm to the base 2; a nat needs the natural one, np.log."),
        (z / np.log(10), "that is a logarithm to the base 10; a nat needs the natural one, np.log."),
        (activations.sigmoid(p), "that is the sigmoid again; you want its inverse."),
        (1 / p, "the inverse of a function is not one over it: which score gives p?"),
    ]
    compare(run(attempt, p), z, "the logit is the logarithm of the odds p / (1 - p).", (p,), mistakes)
    tiny = np.array([1e-20, 1e-300])
    got = run(attempt, tiny)
    if got.shape == tiny.shape and np.isneginf(got).any():
        raise Hint("-inf for a tiny p: a difference like 2 p - 1 has lost the digits of p.")
    if got.shape == tiny.shape and (got > np.log(tiny) + 1).any():
        raise Hint("a clip, or a small number added to p, changes the score of a tiny p. Leave p as it is.")
    compare(got, np.log(tiny), "for tiny p the logit is close to log(p).", (tiny,))


@check
def check_quiet_sigmoid(attempt):
    """The sigmoid of large scores, without a floating-point warning."""
    z = np.array([-800.0, -1.0, 0.0, 1.0, 800.0])
    got = run(attempt, z)
    if got.shape == z.shape and np.isnan(got).any():
        raise Hint(f"nan for the score {z[np.isnan(got)][0]:.0f}: inf / inf. Never compute an exponential above 1.")
    mistakes = [
        (1 + np.exp(-z), "1 / 1 + exp(-z) is 1 + exp(-z). Put the sum in parentheses."),
        (
            activations.sigmoid(np.abs(z)),
            "right from 0 up, but a negative score gets more than one half: the sign of the score is lost.",
        ),
        (activations.sigmoid(-z), "the curve is turned over: a high score should get a high probability."),
        (1 / (1 + 2.0**-z), "that has powers of 2; the base is e."),
        (np.tanh(z), "that is tanh, which goes from -1 to 1; a probability does not."),
    ]
    compare(got, activations.sigmoid(z), "the values should be those of the sigmoid.", (z,), mistakes)
    low = np.array([-700.0, -30.0])
    got = run(attempt, low)
    if got.shape == low.shape and got[0] == 0:
        raise Hint("0 for the score -700. The sigmoid is tiny there, not 0: is something cut off, or subtracted?")
    if got.shape == low.shape and got[0] > 1e-300:
        score = np.log(got[0] / (1 - got[0]))
        raise Hint(
            f"the score -700 gets the probability of {score:.0f}: a clip hides the overflow and changes results."
        )
    compare(got, activations.sigmoid(low), "right from -1 on only: digits are lost.", (low,))
    names = getattr(getattr(attempt, "__code__", None), "co_names", ())
    if attempt is not activations.sigmoid and {"errstate", "seterr"} & set(names):
        raise Hint("errstate hides a report, and what overflows is computed all the same. Do without it.")
    try:
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            call(attempt, z)
    except Hint as hint:
        if not isinstance(hint.__cause__, FloatingPointError):
            raise
        raise Hint(f"the values are right, but NumPy still reports: {hint.__cause__}.") from None


@check
def check_other_class(attempt):
    """One minus the sigmoid, with all digits."""
    z = 0.25
    mistakes = [
        (activations.sigmoid(z), "that is the class itself; the other class gets what is left: they share the mass 1."),
        (np.exp(-z), "that is the odds of the other class, not its probability."),
        (1 + np.exp(z), "1 / 1 + exp(z) is 1 + exp(z). Put the sum in parentheses."),
        (-activations.sigmoid(z), "a probability is not negative. It is the score that changes its sign."),
        (1 / (1 + 2.0**z), "that has powers of 2; the base is e."),
    ]
    compare(run(attempt, z), activations.sigmoid(-z), "the two classes share the mass 1.", (z,), mistakes)
    z = 40.0
    got = run(attempt, z)
    recognize(got, [(0, "right for small scores, but 0 for the score 40. Avoid the difference.")])
    compare(got, activations.sigmoid(-z), "right for small scores only.", (z,))


@check
def check_certain(answer):
    """The smallest score whose float64 sigmoid is 1."""
    score = number(answer)
    if not np.isfinite(score):
        raise Hint(f"a finite score expected, got {score}.")
    mistakes = [
        (54 * np.log(2), "there the exact value rounds to 1. The computation rounds earlier, when it adds 1 and e^-z."),
        (53, "53 is the power of 2; the score is the natural logarithm of it."),
        (53 * np.log10(2), "that is a logarithm to the base 10; the score is a natural one."),
    ]
    recognize(score, mistakes, tolerance=1.5e-4)
    if activations.sigmoid(score) < 1 and activations.sigmoid(score + 0.005) < 1:
        raise Hint(f"sigmoid({score:.6g}) is still below 1; go higher.")
    if activations.sigmoid(score - 0.01) == 1:
        raise Hint(f"sigmoid({score:.6g}) is 1, but so it is for smaller scores.")
