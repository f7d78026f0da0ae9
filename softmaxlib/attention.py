"""Softmax over keys: a lookup that weighs instead of deciding."""

import math

import numpy as np

from softmaxlib.activations import softmax
from softmaxlib.arguments import as_flag, as_integer, as_mask, as_number, as_real
from softmaxlib.gradients import softmax_vjp
from softmaxlib.kernel import work_dtype


def scaled_dot_product(Q, K, V, *, where=None, causal=False, scale=None, block=1024):
    r"""Scaled dot-product attention, exact, without ever holding the matrix of all scores.

    Parameters
    ----------
    Q : array_like of real numbers, shape (..., N, d)
        Queries.
    K : array_like of real numbers, shape (..., M, d)
        Keys.
    V : array_like of real numbers, shape (..., M, e)
        Values, one for each key. The leading axes of the three broadcast.
    where : array_like of bool, optional
        Which keys each query sees; broadcasts to the shape of the scores, (..., N, M).
    causal : bool, default False
        Query i sees no key after key i.
    scale : real number, optional
        Multiplies the products of queries and keys; :math:`1 / \sqrt d` if it is not given. With 0 all keys that are
        seen weigh the same, and a negative scale prefers the keys with the smallest products.
    block : int, default 1024
        How many queries, and how many keys, are worked on at once: `block` times `block` scores are held.

    Returns
    -------
    numpy.ndarray, shape (..., N, e)
        :math:`\operatorname{softmax}(c\, Q K^\top) V` with the scale c, the softmax along the keys that are seen, in
        the widest of the dtypes (float16 becomes float32). A query that sees no key gets zeros.

    Raises
    ------
    TypeError
        If `Q`, `K` or `V` does not hold real numbers, `where` or `causal` no booleans, `scale` is not a real number, or
        `block` is not an integer.
    ValueError
        If the shapes do not fit, `Q`, `K` or `V` holds an infinity, `scale` is not finite, `block` is not positive, or
        `causal` is set for another number of keys than of queries.

    See Also
    --------
    attention_weights : the matrix of all weights.
    scaled_dot_product_vjp : a gradient, sent back through it.
    softmaxlib.streaming.merge : the same step for sums without values.

    Notes
    -----
    True takes part, in `where` as in PyTorch's ``scaled_dot_product_attention``. In the ``key_padding_mask`` and the
    boolean ``attn_mask`` of ``torch.nn.MultiheadAttention``, True is left out.

    The result is a mean of the values, with the weights of `softmax`. Where a query sees no key, there is no weight to
    share: the weights are 0, as those of softmax where every class is impossible. A NaN in a query, a key or a
    value gives NaN to the queries that see it, and to no other.

    Accuracy, to first order in the unit roundoff u, with exponentials right to 3 ulp, at most 6 u. Let A be the
    largest :math:`\lvert c \rvert \sum_j \lvert q_j k_j \rvert` of a query, and let it see its keys in B blocks of b.
    Then a score is off by (d + 3) A u and a difference of two by 2 A u more; so much, and 6 u, is the relative error of
    its exponential. Each further block multiplies the sums so far (7 u) and adds to them (1 u), and inside a block b
    terms are added. The sum with the values and the sum without have all these errors, their quotient 1 u more. So the
    result is off by at most :math:`(2 (d + 5) A + 2 b + 16 B + 13)\,u` times the largest
    :math:`\lvert V \rvert`, and stays between the smallest and the largest value of its column. Where large values
    cancel, that is many units of a small result. The worst that a search with normal Q, K and V found: 2.4 u.

    References
    ----------
    .. [1] Rabe, M. N., Staats, C., "Self-attention does not need O(n^2) memory", arXiv:2112.05682, 2021.
    .. [2] Dao, T. et al., "FlashAttention: fast and memory-efficient exact attention with IO-awareness", NeurIPS 2022.

    Examples
    --------
    >>> scaled_dot_product([[0.0, 0.0]], [[1.0, 0.0], [0.0, 1.0]], [[10.0], [20.0]])  # equal scores: the mean
    array([[15.]])
    """
    (Q, K, V), where, scale = _checked({"Q": Q, "K": K, "V": V}, where, causal, scale)
    block = as_integer(block, "block", least=1)
    result = np.empty((*Q.shape[:-1], V.shape[-1]), Q.dtype)
    for index in np.ndindex(Q.shape[:-2]):
        seen = None if where is None else where[index]
        result[index] = _attend(Q[index], K[index], V[index], seen, causal, scale, block)
    return result


def attention_weights(Q, K, *, where=None, causal=False, scale=None):
    r"""Weights of scaled dot-product attention: a softmax over the keys for each query.

    Parameters
    ----------
    Q : array_like of real numbers, shape (..., N, d)
        Queries.
    K : array_like of real numbers, shape (..., M, d)
        Keys. The leading axes of the two broadcast.
    where : array_like of bool, optional
        Which keys each query sees; broadcasts to the shape of the scores, (..., N, M).
    causal : bool, default False
        Query i sees no key after key i.
    scale : real number, optional
        As in `scaled_dot_product`.

    Returns
    -------
    numpy.ndarray, shape (..., N, M)
        :math:`\operatorname{softmax}(c\, Q K^\top)` with the scale c, in the wider of the dtypes (float16 becomes
        float32). Each row sums to 1, up to rounding. A key that is not seen gets 0, also from a query that sees none.

    Raises
    ------
    TypeError, ValueError
        As `scaled_dot_product`.

    See Also
    --------
    scaled_dot_product : the means of values with these weights, without holding them all.
    softmaxlib.activations.softmax : the same for scores.

    Notes
    -----
    True takes part, see `scaled_dot_product`. The weights hold N times M numbers for each index of the leading axes.

    Products of finite queries and keys never overflow: they are computed in units of a power of two where they could.
    A NaN in a query or in a key that it sees gives NaN to all the keys that the query sees. The other queries are
    not touched.

    Accuracy, to first order in the unit roundoff u: with A as in `scaled_dot_product`, a score is off by (d + 3) A u,
    and a difference of two, where it has to be taken first, by 2 A u more. So a weight is off by
    :math:`(2 (d + 5) A + 16)\,u` of itself, the 16 u being the 8 ulp of `softmax`, unless it or a product underflows.

    References
    ----------
    .. [1] Vaswani, A. et al., "Attention is all you need", NeurIPS 2017, section 3.2.1.

    Examples
    --------
    >>> attention_weights([[0, 0], [4, 0]], [[1, 0], [0, 1]]).round(3)  # equal scores; a lead of 4 / sqrt(2)
    array([[0.5  , 0.5  ],
           [0.944, 0.056]])
    >>> attention_weights([[0, 0], [4, 0]], [[1, 0], [0, 1]], causal=True).round(3)
    array([[1.   , 0.   ],
           [0.944, 0.056]])
    """
    (Q, K), where, scale = _checked({"Q": Q, "K": K}, where, causal, scale)
    seen = _seen(where, causal, 0, 0, (Q.shape[-2], K.shape[-2]))
    return _weights(*_safe_queries(Q, K, scale), K, seen)


def scaled_dot_product_vjp(Q, K, V, G, *, where=None, causal=False, scale=None, block=1024):
    r"""Product of a gradient and the Jacobian of `scaled_dot_product`: what queries, keys and values get back.

    Parameters
    ----------
    Q : array_like of real numbers, shape (..., N, d)
        Queries.
    K : array_like of real numbers, shape (..., M, d)
        Keys.
    V : array_like of real numbers, shape (..., M, e)
        Values, one for each key. The leading axes of the three broadcast.
    G : array_like of real numbers, shape (..., N, e)
        The gradient of a loss with respect to the result of `scaled_dot_product`, which has this shape.
    where : array_like of bool, optional
        Which keys each query sees; broadcasts to the shape of the scores, (..., N, M).
    causal : bool, default False
        Query i sees no key after key i.
    scale : real number, optional
        As in `scaled_dot_product`.
    block : int, default 1024
        How many queries are worked on at once: a few arrays of `block` times M numbers are held, for each index of the
        leading axes.

    Returns
    -------
    tuple of numpy.ndarray
        The gradients with respect to `Q`, `K` and `V`, each in the shape of its argument, in the widest of the dtypes
        (float16 becomes float32). Queries that see no key, and keys and values that no query sees, get zeros.

    Raises
    ------
    TypeError, ValueError
        As `scaled_dot_product`, and if `G` has another shape than its result.

    See Also
    --------
    scaled_dot_product : the function that it belongs to.
    softmaxlib.gradients.softmax_vjp : the step through softmax.
    softmaxlib.gradients.check_gradient : compares a gradient with differences.

    Notes
    -----
    With the scores :math:`S = c\, Q K^\top` and the weights P, row by row their softmax:

    .. math:: \begin{aligned}
              dV &= P^\top G, \qquad dP = G V^\top, \\
              dS_{ij} &= P_{ij} \Bigl(dP_{ij} - \sum_k P_{ik}\, dP_{ik}\Bigr), \\
              dQ &= c\, dS\, K, \qquad dK = c\, dS^\top Q.
              \end{aligned}

    An array that was broadcast gets the sum over its copies. Each row of dS sums to 0, as softmax is blind to shifts.
    So the rows of dK add up to zeros: one vector, added to all keys, changes no weight.

    No score overflows, as in `attention_weights`. A gradient is infinite or NaN where a product of its factors exceeds
    the range of the dtype. A NaN in a query, in its row of `G`, or in a key that it sees, gives NaN to the gradients of
    the query and of all keys and values that it sees. A NaN in a value gives NaN to the gradients of the queries that
    see the value, and of the keys that they see. All other gradients stay as they are.

    References
    ----------
    .. [1] Dao, T. et al., "FlashAttention: fast and memory-efficient exact attention with IO-awareness", NeurIPS 2022,
       appendix B.2.

    Examples
    --------
    Two equal scores: each value gets half of the gradient, and the query moves toward the key with the larger value.

    >>> dQ, dK, dV = scaled_dot_product_vjp([[0.0]], [[1.0], [-1.0]], [[10.0], [20.0]], [[1.0]])
    >>> dV
    array([[0.5],
           [0.5]])
    >>> dQ
    array([[-5.]])
    """
    shapes = map(np.shape, (Q, K, V))  # of the arguments, looked at when the gradients are there
    (Q, K, V, G), where, scale = _checked({"Q": Q, "K": K, "V": V, "G": G}, where, causal, scale)
    block = as_integer(block, "block", least=1)
    dQ, dK, dV = gradients = [np.zeros(array.shape, Q.dtype) for array in (Q, K, V)]
    safe, exponents = _safe_queries(Q, K, scale)
    fraction, power = np.frexp(scale)
    for i in range(0, Q.shape[-2] if K.shape[-2] else 0, block):
        rows = np.s_[..., i : i + block, :]
        q, g = Q[rows], G[rows]
        keys = np.s_[..., : i + q.shape[-2] if causal else None, :]  # none of the others is seen
        k, v = K[keys], V[keys]
        seen = _seen(where, causal, i, 0, (q.shape[-2], k.shape[-2]))
        with np.errstate(all="ignore"):
            P = _weights(safe[rows], exponents[rows], k, seen)
            P = np.where(seen & np.isnan(g).any(axis=-1, keepdims=True), np.nan, P)
            dP = np.where(seen, g @ v.mT, 0)
            dS = np.where(seen, softmax_vjp(P, dP), 0) * Q.dtype.type(fraction)
            # P and dS are NaN where NaN is seen, so that 0 may stand for it below: a hidden one would spread.
            dQ[rows] = np.ldexp(dS @ _without_nan(k), power)
            dK[keys] += np.ldexp(dS.mT @ _without_nan(q), power)
            dV[keys] += P.mT @ _without_nan(g)
    return tuple(map(_summed, gradients, shapes))


def _attend(Q, K, V, where, causal, scale, block):
    """Attention of one matrix of queries, block by block."""
    Q, stretch = _safe_queries(Q, K, scale)
    undefined = np.isnan(V)
    V, unit = _safe_values(np.where(undefined, 0, V))
    if causal:  # of the values up to each query: the later ones may not even decide a rounding
        lowest, highest = np.minimum.accumulate(V), np.maximum.accumulate(V)
    else:
        extremes = V.min(axis=0, initial=np.inf), V.max(axis=0, initial=-np.inf)
        lowest, highest = (np.broadcast_to(extreme, (len(Q), V.shape[1])) for extreme in extremes)
    result = np.empty((len(Q), V.shape[1]), Q.dtype)
    for i in range(0, len(Q), block):
        q, exponents = Q[i : i + block], stretch[i : i + block]
        top = np.full((len(q), 1), -np.inf, Q.dtype)
        total = np.zeros((len(q), 1), Q.dtype)
        weighted = np.zeros((len(q), V.shape[1]), Q.dtype)  # sum of exp(score - top) V
        lost = np.zeros(weighted.shape, bool)
        for j in range(0, min(len(K), i + len(q)) if causal else len(K), block):
            k, v = K[j : j + block], V[j : j + block]
            seen = _seen(where, causal, i, j, (len(q), len(k)))
            with np.errstate(all="ignore"):
                scores = q @ k.T  # (block, block)
                if seen is not np.True_:
                    np.copyto(scores, -np.inf, where=~seen)
                before, top = top, np.maximum(top, scores.max(axis=1, keepdims=True))
                origin = np.where(np.isneginf(top), 0, top)  # 0 as long as no key was seen
                fading = np.exp(np.ldexp(before - origin, exponents))  # what one unit of the sums so far is worth now
                scores -= origin
                if exponents.any():
                    np.ldexp(scores, exponents, out=scores)
                weights = np.exp(scores, out=scores)
                total = total * fading + weights.sum(axis=1, keepdims=True)
                weighted = weighted * fading + weights @ v
            if undefined[j : j + block].any():
                lost |= np.broadcast_to(seen, scores.shape) @ undefined[j : j + block]
        alone = total == 0  # no key was seen
        mean = weighted / np.where(alone, 1, total)
        mean = np.clip(mean, lowest[i : i + block], highest[i : i + block])  # what rounding put outside comes back
        result[i : i + block] = np.where(lost, np.nan, np.where(alone, 0, mean * unit))
    return result


def _weights(Q, exponents, K, seen):
    """Return the weights of safe queries."""
    with np.errstate(all="ignore"):
        scores = Q @ K.mT
        if scores.size == 0:
            return scores
        if exponents.any():
            top = scores.max(axis=-1, keepdims=True, where=seen, initial=-np.inf)
            scores = np.where(exponents == 0, scores, np.ldexp(scores - top, exponents))
        weights = softmax(scores, where=seen)
    return np.where(seen, weights, 0)  # a hidden key gets 0 in a row of NaN, too


def _without_nan(array):
    """Return the array with 0 for NaN."""
    return np.where(np.isnan(array), 0, array)


def _summed(gradient, shape):
    """Return a gradient, summed over the axes along which an array of a shape was broadcast."""
    lead = gradient.ndim - len(shape)
    copied = [axis for axis, n in enumerate(gradient.shape) if axis < lead or shape[axis - lead] != n]
    return gradient.sum(axis=tuple(copied), keepdims=True).reshape(shape)


def _seen(where, causal, i, j, shape):
    """Return which of the keys from j on the queries from i on see: True for all, or an array that ends in a shape."""
    queries, keys = shape
    seen = np.True_ if where is None else where[..., i : i + queries, j : j + keys]
    if causal and j + keys - 1 > i:  # the last key comes after the first query
        seen = seen & np.tri(queries, keys, i - j, dtype=bool)
    return seen


def _safe_queries(Q, K, scale):
    """Return scaled queries and exponents of two: a score is the product with a key times two to the exponent.

    The exponents are 0 unless a score, or a scaled query, would overflow, or a scaled query lose bits below the
    smallest normal number.
    """
    fraction, power = np.frexp(scale)
    limits = np.finfo(Q.dtype)
    of_queries = np.frexp(_largest(Q, (-1,)))[1]
    of_keys = np.frexp(_largest(K, (-2, -1)))[1] + Q.shape[-1].bit_length()
    shift = np.clip(
        power, limits.minexp + limits.nmant - of_queries, limits.maxexp - 1 - of_queries - np.maximum(of_keys, 0)
    )
    return np.ldexp(Q, shift) * Q.dtype.type(fraction), power - shift


def _safe_values(V):
    """Return the values, scaled by a power of two so that no sum of them overflows, and the factor that undoes it."""
    bits = np.frexp(_largest(V, (-2, -1)).item())[1] + len(V).bit_length()
    unit = np.ldexp(V.dtype.type(1), max(bits - np.finfo(V.dtype).maxexp + 1, 0))
    return V / unit, unit


def _largest(array, axes):
    """Return the largest absolute values along axes, of those that are not NaN."""
    return np.fmax.reduce(np.abs(array), axis=axes, keepdims=True, initial=0)


def _checked(arrays, where, causal, scale):
    """Return the arrays in one dtype with the same leading axes, the mask in the shape of the scores, and the scale.

    The arrays come as a dict of their names: Q and K, or V as well, or G, too.
    """
    arrays = {name: as_real(value, name) for name, value in arrays.items()}
    for name, array in arrays.items():
        if array.ndim < 2:
            raise ValueError(f"{name} has shape {array.shape}; expected a matrix, or several")
        if np.isinf(array).any():
            raise ValueError(f"{name}, of shape {array.shape}, contains an infinity; expected finite numbers")
    dtype = work_dtype(np.result_type(*arrays.values()), fast=True)
    batch = _checked_shapes(**arrays)
    arrays = [np.broadcast_to(array.astype(dtype, copy=False), batch + array.shape[-2:]) for array in arrays.values()]
    Q, K = arrays[:2]
    shape = (*Q.shape[:-1], K.shape[-2])
    if where is not None:
        where = as_mask(where, shape, "the scores")
    if as_flag(causal, "causal") and shape[-2] != shape[-1]:
        raise ValueError(
            f"causal is True for {shape[-2]} queries and {shape[-1]} keys; expected as many, or "
            "where=np.tri(queries, keys, offset, dtype=bool)"
        )
    scale = 1 / np.sqrt(work_dtype(dtype).type(Q.shape[-1])) if scale is None else _checked_scale(scale)
    return arrays, where, scale


def _checked_shapes(Q, K, V=None, G=None):
    """Return the leading axes of the result."""
    if Q.shape[-1] == 0:
        raise ValueError(f"Q has shape {Q.shape}; expected at least one column")
    if Q.shape[-1] != K.shape[-1]:
        raise ValueError(f"K has shape {K.shape}; expected {Q.shape[-1]} columns, as Q, of shape {Q.shape}")
    if V is not None and K.shape[-2] != V.shape[-2]:
        raise ValueError(f"V has shape {V.shape}; expected {K.shape[-2]} rows, as K, of shape {K.shape}")
    shapes = {name: array.shape for name, array in {"Q": Q, "K": K, "V": V}.items() if array is not None}
    try:
        batch = np.broadcast_shapes(*(shape[:-2] for shape in shapes.values()))
    except ValueError:
        raise ValueError(
            f"{_listed(shapes)} have the shapes {_listed(map(str, shapes.values()))}; "
            "expected leading axes that broadcast"
        ) from None
    if G is not None and G.shape != (*batch, Q.shape[-2], V.shape[-1]):
        expected = (*batch, Q.shape[-2], V.shape[-1])
        raise ValueError(f"G has shape {G.shape}; expected {expected}, that of the result for these Q, K and V")
    return batch


def _listed(words):
    """Return words as they are listed in a sentence."""
    *first, last = words
    return f"{', '.join(first)} and {last}"


def _checked_scale(scale):
    """Return a given scale as a finite float."""
    number = as_number(scale, "scale")
    if not math.isfinite(number):
        raise ValueError(f"scale is {scale}; expected a finite number that float64 holds")
    return number
