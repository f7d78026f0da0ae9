"""Inside the functions: blocks, sums, exponents, memory."""

import math
import tracemalloc
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_array_equal

from softmaxlib import kernel, log_softmax, logsumexp, softmax

FUNCTIONS = [softmax, log_softmax, logsumexp]
SHAPES = [
    ((30_000, 5), -1),
    ((300, 400), -1),
    ((5, 30_000), 0),
    ((2000, 100), 0),
    ((3000, 40), 0),
    ((2, 2000, 50), 1),
    ((2, 40_000), -1),  # rows longer than a block
    ((40_000, 3), 0),
]

each_function = pytest.mark.parametrize("function", FUNCTIONS)


# --- Blocks ---------------------------------------------------------------------------------------------------------


@each_function
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize(("shape", "axis"), SHAPES, ids=str)
def test_many_blocks_are_as_one(function, dtype, shape, axis, monkeypatch):
    """How the rows are cut into blocks changes no bit."""
    z = (3 * np.random.default_rng(0).normal(size=shape)).astype(dtype)
    monkeypatch.setattr(kernel, "BLOCK", 1 << 20)
    whole = function(z, axis=axis)
    monkeypatch.setattr(kernel, "BLOCK", 1000)
    monkeypatch.setattr(kernel, "NARROW", 16)
    monkeypatch.setattr(kernel, "WIDE", 64)
    assert_array_equal(function(z, axis=axis), whole)


@each_function
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize(("shape", "axis"), SHAPES, ids=str)
def test_many_blocks_are_nearly_as_one_in_fast_sums(function, dtype, shape, axis, monkeypatch):
    z = (3 * np.random.default_rng(0).normal(size=shape)).astype(dtype)
    whole = function(z, axis=axis, fast=True)
    monkeypatch.setattr(kernel, "BLOCK", 1000)
    monkeypatch.setattr(kernel, "NARROW", 16)
    monkeypatch.setattr(kernel, "WIDE", 64)
    eps = np.finfo(np.promote_types(dtype, np.float32)).eps
    rounding = (eps if dtype != np.float16 else np.finfo(np.float16).eps) * math.log2(shape[axis])
    np.testing.assert_allclose(function(z, axis=axis, fast=True), whole, rtol=float(rounding), atol=1e-7)


@each_function
@pytest.mark.parametrize("axis", [0, 1])
def test_a_wild_row_leaves_its_neighbors_alone(function, axis):
    """Rows that need a shift, hold NaN or infinities change no bit of the others in their block."""
    z = 10 * np.random.default_rng(0).normal(size=(50, 40))
    alone = function(z, axis=1)
    wild = [3, 7, 20, 21, 49]
    tame = np.setdiff1d(np.arange(50), wild)
    z[wild] += np.array([1e4, -2000, np.nan, np.inf, -np.inf])[:, np.newaxis]
    result = function(z, axis=1) if axis == 1 else function(np.ascontiguousarray(z.T), axis=0).T
    assert_array_equal(result[tame], alone[tame])


@each_function
@pytest.mark.parametrize("classes", [3, 50, 1_000_000])
def test_a_row_has_the_same_bits_in_any_order_batch_and_axis(function, classes):
    """Sums are rounded once, so nothing about the way to them counts; equal terms are the hardest case."""
    row = np.concatenate([np.full(classes - classes // 3, 0.1), 7 * np.random.default_rng(1).normal(size=classes // 3)])
    order = np.random.default_rng(0).permutation(classes)
    alone = function(row)
    beside = np.stack([row, row[order], np.full(classes, -0.61)])
    for result in (function(beside), np.moveaxis(function(np.ascontiguousarray(beside.T), axis=0), -1, 0)):
        assert_array_equal(result[0], alone)
        assert_array_equal(result[1], alone if function is logsumexp else alone[order])


@each_function
@pytest.mark.parametrize("low", [-600.5, -650, -740])
def test_the_order_does_not_decide_about_the_shift(function, low):
    """Of log-probabilities, whose exponentials sum to 1 but for rounding, beside a score that would underflow."""
    rng = np.random.default_rng(0)
    for p in rng.dirichlet(np.ones(5), size=300):
        row = np.append(np.log(p), low)
        order = rng.permutation(6)
        result, batch = function(row), function(np.stack([row, row[order], -row]))
        assert_array_equal(batch[0], result)
        assert_array_equal(batch[1], result if function is logsumexp else result[order])


# --- Sums -----------------------------------------------------------------------------------------------------------


def rounded(terms):
    """The rounded sums of terms (K, n)."""
    plain = kernel.plain_sum(terms)
    return kernel.rounded_sum(terms, plain, kernel.ends(plain))


@given(
    terms=hnp.arrays(np.float64, st.integers(1, 300), elements=st.floats(0, 1) | st.floats(0, 1e-12)),
    seed=st.integers(0, 99),
)
def test_sums_are_the_float_next_to_the_sum(terms, seed):
    """Alone, in any order, beside others, class after class or row after row."""
    exact = math.fsum(terms)
    shuffled = np.random.default_rng(seed).permutation(terms)
    several = np.stack([terms, shuffled, terms / 1024, np.full_like(terms, 1e200)], axis=1)
    for total in (
        rounded(terms[:, np.newaxis]),
        rounded(shuffled[:, np.newaxis]),
        rounded(several)[:2],
        rounded(np.asfortranarray(several))[:2],
    ):
        assert_array_equal(total, exact)


@pytest.mark.parametrize("classes", [3, 5, 17])
def test_sums_that_lie_between_two_floats_are_rounded_to_even(classes):
    """Many such sums do, if all terms have as many binary places."""
    terms = np.random.default_rng(0).integers(2**52, 2**53, size=(classes, 2000)) * 2.0**-52
    exact = np.array([float(sum(map(Fraction, column))) for column in terms.T.tolist()])
    halfway = np.array([Fraction(x) for x in exact]) != [sum(map(Fraction, column)) for column in terms.T.tolist()]
    assert halfway.mean() > 0.3
    assert_array_equal(rounded(terms), exact)
    terms[0] *= 2.0**-80  # too small for the low parts to be exact
    assert_array_equal(rounded(terms), [math.fsum(column) for column in terms.T])


def test_doubtful_sums_are_added_up_anew(monkeypatch):
    """Where the low parts, which are not exact, decide how the sum rounds."""
    terms = np.array([[1.0, 1.0], [2.0**-53, 2.0**-53], [2.0**-120, 2.0**-140], [2.0**-121, 0.0]])
    calls = []
    monkeypatch.setattr(kernel.math, "fsum", lambda numbers: calls.append(numbers) or sum(map(Fraction, numbers)))
    assert_array_equal(rounded(terms), 1 + 2.0**-52)
    assert len(calls) == 2


@each_function
@pytest.mark.parametrize("top", [709.7, 709.78, 1e5])
@pytest.mark.parametrize("classes", [3, 16, 17, 1000])
def test_sums_that_overflow_lead_to_a_shift(function, classes, top):
    """Alone and beside rows that do not."""
    row = np.full(classes, top)
    alone, beside = function(row), function(np.stack([row, np.zeros(classes)]))
    assert np.isfinite(alone).all()
    assert_array_equal(beside[0], alone)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("classes", [1, 15, 16, 17, 33, 255, 257, 100_003, 1_000_000])
def test_pairwise_sums_keep_their_bound(classes, order, dtype):
    """(log2(K) + 41) u, for equal terms too, of which one after the other loses K u."""
    for terms in (np.full((classes, 3), 0.1, dtype), np.random.default_rng(0).random((classes, 3), dtype)):
        exact = np.array([math.fsum(column.tolist()) for column in terms.T])
        total = kernel.pairwise_sum(np.asarray(terms, order=order))
        u = float(np.finfo(dtype).eps) / 2
        assert (np.abs(total.astype(np.float64) / exact - 1) <= (math.log2(classes) + 41) * u).all()


def test_plain_sums_are_worse():
    """Or the grid would not be worth its time."""
    terms = np.random.default_rng(0).random((1000, 200))
    exact = np.array([math.fsum(column) for column in terms.T])
    assert_array_equal(rounded(terms), exact)
    assert (np.abs(kernel.plain_sum(terms) - exact) / np.spacing(exact)).max() > 2


# --- Exponents ------------------------------------------------------------------------------------------------------


@given(
    z=st.floats(-(2.0**60), 2.0**60),
    shift=st.floats(-(2.0**60), 2.0**60),
    temperature=st.floats(2.0**-20, 2.0**20),
)
def test_exponents_and_their_errors(z, shift, temperature):
    """Together they are right to far more than the 53 bits of one float: the remainder of a division is exact."""
    exponent, error = kernel.shifted(np.array([z]), np.array([shift]), temperature)
    exact = (Fraction(z) - Fraction(shift)) / Fraction(temperature)
    assert exponent[0] == pytest.approx(float(exact), rel=4e-16)
    left = exact - Fraction(exponent[0]) - Fraction(error[0])
    assert abs(left) <= abs(exact) * Fraction(2) ** -100 + Fraction(2) ** -1000


@pytest.mark.parametrize("temperature", [5e-324, 3e-315, 1e-300, 1e300, 1.7e308])
@pytest.mark.parametrize("ratio", [0, 1e-3, 0.3, 17.0, 700.0])
def test_exponents_at_the_ends_of_the_range(temperature, ratio):
    z = ratio * temperature if ratio * temperature < 1.7e308 else temperature
    exponent, error = kernel.shifted(np.array([-z]), np.array([0.0]), temperature)
    exact = -Fraction(z) / Fraction(temperature)
    assert abs(exact - Fraction(exponent[0]) - Fraction(error[0])) <= abs(exact) * Fraction(2) ** -100


# --- Memory ---------------------------------------------------------------------------------------------------------


@each_function
@pytest.mark.parametrize(
    ("shape", "axis"), [((4000, 1000), -1), ((400_000, 10), -1), ((1000, 4000), 0), ((20, 200_000), -1)], ids=str
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extra_memory_is_a_few_blocks(function, shape, axis, dtype):
    """Of 512 KiB each, or of one long row; a copy of the logits would be 16 or 32 MB."""
    z = np.random.default_rng(0).normal(size=shape).astype(dtype)
    function(z[:1], axis=axis)  # what is kept from one call to the next is no part of it
    tracemalloc.start()
    result = function(z, axis=axis)
    peak = tracemalloc.get_traced_memory()[1] - result.nbytes
    tracemalloc.stop()
    assert peak <= 4 * 8 * max(kernel.BLOCK, shape[axis] if axis else 0)
