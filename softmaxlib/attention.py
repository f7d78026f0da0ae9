"""Softmax over keys: a lookup that weighs instead of deciding."""

import numpy as np

from softmaxlib.arguments import as_integer, as_real
from softmaxlib.kernel import QUIET, work_dtype


def scaled_dot_product(Q, K, V, block=1024):
    r"""Scaled dot-product attention, exact, without ever holding the matrix of all scores.

    Parameters
    ----------
    Q : array_like of real numbers, shape (N, d)
        Queries.
    K : array_like of real numbers, shape (M, d)
        Keys.
    V : array_like of real numbers, shape (M, e)
        Values, one for each key.
    block : int, default 1024
        How many queries, and how many keys, are worked on at once: `block` times `block` scores are held.

    Returns
    -------
    numpy.ndarray, shape (N, e)
        :math:`\operatorname{softmax}(Q K^\top / \sqrt d) V`, the softmax along the keys, in the widest of the dtypes
        (float16 becomes float32).

    Raises
    ------
    TypeError
        If an argument does not hold real numbers, or `block` is not an integer.
    ValueError
        If the shapes do not fit, an argument is empty or not finite, the scores overflow, or `block` is not positive.

    References
    ----------
    .. [1] Rabe, M. N., Staats, C., "Self-attention does not need O(n^2) memory", arXiv:2112.05682, 2021.
    .. [2] Dao, T. et al., "FlashAttention: fast and memory-efficient exact attention with IO-awareness", NeurIPS 2022.

    Examples
    --------
    >>> scaled_dot_product([[0.0, 0.0]], [[1.0, 0.0], [0.0, 1.0]], [[10.0], [20.0]])  # equal scores: the mean
    array([[15.]])
    """
    Q, K, V = _checked_attention(Q, K, V)
    block = as_integer(block, "block")
    if block < 1:
        raise ValueError(f"block is {block}; expected at least 1")
    result = np.empty((len(Q), V.shape[1]), Q.dtype)
    for i in range(0, len(Q), block):
        q = Q[i : i + block] / np.sqrt(Q.dtype.type(Q.shape[1]))
        top = np.full(len(q), -np.inf, Q.dtype)
        total = np.zeros(len(q), Q.dtype)
        weighted = np.zeros((len(q), V.shape[1]), Q.dtype)  # sum of exp(score - top) V
        with np.errstate(**QUIET):
            for j in range(0, len(K), block):
                scores = q @ K[j : j + block].T  # (block, block)
                before, top = top, np.maximum(top, scores.max(axis=1))
                fading = np.exp(before - top)  # what one unit of the sums so far is worth now
                weights = np.exp(scores - top[:, np.newaxis])
                total = total * fading + weights.sum(axis=1)
                weighted = weighted * fading[:, np.newaxis] + weights @ V[j : j + block]
            if not (np.isfinite(top).all() and np.isfinite(weighted).all()):
                raise ValueError("the scores of Q and K, or their sums with V, overflow; expected smaller numbers")
            result[i : i + block] = weighted / total[:, np.newaxis]
    return result


def _checked_attention(Q, K, V):
    """Return the arguments of `attention` in one dtype."""
    arrays = {name: as_real(value, name) for name, value in {"Q": Q, "K": K, "V": V}.items()}
    for name, array in arrays.items():
        if array.ndim != 2 or 0 in array.shape:
            raise ValueError(f"{name} has shape {array.shape}; expected a matrix that is not empty")
        if not np.isfinite(array).all():
            raise ValueError(f"{name}, of shape {array.shape}, contains NaN or an infinity; expected finite numbers")
    Q, K, V = arrays.values()
    if Q.shape[1] != K.shape[1]:
        raise ValueError(f"K has shape {K.shape}; expected {Q.shape[1]} columns, as Q, of shape {Q.shape}")
    if len(K) != len(V):
        raise ValueError(f"V has shape {V.shape}; expected {len(K)} rows, as K, of shape {K.shape}")
    dtype = work_dtype(np.result_type(Q, K, V), fast=True)
    return Q.astype(dtype, copy=False), K.astype(dtype, copy=False), V.astype(dtype, copy=False)
