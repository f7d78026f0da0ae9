"""Answers to the exercises on gradients: wrong ones with their hints, right ones in many styles."""

import numpy as np

from softmaxlib import gradients, softmax
from softmaxlib.teaching.exercises.learning import gradients as checks

HOT = np.array([0.0, 1.0, 0.0])


def loop(p, u):
    return [p[i] * sum((i == j) * u[j] - p[j] * u[j] for j in range(len(p))) for i in range(len(p))]


WRONG = [
    (checks.check_move, lambda p, u: p * (1 - p) * u, "the diagonal alone"),
    (checks.check_move, lambda p, u: p * u, "the mean of u under p is missing"),
    (checks.check_move, lambda p, u: p * (u - u.mean()), "not the plain one"),
    (checks.check_move, lambda p, u: u - p @ u, "multiply by p"),
    (checks.check_move, lambda p, u: p * (p @ u - u), "the sign is wrong"),
    (checks.check_move, lambda p, u: p, "p_i times u_i less its mean"),
    (checks.check_back, lambda P, V: P * (1 - P) * V, "the diagonal alone"),
    (checks.check_back, lambda P, V: P * (V - (P * V).sum()), "over the whole batch"),
    (checks.check_back, lambda P, V: P * (V - (P * V).sum(axis=0)), "over the examples"),
    (checks.check_back, lambda P, V: P * (V - V.sum(axis=-1, keepdims=True)), "weigh v by p"),
    (checks.check_back, lambda P, V: V - P * V.sum(axis=-1, keepdims=True), "log-softmax"),
    (checks.check_back, lambda P, V: V, "row by row"),
    (checks.check_tempered, lambda z, y, T: softmax(z / T) - HOT, "1 / T is missing"),
    (checks.check_tempered, lambda z, y, T: (softmax(z / T) - HOT) * T, "you multiply"),
    (checks.check_tempered, lambda z, y, T: softmax(z) - HOT, "at temperature T"),
    (checks.check_tempered, lambda z, y, T: (softmax(z) - HOT) / T, "at temperature T"),
    (checks.check_tempered, lambda z, y, T: (HOT - softmax(z / T)) / T, "downhill"),
    (checks.check_tempered, lambda z, y, T: z, "with p at temperature T"),
    (checks.check_step, 0, "a step is positive"),
    (checks.check_step, 1e-12, "Balance the two"),
    (checks.check_step, 1e-2, "the formula itself errs"),
]

RIGHT = [
    (checks.check_move, lambda p, u: p * (u - p @ u)),
    (checks.check_move, lambda p, u: (np.diag(p) - np.outer(p, p)) @ u),
    (checks.check_move, loop),
    (checks.check_move, gradients.softmax_jvp),
    (checks.check_back, lambda P, V: P * (V - (P * V).sum(axis=-1, keepdims=True))),
    (checks.check_back, lambda P, V: P * V - P * np.einsum("nk,nk->n", P, V)[:, np.newaxis]),
    (checks.check_back, lambda P, V: [p * (v - p @ v) for p, v in zip(P, V, strict=True)]),
    (checks.check_tempered, lambda z, y, T: (softmax(z / T) - HOT) / T),
    (checks.check_tempered, lambda z, y, T: (softmax(z, temperature=T) - (np.arange(len(z)) == y)) / T),
    (checks.check_step, 6e-6),
    (checks.check_step, 1e-5),
    (checks.check_step, np.cbrt(np.finfo(float).eps)),
]
