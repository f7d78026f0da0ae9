r"""Whether probabilities are true, and what makes them truer: measures of calibration, and calibrators.

The measures take probabilities, one row for each example, and the class that each example turned out to be. The
calibrators take logits, in nats; they are fitted to examples that took no part in training, and turn logits into
probabilities. They follow scikit-learn's habits: ``get_params``, ``clone`` and a trailing underscore for what `fit`
learns.

The calibrators refuse probabilities in place of logits. Where only probabilities are known, their logarithms are
logits.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq, linprog
from scipy.sparse import csr_array
from scipy.special import gammaln
from sklearn.base import BaseEstimator
from sklearn.isotonic import IsotonicRegression
from sklearn.utils.validation import check_is_fitted

from softmaxlib.activations import log_sigmoid, log_softmax, logsumexp, one_hot, sigmoid, softmax
from softmaxlib.arguments import SUM_TOLERANCE, as_classes, as_integer, as_real, check_distributions

STRATEGIES = ("width", "mass")
NORMAL = 1.959963984540054  # the standard normal distribution has 95 % within that distance from 0
ROUNDING = 16 * np.finfo(np.float64).eps  # smaller relative differences are taken for rounding
LARGEST_LOGIT = 1e100  # so that nothing overflows on the way
FLATTEST = 300.0  # the logarithm of 1/T is sought up to there, both ways, for logits of size 1
STEPS = 100  # of Newton's method, at most
GRADIENT = 1e-8  # its largest entry at a minimum
NEAR = 1e-6  # the largest relative step at a minimum
FLAT = 1e-12  # smaller relative curvatures are taken for 0
STRENGTH = 2.0  # of the prior of Bayesian binning, in examples


class Reliability(NamedTuple):
    """What `reliability` found: one entry a bin, and one more edge than bins.

    Attributes
    ----------
    edges : numpy.ndarray, shape (bins + 1,)
        Edges of the bins, from 0 to 1.
    confidence : numpy.ndarray, shape (bins,)
        Mean confidence; nan in an empty bin, as are the next and the last two.
    accuracy : numpy.ndarray, shape (bins,)
        Share of the rows whose most probable class is the right one.
    count : numpy.ndarray of int, shape (bins,)
        Number of rows.
    low, high : numpy.ndarray, shape (bins,)
        Ends of the interval at the level 95 % for the accuracy.
    """

    edges: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray
    count: np.ndarray
    low: np.ndarray
    high: np.ndarray


class BrierDecomposition(NamedTuple):
    """What `brier_decomposition` found: ``reliability - resolution + uncertainty + within_bin`` is the score.

    Attributes
    ----------
    reliability : float
        Mean squared distance between the probability of a class and its share, over bins, summed over classes; 0 for
        calibrated bins.
    resolution : float
        Mean squared distance of these shares from the share of the class in all rows, summed over classes.
    uncertainty : float
        The score of a forecast that gives each class its share in all rows.
    within_bin : float
        Variance of the probabilities within the bins, less twice their covariance with the outcome, summed over
        classes.
    """

    reliability: float
    resolution: float
    uncertainty: float
    within_bin: float


def reliability(p, y, *, bins=15, strategy="width"):
    r"""Confidence against accuracy, bin by bin: the numbers of a reliability diagram.

    Parameters
    ----------
    p : array_like of real numbers, shape (N, K)
        Probabilities, each row from 0 to 1 and with the sum 1, within 0.001.
    y : array_like of int, shape (N,)
        The right classes, from 0 to K - 1.
    bins : int, default 15
        Number of bins.
    strategy : {"width", "mass"}, default "width"
        Bins of equal width from 0 to 1, or bins with equally many rows.

    Returns
    -------
    Reliability
        The bins with their confidence, accuracy, count and interval. The confidence of a row is the largest of its
        probabilities; of classes that tie, the first one counts as the most probable.

    Raises
    ------
    TypeError
        If an argument is of the wrong type.
    ValueError
        If a row of `p` is no distribution, `y` does not fit `p`, `bins` is below 1, or the strategy is unknown.

    See Also
    --------
    expected_calibration_error : the distances from the diagonal in one number.

    Notes
    -----
    A number on an edge is in the bin below it, as in [1]_; 0 is in the first bin, and 1 in the last one. In an empty
    bin the confidence, the accuracy and the ends of the interval are nan.

    With ``"mass"``, the bin i of M ends with the confidence at the place :math:`\lceil i N / M \rceil` in increasing
    order, so each bin has N/M rows, rounded up or down [2]_; the edge is midway to the next confidence. Equal
    confidences share a bin: the counts are no longer equal then, bins that end with the same confidence become one, and
    the order of the rows does not matter.

    Wilson's interval for h hits among n has the ends

    .. math:: \frac{h + c^2/2 \pm c \sqrt{h (n - h) / n + c^2 / 4}}{n + c^2}, \qquad c \approx 1.96,

    which stay between 0 and 1 [3]_. It takes the rows for independent.

    References
    ----------
    .. [1] Guo, C., Pleiss, G., Sun, Y., Weinberger, K. Q., "On calibration of modern neural networks", International
       Conference on Machine Learning, 2017, section 2.
    .. [2] Nguyen, K., O'Connor, B., "Posterior calibration and exploratory analysis for natural language processing
       models", Conference on Empirical Methods in Natural Language Processing, 2015.
    .. [3] Wilson, E. B., "Probable inference, the law of succession, and statistical inference", Journal of the
       American Statistical Association 22(158), 1927.

    Examples
    --------
    >>> p = [[0.9, 0.1], [0.9, 0.1], [0.4, 0.6], [0.4, 0.6]]
    >>> result = reliability(p, [0, 0, 1, 0], bins=4)
    >>> result.confidence, result.accuracy
    (array([nan, nan, 0.6, 0.9]), array([nan, nan, 0.5, 1. ]))
    >>> result.low.round(3), result.high.round(3)
    (array([  nan,   nan, 0.095, 0.342]), array([  nan,   nan, 0.905, 1.   ]))
    """
    p, y = _predictions(p, y)
    edges, count, confidence, accuracy = _binned(p.max(axis=1), p.argmax(axis=1) == y, bins, strategy)
    low, high = _wilson(np.rint(accuracy * count), count)
    return Reliability(edges, confidence, accuracy, count, low, high)


def expected_calibration_error(p, y, *, bins=15, strategy="width"):
    r"""Mean distance between confidence and accuracy over bins: ECE.

    Parameters
    ----------
    p, y, bins, strategy
        As for `reliability`.

    Returns
    -------
    float
        :math:`\sum_b (n_b / N) \, |\text{accuracy}_b - \text{confidence}_b|`, from 0 to 1. Empty bins add nothing.

    Raises
    ------
    TypeError, ValueError
        As `reliability`.

    See Also
    --------
    classwise_calibration_error : looks at all classes, not at the most probable one only.

    Notes
    -----
    Distances do not cancel, so chance alone makes the error positive: for probabilities that are exactly true, a bin
    with :math:`n_b` rows and the mean confidence :math:`q_b` is off by about :math:`\sqrt{2 q_b (1 - q_b) / (\pi n_b)}`
    on average, if it is narrow and has many rows. On the other hand, what is too high within a bin and what is too low
    do cancel [1]_, so the error of a model may be 0 although no confidence is true.

    References
    ----------
    .. [1] Naeini, M. P., Cooper, G. F., Hauskrecht, M., "Obtaining well calibrated probabilities using Bayesian
       binning", AAAI Conference on Artificial Intelligence, 2015.

    Examples
    --------
    >>> p = [[0.9, 0.1], [0.9, 0.1], [0.4, 0.6], [0.4, 0.6]]
    >>> round(expected_calibration_error(p, [0, 0, 1, 0]), 6)
    0.1
    """
    p, y = _predictions(p, y)
    return _gap(p.max(axis=1), p.argmax(axis=1) == y, bins, strategy)


def classwise_calibration_error(p, y, *, bins=15, strategy="width"):
    r"""Mean distance between the probability of a class and its share, over bins and classes.

    Parameters
    ----------
    p, y, strategy
        As for `reliability`.
    bins : int, default 15
        Number of bins for each class.

    Returns
    -------
    float
        :math:`\frac{1}{K} \sum_k \sum_b (n_{kb} / N) \, |\text{share}_{kb} - \text{mean probability}_{kb}|`,
        from 0 to 2/K. Empty bins add nothing.

    Raises
    ------
    TypeError, ValueError
        As `reliability`.

    See Also
    --------
    expected_calibration_error : looks at the most probable class only.

    Notes
    -----
    For each class, all rows are put into bins by the probability of this class [1]_. The distances of all classes sum
    to at most 2, so the mean is small with many classes, however wrong the probabilities are.

    References
    ----------
    .. [1] Kull, M., Perello-Nieto, M., Kängsepp, M., Silva Filho, T., Song, H., Flach, P., "Beyond temperature scaling:
       obtaining well-calibrated multiclass probabilities with Dirichlet calibration", Advances in Neural Information
       Processing Systems, 2019.

    Examples
    --------
    >>> p = [[0.9, 0.1], [0.9, 0.1], [0.4, 0.6], [0.4, 0.6]]
    >>> round(classwise_calibration_error(p, [0, 0, 1, 0]), 6)
    0.1
    """
    p, y = _predictions(p, y)
    return float(np.mean([_gap(p[:, k], y == k, bins, strategy) for k in range(p.shape[1])]))


def brier_score(p, y):
    r"""Mean squared distance between the probabilities and what came true.

    Parameters
    ----------
    p, y
        As for `reliability`.

    Returns
    -------
    float
        :math:`\frac{1}{N} \sum_n \sum_k (p_{nk} - Y_{nk})^2`, with 1 for the right class and 0 for the others in Y:
        from 0 to 2, and :math:`1 - 1/K` for uniform probabilities.

    Raises
    ------
    TypeError, ValueError
        As `reliability`.

    See Also
    --------
    brier_decomposition : how much of it is a matter of calibration.

    Notes
    -----
    The sum is over all classes, as in [1]_. For two classes it is twice the mean of :math:`(p_1 - y)^2`, which also
    goes by this name.

    References
    ----------
    .. [1] Brier, G. W., "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78(1),
       1950.

    Examples
    --------
    >>> brier_score([[0.75, 0.25], [0.5, 0.5]], [0, 1])
    0.3125
    """
    p, y = _predictions(p, y)
    return float(np.mean(np.sum((p - one_hot(y, p.shape[1])) ** 2, axis=1)))


def brier_decomposition(p, y, *, bins=15):
    r"""Split the Brier score into calibration, what the probabilities tell apart, and what is left.

    Parameters
    ----------
    p, y
        As for `reliability`.
    bins : int, default 15
        Number of bins of equal width for each class.

    Returns
    -------
    BrierDecomposition
        The four parts; ``reliability - resolution + uncertainty + within_bin`` is the score, up to rounding.

    Raises
    ------
    TypeError, ValueError
        As `reliability`.

    See Also
    --------
    brier_score : what the parts add up to.

    Notes
    -----
    For each class k, the rows are put into bins by its probability. With the count :math:`n_b`, the mean probability
    :math:`\bar p_b` and the share :math:`\bar y_b` of the class in the bin b, and its share :math:`\bar y` in all rows,

    .. math:: \begin{aligned}
              \text{reliability} &= \sum_b \frac{n_b}{N} (\bar p_b - \bar y_b)^2, \\
              \text{resolution} &= \sum_b \frac{n_b}{N} (\bar y_b - \bar y)^2, \\
              \text{uncertainty} &= \bar y (1 - \bar y), \\
              \text{within bin} &= \frac{1}{N} \sum_b \sum_{n \in b}
              \bigl[ (p_n - \bar p_b)^2 - 2 (p_n - \bar p_b) (y_n - \bar y_b) \bigr],
              \end{aligned}

    each summed over the classes. The first three are Murphy's [1]_, for probabilities that are equal within each bin.
    Otherwise the variance within the bins and twice the covariance are missing from them [2]_; the last term has both,
    and is negative where larger probabilities within a bin come with a larger share.

    References
    ----------
    .. [1] Murphy, A. H., "A new vector partition of the probability score", Journal of Applied Meteorology 12(4), 1973.
    .. [2] Stephenson, D. B., Coelho, C. A. S., Jolliffe, I. T., "Two extra components in the Brier score
       decomposition", Weather and Forecasting 23(4), 2008.

    Examples
    --------
    >>> p, y = [[0.75, 0.25], [0.75, 0.25], [0.5, 0.5], [0.5, 0.5]], [0, 0, 1, 0]
    >>> brier_decomposition(p, y, bins=4)
    BrierDecomposition(reliability=0.0625, resolution=0.125, uncertainty=0.375, within_bin=0.0)
    >>> brier_score(p, y)
    0.3125
    """
    p, y = _predictions(p, y)
    total = np.zeros(4)
    for k in range(p.shape[1]):
        values, hits = p[:, k], y == k
        edges, count, confidence, accuracy = _binned(values, hits, bins, "width")
        share = count / len(y)
        frequency = hits.mean()
        index = _index(values, edges)
        from_confidence, from_accuracy = values - confidence[index], hits - accuracy[index]
        total += (
            np.nansum(share * (confidence - accuracy) ** 2),
            np.nansum(share * (accuracy - frequency) ** 2),
            frequency * (1 - frequency),
            np.mean(from_confidence**2 - 2 * from_confidence * from_accuracy),
        )
    return BrierDecomposition(*total.tolist())


class _Calibrator(BaseEstimator):
    """What the calibrators share: checks, and what `fit` and `predict_proba` promise."""

    def fit(self, z, y):
        """Learn from examples that took no part in training.

        Parameters
        ----------
        z : array_like of real numbers, shape (N, K)
            Logits, in nats.
        y : array_like of int, shape (N,)
            The right classes, from 0 to K - 1; all of them occur.

        Returns
        -------
        object
            This calibrator.

        Raises
        ------
        TypeError
            If an argument is of the wrong type.
        ValueError
            If `z` is not a matrix of logits with at least two columns, or looks like probabilities, as all rows are
            from 0 to 1 and sum to 1; if `y` does not fit `z`, or lacks a class; or if no finite parameters are the best
            ones, as the class says.
        RuntimeError
            If the search for the best parameters does not converge.
        """
        z = _logits(z)
        y = _labels(y, z)
        self._fit(z, y)
        self.n_classes_ = z.shape[1]
        return self

    def predict_proba(self, z):
        """Return calibrated probabilities.

        Parameters
        ----------
        z : array_like of real numbers, shape (M, K)
            Logits, in nats.

        Returns
        -------
        numpy.ndarray of float64, shape (M, K)
            Probabilities; each row sums to 1.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the calibrator is not fitted.
        TypeError
            If `z` does not hold real numbers.
        ValueError
            If `z` is not a matrix of logits with as many columns as in `fit`, or looks like probabilities.
        """
        check_is_fitted(self)
        z = _logits(z)
        if z.shape[1] != self.n_classes_:
            raise ValueError(f"z has shape {z.shape}; expected {self.n_classes_} columns, as in fit")
        return self._probabilities(z)


class TemperatureScaling(_Calibrator):
    r"""One temperature that divides all logits.

    Attributes
    ----------
    temperature_ : float
        The temperature T: above 1 where the logits are too far apart, below 1 where they are too close.
    n_classes_ : int
        Number K of classes.

    See Also
    --------
    VectorScaling : a scale and a bias for each class.

    Notes
    -----
    The temperature minimizes the mean `cross_entropy <softmaxlib.losses.cross_entropy>` of
    :math:`\operatorname{softmax}(z / T)` [1]_. It is a convex function of :math:`b = 1/T`, with the derivative

    .. math:: L'(b) = \frac{1}{N} \sum_n \Bigl( \sum_k p_{nk}(b) \, z_{nk} - z_{n, y_n} \Bigr),

    which grows with b. Its root is found by Brent's method, to about ten digits. There is no positive, finite root in
    two cases, and each is an error. Logits that are no better than chance, so that :math:`L'(0) \ge 0`, would ask for
    an infinite temperature or a negative one. Otherwise, if no row has a logit above that of its right class, the
    derivative is negative for all b, and the loss keeps falling as T nears 0.

    Apart from rounding, the temperature changes neither which class is most probable nor the order of the classes in a
    row. A logit of ``-inf`` stays an impossible class; only the right classes need finite logits.

    References
    ----------
    .. [1] Guo, C., Pleiss, G., Sun, Y., Weinberger, K. Q., "On calibration of modern neural networks", International
       Conference on Machine Learning, 2017, section 4.2.

    Examples
    --------
    Four rows claim 0.88 for the class 0, and three of them are right:

    >>> model = TemperatureScaling().fit([[2.0, 0.0]] * 4, [0, 0, 0, 1])
    >>> round(model.temperature_, 3)  # 2 / log(3)
    1.82
    >>> model.predict_proba([[2.0, 0.0]]).round(3)
    array([[0.75, 0.25]])
    """

    def _fit(self, z, y):
        _check_possible(z, y)
        size = np.abs(np.where(np.isneginf(z), 0, z)).max() or 1.0
        scaled = z / size
        lead = scaled - np.take_along_axis(scaled, y[:, np.newaxis], axis=1)  # (N, K), of each class over the right one
        lead[np.isneginf(lead)] = 0  # impossible at any temperature

        def slope(log_b):
            return np.mean(np.sum(softmax(scaled, temperature=np.exp(-log_b)) * lead, axis=1))

        if slope(-FLATTEST) >= -ROUNDING:
            raise ValueError(
                f"z, of shape {z.shape}, is no better than chance: the cross-entropy falls as the temperature grows, "
                "without end; expected logits that are on average higher for the right class than for the others"
            )
        if slope(FLATTEST) <= 0:
            raise ValueError(
                f"z, of shape {z.shape}, has no logit above that of the right class in any row: the cross-entropy "
                "falls as the temperature falls, down to 0; expected more examples, some of them wrong"
            )
        self.temperature_ = float(size * np.exp(-brentq(slope, -FLATTEST, FLATTEST)))

    def _probabilities(self, z):
        return softmax(z, temperature=self.temperature_)


class VectorScaling(_Calibrator):
    r"""A scale and a bias for the logit of each class.

    Attributes
    ----------
    scale_ : numpy.ndarray of float64, shape (K,)
        What the logits are multiplied by.
    bias_ : numpy.ndarray of float64, shape (K,)
        What is added to them then, in nats; the biases sum to 0.
    n_classes_ : int
        Number K of classes.

    See Also
    --------
    TemperatureScaling : one number for all classes.

    Notes
    -----
    Minimizes the mean `cross_entropy <softmaxlib.losses.cross_entropy>` of
    :math:`\operatorname{softmax}(a \odot z + c)` [1]_, a convex function of a and c, by Newton's method, until no entry
    of the gradient exceeds 1e-8 (with the logits of each class brought to the mean 0 and the mean square 1) and the
    step is small. Unlike a temperature, it can change which class is most probable.

    Where scales and biases exist that lower no right score below another one of its row, and lift some above others,
    there is no minimum: the loss keeps falling as they grow [2]_. This is an error; it happens with few examples, as
    soon as one class can be told from all others by its own logit. If the minimum is reached by many scales, as with
    two classes whose logits are each other's negatives, the smallest ones are taken, in the units above.

    A logit of ``-inf`` stays an impossible class; only the right classes need finite logits.

    References
    ----------
    .. [1] Guo, C., Pleiss, G., Sun, Y., Weinberger, K. Q., "On calibration of modern neural networks", International
       Conference on Machine Learning, 2017, section 4.2.
    .. [2] Albert, A., Anderson, J. A., "On the existence of maximum likelihood estimates in logistic regression
       models", Biometrika 71(1), 1984.

    Examples
    --------
    The class 0 is right in three of four rows that favor it, and in two of four that do not:

    >>> model = VectorScaling().fit([[2, 0]] * 4 + [[0, 2]] * 4, [0, 0, 0, 1, 1, 1, 0, 0])
    >>> model.predict_proba([[2, 0], [0, 2]]).round(3)
    array([[0.75, 0.25],
           [0.5 , 0.5 ]])
    """

    def _fit(self, z, y):
        _check_possible(z, y)
        possible = np.isfinite(z)
        x, center, size = _standardized(z, possible)
        N, K = z.shape
        rows, right = np.arange(N), one_hot(y, K)

        def evaluate(w):
            log_p = log_softmax(x * w[:K] + w[K:], where=possible)
            p = np.exp(log_p)
            gradient = _sides(x, p - right).mean(axis=0)
            blocks = [np.diag(np.mean(p * x**power, axis=0)) for power in (2, 1, 0)]
            square = np.block([[blocks[0], blocks[1]], [blocks[1], blocks[2]]])
            sides = _sides(x, p)
            return -log_p[rows, y].mean(), gradient, square - sides.T @ sides / N

        try:
            w = _minimum(evaluate, 2 * K)
        except RuntimeError:
            if not _separable(x, y, possible):
                raise
            raise ValueError(
                f"z, of shape {z.shape}, is separable: the cross-entropy keeps falling as scales and biases grow; "
                "expected more examples"
            ) from None
        self.scale_ = w[:K] / size
        bias = w[K:] - self.scale_ * center
        self.bias_ = bias - bias.mean()

    def _probabilities(self, z):
        possible = np.isfinite(z)
        return softmax(np.where(possible, z, 0) * self.scale_ + self.bias_, where=possible)


class PlattScaling(_Calibrator):
    r"""A sigmoid for each class, of its log-odds against all others.

    Attributes
    ----------
    slope_, intercept_ : numpy.ndarray of float64, shape (K,)
        The sigmoids are :math:`\sigma(a_k s_k + c_k)`, with the slopes a, the intercepts c and the log-odds s.
    n_classes_ : int
        Number K of classes.

    See Also
    --------
    IsotonicCalibration : any increasing function in place of the sigmoid.

    Notes
    -----
    The log-odds of the class k that softmax gives are

    .. math:: s_k = \log \frac{p_k}{1 - p_k} = z_k - \log \sum_{j \ne k} e^{z_j},

    so with slopes of 1 and intercepts of 0 each sigmoid returns :math:`p_k`. A logit alone would not do: one number can
    be added to all logits of a row, and no probability changes.

    Slope and intercept minimize the binary cross-entropy of the class against all others by Newton's method, with
    Platt's targets [1]_ in place of 1 and 0: :math:`(N_k + 1) / (N_k + 2)` for the :math:`N_k` examples of the class,
    and :math:`1 / (N - N_k + 2)` for the others. They keep the slopes finite where the class can be told from all
    others without a mistake. If the log-odds of a class are all equal, its slope is 0. At the end each row is divided
    by its sum; so the most probable class may change.

    scikit-learn's ``CalibratedClassifierCV``, with ``method="sigmoid"``, does the same to what ``decision_function``
    gives, which are logits, not log-odds, for most classifiers.

    References
    ----------
    .. [1] Platt, J., "Probabilistic outputs for support vector machines and comparisons to regularized likelihood
       methods", in Advances in Large Margin Classifiers, MIT Press, 1999, section 2.2.
    .. [2] Zadrozny, B., Elkan, C., "Transforming classifier scores into accurate multiclass probability estimates",
       ACM SIGKDD International Conference on Knowledge Discovery and Data Mining, 2002.

    Examples
    --------
    The class 0 is right in three of four rows that favor it, and in two of four that do not. Platt's targets for it are
    6/7 and 1/5:

    >>> model = PlattScaling().fit([[2, 0]] * 4 + [[0, 2]] * 4, [0, 0, 0, 1, 1, 1, 0, 0])
    >>> model.predict_proba([[2, 0], [0, 2]]).round(3)
    array([[0.693, 0.307],
           [0.529, 0.471]])
    """

    def _fit(self, z, y):
        x, center, size = _standardized(_log_odds(z), True)
        fits = [_platt(values, y == k) for k, values in enumerate(x.T)]
        slope, intercept = np.array(fits).T
        self.slope_ = slope / size
        self.intercept_ = intercept - self.slope_ * center

    def _probabilities(self, z):
        return softmax(log_sigmoid(_log_odds(z) * self.slope_ + self.intercept_))  # of logarithms: p over the sum


class IsotonicCalibration(_Calibrator):
    """An increasing function for each class, of its log-odds against all others, by scikit-learn.

    Attributes
    ----------
    calibrators_ : list of sklearn.isotonic.IsotonicRegression
        One for each class.
    n_classes_ : int
        Number K of classes.

    See Also
    --------
    PlattScaling : where the log-odds are written down.

    Notes
    -----
    For each class, the increasing function that is closest to 1 for its examples and to 0 for the others, in the sum of
    squares [1]_. It is constant on stretches, which gives ties, and linear between them; beyond the calibration set it
    goes on as it ends. From the next example below the lowest one of the class on down it is 0, so the cross-entropy of
    new examples may be infinite.

    Each row is divided by its sum; so the most probable class may change. A row of zeros becomes uniform, as in
    scikit-learn's ``CalibratedClassifierCV``, which with ``method="isotonic"`` fits such functions to what
    ``decision_function`` gives.

    References
    ----------
    .. [1] Zadrozny, B., Elkan, C., "Transforming classifier scores into accurate multiclass probability estimates",
       ACM SIGKDD International Conference on Knowledge Discovery and Data Mining, 2002.

    Examples
    --------
    The class 0 is right in three of four rows that favor it, and in two of four that do not:

    >>> model = IsotonicCalibration().fit([[2, 0]] * 4 + [[0, 2]] * 4, [0, 0, 0, 1, 1, 1, 0, 0])
    >>> model.predict_proba([[9, 0], [2, 0], [0, 2]]).round(3)
    array([[0.75, 0.25],
           [0.75, 0.25],
           [0.5 , 0.5 ]])
    """

    def _fit(self, z, y):
        functions = [IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip") for _ in range(z.shape[1])]
        columns = zip(functions, _log_odds(z).T, strict=True)
        self.calibrators_ = [function.fit(values, y == k) for k, (function, values) in enumerate(columns)]

    def _probabilities(self, z):
        columns = zip(self.calibrators_, _log_odds(z).T, strict=True)
        return _normalized([function.predict(values) for function, values in columns])


class _Binning(_Calibrator):
    """A step function of the probability for each class, in `edges_` and `values_`."""

    def _fit(self, z, y):
        steps = [self._steps(values, y == k) for k, values in enumerate(softmax(z).T)]
        self.edges_, self.values_ = map(list, zip(*steps, strict=True))

    def _probabilities(self, z):
        columns = zip(self.edges_, self.values_, softmax(z).T, strict=True)
        return _normalized([values[_index(p, edges)] for edges, values, p in columns])


class HistogramBinning(_Binning):
    """For each class, the share of its examples in bins of the probability.

    Parameters
    ----------
    bins : int, default 15
        Number of bins for each class.

    Attributes
    ----------
    edges_ : list of numpy.ndarray
        For each class the edges of its bins, from 0 to 1.
    values_ : list of numpy.ndarray
        For each class the share of its examples in each bin, one entry less than edges.
    n_classes_ : int
        Number K of classes.

    See Also
    --------
    BayesianBinning : averages over numbers of bins.
    reliability : says which bin a number on an edge is in.

    Notes
    -----
    The bins hold equally many examples, as those of `reliability` with the strategy ``"mass"`` [1]_. Tied probabilities
    share a bin, so there may be fewer bins, and none is empty. A bin without an example of the class gives 0, so the
    cross-entropy of new examples may be infinite.

    Each row is divided by its sum; so the most probable class may change, and many rows tie. A row of zeros becomes
    uniform.

    References
    ----------
    .. [1] Zadrozny, B., Elkan, C., "Obtaining calibrated probability estimates from decision trees and naive Bayesian
       classifiers", International Conference on Machine Learning, 2001.

    Examples
    --------
    The class 0 is right in three of four rows that favor it, and in two of four that do not:

    >>> model = HistogramBinning(bins=2).fit([[2, 0]] * 4 + [[0, 2]] * 4, [0, 0, 0, 1, 1, 1, 0, 0])
    >>> model.predict_proba([[9, 0], [2, 0], [0, 2]]).round(3)
    array([[0.75, 0.25],
           [0.75, 0.25],
           [0.5 , 0.5 ]])
    """

    def __init__(self, *, bins=15):
        self.bins = bins

    def _steps(self, p, hits):
        edges, _, _, share = _binned(p, hits, self.bins, "mass")
        return edges, share


class BayesianBinning(_Binning):
    r"""Bayesian binning into quantiles (BBQ): for each class, an average over histograms of many numbers of bins.

    Attributes
    ----------
    edges_ : list of numpy.ndarray
        For each class the edges of all its histograms, from 0 to 1.
    values_ : list of numpy.ndarray
        For each class the average between two edges, one entry less than edges.
    n_classes_ : int
        Number K of classes.

    See Also
    --------
    HistogramBinning : one number of bins.

    Notes
    -----
    For each class there is a model for each number B of bins from :math:`\sqrt[3]{N} / 10` to
    :math:`10 \sqrt[3]{N}`, rounded down and up, at least 1 and at most N, as in [1]_. Its bins hold equally many
    examples, as those of `reliability` with the strategy ``"mass"``, and the share of the class in a bin has a beta
    distribution a priori, with the parameters

    .. math:: \alpha = \frac{2}{B} \, m, \qquad \beta = \frac{2}{B} \, (1 - m),

    where m is the middle of the bin, kept 2.2e-16 away from 0 and 1, and the 2 is the weight of the prior in examples.
    With h examples of the class among the n in the bin, the bin gives the mean a posteriori,
    :math:`(h + \alpha) / (n + 2 / B)`, which is never 0. The models are averaged with weights in proportion to their
    marginal likelihoods

    .. math:: \prod \frac{\Gamma(2 / B)}{\Gamma(n + 2 / B)} \cdot \frac{\Gamma(h + \alpha)}{\Gamma(\alpha)} \cdot
              \frac{\Gamma(n - h + \beta)}{\Gamma(\beta)},

    a product over the bins, as all models are equally probable a priori. Numbers of bins that lead to the same bins,
    because of ties, count as one model.

    The source has two classes; here each class stands against all others, and each row is divided by its sum. So the
    most probable class may change.

    References
    ----------
    .. [1] Naeini, M. P., Cooper, G. F., Hauskrecht, M., "Obtaining well calibrated probabilities using Bayesian
       binning", AAAI Conference on Artificial Intelligence, 2015.

    Examples
    --------
    The class 0 is right in three of four rows that favor it, and in two of four that do not:

    >>> model = BayesianBinning().fit([[2, 0]] * 4 + [[0, 2]] * 4, [0, 0, 0, 1, 1, 1, 0, 0])
    >>> model.predict_proba([[2, 0], [0, 2]]).round(2)
    array([[0.64, 0.36],
           [0.56, 0.44]])
    """

    def _steps(self, p, hits):
        root = np.cbrt(len(p))
        numbers = range(max(1, int(root / 10)), min(len(p), int(np.ceil(10 * root))) + 1)
        binned = (_binned(p, hits, bins, "mass") for bins in numbers)
        models = {edges.tobytes(): (edges, count, share) for edges, count, _, share in binned}.values()
        beliefs = [_believed(*model) for model in models]
        weights = softmax([score for _, score in beliefs])
        inner = np.unique(np.concatenate([edges[1:-1] for edges, *_ in models]))
        edges = np.concatenate([[0.0], inner, [1.0]])
        ends = edges[1:]  # each stands for the numbers from the edge before it
        triples = zip(weights, beliefs, models, strict=True)
        return edges, sum(weight * values[_index(ends, own)] for weight, (values, _), (own, *_) in triples)


def _predictions(p, y):
    """Return probabilities (N, K) in float64, and classes (N,)."""
    p = as_real(p, "p").astype(np.float64)
    if p.ndim != 2 or p.size == 0:
        raise ValueError(f"p has shape {p.shape}; expected (N, K), with at least one row and one class")
    check_distributions(p, "p")
    return p, _classes(y, p, "p")


def _classes(y, rows, name):
    """Return classes, one for each row."""
    y = as_classes(y, rows.shape[1])
    if y.shape != rows.shape[:1]:
        raise ValueError(f"y has shape {y.shape} and {name} {rows.shape}; expected one class for each row")
    return y


def _logits(z):
    """Return logits (N, K) in float64."""
    z = as_real(z, "z").astype(np.float64)
    if z.ndim != 2 or z.shape[0] < 1 or z.shape[1] < 2:
        raise ValueError(f"z has shape {z.shape}; expected (N, K), with at least one row and two classes")
    wrong = ~((np.abs(z) <= LARGEST_LOGIT) | np.isneginf(z))
    if wrong.any():
        raise ValueError(
            f"z, of shape {z.shape}, contains {z[wrong][0]}; expected logits from {-LARGEST_LOGIT:g} to "
            f"{LARGEST_LOGIT:g}, or -inf"
        )
    if np.isneginf(z).all(axis=1).any():
        raise ValueError(f"z, of shape {z.shape}, has a row of -inf only; expected a class that is possible")
    if (z >= 0).all() and (np.abs(z.sum(axis=1) - 1) <= SUM_TOLERANCE).all():
        raise ValueError(
            f"z, of shape {z.shape}, looks like probabilities, as every row is from 0 to 1 and sums to 1; expected "
            "logits: leave the softmax out, or pass the logarithms of the probabilities"
        )
    return z


def _labels(y, z):
    """Return classes to fit to, all of which occur."""
    y = _classes(y, z, "z")
    missing = np.setdiff1d(np.arange(z.shape[1]), y)
    if (y == y[0]).all():
        raise ValueError(f"y, of shape {y.shape}, contains the class {y[0]} only; expected all {z.shape[1]} classes")
    if missing.size:
        raise ValueError(
            f"y, of shape {y.shape}, lacks the classes {missing.tolist()}; expected all {z.shape[1]} classes"
        )
    return y


def _check_possible(z, y):
    """Raise an error if a right class has the logit -inf, so that no scaling has a finite cross-entropy."""
    impossible = np.isneginf(z[np.arange(len(y)), y])
    if impossible.any():
        row = int(impossible.argmax())
        raise ValueError(
            f"z, of shape {z.shape}, is -inf for the right class {y[row]} of the row {row}, so the cross-entropy is "
            "infinite; expected right classes that are possible"
        )


def _edges(values, bins, strategy):
    """Return the edges of bins from 0 to 1."""
    bins = as_integer(bins, "bins", least=1)
    if strategy not in STRATEGIES:
        raise ValueError(f"strategy is {strategy!r}; expected one of {STRATEGIES}")
    if strategy == "width":
        return np.arange(bins + 1) / bins
    last = -(np.arange(1, bins) * -len(values) // bins) - 1  # place of the last row of each bin but the last one
    ordered = np.sort(np.minimum(values, 1))
    below = np.unique(ordered[last])
    below = below[below < ordered[-1]]
    above = ordered[np.searchsorted(ordered, below, side="right")]
    middle = below + (above - below) / 2
    return np.concatenate([[0.0], np.where(middle < above, middle, below), [1.0]])


def _index(values, edges):
    """Return the bin of each value: the first one whose upper edge is not below it, or the last one."""
    return np.searchsorted(edges[1:-1], values)


def _binned(values, hits, bins, strategy):
    """Return the edges of the bins, and the count, the mean value and the share of hits in each; nan if empty."""
    edges = _edges(values, bins, strategy)
    index, length = _index(values, edges), len(edges) - 1
    count = np.bincount(index, minlength=length)
    sums = np.bincount(index, values, length), np.bincount(index, hits, length)
    with np.errstate(invalid="ignore"):
        return edges, count, *(total / count for total in sums)


def _gap(values, hits, bins, strategy):
    """Return the mean distance between the mean value and the share of hits, over all examples."""
    _, count, confidence, accuracy = _binned(values, hits, bins, strategy)
    return float(np.nansum(count * np.abs(confidence - accuracy)) / len(values))


def _wilson(hits, count):
    """Return the ends of Wilson's interval for the probability of a hit; 0 and 1 where they belong."""
    square = NORMAL**2
    with np.errstate(invalid="ignore"):
        root = NORMAL * np.sqrt(hits * (count - hits) / count + square / 4)
        low, low_of_misses = (k**2 / count / (k + square / 2 + root) for k in (hits, count - hits))
    return low, 1 - low_of_misses


def _log_odds(z):
    """Return the log-odds of each class against all others, (N, K)."""
    log_p = log_softmax(z)
    top = one_hot(z.argmax(axis=1), z.shape[1]) == 1
    against = np.log1p(-np.exp(np.where(top, -np.inf, log_p)))
    top_against = logsumexp(z, where=~top)[:, np.newaxis]
    log_odds = np.where(top, z - top_against, log_p - against)
    if not np.isfinite(log_odds).all():
        raise ValueError(f"z, of shape {z.shape}, contains -inf; expected finite logits")
    return log_odds


def _standardized(x, where):
    """Return columns with the mean 0 and the mean square 1, or of 0 if constant, and what they were less and over."""
    center = np.mean(x, axis=0, where=where)
    most = np.max(x, axis=0, where=where, initial=-np.inf)
    least = np.min(x, axis=0, where=where, initial=np.inf)
    constant = most - least <= ROUNDING * np.maximum(np.abs(most), np.abs(least))
    x = np.where(where & ~constant, x - center, 0)
    size = np.where(constant, 1, np.abs(x).max(axis=0))  # so that the squares do not underflow
    size = size * np.where(constant, 1, np.sqrt(np.mean((x / size) ** 2, axis=0, where=where)))
    return x / size, center, size


def _platt(x, hits):
    """Return the slope and the intercept of Platt's sigmoid."""
    right, wrong = (hits.sum() + 1) / (hits.sum() + 2), 1 / ((~hits).sum() + 2)
    target = np.where(hits, right, wrong)

    def evaluate(w):
        t = w[0] * x + w[1]
        p = sigmoid(t)
        loss = -np.mean(target * log_sigmoid(t) + (1 - target) * log_sigmoid(-t))
        sides = np.stack([x, np.ones_like(x)], axis=1)
        return loss, (p - target) @ sides / len(x), (sides.T * (p * (1 - p))) @ sides / len(x)

    return _minimum(evaluate, 2)


def _sides(x, p):
    """Return the derivatives by scales and biases of what has the derivatives `p` by the scores."""
    return np.hstack([p * x, p])


def _minimum(evaluate, size):
    """Return where a convex function is smallest, by Newton's method, from its value, gradient and Hessian."""
    w = np.zeros(size)
    value, gradient, hessian = evaluate(w)
    curvature, directions = np.linalg.eigh(hessian)
    directions = directions[:, curvature > FLAT * curvature.max()]  # along the others the function is constant
    for _ in range(STEPS):
        inner = directions.T @ hessian @ directions
        try:
            step = -directions @ np.linalg.solve(inner, directions.T @ gradient)
        except np.linalg.LinAlgError:  # a minimum at infinity is so flat at last
            break
        if np.abs(gradient).max() <= GRADIENT and np.abs(step).max() <= NEAR * (1 + np.abs(w).max()):
            if np.linalg.eigvalsh(inner)[0] > FLAT * curvature.max():
                return w
            break  # the curvature is rounding, and so is the step
        for factor in 0.5 ** np.arange(30):
            ahead = evaluate(w + factor * step)
            if ahead[0] <= value + ROUNDING * abs(value):
                break
        w = w + factor * step
        value, gradient, hessian = ahead
    raise RuntimeError(
        f"the search for the smallest cross-entropy did not converge: it took at most {STEPS} steps, and the largest "
        f"entry of the gradient is {np.abs(gradient).max():.2g}"
    )


def _separable(x, y, possible):
    """Whether scales and biases exist that lower no right score below another one of its row, and lift some."""
    K = x.shape[1]
    n, k = np.nonzero(possible & (one_hot(y, K) == 0))
    row = np.arange(len(n))
    entries = np.concatenate([-x[n, y[n]], x[n, k], -np.ones(len(n)), np.ones(len(n))])
    columns = np.concatenate([y[n], k, y[n] + K, k + K])
    behind = csr_array((entries, (np.tile(row, 4), columns)), shape=(len(n), 2 * K))
    answer = linprog(behind.mean(axis=0), behind, np.zeros(len(n)), bounds=(-1, 1))
    return answer.fun < -1e-6


def _normalized(columns):
    """Return probabilities from one column for each class; a row of zeros becomes uniform."""
    p = np.transpose(columns)
    total = p.sum(axis=1, keepdims=True)
    return np.where(total > 0, p / np.where(total > 0, total, 1), 1 / p.shape[1])


def _believed(edges, count, share):
    """Return the means a posteriori of one model of Bayesian binning, and the log of its marginal likelihood."""
    hits = np.rint(share * count)
    strength = STRENGTH / len(count)  # of the prior of each bin
    least = np.finfo(np.float64).eps
    middle = np.clip((edges[:-1] + edges[1:]) / 2, least, 1 - least)
    a, b = strength * middle, strength * (1 - middle)
    score = gammaln(strength) - gammaln(count + strength)
    score += gammaln(hits + a) - gammaln(a) + gammaln(count - hits + b) - gammaln(b)
    return (hits + a) / (count + strength), score.sum()
