"""Answers to the exercises on a neural network: wrong ones with their hints, right ones in many styles."""

import numpy as np

from softmaxlib.teaching.exercises.learning import neural_network as checks


def adam(w, g, m, v, t, rate):
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g**2
    return w - rate * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)


def adam_as_published_last(w, g, m, v, t, rate):
    """With both corrections in the rate, as section 2 of the article writes it."""
    m, v = m + 0.1 * (g - m), v + 0.001 * (g * g - v)
    small = 1e-8 * np.sqrt(1 - 0.999**t)
    return w - rate * np.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / (np.sqrt(v) + small)


def adam_by_entries(w, g, m, v, t, rate):
    return [float(adam(*entry, t, rate)) for entry in zip(w, g, m, v, strict=True)]


def adam_in_place(w, g, m, v, t, rate):
    m *= 0.9
    m += 0.1 * g
    return adam(w, g, m, v, t, rate)


def uncorrected(w, g, m, v, t, rate):
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
    return w - rate * m / (np.sqrt(v) + 1e-8)


def half_corrected(w, g, m, v, t, rate):
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
    return w - rate * m / (1 - 0.9**t) / (np.sqrt(v) + 1e-8)


def without_root(w, g, m, v, t, rate):
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
    return w - rate * m / (1 - 0.9**t) / (v / (1 - 0.999**t) + 1e-8)


def tanh_by_entries(E, h, W2):
    return [[(E[n] @ W2[j]) * (1 - h[n, j] ** 2) for j in range(len(W2))] for n in range(len(E))]


WRONG = [
    (checks.check_parameters, 101_632, "the biases are learned"),
    (checks.check_parameters, 100_480, "the hidden layer alone"),
    (checks.check_parameters, 7850, "without the hidden layer"),
    (checks.check_parameters, 784 * 1280, "added, not multiplied"),
    (checks.check_parameters, 102_426, "a pixel has none"),
    (checks.check_parameters, 101_761, "a bias of its own"),
    (checks.check_parameters, 4, "one after the other"),
    (checks.check_parameters, "many", "one number expected"),
    (checks.check_scale, 2 / 512, "that is the variance"),
    (checks.check_scale, np.sqrt(1 / 512), "discards half"),
    (checks.check_scale, 1 / 512, "nor the square root"),
    (checks.check_scale, np.sqrt(2 / 256), "the number of inputs counts"),
    (checks.check_scale, np.sqrt(2 / 768), "inputs alone"),
    (checks.check_scale, 32, "divide by the number of inputs"),
    (checks.check_scale, 16, "not the number of inputs by 2"),
    (checks.check_scale, 1, "which variance"),
    (checks.check_tanh, lambda E, h, W2: E @ W2.T, "still has to pass"),
    (checks.check_tanh, lambda E, h, W2: (E @ W2.T) * (h > 0), "through a ReLU"),
    (checks.check_tanh, lambda E, h, W2: (E @ W2.T) * (1 - np.tanh(h) ** 2), "the tanh already"),
    (checks.check_tanh, lambda E, h, W2: (E @ W2.T) * (1 - h), "not 1 - h"),
    (checks.check_tanh, lambda E, h, W2: (E @ W2.T) * h * (1 - h), "of the sigmoid"),
    (checks.check_tanh, lambda E, h, W2: (E @ W2.T) * h**2, "where yours is 0"),
    (checks.check_tanh, lambda E, h, W2: E @ W2, "ValueError"),
    (checks.check_tanh, lambda E, h, W2: 0 * h, "entry by entry"),
    (checks.check_adam, uncorrected, "bias correction is missing"),
    (checks.check_adam, half_corrected, "the mean of the squares needs"),
    (checks.check_adam, without_root, "square root of the mean square"),
    (checks.check_adam, lambda w, g, m, v, t, rate: 2 * w - adam(w, g, m, v, t, rate), "you climb"),
    (checks.check_adam, lambda w, g, m, v, t, rate: w - rate * g, "plain gradient step"),
    (checks.check_adam, adam_in_place, "changes its input"),
    (checks.check_adam, lambda w, g, m, v, t, rate: (adam(w, g, m, v, t, rate), m, v), "new weights alone"),
    (checks.check_adam, lambda w, g, m, v, t, rate: w - np.pi, "update both means"),
]

RIGHT = [
    (checks.check_parameters, 101_770),
    (checks.check_parameters, 784 * 128 + 128 + 128 * 10 + 10),
    (checks.check_parameters, [101_770.0]),
    (checks.check_scale, 0.0625),
    (checks.check_scale, np.sqrt(2 / 512)),
    (checks.check_scale, 1 / 16),
    (checks.check_tanh, lambda E, h, W2: (E @ W2.T) * (1 - h**2)),
    (checks.check_tanh, lambda E, h, W2: np.einsum("nk,jk->nj", E, W2) * (1 - h) * (1 + h)),
    (checks.check_tanh, tanh_by_entries),
    (checks.check_adam, adam),
    (checks.check_adam, adam_as_published_last),
    (checks.check_adam, adam_by_entries),
]
