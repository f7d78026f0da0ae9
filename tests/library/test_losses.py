"""The losses: their digits, masks, weights and targets, their gradient, and what they refuse."""

import re
import tracemalloc
import warnings

import mpmath
import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.metrics import log_loss

import softmaxlib
from softmaxlib import log_softmax, losses, softmax
from softmaxlib.gradients import check_gradient
from tests.library import oracle

pytestmark = pytest.mark.filterwarnings("ignore::softmaxlib.losses.ProbabilitiesAsLogitsWarning")
Z = np.random.default_rng(0).normal(size=(4, 3))


# --- Digits ---------------------------------------------------------------------------------------------------------


def expected(z, temperature=1.0):
    """The losses of all classes of one row."""
    with mpmath.workdps(oracle.DIGITS):
        return [-x for x in oracle.log_softmax(z, temperature)]


def all_losses(z, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", losses.ProbabilitiesAsLogitsWarning)
        return losses.cross_entropy(np.tile(z, (len(z), 1)), np.arange(len(z)), reduction="none", **options)


logits = st.floats(-1e305, 1e305) | st.floats(-800, 800) | st.floats(-40, 40)


@given(
    z=hnp.arrays(np.float64, st.integers(1, 12), elements=logits),
    temperature=st.sampled_from([1.0, 1.0, 0.01, 1 / 3, 5.1, 1000.0]),
)
def test_within_9_units_of_roundoff_of_any_finite_logits(z, temperature):
    """An eps is 2 u; the bound is that of `log_softmax`."""
    assert oracle.epsilons(all_losses(z, temperature=temperature), expected(z, temperature)).max() <= 9 / 2


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@given(data=st.data(), temperature=st.sampled_from([1.0, 0.3]))
def test_rounded_once(dtype, data, temperature):
    width = 8 * np.dtype(dtype).itemsize
    z = data.draw(hnp.arrays(dtype, st.integers(1, 8), elements=st.floats(-100, 100, width=width)))
    assert oracle.ulps(all_losses(z, temperature=temperature), expected(z, temperature)).max() <= 0.501


@pytest.mark.parametrize(
    "z",
    [
        [0.0, -50.0],
        [5.573291131418597, -2.6904497453862066, 1.3999993147705647],
        [0.0, -36.7, -36.7, -36.7],
        [1e16, 1e16 - 2, 1e16 - 4],
        [3.7, 1.1, 3.7],
        [0.0, 1e300],
        [-745.2, 0.0, 709.9],
    ],
    ids=str,
)
@pytest.mark.parametrize("dtype", [np.float64, np.longdouble])
def test_within_9_units_of_roundoff_of_hard_rows(z, dtype):
    z = np.array(z, dtype)
    assert oracle.epsilons(all_losses(z), expected(z)).max() <= 9 / 2


# --- Rows, axes, masks and temperatures ------------------------------------------------------------------------------


def each(z, targets, **options):
    """One loss a row."""
    return losses.cross_entropy(z, targets, reduction="none", **options)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_picks_the_right_class(dtype):
    z, y = Z.astype(dtype), [0, 2, 1, 1]
    loss = each(z, y)
    assert loss.dtype == dtype
    assert_array_equal(loss, -log_softmax(z)[range(4), y])
    assert_array_equal(each(z.T, y, axis=0), loss)
    assert_array_equal(each(z.reshape(2, 2, 3), np.reshape(y, (2, 2))), loss.reshape(2, 2))
    assert_array_equal(each(z.T.reshape(3, 2, 2), np.reshape(y, (2, 2)), axis=0), loss.reshape(2, 2))
    assert isinstance(losses.cross_entropy(z[0], 2), np.floating)


def test_reductions():
    y = [0, 2, 1, 1]
    assert losses.cross_entropy(Z, y) == each(Z, y).sum() / 4
    assert losses.cross_entropy(Z, y, reduction="sum") == each(Z, y).sum()
    assert losses.cross_entropy(np.zeros((0, 3)), [], reduction="sum") == 0
    assert each(np.zeros((0, 3)), []).shape == (0,)


def test_the_mean_is_the_log_loss_of_scikit_learn():
    y = [0, 2, 1, 1]
    assert_allclose(losses.cross_entropy(Z, y), log_loss(y, softmax(Z), labels=range(3)), rtol=1e-14)


def test_many_blocks_and_few_bytes():
    """The log-probabilities of all rows would need 80 MB."""
    z, y = np.random.default_rng(0).normal(size=(10**5, 100)), np.arange(10**5) % 100
    tracemalloc.start()
    try:
        loss = losses.cross_entropy(z, y)
        assert tracemalloc.get_traced_memory()[1] < 16e6
    finally:
        tracemalloc.stop()
    assert_allclose(loss, -log_softmax(z)[range(10**5), y].mean(), rtol=1e-14)


def test_confident_and_wrong_or_right():
    assert_allclose(each([[0, -50], [0, -1e300], [np.inf, 0]], [0, 1, 0]), [1.9287498479639178e-22, 1e300, 0])
    assert not np.signbit(losses.cross_entropy([0, -1000], 0))
    assert losses.cross_entropy([0, -np.inf], 1) == np.inf
    assert np.isnan(losses.cross_entropy([0, np.nan], 0))
    assert_array_equal(np.isnan(each([[0, np.nan], [0, 1]], [0, 0])), [True, False])


def test_masks_and_temperatures():
    y, where = [0, 2, 1, 1], np.array([[True, False, True]] * 4)
    expected = -log_softmax(Z, where=where, temperature=0.5)[range(4), y]
    assert_array_equal(each(Z, y, where=where, temperature=0.5), expected)
    assert_array_equal(each(Z.T, y, axis=0, where=where.T, temperature=0.5), expected)
    assert_array_equal(each(Z, y, temperature=2.0), each(Z / 2, y))
    assert_array_equal(each(Z, [0, 2, 0, 0], where=where), -log_softmax(Z[:, ::2])[range(4), [0, 1, 0, 0]])


@pytest.mark.parametrize(("z", "where"), [([0.0, -np.inf], None), ([0.0, 5.0], [True, False]), ([-np.inf] * 2, None)])
def test_an_impossible_class_costs_infinitely_much(z, where):
    assert losses.cross_entropy(z, 1, where=where) == np.inf
    assert losses.cross_entropy_grad(z, 1, where=where)[1] == -1


def test_infinities_of_both_signs_cause_no_warning():
    assert_array_equal(losses.cross_entropy([[np.inf, -np.inf]] * 2, [0, 1], reduction="none"), [0, np.inf])


@pytest.mark.parametrize("soft", [False, True])
def test_rows_without_any_possible_class_are_left_out(soft):
    """Their class may be the mark of padding, their logits may be NaN."""
    z, y = np.vstack([Z, [np.nan, 0, 0]]), np.array([0, 2, 1, 1, -1])
    where = np.expand_dims(y >= 0, -1)
    targets = np.eye(3)[y] * where if soft else y
    assert losses.cross_entropy(z, targets, where=where) == losses.cross_entropy(Z, y[:4])
    assert_array_equal(each(z, targets, where=where)[-1], 0)
    gradient = losses.cross_entropy_grad(z, targets, where=where)
    assert_array_equal(gradient[-1], 0)
    assert_array_equal(gradient[:4], losses.cross_entropy_grad(Z, y[:4]))


# --- Targets, weights and smoothing ----------------------------------------------------------------------------------


@pytest.mark.parametrize("axis", [0, 1])
def test_soft_targets(axis):
    z = 3 * np.random.default_rng(1).normal(size=(5, 4))
    Y = np.random.default_rng(2).dirichlet(np.ones(4 if axis else 5), size=5 if axis else 4)
    Y = Y if axis else Y.T
    assert_allclose(each(z, Y, axis=axis), -(Y * log_softmax(z, axis)).sum(axis), rtol=1e-14)
    assert_allclose(losses.cross_entropy_grad(z, Y, axis=axis, reduction="sum"), softmax(z, axis) - Y, atol=1e-15)


@given(
    z=hnp.arrays(np.float64, st.integers(2, 9), elements=st.floats(-700, 700)),
    seed=st.integers(0, 10**6),
)
def test_soft_targets_within_their_bound(z, seed):
    """An eps is 2 u; K terms of one sign are off by 10 u each, and their sum by K - 1 more."""
    Y = np.random.default_rng(seed).dirichlet(np.ones(len(z)) / 2)
    with warnings.catch_warnings(), mpmath.workdps(oracle.DIGITS):
        warnings.simplefilter("ignore", losses.ProbabilitiesAsLogitsWarning)
        exact = sum(mpmath.mpf(y) * x for y, x in zip(Y.tolist(), expected(z), strict=True))
        assert oracle.epsilons(np.array([losses.cross_entropy(z, Y)]), [exact]).max() <= (len(z) + 9) / 2


def test_a_class_is_a_one_hot_target():
    y = [0, 2, 1, 1]
    assert_array_equal(each(Z, np.eye(3)[y]), each(Z, y))
    assert_array_equal(losses.cross_entropy_grad(Z, np.eye(3)[y]), losses.cross_entropy_grad(Z, y))
    assert losses.cross_entropy([0, -np.inf], [1.0, 0.0]) == 0  # 0 times infinity is 0 here


def test_label_smoothing_spreads_over_the_possible_classes():
    y, where = [0, 2, 2, 0], np.array([[True, False, True]] * 4)
    Y = 0.9 * np.eye(3)[y] + 0.1 / 3
    assert_allclose(each(Z, y, label_smoothing=0.1), each(Z, Y), rtol=1e-14)
    assert_allclose(
        each(Z, y, label_smoothing=0.1, where=where), each(Z[:, ::2], 0.9 * np.eye(3)[y][:, ::2] + 0.05), rtol=1e-14
    )


def test_weights_count_rows():
    y, weights = [0, 2, 1, 1], np.array([1.0, 0.0, 5.0])
    assert_allclose(losses.cross_entropy(Z, y, class_weight=weights), np.average(each(Z, y), weights=weights[y]))
    assert_allclose(each(Z, y, class_weight=weights), each(Z, y) * weights[y])
    assert losses.cross_entropy([[0, np.nan, 0], [0, 0, 0]], [1, 0], class_weight=weights) == np.log(3)
    Y = np.random.default_rng(0).dirichlet(np.ones(3), size=4)
    assert_allclose(each(Z, Y, class_weight=weights), each(Z, Y) * (Y @ weights))


# --- Gradients -------------------------------------------------------------------------------------------------------


@given(
    data=st.data(),
    shape=hnp.array_shapes(min_dims=1, max_dims=3, max_side=4),
    height=st.sampled_from([0.1, 1.0, 10.0, 100.0]),
    options=st.sampled_from(
        [
            {},
            {"reduction": "sum"},
            {"temperature": 0.7},
            {"label_smoothing": 0.2},
            {"temperature": 3.0},
        ]
    ),
)
def test_gradient(data, shape, height, options):
    """Of any saturation: the loss keeps the digits that its differences need."""
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    random = np.random.default_rng(data.draw(st.integers(0, 10**6)))
    z, y = height * random.normal(size=shape), random.integers(0, shape[axis], np.delete(shape, axis))
    weights = random.uniform(0.5, 2, shape[axis])
    right = np.moveaxis(np.arange(shape[axis]) == y[..., np.newaxis], -1, axis)
    counted = np.expand_dims(random.random(y.shape) < 0.8, axis)
    counted.flat[0] = True  # at least one row
    where = (right | (random.random(shape) < 0.7)) & counted

    def f(x):
        return losses.cross_entropy(x, y, axis=axis, class_weight=weights, where=where, **options)

    def gradient(x):
        return losses.cross_entropy_grad(x, y, axis=axis, class_weight=weights, where=where, **options)

    assert check_gradient(f, gradient, z).difference <= 1e-7


@given(z=hnp.arrays(np.float64, st.integers(2, 6), elements=st.floats(-300, 300)))
def test_gradient_keeps_its_digits(z):
    """An eps is 2 u: 9 of the log-softmax, times the height of the logarithm where expm1 makes it large, and 2 more."""
    got = losses.cross_entropy_grad(z, 0)
    with mpmath.workdps(oracle.DIGITS):
        p = [mpmath.exp(x) for x in oracle.log_softmax(z)]
        expected = [-sum(p[1:]), *p[1:]]
    assert oracle.epsilons(got, expected).max() <= 12


def test_gradient_of_each_row():
    y = [0, 2, 1, 1]
    assert_allclose(losses.cross_entropy_grad(Z, y, reduction="none"), softmax(Z) - np.eye(3)[y])
    assert_allclose(losses.cross_entropy_grad(Z, y), (softmax(Z) - np.eye(3)[y]) / 4)
    assert losses.cross_entropy_grad(Z.astype(np.float32), y).dtype == np.float32


def test_gradient_has_no_negative_zero():
    for z, y in [([0, -1000.0], 0), ([0, -np.inf], 0), (np.float16([0, -12]), 0)]:
        assert not np.signbit(losses.cross_entropy_grad(z, y)[losses.cross_entropy_grad(z, y) == 0]).any()
    assert_array_equal(losses.cross_entropy_grad([0, -1.0], 0, temperature=5e-324)[1], 0)


# --- Entropy, divergence, perplexity ---------------------------------------------------------------------------------


@pytest.mark.parametrize("axis", [0, 1])
def test_entropy_against_scipy(axis):
    z = 5 * np.random.default_rng(0).normal(size=(6, 5))
    assert_allclose(losses.entropy(z, axis), scipy.stats.entropy(softmax(z, axis), axis=axis), rtol=1e-13)
    assert_allclose(losses.entropy(z, None), scipy.stats.entropy(softmax(z, None), axis=None), rtol=1e-13)


def test_entropy_of_impossible_classes():
    assert_allclose(losses.entropy([[0, 0, -np.inf], [0, -np.inf, -np.inf], [-np.inf] * 3]), [np.log(2), 0, 0])
    assert np.isnan(losses.entropy([0, np.nan]))
    assert losses.entropy(np.zeros(3), where=[True, True, False]) == np.log(2)
    assert not np.signbit(losses.entropy([0, -1000.0]))


def divergence(z_p, z_q):
    with mpmath.workdps(250):
        log_p, log_q = oracle.log_softmax(z_p), oracle.log_softmax(z_q)
        return sum(mpmath.exp(a) * (a - b) for a, b in zip(log_p, log_q, strict=True))


@given(data=st.data(), size=st.integers(2, 8), nearness=st.sampled_from([1e-12, 1e-6, 1e-3, 0.1, 1.0, 30.0]))
def test_divergence_to_eleven_digits(data, size, nearness):
    """However close the two are; the worst that a search found in 3,000 was 1e-13."""
    random = np.random.default_rng(data.draw(st.integers(0, 10**6)))
    z_p = random.normal(size=size) * data.draw(st.sampled_from([0.1, 1.0, 10.0]))
    z_q = z_p + nearness * random.normal(size=size)
    assert_allclose(losses.kl_divergence(z_p, z_q), float(divergence(z_p, z_q)), rtol=1e-11)


def test_divergence_of_close_logits_beside_distant_or_impossible_ones():
    for z_p, z_q in [([0, 1e-12, -100], [0, 0, -103]), ([0, 1e-9, -900], [0, 0, -40]), ([5, 5 + 1e-9], [1e6, 1e6])]:
        assert_allclose(losses.kl_divergence(z_p, z_q), float(divergence(z_p, z_q)), rtol=1e-11)
    outside = float(divergence([0, 1e-12], [0, 0])) + np.exp(-60) / 2
    assert_allclose(losses.kl_divergence([0, 1e-12, -np.inf], [0, 0, -60]), outside, rtol=1e-11)


@given(z=hnp.arrays(np.float64, (2, 4), elements=st.floats(-700, 700) | st.just(-np.inf)))
def test_divergence_is_never_negative_nor_nan(z):
    assert losses.kl_divergence(*z) >= 0
    assert losses.kl_divergence(z[0], z[0]) == 0


def test_divergence_of_impossible_classes():
    none = -np.inf
    assert losses.kl_divergence([0, 0], [0, none]) == np.inf
    assert losses.kl_divergence([0, -1000], [0, none]) == np.inf  # however rare
    assert_allclose(losses.kl_divergence([0, none], [0, 0]), np.log(2))
    assert_allclose(losses.kl_divergence([0, 1, none], [1, 0, none]), losses.kl_divergence([0, 1], [1, 0]))
    assert_allclose(
        losses.kl_divergence([0, 1, 7], [1, 0, 9], where=[True, True, False]), losses.kl_divergence([0, 1], [1, 0])
    )
    assert np.isnan(losses.kl_divergence([0, np.nan], [0, 0]))
    assert losses.kl_divergence([none, none], [0, 1]) == losses.kl_divergence([none, none], [none, none]) == 0
    assert np.isnan(losses.kl_divergence([none, none], [0, np.nan]))


def test_divergence_broadcasts_and_keeps_dtypes():
    assert losses.kl_divergence(Z, Z[0]).shape == (4,)
    assert losses.kl_divergence(Z.astype(np.float32), Z[0].astype(np.float32)).dtype == np.float32
    assert_allclose(losses.kl_divergence(Z.T, Z.T[:, ::-1], 0), losses.kl_divergence(Z, Z[::-1]))
    with pytest.raises(
        ValueError, match=re.escape("z_p has shape (4, 3) and z_q (2,); expected shapes that broadcast")
    ):
        losses.kl_divergence(Z, [0, 1])


def test_cross_entropy_is_entropy_plus_divergence():
    z_p, z_q = Z[:2]
    total = losses.entropy(z_p) + losses.kl_divergence(z_p, z_q)
    assert_allclose(losses.cross_entropy(z_q, softmax(z_p)), total, rtol=1e-14)


def test_perplexity():
    assert_allclose(losses.perplexity(Z, [0, 2, 1, 1]), np.exp(losses.cross_entropy(Z, [0, 2, 1, 1])))
    assert losses.perplexity([0, -1e4], 1) == np.inf


# --- What is refused, and what is doubted ----------------------------------------------------------------------------


def test_at_the_top_level():
    assert softmaxlib.cross_entropy is losses.cross_entropy
    assert "cross_entropy" in softmaxlib.__all__
    assert all(hasattr(softmaxlib, name) for name in softmaxlib.__all__)


@pytest.mark.parametrize("axis", [0, 1])
def test_probabilities_are_doubted(axis):
    P = np.random.default_rng(0).dirichlet(np.ones(3), size=3)
    P = P if axis else P.T
    with pytest.warns(losses.ProbabilitiesAsLogitsWarning, match=re.escape("at least log(e + K - 1) - 1 = 0.551")):
        losses.cross_entropy(P, [0, 1, 2], axis=axis)
    with pytest.warns(losses.ProbabilitiesAsLogitsWarning) as caught:
        losses.cross_entropy_grad(P.astype(np.float32), [0, 1, 2], axis=axis)
    with pytest.warns(losses.ProbabilitiesAsLogitsWarning) as of_perplexity:
        losses.perplexity(P, [0, 1, 2], axis=axis)
    assert [w.filename for w in [*caught, *of_perplexity]] == [__file__] * 2
    P[0] += 1e-9
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        losses.cross_entropy(P, [0, 1, 2], axis=axis)
    assert not caught


@pytest.mark.parametrize(
    ("z", "targets", "error", "message"),
    [
        (
            Z,
            [0, 1],
            ValueError,
            "targets has shape (2,); expected (4,), that of z without axis -1, for classes, or (4, 3)",
        ),
        ([0, 2, 1, 1], Z, ValueError, "for distributions. If the two are swapped, pass the logits first"),
        (Z[0], [0], ValueError, "targets has shape (1,); expected (), that of z without axis -1"),
        (Z[0], 3, ValueError, "targets is 3; expected 0 to 2, as z has shape (3,) and its classes are along axis -1"),
        (Z, [0, 1, 3, 2], ValueError, "targets[2] is 3; expected 0 to 2, as z has shape (4, 3)"),
        (Z, [1, 2, 3, 1], ValueError, "its classes are along axis -1. Classes are counted from 0"),
        (Z, [0, 1, -1, 2], ValueError, "To leave rows out, pass where=np.expand_dims(targets >= 0, -1)"),
        (Z[np.newaxis], [[0, 1, 2, 5]], ValueError, "targets[0, 3] is 5; expected 0 to 2"),
        (
            Z,
            2 * np.eye(4, 3),
            ValueError,
            "row (0,) has a smallest entry of 0 and sums to 2; expected none below 0 and a sum",
        ),
        (Z, np.full((4, 3), np.nan), ValueError, "sums to nan"),
        (
            np.zeros((2, 0)),
            [0, 0],
            ValueError,
            "z, of shape (2, 0), is empty along axis -1; expected at least one class",
        ),
        (np.zeros((0, 2)), [], ValueError, "z, of shape (0, 2), has no row that counts, so there is no mean"),
        (Z[0], [[0], [1, 2]], ValueError, "targets is ragged; expected rows of one length"),
        (Z[0], 1.0, TypeError, "targets has dtype float64 and shape (); expected integer class indices"),
        (["seal"], 0, TypeError, "z has dtype <U4 and shape (1,); expected real numbers"),
    ],
)
@pytest.mark.parametrize("function", [losses.cross_entropy, losses.cross_entropy_grad])
def test_error_message(function, z, targets, error, message):
    with pytest.raises(error, match=re.escape(message)):
        function(z, targets)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"axis": None}, TypeError, "axis is None, of type NoneType; expected an integer"),
        ({"axis": 10**30}, np.exceptions.AxisError, f"axis 1{30 * '0'} does not exist in z"),
        ({"where": [1, 0, 1]}, TypeError, "where has dtype int"),
        (
            {"where": [True, False]},
            ValueError,
            "where has shape (2,); expected one that broadcasts to that of z, (4, 3)",
        ),
        ({"where": False}, ValueError, "has no row that counts"),
        ({"temperature": 0}, ValueError, "temperature is 0; expected a positive, finite number"),
        ({"temperature": "hot"}, TypeError, "temperature is 'hot', of type str; expected one real number"),
        ({"reduction": "average"}, ValueError, 'reduction is \'average\'; expected "mean", "sum" or "none"'),
        ({"label_smoothing": 1.5}, ValueError, "label_smoothing is 1.5; expected a number from 0 to 1"),
        ({"class_weight": [1, 2]}, ValueError, "class_weight has shape (2,); expected (3,), one for each class"),
        ({"class_weight": [1, -2, 1]}, ValueError, "expected finite numbers that are not negative"),
    ],
)
def test_error_message_on_options(options, error, message):
    with pytest.raises(error, match=re.escape(message)):
        losses.cross_entropy(Z, [0, 1, 2, 0], **options)
