"""The two classifiers: scikit-learn's habits and results, gradients, and what they reach on the digits."""

import copy
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.estimator_checks import estimator_checks_generator

from softmaxlib.gradients import check_gradient
from softmaxlib.models import MLP, SoftmaxRegression, backpropagate
from softmaxlib.teaching.datasets import digits, mnist, split

NAMES = np.array(["seal", "panda", "duck"])


@pytest.fixture(scope="module")
def images():
    return split(*digits(), test_size=500)


@pytest.fixture
def samples():
    """Return 60 samples of 3 classes that overlap, far from the origin and on different scales."""
    rng = np.random.default_rng(1)
    y = np.repeat([0, 1, 2], [30, 20, 10])
    centers = y[:, np.newaxis] * [1, -1, 0.5, 0]  # (60, 4)
    return (rng.normal(size=(60, 4)) + centers) * [1, 2, 0.5, 1] + [5, 0, -3, 1], y


CHECKS = [
    pytest.param(*pair, id=f"{type(model).__name__}{i}-{pair[1].func.__name__}")
    for i, model in enumerate(
        [
            SoftmaxRegression(alpha=0.001),
            SoftmaxRegression(max_iter=100),
            MLP(),
            MLP((32, 16), epochs=10),
            MLP(dropout=0.1, label_smoothing=0.1),
        ]
    )
    for pair in estimator_checks_generator(model)
]


@pytest.mark.parametrize(("estimator", "check"), CHECKS)
@pytest.mark.filterwarnings("ignore")
def test_the_estimator_checks_of_scikit_learn_pass(estimator, check):
    check(estimator)


# Both


@pytest.mark.parametrize("model", [SoftmaxRegression(alpha=0.1), MLP((5,), epochs=2, random_state=0)])
def test_classes_of_any_type_give_the_same_model(model, samples):
    X, y = samples
    given = {"integers": y, "strings": NAMES[y], "floats": y * 2.0 - 1, "objects": NAMES[y].astype(object)}
    order = {name: np.unique(labels, return_inverse=True)[1] for name, labels in given.items()}
    for name, labels in given.items():
        with np.errstate(all="raise"):
            predicted = model.fit(X, labels).predict(X)
        np.testing.assert_array_equal(model.classes_, np.unique(labels))
        assert np.isin(predicted, labels).all()
        np.testing.assert_array_equal(model.predict_proba(X), model.fit(X, order[name]).predict_proba(X))


@pytest.mark.parametrize("model", [SoftmaxRegression(alpha=0.1), MLP((5,), epochs=5, random_state=0)])
def test_predictions_belong_together(model, samples):
    X, y = samples
    model.fit(X, NAMES[y])
    p, z = model.predict_proba(X), model.decision_function(X)
    assert z.shape == p.shape == (60, 3)
    np.testing.assert_allclose(np.exp(z) / np.exp(z).sum(axis=1, keepdims=True), p, rtol=1e-13)
    np.testing.assert_allclose(np.exp(model.predict_log_proba(X)), p, rtol=1e-13)
    np.testing.assert_array_equal(model.predict(X), model.classes_[z.argmax(axis=1)])
    assert model.score(X, NAMES[y]) == np.mean(model.predict(X) == NAMES[y])
    log_odds = model.fit(X[y < 2], y[y < 2]).decision_function(X)  # of two classes
    p = model.predict_proba(X)
    np.testing.assert_allclose(log_odds, np.log(p[:, 1] / p[:, 0]), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("model", [SoftmaxRegression(alpha=0.1), MLP((5,), epochs=2, random_state=0)])
def test_progress_is_shown_on_request_only(model, samples, capsys):
    copy.deepcopy(model).fit(*samples)
    assert capsys.readouterr().err == ""
    copy.deepcopy(model).set_params(verbose=True).fit(*samples)
    assert "loss=" in capsys.readouterr().err


WRONG = [
    (SoftmaxRegression(alpha=-1), ValueError, "alpha is -1; expected a finite number that is not negative"),
    (SoftmaxRegression(alpha="l2"), TypeError, "alpha is 'l2', of type str; expected one real number"),
    (SoftmaxRegression(tol=np.inf), ValueError, "tol is inf"),
    (SoftmaxRegression(tol=10**400), ValueError, "expected a finite number that is not negative"),
    (SoftmaxRegression(tol=True), TypeError, "tol is True"),
    (SoftmaxRegression(max_iter=0), ValueError, "max_iter is 0; expected at least 1"),
    (SoftmaxRegression(max_iter=1.5), TypeError, "max_iter is 1.5"),
    (MLP(128), TypeError, r"hidden_layer_sizes is 128; expected a sequence of integers, as \(128,\)"),
    (MLP((8, 0)), ValueError, r"hidden_layer_sizes\[1\] is 0; expected at least 1"),
    (MLP((8.5,)), TypeError, r"hidden_layer_sizes\[0\] is 8.5"),
    (MLP(epochs=-1), ValueError, "epochs is -1; expected at least 0"),
    (MLP(batch_size=0), ValueError, "batch_size is 0; expected at least 1"),
    (MLP(learning_rate=np.nan), ValueError, "learning_rate is nan"),
    (MLP(label_smoothing=1.5), ValueError, r"label_smoothing is 1\.5; expected a number from 0 to 1"),
    (MLP(dropout=1), ValueError, r"dropout is 1\.0; expected a number from 0 to below 1"),
    (MLP(dropout=-0.1), ValueError, r"dropout is -0\.1; expected a finite number that is not negative"),
    (MLP(dropout="half"), TypeError, "dropout is 'half', of type str; expected one real number"),
]


@pytest.mark.parametrize(("model", "error", "message"), WRONG)
def test_wrong_parameters_are_named(model, error, message, samples):
    with pytest.raises(error, match=message):
        model.fit(*samples)


@pytest.mark.parametrize("model", [SoftmaxRegression(), MLP()])
@pytest.mark.parametrize("weight", [0, -1, np.nan, np.inf])
def test_classes_without_a_weight_are_refused(model, weight, samples):
    with pytest.raises(ValueError, match=r"class_weight gives the classes \[1\.0, .*\]; expected positive, finite"):
        copy.deepcopy(model).set_params(class_weight={1: weight}).fit(*samples)


@pytest.mark.parametrize("model", [SoftmaxRegression(), MLP()])
def test_a_single_class_is_refused(model):
    with pytest.raises(ValueError, match=r"y, of shape \(2,\), has one class, 7; expected at least 2"):
        model.fit([[0.0], [1.0]], [7, 7])


def test_samples_that_overflow_are_refused():
    X, y = [[0.0], [1e200]], [0, 1]
    with pytest.raises(ValueError, match=r"the squares of X, of shape \(2, 1\), overflow"):
        SoftmaxRegression().fit(X, y)
    with np.errstate(all="ignore"), pytest.raises(FloatingPointError, match=r"the loss is .* in epoch 2"):
        MLP(random_state=0, batch_size=2, learning_rate=1e150).fit(X, y)


# Softmax regression


@pytest.mark.parametrize("class_weight", [None, "balanced", {0: 3.0, 2: 0.5}])
def test_the_minimum_is_that_of_scikit_learn(samples, class_weight):
    X, y = samples
    total = compute_sample_weight(class_weight, y).sum()
    ours = SoftmaxRegression(alpha=0.01, class_weight=class_weight, tol=1e-10, max_iter=20_000).fit(X, y)
    theirs = LogisticRegression(
        C=1 / (0.01 * total), class_weight=class_weight, solver="newton-cholesky", tol=1e-12, max_iter=1000
    ).fit(X, y)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, rtol=0, atol=1e-7)
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), rtol=0, atol=1e-7)
    apart = ours.intercept_ - theirs.intercept_
    np.testing.assert_allclose(apart, apart[0], rtol=0, atol=1e-6)  # a common shift changes no probability


def test_the_minimum_on_the_digits_is_that_of_scikit_learn(images):
    X, X_test, y, _ = images
    ours = SoftmaxRegression(alpha=0.01, tol=1e-10).fit(X, y)
    theirs = LogisticRegression(C=1 / (0.01 * len(y)), solver="newton-cholesky", tol=1e-10).fit(X, y)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, rtol=0, atol=1e-6)
    np.testing.assert_allclose(ours.predict_proba(X_test), theirs.predict_proba(X_test), rtol=0, atol=1e-6)


@pytest.mark.parametrize("alpha", [0, 1e-6, 0.001, 10])
@pytest.mark.parametrize("scale", [1e-3, 1, 1e3])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_the_loss_never_grows(samples, alpha, scale):
    X, y = samples
    model = SoftmaxRegression(alpha=alpha, max_iter=300, tol=0).fit(X * scale, y)
    loss = np.array(model.history_["loss"])
    assert loss[0] == pytest.approx(np.log(3))
    assert (np.diff(loss) <= 1e-13).all()
    assert model.n_iter_ == len(model.history_["gradient"]) == len(loss) - 1 == 300


def test_no_plain_step_is_too_long():
    """Two classes, equally probable, have the largest curvature that the step allows for."""
    X, y = np.array([[-1.0], [1.0], [-1.0], [1.0]]), [0, 0, 1, 1]  # zero is the minimum
    model = SoftmaxRegression().fit(X, y)
    assert model.n_iter_ == 1
    np.testing.assert_array_equal(model.coef_, 0)


@pytest.mark.parametrize("shape", [(6, 2), (6, 40)])
def test_the_step_is_safe_for_wide_and_for_tall_samples(shape):
    rng = np.random.default_rng(2)
    X, y = rng.normal(size=shape) * 100, [0, 0, 1, 1, 2, 2]
    model = SoftmaxRegression(alpha=1000.0).fit(X, y)
    assert np.diff(model.history_["loss"]).max() <= 0
    assert model.history_["gradient"][-1] <= model.tol


def test_equal_samples_leave_nothing_but_the_frequencies():
    model = SoftmaxRegression(tol=1e-12).fit(np.ones((10, 2)), [0, 0, 0, 0, 0, 0, 0, 1, 1, 2])
    np.testing.assert_allclose(model.predict_proba([[1, 1]])[0], [0.7, 0.2, 0.1], atol=1e-10)


def test_weights_of_separable_classes_grow_as_long_as_the_training_lasts(images):
    X, _, y, _ = images
    sizes = []
    for max_iter in (20, 80):
        with pytest.warns(ConvergenceWarning, match=rf"after {max_iter} steps; expected at most tol, 1e-06"):
            sizes.append(np.linalg.norm(SoftmaxRegression(max_iter=max_iter).fit(X, y).coef_))
    assert sizes[1] > 1.5 * sizes[0]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_linear_scores_read_digits(images):
    X, X_test, y, y_test = images
    assert SoftmaxRegression(max_iter=100).fit(X, y).score(X_test, y_test) >= 0.965  # seen: 0.974
    X, X_test, y, y_test = split(*mnist(), test_size=2000)
    assert SoftmaxRegression(max_iter=50).fit(X, y).score(X_test, y_test) >= 0.905  # seen: 0.918 after 100


# The network


def network(seed, sizes, rows):
    """Return samples, classes, and the parameters of a network that are as large as in a trained one."""
    rng = np.random.default_rng(seed)
    shapes = list(pairwise(sizes))
    coefs = [rng.normal(size=shape) for shape in shapes]
    intercepts = [rng.normal(size=outputs) for _, outputs in shapes]
    return rng.normal(size=(rows, sizes[0])), rng.integers(0, sizes[-1], rows), coefs, intercepts


@settings(max_examples=25)
@given(
    seed=st.integers(0, 10**6),
    sizes=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    classes=st.integers(2, 4),
    rows=st.integers(1, 4),
    alpha=st.sampled_from([0.0, 0.1]),
    smoothing=st.sampled_from([0.0, 0.2]),
    weighted=st.booleans(),
    masked=st.booleans(),
)
def test_backpropagation_is_right(seed, sizes, classes, rows, alpha, smoothing, weighted, masked):
    X, y, coefs, intercepts = network(seed, [*sizes, classes], rows)
    rng = np.random.default_rng(seed)
    options = {
        "alpha": alpha,
        "label_smoothing": smoothing,
        "class_weight": np.arange(1, classes + 1) / 2 if weighted else None,
        "masks": [2.0 * rng.integers(0, 2, (rows, units)) for units in sizes[1:]] if masked else None,
    }
    parameters, layers = [*coefs, *intercepts], len(coefs)
    for i, parameter in enumerate(parameters):

        def at(value, i=i):
            changed = [*parameters[:i], value, *parameters[i + 1 :]]
            loss, coef_gradients, intercept_gradients = backpropagate(
                X, y, changed[:layers], changed[layers:], **options
            )
            return loss, [*coef_gradients, *intercept_gradients][i]

        found = check_gradient(lambda value: at(value)[0], lambda value: at(value)[1], parameter)
        assert found.difference <= 1e-7


def test_backpropagation_takes_distributions():
    X, y, coefs, intercepts = network(0, [3, 4, 3], 5)
    loss, dW, db = backpropagate(X, y, coefs, intercepts)
    soft_loss, soft_dW, soft_db = backpropagate(X, np.eye(3)[y], coefs, intercepts)
    assert loss == pytest.approx(soft_loss, rel=1e-14)
    for hard, soft in zip([*dW, *db], [*soft_dW, *soft_db], strict=True):
        np.testing.assert_allclose(hard, soft, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("hidden", [(), (16,), (16, 8)])
def test_the_loss_starts_at_the_logarithm_of_the_number_of_classes(images, hidden):
    X, _, y, _ = images
    model = MLP(hidden, epochs=0, random_state=0).fit(X, y)
    assert [W.shape for W in model.coefs_] == list(pairwise([64, *hidden, 10]))
    assert backpropagate(X, y, model.coefs_, model.intercepts_)[0] == pytest.approx(np.log(10), rel=1e-14)
    assert (model.n_iter_, model.history_) == (0, {"loss": []})


def test_hidden_weights_start_with_the_variance_of_he():
    rng = np.random.default_rng(0)
    model = MLP((1000,), epochs=0, random_state=0).fit(rng.normal(size=(10, 100)), [0, 1] * 5)
    assert model.coefs_[0].var() == pytest.approx(2 / 100, rel=0.02)


@pytest.mark.parametrize("class_weight", [None, "balanced"])
def test_epochs_one_by_one_are_a_fit(samples, class_weight):
    X, y = samples
    whole = MLP((5,), epochs=3, batch_size=7, class_weight=class_weight, random_state=3).fit(X, y)
    steps = MLP((5,), batch_size=7, class_weight=class_weight, random_state=3)
    for _ in range(3):
        steps.partial_fit(X, y, classes=[0, 1, 2])
    np.testing.assert_array_equal(whole.predict_proba(X), steps.predict_proba(X))
    assert whole.history_ == steps.history_
    assert whole.n_iter_ == steps.n_iter_ == 3
    again = whole.fit(X, y)  # from the start
    np.testing.assert_array_equal(again.predict_proba(X), steps.predict_proba(X))


def test_the_first_call_says_which_classes_there_are(samples):
    X, y = samples
    model = MLP((5,), random_state=0).partial_fit(X[y < 2], y[y < 2], classes=[0, 1, 2])
    assert model.predict_proba(X).shape == (60, 3)
    model.partial_fit(X, y)
    with pytest.raises(ValueError, match=r"y, of shape \(60,\), contains the class 3; expected one of \[0, 1, 2\]"):
        model.partial_fit(X, y + 1)
    with pytest.raises(ValueError, match=r"classes, of shape \(2,\), contains the class 5"):
        model.partial_fit(X, y, classes=[0, 5])
    with pytest.raises(ValueError, match="contains the class 2"):
        MLP().partial_fit(X, y, classes=[0, 1])


def test_steps_are_those_of_adam(samples):
    X, y = samples
    model = MLP((4,), epochs=3, batch_size=60, learning_rate=0.01, random_state=0).fit(X, y)
    reference = MLP((4,), epochs=0, random_state=0).fit(X, y)
    parameters = [*reference.coefs_, *reference.intercepts_]
    m, v = [0.0] * 4, [0.0] * 4
    for t in (1, 2, 3):
        _, dW, db = backpropagate(X, y, parameters[:2], parameters[2:])
        for i, g in enumerate([*dW, *db]):  # algorithm 1 of the article, line by line
            m[i] = 0.9 * m[i] + 0.1 * g
            v[i] = 0.999 * v[i] + 0.001 * g**2
            parameters[i] = parameters[i] - 0.01 * (m[i] / (1 - 0.9**t)) / (np.sqrt(v[i] / (1 - 0.999**t)) + 1e-8)
    for ours, theirs in zip([*model.coefs_, *model.intercepts_], parameters, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


def test_smoothed_targets_train_as_the_distributions_that_they_are(samples):
    X, y = samples
    smoothed = MLP((5,), epochs=1, batch_size=60, label_smoothing=0.3, random_state=0).fit(X, y)
    start = MLP((5,), epochs=0, random_state=0).fit(X, y)
    loss, *_ = backpropagate(X, 0.7 * np.eye(3)[y] + 0.1, start.coefs_, start.intercepts_)
    assert smoothed.history_["loss"] == pytest.approx([loss], rel=1e-14)
    plain = MLP((5,), epochs=60, random_state=0).fit(X, y).predict_proba(X)
    assert MLP((5,), epochs=60, label_smoothing=0.3, random_state=0).fit(X, y).predict_proba(X).max() < plain.max()


def test_dropout_leaves_units_out_and_keeps_the_mean(samples):
    X, y = samples
    model = MLP((50,), epochs=2, dropout=0.25, random_state=0).fit(X, y)
    hidden = np.maximum(X @ model.coefs_[0] + model.intercepts_[0], 0)
    p = model.sample_proba(X, 2000, random_state=1)
    assert p.shape == (2000, 60, 3)
    z = np.log(p) - np.log(p[..., :1])  # logits less that of the first class
    exact = hidden @ (model.coefs_[1] - model.coefs_[1][:, :1]) + model.intercepts_[1] - model.intercepts_[1][0]
    spread = z.std(axis=0) / np.sqrt(2000)
    assert np.all(np.abs(z.mean(axis=0) - exact) <= 5 * spread + 1e-12)
    variance = hidden**2 @ (model.coefs_[1] - model.coefs_[1][:, :1]) ** 2 * 0.25 / 0.75
    np.testing.assert_allclose(z.var(axis=0)[:, 1:], variance[:, 1:], rtol=0.25)
    np.testing.assert_allclose(model.decision_function(X)[:, 1] - model.decision_function(X)[:, 0], exact[:, 1])
    np.testing.assert_array_equal(p[:3], model.sample_proba(X, 3, random_state=1))
    assert (p[0] != p[1]).any(axis=1).all()
    same = np.repeat(X[:1], 20, axis=0)  # each sample draws its own units
    assert len(np.unique(model.sample_proba(same, 1, random_state=0)[0], axis=0)) > 15


def test_dropout_keeps_float32_and_two_hidden_layers(samples):
    X, y = samples
    model = MLP((8, 6), epochs=2, dropout=0.5, random_state=0).fit(X.astype(np.float32), y)
    assert {array.dtype for array in [*model.coefs_, *model.intercepts_]} == {np.dtype(np.float32)}
    assert model.sample_proba(X.astype(np.float32), 4).dtype == np.float32


def test_passes_that_would_be_the_same_are_refused(samples):
    for model in (MLP((5,), epochs=1), MLP((), epochs=1, dropout=0.5)):
        with pytest.raises(ValueError, match=r"dropout is .* so all passes would be the same; expected dropout above"):
            model.fit(*samples).sample_proba(samples[0], 5)
    model = MLP((5,), epochs=1, dropout=0.5, random_state=0)
    with pytest.raises(NotFittedError):
        model.sample_proba(samples[0], 5)
    with pytest.raises(ValueError, match="n_samples is 0; expected at least 1"):
        model.fit(*samples).sample_proba(samples[0], 0)
    with pytest.raises(TypeError, match=r"n_samples is 2\.5"):
        model.sample_proba(samples[0], 2.5)


def test_samples_in_float32_are_trained_on_in_float32(samples):
    X, y = samples
    model = MLP((5,), epochs=2, random_state=0).fit(X.astype(np.float32), y)
    assert {array.dtype for array in [*model.coefs_, *model.intercepts_]} == {np.dtype(np.float32)}
    assert model.predict_proba(X.astype(np.float32)).dtype == np.float32


def test_no_step_changes_the_samples(samples):
    X, y = samples
    before = X.copy(), y.copy()
    MLP((5,), epochs=2).fit(X, y)
    SoftmaxRegression(alpha=0.1).fit(X, y)
    np.testing.assert_array_equal(X, before[0])
    np.testing.assert_array_equal(y, before[1])


def test_a_penalty_keeps_the_weights_small(images):
    X, _, y, _ = images
    free, held = (MLP(alpha=alpha, epochs=10, random_state=0).fit(X, y) for alpha in (0.0, 0.1))
    assert np.linalg.norm(held.coefs_[0]) < 0.8 * np.linalg.norm(free.coefs_[0])


@pytest.mark.parametrize("seed", [0, 1])
def test_a_hidden_layer_reads_more_digits(images, seed):
    X, X_test, y, y_test = images
    assert MLP(random_state=seed).fit(X, y).score(X_test, y_test) >= 0.975  # seen: 0.980


def test_a_hidden_layer_reads_more_of_mnist():
    X, X_test, y, y_test = split(*mnist(), test_size=2000)
    assert MLP(epochs=10, random_state=0).fit(X, y).score(X_test, y_test) >= 0.945
