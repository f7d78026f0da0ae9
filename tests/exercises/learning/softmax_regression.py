"""Answers to the exercises on softmax regression: wrong ones with their hints, right ones in many styles."""

import numpy as np

from softmaxlib import one_hot, softmax
from softmaxlib.losses import cross_entropy_grad
from softmaxlib.teaching.exercises.learning import softmax_regression as checks


def error(W, b, X, y):
    return softmax(X @ W + b) - one_hot(y, len(b))


def step(of_weights, of_biases):
    """A step that is wrong, or right, in the multiples of the two gradients of the sum that it takes."""

    def attempt(W, b, X, y, rate):
        E = error(W, b, X, y)
        return W + of_weights * rate * X.T @ E, b + of_biases * rate * E.sum(axis=0)

    return attempt


def by_library(W, b, X, y, rate):
    E = cross_entropy_grad(X @ W + b, y)
    return [W - rate * np.einsum("ij,ik->jk", X, E), b - rate * np.ones(len(X)) @ E]


def top(X):
    return np.linalg.eigvalsh(X.T @ X).max()


def with_ones(X):
    return np.c_[X, np.ones(len(X))]


def rolled(axis, by=1):
    """Images that move, and come back on the other side."""
    return lambda X: np.roll(X.reshape(-1, 8, 8), by, axis=axis).reshape(-1, 64)


def padded(X):
    return np.pad(X.reshape(-1, 8, 8), ((0, 0), (0, 0), (1, 0)))[:, :, :8].reshape(-1, 64)


def to_the_left(X):
    return np.pad(X.reshape(-1, 8, 8), ((0, 0), (0, 0), (0, 1)))[:, :, 1:].reshape(-1, 64)


def down(X):
    return np.pad(X, ((0, 0), (8, 0)))[:, :64]


def up(X):
    return np.pad(X, ((0, 0), (0, 8)))[:, 8:]


WRONG = [
    (checks.check_step, lambda W, b, X, y, rate: W, "return two arrays"),
    (checks.check_step, step(1 / 5, -1 / 5), "you climb: "),
    (checks.check_step, step(-1, -1), "gradient of the sum"),
    (checks.check_step, lambda W, b, X, y, rate: (X.T @ error(W, b, X, y) / 5, b), "after the step"),
    (checks.check_step, lambda W, b, X, y, rate: (W - X.T @ error(W, b, X, y) / 5, b), "rate is missing"),
    (checks.check_step, step(0, 0), "W - rate"),
    (checks.check_step, step(-1 / 5, -1 / 25), "sum it over the images"),
    (checks.check_step, step(-1 / 5, -1), "biases, too"),
    (checks.check_step, step(-1 / 5, 1 / 5), "climb with the biases"),
    (checks.check_step, step(-1 / 5, 0), "learn as well"),
    (checks.check_step, step(-1 / 5, -2), "times the sum of E"),
    (checks.check_centered, lambda W: W - W.mean(axis=0), "over the pixels"),
    (checks.check_centered, lambda W: W - W.mean(), "one number"),
    (checks.check_centered, lambda W: W - W[:, -1:], "a reference"),
    (checks.check_centered, lambda W: W, "not sum to 0 yet"),
    (checks.check_centered, lambda W: 0 * W, "mean over the classes"),
    (checks.check_rate, lambda X: len(X) / top(with_ones(X)), "a factor of 1/2"),
    (checks.check_rate, lambda X: 2 * len(X) / top(X), "a column of ones"),
    (checks.check_rate, lambda X: len(X) / top(X), "are missing"),
    (checks.check_rate, lambda X: top(with_ones(X)) / len(X) / 2, "this is L"),
    (checks.check_rate, lambda X: 2 / top(with_ones(X)), "number of images"),
    (checks.check_rate, lambda X: 0.5, "half the largest eigenvalue"),
    (checks.check_as_sigmoid, lambda W, b: W[:, 1] - W[:, 0], "two things"),
    (checks.check_as_sigmoid, lambda W, b: (W[:, 0] - W[:, 1], b[0] - b[1]), "probability of class 0"),
    (checks.check_as_sigmoid, lambda W, b: (W[:, 1] - W[:, 0], b[0] - b[1]), "probability of class 0"),
    (checks.check_as_sigmoid, lambda W, b: (W[:, 1], b[1]), "class 1 alone"),
    (checks.check_as_sigmoid, lambda W, b: (W[:, 0], b[0]), "class 1 alone"),
    (checks.check_as_sigmoid, lambda W, b: (W[:, 1] - W[:, 0], b[1]), "class 1 alone"),
    (checks.check_as_sigmoid, lambda W, b: (W.sum(axis=1), b.sum()), "difference of the two scores"),
    (checks.check_as_sigmoid, lambda W, b: (W[:, 1] - W[:, 0], 0), "treat the biases"),
    (checks.check_as_sigmoid, lambda W, b: (W, b), "one weight for each pixel"),
    (checks.check_shifted, rolled(2), "comes back on the left"),
    (checks.check_shifted, lambda X: np.roll(X, 1, axis=1), "first of the next"),
    (checks.check_shifted, lambda X: np.pad(X, ((0, 0), (1, 0)))[:, :64], "first of the next"),
    (checks.check_shifted, to_the_left, "to the left"),
    (checks.check_shifted, down, "moved down"),
    (checks.check_shifted, up, "moved up"),
    (checks.check_shifted, lambda X: X, "not moved"),
    (checks.check_shifted, lambda X: padded(padded(X)), "column j - 1"),
    (checks.check_shifted, lambda X: padded(X).reshape(-1, 8, 8), "rows of 64 pixels"),
]

RIGHT = [
    (checks.check_step, step(-1 / 5, -1 / 5)),
    (checks.check_step, by_library),
    (checks.check_centered, lambda W: W - W.mean(axis=1, keepdims=True)),
    (checks.check_centered, lambda W: (W.T - W.mean(axis=1)).T),
    (checks.check_centered, lambda W: W @ (np.eye(3) - 1 / 3)),
    (checks.check_rate, lambda X: 2 * len(X) / top(with_ones(X))),
    (checks.check_rate, lambda X: 2 * len(X) / np.linalg.norm(with_ones(X), 2) ** 2),
    (checks.check_as_sigmoid, lambda W, b: (W[:, 1] - W[:, 0], b[1] - b[0])),
    (checks.check_as_sigmoid, lambda W, b: [W @ [-1, 1], np.diff(b)]),
    (checks.check_as_sigmoid, lambda W, b: (list(W[:, 1] - W[:, 0]), float(b[1] - b[0]))),
    (checks.check_shifted, padded),
    (checks.check_shifted, lambda X: (X.reshape(-1, 8, 8) @ np.eye(8, k=1)).reshape(-1, 64)),
]
