"""Many classes: trees against walks and other algorithms, sampled losses against loops and sums over all samples."""

import itertools
import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from softmaxlib import cross_entropy, log_sigmoid, log_softmax, logsumexp, softmax
from softmaxlib.gradients import check_gradient
from softmaxlib.many_classes import (
    HierarchicalSoftmax,
    nce_loss,
    nce_loss_grad,
    sampled_softmax_loss,
    sampled_softmax_loss_grad,
)

COUNTS = st.lists(st.integers(0, 1000) | st.sampled_from([0, 1, 1, 2]), min_size=2, max_size=40)
TREES = [[3, 1], [1] * 9, [0] * 6, [5, 0, 2, 0, 1, 9, 9], [2**i for i in range(12)], np.arange(40)]
LOSSES = [(sampled_softmax_loss, sampled_softmax_loss_grad), (nce_loss, nce_loss_grad)]


@pytest.fixture(autouse=True)
def nothing_goes_wrong_in_silence():
    with np.errstate(divide="raise", over="raise", invalid="raise"):
        yield


def each(trees):
    return pytest.mark.parametrize("counts", trees, ids=lambda counts: f"{len(counts)} classes")


# --- The tree -------------------------------------------------------------------------------------------------------


def package_merge(counts):
    """The code lengths of an optimal tree by another algorithm: that of Larmore and Hirschberg, with no limit."""
    coins = [(count, (k,)) for k, count in enumerate(counts)]
    packages = []
    for _ in range(len(counts) - 1):
        merged = sorted(coins + packages)
        packages = [(a + b, left + right) for (a, left), (b, right) in zip(merged[::2], merged[1::2], strict=False)]
    chosen = [k for _, classes in packages[: len(counts) - 1] for k in classes]
    return np.bincount(chosen, minlength=len(counts))


def profiles(K):
    """All sorted lists of the code lengths of binary trees with K leaves."""
    found = {(0,)}
    for _ in range(K - 1):
        found = {
            tuple(sorted((*lengths[:i], *lengths[i + 1 :], lengths[i] + 1, lengths[i] + 1)))
            for lengths in found
            for i in range(len(lengths))
        }
    return found


def walked(tree, h, nodes, y):
    """The log-probability of one class, decision by decision."""
    return sum(log_sigmoid(sign * (h @ nodes[node])) for node, sign in zip(*tree.path(y), strict=True))


def example(counts, N=7, d=3, seed=0, scale=1.0):
    """A tree, features, weights of the nodes and classes."""
    rng = np.random.default_rng(seed)
    K = len(counts)
    return (
        HierarchicalSoftmax(counts),
        rng.normal(size=(N, d)) * scale,
        rng.normal(size=(K - 1, d)),
        rng.integers(K, size=N),
    )


@given(COUNTS)
def test_no_tree_has_a_shorter_mean_code_than_package_merge_finds(counts):
    lengths = HierarchicalSoftmax(counts).code_lengths
    assert np.dot(lengths, counts) == np.dot(package_merge(counts), counts)
    assert sum(0.5**lengths) == 1  # Kraft: a full binary tree


@settings(max_examples=60)
@given(st.lists(st.integers(0, 6), min_size=2, max_size=8))
def test_of_the_best_trees_none_has_a_shorter_longest_code(counts):
    lengths = HierarchicalSoftmax(counts).code_lengths
    heaviest_first = sorted(counts, reverse=True)
    cost, longest = min((np.dot(profile, heaviest_first), max(profile)) for profile in profiles(len(counts)))
    assert (np.dot(lengths, counts), max(lengths)) == (cost, longest)


@given(COUNTS)
def test_the_mean_code_length_is_within_a_bit_of_the_entropy(counts):
    total = sum(counts)
    if total == 0:
        return
    p = np.array(counts) / total
    entropy = -sum(x * math.log2(x) for x in p if x > 0)
    mean = HierarchicalSoftmax(counts).code_lengths @ p
    assert entropy - 1e-9 <= mean <= entropy + 1 + 1e-9


def test_the_bounds_of_the_mean_code_length_are_reached():
    assert HierarchicalSoftmax([4, 2, 1, 1]).code_lengths @ [4, 2, 1, 1] / 8 == 1.75  # the entropy in bits
    assert_array_equal(HierarchicalSoftmax([1, 0]).code_lengths, [1, 1])  # of entropy 0


@given(COUNTS)
def test_codes_end_at_different_leaves_and_nodes_are_numbered_from_the_root(counts):
    tree = HierarchicalSoftmax(counts)
    paths = [tree.path(k) for k in range(len(counts))]
    assert len({tuple(np.transpose(path).ravel()) for path in paths}) == len(counts)
    for (nodes, signs), length in zip(paths, tree.code_lengths, strict=True):
        assert len(nodes) == len(signs) == length
        assert nodes[0] == 0
        assert (np.diff(nodes) > 0).all()
        assert set(signs) <= {-1, 1}
    assert {node for nodes, _ in paths for node in nodes} == set(range(len(counts) - 1))


@given(COUNTS)
def test_the_branch_with_the_sign_1_is_not_the_heavier_one(counts):
    tree = HierarchicalSoftmax(counts)
    below = np.zeros((len(counts) - 1, 2))
    for k, count in enumerate(counts):
        nodes, signs = tree.path(k)
        below[nodes, (signs < 0).astype(int)] += count
    assert (below[:, 0] <= below[:, 1]).all()


@pytest.mark.parametrize(
    ("counts", "lengths"),
    [
        ([1, 1, 1, 1], [2, 2, 2, 2]),
        ([1, 1, 1], [2, 2, 1]),  # the first two of equal ones are joined first
        ([1, 1, 2, 2], [2, 2, 2, 2]),  # not 3, 3, 2, 1, which is as short on average
        ([2, 1, 1], [1, 2, 2]),
        ([0, 0, 0, 0, 1], [3, 3, 3, 3, 1]),
        ([0] * 8, [3] * 8),
        ([7, 0], [1, 1]),
    ],
)
def test_ties_and_zeros_are_decided_as_documented(counts, lengths):
    assert_array_equal(HierarchicalSoftmax(counts).code_lengths, lengths)


def test_a_leaf_comes_before_an_inner_node_and_an_early_one_before_a_later_one():
    tree = HierarchicalSoftmax([1, 1, 1, 1])
    assert [tuple(tree.path(k)[1]) for k in range(4)] == [(1, 1), (1, -1), (-1, 1), (-1, -1)]
    tree = HierarchicalSoftmax([2, 1, 1])
    assert tuple(tree.path(0)[1]) == (1,)


def test_the_longest_codes_are_those_of_fibonacci_numbers():
    counts = [1, 1]
    while len(counts) < 70:
        counts.append(counts[-1] + counts[-2])
    lengths = HierarchicalSoftmax(counts).code_lengths
    assert_array_equal(lengths, [69, *range(69, 0, -1)])


# --- Its probabilities ----------------------------------------------------------------------------------------------


@each(TREES)
def test_log_prob_is_the_walk_through_the_tree(counts):
    tree, h, nodes, y = example(counts, N=30)
    assert_allclose(tree.log_prob(h, nodes, y), [walked(tree, row, nodes, k) for row, k in zip(h, y, strict=True)])


@each(TREES)
def test_log_proba_holds_what_log_prob_picks_and_its_rows_sum_to_1(counts):
    tree, h, nodes, y = example(counts, N=30)
    log_p = tree.log_proba(h, nodes)
    assert log_p.shape == (30, len(counts))
    assert_allclose(np.exp(log_p).sum(axis=1), 1, rtol=1e-13)
    assert_allclose(log_p[np.arange(30), y], tree.log_prob(h, nodes, y), rtol=1e-12)


def test_large_scores_neither_overflow_nor_become_minus_infinity():
    tree, h, nodes, y = example([5, 3, 2, 2, 1], scale=1e4)
    log_p = tree.log_proba(h, nodes)
    assert np.isfinite(log_p).all()
    assert log_p.min() < -1000
    assert_allclose(logsumexp(log_p), 0, atol=1e-12)
    assert np.isfinite(tree.log_prob_grad(h, nodes, y)[0]).all()


def test_two_classes_are_a_sigmoid():
    tree, h, nodes, _ = example([1, 2])
    assert_allclose(tree.log_proba(h, nodes), log_softmax(np.hstack([h @ nodes.T, np.zeros((7, 1))])), rtol=1e-12)


@each(TREES)
def test_the_gradient_agrees_with_differences(counts):
    tree, h, nodes, y = example(counts)
    of_h, touched, of_touched = tree.log_prob_grad(h, nodes, y)
    of_nodes = np.zeros_like(nodes)
    of_nodes[touched] = of_touched
    assert check_gradient(lambda x: tree.log_prob(x, nodes, y).sum(), lambda x: of_h, h).difference < 1e-8
    assert check_gradient(lambda x: tree.log_prob(h, x, y).sum(), lambda x: of_nodes, nodes).difference < 1e-8


def test_the_gradient_names_the_nodes_on_the_paths_and_no_others():
    tree, h, nodes, y = example(np.arange(40))
    _, touched, of_touched = tree.log_prob_grad(h, nodes, y)
    assert_array_equal(touched, sorted({node for k in y for node in tree.path(k)[0]}))
    assert of_touched.shape == (len(touched), 3)
    assert len(touched) < 39


def test_no_rows_give_no_losses_and_empty_gradients():
    tree, h, nodes, y = example([3, 2, 1], N=0)
    assert tree.log_prob(h, nodes, y).shape == (0,)
    assert tree.log_proba(h, nodes).shape == (0, 3)
    assert [array.shape for array in tree.log_prob_grad(h, nodes, y)] == [(0, 3), (0,), (0, 3)]


@pytest.mark.parametrize(("dtype", "result"), [("f2", "f4"), ("f4", "f4"), ("f8", "f8"), (">f4", "f4")])
def test_the_dtype_is_that_of_the_arguments(dtype, result):
    tree, h, nodes, y = example([3, 2, 1])
    exact = tree.log_prob(h, nodes, y)
    h, nodes = h.astype(dtype), nodes.astype(dtype)
    before = h.copy(), nodes.copy(), y.copy()
    assert tree.log_prob(h, nodes, y).dtype == tree.log_proba(h, nodes).dtype == np.dtype(result)
    assert [array.dtype for array in tree.log_prob_grad(h, nodes, y)] == [result, "i8", result]
    assert_allclose(tree.log_prob(h, nodes, y), exact, rtol=1e-2)
    for old, new in zip(before, (h, nodes, y), strict=True):
        assert_array_equal(old, new)


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        (5, "counts has shape (); expected (K,), with at least two classes"),
        ([5], "counts has shape (1,); expected (K,), with at least two"),
        ([[1, 2]], "counts has shape (1, 2); expected (K,)"),
        ([1, -1, 2], "counts, of shape (3,), contains -1.0; expected finite numbers, none below 0"),
        ([1, np.nan], "counts, of shape (2,), contains nan"),
        ([1, np.inf], "counts, of shape (2,), contains inf"),
        ([1e308, 1e308], "counts, of shape (2,), has a sum that float64 cannot hold"),
    ],
)
def test_counts_that_make_no_tree_are_refused(counts, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        HierarchicalSoftmax(counts)


def test_counts_that_are_no_numbers_are_refused():
    with pytest.raises(TypeError, match=re.escape("counts has dtype <U1 and shape (2,); expected real numbers")):
        HierarchicalSoftmax(["a", "b"])


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"h": [1.0, 2.0, 3.0]}, ValueError, "h has shape (3,); expected (N, d), a row of d features for each sample"),
        ({"h": np.zeros((7, 0))}, ValueError, "h has shape (7, 0); expected (N, d)"),
        ({"h": np.full((7, 3), np.nan)}, ValueError, "h, of shape (7, 3), contains nan; expected finite numbers"),
        ({"nodes": np.zeros((3, 3))}, ValueError, "nodes has shape (3, 3); expected (2, 3), a row for each inner node"),
        ({"nodes": np.zeros((2, 4))}, ValueError, "nodes has shape (2, 4); expected (2, 3)"),
        ({"nodes": np.full((2, 3), np.inf)}, ValueError, "nodes, of shape (2, 3), contains inf; expected finite"),
        ({"y": [0, 1]}, ValueError, "y has shape (2,); expected (7,), a class for each row of h"),
        ({"y": [0, 1, 2, 3, 0, 1, 2]}, ValueError, "contains the class 3; expected 0 to 2"),
        ({"y": [0, 1, 2, -1, 0, 1, 2]}, ValueError, "contains the class -1"),
        ({"y": np.zeros(7)}, TypeError, "y has dtype float64"),
        ({"h": np.zeros((7, 3), complex)}, TypeError, "h has dtype complex128"),
    ],
)
@pytest.mark.parametrize("method", ["log_prob", "log_prob_grad", "log_proba"])
def test_arguments_that_do_not_fit_are_refused(method, change, error, message):
    if method == "log_proba" and "y" in change:
        return
    tree, h, nodes, y = example([3, 2, 1])
    arguments = {"h": h, "nodes": nodes} | ({} if method == "log_proba" else {"y": y}) | change
    with pytest.raises(error, match=re.escape(message)):
        getattr(tree, method)(**arguments)


@pytest.mark.parametrize("method", ["log_prob", "log_prob_grad", "log_proba"])
def test_scores_that_overflow_are_refused(method):
    tree = HierarchicalSoftmax([1, 1])
    h, nodes = [[1e200, 1e200]], [[1e200, -1e200]]
    y = [] if method == "log_proba" else [[0]]
    with pytest.raises(ValueError, match=re.escape("h, of shape (1, 2), and nodes, of shape (1, 2), have products")):
        getattr(tree, method)(h, nodes, *y)


@pytest.mark.parametrize(
    ("k", "error", "message"),
    [
        (3, ValueError, "k is 3; expected 0 to 2, as the tree has 3 classes"),
        (-1, ValueError, "k is -1; expected at least 0"),
        (1.0, TypeError, "k is 1.0, of type float; expected an integer"),
    ],
)
def test_a_path_leads_to_one_class_of_the_tree(k, error, message):
    with pytest.raises(error, match=re.escape(message)):
        HierarchicalSoftmax([3, 2, 1]).path(k)


# --- Sampled classes ------------------------------------------------------------------------------------------------


def sampled_problem(N=6, m=4, K=5, seed=0):
    """Logits of all classes (N, K), proposals q (K,), true classes (N,) and sampled classes (N, m)."""
    rng = np.random.default_rng(seed)
    q = softmax(rng.normal(size=K))
    y, sampled = rng.integers(K, size=N), rng.choice(K, (N, m), p=q)
    sampled[0, 0] = y[0]
    return rng.normal(size=(N, K)), q, y, sampled


def looped_sampled_softmax(z, q, y, sampled, *, correct_true, leave_out):
    """The loss of one row by its definition."""
    m = len(sampled)
    of_true = z[y] - math.log(m * q[y]) if correct_true else z[y]
    terms = [z[k] - math.log(m * q[k]) for k in sampled if not (leave_out and k == y)]
    return -math.log(math.exp(of_true) / sum(math.exp(s) for s in [of_true, *terms]))


def looped_nce(z, q, y, sampled):
    odds = {k: math.exp(z[k]) / (len(sampled) * q[k]) for k in [y, *sampled]}
    return -math.log(odds[y] / (1 + odds[y])) - sum(math.log(1 / (1 + odds[k])) for k in sampled)


def picked(z, y, sampled):
    return z[np.arange(len(z)), y], np.take_along_axis(z, sampled, axis=1)


def expectation(function, q, m, K):
    """The mean of a function of m independent draws, summed over all K**m samples."""
    samples = np.array(list(itertools.product(range(K), repeat=m)))
    return np.prod(q[samples], axis=1) @ function(samples)


@pytest.mark.parametrize("correct_true", [True, False])
@pytest.mark.parametrize("leave_out", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_sampled_softmax_is_the_loop(correct_true, leave_out, seed):
    z, q, y, sampled = sampled_problem(seed=seed)
    log_q_true = np.log(q[y]) if correct_true else None
    hits = {"y": y, "sampled": sampled} if leave_out else {}
    loss = sampled_softmax_loss(*picked(z, y, sampled), log_q_true, np.log(q[sampled]), **hits)
    rows = zip(z, y, sampled, strict=True)
    expected = [looped_sampled_softmax(z, q, *row, correct_true=correct_true, leave_out=leave_out) for z, *row in rows]
    assert_allclose(loss, expected, rtol=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_nce_is_the_loop(seed):
    z, q, y, sampled = sampled_problem(seed=seed)
    loss = nce_loss(*picked(z, y, sampled), np.log(q[y]), np.log(q[sampled]))
    assert_allclose(loss, [looped_nce(z, q, *row) for z, *row in zip(z, y, sampled, strict=True)], rtol=1e-12)


def test_one_sample_may_serve_all_rows():
    z, q, y, sampled = sampled_problem()
    shared, log_q = sampled[0], np.log(q)
    everywhere = np.tile(shared, (len(y), 1))
    logits = picked(z, y, everywhere)
    one = sampled_softmax_loss(*logits, log_q[y], log_q[shared], y, shared)
    assert_array_equal(one, sampled_softmax_loss(*logits, log_q[y], log_q[everywhere], y, everywhere))
    assert_array_equal(nce_loss(*logits, log_q[y], log_q[shared]), nce_loss(*logits, log_q[y], log_q[everywhere]))


def test_with_each_class_once_it_is_the_cross_entropy():
    z, _, y, _ = sampled_problem(K=5)
    loss = sampled_softmax_loss(z[np.arange(6), y], z, None, -math.log(5), y, np.arange(5))
    assert_allclose(loss, cross_entropy(z, y, reduction="none"), rtol=1e-13)


def test_a_correction_that_is_the_same_for_all_cancels():
    z, _, y, sampled = sampled_problem()
    logits = picked(z, y, sampled)
    assert_allclose(
        sampled_softmax_loss(*logits, -3.0, -3.0, y, sampled), sampled_softmax_loss(*logits, 0.0, 0.0, y, sampled)
    )
    of_other = sampled_softmax_loss(*logits, None, -3.0, y, sampled)
    assert np.abs(of_other - sampled_softmax_loss(*logits, None, 0.0, y, sampled)).min() > 0.1


@pytest.mark.parametrize("m", [1, 2, 4])
def test_the_sum_of_exponentials_is_right_on_average_and_its_logarithm_too_small(m):
    K, y = 4, 2
    rng = np.random.default_rng(m)
    z, q = rng.normal(size=K), softmax(rng.normal(size=K))

    def loss(samples):
        z_true = np.full(len(samples), z[y])
        return sampled_softmax_loss(z_true, z[samples], None, np.log(q[samples]), np.full(len(samples), y), samples)

    exact = cross_entropy(z, y)
    assert_allclose(expectation(lambda samples: np.exp(loss(samples)), q, m, K), np.exp(exact), rtol=1e-12)
    assert expectation(loss, q, m, K) < exact - 0.001


def test_more_samples_bring_the_mean_of_the_loss_nearer():
    K, y = 4, 2
    rng = np.random.default_rng(0)
    z, q = rng.normal(size=K), softmax(rng.normal(size=K))

    def loss(samples):
        z_true = np.full(len(samples), z[y])
        return sampled_softmax_loss(z_true, z[samples], None, np.log(q[samples]), np.full(len(samples), y), samples)

    gaps = [cross_entropy(z, y) - expectation(loss, q, m, K) for m in range(1, 7)]
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-1] > 0


def mean_gradient(gradient, z, p, q, m, *, log_q=True, true=True, leave_out=False):
    """The gradient with respect to the logits of all classes, in expectation over the true class and the samples."""
    K = len(z)
    samples = np.array(list(itertools.product(range(K), repeat=m)))
    chances = np.prod(q[samples], axis=1)
    correction = np.log(q) if log_q else np.full(K, -np.log(m))
    total = np.zeros(K)
    for y in range(K):
        of_class = np.full(len(samples), y)
        hits = {"y": of_class, "sampled": samples} if leave_out else {}
        log_q_true = correction[y] if true else None
        of_true, of_sampled = gradient(z[of_class], z[samples], log_q_true, correction[samples], **hits)
        total[y] += p[y] * chances @ of_true
        np.add.at(total, samples, p[y] * chances[:, np.newaxis] * of_sampled)
    return total


@pytest.mark.parametrize("m", [1, 2, 4])
@pytest.mark.parametrize("seed", range(3))
def test_corrected_losses_are_smallest_at_the_truth_and_an_uncorrected_one_beside_it(m, seed):
    rng = np.random.default_rng(seed)
    p, q = softmax(rng.normal(size=(2, 4)))
    z = np.log(p)
    assert_allclose(mean_gradient(sampled_softmax_loss_grad, z + 1, p, q, m), 0, atol=1e-14)
    assert_allclose(mean_gradient(nce_loss_grad, z, p, q, m), 0, atol=1e-13)
    assert np.abs(mean_gradient(nce_loss_grad, z + 1, p, q, m)).max() > 0.001
    assert np.abs(mean_gradient(sampled_softmax_loss_grad, z, p, q, m, log_q=False)).max() > 0.001
    assert_allclose(mean_gradient(sampled_softmax_loss_grad, z - np.log(q), p, q, m, log_q=False), 0, atol=1e-14)
    # With the true class left out of several samples, the truth is not where it is smallest, however it is corrected.
    for true in (True, False):
        off = mean_gradient(sampled_softmax_loss_grad, z, p, q, m, true=true, leave_out=True)
        assert np.abs(off).max() > 0.001 or (true and m == 1)


def test_in_the_limit_of_many_samples_it_is_the_cross_entropy_unless_the_true_logit_is_corrected_too():
    z, q, y, _ = sampled_problem(K=5)
    sampled = np.random.default_rng(0).choice(5, 400_000, p=q)
    logits = z[np.arange(6), y], z[:, sampled]
    exact = cross_entropy(z, y, reduction="none")
    assert_allclose(sampled_softmax_loss(*logits, None, np.log(q[sampled]), y, sampled), exact, atol=0.01)
    corrected = sampled_softmax_loss(*logits, np.log(q[y]), np.log(q[sampled]), y, sampled)
    assert (corrected > exact + 5).all()


@pytest.mark.parametrize("correct_true", [True, False])
@pytest.mark.parametrize("leave_out", [True, False])
def test_the_gradient_of_sampled_softmax_agrees_with_differences(correct_true, leave_out):
    z, q, y, sampled = sampled_problem()
    rest = [np.log(q[y]) if correct_true else None, np.log(q[sampled])]
    rest += [y, sampled] if leave_out else []
    check_both(sampled_softmax_loss, sampled_softmax_loss_grad, z, y, sampled, rest)
    of_true, of_sampled = sampled_softmax_loss_grad(*picked(z, y, sampled), *rest)
    assert_allclose(of_true + of_sampled.sum(axis=1), 0, atol=1e-15)
    if leave_out:
        assert (of_sampled[sampled == y[:, np.newaxis]] == 0).all()


def test_the_gradient_of_nce_agrees_with_differences():
    z, q, y, sampled = sampled_problem()
    check_both(nce_loss, nce_loss_grad, z, y, sampled, [np.log(q[y]), np.log(q[sampled])])


def check_both(loss, grad, z, y, sampled, rest):
    z_true, z_sampled = picked(z, y, sampled)
    of_true, of_sampled = grad(z_true, z_sampled, *rest)
    assert check_gradient(lambda x: loss(x, z_sampled, *rest).sum(), lambda x: of_true, z_true).difference < 1e-8
    assert check_gradient(lambda x: loss(z_true, x, *rest).sum(), lambda x: of_sampled, z_sampled).difference < 1e-8


def test_a_row_whose_samples_are_all_the_true_class_costs_nothing():
    loss = sampled_softmax_loss([0.5], [[0.5, 0.5]], -1.0, -1.0, [3], [3, 3])
    of_true, of_sampled = sampled_softmax_loss_grad([0.5], [[0.5, 0.5]], -1.0, -1.0, [3], [3, 3])
    assert_array_equal(loss, [0])
    assert_array_equal(of_true, [0])
    assert_array_equal(of_sampled, [[0, 0]])


@pytest.mark.parametrize(("loss", "grad"), LOSSES, ids=["sampled softmax", "noise contrast"])
def test_large_logits_keep_their_digits(loss, grad):
    assert_allclose(loss([-1000.0], [[1000.0]], 0.0, 0.0), [2000])
    assert 0 < loss([40.0], [[0.0]], 0.0, 0.0)[0] < 1.1
    assert -grad([50.0], [[-50.0]], 0.0, 0.0)[0][0] > 0  # p - 1 would be 0
    assert_allclose(grad([-1000.0], [[1000.0]], 0.0, 0.0)[0], [-1])


@pytest.mark.parametrize(("loss", "grad"), LOSSES, ids=["sampled softmax", "noise contrast"])
@pytest.mark.parametrize(("dtype", "result"), [("f2", "f4"), ("f4", "f4"), ("f8", "f8"), ("i4", "f8"), (">f8", "f8")])
def test_the_dtype_is_that_of_the_logits_and_the_arguments_stay(loss, grad, dtype, result):
    z, q, y, sampled = sampled_problem()
    arguments = [*(x.astype(dtype) for x in picked(z, y, sampled)), np.log(q[y]), np.log(q[sampled])]
    before = [x.copy() for x in arguments]
    assert loss(*arguments).dtype == np.dtype(result)
    assert [x.dtype for x in grad(*arguments)] == [result, result]
    for old, new in zip(before, arguments, strict=True):
        assert_array_equal(old, new)


@pytest.mark.parametrize(("loss", "grad"), LOSSES, ids=["sampled softmax", "noise contrast"])
def test_a_loss_that_the_dtype_cannot_hold_is_infinite_without_a_warning(loss, grad):
    assert_array_equal(loss([-1.7e308], [[1.7e308, 1.7e308]], 0.0, 0.0), [np.inf])
    assert_array_equal(grad([-1.7e308], [[1.7e308, 1.7e308]], 0.0, 0.0)[0], [-1])


@pytest.mark.parametrize(("loss", "grad"), LOSSES, ids=["sampled softmax", "noise contrast"])
def test_no_rows_give_nothing(loss, grad):
    assert loss(np.zeros(0), np.zeros((0, 3)), 0.0, 0.0).shape == (0,)
    assert [x.shape for x in grad(np.zeros(0), np.zeros((0, 3)), 0.0, 0.0)] == [(0,), (0, 3)]


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"z_true": np.zeros((6, 1))}, ValueError, "z_true has shape (6, 1); expected (N,), a logit for each row"),
        ({"z_true": np.zeros(5)}, ValueError, "z_sampled has shape (6, 4); expected (5, m), with m >= 1"),
        ({"z_sampled": np.zeros(4)}, ValueError, "z_sampled has shape (4,); expected (6, m), with m >= 1"),
        ({"z_sampled": np.zeros((6, 0))}, ValueError, "z_sampled has shape (6, 0); expected (6, m), with m >= 1"),
        ({"z_true": np.full(6, np.nan)}, ValueError, "z_true, of shape (6,), contains nan; expected finite numbers"),
        ({"z_sampled": np.full((6, 4), -np.inf)}, ValueError, "z_sampled, of shape (6, 4), contains -inf"),
        ({"log_q_true": np.zeros(5)}, ValueError, "log_q_true has shape (5,); expected one that broadcasts to (6,)"),
        ({"log_q_sampled": np.zeros(6)}, ValueError, "log_q_sampled has shape (6,); expected one that broadcasts to"),
        ({"log_q_sampled": np.full(4, -np.inf)}, ValueError, "log_q_sampled, of shape (4,), contains -inf"),
        ({"log_q_true": 0.3}, ValueError, "log_q_true, of shape (), contains 0.3; expected logarithms of prob"),
        ({"log_q_true": "q"}, TypeError, "log_q_true has dtype"),
        (
            {"z_true": np.full(6, 1e308), "log_q_true": -1e308},
            ValueError,
            "log_q_true, for logits of shape (6,), gives corrected logits that float64 cannot hold",
        ),
        (
            {"z_true": np.zeros(6, "f4"), "z_sampled": np.zeros((6, 4), "f4"), "log_q_sampled": [-1e300]},
            ValueError,
            "log_q_sampled, for logits of shape (6, 4), gives corrected logits that float32 cannot hold",
        ),
        ({"z_true": [1j] * 6}, TypeError, "z_true has dtype complex128"),
    ],
)
@pytest.mark.parametrize("function", [function for pair in LOSSES for function in pair])
def test_logits_and_proposals_that_do_not_fit_are_refused(function, change, error, message):
    arguments = {"z_true": np.zeros(6), "z_sampled": np.zeros((6, 4)), "log_q_true": -1.0, "log_q_sampled": -1.0}
    with pytest.raises(error, match=re.escape(message)):
        function(**(arguments | change))


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"y": None}, TypeError, "y is None, but sampled is not; expected both"),
        ({"sampled": None}, TypeError, "sampled is None, but y is not; expected both"),
        ({"y": [1, 2]}, ValueError, "y has shape (2,); expected (6,), a class for each logit of z_true"),
        ({"sampled": [1, 2]}, ValueError, "sampled has shape (2,); expected (6, 4) or (4,), the class of each logit"),
        ({"y": np.zeros(6)}, TypeError, "y has dtype float64"),
        ({"sampled": np.zeros(4)}, TypeError, "sampled has dtype float64"),
    ],
)
@pytest.mark.parametrize("function", LOSSES[0])
def test_classes_that_do_not_fit_are_refused(function, change, error, message):
    hits = {"y": np.zeros(6, int), "sampled": np.zeros(4, int)} | change
    with pytest.raises(error, match=re.escape(message)):
        function(np.zeros(6), np.zeros((6, 4)), -1.0, -1.0, **hits)


def test_nce_needs_the_proposals_of_the_true_classes():
    with pytest.raises(TypeError, match=re.escape("log_q_true has dtype object")):
        nce_loss(np.zeros(6), np.zeros((6, 4)), None, -1.0)
