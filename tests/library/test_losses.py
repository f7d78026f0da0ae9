"""Cross-entropy: its digits, that it picks the right class, masks and temperatures, and what it refuses."""

import re

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal

import softmaxlib
from softmaxlib import log_softmax, losses
from tests.library import oracle

Z = np.random.default_rng(0).normal(size=(4, 3))


# --- Digits ---------------------------------------------------------------------------------------------------------


def expected(z, temperature=1.0):
    """The losses of all classes of one row."""
    with mpmath.workdps(oracle.DIGITS):
        return [-x for x in oracle.log_softmax(z, temperature)]


def all_losses(z, **options):
    return losses.cross_entropy(np.tile(z, (len(z), 1)), np.arange(len(z)), **options)


logits = st.floats(-1e305, 1e305) | st.floats(-800, 800) | st.floats(-40, 40)


@given(
    z=hnp.arrays(np.float64, st.integers(1, 12), elements=logits),
    temperature=st.sampled_from([1.0, 1.0, 0.01, 1 / 3, 5.1, 1000.0]),
)
def test_within_9_units_of_roundoff_of_any_finite_logits(z, temperature):
    """An eps is 2 u; the bound is that of `log_softmax`."""
    assert oracle.epsilons(all_losses(z, temperature=temperature), expected(z, temperature)).max() <= 9 / 2


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@given(data=st.data(), temperature=st.sampled_from([1.0, 0.3]))
def test_rounded_once(dtype, data, temperature):
    width = 8 * np.dtype(dtype).itemsize
    z = data.draw(hnp.arrays(dtype, st.integers(1, 8), elements=st.floats(-100, 100, width=width)))
    assert oracle.ulps(all_losses(z, temperature=temperature), expected(z, temperature)).max() <= 0.501


@pytest.mark.parametrize(
    "z",
    [
        [0.0, -50.0],
        [5.573291131418597, -2.6904497453862066, 1.3999993147705647],
        [0.0, -36.7, -36.7, -36.7],
        [1e16, 1e16 - 2, 1e16 - 4],
        [3.7, 1.1, 3.7],
        [0.0, 1e300],
        [-745.2, 0.0, 709.9],
    ],
    ids=str,
)
@pytest.mark.parametrize("dtype", [np.float64, np.longdouble])
def test_within_9_units_of_roundoff_of_hard_rows(z, dtype):
    z = np.array(z, dtype)
    assert oracle.epsilons(all_losses(z), expected(z)).max() <= 9 / 2


# --- Classes, masks and temperatures --------------------------------------------------------------------------------


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


def test_masks_and_temperatures():
    y, where = [0, 2, 1, 1], np.array([[True, False, True]] * 4)
    expected = -log_softmax(Z, where=where, temperature=0.5)[range(4), y]
    assert_array_equal(losses.cross_entropy(Z, y, where=where, temperature=0.5), expected)
    assert_array_equal(losses.cross_entropy(Z.T, y, 0, where=where.T, temperature=0.5), expected)
    assert_array_equal(losses.cross_entropy(Z, y, temperature=2.0), losses.cross_entropy(Z / 2, y))
    assert_array_equal(
        losses.cross_entropy(Z, [0, 2, 0, 0], where=where), -log_softmax(Z[:, ::2])[range(4), [0, 1, 0, 0]]
    )


@pytest.mark.parametrize(
    ("z", "where"), [([0.0, -np.inf], None), ([0.0, 5.0], [True, False]), ([0.0, 1.0], False), ([-np.inf] * 2, None)]
)
def test_an_impossible_class_costs_infinitely_much(z, where):
    assert losses.cross_entropy(z, 1, where=where) == np.inf


def test_at_the_top_level():
    assert softmaxlib.cross_entropy is losses.cross_entropy
    assert "cross_entropy" in softmaxlib.__all__
    assert all(hasattr(softmaxlib, name) for name in softmaxlib.__all__)


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
        (
            (Z, [0, 1, 2, 3]),
            ValueError,
            r"y, of shape (4,), contains the class 3; expected 0 to 2 (z, of shape (4, 3), has 3 classes along",
        ),
        (
            (Z.T, [0, 1, 5, 3], 0),
            ValueError,
            r"y, of shape (4,), contains the class 5; expected 0 to 2 (z, of shape (3, 4), has 3 classes along axis 0)",
        ),
        (
            (np.zeros((2, 0)), [0, 0]),
            ValueError,
            r"z, of shape (2, 0), is empty along axis -1; expected at least one class",
        ),
        ((Z[0], [[0], [1, 2]]), ValueError, r"y is ragged; expected rows of one length"),
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


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"where": [1, 0, 1]}, TypeError, "where has dtype int"),
        (
            {"where": [True, False]},
            ValueError,
            "where has shape (2,); expected one that broadcasts to that of z, (4, 3)",
        ),
        ({"temperature": 0}, ValueError, "temperature is 0; expected a positive, finite number"),
        ({"temperature": "hot"}, TypeError, "temperature is 'hot'; expected one real number"),
    ],
)
def test_error_message_on_options(options, error, message):
    with pytest.raises(error, match=re.escape(message)):
        losses.cross_entropy(Z, [0, 1, 2, 0], **options)
