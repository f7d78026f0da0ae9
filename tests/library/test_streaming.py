"""Streams: the state as a monoid and its digits, one and two passes against the functions of arrays, bad sources."""

import functools
import math
import re
import tracemalloc

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal

import softmaxlib
from softmaxlib import streaming
from softmaxlib.streaming import EMPTY, State, merge, summarize
from tests.library import oracle

EPS = float(np.finfo(np.float64).eps)

logits = st.floats(-1e308, 1e308) | st.floats(-40, 40) | st.sampled_from([-np.inf, np.inf, 0.0, 1.5])
rows = hnp.arrays(np.float64, st.integers(0, 8), elements=logits)


def states_of(chunks):
    return [summarize(chunk) for chunk in chunks]


def one_by_one(states):
    return functools.reduce(merge, states, EMPTY)


# --- A monoid -------------------------------------------------------------------------------------------------------


@given(z=rows)
def test_empty_is_the_identity(z):
    assert merge(EMPTY, summarize(z)) == merge(summarize(z), EMPTY) == summarize(z)


def test_what_holds_no_possible_class_is_empty():
    assert summarize([]) == summarize([-np.inf]) == summarize([-np.inf] * 3) == merge(EMPTY, EMPTY) == EMPTY


@given(x=rows, y=rows)
def test_commutative_to_the_last_bit(x, y):
    assert merge(summarize(x), summarize(y)) == merge(summarize(y), summarize(x))


def test_commutative_to_the_last_bit_at_ties():
    tops = np.zeros(1000)
    a, b = np.random.default_rng(0).exponential(size=(2, 1000))
    assert_array_equal(merge((tops, a), (tops, b)), merge((tops, b), (tops, a)))


@given(x=rows, y=rows, z=rows)
def test_associative_but_for_rounding(x, y, z):
    left = merge(merge(summarize(x), summarize(y)), summarize(z))
    right = merge(summarize(x), merge(summarize(y), summarize(z)))
    assert left.top == right.top
    assert_allclose(left.rest, right.rest, rtol=(5 + 6 * 2) * EPS)


@given(x=rows, y=rows)
def test_merging_is_the_state_of_all(x, y):
    merged, whole = merge(summarize(x), summarize(y)), summarize(np.concatenate([x, y]))
    assert merged.top == whole.top
    assert_allclose(merged.rest, whole.rest, rtol=(5 + 3) * EPS)


@pytest.mark.parametrize(
    ("z", "state"),
    [
        ([np.inf, 0, np.inf, np.inf], State(np.inf, 2)),
        ([np.inf, -np.inf], State(np.inf, 0)),
        ([-np.inf, -np.inf], EMPTY),
        ([0, np.nan], State(np.nan, np.nan)),
        ([np.inf, np.nan], State(np.nan, np.nan)),
        ([[0, 0], [1, -np.inf]], State([0, 1], [1, 0])),
        ([1e308, -1e308, 1e308], State(1e308, 1)),
        (np.zeros((0, 3)), State(np.zeros(0), np.zeros(0))),
        (np.zeros((2, 0)), State(np.full(2, -np.inf), np.zeros(2))),
        (np.zeros((0, 0)), State(np.zeros(0), np.zeros(0))),
    ],
    ids=str,
)
def test_special_states(z, state):
    assert_array_equal(summarize(z), state)


def test_special_states_merge():
    infinite = summarize([np.inf])
    assert merge(infinite, infinite) == State(np.inf, 1)
    assert merge(infinite, summarize([5])) == State(np.inf, 0)
    assert merge((1e308, 0), (-1e308, 5)) == State(1e308, 0)
    for state in (infinite, EMPTY, summarize([5])):
        assert np.isnan(merge(summarize([0, np.nan]), state)).all()
        assert np.isnan(merge(state, summarize([np.nan]))).all()


def test_states_of_batches_broadcast():
    a, b = summarize(np.arange(6.0).reshape(3, 2)), summarize([7.0, 1.0])
    merged = merge(a, b)
    for i in range(3):
        assert (merged.top[i], merged.rest[i]) == merge((a.top[i], a.rest[i]), b)


def test_a_pair_is_a_state():
    """Such as what is left of a state on its way through a network."""
    assert merge((0.0, 1.0), [0, 1]) == merge(np.float32([0, 1]), State(0.0, 1.0)) == State(0.0, 3.0)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int8])
def test_states_are_of_float64(dtype):
    state = summarize(np.array([1, 2], dtype))
    assert {type(number) for number in [*state, *merge(state, state)]} == {np.float64}
    assert summarize(np.array([1, 2], np.longdouble)).rest.dtype == np.longdouble


# --- Digits ---------------------------------------------------------------------------------------------------------


def rest_errors(state, z):
    """Errors of a rest, in u."""
    with mpmath.workdps(oracle.DIGITS):
        expected = mpmath.expm1(oracle.row(z).log_total)
    return 2 * oracle.epsilons(np.atleast_1d(state.rest), [expected])[0]


def logsumexp_error(chunks, z):
    """Error of a log-sum-exp, in u of the larger of the two numbers added."""
    row = oracle.row(z)
    result = np.atleast_1d(streaming.logsumexp(chunks))
    return 2 * oracle.epsilons(result, [row.logsumexp], [max(abs(row.top), row.log_total)])[0]


def softmax_errors(chunks, z):
    """Errors of probabilities, in u."""
    return 2 * oracle.epsilons(np.concatenate(list(streaming.softmax(chunks))), oracle.row(z).softmax)


def tree_height(n):
    return 1 + math.floor(math.log2(n)) if n > 1 else 0


def chunked(z, step):
    return [z[i : i + step] for i in range(0, len(z), step)]


finite = hnp.arrays(
    np.float64,
    st.integers(1, 12),
    elements=st.floats(-1e300, 1e300) | st.floats(-700, 700) | st.floats(-5, 5) | st.just(0.0),
)


@given(z=finite, step=st.integers(1, 12))
def test_digits_of_any_finite_stream(z, step):
    """As the docstrings say."""
    chunks = chunked(z, step)
    n, h = len(chunks), tree_height(len(chunks))
    assert rest_errors(summarize(z), z) <= 5
    assert rest_errors(one_by_one(states_of(chunks)), z) <= 5 + 6 * (n - 1)
    assert logsumexp_error(chunks, z) <= 8 + 6 * h
    assert softmax_errors(chunks, z).max() <= 10 + 6 * h


def worst_of_a_climb(error, size, steps=60):
    """Change one logit after the other, and keep what makes the error larger."""
    rng = np.random.default_rng(size)
    worst = 0.0
    for scale in (0.3, 3, 30):
        z = scale * rng.normal(size=size)
        best = error(z)
        for _ in range(steps):
            near = z.copy()
            near[rng.integers(size)] += scale * rng.normal() * 10.0 ** -rng.integers(0, 12)
            found = error(near)
            if found >= best:
                z, best = near, found
        worst = max(worst, best)
    return worst


@pytest.mark.parametrize(("size", "step"), [(3, 3), (2, 1), (5, 1), (12, 2)])
def test_digits_under_attack(size, step):
    """A search for bad logits finds errors of a few u, for one chunk and for many."""
    n = -(-size // step)
    h = tree_height(n)
    assert worst_of_a_climb(lambda z: rest_errors(one_by_one(states_of(chunked(z, step))), z), size) <= 5 + 6 * (n - 1)
    assert worst_of_a_climb(lambda z: logsumexp_error(chunked(z, step), z), size) <= 8 + 6 * h
    assert worst_of_a_climb(lambda z: softmax_errors(chunked(z, step), z).max(), size) <= 10 + 6 * h


@pytest.mark.parametrize("order", ["climbing", "falling", "shuffled"])
def test_digits_of_a_thousand_chunks(order):
    """One by one their errors may add up; in the tree ten levels can."""
    z = 20 * np.random.default_rng(0).normal(size=1000)
    if order != "shuffled":
        z = np.sort(z) if order == "climbing" else np.sort(z)[::-1]
    chunks = chunked(z, 1)
    assert rest_errors(one_by_one(states_of(chunks)), z) <= 100  # of 5 + 6 * 999
    assert logsumexp_error(chunks, z) <= 8 + 6 * 10
    assert softmax_errors(chunks, z).max() <= 10 + 6 * 10


def test_a_tiny_rest_keeps_its_digits():
    """Beside a 1 it would be gone from 37 nats on."""
    assert float(streaming.logsumexp([[0, -40]])) == softmaxlib.logsumexp([0, -40]) == 4.248354255291589e-18
    for gap in range(1, 700, 7):
        for chunks in ([[0.0, -gap]], [[-gap], [0.0]], [[0.0], [], [-gap]]):
            result = np.atleast_1d(streaming.logsumexp(chunks))
            assert oracle.epsilons(result, [oracle.logsumexp([0.0, float(-gap)])]) <= (8 + 6 * 2) / 2


@pytest.mark.parametrize("classes", [1000, 10_000])
def test_digits_of_long_chunks(classes):
    z = 3 * np.random.default_rng(1).normal(size=classes)
    assert rest_errors(summarize(z), z) <= 5
    assert rest_errors(summarize(np.tile(z, (3, 1)))._replace(rest=summarize(np.tile(z, (3, 1))).rest[1]), z) <= 5


def test_the_tree_is_as_low_as_the_docstring_says(monkeypatch):
    """Count the merges that a chunk goes through, in the place of its rest."""
    monkeypatch.setattr(streaming, "merge", lambda a, b: b if a == EMPTY else State(0.0, max(a.rest, b.rest) + 1))
    for n in [*range(1, 70), 127, 128, 129, 1000]:
        height = round(math.expm1(streaming.logsumexp([[0.0]] * n)))
        assert math.ceil(math.log2(n)) <= height <= tree_height(n)


# --- Streams against arrays -----------------------------------------------------------------------------------------

STREAMS = [
    [[0.25, 1.23], [-0.8]],
    [[-0.8], [], [0.25, 1.23]],
    [[1000.0, -1000.0], [1001.0], [5.0] * 7],
    [[-np.inf], [-np.inf, -np.inf]],
    [[-np.inf], [3.0]],
    [[np.inf, 0], [np.inf]],
    [[0.0], [np.nan], [np.inf]],
    [[np.inf, np.inf], [], [-np.inf, np.inf]],
    [np.zeros((2, 3)), np.ones((2, 1)), -np.ones((2, 0))],
    [np.zeros((0, 3)), np.zeros((0, 1))],
    [np.zeros((2, 0, 3))],
    [[[0, np.nan], [0, 1]], [[5], [-np.inf]]],
]


@pytest.mark.parametrize("chunks", STREAMS, ids=str)
def test_a_stream_is_its_array(chunks):
    whole = np.concatenate(chunks, axis=-1)
    assert_allclose(streaming.logsumexp(iter(chunks)), softmaxlib.logsumexp(whole), rtol=4 * EPS)
    assert_allclose(np.concatenate(list(streaming.softmax(chunks)), axis=-1), softmaxlib.softmax(whole), rtol=4 * EPS)


@given(z=hnp.arrays(np.float64, st.integers(1, 60), elements=st.floats(-700, 700)), step=st.integers(1, 20))
def test_any_chunks_come_to_the_same(z, step):
    chunks = chunked(z, step)
    rounding = (10 + 6 * tree_height(len(chunks))) * EPS
    assert abs(streaming.logsumexp(chunks) - softmaxlib.logsumexp(z)) <= rounding * max(np.abs(z).max(), math.log(60))
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


def test_the_error_handling_of_the_caller_is_left_alone():
    """Also while the probabilities wait to be read."""
    with np.errstate(all="raise"):
        before = np.geterr()
        parts = streaming.softmax([[1e308, -1e308], [np.inf], [-np.inf], [-745.0, 0.0]])
        for _ in parts:
            assert np.geterr() == before
        streaming.logsumexp([[-np.inf], [1e308, -1e308], [-745.0]])


# --- Sources --------------------------------------------------------------------------------------------------------


class Passes:
    """A source that gives other chunks each time it is read from the start."""

    def __init__(self, *passes):
        self.passes = list(passes)
        self.read = 0

    def __iter__(self):
        yield from self.passes[min(self.read, len(self.passes) - 1)]
        self.read += 1


def test_two_passes_are_enough():
    source = Passes([[0.0], [1.0]])
    list(streaming.softmax(source))
    assert source.read == 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ([[0.0], [1.0]], [[0.0], [1.5]]),
        ([[0.0], [1.0]], [[0.0], [1.0 + 1e-9]]),
        ([[0.0, -40.0]], [[0.0, -40.5]]),  # a change of 1e-18 of all
        ([[0.0, -40.0]], [[0.0, -np.inf]]),
        ([[0.0, -np.inf]], [[0.0, -40.0]]),
        ([[0.0]], [[-np.inf]]),
        ([[-np.inf]], [[0.0]]),
        ([[0.0, 0.0]], [[0.0, np.inf]]),
        ([[0.0, np.inf]], [[0.0, 0.0]]),
        ([[np.inf, np.inf]], [[np.inf, 0.0]]),
        ([[0.0, 1.0]], [[0.0, np.nan]]),
        ([[[0.0, 1.0], [0.0, 1.0]]], [[[0.0, 1.0], [1.0, 1.0]]]),
    ],
    ids=str,
)
def test_a_second_pass_with_other_values_is_noticed(first, second):
    parts = streaming.softmax(Passes(first, second))
    with pytest.raises(ValueError, match="chunks gave other logits when read again; expected the same twice"):
        list(parts)


@given(
    z=hnp.arrays(np.float64, st.integers(1, 40), elements=st.floats(allow_nan=True)),
    step=st.integers(1, 10),
    data=st.data(),
)
def test_the_same_twice_is_no_difference(z, step, data):
    """Whatever it holds, and in whatever order a chunk does."""
    chunks = chunked(z, step)
    again = [data.draw(st.permutations(list(chunk))) for chunk in chunks]
    assert len(list(streaming.softmax(Passes(chunks, again)))) == len(chunks)


@pytest.mark.parametrize(
    ("second", "counts"),
    [
        ([], "0, with 0"),
        ([[0.0, 1.0]], "1, with 2"),
        ([[0.0, 1.0], [2.0], [3.0]], "3, with 4"),
        ([[0.0, 1.0, 2.0]], "1, with 3"),
        ([[0.0], [2.0]], "2, with 2"),
        ([[0.0, 1.0, 2.0, 3.0], [1.0]], "1, with 4"),
    ],
    ids=str,
)
def test_a_second_pass_of_another_length_is_noticed(second, counts):
    parts = streaming.softmax(Passes([[0.0, 1.0], [2.0]], second))
    message = f"chunks gave 2 arrays, with 3 logits a row, when read first, and {counts}, when read again; expected"
    with pytest.raises(ValueError, match=message):
        list(parts)


def test_a_second_pass_of_another_batch_is_noticed():
    parts = streaming.softmax(Passes([np.zeros((2, 3))], [np.zeros((3, 3))]))
    with pytest.raises(ValueError, match=re.escape("chunk 0 has shape (3, 3); expected (2,)")):
        list(parts)


class Once:
    """A source whose iterator is the same each time, and soon used up."""

    def __init__(self, chunks):
        self.iterator = iter(chunks)

    def __iter__(self):
        return self.iterator


@pytest.mark.parametrize("source", [Once, iter, lambda chunks: (chunk for chunk in chunks)])
def test_what_can_be_read_once_is_refused_before_it_is_read(source):
    chunks = source([[1.0], [2.0]])
    with pytest.raises(
        TypeError, match=r"chunks is of type .+, which can be read once; expected what can be read twice"
    ):
        streaming.softmax(chunks)
    assert len(list(chunks)) == 2


def test_an_array_is_a_stream_of_its_rows():
    z = np.random.default_rng(0).normal(size=(4, 5))
    assert_allclose(streaming.logsumexp(z), softmaxlib.logsumexp(z, axis=None), rtol=8 * EPS)
    assert_allclose(list(streaming.softmax(z)), softmaxlib.softmax(z, axis=None), rtol=8 * EPS)


# --- What is refused ------------------------------------------------------------------------------------------------

ONE = np.ones((2, 2))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: summarize(3.0), ValueError, "z is a single number; expected an array of at least one axis"),
        (lambda: summarize(["a"]), TypeError, "z has dtype <U1 and shape (1,); expected real numbers"),
        (lambda: merge(3, EMPTY), TypeError, "a is 3; expected a State, or a pair of its top and its rest"),
        (lambda: merge(EMPTY, (1, 2, 3)), TypeError, "b is (1, 2, 3); expected a State, or a pair of"),
        (lambda: merge(("a", 0), EMPTY), TypeError, "the top of a has dtype <U1 and shape (); expected real numbers"),
        (lambda: merge(EMPTY, (0.0, None)), TypeError, "the rest of b has dtype object and shape (); expected real"),
        (lambda: merge(EMPTY, (0.0, -1)), ValueError, "b has the rest -1.0; expected sums of exponentials"),
        (
            lambda: merge(([0.0, 1.0], 0.0), EMPTY),
            ValueError,
            "a has a top of shape (2,) and a rest of shape (); expected the same",
        ),
        (
            lambda: merge(([0, 1], [0, 1]), ([0] * 3, [0] * 3)),
            ValueError,
            "a has shape (2,) and b (3,); expected shapes that broadcast to each other",
        ),
        *(
            (functools.partial(call, chunks), error, message)
            for call in (streaming.logsumexp, streaming.softmax)
            for chunks, error, message in [
                ([[1.0], 2.0], ValueError, "chunk 1 is a single number; expected an array"),
                ([[1.0], [None]], TypeError, "chunk 1 has dtype object and shape (1,)"),
                ([ONE, [1.0]], ValueError, "chunk 1 has shape (1,); expected (2,), as chunk 0, and any last axis"),
                (3, TypeError, "chunks is of type int; expected an iterable of arrays"),
                (np.array(3.0), TypeError, "chunks is of type ndarray; expected an iterable of arrays"),
                (np.array([3.0]), ValueError, "chunk 0 is a single number"),
            ]
        ),
    ],
)
def test_error_message(call, error, message):
    """Also of `softmax` when it is called, not when its result is read."""
    with pytest.raises(error, match=re.escape(message)):
        call()
