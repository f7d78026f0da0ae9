"""Filters against loops in exact arithmetic, samplers against other algorithms and by tests that rarely alarm falsely.

Each test of a distribution has a fixed seed and would alarm falsely with the probability ALARM.
"""

import itertools
import math
import re

import mpmath
import numpy as np
import pytest
import scipy.stats
from hypothesis import assume, given
from hypothesis import strategies as st

from softmaxlib import softmax
from softmaxlib.sampling import gumbel_max, gumbel_softmax, min_p, sample, top_k, top_p, without_replacement
from tests.library import oracle

ALARM = 1e-6
EPS = np.finfo(np.float64).eps
PANDA = [0.25, 1.23, -0.8]
ROWS = np.array([[0.25, 1.23, -0.8, -np.inf], [2, -1, 0, 0.5], [-np.inf, 0, -np.inf, 0]])
FILTERS = {
    "top_k": lambda z, **axis: top_k(z, 2, **axis),
    "top_p": lambda z, **axis: top_p(z, 0.7, **axis),
    "min_p": lambda z, **axis: min_p(z, 0.2, **axis),
}
SAMPLERS = {
    "sample": lambda z, rng: sample(z, rng),
    "gumbel_max": gumbel_max,
    "without_replacement": lambda z, rng: without_replacement(z, 1, rng)[..., 0],
    "gumbel_softmax": lambda z, rng: gumbel_softmax(z, rng, temperature=0.7).argmax(axis=-1),
    "hard gumbel_softmax": lambda z, rng: gumbel_softmax(z, rng, hard=True).argmax(axis=-1),
}

each_filter = pytest.mark.parametrize("keep", FILTERS.values(), ids=FILTERS)
each_sampler = pytest.mark.parametrize("draw", SAMPLERS.values(), ids=SAMPLERS)
each_function = pytest.mark.parametrize(
    "function",
    [*FILTERS.values(), *(lambda z, draw=draw: draw(z, np.random.default_rng(0)) for draw in SAMPLERS.values())],
    ids=[*FILTERS, *SAMPLERS],
)
each_dtype = pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])

integers = st.lists(st.integers(-9, 9), min_size=1, max_size=9)
with_impossible = st.lists(st.integers(-9, 9) | st.just(-np.inf), min_size=1, max_size=9).filter(
    lambda z: max(z) > -np.inf
)
finite = st.lists(st.floats(-30, 30), min_size=1, max_size=9)
shares = st.floats(1e-12, 1)


@pytest.fixture(autouse=True)
def nothing_goes_wrong_in_silence():
    with np.errstate(divide="raise", over="raise", invalid="raise"):
        yield


def rng(seed=0):
    return np.random.default_rng(seed)


def fits(draws, probabilities):
    """Whether draws come from a distribution, by Pearson's test; classes without probability must not appear."""
    probabilities = np.asarray(probabilities)
    count = np.bincount(np.ravel(draws), minlength=len(probabilities))
    possible = probabilities > 0
    assert len(count) == len(probabilities)
    assert not count[~possible].any()
    if possible.sum() == 1:
        return True
    expected = probabilities[possible] / probabilities.sum() * count.sum()
    assert expected.min() > 5  # else the test is not exact enough
    return scipy.stats.chisquare(count[possible], expected).pvalue > ALARM


def generator(*doubles):
    """Return a generator whose next numbers of `random` are these, by the state of its Mersenne Twister."""
    words = [w for x in doubles for w in (int(x * 2**53) >> 26 << 5, (int(x * 2**53) & (2**26 - 1)) << 6)]
    key = np.random.MT19937(0).state["state"]["key"].copy()
    for i, y in enumerate(words):  # undo the tempering
        y ^= y >> 18
        y ^= (y << 15) & 0xEFC60000
        x = y
        for _ in range(4):
            x = y ^ ((x << 7) & 0x9D2C5680)
        y = x
        for _ in range(2):
            x = y ^ (x >> 11)
        key[i] = x & 0xFFFFFFFF
    twister = np.random.MT19937()
    twister.state = {"bit_generator": "MT19937", "state": {"key": key, "pos": 0}}
    return np.random.Generator(twister)


LOWEST, HIGHEST = 0.0, 1 - 2.0**-53  # what Generator.random can return


def test_the_chosen_generator_returns_what_is_chosen():
    chosen = [LOWEST, HIGHEST, 2.0**-53, 0.5, 0.1]
    assert generator(*chosen).random(5).tolist() == [*chosen[:4], math.floor(0.1 * 2**53) / 2**53]


# --- Filters --------------------------------------------------------------------------------------------------------


def order_of(z):
    """Return the indices of possible classes, by picking the largest that is left, the first of equal ones."""
    left, order = [i for i in range(len(z)) if z[i] > -np.inf], []
    while left:
        best = left[0]
        for i in left:
            if z[i] > z[best]:
                best = i
        left.remove(best)
        order.append(best)
    return order


def only(z, kept):
    return [x if i in kept else -np.inf for i, x in enumerate(z)]


@given(with_impossible, st.integers(1, 11))
def test_top_k_is_the_literal_loop(z, k):
    assert top_k(z, k).tolist() == only(z, order_of(z)[:k])


def nucleus(z, p):
    """Return the classes of `top_p` and how near a sum came to p, with 50 digits."""
    order = order_of(z)
    if p == 1:
        return order, 1
    probabilities = dict(zip(order, oracle.softmax([float(z[i]) for i in order]), strict=True))
    with mpmath.workdps(oracle.DIGITS):
        total, kept, nearest = mpmath.mpf(0), [], mpmath.mpf(1)
        for i in order:
            kept.append(i)
            total += probabilities[i]
            nearest = min(nearest, abs(total - oracle.exact(p)))
            if total >= oracle.exact(p):
                break
        return kept, nearest


@given(with_impossible | finite, shares | st.sampled_from([1.0, 0.5, 5e-324]))
def test_top_p_is_the_literal_loop_in_exact_arithmetic(z, p):
    kept, nearest = nucleus(z, p)
    assume(nearest > 30 * EPS)
    assert top_p(z, p).tolist() == only(z, kept)


def test_top_p_is_reached_exactly_by_equal_classes():
    for K in range(1, 60):
        for n in range(1, K + 1):
            kept = np.isfinite(top_p(np.full(K, 7.3), n / K))
            assert kept[:n].all()
            assert not kept[n:].any()


@pytest.mark.parametrize(("p", "kept"), [(0.5, 1), (0.75, 2), (0.875, 3), (0.8750000000001, 4), (0.4999999999999, 1)])
def test_top_p_is_reached_exactly_by_halves(p, kept):
    z = np.log([0.5, 0.25, 0.125, 0.0625, 0.0625])
    assert np.isfinite(top_p(z, p)).sum() == kept


@pytest.mark.parametrize("K", [2, 3, 1000])
def test_top_p_forgives_no_more_than_rounding(K):
    for n in (1, K - 1):
        p = n / K
        assert np.isfinite(top_p(np.zeros(K), p + 3 * (K + 16) * EPS)).sum() == n + 1
        assert np.isfinite(top_p(np.zeros(K), p + 8 * EPS * p)).sum() == n


def test_top_p_of_1_keeps_all_that_is_possible_however_unlikely():
    z = np.array([[-1e308, 0, -np.inf, -1000], [np.inf, -np.inf, 0, 1]])
    result = top_p(z, 1)
    assert result.tolist() == z.tolist()
    assert not np.shares_memory(result, z)
    many = np.linspace(0, -60, 5000)  # the sum of probabilities reaches 1 long before the end
    assert np.isfinite(top_p(many, 1.0)).all()
    assert np.isfinite(top_p(many, 1 - EPS / 2)).sum() < 5000


@given(with_impossible | finite, shares | st.sampled_from([1.0, 0.5, 5e-324]))
def test_min_p_is_its_definition_in_exact_arithmetic(z, m):
    with mpmath.workdps(oracle.DIGITS):
        top, limit = oracle.exact(float(max(z))), mpmath.log(oracle.exact(m))
        lead = {i: oracle.exact(float(z[i])) - top for i in order_of(z)}
        assume(all(x == 0 or abs(x - limit) > 1e-13 for x in lead.values()))
        kept = [i for i, x in lead.items() if x >= limit]
    assert min_p(z, m).tolist() == only(z, kept)


@pytest.mark.parametrize("n", range(2, 200))
def test_min_p_is_reached_exactly_by_a_logarithm(n):
    assert np.isfinite(min_p([np.log(0.5), np.log(0.5 / n)], 1 / n)).all()
    assert np.isfinite(min_p([np.log(0.5), np.log(0.5 / n) - 1e-13], 1 / n)).sum() == 1


def test_of_equal_logits_the_first_ones_are_kept_but_min_p_keeps_all():
    z = [0.5, 2, 1, 2, 1, 2]
    no = -np.inf
    assert top_k(z, 2).tolist() == [no, 2, no, 2, no, no]
    assert top_k(z, 4).tolist() == [no, 2, 1, 2, no, 2]
    assert top_p(z, 0.5).tolist() == [no, 2, no, 2, no, no]
    assert min_p(z, 1).tolist() == [no, 2, no, 2, no, 2]
    assert top_k([0.0, -0.0], 1).tolist() == [0, no]
    assert top_k([-0.0, 0.0], 1).tolist() == [0, no]


@each_filter
@given(st.lists(st.integers(-9, 9), min_size=1, max_size=9, unique=True), st.data())
def test_filters_follow_permutations_of_different_logits(keep, z, data):
    order = data.draw(st.permutations(range(len(z))))
    z = np.array(z, float)
    assert keep(z[order]).tolist() == keep(z)[order].tolist()


@each_filter
@given(integers, st.integers(-(10**6), 10**6))
def test_filters_follow_shifts(keep, z, shift):
    z = np.array(z, float)
    assert keep(z + shift).tolist() == (keep(z) + shift).tolist()


@given(finite, st.integers(1, 9), st.sampled_from([0.25, 0.5, 2, 8]))
def test_top_k_and_temperature_commute(z, k, T):
    z = np.array(z)
    assert top_k(z / T, k).tolist() == (top_k(z, k) / T).tolist()


def test_top_p_and_temperature_do_not_commute_nor_do_top_p_and_top_k():
    z = np.log([0.5, 0.2, 0.15, 0.1, 0.05])
    assert np.isfinite(top_p(z / 2, 0.6)).sum() == 3
    assert np.isfinite(top_p(z, 0.6) / 2).sum() == 2
    assert np.isfinite(top_p(top_k(z, 3), 0.75)).sum() == 2
    assert np.isfinite(top_k(top_p(z, 0.75), 3)).sum() == 3


@given(with_impossible | finite, st.integers(1, 9), shares)
def test_top_k_and_min_p_change_nothing_the_second_time(z, k, m):
    once = top_k(z, k)
    assert top_k(once, k).tolist() == once.tolist()
    once = min_p(z, m)
    assert min_p(once, m).tolist() == once.tolist()


@given(with_impossible | finite, shares, shares)
def test_a_larger_share_keeps_no_fewer_and_the_largest_is_always_kept(z, p, q):
    low, high = sorted([p, q])
    for smaller, larger in ((top_p(z, low), top_p(z, high)), (min_p(z, high), min_p(z, low))):
        assert (np.isfinite(larger) | ~np.isfinite(smaller)).all()
        assert smaller[np.argmax(z)] == max(z)


@each_filter
@each_dtype
def test_filters_keep_dtype_shape_and_argument(keep, dtype):
    z = ROWS.astype(dtype)
    before = z.copy()
    result = keep(z)
    assert result.dtype == dtype
    assert result.shape == z.shape
    assert (z == before).all()
    kept = result > -np.inf
    assert (result[kept] == z[kept]).all()
    assert kept[[0, 2]].sum(axis=-1).tolist() == [2, 2]
    result[...] = 0
    assert (z == before).all()


@each_filter
def test_filters_work_along_every_axis(keep):
    z = rng().normal(size=(3, 4, 5)).round(1)
    for axis in (-3, -2, -1, 0, 1, 2):
        expected = np.apply_along_axis(keep, axis, z)
        assert keep(z, axis=axis).tolist() == expected.tolist()
    assert keep(z).tolist() == keep(z, axis=2).tolist()


@each_filter
def test_filters_take_integers_and_empty_batches(keep):
    assert keep([3, 1, 2]).dtype == np.float64
    assert keep(np.zeros((0, 3))).shape == (0, 3)
    assert keep(np.zeros((3, 0)), axis=0).shape == (3, 0)


def test_filters_take_logits_at_both_ends_of_the_range():
    for z in ([1e308, -1e308], [0, -1e308], [np.inf, -1e308]):
        assert top_k(z, 1).tolist() == top_p(z, 0.999).tolist() == min_p(z, 5e-324).tolist() == [z[0], -np.inf]
    assert top_k([np.inf, -np.inf, 0], 2).tolist() == [np.inf, -np.inf, 0]
    assert min_p([np.inf, 0], 1).tolist() == [np.inf, -np.inf]


def test_float32_logits_are_judged_in_float64():
    z = np.array([0, -1e-7], np.float32)  # the difference from equal shares is 2.5e-8
    assert np.isfinite(top_p(z, 0.5 + 2.4e-8)).tolist() == [True, False]
    assert np.isfinite(top_p(z, 0.5 + 2.6e-8)).tolist() == [True, True]
    z = np.array([0, np.log(0.5)], np.float32)  # log(0.5), rounded to float32, is the smaller one by 2e-9
    assert np.isfinite(min_p(z, 0.5)).sum() == (1 if float(z[1]) < np.log(0.5) - 1e-12 else 2)
    assert np.isfinite(min_p(z.astype(np.float16), 0.5)).sum() == 1


# --- Samplers -------------------------------------------------------------------------------------------------------

DISTRIBUTIONS = {
    "the panda": PANDA,
    "equal": [5, 5, 5, 5],
    "impossible classes": [-np.inf, 0, -np.inf, 1, -np.inf],
    "large logits": [1e6 + 1, 1e6, 1e6 + 2],
    "huge equal logits": [1e17, 1e17, -1e17],
    "one class": [3],
    "17 classes": np.linspace(0, 2, 17),
}


@each_sampler
@pytest.mark.parametrize("z", DISTRIBUTIONS.values(), ids=DISTRIBUTIONS)
def test_samplers_draw_with_the_softmax_probabilities(draw, z):
    rows = np.broadcast_to(np.array(z, float), (40_000, len(z)))
    draws = draw(rows, rng(7))
    assert draws.shape == (40_000,)
    assert fits(draws, softmax(z))


@each_sampler
@each_dtype
def test_samplers_take_every_dtype(draw, dtype):
    z = np.array([0.25, 1.25, -0.75, -np.inf], dtype)
    draws = draw(np.broadcast_to(z, (20_000, 4)), rng(3))
    assert fits(draws, softmax(z.astype(np.float64)))


@each_sampler
def test_rows_are_drawn_independently_each_from_its_own_distribution(draw):
    z = np.array([[0, 1, 2.0], [2, -np.inf, 1]])
    draws = draw(np.broadcast_to(z, (30_000, 2, 3)), rng(5))
    p, q = softmax(z)
    assert fits(draws[:, 0] * 3 + draws[:, 1], np.outer(p, q).ravel())
    after = draws[:-1, 0] * 3 + draws[1:, 0]
    assert fits(after[::2], np.outer(p, p).ravel())  # and so is the next draw


@each_sampler
def test_samplers_repeat_themselves_and_follow_shifts(draw):
    z = rng(1).integers(-9, 9, size=(500, 6)).astype(float)
    before = z.copy()
    first = draw(z, rng(2))
    assert (first == draw(z, rng(2))).all()
    assert (first == draw(z + 64, rng(2))).all()
    assert (first != draw(z, rng(3))).any()
    assert (z == before).all()


@pytest.mark.parametrize("T", [0.1, 0.5, 1, 2, 100])
def test_sample_draws_at_a_temperature(T):
    assert fits(
        sample([0.2, 0.4, 0.1, -np.inf], rng(4), temperature=T, size=40_000),
        softmax([2, 4, 1, -np.inf], temperature=10 * T),
    )


def test_sample_is_the_search_of_each_uniform_number_in_the_sums():
    for K in (1, 2, 3, 4, 5, 8, 9, 31, 32, 33, 64, 65):
        z = rng(K).normal(size=(3, 2, K)) * 3
        z[0, 0, 0] = z[1, 1, -1] = -np.inf if K > 1 else 0
        draws = sample(z, rng(1), size=(5, 7))
        assert draws.shape == (5, 7, 3, 2)
        u = rng(1).random((5, 7, 3, 2))
        for index in np.ndindex(3, 2):
            sums = np.cumsum(softmax(z[index]))
            expected = np.searchsorted(sums, u[(..., *index)] * sums[-1], side="right")
            assert (draws[(..., *index)] == expected).all()


def test_draws_have_the_shape_of_size_and_rows():
    z = np.zeros((4, 3))
    assert sample(z, rng()).shape == sample(z, rng(), size=()).shape == (4,)
    assert sample(z, rng(), size=2).shape == (2, 4)
    assert sample(z, rng(), size=(2, 0)).shape == (2, 0, 4)
    assert sample(z, rng(), size=(2, 5), temperature=0).shape == (2, 5, 4)
    assert sample(PANDA, rng(), size=np.int64(2)).shape == (2,)
    assert gumbel_max(z, rng()).shape == (4,)
    assert without_replacement(z, 2, rng()).shape == (4, 2)
    assert gumbel_softmax(z, rng()).shape == (4, 3)
    for draw in (sample, gumbel_max):
        assert draw(np.zeros((0, 3)), rng()).shape == (0,)
        assert draw(z, rng()).dtype == np.int64
        assert type(draw(PANDA, rng())) is np.int64
    assert type(sample(PANDA, rng(), temperature=0)) is np.int64
    assert sample(z, rng(), temperature=0).dtype == without_replacement(z, 2, rng()).dtype == np.int64
    assert without_replacement(np.zeros((0, 3)), 2, rng()).shape == (0, 2)
    assert gumbel_softmax(np.zeros((0, 3)), rng(), hard=True).shape == (0, 3)


@pytest.mark.parametrize("zero", [0, 0.0, -0.0, np.float32(0), np.array(0)])
def test_temperature_0_is_the_first_of_the_largest_and_draws_nothing(zero):
    generator = rng(0)
    z = [[1, 3, 3], [-np.inf, -5, -7], [2, np.inf, 5]]
    draws = sample(z, generator, temperature=zero, size=2)
    assert draws.tolist() == [[1, 1, 1], [1, 1, 1]]
    draws[0] = 2  # it is not a view
    assert draws.tolist() == [[2, 2, 2], [1, 1, 1]]
    assert generator.random() == rng(0).random()


@pytest.mark.parametrize("T", [1e-320, 5e-324, 1e-300, 1e-10])
def test_near_temperature_0_equal_largest_logits_are_drawn_equally_often(T):
    for z in ([1, 3, -1e308, 3], [1e308, -1e308, 1e308, 0], [-1e-8, 0, -np.inf, 0]):
        p = np.equal(z, max(z)) / 2
        assert fits(sample(z, rng(8), temperature=T, size=10_000), p)
        soft = gumbel_softmax([1, 3, -1e308, -np.inf], rng(), temperature=T)
        assert sorted(soft) == [0, 0, 0, 1]


def test_at_a_huge_temperature_all_possible_classes_are_equal():
    assert fits(sample([1e3, -1e3, -np.inf, 0], rng(9), temperature=1e308, size=10_000), np.array([1, 1, 0, 1]) / 3)


def test_one_infinite_logit_is_certain():
    z = np.broadcast_to([0, np.inf, 5], (1000, 3))
    for draw in SAMPLERS.values():
        assert (draw(z, rng()) == 1).all()
    assert gumbel_softmax([0, np.inf, 5], rng()).tolist() == [0, 1, 0]


@pytest.mark.parametrize("u", [LOWEST, 2.0**-53, 0.5, HIGHEST])
def test_sample_never_draws_an_impossible_class_nor_one_beyond_the_last(u):
    no = -np.inf
    for n in range(1, 40):
        for z in (np.zeros(n), rng(n).normal(size=n), [-800] * n):
            z = np.array([no, *z, no, no])
            if u == HIGHEST:
                expected = n
            elif u == 0.5 and n == 2 and z[1] == z[2]:
                expected = 2
            elif u == 0.5:
                expected = None
            else:
                expected = 1
            drawn = sample(z, generator(u))
            assert z[drawn] > no
            assert expected in (None, drawn)
            assert drawn == sample(z, generator(u), size=1)[0]
    assert sample([-2000, 0, -2000], generator(u)) == 1  # no probability is left in float64


@given(with_impossible | finite, st.sampled_from([LOWEST, 2.0**-53, 1 / 3, HIGHEST]), st.sampled_from([1e-3, 1, 1e3]))
def test_sample_draws_what_has_a_probability(z, u, T):
    assert softmax(z, temperature=T)[sample(z, generator(u), temperature=T)] > 0


def test_gumbel_noise_is_finite_whatever_the_generator_returns():
    extremes = [LOWEST, HIGHEST, LOWEST, LOWEST, 2.0**-53, HIGHEST, 2.0**-53]  # those of 0 are drawn anew
    noise = generator(*extremes).gumbel(size=4)
    low, high = -np.log(53 * np.log(2)), 53 * np.log(2)
    np.testing.assert_allclose(noise, [low, high, low, high])
    z = [0, -30.0, -np.inf, -50]
    assert gumbel_max(z, generator(*extremes)) == 1
    assert without_replacement(z, 3, generator(*extremes)).tolist() == [1, 0, 3]
    soft = gumbel_softmax(z, generator(*extremes))
    np.testing.assert_allclose(soft, softmax(z + noise))
    assert soft[2] == 0


def plackett_luce(z, k):
    """Return the probability of each order of k of the classes, in exact arithmetic of the rounded probabilities."""
    p = oracle.softmax(z)
    orders = {}
    for order in itertools.permutations(range(len(z)), k):
        left, probability = mpmath.mpf(1), mpmath.mpf(1)
        for i in order:
            probability *= p[i] / left
            left -= p[i]
        orders[order] = float(probability)
    assert sum(orders.values()) == pytest.approx(1)
    return orders


@pytest.mark.parametrize("k", [1, 2, 3, 4])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_draws_without_replacement_follow_plackett_and_luce(k, dtype):
    z = [0.5, 1.25, -0.75, 0]
    orders = plackett_luce(z, k)
    draws = without_replacement(np.broadcast_to(np.array(z, dtype), (60_000, 4)), k, rng(k))
    number = {order: n for n, order in enumerate(orders)}
    assert fits([number[tuple(row)] for row in draws.tolist()], list(orders.values()))


def test_draws_without_replacement_are_different_possible_and_start_with_gumbel_max():
    z = rng(0).normal(size=(400, 7))
    z[rng(1).random(z.shape) < 0.3] = -np.inf
    z[:, 2:5] = 0
    draws = without_replacement(z, 3, rng(2))
    assert all(len(set(row)) == 3 for row in draws.tolist())
    assert np.isfinite(np.take_along_axis(z, draws, axis=-1)).all()
    assert (draws[:, 0] == gumbel_max(z, rng(2))).all()
    assert (draws[:, :2] == without_replacement(z, 2, rng(2))).all()


def test_common_noise_gives_near_logits_mostly_the_same_class():
    z = np.broadcast_to(PANDA, (20_000, 3))
    same = gumbel_max(z, rng(1)) == gumbel_max(np.add(z, [0.01, 0, 0]), rng(1))
    assert 0.99 < same.mean() < 1
    assert (gumbel_max(z, rng(1)) == gumbel_max(z, rng(2))).mean() < 0.6


@pytest.mark.parametrize("T", [0.1, 1.0, 5.0])
def test_gumbel_softmax_is_its_definition(T):
    z = rng(0).normal(size=(50, 6))
    z[:, 2] = -np.inf
    noise = rng(1).gumbel(size=z.shape)
    np.testing.assert_allclose(gumbel_softmax(z, rng(1), temperature=T), softmax((z + noise) / T), rtol=1e-11)
    hard = gumbel_softmax(z, rng(1), temperature=T, hard=True)
    assert (hard == np.eye(6)[gumbel_max(z, rng(1))]).all()


@pytest.mark.parametrize("T", [0.3, 1.0, 2.0])
def test_of_two_classes_gumbel_softmax_is_a_squashed_logistic_variable(T):
    y = gumbel_softmax(np.broadcast_to([0.7, 0], (20_000, 2)), rng(6), temperature=T)
    log_odds = T * (np.log(y[:, 0]) - np.log(y[:, 1]))
    assert scipy.stats.kstest(log_odds, scipy.stats.logistic(loc=0.7).cdf).pvalue > ALARM


@pytest.mark.parametrize("hard", [False, True])
@each_dtype
def test_gumbel_softmax_keeps_the_dtype(hard, dtype):
    result = gumbel_softmax(np.array([0.25, 1.25, -np.inf], dtype), rng(), hard=hard)
    assert result.dtype == dtype
    assert result[2] == 0
    assert abs(result.sum() - 1) <= 2 * np.finfo(dtype).eps
    assert gumbel_softmax([1, 2], rng(), hard=hard).dtype == np.float64


def test_float32_probabilities_that_a_generator_refuses_are_no_matter_here():
    z = (rng(0).normal(size=50) * 3).astype(np.float32)
    p = softmax(z).astype(np.float64)
    p[0] += 1e-6  # as rounding in float32 may leave it
    with pytest.raises(ValueError, match="do not sum to 1"):
        rng().choice(50, p=p)
    assert sample(z, rng(), size=3).max() < 50


def test_filtered_logits_are_drawn_with_renormalized_probabilities():
    z = np.log([0.5, 0.3, 0.15, 0.05])
    draws = sample(top_p(top_k(z, 3), 0.8), rng(2), size=20_000)
    assert fits(draws, [5 / 8, 3 / 8, 0, 0])


# --- Errors ---------------------------------------------------------------------------------------------------------


@each_function
@pytest.mark.parametrize(
    ("z", "error", "message"),
    [
        (3, ValueError, "z is the single number 3.0, of shape (); expected logits along an axis"),
        ([], ValueError, "z, of shape (0,), is empty along axis -1; expected at least one class"),
        (np.zeros((2, 0)), ValueError, "z, of shape (2, 0), is empty along axis -1; expected at least one class"),
        ([1, np.nan], ValueError, "z, of shape (2,), contains NaN; expected real numbers"),
        ([np.inf, np.inf, np.nan], ValueError, "z, of shape (3,), contains NaN; expected real numbers"),
        ([[1, 2], [np.nan, np.inf]], ValueError, "z, of shape (2, 2), contains NaN in the row (1,); expected real"),
        ([-np.inf, -np.inf], ValueError, "z, of shape (2,), has no possible class; expected a logit above -inf"),
        ([[-np.inf, -np.inf], [1, 2]], ValueError, "z, of shape (2, 2), has no possible class in the row (0,); exp"),
        ([np.inf, 0, np.inf], ValueError, "z, of shape (3,), contains inf more than once; expected at most one"),
        (["a"], TypeError, "z has dtype <U1 and shape (1,); expected real numbers"),
        ([1j], TypeError, "z has dtype complex128 and shape (1,); expected real numbers"),
    ],
)
def test_bad_logits_are_refused(function, z, error, message):
    with pytest.raises(error, match=re.escape(message)):
        function(z)


@each_filter
def test_a_bad_axis_is_refused(keep):
    with pytest.raises(np.exceptions.AxisError, match="axis 1 does not exist in z"):
        keep([1, 2], axis=1)
    with pytest.raises(TypeError, match=re.escape("axis is (0,), of type tuple; expected an integer")):
        keep([1, 2], axis=(0,))
    with pytest.raises(ValueError, match=re.escape("z, of shape (3, 2), contains NaN in the row (1,)")):
        keep([[1, 1], [1, np.nan], [1, 1]], axis=0)


@pytest.mark.parametrize("bad", [0, -1])
def test_k_below_1_is_refused(bad):
    for call in (lambda: top_k(PANDA, bad), lambda: without_replacement(PANDA, bad, rng())):
        with pytest.raises(ValueError, match=f"k is {bad}; expected at least 1"):
            call()


@pytest.mark.parametrize("bad", [1.0, True, "1", None])
def test_k_has_to_be_an_integer(bad):
    for call in (lambda: top_k(PANDA, bad), lambda: without_replacement(PANDA, bad, rng())):
        with pytest.raises(TypeError, match=r"k is .* expected an integer"):
            call()


@pytest.mark.parametrize("bad", [0, -0.1, 1 + EPS, np.nan, np.inf])
def test_shares_are_above_0_and_at_most_1(bad):
    for keep, name in ((top_p, "p"), (min_p, "m")):
        with pytest.raises(ValueError, match=re.escape(f"{name} is {bad}; expected a number above 0 and at most 1")):
            keep(PANDA, bad)
        with pytest.raises(TypeError, match=re.escape(f"{name} is '0.5', of type str; expected one real number")):
            keep(PANDA, "0.5")


@pytest.mark.parametrize("bad", [np.random.RandomState(0), np.random, 0, None, np.random.PCG64(0)])
@each_sampler
def test_what_is_no_generator_is_refused(draw, bad):
    message = f"of type {type(bad).__name__}; expected a numpy.random.Generator, such as numpy.random.default_rng(0)"
    with pytest.raises(TypeError, match=r"^rng is .*" + re.escape(message)):
        draw(PANDA, bad)


@pytest.mark.parametrize(("z", "possible"), [([1, -np.inf, 2], 2), ([[1, 2, 3], [1, -np.inf, -np.inf]], 1)])
def test_too_few_possible_classes_are_refused(z, possible):
    message = f"k is 3; expected at most {possible}, as no more classes are possible in a row of z, of shape "
    with pytest.raises(ValueError, match=re.escape(f"{message}{np.shape(z)}")):
        without_replacement(z, 3, rng())
    assert without_replacement(z, possible, rng()).shape == (*np.shape(z)[:-1], possible)


def test_an_empty_batch_has_as_many_draws_as_classes_at_most():
    assert without_replacement(np.zeros((0, 3)), 3, rng()).shape == (0, 3)
    with pytest.raises(ValueError, match=re.escape("k is 4; expected at most 3")):
        without_replacement(np.zeros((0, 3)), 4, rng())


@pytest.mark.parametrize("bad", [-1, np.nan, np.inf, -1e-320])
def test_a_bad_temperature_is_refused(bad):
    for draw in (sample, gumbel_softmax):
        with pytest.raises(ValueError, match=re.escape(f"temperature is {bad}; expected a positive, finite number")):
            draw(PANDA, rng(), temperature=bad)
        with pytest.raises(TypeError, match="temperature is '1'"):
            draw(PANDA, rng(), temperature="1")


def test_only_sample_knows_the_temperature_0():
    with pytest.raises(ValueError, match="temperature is 0; expected a positive, finite number"):
        gumbel_softmax(PANDA, rng(), temperature=0)


@pytest.mark.parametrize(
    ("size", "error"), [(-1, ValueError), ((2, -1), ValueError), (2.0, TypeError), ([2], TypeError)]
)
def test_a_bad_size_is_refused(size, error):
    with pytest.raises(error, match="size is"):
        sample(PANDA, rng(), size=size)


def test_hard_has_to_be_a_flag():
    with pytest.raises(TypeError, match="hard is 1, of type int; expected True or False"):
        gumbel_softmax(PANDA, rng(), hard=1)
