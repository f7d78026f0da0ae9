"""Inside the functions: blocks, sums, memory."""

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_array_equal

from softmaxlib import kernel, log_softmax, logsumexp, softmax

FUNCTIONS = [softmax, log_softmax, logsumexp]


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize(
    ("shape", "axis"),
    [((30_000, 5), -1), ((300, 400), -1), ((5, 30_000), 0), ((2000, 100), 0), ((3000, 40), 0), ((2, 2000, 50), 1)],
    ids=str,
)
def test_many_blocks_are_as_one(function, dtype, fast, shape, axis, monkeypatch):
    """How the rows are cut into blocks changes no bit."""
    z = (3 * np.random.default_rng(0).normal(size=shape)).astype(dtype)
    whole = function(z, axis=axis, fast=fast)
    monkeypatch.setattr(kernel, "BLOCK", 1000)
    monkeypatch.setattr(kernel, "WIDE", 64)
    assert_array_equal(function(z, axis=axis, fast=fast), whole)


@pytest.mark.parametrize("function", FUNCTIONS)
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


@given(
    terms=hnp.arrays(np.float64, st.integers(1, 300), elements=st.floats(0, 1) | st.floats(0, 1e-12)),
    seed=st.integers(0, 99),
)
def test_the_sum_is_right_in_any_order(terms, seed):
    """To one rounding of the exact sum and one of the parts, wherever the terms lie."""
    exact = math.fsum(terms)
    shuffled = np.random.default_rng(seed).permutation(terms)
    for total in (
        kernel.add_up(terms),
        kernel.add_up(shuffled),
        kernel.add_up(np.tile(terms[:, np.newaxis], (1, 3)))[1],
        kernel.add_up(np.tile(terms, (3, 1)).T)[1],
    ):
        assert abs(total - exact) <= np.spacing(exact)


def test_plain_sums_are_worse():
    """Or the grid would not be worth its time."""
    terms = np.random.default_rng(0).random((1000, 200))
    exact = np.array([math.fsum(row) for row in terms.T])
    worst = {e: (np.abs(kernel.add_up(terms, exact=e) - exact) / np.spacing(exact)).max() for e in (True, False)}
    assert worst[True] <= 0.5
    assert worst[False] > 5


@pytest.mark.parametrize(("function", "blocks"), [(softmax, 3), (log_softmax, 3), (logsumexp, 3)])
@pytest.mark.parametrize(("shape", "axis"), [((4000, 1000), -1), ((400_000, 10), -1), ((1000, 4000), 0)], ids=str)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extra_memory_is_a_few_blocks(function, blocks, shape, axis, dtype):
    """Of 512 KiB each; a copy of the logits would be 16 or 32 MB."""
    z = np.random.default_rng(0).normal(size=shape).astype(dtype)
    tracemalloc.start()
    result = function(z, axis=axis)
    peak = tracemalloc.get_traced_memory()[1] - result.nbytes
    tracemalloc.stop()
    assert peak <= blocks * max(kernel.BLOCK, 1000 * kernel.WIDE / 4) * 8
