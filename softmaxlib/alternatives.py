r"""Other maps from scores to probabilities, which can give exact zeros: sparsemax, entmax and softmax1.

Softmax gives every possible class a positive probability (until it underflows). Like softmax, the maps `entmax` solve

.. math::

   \max_{p \in \Delta} \; \sum_i p_i z_i + H(p),

where :math:`\Delta` is the simplex, the set of all distributions over the K classes, and H an entropy. The entropy of
Shannon gives softmax. Those of Tsallis, one for each :math:`\alpha > 1`, give maps that are exactly 0 for classes with
scores far below the largest. Each map has its loss, a Fenchel–Young loss, whose gradient with respect to the scores is
the map minus the target.

float16, float32 and float64 come back as they came; float16 and float32 are worked out in float64 and rounded once.
Integers and booleans become float64. A row that holds NaN gives NaN. Classes with the score ``-inf`` get 0. Where no
class is possible, all get 0. Where scores are ``inf``, these classes share the mass evenly.
"""

import math

import numpy as np

from softmaxlib.activations import one_hot, softmax
from softmaxlib.arguments import as_integer, as_number, as_real, as_targets
from softmaxlib.kernel import (
    NEAR,
    Layout,
    blocks,
    checked_pair,
    exp_beyond_linear,
    remainder,
    shifted,
    with_finite_top,
    work_on,
    write_softmax,
)
from softmaxlib.losses import kl_divergence


def sparsemax(z, axis=-1):
    r"""Projection of scores onto the simplex: the distribution that is nearest to them, often with zeros.

    Parameters
    ----------
    z : array_like of real numbers, any shape
        Scores.
    axis : int, default -1
        The axis of the K classes.

    Returns
    -------
    numpy.ndarray
        :math:`p_i = \max(z_i - \tau, 0)`, shape of `z`, with the threshold :math:`\tau` for which the sum is 1.

    Raises
    ------
    TypeError, ValueError, numpy.exceptions.AxisError
        As `entmax`.

    See Also
    --------
    entmax : the family that it belongs to.
    sparsemax_loss : its loss.

    Notes
    -----
    The Euclidean projection: :math:`\operatorname{argmin}_{p \in \Delta} \lVert p - z \rVert^2`. A class gets 0 if its
    score is at or below :math:`\tau`, which is at least the largest score minus 1. So a lead of 1 over all other
    classes gives the winner everything. Sparsemax ignores a shift of all scores, as softmax does, but not their scale.

    The threshold is found by sorting [1]_, from differences to the largest score, so scores of any height lose nothing.
    The worst that a search found in float64, over rows of up to 7 scores: a probability was off by 1.2e-16. The sum is
    that of `entmax`.

    References
    ----------
    .. [1] Held, M., Wolfe, P., Crowder, H. P., "Validation of subgradient optimization", Mathematical Programming 6,
       1974.
    .. [2] Martins, A. F. T., Astudillo, R. F., "From softmax to sparsemax: a sparse model of attention and multi-label
       classification", ICML, 2016.

    Examples
    --------
    >>> sparsemax([0.25, 1.23, -0.8])  # seal, panda, duck
    array([0.01, 0.99, 0.  ])
    >>> sparsemax([5, 5, 4.5]).round(3)
    array([0.5, 0.5, 0. ])
    """
    return entmax(z, 2.0, axis)


def entmax(z, alpha=1.5, axis=-1):
    r"""Softmax, sparsemax, and the maps between them and beyond, by one parameter.

    Parameters
    ----------
    z : array_like of real numbers, any shape
        Scores.
    alpha : float, default 1.5
        Which map: 1 is softmax, 2 is sparsemax; at least 1, and finite.
    axis : int, default -1
        The axis of the K classes.

    Returns
    -------
    numpy.ndarray
        The probabilities, shape of `z`. For an :math:`\alpha` above 1 they are
        :math:`p_i = [(\alpha - 1) z_i - \tau]_+^{1 / (\alpha - 1)}`, where :math:`[x]_+` is x, or 0 if x is negative,
        with the threshold :math:`\tau` for which they sum to 1.

    Raises
    ------
    TypeError
        If an argument is of the wrong type.
    ValueError
        If `alpha` is below 1 or not finite, or the axis is empty.
    numpy.exceptions.AxisError
        If `z` has no such axis.

    See Also
    --------
    softmaxlib.activations.softmax : the case of 1.
    sparsemax : the case of 2.
    entmax_loss : its loss.

    Notes
    -----
    Of all distributions the result has the largest :math:`\sum_i p_i z_i + H_\alpha(p)`, with the entropy of Tsallis
    divided by its :math:`\alpha`, :math:`H_\alpha(p) = \sum_i (p_i - p_i^\alpha) / (\alpha (\alpha - 1))`, whose
    limit for :math:`\alpha \to 1` is that of Shannon. So the limit of the map is softmax. For :math:`\alpha > 1` and
    apart from rounding, a class is in the support, which means that :math:`p_i > 0`, if and only if

    .. math::

       \sum_{j:\, z_j > z_i} \bigl((\alpha - 1) (z_j - z_i)\bigr)^{1 / (\alpha - 1)} < 1,

    as the sum of the probabilities is 1 for a threshold below :math:`(\alpha - 1) z_i` only then. So a class gets 0 if
    its score is :math:`1 / (\alpha - 1)` or more below the largest. While it is below 1, each term grows with
    :math:`\alpha`, so with a larger :math:`\alpha` no class joins the support. As :math:`\alpha \to \infty`, the limit
    shares the mass evenly among the largest scores. There the entropy itself is 0 and decides nothing, so ``inf`` is
    refused.

    For 1.5 and 2 the threshold is found by sorting [1]_. For others an interval for the logarithm of the largest
    probability is halved until its ends are neighboring floats, and the two results are mixed so that the sum is 1.
    This works for every float above 1, for example ``1 + 1e-6``, as the powers are computed by ``log1p``.
    For an :math:`\alpha` above 2, the probability of a class rises with an infinite slope where it leaves 0. The last
    digits of the scores can then change the first digits of a probability.

    The worst that a search found in float64, over rows of up to 7 scores and ten :math:`\alpha` from 1 + 1e-6 to 5: a
    probability was off by 1.7e-16. A sum is off by at most 2.3e-16, as each probability is divided by the rounded
    sum of all, and rounded.

    References
    ----------
    .. [1] Peters, B., Niculae, V., Martins, A. F. T., "Sparse sequence-to-sequence models", ACL, 2019.
    .. [2] Blondel, M., Martins, A. F. T., Niculae, V., "Learning with Fenchel-Young losses", JMLR 21(35), 2020.

    Examples
    --------
    >>> z = [0.25, 1.23, -0.8]
    >>> for alpha in (1, 1.5, 2):
    ...     print(entmax(z, alpha).round(3))
    [0.249 0.664 0.087]
    [0.175 0.825 0.   ]
    [0.01 0.99 0.  ]
    """
    alpha, z = _as_alpha(alpha), as_real(z, "z")
    layout = Layout(z, as_integer(axis, "axis"))
    work = work_on(z.dtype, 1.0, fast=False)
    results, matrices = layout.empty(z.dtype)
    with np.errstate(all="ignore"):
        for block, result in blocks(layout.split(z), matrices):
            if alpha == 1:
                write_softmax(block, work, result)
            else:
                result[...] = _Solution(block, alpha, work).p
    return layout.restore(results)


def softmax1(z, axis=-1):
    r"""Softmax with a 1 added to its denominator, so that the result can be nearly 0 for all classes.

    Parameters
    ----------
    z : array_like of real numbers, any shape
        Logits, in nats.
    axis : int, default -1
        The axis of the K classes.

    Returns
    -------
    numpy.ndarray
        :math:`p_i = e^{z_i} / (1 + \sum_j e^{z_j})`, shape of `z`.

    Raises
    ------
    TypeError
        If `z` does not hold real numbers, or `axis` is no integer.
    ValueError
        If the axis is empty.
    numpy.exceptions.AxisError
        If `z` has no such axis.

    See Also
    --------
    softmaxlib.activations.softmax : the same without the 1.
    softmaxlib.activations.sigmoid : the same for one class.

    Notes
    -----
    Softmax over one class more, with the logit 0, whose probability is left out. So a row sums to less than 1 by the
    probability of that class (rounded, to 1 where it is too small to count). Unlike softmax it is not blind to a shift
    of all logits. Where the largest logit is subtracted from all logits, it is subtracted from the 0 as well, so the 1
    becomes :math:`e^{-\max z}`. The accuracy is that of softmax.

    References
    ----------
    .. [1] Miller, E., "Attention is off by one", 2023, https://www.evanmiller.org/attention-is-off-by-one.html.

    Examples
    --------
    >>> softmax1([0.25, 1.23, -0.8]).round(3)
    array([0.209, 0.556, 0.073])
    >>> softmax1([-20, -20, -20]).round(3)  # softmax gives a third each
    array([0., 0., 0.])
    >>> softmax1([1000, 1000])
    array([0.5, 0.5])
    """
    z, axis = as_real(z, "z"), as_integer(axis, "axis")
    Layout(z, axis)
    extended = np.concatenate([z, np.zeros_like(np.take(z, [0], axis=axis))], axis=axis)
    return np.take(softmax(extended, axis), range(z.shape[axis]), axis=axis)


def sparsemax_loss(z, targets, axis=-1):
    r"""Loss of sparsemax: what its probabilities cost when the right ones are known.

    Parameters
    ----------
    z : array_like of real numbers, any shape
        Scores.
    targets : array_like
        The right classes, or the right distributions, as for `entmax_loss`.
    axis : int, default -1
        The axis of the K classes.

    Returns
    -------
    numpy.ndarray or numpy scalar
        One loss for each row, shape of `z` without the axis.

    Raises
    ------
    TypeError, ValueError, numpy.exceptions.AxisError
        As `entmax_loss`.

    See Also
    --------
    entmax_loss : the family, with what is said of zeros and digits.

    Notes
    -----
    For a target y it is :math:`\tfrac12 \lVert y - z \rVert^2 - \tfrac12 \lVert p - z \rVert^2`, with p the projection
    of z. So it is never negative, as p is the nearest distribution. Its gradient is :math:`p - y`. It is 0 for the
    right class if that leads all others by 1 or more. For finite scores it is finite even where :math:`p_y` is 0,
    unless it overflows.

    References
    ----------
    .. [1] Martins, A. F. T., Astudillo, R. F., "From softmax to sparsemax: a sparse model of attention and multi-label
       classification", ICML, 2016.

    Examples
    --------
    >>> z = [0.25, 1.23, -0.8]  # seal, panda, duck
    >>> [float(sparsemax_loss(z, y).round(4)) for y in range(3)]
    [0.9801, 0.0001, 2.0301]
    >>> sparsemax_loss([0, 1, -5], 1)  # a lead of 1 is enough
    np.float64(0.0)
    """
    return entmax_loss(z, targets, 2.0, axis)


def entmax_loss(z, targets, alpha=1.5, axis=-1):
    r"""Loss of entmax: the Fenchel–Young loss of the entropy of Tsallis.

    Parameters
    ----------
    z : array_like of real numbers, any shape
        Scores.
    targets : array_like
        Either the right classes, integers from 0 to K - 1 of the shape of `z` without the axis, or the right
        probabilities (soft targets), real numbers of the shape of `z` that sum to 1 along the axis, within 0.001. They
        are divided by their sum.
    alpha : float, default 1.5
        Which map and loss; at least 1, and finite.
    axis : int, default -1
        The axis of the K classes.

    Returns
    -------
    numpy.ndarray or numpy scalar
        One loss for each row, shape of `z` without the axis. It is ``inf`` if a class that the target allows has the
        score ``-inf``, or less than another class with ``inf``.

    Raises
    ------
    TypeError
        If an argument is of the wrong type.
    ValueError
        If `alpha` is below 1 or not finite, the axis is empty, the shape of `targets` fits neither kind, a class is
        out of range, or a soft target is no distribution.
    numpy.exceptions.AxisError
        If `z` has no such axis.

    See Also
    --------
    softmaxlib.losses.cross_entropy : the case of 1, for classes.
    softmaxlib.losses.kl_divergence : the case of 1, for soft targets.

    Notes
    -----
    With p the `entmax` of z, the loss for a target y is what p gains over y in the problem that p solves,

    .. math::

       L(z, y) = \sum_i p_i z_i + H_\alpha(p) - \sum_i y_i z_i - H_\alpha(y).

    So it is never negative, and 0 only for :math:`p = y`. Its gradient with respect to z is :math:`p - y`. It is convex
    in z. For :math:`\alpha > 1` it is 0 for a class if that leads all others by :math:`1 / (\alpha - 1)` or more, the
    margin. For :math:`\alpha = 1` it is the cross-entropy minus the entropy of y, which for a class is 0.

    The definition is a difference of numbers that are nearly equal where the loss is small. Here the loss is a sum of
    terms that are not negative, one for each class: :math:`p_i^\alpha / \alpha` where :math:`y_i` is 0, and a series
    in :math:`\log(y_i / p_i)` where that is small. For classes, and :math:`\alpha` of 1.5 or 2, the worst relative
    error that a search found in float64 was 6e-16, for losses down to 1e-32. For other :math:`\alpha` the relative
    error grows as a class nears the edge where it gets 0.

    References
    ----------
    .. [1] Blondel, M., Martins, A. F. T., Niculae, V., "Learning with Fenchel-Young losses", JMLR 21(35), 2020.
    .. [2] Peters, B., Niculae, V., Martins, A. F. T., "Sparse sequence-to-sequence models", ACL, 2019.

    Examples
    --------
    >>> entmax_loss([0.25, 1.23, -0.8], 1).round(3)  # a panda it was
    np.float64(0.065)
    >>> entmax_loss([[0, 2], [0, 1.9]], [1, 1]).round(7)  # a lead of 2 is enough
    array([0.00e+00, 8.04e-05])
    """
    alpha, z, axis = _as_alpha(alpha), as_real(z, "z"), as_integer(axis, "axis")
    layout = Layout(z, axis)
    work = work_on(z.dtype, 1.0, fast=False)
    classes, soft = as_targets(targets, z.shape, axis, None, work.dtype)
    if soft is None:
        soft = np.moveaxis(one_hot(classes, layout.classes), -1, axis).astype(work.dtype, copy=False)
    else:
        soft = soft / soft.sum(axis=axis, keepdims=True)
    if alpha == 1:
        with np.errstate(divide="ignore"):
            return kl_divergence(np.log(soft), z, axis).astype(z.dtype)
    results, vectors = layout.empty_reduced(z.dtype)
    with np.errstate(all="ignore"):
        for (block, result), (target, _) in zip(
            blocks(layout.split(z), vectors), blocks(layout.split(soft), vectors), strict=True
        ):
            result[...] = _Solution(block, alpha, work).loss(target)
    return layout.restore_reduced(results, keepdims=False)


def sparsemax_vjp(p, v, axis=-1):
    r"""Product of a vector and the Jacobian of `sparsemax`: a gradient, sent back through it.

    Parameters
    ----------
    p : array_like of real numbers, any shape
        Probabilities: the results of sparsemax.
    v : array_like of real numbers, shape of `p`
        The gradient of a loss with respect to `p`.
    axis : int, default -1
        The axis of the K classes.

    Returns
    -------
    numpy.ndarray
        :math:`v_i` minus the mean of v over the support, the classes with :math:`p_i > 0`, for a class of the support,
        and 0 for others; shape of `p`.

    Raises
    ------
    TypeError, ValueError, numpy.exceptions.AxisError
        As `entmax_vjp`.

    See Also
    --------
    entmax_vjp : the family.

    Notes
    -----
    Small changes of the scores do not change the support, except at the edge of it, and within the support the
    threshold moves by the mean. At an edge it is one of two one-sided derivatives.

    References
    ----------
    .. [1] Martins, A. F. T., Astudillo, R. F., "From softmax to sparsemax: a sparse model of attention and multi-label
       classification", ICML, 2016.

    Examples
    --------
    >>> sparsemax_vjp([0.25, 0.75, 0], [1, 0, 9])
    array([ 0.5, -0.5,  0. ])
    """
    return entmax_vjp(p, v, 2.0, axis)


def entmax_vjp(p, v, alpha=1.5, axis=-1):
    r"""Product of a vector and the Jacobian of `entmax`: a gradient, sent back through it.

    Parameters
    ----------
    p : array_like of real numbers, any shape
        Probabilities: the results of entmax.
    v : array_like of real numbers, shape of `p`
        The gradient of a loss with respect to `p`.
    alpha : float, default 1.5
        The one that gave `p`.
    axis : int, default -1
        The axis of the K classes.

    Returns
    -------
    numpy.ndarray
        :math:`g_i (v_i - \sum_j g_j v_j / \sum_j g_j)`, shape of `p`, with the slopes :math:`g_i = p_i^{2 - \alpha}`
        on the support, where :math:`p_i > 0`, and 0 elsewhere.

    Raises
    ------
    TypeError
        If `p` or `v` does not hold real numbers, or `axis` or `alpha` is of the wrong type.
    ValueError
        If the shapes differ, the axis is empty, or `alpha` is below 1 or not finite.
    numpy.exceptions.AxisError
        If `p` has no such axis.

    See Also
    --------
    softmaxlib.gradients.softmax_vjp : the case of 1.
    sparsemax_vjp : the case of 2.

    Notes
    -----
    The Jacobian is symmetric, and its rows sum to 0. Differences of the entries of v are taken from the class with the
    largest slope, and its own entry is minus the sum of the others, for the reason given at
    `softmaxlib.gradients.softmax_vjp`. Classes outside the support get no gradient, and theirs does not count. But NaN
    and infinities in v are not hidden, wherever they are: such a row holds NaN. For an :math:`\alpha` above 2 the
    slopes have no bound, and two that overflow give NaN.

    References
    ----------
    .. [1] Peters, B., Niculae, V., Martins, A. F. T., "Sparse sequence-to-sequence models", ACL, 2019.

    Examples
    --------
    >>> entmax_vjp([0.25, 0.25, 0.5, 0], [1, 0, 0, 9]).round(3)
    array([ 0.354, -0.146, -0.207,  0.   ])
    """
    alpha = _as_alpha(alpha)
    p, v, layout, result = checked_pair(p, v, "v", as_integer(axis, "axis"))
    results, matrices = layout.empty(result)
    with np.errstate(all="ignore"):
        for of_p, of_v, out in zip(layout.split(p), layout.split(v), matrices, strict=True):  # (K, n)
            out[...] = _product(of_p, of_v, alpha)
    return layout.restore(results)


def softmax1_vjp(p, v, axis=-1):
    r"""Product of a vector and the Jacobian of `softmax1`: a gradient, sent back through it.

    Parameters
    ----------
    p : array_like of real numbers, any shape
        The results of softmax1.
    v : array_like of real numbers, shape of `p`
        The gradient of a loss with respect to `p`.
    axis : int, default -1
        The axis of the K classes.

    Returns
    -------
    numpy.ndarray
        :math:`p_i (v_i - \sum_j p_j v_j)`, shape of `p`.

    Raises
    ------
    TypeError
        If `p` or `v` does not hold real numbers, or `axis` is no integer.
    ValueError
        If the shapes differ, or the axis is empty.
    numpy.exceptions.AxisError
        If `p` has no such axis.

    See Also
    --------
    softmaxlib.gradients.softmax_vjp : the same formula, for probabilities that sum to 1.

    Notes
    -----
    The class that was left out has the entry 0 in v, and so adds nothing to the sum. As the p do not sum to 1, adding a
    constant to v changes the result.

    References
    ----------
    .. [1] Miller, E., "Attention is off by one", 2023, https://www.evanmiller.org/attention-is-off-by-one.html.

    Examples
    --------
    >>> softmax1_vjp([0.25, 0.5], [1, 0])
    array([ 0.1875, -0.125 ])
    """
    p, v, layout, result = checked_pair(p, v, "v", as_integer(axis, "axis"))
    results, matrices = layout.empty(result)
    with np.errstate(all="ignore"):
        for of_p, of_v, out in zip(layout.split(p), layout.split(v), matrices, strict=True):  # (K, n)
            out[...] = of_p * (of_v - np.add.reduce(of_p * of_v, axis=0))
    return layout.restore(results)


class _Solution:
    r"""The entmax of a block of scores (K, n), for an alpha above 1.

    With :math:`\beta = \alpha - 1` and scores s that are at most 0, as the largest is subtracted, the probabilities are
    :math:`[1 + \beta (s_i - \theta)]_+^{1 / \beta}`. The threshold :math:`\theta \ge 0` is such that they sum to 1.

    Attributes
    ----------
    p : numpy.ndarray, shape (K, n)
        Probabilities.
    theta : numpy.ndarray, shape (n,)
        Thresholds.
    s, error : numpy.ndarray, shape (K, n)
        Scores minus the largest, and what rounding took away from them.
    """

    def __init__(self, block, alpha, work):
        self.alpha, self.beta, self.work = alpha, alpha - 1, work
        top = block.max(axis=0).astype(work.dtype)
        block, shift = with_finite_top(block, top, work.dtype)
        self.s, self.error = shifted(block, shift, 1)
        self.winners = block.argmax(axis=0), np.arange(block.shape[1])
        p, theta = self._sorted() if self.beta in (0.5, 1) else self._bisected()
        impossible = np.isneginf(top)
        self.p = np.where(impossible, 0, p / work.add_up(p))  # the sum is 1 but for the last digits
        self.theta = np.where(impossible, 0, theta)

    def _sorted(self):
        """Find the threshold among those of the first 1, 2, ... classes in order; return probabilities and thresholds.

        With c the product of beta and theta, so that 1 - c is the root or power of the largest probability, all sums
        are of numbers from 0 to 1, without the largest class. So nothing is lost if that one has nearly all the mass.
        """
        linear = self.beta == 1
        a = np.maximum(1 + self.beta * self.s + self.beta * self.error, 0)  # others have no mass, as c is not negative
        others = -np.sort(-a, axis=0)[1:]
        count = np.arange(2, len(a) + 1)[:, np.newaxis]
        total = np.cumsum(others, axis=0)
        if linear:
            c = total / count
        else:
            squares = np.cumsum(others * others, axis=0)
            c = squares / (1 + total + np.sqrt(np.maximum((1 + total) ** 2 - count * squares, 0)))
        size = np.count_nonzero(others > c, axis=0)
        c = np.concatenate([a[:1] * 0, c])[size, np.arange(len(size))]
        c = c + self._step(a - c, c)
        gap = a - c
        step = self._step(gap, c)  # not added to c, where its last digits would be lost
        gap = np.maximum(gap - step, 0)
        return gap if linear else gap * gap, (c + step) / self.beta

    def _step(self, gap, c):
        """Return the step of Newton's method for c, given the differences to it."""
        gap = np.maximum(gap, 0)
        linear = self.beta == 1
        rest = gap if linear else gap * gap
        slope = np.count_nonzero(gap, axis=0) if linear else 2 * self.work.add_up(gap)
        rest = np.copy(rest)
        rest[self.winners] = 0
        return (self.work.add_up(rest) - (c if linear else c * (2 - c))) / slope

    def _bisected(self):
        """Halve an interval for the depth, minus the logarithm of the largest probability; return as `_sorted` does.

        It ends on neighboring floats, of which one gives a sum that is too large and the other one that is too small;
        the mean of the two results that sums to 1 satisfies the conditions as well as floats can.
        """
        n = self.s.shape[1]
        scaled = self.beta * self.s
        rest = self.beta * self.error - remainder(scaled, self.s, self.beta)
        a = np.where(scaled > -2, 1 + scaled + rest, -1)  # of both, only the sign counts where there is no mass
        scaled = np.maximum(scaled, -2)
        low = np.zeros(n, self.work.dtype)
        high = np.full(n, math.log(len(self.s)) + 1, self.work.dtype)
        tiny = np.finfo(self.work.dtype).tiny
        while True:
            floor = np.maximum(low, tiny)
            middle = np.where(high > 2 * floor, np.sqrt(floor) * np.sqrt(high), low + (high - low) / 2)
            between = (low < middle) & (middle < high)
            if not between.any():
                break
            excess = self._excess(scaled, a, middle)[0]
            low = np.where(between & (excess >= 0), middle, low)
            high = np.where(between & ~(excess >= 0), middle, high)  # of NaN, any
        (above, p), (below, q) = self._excess(scaled, a, low), self._excess(scaled, a, high)
        share = above / (above - below)
        depth = low + share * (high - low)
        p = np.where(self.s == 0, np.exp(-depth), p + share * (q - p))
        return p, -np.expm1(-self.beta * depth) / self.beta

    def _excess(self, scaled, a, depth):
        """Return by how much the sum of the probabilities is above 1, and those of all classes but the largest."""
        growth = np.where(scaled == 0, 0, scaled * np.expm1(self.beta * depth))
        t, power = scaled + growth, a + growth  # the power is 1 + t, with the digits that this would lose near 0
        log_power = np.where(t > -0.5, np.log1p(t), np.log(power))
        p = np.where(power <= 0, 0, np.exp(log_power / self.beta - depth))
        p[self.winners] = 0
        return self.work.add_up(p) + np.expm1(-depth), p

    def loss(self, y):
        """Return the losses (n,), given the right distributions (K, n)."""
        alpha, beta, p = self.alpha, self.beta, self.p
        others = self.work.add_up(np.where(y == 1, 0, p))
        ratio = -np.log1p(np.where(y == 1, -others, p - y) / y)  # log(y / p)
        near = exp_beyond_linear(-alpha * ratio) / alpha - exp_beyond_linear(-beta * ratio) / beta
        far = y * (np.expm1(beta * np.log(y)) / beta + (self.theta - self.s - self.error))
        far -= (y**alpha - p**alpha) / alpha
        terms = np.where((np.abs(ratio) * alpha <= NEAR) & (p > 0), y**alpha * near, far)
        terms = np.maximum(np.where(y == 0, p**alpha / alpha, terms), 0)
        total = self.work.add_up(terms)
        return np.where(np.isnan(total), self.work.first_sum(terms), total)  # infinite, or nearly so


def _product(p, v, alpha):
    """Return the product of v (K, n) and the Jacobian at p (K, n)."""
    power = 2 - alpha
    slopes = np.where(p > 0, p**power, p)  # 0 stays 0, and NaN stays
    winner = (slopes.argmax(axis=0), np.arange(p.shape[1]))
    relative = v - v[winner]
    shares = np.where(p > 0, (p / p[winner]) ** power, p)
    total = np.add.reduce(shares, axis=0)
    total = np.where(total == 0, 1, total)  # no possible class
    mean = np.add.reduce(shares * relative, axis=0) / total
    result = slopes * (relative - mean) + 0  # -0.0 becomes 0.0
    moved = slopes * relative
    moved[winner] = 0
    result[winner] = -np.add.reduce(moved, axis=0) / total
    return result


def _as_alpha(value):
    """Return `value` as a finite float of at least 1."""
    alpha = as_number(value, "alpha")
    if not 1 <= alpha < math.inf:
        raise ValueError(f"alpha is {value!r}; expected a finite number of at least 1")
    return alpha
