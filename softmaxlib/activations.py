"""From scores to probabilities: sigmoid, argmax, sum-normalization and softmax, in their stable forms.

Every function takes any array-like of real numbers and never changes it. The functions of an axis take
an int, a tuple of ints or None (all axes), and an empty batch gives an empty result. float16, float32
and float64 come back as they came; the work is done in float64 and rounded once. Integers and booleans
become float64.

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

import math
import numbers
import operator

import numpy as np

# Every special value is decided below, so none of NumPy's warnings carries news.
_QUIET = {"over": "ignore", "under": "ignore", "invalid": "ignore"}


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

    References
    ----------
    .. [1] Cox, D. R., "The regression analysis of binary sequences", J. R. Stat. Soc. B 20(2), 1958.

    Examples
    --------
    >>> sigmoid([-1000, 0, 1000])
    array([0. , 0.5, 1. ])
    """
    z, work = _real(z, "z")
    with np.errstate(**_QUIET):
        small = np.exp(-np.abs(work))
        return (np.where(work < 0, small, 1) / (1 + small)).astype(z.dtype)[()]


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

    References
    ----------
    .. [1] Mächler, M., "Accurately computing log(1 - exp(-\|a\|))", vignette of the R package Rmpfr, 2012.

    Examples
    --------
    >>> log_sigmoid([-1000, 0]).round(4)
    array([-1.000e+03, -6.931e-01])
    """
    z, work = _real(z, "z")
    with np.errstate(**_QUIET):
        return (np.minimum(work, 0) - np.log1p(np.exp(-np.abs(work)))).astype(z.dtype)[()]


def softmax(z, axis=-1, *, where=None, temperature=1.0):
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

    Returns
    -------
    numpy.ndarray or numpy scalar
        :math:`p_i = e^{z_i / T} / \sum_j e^{z_j / T}`, shape of `z`. The special values are in the
        table of this module.

    Raises
    ------
    TypeError
        If `z`, `where`, `axis` or `temperature` is of the wrong type.
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
    largest logit may be subtracted first [1]_: then no exponential exceeds 1.

    References
    ----------
    .. [1] Blanchard, P., Higham, D. J., Higham, N. J., "Accurately computing the log-sum-exp and softmax
       functions", IMA Journal of Numerical Analysis 41(4), 2021, section 3.

    Examples
    --------
    Panda, seal and duck, with scores that would overflow without the shift:

    >>> softmax([1000.25, 1001.23, 999.2]).round(3)
    array([0.249, 0.664, 0.087])
    """
    shifted, _, layout = _shifted(z, axis, where, temperature)
    with np.errstate(**_QUIET):
        exps = np.exp(shifted)  # (N, K)
        total = exps.sum(axis=1, keepdims=True)  # (N, 1)
        total[total == 0] = 1  # no possible class
        return layout.restore(exps / total)


def log_softmax(z, axis=-1, *, where=None, temperature=1.0):
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

    Returns
    -------
    numpy.ndarray or numpy scalar
        :math:`\log p_i = z_i / T - \operatorname{LSE}(z / T)`, shape of `z`, in nats. The special
        values are in the table of this module.

    Raises
    ------
    TypeError
        If `z`, `where`, `axis` or `temperature` is of the wrong type.
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

    References
    ----------
    .. [1] Blanchard, P., Higham, D. J., Higham, N. J., "Accurately computing the log-sum-exp and softmax
       functions", IMA Journal of Numerical Analysis 41(4), 2021, section 3.

    Examples
    --------
    >>> log_softmax([0, -50])  # 1 + e**-50 rounds to 1, whose logarithm is 0
    array([-1.92874985e-22, -5.00000000e+01])
    """
    shifted, _, layout = _shifted(z, axis, where, temperature)
    with np.errstate(**_QUIET):
        return layout.restore(shifted - _log_total(shifted)[:, np.newaxis])


def logsumexp(z, axis=-1, *, where=None, keepdims=False):
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

    Returns
    -------
    numpy.ndarray or numpy scalar
        :math:`\operatorname{LSE}(z) = \log \sum_j e^{z_j}`, shape of `z` without the axes, in nats.
        The special values are in the table of this module.

    Raises
    ------
    TypeError
        If `z`, `where` or `axis` is of the wrong type.
    ValueError
        If the axis is empty or repeated, or `where` does not broadcast.
    numpy.exceptions.AxisError
        If `z` has no such axis.

    See Also
    --------
    softmax : its gradient.

    Notes
    -----
    Between the maximum and the maximum plus :math:`\log K`; convex; and equivariant under shifts:
    :math:`\operatorname{LSE}(z + c) = \operatorname{LSE}(z) + c`.

    References
    ----------
    .. [1] Boyd, S., Vandenberghe, L., "Convex Optimization", Cambridge University Press, 2004,
       section 3.1.5.

    Examples
    --------
    >>> float(logsumexp([1000, 1000]).round(4))
    1000.6931
    """
    shifted, top, layout = _shifted(z, axis, where)
    with np.errstate(**_QUIET):
        return layout.restore_reduced(top[:, 0] + _log_total(shifted), keepdims)


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
        If `num_classes` is not positive, or a class index is out of range.

    References
    ----------
    .. [1] Bishop, C. M., "Pattern Recognition and Machine Learning", Springer, 2006, section 4.1.3.

    Examples
    --------
    >>> one_hot([0, 2], 3)  # a panda and a duck
    array([[1., 0., 0.],
           [0., 0., 1.]])
    """
    num_classes = _integer(num_classes, "num_classes")
    if num_classes < 1:
        raise ValueError(f"num_classes is {num_classes}; expected at least 1")
    y = _array(y, "y")
    if y.size == 0:
        y = y.astype(np.intp)  # np.asarray([]) is float64
    if y.dtype.kind not in "iu":
        raise TypeError(f"y has dtype {y.dtype} and shape {y.shape}; expected integer class indices")
    outside = (y < 0) | (y >= num_classes)
    if outside.any():
        raise ValueError(
            f"y, of shape {y.shape}, contains the class {y[outside][0]}; "
            f"expected 0 to {num_classes - 1} (num_classes is {num_classes})"
        )
    return np.equal(y[..., np.newaxis], np.arange(num_classes)).astype(np.float64)


def argmax_one_hot(z, axis=-1):
    """All the mass on the largest score: the limit of `softmax` as the temperature goes to 0.

    Parameters
    ----------
    z : array_like of real numbers, any shape
        Scores.
    axis : int, tuple of int or None, default -1
        The axis, or axes, of the classes; None for all.

    Returns
    -------
    numpy.ndarray or numpy scalar
        1 at the largest score, 0 elsewhere, shape of `z`. Of several largest, the first is taken, as
        by `numpy.argmax`. The special values are in the table of this module.

    Raises
    ------
    TypeError
        If `z` does not hold real numbers, or `axis` is not of integers.
    ValueError
        If the axis is empty or repeated.
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
    shifted, top, layout = _shifted(z, axis)
    hot = one_hot(shifted.argmax(axis=1), shifted.shape[1])  # (N, K)
    hot[np.isneginf(top[:, 0])] = 0  # no possible class
    hot[np.isnan(top[:, 0])] = np.nan
    return layout.restore(hot)


def sum_normalize(z, axis=-1):
    r"""Scores divided by their sum: shares, if no score is negative.

    Parameters
    ----------
    z : array_like of real numbers, any shape
        Scores; for the result to be probabilities, counts or other non-negative amounts.
    axis : int, tuple of int or None, default -1
        The axis, or axes, of the classes; None for all.

    Returns
    -------
    numpy.ndarray or numpy scalar
        :math:`z_i / \sum_j z_j`, shape of `z`. A row with a NaN is NaN.

    Raises
    ------
    TypeError
        If `z` does not hold real numbers, or `axis` is not of integers.
    ValueError
        If a row holds an infinity, or its sum is zero or overflows, or the axis is empty or repeated.
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
    >>> sum_normalize([3, 1, 0])  # three pandas, one seal, no duck
    array([0.75, 0.25, 0.  ])
    """
    z, work = _real(z, "z")
    layout = _Layout(z, axis)
    rows = layout.split(work)  # (N, K)
    with np.errstate(divide="ignore", **_QUIET):
        total = rows.sum(axis=1, keepdims=True)  # (N, 1)
        shares = rows / total
    undefined = np.isinf(total[:, 0]) | ~np.isfinite(shares).all(axis=1)  # (N,)
    undefined &= ~np.isnan(rows).any(axis=1)
    if undefined.any():
        raise ValueError(
            f"z, of shape {z.shape}, sums to {total[undefined][0, 0]} along axis {axis}; expected finite, not near 0"
        )
    with np.errstate(**_QUIET):
        return layout.restore(shares)


def _array(value, name):
    """Return `value` as an array, unless that would lose something."""
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(
            f"{name} is a masked array of shape {value.shape}, whose mask would be lost; expected a plain array "
            "(for z: z.data, with where=~z.mask)"
        )
    try:
        return np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name} is ragged; expected rows of one length ({error})") from None


def _real(z, name):
    """Return `z` as a floating array, and the same values in the precision of the work."""
    array = _array(z, name)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name} has dtype {array.dtype} and shape {array.shape}; expected real numbers")
    dtype = array.dtype if array.dtype.kind == "f" else np.dtype(np.float64)
    array = array.astype(dtype.newbyteorder("="), copy=False)
    return array, array.astype(np.promote_types(dtype, np.float64), copy=False)


def _integer(value, name):
    """Return `value` as an int; True and 1.0 are not integers here."""
    if isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} is {value}; expected an integer")
    try:
        return operator.index(value)
    except TypeError:
        raise TypeError(f"{name} is {value!r}, of type {type(value).__name__}; expected an integer") from None


class _Layout:
    """The way from an array with classes along any axes to rows of classes, and back."""

    def __init__(self, z, axis):
        self.dtype = z.dtype
        if axis is None:
            axes = range(z.ndim)
        else:
            axes = [_integer(a, "axis") for a in (axis if isinstance(axis, tuple) else (axis,))]
        for a in axes:
            if not -z.ndim <= a < z.ndim:
                raise np.exceptions.AxisError(
                    f"axis {a} does not exist in z, of shape {z.shape}; expected "
                    + (f"{-z.ndim} to {z.ndim - 1}, or None" if z.ndim else "None, as z is a single number")
                )
        self.axes = sorted(a % z.ndim for a in axes)
        if len(set(self.axes)) < len(self.axes) or (axis is not None and not self.axes):
            raise ValueError(f"axis is {axis}, for z of shape {z.shape}; expected one or more different axes")
        self.last = range(-len(self.axes), 0)
        classes = [z.shape[a] for a in self.axes]
        if 0 in classes:
            raise ValueError(f"z, of shape {z.shape}, is empty along axis {axis}; expected at least one class")
        self.batch = [n for a, n in enumerate(z.shape) if a not in self.axes]
        self.moved_shape = (*self.batch, *classes)
        self.rows_shape = (math.prod(self.batch), math.prod(classes))

    def split(self, array):
        """(N, K): the batch in rows, the classes in columns.

        Contiguous, so that NumPy sums a row pairwise, with the same rounding for every layout of the input.
        """
        return np.ascontiguousarray(np.moveaxis(array, self.axes, self.last).reshape(self.rows_shape))

    def restore(self, rows):
        """Undo `split`, in the dtype of the input."""
        moved = rows.reshape(self.moved_shape)
        return np.moveaxis(moved, self.last, self.axes).astype(self.dtype, copy=False)[()]

    def restore_reduced(self, values, keepdims):
        """From one value a row to the shape without the axes (or with length 1 there)."""
        kept = values.reshape(self.batch).astype(self.dtype, copy=False)
        return np.expand_dims(kept, tuple(self.axes)) if keepdims else kept[()]


def _shifted(z, axis, where=None, temperature=1.0):
    """Rows of ``(z - max z) / temperature``, the maxima, and the layout that leads back.

    An infinite maximum is its own difference 0; a row without a possible class is all ``-inf``.
    """
    z, work = _real(z, "z")
    layout = _Layout(z, axis)
    if isinstance(temperature, np.ndarray) and temperature.ndim == 0:
        temperature = temperature[()]
    if not isinstance(temperature, numbers.Real) or isinstance(temperature, bool):
        raise TypeError(f"temperature is {temperature!r}; expected one real number")
    if not 0 < temperature <= np.finfo(np.float64).max:
        raise ValueError(f"temperature is {temperature}; expected a positive, finite number")
    if where is not None:
        where = _array(where, "where")
        if where.dtype != bool:
            raise TypeError(f"where has dtype {where.dtype} and shape {where.shape}; expected booleans")
        try:
            where = np.broadcast_to(where, z.shape)
        except ValueError:
            raise ValueError(
                f"where has shape {where.shape}; expected one that broadcasts to that of z, {z.shape}"
            ) from None
        work = np.where(where, work, -np.inf)
    rows = layout.split(work)  # (N, K)
    top = rows.max(axis=1, keepdims=True)  # (N, 1)
    shifted = np.zeros_like(rows)
    with np.errstate(**_QUIET):
        np.subtract(rows, top, out=shifted, where=rows != top)
        shifted[np.isneginf(top[:, 0])] = -np.inf
        shifted /= float(temperature)
    return shifted, top, layout


def _log_total(shifted):
    """(N,): log of the row sums of ``exp(shifted)``, by log1p of all terms but the largest."""
    exps = np.exp(shifted)  # (N, K)
    exps[np.arange(len(exps)), shifted.argmax(axis=1)] = 0
    return np.log1p(exps.sum(axis=1))
