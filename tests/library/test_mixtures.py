"""Mixtures of softmaxes: scikit-learn's habits, gradients, ranks, and what few dimensions cannot fit."""

import copy
import warnings
from itertools import combinations

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.utils.estimator_checks import estimator_checks_generator

from softmaxlib.gradients import check_gradient
from softmaxlib.mixtures import MixtureOfSoftmaxes, _loss_and_gradients

ESTIMATORS = [MixtureOfSoftmaxes(max_iter=300), MixtureOfSoftmaxes(3, 1, max_iter=300)]
CHECKS = [
    pytest.param(*pair, id=f"{model.components}-{pair[1].func.__name__}")
    for model in ESTIMATORS
    for pair in estimator_checks_generator(model)
]


def pairs(classes):
    """Return one target for each pair of classes, half of it on each of the two."""
    targets = np.zeros((classes * (classes - 1) // 2, classes))
    for row, pair in enumerate(combinations(range(classes), 2)):
        targets[row, list(pair)] = 0.5
    return targets


def random_parameters(rng, features, d, components, classes, scale=1.0):
    """Return parameters of a mixture, in the order of `_loss_and_gradients`."""
    shapes = [(components, features, d), (features, components), (classes, d), (classes,)]
    return [scale * rng.normal(size=shape) for shape in shapes]


def fitted(parameters):
    """Return a model with these parameters."""
    model = MixtureOfSoftmaxes()
    model.context_coef_, model.mixing_coef_, model.coef_, model.intercept_ = parameters
    model.n_features_in_, model.classes_ = len(model.mixing_coef_), np.arange(len(model.coef_))
    return model


def numerical_rank(log_p):
    return np.linalg.matrix_rank(log_p, rtol=1e-10)


# scikit-learn's habits


@pytest.mark.parametrize(("estimator", "check"), CHECKS)
@pytest.mark.filterwarnings("ignore")
def test_the_estimator_checks_of_scikit_learn_pass(estimator, check):
    check(estimator)


def test_one_softmax_of_enough_dimensions_is_logistic_regression():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 4))
    y = np.array(["seal", "panda", "duck"])[(X[:, :3] + rng.normal(size=(200, 3)) * 2).argmax(axis=1)]
    theirs = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(X, y)
    ours = MixtureOfSoftmaxes(2, 1, tol=1e-8, max_iter=5000, random_state=0).fit(X, y)
    assert ours.classes_.tolist() == ["duck", "panda", "seal"]
    np.testing.assert_allclose(ours.predict_log_proba(X), theirs.predict_log_proba(X), atol=1e-5)
    np.testing.assert_array_equal(ours.predict(X), theirs.predict(X))


def test_classes_and_their_one_hot_rows_are_the_same_targets():
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(60, 2)), rng.integers(3, size=60)
    models = [MixtureOfSoftmaxes(1, 2, max_iter=50, tol=0.1, random_state=0) for _ in range(2)]
    for model, targets in zip(models, (y, np.eye(3)[y]), strict=True):
        model.fit(X, targets)
    np.testing.assert_array_equal(*(model.predict_log_proba(X) for model in models))
    assert models[0].loss_ == pytest.approx(-models[0].predict_log_proba(X)[np.arange(60), y].mean(), rel=1e-12)


def test_the_seed_decides_the_result_and_the_caller_keeps_the_arrays():
    X, targets = np.eye(10), pairs(5)
    before = copy.deepcopy((X, targets))
    first, again, other = (
        MixtureOfSoftmaxes(1, 2, max_iter=20, tol=10, random_state=seed).fit(X, targets) for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first.predict_proba(X), again.predict_proba(X))
    assert not np.array_equal(first.coef_, other.coef_)
    for now, then in zip((X, targets), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_a_training_that_stops_early_warns():
    with pytest.warns(ConvergenceWarning, match="largest entry of the gradient is .* after 3 steps"):
        model = MixtureOfSoftmaxes(2, 2, max_iter=3, random_state=0).fit(np.eye(66), pairs(12))
    assert model.n_iter_ == 3
    with warnings.catch_warnings(action="error"):
        MixtureOfSoftmaxes(2, 2, max_iter=1, tol=10, random_state=0).fit(np.eye(66), pairs(12))


def test_samples_of_zeros_still_learn_the_biases():
    targets = np.tile([0.7, 0.2, 0.1], (4, 1))
    model = MixtureOfSoftmaxes(random_state=0).fit(np.zeros((4, 2)), targets)
    np.testing.assert_allclose(model.predict_proba([[0.0, 0.0]]), targets[:1], atol=1e-4)


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"dimension": 0}, ValueError, "dimension is 0; expected at least 1"),
        ({"dimension": 2.0}, TypeError, "dimension is 2.0"),
        ({"components": 0}, ValueError, "components is 0; expected at least 1"),
        ({"components": True}, TypeError, "components is True"),
        ({"max_iter": 0}, ValueError, "max_iter is 0"),
        ({"tol": -1}, ValueError, "tol is -1; expected a finite number that is not negative"),
        ({"tol": np.nan}, ValueError, "tol is nan"),
        ({"tol": "1"}, TypeError, "tol is '1'"),
    ],
)
def test_parameters_that_make_no_sense(parameters, error, message):
    with pytest.raises(error, match=message):
        MixtureOfSoftmaxes(**parameters).fit(np.eye(3), pairs(3))


@pytest.mark.parametrize(
    ("X", "y", "error", "message"),
    [
        (np.eye(3), np.ones((3, 3)), ValueError, r"y, of shape \(3, 3\), should hold .* row \(0,\) .* to 3;"),
        (np.eye(2), [[1.5, -0.5], [0, 1]], ValueError, r"row \(0,\) has a smallest entry of -0\.5"),
        (np.eye(2), [[0, 1], [0.5, 0.502]], ValueError, r"row \(1,\) has a smallest entry of 0\.5 and sums to 1\.002"),
        (np.eye(3) * 1e160, pairs(3), ValueError, r"squares of X, of shape \(3, 3\), overflow"),
        (np.eye(2), [["a", "b"], ["c", "d"]], TypeError, "y has dtype <U1"),
        (np.eye(3), ["duck"] * 3, ValueError, "has one class, 'duck'; expected at least 2"),
        (np.eye(2), [[0.5, 0.5], [1]], ValueError, "y is ragged"),
        (np.eye(3), pairs(4), ValueError, "inconsistent numbers of samples"),
        (np.eye(3) * np.nan, pairs(3), ValueError, "NaN"),
        (np.eye(3), pairs(3) * np.nan, ValueError, "NaN"),
    ],
)
def test_data_that_make_no_sense(X, y, error, message):
    with pytest.raises(error, match=message):
        MixtureOfSoftmaxes().fit(X, y)


def test_prediction_needs_a_fit():
    with pytest.raises(NotFittedError):
        MixtureOfSoftmaxes().predict_log_proba(np.eye(3))


# Gradients and accuracy


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 4), st.integers(1, 3), st.integers(1, 4), st.integers(2, 5), st.integers(0, 1000), st.booleans())
def test_gradients_are_those_of_finite_differences(features, d, components, classes, seed, soft):
    rng = np.random.default_rng(seed)
    X, parameters = rng.normal(size=(5, features)), random_parameters(rng, features, d, components, classes)
    targets = rng.dirichlet(np.ones(classes), 5) if soft else np.eye(classes)[rng.integers(classes, size=5)]
    targets = targets * 0.9995  # within the tolerance of the sums
    gradients = _loss_and_gradients(X, targets, *parameters)[1]
    for i, gradient in enumerate(gradients):

        def loss(value, i=i):
            return _loss_and_gradients(X, targets, *parameters[:i], value, *parameters[i + 1 :])[0]

        assert check_gradient(loss, lambda _, gradient=gradient: gradient, parameters[i]).difference < 1e-6


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 1000), st.sampled_from([1.0, 30.0, 1000.0]))
def test_log_probabilities_agree_with_mpmath_where_probabilities_underflow(seed, scale):
    rng = np.random.default_rng(seed)
    X, parameters = rng.normal(size=(2, 2)), random_parameters(rng, 2, 2, 3, 4, scale)
    log_p = fitted(parameters).predict_log_proba(X)
    context_coef, mixing_coef, coef, intercept = parameters
    z, u = X @ context_coef @ coef.T + intercept, X @ mixing_coef
    with mp.workdps(50):
        for n in range(2):
            mixing = [mp.exp(x) for x in u[n]]
            p = [mp.mpf(0)] * 4
            for m, weight in enumerate(mixing):
                exponentials = [mp.exp(x) for x in z[m, n]]
                p = [
                    a + weight / mp.fsum(mixing) * e / mp.fsum(exponentials)
                    for a, e in zip(p, exponentials, strict=True)
                ]
            exact = np.array([float(mp.log(x)) for x in p])
            np.testing.assert_allclose(log_p[n], exact, rtol=1e-12, atol=1e-12 * max(1.0, np.abs(z).max()))


def test_the_order_of_the_components_does_not_matter():
    rng = np.random.default_rng(2)
    X, (context_coef, mixing_coef, *classes) = rng.normal(size=(6, 3)), random_parameters(rng, 3, 2, 4, 5)
    order = [2, 0, 3, 1]
    turned = fitted([context_coef[order], mixing_coef[:, order], *classes])
    log_p = fitted([context_coef, mixing_coef, *classes]).predict_log_proba(X)
    np.testing.assert_allclose(turned.predict_log_proba(X), log_p, rtol=1e-13)
    np.testing.assert_allclose(np.exp(log_p).sum(axis=1), 1, rtol=1e-13)


# Ranks


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 6), st.integers(0, 1000))
def test_log_probabilities_of_one_softmax_have_the_rank_d_plus_2_at_most(d, seed):
    rng = np.random.default_rng(seed)
    parameters = random_parameters(rng, 30, d, 1, 20)
    assert numerical_rank(fitted(parameters).predict_log_proba(np.eye(30))) == d + 2
    parameters[-1][:] = 0
    assert numerical_rank(fitted(parameters).predict_log_proba(np.eye(30))) == d + 1


def test_a_mixture_has_no_such_bound():
    parameters = random_parameters(np.random.default_rng(0), 30, 2, 2, 20, 3.0)
    assert numerical_rank(fitted(parameters).predict_log_proba(np.eye(30))) == 20


def test_a_mixture_fits_all_pairs_of_classes_in_two_dimensions_and_one_softmax_does_not():
    X, targets = np.eye(66), pairs(12)

    def divergence(d, components):
        with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
            models = [MixtureOfSoftmaxes(d, components, random_state=seed).fit(X, targets) for seed in range(4)]
        return min(model.loss_ for model in models) - np.log(2)

    assert divergence(2, 1) > 28 / 66 * np.log(2) / 2  # at least 28 pairs have a third class in their way
    assert divergence(2, 3) < 1e-3
    assert divergence(4, 1) < 1e-3  # the edges of a cyclic polytope join all pairs of its corners
