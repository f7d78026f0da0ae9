"""Checks of the chapter on language models."""

import numpy as np

from softmaxlib.activations import log_softmax, softmax
from softmaxlib.sampling import min_p, top_p
from softmaxlib.teaching.exercises.checking import Hint, check, compare, number, run


def _cut(z, kept):
    """Return the logits with -inf where they are not kept."""
    return np.where(kept, z, -np.inf)


@check
def check_nucleus(attempt):
    """Top-p of one row of logits."""
    hint = "sort by probability, keep the first ones until their sum reaches the share, and put them back in place."
    for z, share in [
        (np.array([-2.1, 0.6, -0.4, -0.7, 0.2, 0.5, -0.2]), 0.73),  # each of the mistakes below keeps other classes
        (np.array([-1.0, 0.2, 4.0, 0.1]), 0.6),
        (np.array([7.1, 7.5, 7.0, 7.2, 7.4, 6.8, 7.3, 6.9]), 0.85),
    ]:
        p = softmax(z)
        order = np.argsort(-p)
        sums = np.empty(len(z))
        sums[order] = p[order].cumsum()
        expected = top_p(z, share)
        kept = np.isfinite(expected)
        place = np.empty(len(z), dtype=int)
        place[order] = np.arange(len(z))
        rising = np.argsort(p)
        from_below = np.empty(len(z))
        from_below[rising] = p[rising].cumsum()
        unnormed = np.empty((2, len(z)))  # sums before each class, of exponentials and of logits
        unnormed[:, order] = [np.cumsum(each[order]) - each[order] for each in (np.exp(z), z)]
        in_its_place = "return one logit for each class, in its place, with -inf for those that are cut off."
        mistakes = [
            (z, "nothing is cut off."),
            (_cut(z, ~kept), "exchanged: you cut off the classes on the list."),
            *((_cut(z, each < share), "add up probabilities, and not logits or exponentials.") for each in unnormed),
            (_cut(z, kept[order]), "the classes kept are counted in sorted order; put the mask back in place."),
            (_cut(z, kept[order][order]), "order says where a class comes from; result[order] = ... puts it back."),
            (_cut(log_softmax(z), kept), "keep the logits as they are; yours are log-probabilities."),
            (log_softmax(expected), "keep the logits as they are; yours are log-probabilities."),
            (np.where(kept, z, np.inf), "inf makes a class certain; impossible is -inf."),
            (kept, "that says which classes are kept; return their logits, and -inf elsewhere."),
            *((each, in_its_place) for each in (z[kept], z[order][: kept.sum()], order[: kept.sum()])),
            (_cut(z, sums <= share), "the class that crosses the limit is kept, too; without it the sum is too small."),
            (_cut(z, place < kept.sum() + 1), "yours keeps one class more than it takes to reach the share."),
            (_cut(z, p >= share), "compare sums of probabilities with the share, not single ones."),
            (_cut(z, p.cumsum() - p < share), "sort first: the list starts with the largest probability."),
            (_cut(z, p.cumsum() <= share), "sort first: the list starts with the largest probability."),
            (_cut(z, from_below - p < share), "yours starts with the smallest probability."),
            (_cut(z[order], kept[order]), "the classes come back in sorted order; put each in its own place."),
            (_cut(p, kept), "return the logits of the kept classes, not their probabilities."),
            (np.where(kept, p, 0), "return logits: -inf elsewhere, and the kept logits as they are."),
            (softmax(expected), "return logits: -inf elsewhere, and the kept logits as they are."),
            (np.where(kept, z, 0), "a logit of 0 is not impossible; use -inf."),
            (min_p(z, share), "that is min-p, which compares with the largest probability."),
        ]
        got = run(attempt, z, share)
        if got.shape == z.shape and np.isnan(got).any():
            raise Hint("nan among your logits; 0 times infinity is one way to get it. Use np.where or an index.")
        low = got.shape == z.shape and np.isfinite(got).all() and (got[~kept] < min(z.min(), -1)).all()
        if low and np.allclose(got[kept], z[kept]):
            raise Hint("a very negative logit is not impossible; use -inf.")
        if got.shape == z.shape and (np.isneginf(got) == kept).any():
            mistakes.append((got, f"other classes are kept than expected: {hint}"))
        compare(got, expected, hint, (z, share), mistakes)


@check
def check_orders(first, last):
    """How many classes top-p keeps after and before a temperature."""
    first, last = number(first, "a number of classes"), number(last, "a number of classes")
    if (first, last) == (2, 1):
        raise Hint("exchanged: a temperature below 1 makes the first class likelier, so that fewer reach the share.")
    if 3 in (first, last):
        raise Hint("is the third class needed? The list may stop as soon as it has 0.8.")
    if first != 1:
        raise Hint("for the temperature that comes first: divide by 0.5, and add up the softmax of 6, 4 and 2.")
    if last == 1:
        raise Hint("with the temperature last, top-p looks at T = 1, where the first class has less than 0.8.")
    if last != 2:
        raise Hint("for the temperature that comes last: add up the softmax of 3, 2 and 1.")


@check
def check_draw(attempt):
    """Draws by Gumbel noise, at a temperature."""
    hint = "the noise is added to the logits divided by T; the place of the largest sum is the draw."
    rng = np.random.default_rng(0)
    for size, K, T in [(40, 4, 2.5), (30, 6, 0.3)]:
        z, noise = rng.normal(size=K), rng.gumbel(size=(size, K))
        wins = np.argmax(z / T + noise, axis=1)
        mistakes = [
            (
                np.argmax(z + noise, axis=1),
                "the temperature has no effect: it has to change logits, but not the noise.",
            ),
            (
                np.argmax(z * T + noise, axis=1),
                "a high temperature should make the draws more even; yours does less so.",
            ),
            (np.argmax(z - T * noise, axis=1), "the noise is added, not subtracted; Gumbel noise is not symmetric."),
            (np.argmax(z / T - noise, axis=1), "the noise is added, not subtracted; Gumbel noise is not symmetric."),
            (np.argmin(z / T + noise, axis=1), "the largest sum wins, not the smallest."),
            (np.argmax(noise, axis=1), "the logits are missing."),
            (np.full(size, np.argmax(z)), "the noise is missing, so that each row has the same class."),
            (np.argmax(z / T * noise, axis=1), "the noise is added to the logits; yours multiplies them."),
            (np.argmax(z * noise, axis=1), "the noise is added to the logits; yours multiplies them."),
            *(
                (np.argmax(sums, axis=1), "this noise is Gumbel's already; take no further logarithms of it.")
                for sums in (z / T - np.log(-np.log(noise)), z - T * np.log(-np.log(noise)))
            ),
            (np.argmax(z / T + noise, axis=0), "one class for each row; yours has one for each column."),
            (np.argmax(z + T * noise, axis=0), "one class for each row; yours has one for each column."),
            (softmax(z / T + noise), "return the place of the largest sum in each row."),
            *((winner, "return the number of the class, counted from 0.") for winner in (wins + 1, np.eye(K)[wins])),
            (
                np.argmax(softmax(z / T) + noise, axis=1),
                "the noise is added to logits, or to logarithms of probabilities, not to probabilities.",
            ),
            (np.argmax(z / T + noise), "one class for each row: give argmax an axis."),
            (np.argmax(z + T * noise), "one class for each row: give argmax an axis."),
            (np.max(z / T + noise, axis=1), "return the place of the largest sum, not its value."),
            (np.max(z + T * noise, axis=1), "return the place of the largest sum, not its value."),
        ]
        compare(run(attempt, z, T, noise), wins, hint, f"with T = {T}", mistakes)
    z, noise = np.array([0.3, 0.9, -0.2]), rng.gumbel(size=(5, 3))
    hint = "at T = 0 each row should have the argmax of z; z / 0 does not do that."
    compare(run(attempt, z, 0, noise), np.full(5, 1), hint, "with T = 0")


@check
def check_per_word(attempt):
    """The perplexity per word from that per character."""
    hint = "the loss of all characters together is that of all words together; divide it by the number of words."
    for perplexity, characters, words in [(5.0, 1200, 200), (2.5, 900, 240), (3.2, 1_000_000, 180_000)]:
        bits = np.log2(perplexity)
        mistakes = [
            (perplexity * characters / words, "losses add up, perplexities do not: multiply the logarithm."),
            (perplexity ** (words / characters), "upside down: a word has several characters, and is harder to guess."),
            (bits * characters / words, "that is the loss per word in bits; raise 2 to its power."),
            (np.log(perplexity) * characters / words, "that is the loss per word in nats; take its exponential."),
            (np.exp(bits * characters / words), "bits go with 2, nats with e; yours mixes them."),
            (2 ** (np.log(perplexity) * characters / words), "bits go with 2, nats with e; yours mixes them."),
            (perplexity, "that is the perplexity per character."),
            (perplexity ** (characters // words), "// drops the fraction of a character; use /."),
            (perplexity ** (-characters / words), "a minus too many: a perplexity is at least 1."),
            (-np.log(perplexity) * characters / words, "a minus too many: a perplexity is at least 1."),
            (bits * characters, "that is the loss of the whole text; divide it by the number of words."),
        ]
        got = run(attempt, perplexity, characters, words)
        if got.size == 1 and np.isinf(got):
            raise Hint("inf for a long text; stay in logarithms until the loss is divided by the number of words.")
        given = f"for {characters} characters and {words} words"
        compare(got, perplexity ** (characters / words), hint, given, mistakes, tolerance=1e-8)
