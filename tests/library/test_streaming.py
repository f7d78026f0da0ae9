"""Streams: the state as a monoid, one and two passes against the functions of arrays, attention, memory, bad input."""

import re
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal

import softmaxlib
from softmaxlib import attention, streaming
from softmaxlib.streaming import EMPTY, State, merge, summarize

EPS = float(np.finfo(np.float64).eps)

logits = st.floats(-1e308, 1e308) | st.floats(-40, 40) | st.just(-np.inf)
rows = hnp.arrays(np.float64, st.integers(0, 8), elements=logits)


# --- A monoid -------------------------------------------------------------------------------------------------------


@given(z=rows)
def test_empty_is_the_identity(z):
    assert merge(EMPTY, summarize(z)) == merge(summarize(z), EMPTY) == summarize(z)
    assert summarize([]) == summarize([-np.inf]) == EMPTY


@given(x=rows, y=rows)
def test_commutative_to_the_last_bit(x, y):
    assert merge(summarize(x), summarize(y)) == merge(summarize(y), summarize(x))


@given(x=rows, y=rows, z=rows)
def test_associative_but_for_rounding(x, y, z):
    left = merge(merge(summarize(x), summarize(y)), summarize(z))
    right = merge(summarize(x), merge(summarize(y), summarize(z)))
    assert left.top == right.top
    assert_allclose(left.total, right.total, rtol=8 * EPS)


@given(x=rows, y=rows)
def test_merging_is_the_state_of_all(x, y):
    merged, whole = merge(summarize(x), summarize(y)), summarize(np.concatenate([x, y]))
    assert merged.top == whole.top
    assert_allclose(merged.total, whole.total, rtol=8 * EPS)


@pytest.mark.parametrize(
    ("z", "state"),
    [
        ([np.inf, 0, np.inf], State(np.inf, 2)),
        ([-np.inf, -np.inf], EMPTY),
        ([0, np.nan], State(np.nan, np.nan)),
        ([[0, 0], [1, -np.inf]], State([0, 1], [2, 1])),
    ],
)
def test_special_states(z, state):
    assert_array_equal(summarize(z), state)


def test_special_states_merge():
    infinite = summarize([np.inf])
    assert merge(infinite, infinite) == State(np.inf, 2)
    assert merge(infinite, summarize([5])) == State(np.inf, 1)
    assert np.isnan(merge(summarize([np.nan]), infinite).total)


# --- Streams against arrays -----------------------------------------------------------------------------------------

STREAMS = [
    [[0.25, 1.23], [-0.8]],
    [[-0.8], [], [0.25, 1.23]],
    [[1000.0, -1000.0], [1001.0], [5.0] * 7],
    [[-np.inf], [-np.inf, -np.inf]],
    [[-np.inf], [3.0]],
    [[np.inf, 0], [np.inf]],
    [[0.0], [np.nan], [np.inf]],
    [np.zeros((2, 3)), np.ones((2, 1)), -np.ones((2, 0))],
]


@pytest.mark.parametrize("chunks", STREAMS, ids=str)
def test_a_stream_is_its_array(chunks):
    whole = np.concatenate(chunks, axis=-1)
    assert_allclose(streaming.logsumexp(iter(chunks)), softmaxlib.logsumexp(whole), rtol=4 * EPS)
    assert_allclose(np.concatenate(list(streaming.softmax(chunks)), axis=-1), softmaxlib.softmax(whole), rtol=4 * EPS)


@given(z=hnp.arrays(np.float64, st.integers(1, 60), elements=st.floats(-700, 700)), step=st.integers(1, 20))
def test_any_chunks_come_to_the_same(z, step):
    chunks = [z[i : i + step] for i in range(0, len(z), step)]
    rounding = (2 * len(chunks) + 4) * EPS
    assert abs(streaming.logsumexp(chunks) - softmaxlib.logsumexp(z)) <= rounding + 2 * EPS * np.abs(z).max()
    assert_allclose(np.concatenate(list(streaming.softmax(chunks))), softmaxlib.softmax(z), rtol=rounding, atol=1e-320)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int8])
def test_chunks_keep_their_dtype(dtype):
    chunks = [np.array([1, 2], dtype), np.array([3], dtype)]
    parts = list(streaming.softmax(chunks))
    assert [part.dtype for part in parts] == [np.float64 if dtype == np.int8 else dtype] * 2
    assert_allclose(np.concatenate(parts), softmaxlib.softmax(np.concatenate(chunks)), rtol=4 * EPS)
    assert streaming.logsumexp(chunks).dtype == np.float64


def test_nothing_is_nothing():
    assert streaming.logsumexp([]) == -np.inf
    assert list(streaming.softmax([])) == []


def test_one_chunk_in_memory_at_a_time():
    tracemalloc.start()
    result = streaming.logsumexp(np.full(100_000, float(i % 7)) for i in range(100))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 800_000  # of 80 MB
    counts = np.bincount(np.arange(100) % 7) * 100_000
    assert_allclose(result, np.log(np.sum(counts * np.exp(np.arange(7)))), rtol=4 * EPS)


def test_the_chunks_of_the_caller_are_left_alone():
    chunks = [np.array([1.0, 2.0]), np.array([np.inf])]
    for part in streaming.softmax(chunks):
        part[...] = -7
    streaming.logsumexp(chunks)
    assert_array_equal(np.concatenate(chunks), [1, 2, np.inf])


def test_memory_mapped_and_swapped_and_read_only_chunks(tmp_path):
    z = np.random.default_rng(0).normal(size=(3, 40))
    np.save(tmp_path / "z.npy", z)
    mapped = np.load(tmp_path / "z.npy", mmap_mode="r")
    chunks = [mapped[:, :13], mapped[:, 13:].astype(">f8")[:, ::-1]]
    assert_allclose(streaming.logsumexp(chunks), softmaxlib.logsumexp(z), rtol=4 * EPS)


# --- Attention ------------------------------------------------------------------------------------------------------


def plain_attention(Q, K, V):
    return softmaxlib.softmax(Q @ K.T / np.sqrt(Q.shape[1])) @ V


@pytest.mark.parametrize(("dtype", "rtol"), [(np.float32, 2e-6), (np.float64, 4e-15)])
@pytest.mark.parametrize("block", [1, 7, 50, 1000])
@pytest.mark.parametrize("scale", [1, 30])
def test_attention_is_the_plain_one(dtype, rtol, block, scale):
    rng = np.random.default_rng(0)
    Q, K, V = (rng.normal(size=shape).astype(dtype) for shape in [(60, 8), (90, 8), (90, 5)])
    V = np.abs(V)  # a mean of numbers of both signs may cancel
    Q *= dtype(scale)
    result = attention.scaled_dot_product(Q, K, V, block=block)
    assert result.dtype == dtype
    assert_allclose(result, plain_attention(*(x.astype(np.float64) for x in (Q, K, V))), rtol=rtol * scale)


def test_attention_in_float16_is_worked_out_in_float32():
    x = np.eye(3, dtype=np.float16)
    assert attention.scaled_dot_product(x, x, x).dtype == np.float32


def test_attention_holds_no_matrix_of_all_scores():
    x = np.random.default_rng(0).normal(size=(4096, 4)).astype(np.float32)
    tracemalloc.start()
    attention.scaled_dot_product(x, x, x, block=256)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4096 * 4096 * 4 / 20


# --- What is refused ------------------------------------------------------------------------------------------------

ONE = np.ones((2, 2))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: summarize(3.0), ValueError, "z is a single number; expected an array of at least one axis"),
        (lambda: summarize(["a"]), TypeError, "z has dtype <U1 and shape (1,); expected real numbers"),
        (lambda: streaming.logsumexp([[1.0], 2.0]), ValueError, "chunk 1 is a single number; expected an array"),
        (lambda: streaming.logsumexp([[1.0], [None]]), TypeError, "chunk 1 has dtype object and shape (1,)"),
        (lambda: streaming.logsumexp([ONE, [1.0]]), ValueError, "chunk 1 has shape (1,); expected (2,), as chunk 0"),
        (lambda: streaming.logsumexp(3), TypeError, "chunks is of type int; expected an iterable of arrays"),
        (lambda: streaming.softmax(3), TypeError, "chunks is of type int; expected an iterable of arrays"),
        (
            lambda: streaming.softmax(iter([[1.0]])),
            TypeError,
            "chunks is of type list_iterator, which can",
        ),
        (
            lambda: attention.scaled_dot_product(ONE, ONE, ONE, block=0),
            ValueError,
            "block is 0; expected at least 1",
        ),
        (
            lambda: attention.scaled_dot_product(ONE, ONE, ONE, block=2.0),
            TypeError,
            "block is 2.0, of type float",
        ),
        (
            lambda: attention.scaled_dot_product(ONE[0], ONE, ONE),
            ValueError,
            "Q has shape (2,); expected a matrix",
        ),
        (
            lambda: attention.scaled_dot_product(ONE, ONE[:0], ONE),
            ValueError,
            "K has shape (0, 2); expected a matrix",
        ),
        (
            lambda: attention.scaled_dot_product(ONE, ONE[:, :1], ONE),
            ValueError,
            "K has shape (2, 1); expected 2 columns, as Q",
        ),
        (
            lambda: attention.scaled_dot_product(ONE, ONE, ONE[:1]),
            ValueError,
            "V has shape (1, 2); expected 2 rows, as K",
        ),
        (
            lambda: attention.scaled_dot_product(ONE, ONE, ONE * np.nan),
            ValueError,
            "V, of shape (2, 2), contains NaN or an inf",
        ),
        (
            lambda: attention.scaled_dot_product(ONE * 1e200, ONE * 1e200, ONE),
            ValueError,
            "the scores of Q and K, or their",
        ),
        (
            lambda: attention.scaled_dot_product(ONE, ONE, [["a"] * 2] * 2),
            TypeError,
            "V has dtype <U1 and shape (2, 2)",
        ),
    ],
)
def test_error_message(call, error, message):
    with pytest.raises(error, match=re.escape(message)):
        call()
