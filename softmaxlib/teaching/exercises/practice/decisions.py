"""Checks of the chapter on decisions."""

import numpy as np

from softmaxlib.activations import log_softmax, softmax
from softmaxlib.teaching.exercises.checking import Hint, check, compare, run


@check
def check_boltzmann(attempt):
    """The probabilities of Boltzmann exploration, also before each arm was pulled."""
    hint = "divide what each arm has paid by its pulls and by T, and take the softmax."
    for paid, pulls, T in [
        (np.array([3.0, 4, 2]), np.array([10.0, 6, 5]), 0.2),
        (np.array([1.0, 0, 4, 2]), np.array([4.0, 1, 5, 7]), 0.5),
        (np.arange(40.0), np.arange(40) % 7 + 40.0, 0.3),  # too many to copy from the hints
    ]:
        means = paid / pulls
        mistakes = [
            (softmax(means), "the temperature T is missing."),
            (softmax(means * T), "divide by T; a high temperature makes the probabilities more equal."),
            (softmax(paid / T), "the score of an arm is its mean, so divide what it paid by its pulls."),
            (softmax(paid), "the score of an arm is its mean, so divide what it paid by its pulls."),
            (means / means.sum(), "those are the means, divided by their sum; take the softmax of means / T."),
            (softmax(-means / T), "a larger mean must give a larger probability."),
            (means / T, "those are the scores; take their softmax."),
            (np.exp(means / T), "divide the exponentials by their sum."),
            (np.eye(len(means))[means.argmax()], "that is the greedy choice; softmax gives each arm a share."),
        ]
        compare(run(attempt, paid, pulls, T), softmax(means / T), hint, (paid, pulls, T), mistakes)
    untried = "share the probability equally among the arms that have not been pulled; the others get 0."
    for paid, pulls in [
        (np.array([3.0, 0, 2, 0]), np.array([4.0, 0, 2, 0])),
        (np.array([1.0, 5, 0]), np.array([1.0, 9, 0])),
        (np.zeros(3), np.zeros(3)),
    ]:
        new = pulls == 0
        with np.errstate(invalid="ignore"):
            got = run(attempt, paid, pulls, 0.1)
        if np.isnan(got).any():
            raise Hint(f"for the pulls {pulls.astype(int).tolist()}, nan: a mean of no pulls is 0 / 0. {untried}")
        mistakes = [
            (softmax(paid / np.maximum(pulls, 1) / 0.1), f"you take 0 for the mean of an untried arm; {untried}"),
            (new.astype(float), f"each untried arm has 1; {untried}"),
            (np.eye(len(pulls))[new.argmax()], f"you always take the first untried arm; {untried}"),
        ]
        compare(got, new / new.sum(), untried, (paid, pulls, 0.1), mistakes)


@check
def check_gradient(attempt):
    """The estimate of the policy gradient from one pull."""
    hint = "(reward - baseline) times the one-hot row of the action minus the probabilities."
    for theta, action, reward, baseline in [
        (np.array([0.25, 1.23, -0.8]), 0, 2.0, 0.5),
        (np.array([1.0, 0.0, -1.0, 0.5]), 2, -1.0, 3.0),
        (np.arange(40) % 7 / 5, 11, 1.0, 0.25),  # too many to copy from the hints
    ]:
        p = softmax(theta)
        one_hot = np.eye(len(theta))[action]
        gain = reward - baseline
        mistakes = [
            (gain * (p - one_hot), "the sign: you raise the reward, so the action's own entry is 1 - p."),
            (reward * (one_hot - p), "the baseline is missing; subtract it from the reward."),
            (reward * (one_hot - p) - baseline, "subtract the baseline from the reward, not from the gradient."),
            (gain * one_hot, "the probabilities are missing: what the action gains, the others lose."),
            (gain * p * (one_hot - p[action]), "that is the gradient of p; the logarithm has no factor p."),
            (gain * p[action] * (one_hot - p), "that is the gradient of p; the draw already brings in the factor p."),
            (one_hot - p, "the reward is missing."),
            (gain * (one_hot - theta), "subtract the probabilities, not the scores."),
            ((reward + baseline) * (one_hot - p), "subtract the baseline from the reward."),
            (gain * np.log(p[action]), "that is no vector: take the derivative in each score."),
            (gain * (1 - p[action]) * one_hot, "the other actions change, too, each by (baseline - reward) * p."),
            (theta + gain * (one_hot - p), "those are the scores after a step; return the gradient alone."),
        ]
        compare(
            run(attempt, theta, action, reward, baseline),
            gain * (one_hot - p),
            hint,
            (theta, action, reward, baseline),
            mistakes,
        )


@check
def check_ratio(attempt):
    """Ratios of the probabilities of actions under two policies."""
    hint = "exponentiate the difference of the two log-softmax values of the action that was taken."
    for old, new, actions in [
        (
            np.array([[0.25, 1.23, -0.8], [0.0, 1.0, 2.0]]),
            np.array([[0.5, 1.0, 0.0], [0.0, 0.0, 0.0]]),
            np.array([1, 2]),
        ),
        (
            np.array([[1.0, 2.0], [0.0, -1.0], [3.0, 0.0]]),
            np.array([[2.0, 1.0], [0.5, -1.0], [1.0, 2.0]]),
            np.array([0, 1, 1]),
        ),
        (np.array([[0.0, -800.0], [900.0, 0.0]]), np.array([[0.0, -799.0], [898.0, 0.0]]), np.array([1, 1])),
        # too many to copy from the hints
        (np.arange(120.0).reshape(40, 3) % 7, np.arange(120.0).reshape(40, 3) % 5, np.arange(40) % 3),
    ]:
        rows = np.arange(len(actions))
        gap = log_softmax(new) - log_softmax(old)
        with np.errstate(all="ignore"):
            got = run(attempt, old, new, actions)
            raw = np.exp((new - old)[rows, actions])
        if np.isnan(got).any():
            raise Hint(
                "nan where both probabilities are 0 in float64: subtract their logarithms, and exponentiate last."
            )
        mistakes = [
            (raw, "those are differences of scores; the normalizers of both policies differ, so use log_softmax."),
            (np.exp(-gap[rows, actions]), "upside down: the new probability is above."),
            (gap[rows, actions], "that is the logarithm of the ratio."),
            (np.exp(gap.max(axis=1)), "take the action that was taken in each row, not the one that gained most."),
            (np.exp(gap), "one number a row: pick the action with gap[np.arange(N), actions]."),
            (np.exp(gap)[:, actions], "one number a row: pick the action with gap[np.arange(N), actions]."),
        ]
        compare(got, np.exp(gap[rows, actions]), hint, (old, new, actions), mistakes)


def _regret(losses, eta, before=None):
    before = losses.cumsum(axis=0) - losses if before is None else before
    return (softmax(-eta * before) * losses).sum() - losses.sum(axis=0).min()


@check
def check_hedge(attempt):
    """The regret of Hedge after all rounds."""
    hint = (
        "before each round, take the softmax of -eta times the losses so far; add shares @ losses; subtract the best."
    )
    rng = np.random.default_rng(0)
    for losses, eta in [(rng.random((6, 3)).round(2), 0.7), (rng.random((9, 4)).round(2), 1.5)]:
        before = losses.cumsum(axis=0) - losses
        mine = (softmax(-eta * before) * losses).sum()
        total = losses.sum(axis=0)
        mistakes = [
            (
                _regret(losses, eta, losses.cumsum(axis=0)),
                "your shares of a round already use its losses; take the sums of the rounds before it.",
            ),
            (_regret(losses, -eta, before), "the sign: an expert with a large loss must get a small share."),
            (mine, "that is your own loss; subtract that of the best expert."),
            (
                mine - losses.min(axis=1).sum(),
                "compare with one expert for all rounds, not with the best of each round.",
            ),
            (mine - total.mean(), "compare with the best expert, not with the mean of all."),
            (mine - total.max(), "the best expert has the smallest total loss."),
            (total.min() - mine, "the sign: regret is your loss minus that of the best expert."),
            (
                _regret(losses, eta, np.vstack([np.zeros(losses.shape[1]), losses[:-1]])),
                "your shares use the last round alone; add up all rounds so far.",
            ),
            (
                losses[np.arange(len(losses)), before.argmin(axis=1)].sum() - total.min(),
                "that follows the leader; Hedge divides the stake among all experts.",
            ),
            (losses.mean(axis=1).sum() - total.min(), "your shares stay equal; they depend on the losses so far."),
        ]
        compare(run(attempt, losses, eta), _regret(losses, eta), hint, (losses, eta), mistakes)
    long = rng.integers(2, size=(4000, 2)).astype(float)
    with np.errstate(all="ignore"):
        got = run(attempt, long, 1.0)
    if not np.isfinite(got).all():
        raise Hint("after 4000 rounds, nan or inf: all weights are 0. Subtract the smallest loss before np.exp.")
    compare(got, _regret(long, 1.0), "there are 4000 rounds and 2 experts here.", (), tolerance=1e-7)
