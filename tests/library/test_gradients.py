"""Gradients: against mpmath, against differences in every saturation, without K × K matrices, and the check itself."""

import re
import tracemalloc

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal

from softmaxlib import gradients, log_sigmoid, log_softmax, logsumexp, sigmoid, softmax
from tests.library import oracle

SEEDS = st.integers(0, 10**6)
HEIGHTS = st.sampled_from([0.1, 1.0, 10.0, 100.0])


def jacobian(z):
    """The matrix of one row, from its definition."""
    with mpmath.workdps(oracle.DIGITS):
        p = [mpmath.exp(x) for x in oracle.log_softmax(z)]
        other = [sum(p[:i] + p[i + 1 :]) for i in range(len(p))]
        return [[p[i] * (other[i] if i == j else -p[j]) for j in range(len(p))] for i in range(len(p))]


# --- The Jacobian and its products -----------------------------------------------------------------------------------


@given(z=hnp.arrays(np.float64, st.integers(1, 6), elements=st.floats(-300, 300)))
def test_jacobian_keeps_its_digits(z):
    got, expected = gradients.softmax_jacobian(z), jacobian(z)
    for row, right in zip(got, expected, strict=True):
        assert oracle.epsilons(row, right).max() <= 12


def test_jacobian_of_batches_and_temperatures():
    z = np.random.default_rng(0).normal(size=(2, 3, 4))
    J = gradients.softmax_jacobian(z, 1, temperature=2.0)
    assert J.shape == (2, 4, 3, 3)
    assert_allclose(J[1, 2], gradients.softmax_jacobian(z[1, :, 2] / 2) / 2)
    assert gradients.softmax_jacobian(z.astype(np.float32)).dtype == np.float32
    assert_array_equal(gradients.softmax_jacobian([-np.inf, -np.inf]), np.zeros((2, 2)))
    with pytest.raises(TypeError, match="axis is None"):
        gradients.softmax_jacobian(z, None)


@given(seed=SEEDS, height=HEIGHTS, shape=hnp.array_shapes(max_dims=3, max_side=4), data=st.data())
def test_products_are_those_with_the_jacobian(seed, height, shape, data):
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    random = np.random.default_rng(seed)
    z, v = height * random.normal(size=shape), random.normal(size=shape)
    p = softmax(z, axis)
    by_matrix = np.einsum("...i,...ij->...j", np.moveaxis(v, axis, -1), gradients.softmax_jacobian(z, axis))
    assert_allclose(np.moveaxis(gradients.softmax_vjp(p, v, axis), axis, -1), by_matrix, rtol=1e-9, atol=1e-14)
    assert_array_equal(gradients.softmax_jvp(p, v, axis), gradients.softmax_vjp(p, v, axis))
    assert_allclose(gradients.log_softmax_vjp(p, p * v, axis), gradients.softmax_vjp(p, v, axis), atol=1e-14)


def test_products_keep_their_digits_in_saturation():
    """p_i (v_i - sum_j p_j v_j), with p as it is stored, would give 0 for the winner."""
    p = softmax([50.0, 0.0, -20.0])
    got = gradients.softmax_vjp(p, [1.0, -2.0, 5.0])
    with mpmath.workdps(oracle.DIGITS):
        J = jacobian([50.0, 0.0, -20.0])
        expected = [J[0][j] - 2 * J[1][j] + 5 * J[2][j] for j in range(3)]
    assert oracle.epsilons(got, expected).max() <= 12


def test_products_along_all_axes_and_without_classes():
    p = softmax(np.random.default_rng(0).normal(size=(2, 3)), None)
    assert_allclose(gradients.softmax_vjp(p, p, None).ravel(), gradients.softmax_vjp(p.ravel(), p.ravel()))
    assert_array_equal(gradients.softmax_vjp([0.0, 0.0], [1.0, 2.0]), [0, 0])
    assert gradients.softmax_vjp(np.zeros((0, 3)), np.zeros((0, 3))).shape == (0, 3)
    assert np.isnan(gradients.softmax_vjp([[np.nan, np.nan], [0.5, 0.5]], np.ones((2, 2)))).tolist() == [
        [True] * 2,
        [False] * 2,
    ]
    assert gradients.softmax_vjp(np.float32([0.5, 0.5]), np.float32([1, 2])).dtype == np.float32


@pytest.mark.parametrize("product", [gradients.softmax_vjp, gradients.softmax_jvp, gradients.log_softmax_vjp])
def test_products_build_no_matrices(product):
    """The matrices of 100 rows of 1,000 classes would need 800 MB."""
    p = np.full((100, 1000), 1e-3)
    tracemalloc.start()
    try:
        product(p, p)
        assert tracemalloc.get_traced_memory()[1] < 8 * p.nbytes
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("product", [gradients.softmax_vjp, gradients.softmax_jvp, gradients.log_softmax_vjp])
def test_products_refuse_other_shapes(product):
    with pytest.raises(ValueError, match=re.escape("has shape (3,); expected (2,), that of p")):
        product([0.5, 0.5], [1, 2, 3])
    with pytest.raises(np.exceptions.AxisError, match="axis 1 does not exist in p, of shape"):
        product([0.5, 0.5], [1, 2], 1)
    with pytest.raises(np.exceptions.AxisError, match="expected None, as p is a single number"):
        product(1.0, 1.0, 0)
    with pytest.raises(ValueError, match=re.escape("axis is (0, 0), for p of shape (2,)")):
        product([0.5, 0.5], [1, 2], (0, 0))
    with pytest.raises(ValueError, match=re.escape("p, of shape (2, 0), is empty along axis -1")):
        product(np.zeros((2, 0)), np.zeros((2, 0)))


# --- Every gradient of the library against differences ---------------------------------------------------------------


@given(seed=SEEDS, height=HEIGHTS, shape=hnp.array_shapes(max_dims=3, max_side=4), data=st.data())
def test_logsumexp_and_log_softmax(seed, height, shape, data):
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    random = np.random.default_rng(seed)
    z, v = height * random.normal(size=shape), random.normal(size=shape)
    weights = v.sum(axis=axis, keepdims=True)
    checks = [
        gradients.check_gradient(
            lambda z: (logsumexp(z, axis, keepdims=True) * weights).sum(), lambda z: softmax(z, axis) * weights, z
        ),
        gradients.check_gradient(
            lambda z: (log_softmax(z, axis) * v).sum(),
            lambda z: gradients.log_softmax_vjp(softmax(z, axis), v, axis),
            z,
        ),
    ]
    assert max(c.difference for c in checks) <= 1e-7


@given(seed=SEEDS, height=HEIGHTS, size=st.integers(2, 6), data=st.data())
def test_softmax(seed, height, size, data):
    """One probability at a time, not that of a winner: 1 less something tiny has no digits of the tiny part."""
    z = height * np.random.default_rng(seed).normal(size=size)
    one = np.zeros(size)
    one[data.draw(st.integers(0, size - 1).filter(lambda k: k != z.argmax()))] = 1
    check = gradients.check_gradient(lambda z: softmax(z) @ one, lambda z: gradients.softmax_vjp(softmax(z), one), z)
    assert check.difference <= 1e-7


@given(z=st.floats(-600, 30))
def test_sigmoids(z):
    checks = [
        gradients.check_gradient(sigmoid, lambda z: sigmoid(z) * sigmoid(-z), z),
        gradients.check_gradient(log_sigmoid, lambda z: sigmoid(-z), z),
    ]
    assert max(c.difference for c in checks if abs(z) < 10 or c is checks[1]) <= 1e-7


# --- The check -------------------------------------------------------------------------------------------------------


def test_the_check_finds_a_mistake_and_its_place():
    z = np.random.default_rng(0).normal(size=(3, 4))

    def wrong(z):
        gradient = np.array(softmax(z, None))
        gradient[1, 2] *= 1.001
        return gradient

    check = gradients.check_gradient(lambda z: logsumexp(z, None), wrong, z)
    assert check.where == (1, 2)
    assert 1e-5 < check.difference < 1e-3
    assert gradients.check_gradient(lambda z: logsumexp(z, None), lambda z: 2 * softmax(z, None), z).difference > 0.4


def test_the_check_of_a_constant_and_of_a_number():
    assert gradients.check_gradient(lambda x: 3, lambda x: np.zeros(2), [1, 2]) == (0.0, (0,))
    assert gradients.check_gradient(lambda x: x**3, lambda x: 3 * x**2, 2.0).difference < 1e-10


def test_the_check_changes_nothing():
    x = np.array([1.0, 2.0])

    def gradient(x):
        x *= 2
        return x

    gradients.check_gradient(lambda x: (x * x).sum(), gradient, x)
    assert_array_equal(x, [1, 2])


@pytest.mark.parametrize(
    ("f", "grad", "error", "message"),
    [
        (3, softmax, TypeError, "f is of type int; expected a function of an array"),
        (logsumexp, None, TypeError, "grad is of type NoneType; expected a function of an array"),
        (softmax, softmax, ValueError, "f(x) has shape (2,); expected one number"),
        (logsumexp, lambda x: [1.0], ValueError, "grad(x) has shape (1,); expected (2,), that of x"),
        (lambda x: np.nan, softmax, ValueError, "f(x) is nan near x, which has shape (2,); expected finite numbers"),
        (logsumexp, lambda x: [0, np.inf], ValueError, "grad(x), of shape (2,), holds a number that is not finite"),
    ],
)
def test_the_check_refuses(f, grad, error, message):
    with pytest.raises(error, match=re.escape(message)):
        gradients.check_gradient(f, grad, [1.0, 2.0])
