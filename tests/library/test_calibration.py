"""Measures of calibration against loops and other libraries, calibrators against scikit-learn, mpmath and theory."""

import math
import re
from fractions import Fraction
from itertools import pairwise

import mpmath
import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.calibration import CalibratedClassifierCV, calibration_curve
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss

from softmaxlib import calibration, cross_entropy, softmax
from softmaxlib.calibration import (
    BayesianBinning,
    HistogramBinning,
    IsotonicCalibration,
    PlattScaling,
    TemperatureScaling,
    VectorScaling,
    brier_decomposition,
    brier_score,
    classwise_calibration_error,
    expected_calibration_error,
    reliability,
)
from tests.library import oracle

SCALINGS = [TemperatureScaling(), VectorScaling()]
ON_LOG_ODDS = [PlattScaling(), IsotonicCalibration()]
BINNINGS = [HistogramBinning(bins=5), BayesianBinning()]
CALIBRATORS = SCALINGS + ON_LOG_ODDS + BINNINGS
MEASURES = [reliability, expected_calibration_error, classwise_calibration_error, brier_score, brier_decomposition]


def each(calibrators):
    return pytest.mark.parametrize("calibrator", calibrators, ids=lambda calibrator: type(calibrator).__name__)


@pytest.fixture(autouse=True)
def nothing_goes_wrong_in_silence():
    with np.errstate(divide="raise", over="raise", invalid="raise"):
        yield


def drawn(p, rng):
    """Return a class for each row, drawn with the probabilities of the row."""
    return np.minimum((rng.random((len(p), 1)) > np.cumsum(p, axis=1)).sum(axis=1), p.shape[1] - 1)


def simulated(N=600, K=4, temperature=2.0, seed=0):
    """Return logits that are too far apart by a factor, and classes."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(N, K)) * 3 + rng.normal(size=(N, 1))
    return z, drawn(softmax(z, temperature=temperature), rng)


def claims(confidence, hits):
    """Return probabilities with these confidences for the class 0 of two, and the classes: 0 for a hit, else 1."""
    confidence = np.asarray(confidence, float)
    return np.stack([confidence, 1 - confidence], axis=1), np.where(hits, 0, 1)


@st.composite
def predictions(draw):
    """Return probabilities, some of them tied or on edges, and classes."""
    N, K = draw(st.integers(1, 30)), draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    kind = draw(st.sampled_from(["any", "tenths", "sure"]))
    if kind == "sure":
        p = np.eye(K)[rng.integers(K, size=N)]
    elif kind == "tenths":
        p = rng.multinomial(10, np.ones(K) / K, size=N) / 10
    else:
        p = rng.dirichlet(np.ones(K), size=N)
    return p, rng.integers(K, size=N)


# Measures


def test_an_edge_belongs_to_the_bin_below():
    p, y = claims([0.5, 0.6, 0.7, 0.75, 0.9, 1.0], [True] * 6)
    result = reliability(p, y, bins=10)
    np.testing.assert_array_equal(result.edges, np.arange(11) / 10)
    assert result.count.tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 1, 1]
    assert reliability(p, y, bins=4).count.tolist() == [0, 1, 3, 2]
    above = np.nextafter(0.6, 1)
    assert reliability([[above, 1 - above]], [0], bins=10).count.argmax() == 6
    slightly_above_1 = np.nextafter(1, 2)
    assert reliability([[slightly_above_1, 0]], [0], bins=10).count.argmax() == 9


def test_0_is_in_the_first_bin():
    p = np.array([[1.0, 0.0, 0.0], [0.0, 0.95, 0.05]])  # of the class 2, both in the bin up to 0.1
    expected = (0 + 0.05 / 2 + 0.025) / 3
    assert classwise_calibration_error(p, [0, 1], bins=10) == pytest.approx(expected, rel=1e-12)
    assert classwise_calibration_error(p, [0, 1], bins=100) == pytest.approx(0.1 / 2 / 3, rel=1e-12)


@given(predictions(), st.integers(1, 20))
def test_bins_of_equal_width_agree_with_a_loop(predicted, bins):
    p, y = predicted
    result = reliability(p, y, bins=bins)
    for b in range(bins):
        rows = [
            n
            for n in range(len(y))
            if b / bins < p[n].max() <= (b + 1) / bins  # no confidence is 0
        ]
        assert result.count[b] == len(rows)
        if rows:
            assert result.confidence[b] == pytest.approx(np.mean(p[rows].max(axis=1)), rel=1e-12)
            assert result.accuracy[b] == pytest.approx(np.mean(p[rows].argmax(axis=1) == y[rows]), rel=1e-12)
            assert 0 <= result.low[b] <= result.accuracy[b] <= result.high[b] <= 1
        else:
            of_bin = result.confidence[b], result.accuracy[b], result.low[b], result.high[b]
            assert np.isnan(of_bin).all()


@given(predictions(), st.integers(1, 40))
def test_bins_of_equal_mass_share_the_rows_out(predicted, bins):
    p, y = predicted
    result = reliability(p, y, bins=bins, strategy="mass")
    confidence = p.max(axis=1)
    assert result.count.sum() == len(y)
    assert (result.count > 0).all()
    assert result.edges[0] == 0
    assert result.edges[-1] == 1
    assert (np.diff(result.edges) > 0).all()
    assert len(result.edges) - 1 == len(result.count) <= bins
    np.testing.assert_allclose(result.count @ result.confidence, confidence.sum(), rtol=1e-12)
    np.testing.assert_allclose(result.count @ result.accuracy, np.sum(p.argmax(axis=1) == y), rtol=1e-12)
    if len(np.unique(confidence)) == len(y):
        share = len(y) / bins
        assert set(result.count) <= {math.floor(share), math.ceil(share)}
        assert len(result.count) == min(bins, len(y))
    order = np.random.default_rng(0).permutation(len(y))
    again = reliability(p[order], y[order], bins=bins, strategy="mass")
    np.testing.assert_array_equal(again.edges, result.edges)
    np.testing.assert_array_equal(again.count, result.count)


def test_ties_share_a_bin():
    p, y = claims([0.6, 0.7, 0.7, 0.7, 0.7, 0.8, 1.0, 1.0], [True] * 8)
    result = reliability(p, y, bins=4, strategy="mass")  # cuts after 2, 4 and 6 rows
    np.testing.assert_allclose(result.edges, [0, 0.75, 0.9, 1], rtol=1e-15)
    assert result.count.tolist() == [5, 1, 2]
    result = reliability(*claims([1.0] * 8, [True] * 8), bins=4, strategy="mass")
    np.testing.assert_array_equal(result.edges, [0, 1])


@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_the_interval_is_wilsons(hits):
    result = reliability(*claims([0.7] * len(hits), hits), bins=1)
    expected = scipy.stats.binomtest(sum(hits), len(hits)).proportion_ci(0.95, method="wilson")
    np.testing.assert_allclose([result.low[0], result.high[0]], [expected.low, expected.high], rtol=1e-12, atol=1e-15)
    assert (result.low[0] == 0) == (not any(hits))
    assert (result.high[0] == 1) == all(hits)


def test_calibration_errors_by_hand():
    p, y = claims([0.75] * 4 + [0.625] * 8, [True] * 3 + [False] + [True] * 5 + [False] * 3)
    assert expected_calibration_error(p, y) == classwise_calibration_error(p, y) == 0
    y[0] = 1  # 0.5 in place of 0.75 in a third of the rows
    assert expected_calibration_error(p, y) == pytest.approx(0.25 / 3, rel=1e-12)
    assert classwise_calibration_error(p, y) == pytest.approx(0.25 / 3, rel=1e-12)
    opposite = [[0.75, 0.25]] * 2 + [[1, 0]] * 2, [0, 0, 0, 1]  # 1 for 0.75 and 0.5 for 1
    assert expected_calibration_error(*opposite) == 0.375
    assert expected_calibration_error(*opposite, bins=1) == 0.125
    assert expected_calibration_error(*opposite, bins=2, strategy="mass") == 0.375
    ties = np.full((2, 2), 0.5), [0, 1]  # the first class is taken for the most probable one
    assert reliability(*ties, bins=1).accuracy == 0.5


def test_the_errors_reach_their_bounds():
    for K in (2, 3, 7):
        y = np.arange(K)
        wrong = np.eye(K)[(y + 1) % K]
        assert expected_calibration_error(wrong, y) == 1
        assert classwise_calibration_error(wrong, y) == pytest.approx(2 / K)
        assert brier_score(wrong, y) == 2
        assert brier_score(np.full((K, K), 1 / K), y) == pytest.approx(1 - 1 / K)
        for measure in MEASURES[1:4]:
            assert measure(np.eye(K), y) == 0


@given(predictions(), st.integers(1, 20), st.sampled_from(["width", "mass"]))
def test_the_calibration_error_is_the_sum_of_the_distances_in_the_diagram(predicted, bins, strategy):
    p, y = predicted
    result = reliability(p, y, bins=bins, strategy=strategy)
    distances = [n / len(y) * abs(a - c) for n, a, c in zip(result.count, result.accuracy, result.confidence) if n]  # noqa: B905
    error = expected_calibration_error(p, y, bins=bins, strategy=strategy)
    assert error == pytest.approx(sum(distances), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("strategy", ["width", "mass"])
def test_the_classwise_error_agrees_with_scikit_learn(strategy):
    z, y = simulated()
    p = softmax(z)
    errors = []
    for k in range(4):
        name = {"width": "uniform", "mass": "quantile"}[strategy]
        share, mean = calibration_curve(y == k, p[:, k], n_bins=10, strategy=name)
        count = np.histogram(p[:, k], 10, (0, 1))[0] if strategy == "width" else np.full(10, 60)
        errors.append(np.sum(count[count > 0] / 600 * np.abs(share - mean)))
    assert classwise_calibration_error(p, y, bins=10, strategy=strategy) == pytest.approx(np.mean(errors), rel=1e-12)


@pytest.mark.parametrize("N", [100, 1000])
def test_true_probabilities_have_the_error_of_the_docstring(N):
    rng = np.random.default_rng(N)
    confidence = rng.uniform(0.5, 1, size=N)
    expected = 0.0
    for b in range(15):
        inside = confidence[(confidence > b / 15) & (confidence <= (b + 1) / 15)]
        if inside.size:
            q = inside.mean()
            expected += inside.size / N * np.sqrt(2 * q * (1 - q) / (np.pi * inside.size))
    errors = [expected_calibration_error(*claims(confidence, rng.random(N) < confidence)) for _ in range(400)]
    assert np.mean(errors) == pytest.approx(expected, rel=0.05)
    assert min(errors) > 0


def test_the_brier_score_is_twice_that_of_scikit_learn_for_two_classes():
    p = np.random.default_rng(0).dirichlet([1, 1], size=50)
    y = np.arange(50) % 2
    assert brier_score(p, y) == pytest.approx(2 * brier_score_loss(y, p[:, 1]), rel=1e-12)


@given(predictions(), st.integers(1, 20))
def test_the_parts_of_the_brier_score_add_up(predicted, bins):
    p, y = predicted
    parts = brier_decomposition(p, y, bins=bins)
    total = parts.reliability - parts.resolution + parts.uncertainty + parts.within_bin
    assert total == pytest.approx(brier_score(p, y), rel=0, abs=1e-12)
    assert min(parts.reliability, parts.resolution, parts.uncertainty) >= 0


@given(predictions(), st.integers(1, 20))
def test_the_parts_of_the_brier_score_agree_with_a_loop(predicted, bins):
    p, y = predicted
    N, K = p.shape
    expected = np.zeros(4)
    for k in range(K):
        share = np.mean(y == k)
        expected[2] += share * (1 - share)
        for b in range(bins):
            rows = [n for n in range(N) if (b == 0 or b / bins < p[n, k]) and p[n, k] <= (b + 1) / bins]
            if rows:
                inside, hits = p[rows, k], (y == k)[rows]
                expected[0] += len(rows) / N * (inside.mean() - hits.mean()) ** 2
                expected[1] += len(rows) / N * (hits.mean() - share) ** 2
                expected[3] += (
                    len(rows) / N * (inside.var() - 2 * np.mean(inside * hits) + 2 * inside.mean() * hits.mean())
                )
    np.testing.assert_allclose(brier_decomposition(p, y, bins=bins), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize(
    ("p", "y", "error", "message"),
    [
        ([0.5, 0.5], [0], ValueError, r"p has shape \(2,\); expected \(N, K\)"),
        (np.zeros((0, 3)), [], ValueError, r"p has shape \(0, 3\); expected \(N, K\), with at least one row"),
        ([["a", "b"]], [0], TypeError, "p has dtype"),
        (
            [[1, 0], [2.0, -1.0]],
            [0, 0],
            ValueError,
            r"p, of shape \(2, 2\), should hold distributions .* row \(1,\) has a smallest entry of -1 and",
        ),
        ([[0.7, 0.7]], [0], ValueError, r"row \(0,\) .* and sums to 1.4; expected none below 0"),
        ([[np.nan, 0.7]], [0], ValueError, r"row \(0,\) .* nan"),
        ([[np.inf, 0.7]], [0], ValueError, r"row \(0,\) .* inf"),
        ([[0.5, 0.5]], [2], ValueError, "contains the class 2; expected 0 to 1"),
        ([[0.5, 0.5]], [-1], ValueError, "contains the class -1"),
        ([[0.5, 0.5]], [0.0], TypeError, "y has dtype float64"),
        ([[0.5, 0.5]], [0, 1], ValueError, r"y has shape \(2,\) and p \(1, 2\); expected one class for each row"),
        ([[0.5, 0.5]], [[0, 1]], ValueError, r"y has shape \(1, 2\)"),
    ],
)
def test_what_is_no_prediction_is_named(measure, p, y, error, message):
    with pytest.raises(error, match=message):
        measure(p, y)


def test_wrong_bins_are_named():
    p, y = claims([0.7], [True])
    for measure in (reliability, expected_calibration_error, classwise_calibration_error, brier_decomposition):
        with pytest.raises(ValueError, match="bins is 0; expected at least 1"):
            measure(p, y, bins=0)
        with pytest.raises(TypeError, match=r"bins is 2\.0"):
            measure(p, y, bins=2.0)
    for measure in (reliability, expected_calibration_error, classwise_calibration_error):
        with pytest.raises(ValueError, match=r"strategy is 'quantile'; expected one of \('width', 'mass'\)"):
            measure(p, y, strategy="quantile")


def test_sums_that_are_off_by_rounding_are_probabilities():
    p = softmax(np.random.default_rng(0).normal(size=(20, 1000)).astype(np.float32)).astype(np.float16)
    assert np.abs(p.astype(float).sum(axis=1) - 1).max() > 1e-6
    assert 0 < expected_calibration_error(p, np.arange(20)) < 1


# Calibrators, all of them


@each(CALIBRATORS)
def test_a_calibrator_follows_the_habits_of_scikit_learn(calibrator):
    z, y = simulated()
    model = clone(calibrator)
    assert model.get_params() == calibrator.get_params()
    with pytest.raises(NotFittedError):
        model.predict_proba(z)
    kept = z.copy(), y.copy()
    assert model.fit(z, y) is model
    assert model.n_classes_ == 4
    p = model.predict_proba(z)
    np.testing.assert_array_equal(z, kept[0])
    np.testing.assert_array_equal(y, kept[1])
    assert p.dtype == np.float64
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_array_equal(clone(model).fit(z.tolist(), y.tolist()).predict_proba(z.tolist()), p)
    np.testing.assert_array_equal(model.fit(*simulated(seed=1)).fit(z, y).predict_proba(z), p)  # nothing stays behind
    assert cross_entropy(np.log(np.maximum(p, 1e-9)), y) < cross_entropy(z, y)


@each(CALIBRATORS)
def test_a_number_added_to_a_row_and_the_order_of_the_rows_change_nothing(calibrator):
    z, y = simulated()
    new = simulated(seed=1)[0]
    model = clone(calibrator).fit(z, y)
    p = model.predict_proba(new)
    order = np.random.default_rng(0).permutation(len(y))
    np.testing.assert_allclose(clone(model).fit(z[order], y[order]).predict_proba(new), p, rtol=1e-8, atol=1e-12)
    if not isinstance(model, VectorScaling):  # which takes logits as they are
        far = np.random.default_rng(1).integers(-8, 8, size=(600, 1))
        np.testing.assert_allclose(clone(model).fit(z + far, y).predict_proba(new + far), p, rtol=1e-8, atol=1e-12)


@each(CALIBRATORS)
def test_the_names_of_the_classes_do_not_matter(calibrator):
    z, y = simulated()
    new = simulated(seed=1)[0]
    order = np.array([2, 0, 3, 1])
    p = clone(calibrator).fit(z, y).predict_proba(new)
    renamed = clone(calibrator).fit(z[:, order], np.argsort(order)[y]).predict_proba(new[:, order])
    np.testing.assert_allclose(renamed, p[:, order], rtol=1e-7, atol=1e-10)


@each(CALIBRATORS)
@settings(max_examples=40)
@given(
    st.integers(2, 4),
    st.integers(0, 2**32 - 1),
    st.sampled_from([1e-90, 1e-3, 1.0, 50.0, 1e5, 1e99]),
    st.sampled_from([1, 3, None]),
)
def test_probabilities_come_out_or_an_error(calibrator, K, seed, scale, levels):
    rng = np.random.default_rng(seed)
    N = K + int(rng.integers(30))
    z = rng.normal(size=(N, K)).clip(-3, 3) if levels is None else rng.integers(-levels, levels + 1, size=(N, K)) / 3
    y = rng.permutation(np.append(np.arange(K), rng.integers(K, size=N - K)))
    new = np.concatenate([rng.normal(size=(9, K)) * 10, [[-1e99] * K, [1e99, *[-1e99] * (K - 1)]]])
    try:
        model = clone(calibrator).fit(z * scale, y)
    except ValueError as error:
        refused = re.search("no better than chance|no logit above|is separable", str(error))
        if not refused or not isinstance(calibrator, (TemperatureScaling, VectorScaling)):
            raise
        return
    for rows in (z * scale, new, new * 1e-99):
        p = model.predict_proba(rows)
        assert ((p >= 0) & (p <= 1)).all()
        np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-12)


@each(CALIBRATORS)
@pytest.mark.parametrize(
    ("z", "y", "error", "message"),
    [
        ([0, 1], [0], ValueError, r"z has shape \(2,\); expected \(N, K\), with at least one row and two classes"),
        (np.zeros((0, 2)), [], ValueError, r"z has shape \(0, 2\)"),
        (np.zeros((3, 1)), [0, 0, 0], ValueError, r"z has shape \(3, 1\)"),
        ([["a", "b"]], [0], TypeError, "z has dtype"),
        ([[0, np.nan]] * 2, [0, 1], ValueError, r"z, of shape \(2, 2\), contains nan; expected logits from -1e\+100"),
        ([[0, np.inf]] * 2, [0, 1], ValueError, "contains inf"),
        ([[0, -1e101]] * 2, [0, 1], ValueError, r"contains -1e\+101"),
        ([[-np.inf, -np.inf], [0, 2]], [0, 1], ValueError, "has a row of -inf only"),
        (
            [[0.2, 0.8], [1, 0]],
            [0, 1],
            ValueError,
            r"z, of shape \(2, 2\), looks like probabilities, .* expected logits",
        ),
        ([[2, 0]] * 3, [1, 1, 1], ValueError, r"y, of shape \(3,\), contains the class 1 only; expected all 2 classes"),
        (
            np.eye(5)[:4] * 9,
            [0, 1, 1, 3],
            ValueError,
            r"y, of shape \(4,\), lacks the classes \[2, 4\]; expected all 5",
        ),
        ([[2, 0]] * 2, [0, 2], ValueError, "contains the class 2"),
        ([[2, 0]] * 2, [0, 1, 0], ValueError, r"y has shape \(3,\) and z \(2, 2\)"),
        ([[2, 0]] * 2, [0.0, 1.0], TypeError, "y has dtype float64"),
    ],
)
def test_what_cannot_be_fitted_is_named(calibrator, z, y, error, message):
    with pytest.raises(error, match=message):
        clone(calibrator).fit(z, y)


@each(CALIBRATORS)
def test_other_logits_than_in_fit_are_refused(calibrator):
    z, y = simulated()
    model = clone(calibrator).fit(z, y)
    with pytest.raises(ValueError, match=r"z has shape \(600, 3\); expected 4 columns, as in fit"):
        model.predict_proba(z[:, :3])
    with pytest.raises(ValueError, match="looks like probabilities"):
        model.predict_proba(softmax(z))
    with pytest.raises(ValueError, match="looks like probabilities"):
        model.predict_proba(softmax(z.astype(np.float32)))
    np.testing.assert_allclose(model.predict_proba(np.log(softmax(z))), softmax_of(model, z), rtol=1e-9, atol=1e-12)


def softmax_of(model, z):
    """Return what the model says of the logarithms of the probabilities, computed without rounding them."""
    return model.predict_proba(z - np.logaddexp.reduce(z, axis=1, keepdims=True))


class Scores(ClassifierMixin, BaseEstimator):
    """A classifier whose samples are the scores of their classes."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def decision_function(self, X):
        return X

    def predict(self, X):
        return X.argmax(axis=1)


def of_scikit_learn(method, z, y, new):
    """Return the probabilities of scikit-learn's calibrator, which is fitted to scores."""
    return CalibratedClassifierCV(FrozenEstimator(Scores().fit(z, y)), method=method).fit(z, y).predict_proba(new)


def log_odds(z):
    """Return the log-odds of each class against all others, by the definition."""
    return np.stack([z[:, k] - np.logaddexp.reduce(np.delete(z, k, axis=1), axis=1) for k in range(z.shape[1])], axis=1)


# Temperature scaling


@pytest.mark.parametrize("temperature", [0.4, 1.0, 2.5])
def test_a_planted_temperature_is_found(temperature):
    z, y = simulated(20_000, 5, temperature)
    found = TemperatureScaling().fit(z, y).temperature_
    p, T = softmax(z, temperature=temperature), temperature
    variance = np.sum(p * z**2, axis=1) - np.sum(p * z, axis=1) ** 2
    deviation = T**2 / np.sqrt(variance.sum())  # of the estimate, from its Fisher information
    assert abs(found - T) < 3 * deviation
    assert deviation < 0.03 * T


@pytest.mark.parametrize("scale", [1e-80, 1e-6, 1.0, 1e6, 1e90])
def test_the_temperature_is_the_root_of_the_derivative(scale):
    z, y = simulated(60, 3)
    z = z * scale
    found = TemperatureScaling().fit(z, y).temperature_

    def slope(T):
        with mpmath.workdps(50):
            total = mpmath.mpf(0)
            for row, right in zip(z / scale, y, strict=True):
                p = oracle.softmax([oracle.exact(x) * scale / oracle.exact(T) for x in row])
                total += sum(a * oracle.exact(x) for a, x in zip(p, row, strict=True)) - oracle.exact(row[right])
            return total

    assert slope(found * (1 + 1e-10)) < 0 < slope(found * (1 - 1e-10))  # the slope in 1/T


def test_the_temperature_is_where_the_loss_is_smallest():
    z, y = simulated()
    found = TemperatureScaling().fit(z, y).temperature_
    losses = [cross_entropy(z, y, temperature=found * factor) for factor in (0.999, 1, 1.001)]
    assert min(losses) == losses[1]


def test_the_temperature_agrees_with_scikit_learn():
    z, y = simulated()
    new = simulated(seed=1)[0]
    try:
        expected = of_scikit_learn("temperature", z, y, new)
    except ValueError:  # its InvalidParameterError
        pytest.skip("this version of scikit-learn has no temperature scaling")
    np.testing.assert_allclose(TemperatureScaling().fit(z, y).predict_proba(new), expected, rtol=1e-5)


def test_a_temperature_keeps_the_order_of_the_classes():
    z, y = simulated()
    p = TemperatureScaling().fit(z, y).predict_proba(z)
    np.testing.assert_array_equal(p.argsort(axis=1), z.argsort(axis=1))
    np.testing.assert_array_equal(p, softmax(z, temperature=TemperatureScaling().fit(z, y).temperature_))


CHANCE = [
    ([[2, 0]] * 4, [0, 1, 0, 1]),  # as often right as wrong
    ([[2, 0]] * 4, [1, 1, 1, 0]),  # more often wrong
    ([[3, 3, 3]] * 3, [0, 1, 2]),
    ([[0, 0, 0]] * 3, [0, 1, 2]),
    (np.arange(9).reshape(3, 3) / 7, [0, 1, 2]),  # sums to 0 up to rounding
    ([[0, 2, -np.inf], [2, 0, -np.inf], [-np.inf, 0, 0]], [0, 0, 2]),  # equal but for what is impossible
]


@pytest.mark.parametrize(("z", "y"), CHANCE)
@pytest.mark.parametrize("scale", [1e-90, 1, 1e90])
def test_no_temperature_is_best_at_chance(z, y, scale):
    y = [*y, *np.setdiff1d(np.arange(len(z[0])), y)]
    z = [*z, *[[0] * len(z[0])] * (len(y) - len(z))]
    with pytest.raises(ValueError, match=r"z, of shape .*, is no better than chance"):
        TemperatureScaling().fit(np.array(z) * scale, y)


SURE = [
    ([[2, 0], [0, 2]], [0, 1]),
    ([[2, 2, 0], [0, 2, 0], [0, 0, 2]], [0, 1, 2]),  # one tie
    ([[2, 0, -np.inf], [0, 2, -np.inf], [-np.inf, 0, 2]], [0, 1, 2]),
]


@pytest.mark.parametrize(("z", "y"), SURE)
@pytest.mark.parametrize("scale", [1e-90, 1, 1e90])
def test_no_temperature_is_best_where_nothing_is_wrong(z, y, scale):
    with pytest.raises(ValueError, match="has no logit above that of the right class in any row"):
        TemperatureScaling().fit(np.array(z) * scale, y)


def test_one_close_call_is_enough_for_a_temperature():
    z = np.array([[2.0, 0.0]] * 50 + [[0.0, 2.0]] * 50 + [[1.0 + 1e-12, 1.0]])
    y = [0] * 50 + [1] * 51
    found = TemperatureScaling().fit(z, y).temperature_
    # Derivative in 1/T, times 101: 1e-12 / 2 for the close call, and -2 exp(-2/T) for each other row.
    assert found == pytest.approx(-2 / np.log(1e-12 / 2 / 200), rel=1e-4)


@each([*SCALINGS, *BINNINGS])
def test_a_class_that_is_impossible_stays_so(calibrator):
    z, y = simulated()
    z[np.arange(600), (y + 1) % 4] = -np.inf
    model = clone(calibrator).fit(z, y)
    p = model.predict_proba(z)
    if calibrator in SCALINGS:
        assert (p[np.isneginf(z)] == 0).all()
        assert (p[np.isfinite(z)] > 0).all()
        low = np.where(np.isneginf(z), -1e6, z)
        if isinstance(model, TemperatureScaling):
            np.testing.assert_allclose(clone(model).fit(low, y).temperature_, model.temperature_, rtol=1e-9)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-12)


@each(SCALINGS)
def test_a_right_class_that_is_impossible_is_an_error(calibrator):
    z, y = simulated()
    z[7, y[7]] = -np.inf
    with pytest.raises(ValueError, match=rf"is -inf for the right class {y[7]} of the row 7, so the cross-entropy"):
        clone(calibrator).fit(z, y)


# Vector scaling


def test_vector_scaling_meets_the_conditions_of_a_minimum():
    z, y = simulated()
    z[:, 1] *= 1e6
    z[:, 2] -= 1e3
    z[5:100:7, (y[5] + 1) % 4] = -np.inf
    keep = np.isfinite(z[np.arange(600), y])
    z, y = z[keep], y[keep]
    model = VectorScaling().fit(z, y)
    p = model.predict_proba(z)
    right = np.eye(4)[y]
    np.testing.assert_allclose(p.mean(axis=0), right.mean(axis=0), rtol=1e-8)
    size = np.where(np.isfinite(z), z, 0)
    np.testing.assert_allclose(np.mean(p * size, axis=0), np.mean(right * size, axis=0), rtol=1e-7)
    assert abs(model.bias_.sum()) < 1e-9 * np.abs(model.bias_).max()


def test_vector_scaling_agrees_with_a_general_minimizer():
    z, y = simulated()

    def loss(w):
        return float(cross_entropy(z * w[:4] + w[4:], y))

    found = minimize(loss, np.r_[np.ones(4), np.zeros(4)], method="BFGS", options={"gtol": 1e-7})
    model = VectorScaling().fit(z, y)
    np.testing.assert_allclose(model.scale_, found.x[:4], atol=1e-5)
    np.testing.assert_allclose(model.bias_, found.x[4:] - found.x[4:].mean(), atol=1e-5)
    assert loss(np.r_[model.scale_, model.bias_]) <= found.fun + 1e-12


def test_planted_scales_and_biases_are_found():
    rng = np.random.default_rng(0)
    scale, bias = np.array([0.5, 1.0, -0.3]), np.array([1.0, 0.0, -1.0])
    z = rng.normal(size=(20_000, 3)) * 2
    model = VectorScaling().fit(z, drawn(softmax(z * scale + bias), rng))
    np.testing.assert_allclose(model.scale_, scale, atol=0.05)
    np.testing.assert_allclose(model.bias_, bias, atol=0.06)


def test_vector_scaling_of_two_opposite_logits_is_logistic_regression():
    z, y = simulated(200, 2)
    z -= z.mean(axis=1, keepdims=True)
    expected = LogisticRegression(C=np.inf, tol=1e-10).fit(z[:, 1:], y).predict_proba(z[:, 1:])
    model = VectorScaling().fit(z, y)
    np.testing.assert_allclose(model.predict_proba(z), expected, rtol=1e-5)
    np.testing.assert_allclose(*np.abs(model.scale_), rtol=1e-9)  # the smallest scales


def test_a_constant_logit_gets_no_scale():
    z, y = simulated()
    z[:, 2] = 0.1
    model = VectorScaling().fit(z, y)
    assert abs(model.scale_[2]) < 1e-12
    np.testing.assert_allclose(model.predict_proba(z).mean(axis=0), np.bincount(y) / 600, rtol=1e-8)


@pytest.mark.parametrize("seed", range(10))
def test_separable_logits_have_no_scales(seed):
    z, y = simulated(300, 4, seed=seed)
    everything = np.eye(4)[y] * 3 + z / 10
    one_class = z.copy()
    one_class[:, 1] = np.where(y == 1, 5, -5) + z[:, 1] / 10
    with_a_tie = z.copy()
    with_a_tie[:, 1] = np.where(y == 1, 1, -1)
    with_a_tie[np.flatnonzero(y != 1)[:3], 1] = 1  # on the line between them
    with_a_tie[np.flatnonzero(y == 1)[3:], 1] = 7
    for separable in (everything, one_class, with_a_tie):
        with pytest.raises(ValueError, match=r"z, of shape \(300, 4\), is separable"):
            VectorScaling().fit(separable, y)
    one_class[np.flatnonzero(y == 1)[0], 1] = -9  # one exception is enough
    assert np.isfinite(VectorScaling().fit(one_class, y).scale_).all()


@each([VectorScaling(), PlattScaling()])
def test_a_search_that_is_cut_short_is_an_error(calibrator, monkeypatch):
    monkeypatch.setattr(calibration, "STEPS", 2)
    with pytest.raises(RuntimeError, match="did not converge: it took at most 2 steps, and the largest entry"):
        clone(calibrator).fit(*simulated())


# Platt scaling and isotonic regression


@pytest.mark.parametrize(("calibrator", "method"), [(PlattScaling(), "sigmoid"), (IsotonicCalibration(), "isotonic")])
@pytest.mark.parametrize("K", [3, 7])
def test_log_odds_are_calibrated_as_by_scikit_learn(calibrator, method, K):
    z, y = simulated(400, K)
    new = simulated(400, K, seed=1)[0]
    expected = of_scikit_learn(method, log_odds(z), y, log_odds(new))
    p = clone(calibrator).fit(z, y).predict_proba(new)
    np.testing.assert_allclose(p, expected, atol=1e-5 if method == "sigmoid" else 1e-10)


@pytest.mark.parametrize("calibrator", ON_LOG_ODDS)
def test_two_classes_share_one_function(calibrator):
    z, y = simulated(200, 2)
    model = clone(calibrator).fit(z, y)
    p = model.predict_proba(z)
    difference = np.sort(z[:, 1] - z[:, 0])
    assert (np.diff(model.predict_proba(np.stack([0 * difference, difference], axis=1))[:, 1]) >= 0).all()
    np.testing.assert_allclose(clone(model).fit(z[:, ::-1], 1 - y).predict_proba(z[:, ::-1]), p[:, ::-1], atol=1e-12)
    if isinstance(model, PlattScaling):
        np.testing.assert_allclose(*model.slope_, rtol=1e-8)
        assert sum(model.intercept_) == pytest.approx(0, abs=1e-8)


def test_platts_sigmoids_meet_the_conditions_of_a_minimum():
    z, y = simulated(300, 3)
    model = PlattScaling().fit(z * 1e5, y)
    s = log_odds(z * 1e5)
    for k in range(3):
        n = np.sum(y == k)
        target = np.where(y == k, (n + 1) / (n + 2), 1 / (300 - n + 2))
        p = 1 / (1 + np.exp(-(model.slope_[k] * s[:, k] + model.intercept_[k])))
        assert np.mean(p - target) == pytest.approx(0, abs=1e-7)
        assert np.mean((p - target) * s[:, k]) / 1e5 == pytest.approx(0, abs=1e-6)


def test_platts_targets_keep_slopes_finite():
    y = np.arange(30) % 3
    model = PlattScaling().fit(np.eye(3)[y] * 50, y)
    assert (model.slope_ > 0).all()
    p = model.predict_proba(np.eye(3)[y] * 50)
    right, wrong = 11 / 12, 1 / 22  # two groups of equal log-odds for each class, so the sigmoids meet the targets
    np.testing.assert_allclose(p[0], np.array([right, wrong, wrong]) / (right + 2 * wrong), rtol=1e-7)


def test_constant_log_odds_get_the_slope_0():
    z = np.array([[0.0, 2.0, 2.0]] * 4)
    model = PlattScaling().fit(z, [0, 1, 2, 1])
    np.testing.assert_array_equal(model.slope_, 0)
    share = np.mean([2 / 3, 1 / 5, 1 / 5, 1 / 5])  # the mean target of the classes 0 and 2
    np.testing.assert_allclose(1 / (1 + np.exp(-model.intercept_[[0, 2]])), share, rtol=1e-7)


@settings(max_examples=40)
@given(st.lists(st.floats(-700, 700), min_size=2, max_size=5))
def test_log_odds_keep_their_digits(row):
    computed = calibration._log_odds(np.array([row]))[0]
    for k, x in enumerate(row):
        with mpmath.workdps(50):
            others = oracle.logsumexp([*row[:k], *row[k + 1 :]])
            exact = oracle.exact(x) - others
            scale = max(abs(oracle.exact(x)), abs(others), 1)
            assert abs(oracle.exact(float(computed[k])) - exact) <= 1e-15 * scale


@each(ON_LOG_ODDS)
def test_infinite_log_odds_are_refused(calibrator):
    z, y = simulated()
    model = clone(calibrator).fit(z, y)
    z[3, 1] = -np.inf
    for call in (lambda: model.fit(z, y), lambda: model.predict_proba(z)):
        with pytest.raises(ValueError, match=r"z, of shape \(600, 4\), contains -inf; expected finite logits"):
            call()


def test_isotonic_functions_increase_and_are_flat_outside():
    z, y = simulated()
    model = IsotonicCalibration().fit(z, y)
    for k, function in enumerate(model.calibrators_):
        x = np.linspace(-30, 30, 500)
        assert (np.diff(function.predict(x)) >= 0).all()
        s = log_odds(z)[:, k]
        lowest = s[y == k].min()
        assert (function.predict(s[s < lowest]) < 1e-9).all()
        np.testing.assert_array_equal(function.predict([-1e9, 1e9]), function.predict([s.min(), s.max()]))


@each([IsotonicCalibration(), HistogramBinning(bins=10)])
def test_a_row_of_zeros_becomes_uniform(calibrator):
    right = np.eye(10)
    z = np.log(0.8 * right + 0.2 * np.roll(right, 1, axis=1) + 1e-9)  # so 0.2 is never right
    model = clone(calibrator).fit(z, np.arange(10))
    p = model.predict_proba([np.zeros(10), *z])
    np.testing.assert_array_equal(p[0], 0.1)
    np.testing.assert_array_equal(p[1:], right)


# Binning


def test_histogram_bins_agree_with_a_loop():
    z, y = simulated(100, 3)
    p = softmax(z)
    model = HistogramBinning(bins=7).fit(z, y)
    expected = np.empty((100, 3))
    for k in range(3):
        order = np.argsort(p[:, k])
        cuts = [math.ceil(i * 100 / 7) for i in range(8)]
        for start, stop in pairwise(cuts):
            rows = order[start:stop]
            expected[rows, k] = np.mean(y[rows] == k)
    np.testing.assert_allclose(model.predict_proba(z), expected / expected.sum(axis=1, keepdims=True), rtol=1e-12)
    for edges, values in zip(model.edges_, model.values_, strict=True):
        assert len(edges) == len(values) + 1 == 8


def test_wrong_numbers_of_bins_are_named():
    with pytest.raises(ValueError, match="bins is 0; expected at least 1"):
        HistogramBinning(bins=0).fit(*simulated())
    with pytest.raises(TypeError, match="bins is 'many'"):
        HistogramBinning(bins="many").fit(*simulated())


def test_histograms_of_tied_logits_have_no_empty_bins():
    z = np.repeat([[800, 0], [5, 0], [0, 5], [0, 800]], 10, axis=0)  # the first and the last have probabilities 0 and 1
    y = np.repeat([0, 1, 0, 1, 0, 1], [9, 1, 16, 4, 1, 9])
    model = HistogramBinning().fit(z, y)
    for k in range(2):
        p = softmax([5.0, 0])
        np.testing.assert_allclose(model.edges_[k], [0, p[1] / 2, 0.5, (p[0] + 1) / 2, 1], rtol=1e-12)
    np.testing.assert_allclose(model.values_, [[0.1, 0.6, 1, 0.9], [0.1, 0, 0.4, 0.9]], rtol=1e-12)
    p = model.predict_proba([[800, 0], [5, 0], [0, 5], [0, 800], [1, 0]])
    np.testing.assert_allclose(p[:, 0], [0.9, 1, 0.6, 0.1, 1], rtol=1e-12)


def believed(p, hits, new):
    """Return what Bayesian binning says of new probabilities of one class, by the formulas of its docstring."""
    N = len(p)
    scores, said, seen = [], [], set()
    root = round(N ** (1 / 3), 9)
    for wanted in range(max(1, math.floor(root / 10)), min(N, math.ceil(10 * root)) + 1):
        ordered = np.sort(p)
        lasts = {ordered[math.ceil(i * N / wanted) - 1] for i in range(1, wanted)} - {ordered[-1]}
        edges = [0.0, *sorted((x + p[p > x].min()) / 2 for x in lasts), 1.0]
        if tuple(edges) in seen:
            continue
        seen.add(tuple(edges))
        B, score, values = len(edges) - 1, 0.0, []
        for b, (low, high) in enumerate(pairwise(edges)):
            inside = hits[((p > low) | (b == 0)) & (p <= high)]
            n, h = len(inside), int(inside.sum())
            middle = min(max((low + high) / 2, 2**-52), 1 - 2**-52)
            alpha, beta = 2 / B * middle, 2 / B * (1 - middle)
            score += math.lgamma(2 / B) - math.lgamma(n + 2 / B)
            score += math.lgamma(h + alpha) - math.lgamma(alpha) + math.lgamma(n - h + beta) - math.lgamma(beta)
            values.append((h + alpha) / (n + 2 / B))
        scores.append(score)
        said.append([next(v for v, high in zip(values, edges[1:], strict=True) if x <= high) for x in new])
    weights = np.exp(np.array(scores) - max(scores))
    return weights @ np.array(said) / weights.sum()


@pytest.mark.parametrize(("N", "different"), [(40, 40), (40, 9), (12, 12), (150, 100)])
def test_bayesian_binning_agrees_with_its_formulas(N, different):
    z, y = simulated(N, 3)
    new = simulated(50, 3, seed=1)[0]
    z = z[np.arange(N) % different]
    z[0] = [900, 0, 0]  # probabilities of 0 and 1
    new[0] = [0, 900, 0]
    p, p_new = softmax(z), softmax(new)
    expected = np.stack([believed(p[:, k], y == k, p_new[:, k]) for k in range(3)], axis=1)
    model = BayesianBinning().fit(z, y)
    np.testing.assert_allclose(model.predict_proba(new), expected / expected.sum(axis=1, keepdims=True), rtol=1e-9)
    assert all((values > 0).all() and (values < 1).all() for values in model.values_)


def test_the_numbers_of_bins_grow_with_the_cube_root():
    rng = np.random.default_rng(0)
    z = rng.normal(size=(8000, 2)) * 3
    y = rng.permutation(np.arange(8000) % 2)  # a single bin would be best, but there are at least 2
    model = BayesianBinning().fit(z, y)
    new = np.array([0.01, 0.3, 0.6, 0.99])
    expected = believed(softmax(z)[:, 0], y == 0, new)
    np.testing.assert_allclose(model.values_[0][np.searchsorted(model.edges_[0], new) - 1], expected, rtol=1e-9)
    assert np.ptp(expected) > 1e-5
    fractions = {Fraction(i, B) for B in range(2, 201) for i in range(1, B)}
    assert len(model.edges_[0]) - 2 == len({math.ceil(8000 * x) for x in fractions})


def test_bins_at_the_ends_have_a_prior_too():
    sure = np.array([[800.0, 0.0], [36.7, 0.0]])  # a probability of 1, and the next one below; 0 and a tiny one
    z = np.repeat(np.concatenate([sure, sure[:, ::-1], [[744.5, 0.0], [0.0, 744.5]]]), 5, axis=0)
    assert 1 - softmax(sure)[1, 0] == 2**-53
    y = np.where(np.abs(z).max(axis=1) > 100, z.argmax(axis=1), np.arange(30) % 2)  # what is certain comes true
    model = BayesianBinning().fit(z, y)
    assert all(np.isfinite(values).all() and 0 < values.min() < values.max() < 1 for values in model.values_)
    assert np.isfinite(model.predict_proba(z)).all()
