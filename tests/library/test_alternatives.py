"""Other maps to the simplex: sorting against bisection, against mpmath, optimality, gradients, special values."""

import itertools
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal

from softmaxlib import cross_entropy, softmax
from softmaxlib.alternatives import (
    entmax,
    entmax_loss,
    entmax_vjp,
    softmax1,
    softmax1_vjp,
    sparsemax,
    sparsemax_loss,
    sparsemax_vjp,
)
from softmaxlib.gradients import check_gradient, softmax_vjp
from softmaxlib.losses import entropy, kl_divergence
from tests.library import oracle

U = 2.0**-53
INF, NAN = np.inf, np.nan
ALPHAS = [1 + 1e-6, 1.01, 1.1, 1.3, 1.5, 1.75, 2.0, 2.5, 3.0, 5.0]
alphas = st.sampled_from(ALPHAS)
scores = hnp.arrays(np.float64, st.integers(2, 8), elements=st.floats(-1e3, 1e3) | st.floats(-3, 3))
any_scores = hnp.arrays(np.float64, st.integers(1, 8), elements=st.floats(allow_nan=False))


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def exact_distribution(y):
    """The entries divided by their sum, without rounding."""
    with oracle.mpmath.workdps(2 * oracle.DIGITS):
        y = [oracle.exact(x) for x in y]
        return [x / oracle.mpmath.fsum(y) for x in y]


# --- Digits ---------------------------------------------------------------------------------------------------------


def rows(rng, alpha, count):
    """Rows of many spreads and heights; in some the largest score leads by nearly the margin."""
    for _ in range(count):
        z = rng.normal(size=rng.integers(2, 8)) * 10 ** rng.uniform(-3, 1)
        if rng.random() < 0.3:
            z += rng.normal() * 10 ** rng.uniform(0, 16)
        if rng.random() < 0.3:
            z[0] = z[1:].max() + (1 - 10 ** rng.uniform(-16, -1)) / (alpha - 1)
        yield z


@pytest.mark.parametrize("alpha", ALPHAS)
def test_probabilities_and_sums_are_right_to_the_last_digits(alpha):
    """The worst of a longer search was 1.5 u for a probability and 1.3 u for a sum, whose bound is 2 u."""
    for z in rows(np.random.default_rng(0), alpha, 20):
        p, expected = entmax(z, alpha), oracle.entmax(z, alpha)
        with oracle.mpmath.workdps(oracle.DIGITS):
            assert max(abs(oracle.exact(a) - b) for a, b in zip(p, expected, strict=True)) <= 2.1 * U
            assert abs(oracle.mpmath.fsum(map(oracle.exact, p)) - 1) <= 2.1 * U


@pytest.mark.parametrize("alpha", [1.5, 2.0])
def test_sorting_keeps_the_digits_of_small_probabilities_and_small_losses(alpha):
    """The errors are small beside the mass of all classes but the largest, however small that is."""
    rng = np.random.default_rng(1)
    for z in rows(rng, alpha, 60):
        p, expected = entmax(z, alpha), oracle.entmax(z, alpha)
        y = int(z.argmax()) if rng.random() < 0.7 else int(rng.integers(len(z)))
        loss, cost = entmax_loss(z, y, alpha), oracle.entmax_loss(z, np.eye(len(z))[y], alpha)
        with oracle.mpmath.workdps(oracle.DIGITS):
            others = 1 - max(expected)
            assert all(abs(oracle.exact(a) - b) <= 4 * U * (b + others) for a, b in zip(p, expected, strict=True))
            assert abs(oracle.exact(loss) - cost) <= 6 * U * cost


@pytest.mark.parametrize("alpha", ALPHAS)
def test_losses_agree_with_their_definition(alpha):
    rng = np.random.default_rng(2)
    for z in rows(rng, alpha, 10):
        soft = rng.dirichlet(np.ones(len(z)))
        hard = np.eye(len(z))[rng.integers(len(z))]
        for y in (soft, hard):
            expected = oracle.entmax_loss(z, exact_distribution(y), alpha)
            assert_allclose(entmax_loss(z, y, alpha), float(expected), rtol=1e-12, atol=1e-20)


@pytest.mark.parametrize("alpha", [1.5, 2.0])
@given(z=scores)
def test_sorting_agrees_with_bisection(alpha, z):
    """Bisection takes over a hair's breadth beside."""
    beside = np.nextafter(alpha, 3)
    assert_allclose(entmax(z, alpha), entmax(z, beside), atol=1e-14)
    assert_allclose(entmax_loss(z, 0, alpha), entmax_loss(z, 0, beside), rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("spread", [0, 1e-6, 1, 100])
def test_rows_of_many_classes_sum_to_one(alpha, spread):
    p = entmax(spread * normal(20_000), alpha)
    assert abs(p.sum() - 1) <= 4 * U
    if spread == 0:
        assert_allclose(p, 1 / 20_000, rtol=4 * U)


@given(z=scores, alpha=st.sampled_from(ALPHAS[2:]))  # for others, powers underflow before they are zero
def test_optimality_conditions(z, alpha):
    """The gradient of the problem is one number on the support, and at most that number elsewhere."""
    p, beta = entmax(z, alpha), alpha - 1
    gains = z - z.max() - np.expm1(beta * np.log(np.maximum(p, 1e-300))) / beta * (p > 0) + (p == 0) / beta
    inside = gains[p > 0]
    allowed = 16 * U * (1 + 1 / beta)
    assert np.ptp(inside) <= allowed
    assert (gains <= inside.min() + allowed).all()


@given(z=scores)
def test_sparsemax_is_nearer_than_every_vertex_and_mean(z):
    p = sparsemax(z)
    distance = np.sum((z - p) ** 2)
    for other in (*np.eye(len(z)), np.full(len(z), 1 / len(z)), softmax(z), entmax(z)):
        assert distance <= np.sum((z - other) ** 2) * (1 + 1e-12)


# --- Properties -----------------------------------------------------------------------------------------------------


@given(z=any_scores, alpha=alphas | st.just(1.0) | st.floats(1, 1e300))
def test_on_the_simplex(z, alpha):
    p = entmax(z, alpha)
    assert (p >= 0).all()
    if (z > -INF).any():
        assert abs(p.sum() - 1) <= 16 * U
        assert p.argmax() == z.argmax() or p[z.argmax()] == p.max()
    else:
        assert not p.any()
    order = np.argsort(z, kind="stable")
    assert (np.diff(p[order]) >= -4 * U * p[order][1:]).all()


@given(z=scores, alpha=alphas, seed=st.integers(0, 99))
def test_permutations_and_shifts(z, alpha, seed):
    order = np.random.default_rng(seed).permutation(len(z))
    p = entmax(z, alpha)
    assert_allclose(entmax(z[order], alpha), p[order], rtol=0, atol=4 * U)
    z = np.round(z)  # so that the shift rounds nothing
    assert_array_equal(entmax(z, alpha), entmax(z + 2.0**40, alpha))


@pytest.mark.parametrize("alpha", ALPHAS)
def test_far_below_the_largest_is_exactly_zero(alpha):
    lead = 1 / (alpha - 1)
    assert_array_equal(entmax([0, -lead * (1 + 1e-15)], alpha), [1, 0])
    assert_array_equal(entmax_loss([0, -lead * (1 + 1e-15)], 0, alpha), 0)
    if alpha > 1.01:  # else it underflows
        assert entmax([0, -lead * (1 - 1e-9)], alpha)[1] > 0
        assert entmax_loss([0, -lead * (1 - 1e-9)], 0, alpha) > 0


@given(z=scores)
def test_with_a_larger_alpha_no_class_joins_the_support(z):
    """And the support is what the condition of the docstring says, but for classes at its edge."""
    supports = []
    for alpha in ALPHAS[2:]:
        power = 1 / (alpha - 1)
        leads = np.maximum(z - z[:, np.newaxis], 0)
        with np.errstate(over="ignore"):
            totals = np.sum(((alpha - 1) * leads) ** power, axis=1)
        p = entmax(z, alpha)
        assert (p[totals < 1 - 1e-12] > 0).all()
        assert (p[totals > 1 + 1e-12] == 0).all()
        supports.append(p > 0)
    for narrow, wide in itertools.pairwise(supports[::-1]):
        assert wide[narrow].all()


@pytest.mark.parametrize("alpha", [1, 1 + 2**-52, 1 + 1e-12, 1 + 1e-9])
def test_alpha_near_one_is_softmax(alpha):
    z = 5 * normal(20, 6)
    assert_allclose(entmax(z, alpha), softmax(z), rtol=1e-6)
    assert_allclose(
        entmax_loss(z, np.zeros(20, int), alpha), cross_entropy(z, np.zeros(20, int), reduction="none"), rtol=1e-7
    )


def test_alpha_of_one_is_softmax_with_its_losses():
    z, y = normal(20, 6), np.arange(20) % 6
    soft = softmax(normal(20, 6, seed=1))
    assert_array_equal(entmax(z, 1), softmax(z))
    assert_allclose(entmax_loss(z, y, 1), cross_entropy(z, y, reduction="none"), rtol=1e-14)
    assert_allclose(entmax_loss(z, soft, 1), kl_divergence(np.log(soft), z), rtol=1e-13)
    costs = cross_entropy(z, soft, reduction="none") - entropy(np.log(soft))
    assert_allclose(entmax_loss(z, soft, 1), costs, rtol=1e-12)
    assert_allclose(entmax_vjp(soft, z, 1), softmax_vjp(soft, z), rtol=1e-13)
    assert entmax_loss([50, 0], 0, 1) == pytest.approx(np.exp(-50), rel=1e-14)


def test_large_alpha_shares_among_the_largest():
    assert_array_equal(entmax([3, 3, 3 - 1e-9, 1], 1e300), [0.5, 0.5, 0, 0])
    assert_array_equal(sparsemax([1.0, 1, 1, 1]), [0.25] * 4)


# --- Special values, axes and dtypes --------------------------------------------------------------------------------


@pytest.mark.parametrize("alpha", [1, 1.1, 1.5, 1.75, 2, 4])
@pytest.mark.parametrize(
    ("z", "p"),
    [
        ([0, NAN], [NAN, NAN]),
        ([INF, NAN], [NAN, NAN]),
        ([INF, 0], [1, 0]),
        ([INF, INF, 5], [0.5, 0.5, 0]),
        ([INF, -INF], [1, 0]),
        ([0, -INF, 0], [0.5, 0, 0.5]),
        ([-INF, -INF], [0, 0]),
        ([1e308, -1e308], [1, 0]),
        ([1e300, 1e300], [0.5, 0.5]),
        ([7.0], [1]),
    ],
)
def test_special_values(alpha, z, p):
    z = np.array(z)
    before = z.copy()
    assert_allclose(entmax(z, alpha), p, rtol=4 * U)
    assert_allclose(entmax([z, np.ones(len(z))], alpha)[1], 1 / len(z), rtol=4 * U)  # NaN stays in its row
    assert_array_equal(z, before)


@pytest.mark.parametrize("alpha", [1.1, 1.5, 2, 4])
def test_huge_scores_lose_nothing(alpha):
    """A running sum of scores that are not shifted first would lose the differences."""
    steps = np.array([0.0, -2, -4, -2, 0])  # the spacing at 1e16 is 2
    assert_array_equal(entmax(1e16 + steps, alpha), entmax(steps, alpha))
    assert_array_equal(entmax(-1e16 + steps, alpha), entmax(steps, alpha))
    assert_array_equal(entmax_loss(1e16 + steps, 1, alpha), entmax_loss(steps, 1, alpha))


@pytest.mark.parametrize(
    ("z", "y", "loss"),
    [
        ([0, -INF], 1, INF),
        ([0, -INF], 0, 0),
        ([INF, 0], 0, 0),
        ([INF, 0], 1, INF),
        ([-INF, -INF], 0, INF),
        ([0, NAN], 0, NAN),
        ([1e308, -1e308], 1, INF),  # overflows
    ],
)
@pytest.mark.parametrize("alpha", [1, 1.1, 1.5, 2, 4])
def test_losses_of_special_values(alpha, z, y, loss):
    assert_array_equal(entmax_loss(z, y, alpha), loss)
    for more in (1, 2, 20):  # classes that get nothing
        assert_array_equal(entmax_loss([*z, *[min(z)] * more], y, alpha), loss)


@pytest.mark.parametrize("alpha", [1.1, 1.5, 2, 4])
def test_a_loss_near_the_end_of_the_range_is_right(alpha):
    for classes in (2, 3, 40):
        assert_allclose(entmax_loss([0, *[-1.6e308] * (classes - 1)], 1, alpha), 1.6e308, rtol=1e-15)


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
@pytest.mark.parametrize("alpha", [1, 1.25, 1.5, 2])
def test_axes(alpha, axis):
    z, v = normal(3, 4, 5), normal(3, 4, 5, seed=1)
    moved, v_moved = np.moveaxis(z, axis, -1), np.moveaxis(v, axis, -1)
    p = entmax(z, alpha, axis)
    y = np.argsort(moved, axis=-1)[..., 1]
    assert_allclose(np.moveaxis(p, axis, -1), entmax(moved, alpha), rtol=1e-14)
    assert_allclose(entmax_loss(z, y, alpha, axis), entmax_loss(moved, y, alpha), rtol=1e-13)
    assert_allclose(entmax_loss(z, p, alpha, axis), 0, atol=1e-15)
    vjp = np.moveaxis(entmax_vjp(p, v, alpha, axis), axis, -1)
    assert_allclose(vjp, entmax_vjp(np.moveaxis(p, axis, -1), v_moved, alpha), rtol=1e-13, atol=1e-15)
    assert_allclose(np.moveaxis(softmax1(z, axis), axis, -1), softmax1(moved))
    assert_allclose(np.moveaxis(softmax1_vjp(z, v, axis), axis, -1), softmax1_vjp(moved, v_moved), rtol=1e-13)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
@pytest.mark.parametrize("alpha", [1, 1.25, 1.5, 2])
def test_dtypes(alpha, dtype):
    z = normal(6, 4).astype(dtype)
    p = entmax(z, alpha)
    assert p.dtype == dtype
    if np.finfo(dtype).nmant < 52:  # worked out in float64, rounded once
        assert_array_equal(p, entmax(z.astype(np.float64), alpha).astype(dtype))
    assert_allclose(p.sum(axis=-1), 1, rtol=4 * np.finfo(dtype).eps)
    assert entmax_loss(z, np.zeros(6, int), alpha).dtype == entmax_vjp(p, z, alpha).dtype == softmax1(z).dtype == dtype
    assert softmax1_vjp(p, z).dtype == dtype


def test_integers_and_empty_batches():
    assert sparsemax([3, 3, 2]).dtype == np.float64
    for function in (sparsemax, entmax, softmax1):
        assert function(np.zeros((0, 3))).shape == (0, 3)
    assert entmax_loss(np.zeros((0, 3)), []).shape == (0,)
    assert entmax_vjp(np.zeros((0, 3)), np.zeros((0, 3))).shape == (0, 3)


# --- Gradients ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("alpha", [1, 1.2, 1.5, 1.8, 2])
@pytest.mark.parametrize("seed", range(3))
def test_gradient_of_the_loss_is_the_map_minus_the_target(alpha, seed):
    z = 0.1 * normal(4, seed=seed)  # so near each other that no class leaves or enters the support within the steps
    y = softmax(normal(4, seed=2))
    for target, right in ((2, np.eye(4)[2]), (y, y)):

        def cost(x, target=target):
            return entmax_loss(x, target, alpha)

        def slope(x, right=right):
            return entmax(x, alpha) - right

        assert check_gradient(cost, slope, z).difference < 1e-9


@pytest.mark.parametrize("alpha", [1, 1.2, 1.5, 1.8, 2, 3])
def test_products_with_the_jacobian(alpha):
    z, v = np.array([0.03, 0.02, -0.01, -9.0]), np.array([0.5, -1.0, 2.0, 7.0])

    def product(x):
        return entmax_vjp(entmax(x, alpha), v, alpha)

    assert check_gradient(lambda x: v @ entmax(x, alpha), product, z).difference < 1e-9
    assert abs(product(z).sum()) < 1e-15
    if alpha > 1.1:
        assert product(z)[3] == 0


def test_products_of_sparsemax_and_of_rows_without_a_class():
    assert_array_equal(sparsemax_vjp([0.25, 0.75, 0], [1, 0, 9]), [0.5, -0.5, 0])
    for alpha in (1, 1.5, 2, 3):
        assert_array_equal(entmax_vjp([0.0, 0], [1, 2], alpha), [0, 0])
        assert np.isnan(entmax_vjp([NAN, NAN], [1, 2], alpha)).all()
        assert_array_equal(entmax_vjp([1.0, 0], [3, 2], alpha), [0, 0])


@pytest.mark.parametrize("bad", [NAN, INF, -INF])
@pytest.mark.parametrize("alpha", [1, 1.5, 2, 3])
def test_a_gradient_that_is_not_finite_is_not_hidden(alpha, bad):
    for p in ([1.0, 0], [0, 0], [0.5, 0.5], [NAN, 0]):
        assert np.isnan(entmax_vjp([p, [1, 0]], [[0, bad], [0, 1]], alpha)).any(axis=1).tolist() == [True, False]
    assert np.isnan(entmax_vjp([NAN, 0], [1, 1], alpha)).all()


def test_a_steep_slope_beside_a_certain_class():
    """The derivative of the small probability has no bound; the certain class has minus the sum of the others."""
    assert_allclose(entmax_vjp([1, 1e-8], [0, 1], 4), [-1, 1], rtol=1e-7)
    assert_allclose(entmax_vjp([1, 1e-10], [1e8, 1], 1.5), [1e8 * 1e-5, -1e8 * 1e-5], rtol=1e-4)


@pytest.mark.parametrize("center", [-3, 0, 3])
def test_products_with_the_jacobian_of_softmax1(center):
    z, v = center + normal(5), normal(5, seed=1)
    check = check_gradient(lambda x: v @ softmax1(x), lambda x: softmax1_vjp(softmax1(x), v), z)
    assert check.difference < 1e-9


# --- softmax1 -------------------------------------------------------------------------------------------------------


@given(z=hnp.arrays(np.float64, st.integers(1, 6), elements=st.floats(-1e300, 1e300) | st.floats(-40, 40)))
def test_softmax1_within_the_bound_of_softmax(z):
    p = softmax1(z)
    assert (oracle.ulps(p, oracle.softmax([*z, 0.0])[:-1]) <= 8).all()
    assert 0 <= p.sum() <= 1 + 4 * U


@pytest.mark.parametrize(
    ("z", "p"),
    [
        ([-INF, -INF], [0, 0]),
        ([-1e300, -1e300], [0, 0]),
        ([1e300, 1e300], [0.5, 0.5]),
        ([0], [0.5]),
        ([INF, 3], [1, 0]),
        ([NAN, 3], [NAN, NAN]),
    ],
)
def test_special_values_of_softmax1(z, p):
    assert_array_equal(softmax1(z), p)


# --- Bad input ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("alpha", [0.999, 0, -1, INF, NAN])
def test_alpha_out_of_range(alpha):
    with pytest.raises(ValueError, match=f"alpha is {re.escape(str(alpha))}; expected a finite number of at least 1"):
        entmax([1, 2], alpha)
    with pytest.raises(ValueError, match="alpha is"):
        entmax_loss([1, 2], 0, alpha)
    with pytest.raises(ValueError, match="alpha is"):
        entmax_vjp([0.5, 0.5], [1, 2], alpha)


@pytest.mark.parametrize("alpha", ["2", None, True, [1.5]])
def test_alpha_of_the_wrong_type(alpha):
    with pytest.raises(TypeError, match=r"alpha is .*; expected one real number"):
        entmax([1, 2], alpha)


@pytest.mark.parametrize("function", [sparsemax, entmax, softmax1])
def test_bad_scores_and_axes(function):
    with pytest.raises(ValueError, match=r"z, of shape \(2, 0\), is empty along axis -1; expected at least one class"):
        function(np.zeros((2, 0)))
    with pytest.raises(np.exceptions.AxisError, match=r"axis 2 does not exist in z, of shape \(2, 3\)"):
        function(np.zeros((2, 3)), axis=2)
    with pytest.raises(np.exceptions.AxisError, match="z is a single number"):
        function(3.0)
    for axis in (None, (0, 1), 1.0):
        with pytest.raises(TypeError, match=r"axis is .*; expected an integer"):
            function(np.zeros((2, 3)), axis=axis)
    with pytest.raises(TypeError, match=r"z has dtype .*; expected real numbers"):
        function(["panda", "duck"])


@pytest.mark.parametrize("loss", [sparsemax_loss, entmax_loss])
def test_bad_targets(loss):
    z = np.zeros((2, 3))
    with pytest.raises(ValueError, match=r"targets\[1\] is 3; expected 0 to 2"):
        loss(z, [0, 3])
    with pytest.raises(ValueError, match=r"targets\[1\] is -1; .* along axis -1$"):  # no word on a mask
        loss(z, [0, -1])
    with pytest.raises(ValueError, match=r"targets has shape \(3,\); expected \(2,\)"):
        loss(z, [0, 1, 2])
    with pytest.raises(ValueError, match=r"row \(1,\) has a smallest entry of 0\.5 and sums to 1.5"):
        loss(z, [[1, 0, 0], [0.5, 0.5, 0.5]])
    with pytest.raises(TypeError, match="targets has dtype float64"):
        loss(z, [0.0, 1.0])


@pytest.mark.parametrize("product", [sparsemax_vjp, entmax_vjp, softmax1_vjp])
def test_bad_pairs(product):
    with pytest.raises(ValueError, match=r"v has shape \(2,\); expected \(3,\), that of p"):
        product([1, 0, 0], [1, 2])
    with pytest.raises(TypeError, match="axis is None, of type NoneType; expected an integer"):
        product([[1, 0]], [[1, 2]], axis=None)
