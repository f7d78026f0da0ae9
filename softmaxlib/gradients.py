r"""How softmax and its relatives react to small changes, and a check for gradients of any kind.

A product with the Jacobian of softmax never builds the K × K matrix: it takes two passes over the K classes.
"""

from typing import NamedTuple

import numpy as np

from softmaxlib.activations import softmax
from softmaxlib.arguments import as_integer, as_real
from softmaxlib.kernel import checked_pair

STEPS = 0.1 / 2.0 ** np.arange(14)  # of finite differences, in units of 1 or of the coordinate, if that is larger


class GradientCheck(NamedTuple):
    """What `check_gradient` found.

    Attributes
    ----------
    difference : float
        The largest difference between the two gradients, relative to the largest entry of either.
    where : tuple of int
        The index of the entry that differs most.
    """

    difference: float
    where: tuple[int, ...]


def softmax_jacobian(z, axis=-1, *, temperature=1.0):
    r"""Jacobian of `softmax`: how each probability reacts to each logit.

    Parameters
    ----------
    z : array_like of real numbers, any shape
        Logits, in nats.
    axis : int, default -1
        The axis of the K classes.
    temperature : float, default 1.0
        Divides the logits.

    Returns
    -------
    numpy.ndarray, shape of `z` without the axis, then (K, K)
        :math:`J_{ij} = \partial p_i / \partial z_j = p_i (\delta_{ij} - p_j) / T`.

    Raises
    ------
    TypeError, ValueError, numpy.exceptions.AxisError
        As `softmaxlib.activations.softmax`.

    See Also
    --------
    softmax_vjp : products with it, without the matrix.

    Notes
    -----
    The Hessian of `logsumexp`, and the covariance of the one-hot vector of a class drawn with these probabilities (at
    T = 1). So it is symmetric and positive semi-definite. Its rows sum to 0, as softmax is blind to shifts, and its
    rank is the number of classes that are possible, less 1. No eigenvalue is above 1/2 at T = 1, as the absolute
    values of a row sum to :math:`2 p_i (1 - p_i) \le 1/2` (Gershgorin).

    The diagonal is computed as :math:`p_i` times the sum of the *other* probabilities, which keeps the digits that
    :math:`1 - p_i` loses.

    References
    ----------
    .. [1] Böhning, D., "Multinomial logistic regression algorithm", Annals of the Institute of Statistical Mathematics
       44(1), 1992.

    Examples
    --------
    >>> softmax_jacobian([0.25, 1.23, -0.8]).round(3)
    array([[ 0.187, -0.165, -0.022],
           [-0.165,  0.223, -0.058],
           [-0.022, -0.058,  0.08 ]])
    """
    p = np.moveaxis(softmax(z, as_integer(axis, "axis"), temperature=temperature), axis, -1)
    J = -p[..., :, np.newaxis] * p[..., np.newaxis, :]
    classes = range(p.shape[-1])
    J[..., classes, classes] = 0
    J[..., classes, classes] = -J.sum(axis=-1)
    return J / p.dtype.type(temperature)


def softmax_vjp(p, v, axis=-1):
    r"""Product of a vector and the Jacobian of `softmax`: a gradient, sent back through it.

    Parameters
    ----------
    p : array_like of real numbers, any shape
        Probabilities: the results of softmax.
    v : array_like of real numbers, shape of `p`
        The gradient of a loss with respect to `p`.
    axis : int, tuple of int or None, default -1
        The axis, or axes, of the classes; None for all.

    Returns
    -------
    numpy.ndarray or numpy scalar
        :math:`v^\top J`, with entries :math:`p_i (v_i - \sum_j p_j v_j)`: the gradient of the loss with respect to
        the logits, shape of `p`. At a temperature T divide it by T.

    Raises
    ------
    TypeError
        If `p` or `v` does not hold real numbers, or `axis` is of the wrong type.
    ValueError
        If the shapes differ, or the axis is empty or repeated.
    numpy.exceptions.AxisError
        If `p` has no such axis.

    See Also
    --------
    softmax_jvp : the product from the other side.
    log_softmax_vjp : the same for `log_softmax`.

    Notes
    -----
    Only differences of the entries of v count. They are taken from the entry of the most likely class, whose own
    difference is then 0: where that class has nearly all the mass, its entry of the result is a sum of small terms, and
    not the difference of two large ones. It needs a few arrays of the shape of `p`; the matrices need K times
    as much.

    References
    ----------
    .. [1] Blondel, M., Martins, A. F. T., Niculae, V., "Learning with Fenchel-Young losses", JMLR 21(35), 2020.

    Examples
    --------
    >>> softmax_vjp([0.25, 0.5, 0.25], [1, 0, 0])
    array([ 0.1875, -0.125 , -0.0625])
    """
    p, v, layout, result = checked_pair(p, v, "v", axis)
    results, matrices = layout.empty(result)
    with np.errstate(all="ignore"):
        for of_p, of_v, out in zip(layout.split(p), layout.split(v), matrices, strict=True):  # (K, n)
            winner = of_p.argmax(axis=0)[np.newaxis]
            relative = of_v - np.take_along_axis(of_v, winner, axis=0)
            mean = np.add.reduce(of_p * relative, axis=0)
            out[...] = of_p * (relative - mean)
    return layout.restore(results)


def softmax_jvp(p, u, axis=-1):
    r"""Product of the Jacobian of `softmax` and a vector: how the probabilities move when the logits do.

    Parameters
    ----------
    p : array_like of real numbers, any shape
        Probabilities: the results of softmax.
    u : array_like of real numbers, shape of `p`
        The direction in which the logits move.
    axis : int, tuple of int or None, default -1
        The axis, or axes, of the classes; None for all.

    Returns
    -------
    numpy.ndarray or numpy scalar
        :math:`J u`, shape of `p`. It sums to 0. At a temperature T divide it by T.

    Raises
    ------
    TypeError, ValueError, numpy.exceptions.AxisError
        As `softmax_vjp`.

    See Also
    --------
    softmax_vjp : the same number by number, as the Jacobian is symmetric.

    References
    ----------
    .. [1] Griewank, A., Walther, A., "Evaluating Derivatives", 2nd edition, SIAM, 2008, chapter 3.

    Examples
    --------
    >>> softmax_jvp([0.25, 0.5, 0.25], [1, 1, 1])  # a shift changes nothing
    array([0., 0., 0.])
    """
    p, u, *_ = checked_pair(p, u, "u", axis)
    return softmax_vjp(p, u, axis)


def log_softmax_vjp(p, v, axis=-1):
    r"""Product of a vector and the Jacobian of `log_softmax`.

    Parameters
    ----------
    p : array_like of real numbers, any shape
        Probabilities: the results of softmax, of which log_softmax is the logarithm.
    v : array_like of real numbers, shape of `p`
        The gradient of a loss with respect to the log-probabilities.
    axis : int, tuple of int or None, default -1
        The axis, or axes, of the classes; None for all.

    Returns
    -------
    numpy.ndarray or numpy scalar
        :math:`v_i - p_i \sum_j v_j`: the gradient of the loss with respect to the logits, shape of `p`. At a
        temperature T divide it by T.

    Raises
    ------
    TypeError, ValueError, numpy.exceptions.AxisError
        As `softmax_vjp`.

    See Also
    --------
    softmaxlib.losses.cross_entropy_grad : with v = −Y it is p − Y.

    References
    ----------
    .. [1] Bishop, C. M., "Pattern Recognition and Machine Learning", Springer, 2006, section 4.3.4.

    Examples
    --------
    >>> log_softmax_vjp([0.25, 0.5, 0.25], [0, -1, 0])  # the loss of the second class: p minus the one-hot target
    array([ 0.25, -0.5 ,  0.25])
    """
    p, v, layout, result = checked_pair(p, v, "v", axis)
    results, matrices = layout.empty(result)
    with np.errstate(all="ignore"):
        for of_p, of_v, out in zip(layout.split(p), layout.split(v), matrices, strict=True):  # (K, n)
            out[...] = of_v - of_p * np.add.reduce(of_v, axis=0)
    return layout.restore(results)


def check_gradient(f, grad, x):
    r"""Compare a gradient with differences of its function.

    Parameters
    ----------
    f : callable
        The function: takes an array of the shape of `x`, returns one number.
    grad : callable
        Its gradient: takes the same, returns an array of the shape of `x`.
    x : array_like of real numbers, any shape
        Where to compare; worked on in float64.

    Returns
    -------
    GradientCheck
        The largest difference, relative to the largest entry of either gradient (0 if both are 0), and where it is.

    Raises
    ------
    TypeError
        If `f` or `grad` cannot be called, or `x` does not hold real numbers.
    ValueError
        If `f` returns more than one number, `grad` another shape than that of `x`, or one of them, near `x`, a number
        that is not finite.

    See Also
    --------
    softmaxlib.losses.cross_entropy_grad : a gradient to check.

    Notes
    -----
    Central differences :math:`(f(x + h) - f(x - h)) / 2h` err by a multiple of :math:`h^2` plus higher powers, and by
    the rounding of f over h. For each entry, h is halved from 0.1, in units of the coordinate where that is larger
    than 1; Richardson's extrapolation takes away the powers one after the other, and Ridders' rule keeps the value
    that changed least. A right gradient of a smooth function gives about 1e-10 or less if f is right to the last
    digits, a wrong one the size of its mistake. Near a kink, within 0.1, the function is not smooth, and the check
    may find a difference where there is no mistake. The digits of the gradient can be no better than those of the
    differences: a sum of 1 and something tiny has none of the tiny part's.

    References
    ----------
    .. [1] Ridders, C. J. F., "Accurate computation of F'(x) and F'(x) F''(x)", Advances in Engineering Software 4(2),
       1982.

    Examples
    --------
    >>> from softmaxlib import logsumexp
    >>> check_gradient(logsumexp, softmax, [0.25, 1.23, -0.8]).difference < 1e-10
    True
    >>> wrong = check_gradient(logsumexp, lambda z: softmax(z) + [0, 0, 0.01], [0.25, 1.23, -0.8])
    >>> wrong.where
    (2,)
    """
    for name, function in {"f": f, "grad": grad}.items():
        if not callable(function):
            raise TypeError(f"{name} is of type {type(function).__name__}; expected a function of an array")
    x = as_real(x, "x").astype(np.float64)
    analytic = as_real(grad(x.copy()), "grad(x)").astype(np.float64)
    if analytic.shape != x.shape:
        raise ValueError(f"grad(x) has shape {analytic.shape}; expected {x.shape}, that of x")
    if not np.isfinite(analytic).all():
        raise ValueError(f"grad(x), of shape {x.shape}, holds a number that is not finite; expected finite numbers")
    numeric = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        numeric[index] = _derivative(f, x, index)
    apart = np.abs(analytic - numeric)
    scale = max(np.abs(analytic).max(initial=0), np.abs(numeric).max(initial=0))
    if scale == 0:
        return GradientCheck(0.0, (0,) * x.ndim)
    where = np.unravel_index(apart.argmax(), x.shape)
    return GradientCheck(float(apart[where] / scale), tuple(int(i) for i in where))


def _derivative(f, x, index):
    """Return the derivative of f by one coordinate, by Ridders' method."""
    best, error, before = 0.0, np.inf, []
    for step in STEPS * max(1.0, abs(x[index])):
        ends = []
        for sign in (1, -1):
            moved = x.copy()
            moved[index] += sign * step
            ends.append((moved[index], _value(f, moved)))
        (right, high), (left, low) = ends
        row = [(high - low) / (right - left)]  # the steps that were taken, not those that were meant
        for order, coarser in enumerate(before, start=1):
            row.append(row[-1] + (row[-1] - coarser) / (4.0**order - 1))
            change = max(abs(row[-1] - row[-2]), abs(row[-1] - coarser))
            if change <= error:
                best, error = row[-1], change
        before = row
    return best


def _value(f, x):
    """Return the value of f as a float."""
    value = as_real(f(x), "f(x)")
    if value.size != 1:
        raise ValueError(f"f(x) has shape {value.shape}; expected one number")
    if not np.isfinite(value).all():
        raise ValueError(f"f(x) is {value.item()} near x, which has shape {x.shape}; expected finite numbers")
    return float(value.item())
