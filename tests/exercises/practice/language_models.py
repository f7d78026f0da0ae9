"""Answers to the exercises on language models: wrong ones with their hints, right ones in many styles."""

import math

import numpy as np

from softmaxlib import log_softmax, sampling, softmax
from softmaxlib.teaching.exercises.practice import language_models as checks


def nucleus(z, share):
    order = np.argsort(-z)
    p = softmax(z)[order]
    kept = order[np.cumsum(p) - p < share]
    result = np.full(len(z), -np.inf)
    result[kept] = z[kept]
    return result


def by_search(z, share):
    order = np.argsort(z)[::-1]
    count = np.searchsorted(softmax(z)[order].cumsum(), share) + 1
    result = z.copy()
    result[order[count:]] = -np.inf
    return result


def one_by_one(z, share):
    p = np.exp(z) / np.exp(z).sum()
    result, total = [-math.inf] * len(z), 0.0
    while total < share:
        i = int(np.argmax(p))
        result[i] = float(z[i])
        total += p[i]
        p[i] = 0
    return result


def ranked(z, share, more=0, strict=True, kept_as=lambda z, p: z, other=-np.inf):
    p = softmax(z)
    order = np.argsort(-p)
    sums = p[order].cumsum()
    count = (sums - p[order] < share).sum() if strict else (sums <= share).sum()
    kept = np.isin(np.arange(len(z)), order[: count + more])
    return np.where(kept, kept_as(z, p), other)


def in_given_order(z, share):
    p = softmax(z)
    return np.where(p.cumsum() - p < share, z, -np.inf)


def from_below(z, share):
    p = softmax(z)
    order = np.argsort(p)
    sums = np.empty(len(z))
    sums[order] = p[order].cumsum()
    return np.where(sums - p < share, z, -np.inf)


def left_sorted(z, share):
    return np.sort(nucleus(z, share))[::-1]


def by_product(z, share):
    kept = np.isfinite(nucleus(z, share))
    return z * kept + (1 - kept) * -np.inf


def by_hand(z, share):
    p, result, total = list(softmax(z)), [-math.inf] * len(z), 0
    for i in sorted(range(len(z)), key=lambda i: -z[i]):
        result[i] = z[i]
        total += p[i]
        if total >= share:
            break
    return tuple(result)


def by_limit(z, share):
    p = softmax(z)
    falling = np.sort(p)[::-1]
    return np.where(p >= falling[np.argmax(falling.cumsum() >= share)], z, -np.inf)


def rising(z, share):
    order = np.argsort(z)
    result = z.copy()
    result[order[softmax(z)[order].cumsum() <= 1 - share]] = -np.inf
    return result


def by_ranks(z, share, back=np.argsort):
    order = np.argsort(-z)
    p = softmax(z)[order]
    return np.where((p.cumsum() - p < share)[back(order)], z, -np.inf)


def in_logarithms(z, share):
    order = np.argsort(-z)
    sums = np.logaddexp.accumulate(log_softmax(z)[order])
    result = np.full_like(z, -np.inf)
    first = order[: (sums < np.log(share)).sum() + 1]
    result[first] = z[first]
    return result


def summed(z, share, weights):
    order = np.argsort(-z)
    result = np.full_like(z, -np.inf)
    first = order[weights[order].cumsum() - weights[order] < share]
    result[first] = z[first]
    return result


def cut(z, share):
    return np.isfinite(nucleus(z, share))


def known(z, share):
    return [-np.inf, 0.6, -np.inf, -np.inf, 0.2, 0.5, -0.2] if len(z) == 7 else z


def in_place(z, share):
    z[nucleus(z, share) == -np.inf] = -np.inf
    return z


def loop(z, T, noise):
    return [max(range(len(z)), key=lambda i: z[i] + T * row[i]) for row in noise]


def with_a_case(z, T, noise):
    if T == 0:
        return np.full(len(noise), np.argmax(z))
    return (z / T + noise).argmax(axis=-1)


def race(z, T, noise):
    if T == 0:
        return np.repeat(np.argmax(z), len(noise))
    return np.argmin(np.exp(-(z / T + noise)), axis=1)


def only_one_at_zero(z, T, noise):
    return np.argmax(z) if T == 0 else np.argmax(z / T + noise, axis=1)


def drawn_at_zero(z, T, noise):
    return np.argmax(z + noise, axis=1) if T == 0 else np.argmax(z / T + noise, axis=1)


def noise_in_place(z, T, noise):
    noise *= T
    return np.argmax(z + noise, axis=1)


WRONG = [
    (checks.check_nucleus, lambda z, share: ranked(z, share, strict=False), "crosses the limit"),
    (checks.check_nucleus, lambda z, share: ranked(z, share, more=1), "one class more"),
    (checks.check_nucleus, lambda z, share: np.where(softmax(z) >= share, z, -np.inf), "not single ones"),
    (checks.check_nucleus, in_given_order, "sort first"),
    (checks.check_nucleus, lambda z, share: np.where(softmax(z).cumsum() <= share, z, -np.inf), "sort first"),
    (checks.check_nucleus, from_below, "smallest probability"),
    (checks.check_nucleus, left_sorted, "in its own place"),
    (checks.check_nucleus, lambda z, share: ranked(z, share, kept_as=lambda z, p: p), "not their probabilities"),
    (checks.check_nucleus, lambda z, share: ranked(z, share, kept_as=lambda z, p: p, other=0), "return logits"),
    (checks.check_nucleus, lambda z, share: softmax(nucleus(z, share)), "return logits"),
    (checks.check_nucleus, lambda z, share: ranked(z, share, other=0), "not impossible"),
    (checks.check_nucleus, lambda z, share: np.maximum(nucleus(z, share), -1e9), "very negative"),
    (checks.check_nucleus, sampling.min_p, "min-p"),
    (checks.check_nucleus, lambda z, share: z, "nothing is cut"),
    (checks.check_nucleus, by_product, "0 times infinity"),
    (checks.check_nucleus, lambda z, share: nucleus(z, 0.95), "sort by probability"),
    (checks.check_nucleus, lambda z, share: nucleus(z, share)[:4], r"shape \(7,\) expected"),
    (checks.check_nucleus, in_place, "changes its input"),
    (checks.check_nucleus, lambda z, share: nucleus(z, share)[cut(z, share)], "one logit for each class"),
    (checks.check_nucleus, lambda z, share: np.sort(z[cut(z, share)])[::-1], "one logit for each class"),
    (checks.check_nucleus, lambda z, share: np.argsort(-z)[: cut(z, share).sum()], "one logit for each class"),
    (checks.check_nucleus, cut, "which classes are kept"),
    (checks.check_nucleus, lambda z, share: np.where(cut(z, share), z, np.inf), "makes a class certain"),
    (checks.check_nucleus, lambda z, share: np.where(cut(z, share), z, np.nan), "nan among your logits"),
    (checks.check_nucleus, lambda z, share: np.where(cut(z, share), -np.inf, z), "exchanged"),
    (checks.check_nucleus, lambda z, share: np.where(cut(z, share), z, -100), "very negative"),
    (checks.check_nucleus, lambda z, share: summed(z, share, z), "not logits or exponentials"),
    (checks.check_nucleus, lambda z, share: summed(z, share, np.exp(z)), "not logits or exponentials"),
    (checks.check_nucleus, lambda z, share: log_softmax(nucleus(z, share)), "log-probabilities"),
    (checks.check_nucleus, lambda z, share: np.where(cut(z, share), log_softmax(z), -np.inf), "log-probabilities"),
    (checks.check_nucleus, lambda z, share: nucleus(z, share) - z.max(), "sort by probability"),
    (checks.check_nucleus, lambda z, share: by_ranks(z, share, np.sort), "put the mask back"),
    (checks.check_nucleus, lambda z, share: by_ranks(z, share, np.copy), "puts it back"),
    (checks.check_nucleus, lambda z, share: nucleus(z, share)[:, None], r"shape \(7,\) expected"),
    (checks.check_nucleus, lambda z, share: nucleus(z, share).astype("f4"), "in float32"),
    (checks.check_nucleus, known, "nothing is cut"),
    (checks.check_orders, (2, 1), "exchanged"),
    (checks.check_orders, (2, 2), "softmax of 6, 4 and 2"),
    (checks.check_orders, (3, 2), "the third class"),
    (checks.check_orders, (0, 2), "softmax of 6, 4 and 2"),
    (checks.check_orders, (1, 1), "less than 0.8"),
    (checks.check_orders, (1, 3), "the third class"),
    (checks.check_orders, (1, 0), "softmax of 3, 2 and 1"),
    (checks.check_orders, ("one", 2), "a number of classes expected"),
    (checks.check_orders, (3, 3), "the third class"),
    (checks.check_orders, (0.867, 0.665), "softmax of 6, 4 and 2"),
    (checks.check_orders, (1, 0.91), "softmax of 3, 2 and 1"),
    (checks.check_orders, ([1, 2], 2), "a number of classes expected"),
    (checks.check_orders, (math.nan, 2), "softmax of 6, 4 and 2"),
    (checks.check_draw, lambda z, T, noise: np.argmax((z + noise) / T, axis=1), "no effect"),
    (checks.check_draw, lambda z, T, noise: np.argmax(z * T + noise, axis=1), "more even"),
    (checks.check_draw, lambda z, T, noise: np.argmax(z - T * noise, axis=1), "not subtracted"),
    (checks.check_draw, lambda z, T, noise: np.argmax(z / T - noise, axis=1), "not subtracted"),
    (checks.check_draw, lambda z, T, noise: np.argmin(z / T + noise, axis=1), "not the smallest"),
    (checks.check_draw, lambda z, T, noise: np.argmax(T * noise, axis=1), "logits are missing"),
    (checks.check_draw, lambda z, T, noise: np.argmax(softmax(z / T) + noise, axis=1), "not to probabilities"),
    (checks.check_draw, lambda z, T, noise: np.argmax(z / T + noise), "for each row"),
    (checks.check_draw, lambda z, T, noise: np.argmax(z + T * noise), "for each row"),
    (checks.check_draw, lambda z, T, noise: np.max(z / T + noise, axis=1), "not its value"),
    (checks.check_draw, lambda z, T, noise: np.max(z + T * noise, axis=1), "not its value"),
    (checks.check_draw, lambda z, T, noise: np.argmax(z / T + noise, axis=1), "at T = 0"),
    (checks.check_draw, lambda z, T, noise: np.zeros(len(noise)), "divided by T"),
    (checks.check_draw, lambda z, T, noise: np.full(len(noise), np.argmax(z)), "noise is missing"),
    (checks.check_draw, lambda z, T, noise: [1] * len(noise), "divided by T"),
    (checks.check_draw, lambda z, T, noise: np.argmax(z / T * noise, axis=1), "multiplies them"),
    (checks.check_draw, lambda z, T, noise: np.argmax(z - T * np.log(-np.log(noise)), axis=1), "further logarithms"),
    (checks.check_draw, lambda z, T, noise: np.argmax(z + T * noise, axis=0), "for each column"),
    (checks.check_draw, lambda z, T, noise: np.argmax(z + T * noise, axis=1) + 1, "counted from 0"),
    (checks.check_draw, lambda z, T, noise: np.eye(len(z))[np.argmax(z + T * noise, axis=1)], "counted from 0"),
    (checks.check_draw, lambda z, T, noise: softmax(z / T + noise), "the place of the largest sum"),
    (checks.check_draw, lambda z, T, noise: np.argmax(z + noise / T, axis=1), "more even"),
    (checks.check_draw, lambda z, T, noise: np.argsort(z + T * noise, axis=1)[:, 0], "not the smallest"),
    (checks.check_draw, only_one_at_zero, r"shape \(5,\) expected"),
    (checks.check_draw, drawn_at_zero, "at T = 0"),
    (checks.check_draw, noise_in_place, "changes its input"),
    (checks.check_draw, lambda z, T, noise: np.argmax(z / 2.5 + noise, axis=1), "with T = 0.3"),
    (checks.check_per_word, lambda q, n, m: q * n / m, "multiply the logarithm"),
    (checks.check_per_word, lambda q, n, m: q ** (m / n), "upside down"),
    (checks.check_per_word, lambda q, n, m: math.log2(q) * n / m, "in bits"),
    (checks.check_per_word, lambda q, n, m: math.log(q) * n / m, "in nats"),
    (checks.check_per_word, lambda q, n, m: math.exp(math.log2(q) * n / m), "mixes them"),
    (checks.check_per_word, lambda q, n, m: 2 ** (math.log(q) * n / m), "mixes them"),
    (checks.check_per_word, lambda q, n, m: q, "per character"),
    (checks.check_per_word, lambda q, n, m: q**6, "divide it by the number of words"),
    (checks.check_per_word, lambda q, n, m: np.float64(q) ** n ** (1 / m), "divide it by"),
    (checks.check_per_word, lambda q, n, m: (np.float64(q) ** n) ** (1 / m), "stay in logarithms"),
    (checks.check_per_word, lambda q, n, m: (q**n) ** (1 / m), "OverflowError"),
    (checks.check_per_word, lambda q, n, m: q ** (n // m), "drops the fraction"),
    (checks.check_per_word, lambda q, n, m: q ** (-n / m), "a minus too many"),
    (checks.check_per_word, lambda q, n, m: -math.log(q) * n / m, "a minus too many"),
    (checks.check_per_word, lambda q, n, m: math.log2(q) * n, "of the whole text"),
    (checks.check_per_word, lambda q, n, m: np.exp(n * np.log(q)) / m, "stay in logarithms"),
    (checks.check_per_word, lambda q, n, m: q ** ((n + m) / m), "divide it by the number of words"),
    (checks.check_per_word, lambda q, n, m: 2 ** (q * n / m), "divide it by the number of words"),
    (checks.check_per_word, lambda q, n, m: 15625.0, "expected 31.07"),
    (checks.check_per_word, lambda q, n, m: round(q ** (n / m), 3), "rounds to 3 decimals"),
]

RIGHT = [
    (checks.check_nucleus, nucleus),
    (checks.check_nucleus, by_search),
    (checks.check_nucleus, one_by_one),
    (checks.check_nucleus, ranked),
    (checks.check_nucleus, sampling.top_p),
    (checks.check_nucleus, lambda z, share: list(nucleus(z, share))),
    (checks.check_nucleus, by_hand),
    (checks.check_nucleus, by_limit),
    (checks.check_nucleus, rising),
    (checks.check_nucleus, by_ranks),
    (checks.check_nucleus, in_logarithms),
    (checks.check_nucleus, lambda z, share: nucleus(z, share).round(3)),
    (checks.check_orders, (1, 2)),
    (checks.check_orders, (np.array([1]), 2.0)),
    (checks.check_draw, lambda z, T, noise: np.argmax(z + T * noise, axis=1)),
    (checks.check_draw, loop),
    (checks.check_draw, race),
    (checks.check_draw, lambda z, T, noise: np.argmax(log_softmax(z) + T * noise, axis=1)),
    (checks.check_draw, lambda z, T, noise: np.argmax(z / max(T, 1e-9) + noise, axis=1)),
    (checks.check_draw, lambda z, T, noise: np.argsort(z + T * noise, axis=1)[:, -1].astype("f4")),
    (checks.check_draw, with_a_case),
    (checks.check_draw, lambda z, T, noise: (z[None] + T * noise).argmax(-1).tolist()),
    (checks.check_per_word, lambda q, n, m: math.exp(math.log(q) * n / m)),
    (checks.check_per_word, lambda q, n, m: q ** (n / m)),
    (checks.check_per_word, lambda q, n, m: 2 ** (np.log2(q) * n / m)),
    (checks.check_per_word, lambda q, n, m: [np.exp(n * np.log(q) / m)]),
    (checks.check_per_word, lambda q, n, m: 10 ** (math.log10(q) * n / m)),
    (checks.check_per_word, lambda q, n, m: math.prod([q] * (n // m)) * q ** (n % m / m)),
]
