"""Answers to the exercises on contrastive learning: wrong ones with their hints, right ones in many styles."""

import math

import numpy as np

from softmaxlib import one_hot, softmax
from softmaxlib.losses import cross_entropy, cross_entropy_grad
from softmaxlib.teaching.exercises.practice import contrastive as checks


def same(labels):
    return (labels[:, None] == labels).astype(float)


def others(labels):
    return same(labels) - np.eye(len(labels))


def shared(labels):
    return others(labels) / others(labels).sum(axis=1, keepdims=True)


def one_by_one(labels):
    n = len(labels)
    rows = [[float(i != j and labels[i] == labels[j]) for j in range(n)] for i in range(n)]
    return [[entry / sum(row) for entry in row] for row in rows]


def by_classes(labels):
    Y = one_hot(labels, labels.max() + 1)
    pairs = Y @ Y.T
    np.fill_diagonal(pairs, 0)
    return pairs / pairs.sum(axis=1)[:, None]


def soft(z, t, T):
    return T * (softmax(z / T) - softmax(t / T)) / len(z)


def by_library(z, t, T):
    return T**2 * cross_entropy_grad(z, softmax(t, temperature=T), temperature=T)


def in_place(z, t, T):
    z /= T
    return T * (softmax(z) - softmax(t / T)) / len(z)


def first_answer(z, t, T):
    rng = np.random.default_rng(0)
    z, t = rng.normal(0, 3, size=(2, 4, 3))
    return soft(z, t, 2.0)


def by_softmax(labels):
    return softmax(np.where(others(labels) == 1, 0, -np.inf))


def with_integers(labels):
    pairs = others(labels).astype(int)
    return pairs // pairs.sum(axis=1, keepdims=True)


def by_differences(z, t, T):
    gradient, step = np.zeros_like(z), 1e-5
    for i in np.ndindex(z.shape):
        up, down = z.copy(), z.copy()
        up[i], down[i] = z[i] + step, z[i] - step
        high, low = (cross_entropy(each, softmax(t / T), temperature=T) for each in (up, down))
        gradient[i] = T**2 * (high - low) / (2 * step)
    return gradient


def by_rows(z, t, T):
    return [T * (softmax(a / T) - softmax(b / T)) / len(z) for a, b in zip(z, t, strict=True)]


def label_of_teacher(z, t, T):
    return T * (softmax(z / T) - one_hot(t.argmax(axis=1), t.shape[1])) / len(z)


def over_all(z, t, T):
    p, q = np.exp(z / T), np.exp(t / T)
    return T * (p / p.sum() - q / q.sum()) / len(z)


WRONG = [
    (checks.check_targets, lambda y: same(y) / same(y).sum(axis=1, keepdims=True), "not its own positive; set"),
    (checks.check_targets, others, "divide it by the number"),
    (checks.check_targets, same, "and an example is not"),
    (checks.check_targets, lambda y: others(y) / same(y).sum(axis=1, keepdims=True), "less than 1"),
    (checks.check_targets, lambda y: same(y) / others(y).sum(axis=1, keepdims=True), "more than 1"),
    (checks.check_targets, lambda y: others(y) / others(y).sum(), "whole matrix"),
    (checks.check_targets, lambda y: (1 - same(y)) / (1 - same(y)).sum(axis=1, keepdims=True), "negatives"),
    (checks.check_targets, lambda y: np.eye(len(y)), "not the example itself"),
    (checks.check_targets, lambda y: one_hot(y, y.max() + 1), "a column for each example"),
    (checks.check_targets, lambda y: shared(np.array([2, 0, 2, 1, 0, 2, 1])), "shape"),
    (checks.check_targets, lambda y: np.zeros((len(y), len(y))), "share 1 equally"),
    (checks.check_targets, lambda y: others(y) == 1, "divide it by the number"),
    (checks.check_targets, lambda y: softmax(np.where(same(y) == 1, 0, -np.inf)), "not its own positive; set"),
    (checks.check_targets, lambda y: others(y) / len(y), "share 1 equally"),
    (checks.check_targets, lambda y: others(y) / 2, "share 1 equally"),
    (checks.check_targets, lambda y: softmax(others(y)), "share 1 equally"),
    (checks.check_targets, with_integers, "expected 0.5, got 0"),
    (checks.check_targets, lambda y: [(y == c) / (y == c).sum() for c in np.unique(y)], "got shape"),
    (checks.check_targets, lambda y: np.fill_diagonal(same(y), 0), "return"),
    (checks.check_targets, shared(np.array([5, 5, 3, 3])), "pass your function itself"),
    (checks.check_scale, 0.087, "that is the temperature"),
    (checks.check_scale, 5.8, "not 2 s"),
    (checks.check_scale, 6.9, "guessing"),
    (checks.check_scale, 5.0, "natural logarithm"),
    (checks.check_scale, 2.3, "divide by exp"),
    (checks.check_scale, 14.3, "solve for s"),
    (checks.check_scale, 12, "solve for s"),
    (checks.check_scale, 4.6, "1,023 negatives"),
    (checks.check_scale, -11.5, "positive scale"),
    (checks.check_scale, 11.4, "close"),
    (checks.check_scale, 16.6, "solve for s"),
    (checks.check_scale, 100, "solve for s"),
    (checks.check_scale, math.inf, "solve for s"),
    (checks.check_scale, "large", "one number expected"),
    (checks.check_bits, 3.74, "in nats"),
    (checks.check_bits, 2.59, "divide by log 2"),
    (checks.check_bits, 6.5, "convert both"),
    (checks.check_bits, 9, "ceiling"),
    (checks.check_bits, 3.61, "loss in bits"),
    (checks.check_bits, -5.39, "less the loss"),
    (checks.check_bits, 2.5, "loss in nats"),
    (checks.check_bits, 5.4, "to 2 decimals"),
    (checks.check_bits, 1, "go to bits"),
    (checks.check_bits, 5.386, "to 2 decimals"),
    (checks.check_bits, 6.24, "in nats; subtract"),
    (checks.check_bits, 2.63, "and the loss in bits"),
    (checks.check_bits, math.log(512) / 2.5, "subtract it from log 512"),
    (checks.check_bits, 7.27, "go to bits"),
    (checks.check_bits, 42.01, "go to bits"),
    (checks.check_bits, "5.39", "one number expected"),
    (checks.check_distill, lambda z, t, T: T * (softmax(z / T) - softmax(t / T)), "mean over the rows"),
    (checks.check_distill, lambda z, t, T: soft(z, t, T) / z.shape[1], "over the rows only"),
    (checks.check_distill, lambda z, t, T: soft(z, t, T) / T**2, "only one T is left"),
    (checks.check_distill, lambda z, t, T: soft(z, t, T) * T, "chain rule divides by T, as"),
    (checks.check_distill, lambda z, t, T: soft(z, t, T) / T, "one factor T"),
    (checks.check_distill, lambda z, t, T: soft(z, t, T) * T * len(z), "and the mean by"),
    (checks.check_distill, lambda z, t, T: -soft(z, t, T), "sign"),
    (checks.check_distill, lambda z, t, T: T * (softmax(z) - softmax(t)) / len(z), "of both by T"),
    (checks.check_distill, lambda z, t, T: T * (softmax(z) - softmax(t / T)) / len(z), "student has"),
    (checks.check_distill, lambda z, t, T: T * (softmax(z / T) - softmax(t)) / len(z), "teacher has"),
    (
        checks.check_distill,
        lambda z, t, T: T * (softmax(z / T, axis=0) - softmax(t / T, axis=0)) / len(z),
        "last axis",
    ),
    (checks.check_distill, lambda z, t, T: (z - t) / z.size, "limit for large T"),
    (checks.check_distill, lambda z, t, T: z - t, "times T squared over T"),
    (checks.check_distill, lambda z, t, T: softmax(z / T) - softmax(t / T), "by T and by the number"),
    (checks.check_distill, lambda z, t, T: (softmax(z / T) - softmax(t / T)) / T, "squared, and divide"),
    (checks.check_distill, lambda z, t, T: -T * soft(z, t, T), "minus teacher, and the chain"),
    (checks.check_distill, lambda z, t, T: T**2 * soft(z, t, T), "over the rows"),
    (checks.check_distill, label_of_teacher, "not a label"),
    (checks.check_distill, lambda z, t, T: T**2 * soft(z, t, 1 / T), "do not multiply"),
    (checks.check_distill, over_all, "over the rows"),
    (checks.check_distill, lambda z, t, T: soft(z, t, T).mean(axis=0), "shape"),
    (checks.check_distill, lambda z, t, T: soft(z, t, 2), "over the rows"),
    (checks.check_distill, lambda z, t, T: cross_entropy(z, softmax(t / T), temperature=T), "shape"),
    (checks.check_distill, first_answer, "shape"),
    (checks.check_distill, in_place, "changes its input"),
]

RIGHT = [
    (checks.check_targets, shared),
    (checks.check_targets, one_by_one),
    (checks.check_targets, by_classes),
    (checks.check_targets, lambda y: others(y) / others(y).sum(axis=0)),
    (checks.check_targets, by_softmax),
    (checks.check_targets, lambda y: shared(y).astype(np.float32)),
    (checks.check_targets, lambda y: others(y) / (np.bincount(y)[y] - 1)),
    (checks.check_scale, 11.5),
    (checks.check_scale, np.float32(11.5)),
    (checks.check_scale, 1023 / 1024 * math.log(1023 / (math.exp(0.01) - 1))),
    (checks.check_scale, [11.52]),
    (checks.check_bits, 5.39),
    (checks.check_bits, [np.float32(5.3933)]),
    (checks.check_bits, (np.log(512) - 2.5) / np.log(2)),
    (checks.check_bits, 9 - 2.5 / math.log(2)),
    (checks.check_distill, soft),
    (checks.check_distill, by_library),
    (checks.check_distill, lambda z, t, T: soft(z, t, T).tolist()),
    (checks.check_distill, by_rows),
    (checks.check_distill, by_differences),
    (checks.check_distill, lambda z, t, T: T * cross_entropy_grad(z / T, softmax(t / T))),
    (checks.check_distill, lambda z, t, T: soft(z.T.copy().T, t, T)),
]
