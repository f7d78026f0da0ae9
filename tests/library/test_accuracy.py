"""Every stable form against mpmath at 50 digits, with error bounds that have a reason.

With u half an eps, an exponential is right to 1.4 u (0.71 ulp seen in float64), a sum that is cut on a grid to little
more than 1 u, and any other step to 1 u. Measured on x86-64 with NumPy 2.4:

- softmax: 1.4 u for the term, 1.4 u for the terms of the sum, 1 u each for sum and quotient: below 5 u, which is no
  more than 5 ulp. Seen: 3.4 ulp, and 3.0 ulp without a temperature. Where the exponent has to be shifted, its rounding
  errors are made good, so the size of the logits does not count;
- log_softmax: (z - max) - log(total), both parts of the same sign. Seen: 3.0 ulp;
- logsumexp: max + log(total): 1 eps of the two numbers added, whatever their sum. Seen: 0.8 eps;
- sigmoid 1.3 ulp, log_sigmoid 1.0 ulp (2.6 ulp in long double), cross_entropy as log_softmax;
- float16 and float32 are worked out in float64 and rounded once: 0.5 ulp (0.5000000008 seen);
- with fast=True, the sum costs up to K u, and exp in float32 up to 2.6 ulp. Seen: 25 ulp.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import special

from softmaxlib import log_sigmoid, log_softmax, logsumexp, sigmoid, softmax
from softmaxlib.losses import cross_entropy
from tests.library import oracle

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


def _check(z, bound, temperature=1.0):
    """Hold the functions to a bound in ulp (logsumexp: in eps of the numbers added)."""
    distances = _distances(z.dtype)
    row = oracle.row(z, temperature)
    assert distances(softmax(z, temperature=temperature), row.softmax).max() <= bound
    log_p = log_softmax(z, temperature=temperature)
    assert distances(log_p, row.log_softmax).max() <= bound
    if temperature == 1:
        added = [abs(row.top) + row.log_total]
        assert oracle.epsilons(logsumexp(z, keepdims=True), [row.logsumexp], added) <= min(bound, 2)
        y = len(z) // 2
        assert cross_entropy(z, y) == -log_p[y]


def _check_worked(z, temperature=1.0):
    _check(z, 4, temperature)


def _check_rounded(z, temperature=1.0):
    _check(z, 0.501, temperature)


@pytest.mark.parametrize("z", _cases(WORKED_IN))
def test_work(z):
    _check_worked(z)


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
    _check_worked(z)


@given(z=finite, temperature=st.sampled_from([0.01, 0.3, 1 / 3, 7.0, 1000.0]))
def test_work_on_any_finite_logits_at_a_temperature(z, temperature):
    _check_worked(z, temperature)


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
    _check_worked(z)
    _check_worked(z, 0.9)


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
def test_fast(scale, dtype):
    z = (scale * np.random.default_rng(0).normal(size=1000)).astype(dtype)
    row = oracle.row(z)
    assert oracle.ulps(softmax(z, fast=True), row.softmax).max() <= 16
    assert oracle.ulps(log_softmax(z, fast=True), row.log_softmax).max() <= 16
    assert oracle.epsilons(logsumexp(z, fast=True, keepdims=True), [row.logsumexp]) <= 4


@pytest.mark.parametrize("temperature", [0.1, 0.7, 30.0])
@pytest.mark.parametrize("name", ["scale=1-K=10", "scale=10-K=3", "scale=100-K=10", "offset=1e+12", "gap=300-K=10"])
def test_temperature(name, temperature):
    _check_worked(LOGITS[name], temperature)
    _check_rounded(LOGITS[name].astype(np.float32), temperature)


@pytest.mark.parametrize(("dtype", "check"), [(np.float64, _check_worked), (np.float32, _check_rounded)])
def test_vocabulary_of_a_language_model(dtype, check):
    check((3 * np.random.default_rng(0).normal(size=50_257)).astype(dtype))


SCORES = np.concatenate(
    [np.linspace(-800, 800, 1601), np.random.default_rng(0).normal(size=500), [5e-324, 1e-300, -1e-17, 1e4, -1e4]]
)

both_sigmoids = pytest.mark.parametrize(
    ("function", "definition"), [(sigmoid, oracle.sigmoid), (log_sigmoid, oracle.log_sigmoid)]
)


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
