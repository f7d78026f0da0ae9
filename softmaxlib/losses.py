r"""What a prediction costs when the answer is known: cross-entropy and its relatives, from logits.

All of them take logits, in nats, and never the logarithm of a probability that was rounded to 0 or 1. They work on one
block of rows after the other, so the log-probabilities of all rows are never held at once.
"""

import warnings

import numpy as np

from softmaxlib.arguments import as_integer, as_mask, as_real, as_targets, as_temperature
from softmaxlib.kernel import (
    NEAR,
    Layout,
    blocks,
    difference,
    exp_beyond_linear,
    masked,
    work_on,
    write_log_softmax,
    write_softmax,
)

REDUCTIONS = ("mean", "sum", "none")


class ProbabilitiesAsLogitsWarning(UserWarning):
    """The logits look like probabilities: every row is from 0 to 1 and sums to 1.

    With probabilities in place of logits, the loss of a row over all K classes, without a weight and at the temperature
    1, cannot fall below ``log(e + K - 1) - 1``. Logits that look so by chance are no mistake; then
    ``warnings.simplefilter("ignore", ProbabilitiesAsLogitsWarning)`` silences it.
    """


def cross_entropy(
    z,
    targets,
    *,
    axis=-1,
    reduction="mean",
    label_smoothing=0.0,
    class_weight=None,
    where=None,
    temperature=1.0,
):
    r"""Cross-entropy of the softmax of logits: the loss of a classifier.

    Parameters
    ----------
    z : array_like of real numbers, any shape
        Logits, in nats.
    targets : array_like
        Either the right classes, integers from 0 to K - 1 of the shape of `z` without the axis, or the right
        probabilities (soft targets), real numbers of the shape of `z` that sum to 1 along the axis, within 0.001.
    axis : int, default -1
        The axis of the K classes.
    reduction : {"mean", "sum", "none"}, default "mean"
        The mean over the rows, as frameworks have it; their sum; or one loss a row.
    label_smoothing : float from 0 to 1, default 0.0
        The share of each target that is spread evenly over the possible classes.
    class_weight : array_like of real numbers, shape (K,), optional
        How much a row of each class counts. A row with a soft target counts as the mean weight of its classes.
        The mean over the rows is the weighted one.
    where : array_like of bool, optional
        Which entries are possible classes; broadcasts to the shape of `z`. A row without any is left out: it costs
        nothing, is not counted in the mean, and its target is not looked at.
    temperature : float, default 1.0
        Divides the logits.

    Returns
    -------
    numpy.ndarray or numpy scalar
        :math:`-\sum_k Y_k \log p_k`, for a class :math:`-\log p_y`, in nats: one number, or with ``"none"`` one for
        each row. It is ``inf`` if a class that the target allows is impossible, as its logit is ``-inf`` or `where` is
        False.

    Raises
    ------
    TypeError
        If an argument is of the wrong type.
    ValueError
        If the shape of `targets` fits neither kind, a class is out of range, a soft target is no distribution, the
        axis is empty, `where` does not broadcast, a weight is negative or infinite, `temperature` or `label_smoothing`
        is out of range, or there is no row to take the mean of.
    numpy.exceptions.AxisError
        If `z` has no such axis.

    Warns
    -----
    ProbabilitiesAsLogitsWarning
        If `z` looks like probabilities.

    See Also
    --------
    cross_entropy_grad : its gradient.
    softmaxlib.activations.log_softmax : what it picks from.

    Notes
    -----
    The negative log-likelihood of the classes. It is the entropy of the target plus the divergence of the
    prediction from it, so for given targets the smallest mean loss is at the frequencies of the targets.

    Accuracy of one loss, with u the unit roundoff: for a class, that of `log_softmax`, 9 u. For a soft target all terms
    have one sign, each is off by those 9 u and by 1 u of its product, and K - 1 additions round: (K + 9) u at most.

    References
    ----------
    .. [1] Bishop, C. M., "Pattern Recognition and Machine Learning", Springer, 2006, section 4.3.4.

    Examples
    --------
    >>> cross_entropy([0.25, 1.23, -0.8], 1).round(3)  # a panda it was
    np.float64(0.41)
    >>> padded = [4, -1]  # the second row is no more than padding
    >>> cross_entropy(np.zeros((2, 5)), padded, where=[[True], [False]]).round(3)
    np.float64(1.609)
    """
    task = _Task(z, targets, axis, reduction, label_smoothing, class_weight, where, temperature)
    return task.value()


def cross_entropy_grad(
    z,
    targets,
    *,
    axis=-1,
    reduction="mean",
    label_smoothing=0.0,
    class_weight=None,
    where=None,
    temperature=1.0,
):
    r"""Gradient of `cross_entropy` with respect to the logits: probabilities minus targets.

    Parameters
    ----------
    z, targets, axis, reduction, label_smoothing, class_weight, where, temperature
        As for `cross_entropy`. With ``"none"``, each row is the gradient of its own loss.

    Returns
    -------
    numpy.ndarray
        :math:`(p - Y) / T`, times the weight of the row, and for the mean divided by the sum of the weights; shape of
        `z`. Rows that are left out get 0. A class that is impossible gets :math:`-Y_k / T`.

    Raises
    ------
    TypeError, ValueError, numpy.exceptions.AxisError
        As `cross_entropy`.

    Warns
    -----
    ProbabilitiesAsLogitsWarning
        If `z` looks like probabilities.

    See Also
    --------
    softmaxlib.gradients.check_gradient : compares the two.

    Notes
    -----
    The logarithm cancels the products of the softmax Jacobian, so :math:`\partial L / \partial z_k = p_k - Y_k`. Where
    a target is 1, it is computed as :math:`e^{\log p_k} - 1` by ``expm1``, which keeps the digits that :math:`p_k - 1`
    loses as :math:`p_k` nears 1.

    References
    ----------
    .. [1] Bishop, C. M., "Pattern Recognition and Machine Learning", Springer, 2006, section 4.3.4.

    Examples
    --------
    >>> cross_entropy_grad([0.25, 1.23, -0.8], 1).round(3)
    array([ 0.249, -0.336,  0.087])
    >>> cross_entropy_grad([50, 0], 0)  # p - 1 would be 0 for the first class
    array([-1.92874985e-22,  1.92874985e-22])
    """
    task = _Task(z, targets, axis, reduction, label_smoothing, class_weight, where, temperature)
    return task.gradient()


def entropy(z, axis=-1, *, where=None, temperature=1.0):
    r"""Entropy of the softmax of logits.

    Parameters
    ----------
    z : array_like of real numbers, any shape
        Logits, in nats.
    axis : int, tuple of int or None, default -1
        The axis, or axes, of the classes; None for all.
    where : array_like of bool, optional
        Which entries are possible classes; broadcasts to the shape of `z`.
    temperature : float, default 1.0
        Divides the logits.

    Returns
    -------
    numpy.ndarray or numpy scalar
        :math:`-\sum_k p_k \log p_k`, shape of `z` without the axes, in nats: from 0, if one class is certain, to
        :math:`\log K`. An impossible class adds 0; without any possible class it is 0.

    Raises
    ------
    TypeError, ValueError, numpy.exceptions.AxisError
        As `softmaxlib.activations.softmax`.

    See Also
    --------
    kl_divergence, cross_entropy

    Notes
    -----
    The cross-entropy of a distribution with itself. All terms have one sign, so none cancels.

    References
    ----------
    .. [1] Shannon, C. E., "A mathematical theory of communication", Bell System Technical Journal 27, 1948, section 6.

    Examples
    --------
    >>> entropy([[0.25, 1.23, -0.8], [0, 0, -np.inf]]).round(3)
    array([0.831, 0.693])
    """
    z, layout, work = _prepared(z, axis, where, temperature)
    results, vectors = layout.empty_reduced(z.dtype)
    with np.errstate(all="ignore"):
        for block, result in blocks(layout.split(z), vectors):
            log_p, p = _both(block, work)
            np.add.reduce(np.where(p == 0, 0, p * np.abs(log_p)), axis=0, out=result, dtype=work.dtype)
    return layout.restore_reduced(results, keepdims=False)


def kl_divergence(z_p, z_q, axis=-1, *, where=None, temperature=1.0):
    r"""Kullback–Leibler divergence between the softmax of two rows of logits.

    Parameters
    ----------
    z_p : array_like of real numbers, any shape
        Logits of the distribution p that is meant, in nats.
    z_q : array_like of real numbers, a shape that broadcasts with that of `z_p`
        Logits of the distribution q that stands in for it.
    axis : int, tuple of int or None, default -1
        The axis, or axes, of the classes; None for all.
    where : array_like of bool, optional
        Which entries are possible classes, for both.
    temperature : float, default 1.0
        Divides the logits of both.

    Returns
    -------
    numpy.ndarray or numpy scalar
        :math:`\sum_k p_k (\log p_k - \log q_k)`, without the axes, in nats: what coding by q costs beyond the entropy
        of p. Never negative; 0 for equal distributions; ``inf`` if q excludes a class that p allows.
        Where p allows no class it is 0.

    Raises
    ------
    TypeError, ValueError, numpy.exceptions.AxisError
        As `softmaxlib.activations.softmax`; also if the shapes do not broadcast.

    See Also
    --------
    entropy, cross_entropy

    Notes
    -----
    With the differences :math:`d = z_q - z_p`, centered at their mean under p, it equals
    :math:`\log(1 + \sum_k p_k (e^{d_k} - 1 - d_k))`, less :math:`\log(1 - m)` if q gives m to classes that p excludes.
    No term is negative, so rounding makes no sum of them negative, and the digits survive that the difference of two
    nearly equal logarithms would lose. Distributions far apart lose none, and go by the definition.

    References
    ----------
    .. [1] Kullback, S., Leibler, R. A., "On information and sufficiency", Annals of Mathematical Statistics 22(1),
       1951.

    Examples
    --------
    >>> kl_divergence([0.25, 1.23, -0.8], [0, 0, 0]).round(3)
    np.float64(0.268)
    >>> (kl_divergence([0, 1e-9], [0, 0]) * 1e18).round(3)  # an eighth of the square
    np.float64(0.125)
    """
    z_p, z_q = as_real(z_p, "z_p"), as_real(z_q, "z_q")
    try:
        z_p, z_q = np.broadcast_arrays(z_p, z_q)
    except ValueError:
        raise ValueError(f"z_p has shape {z_p.shape} and z_q {z_q.shape}; expected shapes that broadcast") from None
    dtype = np.result_type(z_p, z_q)
    z_p, layout, work = _prepared(z_p.astype(dtype), axis, where, temperature)
    z_q, *_ = _prepared(z_q.astype(dtype), axis, where, temperature)
    results, vectors = layout.empty_reduced(dtype)
    of_p, of_q = blocks(layout.split(z_p), vectors), blocks(layout.split(z_q), vectors)
    with np.errstate(all="ignore"):
        for (p_block, result), (q_block, _) in zip(of_p, of_q, strict=True):
            result[...] = _divergence(p_block, q_block, work)
    return layout.restore_reduced(results, keepdims=False)


def perplexity(z, targets, *, axis=-1, where=None, temperature=1.0):
    r"""Perplexity of predictions: among how many equally likely classes they would be as unsure.

    Parameters
    ----------
    z, targets, axis, where, temperature
        As for `cross_entropy`.

    Returns
    -------
    numpy scalar
        :math:`e^L`, with L the mean `cross_entropy`: 1 for perfect predictions, K for uniform ones.

    Raises
    ------
    TypeError, ValueError, numpy.exceptions.AxisError
        As `cross_entropy`.

    Notes
    -----
    The reciprocal of the geometric mean of the probabilities of the right classes.

    References
    ----------
    .. [1] Jelinek, F., Mercer, R. L., Bahl, L. R., Baker, J. K., "Perplexity – a measure of the difficulty of speech
       recognition tasks", Journal of the Acoustical Society of America 62(S1), 1977.

    Examples
    --------
    >>> perplexity(np.zeros((4, 10)), [3, 1, 4, 1]).round(3)
    np.float64(10.0)
    """
    task = _Task(z, targets, axis, "mean", 0.0, None, where, temperature)
    with np.errstate(over="ignore"):
        return np.exp(task.value())


class _Task:
    """The checked arguments of a loss, and what its value and its gradient have in common."""

    def __init__(self, z, targets, axis, reduction, label_smoothing, class_weight, where, temperature):
        if not isinstance(reduction, str) or reduction not in REDUCTIONS:
            raise ValueError(f'reduction is {reduction!r}; expected "mean", "sum" or "none"')
        self.axis = as_integer(axis, "axis")
        self.z, self.layout, self.work = _prepared(z, self.axis, where, temperature)
        if where is None:
            self.possible, self.counted = None, np.ones(self.layout.batch, bool)
            _warn_of_probabilities(self.z, self.layout)
        else:
            self.possible = as_mask(where, self.z.shape, "z")
            self.counted = self.possible.any(axis=self.axis)
            _warn_of_probabilities(as_real(z, "z"), self.layout)
        self.classes, self.soft = as_targets(targets, self.z.shape, self.axis, self.counted, self.work.dtype)
        self.reduction, self.smoothing = reduction, _as_share(label_smoothing)
        self.weights = self._row_weights(class_weight)

    def _row_weights(self, class_weight):
        """Return how much each row counts, of the shape of the batch."""
        if class_weight is None:
            return self.counted.astype(self.work.dtype)
        weights = as_real(class_weight, "class_weight").astype(self.work.dtype)
        if weights.shape != (self.layout.classes,):
            raise ValueError(
                f"class_weight has shape {weights.shape}; expected {(self.layout.classes,)}, one for each class"
            )
        if not (np.isfinite(weights) & (weights >= 0)).all():
            raise ValueError(f"class_weight is {weights}; expected finite numbers that are not negative")
        of_rows = weights[self.classes] if self.soft is None else np.moveaxis(self.soft, self.axis, -1) @ weights
        return np.where(self.counted, of_rows, 0)

    def divisor(self):
        """Return the sum of the weights, or 1 if nothing is to be divided."""
        if self.reduction != "mean":
            return 1
        total = self.weights.sum()
        if total == 0:
            raise ValueError(
                f"z, of shape {self.z.shape}, has no row that counts, so there is no mean; "
                'expected at least one, or reduction="sum"'
            )
        return total

    def losses(self):
        """Return the weighted loss of each row, in the precision of the work."""
        losses, vectors = self.layout.empty_reduced(self.work.dtype)
        with np.errstate(all="ignore"):
            for (block, result), targets in self._pieces(vectors):
                log_p = _log_probabilities(block, self.work)
                if self._plain:
                    result[...] = np.abs(log_p[targets, np.arange(len(targets))])
                else:
                    np.add.reduce(np.where(targets == 0, 0, targets * np.abs(log_p)), axis=0, out=result)
            return np.where(self.weights == 0, 0, losses * self.weights)

    def value(self):
        """Return the reduced loss, in the dtype of the logits."""
        losses = self.losses()
        if self.reduction == "none":
            return losses.astype(self.z.dtype)[()]
        with np.errstate(all="ignore"):
            return (losses.sum() / self.divisor()).astype(self.z.dtype)

    def gradient(self):
        """Return the gradient of the reduced loss, in the dtype of the logits."""
        divisor = self.divisor()
        gradient, matrices = self.layout.empty(self.work.dtype)
        with np.errstate(all="ignore"):
            for (block, result), targets in self._pieces(matrices):
                log_p = _log_probabilities(block, self.work)
                write_softmax(block, self.work, result)
                if self._plain:
                    right = targets, np.arange(len(targets))
                    result[right] = np.expm1(log_p[right])
                else:
                    result[...] = np.where(targets == 1, np.expm1(log_p), result - targets)
            gradient = self.layout.restore(gradient)
            scale = np.expand_dims(self.weights / self.work.temperature / divisor, self.axis)
            scaled = np.where((scale == 0) | (gradient == 0), 0, gradient * scale)
            return scaled.astype(self.z.dtype) + self.z.dtype.type(0)  # -0.0 becomes 0.0

    @property
    def _plain(self):
        """Whether each target is no more than the index of a class."""
        return self.soft is None and self.smoothing == 0

    def _pieces(self, results):
        """Yield blocks of logits, each with the piece of the results that is its own, and their targets."""
        matrices = self.layout.split(self.z)
        if self.soft is None:
            classes, targets = self.layout.empty_reduced(np.intp)
            classes[...] = self.classes
        else:
            targets = self.layout.split(self.soft)
        possible = np.broadcast_to(True, self.z.shape) if self.possible is None else self.possible
        allowed = self.layout.split(possible) if self.smoothing else targets
        for piece, (_, target), (_, mask) in zip(
            blocks(matrices, results), blocks(matrices, targets), blocks(matrices, allowed), strict=True
        ):
            yield piece, target if self._plain else self._distribution(target, mask, len(piece[0]))

    def _distribution(self, target, mask, num_classes):
        """Return the targets of a block as distributions (K, n), smoothed over the classes that the mask allows."""
        if self.soft is None:
            target = (np.arange(num_classes)[:, np.newaxis] == target).astype(self.work.dtype)
        if self.smoothing == 0:
            return target
        return (1 - self.smoothing) * target + self.smoothing * mask / np.maximum(mask.sum(axis=0), 1)


def _prepared(z, axis, where, temperature):
    """Return the logits, masked, the way to blocks and back, and how the work is done."""
    z = as_real(z, "z")
    layout = Layout(z, axis)
    work = work_on(z.dtype, as_temperature(temperature), fast=False)
    return z if where is None else masked(z, where), layout, work


def _log_probabilities(block, work):
    """Return the log-softmax of a block."""
    log_p = np.empty(block.shape, work.dtype)
    write_log_softmax(block, work, log_p)
    return log_p


def _both(block, work):
    """Return the log-probabilities and the probabilities of a block."""
    p = np.empty(block.shape, work.dtype)
    write_softmax(block, work, p)
    return _log_probabilities(block, work), p


def _divergence(of_p, of_q, work):
    """Return the divergence (n,) of two blocks of logits (K, n)."""
    (log_p, p), (log_q, q) = _both(of_p, work), _both(of_q, work)
    lead, error = difference(of_q.astype(work.dtype), of_p.astype(work.dtype))
    winner = p.argmax(axis=0)[np.newaxis]
    lead -= np.take_along_axis(lead, winner, axis=0)
    lead += np.nan_to_num(error - np.take_along_axis(error, winner, axis=0))
    excluded = np.isneginf(log_p)
    lead = np.where(excluded, 0, lead / work.temperature)
    center = np.where(excluded, 0, lead - np.add.reduce(p * lead, axis=0))
    # What e^d adds to 1 + d under p, without the classes that p excludes, and what q gives to those.
    beyond = np.where(center > NEAR, np.exp(log_p + center) - p * (1 + center), p * exp_beyond_linear(center))
    beyond = np.add.reduce(np.where(excluded, 0, beyond), axis=0)
    outside = np.add.reduce(np.where(excluded, q, 0), axis=0)
    near = np.log1p(beyond) - np.log1p(-outside)
    t = log_q - log_p
    far = np.where(np.isneginf(t) & ~excluded, np.inf, q - p - p * t)  # 0 times infinity, where p underflows
    far = np.add.reduce(np.where(excluded, q, far), axis=0)
    near = np.where((beyond <= 1) & (outside <= 0.5), near, far)
    return np.where(excluded.all(axis=0) & ~np.isnan(q).any(axis=0), 0, near)


def _as_share(value):
    """Return the label smoothing as a float from 0 to 1."""
    share = as_real(value, "label_smoothing")
    if share.ndim or not 0 <= share <= 1:
        raise ValueError(f"label_smoothing is {value!r}; expected a number from 0 to 1")
    return float(share)


def _warn_of_probabilities(z, layout):
    """Warn if all rows are distributions; the first row decides for most logits."""
    if layout.classes < 2 or z.size == 0:
        return
    matrices = layout.split(z)
    for rows in [matrices[0][:, :1], *matrices]:
        with np.errstate(all="ignore"):
            total = rows.sum(axis=0, dtype=np.promote_types(z.dtype, np.float64))
        if not ((rows >= 0).all() and (np.abs(total - 1) <= 8 * layout.classes * np.finfo(z.dtype).eps).all()):
            return
    floor = np.log(np.e + layout.classes - 1) - 1
    warnings.warn(
        f"z, of shape {z.shape}, looks like probabilities, as every row sums to 1; expected logits. With probabilities "
        f"a row over all classes costs at least log(e + K - 1) - 1 = {floor:.3f}, without weights at temperature 1. "
        "Leave the softmax out",
        ProbabilitiesAsLogitsWarning,
        stacklevel=4,
    )
