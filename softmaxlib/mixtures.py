"""Mixtures of softmaxes: several softmaxes over the same classes, of which each input has its own mixture."""

import warnings

import numpy as np
from scipy.optimize import minimize
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from softmaxlib.activations import log_softmax, logsumexp, one_hot
from softmaxlib.arguments import as_array, as_integer, as_not_negative, check_distributions

MEMORY = 20  # steps whose gradients L-BFGS remembers


class MixtureOfSoftmaxes(ClassifierMixin, BaseEstimator):
    r"""A softmax whose logits have few dimensions, or a mixture of several, trained by cross-entropy.

    Parameters
    ----------
    dimension : int, default 2
        Number d of dimensions of the vectors of inputs and classes, whose products are the logits.
    components : int, default 2
        Number M of softmaxes that are mixed; 1 for a single softmax.
    max_iter : int, default 1000
        Most steps.
    tol : float, default 1e-5
        Stop when no entry of the gradient is larger.
    random_state : int, numpy.random.RandomState or None, default None
        Seed of the start. The minimum that is found depends on it.

    Attributes
    ----------
    context_coef_ : numpy.ndarray of float64, shape (M, F, d)
        Each component's map from the features to a vector.
    mixing_coef_ : numpy.ndarray of float64, shape (F, M)
        Weights of the logits of the mixture.
    coef_ : numpy.ndarray of float64, shape (K, d)
        Vectors of the classes, one a row; all components share them.
    intercept_ : numpy.ndarray of float64, shape (K,)
        Biases of the classes, shared as well.
    classes_ : numpy.ndarray, shape (K,)
        Classes, sorted; 0 to K - 1 if the targets are distributions.
    n_features_in_ : int
        Number F of columns in training.
    n_iter_ : int
        Number of steps taken.
    loss_ : float
        Mean cross-entropy that was reached, in nats.

    See Also
    --------
    softmaxlib.models.SoftmaxRegression : one softmax with as many dimensions as the samples have.

    Notes
    -----
    With the maps :math:`C_m`, the weights :math:`G` of the mixture, the vectors :math:`W` of the classes as columns
    and their biases :math:`b`, the model is, as in [1]_ but for tanh,

    .. math:: p(x) = \sum_{m=1}^M \pi_m(x) \operatorname{softmax}(x C_m W + b),
              \qquad \pi(x) = \operatorname{softmax}(x G).

    There, tanh is taken of the vectors :math:`x C_m`, on features that are trained as well. For rows of the identity
    matrix as samples, one for each context, the rows of all :math:`C_m` and of :math:`G` are free, and tanh would
    exclude nothing: smaller vectors of the contexts and larger ones of the classes give the same logits. A column of
    ones among the features gives the maps and the mixture a bias.

    The logarithms of the probabilities of one softmax, a matrix with one row a sample, have rank d + 2 at most. For two
    components or more there is no such bound.

    Everything is computed from logarithms: :math:`\log p` is the log-sum-exp over the components of
    :math:`\log \pi_m` plus the log-softmax, so the loss stays finite where a probability underflows. The
    gradient goes through the shares of the components in each probability, as in the EM algorithm. The loss is not
    convex. L-BFGS [2]_ lowers it from a random start, so compare several. Where no minimum exists, as can be for
    targets with zeros, the weights grow until the gradient is below `tol`, or for `max_iter` steps.

    References
    ----------
    .. [1] Yang, Z., Dai, Z., Salakhutdinov, R., Cohen, W. W., "Breaking the softmax bottleneck: A high-rank RNN
       language model", ICLR 2018.
    .. [2] Liu, D. C., Nocedal, J., "On the limited memory BFGS method for large scale optimization", Mathematical
       Programming 45, 1989.

    Examples
    --------
    Each of three contexts allows two of three classes. One dimension is not enough for a single softmax:

    >>> targets = np.array([[0.5, 0.5, 0], [0, 0.5, 0.5], [0.5, 0, 0.5]])
    >>> for components in (1, 2):
    ...     model = MixtureOfSoftmaxes(1, components, random_state=0).fit(np.eye(3), targets)
    ...     print(model.predict_proba(np.eye(3)).round(2).tolist())
    [[0.5, 0.25, 0.25], [0.0, 0.5, 0.5], [0.5, 0.25, 0.25]]
    [[0.5, 0.5, 0.0], [0.0, 0.5, 0.5], [0.5, 0.0, 0.5]]
    """

    def __init__(self, dimension=2, components=2, *, max_iter=1000, tol=1e-5, random_state=None):
        self.dimension = dimension
        self.components = components
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state

    def fit(self, X, y):
        """Train on all samples at once.

        Parameters
        ----------
        X : array_like of real numbers, shape (N, F)
            Samples, one a row; the identity matrix gives each of N contexts a row of its own.
        y : array_like, shape (N,), or of real numbers, shape (N, K)
            Their classes, numbers or strings, or their distributions over K classes.

        Returns
        -------
        MixtureOfSoftmaxes
            This model.

        Raises
        ------
        TypeError
            If a parameter of the model is of the wrong type.
        ValueError
            If `X` or `y` is not what the parameters say, `y` has a single class, `X` is so large that its squares
            overflow, or a parameter of the model is out of its range.

        Warns
        -----
        sklearn.exceptions.ConvergenceWarning
            If the gradient is still larger than `tol` at the end.
        """
        d, components = (as_integer(getattr(self, name), name, least=1) for name in ("dimension", "components"))
        max_iter, tol = as_integer(self.max_iter, "max_iter", least=1), as_not_negative(self.tol, "tol")
        X, targets = self._prepared(X, y)
        shapes = [(components, X.shape[1], d), (X.shape[1], components), (targets.shape[1], d), (targets.shape[1],)]
        ends = np.cumsum([np.prod(shape) for shape in shapes])

        def unpacked(flat):
            parts = zip(np.split(flat, ends[:-1]), shapes, strict=True)
            return [part.reshape(shape) for part, shape in parts]

        def objective(flat):
            loss, gradients = _loss_and_gradients(X, targets, *unpacked(flat))
            return loss, np.concatenate([gradient.ravel() for gradient in gradients])

        start = check_random_state(self.random_state).normal(size=ends[-1])
        with np.errstate(over="ignore"):
            size = np.sqrt(np.mean(np.sum(X**2, axis=1)))  # of a sample
        if not np.isfinite(size):
            raise ValueError(f"the squares of X, of shape {X.shape}, overflow; expected columns that are scaled")
        start[: ends[1]] /= size if size > 0 else 1.0
        start[ends[1] : ends[2]] /= np.sqrt(d)
        start[ends[2] :] = 0
        options = {"maxiter": max_iter, "maxfun": 100 * max_iter, "maxcor": MEMORY, "gtol": tol, "ftol": 0}
        found = minimize(objective, start, jac=True, method="L-BFGS-B", options=options)
        largest = np.abs(found.jac).max()
        if not largest <= tol:
            warnings.warn(
                f"the largest entry of the gradient is {largest:.2g} after {found.nit} steps; expected at most tol, "
                f"{tol:.2g}: raise max_iter or tol, or scale the columns of X",
                ConvergenceWarning,
                stacklevel=2,
            )
        self.context_coef_, self.mixing_coef_, self.coef_, self.intercept_ = unpacked(found.x)
        self.n_iter_, self.loss_ = int(found.nit), float(found.fun)
        return self

    def predict_log_proba(self, X):
        """Return the logarithms of the probabilities, which do not underflow.

        Parameters
        ----------
        X : array_like, shape (N, F)
            Samples, one a row.

        Returns
        -------
        numpy.ndarray, shape (N, K)
            Log-probabilities, in nats, in the order of `classes_`.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the model is not fitted.
        ValueError
            If `X` is not a matrix of finite numbers with as many columns as in training.
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        parts = _log_parts(X, self.context_coef_, self.mixing_coef_, self.coef_, self.intercept_)
        return logsumexp(parts[0], axis=0)

    def predict_proba(self, X):
        """Return the probabilities of the classes.

        Parameters
        ----------
        X : array_like, shape (N, F)
            Samples, one a row.

        Returns
        -------
        numpy.ndarray, shape (N, K)
            Probabilities, in the order of `classes_`.
        """
        return np.exp(self.predict_log_proba(X))

    def predict(self, X):
        """Return the most probable class; of equally probable ones, the first.

        Parameters
        ----------
        X : array_like, shape (N, F)
            Samples, one a row.

        Returns
        -------
        numpy.ndarray, shape (N,)
            Classes.
        """
        best = self.predict_log_proba(X).argmax(axis=1)
        return self.classes_[best]

    def _prepared(self, X, y):
        """Return samples and target distributions, and set what is known from them."""
        shape = as_array(y, "y").shape
        if len(shape) == 2 and shape[1] > 1:
            X, targets = validate_data(self, X, y, dtype=np.float64, multi_output=True)
            if targets.dtype.kind not in "fiub":
                raise TypeError(f"y has dtype {targets.dtype} and shape {targets.shape}; expected real numbers")
            check_distributions(targets, "y")
            self.classes_ = np.arange(targets.shape[1])
            return X, targets.astype(np.float64)
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        self.classes_, indices = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            one = self.classes_.tolist()[0]
            raise ValueError(f"y, of shape {y.shape}, has one class, {one!r}; expected at least 2")
        return X, one_hot(indices, len(self.classes_))


def _loss_and_gradients(X, targets, context_coef, mixing_coef, coef, intercept):
    r"""Mean cross-entropy of a mixture in nats, and its gradients in the four arrays of parameters, in their order.

    Let :math:`r_{mnk}` be the share of component m in the probability :math:`p_{nk}`, and
    :math:`g_{mn} = \sum_k Y_{nk} r_{mnk}` the share of the component in the target. The gradient of the loss of sample
    n is :math:`\pi_{nm} \sum_k Y_{nk} - g_{mn}` in the logits of the mixture, and
    :math:`g_{mn} s_{mnk} - Y_{nk} r_{mnk}` in those of component m, with its softmax s. For one component this is the
    softmax minus the target.
    """
    joint, log_mixing, log_s, h = _log_parts(X, context_coef, mixing_coef, coef, intercept)
    log_p = logsumexp(joint, axis=0)  # (N, K)
    loss = -np.sum(targets * log_p) / len(X)
    shares = targets * np.exp(joint - log_p)  # (M, N, K)
    of_component = shares.sum(axis=2)  # (M, N)
    dz = (of_component[..., np.newaxis] * np.exp(log_s) - shares) / len(X)  # (M, N, K)
    mixing = np.exp(log_mixing) * targets.sum(axis=1, keepdims=True)
    d_mixing = (mixing - of_component.T) / len(X)  # (N, M)
    return float(loss), (
        X.T @ (dz @ coef),
        X.T @ d_mixing,
        np.einsum("mnk,mnd->kd", dz, h),
        dz.sum(axis=(0, 1)),
    )


def _log_parts(X, context_coef, mixing_coef, coef, intercept):
    """Return log(pi s) of shape (M, N, K), log pi of shape (N, M), log s as the first, and the vectors (M, N, d)."""
    h = X @ context_coef
    log_s = log_softmax(h @ coef.T + intercept)
    log_mixing = log_softmax(X @ mixing_coef)
    return log_mixing.T[..., np.newaxis] + log_s, log_mixing, log_s, h
