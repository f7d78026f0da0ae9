"""Checks of the chapter on gradients."""

import numpy as np

from softmaxlib import activations, gradients
from softmaxlib.teaching.exercises.checking import Hint, check, compare, number, run


@check
def check_move(attempt):
    """How the probabilities move, to first order, when the logits do."""
    for p, u in (([0.25, 0.5, 0.25], [1.0, 0.0, 0.0]), ([0.7, 0.2, 0.1], [0.1, -0.3, 0.5])):
        p, u = np.array(p), np.array(u)
        mistakes = [
            (p * (1 - p) * u, "this is the diagonal alone. Other logits move a probability, too."),
            (p * u, "the mean of u under p is missing: what all logits share moves nothing."),
            (p * (u - u.mean()), "subtract the mean of u *under p*, not the plain one."),
            (u - p @ u, "multiply by p: a class without probability cannot move much."),
            (-gradients.softmax_jvp(p, u), "the sign is wrong: the class whose logit rises gains."),
        ]
        compare(run(attempt, p, u), gradients.softmax_jvp(p, u), "p_i times u_i less its mean.", (p, u), mistakes)


@check
def check_back(attempt):
    """The gradient by the logits of a batch, from that by the probabilities, without matrices."""
    random = np.random.default_rng(0)
    P, V = activations.softmax(random.normal(size=(3, 4))), random.normal(size=(3, 4))
    mistakes = [
        (P * (1 - P) * V, "this is the diagonal alone; the other entries of the Jacobian are not 0."),
        (P * (V - (P * V).sum()), "you sum over the whole batch. Each row has a sum of its own: axis=-1."),
        (P * (V - (P * V).sum(axis=0)), "you sum over the examples; sum over the classes, the last axis."),
        (P * (V - V.sum(axis=-1, keepdims=True)), "weigh v by p in the sum."),
        (V - P * V.sum(axis=-1, keepdims=True), "that sends a gradient back through log-softmax."),
    ]
    compare(run(attempt, P, V), gradients.softmax_vjp(P, V), "p_i (v_i - sum_j p_j v_j), row by row.", (P, V), mistakes)


@check
def check_tempered(attempt):
    """The gradient of the loss by the logits, at a temperature."""
    z, T = np.array([0.25, 1.23, -0.8]), 2.0
    p, hot = activations.softmax(z, temperature=T), np.array([0.0, 1.0, 0.0])
    mistakes = [
        (p - hot, "1 / T is missing: the logits are divided by T before the softmax, so a step in z counts 1 / T."),
        ((p - hot) * T, "divide by T; you multiply."),
        (activations.softmax(z) - hot, "the probabilities are those at temperature T."),
        ((activations.softmax(z) - hot) / T, "the probabilities are those at temperature T."),
        ((hot - p) / T, "the sign is wrong: this is the direction of a step downhill."),
    ]
    compare(run(attempt, z, 1, T), (p - hot) / T, "(p - Y) / T, with p at temperature T.", (z, 1, T), mistakes)


@check
def check_step(answer):
    """The step at which a central difference of a loss in float64 errs least, to a factor of a hundred."""
    h = number(answer)
    if not 0 < h < np.inf:
        raise Hint(f"a step is positive; {h:.4g} is not.")
    if h < 1e-7:
        raise Hint(f"at {h:.0e} rounding gives about {1e-16 / h:.0e}, and h squared only {h * h:.0e}. Balance the two.")
    if h > 1e-4:
        raise Hint(f"at {h:.0e} the formula itself errs by about {h * h:.0e}, and rounding by {1e-16 / h:.0e} only.")
