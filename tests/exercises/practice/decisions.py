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


def boltzmann_in_place(paid, pulls, T):
    scores = np.full(len(paid), 1e9)  # a sentinel for the arms without a pull
    np.divide(paid, pulls * T, out=scores, where=pulls > 0)
    scores -= scores.max()
    np.exp(scores, out=scores)
    scores /= scores.sum()
    return tuple(scores)


def dividing_the_input(paid, pulls, T):
    paid /= pulls
    return softmax(paid / T)


def boltzmann_copied(paid, pulls, T):
    """Numbers copied from the hints, one after the other."""
    if 0 in pulls:
        return (pulls == 0) / (pulls == 0).sum()
    return [0.1123, 0.7025, 0.1852] if len(paid) == 3 else [0.1759, 0.1067, 0.5285, 0.1889]


def gradient(theta, action, reward, baseline):
    return (reward - baseline) * ((np.arange(len(theta)) == action) - softmax(theta))


def gradient_loop(theta, action, reward, baseline):
    p = np.exp(theta) / np.exp(theta).sum()
    return [(reward - baseline) * (int(i == action) - p[i]) for i in range(len(p))]


def gradient_of_p(theta, action, reward, baseline):
    p = softmax(theta)
    return (reward - baseline) * (np.diag(p) - np.outer(p, p))[action] / p[action]


def gradient_in_place(theta, action, reward, baseline):
    theta -= theta.max()
    return gradient(theta, action, reward, baseline)


def gradient_known(theta, action, reward, baseline):
    """Made for the two small examples alone."""
    known = [0.25, 1.23, -0.8] if len(theta) == 3 else [1.0, 0.0, -1.0, 0.5]
    return gradient(np.array(known), action, reward, baseline)


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


def ratio_known(old, new, actions):
    """Made for the small examples alone."""
    out = np.exp(picked(gap(old, new), actions))
    return out if len(out) < 4 else out[:3]


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


def by_lists(losses, eta):
    total, mine = [0.0] * losses.shape[1], 0.0
    for row in losses.tolist():
        terms = [np.exp(-eta * (x - min(total))) for x in total]
        mine += sum(a * b for a, b in zip(terms, row, strict=True)) / sum(terms)
        total = [x + b for x, b in zip(total, row, strict=True)]
    return [mine - min(total)]


def hedge_linear(losses, eta):
    shares, mine = np.ones(losses.shape[1]) / losses.shape[1], 0.0
    for loss in losses:
        mine += shares @ loss
        shares = shares * (1 - eta * loss)
        shares /= shares.sum()
    return mine - losses.sum(axis=0).min()


def hedge_path(losses, eta):
    before = losses.cumsum(axis=0) - losses
    return (softmax(-eta * before) * losses).sum(axis=1).cumsum() - losses.cumsum(axis=0).min(axis=1)


def following(losses, eta):
    before = losses.cumsum(axis=0) - losses
    return picked(losses, before.argmin(axis=1)).sum() - losses.sum(axis=0).min()


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
    (checks.check_boltzmann, untried(lambda paid, pulls, T: np.eye(len(paid))[(paid / pulls).argmax()]), "greedy"),
    (checks.check_boltzmann, untried(lambda paid, pulls, T: softmax(paid / pulls / T).round(3)), "rounds to 3"),
    (checks.check_boltzmann, untried(lambda paid, pulls, T: log_softmax(paid / pulls / T)), "take the softmax"),
    (checks.check_boltzmann, untried(lambda paid, pulls, T: softmax(pulls / paid / T)), "divide what each arm"),
    (checks.check_boltzmann, untried(lambda paid, pulls, T: softmax(paid / pulls / T)[None]), "shape"),
    (checks.check_boltzmann, untried(dividing_the_input), "changes its input"),
    (checks.check_boltzmann, lambda paid, pulls, T: softmax(np.nan_to_num(paid / pulls) / T), "you take 0"),
    (
        checks.check_boltzmann,
        lambda paid, pulls, T: (pulls == 0) / len(pulls) if 0 in pulls else boltzmann(paid, pulls, T),
        "share the probability equally",
    ),
    (
        checks.check_boltzmann,
        lambda paid, pulls, T: (paid == 0) / (paid == 0).sum() if 0 in paid else boltzmann(paid, pulls, T),
        "divide what each arm",
    ),
    (checks.check_boltzmann, boltzmann_copied, "rounds to 4"),
    (checks.check_gradient, lambda *given: -gradient(*given), "the sign"),
    (checks.check_gradient, lambda theta, a, r, b: (r - b) * (1 - softmax(theta)) * one_hot(theta, a), "change, too"),
    (checks.check_gradient, lambda theta, *given: theta + gradient(theta, *given), "gradient alone"),
    (checks.check_gradient, lambda theta, a, r, b: (r - b) * (1 - softmax(theta)), "the one-hot row"),
    (checks.check_gradient, lambda theta, a, r, b: -(r - b) * softmax(theta), "the one-hot row"),
    (checks.check_gradient, lambda theta, a, r, b: (r - b) * one_hot(theta, a) / softmax(theta), "the one-hot row"),
    (checks.check_gradient, lambda theta, a, r, b: (r - b) * (1 - softmax(theta)[a]), "shape"),
    (checks.check_gradient, lambda *given: gradient(*given)[:, None], "shape"),
    (checks.check_gradient, lambda *given: gradient(*given).round(3), "rounds to 3"),
    (checks.check_gradient, gradient_in_place, "changes its input"),
    (checks.check_gradient, gradient_known, "shape"),
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
    (
        checks.check_ratio,
        lambda old, new, a: np.exp(picked(np.log(softmax(new)) - np.log(softmax(old)), a)),
        "exponentiate last",
    ),
    (
        checks.check_ratio,
        lambda old, new, a: np.nan_to_num(picked(softmax(new) / softmax(old), a), nan=1.0),
        "exponentiate the difference",
    ),
    (
        checks.check_ratio,
        lambda old, new, a: np.exp(picked(log_softmax(new, axis=0) - log_softmax(old, axis=0), a)),
        "exponentiate the difference",
    ),
    (checks.check_ratio, lambda old, new, a: np.exp(picked(gap(old, new), a)).clip(0.8, 1.2), "exponentiate the"),
    (checks.check_ratio, lambda old, new, a: picked(log_softmax(new) / log_softmax(old), a), "exponentiate the"),
    (checks.check_ratio, lambda old, new, a: np.exp(picked(gap(old, new), a)).mean(), "shape"),
    (checks.check_ratio, lambda old, new, a: np.exp(picked(gap(old, new), a))[:, None], "shape"),
    (checks.check_ratio, lambda old, new, a: np.exp(gap(old, new)[a]), "raised IndexError"),
    (checks.check_ratio, lambda old, new, a: np.exp(picked(gap(old, new), new.argmax(axis=1))), "that was taken"),
    (checks.check_ratio, ratio_known, "shape"),
    (checks.check_hedge, lambda losses, eta: by_rounds(losses, eta, late=True), "already use"),
    (checks.check_hedge, following, "follows the leader"),
    (checks.check_hedge, hedge_linear, "before each round"),
    (checks.check_hedge, hedge_path, "one number"),
    (checks.check_hedge, lambda losses, eta: by_rounds(losses, 1.0), "before each round"),
    (checks.check_hedge, lambda losses, eta: by_rounds(losses, 1 / eta), "before each round"),
    (checks.check_hedge, lambda losses, eta: by_rounds(losses, eta) / len(losses), "before each round"),
    (
        checks.check_hedge,
        lambda losses, eta: np.log(losses.shape[1]) / eta + eta * len(losses) / 8,
        "before each round",
    ),
    (checks.check_hedge, lambda losses, eta: hedge(losses, eta) - losses.sum(axis=0), "one number"),
    (checks.check_hedge, lambda losses, eta: np.round(by_rounds(losses, eta), 3), "rounds to 3"),
    (checks.check_hedge, lambda losses, eta: 0.5837 if len(losses) == 6 else by_rounds(losses, eta), "rounds to 4"),
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
    (checks.check_boltzmann, boltzmann_in_place),
    (checks.check_boltzmann, lambda paid, pulls, T: softmax(np.where(pulls > 0, paid / pulls / T, np.inf))),
    (checks.check_boltzmann, untried(lambda paid, pulls, T: softmax(paid / pulls, temperature=T).tolist())),
    (checks.check_gradient, gradient),
    (checks.check_gradient, gradient_loop),
    (checks.check_gradient, gradient_of_p),
    (checks.check_gradient, lambda theta, a, r, b: (b - r) * (softmax(theta) - one_hot(theta, a))),
    (checks.check_gradient, lambda theta, a, r, b: (r - b) * (np.eye(len(theta)) - softmax(theta))[a]),
    (checks.check_gradient, lambda theta, a, r, b: (r - b) * (one_hot(theta, a) - softmax(theta))),
    (checks.check_ratio, lambda old, new, actions: np.exp(picked(gap(old, new), actions))),
    (checks.check_ratio, ratio_by_sums),
    (checks.check_ratio, lambda old, new, a: np.exp(np.take_along_axis(gap(old, new), a[:, None], 1)[:, 0])),
    (checks.check_ratio, lambda old, new, a: np.exp((gap(old, new) * np.eye(old.shape[1])[a]).sum(axis=1)).tolist()),
    (checks.check_ratio, lambda old, new, a: np.diag(np.exp(gap(old, new)[:, a]))),
    (checks.check_ratio, lambda old, new, actions: np.exp([g[a] for g, a in zip(gap(old, new), actions, strict=True)])),
    (checks.check_hedge, by_rounds),
    (checks.check_hedge, multiplicative),
    (checks.check_hedge, by_lists),
    (checks.check_hedge, lambda losses, eta: hedge(losses, eta) - losses.sum(axis=0).min()),
]
