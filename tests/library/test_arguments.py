"""What is accepted and what is refused: nothing is lost on the way in, and messages say what is wrong."""

import math
import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_array_equal

import softmaxlib
from softmaxlib.arguments import as_array, as_classes, as_flag, as_mask, as_num_classes, as_real, as_temperature

# --- Integers -------------------------------------------------------------------------------------------------------

integers = st.integers(-(2**63), 2**63 - 1) | st.integers(-(2**54), 2**54) | st.integers(-(2**80), 2**80)
floats = st.floats(allow_nan=True)


def held(x):
    """Whether float64 holds a number."""
    return x != x or float(x) == x  # Python compares an int and a float without rounding


@given(z=st.lists(integers, min_size=1, max_size=4))
def test_integers_are_held_or_refused(z):
    """As Python integers, in a list, a tuple or an array, of 64 bits or more."""
    for form in (z, tuple(z), [z, z], np.array(z, object)):
        if all(map(held, z)):
            result = as_real(form, "z")
            assert result.dtype == np.float64
            assert [int(x) for x in result.ravel()] == z * (result.size // len(z))
        else:
            with pytest.raises(ValueError, match=r"^z, of shape .* contains .*; expected integers that float64 holds"):
                as_real(form, "z")


@given(z=st.lists(integers | floats, min_size=1, max_size=4))
def test_integers_beside_floats_are_held_or_refused(z):
    if all(map(held, z)):
        assert_array_equal(as_real(z, "z"), [float(x) for x in z])
    else:
        first = next(x for x in z if not held(x))
        with pytest.raises(ValueError, match=rf"contains {first}, which float64 would round to {int(float(first))}; "):
            as_real(z, "z")


@given(z=hnp.arrays(st.sampled_from([np.int64, np.uint64]), st.integers(1, 5)))
def test_arrays_of_integers_are_held_or_refused(z):
    if all(map(held, z.tolist())):
        assert as_real(z, "z").tolist() == z.tolist()
    else:
        with pytest.raises(ValueError, match="expected integers that float64 holds exactly"):
            as_real(z, "z")


@pytest.mark.parametrize(
    ("z", "shape", "fate"),
    [
        ([0, 2**53 + 1], (2,), "9007199254740993, which float64 would round to 9007199254740992"),
        ([0.5, 2**53 + 1], (2,), "9007199254740993, which float64 would round to 9007199254740992"),
        ([[0.5], np.array([2**53 + 1])], (2, 1), "9007199254740993, which float64 would round to 9007199254740992"),
        (2**64 - 1, (), "18446744073709551615, which float64 would round to 18446744073709551616"),
        (np.int64(-(2**53) - 1), (), "-9007199254740993, which float64 would round to -9007199254740992"),
        ([2**64 + 1, 0], (2,), "18446744073709551617, which float64 would round to 18446744073709551616"),
        ([2**63 + 1, -1], (2,), "9223372036854775809, which float64 would round to 9223372036854775808"),
        ([2**1024 - 1], (1,), "an integer of 1024 bits, which float64 cannot hold"),
        ([10**5000, 0.5], (2,), "an integer of 16610 bits, which float64 cannot hold"),
    ],
    ids=lambda value: str(value)[:40] if not isinstance(value, list) else None,
)
def test_message_on_integers_that_would_be_rounded(z, shape, fate):
    message = f"z, of shape {shape}, contains {fate}; expected integers that float64 holds exactly"
    for function in (softmaxlib.sigmoid, lambda z: softmaxlib.softmax(z, axis=None)):
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            function(z)


def test_integers_of_any_size_that_are_held():
    assert_array_equal(softmaxlib.softmax([2**64, 0]), [1, 0])
    assert_array_equal(softmaxlib.softmax([2**1023, 2**1023]), [0.5, 0.5])
    assert_array_equal(softmaxlib.argmax_one_hot([0.5, 10**20, -np.inf]), [0, 1, 0])
    wide = [np.longdouble(0.5), 2**63 + 1]
    if np.finfo(np.longdouble).nmant >= 63:
        assert int(as_real(wide, "z")[1]) == 2**63 + 1
    else:
        with pytest.raises(ValueError, match="expected integers that float64 holds exactly"):
            as_real(wide, "z")


# --- Masks ----------------------------------------------------------------------------------------------------------

MASKED = np.ma.array([1, 2], mask=[True, False])


@pytest.mark.parametrize(
    "value",
    [[MASKED, MASKED], [[1, 2], MASKED], ([[1.0, 2.0]], [MASKED]), [1.0, np.ma.masked]],
    ids=["list", "beside a list", "deep", "constant"],
)
def test_masked_arrays_in_lists_are_refused(value):
    message = r"^z is a (list|tuple) that holds a masked array, whose mask would be lost; expected plain arrays"
    with pytest.raises(TypeError, match=message):
        as_real(value, "z")
    with pytest.raises(TypeError, match=r"^y is a (list|tuple) that holds a masked array"):
        as_classes(value, 3)


def test_as_mask():
    assert_array_equal(as_mask([True, False], (3, 2), "z"), [[True, False]] * 3)
    with pytest.raises(TypeError, match=r"^where has dtype float64 and shape \(1,\); expected booleans$"):
        as_mask([1.0], (1,), "z")
    with pytest.raises(
        ValueError, match=r"^where has shape \(2,\); expected one that broadcasts to that of z, \(3,\)$"
    ):
        as_mask([True, False], (3,), "z")


# --- What is no array -----------------------------------------------------------------------------------------------


class Lost:
    """What cannot be read as an array, and says why."""

    def __array__(self, dtype=None, copy=None):
        raise ValueError("the disk is gone")


def test_only_ragged_input_is_called_so():
    for ragged in ([[1, 2], [3]], [[1, 2], 3], [np.zeros((2, 2)), np.zeros((2, 3))]):
        with pytest.raises(ValueError, match=r"^z is ragged; expected rows of one length \(.+\)$"):
            as_array(ragged, "z")
    with pytest.raises(
        ValueError, match=r"^z, of type Lost, cannot be read as an array \(the disk is gone\)$"
    ) as caught:
        as_array(Lost(), "z")
    assert str(caught.value.__cause__) == "the disk is gone"
    deep = [1.0]
    for _ in range(99):
        deep = [deep]
    with pytest.raises(ValueError, match=r"^z, of type list, cannot be read as an array"):
        as_array(deep, "z")


def foreign_dtypes():
    """Yield dtypes that are none of NumPy's: raw bytes in any case, and those of ml_dtypes where it is there."""
    yield np.dtype("V2")
    try:
        import ml_dtypes
    except ImportError:
        return
    yield np.dtype(ml_dtypes.bfloat16)
    yield np.dtype(ml_dtypes.float8_e5m2)


@pytest.mark.parametrize("dtype", list(foreign_dtypes()), ids=str)
def test_foreign_dtypes_are_refused_with_a_remedy(dtype):
    message = (
        f"z has dtype {dtype} and shape (2,); expected real numbers in a dtype of NumPy's own, float16 to longdouble: "
        "convert them, as by z.astype(np.float32)"
    )
    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        softmaxlib.softmax(np.zeros(2, dtype))


@pytest.mark.parametrize("z", [[None], [Fraction(1, 2)], np.zeros(0, object), [[1], "a"], np.zeros(2, [("a", "f4")])])
def test_other_dtypes_are_refused(z):
    with pytest.raises((TypeError, ValueError), match=r"^z (has dtype .+ expected real numbers$|is ragged)"):
        as_real(z, "z")


# --- Temperatures, flags and classes --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value", [0.3, 2, np.float32(0.1), Fraction(1, 3), np.longdouble("1e-300"), 5e-324, Fraction(5e-324)]
)
def test_temperatures(value):
    temperature = as_temperature(value)
    assert type(temperature) is float
    assert temperature == float(value)
    assert math.isclose(temperature, value, rel_tol=2**-53)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        (Fraction(1, 10**400), "0.0"),
        (Fraction(1, 3 * 10**320), "3.335e-321"),  # three digits are left of it
        (Fraction(10**400), "inf"),
        (10**5000, "inf"),
        (-(10**5000), "-inf"),
        pytest.param(
            np.longdouble("1e-400"),
            "0.0",
            marks=pytest.mark.skipif(np.finfo(np.longdouble).minexp > -2000, reason="long double has a short range"),
        ),
        pytest.param(
            np.longdouble("1e400"),
            "inf",
            marks=pytest.mark.skipif(np.finfo(np.longdouble).minexp > -2000, reason="long double has a short range"),
        ),
    ],
    ids=lambda value: str(value) if isinstance(value, str) else type(value).__name__,
)
def test_temperatures_that_float64_does_not_hold(value, rounded):
    message = (
        f"temperature, of type {type(value).__name__}, is {rounded} as a float64; "
        "expected a positive, finite number that float64 holds"
    )
    for function in (softmaxlib.softmax, softmaxlib.log_softmax):
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            function([1.0, 2.0], temperature=value)


@given(numerator=st.integers(1, 10**40), exponent=st.integers(-400, 400))
def test_fractions_are_held_to_their_last_digit_or_refused(numerator, exponent):
    value = numerator * Fraction(10) ** exponent
    try:
        temperature = as_temperature(value)
    except ValueError:
        assert value < np.finfo(np.float64).tiny or value > np.finfo(np.float64).max
    else:
        assert abs(Fraction(temperature) / value - 1) <= Fraction(1, 2**53)


@pytest.mark.parametrize("value", [True, False, np.True_, np.False_])
def test_flags(value):
    assert as_flag(value, "fast") is bool(value)


@pytest.mark.parametrize("value", ["no", 1, 0.0, None, [True], np.array([True])])
def test_other_flags_are_refused(value):
    message = f"fast is {value!r}, of type {type(value).__name__}; expected True or False"
    for function in (softmaxlib.softmax, softmaxlib.log_softmax, softmaxlib.logsumexp):
        with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
            function([1.0, 2.0], fast=value)


@pytest.mark.parametrize("value", [10**20, 2**63, 2**60])
def test_more_classes_than_an_array_can_have(value):
    with pytest.raises(
        ValueError, match=rf"^num_classes is {value}; expected at most \d+, as more float64 fit in no mem"
    ):
        softmaxlib.one_hot(1, value)
    assert as_num_classes(2**59) == 2**59


def test_classes():
    assert as_classes([2, 0], 3).dtype == np.intp
    assert as_classes([], 3).dtype == np.intp
    assert_array_equal(as_classes(np.array([1, 2], object), 3), [1, 2])
    with pytest.raises(
        ValueError, match=rf"^y, of shape \(2,\), contains the class {2**70}; expected 0 to 2 \(num_classes is 3\)$"
    ):
        as_classes([1, 2**70], 3)
    with pytest.raises(TypeError, match=r"^y has dtype object and shape \(1,\); expected integer class indices$"):
        as_classes([None], 3)
