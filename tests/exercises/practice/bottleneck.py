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


def by_loops(A):
    B = A.copy()
    for row in B:
        row -= row.mean()
    for column in B.T:
        column -= column.mean()
    sizes = np.linalg.svd(A)[1]
    return sum(1 for s in np.linalg.svd(B)[1] if s / max(sizes) > 1e-10)


def in_place(A):
    A -= A.mean(axis=1, keepdims=True)
    A -= A.mean(axis=0)
    return np.linalg.matrix_rank(A, rtol=1e-10)


def gaps(W, k):
    return (np.delete(W, k, axis=1) - W[:, [k]]).T


def lead(W, b, k, most=1):
    A = np.c_[gaps(W, k), np.ones(W.shape[1] - 1)]
    bounds = [(None, None)] * len(W) + [(None, most)]
    return linprog(np.r_[np.zeros(len(W)), -1], A, b[k] - np.delete(b, k), bounds=bounds)


def feasible(W, b, k, margin):
    found = linprog(np.zeros(len(W)), gaps(W, k), b[k] - np.delete(b, k) - margin, bounds=(None, None))
    return found.status == 0


def below_the_upper_hull(W, b, k):
    """Return whether no mean of the other vectors gives the class's own with a mean bias as large as its own."""
    others, biases = np.delete(W, k, axis=1), np.delete(b, k)
    means = np.vstack([others, np.ones(len(biases))])
    found = linprog(-biases, A_eq=means, b_eq=[*W[:, k], 1])
    return found.status == 2 or -found.fun < b[k] - 1e-9


def by_search(W, b, k):
    random = np.random.default_rng(0)
    h = random.normal(size=(5000, len(W))) * np.logspace(-2, 4, 5000)[:, np.newaxis]
    z = h @ W + b
    return any(row[k] > np.delete(row, k).max() for row in z)


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


def by_shifts(log_mixing, z):
    top = z.max(axis=2, keepdims=True)
    joint = log_mixing[..., None] + z - top - np.log(np.exp(z - top).sum(axis=2, keepdims=True))
    top = joint.max(axis=1)
    return top + np.log(np.exp(joint - top[:, None]).sum(axis=1))


def mixture_in_place(log_mixing, z):
    z -= scipy_logsumexp(z, axis=2, keepdims=True)
    z += log_mixing[..., None]
    return scipy_logsumexp(z, axis=1)


def powers(t, exponents=(1, 2, 3, 4)):
    return t ** np.array(exponents)[:, np.newaxis]


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
    (checks.check_dimensions, lambda A: count(rows(columns(A)), np.eye(1)), "the largest of the matrix given"),
    (checks.check_dimensions, lambda A: count(rows(columns(A)), rows(columns(A))), "the largest of the matrix given"),
    (checks.check_dimensions, lambda A: np.linalg.matrix_rank(rows(columns(A))), "the largest of the matrix given"),
    (checks.check_dimensions, lambda A: np.linalg.matrix_rank(A, rtol=1e-10) - 1, "center rows and columns"),
    (checks.check_dimensions, lambda A: count(A - A.mean(), A), "center rows and columns"),
    (checks.check_dimensions, lambda A: count(rows(A) + columns(A) - A, A), "center rows and columns"),
    (checks.check_dimensions, lambda A: count(rows(rows(A)), A), "center the columns, too"),
    (checks.check_dimensions, lambda A: count(A - A.mean(axis=1), A), "keepdims=True"),
    (checks.check_dimensions, lambda A: A.shape[1] - 1, "center rows and columns"),
    (checks.check_dimensions, lambda A: count(rows(columns(np.log(softmax(A) + 1e-12))), A), "center rows and columns"),
    (checks.check_dimensions, lambda A: count(rows(columns(A.astype(np.float32))), A), "center rows and columns"),
    (checks.check_dimensions, in_place, "changes its input"),
    (checks.check_largest, 769.4, "start from the rank"),
    (checks.check_largest, 771, "771 is not it"),
    (checks.check_largest, 1, "start from the rank"),
    (checks.check_largest, 50_001, "start from the rank"),
    (checks.check_largest, 768 * 50_000, "start from the rank"),
    (checks.check_largest, -769, "start from the rank"),
    (checks.check_largest, np.nan, "start from the rank"),
    (checks.check_largest, True, "start from the rank"),
    (checks.check_largest, "769", "one number expected"),
    (checks.check_largest, lambda: 769, "one number expected"),
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
    (checks.check_mixture, lambda u, z: (u[..., None] + log_softmax(z)).max(axis=1), "log-sum-exp over"),
    (checks.check_mixture, lambda u, z: (u[..., None] + log_softmax(z)).sum(axis=1), "log-sum-exp over"),
    (
        checks.check_mixture,
        lambda u, z: logsumexp(np.exp(u)[..., None] + log_softmax(z), axis=1),
        "log-sum-exp over",
    ),
    (
        checks.check_mixture,
        lambda u, z: logsumexp(np.exp(u)[..., None] * log_softmax(z), axis=1),
        "log-sum-exp over",
    ),
    (checks.check_mixture, lambda u, z: logsumexp(u[..., None] + log_softmax(z, axis=1), axis=1), "each log-softmax"),
    (checks.check_mixture, lambda u, z: log_softmax(logsumexp(u[..., None] + z, axis=1)), "each log-softmax"),
    (checks.check_mixture, lambda u, z: logsumexp(u + log_softmax(z), axis=1), "could not be broadcast"),
    (
        checks.check_mixture,
        lambda u, z: logsumexp(u[..., None] + log_softmax(z), axis=1, keepdims=True),
        "shape",
    ),
    (checks.check_mixture, lambda u, z: by_pairs(u, z) / np.log(2), "log-sum-exp over"),
    (checks.check_mixture, lambda u, z: by_pairs(u, z).round(3), "rounds to 3 decimals"),
    (
        checks.check_mixture,
        lambda u, z: np.log(np.maximum((np.exp(u)[..., None] * softmax(z)).sum(1), 1e-300)),
        "take the log-sum-exp over the softmaxes",
    ),
    (checks.check_mixture, mixture_in_place, "changes its input"),
    (checks.check_win, lambda W, b, k: max(0, lead(W, b, k).x[-1]), "one truth value"),
    (checks.check_win, lambda W, b, k: lead(W, b, k).x[-1], "one truth value"),
    (checks.check_win, lambda W, b, k: np.nan, "one truth value"),
    (checks.check_win, lambda W, b, k: "yes", "numbers expected"),
    (checks.check_win, lambda W, b, k: True, "may be negative"),
    (checks.check_win, lambda W, b, k: feasible(W, b, k, 0), "cannot be the only winner"),
    (checks.check_win, lambda W, b, k: lead(W, b, k).x[-1] > -1e-9, "cannot be the only winner"),
    (checks.check_win, lambda W, b, k: feasible(np.vstack([W, b]), 0 * b, k, 1), "cannot be the only winner"),
    (checks.check_win, lambda W, b, k: feasible(W, 0 * b, k, 1) or b[k] == b.max(), "cannot be the only winner"),
    (checks.check_win, lambda W, b, k: feasible(W, 0 * b, k, 1) or b[k] > np.delete(b, k).max(), "can win"),
    (checks.check_win, lambda W, b, k: lead(W, b * (np.arange(len(b)) != k), k).x[-1] > 1e-9, "biases are not used"),
    (checks.check_win, lambda W, b, k: lead(W, b, k, None).x[-1] > 1e-9, "raised TypeError"),
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
    (checks.check_pairs, lambda K: moments(8), "expected shape"),
    (checks.check_pairs, lambda K: np.eye(4, K), "no h puts"),
    (checks.check_pairs, lambda K: np.zeros((4, K)), "no h puts"),
    (checks.check_pairs, lambda K: np.hstack([np.eye(4), -np.eye(4)])[:, :K], "for 8: no h puts"),
    (checks.check_pairs, lambda K: powers(np.linspace(-1, 1, K), (0, 1, 2, 3)), "no h puts"),
    (checks.check_pairs, lambda K: powers(np.linspace(-1, 1, K), (1, 3, 5, 7)), "no h puts"),
    (checks.check_pairs, lambda K: powers(np.linspace(-1, 1, K), (2, 4, 6, 8)), "no h puts"),
    (checks.check_pairs, lambda K: on_circles(K)[:2] * 2, "no h puts"),
    (checks.check_pairs, lambda K: np.vstack([moments(K), np.ones(K)]), "expected shape"),
    (checks.check_pairs, lambda K: moments(K) + 0j, "numbers expected"),
    (checks.check_pairs, lambda K: np.ones((4, K)) / 0.0, "finite"),
]

RIGHT = [
    (checks.check_dimensions, lambda A: count(rows(columns(A)), A)),
    (checks.check_dimensions, lambda A: int(count(columns(rows(log_softmax(A))), A))),
    (checks.check_dimensions, by_matrices),
    (checks.check_dimensions, by_differences),
    (checks.check_dimensions, lambda A: np.linalg.matrix_rank(rows(columns(A)), tol=1e-10 * np.linalg.norm(A, 2))),
    (checks.check_dimensions, lambda A: count(rows(A) + columns(A) - A + A.mean(), A)),
    (checks.check_dimensions, lambda A: count(A - A[:1] - (A - A[:1])[:, :1], A)),
    (checks.check_dimensions, lambda A: float(count(rows(columns(A)), A))),
    (checks.check_dimensions, lambda A: [count(rows(columns(A)), A)]),
    (checks.check_dimensions, by_loops),
    (checks.check_largest, min(50_000, 768 + 1)),
    (checks.check_largest, [769]),
    (checks.check_largest, 769),
    (checks.check_largest, 769.0),
    (checks.check_largest, np.array([769])),
    (checks.check_mixture, lambda u, z: logsumexp(u[..., None] + log_softmax(z), axis=1)),
    (checks.check_mixture, lambda u, z: scipy_logsumexp(u[:, :, None] + scipy_log_softmax(z, axis=2), axis=1)),
    (checks.check_mixture, mixture_by_loop),
    (checks.check_mixture, by_pairs),
    (checks.check_mixture, by_shifts),
    (checks.check_mixture, lambda u, z: np.logaddexp.reduce(u[:, :, None] + log_softmax(z), axis=1)),
    (checks.check_mixture, lambda u, z: scipy_logsumexp(scipy_log_softmax(z, 2), axis=1, b=np.exp(u)[..., None])),
    (checks.check_mixture, lambda u, z: logsumexp(u[:, None] + np.swapaxes(log_softmax(z), 1, 2), axis=-1).tolist()),
    (checks.check_mixture, lambda u, z: log_softmax(by_pairs(u, z))),
    (checks.check_win, below_the_upper_hull),
    (checks.check_win, by_search),
    (checks.check_win, lambda W, b, k: int(lead(W, b, k).x[-1] > 1e-9)),
    (checks.check_win, lambda W, b, k: [lead(W, b, k).x[-1] > 1e-9]),
    (checks.check_win, lambda W, b, k: lead(W, b, k, None).status == 3 or lead(W, b, k).x[-1] > 1e-9),
    (checks.check_win, lambda W, b, k: lead(W, b, k).x[-1] > 1e-9),
    (checks.check_win, lambda W, b, k: feasible(W, b, k, 1e-6)),
    (checks.check_win, lambda W, b, k: bool(lead(W, b, k, 5).fun < -1e-7)),
    (checks.check_win, lambda W, b, k: feasible(1e6 * W, 1e6 * b, k, 1)),
    (checks.check_pairs, moments),
    (checks.check_pairs, lambda K: moments(K).tolist()),
    (checks.check_pairs, lambda K: [[(k + 1) ** p for k in range(K)] for p in (1, 2, 3, 4)]),
    (checks.check_pairs, lambda K: powers(np.random.default_rng(3).uniform(-1, 1, K))),
    (checks.check_pairs, lambda K: 100 + powers(np.linspace(-1, 1, K))),
    (checks.check_pairs, lambda K: np.polynomial.chebyshev.chebvander(np.linspace(-1, 1, K), 4)[:, 1:].T),
    (checks.check_pairs, lambda K: np.exp(np.outer([1, 2, 3, 4], np.linspace(0, 1, K)))),
    (checks.check_pairs, lambda K: powers(np.linspace(-1, 1, 8))[:, :K]),
    (checks.check_pairs, on_circles),
    (checks.check_pairs, lambda K: np.vander(np.linspace(-1, 1, K), 5)[:, :4].T),
    (checks.check_pairs, lambda K: np.random.default_rng(0).normal(size=(4, 4)) @ on_circles(K)),
]
