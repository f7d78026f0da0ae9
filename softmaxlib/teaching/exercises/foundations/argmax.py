"""Checks of the chapter on argmax."""

import numpy as np

from softmaxlib import activations
from softmaxlib.teaching.exercises.checking import Hint, check, compare, number, numbers, recognize, run


@check
def check_axis(whole, axis_0, axis_1):
    """The argmax of a table as a whole, down its columns and along its rows."""
    table = np.array([[3, 9, 1], [7, 2, 7]])
    answers = {
        name: numbers(answer, what=f"{name}: indices")
        for name, answer in (("whole", whole), ("axis_0", axis_0), ("axis_1", axis_1))
    }
    if answers["axis_0"].shape == (2,) and answers["axis_1"].shape == (3,):
        raise Hint("axis_0 and axis_1 have each other's length: the axis that you name is the one that disappears.")
    if answers["whole"].size != 1:
        raise Hint("whole: without an axis, argmax returns one index into the table strung out to one row.")
    answers["whole"] = answers["whole"].reshape(())
    for (name, answer), axis in zip(answers.items(), (None, 0, 1), strict=True):
        right = np.argmax(table, axis=axis)
        if np.array_equal(answer, right):
            continue
        mistakes = [
            (table.max(axis=axis), f"{name}: these are the largest values; argmax gives their places."),
            (right + 1, f"{name}: NumPy counts from 0."),
            (np.argmin(table, axis=axis), f"{name}: these are the places of the smallest entries."),
        ]
        if name == "axis_1":
            mistakes.append(([1, 2], "axis_1: the second row has a tie, and the first of a tie wins."))
        recognize(answer, mistakes)
        if answer.shape != right.shape:
            raise Hint(f"{name}: shape {right.shape} expected, got {answer.shape}.")
        raise Hint(f"{name}: not right. Which place holds the largest entry, counted from 0?")


@check
def check_fair_accuracy(attempt):
    """Accuracy where each of M tied winners is worth 1/M."""
    labels = np.array([0, 0, 0, 1, 1, 2])
    clear = np.eye(3)[[0, 0, 1, 1, 2, 2]]
    mistakes = [
        (4, "that is a number of photos; divide it by the number of all photos."),
        (4 / 18, "you divide by the number of classes; divide by the number of winners of each photo."),
        (400 / 6, "that is a percentage; an accuracy is a share, at most 1."),
    ]
    got = run(attempt, clear, labels)
    if got.shape == (6,):
        raise Hint("you return a number for each photo; return their mean.")
    compare(got, 4 / 6, "no scores tie here, so it is the share of right answers.", (clear, labels), mistakes)
    mistakes = [
        (1, "all scores are zero and the accuracy is 1: a tie still counts as a full hit."),
        (0, "all scores are zero and the accuracy is 0: a tie should earn a share, not nothing."),
        (3 / 6, "all scores are zero and you get the share of the first class: argmax gives it every tie."),
        (1 / 6, "all scores are zero and you get the share of the last class: it gets every tie."),
    ]
    zeros = np.zeros((6, 3))
    compare(
        run(attempt, zeros, labels),
        1 / 3,
        "all classes tie, so each photo is worth a third.",
        "all scores zero",
        mistakes,
    )
    mixed = np.array([[1, 1, 0], [0, 1, 1], [2, 0, 1], [0, 3, 3], [1, 1, 1], [0, 0, 5]])
    expected = (1 / 2 + 0 + 1 + 1 / 2 + 1 / 3 + 1) / 6
    mistakes = [(5 / 11, "you divide by the winners of all photos together; count the winners of each photo.")]
    where = "rows with one, two and three winners"
    compare(run(attempt, mixed, labels), expected, "count 1/M in each row.", where, mistakes)
    compare(run(attempt, mixed[:, ::-1], 2 - labels), expected, "the order of the classes matters.", "classes reversed")


@check
def check_distance(attempt):
    """The smallest change of the scores that makes a tie at the top."""
    for z in (np.array([0.25, 1.23, -0.8]), np.array([-3.0, 0.5, 4.0, 2.5, -1.0]), np.array([7.0, 7.0, 0.0])):
        second, first = np.sort(z)[-2:]
        margin = first - second
        mistakes = [
            (margin, "that is the margin, the way if one score moves alone; moving two scores is shorter."),
            (margin / 2, "that is how far each of the two scores moves; the length of the change counts both."),
            (margin * np.sqrt(2), "that is longer than moving one score alone; divide by √2, do not multiply."),
            (margin**2 / 2, "that is the square of the length; take its root."),
            (np.ptp(z) / np.sqrt(2), "that is the way to the last score; the nearest tie is with the second."),
            (abs(z[0] - z[1]) / np.sqrt(2), "you compare the first two scores of the list; take the two largest."),
        ]
        got = run(attempt, z)
        if got.size == 1 and got < 0:
            raise Hint("a distance is not negative; subtract the second score from the first.")
        hint = "divide the margin of the largest score over the second by √2."
        compare(got, margin / np.sqrt(2), hint, (z,), mistakes if margin else ())


@check
def check_stuck(answer):
    """A start from which a smooth error does not move gradient descent either."""
    start = number(answer, "one number of meters")
    if not np.isfinite(start):
        raise Hint("one finite number of meters expected.")
    lengths = np.array([0.9, 1.0, 1.1, 1.3, 1.4, 1.6])
    is_panda = np.array([0, 0, 0, 1, 1, 1])
    p = activations.sigmoid(4 * (lengths - start))
    error = np.mean((p - is_panda) ** 2)
    step = 0.5 * abs(np.mean(2 * (p - is_panda) * p * (1 - p) * -4))
    if error <= 0.4:
        raise Hint(f"at {start:.4g} m the error is {error:.2f}; look where the model is badly wrong.")
    if step >= 1e-6:
        raise Hint(f"the error is {error:.2f}, but the first step from {start:.4g} m moves {step:.1e} m; go farther.")


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
    hint = "one class wins all: the noise is left out, or averaged before the argmax; average the winners."
    mistakes = [
        (500 * shares, "these are counts; divide them by the number of repetitions."),
        (100 * shares, "these are percentages; a share is at most 1."),
        (activations.argmax_one_hot(z + noise.mean(axis=0)), hint),
        (activations.argmax_one_hot(z), hint),
        (activations.softmax(z), "that is the softmax of z; the shares of this noise are others. Count the winners."),
        (activations.softmax(z + noise).mean(axis=0), "you average softmax; in each row the winner takes all."),
        ((z + noise).argmax(axis=0), "along axis 0 you compare repetitions; the classes are axis 1."),
        ((z + noise).mean(axis=0), "that is the mean of the noisy scores; take the winner first, then the mean."),
        (activations.argmax_one_hot(noise).mean(axis=0), "the scores are left out: add z to each row of noise."),
    ]
    compare(
        got,
        shares,
        "take the one-hot argmax of z plus each row of noise, then the mean over the rows.",
        (z, noise),
        mistakes,
    )
    still = np.zeros((3, 3))
    got = run(attempt, z, still)
    if got.shape in ((1,), (2,)):
        raise Hint("a class that never wins is missing; its share is 0, and bincount needs minlength to say so.")
    compare(got, [0, 1, 0], "without noise the best class always wins.", (z, still))
    compare(run(attempt, z[:2], still[:, :2]), [0, 1], "it should work for two classes as well.", (z[:2], still[:, :2]))
