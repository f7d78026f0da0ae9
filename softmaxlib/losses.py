"""What a prediction costs when the answer is known."""

import numpy as np

from softmaxlib.activations import log_softmax
from softmaxlib.arguments import as_classes, as_integer


def cross_entropy(z, y, axis=-1):
    r"""Cross-entropy of the softmax of logits, for the class that is right.

    Parameters
    ----------
    z : array_like of real numbers, any shape
        Logits, in nats.
    y : array_like of int, shape of `z` without the axis
        Right classes, from 0 to K - 1.
    axis : int, default -1
        The axis of the K classes.

    Returns
    -------
    numpy.ndarray or numpy scalar
        :math:`-\log p_y`, one for each row, shape of `y`, in nats.

    Raises
    ------
    TypeError
        If `z` does not hold real numbers, or `y` or `axis` is not of integers.
    ValueError
        If the shape of `y` is not that of `z` without the axis, a class is out of range, or the axis is empty.
    numpy.exceptions.AxisError
        If `z` has no such axis.

    See Also
    --------
    softmaxlib.activations.log_softmax : what it picks from.

    Notes
    -----
    The loss never takes the logarithm of a probability that was rounded to 0 or 1: it is as right as `log_softmax`,
    whose bound it has.

    References
    ----------
    .. [1] Bishop, C. M., "Pattern Recognition and Machine Learning", Springer, 2006, section 4.3.4.

    Examples
    --------
    >>> cross_entropy([0.25, 1.23, -0.8], 1).round(3)  # a seal it was
    np.float64(0.41)
    """
    axis = as_integer(axis, "axis")
    rows = np.moveaxis(log_softmax(z, axis), axis, -1)  # (..., K)
    y = as_classes(y, rows.shape[-1])
    if y.shape != rows.shape[:-1]:
        raise ValueError(f"y has shape {y.shape}; expected {rows.shape[:-1]}, that of z without axis {axis}")
    log_p = np.take_along_axis(rows, y[..., np.newaxis], axis=-1)[..., 0]
    return np.abs(log_p)[()]  # never -0.0
