"""Attention: against the plain form and an exact one, axes and masks, NaN, overflow, memory, bad input."""

import re
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal

from softmaxlib import softmax
from softmaxlib.attention import scaled_dot_product
from tests.library import oracle

MOST = np.finfo(np.float64).max


def plain(Q, K, V, where=None):
    return softmax(Q @ np.swapaxes(K, -1, -2) / np.sqrt(Q.shape[-1]), where=where) @ V


def normal(*shapes, seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape).astype(dtype) for shape in shapes]


# --- Digits ---------------------------------------------------------------------------------------------------------


def bound(Q, K, block):
    """The bound of the docstring for each query, in u of the largest value."""
    (_, d), M = Q.shape, len(K)
    A = (np.abs(Q) @ np.abs(K).T).astype(np.float64).max(axis=1) / np.sqrt(d)
    block = min(block, M)
    return 2 * (d + 4) * A + 2 * block + 16 * -(-M // block) + 13


def errors(Q, K, V, block):
    """The errors for each query, in u of the largest value, against exact sums of the oracle's weights."""
    result = scaled_dot_product(Q, K, V, block=block)
    unit = np.finfo(result.dtype).eps / 2 * float(np.abs(V).max())
    worst = []
    for q, row in zip(Q, result, strict=True):
        with oracle.mpmath.workdps(oracle.DIGITS):
            root = oracle.mpmath.sqrt(len(q))
            scores = [sum(oracle.exact(x) * oracle.exact(y) for x, y in zip(q, k, strict=True)) / root for k in K]
            weights = [oracle.mpmath.exp(score - max(scores)) for score in scores]
            total = sum(weights)
            means = [sum(w * oracle.exact(v) for w, v in zip(weights, column, strict=True)) / total for column in V.T]
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
    assert_array_equal(scaled_dot_product(*map(np.ones, (Q, K, V))), np.zeros(shape), strict=True)


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


def test_the_arrays_of_the_caller_are_left_alone():
    arrays = normal((4, 3), (5, 3), (5, 2))
    where = np.ones((4, 5), bool)
    before = [array.copy() for array in arrays]
    scaled_dot_product(*arrays, where=where, block=2)[...] = -7
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
