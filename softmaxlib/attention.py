"""Softmax over keys: a lookup that weighs instead of deciding."""

import numpy as np

from softmaxlib.arguments import as_flag, as_integer, as_mask, as_real
from softmaxlib.kernel import work_dtype


def scaled_dot_product(Q, K, V, *, where=None, causal=False, block=1024):
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
    block : int, default 1024
        How many queries, and how many keys, are worked on at once: `block` times `block` scores are held.

    Returns
    -------
    numpy.ndarray, shape (..., N, e)
        :math:`\operatorname{softmax}(Q K^\top / \sqrt d) V`, the softmax along the keys that are seen, in the widest of
        the dtypes (float16 becomes float32). A query that sees no key gets zeros.

    Raises
    ------
    TypeError
        If `Q`, `K` or `V` does not hold real numbers, `where` or `causal` no booleans, or `block` is not an integer.
    ValueError
        If the shapes do not fit, `Q`, `K` or `V` holds an infinity, `block` is not positive, or `causal` is set for
        another number of keys than of queries.

    See Also
    --------
    softmaxlib.streaming.merge : the same step for sums without values.

    Notes
    -----
    The result is a mean of the values, with the weights of `softmax`. Where a query sees no key, there is no weight to
    share: the weights are 0, as those of softmax where every class is impossible. A NaN in a query, a key or a
    value gives NaN to the queries that see it, and to no other.

    Accuracy, to first order in the unit roundoff u, with exponentials right to 3 ulp, at most 6 u. Let A be the
    largest :math:`\sum_c \lvert q_c k_c \rvert / \sqrt d` of a query, and let it see its keys in B blocks of b. Then a
    score is off by (d + 2) A u and a difference of two by 2 A u more; so much, and 6 u, is the relative error of its
    exponential. Each further block multiplies the sums so far (7 u) and adds to them (1 u), and inside a block b terms
    are added. The sum with the values and the sum without have all these errors, their quotient 1 u more. So
    the result is off by at most :math:`(2 (d + 4) A + 2 b + 16 B + 13)\,u` times the largest
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
    Q, K, V = _checked_matrices(Q, K, V)
    batch = _checked_batch(Q, K, V)
    shape = (*batch, Q.shape[-2], K.shape[-2])  # of the scores
    if where is not None:
        where = as_mask(where, shape, "the scores")
    if as_flag(causal, "causal") and shape[-2] != shape[-1]:
        raise ValueError(
            f"causal is True for {shape[-2]} queries and {shape[-1]} keys; expected as many, or "
            "where=np.tri(queries, keys, offset, dtype=bool)"
        )
    block = as_integer(block, "block")
    if block < 1:
        raise ValueError(f"block is {block}; expected at least 1")
    Q, K, V = (np.broadcast_to(array, batch + array.shape[-2:]) for array in (Q, K, V))
    result = np.empty((*batch, *shape[-2:-1], V.shape[-1]), Q.dtype)
    for index in np.ndindex(batch):
        seen = None if where is None else where[index]
        result[index] = _attend(Q[index], K[index], V[index], seen, causal, block)
    return result


def _attend(Q, K, V, where, causal, block):
    """Attention of one matrix of queries, block by block."""
    Q, stretch = _safe_queries(Q / np.sqrt(Q.dtype.type(Q.shape[1])), K)
    undefined = np.isnan(V)
    V, unit = _safe_values(np.where(undefined, 0, V))
    lowest, highest = V.min(axis=0, initial=np.inf), V.max(axis=0, initial=-np.inf)
    result = np.empty((len(Q), V.shape[1]), Q.dtype)
    for i in range(0, len(Q), block):
        q, exponents = Q[i : i + block], stretch[i : i + block]
        top = np.full((len(q), 1), -np.inf, Q.dtype)
        total = np.zeros((len(q), 1), Q.dtype)
        weighted = np.zeros((len(q), V.shape[1]), Q.dtype)  # sum of exp(score - top) V
        lost = np.zeros(weighted.shape, bool)
        for j in range(0, min(len(K), i + len(q)) if causal else len(K), block):
            k, v = K[j : j + block], V[j : j + block]
            seen = np.True_ if where is None else where[i : i + block, j : j + block]
            if causal and j + len(k) - 1 > i:  # the last key comes after the first query
                seen = seen & np.tri(len(q), len(k), i - j, dtype=bool)
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
        mean = np.clip(weighted / np.where(alone, 1, total), lowest, highest)  # what rounding put outside comes back
        result[i : i + block] = np.where(lost, np.nan, np.where(alone, 0, mean * unit))
    return result


def _safe_queries(Q, K):
    """Return the queries, scaled by powers of two so that no score overflows, and the exponents that undo it."""
    bits = np.frexp(_largest(Q, 1))[1] + np.frexp(_largest(K))[1] + Q.shape[1].bit_length()
    excess = np.maximum(bits - np.finfo(Q.dtype).maxexp + 1, 0)
    return np.ldexp(Q, -excess), excess


def _safe_values(V):
    """Return the values, scaled by a power of two so that no sum of them overflows, and the factor that undoes it."""
    bits = np.frexp(_largest(V))[1] + len(V).bit_length()
    unit = np.ldexp(V.dtype.type(1), max(bits - np.finfo(V.dtype).maxexp + 1, 0))
    return V / unit, unit


def _largest(array, axis=None):
    """Return the largest absolute value, of those that are not NaN."""
    return np.fmax.reduce(np.abs(array), axis=axis, keepdims=axis is not None, initial=0)


def _checked_matrices(Q, K, V):
    """Return the arguments in one dtype."""
    arrays = {name: as_real(value, name) for name, value in {"Q": Q, "K": K, "V": V}.items()}
    for name, array in arrays.items():
        if array.ndim < 2:
            raise ValueError(f"{name} has shape {array.shape}; expected a matrix, or several")
        if np.isinf(array).any():
            raise ValueError(f"{name}, of shape {array.shape}, contains an infinity; expected finite numbers")
    Q, K, V = arrays.values()
    if Q.shape[-1] == 0:
        raise ValueError(f"Q has shape {Q.shape}; expected at least one column")
    if Q.shape[-1] != K.shape[-1]:
        raise ValueError(f"K has shape {K.shape}; expected {Q.shape[-1]} columns, as Q, of shape {Q.shape}")
    if K.shape[-2] != V.shape[-2]:
        raise ValueError(f"V has shape {V.shape}; expected {K.shape[-2]} rows, as K, of shape {K.shape}")
    dtype = work_dtype(np.result_type(Q, K, V), fast=True)
    return Q.astype(dtype, copy=False), K.astype(dtype, copy=False), V.astype(dtype, copy=False)


def _checked_batch(Q, K, V):
    """Return the leading axes of the result."""
    try:
        return np.broadcast_shapes(*(array.shape[:-2] for array in (Q, K, V)))
    except ValueError:
        raise ValueError(
            f"Q, K and V have the shapes {Q.shape}, {K.shape} and {V.shape}; expected leading axes that broadcast"
        ) from None
