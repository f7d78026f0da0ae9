"""Answers to the exercises on decisions: wrong ones with their hints, right ones in many styles."""

import numpy as np

from softmaxlib import log_softmax, softmax
from softmaxlib.teaching.exercises.practice import decisions as checks


def untried(then):
    """Share the probability among untried arms, and go on with `then`."""

    def attempt(paid, pulls, T):
        if (pulls == 0).any():
            return (pulls == 0) / (pulls == 0).sum()
        return then(paid, pulls, T)

    return attempt


def boltzmann(paid, pulls, T):
    return softmax(paid / pulls / T)


def by_infinity(paid, pulls, T):
    with np.errstate(invalid="ignore"):
        means = np.where(pulls == 0, np.inf, paid / pulls)
    terms = np.isinf(means).astype(float) if np.isinf(means).any() else np.exp(means / T)
    return terms / terms.sum()


def boltzmann_loop(paid, pulls, T):
    new = [n == 0 for n in pulls]
    if any(new):
        return [x / sum(new) for x in new]
    terms = [np.exp(s / n / T) for s, n in zip(paid, pulls, strict=True)]
    return [x / sum(terms) for x in terms]


def gradient(theta, action, reward, baseline):
    return (reward - baseline) * ((np.arange(len(theta)) == action) - softmax(theta))


def gradient_loop(theta, action, reward, baseline):
    p = np.exp(theta) / np.exp(theta).sum()
    return [(reward - baseline) * (int(i == action) - p[i]) for i in range(len(p))]


def one_hot(theta, action):
    return np.eye(len(theta))[action]


def gap(old, new):
    return log_softmax(new) - log_softmax(old)


def picked(table, actions):
    return table[np.arange(len(actions)), actions]


def ratio_by_sums(old, new, actions):
    out = []
    for before, after, a in zip(old, new, actions, strict=True):
        top, other = before.max(), after.max()
        out.append(
            np.exp(
                (after[a] - other - np.log(np.exp(after - other).sum()))
                - (before[a] - top - np.log(np.exp(before - top).sum()))
            )
        )
    return out


def by_rounds(losses, eta, stable=True, late=False, sign=-1):
    total, mine = np.zeros(losses.shape[1]), 0.0
    for loss in losses:
        if late:
            total += loss
        weights = np.exp(sign * eta * (total - total.min() * stable))
        mine += weights @ loss / weights.sum()
        if not late:
            total += loss
    return mine - losses.sum(axis=0).min()


def multiplicative(losses, eta):
    shares, mine = np.full(losses.shape[1], 1 / losses.shape[1]), 0.0
    for loss in losses:
        mine += shares @ loss
        shares = shares * np.exp(-eta * loss)
        shares /= shares.sum()
    return mine - losses.sum(axis=0).min()


def hedge(losses, eta):
    before = losses.cumsum(axis=0) - losses
    return (softmax(-eta * before) * losses).sum()


WRONG = [
    (checks.check_boltzmann, boltzmann, "0 / 0"),
    (checks.check_boltzmann, untried(lambda paid, pulls, T: softmax(paid / pulls)), "T is missing"),
    (checks.check_boltzmann, untried(lambda paid, pulls, T: softmax(paid / pulls * T)), "divide by T"),
    (checks.check_boltzmann, untried(lambda paid, pulls, T: softmax(paid / T)), "is its mean"),
    (checks.check_boltzmann, untried(lambda paid, pulls, T: softmax(paid)), "is its mean"),
    (checks.check_boltzmann, untried(lambda paid, pulls, T: (paid / pulls) / (paid / pulls).sum()), "take the softmax"),
    (checks.check_boltzmann, untried(lambda paid, pulls, T: softmax(-paid / pulls / T)), "a larger mean"),
    (checks.check_boltzmann, untried(lambda paid, pulls, T: paid / pulls / T), "take their softmax"),
    (checks.check_boltzmann, untried(lambda paid, pulls, T: np.exp(paid / pulls / T)), "by their sum"),
    (checks.check_boltzmann, lambda paid, pulls, T: softmax(paid / np.maximum(pulls, 1) / T), "you take 0"),
    (
        checks.check_boltzmann,
        lambda paid, pulls, T: (pulls == 0) * 1.0 if (pulls == 0).any() else boltzmann(paid, pulls, T),
        "has 1",
    ),
    (
        checks.check_boltzmann,
        lambda paid, pulls, T: np.eye(len(pulls))[pulls.argmin()] if 0 in pulls else boltzmann(paid, pulls, T),
        "first untried",
    ),
    (checks.check_boltzmann, lambda paid, pulls, T: softmax(paid / (pulls + 1) / T), "divide what each arm"),
    (checks.check_gradient, lambda *given: -gradient(*given), "the sign"),
    (checks.check_gradient, lambda theta, a, r, b: gradient(theta, a, r, 0), "baseline is missing"),
    (checks.check_gradient, lambda theta, a, r, b: gradient(theta, a, r, 0) - b, "not from the gradient"),
    (checks.check_gradient, lambda theta, a, r, b: (r - b) * one_hot(theta, a), "the others lose"),
    (checks.check_gradient, lambda theta, a, r, b: softmax(theta)[a] * gradient(theta, a, r, b), "gradient of p"),
    (checks.check_gradient, lambda theta, a, r, b: one_hot(theta, a) - softmax(theta), "reward is missing"),
    (checks.check_gradient, lambda theta, a, r, b: (r - b) * (one_hot(theta, a) - theta), "not the scores"),
    (checks.check_gradient, lambda theta, a, r, b: gradient(theta, a, r, -b), "subtract the baseline"),
    (checks.check_gradient, lambda theta, a, r, b: (r - b) * log_softmax(theta)[a], "no vector"),
    (checks.check_gradient, lambda theta, a, r, b: np.zeros(len(theta)), "the one-hot row"),
    (checks.check_ratio, lambda old, new, a: picked(softmax(new), a) / picked(softmax(old), a), "logarithms"),
    (checks.check_ratio, lambda old, new, a: np.exp(picked(new - old, a)), "normalizers"),
    (checks.check_ratio, lambda old, new, a: np.exp(-picked(gap(old, new), a)), "upside down"),
    (checks.check_ratio, lambda old, new, a: picked(gap(old, new), a), "the logarithm of the ratio"),
    (checks.check_ratio, lambda old, new, a: np.exp(gap(old, new).max(axis=1)), "that was taken"),
    (checks.check_ratio, lambda old, new, a: np.exp(gap(old, new)), "one number a row"),
    (checks.check_ratio, lambda old, new, a: np.exp(gap(old, new))[:, a], "one number a row"),
    (
        checks.check_ratio,
        lambda old, new, a: picked(softmax(new), a) / (picked(softmax(old), a) + 1e-300),
        "exponentiate the difference",
    ),
    (checks.check_hedge, lambda losses, eta: by_rounds(losses, eta, late=True), "already use"),
    (checks.check_hedge, lambda losses, eta: by_rounds(losses, eta, stable=False), "4000 rounds"),
    (checks.check_hedge, lambda losses, eta: by_rounds(losses, -eta), "a small share"),
    (checks.check_hedge, hedge, "your own loss"),
    (checks.check_hedge, lambda losses, eta: hedge(losses, eta) - losses.min(axis=1).sum(), "one expert for all"),
    (checks.check_hedge, lambda losses, eta: hedge(losses, eta) - losses.sum(axis=0).mean(), "the mean of all"),
    (checks.check_hedge, lambda losses, eta: hedge(losses, eta) - losses.sum(axis=0).max(), "smallest total"),
    (checks.check_hedge, lambda losses, eta: -by_rounds(losses, eta), "regret is your loss"),
    (checks.check_hedge, lambda losses, eta: by_rounds(losses, 0), "stay equal"),
    (checks.check_hedge, lambda losses, eta: 0.5, "before each round"),
]

RIGHT = [
    (checks.check_boltzmann, untried(boltzmann)),
    (checks.check_boltzmann, by_infinity),
    (checks.check_boltzmann, boltzmann_loop),
    (checks.check_gradient, gradient),
    (checks.check_gradient, gradient_loop),
    (checks.check_gradient, lambda theta, a, r, b: (r - b) * (one_hot(theta, a) - softmax(theta))),
    (checks.check_ratio, lambda old, new, actions: np.exp(picked(gap(old, new), actions))),
    (checks.check_ratio, ratio_by_sums),
    (checks.check_ratio, lambda old, new, actions: np.exp([g[a] for g, a in zip(gap(old, new), actions, strict=True)])),
    (checks.check_hedge, by_rounds),
    (checks.check_hedge, multiplicative),
    (checks.check_hedge, lambda losses, eta: hedge(losses, eta) - losses.sum(axis=0).min()),
]
