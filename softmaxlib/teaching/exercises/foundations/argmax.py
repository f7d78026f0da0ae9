"""Checks of the chapter on argmax."""

import numpy as np

from softmaxlib import activations
from softmaxlib.teaching.exercises.checking import Hint, check, compare, run


@check
def check_axis(whole, axis_0, axis_1):
    """The argmax of a table as a whole, down its columns and along its rows."""
    table = np.array([[3, 9, 1], [7, 2, 7]])
    right = {"whole": np.argmax(table), "axis_0": np.argmax(table, axis=0), "axis_1": np.argmax(table, axis=1)}
    answers = dict(zip(right, (run(lambda a=a: np.asarray(a)) for a in (whole, axis_0, axis_1)), strict=True))
    values = {"whole": table.max(), "axis_0": table.max(axis=0), "axis_1": table.max(axis=1)}
    if answers["axis_0"].shape == (2,) and answers["axis_1"].shape == (3,):
        raise Hint("axis_0 and axis_1 have each other's length: the axis that you name is the one that disappears.")
    if answers["whole"].shape == (2,):
        raise Hint("whole: without an axis, argmax returns one index into the table strung out to one row.")
    for name, answer in answers.items():
        if np.array_equal(answer, values[name]):
            raise Hint(f"{name}: these are the largest values; argmax gives their places.")
        if np.array_equal(answer, right[name] + 1):
            raise Hint(f"{name}: NumPy counts from 0.")
        if name == "axis_1" and np.array_equal(answer, [1, 2]):
            raise Hint("axis_1: the second row has a tie, and the first of a tie wins.")
        if answer.shape != right[name].shape:
            raise Hint(f"{name}: shape {right[name].shape} expected, got {answer.shape}.")
        if not np.array_equal(answer, right[name]):
            raise Hint(f"{name}: {answer.tolist()} is not right; which place holds the largest entry, counted from 0?")


@check
def check_fair_accuracy(attempt):
    """Accuracy where each of M tied winners is worth 1/M."""
    labels = np.array([0, 0, 0, 1, 1, 2])
    clear = np.eye(3)[[0, 0, 1, 1, 2, 2]]
    compare(run(attempt, clear, labels), 4 / 6, "no scores tie here, so it is the share of right answers.")
    got = run(attempt, np.zeros((6, 3)), labels)
    if got.shape == () and np.isclose(got, 1):
        raise Hint("all scores are zero and the accuracy is 1: a tie still counts as a full hit.")
    if got.shape == () and np.isclose(got, 0):
        raise Hint("all scores are zero and the accuracy is 0: a tie should earn a share, not nothing.")
    if got.shape == () and np.isclose(got, 3 / 6):
        raise Hint("all scores are zero and you get the share of the first class: argmax gives it every tie.")
    compare(got, 1 / 3, "all three classes tie, so each photo is worth a third.")
    mixed = np.array([[1, 1, 0], [0, 1, 1], [2, 0, 1], [0, 3, 3], [1, 1, 1], [0, 0, 5]])
    expected = (1 / 2 + 0 + 1 + 1 / 2 + 1 / 3 + 1) / 6
    compare(run(attempt, mixed, labels), expected, "some rows have two winners, one has three: count 1/M in each.")
    compare(run(attempt, mixed[:, ::-1], 2 - labels), expected, "only the order of the classes has changed.")


@check
def check_distance(attempt):
    """The smallest change of the scores that makes a tie at the top."""
    for z in (np.array([0.25, 1.23, -0.8]), np.array([-3.0, 0.5, 4.0, 2.5, -1.0]), np.array([7.0, 7.0, 0.0])):
        second, first = np.sort(z)[-2:]
        got = run(attempt, z)
        if first > second and got.shape == () and got.dtype.kind in "fiu":
            if np.isclose(got, first - second):
                raise Hint("that is the margin, the way if one score moves alone; moving two scores is shorter.")
            if np.isclose(got, (first - second) / 2):
                raise Hint("that is how far each of the two scores moves; the length of the change counts both.")
            if np.isclose(got, (first - second) * np.sqrt(2)):
                raise Hint("that is longer than moving one score alone; divide by √2, do not multiply.")
            if np.isclose(got, np.ptp(z) / np.sqrt(2)) and z.size > 2:
                raise Hint("that is the way to the last score; the nearest tie is with the second.")
            if got < 0:
                raise Hint("a distance is not negative; subtract the second score from the first.")
            if np.isclose(got, abs(z[0] - z[1]) / np.sqrt(2)) and {z[0], z[1]} != {first, second}:
                raise Hint("you compare the first two scores of the list; take the two largest.")
        compare(got, (first - second) / np.sqrt(2), "divide the margin of the largest score over the second by √2.")


@check
def check_stuck(answer):
    """A start from which a smooth error does not move gradient descent either."""
    start = run(lambda: np.asarray(answer))
    if start.shape != () or start.dtype.kind not in "fiu" or not np.isfinite(start):
        raise Hint("one finite number of meters expected.")
    lengths = np.array([0.9, 1.0, 1.1, 1.3, 1.4, 1.6])
    is_seal = np.array([0, 0, 0, 1, 1, 1])
    p = activations.sigmoid(4 * (lengths - start))
    error = np.mean((p - is_seal) ** 2)
    step = 0.5 * abs(np.mean(2 * (p - is_seal) * p * (1 - p) * -4))
    if error <= 0.4:
        raise Hint(f"at {start:.2f} m the error is {error:.2f}; look where the model is badly wrong.")
    if step >= 1e-6:
        raise Hint(f"the error is {error:.2f}, but the first step from {start:.2f} m moves {step:.1e} m; go farther.")


@check
def check_win_shares(attempt):
    """How often each class wins when noise is added to the scores."""
    z = np.array([0.25, 1.23, -0.8])
    noise = np.random.default_rng(0).normal(size=(500, 3))
    shares = activations.argmax_one_hot(z + noise).mean(axis=0)
    got = run(attempt, z, noise)
    if got.shape == noise.shape:
        raise Hint("you return one row per repetition; average over the rows, axis 0.")
    if got.shape == (500,):
        raise Hint("you return one winner, or one average, per repetition; count how often each class wins.")
    if got.shape == (3,) and got.dtype.kind in "fiu":
        if np.isclose(got.sum(), 500):
            raise Hint("these are counts; divide them by the number of repetitions.")
        if np.array_equal(got, activations.argmax_one_hot(z + noise.mean(axis=0))):
            raise Hint("one class wins all: the noise is left out, or averaged before the argmax; average the winners.")
    compare(got, shares, "take the one-hot argmax of z plus each row of noise, then the mean over the rows.")
    compare(run(attempt, z[:2], noise[:3, :2] * 0), [0, 1], "without noise the winner of two classes wins always.")
