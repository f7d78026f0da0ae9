"""Checks of the chapter on multiclass classification."""

import numpy as np

from softmaxlib.activations import one_hot
from softmaxlib.teaching.datasets import digits
from softmaxlib.teaching.exercises.checking import Hint, check, compare, numbers, run


@check
def check_shapes(answers):
    """The shapes of four results, one of which NumPy refuses."""
    if not isinstance(answers, (list, tuple)) or len(answers) != 4:
        raise Hint("a list of four answers expected, such as [(2, 3), (4,), (5, 6), 'error'].")
    right = ([10], [5, 10], "error", [10, 10])
    for place, answer, expected in zip(("first", "second", "third", "fourth"), answers, right, strict=True):
        if answer is ...:
            raise Hint(f"{place}: replace the ... by your answer.")
        if isinstance(answer, str):
            got = answer.strip().lower()
            if got != "error":
                raise Hint(f"{place}: a tuple of numbers expected, or the string 'error'.")
        else:
            got = numbers(answer, what=f"{place}: a tuple of numbers, or 'error',").ravel().tolist()
        if got == expected:
            continue
        if place == "first" and got == [1, 10]:
            raise Hint("first: X[0] has no batch axis, its shape is (64,); the result has none either.")
        if place == "third":
            raise Hint("third: line up (5, 10) and (10, 1) from the right; then 5 meets 10, and neither is 1.")
        if place == "fourth" and got == "error":
            raise Hint("fourth: this batch has as many images as there are classes; line up (10, 10) and (10, 1).")
        if got == "error":
            raise Hint(f"{place}: NumPy adds b to every row; it fits, as the last axis of the product is K.")
        if expected == got[::-1]:
            raise Hint(f"{place}: the two numbers are swapped; the images are the first axis, the classes the last.")
        raise Hint(f"{place}: that is not right; (N, D) @ (D, K) is (N, K), and (D,) @ (D, K) is (K,).")


@check
def check_mask_votes(attempt):
    """The ink of uint8 images inside of boolean masks, without overflow."""
    few = np.array([[200, 100, 250], [10, 20, 30]], dtype=np.uint8)
    masks = np.array([[1, 0], [1, 0], [0, 1]], dtype=bool)
    many, all_of_it = np.full((1, 400), 255, dtype=np.uint8), np.ones((400, 1), dtype=bool)
    for images, mask in ((few, masks), (many, all_of_it)):
        expected = images.astype(np.int64) @ mask
        got = run(attempt, images, mask)
        mistakes = [
            (images @ mask, "the votes start again from 0 at 256: the product is in uint8; convert before it."),
            (expected / 255, "you changed the unit; keep ink from 0 to 255."),
            (expected / len(mask), "you divide by the number of pixels; the vote is the sum of the ink."),
            (expected / mask.sum(axis=0), "you divide by the size of the mask; the vote is the sum of the ink."),
            (expected.T, "the rows are classes; each image should have a row."),
        ]
        if images is many and got.shape == (1, 1) and not 2**16 <= got[0, 0] < np.inf:
            mistakes.append((got, "400 black pixels have an ink of 102000, too much for 16 bits; take a wider type."))
        compare(
            got,
            expected,
            "the sum of the ink inside of the mask, for each image and each class.",
            (images, mask),
            mistakes,
        )


@check
def check_score_sum(attempt):
    """What least-squares scores sum to when the targets are +1 and -1."""
    for K in (10, 2, 3):
        mistakes = [
            (1, "that is the sum for one-hot rows; here each wrong class contributes -1, not 0."),
            (K - 2, "the sign: one class contributes +1, and all the others -1."),
            (-K, "the true class contributes +1."),
            (1 - K, "that is the sum of the wrong classes; the true one contributes +1."),
            (-8, "that is right for 10 classes only; K is the number of classes."),
        ]
        compare(run(attempt, K), 2 - K, "sum one row of the targets.", (K,), mistakes)


@check
def check_masking(answer):
    """Nine lengths for which one rounded number beats three scores."""
    lengths = numbers(answer, (9,), "nine lengths")
    if not (np.abs(lengths) < 1e6).all():
        raise Hint("nine lengths expected, finite and no longer than pandas are.")
    ages = np.repeat([0, 1, 2], 3)
    line = np.column_stack([lengths, np.ones(9)])
    rounded = line @ np.linalg.lstsq(line, ages)[0]
    missed = np.count_nonzero(np.abs(rounded - ages) >= 0.5)
    if missed:
        raise Hint(f"the rounded number is wrong for {missed} of the nine; let the length grow evenly with the age.")
    scores = line @ np.linalg.lstsq(line, one_hot(ages, 3))[0]
    if (scores[range(9), ages] > scores.max(axis=1) - 1e-9).all():
        raise Hint("no right score is beaten: at worst it ties. Spread the lengths within each age.")


@check
def check_classify(attempt):
    """A classifier from names to names."""
    names = ["seal", "panda", "panda", "panda"]
    fog = run(attempt, np.zeros((4, 2)), names, np.zeros((1, 2)), text=True)
    X, y = digits()
    words = np.array(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])
    read = run(attempt, X[:1200], words[y[:1200]].tolist(), X[1200:], text=True)
    if fog.shape != (1,) or read.shape != (597,):
        raise Hint(f"one name for each new image expected; for 597 of them you return shape {read.shape}.")
    if fog[0] != "panda":
        raise Hint(
            "three of four images in the fog are pandas, and you do not say panda: give the fit a constant feature."
        )
    right = np.mean(read == words[y[1200:]])
    if right < 0.85:
        raise Hint(f"digits with names in words: right for {right:.0%} only. Does each class have its own score?")
