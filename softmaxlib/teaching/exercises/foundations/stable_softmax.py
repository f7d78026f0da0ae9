"""Checks of the chapter on the stable softmax."""

import numpy as np

from softmaxlib import activations, naive
from softmaxlib.teaching.exercises.checking import Hint, check, compare, run


@check
def check_tie(answer):
    """The log-sum-exp of three scores of 1000."""
    value = run(lambda: float(answer))
    if not np.isfinite(value):
        raise Hint(f"{value} is what the plain formula gives. Take the 1000 out of the logarithm first.")
    if np.isclose(value, 1000):
        raise Hint("1000 is the hard maximum. Three classes tie there, and each adds to the sum.")
    if np.isclose(value, np.log(3), atol=0.005):
        raise Hint("this is the log-sum-exp of three zeros. What does adding 1000 to each score do to it?")
    if np.isclose(value, 3000, atol=5):
        raise Hint("do not add the scores: the exponentials are added.")
    if np.isclose(value, 1000 + np.log10(3), atol=0.005):
        raise Hint("use the natural logarithm.")
    if not np.isclose(value, 1000 + np.log(3), rtol=0, atol=0.005):
        raise Hint(f"{value:.2f} is not it; the log-sum-exp of a tie is the upper bound.")


@check
def check_rows_softmax(attempt):
    """Softmax of each row of a batch, however far apart the rows are."""
    batch = np.array([[0.25, 1.23, -0.8], [2.0, 1.0, 0.5]])
    got = run(attempt, batch)
    if got.shape == batch.shape and np.allclose(got, activations.softmax(batch, axis=0)):
        raise Hint("your columns sum to 1; the classes are the columns, so each row should.")
    if got.shape == batch.shape and np.isclose(got.sum(), 1):
        raise Hint("the whole batch sums to 1, and each row should. Sum along the classes only.")
    compare(got, activations.softmax(batch), "each row should be the softmax of that row.")
    square = np.vstack([batch, [-0.5, 0.0, 3.0]])
    compare(run(attempt, square), activations.softmax(square), "right for two photos, wrong for three: keepdims?")
    apart = np.vstack([batch[0], batch[0] + 1000])
    got = run(attempt, apart)
    if np.isnan(got[1]).any():
        raise Hint("nan for a row near 1000: its exponentials overflow. Shift it by its maximum.")
    if np.isnan(got[0]).any():
        raise Hint("nan for a row that lies 1000 below another: it underflows. Shift each row by its own maximum.")
    compare(got, activations.softmax(apart), "both rows should get the same probabilities.")


@check
def check_silent(answer):
    """Three finite scores for which the plain formula is wrong without a nan."""
    scores = run(lambda: answer)
    if scores.shape != (3,) or scores.dtype.kind not in "fiu" or not np.isfinite(scores).all():
        raise Hint("give three finite scores, as a list.")
    scores = scores.astype(float)
    plain = run(naive.softmax, scores)
    if np.isnan(plain).any():
        raise Hint("the plain formula gives nan here: your colleague sees it. Step back from the edge.")
    worst = np.abs(plain - activations.softmax(scores)).max()
    if worst <= 0.1:
        raise Hint(f"the plain formula is off by {worst:.1g} at most. Move all three scores nearer to an edge.")


@check
def check_stream_logsumexp(attempt):
    """The log-sum-exp of scores that can be read once."""
    if not callable(attempt):
        raise Hint(f"pass your function itself, not {attempt!r}.")
    cases = [
        ([0.25, 1.23, -0.8], "it should be the logarithm of the sum of the exponentials."),
        ([1000.0, 999.0], "an exponential overflows. Take the larger of the two values out first."),
        ([-1000.0, -999.0], "all exponentials underflow. Take the larger of the two values out first."),
        ([0.0, 1000.0, 2000.0], "it should hold when each score beats all before it."),
        ([-np.inf, -np.inf, 0.25], "-inf - -inf is nan. A score of -inf adds nothing."),
        ([-np.inf, -np.inf], "a row without a possible class has the log-sum-exp -inf."),
        ([50.0, 0.0, 0.0], "it should hold for a clear winner."),
    ]
    for scores, hint in cases:
        scores = np.array(scores)
        got = run(lambda array: attempt(iter(array)), scores)
        compare(got, activations.logsumexp(scores), hint)


@check
def check_mean_loss(attempt):
    """The mean loss of a batch: finite for finite scores, and without touching them."""
    z, y = np.array([[0.25, 1.23, -0.8], [2.0, 1.0, 0.5]]), np.array([1, 2])
    each = -activations.log_softmax(z)[np.arange(2), y]
    got = run(attempt, z, y)
    if got.shape == (2,):
        raise Hint("shape () expected, got (2,): these are the losses of the photos; return their mean.")
    if got.shape == () and got.dtype.kind in "fiu":
        if np.isclose(got, -each.mean()):
            raise Hint("a loss is *minus* the logarithm of a probability, so it is not negative.")
        if np.isclose(got, each.sum()):
            raise Hint("that is the sum over the photos; divide by their number.")
        if np.isclose(got, -activations.log_softmax(z).mean()):
            raise Hint("you average over all classes; only the true class of each photo, y, counts.")
    compare(got, each.mean(), "the mean over the photos of -log p of the true class.")
    far = np.array([[0.0, 1000.0, 0.0], [0.25, 1.23, -0.8]])
    if np.isnan(run(attempt, far, np.array([1, 1]))).any():
        raise Hint("nan for a score of 1000: its exponential overflows. Shift each row by its maximum, in a new array.")
    got = run(attempt, far, np.array([0, 1]))
    hint = "the true class lies 1000 below the winner, so its loss alone is 1000."
    if np.isinf(got).any():
        hint = "the probability became 0 before you took its logarithm. Take the score minus the LSE."
    elif (got < 100).all():
        hint = "a clip, or a small number added to the probability, caps the loss. Take the score minus the LSE."
    compare(got, (1000 - activations.log_softmax(far)[1, 1]) / 2, hint)
    batch = np.vstack([z, far])
    expected = -activations.log_softmax(batch)[np.arange(4), [1, 2, 1, 1]].mean()
    compare(run(attempt, batch, np.array([1, 2, 1, 1])), expected, "right for two photos, wrong for four.")
