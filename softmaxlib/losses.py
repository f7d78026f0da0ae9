"""What a prediction costs when the answer is known."""

import numpy as np

from softmaxlib.activations import log_softmax
from softmaxlib.arguments import as_classes, as_integer


def cross_entropy(z, y, axis=-1, *, where=None, temperature=1.0):
    r"""Cross-entropy of the softmax of logits, for the class that is right.

    Parameters
    ----------
    z : array_like of real numbers, any shape
        Logits, in nats.
    y : array_like of int, shape of `z` without the axis
        Right classes, from 0 to K - 1.
    axis : int, default -1
        The axis of the K classes.
    where : array_like of bool, optional
        Which entries are possible classes; broadcasts to the shape of `z`.
    temperature : float, default 1.0
        Divides the logits.

    Returns
    -------
    numpy.ndarray or numpy scalar
        :math:`-\log p_y`, one for each row, shape of `y`, in nats. It is ``inf`` if the right class is impossible: its
        logit is ``-inf``, or `where` is False for it.

    Raises
    ------
    TypeError
        If `z`, `y`, `axis`, `where` or `temperature` is of the wrong type.
    ValueError
        If the shape of `y` is not that of `z` without the axis, a class is out of range, the axis is empty, `where`
        does not broadcast, or `temperature` is not positive and finite.
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
    >>> cross_entropy([0.25, 1.23, -0.8], 1).round(3)  # a panda it was
    np.float64(0.41)
    """
    axis = as_integer(axis, "axis")
    log_p = log_softmax(z, axis, where=where, temperature=temperature)
    rows = np.moveaxis(log_p, axis, -1)  # (..., K)
    classes = rows.shape[-1]
    y = as_classes(y, classes, f"z, of shape {log_p.shape}, has {classes} classes along axis {axis}")
    if y.shape != rows.shape[:-1]:
        raise ValueError(f"y has shape {y.shape}; expected {rows.shape[:-1]}, that of z without axis {axis}")
    picked = np.take_along_axis(rows, y[..., np.newaxis], axis=-1)[..., 0]
    return np.abs(picked)[()]  # never -0.0
