"""Checks of the chapter on the online softmax."""

import numpy as np

from softmaxlib import activations
from softmaxlib.teaching.exercises.checking import (
    Hint,
    Once,
    agree,
    check,
    compare,
    number,
    peak_memory,
    recognize,
    run,
)

USED_UP = "the sum is empty: after one reading, as by max or list, nothing is left in the iterator."


@check
def check_records(answer):
    """The mean number of new maxima among 1000 scores in random order."""
    special = "that is one special order: the largest first, or each larger than the last. Average over all orders."
    even = "an even chance holds for the second score only. The hundredth must beat 99 others."
    right = (1 / np.arange(1, 1001)).sum()
    mistakes = [
        (1, special),
        (1000, special),
        (500, even),
        (499.5, even),
        (500.5, even),
        (np.log(1000), "the logarithm is how the mean grows, and not the mean itself. Add up the chances."),
        (np.log2(1000), "that is the height of a tree. Add up the chances of the single scores."),
        (right - 1, "the first score is a new maximum, too: it replaces -inf."),
        (3, "that is a logarithm to the base 10. Add up the chances of the single scores."),
    ]
    hint = "what is the chance that score number i is the largest of the first i?"
    agree(number(answer), right, 1, hint, mistakes)


@check
def check_stream_lse(attempt):
    """The log-sum-exp of chunks, wherever the largest score is."""
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
        z = np.array(scores)
        chunks = Once(np.split(z, cuts))
        lse = activations.logsumexp(z)
        mistakes = []
        if np.isfinite(z).all() and z.max() < 100:
            mistakes = [
                (-np.inf, USED_UP),
                (np.logaddexp(0, lse), "a start at 0 counts a score of 0 along; the LSE of nothing is -inf."),
                (np.exp(lse), "that is the sum of the exponentials; take its logarithm."),
                (lse / np.log(2), "that is a logarithm to the base 2; use the natural one."),
            ]
        compare(run(attempt, chunks), lse, hint, (chunks,), mistakes)
    many = np.random.default_rng(0).normal(size=20_000)
    got, held = peak_memory(attempt, Once(np.split(many, 200)))
    compare(got, activations.logsumexp(many), "right for few chunks, wrong for many.", "200 chunks")
    if held > 64 * 1024:
        raise Hint("the result is right, but your function holds all chunks at once. Let go of each, and keep m and S.")


@check
def check_merge_rest(attempt):
    """The merge of two states (largest score, sum of all terms but the largest)."""
    empty = (-np.inf, 0.0)
    nothing = "merging (-inf, 0), the state of nothing, changes nothing."
    gone = "the rest is tiny, and its digits are gone: it was added to a 1 that was then subtracted."
    cases = [
        ((0.0, 0.0), (-1.0, 0.0), "two states of one score each: the rest is the exponential of their difference."),
        ((-1.0, 0.0), (0.0, 0.0), "it should not matter which state comes first."),
        ((1.0, 0.5), (1.0, 0.25), "at a tie one of the two largest scores joins the rest."),
        ((0.25, 0.5), (-1.25, 2.0), "the lower state is worth (1 + its rest), scaled down."),
        (empty, (0.25, 0.5), nothing),
        ((0.25, 0.5), empty, nothing),
        (empty, empty, "nothing and nothing is nothing; -inf - -inf is nan."),
        ((1000.0, 0.5), (-1000.0, 3.0), "it should hold for scores far apart."),
        ((0.0, 0.0), (-50.0, 0.0), gone),
        ((-50.0, 0.0), (0.0, 0.0), gone),
        ((0.0, 1e-20), (-60.0, 0.0), gone),
    ]
    for a, b, hint in cases:
        high, low = (a, b) if a[0] >= b[0] else (b, a)
        scale = np.exp(low[0] - high[0]) if low != empty else 0.0
        rest = high[1] + scale * (1 + low[1])
        mistakes = [
            (
                [high[0], high[1] + scale * low[1]],
                "the largest score of the lower state is no longer the largest: its term, too, joins the rest.",
            ),
            ([high[0], 1 + rest], "that is the whole sum. Of the winner, leave the 1 of the largest score out."),
            ([rest, high[0]], "the largest score comes first, then the rest."),
        ]
        got = run(attempt, a, b)
        compare(got, [high[0], rest], hint, (a, b), mistakes if hint != gone else ())


@check
def check_stream_entropy(attempt):
    """The entropy of the softmax of chunks."""
    z = np.array([0.25, 1.23, -0.8])
    cancel = (
        "right near 0, wrong for large scores: log S and the mean of z - m do not cancel, LSE and the mean of z do."
    )
    cases = [
        (z, [], "for one chunk it should be the entropy of its softmax.", 1e-9),
        (z, [2], "one chunk is right, two are not, though the largest score is in the first.", 1e-9),
        (z, [1], "a new maximum changes the sum of d exp(d) twice: each term is scaled, and each d moves.", 1e-9),
        (z + 1000, [1], "an exponential overflows. Take the maximum out.", 1e-9),
        (np.array([0.0, 1.0, 2.0]) + 2.0**40, [1, 2], cancel, 1e-6),
    ]
    for scores, cuts, hint, tolerance in cases:
        chunks = Once(np.split(scores, cuts))
        entropy = -activations.softmax(scores) @ activations.log_softmax(scores)
        mistakes = [
            (-entropy, "that is minus the entropy; an entropy is not negative."),
            (entropy / np.log(2), "that is in bits; use the natural logarithm."),
            (entropy / np.log(10), "that is a logarithm to the base 10; use the natural one."),
            (activations.logsumexp(scores), "that is the LSE; subtract the mean score."),
        ]
        got = run(attempt, chunks)
        if hint == cancel:
            mistakes.append((got, cancel))
        if got.size == 1 and not np.isfinite(got) and scores is z:
            raise Hint(f"{got.item()} for small scores: -inf - -inf at the start, or an iterator that was used up.")
        compare(got, entropy, hint, (chunks,), mistakes, tolerance)
    many = np.random.default_rng(0).normal(size=20_000)
    got, held = peak_memory(attempt, Once(np.split(many, 200)))
    entropy = -activations.softmax(many) @ activations.log_softmax(many)
    compare(got, entropy, "right for few chunks, wrong for many.", "200 chunks")
    if held > 64 * 1024:
        raise Hint(
            "the result is right, but your function holds all chunks at once. Let go of each, and keep m, S and B."
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

    right = plain(scores, seen)
    mistakes = [
        (plain(scores, True), "each query still sees all keys. Hide those that come after it."),
        (plain(scores, seen.T), "you hide the past and show the future: the mask is transposed."),
        (plain(scores, np.tri(7, k=-1, dtype=bool)), "a query sees its own key, too: j <= i."),
        (plain(np.where(seen, scores, 0), True), "a score of 0 does not hide a key. A hidden key has the score -inf."),
        (plain(2 * scores, seen), "divide the scores by the root of the number of columns of K."),
        (plain(scores / 2, seen), "divide the scores by the *root* of the number of columns of K."),
        (
            np.where(seen, activations.softmax(scores), 0) @ V,
            "you hide keys after the softmax, so the weights no longer sum to 1. Hide the scores.",
        ),
    ]
    for block in (7, 3, 2):
        got = run(attempt, Q, K, V, block)
        if got.shape != V.shape:
            raise Hint(f"shape {V.shape} expected, got {got.shape}: one row of values for each query.")
        if np.isnan(got).any():
            recognize(got, mistakes)
            raise Hint(
                f"nan with blocks of {block}. Does a block without any visible key give -inf - -inf? Leave it out."
            )
        if block < 7 and np.allclose(got[:block], right[:block]) and not np.allclose(got, right):
            recognize(got, mistakes)
            raise Hint(
                "the first block of queries is right, later ones are not. The mask compares places in the whole row."
            )
        hint = "not each row is the attention to the keys up to it."
        compare(got, right, hint, f"with blocks of {block}", mistakes)
    got = run(attempt, 1000 * Q, K, V, 3)
    hint = "for large scores, too, it should hold. Take the running maximum out."
    compare(got, plain(1000 * scores, seen), hint, "1000 Q", tolerance=1e-9)
    wide = rng.normal(size=(3, 1024, 4))
    got, held = peak_memory(attempt, *wide, 64)
    if held > 4 * 1024**2:
        raise Hint("the result is right, but you hold all the scores at once. Hold one block of them.")
