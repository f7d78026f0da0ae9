"""The data of the book."""

import numpy as np

from softmaxlib.teaching.datasets import digits


def test_digits_are_images_with_pixels_from_paper_to_ink():
    X, y = digits()
    assert (X.shape, X.dtype, y.shape, y.dtype) == ((1797, 64), np.float64, (1797,), np.int64)
    np.testing.assert_array_equal(np.unique(X), np.arange(17) / 16)
    np.testing.assert_array_equal(np.bincount(y), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])


def test_digits_have_their_own_label():
    X, y = digits()
    mean_images = np.stack([X[y == digit].mean(axis=0) for digit in range(10)])
    distances = np.linalg.norm(X[:, None] - mean_images, axis=2)  # (N, 10)
    assert np.mean(distances.argmin(axis=1) == y) > 0.9


def test_a_reader_who_changes_the_digits_changes_a_copy():
    X, y = digits()
    X[:], y[:] = -1, -1
    again, labels = digits()
    assert again.min() == labels.min() == 0
