"""Answers to the exercises on uncertainty: wrong ones with their hints, right ones in many styles."""

import math

import numpy as np
from scipy.special import entr, rel_entr

from softmaxlib import logsumexp
from softmaxlib.teaching.exercises.practice import uncertainty as checks


def information(P):
    return entr(P.mean(axis=0)).sum(axis=-1) - entr(P).sum(axis=-1).mean(axis=0)


def of_two(P):
    mean = (P[0] + P[1]) / 2
    return entr(mean).sum(axis=-1) - (entr(P[0]) + entr(P[1])).sum(axis=-1) / 2


def by_logarithm(P):
    with np.errstate(divide="ignore", invalid="ignore"):
        return -np.sum(P.mean(0) * np.log(P.mean(0)), -1) + np.sum(P * np.log(P), -1).mean(0)


def in_place(P):
    P -= P.mean(axis=0)
    return np.abs(P).sum(axis=(0, 2))


def image_by_image(P):
    def entropy(p):
        return -sum(float(x) * math.log(x) for x in p if x > 0)

    found = []
    for n in range(P.shape[1]):
        mean = [sum(P[:, n, k]) / len(P) for k in range(P.shape[2])]
        found.append(entropy(mean) - sum(entropy(p) for p in P[:, n]) / len(P))
    return found


def shifted_energy(z):
    m = z.max(axis=1, keepdims=True)
    return -(m[:, 0] + np.log(np.exp(z - m).sum(axis=1)))


def threshold(scores, alpha):
    k = math.ceil((len(scores) + 1) * (1 - alpha) - 1e-9)
    return np.sort(scores)[k - 1] if k <= len(scores) else np.inf


def with_infinity(scores, alpha):
    n = len(scores)
    return sorted([*scores, np.inf])[math.ceil(round((n + 1) * (1 - alpha), 9)) - 1]


def from_above(scores, alpha):
    return np.sort(np.append(scores, np.inf))[::-1][int((len(scores) + 1) * alpha + 1e-9)]


def plain_ceil(scores, alpha):
    k = int(np.ceil((len(scores) + 1) * (1 - alpha)))
    return np.inf if k > len(scores) else np.partition(scores, k - 1)[k - 1]


def unguarded(scores, alpha):
    return np.sort(scores)[int(np.ceil((len(scores) + 1) * (1 - alpha))) - 1]


def clipped(scores, alpha):
    k = int(np.ceil((len(scores) + 1) * (1 - alpha)))
    return np.sort(scores)[min(k, len(scores)) - 1]


def with_one(scores, alpha):
    k = math.ceil((len(scores) + 1) * (1 - alpha))
    return np.sort(scores)[k - 1] if k <= len(scores) else 1.0


def by_quantile(method):
    def threshold_by_quantile(scores, alpha):
        level = math.ceil((len(scores) + 1) * (1 - alpha)) / len(scores)
        return np.inf if level > 1 else np.quantile(scores, level, method=method)

    return threshold_by_quantile


def to_even(scores, alpha):
    k = round((len(scores) + 1) * (1 - alpha))
    return np.sort(scores)[k - 1] if k <= len(scores) else np.inf


def rounded(scores, alpha):
    return np.sort(np.append(scores, np.inf))[int((len(scores) + 1) * (1 - alpha) + 1e-9) - 1]


def with_one_more(scores, alpha):
    return np.sort(np.append(scores, np.inf))[int((len(scores) + 1) * (1 - alpha) + 1e-9)]


def risk(confidence, wrong):
    order = np.argsort(-confidence)
    return np.cumsum(wrong[order]) / np.arange(1, len(wrong) + 1)


def risk_by_loop(confidence, wrong):
    pairs = sorted(zip(confidence, wrong, strict=True), reverse=True)
    return [sum(w for _, w in pairs[: n + 1]) / (n + 1) for n in range(len(pairs))]


WRONG = [
    (checks.check_mutual_information, of_two, "three networks"),
    (
        checks.check_mutual_information,
        lambda P: entr(P.mean(axis=0)).sum(axis=-1),
        "subtract the mean",
    ),
    (checks.check_mutual_information, lambda P: entr(P).sum(axis=-1).mean(axis=0), "subtract it from the entropy"),
    (checks.check_mutual_information, lambda P: -information(P), "never the smaller"),
    (checks.check_mutual_information, lambda P: information(P) / np.log(2), "in bits"),
    (checks.check_mutual_information, lambda P: P.var(axis=0).sum(axis=-1), "a variance"),
    (
        checks.check_mutual_information,
        lambda P: entr(P.mean(axis=0)).sum(axis=-1) - entr(P).sum(axis=(0, -1)),
        "take their mean",
    ),
    (checks.check_mutual_information, lambda P: information(P.swapaxes(0, 1)), "runs over the images"),
    (checks.check_mutual_information, lambda P: information(P).mean(), "not their mean"),
    (checks.check_mutual_information, by_logarithm, "nan for a probability of 0"),
    (checks.check_mutual_information, in_place, "changes its input"),
    (checks.check_mutual_information, lambda P: P.std(axis=0).max(axis=-1), "minus the mean of the entropies"),
    (checks.check_energy, lambda z: np.log(np.exp(z).sum(axis=1)), "the sign is wrong"),
    (checks.check_energy, lambda z: -np.exp(z).sum(axis=1), "the logarithm"),
    (checks.check_energy, lambda z: np.exp(z).sum(axis=1), "minus its logarithm"),
    (checks.check_energy, lambda z: -z.max(axis=1), "the others belong"),
    (checks.check_energy, lambda z: -np.log(np.exp(z).sum(axis=0)), "runs over the rows"),
    (checks.check_energy, lambda z: -np.log(np.exp(z).sum()), "one number for each row"),
    (checks.check_energy, lambda z: -np.log(np.exp(z).mean(axis=1)), "not their sum"),
    (checks.check_energy, lambda z: -np.log(np.exp(z).sum(axis=1)), "take the maximum of each row out"),
    (checks.check_energy, lambda z: -z.sum(axis=1), "minus the log-sum-exp"),
    (checks.check_threshold, lambda s, alpha: np.sort(s)[math.ceil(len(s) * (1 - alpha)) - 2], "7th smallest"),
    (checks.check_threshold, lambda s, alpha: np.sort(s)[math.ceil((len(s) + 1) * (1 - alpha))], "9th smallest"),
    (checks.check_threshold, lambda s, alpha: np.quantile(s, 1 - alpha), "interpolates"),
    (checks.check_threshold, lambda s, alpha: s[7], "sort the scores first"),
    (checks.check_threshold, lambda s, alpha: np.sort(s)[::-1][7], "sort downward"),
    (checks.check_threshold, lambda s, alpha: threshold(s, 1 - alpha), "take the alpha quantile"),
    (checks.check_threshold, lambda s, alpha: np.sort(s)[2], "alpha quantile"),
    (checks.check_threshold, rounded, "round it up"),
    (checks.check_threshold, unguarded, "every label belongs"),
    (checks.check_threshold, clipped, "return infinity"),
    (checks.check_threshold, with_one_more, "9th smallest"),
    (checks.check_threshold, with_one, "above 1"),
    (checks.check_threshold, to_even, "8.5 here"),
    (checks.check_threshold, by_quantile("higher"), "not 'higher'"),
    (checks.check_threshold, by_quantile("linear"), "interpolates unless"),
    (checks.check_threshold, lambda s, alpha: s.mean(), "k-th smallest"),
    (checks.check_threshold, lambda s, alpha: [s < threshold(s, alpha)], "one number expected"),
    (checks.check_risk, lambda c, w: np.cumsum(w[np.argsort(-c)]), "numbers of mistakes"),
    (checks.check_risk, lambda c, w: np.cumsum(w[np.argsort(np.argsort(-c))]) / np.arange(1, len(c) + 1), "ranks"),
    (checks.check_risk, lambda c, w: np.cumsum(w[np.argsort(-c)]) / len(c), "given so far"),
    (checks.check_risk, lambda c, w: risk(-c, w), "least confident"),
    (checks.check_risk, lambda c, w: np.cumsum(w) / np.arange(1, 6), "sort the images"),
    (checks.check_risk, lambda c, w: 1 - risk(c, w), "share of mistakes"),
    (checks.check_risk, lambda c, w: w[np.argsort(-c)], "add them up"),
    (checks.check_risk, lambda c, w: risk(c, w)[::-1], "entry 0"),
    (checks.check_risk, lambda c, w: np.zeros(5), "running share"),
    (checks.check_risk, lambda c, w: w.mean(), "if all are answered"),
]

RIGHT = [
    (checks.check_mutual_information, information),
    (checks.check_mutual_information, image_by_image),
    (checks.check_mutual_information, lambda P: rel_entr(P, P.mean(axis=0)).sum(axis=-1).mean(axis=0)),
    (checks.check_energy, lambda z: -logsumexp(z)),
    (checks.check_energy, lambda z: -logsumexp(z, axis=1)),
    (checks.check_energy, shifted_energy),
    (checks.check_energy, lambda z: [-np.logaddexp.reduce(row) for row in z]),
    (checks.check_threshold, threshold),
    (checks.check_threshold, with_infinity),
    (checks.check_threshold, from_above),
    (checks.check_threshold, plain_ceil),
    (checks.check_threshold, by_quantile("inverted_cdf")),
    (checks.check_risk, risk),
    (checks.check_risk, risk_by_loop),
]
