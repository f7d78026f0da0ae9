"""From scores to probabilities: sigmoid, argmax, sum-normalization and softmax, in their stable forms.

Every function takes any array-like of real numbers and never changes it. The functions of an axis take
an int, a tuple of ints or None (all axes), and an empty batch gives an empty result. float16, float32
and float64 come back as they came; float16 and float32 are worked out in float64 and rounded once.
Integers and booleans become float64.

The bounds below are in units of the last place (ulp), for every finite input and any number of classes K, if
`numpy.exp` and `numpy.log1p` are right to 1 ulp. Below the smallest normal number the unit is the spacing there. A
result in float16 or float32 is off by 0.5 ulp, and by less than (K + 12) 2**-29 ulp more. In float64 a sum is rounded
once, to the float next to it, so a row has the same bits in every batch, along every axis and in any order of its
classes.

With ``fast=True`` the work is done in the precision of the logits (in float32 for float16), and the exponentials are
added up in a tree: nearly twice as fast on long rows, and off by at most 60 + log2(K) ulp, if `numpy.exp` and
`numpy.log1p` are right to 3 ulp in float32. Seen: 25 ulp with 20,000 classes.

What the special values do, row by row. A class with the score ``-inf``, or masked out by ``where``,
is impossible. Where every class is impossible there is nothing to share, so the probabilities are 0.

===================  ==============  ==========================  =============  ===============
z                    softmax         log_softmax                 logsumexp      argmax_one_hot
===================  ==============  ==========================  =============  ===============
[0, nan]             [nan, nan]      [nan, nan]                  nan            [nan, nan]
[inf, nan]           [nan, nan]      [nan, nan]                  nan            [nan, nan]
[inf, 0]             [1, 0]          [0, -inf]                   inf            [1, 0]
[inf, inf]           [0.5, 0.5]      [-log(2), -log(2)]          inf            [1, 0]
[inf, -inf]          [1, 0]          [0, -inf]                   inf            [1, 0]
[0, -inf]            [1, 0]          [0, -inf]                   0              [1, 0]
[-inf, -inf]         [0, 0]          [-inf, -inf]                -inf           [0, 0]
[1e308, -1e308]      [1, 0]          [0, -inf]                   1e308          [1, 0]
===================  ==============  ==========================  =============  ===============

===================  ==============  ==========================
z                    sigmoid         log_sigmoid
===================  ==============  ==========================
nan                  nan             nan
inf                  1               0
-inf                 0               -inf
1000                 1               0
-1000                0               -1000
===================  ==============  ==========================
"""

import numpy as np

from softmaxlib.arguments import as_classes, as_flag, as_mask, as_num_classes, as_real, as_temperature
from softmaxlib.kernel import (
    Layout,
    blocks,
    masked,
    widened,
    work_on,
    write_log_softmax,
    write_logsumexp,
    write_softmax,
)


def sigmoid(z):
    r"""Probability of the second of two classes, from its log-odds.

    Parameters
    ----------
    z : array_like of real numbers, any shape
        Log-odds (scores of the class against its opposite), in nats.

    Returns
    -------
    numpy.ndarray or numpy scalar
        :math:`1 / (1 + e^{-z})`, shape of `z`.

    Raises
    ------
    TypeError
        If `z` does not hold real numbers.

    See Also
    --------
    log_sigmoid : its logarithm, without underflow.

    Notes
    -----
    The inverse of the log-odds: :math:`\log(p / (1 - p)) = z`. Only :math:`e^{-|z|} \le 1` is ever
    computed, so nothing overflows. Symmetric: :math:`\sigma(-z) = 1 - \sigma(z)`.

    Accuracy: at most 4 ulp. With u the unit roundoff, the exponential is off by 2 u, the sum and the quotient by u
    each. The worst that a search found: 2.6 ulp. Rounding may reverse an order: of two neighboring floats, the
    larger may have the smaller sigmoid.

    References
    ----------
    .. [1] Berkson, J., "Application of the logistic function to bio-assay", J. Am. Stat. Assoc. 39(227), 1944.

    Examples
    --------
    >>> sigmoid([-1000, 0, 1000])
    array([0. , 0.5, 1. ])
    """
    z = as_real(z, "z")
    with np.errstate(all="ignore"):
        small = np.exp(-np.abs(widened(z)))
        return (np.where(z < 0, small, 1) / (1 + small)).astype(z.dtype)[()]


def log_sigmoid(z):
    r"""Logarithm of `sigmoid`, without underflow.

    Parameters
    ----------
    z : array_like of real numbers, any shape
        Log-odds, in nats.

    Returns
    -------
    numpy.ndarray or numpy scalar
        :math:`-\log(1 + e^{-z})`, shape of `z`, in nats.

    Raises
    ------
    TypeError
        If `z` does not hold real numbers.

    Notes
    -----
    Computed as :math:`\min(z, 0) - \log(1 + e^{-|z|})`, with ``log1p``.

    Accuracy: at most 5 ulp. Both parts have the same sign, so with u the unit roundoff, the exponential is off by 2 u,
    ``log1p`` by 2 u, the difference by u. The worst that a search found: 1.7 ulp.

    References
    ----------
    .. [1] Mächler, M., "Accurately computing log(1 - exp(-\|a\|))", vignette of the R package Rmpfr, 2012.

    Examples
    --------
    >>> log_sigmoid([-1000, 0]).round(4)
    array([-1.000e+03, -6.931e-01])
    """
    z = as_real(z, "z")
    with np.errstate(all="ignore"):
        return (np.minimum(z, 0) - np.log1p(np.exp(-np.abs(widened(z))))).astype(z.dtype)[()]


def softmax(z, axis=-1, *, where=None, temperature=1.0, fast=False):
    r"""Probabilities that grow exponentially with the scores and sum to 1.

    Parameters
    ----------
    z : array_like of real numbers, any shape
        Logits, in nats.
    axis : int, tuple of int or None, default -1
        The axis, or axes, of the classes; None for all.
    where : array_like of bool, optional
        Which entries are possible classes; broadcasts to the shape of `z`. The others get 0.
    temperature : float, default 1.0
        Divides the logits: below 1 sharpens, above 1 flattens.
    fast : bool, default False
        Give up digits for time, see the top of this page.

    Returns
    -------
    numpy.ndarray or numpy scalar
        :math:`p_i = e^{z_i / T} / \sum_j e^{z_j / T}`, shape of `z`. The special values are in the
        table of this module.

    Raises
    ------
    TypeError
        If `z`, `where`, `axis`, `temperature` or `fast` is of the wrong type.
    ValueError
        If the axis is empty or repeated, `where` does not broadcast, or `temperature` is not positive
        and finite.
    numpy.exceptions.AxisError
        If `z` has no such axis.

    See Also
    --------
    log_softmax : its logarithm, without underflow.
    argmax_one_hot : its limit for temperatures near 0.

    Notes
    -----
    Softmax is the gradient of `logsumexp`. It depends on differences of logits only, which is why the
    largest logit may be subtracted first [1]_: then no exponential exceeds 1. Here it is subtracted where
    exponentials could overflow or underflow, and the rounding errors of the exponents are made good.

    Accuracy: at most 6 ulp, and at most 8 ulp where a logit was subtracted or a temperature divides. With u the unit
    roundoff, an exponential is off by 2 u, or by 3 u with its exponent made good, and so is the sum, which is rounded
    once, by u; the quotient adds u. The worst that a search found: 3.8 ulp. The bound in [1]_ for the shifted form
    grows with :math:`|z_i - \max z|` and K.

    References
    ----------
    .. [1] Blanchard, P., Higham, D. J., Higham, N. J., "Accurately computing the log-sum-exp and softmax
       functions", IMA Journal of Numerical Analysis 41(4), 2021, section 3.

    Examples
    --------
    Seal, panda and duck, with scores that would overflow without the shift:

    >>> softmax([1000.25, 1001.23, 999.2]).round(3)
    array([0.249, 0.664, 0.087])
    """
    z, layout, work = _prepared(z, axis, where, temperature, fast)
    results, matrices = layout.empty(z.dtype)
    for block, result in blocks(layout.split(z), matrices, in_place=work.dtype == z.dtype):
        write_softmax(block, work, result)
    return layout.restore(results)


def log_softmax(z, axis=-1, *, where=None, temperature=1.0, fast=False):
    r"""Logarithm of `softmax`, without underflow and without losing digits near probability 1.

    Parameters
    ----------
    z : array_like of real numbers, any shape
        Logits, in nats.
    axis : int, tuple of int or None, default -1
        The axis, or axes, of the classes; None for all.
    where : array_like of bool, optional
        Which entries are possible classes; broadcasts to the shape of `z`. The others get ``-inf``.
    temperature : float, default 1.0
        Divides the logits.
    fast : bool, default False
        Give up digits for time, see the top of this page.

    Returns
    -------
    numpy.ndarray or numpy scalar
        :math:`\log p_i = z_i / T - \operatorname{LSE}(z / T)`, shape of `z`, in nats. The special
        values are in the table of this module.

    Raises
    ------
    TypeError
        If `z`, `where`, `axis`, `temperature` or `fast` is of the wrong type.
    ValueError
        If the axis is empty or repeated, `where` does not broadcast, or `temperature` is not positive
        and finite.
    numpy.exceptions.AxisError
        If `z` has no such axis.

    See Also
    --------
    softmax, logsumexp

    Notes
    -----
    With :math:`m = \max_j z_j`, the sum of the shifted exponentials is 1 (the largest itself) plus the
    *other* terms. ``log1p`` of the others keeps the digits that 1 plus them would round away.

    Accuracy: at most 9 ulp, and K times the smallest positive number, which counts for the winner of a row where the
    exponentials of the others underflow. With u the unit roundoff, the others are off by 2 u, their sum by u, the
    largest by 2 u, the quotient by u, and ``log1p`` adds 2 u; :math:`z_i - m` and the logarithm have the same sign, so
    no digit cancels, and the last difference adds u. The worst that a search found: 4.4 ulp.

    References
    ----------
    .. [1] Blanchard, P., Higham, D. J., Higham, N. J., "Accurately computing the log-sum-exp and softmax
       functions", IMA Journal of Numerical Analysis 41(4), 2021, section 3.

    Examples
    --------
    >>> log_softmax([0, -50])  # 1 + e**-50 rounds to 1, whose logarithm is 0
    array([-1.92874985e-22, -5.00000000e+01])
    """
    z, layout, work = _prepared(z, axis, where, temperature, fast)
    results, matrices = layout.empty(z.dtype)
    for block, result in blocks(layout.split(z), matrices):
        write_log_softmax(block, work, result)
    return layout.restore(results)


def logsumexp(z, axis=-1, *, where=None, keepdims=False, temperature=1.0, fast=False):
    r"""Logarithm of the sum of exponentials: a smooth maximum.

    Parameters
    ----------
    z : array_like of real numbers, any shape
        Logits, in nats.
    axis : int, tuple of int or None, default -1
        The axis, or axes, of the classes; None for all.
    where : array_like of bool, optional
        Which entries take part; broadcasts to the shape of `z`.
    keepdims : bool, default False
        Keep the summed axes, with length 1, so that the result broadcasts against `z`.
    temperature : float, default 1.0
        Divides the logits.
    fast : bool, default False
        Give up digits for time, see the top of this page.

    Returns
    -------
    numpy.ndarray or numpy scalar
        :math:`\operatorname{LSE}(z / T) = \log \sum_j e^{z_j / T}`, shape of `z` without the axes, in nats.
        The special values are in the table of this module; without any class it is ``-inf``.

    Raises
    ------
    TypeError
        If `z`, `where`, `axis`, `temperature` or `fast` is of the wrong type.
    ValueError
        If the axis is repeated, `where` does not broadcast, or `temperature` is not positive and finite.
    numpy.exceptions.AxisError
        If `z` has no such axis.

    See Also
    --------
    softmax : its gradient.

    Notes
    -----
    Between the maximum and the maximum plus :math:`\log K`; convex; and equivariant under shifts:
    :math:`\operatorname{LSE}(z + c) = \operatorname{LSE}(z) + c`.

    Accuracy: off by at most 2 u times the largest logit (over the temperature) plus 9 u times the logarithm that is
    added to it, with u the unit roundoff. Where the two cancel, that is what the conditioning of the problem allows:
    the digits are lost in the logits already.

    References
    ----------
    .. [1] Boyd, S., Vandenberghe, L., "Convex Optimization", Cambridge University Press, 2004,
       section 3.1.5.

    Examples
    --------
    >>> float(logsumexp([1000, 1000]).round(4))
    1000.6931
    """
    z, layout, work = _prepared(z, axis, where, temperature, fast, empty=True)
    results, vectors = layout.empty_reduced(z.dtype)
    if not layout.classes:
        results[...] = -np.inf  # the log of an empty sum
    else:
        for block, result in blocks(layout.split(z), vectors):
            write_logsumexp(block, work, result)
    return layout.restore_reduced(results, keepdims)


def one_hot(y, num_classes):
    """Class indices as rows that are 1 at the class and 0 elsewhere.

    Parameters
    ----------
    y : array_like of int, any shape
        Class indices, from 0 to `num_classes` - 1.
    num_classes : int
        Number of classes K.

    Returns
    -------
    numpy.ndarray of float64, shape of `y` plus one axis of length `num_classes`
        One-hot vectors.

    Raises
    ------
    TypeError
        If `y` or `num_classes` is not of integers.
    ValueError
        If `num_classes` is not positive or larger than any array, or a class index is out of range.

    References
    ----------
    .. [1] Bishop, C. M., "Pattern Recognition and Machine Learning", Springer, 2006, section 4.1.3.

    Examples
    --------
    >>> one_hot([0, 2], 3)  # a seal and a duck
    array([[1., 0., 0.],
           [0., 0., 1.]])
    """
    num_classes = as_num_classes(num_classes)
    y = as_classes(y, num_classes)
    return np.equal(y[..., np.newaxis], np.arange(num_classes)).astype(np.float64)


def argmax_one_hot(z, axis=-1, *, where=None):
    """All the mass on the largest score: the limit of `softmax` as the temperature goes to 0.

    Parameters
    ----------
    z : array_like of real numbers, any shape
        Scores.
    axis : int, tuple of int or None, default -1
        The axis, or axes, of the classes; None for all.
    where : array_like of bool, optional
        Which entries are possible classes; broadcasts to the shape of `z`. The others get 0.

    Returns
    -------
    numpy.ndarray or numpy scalar
        1 at the largest score, 0 elsewhere, shape of `z`. Of several largest, the first is taken, as
        by `numpy.argmax`. The special values are in the table of this module.

    Raises
    ------
    TypeError
        If `z`, `where` or `axis` is of the wrong type.
    ValueError
        If the axis is empty or repeated, or `where` does not broadcast.
    numpy.exceptions.AxisError
        If `z` has no such axis.

    Notes
    -----
    Its gradient is 0 wherever one score is the largest alone, and undefined where the largest tie.
    Nothing can be trained through it.

    References
    ----------
    .. [1] Goodfellow, I., Bengio, Y., Courville, A., "Deep Learning", MIT Press, 2016, section 6.2.2.3.

    Examples
    --------
    >>> argmax_one_hot([0.25, 1.23, -0.8])
    array([0., 1., 0.])
    """
    z = as_real(z, "z")
    layout = Layout(z, axis)
    results, matrices = layout.empty(z.dtype)
    for scores, hot in zip(layout.split(z if where is None else masked(z, where)), matrices, strict=True):  # (K, n)
        best = scores.argmax(axis=0)  # the first NaN, where there is one
        top = scores[best, np.arange(len(best))]
        hot[...] = (np.arange(len(scores))[:, np.newaxis] == best) & ~np.isneginf(top)  # no possible class
        np.copyto(hot, np.nan, where=np.isnan(top))
    return layout.restore(results)


def sum_normalize(z, axis=-1, *, where=None):
    r"""Scores divided by their sum: shares, if no score is negative.

    Parameters
    ----------
    z : array_like of real numbers, any shape
        Scores; for the result to be probabilities, counts or other non-negative amounts.
    axis : int, tuple of int or None, default -1
        The axis, or axes, of the classes; None for all.
    where : array_like of bool, optional
        Which entries are possible classes; broadcasts to the shape of `z`. The others get 0.

    Returns
    -------
    numpy.ndarray or numpy scalar
        :math:`z_i / \sum_j z_j`, shape of `z`. A row with a NaN is NaN, and one without a possible
        class is 0.

    Raises
    ------
    TypeError
        If `z`, `where` or `axis` is of the wrong type.
    ValueError
        If a row holds an infinity, its sum is 0 or overflows, or a share overflows; if the axis is empty or repeated,
        or `where` does not broadcast.
    numpy.exceptions.AxisError
        If `z` has no such axis.

    See Also
    --------
    softmax : for scores of any sign.

    Notes
    -----
    Blind to scale, :math:`f(cz) = f(z)`, but not to shift; softmax is the reverse. Negative scores
    are not refused: the result sums to 1 all the same, and is no distribution.

    References
    ----------
    .. [1] Luce, R. D., "Individual Choice Behavior", Wiley, 1959, chapter 1.

    Examples
    --------
    >>> sum_normalize([3, 1, 0])  # three seals, one panda, no duck
    array([0.75, 0.25, 0.  ])
    """
    z = as_real(z, "z")
    layout = Layout(z, axis)
    results, matrices = layout.empty(z.dtype)
    possible = np.broadcast_to(True, z.shape) if where is None else as_mask(where, z.shape, "z")
    counted = widened(z) if where is None else np.where(possible, widened(z), 0)
    for scores, mask, shares in zip(layout.split(counted), layout.split(possible), matrices, strict=True):  # (K, n)
        with np.errstate(all="ignore"):
            total = np.ascontiguousarray(scores.T).sum(axis=1)  # pairwise, in every layout
            total[~mask.any(axis=0)] = 1  # no possible class, so all scores are 0
            shares[...] = scores / total
        undefined = np.isinf(total) | ~np.isfinite(shares).all(axis=0)
        undefined &= ~np.isnan(scores).any(axis=0)
        if undefined.any():
            raise ValueError(
                f"z, of shape {z.shape}, sums to {total[undefined][0]} along axis {axis}; expected finite, not near 0"
            )
    return layout.restore(results)


def _prepared(z, axis, where, temperature, fast, empty=False):
    """Return the logits, the way to blocks and back, and how the work is done; `empty` allows no classes."""
    z = as_real(z, "z")
    layout = Layout(z, axis, empty)
    temperature, fast = as_temperature(temperature), as_flag(fast, "fast")
    return z if where is None else masked(z, where), layout, work_on(z.dtype, temperature, fast)
