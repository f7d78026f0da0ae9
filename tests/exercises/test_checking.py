"""What checks are made of: they let in numbers only, take nothing amiss, and say what differs."""

import re
import warnings
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from softmaxlib.teaching.exercises import checking


@checking.check
def check_double(attempt):
    z = np.array([1.0, 2.0])
    checking.compare(checking.run(attempt, z), 2 * z, "twice the scores.", (z,))


@checking.check
def check_half(answer):
    checking.agree(checking.number(answer), 0.5, 2, "one of two.", [(2, "turned over.")])


class Unreadable:
    """Can be neither converted nor shown."""

    def __array__(self, dtype=None, copy=None):
        raise ValueError("setting an array element with a sequence")

    def __repr__(self):
        raise RuntimeError("no words")


def in_place(z):
    z *= 2
    return z


def raises(error):
    def attempt(z):
        raise error

    return attempt


def warns(z):
    warnings.warn("look at /home/me/book", stacklevel=1)
    return np.maximum(np.log(0 * z), 2 * z)


class Mute(Exception):
    """Does not say what is wrong."""

    def __str__(self):
        raise RuntimeError("no words")


async def later(z):
    return 2 * z


@pytest.mark.parametrize(
    ("attempt", "hint"),
    [
        (lambda z: np.arange(9.0), r"for [1, 2]: shape (2,) expected, got shape (9,)."),
        (3, "pass your function itself, not 3."),
        (Unreadable(), "pass your function itself, not an object of type Unreadable."),
        (lambda z: None, "your function returns None; does it end with a return?"),
        (lambda z: ..., "your function returns nothing yet; replace the ... by your code."),
        (..., "replace the ... by your answer."),
        (raises(KeyError("no such thing")), "for [1, 2]: your function raised KeyError: 'no such thing'."),
        (raises(ValueError("two\nlines.")), "for [1, 2]: your function raised ValueError: two lines."),
        (raises(ValueError()), "for [1, 2]: your function raised ValueError."),
        (raises(ValueError("\ud800")), "for [1, 2]: your function raised ValueError: ?."),
        (raises(ValueError(300 * "a")), f"for [1, 2]: your function raised ValueError: {147 * 'a'}...\n"),
        (raises(Mute()), "for [1, 2]: your function raised Mute."),
        (lambda a, b: a, "for [1, 2]: your function raised TypeError: <lambda>() missing 1 required"),
        (in_place, "your function changes its input: [1, 2] became [2, 4]. Work on a new array."),
        (
            lambda z: z.resize(3, refcheck=False) or z,
            "your function changes its input: [1, 2] became [1, 2, 0]. Work on a new array.",
        ),
        (lambda z: z[:, np.newaxis] * 2, "for [1, 2]: shape (2,) expected, got shape (2, 1)."),
        (lambda z: ["2", "4"], "for [1, 2]: your function returns ['2', '4']; numbers expected."),
        (lambda z: [[2], [4, 5]], "for [1, 2]: your function returns [[2], [4, 5]]; numbers expected."),
        (lambda z: [2, 4j], "for [1, 2]: your function returns [2, 4j]; numbers expected."),
        (lambda z: np.ma.masked_equal([2.0, 4.0], 4), "for [1, 2]: your function returns masked_array("),
        (lambda z: (2 * x for x in z), "for [1, 2]: your function returns <generator object "),
        (lambda z: Unreadable(), "for [1, 2]: your function returns an object of type Unreadable; numbers expected."),
        (later, "for [1, 2]: your function returns <coroutine object later>; numbers expected."),
        (lambda z: np.array([2, 10**400]), "for [1, 2]: your function returns array([2, 1000000000"),
        (lambda z: z, "for [1, 2]: expected [2, 4], got [1, 2]: twice the scores."),
        (lambda z: [2, np.nan], "for [1, 2]: expected [2, 4], got [2, nan]: twice the scores."),
        (lambda z: [2, 4 + 1e-6], "for [1, 2]: close: off by 1e-06, at [1] expected 4, got 4.000001. "),
    ],
)
def test_function_that_is_wrong(attempt, hint, capsys):
    with warnings.catch_warnings(action="error"):
        check_double(attempt)
    printed = capsys.readouterr()
    assert printed.err == ""
    assert printed.out.startswith(f"Not yet: {hint}")
    assert printed.out.count("\n") == 1
    assert " at 0x" not in printed.out


@pytest.mark.parametrize("attempt", [lambda z: 2 * z, lambda z: [2, 4], lambda z: (2.0, np.int8(4)), warns])
def test_function_that_is_right(attempt, capsys):
    with warnings.catch_warnings(action="error"):
        check_double(attempt)
    assert capsys.readouterr() == ("Correct.\n", "")


@pytest.mark.parametrize(
    ("answer", "printed"),
    [
        (0.5, "Correct."),
        ([0.5], "Correct."),
        (np.float32(0.5), "Correct."),
        (Fraction(1, 2), "Correct."),
        (Decimal("0.4996"), "Correct."),
        (np.array([[0.504]]), "Correct."),
        (0.506, "Not yet: 0.506 is close; make it right to 2 decimals."),
        (2, "Not yet: turned over."),
        (0, "Not yet: 0 is not it: one of two."),
        (np.inf, "Not yet: inf is not it: one of two."),
        ([0.5, 0.5], "Not yet: one number expected, got [0.5, 0.5]."),
        (np.zeros((3, 3)), "Not yet: one number expected, got an array of shape (3, 3)."),
        ("0.5", "Not yet: one number expected, got '0.5'."),
        (None, "Not yet: one number expected, got None."),
        (0.5 + 0j, "Not yet: one number expected, got (0.5+0j)."),
        (np.ma.masked, "Not yet: one number expected, got masked."),
        (abs, "Not yet: one number expected, got <built-in function abs>."),
        (in_place, "Not yet: one number expected, got <function in_place>."),
        (..., "Not yet: replace the ... by your answer."),
    ],
)
def test_number(answer, printed, capsys):
    check_half(answer)
    assert capsys.readouterr().out == printed + "\n"


def test_advice_on_keepdims_is_given_where_an_axis_can_be_dropped():
    table = np.zeros((2, 3))
    with pytest.raises(checking.Hint, match=r"unless you say keepdims=True\.$"):
        checking.run(lambda z: z - z.max(axis=1), table)
    with pytest.raises(checking.Hint, match=r"with shapes \(3,\) \(2,\)\.$"):
        checking.run(lambda z: z - np.zeros(2), table[0])


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_what_stops_the_program_passes_through(error):
    with pytest.raises(error):
        check_double(raises(error()))


def test_a_fault_of_the_check_itself_is_not_hidden():
    @checking.check
    def check_nothing(answer):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        check_nothing(1)


def test_settings_of_the_reader_do_not_matter(capsys):
    with np.errstate(all="raise"):
        check_double(lambda z: 2 * z + np.exp(-1000 * z))
    assert capsys.readouterr().out == "Correct.\n"


def test_expected_values_are_shown_only_for_what_the_check_made():
    with pytest.raises(checking.Hint, match=r"^\[1, 2\] is not it: think\.$"):
        checking.compare([1, 2], [1, 3], "think.")
    with pytest.raises(checking.Hint, match=r"^the sum: expected 3, got 2: think\.$"):
        checking.compare(2, 3, "think.", "the sum")


def test_a_right_answer_is_no_mistake():
    checking.compare(0, 0, "think.", mistakes=[(0, "no score counts.")])
    with pytest.raises(checking.Hint, match=r"^no score counts\.$"):
        checking.compare(0, 1, "think.", mistakes=[(0, "no score counts.")])
    with pytest.raises(checking.Hint, match=r"think\.$"):
        checking.compare(1e-20, 1, "think.", mistakes=[(0, "no score counts.")])
    with pytest.raises(checking.Hint, match=r"^1 is not it: think\.$"):
        checking.compare(1.0000001, 1, "think.", mistakes=[(1, "which may also be right.")])


def test_rounding_is_recognized():
    with pytest.raises(checking.Hint, match=r"^your function rounds to 2 decimals;"):
        checking.compare([0.67, 0.33], [2 / 3, 1 / 3], "think.", ())
    with pytest.raises(checking.Hint, match=r"expected 2e-22, got 0: think\.$"):
        checking.compare(0.0, 2e-22, "think.", ())


def test_once_can_be_read_once(capsys):
    chunks = checking.Once(np.split(np.arange(4.0), 2))
    assert checking.run(lambda given: [len(list(given)), len(list(given))], chunks).tolist() == [2, 0]
    with pytest.raises(checking.Hint, match=r"changes its input: \[0, 1\] became \[0, 2\]"):
        checking.run(lambda given: in_place(next(given)), chunks)
    with pytest.raises(checking.Hint, match=r"^for iter\(\[\[0, 1\], \[2, 3\]\]\): your function raised KeyError"):
        checking.run(raises(KeyError()), chunks)


def test_memory_of_items_that_are_kept_counts():
    chunks = checking.Once(np.split(np.zeros(100_000), 100))
    assert checking.peak_memory(lambda given: sum(chunk.sum() for chunk in given), chunks)[1] < 100_000
    assert checking.peak_memory(lambda given: sum(chunk.sum() for chunk in list(given)), chunks)[1] > 800_000


values = st.floats() | st.floats(0.999, 1.001) | st.integers(-5, 5)
pairs = st.integers(1, 12).flatmap(lambda n: st.tuples(*[st.lists(values, min_size=n, max_size=n)] * 2))


@given(pairs | st.tuples(values, values))
@example((1.1871012353, 1.1871012352))
@example(([1.0, 0.123456789012345], [1.0, 0.123456789012346]))
def test_a_hint_never_shows_two_equal_numbers(pair):
    expected, got = pair
    hint = ""
    try:
        with np.errstate(all="ignore"):
            checking.compare(got, expected, "think.", (), tolerance=0)
    except checking.Hint as raised:
        hint = str(raised)
    shown = re.search(r"expected (.+), got (.+?)(: think\.|\. Is something)", hint)
    assert shown or not hint or "rounds to" in hint, hint
    assert shown is None or shown[1] != shown[2], hint


@given(st.floats(-1e3, 1e3), st.integers(0, 4), st.floats(-20, 20))
def test_a_number_is_judged_to_its_decimals(right, decimals, offset):
    value = right + offset * 10.0**-decimals
    if abs(abs(offset) - 0.5) < 0.01:
        return
    try:
        checking.agree(value, right, decimals, "think.")
    except checking.Hint:
        assert abs(offset) > 0.5
    else:
        assert abs(offset) < 0.5
