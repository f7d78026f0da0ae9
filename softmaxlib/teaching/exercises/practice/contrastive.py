"""Checks of the chapter on contrastive learning."""

import numpy as np

from softmaxlib.activations import one_hot, softmax
from softmaxlib.teaching.exercises.checking import agree, check, compare, number, run

PAIRS, FLOOR = 1024, 0.01  # of the exercise on the scale
BATCH, LOSS = 512, 2.5  # of the exercise on bits


@check
def check_targets(attempt):
    """The targets of supervised contrastive learning."""
    hint = "in row i, the others of its class share 1 equally."
    for labels in (np.array([2, 0, 2, 1, 0, 2, 1]), np.array([5, 5, 3, 3])):
        same = (labels[:, np.newaxis] == labels).astype(float)
        others = same - np.eye(len(labels))
        counts = others.sum(axis=1, keepdims=True)
        mistakes = [
            (same / same.sum(axis=1, keepdims=True), "an example is not its own positive; set the diagonal to 0."),
            (others, "each row should sum to 1; divide it by the number of its positives."),
            (same, "each row should sum to 1, and an example is not its own positive."),
            (
                others / same.sum(axis=1, keepdims=True),
                "the rows sum to less than 1; count after the diagonal is gone.",
            ),
            (same / counts, "the rows sum to more than 1; take the diagonal out before you divide."),
            (others / others.sum(), "each row should sum to 1, not the whole matrix."),
            ((1 - same) / np.maximum((1 - same).sum(axis=1, keepdims=True), 1), "those are the negatives."),
            (np.eye(len(labels)), "the others of the class are the positives, not the example itself."),
            (one_hot(labels, labels.max() + 1), "a column for each example is expected, not one for each class."),
        ]
        compare(run(attempt, labels), others / counts, hint, (labels,), mistakes)


@check
def check_scale(scale):
    """The scale that brings the floor of the loss down to a given value."""
    of_scale = np.log((PAIRS - 1) / np.expm1(FLOOR))
    right = (PAIRS - 1) / PAIRS * of_scale
    mistakes = [
        (1 / right, "that is the temperature; the scale is its inverse."),
        (of_scale / 2, "the exponent of the floor is s N / (N - 1), not 2 s."),
        (np.log(PAIRS), "that is the loss of guessing."),
        (-np.log(np.expm1(FLOOR)), "the floor counts 1,023 negatives."),
        (-right, "the cosines are multiplied by a positive scale."),
        (np.log10((PAIRS - 1) / np.expm1(FLOOR)), "take the natural logarithm."),
        (np.log((PAIRS - 1) * np.expm1(FLOOR)), "divide by exp(0.01) - 1."),
    ]
    agree(number(scale), right, 1, "set log(1 + 1023 exp(-s 1024 / 1023)) to 0.01, and solve for s.", mistakes)


@check
def check_bits(bits):
    """The bound on mutual information, in bits."""
    nats = np.log(BATCH) - LOSS
    mistakes = [
        (nats, "that is in nats; a bit is log 2 nats."),
        (nats * np.log(2), "a bit is less than a nat, so there are more bits than nats: divide by log 2."),
        (np.log2(BATCH) - LOSS, "the loss is in nats, and the logarithm in bits; convert both."),
        (np.log2(BATCH), "that is the ceiling of the bound; subtract the loss."),
        (LOSS / np.log(2), "that is the loss in bits; subtract it from that of guessing."),
        (-nats / np.log(2), "the bound is that of guessing less the loss."),
        (np.log(BATCH), "that is what guessing costs, in nats; subtract the loss, and go to bits."),
        (np.log(BATCH) - LOSS / np.log(2), "the logarithm is in nats, and the loss in bits; convert both."),
        (LOSS, "that is the loss in nats; subtract it from log 512."),
    ]
    agree(number(bits), nats / np.log(2), 2, "subtract the loss from log 512, and go to bits.", mistakes)


@check
def check_distill(attempt):
    """The gradient of the soft loss times the square of the temperature."""
    rng = np.random.default_rng(0)
    for rows, classes, T in ((7, 3, 2.0), (2, 5, 3.0)):
        z, t = rng.normal(0, 3, size=(2, rows, classes))
        p, q = softmax(z, temperature=T), softmax(t, temperature=T)
        mistakes = [
            (T * (p - q), "the loss is a mean over the rows; divide by their number."),
            (T * (p - q) / (rows * classes), "the mean is over the rows only."),
            ((p - q) / T / rows, "multiply by T squared; only one T is left then."),
            (T**2 * (p - q) / rows, "the chain rule divides by T, as z / T goes into the softmax."),
            ((p - q) / rows, "multiplied by T squared and divided by T, one factor T is left."),
            (T**2 * (p - q), "the chain rule divides by T, and the mean by the number of rows."),
            (p - q, "multiply by T squared, and divide by T and by the number of rows."),
            ((p - q) / T, "multiply by T squared, and divide by the number of rows."),
            (T * (q - p) / rows, "the sign is wrong: student minus teacher."),
            (T**2 * (q - p) / rows, "student minus teacher, and the chain rule divides by T."),
            (T * (p - one_hot(t.argmax(axis=1), classes)) / rows, "the target is the teacher's softmax, not a label."),
            (T * (softmax(T * z) - softmax(T * t)) / rows, "divide the logits by T; do not multiply them."),
            (T * (softmax(z) - softmax(t)) / rows, "divide the logits of both by T inside the softmax."),
            (T * (softmax(z) - q) / rows, "the student has the temperature T, too."),
            (T * (p - softmax(t)) / rows, "the teacher has the temperature T, too."),
            (
                T * (softmax(z, axis=0, temperature=T) - softmax(t, axis=0, temperature=T)) / rows,
                "classes are along the last axis.",
            ),
            ((z - t) / classes / rows, "that is near the limit for large T; here T is small."),
        ]
        hint = "student's probabilities less the teacher's, both at T, times T squared over T, over the rows."
        compare(run(attempt, z, t, T), T * (p - q) / rows, hint, (z, t, T), mistakes)
