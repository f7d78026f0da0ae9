"""Two classifiers that are trained by cross-entropy: linear scores, and a network of ReLU layers.

Both follow scikit-learn's habits, so that they go into its pipelines and searches, and pass all of its estimator checks
(the one of arrays of other libraries runs only where ``SCIPY_ARRAY_API`` is set). Only a network without hidden layers
fails one, that of class weights, whose samples it learns too slowly.

Two habits differ from those of scikit-learn's linear models. With two classes, ``coef_`` has a row for each class,
as softmax needs no reference class, while ``decision_function`` gives the difference of their two scores, as
scikit-learn asks for. And weights for single samples are not offered, only for classes. The method ``score`` is that of
scikit-learn's classifiers: the share of samples whose class is predicted right.
"""

import numbers
import warnings
from itertools import pairwise

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data
from tqdm import tqdm

from softmaxlib.activations import log_softmax, softmax
from softmaxlib.arguments import as_integer, as_not_negative
from softmaxlib.losses import cross_entropy, cross_entropy_grad

DECAY = (0.9, 0.999)  # of Adam's means of the gradient and of its square
SMALL = 1e-8  # keeps Adam from dividing by 0
ROUNDING = 16 * np.finfo(np.float64).eps  # the loss may grow by that much, relatively, without having grown


class _SoftmaxClassifier(ClassifierMixin, BaseEstimator):
    """What follows from logits, which a subclass computes in `_logits`."""

    def decision_function(self, X):
        """Return the scores of the classes.

        Parameters
        ----------
        X : array_like, shape (N, d)
            Samples, one a row.

        Returns
        -------
        numpy.ndarray, shape (N, K), or (N,) for two classes
            Logits, in nats; for two classes the log-odds of the second, the difference of the two.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the model is not fitted.
        ValueError
            If `X` is not a matrix of finite numbers with as many columns as in training.
        """
        z = self._scores(X)
        return z[:, 1] - z[:, 0] if len(self.classes_) == 2 else z

    def predict_log_proba(self, X):
        """Return the logarithms of the probabilities, which do not underflow.

        Parameters
        ----------
        X : array_like, shape (N, d)
            Samples, one a row.

        Returns
        -------
        numpy.ndarray, shape (N, K)
            Log-probabilities, in nats, in the order of `classes_`.
        """
        return log_softmax(self._scores(X))

    def predict_proba(self, X):
        """Return the probabilities of the classes.

        Parameters
        ----------
        X : array_like, shape (N, d)
            Samples, one a row.

        Returns
        -------
        numpy.ndarray, shape (N, K)
            Probabilities, in the order of `classes_`.
        """
        return softmax(self._scores(X))

    def predict(self, X):
        """Return the class with the largest score; of equal ones, the first.

        Parameters
        ----------
        X : array_like, shape (N, d)
            Samples, one a row.

        Returns
        -------
        numpy.ndarray, shape (N,)
            Classes.
        """
        best = self._scores(X).argmax(axis=1)
        return self.classes_[best]

    def _scores(self, X):
        """Return the logits of samples, which are checked; shape (N, K) for any number of classes."""
        check_is_fitted(self)
        return self._logits(validate_data(self, X, dtype=self._dtypes, reset=False))

    def _prepared(self, X, y, classes=None):
        """Return samples, class indices and class weights, and set what is known from them."""
        X, y = validate_data(self, X, y, dtype=self._dtypes)
        check_classification_targets(y)
        self.classes_ = np.unique(y if classes is None else classes)
        if len(self.classes_) < 2:
            one = self.classes_.tolist()[0]
            raise ValueError(f"y, of shape {y.shape}, has one class, {one!r}; expected at least 2")
        return X, self._indices(y), self._weights(y)

    def _indices(self, y, name="y"):
        """Return the classes as indices into `classes_`."""
        known = np.isin(y, self.classes_)
        if not known.all():
            raise ValueError(
                f"{name}, of shape {y.shape}, contains the class {y[~known].tolist()[0]!r}; "
                f"expected one of {self.classes_.tolist()}"
            )
        return np.searchsorted(self.classes_, y)

    def _weights(self, y):
        """Return the weights of the classes, or None."""
        if self.class_weight is None:
            return None
        weights = compute_class_weight(self.class_weight, classes=self.classes_, y=y)
        if not np.all((weights > 0) & (weights < np.inf)):
            raise ValueError(f"class_weight gives the classes {weights.tolist()}; expected positive, finite weights")
        return weights


class SoftmaxRegression(_SoftmaxClassifier):
    r"""Softmax of linear scores, trained to the minimum of a convex loss.

    Also called multinomial logistic regression.

    Parameters
    ----------
    alpha : float, default 0.0
        Strength of the penalty on the weights. scikit-learn's ``C`` is 1 / (alpha N), with the sum of the weights of
        the samples for N where classes have weights.
    class_weight : dict, "balanced" or None, default None
        Weights of the classes, as in scikit-learn.
    max_iter : int, default 1000
        Most steps.
    tol : float, default 1e-6
        Stop when no entry of the gradient is larger.
    verbose : bool, default False
        Show a progress bar.

    Attributes
    ----------
    coef_ : numpy.ndarray of float64, shape (K, d)
        Weights, one row a class.
    intercept_ : numpy.ndarray of float64, shape (K,)
        Biases.
    classes_ : numpy.ndarray, shape (K,)
        Classes, sorted.
    n_features_in_ : int
        Number d of columns in training.
    n_iter_ : int
        Number of steps taken.
    history_ : dict of list of float
        "loss": before the first step and after each, so ``n_iter_ + 1`` numbers, in nats, with the penalty;
        "gradient": the largest entry of the gradient (by size) from which each step started, ``n_iter_`` numbers.

    See Also
    --------
    MLP : with hidden layers.

    Notes
    -----
    With the matrix :math:`W` of all weights and the vector :math:`b` of the biases, the loss is

    .. math:: F(W, b) = \frac{1}{N} \sum_n -\log \operatorname{softmax}(W x_n + b)_{y_n}
              + \frac{\alpha}{2} \lVert W \rVert^2,

    without a penalty on :math:`b`. It is convex. With :math:`\alpha > 0` its minimum has one :math:`W`, whose rows sum
    to zero; with :math:`\alpha = 0` there may be none, and on data that a linear score separates the weights grow as
    long as the training goes on. The start is zero, where all classes are equally probable. scikit-learn's
    ``LogisticRegression`` finds the same minimum by other algorithms: with alpha = 0.01 and ``tol=1e-10`` the weights
    agree to 1e-6 on the digits.

    The step follows from the curvature. The Hessian in the logits of one sample is the Jacobian of softmax, none of
    whose eigenvalues exceeds 1/2. On samples that are centered, so that their sum is zero, the Hessian of the mean
    loss in a direction :math:`(V, c)` is therefore at most

    .. math:: \frac{1}{2N} \sum_n \lVert V x_n + c \rVert^2
              = \frac{1}{2} \operatorname{tr}(V C V^T) + \frac{1}{2} \lVert c \rVert^2
              \le \frac{\lambda}{2} \lVert V \rVert^2 + \frac{1}{2} \lVert c \rVert^2,

    with the covariance matrix :math:`C` of the samples and its largest eigenvalue :math:`\lambda`. So the gradient
    step of length :math:`1 / (\lambda / 2 + \alpha)` for the weights and 2 for the biases cannot raise the loss.
    Nesterov's momentum makes the steps faster [1]_. Where a step with it would raise the loss, the momentum is
    dropped, and the plain step is taken instead [2]_, so the loss never grows by more than rounding.

    With weights of classes, all means are weighted.

    References
    ----------
    .. [1] Nesterov, Yu. E., "A method of solving a convex programming problem with convergence rate O(1/k^2)", Soviet
       Mathematics Doklady 27(2), 1983.
    .. [2] O'Donoghue, B., Candès, E., "Adaptive restart for accelerated gradient schemes", Foundations of
       Computational Mathematics 15(3), 2015.

    Examples
    --------
    >>> model = SoftmaxRegression(alpha=0.1).fit([[0.0], [1.0], [2.0], [3.0]], ["seal", "seal", "panda", "panda"])
    >>> model.predict([[0.5], [2.5]])
    array(['seal', 'panda'], dtype='<U5')
    """

    _dtypes = np.float64

    def __init__(self, *, alpha=0.0, class_weight=None, max_iter=1000, tol=1e-6, verbose=False):
        self.alpha = alpha
        self.class_weight = class_weight
        self.max_iter = max_iter
        self.tol = tol
        self.verbose = verbose

    def fit(self, X, y):
        """Train on all samples at once.

        Parameters
        ----------
        X : array_like of real numbers, shape (N, d)
            Samples, one a row.
        y : array_like, shape (N,)
            Their classes, numbers or strings.

        Returns
        -------
        SoftmaxRegression
            This model.

        Raises
        ------
        TypeError
            If `max_iter` is not an integer, or `alpha` or `tol` not a real number.
        ValueError
            If `X` or `y` is not what the parameters say, `y` holds a single class, `X` is so large that its squares
            overflow, or a parameter of the model is out of its range.

        Warns
        -----
        sklearn.exceptions.ConvergenceWarning
            If the gradient is still larger than `tol` after `max_iter` steps.
        """
        alpha, tol = as_not_negative(self.alpha, "alpha"), as_not_negative(self.tol, "tol")
        max_iter = as_integer(self.max_iter, "max_iter", least=1)
        X, y, class_weight = self._prepared(X, y)
        share = np.ones(len(y)) if class_weight is None else class_weight[y]
        share = share / share.sum()  # of each sample in the loss
        center = share @ X
        X = np.where(np.ptp(X, axis=0) > 0, X - center, 0)  # a constant column leaves no rounding errors to learn
        curvature = _largest_eigenvalue(X * np.sqrt(share)[:, np.newaxis]) / 2 + alpha
        steps = 1 / curvature if curvature > 0 else 1.0, 2.0

        def loss(W, z):
            return float(cross_entropy(z, y, class_weight=class_weight) + alpha / 2 * np.sum(W**2))

        W, b = np.zeros((len(self.classes_), X.shape[1])), np.zeros(len(self.classes_))
        here = before = W, b, X @ W.T + b  # logits are linear, so they go along with the parameters
        self.history_ = {"loss": [loss(W, here[2])], "gradient": []}
        momentum = 1.0
        with tqdm(total=max_iter, disable=not self.verbose, unit="step") as progress:
            for self.n_iter_ in range(1, max_iter + 1):
                following = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
                ahead = (momentum - 1) / following
                for factor in (ahead, 0.0):  # the second, a plain step, where the first would lead up
                    W, b, z = (now + factor * (now - then) for now, then in zip(here, before, strict=True))
                    dz = cross_entropy_grad(z, y, class_weight=class_weight)  # (N, K)
                    dW, db = dz.T @ X + alpha * W, dz.sum(axis=0)
                    W, b = W - steps[0] * dW, b - steps[1] * db
                    z = X @ W.T + b
                    reached = loss(W, z)
                    if factor == 0 or reached <= self.history_["loss"][-1] * (1 + ROUNDING):
                        break
                momentum = following if factor or ahead == 0 else 1.0
                here, before = (W, b, z), here
                largest = float(max(np.abs(dW).max(), np.abs(db).max()))
                self.history_["loss"].append(reached)
                self.history_["gradient"].append(largest)
                progress.update()
                progress.set_postfix(loss=f"{reached:.4f}", refresh=False)
                if largest <= tol:
                    break
        if largest > tol:
            warnings.warn(
                f"the largest entry of the gradient is {largest:.2g} after {max_iter} steps; expected at most tol, "
                f"{tol:.2g}: raise max_iter, tol or alpha, or scale the columns of X",
                ConvergenceWarning,
                stacklevel=2,
            )
        W, b, _ = here
        self.coef_, self.intercept_ = W, b - W @ center
        return self

    def _logits(self, X):
        """Return the scores of checked samples."""
        return X @ self.coef_.T + self.intercept_


class MLP(_SoftmaxClassifier):
    r"""Softmax of the scores of a network with hidden layers: a multilayer perceptron.

    Parameters
    ----------
    hidden_layer_sizes : sequence of int, default (128,)
        Number of units of each hidden layer; empty for none.
    alpha : float, default 0.0
        Strength of the penalty on the weights, ``alpha / 2`` times the sum of their squares.
    learning_rate : float, default 0.002
        Length of Adam's steps.
    batch_size : int, default 32
        Samples a step; the last step of an epoch may have fewer.
    epochs : int, default 30
        How often `fit` goes through the samples; 0 for a network as it starts.
    label_smoothing : float from 0 to 1, default 0.0
        Share of each target that is spread evenly over all classes, as in `softmaxlib.losses.cross_entropy`.
    dropout : float from 0 to below 1, default 0.0
        Probability with which each hidden unit is left out, in each step anew and for each sample of its batch on its
        own. Predictions use all units; `sample_proba` leaves units out.
    class_weight : dict, "balanced" or None, default None
        Weights of the classes, as in scikit-learn. The loss of each batch is divided by the weights that it holds.
    random_state : int, numpy.random.RandomState or None, default None
        Seed of the first weights and of the order of the samples.
    verbose : bool, default False
        Show a progress bar.

    Attributes
    ----------
    coefs_ : list of numpy.ndarray
        Weights of each layer, of shape (inputs, outputs).
    intercepts_ : list of numpy.ndarray
        Biases of each layer.
    classes_ : numpy.ndarray, shape (K,)
        Classes, sorted.
    n_features_in_ : int
        Number d of columns in training.
    n_iter_ : int
        Number of epochs gone through.
    history_ : dict of list of float
        "loss": for each epoch the mean loss of the samples, each as its batch came up, in nats, with the penalty, and
        with label smoothing and dropout if there are any.

    See Also
    --------
    backpropagate : loss and gradients of such a network.
    SoftmaxRegression : without hidden layers, and trained to the minimum.

    Notes
    -----
    A hidden layer gives :math:`h = \max(0, x W + b)`, the last layer gives the logits. Weights of hidden layers start
    as normal numbers with variance 2 / inputs [1]_, and those of the last layer as zeros: all classes begin equally
    probable, with the loss :math:`\log K`. Each step is one of Adam [2]_, with the constants of that article.

    Dropout [3]_ multiplies each output of a hidden layer by 0 with probability `dropout`, and otherwise by
    1 / (1 - `dropout`), so that the input of the next layer has the same mean as with all units.

    Samples in float32 are trained on in float32, others in float64. scikit-learn's ``MLPClassifier`` offers more
    choices.

    References
    ----------
    .. [1] He, K., Zhang, X., Ren, S., Sun, J., "Delving deep into rectifiers", ICCV 2015, section 2.2.
    .. [2] Kingma, D. P., Ba, J., "Adam: A method for stochastic optimization", ICLR 2015, algorithm 1.
    .. [3] Srivastava, N., Hinton, G., Krizhevsky, A., Sutskever, I., Salakhutdinov, R., "Dropout: A simple way to
       prevent neural networks from overfitting", Journal of Machine Learning Research 15, 2014.

    Examples
    --------
    Four points that no linear score separates:

    >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], ["equal", "different", "different", "equal"]
    >>> MLP((8,), learning_rate=0.1, epochs=100, random_state=0).fit(X, y).predict(X)
    array(['equal', 'different', 'different', 'equal'], dtype='<U9')
    """

    _dtypes = (np.float64, np.float32)

    def __init__(
        self,
        hidden_layer_sizes=(128,),
        *,
        alpha=0.0,
        learning_rate=2e-3,
        batch_size=32,
        epochs=30,
        label_smoothing=0.0,
        dropout=0.0,
        class_weight=None,
        random_state=None,
        verbose=False,
    ):
        self.hidden_layer_sizes = hidden_layer_sizes
        self.alpha = alpha
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.epochs = epochs
        self.label_smoothing = label_smoothing
        self.dropout = dropout
        self.class_weight = class_weight
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X, y):
        """Train from the start, for `epochs` epochs.

        Parameters
        ----------
        X : array_like of real numbers, shape (N, d)
            Samples, one a row.
        y : array_like, shape (N,)
            Their classes, numbers or strings.

        Returns
        -------
        MLP
            This model.

        Raises
        ------
        TypeError
            If a parameter of the model is of the wrong type.
        ValueError
            If `X` or `y` is not what the parameters say, `y` holds a single class, or a parameter of the model is out
            of its range.
        FloatingPointError
            If the loss is no longer finite.
        """
        epochs = as_integer(self.epochs, "epochs", least=0)
        X, y, class_weight = self._prepared(X, y)
        self._start(X.dtype)
        with tqdm(total=epochs, disable=not self.verbose, unit="epoch") as progress:
            for _ in range(epochs):
                self._epoch(X, y, class_weight)
                progress.update()
                progress.set_postfix(loss=f"{self.history_['loss'][-1]:.4f}", refresh=False)
        return self

    def partial_fit(self, X, y, classes=None):
        """Train for one more epoch, or for a first one.

        As many calls as `epochs` have the result of `fit`, if the weights of the classes are not "balanced" anew.

        Parameters
        ----------
        X : array_like of real numbers, shape (N, d)
            Samples, one a row.
        y : array_like, shape (N,)
            Their classes, numbers or strings.
        classes : array_like, optional
            All classes, for the first call; by default those of `y`.

        Returns
        -------
        MLP
            This model.

        Raises
        ------
        TypeError, ValueError, FloatingPointError
            As for `fit`, and if `y` or `classes` holds a class that the first call did not know.
        """
        if not hasattr(self, "coefs_"):
            X, y, class_weight = self._prepared(X, y, classes)
            self._start(X.dtype)
        else:
            X, y = validate_data(self, X, y, dtype=self._dtypes, reset=False)
            if classes is not None:
                self._indices(np.asarray(classes), "classes")
            y, class_weight = self._indices(y), self._weights(y)
        self._epoch(X, y, class_weight)
        return self

    def sample_proba(self, X, n_samples, *, random_state=None):
        """Return the probabilities of several passes, each with other units left out: Monte Carlo dropout [4]_.

        Parameters
        ----------
        X : array_like, shape (N, d)
            Samples, one a row.
        n_samples : int
            Number S of passes.
        random_state : int, numpy.random.RandomState or None, default None
            Seed of the choice of units.

        Returns
        -------
        numpy.ndarray, shape (S, N, K)
            Probabilities, in the order of `classes_`. Their mean over the first axis is the usual prediction.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the model is not fitted.
        TypeError
            If `n_samples` is not an integer.
        ValueError
            If `dropout` is 0 or there is no hidden layer, so that all passes would be the same, `n_samples` is not
            positive, or `X` is not a matrix of finite numbers with as many columns as in training.

        References
        ----------
        .. [4] Gal, Y., Ghahramani, Z., "Dropout as a Bayesian approximation: Representing model uncertainty in deep
           learning", ICML 2016.
        """
        check_is_fitted(self)
        dropout, n_samples = self._checked_dropout(), as_integer(n_samples, "n_samples", least=1)
        if dropout == 0 or len(self.coefs_) == 1:
            raise ValueError(
                f"dropout is {dropout:g} and hidden_layer_sizes is {self.hidden_layer_sizes!r}, so all passes would be "
                "the same; expected dropout above 0, and a hidden layer"
            )
        X = validate_data(self, X, dtype=self._dtypes, reset=False)
        random = check_random_state(random_state)
        passes = (_layers(X, self.coefs_, self.intercepts_, self._masks(len(X), random)) for _ in range(n_samples))
        return np.stack([softmax(values[-1]) for values in passes])

    def _checked_dropout(self):
        """Return the probability with which units are left out."""
        dropout = as_not_negative(self.dropout, "dropout")
        if dropout >= 1:
            raise ValueError(f"dropout is {dropout}; expected a number from 0 to below 1")
        return dropout

    def _masks(self, rows, random):
        """Return for each hidden layer what dropout multiplies its outputs by, or None without dropout."""
        dropout = self._checked_dropout()
        if dropout == 0:
            return None
        shapes = [(rows, W.shape[1]) for W in self.coefs_[:-1]]
        return [((random.random_sample(s) >= dropout) / (1 - dropout)).astype(self.coefs_[0].dtype) for s in shapes]

    def _start(self, dtype):
        """Set the first parameters, and what Adam remembers of their gradients."""
        self._random = check_random_state(self.random_state)
        sizes = self.hidden_layer_sizes
        if isinstance(sizes, (numbers.Real, str)):
            raise TypeError(f"hidden_layer_sizes is {sizes!r}; expected a sequence of integers, as (128,)")
        hidden = [as_integer(size, f"hidden_layer_sizes[{i}]", least=1) for i, size in enumerate(sizes)]
        shapes = list(pairwise([self.n_features_in_, *hidden, len(self.classes_)]))
        self.coefs_ = [self._random.normal(0, np.sqrt(2 / inputs), (inputs, outputs)) for inputs, outputs in shapes]
        self.coefs_[-1][:] = 0
        self.coefs_ = [W.astype(dtype) for W in self.coefs_]
        self.intercepts_ = [np.zeros(outputs, dtype) for _, outputs in shapes]
        self._means = [(np.zeros_like(parameter), np.zeros_like(parameter)) for parameter in self._parameters()]
        self._steps = self.n_iter_ = 0
        self.history_ = {"loss": []}

    def _parameters(self):
        """Return all arrays that are trained."""
        return [*self.coefs_, *self.intercepts_]

    def _epoch(self, X, y, class_weight):
        """Go through the samples once, in a new order."""
        alpha, rate = as_not_negative(self.alpha, "alpha"), as_not_negative(self.learning_rate, "learning_rate")
        batch_size = as_integer(self.batch_size, "batch_size", least=1)
        order = self._random.permutation(len(y))
        total = 0.0
        for start in range(0, len(y), batch_size):
            batch = order[start : start + batch_size]
            loss, dW, db = backpropagate(
                X[batch],
                y[batch],
                self.coefs_,
                self.intercepts_,
                alpha=alpha,
                label_smoothing=self.label_smoothing,
                class_weight=class_weight,
                masks=self._masks(len(batch), self._random),
            )
            if not np.isfinite(loss):
                raise FloatingPointError(
                    f"the loss is {loss} in epoch {self.n_iter_ + 1}; expected a finite one: "
                    "scale the columns of X, or lower learning_rate"
                )
            self._step([*dW, *db], rate)
            total += loss * len(batch)
        self.n_iter_ += 1
        self.history_["loss"].append(total / len(y))

    def _step(self, gradients, rate):
        """Take one step of Adam."""
        self._steps += 1
        first, second = DECAY
        scale = rate * np.sqrt(1 - second**self._steps) / (1 - first**self._steps)
        small = SMALL * np.sqrt(1 - second**self._steps)
        for parameter, gradient, (mean, mean_square) in zip(self._parameters(), gradients, self._means, strict=True):
            mean += (1 - first) * (gradient - mean)
            mean_square += (1 - second) * (gradient**2 - mean_square)
            parameter -= scale * mean / (np.sqrt(mean_square) + small)

    def _logits(self, X):
        """Return the scores of checked samples."""
        return _layers(X, self.coefs_, self.intercepts_)[-1]


def backpropagate(X, y, coefs, intercepts, *, alpha=0.0, label_smoothing=0.0, class_weight=None, masks=None):
    r"""Loss of a network of ReLU layers, and its gradients with respect to all weights and biases.

    Parameters
    ----------
    X : numpy.ndarray of floats, shape (N, d)
        Samples, one a row.
    y : array_like of int, shape (N,), or of real numbers, shape (N, K)
        Classes, from 0 to K - 1, or distributions.
    coefs : list of numpy.ndarray
        Weights of each layer, of shape (inputs, outputs).
    intercepts : list of numpy.ndarray
        Biases of each layer, of shape (outputs,).
    alpha : float, default 0.0
        Strength of the penalty on the weights.
    label_smoothing : float from 0 to 1, default 0.0
        Share of each target that is spread evenly over all classes.
    class_weight : array_like of float, shape (K,), optional
        Weights of the classes.
    masks : list of numpy.ndarray, optional
        For each hidden layer, what its outputs, of shape (N, units), are multiplied by, as dropout does; not negative.

    Returns
    -------
    loss : float
        Mean cross-entropy, in nats, plus ``alpha / 2`` times the sum of the squares of all weights.
    coef_gradients, intercept_gradients : list of numpy.ndarray
        Gradients, in the shapes of `coefs` and `intercepts`.

    Raises
    ------
    TypeError, ValueError
        As by `softmaxlib.losses.cross_entropy`.

    Notes
    -----
    Layer by layer from the last: with the gradient :math:`\delta` in what a layer gives and the input :math:`h` of
    the layer, the gradient in its weights is :math:`h^T \delta`, in its biases the sum of the rows of
    :math:`\delta`, and in its input :math:`\delta W^T`. Where the layer before gave 0, its ReLU lets nothing through;
    so at a kink the derivative is taken to be 0.

    References
    ----------
    .. [1] Rumelhart, D. E., Hinton, G. E., Williams, R. J., "Learning representations by back-propagating errors",
       Nature 323, 1986.

    Examples
    --------
    One layer of zeros, so all classes are equally probable, and the loss is log(3):

    >>> X, y = np.array([[1.0, 2.0]]), [1]
    >>> loss, (dW,), (db,) = backpropagate(X, y, [np.zeros((2, 3))], [np.zeros(3)])
    >>> round(loss, 4), db.round(3)
    (1.0986, array([ 0.333, -0.667,  0.333]))
    """
    *inputs, z = _layers(X, coefs, intercepts, masks)
    options = {"label_smoothing": label_smoothing, "class_weight": class_weight}
    loss = cross_entropy(z, y, **options) + alpha / 2 * sum(np.sum(W**2) for W in coefs)
    delta = cross_entropy_grad(z, y, **options)  # (N, K)
    coef_gradients, intercept_gradients = [], []
    for layer in reversed(range(len(coefs))):
        h = inputs[layer]
        coef_gradients.insert(0, h.T @ delta + alpha * coefs[layer])
        intercept_gradients.insert(0, delta.sum(axis=0))
        if layer > 0:
            delta = (delta @ coefs[layer].T) * (h > 0)
            if masks is not None:
                delta *= masks[layer - 1]
    return float(loss), coef_gradients, intercept_gradients


def _layers(X, coefs, intercepts, masks=None):
    """Return what each layer takes in, from the samples on, and at the end the logits."""
    values = [X]
    for layer, (W, b) in enumerate(zip(coefs[:-1], intercepts[:-1], strict=True)):
        h = np.maximum(values[-1] @ W + b, 0)
        values.append(h if masks is None else h * masks[layer])
    return [*values, values[-1] @ coefs[-1] + intercepts[-1]]


def _largest_eigenvalue(X):
    """Return the largest eigenvalue of the product of a matrix and its transpose."""
    with np.errstate(over="ignore", invalid="ignore"):
        gram = X.T @ X if X.shape[0] > X.shape[1] else X @ X.T
    if not np.isfinite(gram).all():
        raise ValueError(f"the squares of X, of shape {X.shape}, overflow; expected columns that are scaled")
    return np.linalg.eigvalsh(gram)[-1]
