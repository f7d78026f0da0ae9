"""Answers to the exercises on a topic: wrong ones with their hints, right ones in many styles. Copy this file, too."""

from softmaxlib.teaching.exercises import _template as checks

WRONG = [
    (checks.check_odds, lambda p: (1 - p) / p, "upside down"),
    (checks.check_odds, lambda p: p / 1 - p, "in parentheses"),
    (checks.check_odds, lambda p: p, "divide the probability"),
]

RIGHT = [
    (checks.check_odds, lambda p: p / (1 - p)),
    (checks.check_odds, lambda p: [x / (1 - x) for x in p]),
]
