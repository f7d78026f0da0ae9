"""Checks of the chapter on softmax regression."""

import numpy as np

from softmaxlib import activations
from softmaxlib.teaching.exercises.checking import Hint, call, check, compare, number, numbers, run


@check
def check_step(attempt):
    """One step of gradient descent: the new weights and the new biases."""
    random = np.random.default_rng(0)
    W, b, X, y, rate = (
        random.normal(size=(4, 3)),
        random.normal(size=3),
        random.normal(size=(5, 4)),
        [0, 2, 1, 1, 0],
        0.5,
    )
    P, Y = activations.softmax(X @ W + b), activations.one_hot(y, 3)
    E = (P - Y) / 5
    result = call(attempt, W, b, X, np.array(y), rate)
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        raise Hint("return two arrays: the new W and the new b.")
    of_weights = [
        (W + rate * X.T @ E, "you climb: a step goes against the gradient."),
        (W - rate * X.T @ (P - Y), "this is the gradient of the sum of the losses; divide by the number of images."),
        (X.T @ E, "this is the gradient. Return the weights after the step."),
        (W - X.T @ E, "the rate is missing."),
    ]
    of_biases = [
        (b - rate * E.mean(axis=0), "E is divided by N already, so sum it over the images."),
        (b - rate * (P - Y).sum(axis=0), "divide by the number of images in the gradient of the biases, too."),
        (b + rate * E.sum(axis=0), "you climb with the biases: a step goes against the gradient."),
        (b, "the biases learn as well."),
    ]
    compare(
        numbers(result[0], (4, 3), "the new W"),
        W - rate * X.T @ E,
        "W - rate * X.T @ (P - Y) / N.",
        "the weights",
        of_weights,
    )
    compare(
        numbers(result[1], (3,), "the new b"),
        b - rate * E.sum(axis=0),
        "b - rate times the sum of E.",
        "the biases",
        of_biases,
    )


@check
def check_centered(attempt):
    """The same model, with weights that sum to 0 over the classes."""
    W = np.random.default_rng(0).normal(size=(4, 3))
    mistakes = [
        (W - W.mean(axis=0), "you center each class over the pixels, which changes the scores. Center each pixel."),
        (W - W.mean(), "one number for all pixels leaves the rows with sums of their own."),
        (W - W[:, -1:], "this makes the last class a reference. Its rows do not sum to 0."),
        (W, "the rows do not sum to 0 yet."),
    ]
    compare(run(attempt, W), W - W.mean(axis=1, keepdims=True), "subtract the mean over the classes.", (W,), mistakes)


@check
def check_rate(attempt):
    """The largest safe rate."""
    X = np.random.default_rng(0).uniform(size=(6, 3))
    full = np.c_[X, np.ones(6)]

    def top(A):
        return np.linalg.eigvalsh(A.T @ A / 6).max()

    mistakes = [
        (1 / top(full), "the bound has a factor of 1/2, as no eigenvalue of the Jacobian exceeds it."),
        (2 / top(X), "the bias is missing: add a column of ones to X."),
        (1 / top(X), "the bias and the factor 1/2 are missing."),
        (top(full) / 2, "this is L; the rate is 1 / L."),
        (2 / top(full) / 6, "divide X.T @ X by the number of images."),
    ]
    compare(run(attempt, X), 2 / top(full), "1 / L, with L half the largest eigenvalue.", (X,), mistakes)


@check
def check_as_sigmoid(attempt):
    """Two classes: the weights and the bias of the sigmoid."""
    random = np.random.default_rng(0)
    W, b = random.normal(size=(4, 2)), random.normal(size=2)
    result = call(attempt, W, b)
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        raise Hint("return two things: w and c.")
    w, c = numbers(result[0], (4,), "w, with one weight for each pixel,"), number(result[1], "c, one number")
    right, bias = W[:, 1] - W[:, 0], b[1] - b[0]
    swapped = "this is the probability of class 0. The sigmoid takes the score of class 1 minus that of class 0."
    single = "the score of class 1 alone does not decide. What does the score of class 0 do to its probability?"
    compare(
        w,
        right,
        "the probability depends on the difference of the two scores.",
        "w",
        [
            (-right, swapped),
            (W[:, 1], single),
            (W[:, 0], single),
        ],
    )
    compare(c, bias, "treat the biases as you treat the weights.", "c", [(-bias, swapped), (b[1], single)])


@check
def check_shifted(attempt):
    """Images, one pixel further to the right."""
    X = np.random.default_rng(0).uniform(0.1, 1, size=(3, 64))
    images = X.reshape(3, 8, 8)

    def moved(rows, columns, source):
        result = np.zeros_like(source)
        result[:, max(rows, 0) : 8 + min(rows, 0), max(columns, 0) : 8 + min(columns, 0)] = source[
            :, max(-rows, 0) : 8 - max(rows, 0), max(-columns, 0) : 8 - max(columns, 0)
        ]
        return result.reshape(3, 64)

    flat = np.zeros_like(X)
    flat[:, 1:] = X[:, :-1]
    mistakes = [
        (
            np.roll(images, 1, axis=2).reshape(3, 64),
            "what leaves on the right comes back on the left. Put paper there.",
        ),
        (np.roll(X, 1, axis=1), "the last pixel of a row becomes the first of the next. Make images of 8 x 8 first."),
        (flat, "the last pixel of a row becomes the first of the next. Make images of 8 x 8 first."),
        (moved(0, -1, images), "the images have moved to the left."),
        (moved(1, 0, images), "the images have moved down. The last axis holds the columns."),
        (moved(-1, 0, images), "the images have moved up. The last axis holds the columns."),
        (X, "the images have not moved."),
    ]
    result = numbers(call(attempt, X.copy()), (3, 64), "images as rows of 64 pixels")
    compare(result, moved(0, 1, images), "column j of the result is column j - 1 of the image.", "the images", mistakes)
