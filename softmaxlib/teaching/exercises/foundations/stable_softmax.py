"""Checks of the chapter on the stable softmax."""

import numpy as np

from softmaxlib import activations, naive
from softmaxlib.teaching.exercises.checking import Hint, Once, agree, check, compare, number, numbers, peak_memory, run


@check
def check_tie(answer):
    """The log-sum-exp of three scores of 1000."""
    value = number(answer)
    if not np.isfinite(value):
        raise Hint(f"{value} is what the plain formula gives. Take the 1000 out of the logarithm first.")
    mistakes = [
        (1000, "1000 is the hard maximum. Three classes tie there, and each adds to the sum."),
        (np.log(3), "this is the log-sum-exp of three zeros. What does adding 1000 to each score do to it?"),
        (3000, "do not add the scores: the exponentials are added."),
        (3000 + np.log(3), "do not add the scores: the exponentials are added."),
        (1003, "three equal terms multiply the sum by 3; what does this add to its logarithm?"),
        (1000 * np.log(3), "a factor in the sum adds to its logarithm; it does not multiply it."),
        (1000 + np.log10(3), "use the natural logarithm, not the one to the base 10."),
        (1000 + np.log2(3), "use the natural logarithm, not the one to the base 2."),
    ]
    agree(value, 1000 + np.log(3), 2, "the log-sum-exp of a tie is the upper bound.", mistakes)


@check
def check_rows_softmax(attempt):
    """Softmax of each row of a batch, however far apart the rows are."""
    batch = np.array([[0.25, 1.23, -0.8], [2.0, 1.0, 0.5]])
    right = activations.softmax(batch)
    mistakes = [
        (activations.softmax(batch, axis=0), "your columns sum to 1; the classes are the columns, so each row should."),
        (activations.softmax(batch, axis=None), "the whole batch sums to 1, and each row should."),
        (
            activations.softmax(batch - batch.max(axis=0)),
            "you subtract the maximum of each column; each row should lose its own, axis=1.",
        ),
        (activations.softmax(right), "that is the softmax of a softmax; take it once."),
        (activations.softmax(batch, temperature=1 / np.log(2)), "that has powers of 2; the base is e."),
        (np.full((2, 3), np.nan), "nan for ordinary scores: do all exponentials underflow after your shift?"),
        (activations.log_softmax(batch), "these are the logarithms of the probabilities."),
    ]
    compare(run(attempt, batch), right, "each row should be the softmax of that row.", (batch,), mistakes)
    square = np.vstack([batch, [-0.5, 0.0, 3.0]])
    hint = "right for two photos, wrong for three: keepdims?"
    compare(run(attempt, square), activations.softmax(square), hint, "for three photos")
    apart = np.vstack([batch[0], batch[0] + 1000])
    got = run(attempt, apart)
    if got.shape != apart.shape:
        raise Hint(f"shape {apart.shape} expected, got {got.shape}.")
    if np.isnan(got[1]).any() or not got[1].any():
        raise Hint("not a distribution for a row near 1000: its exponentials overflow. Shift it by its maximum.")
    if np.isnan(got[0]).any() or not got[0].any():
        raise Hint("a row that lies 1000 below another underflows. Shift each row by its own maximum.")
    mistakes = [
        (np.vstack([right[0], np.full(3, 1 / 3)]), "near 1000 all classes get the same: a clip makes them equal."),
    ]
    compare(got, activations.softmax(apart), "both rows should get the same.", "for rows 1000 apart", mistakes)
    wide = np.array([[0.0, 2000.0, -1000.0]])
    got = run(attempt, wide)
    if np.isnan(got).any():
        raise Hint(
            "nan for scores far apart in a row. A shift by the mean leaves large exponents: which one leaves none?"
        )
    compare(got, [[0, 1, 0]], "it should hold within a row of scores far apart.", (wide,))


@check
def check_silent(answer):
    """Three finite scores for which the plain formula is wrong without a nan."""
    scores = numbers(answer, (3,), "three finite scores")
    if not np.isfinite(scores).all():
        raise Hint("give three finite scores, as a list.")
    plain = naive.softmax(scores)
    if np.isnan(plain).any():
        raise Hint("the plain formula gives nan here: your colleague sees it. Step back from the edge.")
    worst = np.abs(plain - activations.softmax(scores)).max()
    if worst <= 0.1:
        raise Hint(f"the plain formula is off by {worst:.4g} at most. Move all three scores nearer to an edge.")


@check
def check_stream_logsumexp(attempt):
    """The log-sum-exp of scores that can be read once."""
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
        z = np.array(scores)
        lse = activations.logsumexp(z)
        mistakes = []
        if np.abs(z).max() < 2:
            mistakes = [
                (-np.inf, "the sum is empty: after one reading, as by max or list, nothing is left in the iterator."),
                (np.exp(lse), "that is the sum of the exponentials; take its logarithm."),
                (np.log2(np.exp(lse)), "that is a logarithm to the base 2; use the natural one."),
                (np.log10(np.exp(lse)), "that is a logarithm to the base 10; use the natural one."),
                (np.log(2.0 ** z.sum()), "the exponentials are added, not the scores."),
                (np.logaddexp(0, lse), "a start at 0 counts a score of 0 along; the LSE of nothing is -inf."),
                (z.max(), "that is the largest score alone; the others add to the sum as well."),
            ]
        compare(run(attempt, Once(z)), lse, hint, (Once(z),), mistakes)
    many = np.random.default_rng(0).normal(size=10_000)
    got, held = peak_memory(attempt, Once(many))
    compare(got, activations.logsumexp(many), "right for few scores, wrong for many.", "10,000 scores")
    if held > 64 * 1024:
        raise Hint(
            "the result is right, but your function keeps all the scores. Read each once, and keep a few numbers."
        )


@check
def check_mean_loss(attempt):
    """The mean loss of a batch: finite for finite scores, and without touching them."""
    z, y = np.array([[0.25, 1.23, -0.8], [2.0, 1.0, 0.5]]), np.array([1, 2])
    logs = activations.log_softmax(z)
    each = -logs[np.arange(2), y]
    got = run(attempt, z, y)
    if got.shape == (2,):
        raise Hint("one number expected, got shape (2,): these are the losses of the photos; return their mean.")
    mistakes = [
        (-each.mean(), "a loss is *minus* the logarithm of a probability, so it is not negative."),
        (each.sum(), "that is the sum over the photos; divide by their number."),
        (-logs.mean(), "you average over all classes; only the true class of each photo, y, counts."),
        (-logs[:, y].mean(), "[:, y] pairs each photo with all labels; [np.arange(len(y)), y] takes its own."),
        (-logs[np.arange(2), y - 1].mean(), "you take y - 1; the labels count from 0 already."),
        (
            -activations.log_softmax(z, axis=0)[np.arange(2), y].mean(),
            "your columns compete, and the classes of each photo should: axis=1.",
        ),
        (-logs.max(axis=1).mean(), "that is the loss of the winners; the true class of each photo is y."),
        (each.mean() / np.log(2), "that is in bits; use the natural logarithm."),
        (each.mean() / np.log(10), "that is a logarithm to the base 10; use the natural one."),
        (np.exp(-each).mean(), "that is the mean probability; take the logarithms, and a minus."),
        (-np.log(np.exp(-each).mean()), "you take the logarithm of the mean; take the mean of the logarithms."),
        (-z[np.arange(2), y].mean(), "the score alone is no loss: subtract the LSE of its row."),
        (
            -activations.log_softmax(np.exp(logs))[np.arange(2), y].mean(),
            "that is a softmax of a softmax; the scores go into one.",
        ),
    ]
    compare(got, each.mean(), "the mean over the photos of -log p of the true class.", (z, y), mistakes)
    high = z + 1000
    if np.isnan(run(attempt, high, y)).any():
        raise Hint("nan for scores near 1000: an exponential overflows. Shift each row by its maximum, in a new array.")
    far = np.array([[0.0, 1000.0, 0.0], [0.25, 1.23, -0.8]])
    got = run(attempt, far, np.array([0, 1]))
    if np.isnan(got).any() or np.isnan(run(attempt, far, np.array([1, 1]))).any():
        raise Hint("nan where another class has the probability 0: 0 times log 0. Pick the true class, not a product.")
    hint = "the true class lies 1000 below the winner, so its loss alone is 1000."
    if np.isinf(got).any():
        hint = "the probability became 0 before you took its logarithm. Take the score minus the LSE."
    elif (got < 500).all():
        hint = "a clip, or a small number added to the probability, caps the loss. Take the score minus the LSE."
    compare(got, (1000 - activations.log_softmax(far)[1, 1]) / 2, hint, (far, np.array([0, 1])))
    batch = np.vstack([z, far])
    expected = -activations.log_softmax(batch)[np.arange(4), [1, 2, 1, 1]].mean()
    compare(run(attempt, batch, np.array([1, 2, 1, 1])), expected, "right for two photos only.", "for four photos")
