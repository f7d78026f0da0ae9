"""The textbook forms: right for small scores, and broken exactly where their docstrings say."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import softmaxlib
from softmaxlib import naive

OVERFLOW_STARTS = math.log(np.finfo(np.float64).max)  # 709.78


@pytest.mark.parametrize("name", ["sigmoid", "softmax", "log_softmax"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_right_for_small_scores(name, dtype):
    z = np.random.default_rng(0).normal(scale=3, size=(20, 5)).astype(dtype)
    result = getattr(naive, name)(z)
    assert result.dtype == dtype
    assert_allclose(result, getattr(softmaxlib, name)(z), rtol=30 * np.finfo(dtype).eps, atol=np.finfo(dtype).eps)


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@pytest.mark.parametrize("axis", [0, (0, 1), None])
def test_axis(name, axis):
    z = np.random.default_rng(0).normal(size=(4, 5))
    assert_allclose(getattr(naive, name)(z, axis=axis), getattr(softmaxlib, name)(z, axis=axis), rtol=1e-14)


@pytest.mark.parametrize(
    ("function", "z", "warning", "expected"),
    [
        (naive.sigmoid, 709.79, "overflow", math.nan),
        (naive.sigmoid, 1000.0, "overflow", math.nan),
        (naive.softmax, [1000, 0], "overflow", [math.nan, 0]),
        (naive.softmax, [-1000, -1001], "invalid value", [math.nan, math.nan]),
        (naive.log_softmax, [0, -1000], "divide by zero", [0, -math.inf]),
    ],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_breaks_with_a_warning(function, z, warning, expected):
    with pytest.warns(RuntimeWarning, match=warning):
        assert_array_equal(function(z), expected)
    stable = getattr(softmaxlib, function.__name__)(z)
    assert not np.isnan(stable).any()
    assert not np.isinf(stable).any()


def test_sigmoid_breaks_no_earlier_than_the_docstring_says():
    assert naive.sigmoid(709.78) == 1
    assert 709.78 < OVERFLOW_STARTS < 709.79


def test_sigmoid_is_right_for_very_negative_scores():
    assert naive.sigmoid(-1000.0) == 0


def test_rounding_can_reverse_an_order():
    """Where the exponential does, which depends on the processor."""
    z = np.float32([-0.20761, -0.20760998])
    assert z[0] < z[1]
    exps, p = np.exp(z), naive.softmax(z)
    assert (p[0] > p[1]) == (exps[0] > exps[1])
    assert_allclose(p, [0.5, 0.5], rtol=3e-7)
    assert_array_equal(softmaxlib.softmax(z), [0.5, 0.5])


def test_sigmoid_is_not_monotone():
    z = np.random.default_rng(0).normal(size=100_000)
    here, above = naive.sigmoid(z), naive.sigmoid(np.nextafter(z, np.inf))
    assert (here > above).any()
    assert_allclose(here, above, rtol=1e-15)


def test_log_softmax_loses_a_small_distance_from_1():
    assert naive.log_softmax([0.0, -37.0])[0] == 0 > naive.log_softmax([0.0, -36.0])[0]
