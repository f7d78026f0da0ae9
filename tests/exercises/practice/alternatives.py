"""Answers to the exercises on alternatives to softmax: wrong ones with their hints, right ones in many styles."""

import numpy as np

from softmaxlib import cross_entropy, logsumexp, softmax
from softmaxlib.alternatives import entmax, sparsemax, sparsemax_loss, sparsemax_vjp
from softmaxlib.gradients import softmax_vjp
from softmaxlib.many_classes import nce_loss, sampled_softmax_loss
from softmaxlib.teaching.exercises.practice import alternatives as checks


def by_sorting(Z, shift=True):
    Z = Z - Z.max(axis=1, keepdims=True) if shift else Z
    top = -np.sort(-Z, axis=1)
    cuts = (np.cumsum(top, axis=1) - 1) / np.arange(1, Z.shape[1] + 1)
    size = (top > cuts).sum(axis=1)
    return np.maximum(Z - cuts[np.arange(len(Z)), size - 1][:, np.newaxis], 0)


def one_row(row):
    row = [score - max(row) for score in row]
    kept = sorted(row, reverse=True)
    for size in range(len(row), 0, -1):
        cut = (sum(kept[:size]) - 1) / size
        if kept[size - 1] > cut:
            return [max(score - cut, 0.0) for score in row]
    raise AssertionError("the first class is always in")


def by_bisection(Z):
    Z = Z - Z.max(axis=1, keepdims=True)
    low, high = np.full((len(Z), 1), -1.0), np.zeros((len(Z), 1))
    for _ in range(100):
        middle = (low + high) / 2
        above = np.maximum(Z - middle, 0).sum(axis=1, keepdims=True) > 1
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.maximum(Z - low, 0)


def in_place(Z):
    Z -= Z.max(axis=1, keepdims=True)
    return by_sorting(Z)


def by_newton(Z):
    Z = Z - Z.max(axis=1, keepdims=True)
    cut = np.full((len(Z), 1), -1.0)
    for _ in range(50):
        support = cut < Z
        cut = ((Z * support).sum(axis=1, keepdims=True) - 1) / support.sum(axis=1, keepdims=True)
    return (Z - cut).clip(0)


def largest_cut(Z):
    Z = Z - Z.max(axis=1, keepdims=True)
    cuts = (np.cumsum(np.sort(Z, axis=1)[:, ::-1], axis=1) - 1) / np.arange(1, Z.shape[1] + 1)
    return np.maximum(Z - cuts.max(axis=1, keepdims=True), 0)


def next_cut(Z):  # one class too many
    Z = Z - Z.max(axis=1, keepdims=True)
    top = -np.sort(-Z, axis=1)
    cuts = (np.cumsum(top, axis=1) - 1) / np.arange(1, Z.shape[1] + 1)
    size = np.minimum((top > cuts).sum(axis=1, keepdims=True), Z.shape[1] - 1)
    return (Z - np.take_along_axis(cuts, size, axis=1)).clip(0)


def without_one(Z):  # the sum is not less 1
    top = -np.sort(-Z, axis=1)
    means = np.cumsum(top, axis=1) / np.arange(1, Z.shape[1] + 1)
    size = np.maximum((top > means).sum(axis=1, keepdims=True), 1)
    return (Z - np.take_along_axis(means, size - 1, axis=1)).clip(0)


def less_the_mean(Z):
    return by_sorting(Z - Z.mean(axis=1, keepdims=True), shift=False)


def normalized(p):
    return p / p.sum(axis=1, keepdims=True)


def copied_rows(Z):  # right on all that a hint shows
    return sparsemax(Z) if Z.size < 20 else np.zeros_like(Z)


def all_count(Z):
    return (Z - (Z.sum(axis=1, keepdims=True) - 1) / Z.shape[1]).clip(0)


def fixed_size(Z):
    return sparsemax(Z) if Z.shape[1] == 4 else np.zeros_like(Z)


def rectified(Z):
    Z = Z.clip(0)
    with np.errstate(invalid="ignore"):
        return Z / Z.sum(axis=1, keepdims=True)


def by_mean(p, v):
    support = p > 0
    return np.where(support, v - v[support].mean(), 0)


def by_matrix(p, v):
    s = (p > 0).astype(float)
    return (np.diag(s) - np.outer(s, s) / s.sum()) @ v


def by_loop(p, v):
    kept = [b for a, b in zip(p, v, strict=True) if a > 0]
    return [b - sum(kept) / len(kept) if a > 0 else 0 for a, b in zip(p, v, strict=True)]


def copied_vjp(p, v):  # what the hints show
    return sparsemax_vjp(p, v) if len(p) < 9 else np.zeros(len(p))


def by_mask(p, v):
    left = np.ma.masked_where(p == 0, v)
    return np.ma.filled(left - left.mean(), 0)


def by_index(p, v):
    result, support = np.zeros(len(p)), np.nonzero(p)
    result[support] = v[support] - np.mean(v[support])
    return result


def in_place_vjp(p, v):
    v -= v[p > 0].mean()
    return v * (p > 0)


def corrected(z_true, z_sampled, log_q_true, log_q_sampled):
    return np.append(z_true - log_q_true, z_sampled - log_q_sampled)


def naive(*given):
    with np.errstate(over="ignore", invalid="ignore"):
        e = np.exp(corrected(*given))
        return -np.log(e[0] / e.sum())


def by_library(z_true, z_sampled, log_q_true, log_q_sampled):
    return sampled_softmax_loss([z_true], [z_sampled], [log_q_true], [log_q_sampled])


SCORES = np.array([0.6, 0.4, -1.0])

WRONG = [
    (checks.check_sparsemax, softmax, "that is softmax"),
    (checks.check_sparsemax, entmax, "1.5-entmax"),
    (checks.check_sparsemax, rectified, "another map"),
    (checks.check_sparsemax, all_count, "counts all"),
    (checks.check_sparsemax, lambda Z: (Z - Z.max(axis=1, keepdims=True) + 1).clip(0), "winner that gets all"),
    (checks.check_sparsemax, lambda Z: sparsemax(Z, axis=0), "of the columns"),
    (checks.check_sparsemax, lambda Z: Z - (Z.sum(axis=1, keepdims=True) - 1) / 4, "negative"),
    (checks.check_sparsemax, lambda Z: by_sorting(Z, shift=False), "subtract the largest"),
    (checks.check_sparsemax, fixed_size, "other numbers of classes"),
    (checks.check_sparsemax, lambda Z: sparsemax(Z).round(2), "rounds to 2 decimals"),
    (checks.check_sparsemax, lambda Z: np.ones_like(Z) / Z.shape[1], "sort a row"),
    (checks.check_sparsemax, in_place, "changes its input"),
    (checks.check_sparsemax, next_cut, "sort a row"),
    (checks.check_sparsemax, without_one, "sort a row"),
    (checks.check_sparsemax, less_the_mean, "subtract the largest"),
    (checks.check_sparsemax, copied_rows, "of shape .40, 6"),
    (checks.check_sparsemax, lambda Z: normalized(all_count(Z)), "sort a row"),
    (checks.check_sparsemax, lambda Z: np.eye(Z.shape[1])[Z.argmax(axis=1)], "sort a row"),
    (checks.check_sparsemax, lambda Z: normalized(np.where(softmax(Z) < 0.1, 0, softmax(Z))), "sort a row"),
    (checks.check_sparsemax, lambda Z: (Z - sparsemax(Z)).max(axis=1), "got shape"),
    (checks.check_sparsemax, lambda Z: sparsemax(Z[0]), "got shape"),
    (checks.check_sparsemax, lambda Z: sparsemax(Z.astype(np.float32)), "in float32"),
    (checks.check_vjp, softmax_vjp, "gradient of softmax"),
    (checks.check_vjp, lambda p, v: (p > 0) * v, "threshold moves"),
    (checks.check_vjp, lambda p, v: v - v.mean(), "takes no part"),
    (checks.check_vjp, lambda p, v: (p > 0) * (v - v.mean()), "of the support only"),
    (checks.check_vjp, lambda p, v: v - v[p > 0].mean(), "outside the support"),
    (checks.check_vjp, lambda p, v: (p > 0) * (v - p @ v), "not weighted"),
    (checks.check_vjp, lambda p, v: v, "that is v"),
    (checks.check_vjp, lambda p, v: np.zeros_like(v), "subtract the mean"),
    (checks.check_vjp, lambda p, v: by_mean(p, v) if len(p) == 5 else p, "one class"),
    (checks.check_vjp, lambda p, v: by_mean(p, v) * (len(p) == 5), "subtract the mean"),
    (checks.check_vjp, lambda p, v: (p > 0) * (v - v[p > 0].sum() / len(p)), "not of all classes"),
    (checks.check_vjp, lambda p, v: -by_mean(p, v), "the sign"),
    (checks.check_vjp, lambda p, v: v[p > 0] - v[p > 0].mean(), "got shape"),
    (checks.check_vjp, lambda p, v: p * (v - v[p > 0].mean()), "subtract the mean"),
    (checks.check_vjp, lambda p, v: (p > 0) * (v - v[p > 0].sum()), "subtract the mean"),
    (checks.check_vjp, lambda p, v: (p > 0) * (v - p.mean()), "subtract the mean"),
    (checks.check_vjp, lambda p, v: by_matrix(p, np.eye(5)), "got shape"),
    (checks.check_vjp, lambda p, v: by_mean(v, p), "subtract the mean"),
    (checks.check_vjp, in_place_vjp, "changes its input"),
    (checks.check_vjp, copied_vjp, "subtract the mean"),
    (checks.check_loss, np.inf, "is finite"),
    (checks.check_loss, 6.91, "with 0.001 in the place of 0"),
    (checks.check_loss, 1.9, "loss of 1.5-entmax"),
    (checks.check_loss, 2.52, "find p first"),
    (checks.check_loss, 1.8, "close"),
    (checks.check_loss, 1.75, "close"),
    (checks.check_loss, np.nan, "find p first"),
    (checks.check_loss, [0.6, 0.4, 0], "one number"),
    (checks.check_loss, 0.26, "find p first"),
    (checks.check_loss, 1.6, "find p first"),
    (checks.check_loss, 0.76, "only if the true class is in the support"),
    (checks.check_loss, 1.52, "without its regularizers"),
    (checks.check_loss, 1.26, "of the right answer is 1/2"),
    (checks.check_loss, -1.76, "not negative"),
    (checks.check_loss, float(cross_entropy([[0.6, 0.4, -1.0]], [2])), "log loss of softmax"),
    (checks.check_loss, 3, "find p first"),
    (checks.check_sampled, lambda a, b, c, d: logsumexp([a, *b]) - a, "not corrected; subtract"),
    (checks.check_sampled, lambda a, b, c, d: logsumexp([a, *(b - d)]) - a, "corrected as well"),
    (checks.check_sampled, lambda a, b, c, d: logsumexp([a - c, *b]) - a + c, "sampled classes are not corrected"),
    (checks.check_sampled, lambda a, b, c, d: logsumexp([a + c, *(b + d)]) - a - c, "the sign"),
    (
        checks.check_sampled,
        lambda a, b, c, d: logsumexp([a - np.exp(c), *(b - np.exp(d))]) - a + np.exp(c),
        "and not q",
    ),
    (
        checks.check_sampled,
        lambda *given: logsumexp(corrected(*given)[1:]) - corrected(*given)[0],
        "beside the sampled",
    ),
    (checks.check_sampled, lambda *given: corrected(*given)[0] - logsumexp(corrected(*given)), "not negative"),
    (checks.check_sampled, lambda *given: softmax(corrected(*given))[0], "is the probability"),
    (checks.check_sampled, lambda a, b, c, d: nce_loss([a], [b], [c], [d]), "loss of NCE"),
    (checks.check_sampled, naive, "overflow"),
    (checks.check_sampled, lambda *given: 1.0, "cross-entropy of m"),
    (checks.check_sampled, lambda a, b, c, d: logsumexp([a - c, *(b - d - np.log(len(b)))]) - a + c, "log m"),
    (checks.check_sampled, lambda a, b, c, d: logsumexp([a, *(b - d - np.log(len(b)))]) - a, "log m"),
    (checks.check_sampled, lambda a, b, c, d: logsumexp([a - c, *(b - d)]) - a, "subtract the corrected logit"),
    (checks.check_sampled, lambda *given: by_library(*given) / np.log(2), "in bits"),
    (checks.check_sampled, lambda *given: logsumexp(corrected(*given)) - corrected(*given), "one number expected"),
    (checks.check_sampled, lambda a, b, c, d: logsumexp([a + c, *(b - d)]) - a - c, "cross-entropy of m"),
    (checks.check_sampled, lambda a, b, c, d: logsumexp([a / c, *(b / d)]) - a / c, "cross-entropy of m"),
    (checks.check_sampled, lambda *given: by_library(*given) - np.log(len(given[1]) + 1), "cross-entropy of m"),
    (checks.check_sampled, lambda *given: max(corrected(*given)) - corrected(*given)[0], "cross-entropy of m"),
    (checks.check_sampled, lambda *given: by_library(*given) if len(given[1]) < 9 else 0, "cross-entropy of m"),
]

RIGHT = [
    (checks.check_sparsemax, sparsemax),
    (checks.check_sparsemax, by_sorting),
    (checks.check_sparsemax, by_bisection),
    (checks.check_sparsemax, lambda Z: [one_row(row) for row in Z.tolist()]),
    (checks.check_sparsemax, lambda Z: np.apply_along_axis(one_row, 1, Z)),
    (checks.check_sparsemax, lambda Z: entmax(Z, 2)),
    (checks.check_sparsemax, by_newton),
    (checks.check_sparsemax, largest_cut),
    (checks.check_sparsemax, lambda Z: [np.array(one_row(row)) for row in Z]),
    (checks.check_vjp, sparsemax_vjp),
    (checks.check_vjp, by_mean),
    (checks.check_vjp, by_matrix),
    (checks.check_vjp, by_loop),
    (checks.check_vjp, by_mask),
    (checks.check_vjp, by_index),
    (checks.check_vjp, lambda p, v: np.sign(p) * (v - np.sign(p) @ v / np.sign(p).sum())),
    (checks.check_loss, 1.76),
    (checks.check_loss, np.float32(1.76)),
    (checks.check_loss, float(sparsemax_loss(SCORES, 2))),
    (checks.check_loss, [1.76]),
    (checks.check_sampled, lambda *given: logsumexp(corrected(*given)) - corrected(*given)[0]),
    (checks.check_sampled, by_library),
    (checks.check_sampled, lambda *given: -np.log(softmax(corrected(*given))[0])),
    (checks.check_sampled, lambda *given: [logsumexp(corrected(*given)) - corrected(*given)[0]]),
    (checks.check_sampled, lambda *given: cross_entropy(corrected(*given)[None], [0])),
    (checks.check_sampled, lambda *given: np.log1p(np.exp(corrected(*given)[1:] - corrected(*given)[0]).sum())),
    (checks.check_sampled, lambda *given: np.logaddexp.reduce(corrected(*given)) - corrected(*given)[0]),
    (checks.check_sampled, lambda a, b, c, d: np.logaddexp(0, logsumexp(b - d) - (a - c))),
    (checks.check_sampled, lambda a, b, c, d: logsumexp([*(b - d), a - c]) - (a - c)),
]
