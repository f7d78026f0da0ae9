r"""Draws from the softmax of logits: samplers, and the filters that cut unlikely classes off before a draw.

The filters take logits and return logits, with ``-inf`` for every class that is cut off, so filters can follow one
another, and the softmax of what is left is the renormalized distribution. The samplers take logits, too: none of them
asks for probabilities that sum to 1, and float32 or float16 logits are worked out in float64.

What the special values do, row by row. A class with the logit ``-inf`` is impossible: no filter brings it back, and no
sampler draws it. One ``inf`` makes its class certain. A row with NaN or without any possible class is an error, as it
stands for no distribution. So is a row with more than one ``inf``: `softmax` counts them as equal, but no draw should
rest on logits that overflowed.

Every sampler takes a ``numpy.random.Generator``, as made by ``numpy.random.default_rng(seed)``. The same generator in
the same state gives the same draws.
"""

import math

import numpy as np

from softmaxlib.activations import argmax_one_hot, log_softmax, softmax
from softmaxlib.arguments import as_flag, as_integer, as_number, as_real, as_temperature
from softmaxlib.kernel import Layout, widened

EPS = float(np.finfo(np.float64).eps)


def top_k(z, k, axis=-1):
    r"""Keep the k largest logits and make the other classes impossible.

    Parameters
    ----------
    z : array_like of real numbers, at least one axis
        Logits, in nats.
    k : int
        How many classes to keep, at least 1. With k from the number of classes upwards, all are kept.
    axis : int, default -1
        The axis of the K classes.

    Returns
    -------
    numpy.ndarray
        The k largest logits of each row, unchanged, and ``-inf`` elsewhere, with the shape and the dtype of `z`
        (float64 for integers). Of equal logits those that come first are kept. Where fewer than k classes are
        possible, all of these are kept.

    Raises
    ------
    TypeError
        If `z`, `k` or `axis` is of the wrong type.
    ValueError
        If `k` is below 1, `z` is a single number or empty along the axis, or a row has NaN, more than one ``inf`` or
        no possible class.
    numpy.exceptions.AxisError
        If `z` has no such axis.

    See Also
    --------
    top_p, min_p : keep as many classes as the distribution asks for.

    Notes
    -----
    A temperature does not change the order of the logits, so it does not matter whether the logits are divided by one
    before or after, as long as the division does not round different logits to the same number. A second call with the
    same k changes nothing more.

    References
    ----------
    .. [1] Fan, A., Lewis, M., Dauphin, Y., "Hierarchical neural story generation", Annual Meeting of the Association
       for Computational Linguistics, 2018.

    Examples
    --------
    >>> top_k([0.25, 1.23, -0.8], 2)
    array([0.25, 1.23, -inf])
    >>> top_k([1, 1, 1], 2)  # exactly two of three equal ones
    array([  1.,   1., -inf])
    """
    k = as_integer(k, "k", least=1)
    z, rows = _logits(z, axis)
    order = _descending(rows)
    return _kept(z, order, np.arange(rows.shape[-1]) < k, axis)


def top_p(z, p, axis=-1):
    r"""Keep the most probable classes until they reach the probability p: nucleus sampling.

    Parameters
    ----------
    z : array_like of real numbers, at least one axis
        Logits, in nats.
    p : float
        The probability to reach, above 0 and at most 1.
    axis : int, default -1
        The axis of the K classes.

    Returns
    -------
    numpy.ndarray
        The logits of the shortest list of classes, largest first, whose softmax probabilities sum to at least `p`,
        unchanged, and ``-inf`` elsewhere, with the shape and the dtype of `z` (float64 for integers). Of equal logits
        those that come first are listed first. At least one class is kept; with ``p=1`` every possible class is.

    Raises
    ------
    TypeError
        If `z`, `p` or `axis` is of the wrong type.
    ValueError
        If `p` is not above 0 and at most 1, `z` is a single number or empty along the axis, or a row has NaN, more
        than one ``inf`` or no possible class.
    numpy.exceptions.AxisError
        If `z` has no such axis.

    See Also
    --------
    top_k : a fixed number of classes.
    min_p : a limit relative to the largest probability.

    Notes
    -----
    The probabilities are those of the logits as they are given, so what was done to the logits before matters: after
    `top_k` the list may be shorter, and after a temperature shorter or longer. A second call with the same p may cut
    off more, as the probabilities of what is left have grown.

    The probabilities and their sums are computed in float64. A sum that misses `p` by no more than rounding may
    explain, a relative (K + 16) times the machine epsilon, counts as having reached it. So ``p=0.9`` keeps nine of ten
    equal classes, although nine times 0.1 may round to less than 0.9.

    References
    ----------
    .. [1] Holtzman, A., Buys, J., Du, L., Forbes, M., Choi, Y., "The curious case of neural text degeneration",
       International Conference on Learning Representations, 2020, section 3.1.

    Examples
    --------
    The probabilities are 0.249, 0.664 and 0.087:

    >>> top_p([0.25, 1.23, -0.8], 0.6)
    array([-inf, 1.23, -inf])
    >>> top_p([0.25, 1.23, -0.8], 0.7)
    array([0.25, 1.23, -inf])
    """
    p = _as_share(p, "p")
    z, rows = _logits(z, axis)
    if p == 1:  # rounded sums may reach 1 too early
        return z.copy()
    order = _descending(rows)
    sums = np.cumsum(np.take_along_axis(softmax(widened(rows)), order, axis=-1), axis=-1)
    chosen = np.ones(rows.shape, bool)
    chosen[..., 1:] = sums[..., :-1] < p * (1 - (rows.shape[-1] + 16) * EPS)  # those before are not enough
    return _kept(z, order, chosen, axis)


def min_p(z, m, axis=-1):
    r"""Keep the classes whose probability is at least m times the largest one.

    Parameters
    ----------
    z : array_like of real numbers, at least one axis
        Logits, in nats.
    m : float
        The limit relative to the largest probability, above 0 and at most 1.
    axis : int, default -1
        The axis of the K classes.

    Returns
    -------
    numpy.ndarray
        The logits of the classes with :math:`p_i \ge m \max_j p_j`, unchanged, and ``-inf`` elsewhere, with the shape
        and the dtype of `z` (float64 for integers). Equal logits are kept or cut off together, so with ``m=1`` all
        that are equal to the largest one are kept.

    Raises
    ------
    TypeError
        If `z`, `m` or `axis` is of the wrong type.
    ValueError
        If `m` is not above 0 and at most 1, `z` is a single number or empty along the axis, or a row has NaN, more
        than one ``inf`` or no possible class.
    numpy.exceptions.AxisError
        If `z` has no such axis.

    See Also
    --------
    top_k, top_p

    Notes
    -----
    The quotient of two probabilities depends on the difference of the two logits alone, so no softmax is computed: the
    classes kept are those with :math:`z_i - \max_j z_j \ge \log m`. A difference that misses the limit by no more than
    a relative 4 times the machine epsilon of float64 counts as having reached it. A second call with the same m changes
    nothing more.

    References
    ----------
    .. [1] Nguyen, M. N., Baker, A., Neo, C., Roush, A., Kirsch, A., Shwartz-Ziv, R., "Turning up the heat: min-p
       sampling for creative and coherent LLM outputs", International Conference on Learning Representations, 2025.

    Examples
    --------
    The probabilities are 0.249, 0.664 and 0.087, so the limit is 0.133:

    >>> min_p([0.25, 1.23, -0.8], 0.2)
    array([0.25, 1.23, -inf])
    """
    m = _as_share(m, "m")
    z, rows = _logits(z, axis)
    rows = widened(rows)
    top = rows.max(axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", over="ignore"):  # inf - inf; logits at both ends of the range
        chosen = (rows - top >= math.log(m) * (1 + 4 * EPS)) | (rows == top)
    return _where(chosen, z, axis)


def sample(z, rng, *, temperature=1.0, size=None):
    r"""Draw classes with their softmax probabilities.

    Parameters
    ----------
    z : array_like of real numbers, shape (..., K)
        Logits, in nats, with the classes along the last axis.
    rng : numpy.random.Generator
        Where the randomness comes from.
    temperature : float, default 1.0
        Divides the logits. At 0 the first of the largest logits is taken, and nothing is drawn from `rng`.
    size : int or tuple of int, optional
        How many independent draws for each row, as leading axes; without it one, and no axis more.

    Returns
    -------
    numpy.ndarray of int64, or numpy.int64
        Class indices from 0 to K - 1, shape `size` + ``z.shape[:-1]``.

    Raises
    ------
    TypeError
        If an argument is of the wrong type, as is an `rng` that is no ``numpy.random.Generator``.
    ValueError
        If `temperature` is negative, infinite or NaN, `size` is negative, `z` is a single number or has no classes, or
        a row has NaN, more than one ``inf`` or no possible class.

    See Also
    --------
    gumbel_max : the same distribution by another way.
    without_replacement : several different classes.

    Notes
    -----
    Inversion [1]_: of the cumulative sums :math:`c_0, \ldots, c_{K - 1}` of the probabilities, the class drawn is the
    first one with :math:`c_i > u c_{K - 1}`, for a u that is uniform from 0 to below 1. That costs one random number a
    draw, where `gumbel_max` needs K, and a binary search. As u is below 1, some sum is always larger. As "larger" is
    strict and a class without probability does not enlarge the sum, such a class is never drawn, even at u = 0.

    The work is done in float64, and u is a multiple of :math:`2^{-53}`, so each class is drawn with its probability up
    to an absolute error of about K times the machine epsilon. A class whose probability is smaller than this error may
    never be drawn.

    At a positive temperature, however small, equal largest logits are drawn equally often; at 0 the first one of them
    is always taken.

    References
    ----------
    .. [1] Devroye, L., "Non-Uniform Random Variate Generation", Springer, 1986, section III.2.

    Examples
    --------
    >>> draws = sample([0.25, 1.23, -0.8], np.random.default_rng(0), size=10_000)
    >>> np.bincount(draws) / 10_000  # the probabilities are 0.249, 0.664 and 0.087
    array([0.2512, 0.663 , 0.0858])
    >>> sample([0.25, 1.23, -0.8], np.random.default_rng(0), temperature=0)
    np.int64(1)
    """
    _check_rng(rng)
    greedy = as_number(temperature, "temperature") == temperature == 0
    if not greedy:
        temperature = as_temperature(temperature)
    _, rows = _logits(z)
    shape = _as_shape(size) + rows.shape[:-1]
    if greedy:
        return np.broadcast_to(rows.argmax(axis=-1), shape).astype(np.int64)[()]
    probabilities = softmax(widened(rows), temperature=temperature).astype(np.float64)
    cumulative = np.cumsum(probabilities, axis=-1)
    return _count_up_to(cumulative, rng.random(shape) * cumulative[..., -1])[()]


def gumbel_max(z, rng):
    r"""Draw a class with its softmax probability, as the largest of the logits with Gumbel noise added.

    Parameters
    ----------
    z : array_like of real numbers, shape (..., K)
        Logits, in nats, with the classes along the last axis.
    rng : numpy.random.Generator
        Where the noise comes from.

    Returns
    -------
    numpy.ndarray of int64, or numpy.int64
        Class indices from 0 to K - 1, shape ``z.shape[:-1]``.

    Raises
    ------
    TypeError
        If `z` does not hold real numbers, or `rng` is no ``numpy.random.Generator``.
    ValueError
        If `z` is a single number or has no classes, or a row has NaN, more than one ``inf`` or no possible class.

    See Also
    --------
    sample : the same distribution with one random number a draw.
    without_replacement : the largest k in place of the largest one.
    gumbel_softmax : a softmax in place of the argmax.

    Notes
    -----
    :math:`\operatorname{argmax}_i (z_i + G_i)`, with independent :math:`G_i = -\log(-\log U_i)` and :math:`U_i`
    uniform from 0 to 1, is the class i with the probability :math:`e^{z_i} / \sum_j e^{z_j}` [1]_.

    The noise depends on the generator and on the shape of `z`, and not on the logits. Two calls with generators of
    the same seed therefore have it in common, and logits that differ little mostly give the same class (common random
    numbers).

    The noise is finite, from -3.7 to 36.8, whatever the generator returns, as U is a multiple of :math:`2^{-53}`, and
    neither 0 nor 1. The noise is added to log-probabilities, in float64, so that the rounding of large logits does not
    swallow it.

    References
    ----------
    .. [1] Maddison, C. J., Tarlow, D., Minka, T., "A* sampling", Advances in Neural Information Processing Systems 27,
       2014.

    Examples
    --------
    >>> z = np.broadcast_to([0.25, 1.23, -0.8], (10_000, 3))
    >>> np.bincount(gumbel_max(z, np.random.default_rng(0))) / 10_000
    array([0.2453, 0.6665, 0.0882])
    """
    return _perturbed(z, rng)[1].argmax(axis=-1).astype(np.int64)[()]


def without_replacement(z, k, rng):
    r"""Draw k different classes one after the other, each with its softmax probability among those that are left.

    Parameters
    ----------
    z : array_like of real numbers, shape (..., K)
        Logits, in nats, with the classes along the last axis.
    k : int
        How many classes to draw, from 1 to the number of possible classes.
    rng : numpy.random.Generator
        Where the noise comes from.

    Returns
    -------
    numpy.ndarray of int64, shape (..., k)
        Class indices, different ones in each row, in the order in which they are drawn.

    Raises
    ------
    TypeError
        If `z` does not hold real numbers, `k` is no integer, or `rng` is no ``numpy.random.Generator``.
    ValueError
        If `k` is below 1 or a row has fewer than `k` possible classes, `z` is a single number or has no classes, or a
        row has NaN, more than one ``inf`` or no possible class.

    See Also
    --------
    gumbel_max : its first column.

    Notes
    -----
    The k largest of the logits with Gumbel noise, in decreasing order [1]_. With the probabilities p, the classes
    :math:`i_1, \ldots, i_k` come in this order with the probability of the Plackett–Luce model,

    .. math:: \prod_{j=1}^{k} \frac{p_{i_j}}{1 - p_{i_1} - \cdots - p_{i_{j-1}}}.

    References
    ----------
    .. [1] Kool, W., van Hoof, H., Welling, M., "Stochastic beams and where to find them: the Gumbel-top-k trick for
       sampling sequences without replacement", International Conference on Machine Learning, 2019.

    Examples
    --------
    >>> without_replacement([0.25, 1.23, -0.8, -np.inf], 3, np.random.default_rng(0))
    array([1, 2, 0])
    """
    k = as_integer(k, "k", least=1)
    z, perturbed = _perturbed(z, rng)
    fewest = np.isfinite(perturbed).sum(axis=-1).min(initial=z.shape[-1])  # an empty batch has no row to count in
    if fewest < k:
        raise ValueError(
            f"k is {k}; expected at most {fewest}, as no more classes are possible in a row of z, of shape {z.shape}"
        )
    return _descending(perturbed)[..., :k].astype(np.int64)


def gumbel_softmax(z, rng, *, temperature=1.0, hard=False):
    r"""Relaxed draws: the softmax of the logits with Gumbel noise, in place of the argmax.

    Parameters
    ----------
    z : array_like of real numbers, shape (..., K)
        Logits, in nats, with the classes along the last axis.
    rng : numpy.random.Generator
        Where the noise comes from.
    temperature : float, default 1.0
        Divides the logits together with their noise; positive.
    hard : bool, default False
        Return the one-hot vector of the largest entry, which is the forward value of the straight-through estimator.

    Returns
    -------
    numpy.ndarray
        :math:`\operatorname{softmax}((z + G) / T)`, where G is noise as in `gumbel_max`; with `hard`, 1 at the largest
        entry and 0 elsewhere. Shape and dtype are those of `z` (float64 for integers).

    Raises
    ------
    TypeError
        If an argument is of the wrong type, as is an `rng` that is no ``numpy.random.Generator``.
    ValueError
        If `temperature` is not positive and finite, `z` is a single number or has no classes, or a row has NaN, more
        than one ``inf`` or no possible class.

    See Also
    --------
    gumbel_max : the index of the largest entry, at every temperature.
    softmaxlib.gradients.softmax_vjp : the way back through the softmax.

    Notes
    -----
    The largest entry is that of class i with the probability :math:`e^{z_i} / \sum_j e^{z_j}`, at every temperature:
    with the same generator, the one-hot vector marks the class that `gumbel_max` returns. Near the temperature 0 the
    soft vector is nearly one-hot.

    For fixed noise the soft vector has a gradient with respect to the logits, that of a softmax. The straight-through
    estimator takes the one-hot vector forward and this gradient backward.

    References
    ----------
    .. [1] Jang, E., Gu, S., Poole, B., "Categorical reparameterization with Gumbel-softmax", International Conference
       on Learning Representations, 2017.
    .. [2] Maddison, C. J., Mnih, A., Teh, Y. W., "The concrete distribution: a continuous relaxation of discrete random
       variables", International Conference on Learning Representations, 2017.

    Examples
    --------
    >>> gumbel_softmax([0.25, 1.23, -0.8], np.random.default_rng(0), temperature=0.5).round(3)
    array([0.007, 0.503, 0.49 ])
    >>> gumbel_softmax([0.25, 1.23, -0.8], np.random.default_rng(0), temperature=0.5, hard=True)
    array([0., 1., 0.])
    """
    temperature, hard = as_temperature(temperature), as_flag(hard, "hard")
    z, perturbed = _perturbed(z, rng)
    relaxed = argmax_one_hot(perturbed) if hard else softmax(perturbed, temperature=temperature)
    return relaxed.astype(z.dtype)


def _logits(z, axis=-1):
    """Return checked logits, and a view of them with the classes along the last axis."""
    z = as_real(z, "z")
    axis = as_integer(axis, "axis")
    if z.ndim == 0:
        raise ValueError(f"z is the single number {z}, of shape (); expected logits along an axis")
    Layout(z, axis)  # refuses an axis that is not there or is empty
    rows = np.moveaxis(z, axis, -1)
    top = rows.max(axis=-1)
    if not np.isfinite(top).all():
        for wrong, message in (
            (np.isnan(top), "contains NaN{}; expected real numbers"),
            (np.isneginf(top), "has no possible class{}; expected a logit above -inf"),
            (np.isposinf(rows).sum(axis=-1) > 1, "contains inf more than once{}; expected at most one"),
        ):
            if wrong.any():
                place = f" in the row {tuple(np.argwhere(wrong)[0].tolist())}" if wrong.ndim else ""
                raise ValueError(f"z, of shape {z.shape}, {message.format(place)}")
    return z, rows


def _descending(rows):
    """Return the indices that sort the last axis, largest first, of equal numbers the first one first."""
    return np.argsort(-rows, axis=-1, kind="stable")


def _kept(z, order, chosen, axis):
    """Return the logits that are chosen, of the rows in an order along their last axis, and elsewhere ``-inf``."""
    keep = np.empty(order.shape, bool)
    np.put_along_axis(keep, order, chosen, axis=-1)
    return _where(keep, z, axis)


def _where(keep, z, axis):
    """Return the logits where the mask, with the classes along its last axis, is True, and elsewhere ``-inf``."""
    return np.where(np.moveaxis(keep, -1, axis), z, z.dtype.type(-np.inf))


def _perturbed(z, rng):
    """Return checked logits, and their log-probabilities with Gumbel noise added.

    Log-probabilities are not large near the top, so that noise is not lost to rounding.
    """
    _check_rng(rng)
    z, rows = _logits(z)
    # Generator.gumbel redraws where -log(-log U) would be infinite.
    return z, log_softmax(widened(rows)) + rng.gumbel(size=rows.shape)


def _count_up_to(cumulative, target):
    """Return how many entries of increasing rows (..., K) are not above a target (..., ), whose last entry is.

    A binary search in all rows at once, where `numpy.searchsorted` knows only one.
    """
    *batch, classes = cumulative.shape
    rows = np.arange(math.prod(batch)).reshape(batch)
    cumulative = cumulative.reshape(-1, classes)
    count = np.zeros(target.shape, np.int64)
    for bit in reversed(range((classes - 1).bit_length())):
        last = np.minimum(count + 2**bit, classes) - 1
        count += (cumulative[rows, last] <= target) * 2**bit
    return count


def _check_rng(rng):
    """Refuse what is no generator."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"rng is {rng!r}, of type {type(rng).__name__}; expected a numpy.random.Generator, such as "
            "numpy.random.default_rng(0)"
        )


def _as_share(value, name):
    """Return a number above 0 and at most 1."""
    share = as_number(value, name)
    if not 0 < share <= 1:
        raise ValueError(f"{name} is {value}; expected a number above 0 and at most 1")
    return share


def _as_shape(size):
    """Return the leading axes of the draws as a tuple."""
    if size is None:
        return ()
    return tuple(as_integer(n, "size", least=0) for n in (size if isinstance(size, tuple) else (size,)))
