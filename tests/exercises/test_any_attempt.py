"""No attempt makes a check raise, warn, or say more than a line: values and functions of all kinds, on every check."""

import inspect
import itertools
import re
import warnings
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.exercises.answers import WITH_ANSWERS, answers, give

# Each check, with the first right answer to it.
ALL = {
    f"{chapter} {check.__name__}": (check, right)
    for chapter in WITH_ANSWERS
    for check, right in reversed(answers(chapter).RIGHT)
}


class Awkward:
    """Fails wherever it can, except where Hypothesis itself looks."""

    def __array__(self, dtype=None, copy=None):
        raise TypeError("no array\nat all")

    def __float__(self):
        raise ValueError

    def __len__(self):
        raise OverflowError


class Speechless(Awkward):
    """Cannot be shown either."""

    def __repr__(self):
        raise KeyError


def endless():
    row = []
    row.append(row)
    return row


def floats_of(shape):
    return arrays.arrays(np.float64, shape, elements=st.floats() | st.sampled_from([0.0, 1.0, np.inf, -np.inf, np.nan]))


numbers = (
    st.floats()
    | st.integers(-20, 2000)
    | st.sampled_from([10**400, -(2**70), True, np.float32(0.3), np.longdouble(1e-4000), np.int8(-128)])
    | st.sampled_from([Fraction(1, 3), Decimal("NaN"), Decimal("1e999999"), Fraction(10**400)])
)
oddities = st.sampled_from(
    [
        *(
            None,
            "",
            "0.5",
            "error",
            "\ud800",
            "a\nb\r\x85c",
            b"1",
            1j,
            NotImplemented,
            slice(None),
            object(),
            Awkward(),
        ),
        *({}, {"a": 1}, {1, 2}, frozenset(), range(9), [..., 1], (..., ...), endless(), int, len),
        *(np.ma.masked, np.ma.masked_equal([1.0, 2.0, 3.0], 2.0), np.array(None), np.array(["a", "b"])),
        *(np.datetime64("2020-01-01"), np.zeros(2, dtype="i4,f4"), np.empty((0, 3)), np.zeros((1,) * 20)),
        np.broadcast_to(1, (10**9, 10**9)),
    ]
)
shapes = st.sampled_from([(), (1,), (2,), (3,), (4,), (6,), (9,), (10,), (61,), (2, 2), (2, 3), (3, 1), (3, 4, 5)])
tables = shapes.flatmap(floats_of) | arrays.arrays(arrays.scalar_dtypes(), shapes)
values = st.recursive(
    numbers | oddities | tables,
    lambda inner: st.lists(inner, max_size=5) | st.tuples(inner, inner) | st.lists(numbers, min_size=2, max_size=9),
    max_leaves=6,
)
errors = st.sampled_from(
    [ValueError("a\nb"), IndexError(), Warning("w"), StopIteration(), MemoryError(), AssertionError("\ud800")]
)


def constant(value):
    return lambda *given: value


def failing(error):
    def attempt(*given):
        raise error

    return attempt


def distorted(change):
    """Return an attempt whose result looks like its first argument."""

    def attempt(first, *rest):
        array = np.array(list(first) if hasattr(first, "__next__") else first)
        warnings.warn("seen at /home/me/book.py", stacklevel=1)
        return change(array)

    return attempt


async def later(*given):
    return 1.0


changes = st.sampled_from(
    [
        lambda z: z,
        lambda z: -z,
        lambda z: z * np.nan,
        lambda z: z * 1e300,
        lambda z: z * 0,
        lambda z: z[..., np.newaxis],
        lambda z: z[:0],
        lambda z: z.T,
        lambda z: z.astype(object),
        lambda z: z.astype(complex),
        lambda z: z.astype(np.float16),
        lambda z: np.ma.masked_equal(z, z.flat[0]),
        lambda z: z.tolist(),
        lambda z: iter(z),
        lambda z: np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True),
        lambda z: np.log(z.sum(axis=-1)),
        lambda z: z.sum(),
        lambda z: z.argmax(axis=-1),
        lambda z: z.shape,
    ]
)
functions = (
    values.map(constant)
    | numbers.map(constant)
    | errors.map(failing)
    | changes.map(distorted)
    | st.sampled_from([lambda: 1, lambda a: a, lambda a, b: b, np.exp, np.sort, max, later, str, np.ndarray.sort])
    | st.just(constant(Speechless()))
)
attempts = values | functions


def spoiled(right):
    """Return answers that begin as the right one: a function that errs at a later call, a value with another entry."""
    if not callable(right):
        entries = list(right) if np.ndim(np.asarray(right, dtype=object)) else [right]
        places = st.integers(0, len(entries) - 1)
        return st.builds(lambda i, value: [*entries[:i], value, *entries[i + 1 :]], places, values)

    def erring(calls, then):
        count = itertools.count()
        return lambda *given: (right if next(count) < calls else then)(*given)

    return st.builds(erring, st.integers(1, 12), functions)


@pytest.mark.parametrize(("check", "right"), ALL.values(), ids=ALL)
@pytest.mark.filterwarnings("error")
def test_no_attempt_makes_a_check_raise(check, right, capsys):
    parameters = len(inspect.signature(check).parameters)

    def verdict(attempt):
        give(check, attempt)
        printed = capsys.readouterr()
        assert printed.err == ""
        return printed.out

    def try_attempt(attempt):
        printed = verdict(attempt)
        assert printed == "Correct.\n" or re.fullmatch("Not yet: .+\n", printed), printed
        assert "/home/me" not in printed, printed
        assert callable(right) or "your function" not in printed, printed

    for kind in (st.tuples(*[attempts] * parameters) if parameters > 1 else attempts, spoiled(right)):
        settings(max_examples=25)(given(kind)(try_attempt))()
