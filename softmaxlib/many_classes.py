r"""A last layer of very many classes: a tree of decisions, or a few sampled classes in place of all.

`HierarchicalSoftmax` makes a few decisions in place of one softmax over K classes. `sampled_softmax_loss` and
`nce_loss` train ordinary logits, but take those of m sampled classes in place of all. They draw nothing: the caller
does, and passes the probabilities with which the classes were drawn.
"""

import numpy as np

from softmaxlib.activations import log_sigmoid, log_softmax, sigmoid, softmax
from softmaxlib.arguments import as_classes, as_integer, as_integers, as_real
from softmaxlib.kernel import work_dtype


class HierarchicalSoftmax:
    r"""A binary tree of decisions in place of one softmax over K classes.

    The classes are the leaves of the Huffman tree of their counts, so frequent classes have short paths. Each of the
    K - 1 inner nodes has a weight vector, and decides by a sigmoid between its two branches. The probability of a class
    is the product of the decisions on its path.

    Parameters
    ----------
    counts : array_like, shape (K,)
        How often each class occurs: real numbers, not negative, and 0 is allowed. K is at least 2.

    Attributes
    ----------
    code_lengths : numpy.ndarray
        How many decisions lead to each class, shape (K,), in int64.

    Raises
    ------
    TypeError
        If `counts` does not hold real numbers.
    ValueError
        If `counts` is not a vector of at least two finite numbers, one is negative, or their sum overflows.

    See Also
    --------
    softmaxlib.activations.log_softmax : over all classes at once.
    sampled_softmax_loss : the other way to many classes.

    Notes
    -----
    The nodes are numbered from the root, node 0, so that each comes before the nodes below it. A node with the score
    s, the product of its weight vector and the features, takes its lighter branch with the probability
    :math:`\sigma(s)` and the other with :math:`\sigma(-s)`. The two add up to 1 at each node, and so do the K classes,
    for any weights. A constant feature takes the place of a bias.

    Huffman's algorithm joins the two lightest trees until one is left. Of equal weights, a class comes before an inner
    node, a class before the classes with a larger index, and an inner node before those that were made later. No other
    tree with the same mean code length has a longest code that is shorter. Equal counts, and classes that never occur,
    so get a tree, or a part of one, as balanced as can be.

    The mean code length, weighted by the counts, is the smallest of all binary trees. In bits it is at least the
    entropy of the relative counts, and at most 1 more. Computing `log_prob` costs as many products of d numbers as
    the code is long, in place of K; `log_proba` costs K - 1 of them, so it saves nothing.

    The tree is fixed before the training, and the log-odds of the two branches of a node are linear in the features. A
    softmax with linear scores has other log-odds there, so with more than two classes neither of the two models
    contains the other.

    References
    ----------
    .. [1] Huffman, D. A., "A method for the construction of minimum-redundancy codes", Proceedings of the IRE 40(9),
       1952.
    .. [2] Schwartz, E. S., "An optimum encoding with minimum longest code and total number of digits", Information and
       Control 7(1), 1964.
    .. [3] Morin, F., Bengio, Y., "Hierarchical probabilistic neural network language model", AISTATS 2005.

    Examples
    --------
    >>> tree = HierarchicalSoftmax([5, 2, 1])
    >>> tree.code_lengths
    array([1, 2, 2])
    >>> np.exp(tree.log_proba([[1.0]], [[0.0], [0.0]]))  # all scores are 0, so each decision halves
    array([[0.5 , 0.25, 0.25]])
    """

    def __init__(self, counts):
        counts = _checked_counts(counts)
        self._parent, self._sign = _huffman(counts)
        K = len(counts)
        parent = self._parent.tolist()
        depth = [0] * (2 * K - 1)
        for below in range(1, 2 * K - 1):  # each parent comes before what is below it
            depth[below] = depth[parent[below]] + 1
        depth = np.array(depth, np.int64)
        self.code_lengths = depth[K - 1 :].copy()
        by_depth = np.argsort(depth, kind="stable")
        self._levels = np.split(by_depth, np.cumsum(np.bincount(depth))[:-1])[1:]  # what is at the depths 1, 2, …

    def path(self, k):
        """Return the decisions that lead to a class.

        Parameters
        ----------
        k : int from 0 to K - 1
            The class.

        Returns
        -------
        nodes : numpy.ndarray
            The nodes on the way, from the root down, shape (code_lengths[k],).
        signs : numpy.ndarray
            The branch that is taken at each: 1 for the lighter one, -1 for the other. Both are in int64.

        Raises
        ------
        TypeError
            If `k` is not an integer.
        ValueError
            If `k` is out of range.

        Examples
        --------
        >>> HierarchicalSoftmax([5, 2, 1]).path(2)
        (array([0, 1]), array([1, 1]))
        """
        k = as_integer(k, "k", least=0)
        K = len(self.code_lengths)
        if k >= K:
            raise ValueError(f"k is {k}; expected 0 to {K - 1}, as the tree has {K} classes")
        _, nodes, signs = self._steps(np.array([k]))
        return nodes, signs

    def log_prob(self, h, nodes, y):
        r"""Return the log-probability of one class a row.

        Parameters
        ----------
        h : array_like, shape (N, d)
            Features, real numbers, one row a sample.
        nodes : array_like, shape (K - 1, d)
            Weight vectors of the inner nodes, real numbers.
        y : array_like of int, shape (N,)
            Classes, from 0 to K - 1.

        Returns
        -------
        numpy.ndarray, shape (N,)
            :math:`\sum_j \log \sigma(\pm h \cdot w_j)` over the nodes j on the path to the class, in nats. The dtype is
            the wider one of `h` and `nodes`, and float32 at least.

        Raises
        ------
        TypeError
            If `h` or `nodes` does not hold real numbers, or `y` no integers.
        ValueError
            If the shapes do not fit, a number is not finite, a class is out of range, or a score overflows.

        See Also
        --------
        log_prob_grad : its gradient.

        Examples
        --------
        >>> HierarchicalSoftmax([5, 2, 1]).log_prob([[1.0]], [[0.0], [2.0]], [2]).round(3)
        array([-0.82])
        """
        h, nodes, y = self._checked(h, nodes, y)
        starts, _, signed = self._scores(h, nodes, y)[:3]
        return _add_runs(log_sigmoid(signed), starts)

    def log_prob_grad(self, h, nodes, y):
        r"""Return the gradient of `log_prob`, only for the nodes that it depends on.

        Parameters
        ----------
        h, nodes, y
            As for `log_prob`.

        Returns
        -------
        of_h : numpy.ndarray, shape (N, d)
            The gradient of each log-probability with respect to its row of `h`.
        touched : numpy.ndarray, shape (T,)
            The nodes on the paths to the classes `y`, each once, in ascending order, in int64.
        of_touched : numpy.ndarray, shape (T, d)
            The gradient of the sum of the log-probabilities with respect to the rows `touched` of `nodes`. With respect
            to the others it is 0.

        Raises
        ------
        TypeError, ValueError
            As `log_prob`.

        Notes
        -----
        With the score s of a node and the sign of the branch, the derivative of a term
        :math:`\log \sigma(\pm s)` with respect to s is :math:`\pm \sigma(\mp s)`. A step of gradient descent on the
        loss :math:`-\sum \log p`, with the learning rate :math:`\eta`, adds :math:`\eta` times the gradient:
        ``nodes[touched] += eta * of_touched``.

        Examples
        --------
        >>> of_h, touched, of_touched = HierarchicalSoftmax([5, 2, 1]).log_prob_grad([[2.0]], [[0.0], [9.0]], [0])
        >>> touched, of_touched  # the path to the class 0 is one step, from the root to the heavier branch
        (array([0]), array([[-1.]]))
        """
        h, nodes, y = self._checked(h, nodes, y)
        starts, signs, signed, rows, visited = self._scores(h, nodes, y)
        slope = signs * sigmoid(-signed)
        of_h = _add_runs(slope[:, np.newaxis] * nodes[visited], starts)
        order = np.argsort(visited, kind="stable")
        touched, first = np.unique(visited[order], return_index=True)
        of_touched = _add_runs((slope[:, np.newaxis] * h[rows])[order], first)
        return of_h, touched, of_touched

    def log_proba(self, h, nodes):
        """Return the log-probabilities of all classes.

        Parameters
        ----------
        h : array_like, shape (N, d)
            Features, real numbers, one row a sample.
        nodes : array_like, shape (K - 1, d)
            Weight vectors of the inner nodes, real numbers.

        Returns
        -------
        numpy.ndarray, shape (N, K)
            Log-probabilities, in nats; the probabilities of a row sum to 1. The dtype is the wider one of `h` and
            `nodes`, and float32 at least.

        Raises
        ------
        TypeError, ValueError
            As `log_prob`.

        Notes
        -----
        Level by level from the root down, all branches of a level at once.

        Examples
        --------
        >>> p = np.exp(HierarchicalSoftmax([5, 2, 1]).log_proba([[1.0]], [[-1.0], [2.0]]))
        >>> p.round(3), p.sum().round(12)
        (array([[0.731, 0.032, 0.237]]), np.float64(1.0))
        """
        h, nodes = self._checked(h, nodes)
        with np.errstate(all="ignore"):
            scores = nodes @ h.T  # (K - 1, N)
        _check_scores(scores, h, nodes)
        log_p = np.zeros((2 * len(nodes) + 1, len(h)), scores.dtype)
        for level in self._levels:
            above = self._parent[level]
            signs = self._sign[level, np.newaxis].astype(scores.dtype)
            log_p[level] = log_p[above] + log_sigmoid(signs * scores[above])
        return log_p[len(nodes) :].T.copy()

    def _steps(self, y):
        """Return, for all decisions on the paths to classes, the rows that they belong to, the nodes and the signs.

        They are sorted by row, and for each row from the root down.
        """
        lengths = self.code_lengths[y]
        ends = np.cumsum(lengths)
        nodes = np.empty(lengths.sum(), np.int64)
        signs = np.empty_like(nodes)
        below, place = y + len(self.code_lengths) - 1, ends - 1
        while len(below):  # one step up on all paths that have not arrived at the root
            nodes[place], signs[place] = self._parent[below], self._sign[below]
            below = self._parent[below]
            on_the_way = below > 0
            below, place = below[on_the_way], place[on_the_way] - 1
        return np.repeat(np.arange(len(y)), lengths), nodes, signs

    def _scores(self, h, nodes, y):
        """Return where rows begin, and for all steps the signs, the scores times the signs, the rows and the nodes."""
        rows, visited, signs = self._steps(y)
        lengths = self.code_lengths[y]
        with np.errstate(all="ignore"):
            scores = np.einsum("td,td->t", h[rows], nodes[visited])
        _check_scores(scores, h, nodes)
        signs = signs.astype(scores.dtype)
        return np.cumsum(lengths) - lengths, signs, signs * scores, rows, visited

    def _checked(self, h, nodes, *y):
        """Return features and weight vectors in one dtype, and the classes, if they are given."""
        h, nodes = _finite(h, "h"), _finite(nodes, "nodes")
        if h.ndim != 2 or h.shape[1] == 0:
            raise ValueError(f"h has shape {h.shape}; expected (N, d), a row of d features for each sample")
        expected = (len(self.code_lengths) - 1, h.shape[1])
        if nodes.shape != expected:
            raise ValueError(
                f"nodes has shape {nodes.shape}; expected {expected}, a row for each inner node of a tree of "
                f"{len(self.code_lengths)} classes, with as many columns as h, of shape {h.shape}"
            )
        dtype = work_dtype(np.result_type(h, nodes), fast=True)
        y = [as_classes(of_rows, len(self.code_lengths)) for of_rows in y]
        if y and y[0].shape != h.shape[:1]:
            raise ValueError(f"y has shape {y[0].shape}; expected {h.shape[:1]}, a class for each row of h")
        return h.astype(dtype, copy=False), nodes.astype(dtype, copy=False), *y


def sampled_softmax_loss(z_true, z_sampled, log_q_true, log_q_sampled, y=None, sampled=None):
    r"""Cross-entropy over the true class and a few sampled ones, in place of all.

    Parameters
    ----------
    z_true : array_like, shape (N,)
        Logits of the true classes, real numbers, in nats.
    z_sampled : array_like, shape (N, m)
        Logits of m classes a row that were drawn from a distribution q, independently.
    log_q_true : array_like or None
        Log-probabilities under q of the true classes; broadcasts to (N,). With None the logits of the true classes stay
        as they are.
    log_q_sampled : array_like
        Log-probabilities under q of the sampled classes; broadcasts to (N, m).
    y : array_like of int, optional
        The true classes, shape (N,). With `sampled`, draws of the true class are left out.
    sampled : array_like of int, optional
        The sampled classes, shape (N, m), or (m,) if they are the same for all rows; to be given together with `y`.

    Returns
    -------
    numpy.ndarray, shape (N,)
        The loss of each row, in nats: the logarithm of the sum of :math:`e^s` over the true and the sampled classes,
        less the s of the true one, with the corrected logits :math:`s_k = z_k - \log(m\,q_k)`. The dtype is the widest
        of the logits, and float32 at least.

    Raises
    ------
    TypeError
        If an argument is of the wrong type, or only one of `y` and `sampled` is given.
    ValueError
        If a shape does not fit, a number is not finite, there is no sampled class, a logarithm of a probability is
        above 0, or a corrected logit overflows.

    See Also
    --------
    sampled_softmax_loss_grad : its gradient.
    nce_loss : asks of each class whether it is sampled.
    softmaxlib.losses.cross_entropy : over all classes.

    Notes
    -----
    Why the correction: a class comes :math:`m q_k` times among m draws on average, so a sum over the draws counts it so
    many times. Divided by that number, :math:`\sum_s e^{z_s} / (m q_s)` is on average :math:`\sum_k e^{z_k}`, the sum
    over all classes [1]_. Without any correction, and with all draws kept, the expected loss is smallest at the logits
    :math:`\log(p_k / q_k)` in place of :math:`\log p_k`, where p is the distribution of the true class. If q is the
    same for all classes, the correction is the same for all logits, and changes nothing unless `log_q_true` is None.

    The true class is there without being drawn, so two corrections of its logit make sense.

    - **With** `log_q_true`, **without** `y` **and** `sampled`: the expected loss is smallest where softmax(z) is p, for
      every m (also m = 1) and every q that is positive for all classes. The reason is Bayes' rule: given the m + 1
      classes in random order, the probability that the one at position i is the true one, and the others were drawn
      from q, is proportional to :math:`p_i / q_i` [2]_. The value of this loss is not an estimate of the cross-entropy.
    - **With** `log_q_true` **= None, with** `y` **and** `sampled`: the true class counts once, and not again when it is
      drawn, so the sum of the exponentials is right on average, if q is positive for all other classes. Its logarithm
      is not. By Jensen's inequality the mean of the loss is at most the cross-entropy, and a larger m brings it nearer,
      or leaves it as near. So the logits at which the expected loss is smallest are right only in the limit of many
      samples.
      With m = K different classes, and 1/K for each q, the loss is the cross-entropy itself.

    TensorFlow's ``tf.nn.sampled_softmax_loss`` subtracts the logarithm of the expected count from all logits, that of
    the true class as well, and leaves the true class out of the samples. By default its sampler draws m *different*
    classes, and the expected count is, approximately, the probability that a class is among them. For such samples pass
    the logarithm of that probability less :math:`\log m` as `log_q_true` and `log_q_sampled`. For independent draws do
    not combine `log_q_true` with `y` and `sampled`: as m grows, the term of the true class goes to 0, but the
    sum over the others does not, so the loss does not approach the cross-entropy.

    Jean et al. [3]_ draw so that q is the same for all classes of a sample, and the correction cancels.

    References
    ----------
    .. [1] Bengio, Y., Senécal, J.-S., "Adaptive importance sampling to accelerate training of a neural probabilistic
       language model", IEEE Transactions on Neural Networks 19(4), 2008.
    .. [2] Ma, Z., Collins, M., "Noise contrastive estimation and negative sampling for conditional models: consistency
       and statistical efficiency", EMNLP 2018.
    .. [3] Jean, S., Cho, K., Memisevic, R., Bengio, Y., "On using very large target vocabulary for neural machine
       translation", ACL 2015.

    Examples
    --------
    >>> z = np.array([0.25, 1.23, -0.8])
    >>> loss = sampled_softmax_loss(z[[1]], z[[[0, 1, 2]]], None, -np.log(3), y=[1], sampled=[0, 1, 2])
    >>> loss.round(3)  # each class once, with q = 1/3: the cross-entropy
    array([0.41])
    """
    log_p, _ = _log_shares(z_true, z_sampled, log_q_true, log_q_sampled, y, sampled)
    return np.abs(log_p[:, 0])


def sampled_softmax_loss_grad(z_true, z_sampled, log_q_true, log_q_sampled, y=None, sampled=None):
    r"""Gradient of `sampled_softmax_loss` with respect to the logits.

    Parameters
    ----------
    z_true, z_sampled, log_q_true, log_q_sampled, y, sampled
        As for `sampled_softmax_loss`.

    Returns
    -------
    of_true : numpy.ndarray, shape (N,)
        The derivative of each loss with respect to the logit of its true class.
    of_sampled : numpy.ndarray, shape (N, m)
        The derivatives with respect to the logits of the sampled classes; 0 where one is left out. A class that was
        drawn twice has two entries, to be added.

    Raises
    ------
    TypeError, ValueError
        As `sampled_softmax_loss`.

    Notes
    -----
    The softmax of the corrected logits, less 1 for the true class. For each row the derivatives sum to 0.

    Examples
    --------
    >>> of_true, of_sampled = sampled_softmax_loss_grad([0.0], [[0.0, 0.0, 0.0]], -np.log(5), -np.log(5))
    >>> of_true, of_sampled
    (array([-0.75]), array([[0.25, 0.25, 0.25]]))
    """
    log_p, corrected = _log_shares(z_true, z_sampled, log_q_true, log_q_sampled, y, sampled)
    return np.expm1(log_p[:, 0]), softmax(corrected)[:, 1:]


def nce_loss(z_true, z_sampled, log_q_true, log_q_sampled):
    r"""Loss of noise-contrastive estimation, which tells the true class from m that were sampled.

    Parameters
    ----------
    z_true : array_like, shape (N,)
        Logits of the true classes, real numbers, in nats.
    z_sampled : array_like, shape (N, m)
        Logits of m classes a row that were drawn from a distribution q, independently.
    log_q_true : array_like
        Log-probabilities under q of the true classes; broadcasts to (N,).
    log_q_sampled : array_like
        Log-probabilities under q of the sampled classes; broadcasts to (N, m).

    Returns
    -------
    numpy.ndarray, shape (N,)
        :math:`-\log \sigma(s_y) - \sum_{j} \log \sigma(-s_j)` over the m sampled classes j, in nats, with the
        corrected logits :math:`s_k = z_k - \log(m\,q_k)`. The dtype is the widest of the logits, and float32 at least.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If a shape does not fit, a number is not finite, there is no sampled class, a logarithm of a probability is
        above 0, or a corrected logit overflows.

    See Also
    --------
    nce_loss_grad : its gradient.
    sampled_softmax_loss : asks which one of all is the true one.

    Notes
    -----
    Among one true class and m sampled ones, a class k is the true one :math:`p_k / (p_k + m q_k)` of the times, which
    is :math:`\sigma(\log p_k - \log(m q_k))`. So the expected loss is smallest at :math:`z_k = \log p_k` itself: the
    logits normalize themselves, and no sum over the classes is ever taken [1]_, [2]_. If they cannot reach that, as
    those of a trained network, softmax(z) still makes them a distribution. A sampled class that happens to be the true
    one stays in.

    References
    ----------
    .. [1] Gutmann, M. U., Hyvärinen, A., "Noise-contrastive estimation of unnormalized statistical models, with
       applications to natural image statistics", Journal of Machine Learning Research 13, 2012.
    .. [2] Mnih, A., Kavukcuoglu, K., "Learning word embeddings efficiently with noise-contrastive estimation",
       NeurIPS 2013.

    Examples
    --------
    >>> nce_loss([0.0], [[0.0, 0.0]], -np.log(2), -np.log(2)).round(3)  # m q = 1, so three times log(2)
    array([2.079])
    """
    of_true, of_sampled = _log_odds(z_true, z_sampled, log_q_true, log_q_sampled)
    with np.errstate(over="ignore"):
        return -log_sigmoid(of_true) - log_sigmoid(-of_sampled).sum(axis=1)


def nce_loss_grad(z_true, z_sampled, log_q_true, log_q_sampled):
    r"""Gradient of `nce_loss` with respect to the logits.

    Parameters
    ----------
    z_true, z_sampled, log_q_true, log_q_sampled
        As for `nce_loss`.

    Returns
    -------
    of_true : numpy.ndarray, shape (N,)
        The derivative of each loss with respect to the logit of its true class: :math:`-\sigma(-s)`.
    of_sampled : numpy.ndarray, shape (N, m)
        The derivatives with respect to the logits of the sampled classes: :math:`\sigma(s)`.

    Raises
    ------
    TypeError, ValueError
        As `nce_loss`.

    Examples
    --------
    >>> nce_loss_grad([0.0], [[0.0, 0.0]], -np.log(2), -np.log(2))
    (array([-0.5]), array([[0.5, 0.5]]))
    """
    of_true, of_sampled = _log_odds(z_true, z_sampled, log_q_true, log_q_sampled)
    return -sigmoid(-of_true), sigmoid(of_sampled)


def _huffman(counts):
    """Return the parent of each inner node and class of a Huffman tree, and the sign of the branch to it.

    The inner nodes come first, the root at 0, then the classes. The root, which has no parent, has 0 for both.
    """
    K = len(counts)
    order = np.argsort(counts, kind="stable")
    leaves, leaf_weights = (order + K - 1).tolist(), counts[order].tolist()
    made = []  # the weights of the inner nodes, which come in ascending order; the last one made is the root
    next_leaf = next_made = 0
    parent, sign = [0] * (2 * K - 1), [0] * (2 * K - 1)
    for node in range(K - 2, -1, -1):
        weight = 0.0
        for branch in (1, -1):
            if next_made == len(made) or (next_leaf < K and leaf_weights[next_leaf] <= made[next_made]):
                below = leaves[next_leaf]
                weight += leaf_weights[next_leaf]
                next_leaf += 1
            else:
                below = K - 2 - next_made
                weight += made[next_made]
                next_made += 1
            parent[below], sign[below] = node, branch
        made.append(weight)
    return np.array(parent, np.int64), np.array(sign, np.int64)


def _checked_counts(counts):
    """Return the counts as a vector of float64."""
    counts = as_real(counts, "counts")
    if counts.ndim != 1 or len(counts) < 2:
        raise ValueError(f"counts has shape {counts.shape}; expected (K,), with at least two classes")
    wrong = ~(np.isfinite(counts) & (counts >= 0))
    if wrong.any():
        raise ValueError(
            f"counts, of shape {counts.shape}, contains {counts[wrong][0]}; expected finite numbers, none below 0"
        )
    with np.errstate(over="ignore"):
        counts = counts.astype(np.float64)
        total = counts.sum()
    if np.isinf(total):
        raise ValueError(
            f"counts, of shape {counts.shape}, has a sum that float64 cannot hold; expected smaller counts"
        )
    return counts


def _finite(value, name):
    """Return `value` as an array of finite numbers."""
    array = as_real(value, name)
    if not np.isfinite(array).all():
        wrong = array[~np.isfinite(array)][0]
        raise ValueError(f"{name}, of shape {array.shape}, contains {wrong}; expected finite numbers")
    return array


def _check_scores(scores, h, nodes):
    """Raise an error if scores, the products of features and weights, overflowed."""
    if not np.isfinite(scores).all():
        raise ValueError(
            f"h, of shape {h.shape}, and nodes, of shape {nodes.shape}, have products that {scores.dtype} cannot hold; "
            "expected smaller numbers"
        )


def _add_runs(terms, starts):
    """Return the sums of runs of terms along the first axis; each run has a term."""
    if len(starts) == 0:
        return np.zeros((0, *terms.shape[1:]), terms.dtype)
    return np.add.reduceat(terms, starts, axis=0)


def _checked_logits(z_true, z_sampled):
    """Return the logits (N,) and (N, m) in one dtype."""
    z_true, z_sampled = _finite(z_true, "z_true"), _finite(z_sampled, "z_sampled")
    if z_true.ndim != 1:
        raise ValueError(f"z_true has shape {z_true.shape}; expected (N,), a logit for each row")
    if z_sampled.ndim != 2 or len(z_sampled) != len(z_true) or z_sampled.shape[1] == 0:
        raise ValueError(
            f"z_sampled has shape {z_sampled.shape}; expected ({len(z_true)}, m), with m >= 1 sampled classes for each "
            f"row of z_true, of shape {z_true.shape}"
        )
    dtype = work_dtype(np.result_type(z_true, z_sampled), fast=True)
    return z_true.astype(dtype, copy=False), z_sampled.astype(dtype, copy=False)


def _corrected(z, m, log_q, name):
    """Return logits less the logarithms of the expected counts among m draws."""
    log_q = _log_probabilities(log_q, name, z.shape)
    with np.errstate(all="ignore"):
        corrected = z - (np.log(m) + log_q).astype(z.dtype)
    if not np.isfinite(corrected).all():
        raise ValueError(
            f"{name}, for logits of shape {z.shape}, gives corrected logits that {z.dtype} cannot hold; expected "
            "larger logarithms, or smaller logits"
        )
    return corrected


def _log_probabilities(value, name, shape):
    """Return finite log-probabilities, broadcast to a shape."""
    log_q = _finite(value, name)
    try:
        broadcast = np.broadcast_to(log_q, shape)
    except ValueError:
        raise ValueError(f"{name} has shape {log_q.shape}; expected one that broadcasts to {shape}") from None
    if (log_q > 1e-6).any():  # a sum of probabilities may round to a little more than 1
        raise ValueError(
            f"{name}, of shape {log_q.shape}, contains {log_q.max():.4g}; expected logarithms of probabilities, "
            "not above 0"
        )
    return broadcast


def _log_odds(z_true, z_sampled, log_q_true, log_q_sampled):
    """Return the corrected logits (N,) and (N, m)."""
    z_true, z_sampled = _checked_logits(z_true, z_sampled)
    m = z_sampled.shape[1]
    return _corrected(z_true, m, log_q_true, "log_q_true"), _corrected(z_sampled, m, log_q_sampled, "log_q_sampled")


def _log_shares(z_true, z_sampled, log_q_true, log_q_sampled, y, sampled):
    """Return the log-softmax (N, m + 1) of the corrected logits, the true class first, and the corrected logits."""
    if (y is None) != (sampled is None):
        missing, given = ("y", "sampled") if y is None else ("sampled", "y")
        raise TypeError(
            f"{missing} is None, but {given} is not; expected both, to leave out the true class, or neither"
        )
    of_true, of_sampled = _checked_logits(z_true, z_sampled)
    m = of_sampled.shape[1]
    if log_q_true is not None:
        of_true = _corrected(of_true, m, log_q_true, "log_q_true")
    of_sampled = _corrected(of_sampled, m, log_q_sampled, "log_q_sampled")
    if y is not None:
        y, sampled = as_integers(y, "y"), as_integers(sampled, "sampled")
        if y.shape != of_true.shape:
            raise ValueError(f"y has shape {y.shape}; expected {of_true.shape}, a class for each logit of z_true")
        if sampled.shape not in (of_sampled.shape, of_sampled.shape[1:]):
            raise ValueError(
                f"sampled has shape {sampled.shape}; expected {of_sampled.shape} or {of_sampled.shape[1:]}, the class "
                "of each logit of z_sampled"
            )
        of_sampled = np.where(sampled == y[:, np.newaxis], -np.inf, of_sampled)
    corrected = np.concatenate([of_true[:, np.newaxis], of_sampled], axis=1)
    return log_softmax(corrected), corrected
