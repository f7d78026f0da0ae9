"""Answers to the exercises on the softmax bottleneck: wrong ones with their hints, right ones in many styles."""

import numpy as np
from scipy.optimize import linprog
from scipy.special import log_softmax as scipy_log_softmax
from scipy.special import logsumexp as scipy_logsumexp

from softmaxlib import log_softmax, logsumexp, softmax
from softmaxlib.teaching.exercises.practice import bottleneck as checks


def count(centered, A, tolerance=1e-10):
    largest = np.linalg.svd(A, compute_uv=False)[0]
    return (np.linalg.svd(centered, compute_uv=False) > tolerance * largest).sum()


def rows(A):
    return A - A.mean(axis=1, keepdims=True)


def columns(A):
    return A - A.mean(axis=0)


def by_matrices(A):
    N, K = A.shape
    return count((np.eye(N) - np.ones((N, N)) / N) @ A @ (np.eye(K) - np.ones((K, K)) / K), A)


def by_differences(A):
    return count(np.diff(np.diff(A, axis=0), axis=1), A)


def gaps(W, k):
    return (np.delete(W, k, axis=1) - W[:, [k]]).T


def lead(W, b, k, most=1):
    A = np.c_[gaps(W, k), np.ones(W.shape[1] - 1)]
    bounds = [(None, None)] * len(W) + [(None, most)]
    return linprog(np.r_[np.zeros(len(W)), -1], A, b[k] - np.delete(b, k), bounds=bounds)


def feasible(W, b, k, margin):
    found = linprog(np.zeros(len(W)), gaps(W, k), b[k] - np.delete(b, k) - margin, bounds=(None, None))
    return found.status == 0


def mixture_by_loop(log_mixing, z):
    out = []
    for shares, scores in zip(log_mixing, z, strict=True):
        terms = [share + scipy_log_softmax(row) for share, row in zip(shares, scores, strict=True)]
        out.append(scipy_logsumexp(terms, axis=0))
    return out


def by_pairs(log_mixing, z):
    terms = log_mixing[:, :, np.newaxis] + log_softmax(z)
    total = terms[:, 0]
    for m in range(1, z.shape[1]):
        total = np.logaddexp(total, terms[:, m])
    return total


def moments(K):
    t = np.arange(K)
    return np.array([t, t**2, t**3, t**4])


def on_circles(K):
    t = 2 * np.pi * np.arange(K) / K
    return [np.cos(t), np.sin(t), np.cos(2 * t), np.sin(2 * t)]


WRONG = [
    (checks.check_dimensions, lambda A: np.linalg.matrix_rank(A, rtol=1e-10), "as it is"),
    (checks.check_dimensions, lambda A: count(rows(A), A), "the bias is still in it"),
    (checks.check_dimensions, lambda A: count(columns(A), A), "Center the rows as well"),
    (checks.check_dimensions, lambda A: np.linalg.matrix_rank(A, rtol=1e-10) - 2, "two ranks to lose"),
    (checks.check_dimensions, lambda A: min(A.shape), "counts every singular value"),
    (checks.check_dimensions, lambda A: 3, "center rows and columns"),
    (checks.check_dimensions, lambda A: count(rows(columns(A)), A, 0), "center rows and columns"),
    (checks.check_dimensions, lambda A: np.linalg.svd(A)[1], "one whole number"),
    (checks.check_largest, 770, "no bias"),
    (checks.check_largest, 768, "rank of the logits"),
    (checks.check_largest, 767, "can raise the rank"),
    (checks.check_largest, 50_000, "much lower rank"),
    (checks.check_largest, 100_000, "smaller of the two"),
    (checks.check_largest, 49_999, "no bottleneck"),
    (checks.check_largest, 12, "start from the rank"),
    (checks.check_mixture, lambda u, z: (np.exp(u)[..., None] * softmax(z)).sum(1), "Return their logarithms"),
    (checks.check_mixture, lambda u, z: np.log((np.exp(u)[..., None] * softmax(z)).sum(1)), "never leave the log"),
    (checks.check_mixture, lambda u, z: (np.exp(u)[..., None] * log_softmax(z)).sum(1), "another mixture"),
    (
        checks.check_mixture,
        lambda u, z: log_softmax((np.exp(u)[..., None] * z).sum(1)),
        "one softmax again",
    ),
    (checks.check_mixture, lambda u, z: logsumexp(u[..., None] + z, axis=1), "not normalized"),
    (checks.check_mixture, lambda u, z: logsumexp(log_softmax(z), axis=1), "shares are missing"),
    (checks.check_mixture, lambda u, z: logsumexp(u[..., None] + log_softmax(z), axis=-1), "not over the classes"),
    (checks.check_mixture, lambda u, z: log_softmax(z), "shape"),
    (
        checks.check_mixture,
        lambda u, z: np.log((np.exp(u)[..., None] * softmax(z)).sum(1) + 1e-12),
        "take the log-sum-exp over the softmaxes",
    ),
    (checks.check_win, lambda W, b, k: feasible(W, 0 * b, k, 1), "biases are not used"),
    (checks.check_win, lambda W, b, k: feasible(W, b, k, 1), "a lead of 1"),
    (checks.check_win, lambda W, b, k: lead(W, -b, k).x[-1] > 1e-9, "look at its sign"),
    (checks.check_win, lambda W, b, k: b[k] == b.max(), "h = 0 only"),
    (checks.check_win, lambda W, b, k: lead(W, b, k).status == 0, "may be negative"),
    (checks.check_win, lambda W, b, k: False, "can win"),
    (checks.check_win, lambda W, b, k: W, "one truth value"),
    (checks.check_pairs, lambda K: moments(K)[:3], "expected shape"),
    (checks.check_pairs, lambda K: moments(K).T, "its transpose"),
    (checks.check_pairs, lambda K: np.random.default_rng(0).normal(size=(4, K)), "no h puts"),
    (checks.check_pairs, lambda K: np.ones((4, K)), "no h puts"),
    (checks.check_pairs, lambda K: np.full((4, K), np.nan), "finite"),
    (checks.check_pairs, lambda K: moments(K) * [[1], [1], [1], [0]], "no h puts"),
    (checks.check_pairs, lambda K: moments(5), "expected shape"),
]

RIGHT = [
    (checks.check_dimensions, lambda A: count(rows(columns(A)), A)),
    (checks.check_dimensions, lambda A: int(count(columns(rows(log_softmax(A))), A))),
    (checks.check_dimensions, by_matrices),
    (checks.check_dimensions, by_differences),
    (checks.check_largest, 769),
    (checks.check_largest, 769.0),
    (checks.check_largest, np.array([769])),
    (checks.check_mixture, lambda u, z: logsumexp(u[..., None] + log_softmax(z), axis=1)),
    (checks.check_mixture, lambda u, z: scipy_logsumexp(u[:, :, None] + scipy_log_softmax(z, axis=2), axis=1)),
    (checks.check_mixture, mixture_by_loop),
    (checks.check_mixture, by_pairs),
    (checks.check_win, lambda W, b, k: lead(W, b, k).x[-1] > 1e-9),
    (checks.check_win, lambda W, b, k: feasible(W, b, k, 1e-6)),
    (checks.check_win, lambda W, b, k: bool(lead(W, b, k, 5).fun < -1e-7)),
    (checks.check_win, lambda W, b, k: feasible(1e6 * W, 1e6 * b, k, 1)),
    (checks.check_pairs, moments),
    (checks.check_pairs, on_circles),
    (checks.check_pairs, lambda K: np.vander(np.linspace(-1, 1, K), 5)[:, :4].T),
    (checks.check_pairs, lambda K: np.random.default_rng(0).normal(size=(4, 4)) @ on_circles(K)),
]
