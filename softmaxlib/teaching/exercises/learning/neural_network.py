"""Checks of the chapter on a neural network."""

import numpy as np

from softmaxlib.teaching.exercises.checking import Hint, agree, check, compare, number, run


@check
def check_parameters(count):
    """The number of weights and biases of a network with one hidden layer."""
    mistakes = [
        (784 * 128 + 128 * 10, "those are the weights; the biases are learned, too."),
        (784 * 128 + 128, "that is the hidden layer alone."),
        (784 * 10 + 10, "that is the linear model, without the hidden layer."),
        (784 * 128 * 10, "the two layers are added, not multiplied."),
        (784 * 128 + 128 * 10 + 784 + 10, "a hidden unit has one bias, and a pixel has none."),
        (784 * 128 + 128 + 128 * 10 + 1, "each of the ten scores has a bias of its own."),
    ]
    agree(number(count), 101_770, 0, "count W1, b1, W2 and b2, one after the other.", mistakes)


@check
def check_scale(scale):
    """The standard deviation of first weights behind 512 inputs that come out of ReLUs."""
    mistakes = [
        (2 / 512, "that is the variance; the standard deviation is its square root."),
        (np.sqrt(1 / 512), "the ReLU discards half of the squares, so the variance is 2 / n."),
        (1 / 512, "neither the 2 for the ReLU nor the square root is there."),
        (np.sqrt(2 / 256), "the number of inputs counts, not the number of outputs."),
        (np.sqrt(2 / 768), "inputs alone count here; that is 2 over the sum of inputs and outputs."),
        (np.sqrt(2 * 512), "divide by the number of inputs."),
        (np.sqrt(512 / 2), "divide 2 by the number of inputs, not the number of inputs by 2."),
    ]
    agree(number(scale), np.sqrt(2 / 512), 4, "which variance keeps the mean square the same?", mistakes)


@check
def check_tanh(attempt):
    """The error at the hidden sums of a network with tanh units."""
    random = np.random.default_rng(0)
    E, h, W2 = random.normal(size=(4, 3)), np.tanh(random.normal(size=(4, 5))), random.normal(size=(5, 3))
    back = E @ W2.T
    mistakes = [
        (back, "that is the gradient of h; it still has to pass the tanh."),
        (back * (h > 0), "that is the gradient through a ReLU; a tanh has another slope."),
        (back * (1 - np.tanh(h) ** 2), "h is the tanh already, so its slope is 1 - h**2."),
        (back * (1 - h), "the slope of tanh is 1 - h**2, not 1 - h."),
        (back * h * (1 - h), "that is the slope of the sigmoid."),
        (back * h**2, "the slope is 1 at h = 0, where yours is 0."),
    ]
    got = run(attempt, E, h, W2)
    compare(got, back * (1 - h**2), "E @ W2.T, times the slope of tanh entry by entry.", "the error", mistakes)


@check
def check_adam(attempt):
    """One step of Adam, at a later step and at the first."""
    w, g = np.array([0.5, -1.0, 2.0]), np.array([3.0, -0.02, 0.0])
    zeros = np.zeros(3)

    def step(w, g, m, v, t, rate):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        return w - rate * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)

    if run(attempt, w, g, zeros, zeros, 1, 0.01).shape != (3,):
        raise Hint("return the new weights alone, in the shape of w.")
    for m, v, t in [(np.array([1.0, 0.3, 0.1]), np.array([2.0, 0.5, 0.01]), 5), (zeros, zeros, 1)]:
        new_m, new_v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        m_hat, v_hat = new_m / (1 - 0.9**t), new_v / (1 - 0.999**t)
        mistakes = [
            (w - 0.01 * new_m / (np.sqrt(new_v) + 1e-8), "the bias correction is missing: divide by 1 - beta**t."),
            (w + 0.01 * m_hat / (np.sqrt(v_hat) + 1e-8), "you climb: a step goes against the gradient."),
            (w - 0.01 * m_hat / (v_hat + 1e-8), "divide by the square root of the mean square."),
            (w - 0.01 * m_hat, "divide by the root of the mean square, too."),
            (w - 0.01 * g, "that is a plain gradient step."),
            (w - 0.01 * m_hat / (np.sqrt(new_v) + 1e-8), "the mean of the squares needs its correction, too."),
            (w - 0.01 * new_m / (np.sqrt(v_hat) + 1e-8), "the mean of the gradients needs its correction, too."),
        ]
        got = run(attempt, w, g, m, v, t, 0.01)
        compare(got, step(w, g, m, v, t, 0.01), "update both means, correct them, step.", f"step {t}", mistakes, 1e-7)
