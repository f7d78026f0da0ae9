"""Checks of the chapter on the softmax bottleneck."""

from functools import cache
from itertools import combinations

import numpy as np
from scipy.optimize import linprog

from softmaxlib.activations import log_softmax, logsumexp, softmax
from softmaxlib.teaching.exercises.checking import Hint, check, compare, number, recognize, run

TOLERANCE = 1e-10  # of singular values, relative to the largest
SQUARE = np.array([[1.0, 1, -1, -1, 0], [1, -1, 1, -1, 0]])  # the last class is inside
TRIANGLE = np.array([[0.0, 4, 0, 1], [0, 0, 4, 1]])
LINE = np.array([[-1.0, 0, 1]])
CASES = [
    (SQUARE, np.array([0.0, 0, 0, 0, 0]), 4),
    (SQUARE, np.array([0.0, 0, 0, 0, 0.3]), 4),
    (SQUARE, np.array([0.0, 0, 0, 0, 5]), 4),
    (SQUARE, np.array([0.0, 0, 0, 0, -2]), 4),
    (SQUARE, np.array([0.0, 0, 0, 0, 30]), 0),
    (SQUARE, np.array([0.0, 2, 2, 0, 1.5]), 4),
    (SQUARE, np.array([0.0, 0, 2, 2, 1.5]), 4),
    (TRIANGLE, np.array([0.0, 0, 0, 0]), 3),
    (TRIANGLE, np.array([3.0, -2, 1, 2]), 3),
    (LINE, np.array([0.0, 0.1, 0]), 1),
    (LINE, np.array([0.0, -0.1, 0]), 1),
    (LINE, np.array([-500.0, 0, 7]), 0),
]


@check
def check_dimensions(attempt):
    """The smallest number of dimensions that fits log-probabilities exactly, with a bias."""
    random = np.random.default_rng(1)
    tables = []
    for rows, classes, d, bias in [(40, 12, 3, 1), (30, 8, 5, 0), (25, 6, 20, 1), (20, 7, 1, 1), (4, 9, 6, 1)]:
        z = random.normal(size=(rows, d)) @ random.normal(size=(d, classes)) + bias * random.normal(size=classes)
        tables += [z, log_softmax(z)]
    tables.append(1e6 * tables[0])  # rounding errors grow with the matrix
    tables.append(log_softmax(np.tile(random.normal(size=5), (10, 1))))  # all contexts alike: the bias is enough
    centered = [A - A.mean(axis=0) for A in tables]
    centered = [A - A.mean(axis=1, keepdims=True) for A in centered]
    largest = [np.linalg.svd(A, compute_uv=False)[0] for A in tables]
    expected = [_rank(*pair) for pair in zip(centered, largest, strict=True)]
    got = [np.ravel(run(attempt, A)) for A in tables]
    if any(answer.size != 1 for answer in got):
        raise Hint("return one whole number.")
    rows = [A - A.mean(axis=1, keepdims=True) for A in tables]
    columns = [A - A.mean(axis=0) for A in tables]
    as_given = [_rank(*pair) for pair in zip(tables, largest, strict=True)]
    mistakes = [
        (as_given, "this is the rank of the matrix as it is. Center its rows and columns first."),
        (
            [_rank(*pair) for pair in zip(rows, largest, strict=True)],
            "the rows are centered, and the bias is still in it: center the columns, too.",
        ),
        (
            [_rank(*pair) for pair in zip(columns, largest, strict=True)],
            "the columns are centered. Center the rows as well, as softmax ignores a shift.",
        ),
        ([r - 2 for r in as_given], "a matrix need not have two ranks to lose: center it and count."),
        ([min(A.shape) for A in tables], "this counts every singular value, with those that are rounding errors."),
    ]
    if not np.array_equal(np.ravel(got), expected):
        recognize(np.ravel(got), mistakes)
    for A, answer, right in zip(tables, got, expected, strict=True):
        hint = "center rows and columns, and count singular values above 1e-10 of the largest of the matrix given."
        compare(answer, right, hint, (A,))


@check
def check_largest(answer):
    """The rank of log-probabilities without a bias."""
    mistakes = [
        (770, "this model has no bias. What else adds a rank of 1?"),
        (768, "that is the rank of the logits at most. Softmax subtracts a number from each row."),
        (767, "subtracting a number from each row can raise the rank."),
        (50_000, "there are so many columns, and the logits have a much lower rank."),
        (100_000, "a rank is never above the smaller of the two sizes."),
        (49_999, "this many dimensions would be no bottleneck. Here there are 768."),
    ]
    answer = number(answer)
    recognize(answer, mistakes, tolerance=1e-9)
    if answer != 769:
        raise Hint(
            f"{answer:.6g} is not it: start from the rank of the logits, and look at what log-softmax subtracts."
        )


@check
def check_mixture(attempt):
    """The log-probabilities of a mixture, from logarithms."""
    random = np.random.default_rng(2)
    for size, scale in [((2, 3, 4), 1.0), ((3, 2, 3), 1.0), ((2, 2, 3), 1000.0), ((2, 2, 2), 1.0), ((1, 1, 3), 1.0)]:
        z = scale * random.normal(size=size)
        if scale > 1:
            z[0] = [[0, -1000, -900], [0, -900, -1000]]
        log_mixing = log_softmax(random.normal(size=size[:2]))
        s = log_softmax(z)
        expected = logsumexp(log_mixing[..., np.newaxis] + s, axis=1)
        p = np.sum(np.exp(log_mixing)[..., np.newaxis] * softmax(z), axis=1)
        geometric = np.sum(np.exp(log_mixing)[..., np.newaxis] * s, axis=1)
        with np.errstate(divide="ignore"):
            naive = np.log(p)
        got = run(attempt, log_mixing, z)
        if scale > 1 and not np.all(np.isfinite(got)):
            raise Hint("a logarithm is infinite or nan for low logits: never leave the logarithms, use log-sum-exp.")
        mistakes = [
            (p, "these are the probabilities. Return their logarithms."),
            (naive, "the sum underflows to 0 for low logits: use log-sum-exp."),
            (geometric, "a weighted mean of logarithms is the logarithm of another mixture. Sum the probabilities."),
            (log_softmax(geometric), "a mean of logits is one softmax again. Mix the probabilities."),
            (
                logsumexp(log_mixing[..., np.newaxis] + z, axis=1),
                "the logits of each softmax are not normalized yet: take their log-softmax.",
            ),
            (logsumexp(s, axis=1), "the shares are missing: add their logarithms."),
            (
                logsumexp(log_mixing[..., np.newaxis] + s, axis=2),
                "the sum goes over the softmaxes, not over the classes.",
            ),
        ]
        hint = "add the logarithm of the share to each log-softmax, and take the log-sum-exp over the softmaxes."
        compare(got, expected, hint, (log_mixing, z), mistakes)


@check
def check_win(attempt):
    """Whether a class with a bias can be the only winner."""
    got = [np.ravel(run(attempt, *case)) for case in CASES]
    if any(answer.size != 1 or answer[0] not in (0, 1) for answer in got):
        raise Hint("return one truth value, True or False.")
    got = [bool(answer[0]) for answer in got]
    expected, *mistakes = _verdicts()
    hints = [
        "the biases are not used: an inner class can win with one.",
        "you ask for a lead of 1. Any lead above 0 wins.",
        "a large bias should help: look at its sign.",
        "you look at h = 0 only. A corner wins with a long h.",
        "a solution exists for every class, if the lead may be negative.",
    ]
    for wrong, hint in zip(mistakes, hints, strict=True):
        if got == wrong:
            raise Hint(hint)
    for (W, b, k), right, answer in zip(CASES, expected, got, strict=True):
        if right != answer:
            said = "can win, with a long h or with its bias" if right else "cannot be the only winner"
            raise Hint(f"for W = {W.tolist()}, b = {b.tolist()}, class {k} {said}.")


@check
def check_pairs(attempt):
    """Vectors in four dimensions, any two of which can be ahead."""
    for K in (5, 8):
        W = run(attempt, K)
        if W.shape == (K, 4):
            raise Hint(f"for {K}: expected shape (4, {K}), one column for each class; got its transpose.")
        if W.shape != (4, K):
            raise Hint(f"for {K}: expected shape (4, {K}), got {W.shape}.")
        if not np.isfinite(W).all():
            raise Hint(f"for {K}: every number has to be finite.")
        size = np.abs(W).max(axis=1, keepdims=True)
        W = W / np.where(size > 0, size, 1)
        for i, j in combinations(range(K), 2):
            others = np.delete(W, [i, j], axis=1)
            found = linprog(
                np.zeros(4),
                (others - W[:, [i]]).T,
                -np.ones(K - 2),
                (W[:, [j]] - W[:, [i]]).T,
                [0],
                bounds=(None, None),
            )
            if found.status != 0:
                raise Hint(
                    f"for {K}: no h puts the classes {i} and {j} ahead of all others, with equal logits. "
                    "Which polynomial of degree 4 is largest at two given points?"
                )


def _rank(A, largest):
    """Return how many singular values are not rounding errors of a matrix whose largest one is given."""
    return int(np.sum(np.linalg.svd(A, compute_uv=False) > TOLERANCE * largest))


@cache
def _verdicts():
    """Return which classes can win, and what five mistakes say instead."""
    leads = [_lead(*case) for case in CASES]
    return (
        [lead > 0 for lead in leads],
        [_lead(W, 0 * b, k) > 0 for W, b, k in CASES],
        [lead >= 1 for lead in leads],
        [_lead(W, -b, k) > 0 for W, b, k in CASES],
        [bool(b[k] >= b.max()) for _, b, k in CASES],
        [True] * len(CASES),
    )


def _lead(W, b, k):
    """Return by how much a class can lead at most, up to 1; a lead of no more than rounding errors is 0."""
    gaps = (np.delete(W, k, axis=1) - W[:, [k]]).T
    rows = np.column_stack([gaps, np.ones(len(gaps))])
    bounds = [(None, None)] * len(W) + [(None, 1)]
    lead = linprog(np.append(np.zeros(len(W)), -1), rows, b[k] - np.delete(b, k), bounds=bounds).x[-1]
    return lead if abs(lead) > 1e-9 else 0.0
