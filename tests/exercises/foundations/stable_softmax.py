"""Answers to the exercises on stable softmax: wrong ones with their hints, right ones in many styles."""

import functools

import numpy as np

from softmaxlib import log_softmax, logsumexp, naive, one_hot, softmax, sum_normalize
from softmaxlib.teaching.exercises.foundations import stable_softmax as checks


def loss_of(form):
    return lambda z, y: -np.log(form(z)[np.arange(len(y)), y]).mean()


def loss_in_place(z, y):
    z -= z.max(axis=1, keepdims=True)
    return -log_softmax(z)[np.arange(len(y)), y].mean()


def loss_of_two(z, y):
    return -log_softmax(z)[np.arange(len(y)), y].sum() / 2


def mean_loss(z, y):
    return -log_softmax(z)[np.arange(len(y)), y].mean()


def shifted(shift):
    return lambda z: naive.softmax(z - shift(z))


def square_only(z):
    exps = np.exp(z - z.max(axis=1, keepdims=True))
    return exps / exps.sum(axis=1) if len(z) == z.shape[1] else softmax(z)


def in_place_softmax(z):
    z -= z.max(axis=1, keepdims=True)
    np.exp(z, out=z)
    z /= z.sum(axis=1, keepdims=True)
    return z


def stream_logsumexp(scores, total=-np.inf, careful=True):
    for score in scores:
        high, low = max(total, score), min(total, score)
        if low > -np.inf or not careful:
            high = high + np.log1p(np.exp(low - high))
        total = high
    return total


def running_sum(scores):
    m, S = -np.inf, 0.0
    for z in scores:
        if z > m:
            m, S = z, S * np.exp(m - z) + 1
        elif z > -np.inf:
            S += np.exp(z - m)
    return m + np.log(S)


WRONG = [
    (checks.check_tie, np.inf, "what the plain formula gives"),
    (checks.check_tie, 1000, "the hard maximum"),
    (checks.check_tie, np.log(3), "of three zeros"),
    (checks.check_tie, 1001.5, "the upper bound"),
    (checks.check_tie, 3000 + np.log(3), "do not add the scores"),
    (checks.check_tie, 1000 + np.log10(3), "the natural logarithm"),
    (checks.check_tie, 1003, "what does this add to its logarithm"),
    (checks.check_tie, 1000 * np.log(3), "it does not multiply it"),
    (checks.check_tie, 1000 + np.log2(3), "to the base 2"),
    (checks.check_tie, 1001.09, "1001.09 is close; make it right to 2 decimals"),
    (checks.check_tie, np.nan, "nan is what the plain formula gives"),
    (checks.check_tie, logsumexp, "one number expected, got <function logsumexp>"),
    (checks.check_rows_softmax, lambda z: softmax(z, axis=0), "your columns sum to 1"),
    (checks.check_rows_softmax, lambda z: softmax(z, axis=None), "the whole batch sums to 1"),
    (checks.check_rows_softmax, naive.softmax, "not a distribution for a row near 1000: its exponentials overflow"),
    (checks.check_rows_softmax, lambda z: naive.softmax(z - z.max()), "by its own maximum"),
    (checks.check_rows_softmax, shifted(lambda z: z.mean(axis=1, keepdims=True)), "A shift by the mean"),
    (checks.check_rows_softmax, shifted(lambda z: z.min(axis=1, keepdims=True)), "far apart"),
    (checks.check_rows_softmax, shifted(lambda z: z.max(axis=0)), "the maximum of each column"),
    (checks.check_rows_softmax, shifted(lambda z: z.max(axis=1)), "raised ValueError: .* keepdims=True"),
    (checks.check_rows_softmax, lambda z: np.exp(z) / np.exp(z).sum(axis=1), "raised ValueError: .* keepdims=True"),
    (checks.check_rows_softmax, square_only, "right for two photos, wrong for three: keepdims"),
    (checks.check_rows_softmax, lambda z: softmax(softmax(z)), "the softmax of a softmax"),
    (checks.check_rows_softmax, log_softmax, "the logarithms of the probabilities"),
    (checks.check_rows_softmax, lambda z: sum_normalize(2 ** (z - z.max(axis=1, keepdims=True))), "powers of 2"),
    (checks.check_rows_softmax, lambda z: naive.softmax(np.clip(z, -500, 500)), "a clip makes them equal"),
    (checks.check_rows_softmax, lambda z: naive.softmax(np.clip(z, -50, 50)), "a clip makes them equal"),
    (checks.check_rows_softmax, lambda z: np.nan_to_num(naive.softmax(z - z.max())), "underflows. Shift each row"),
    (checks.check_rows_softmax, lambda z: softmax(z).round(3), "rounds to 3 decimals"),
    (checks.check_rows_softmax, lambda z: softmax(z.astype(np.float32)), "close: off by .* in float32"),
    (checks.check_rows_softmax, in_place_softmax, "changes its input"),
    (checks.check_rows_softmax, shifted(lambda z: 1000.0), "nan for ordinary scores"),
    (checks.check_rows_softmax, lambda z: np.nan_to_num(naive.softmax(z)), "not a distribution for a row near 1000"),
    (checks.check_rows_softmax, lambda z: softmax(z)[z.max(axis=1) < 9], r"shape \(2, 3\) expected, got \(1, 3\)"),
    (checks.check_silent, [0.25, 1.23, -0.8], "nearer to an edge"),
    (checks.check_silent, [1000, 0, 0], "your colleague sees it"),
    (checks.check_silent, [np.inf, 0, 0], "three finite scores"),
    (checks.check_silent, [0, 0], r"three finite scores expected, in the shape \(3,\)"),
    (checks.check_silent, [709, 709, None], "three finite scores expected, got"),
    (checks.check_stream_logsumexp, 3, "pass your function itself"),
    (checks.check_stream_logsumexp, lambda z: np.log(sum(map(np.exp, z))), "an exponential overflows"),
    (checks.check_stream_logsumexp, max, "the largest score alone"),
    (checks.check_stream_logsumexp, lambda z: logsumexp(list(z)), "keeps all the scores"),
    (checks.check_stream_logsumexp, lambda z: logsumexp(np.fromiter(z, float)), "keeps all the scores"),
    (checks.check_stream_logsumexp, lambda z: max(z) + np.log(sum(map(np.exp, z))), "nothing is left in the iterator"),
    (checks.check_stream_logsumexp, lambda z: sum(map(np.exp, z)), "take its logarithm"),
    (checks.check_stream_logsumexp, lambda z: np.log2(sum(map(np.exp, z))), "to the base 2"),
    (checks.check_stream_logsumexp, lambda z: np.log10(sum(map(np.exp, z))), "to the base 10"),
    (checks.check_stream_logsumexp, lambda z: logsumexp(z), "your function raised"),
    (checks.check_stream_logsumexp, lambda z: stream_logsumexp(z, careful=False), "A score of -inf adds nothing"),
    (checks.check_stream_logsumexp, lambda z: stream_logsumexp(z, total=0.0), "a start at 0"),
    (checks.check_mean_loss, loss_in_place, "changes its input: .* Work on a new array"),
    (checks.check_mean_loss, loss_of(softmax), "became 0 before you took its logarithm"),
    (checks.check_mean_loss, loss_of(naive.softmax), "nan for scores near 1000"),
    (checks.check_mean_loss, loss_of(lambda z: softmax(z) + 1e-12), "caps the loss"),
    (checks.check_mean_loss, lambda z, y: -log_softmax(z)[np.arange(len(y)), y], "return their mean"),
    (checks.check_mean_loss, lambda z, y: log_softmax(z)[np.arange(len(y)), y].mean(), "not negative"),
    (checks.check_mean_loss, lambda z, y: -log_softmax(z)[np.arange(len(y)), y].sum(), "their number"),
    (checks.check_mean_loss, lambda z, y: -log_softmax(z).mean(), "only the true class of each photo"),
    (checks.check_mean_loss, lambda z, y: 1.0, "of the true class"),
    (checks.check_mean_loss, loss_of_two, "for four photos: .* right for two photos only"),
    (checks.check_mean_loss, lambda z, y: min(loss_of(softmax)(z, y), 300.0), "caps the loss"),
    (checks.check_mean_loss, lambda z, y: -log_softmax(z)[:, y].mean(), "pairs each photo with all labels"),
    (
        checks.check_mean_loss,
        lambda z, y: -(one_hot(y, 3) * np.log(softmax(z))).sum(axis=1).mean(),
        "0 times log 0",
    ),
    (checks.check_mean_loss, loss_of(lambda z: softmax(z) + 1e-9), "close: off by .*, cut off, added"),
    (checks.check_mean_loss, loss_of(lambda z: np.clip(softmax(z), 1e-15, 1)), "caps the loss"),
    (checks.check_mean_loss, loss_of(lambda z: softmax(softmax(z))), "a softmax of a softmax"),
    (checks.check_mean_loss, loss_of(lambda z: naive.softmax(np.clip(z, -500, 500))), "caps the loss"),
    (checks.check_mean_loss, lambda z, y: loss_of(softmax)(z, y) / np.log(10), "to the base 10"),
    (checks.check_mean_loss, lambda z, y: loss_of(softmax)(z, y) / np.log(2), "in bits"),
    (checks.check_mean_loss, lambda z, y: -log_softmax(z).max(axis=1).mean(), "the loss of the winners"),
    (checks.check_mean_loss, lambda z, y: softmax(z)[np.arange(len(y)), y].mean(), "take the logarithms"),
    (checks.check_mean_loss, lambda z, y: -np.log(softmax(z)[np.arange(len(y)), y].mean()), "logarithm of the mean"),
    (checks.check_mean_loss, lambda z, y: mean_loss(z, y - 1), "count from 0 already"),
    (checks.check_mean_loss, lambda z, y: -log_softmax(z, axis=0)[np.arange(len(y)), y].mean(), "your columns compete"),
    (checks.check_mean_loss, lambda z, y: mean_loss(z, y) + max(mean_loss(z, y) - 400, 0), "1000 below"),
    (checks.check_mean_loss, loss_of(lambda z: softmax(z) + 1e-300), "caps the loss"),
    (checks.check_mean_loss, lambda z, y: -z[np.arange(len(y)), y].mean(), "subtract the LSE"),
    (checks.check_mean_loss, lambda z, y: round(mean_loss(z, y), 3), "rounds to 3 decimals"),
    (checks.check_mean_loss, lambda z, y: mean_loss(z.astype(np.float32), y), "close: off by"),
    (checks.check_mean_loss, loss_of(lambda z: np.exp(z - z.max(axis=1)) / 2), "raised ValueError: .* keepdims=True"),
]

RIGHT = [
    (checks.check_tie, 1001.1),
    (checks.check_tie, 1000 + np.log(3)),
    (checks.check_tie, [1001.099]),
    (checks.check_rows_softmax, softmax),
    (checks.check_rows_softmax, shifted(lambda z: z.max(axis=1)[:, np.newaxis])),
    (checks.check_rows_softmax, lambda z: [softmax(row).tolist() for row in z]),
    (checks.check_rows_softmax, lambda z: np.exp(z - logsumexp(z)[:, np.newaxis])),
    (checks.check_rows_softmax, lambda z: naive.softmax(z.T - z.max(axis=1), axis=0).T),
    (checks.check_rows_softmax, lambda z: in_place_softmax(z.copy())),
    (checks.check_silent, [709, 709, 709]),
    (checks.check_silent, np.array([-745.0, -744.9, -745.6])),
    (checks.check_silent, (-745, -745, -746.0)),
    (checks.check_stream_logsumexp, stream_logsumexp),
    (checks.check_stream_logsumexp, lambda z: functools.reduce(np.logaddexp, z, -np.inf)),
    (checks.check_stream_logsumexp, running_sum),
    (checks.check_mean_loss, lambda z, y: -log_softmax(z)[np.arange(len(y)), y].mean()),
    (checks.check_mean_loss, lambda z, y: np.mean(logsumexp(z) - z[range(len(y)), y])),
    (checks.check_mean_loss, lambda z, y: sum(logsumexp(row) - row[k] for row, k in zip(z, y, strict=True)) / len(y)),
    (checks.check_mean_loss, lambda z, y: -np.take_along_axis(log_softmax(z), y[:, np.newaxis], 1).mean()),
    (checks.check_mean_loss, lambda z, y: loss_in_place(z.copy(), y)),
]
