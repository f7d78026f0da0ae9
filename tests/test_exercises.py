"""The checks behind the exercises: typical wrong answers get the hint that helps."""

import re
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest

from softmaxlib import exercises, naive, sigmoid, softmax, sum_normalize
from softmaxlib.exercises import argmax as argmax_checks
from softmaxlib.exercises import sigmoid as sigmoid_checks
from softmaxlib.exercises import softmax as softmax_checks
from softmaxlib.exercises import stable_softmax as stable_softmax_checks
from softmaxlib.exercises import sum_normalization as sum_normalization_checks


@exercises.check
def check_double(attempt):
    z = np.array([1.0, 2.0])
    exercises.compare(exercises.run(attempt, z), 2 * z, "twice the scores.")


def in_place(z):
    z *= 2
    return z


def raises(z):
    raise KeyError("no such thing")


def winners(z, noise):
    return np.bincount((z + noise).argmax(axis=1), minlength=3) / len(noise)


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
]


@pytest.mark.parametrize(("check", "attempt", "hint"), HINTS)
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


@pytest.mark.parametrize("topic", ["sigmoid", "argmax", "sum_normalization", "softmax", "stable_softmax"])
def test_solutions_of_the_chapter_are_correct(topic, capsys, monkeypatch):
    """The chapter also runs as plain Python, without Jupyter."""
    monkeypatch.setattr(plt, "show", lambda: plt.close("all"))
    path = Path(__file__).parents[1] / "book" / "foundations" / f"{topic}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    namespace = {"__name__": topic}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            exec(cell.source, namespace)
    printed = capsys.readouterr().out.splitlines()
    solutions = sum(cell.source.count("{solution-start}") for cell in notebook.cells)
    assert printed.count("Correct.") == solutions > 2
