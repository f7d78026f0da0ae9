"""The checks behind the exercises: typical wrong answers get the hint that helps."""

import re
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest

from softmaxlib import log_softmax, logsumexp, naive, sigmoid, softmax, sum_normalize
from softmaxlib.teaching.exercises import checking
from softmaxlib.teaching.exercises.foundations import argmax as argmax_checks
from softmaxlib.teaching.exercises.foundations import multiclass as multiclass_checks
from softmaxlib.teaching.exercises.foundations import sigmoid as sigmoid_checks
from softmaxlib.teaching.exercises.foundations import softmax as softmax_checks
from softmaxlib.teaching.exercises.foundations import stable_softmax as stable_softmax_checks
from softmaxlib.teaching.exercises.foundations import sum_normalization as sum_normalization_checks
from softmaxlib.teaching.exercises.foundations import temperature as temperature_checks
from softmaxlib.teaching.exercises.foundations import two_classes as two_classes_checks
from softmaxlib.teaching.exercises.foundations import why_exp as why_exp_checks
from tests.exercises.numerics.all import HINTS as NUMERICS_HINTS

CHAPTERS = sorted(p for p in (Path(__file__).parents[2] / "book").glob("*/*.ipynb") if p.parent.name != "reference")


@checking.check
def check_double(attempt):
    z = np.array([1.0, 2.0])
    checking.compare(checking.run(attempt, z), 2 * z, "twice the scores.")


def in_place(z):
    z *= 2
    return z


def raises(z):
    raise KeyError("no such thing")


def winners(z, noise):
    return np.bincount((z + noise).argmax(axis=1), minlength=3) / len(noise)


def loss_of(form):
    return lambda z, y: -np.log(form(z)[np.arange(len(y)), y]).mean()


def loss_in_place(z, y):
    z -= z.max(axis=1, keepdims=True)
    return -log_softmax(z)[np.arange(len(y)), y].mean()


def loss_of_two(z, y):
    return -log_softmax(z)[np.arange(len(y)), y].sum() / 2


def find_temperature(z, target, low, high):
    for _ in range(100):
        T = np.sqrt(low * high)
        hot = -softmax(z / T) @ log_softmax(z / T) > target
        low, high = (low, T) if hot else (T, high)
    return T


HINTS = [
    (check_double, lambda z: np.arange(9.0), r"shape \(2,\) expected"),
    (check_double, 3, "pass your function itself, not 3"),
    (check_double, lambda z: None, "returns nothing yet"),
    (check_double, lambda z: ..., "returns nothing yet"),
    (check_double, ..., "replace the ... by your answer"),
    (check_double, raises, r"for \[1., 2.\] your function raised KeyError"),
    (check_double, in_place, r"changes its input: \[1., 2.\] became \[2., 4.\]"),
    (check_double, lambda z: z[:, np.newaxis] * 2, r"shape \(2,\) expected, got \(2, 1\)"),
    (check_double, lambda z: ["2", "4"], "numbers expected, got <U1"),
    (check_double, lambda z: z, r"expected \[2., 4.\], got \[1., 2.\]: twice the scores"),
    (sigmoid_checks.check_logit, lambda p: np.log(p / (1 - p) ** 2), "logarithm of the odds"),
    (sigmoid_checks.check_logit, lambda p: p / (1 - p), "logarithm of the odds"),
    (sigmoid_checks.check_quiet_sigmoid, lambda z: 1 / (1 + np.exp(-z)), "overflow"),
    (sigmoid_checks.check_quiet_sigmoid, np.tanh, "those of the sigmoid"),
    (sigmoid_checks.check_other_class, lambda z: 1 - sigmoid(z), "0 for the score 40"),
    (sigmoid_checks.check_other_class, sigmoid, "share the mass 1"),
    (sigmoid_checks.check_certain, 30, "still below 1; go higher"),
    (sigmoid_checks.check_certain, 40, "so it is for smaller scores"),
    (argmax_checks.check_fair_accuracy, lambda s, y: np.mean(s[range(len(y)), y] == s.max(axis=1)), "a full hit"),
    (argmax_checks.check_fair_accuracy, lambda s, y: np.mean((s > 0)[range(len(y)), y]), "not nothing"),
    (argmax_checks.check_distance, lambda z: np.sort(z)[-2] - z.max(), "not negative"),
    (argmax_checks.check_stuck, [1, 2], "one finite number"),
    (argmax_checks.check_win_shares, lambda z, noise: (z + noise).argmax(axis=1), "one winner, or one average"),
    (argmax_checks.check_win_shares, lambda z, noise: 500 * winners(z, noise), "these are counts"),
    (argmax_checks.check_win_shares, lambda z, noise: np.eye(3)[1], "one class wins all"),
    (argmax_checks.check_fair_accuracy, lambda s, y: np.mean(s.argmax(axis=1) == y), "gives it every tie"),
    (argmax_checks.check_distance, lambda z: np.ptp(np.sort(z)[-2:]), "that is the margin"),
    (argmax_checks.check_distance, lambda z: np.ptp(np.sort(z)[-2:]) / 2, "counts both"),
    (argmax_checks.check_distance, lambda z: abs(z[0] - z[1]) / np.sqrt(2), "take the two largest"),
    (argmax_checks.check_stuck, 1.75, "badly wrong"),
    (argmax_checks.check_stuck, 2.5, "go farther"),
    (argmax_checks.check_win_shares, lambda z, noise: z + noise, "one row per repetition"),
    (argmax_checks.check_win_shares, lambda z, noise: softmax(z), "take the one-hot argmax"),
    (sum_normalization_checks.check_raised_share, 1.33 / 0.68, "the old sum"),
    (sum_normalization_checks.check_raised_share, "much", "numbers expected"),
    (sum_normalization_checks.check_raised_share, softmax([0.25, 1.33, -0.8])[1], "the share by softmax"),
    (sum_normalization_checks.check_counter_example, [1, 2], "three scores expected"),
    (sum_normalization_checks.check_counter_example, [np.inf, 0, 1], "must be finite"),
    (sum_normalization_checks.check_map, lambda z: z[:2], "three numbers expected"),
    (sum_normalization_checks.check_map, lambda z: z / 0.0, "defined[?]"),
    (sum_normalization_checks.check_map, lambda z: sum_normalize(np.maximum(z - z.mean(), 0) + 1), "(order|slope)[?]"),
    (sum_normalization_checks.check_map, lambda z: sum_normalize(np.abs(z - z.mean()) + z - z.mean() + 9), "[?]"),
    (sum_normalization_checks.check_smooth, lambda n, alpha: sum_normalize(n), "alpha is not used"),
    (sum_normalization_checks.check_smooth, lambda n, alpha: (n + alpha) / n.sum(), "the old sum"),
    (sum_normalization_checks.check_smooth, lambda n, alpha: (n + alpha) / (n.sum() + alpha), "for each class"),
    (sum_normalization_checks.check_counter_example, [0.25, 1.23, -0.8], "the sign of the sum"),
    (sum_normalization_checks.check_counter_example, [-0.25, 1, -0.75], "sum to 0"),
    (sum_normalization_checks.check_weight, lambda z, c: z.sum() / (z.sum() + c), "K times c"),
    (sum_normalization_checks.check_weight, lambda z, c: sum_normalize(z + c), "one number"),
    (sum_normalization_checks.check_map, softmax, "but by softmax"),
    (sum_normalization_checks.check_map, lambda z: softmax(2 * z), "but by softmax"),
    (sum_normalization_checks.check_map, lambda z: z**2 / (z**2).sum(), "(order|defined|positive)[?]"),
    (sum_normalization_checks.check_map, sigmoid, "sums to 1[?]"),
    (sum_normalization_checks.check_map, lambda z: sum_normalize(sigmoid(z)), "shift[?]"),
    (sum_normalization_checks.check_map, lambda z: sum_normalize(2 + np.sign(z - z.mean())), "(order|slope)[?]"),
    (softmax_checks.check_scores, [0.2, 0.3, 0.5], "the probabilities themselves"),
    (softmax_checks.check_scores, np.exp([0.2, 0.3, 0.5]), "the inverse"),
    (softmax_checks.check_scores, [1, 2], r"shape \(3,\) expected"),
    (softmax_checks.check_lead, 10, r"e\^10 times"),
    (softmax_checks.check_lead, 1, "base"),
    (softmax_checks.check_lead, "ten", "raised ValueError"),
    (softmax_checks.check_lead, np.log(9), r"expected 10, got 9"),
    (softmax_checks.check_ceiling, 0.7, r"0.7 is not it"),
    (softmax_checks.check_ceiling, 1, "between 0 and 1"),
    (softmax_checks.check_ceiling, np.e / (np.e + 1), "two others"),
    (softmax_checks.check_rule_out, lambda p, k: np.delete(p, k), "sums to"),
    (softmax_checks.check_rule_out, lambda p, k: softmax(np.delete(p, k)), "not scores"),
    (softmax_checks.check_rule_out, lambda p, k: np.where(np.arange(3) == k, 0, p), "should be gone"),
    (stable_softmax_checks.check_tie, np.inf, "what the plain formula gives"),
    (stable_softmax_checks.check_tie, 1000, "the hard maximum"),
    (stable_softmax_checks.check_tie, np.log(3), "of three zeros"),
    (stable_softmax_checks.check_rows_softmax, lambda z: softmax(z, axis=0), "your columns sum to 1"),
    (stable_softmax_checks.check_rows_softmax, lambda z: softmax(z, axis=None), "the whole batch sums to 1"),
    (stable_softmax_checks.check_rows_softmax, naive.softmax, "near 1000: its exponentials overflow"),
    (stable_softmax_checks.check_rows_softmax, lambda z: naive.softmax(z - z.max()), "by its own maximum"),
    (stable_softmax_checks.check_tie, 1001.5, "the upper bound"),
    (stable_softmax_checks.check_tie, 3003, "do not add the scores"),
    (stable_softmax_checks.check_tie, 1000 + np.log10(3), "the natural logarithm"),
    (stable_softmax_checks.check_stream_logsumexp, 3, "pass your function itself"),
    (stable_softmax_checks.check_silent, [0.25, 1.23, -0.8], "nearer to an edge"),
    (stable_softmax_checks.check_silent, [1000, 0, 0], "your colleague sees it"),
    (stable_softmax_checks.check_silent, [np.inf, 0, 0], "three finite scores"),
    (stable_softmax_checks.check_stream_logsumexp, lambda z: np.log(sum(map(np.exp, z))), "an exponential overflows"),
    (stable_softmax_checks.check_stream_logsumexp, max, "the logarithm of the sum"),
    (multiclass_checks.check_shapes, (10,), "a list of four answers"),
    (multiclass_checks.check_shapes, [(1, 10), (5, 10), "error", (10, 10)], "no batch axis"),
    (multiclass_checks.check_shapes, [(10,), "error", "error", (10, 10)], "adds b to every row"),
    (multiclass_checks.check_shapes, [(10,), (10, 5), "error", (10, 10)], r"second: \(10, 5\) is not right"),
    (multiclass_checks.check_shapes, [(10,), (5, 10), (5, 10), (10, 10)], "5 meets 10"),
    (multiclass_checks.check_shapes, [(10,), (5, 10), "error", "error"], "as many images as there are classes"),
    (multiclass_checks.check_mask_votes, lambda images, masks: images @ masks, "start again from 0 at 256"),
    (multiclass_checks.check_mask_votes, lambda images, masks: (images @ masks).astype(int), "convert before it"),
    (multiclass_checks.check_mask_votes, lambda images, masks: images / 255 @ masks, "keep ink from 0 to 255"),
    (multiclass_checks.check_mask_votes, lambda images, masks: images.astype(np.int16) @ masks, "too much for 16 bits"),
    (multiclass_checks.check_mask_votes, lambda images, masks: (images * 1.0 @ masks).sum(axis=1), r"shape \(2, 2\)"),
    (multiclass_checks.check_score_sum, lambda K: 1, "the sum for one-hot rows"),
    (multiclass_checks.check_score_sum, lambda K: K - 2, "the sign"),
    (multiclass_checks.check_score_sum, lambda K: -K, "the true class contributes"),
    (multiclass_checks.check_score_sum, lambda K: 1 - K, "the sum of the wrong classes"),
    (multiclass_checks.check_score_sum, lambda K: 0, "sum one row of the targets"),
    (multiclass_checks.check_masking, [1, 2, 3], "nine lengths"),
    (multiclass_checks.check_masking, [np.inf] * 9, "finite"),
    (multiclass_checks.check_masking, [1, 2, 3, 1, 2, 3, 1, 2, 3], "wrong for 6 of the nine"),
    (multiclass_checks.check_masking, [0, 0, 0, 1, 1, 1, 2, 2, 2], "Spread the lengths"),
    (multiclass_checks.check_classify, lambda X, names, X_new: np.zeros(len(X_new), dtype=int), "names expected"),
    (multiclass_checks.check_classify, lambda X, names, X_new: names[0], "one name for each new image"),
    (multiclass_checks.check_classify, lambda X, names, X_new: [min(names)] * len(X_new), "a constant feature"),
    (multiclass_checks.check_classify, lambda X, names, X_new: [max(names)] * len(X_new), "its own score"),
    (sigmoid_checks.check_logit, lambda p: p / (1 - p), "these are the odds"),
    (sigmoid_checks.check_logit, np.log, "p alone"),
    (sigmoid_checks.check_logit, lambda p: np.log((1 - p) / p), "the sign is turned over"),
    (sigmoid_checks.check_logit, lambda p: np.log2(p / (1 - p)), "to the base 2"),
    (sigmoid_checks.check_logit, lambda p: np.log10(p / (1 - p)), "to the base 10"),
    (sigmoid_checks.check_logit, sigmoid, "you want its inverse"),
    (sigmoid_checks.check_quiet_sigmoid, naive.sigmoid, "nan for the score 800: inf / inf"),
    (sigmoid_checks.check_quiet_sigmoid, lambda z: 1 / (1 + np.exp(-np.abs(z))), "the sign of the score is lost"),
    (sigmoid_checks.check_quiet_sigmoid, lambda z: sigmoid(-z), "the curve is turned over"),
    (sigmoid_checks.check_other_class, sigmoid, "that is the class itself"),
    (sigmoid_checks.check_other_class, lambda z: np.exp(-z), "the odds of the other class"),
    (sigmoid_checks.check_other_class, lambda z: -sigmoid(z), "a probability is not negative"),
    (sigmoid_checks.check_other_class, lambda z: 0.5, "share the mass 1"),
    (sigmoid_checks.check_other_class, lambda z: sigmoid(-z) if z < 1 else 1e-18, "the ratio to the right answer"),
    (sigmoid_checks.check_certain, np.nan, "a finite score expected"),
    (sigmoid_checks.check_certain, 37.43, "rounds earlier, when it adds"),
    (argmax_checks.check_distance, lambda z: np.ptp(np.sort(z)[-2:]) * np.sqrt(2), "divide by √2, do not multiply"),
    (argmax_checks.check_distance, lambda z: np.ptp(z) / np.sqrt(2), "the way to the last score"),
    (sum_normalization_checks.check_raised_share, 1.809, "the share before"),
    (sum_normalization_checks.check_raised_share, 1.23 / 0.78, "the old score by the new sum"),
    (sum_normalization_checks.check_weight, lambda z, c: z.sum() / (z.sum() + 3 * c), "K is the number of scores"),
    (sum_normalization_checks.check_weight, lambda z, c: z.size * c / (z.sum() + z.size * c), "that is 1 - w"),
    (softmax_checks.check_scores, np.log2([0.2, 0.3, 0.5]), "to the base 2"),
    (softmax_checks.check_scores, np.log10([0.2, 0.3, 0.5]), "to the base 10"),
    (softmax_checks.check_scores, -np.log([0.2, 0.3, 0.5]), "the order is turned over"),
    (softmax_checks.check_lead, np.log2(10), "to the base 2"),
    (softmax_checks.check_lead, -np.log(10), "the seal lags"),
    (softmax_checks.check_ceiling, 1 / 3, "not sure at all"),
    (softmax_checks.check_rule_out, lambda p, k: np.delete(p, k) + p[k] / 2, "shared the lost mass equally"),
    (softmax_checks.check_pixels, softmax, "each line of pixels sums to 1"),
    (softmax_checks.check_pixels, lambda z: softmax(z, axis=1), "each column of pixels sums to 1"),
    (softmax_checks.check_pixels, lambda z: softmax(z, axis=(1, 2)), "the pixels of each class sum to 1"),
    (softmax_checks.check_pixels, lambda z: softmax(z, axis=None), "the whole picture sums to 1"),
    (softmax_checks.check_pixels, lambda z: softmax(np.moveaxis(z, 0, -1)), "the classes moved to the end"),
    (softmax_checks.check_pixels, lambda z: softmax(z, axis=0).max(axis=0), "one number a pixel"),
    (softmax_checks.check_pixels, np.exp, "that is the first pixel"),
    (softmax_checks.check_pixels, lambda z: np.divide(np.exp(z), np.exp(z).sum(axis=0), out=z), "changes its input"),
    (softmax_checks.check_pixels, lambda z: softmax(z, axis=0) + (z == z.max()), "some other is not"),
    (softmax_checks.check_pixels, lambda z: z[0, 0], r"shape \(3, 4, 5\) expected, got \(5,\)"),
    (why_exp_checks.check_split, -0.8, "together they count twice"),
    (why_exp_checks.check_split, -0.4, "half the score is not half the strength"),
    (why_exp_checks.check_split, -0.8 + np.log(2), "doubles the strength"),
    (why_exp_checks.check_split, -0.8 - np.log10(2), "base 10"),
    (why_exp_checks.check_split, -1.8, "one bit"),
    (why_exp_checks.check_split, np.exp(-0.8) / 2, "which score has this strength"),
    (why_exp_checks.check_split, -1.2, "what panda and seal get"),
    (why_exp_checks.check_sample, lambda z, u: z - np.log(-np.log(u)), "a number for each class"),
    (why_exp_checks.check_sample, lambda z, u: np.argmax(z - np.log(-np.log(u)), axis=0), "Along which axis"),
    (why_exp_checks.check_sample, lambda z, u: np.argmax(z - np.log(-np.log(u)), axis=1) + 1, "indices from 0 to 2"),
    (why_exp_checks.check_sample, lambda z, u: np.argmax(z + np.log(-np.log(u)), axis=1), "turned over"),
    (why_exp_checks.check_sample, lambda z, u: np.argmax(z - np.log(u), axis=1), "one logarithm, not two"),
    (
        why_exp_checks.check_sample,
        lambda z, u: np.argmax(softmax(z) - np.log(-np.log(u)), axis=1),
        "not to the probabilities",
    ),
    (
        why_exp_checks.check_sample,
        lambda z, u: np.argmax(z - np.log(-np.log(u[:, :1])), axis=1),
        "a shift changes nothing",
    ),
    (why_exp_checks.check_sample, lambda z, u: np.argmax(z + u, axis=1), "shares of your winners"),
    (why_exp_checks.check_two_classes, lambda s: 1.0, "61 finite numbers"),
    (why_exp_checks.check_two_classes, lambda s: s, "positive"),
    (why_exp_checks.check_two_classes, sigmoid, r"inverse\? g\(s\) g\(-s\)"),
    (why_exp_checks.check_two_classes, lambda s: np.exp(-(s**3)), "rising"),
    (why_exp_checks.check_two_classes, lambda s: 2.0**s, "this is an exponential"),
    (why_exp_checks.check_shift, np.max, "every option may have luck"),
    (why_exp_checks.check_shift, lambda z: np.sum(np.exp(z)), "S itself"),
    (why_exp_checks.check_shift, lambda z: np.log(np.sum(np.exp(z))) + np.euler_gamma, "the mean of B"),
    (why_exp_checks.check_shift, np.sum, "do not add up"),
    (why_exp_checks.check_shift, lambda z: np.log(np.mean(np.exp(z))), "mean of the strengths"),
    (why_exp_checks.check_shift, np.min, "as one exponential"),
    (why_exp_checks.check_die, [0.5, 0.5], "six probabilities"),
    (why_exp_checks.check_die, [0.1, 0.1, 0.1, 0.1, 0.1, 0.1], "no distribution"),
    (why_exp_checks.check_die, softmax(np.arange(1, 7)), "its mean is 5.433"),
    (why_exp_checks.check_die, [0, 0, 0, 0.5, 0.5, 0], "ruled out"),
    (why_exp_checks.check_die, [0.1, 0.1, 0.1, 0.1, 0.1, 0.5], "more entropy to be had"),
    (stable_softmax_checks.check_mean_loss, loss_in_place, "changes its input: .* Work on a new array"),
    (stable_softmax_checks.check_mean_loss, loss_of(softmax), "became 0 before you took its logarithm"),
    (stable_softmax_checks.check_mean_loss, loss_of(naive.softmax), "nan for a score of 1000"),
    (stable_softmax_checks.check_mean_loss, loss_of(lambda z: softmax(z) + 1e-12), "caps the loss"),
    (stable_softmax_checks.check_mean_loss, lambda z, y: -log_softmax(z)[np.arange(len(y)), y], "return their mean"),
    (stable_softmax_checks.check_mean_loss, lambda z, y: log_softmax(z)[np.arange(len(y)), y].mean(), "not negative"),
    (stable_softmax_checks.check_mean_loss, lambda z, y: -log_softmax(z)[np.arange(len(y)), y].sum(), "their number"),
    (stable_softmax_checks.check_mean_loss, lambda z, y: -log_softmax(z).mean(), "only the true class of each photo"),
    (stable_softmax_checks.check_mean_loss, lambda z, y: 1.0, "of the true class"),
    (stable_softmax_checks.check_mean_loss, loss_of_two, "wrong for four"),
    (stable_softmax_checks.check_mean_loss, lambda z, y: min(loss_of(softmax)(z, y), 300.0), "1000 below"),
    (two_classes_checks.check_third_pair, 0.5625, "you multiplied the probabilities"),
    (two_classes_checks.check_third_pair, 9, "these are the odds"),
    (two_classes_checks.check_third_pair, 0.75, "lead the duck by more"),
    (two_classes_checks.check_third_pair, 0.1, "the duck's share"),
    (two_classes_checks.check_third_pair, -1, "lies between 0 and 1"),
    (two_classes_checks.check_third_pair, 0.6, "go from both probabilities to odds"),
    (two_classes_checks.check_reference_softmax, lambda z: softmax(np.append(z, 0)), "flattens the batch"),
    (two_classes_checks.check_reference_softmax, lambda z: np.append(softmax(z), 0), "not the probability 0"),
    (two_classes_checks.check_reference_softmax, lambda z: softmax(np.append(0, z)), "stands in the first place"),
    (two_classes_checks.check_reference_softmax, lambda z: softmax(np.append(z, 0 * z[:1], 0)), "added a row"),
    (two_classes_checks.check_reference_softmax, softmax, r"shape \(3,\) expected"),
    (two_classes_checks.check_lost, 40, "for a positive score"),
    (two_classes_checks.check_lost, -10, "Go further out"),
    (two_classes_checks.check_lost, -100, "Come back a little"),
    (two_classes_checks.check_lost, -np.inf, "one finite score"),
    (two_classes_checks.check_merge, lambda W: W[:, 1], "you kept one column"),
    (two_classes_checks.check_merge, lambda W: W[:, 0] - W[:, 1], "the probability of class 0"),
    (two_classes_checks.check_merge, lambda W: (W[:, 1] - W[:, 0]) / 2, "its other column is still missing"),
    (two_classes_checks.check_merge, lambda W: W[:, 1:] - W[:, :1], "without a second axis"),
    (two_classes_checks.check_merge, lambda W: W[1] - W[0], r"shape \(3,\) expected, got \(2,\)"),
    (two_classes_checks.check_settings, lambda rate, penalty: (rate, penalty), "one output is slower"),
    (two_classes_checks.check_settings, lambda rate, penalty: (rate / 2, penalty), "has to catch up"),
    (two_classes_checks.check_settings, lambda rate, penalty: (2 * rate, penalty), "now that part is too large"),
    (two_classes_checks.check_settings, lambda rate, penalty: (2 * rate, 2 * penalty), "rate times penalty, must stay"),
    (two_classes_checks.check_settings, lambda rate, penalty: 2 * rate, "two numbers expected"),
    (temperature_checks.check_ratio, 4, "the logarithm of the ratio"),
    (temperature_checks.check_ratio, 1 / 3, "below 1 a temperature sharpens"),
    (temperature_checks.check_ratio, -3, "positive and finite"),
    (temperature_checks.check_ratio, 2, r"expected 2, got 2\.8284"),
    (temperature_checks.check_retemper, lambda p, T: softmax(p, temperature=T), "probabilities are not scores"),
    (temperature_checks.check_retemper, lambda p, T: sum_normalize(p**T), "it should be 1 / T"),
    (temperature_checks.check_retemper, lambda p, T: p ** (1 / T), r"at T = 0.25 your result sums to 0\.198"),
    (temperature_checks.check_retemper, lambda p, T: p ** (1 / T) / (p ** (1 / T)).sum(), "0 / 0 is nan"),
    (temperature_checks.check_retemper, lambda p, T: softmax(np.log(p + 1e-12) / T), "an impossible class has 0.2"),
    (temperature_checks.check_retemper, lambda p, T: p, r"softmax of z / 0.25"),
    (temperature_checks.check_entropy_by_slope, lambda z, T: -logsumexp(z / T), "this should be the entropy"),
    (temperature_checks.check_entropy_by_slope, lambda z, T: T * logsumexp(z / T), "the soft maximum itself"),
    (temperature_checks.check_entropy_by_slope, lambda z, T: softmax(z / T) @ log_softmax(z / T), "sign is wrong"),
    (temperature_checks.check_entropy_by_slope, lambda z, T: -2 * softmax(z / T) @ log_softmax(z / T), "factor of 2"),
    (temperature_checks.check_entropy_by_slope, lambda z, T: -softmax(z / T) @ z / T**2, "multiply it by T"),
    (temperature_checks.check_entropy_by_slope, lambda z, T: np.nan, "use the library's logsumexp"),
    (temperature_checks.check_overtaken, [[2, 0], [1, 0]], r"two rows of three scores expected, shape \(2, 3\)"),
    (temperature_checks.check_overtaken, [[1, 0, -100], [2, 0, 0]], "Swap the rows"),
    (temperature_checks.check_overtaken, [[2, 0, 0], [1, 0, 0]], "How many rivals"),
    (temperature_checks.check_overtaken, [[1, 0, 0], [2, 0, 0]], "at T = 1 the first should be surer"),
    (temperature_checks.check_overtaken, [[np.inf, 0, 0], [1, 0, 0]], "must be finite"),
    (temperature_checks.check_temperature_for_entropy, lambda z, target: 1.5, "this is the entropy"),
    (temperature_checks.check_temperature_for_entropy, lambda z, target: 0, "a temperature is positive"),
    (temperature_checks.check_temperature_for_entropy, lambda z, target: z, "one temperature expected"),
    (
        temperature_checks.check_temperature_for_entropy,
        lambda z, target: find_temperature(z, target, 1e-3, 1e3),
        "a thousand times as (large|small)",
    ),
    (
        temperature_checks.check_temperature_for_entropy,
        lambda z, target: find_temperature(z, target * np.log(2), 1e-9, 1e9),
        "in bits",
    ),
]


@pytest.mark.parametrize(("check", "attempt", "hint"), HINTS + NUMERICS_HINTS)
def test_wrong_answer_gets_its_hint(check, attempt, hint, capsys):
    check(attempt)
    printed = capsys.readouterr().out
    assert printed.startswith("Not yet: ")
    assert printed.count("\n") == 1
    assert re.search(hint, printed)


def test_right_answer_is_told_so(capsys):
    check_double(lambda z: 2 * z)
    assert capsys.readouterr().out == "Correct.\n"


@pytest.mark.parametrize(
    ("answers", "hint"),
    [
        ((1, [1, 0], [1, 0, 1]), "each other's length"),
        ((9, [1, 0, 1], [1, 0]), "the largest values"),
        ((2, [1, 0, 1], [1, 0]), "counts from 0"),
        ((1, [1, 0, 1], [1, 2]), "the first of a tie"),
        ((1, [1, 1, 1], [1, 0]), r"axis_0: \[1, 1, 1\] is not right"),
    ],
)
def test_wrong_argmax_of_a_table_gets_its_hint(answers, hint, capsys):
    argmax_checks.check_axis(*answers)
    assert re.search(hint, capsys.readouterr().out)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_solutions_of_the_chapter_are_correct(path, capsys, monkeypatch):
    """The chapter also runs as plain Python, without Jupyter."""
    monkeypatch.setattr(plt, "show", lambda: plt.close("all"))
    monkeypatch.chdir(path.parent)
    notebook = nbformat.read(path, as_version=4)
    namespace = {"__name__": path.stem}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            exec(cell.source, namespace)
    printed = capsys.readouterr().out.splitlines()
    solutions = sum(cell.source.count("{solution-start}") for cell in notebook.cells)
    assert printed.count("Correct.") == solutions > 2
