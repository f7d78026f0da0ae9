"""The textbook forms, exactly as people write them, kept so that the book can break them.

Each is right on paper and wrong in floating point: see the Notes. Use `softmaxlib` itself for work.
"""

import numpy as np


def sigmoid(z):
    r"""Sigmoid as :math:`e^z / (1 + e^z)`: `nan` once :math:`e^z` overflows.

    Parameters
    ----------
    z : array_like of float, any shape
        Scores.

    Returns
    -------
    numpy.ndarray
        Shape and dtype of `z`.

    Notes
    -----
    In float64, :math:`e^z` is `inf` from `z` = 709.79 on, and `inf / inf` is `nan`. Of two
    neighboring scores the larger may get the smaller value, as each step rounds.

    Examples
    --------
    >>> float(sigmoid(0.0))
    0.5
    """
    exps = np.exp(z)
    return exps / (1 + exps)


def softmax(z, axis=-1):
    r"""Softmax as :math:`e^{z_i} / \sum_j e^{z_j}`: `nan` once an exponential overflows.

    Parameters
    ----------
    z : array_like of float, any shape
        Logits.
    axis : int, tuple of int or None
        The axis of the classes.

    Returns
    -------
    numpy.ndarray
        Shape and dtype of `z`.

    Notes
    -----
    It is also `nan` when every exponential underflows to 0, as for logits near -1000. And rounding can reverse
    an order: of the float32 logits -0.20761 and -0.20760998 the larger may get 0.5 and the smaller 0.50000006, as
    `numpy.exp` in float32 is only nearly monotone.

    Examples
    --------
    >>> softmax([0.25, 1.23, -0.8]).round(3)
    array([0.249, 0.664, 0.087])
    """
    exps = np.exp(z)
    return exps / exps.sum(axis=axis, keepdims=True)


def log_softmax(z, axis=-1):
    """Logarithm of `softmax`: `-inf` for every probability that has underflowed to 0.

    Parameters
    ----------
    z : array_like of float, any shape
        Logits.
    axis : int, tuple of int or None
        The axis of the classes.

    Returns
    -------
    numpy.ndarray
        Shape and dtype of `z`, in nats.

    Notes
    -----
    A probability that was rounded to 1 has the logarithm 0, from a lead of 37 nats on in float64. An order that
    `softmax` reverses is reversed here, too.

    Examples
    --------
    >>> log_softmax([0.25, 1.23, -0.8]).round(3)
    array([-1.39, -0.41, -2.44])
    """
    return np.log(softmax(z, axis=axis))
