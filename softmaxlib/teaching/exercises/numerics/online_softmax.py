"""Checks of the chapter on the online softmax."""

import tracemalloc

import numpy as np

from softmaxlib import activations
from softmaxlib.teaching.exercises.checking import Hint, check, compare, run


@check
def check_records(answer):
    """The mean number of new maxima among 1000 scores in random order."""
    value = run(lambda: float(answer))
    if value in (1, 1000):
        raise Hint(
            "that is one special order: the largest first, or each larger than the last. Average over all orders."
        )
    if 499 <= value <= 501:
        raise Hint("an even chance holds for the second score only. The hundredth must beat 99 others.")
    if np.isclose(value, np.log(1000), atol=0.06):
        raise Hint("the logarithm is how the mean grows, and not the mean itself. Add up the chances.")
    if np.isclose(value, np.log2(1000), atol=0.06):
        raise Hint("that is the height of a tree. Add up the chances of the single scores.")
    if np.isclose(value, (1 / np.arange(2, 1001)).sum(), atol=0.06):
        raise Hint("the first score is a new maximum, too: it replaces -inf.")
    if not np.isclose(value, (1 / np.arange(1, 1001)).sum(), atol=0.06):
        raise Hint(f"{value:.1f} is not it. What is the chance that score number i is the largest of the first i?")


@check
def check_stream_lse(attempt):
    """The log-sum-exp of chunks, wherever the largest score is."""
    if not callable(attempt):
        raise Hint(f"pass your function itself, not {attempt!r}.")
    cases = [
        ([0.25, 1.23, -0.8], [], "one chunk should give the logarithm of the sum of its exponentials."),
        ([0.25, 1.23, -0.8], [2], "one chunk is right, two are not, though the largest score is in the first."),
        ([0.25, 1.23, 5.0], [1, 2], "the largest score comes last. Is m still the old maximum where you scale by it?"),
        ([1000.0, 999.0, 2000.0], [2], "an exponential overflows. Take the new maximum out of both parts."),
        ([0.25, 1.23, -np.inf, -np.inf], [2], "a chunk of -inf at the end adds nothing."),
        ([-np.inf, -np.inf, 0.25, 1.23], [2], "the first chunk is all -inf, and -inf - -inf is nan."),
        ([-np.inf, -np.inf], [1], "without any possible class the log-sum-exp is -inf."),
        ([0.25, 1.23], [0], "an empty chunk adds nothing."),
    ]
    for scores, cuts, hint in cases:
        scores = np.array(scores)
        got = run(lambda array, cuts=cuts: attempt(iter(np.split(array, cuts))), scores)
        compare(got, activations.logsumexp(scores), hint)


@check
def check_merge_rest(attempt):
    """The merge of two states (largest score, sum of all terms but the largest)."""
    empty = (-np.inf, -1.0)
    got = run(attempt, (0.0, 0.0), (-1.0, 0.0))
    if got.shape == (2,) and got[1] == 0:
        raise Hint("the largest score of the lower state is no longer the largest: its term, too, joins the rest.")
    if got.shape == (2,) and np.isclose(got[1], 1 + np.exp(-1)):
        raise Hint("that is the whole sum. Of the winner, leave the 1 of the largest score out.")
    compare(got, [0, np.exp(-1)], "two states of one score each: the rest is the exponential of their difference.")
    compare(run(attempt, (-1.0, 0.0), (0.0, 0.0)), [0, np.exp(-1)], "it should not matter which state comes first.")
    compare(run(attempt, (1.0, 0.5), (1.0, 0.25)), [1, 1.75], "at a tie one of the two largest scores joins the rest.")
    got = run(attempt, (0.25, 0.5), (-1.25, 2.0))
    compare(got, [0.25, 0.5 + 3 * np.exp(-1.5)], "the lower state is worth (1 + its rest), scaled down.")
    with np.errstate(all="ignore"):
        for states in ((empty, (0.25, 0.5)), ((0.25, 0.5), empty)):
            compare(run(attempt, *states), [0.25, 0.5], "merging (-inf, -1), the state of nothing, changes nothing.")
        compare(run(attempt, empty, empty), empty, "nothing and nothing is nothing; -inf - -inf is nan.")
    compare(run(attempt, (1000.0, 0.5), (-1000.0, 3.0)), [1000, 0.5], "it should hold for scores far apart.")
    for a, b in (((0.0, 0.0), (-50.0, 0.0)), ((-50.0, 0.0), (0.0, 0.0)), ((0.0, 1e-20), (-60.0, 0.0))):
        right = a[1] + np.exp(-60) if a[1] else np.exp(-50)
        if not np.isclose(run(attempt, a, b)[1], right, rtol=1e-12, atol=0):
            raise Hint("the rest is tiny, and its digits are gone: it was added to a 1 that was then subtracted.")


@check
def check_stream_entropy(attempt):
    """The entropy of the softmax of chunks."""
    if not callable(attempt):
        raise Hint(f"pass your function itself, not {attempt!r}.")

    def judge(scores, cuts, hint, tolerance=1e-9):
        p, logs = activations.softmax(scores), activations.log_softmax(scores)
        entropy = -(p * logs).sum()
        got = run(lambda array: attempt(iter(np.split(array, cuts))), scores)
        if got.shape == () and np.isclose(got, -entropy):
            raise Hint("that is minus the entropy; an entropy is not negative.")
        if got.shape == () and np.isclose(got, entropy / np.log(2)):
            raise Hint("that is in bits; use the natural logarithm.")
        compare(got, entropy, hint, tolerance)

    z = np.array([0.25, 1.23, -0.8])
    judge(z, [], "for one chunk it should be the entropy of its softmax.")
    judge(z, [2], "one chunk is right, two are not, though the largest score is in the first.")
    judge(z, [1], "a new maximum changes the sum of d exp(d) twice: each term is scaled, and each d moves.")
    judge(z + 1000, [1], "an exponential overflows. Take the maximum out.")
    judge(
        np.array([0.0, 1.0, 2.0]) + 2.0**40,
        [1, 2],
        "right near 0, wrong for large scores: log S and the mean of z - m do not cancel, LSE and the mean of z do.",
        1e-6,
    )


@check
def check_causal(attempt):
    """Blockwise attention in which query i sees the keys up to i."""
    rng = np.random.default_rng(0)
    Q, K, V = rng.normal(size=(3, 7, 4))
    scores = Q @ K.T / 2
    seen = np.tri(7, dtype=bool)

    def plain(scores, where):
        return activations.softmax(scores, where=where) @ V

    for block in (7, 3, 2):
        got = run(attempt, Q, K, V, block)
        if got.shape != V.shape:
            raise Hint(f"shape {V.shape} expected, got {got.shape}: one row of values for each query.")
        if np.isnan(got).any():
            raise Hint(
                f"nan with blocks of {block}. Does a block without any visible key give -inf - -inf? Leave it out."
            )
        for form, hint in [
            (plain(scores, True), "each query still sees all keys. Hide those that come after it."),
            (plain(scores, seen.T), "you hide the past and show the future: the mask is transposed."),
            (
                plain(np.where(seen, scores, 0), True),
                "a score of 0 does not hide a key. A hidden key has the score -inf.",
            ),
            (plain(2 * scores, seen), "divide the scores by the root of the number of columns of K."),
        ]:
            if np.allclose(got, form):
                raise Hint(hint)
        if (
            block < 7
            and np.allclose(got[:block], plain(scores, seen)[:block])
            and not np.allclose(got, plain(scores, seen))
        ):
            raise Hint(
                "the first block of queries is right, later ones are not. The mask compares places in the whole row."
            )
        compare(
            got, plain(scores, seen), f"with blocks of {block}, not each row is the attention to the keys up to it."
        )
    got = run(attempt, 1000 * Q, K, V, 3)
    compare(got, plain(1000 * scores, seen), "for large scores, too, it should hold. Take the running maximum out.")
    wide = rng.normal(size=(3, 1024, 4))
    tracemalloc.start()
    try:
        run(attempt, *wide, 64)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    if peak > 4 * 1024**2:
        raise Hint("the result is right, but you hold all the scores at once. Hold one block of them.")
