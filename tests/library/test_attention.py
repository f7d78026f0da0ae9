"""Attention: against the plain form and an exact one, axes and masks, NaN, overflow, memory, bad input.

The gradients are compared with differences, and with exact sums of the oracle.
"""

import fractions
import re
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal

from softmaxlib import softmax
from softmaxlib.attention import attention_weights, scaled_dot_product, scaled_dot_product_vjp
from softmaxlib.gradients import check_gradient
from tests.library import oracle

MOST = np.finfo(np.float64).max


def plain_weights(Q, K, where=None, scale=None):
    scale = 1 / np.sqrt(Q.shape[-1]) if scale is None else scale
    return softmax(Q @ np.swapaxes(K, -1, -2) * scale, where=where)


def plain(Q, K, V, where=None, scale=None):
    return plain_weights(Q, K, where, scale) @ V


def normal(*shapes, seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape).astype(dtype) for shape in shapes]


# --- Digits ---------------------------------------------------------------------------------------------------------


def bound(Q, K, block):
    """The bound of the docstring for each query, in u of the largest value."""
    (_, d), M = Q.shape, len(K)
    A = (np.abs(Q) @ np.abs(K).T).astype(np.float64).max(axis=1) / np.sqrt(d)
    block = min(block, M)
    return 2 * (d + 5) * A + 2 * block + 16 * -(-M // block) + 13


def exact_weights(Q, K, scale=None):
    """The weights of the oracle, a list for each query."""
    with oracle.mpmath.workdps(oracle.DIGITS):
        factor = 1 / oracle.mpmath.sqrt(Q.shape[1]) if scale is None else oracle.exact(scale)
        rows = [[oracle.exact(x) for x in row] for row in (*Q, *K)]
        queries, keys = rows[: len(Q)], rows[len(Q) :]
        return [oracle.softmax([factor * oracle.mpmath.fdot(q, k) for k in keys]) for q in queries]


def errors(Q, K, V, block):
    """The errors for each query, in u of the largest value, against exact sums of the oracle's weights."""
    result = scaled_dot_product(Q, K, V, block=block)
    unit = np.finfo(result.dtype).eps / 2 * float(np.abs(V).max())
    worst = []
    for weights, row in zip(exact_weights(Q, K), result, strict=True):
        with oracle.mpmath.workdps(oracle.DIGITS):
            means = [sum(w * oracle.exact(v) for w, v in zip(weights, column, strict=True)) for column in V.T]
            worst.append(max(float(abs(oracle.exact(x) - mean)) for x, mean in zip(row, means, strict=True)) / unit)
    return np.array(worst)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("scale", "seen"), [(1, 4), (30, 40)])
@pytest.mark.parametrize("block", [7, 1000])
def test_within_the_bound_of_the_docstring(dtype, scale, seen, block):
    """Far within: errors of many roundings cancel."""
    Q, K, V = normal((6, 8), (90, 8), (90, 3), dtype=dtype)
    Q *= dtype(scale)
    found = errors(Q, K, V, block)
    assert (found <= bound(Q, K, block)).all()
    assert found.max() <= seen


small = st.floats(-30, 30)


@given(
    Q=hnp.arrays(np.float64, (2, 3), elements=small),
    K=hnp.arrays(np.float64, (5, 3), elements=small),
    V=hnp.arrays(np.float64, (5, 2), elements=st.floats(-1e300, 1e300)),
    block=st.integers(1, 6),
)
def test_within_the_bound_for_anything(Q, K, V, block):
    if np.abs(V).max() > 1e-290:
        assert (errors(Q, K, V, block) <= bound(Q, K, block)).all()


scales = st.none() | st.floats(-3, 3)


@given(
    Q=hnp.arrays(np.float64, (2, 3), elements=small),
    K=hnp.arrays(np.float64, (5, 3), elements=small),
    scale=scales,
    dtype=st.sampled_from([np.float32, np.float64]),
)
def test_weights_within_the_bound_of_the_docstring(Q, K, scale, dtype):
    """To first order; where a product underflows, it is off by a unit of the smallest number instead."""
    Q, K = Q.astype(dtype), K.astype(dtype)
    weights = attention_weights(Q, K, scale=scale)
    limits = np.finfo(dtype)
    factor = 1 / np.sqrt(3) if scale is None else abs(scale)
    A = factor * (np.abs(Q) @ np.abs(K).T).astype(np.float64).max(axis=1)
    allowed = (2 * (3 + 5) * A + 16) * limits.eps / 2
    allowed += allowed**2 + 1000 * float(limits.smallest_subnormal) * max(factor, 1)
    for row, expected, relative in zip(weights, exact_weights(Q, K, scale), allowed, strict=True):
        for weight, value in zip(row, expected, strict=True):
            if value > limits.tiny:
                assert abs(oracle.exact(weight) - value) <= relative * value


def exact_gradients(Q, K, V, G, scale):
    """The gradients for Q, K and V by the sums of the docstring, without rounding."""
    P = exact_weights(Q, K, scale)
    with oracle.mpmath.workdps(oracle.DIGITS):
        Q, K, V, G, P = (oracle.mpmath.matrix([[oracle.exact(x) for x in row] for row in m]) for m in (Q, K, V, G, P))
        dP = G * V.T
        dS = oracle.mpmath.matrix(P.rows, P.cols)
        for i in range(P.rows):
            mean = sum(P[i, k] * dP[i, k] for k in range(P.cols))
            for j in range(P.cols):
                dS[i, j] = oracle.exact(scale) * P[i, j] * (dP[i, j] - mean)
        return [np.array(m.tolist(), dtype=np.float64) for m in (dS * K, dS.T * Q, P.T * G)]


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-14), (np.float32, 1e-5)])
@pytest.mark.parametrize("scale", [0.5, -3.0, 0])
@pytest.mark.parametrize("block", [2, 1000])
def test_gradients_agree_with_the_oracle(dtype, tolerance, scale, block):
    arrays = normal((5, 4), (6, 4), (6, 3), (5, 3), dtype=dtype)
    found = scaled_dot_product_vjp(*arrays, scale=scale, block=block)
    for gradient, expected in zip(found, exact_gradients(*arrays, scale), strict=True):
        assert gradient.dtype == dtype
        assert_allclose(gradient, expected, rtol=0, atol=tolerance * max(1, np.abs(expected).max()))


@given(
    V=hnp.arrays(np.float64, (7, 2), elements=st.floats(allow_nan=False, allow_infinity=False)), seed=st.integers(0, 9)
)
def test_a_mean_is_between_the_values(V, seed):
    mean = scaled_dot_product(*normal((4, 2), (7, 2), seed=seed), V, block=3)
    assert ((V.min(axis=0) <= mean) & (mean <= V.max(axis=0))).all()


# --- Axes and masks -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("block", [1, 3, 7, 1000])
def test_leading_axes_broadcast(block):
    Q, K, V = normal((2, 1, 6, 4), (3, 7, 4), (2, 3, 7, 5))
    result = scaled_dot_product(Q, K, V, block=block)
    assert result.shape == (2, 3, 6, 5)
    assert_allclose(result, plain(Q, K, V), rtol=0, atol=1e-14)
    assert_array_equal(result[1, 2], scaled_dot_product(Q[1, 0], K[2], V[1, 2], block=block))


MASKS = {
    "everything": True,
    "keys": np.arange(7) < 5,
    "queries": np.arange(6)[:, np.newaxis] != 3,
    "each": np.random.default_rng(5).random((6, 7)) < 0.4,
    "batch": np.random.default_rng(6).random((2, 1, 6, 7)) < 0.4,
    "nothing": False,
}


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("block", [1, 3, 1000])
def test_masks_broadcast_to_the_scores(mask, block):
    """And a query that sees no key gets zeros, as from the plain form."""
    where = MASKS[mask]
    Q, K, V = normal((2, 3, 6, 4), (2, 3, 7, 4), (2, 3, 7, 5))
    full = np.broadcast_to(where, (2, 3, 6, 7))
    result = scaled_dot_product(Q, K, V, where=where, block=block)
    assert_allclose(result, plain(Q, K, V, full), rtol=0, atol=1e-14)
    assert_array_equal(result[~full.any(axis=-1)], 0)


@pytest.mark.parametrize("block", [1, 2, 5, 9, 1000])
@pytest.mark.parametrize("where", [None, np.random.default_rng(7).random((9, 9)) < 0.7], ids=["causal", "and a mask"])
def test_causal(block, where):
    Q, K, V = normal((2, 9, 4), (2, 9, 4), (2, 9, 5))
    seen = np.tri(9, dtype=bool) & (True if where is None else where)
    result = scaled_dot_product(Q, K, V, where=where, causal=True, block=block)
    assert_allclose(result, plain(Q, K, V, seen), rtol=0, atol=1e-14)


def test_what_comes_later_is_not_even_looked_at():
    Q, K, V = normal((6, 2), (6, 2), (6, 1))
    clean = scaled_dot_product(Q, K, V, causal=True, block=2)
    K[3:], V[3:] = 1e300, -1e300
    assert_array_equal(scaled_dot_product(Q, K, V, causal=True, block=2)[:3], clean[:3])


@pytest.mark.parametrize(
    ("Q", "K", "V", "shape"),
    [((0, 2), (3, 2), (3, 4), (0, 4)), ((3, 2), (0, 2), (0, 4), (3, 4)), ((0, 3, 2), (5, 2), (5, 1), (0, 3, 1))],
)
def test_without_queries_or_keys(Q, K, V, shape):
    Q, K, V = map(np.ones, (Q, K, V))
    assert_array_equal(scaled_dot_product(Q, K, V), np.zeros(shape), strict=True)
    for gradient, array in zip(scaled_dot_product_vjp(Q, K, V, np.ones(shape)), (Q, K, V), strict=True):
        assert_array_equal(gradient, np.zeros(array.shape), strict=True)
    assert attention_weights(Q, K).shape == (*Q.shape[:-1], K.shape[-2])


# --- Weights, scales and gradients ----------------------------------------------------------------------------------

OPTIONS = {
    "nothing said": {},
    "a mask": {"where": MASKS["each"]},
    "a mask for each of a batch": {"where": MASKS["batch"]},
    "hidden keys": {"where": MASKS["keys"]},
    "a query that sees nothing": {"where": MASKS["queries"]},
    "nothing seen": {"where": False},
    "a scale": {"scale": 2},
    "a negative scale, masked": {"scale": -0.7, "where": MASKS["each"]},
    "a scale of 0": {"scale": 0},
}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_weights_are_those_of_the_result(options):
    Q, K, V = normal((2, 1, 6, 4), (3, 7, 4), (2, 3, 7, 5))
    seen = np.broadcast_to(options.get("where", True), (2, 3, 6, 7))
    weights = attention_weights(Q, K, **options)
    assert weights.shape == (2, 3, 6, 7)
    assert_allclose(weights, plain_weights(Q, K, seen, options.get("scale")), rtol=1e-13)
    assert_array_equal(weights[~seen], 0)
    assert_allclose(weights.sum(axis=-1), seen.any(axis=-1), rtol=0, atol=1e-15)
    assert_allclose(weights @ V, scaled_dot_product(Q, K, V, **options, block=3), rtol=0, atol=1e-14)


@pytest.mark.parametrize("where", [None, MASKS["each"][:, :6]], ids=["causal", "and a mask"])
def test_causal_weights_and_gradients(where):
    Q, K, V, G = normal((6, 4), (6, 4), (6, 5), (6, 5))
    seen = np.tri(6, dtype=bool) & (True if where is None else where)
    assert_array_equal(attention_weights(Q, K, where=where, causal=True), attention_weights(Q, K, where=seen))
    for block in (1, 4, 1000):
        found = scaled_dot_product_vjp(Q, K, V, G, where=where, causal=True, block=block)
        for gradient, expected in zip(found, scaled_dot_product_vjp(Q, K, V, G, where=seen), strict=True):
            assert_allclose(gradient, expected, rtol=0, atol=1e-14)


def test_the_default_scale_is_one_over_the_root_of_the_dimensions():
    Q, K, V, G = normal((3, 5), (4, 5), (4, 2), (3, 2))
    scale = 1 / np.sqrt(5)
    assert_array_equal(scaled_dot_product(Q, K, V), scaled_dot_product(Q, K, V, scale=scale))
    assert_array_equal(attention_weights(Q, K), attention_weights(Q, K, scale=scale))
    for a, b in zip(scaled_dot_product_vjp(Q, K, V, G), scaled_dot_product_vjp(Q, K, V, G, scale=scale), strict=True):
        assert_array_equal(a, b)


@pytest.mark.parametrize("scale", [2, 2.0, np.float32(2), np.array(2.0), fractions.Fraction(2), np.longdouble(2)])
def test_a_scale_of_any_real_type(scale):
    Q, K, V = normal((3, 4), (5, 4), (5, 2))
    assert_array_equal(scaled_dot_product(Q, K, V, scale=scale), scaled_dot_product(Q, K, V, scale=2.0))


def test_with_a_scale_of_0_all_that_is_seen_weighs_the_same():
    Q, K = normal((2, 3), (5, 3))
    weights = attention_weights(Q * 1e300, K * 1e300, scale=0, where=[True, True, False, True, True])
    assert_array_equal(weights, [[0.25, 0.25, 0, 0.25, 0.25]] * 2)


def test_equal_scores_share_the_weight():
    assert_array_equal(
        attention_weights([[1.0, 2.0]], [[2.0, 0.0], [0.0, 1.0], [-5.0, 0.0]], scale=900), [[0.5, 0.5, 0]]
    )


def check_gradients(Q, K, V, options):
    """Compare the gradients of a sum of all results, with weights, with differences."""
    arrays = (Q, K, V)
    (G,) = normal(scaled_dot_product(Q, K, V, **options).shape, seed=1)
    for block in (4, 1000):
        for i, gradient in enumerate(scaled_dot_product_vjp(Q, K, V, G, **options, block=block)):

            def loss(x, i=i):
                return (G * scaled_dot_product(*arrays[:i], x, *arrays[i + 1 :], **options)).sum()

            assert gradient.shape == arrays[i].shape
            assert check_gradient(loss, lambda _, gradient=gradient: gradient, arrays[i]).difference < 1e-8


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_gradients_agree_with_differences(options):
    batch = (2, 1) if options.get("where") is MASKS["batch"] else ()
    check_gradients(*normal((*batch, 6, 2), (*batch, 7, 2), (*batch, 7, 1)), options)


@pytest.mark.parametrize("options", [{"scale": 0.3, "where": np.tri(3, 4, dtype=bool)}, {"causal": True}])
def test_an_array_that_serves_several_heads_gets_the_sum_of_their_gradients(options):
    keys = 3 if "causal" in options else 4
    check_gradients(*normal((2, 1, 3, 2), (3, keys, 2), (1, keys, 1)), options)


@pytest.mark.parametrize("block", [1, 2, 1000])
def test_gradients_of_what_takes_no_part_are_zero(block):
    """A query that sees no key; a key, with its value, that no query sees. Whatever they hold."""
    Q, K, V, G = normal((4, 3), (5, 3), (5, 2), (4, 2))
    where = np.ones((4, 5), bool)
    where[1] = where[:, 3] = False
    clean = scaled_dot_product_vjp(Q, K, V, G, where=where, block=block)
    for junk in (np.nan, MOST, 1e300):
        Q[1], K[3], V[3], G[1] = junk, junk, -junk, junk
        found = scaled_dot_product_vjp(Q, K, V, G, where=where, block=block)
        for gradient, expected in zip(found, clean, strict=True):
            assert_allclose(gradient, expected, rtol=0, atol=1e-15)
    dQ, dK, dV = found
    for gradient, row in ((dQ, 1), (dK, 3), (dV, 3)):
        assert_array_equal(np.flatnonzero(~gradient.any(axis=1)), [row])


@pytest.mark.parametrize("block", [1, 2, 1000])
@pytest.mark.parametrize("name", ["Q", "K", "V", "G"])
def test_nan_reaches_the_gradients_of_what_sees_it(name, block):
    arrays = dict(zip("QKVG", normal((5, 3), (6, 3), (6, 2), (5, 2)), strict=True))
    where = np.random.default_rng(3).random((5, 6)) < 0.4
    clean = scaled_dot_product_vjp(*arrays.values(), where=where, block=block)
    arrays[name][2, 1] = np.nan
    queries = where[:, 2] if name in "KV" else (np.arange(5) == 2) & where.any(axis=1)
    keys = where[queries].any(axis=0)
    assert 0 < keys.sum() < 6
    nobody = np.zeros(6, bool)
    found = scaled_dot_product_vjp(*arrays.values(), where=where, block=block)
    for gradient, expected, lost in zip(found, clean, (queries, keys, nobody if name == "V" else keys), strict=True):
        assert_array_equal(np.isnan(gradient), np.repeat(lost[:, np.newaxis], gradient.shape[1], axis=1))
        assert_array_equal(gradient[~lost], expected[~lost])


def test_nan_weighs_nan_where_it_is_seen():
    Q, K = normal((3, 2), (4, 2))
    where = np.array([[1, 1, 0, 1], [1, 0, 1, 0], [0, 0, 0, 0]], bool)
    clean = attention_weights(Q, K, where=where)
    K[1, 0] = np.nan
    weights = attention_weights(Q, K, where=where)
    assert_array_equal(np.isnan(weights), [where[0], [False] * 4, [False] * 4])
    assert_array_equal(weights[1:], clean[1:])
    assert_array_equal(weights[0, 2], 0)


tokens = hnp.arrays(np.float64, (3, 5, 4), elements=small)
masks = hnp.arrays(bool, (5, 5))


@given(QKV=tokens, where=masks, scale=scales, order=st.permutations(range(5)))
def test_permuted_queries_give_permuted_results(QKV, where, scale, order):
    result = scaled_dot_product(*QKV, where=where, scale=scale)
    Q, K, V = QKV
    unit = 1e-11 * (1 + np.abs(V).max())
    assert_allclose(
        scaled_dot_product(Q[order], K, V, where=where[order], scale=scale), result[order], rtol=0, atol=unit
    )


@given(QKV=tokens, where=masks, scale=scales, order=st.permutations(range(5)))
def test_the_order_of_keys_with_their_values_does_not_matter(QKV, where, scale, order):
    Q, K, V = QKV
    unit = 1e-11 * (1 + np.abs(V).max())
    result = scaled_dot_product(Q, K, V, where=where, scale=scale)
    moved = scaled_dot_product(Q, K[order], V[order], where=where[:, order], scale=scale)
    assert_allclose(moved, result, rtol=0, atol=unit)
    weights = attention_weights(Q, K, where=where, scale=scale)
    assert_allclose(
        attention_weights(Q, K[order], where=where[:, order], scale=scale), weights[:, order], rtol=0, atol=1e-11
    )


@given(
    QKV=tokens,
    later=hnp.arrays(np.float64, (3, 4), elements=st.floats(-1e300, 1e300) | st.just(np.nan)),
    start=st.integers(1, 4),
    scale=scales,
    block=st.integers(1, 6),
)
def test_a_later_token_never_moves_an_earlier_causal_result(QKV, later, start, scale, block):
    """Not by a bit."""
    changed = QKV.copy()
    changed[:, start:] = later[:, np.newaxis]
    options = {"causal": True, "scale": scale}
    assert_array_equal(
        scaled_dot_product(*changed, **options, block=block)[:start],
        scaled_dot_product(*QKV, **options, block=block)[:start],
    )
    assert_array_equal(
        attention_weights(*changed[:2], **options)[:start], attention_weights(*QKV[:2], **options)[:start]
    )


@given(QKV=tokens, where=masks, scale=scales, block=st.integers(1, 6), causal=st.booleans())
def test_block_by_block_equals_whole(QKV, where, scale, block, causal):
    options = {"where": where, "scale": scale, "causal": causal}
    largest = 1 + np.abs(QKV).max()
    assert_allclose(
        scaled_dot_product(*QKV, **options, block=block),
        scaled_dot_product(*QKV, **options),
        rtol=0,
        atol=1e-11 * largest,
    )
    (G,) = normal((5, 4))
    parts = scaled_dot_product_vjp(*QKV, G, **options, block=block)
    for part, whole in zip(parts, scaled_dot_product_vjp(*QKV, G, **options), strict=True):
        assert_allclose(part, whole, rtol=0, atol=1e-10 * largest**2)


@given(QKV=tokens, where=masks, scale=scales)
def test_a_vector_added_to_all_keys_gets_no_gradient(QKV, where, scale):
    (G,) = normal((5, 4))
    _, dK, dV = scaled_dot_product_vjp(*QKV, G, where=where, scale=scale)
    largest = 1 + np.abs(QKV).max()
    assert_allclose(dK.sum(axis=0), 0, atol=1e-12 * largest**2)
    assert_allclose(dV.sum(axis=0), G[where.any(axis=1)].sum(axis=0), rtol=0, atol=1e-12)


# --- Special values -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("block", [1, 2, 100])
@pytest.mark.parametrize("causal", [False, True])
def test_nan_reaches_the_queries_that_see_it(block, causal):
    Q, K, V = normal((5, 3), (5, 3), (5, 2))
    where = np.random.default_rng(1).random((5, 5)) < 0.6
    seen = where & np.tri(5, dtype=bool) if causal else where
    options = {"where": where, "causal": causal, "block": block}
    clean = scaled_dot_product(Q, K, V, **options)
    for array, touched in ((Q, np.arange(5) == 2), (K, seen[:, 2]), (V, seen[:, 2])):
        hurt = [a.copy() for a in (Q, K, V)]
        hurt[[a is array for a in (Q, K, V)].index(True)][2, 1] = np.nan
        result = scaled_dot_product(*hurt, **options)
        if array is Q and not seen[2].any():
            touched = np.zeros(5, bool)
        gone = np.isnan(result[:, 1])
        assert_array_equal(gone, touched)
        assert_array_equal(result[~gone], clean[~gone])
        if array is V:
            assert_array_equal(result[:, 0], clean[:, 0])


def test_nan_values_in_several_blocks():
    Q, K, V = normal((3, 2), (5, 2), (5, 2))
    V[0, 0] = V[4, 1] = np.nan
    where = np.array([[1, 1, 0, 1, 0], [0, 1, 1, 0, 1], [0, 1, 1, 1, 0]], bool)
    result = scaled_dot_product(Q, K, V, where=where, block=2)
    assert_array_equal(np.isnan(result), [[True, False], [False, True], [False, False]])


@pytest.mark.parametrize(
    ("Q", "K", "V", "mean"),
    [
        ([[1.0]], [[1.0], [2.0]], [[MOST], [MOST]], MOST),
        ([[0.0]], [[1.0]] * 5, [[1.6e308]] * 4 + [[-1e308]], 1.08e308),
        ([[1e200]], [[1e200], [1e200], [-1e200]], [[1.0], [2.0], [3.0]], 1.5),
        ([[MOST] * 9], [[MOST] * 9, [-MOST] * 9], [[1.0], [2.0]], 1),
        ([[MOST]], [[5e-324], [0.0]], [[1.0], [0.0]], 1 / (1 + np.exp(-MOST * 5e-324))),
        (np.float32([[1e30]]), np.float32([[1e30], [1e30]]), np.float32([[1], [3]]), 2),
        (np.float32([[1]]), np.float32([[1]] * 3), np.float32([[3e38]] * 3), np.float32(3e38)),
    ],
)
def test_nothing_overflows_but_a_result_that_is_too_large(Q, K, V, mean):
    assert_allclose(scaled_dot_product(Q, K, V), [[mean]], rtol=1e-15)
    assert_allclose(scaled_dot_product(Q, K, V, block=1), [[mean]], rtol=1e-15)


@pytest.mark.parametrize(
    ("Q", "K", "scale", "lead"),
    [
        ([[1e200]], [[1e200], [-1e200]], None, MOST),
        ([[MOST] * 9], [[MOST] * 9, [-MOST] * 9], 1e300, MOST),
        ([[1e10]], [[1e-300], [0.0]], 1e290, 1.0),
        ([[1e10]], [[1e-308], [0.0]], 1e300, 100.0),
        ([[1e200]], [[1e200], [0.0]], 1e-300, MOST),
        ([[1e-10]], [[1e305], [0.0]], 1e-295, 1.0),
        ([[1e-300]], [[1e300], [0.0]], 1e-20, 1e-20),
        ([[2e-300]], [[1e300], [0.0]], 0.5, 1.0),
        ([[3e-323]], [[2.0**1000, 0], [0.0, 0]], 2.0**73, 3e-323 * 2.0**1000 * 2.0**73),
        (np.float32([[2.0**100]]), np.float32([[2.0**-120], [0]]), 2.0**20, 1.0),
        (np.float32([[2.0**-120]]), np.float32([[2.0**127], [0]]), 2.0**-7, 1.0),
        (np.float32([[2.0**-140]]), np.float32([[2.0**-140], [0]]), 2.0**280, 1.0),
        (np.float32([[1e30]]), np.float32([[1e30], [0]]), -1e300, -MOST),
    ],
)
def test_no_score_overflows_at_any_scale(Q, K, scale, lead):
    """And none loses digits on the way to a lead, in nats, that counts."""
    Q = np.pad(Q, ((0, 0), (0, np.shape(K)[1] - np.shape(Q)[1])))
    expected = softmax([[lead / 2, -lead / 2]])
    tolerance = 4e-16 if Q.dtype == np.float64 else 2e-7
    assert_allclose(attention_weights(Q, K, scale=scale), expected, rtol=0, atol=tolerance)
    V = np.eye(2, dtype=Q.dtype)
    for block in (1, 1000):
        assert_allclose(scaled_dot_product(Q, K, V, scale=scale, block=block), expected, rtol=0, atol=tolerance)
    dQ, _, dV = scaled_dot_product_vjp(Q, K, V, [[1, 1]], scale=scale)
    assert_allclose(dV, np.repeat(expected.T, 2, axis=1), rtol=0, atol=tolerance)
    assert_array_equal(dQ, 0)


def test_scores_too_large_for_a_hidden_key_cost_no_digits():
    """Neither those of the query that has them, nor those of the others."""
    Q, K, V = normal((4, 3), (6, 3), (6, 2))
    expected = scaled_dot_product(Q, K[:5], V[:5])
    Q[2] *= 2.0**900
    K[:5] *= 2.0**-900
    K[5] *= 2.0**200
    result = scaled_dot_product(Q, K, V, where=np.arange(6) < 5)
    assert_allclose(result[2], expected[2], rtol=0, atol=1e-15)
    assert_allclose(result[[0, 1, 3]], np.tile(V[:5].mean(axis=0), (3, 1)), rtol=1e-15)


def test_a_hidden_nan_leaves_large_scores_right():
    where = [True, True, False]
    assert_array_equal(
        scaled_dot_product([[1e200]], [[1e200], [1e200], [np.nan]], [[1], [2], [3]], where=where), [[1.5]]
    )


# --- Arrays ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dtypes", "expected"),
    [("fff", "f"), ("ddd", "d"), ("fdf", "d"), ("eee", "f"), ("eef", "f"), ("iii", "d"), ("ggg", "g")],
)
def test_the_widest_dtype(dtypes, expected):
    result = scaled_dot_product(*(np.eye(3, dtype=dtype) for dtype in dtypes))
    assert result.dtype == np.dtype(expected)
    assert_allclose(result, plain(*[np.eye(3)] * 3), rtol=1e-6)


@pytest.mark.parametrize(
    ("dtypes", "expected"), [("fff", "f"), ("ddd", "d"), ("fdf", "d"), ("eee", "f"), ("iii", "d"), ("ggg", "g")]
)
def test_weights_and_gradients_in_the_widest_dtype(dtypes, expected):
    Q, V, G = (np.eye(3, dtype=dtype) for dtype in dtypes)
    for scale in (None, np.float64(0.5)):
        gradients = scaled_dot_product_vjp(Q, Q, V, G, scale=scale)
        assert {gradient.dtype for gradient in gradients} == {np.dtype(expected)}
        assert attention_weights(Q, V, scale=scale).dtype == np.dtype(expected)


def test_the_arrays_of_the_caller_are_left_alone():
    arrays = normal((4, 3), (5, 3), (5, 2), (4, 2))
    where = np.ones((4, 5), bool)
    before = [array.copy() for array in arrays]
    scaled_dot_product(*arrays[:3], where=where, block=2)[...] = -7
    attention_weights(*arrays[:2], where=where)[...] = -7
    for gradient in scaled_dot_product_vjp(*arrays, where=where):
        gradient[...] = -7
    for array, copy in zip(arrays, before, strict=True):
        assert_array_equal(array, copy)
    assert where.all()


@pytest.mark.parametrize(
    "options", [{}, {"causal": True}, {"where": np.arange(4096) % 3 > 0}], ids=["", "causal", "where"]
)
def test_holds_no_matrix_of_all_scores(options):
    (x,) = normal((4096, 4), dtype=np.float32)
    tracemalloc.start()
    scaled_dot_product(x, x, x, block=256, **options)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4096 * 4096 * 4 / 20


def test_gradients_hold_a_few_rows_of_scores_only():
    (x,) = normal((4096, 4), dtype=np.float32)
    tracemalloc.start()
    scaled_dot_product_vjp(x, x, x, x, causal=True, block=32)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4096 * 4096 * 4 / 5


# --- What is refused ------------------------------------------------------------------------------------------------

ONE = np.ones((2, 2))


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        ((ONE, ONE, ONE), {"block": 0}, ValueError, "block is 0; expected at least 1"),
        ((ONE, ONE, ONE), {"block": 2.0}, TypeError, "block is 2.0, of type float; expected an integer"),
        ((ONE, ONE, ONE), {"causal": 1}, TypeError, "causal is 1, of type int; expected True or False"),
        (
            (ONE, np.ones((3, 2)), np.ones((3, 2))),
            {"causal": True},
            ValueError,
            "causal is True for 2 queries and 3 keys; expected as many, or where=np.tri(",
        ),
        (
            (ONE, ONE, ONE),
            {"where": [1, 0]},
            TypeError,
            f"where has dtype {np.array([1, 0]).dtype} and shape (2,); expected booleans",
        ),
        (
            (ONE, ONE, ONE),
            {"where": [True] * 3},
            ValueError,
            "where has shape (3,); expected one that broadcasts to that of the scores, (2, 2)",
        ),
        ((ONE[0], ONE, ONE), {}, ValueError, "Q has shape (2,); expected a matrix, or several"),
        ((ONE[:, :0], ONE[:, :0], ONE), {}, ValueError, "Q has shape (2, 0); expected at least one column"),
        ((ONE, ONE[:, :1], ONE), {}, ValueError, "K has shape (2, 1); expected 2 columns, as Q, of shape (2, 2)"),
        ((ONE, ONE, ONE[:1]), {}, ValueError, "V has shape (1, 2); expected 2 rows, as K, of shape (2, 2)"),
        (
            (np.ones((2, 2, 2)), np.ones((3, 2, 2)), ONE),
            {},
            ValueError,
            "Q, K and V have the shapes (2, 2, 2), (3, 2, 2) and (2, 2); expected leading axes that broadcast",
        ),
        (
            (ONE, ONE * np.inf, ONE),
            {},
            ValueError,
            "K, of shape (2, 2), contains an infinity; expected finite numbers",
        ),
        ((ONE, ONE, [[1, -np.inf]] * 2), {}, ValueError, "V, of shape (2, 2), contains an infinity"),
        ((ONE, ONE, [["a"] * 2] * 2), {}, TypeError, "V has dtype <U1 and shape (2, 2); expected real numbers"),
    ],
)
def test_error_message(arguments, options, error, message):
    with pytest.raises(error, match=re.escape(message)):
        scaled_dot_product(*arguments, **options)


@pytest.mark.parametrize(
    ("scale", "error", "message"),
    [
        (np.inf, ValueError, "scale is inf; expected a finite number that float64 holds"),
        (np.nan, ValueError, "scale is nan; expected a finite number that float64 holds"),
        (10**400, ValueError, "expected a finite number that float64 holds"),
        (True, TypeError, "scale is True, of type bool; expected one real number"),
        (np.True_, TypeError, "of type bool; expected one real number"),
        ("0.5", TypeError, "scale is '0.5', of type str; expected one real number"),
        ([0.5], TypeError, "scale is [0.5], of type list; expected one real number"),
        (1j, TypeError, "scale is 1j, of type complex; expected one real number"),
    ],
)
def test_error_message_of_the_scale(scale, error, message):
    for call in (
        lambda: scaled_dot_product(ONE, ONE, ONE, scale=scale),
        lambda: attention_weights(ONE, ONE, scale=scale),
        lambda: scaled_dot_product_vjp(ONE, ONE, ONE, ONE, scale=scale),
    ):
        with pytest.raises(error, match=re.escape(message)):
            call()


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        ((ONE, ONE[0]), {}, ValueError, "K has shape (2,); expected a matrix, or several"),
        ((ONE, ONE[:, :1]), {}, ValueError, "K has shape (2, 1); expected 2 columns, as Q, of shape (2, 2)"),
        (
            (np.ones((4, 3, 2)), np.ones((4, 3, 1))),
            {},
            ValueError,
            "K has shape (4, 3, 1); expected 2 columns, as Q, of shape (4, 3, 2)",
        ),
        ((np.ones((4, 3, 0)), np.ones((4, 3, 0))), {}, ValueError, "Q has shape (4, 3, 0); expected at least one"),
        (
            (np.ones((2, 2, 2)), np.ones((3, 2, 2))),
            {},
            ValueError,
            "Q and K have the shapes (2, 2, 2) and (3, 2, 2); expected leading axes that broadcast",
        ),
        ((ONE * np.inf, ONE), {}, ValueError, "Q, of shape (2, 2), contains an infinity; expected finite numbers"),
        ((ONE, ONE), {"where": ONE}, TypeError, "where has dtype float64 and shape (2, 2); expected booleans"),
        ((ONE, np.ones((3, 2))), {"causal": True}, ValueError, "causal is True for 2 queries and 3 keys;"),
        ((np.ones((4, 3, 2, 2)), np.ones((5, 2))), {"causal": True}, ValueError, "for 2 queries and 5 keys; expected"),
        ((np.ones((4, 2, 5, 2)), np.ones((2, 2))), {"causal": True}, ValueError, "for 5 queries and 2 keys; expected"),
    ],
)
def test_error_message_of_the_weights(arguments, options, error, message):
    with pytest.raises(error, match=re.escape(message)):
        attention_weights(*arguments, **options)


@pytest.mark.parametrize(
    ("G", "options", "error", "message"),
    [
        (
            np.ones((2, 3)),
            {},
            ValueError,
            "G has shape (2, 3); expected (4, 2, 2), that of the result for these Q, K and V",
        ),
        (ONE, {}, ValueError, "G has shape (2, 2); expected (4, 2, 2)"),
        (ONE[0], {}, ValueError, "G has shape (2,); expected a matrix, or several"),
        (np.full((4, 2, 2), np.inf), {}, ValueError, "G, of shape (4, 2, 2), contains an infinity"),
        ("gradient", {}, TypeError, "G has dtype <U8 and shape (); expected real numbers"),
        (np.ones((4, 2, 2)), {"block": 0}, ValueError, "block is 0; expected at least 1"),
        (np.ones((4, 2, 2)), {"where": [True] * 3}, ValueError, "where has shape (3,); expected one that broadcasts"),
        (np.ones((4, 2, 2)), {"causal": 0}, TypeError, "causal is 0, of type int; expected True or False"),
    ],
)
def test_error_message_of_the_gradients(G, options, error, message):
    with pytest.raises(error, match=re.escape(message)):
        scaled_dot_product_vjp(np.ones((4, 1, 2, 2))[:, 0], ONE, ONE, G, **options)
