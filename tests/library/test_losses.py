"""Cross-entropy: that it picks the right class, and what it refuses. Its digits are in test_accuracy."""

import re

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from softmaxlib import log_softmax, losses

Z = np.random.default_rng(0).normal(size=(4, 3))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_picks_the_right_class(dtype):
    z, y = Z.astype(dtype), [0, 2, 1, 1]
    loss = losses.cross_entropy(z, y)
    assert loss.dtype == dtype
    assert_array_equal(loss, -log_softmax(z)[range(4), y])
    assert_array_equal(losses.cross_entropy(z.T, y, axis=0), loss)
    assert_array_equal(losses.cross_entropy(z.reshape(2, 2, 3), np.reshape(y, (2, 2))), loss.reshape(2, 2))
    assert isinstance(losses.cross_entropy(z[0], 2), np.floating)


def test_confident_and_wrong_or_right():
    assert_allclose(
        losses.cross_entropy([[0, -50], [0, -1e300], [np.inf, 0]], [0, 1, 0]), [1.9287498479639178e-22, 1e300, 0]
    )
    assert not np.signbit(losses.cross_entropy([0, -1000], 0))
    assert losses.cross_entropy([0, -np.inf], 1) == np.inf
    assert np.isnan(losses.cross_entropy([0, np.nan], 0))


def test_no_rows_no_losses():
    assert losses.cross_entropy(np.zeros((0, 3)), []).shape == (0,)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((Z, [0, 1]), ValueError, r"y has shape (2,); expected (4,), that of z without axis -1"),
        ((Z[0], [0]), ValueError, r"y has shape (1,); expected (), that of z without axis -1"),
        (
            (Z[0], 3),
            ValueError,
            r"y, of shape (), contains the class 3; expected 0 to 2 (z, of shape (3,), has 3 classes along axis -1)",
        ),
        (
            (Z[0], -1),
            ValueError,
            r"y, of shape (), contains the class -1; expected 0 to 2 (z, of shape (3,), has 3 classes along axis -1)",
        ),
        ((Z[0], 1.0), TypeError, r"y has dtype float64 and shape (); expected integer class indices"),
        ((Z[0], 1, None), TypeError, r"axis is None, of type NoneType; expected an integer"),
        (
            (Z[0], 1, 10**30),
            np.exceptions.AxisError,
            f"axis 1{30 * '0'} does not exist in z",
        ),
        ((["seal"], 0), TypeError, r"z has dtype <U4 and shape (1,); expected real numbers"),
    ],
)
def test_error_message(arguments, error, message):
    with pytest.raises(error, match=re.escape(message)):
        losses.cross_entropy(*arguments)
