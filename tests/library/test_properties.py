"""What is true of all scores, tried on those that Hypothesis finds; the bounds are in units of rounding."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal

from softmaxlib import (
    argmax_one_hot,
    log_sigmoid,
    log_softmax,
    logsumexp,
    one_hot,
    sigmoid,
    softmax,
    sum_normalize,
)

EPS = float(np.finfo(np.float64).eps)
TINY = float(np.finfo(np.float64).tiny)

SOFT = [softmax, log_softmax, logsumexp]
ROWWISE = [*SOFT, argmax_one_hot]
FLOATS = [np.float16, np.float32, np.float64]

each_soft = pytest.mark.parametrize("function", SOFT)
each_rowwise = pytest.mark.parametrize("function", ROWWISE)


def arrays(dtype=np.float64, dims=(1, 1), side=8, **elements):
    """Arrays of scores, with as many dimensions as said (from, to)."""
    return hnp.arrays(
        dtype,
        hnp.array_shapes(min_dims=dims[0], max_dims=dims[1], max_side=side),
        elements={"min_value": -500, "max_value": 500} | elements,
    )


def wild(dims=(1, 1)):
    """Give arrays of any scores but NaN, in any dtype."""
    return st.sampled_from(FLOATS).flatmap(
        lambda dtype: arrays(dtype, dims, min_value=None, max_value=None, allow_nan=False, allow_infinity=True)
    )


def on_a_grid(**options):
    """Give arrays whose differences, and shifts by other multiples of 1/8, are exact."""
    return arrays(np.int64, min_value=-4000, max_value=4000, **options).map(lambda z: z / 8)


temperatures = st.floats(0, exclude_min=True, allow_infinity=False)


# --- Of any scores --------------------------------------------------------------------------------------------------


@each_rowwise
@given(z=wild(dims=(2, 2)))
def test_never_nan_and_dtype_kept(function, z):
    result = function(z)
    assert not np.isnan(result).any()
    assert result.dtype == z.dtype


@pytest.mark.parametrize("function", [sigmoid, log_sigmoid])
@given(z=wild())
def test_sigmoids_never_nan_and_dtype_kept(function, z):
    result = function(z)
    assert not np.isnan(result).any()
    assert result.dtype == z.dtype


@given(z=wild(), temperature=temperatures, data=st.data())
def test_never_nan_at_any_temperature_under_any_mask(z, temperature, data):
    where = data.draw(hnp.arrays(bool, z.shape))
    assert not np.isnan(softmax(z, temperature=temperature, where=where)).any()
    assert not np.isnan(log_softmax(z, temperature=temperature, where=where)).any()
    assert not np.isnan(logsumexp(z, where=where)).any()


@given(z=wild())
def test_probabilities_sum_to_one(z):
    """Within half an eps for each of the K divisions (K roundings to the dtype) and K - 1 additions."""
    p = softmax(z)
    assert (p >= 0).all()
    possible = 0 if np.isneginf(z).all() else 1
    assert abs(math.fsum(p) - possible) <= z.size * float(np.finfo(z.dtype).eps)


@given(z=wild(), temperature=temperatures)
def test_higher_scores_get_no_less(z, temperature):
    p = softmax(np.sort(z).astype(np.float64), temperature=temperature)
    assert (p[1:] >= p[:-1] * (1 - 4 * EPS)).all()


@given(z=wild())
def test_argmax_is_where_softmax_is_largest(z):
    hot = argmax_one_hot(z)
    assume(not np.isneginf(z).all())
    assert hot.sum() == 1
    assert z[hot == 1] == z.max()
    assert softmax(z)[hot == 1] == softmax(z).max()


# --- Rows and axes --------------------------------------------------------------------------------------------------


@each_rowwise
@given(z=wild(dims=(2, 2)))
def test_a_batch_is_its_rows_bit_for_bit(function, z):
    assert_array_equal(function(z), np.array([function(row) for row in z]))


@each_rowwise
@given(z=arrays(dims=(2, 3), side=4), data=st.data())
def test_any_axis_is_the_last_axis_moved(function, z, data):
    axis = data.draw(st.integers(-z.ndim, z.ndim - 1))
    moved = function(np.moveaxis(z, axis, -1).copy())
    assert_array_equal(function(z, axis=axis), moved if function is logsumexp else np.moveaxis(moved, -1, axis))


@each_soft
@given(z=arrays(dims=(2, 3), side=4), data=st.data())
def test_several_axes_are_one_flat_axis(function, z, data):
    """Whatever their order."""
    axes = data.draw(st.permutations(range(z.ndim)))
    flat = function(z.ravel())
    assert_allclose(function(z, axis=tuple(axes)).ravel(), np.ravel(flat), rtol=64 * EPS, atol=64 * TINY * EPS)


@given(z=arrays(), data=st.data())
def test_permuted_scores_give_permuted_probabilities(z, data):
    order = data.draw(st.permutations(range(z.size)))
    assert_allclose(softmax(z[order]), softmax(z)[order], rtol=z.size * EPS)
    assert_allclose(logsumexp(z[order]), logsumexp(z), rtol=z.size * EPS, atol=z.size * EPS)


@each_soft
@given(z=arrays(dims=(2, 2)), data=st.data())
def test_masked_out_is_minus_infinity(function, z, data):
    where = data.draw(hnp.arrays(bool, z.shape))
    assert_array_equal(function(z, where=where), function(np.where(where, z, -np.inf)))


# --- Shift and scale ------------------------------------------------------------------------------------------------


@given(z=on_a_grid(), shift=st.integers(-(2**40), 2**40))
def test_shift_changes_no_probability(z, shift):
    """By no more than rounding, where the shift itself is exact."""
    assert_allclose(softmax(z + shift / 8), softmax(z), rtol=8 * EPS, atol=TINY)
    assert_allclose(log_softmax(z + shift / 8), log_softmax(z), rtol=8 * EPS, atol=TINY)


@given(z=on_a_grid(), shift=st.integers(-(2**40), 2**40))
def test_shift_moves_logsumexp_along(z, shift):
    shift /= 8
    shifted, still = logsumexp(z + shift), logsumexp(z)
    assert abs(shifted - (still + shift)) <= EPS * (abs(shifted) + abs(still) + 1)


@given(z=arrays(min_value=-1, max_value=1), exponent=st.integers(-8, 8))
def test_temperature_is_a_division(z, exponent):
    temperature = 2.0**exponent
    assume((np.abs(z[z != 0]) > 1e-300).all())
    assert_allclose(softmax(z, temperature=temperature), softmax(z / temperature), rtol=8 * EPS, atol=TINY)
    assert_allclose(log_softmax(z, temperature=temperature), log_softmax(z / temperature), rtol=8 * EPS, atol=TINY)


@given(z=arrays(), temperature=st.floats(0.1, 10))
def test_temperature_is_a_division_but_for_rounding(z, temperature):
    exponents = np.abs(z).max() / temperature
    assert_allclose(
        softmax(z, temperature=temperature), softmax(z / temperature), rtol=(4 * exponents + 8) * EPS, atol=TINY
    )


@given(z=arrays(np.int64, min_value=-500, max_value=500), temperature=st.floats(0, 1e-3, exclude_min=True))
def test_cold_softmax_is_argmax_one_hot(z, temperature):
    """Exactly, once exp(-1 / T) underflows, for different integers."""
    z = np.unique(z)[::-1]
    assert_array_equal(softmax(z, temperature=temperature), argmax_one_hot(z))
    assert_array_equal(argmax_one_hot(z), one_hot(0, z.size))


@given(z=arrays(min_value=1e-3, max_value=1e3), exponent=st.integers(-900, 900))
def test_sum_normalize_is_blind_to_scale(z, exponent):
    shares = sum_normalize(z)
    assert_array_equal(sum_normalize(z * 2.0**exponent), shares)
    assert abs(math.fsum(shares) - 1) <= z.size * EPS
    assert_allclose(np.outer(shares, z), np.outer(z, shares), rtol=4 * EPS)  # shares go as the scores


# --- Between the functions ------------------------------------------------------------------------------------------


@given(z=arrays())
def test_logsumexp_is_a_smooth_maximum(z):
    top, result = z.max(), logsumexp(z)
    assert top <= result <= top + math.log(z.size) + EPS * (abs(top) + 4)


@given(z=arrays(min_value=-350, max_value=350))
def test_exp_of_log_softmax_is_softmax(z):
    log_p = log_softmax(z)
    assert (np.abs(np.exp(log_p) / softmax(z) - 1) <= EPS * (np.ptp(z) + np.abs(log_p) + 8)).all()


@given(z=arrays())
def test_log_softmax_is_the_distance_from_logsumexp(z):
    assert_allclose(log_softmax(z), z - logsumexp(z), rtol=2 * EPS, atol=4 * EPS * (np.abs(z).max() + 1))


@given(z=st.floats(-700, 700))
def test_sigmoid_is_softmax_against_zero(z):
    assert_allclose(softmax([z, 0]), [sigmoid(z), sigmoid(-z)], rtol=4 * EPS)
    assert_allclose(log_softmax([z, 0]), [log_sigmoid(z), log_sigmoid(-z)], rtol=4 * EPS)


@given(z=st.floats(allow_nan=False))
def test_sigmoid_is_symmetric(z):
    assert abs(sigmoid(-z) - (1 - sigmoid(z))) <= EPS


@given(z=arrays(min_value=-10, max_value=10))
def test_softmax_is_the_gradient_of_logsumexp(z):
    """By central differences, wrong by at most h**2 / 6 times the third derivative, and rounding over h.

    The third derivative is p (1 - p) (1 - 2 p), at most 0.0963; each logsumexp is right to 3 eps of its 10 + log(8).
    """
    h = 2.0**-15
    steps = h * np.eye(z.size)
    slopes = (logsumexp(z + steps) - logsumexp(z - steps)) / (2 * h)
    assert np.abs(slopes - softmax(z)).max() <= h**2 / 6 * 0.0963 + 3 * EPS * (10 + math.log(8)) / h
