"""Answers to the exercises on multiclass: wrong ones with their hints, right ones in many styles."""

import numpy as np

from softmaxlib.teaching.exercises.foundations import multiclass as checks


def least_squares(X, names, X_new):
    classes = sorted(set(names))
    targets = np.array([[name == each for each in classes] for name in names], dtype=float)
    V = np.linalg.lstsq(np.hstack([X, np.ones((len(X), 1))]), targets)[0]
    scores = X_new @ V[:-1] + V[-1]
    return np.array(classes)[scores.argmax(axis=1)]


WRONG = [
    (checks.check_shapes, (10,), "a list of four answers"),
    (checks.check_shapes, [(1, 10), (5, 10), "error", (10, 10)], "no batch axis"),
    (checks.check_shapes, [(10,), "error", "error", (10, 10)], "adds b to every row"),
    (checks.check_shapes, [(10,), (10, 5), "error", (10, 10)], "second: the two numbers are swapped"),
    (checks.check_shapes, [(10,), (5, 10), (5, 10), (10, 10)], "5 meets 10"),
    (checks.check_shapes, [(10,), (5, 10), "error", "error"], "as many images as there are classes"),
    (checks.check_shapes, [(10,), (5, 10), ..., (10, 10)], "third: replace the ..."),
    (checks.check_shapes, [(10,), (5, 10), "no", (10, 10)], "or the string 'error'"),
    (
        checks.check_shapes,
        [None, (5, 10), "error", (10, 10)],
        "first: a tuple of numbers, or 'error', expected, got None",
    ),
    (checks.check_shapes, [(64,), (5, 10), "error", (10, 10)], r"first: that is not right; \(N, D\) @ \(D, K\)"),
    (checks.check_mask_votes, lambda images, masks: images @ masks, "start again from 0 at 256"),
    (checks.check_mask_votes, lambda images, masks: (images @ masks).astype(int), "convert before it"),
    (checks.check_mask_votes, lambda images, masks: images / 255 @ masks, "keep ink from 0 to 255"),
    (checks.check_mask_votes, lambda images, masks: images.astype(np.int16) @ masks, "too much for 16 bits"),
    (checks.check_mask_votes, lambda images, masks: (images * 1.0 @ masks).sum(axis=1), r"shape \(2, 2\)"),
    (checks.check_mask_votes, lambda images, masks: (images / 1 @ masks) / len(masks), "the number of pixels"),
    (checks.check_mask_votes, lambda images, masks: (images / 1 @ masks) / masks.sum(axis=0), "the size of the mask"),
    (checks.check_mask_votes, lambda images, masks: (images / 1 @ masks).T, "each image should have a row"),
    (checks.check_mask_votes, lambda images, masks: images.astype(np.uint16) @ masks, "too much for 16 bits"),
    (checks.check_mask_votes, lambda images, masks: images.astype(np.float16) @ masks, "too much for 16 bits"),
    (checks.check_mask_votes, lambda images, masks: images @ masks.T, "your function raised ValueError"),
    (checks.check_score_sum, lambda K: 1, "the sum for one-hot rows"),
    (checks.check_score_sum, lambda K: K - 2, "the sign"),
    (checks.check_score_sum, lambda K: -K, "the true class contributes"),
    (checks.check_score_sum, lambda K: 1 - K, "the sum of the wrong classes"),
    (checks.check_score_sum, lambda K: 0, "sum one row of the targets"),
    (checks.check_score_sum, lambda K: -8, "right for 10 classes only"),
    (checks.check_score_sum, 2, "pass your function itself, not 2"),
    (checks.check_masking, [1, 2, 3], "nine lengths"),
    (checks.check_masking, [np.inf] * 9, "finite"),
    (checks.check_masking, [1, 2, 3, 1, 2, 3, 1, 2, 3], "wrong for 6 of the nine"),
    (checks.check_masking, [0, 0, 0, 1, 1, 1, 2, 2, 2], "Spread the lengths"),
    (checks.check_masking, range(8), r"nine lengths expected, in the shape \(9,\); got shape \(8,\)"),
    (checks.check_masking, "nine", "nine lengths expected, got 'nine'"),
    (checks.check_masking, [2, 2, 2, 1, 1, 1, 0, 0, 1], "wrong for . of the nine"),
    (checks.check_classify, lambda X, names, X_new: np.zeros(len(X_new), dtype=int), "names expected"),
    (checks.check_classify, lambda X, names, X_new: names[0], "one name for each new image"),
    (checks.check_classify, lambda X, names, X_new: [min(names)] * len(X_new), "its own score"),
    (checks.check_classify, lambda X, names, X_new: [max(names)] * len(X_new), "a constant feature"),
    (checks.check_classify, lambda X, names, X_new: [["panda"]] * len(X_new), "one name for each new image"),
    (checks.check_classify, lambda X, names, X_new: 3, "returns 3; names expected"),
]

RIGHT = [
    (checks.check_shapes, [(10,), (5, 10), "error", (10, 10)]),
    (checks.check_shapes, ([10], [5, 10], "Error", np.array([10, 10]))),
    (checks.check_shapes, [10, (5, 10), " ERROR ", (10, 10)]),
    (checks.check_mask_votes, lambda images, masks: images.astype(int) @ masks),
    (checks.check_mask_votes, lambda images, masks: images @ masks.astype(np.float32)),
    (checks.check_mask_votes, lambda images, masks: [[int(image[mask].sum()) for mask in masks.T] for image in images]),
    (checks.check_mask_votes, lambda images, masks: np.einsum("ni,ik->nk", images, masks, dtype=np.uint32)),
    (checks.check_score_sum, lambda K: 2 - K),
    (checks.check_score_sum, lambda K: sum([1] + [-1] * (K - 1))),
    (checks.check_score_sum, lambda K: np.array([2.0 - K])),
    (checks.check_masking, range(9)),
    (checks.check_masking, np.linspace(1.0, 1.8, 9)),
    (checks.check_masking, (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)),
    (checks.check_classify, least_squares),
    (checks.check_classify, lambda *given: least_squares(*given).tolist()),
    (checks.check_classify, lambda *given: np.array(least_squares(*given), dtype=object)),
]
