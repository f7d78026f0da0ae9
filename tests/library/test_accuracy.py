"""Every stable form against mpmath at 50 digits: the bounds that the docstrings prove, and the worst that was found.

The bounds are in units of the last place (ulp) of float64, for every finite input and any number of classes, if NumPy's
exp and log1p are right to 1 ulp. Rows that were not searched for stay below `USUAL`, which tells a loss of digits
earlier. Results in float16 and float32 are rounded once from float64: 0.5 ulp, and what float64 adds.
"""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal
from scipy import special

import softmaxlib
from softmaxlib import log_sigmoid, log_softmax, logsumexp, sigmoid, softmax
from tests.library import adversary, oracle

WORKED_IN = [np.float64, np.longdouble]
ROUNDED_TO = [np.float16, np.float32]

GAPS = [1, 3, 10, 30, 37, 100, 300, 700, 745, 1e3, 1e4, 1e5]


def _logits():
    """Name and draw rows of logits."""
    rng = np.random.default_rng(0)
    for scale in (0.1, 1, 10, 100):
        for size in (1, 2, 3, 10):
            yield f"scale={scale}-K={size}", scale * rng.normal(size=size)
        yield f"scale={scale}-K=1000", scale * rng.normal(size=1000)
    for offset in (1e12, -1e12):
        yield f"offset={offset:g}", 10 * rng.normal(size=10) + offset
    for gap in GAPS:
        yield f"gap={gap:g}-K=2", np.array([0, -gap])
        yield f"gap={gap:g}-K=10", rng.normal(size=10) + gap * (np.arange(10) == 3)
    yield "tied", np.array([3.7, 1.1, 3.7])
    yield "large", np.array([1e308, 1e308, 1e307])


LOGITS = dict(_logits())


def _cases(dtypes):
    """Give the rows in every one of the dtypes that can hold them."""
    return [
        pytest.param(z.astype(dtype), id=f"{np.dtype(dtype)}-{name}")
        for name, z in LOGITS.items()
        for dtype in dtypes
        if np.abs(z).max() <= np.finfo(dtype).max
    ]


def _distances(dtype):
    """Ulp, but eps in long double, which the ulp of the oracle does not reach."""
    return oracle.epsilons if dtype == np.longdouble else oracle.ulps


BOUNDS = {"softmax": 8, "log_softmax": 9, "sigmoid": 4, "log_sigmoid": 5}
UNSHIFTED = 6  # softmax where nothing is subtracted from the logits, and no temperature divides them
USUAL = 4


def _check(z, bounds, temperature=1.0):
    """Hold softmax and log_softmax to bounds in ulp, and logsumexp to one in eps of the two numbers added."""
    distances = _distances(z.dtype)
    row = oracle.row(z, temperature)
    assert distances(softmax(z, temperature=temperature), row.softmax).max() <= bounds[0]
    log_p = log_softmax(z, temperature=temperature)
    largest = oracle.exact(np.finfo(z.dtype).max)
    in_reach = np.array([abs(x) <= largest for x in row.log_softmax])  # the rest is -inf
    np.testing.assert_array_equal(np.isneginf(log_p), ~in_reach)
    expected = [x for x, near in zip(row.log_softmax, in_reach, strict=True) if near]
    assert distances(log_p[in_reach], expected).max() <= bounds[1]
    if abs(row.logsumexp) <= largest:
        result = logsumexp(z, keepdims=True, temperature=temperature)
        assert oracle.epsilons(result, [row.logsumexp], [abs(row.top) + row.log_total]) <= bounds[2]


def _check_usual(z, temperature=1.0):
    _check(z, (USUAL, USUAL, 2), temperature)


def _check_proved(z, temperature=1.0):
    plain = temperature == 1 and np.abs(z).max() <= 600
    row = oracle.row(z, temperature)
    near_0 = min(abs(x) for x in row.log_softmax) < 1e-290  # K exponentials may underflow, each by one spacing
    log_bound = BOUNDS["log_softmax"] + near_0 * len(z)
    _check(z, (UNSHIFTED if plain else BOUNDS["softmax"], log_bound, 5), temperature)


def _check_rounded(z, temperature=1.0):
    """0.5 ulp, and (K + 12) units of roundoff of float64, of which float32 has 2**-29 and float16 still fewer."""
    once = 0.5 + (len(z) + 12) * 2.0**-29
    _check(z, (once, once, once), temperature)


@pytest.mark.parametrize("z", _cases(WORKED_IN))
def test_work(z):
    _check_usual(z)


@pytest.mark.parametrize("z", _cases(ROUNDED_TO))
def test_rounded_once(z):
    _check_rounded(z)


finite = hnp.arrays(
    np.float64,
    st.integers(1, 12),
    elements=st.floats(-1e305, 1e305) | st.floats(-800, 800) | st.floats(-40, 40),
)


@given(z=finite)
def test_work_on_any_finite_logits(z):
    _check_proved(z)


@given(z=finite, temperature=st.floats(0, 1e308, exclude_min=True) | st.sampled_from([0.01, 0.3, 1 / 3, 7.0, 1000.0]))
def test_work_on_any_finite_logits_at_any_temperature(z, temperature):
    _check_proved(z, temperature)


@pytest.mark.parametrize(
    ("z", "temperature"),
    [
        ([1e308, -1e308], 1e308),
        ([0, -6.5001e303], 1e301),
        ([0, -3.14e-313], 3e-315),
        ([5e-324, 0], 5e-324),
        ([1.7e308, 1.6e308, -1.7e308], 1.7e308),
        ([1e308, 1e-310, 2e-310], 1e-310),
        ([-1e308, 1e-310, 2e-310], 1e-310),
    ],
    ids=str,
)
def test_work_at_the_ends_of_the_range(z, temperature):
    _check_proved(np.array(z), temperature)


@given(
    z=hnp.arrays(np.float32, st.integers(1, 12), elements=st.floats(-(2.0**126), 2.0**126, width=32))
    | hnp.arrays(np.float32, st.integers(1, 12), elements=st.floats(-100, 100, width=32))
)
def test_rounded_once_of_any_finite_logits(z):
    _check_rounded(z)


def _hard():
    """Rows at the edges: of the range without a shift, of underflow, of the grid of the sum, of cancellation."""
    rng = np.random.default_rng(1)
    for edge in (600, 700, 709.78, 745.13):
        for sign in (1, -1):
            yield sign * edge + rng.normal(size=7)
            yield np.append(sign * edge, rng.normal(size=7))
    yield np.linspace(-708, 0, 50)  # down to the smallest normal number
    yield np.linspace(-745, -700, 50)
    yield np.append(0, np.full(999, -36.7))  # tiny terms that only count together
    yield np.append(20, np.full(4095, 0.1))
    yield np.full(1000, 0.1)
    yield np.full(127, -3.3)
    yield np.array([-1e-17, 0, 1e-17])
    yield np.array([1e16, 1e16 - 2, 1e16 - 4])
    yield 1e5 + rng.normal(size=100)
    yield 600 * rng.normal(size=1000)


@pytest.mark.parametrize("z", list(_hard()))
def test_work_on_hard_rows(z):
    _check_usual(z)
    _check_usual(z, 0.9)


@pytest.mark.parametrize("axis", [0, -1])
@pytest.mark.parametrize("classes", [2, 3, 16, 17, 100, 127, 1000])
def test_work_on_many_rows(classes, axis):
    """Of 10,000 numbers, against the same in long double where that is wider."""
    if np.finfo(np.longdouble).eps > 2e-19:
        pytest.skip("long double is no wider than double, or hardly")
    z = 10 * np.random.default_rng(classes).normal(size=(10_000 // classes, classes))
    z = z if axis == -1 else np.ascontiguousarray(z.T)
    for function in (softmax, log_softmax):
        expected = function(z.astype(np.longdouble), axis=axis)
        unit = np.spacing(np.maximum(np.abs(expected), np.finfo(np.float64).tiny).astype(np.float64))
        for options, bound in (({}, 4), ({"fast": True}, 40)):
            assert (np.abs(function(z, axis=axis, **options) - expected) / unit).max() <= bound


@pytest.mark.parametrize("scale", [1, 10, 100])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_fast_usually(scale, dtype):
    z = (scale * np.random.default_rng(0).normal(size=1000)).astype(dtype)
    row = oracle.row(z)
    assert oracle.ulps(softmax(z, fast=True), row.softmax).max() <= 16
    assert oracle.ulps(log_softmax(z, fast=True), row.log_softmax).max() <= 16
    assert oracle.epsilons(logsumexp(z, fast=True, keepdims=True), [row.logsumexp]) <= 4


@pytest.mark.parametrize("axis", [0, -1])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("classes", [2, 100, 20_000, 1_000_000])
def test_fast_keeps_its_bound(classes, dtype, axis):
    """(log2(K) + 60) ulp: of equal logits, which lose most in other sums, and of others."""
    spread = (2 * np.random.default_rng(0).normal(size=classes)).astype(dtype)
    for z in (np.full(classes, dtype(0.1)), spread):
        rows = np.tile(z, (17, 1)) if axis else np.tile(z[:, np.newaxis], (1, 17))
        for function in (softmax, log_softmax):
            expected = np.moveaxis(function(rows.astype(np.float64), axis=axis), axis, -1)
            found = np.moveaxis(function(rows, axis=axis, fast=True), axis, -1)
            unit = np.spacing(np.abs(expected).astype(dtype))
            assert (np.abs(found - expected) / unit).max() <= np.log2(classes) + 60 + 9


def test_log_probabilities_near_0_may_hang_on_exponentials_that_underflow():
    """By up to the smallest positive number each, as the docstring says."""
    z = np.append(0, np.full(1000, -740.1))
    expected = oracle.log_softmax(z)
    error = oracle.ulps(log_softmax(z), expected)
    assert 9 < error[0] <= 9 + len(z)
    assert error[1:].max() <= 9


def test_millions_of_classes_cost_no_digits():
    z = np.full((4_000_000, 2), -0.61)
    assert_array_equal(softmax(z, axis=0), 2.5e-7)
    assert_allclose(log_softmax(z, axis=0), -np.log(4e6), rtol=5e-16)


@pytest.mark.parametrize("temperature", [0.1, 0.7, 30.0])
@pytest.mark.parametrize("name", ["scale=1-K=10", "scale=10-K=3", "scale=100-K=10", "offset=1e+12", "gap=300-K=10"])
def test_temperature(name, temperature):
    _check_usual(LOGITS[name], temperature)
    _check_rounded(LOGITS[name].astype(np.float32), temperature)


@pytest.mark.parametrize(("dtype", "check"), [(np.float64, _check_usual), (np.float32, _check_rounded)])
def test_vocabulary_of_a_language_model(dtype, check):
    check((3 * np.random.default_rng(0).normal(size=50_257)).astype(dtype))


SCORES = np.concatenate(
    [np.linspace(-800, 800, 1601), np.random.default_rng(0).normal(size=500), [5e-324, 1e-300, -1e-17, 1e4, -1e4]]
)

both_sigmoids = pytest.mark.parametrize(
    ("function", "definition"), [(sigmoid, oracle.sigmoid), (log_sigmoid, oracle.log_sigmoid)]
)


@pytest.mark.parametrize("name", adversary.FUNCTIONS)
def test_the_worst_that_was_found_is_within_the_bound(name):
    found = json.loads(adversary.WORST.read_text())[name]
    error = adversary.proved(name, np.array(found["z"]), found["temperature"])
    assert error <= BOUNDS[name]


@pytest.mark.parametrize("name", adversary.FUNCTIONS)
def test_docstrings_state_bound_and_worst(name):
    doc = " ".join(getattr(softmaxlib, name).__doc__.split())
    found = json.loads(adversary.WORST.read_text())[name]["ulp"]
    assert f"at most {BOUNDS[name]} ulp" in doc
    assert f"The worst that a search found: {found:.1f} ulp." in doc


@pytest.mark.skipif(np.finfo(np.longdouble).eps > 2e-19, reason="long double is no wider than double, or hardly")
@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("name", adversary.FUNCTIONS)
def test_a_search_finds_nothing_beyond_the_bound(name, seed):
    error, z, temperature = adversary.search(name, seed, climbs=3)
    assert 1 < error <= BOUNDS[name], (z, temperature)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("temperature", [1.0, 0.7])
def test_cross_entropy_against_the_definition_of_log_loss(dtype, temperature):
    """Worked out in mpmath from probabilities, not from this library's log-softmax."""
    z = (5 * np.random.default_rng(0).normal(size=(6, 4))).astype(dtype)
    y = np.array([0, 1, 2, 3, 0, 1])
    losses = softmaxlib.losses.cross_entropy(z, y, reduction="none", temperature=temperature)
    expected = [-oracle.log_softmax(row, temperature)[k] for row, k in zip(z, y, strict=True)]
    assert oracle.ulps(losses, expected).max() <= (USUAL if dtype == np.float64 else 0.501)


@both_sigmoids
@pytest.mark.parametrize("dtype", WORKED_IN)
def test_sigmoids_work(function, definition, dtype):
    z = SCORES.astype(dtype)
    assert _distances(dtype)(function(z), [definition(x) for x in z]).max() <= 4


@both_sigmoids
@pytest.mark.parametrize("dtype", ROUNDED_TO)
def test_sigmoids_rounded_once(function, definition, dtype):
    z = SCORES.astype(dtype)
    assert oracle.ulps(function(z), [definition(x) for x in z]).max() <= 0.501


def test_flagship():
    """One plus e**-50 rounds to 1, whose logarithm is 0; the right answer has 16 digits."""
    assert log_softmax([0, -50])[0] == pytest.approx(-1.9287498479639178e-22, rel=1e-15, abs=0)
    assert special.log_softmax([0, -50])[0] == 0


def test_flagship_for_all_gaps():
    k = np.arange(1, 701)
    z = np.stack([np.zeros(700), -k], axis=1)
    expected = [oracle.log_softmax(row)[0] for row in z]
    assert oracle.epsilons(log_softmax(z)[:, 0], expected).max() <= 2
    np.testing.assert_array_equal(special.log_softmax(z, axis=1)[:, 0] == 0, k >= 37)
