"""Answers to the exercises on argmax: wrong ones with their hints, right ones in many styles."""

import numpy as np

from softmaxlib import softmax
from softmaxlib.teaching.exercises.foundations import argmax as checks


def winners(z, noise):
    return np.bincount((z + noise).argmax(axis=1), minlength=3) / len(noise)


def at_top(scores):
    return scores == scores.max(axis=1, keepdims=True)


def shares(scores, labels):
    return (at_top(scores) / at_top(scores).sum(axis=1, keepdims=True))[np.arange(len(labels)), labels]


def loop_accuracy(scores, labels):
    total = 0
    for row, label in zip(scores, labels, strict=True):
        best = [k for k, score in enumerate(row) if score == max(row)]
        total += (label in best) / len(best)
    return total / len(labels)


WRONG = [
    (checks.check_axis, (1, [1, 0], [1, 0, 1]), "each other's length"),
    (checks.check_axis, (9, [1, 0, 1], [1, 0]), "the largest values"),
    (checks.check_axis, (2, [1, 0, 1], [1, 0]), "counts from 0"),
    (checks.check_axis, (1, [1, 0, 1], [1, 2]), "the first of a tie"),
    (checks.check_axis, (1, [1, 1, 1], [1, 0]), "axis_0: not right"),
    (checks.check_axis, (1, [1, 0, 1], "1, 0"), "axis_1: indices expected, got '1, 0'"),
    (checks.check_axis, ((0, 1), [1, 0, 1], [1, 0]), "strung out to one row"),
    (checks.check_axis, (2, [0, 1, 0], [2, 1]), "whole: NumPy counts from 0"),
    (checks.check_axis, (1, [0, 1, 0], [1, 0]), "axis_0: these are the places of the smallest"),
    (checks.check_axis, (1, [[1, 0, 1]], [1, 0]), r"axis_0: shape \(3,\) expected, got \(1, 3\)"),
    (checks.check_fair_accuracy, lambda s, y: np.mean(s[range(len(y)), y] == s.max(axis=1)), "a full hit"),
    (checks.check_fair_accuracy, lambda s, y: np.mean((s > 0)[range(len(y)), y]), "not nothing"),
    (checks.check_fair_accuracy, lambda s, y: np.mean(s.argmax(axis=1) == y), "gives it every tie"),
    (checks.check_fair_accuracy, lambda s, y: np.mean(s == s.max(axis=1)), "unless you say keepdims=True"),
    (checks.check_fair_accuracy, lambda s, y: np.sum(s.argmax(axis=1) == y), "a number of photos"),
    (checks.check_fair_accuracy, lambda s, y: 100 * np.mean(s.argmax(axis=1) == y), "a percentage"),
    (checks.check_fair_accuracy, lambda s, y: shares(s, y), "return their mean"),
    (checks.check_fair_accuracy, lambda s, y: shares(s, y).mean().round(2), "rounds to 2 decimals"),
    (
        checks.check_fair_accuracy,
        lambda s, y: np.mean(s.shape[1] - 1 - s[:, ::-1].argmax(axis=1) == y),
        "the last class",
    ),
    (
        checks.check_fair_accuracy,
        lambda s, y: np.sum(at_top(s)[range(len(y)), y]) / at_top(s).sum(),
        "of all photos together",
    ),
    (
        checks.check_fair_accuracy,
        lambda s, y: np.mean(at_top(s)[range(len(y)), y]) / 3,
        "winners of each photo",
    ),
    (checks.check_distance, lambda z: np.sort(z)[-2] - z.max(), "not negative"),
    (checks.check_distance, lambda z: np.ptp(np.sort(z)[-2:]), "that is the margin"),
    (checks.check_distance, lambda z: np.ptp(np.sort(z)[-2:]) / 2, "counts both"),
    (checks.check_distance, lambda z: abs(z[0] - z[1]) / np.sqrt(2), "take the two largest"),
    (checks.check_distance, lambda z: np.ptp(np.sort(z)[-2:]) * np.sqrt(2), "divide by √2, do not multiply"),
    (checks.check_distance, lambda z: np.ptp(z) / np.sqrt(2), "the way to the last score"),
    (checks.check_distance, lambda z: (np.ptp(np.sort(z)[-2:]) ** 2) / 2, "the square of the length"),
    (checks.check_distance, lambda z: z.sort() or (z[-1] - z[-2]) / np.sqrt(2), "changes its input"),
    (checks.check_distance, lambda z: round(np.ptp(np.sort(z)[-2:]) / np.sqrt(2), 3), "rounds to 3 decimals"),
    (checks.check_distance, lambda z: np.sort(z)[-2:], r"one number expected, got shape \(2,\)"),
    (checks.check_distance, lambda z: np.float32(np.ptp(np.sort(z)[-2:]) / np.sqrt(2)), "close: off by .* in float32"),
    (checks.check_stuck, [1, 2], "one number of meters"),
    (checks.check_stuck, 1.75, "badly wrong"),
    (checks.check_stuck, 2.5, "go farther"),
    (checks.check_stuck, lambda: 6.0, "one number of meters expected, got <function"),
    (checks.check_stuck, np.inf, "one finite number"),
    (checks.check_win_shares, lambda z, noise: (z + noise).argmax(axis=1), "one winner, or one average"),
    (checks.check_win_shares, lambda z, noise: 500 * winners(z, noise), "these are counts"),
    (checks.check_win_shares, lambda z, noise: np.eye(3)[1], "one class wins all"),
    (checks.check_win_shares, lambda z, noise: z + noise, "one row per repetition"),
    (checks.check_win_shares, lambda z, noise: softmax(z), "the softmax of z"),
    (checks.check_win_shares, lambda z, noise: (z + noise).argmax(axis=0), "you compare repetitions"),
    (checks.check_win_shares, lambda z, noise: softmax(z + noise).mean(axis=0), "you average softmax"),
    (checks.check_win_shares, lambda z, noise: np.bincount((z + noise).argmax(1)) / len(noise), "minlength"),
    (checks.check_win_shares, lambda z, noise: np.eye(len(z))[(z + noise.mean(axis=0)).argmax()], "before the argmax"),
    (checks.check_win_shares, lambda z, noise: np.eye(len(z))[noise.argmax(axis=1)].mean(axis=0), "add z to each row"),
    (checks.check_win_shares, lambda z, noise: (z + noise).mean(axis=0), "the mean of the noisy scores"),
    (checks.check_win_shares, lambda z, noise: 100 * winners(z, noise), "percentages"),
    (
        checks.check_win_shares,
        lambda z, noise: winners(z, noise).round(1),
        "got .0.2, 0.8, 0.",
    ),
]

RIGHT = [
    (checks.check_axis, (1, [1, 0, 1], [1, 0])),
    (checks.check_axis, (np.int64(1), np.array([1, 0, 1]), (1, 0))),
    (checks.check_axis, ([1], (1.0, 0.0, 1.0), [1, 0])),
    (checks.check_fair_accuracy, lambda s, y: shares(s, y).mean()),
    (checks.check_fair_accuracy, lambda s, y: [shares(s, y).mean()]),
    (checks.check_fair_accuracy, loop_accuracy),
    (checks.check_distance, lambda z: np.ptp(np.sort(z)[-2:]) / np.sqrt(2)),
    (checks.check_distance, lambda z: np.diff(np.partition(z, -2)[-2:]) / 2**0.5),
    (checks.check_distance, lambda z: (sorted(z.tolist())[-1] - sorted(z.tolist())[-2]) * 0.5**0.5),
    (checks.check_stuck, 6),
    (checks.check_stuck, [-4.0]),
    (checks.check_stuck, np.array(100.0)),
    (checks.check_win_shares, lambda z, noise: np.eye(len(z))[(z + noise).argmax(axis=1)].mean(axis=0)),
    (checks.check_win_shares, lambda z, noise: [np.mean((z + noise).argmax(axis=1) == k) for k in range(len(z))]),
    (checks.check_win_shares, lambda z, noise: np.bincount((z + noise).argmax(1), minlength=len(z)) / len(noise)),
]
