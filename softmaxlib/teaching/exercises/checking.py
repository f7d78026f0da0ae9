"""What the checks of the exercises are made of.

A check takes a reader's attempt and prints one line: ``Correct.``, or what is wrong. It raises nothing, whatever the
attempt is, so that an unfinished notebook still runs from top to bottom. For this, all that a reader wrote comes in
through `number`, `numbers`, `call` or `run`. They turn away what is of another kind, and what they let in is safe to
compute with.
"""

import copy
import functools
import re
import tracemalloc
import warnings
from collections.abc import Iterator
from decimal import Decimal
from numbers import Real

import numpy as np


class Hint(Exception):
    """What is wrong with an attempt, in words for the reader."""


class Once(tuple):
    """Items that can be read once: as an argument of `run`, the reader's function gets an iterator over them."""


# What to add to an error of NumPy that does not say what to do about it.
ADVICE = {
    "could not be broadcast": "A sum or a maximum along an axis drops this axis, unless you say keepdims=True.",
    "truth value of an array": "An if needs a single truth value; np.where chooses entry by entry.",
    "arrays can be converted to Python scalars": "Functions of math take one number; those of NumPy take arrays.",
}


def check(judge):
    """Turn `judge`, which raises a `Hint` at a wrong attempt, into a check that prints its verdict.

    Parameters
    ----------
    judge : callable
        Takes the reader's attempt.

    Returns
    -------
    callable
        The same, but printing ``Correct.`` or ``Not yet:`` with the hint.

    Examples
    --------
    >>> @check
    ... def check_parity(answer):
    ...     if number(answer) % 2:
    ...         raise Hint("that is odd.")
    >>> check_parity(3)
    Not yet: that is odd.
    >>> check_parity(4)
    Correct.
    >>> check_parity("four")
    Not yet: one number expected, got 'four'.
    """

    @functools.wraps(judge)
    def verdict(*attempt):
        # What the attempt leaves behind is cleared in here, too: it might warn when it goes.
        with warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
            try:
                if any(part is ... for part in attempt):
                    raise Hint("replace the ... by your answer.")
                judge(*attempt)
            except Hint as hint:
                line = f"Not yet: {hint}"
            else:
                line = "Correct."
        print(line)

    return verdict


def number(answer, what="one number"):
    """Return a reader's answer as a float64, which may be inf or nan.

    Parameters
    ----------
    answer : object
        A number, or an array or list that holds a single one.
    what : str, default "one number"
        What the hint says was expected.

    Returns
    -------
    numpy.float64

    Raises
    ------
    Hint
        If `answer` is anything else.

    Examples
    --------
    >>> float(number([0.5]))
    0.5
    """
    array = _array(answer)
    if array is None or array.size != 1:
        raise Hint(f"{what} expected, got {_shown(answer)}.")
    return array.reshape(())[()]


def numbers(answer, shape=None, what="numbers"):
    """Return a reader's answer as an array of float64, of a given shape.

    Parameters
    ----------
    answer : object
        An array, or nested lists of equal lengths.
    shape : tuple of int, optional
        The shape that it must have.
    what : str, default "numbers"
        What the hint says was expected, such as ``"three scores"``.

    Returns
    -------
    numpy.ndarray of float64

    Raises
    ------
    Hint
        If `answer` is no array of real numbers, or has another shape.

    Examples
    --------
    >>> numbers((1, 2), (2,), "two scores")
    array([1., 2.])
    """
    array = _array(answer)
    if array is None:
        raise Hint(f"{what} expected, got {_shown(answer)}.")
    if shape is not None and array.shape != shape:
        raise Hint(f"{what} expected, in the shape {shape}; got shape {array.shape}.")
    return array


def call(attempt, *arguments):
    """Call the reader's function and return what it returns.

    Parameters
    ----------
    attempt : callable
        The reader's function.
    *arguments : objects
        Its arguments. Arrays are passed as copies and must come back unchanged; a `Once` is passed as an iterator.

    Returns
    -------
    object

    Raises
    ------
    Hint
        If `attempt` is no function, fails, returns nothing or changes an array of the caller.

    Examples
    --------
    >>> call(sorted, (2, 1))
    [1, 2]
    """
    if not callable(attempt):
        raise Hint(f"pass your function itself, not {_shown(attempt)}.")
    copies = copy.deepcopy(arguments)
    try:
        result = attempt(*(iter(given) if isinstance(given, Once) else given for given in copies))
    except Exception as error:
        raise Hint(f"{_given(arguments)}your function raised {_cause(error, arguments)}") from error
    if result is ...:
        raise Hint("your function returns nothing yet; replace the ... by your code.")
    if result is None:
        raise Hint("your function returns None; does it end with a return?")
    for given, left in zip(_arrays(arguments), _arrays(copies), strict=True):
        if (given.shape, given.dtype) != (left.shape, left.dtype) or not np.array_equal(given, left, equal_nan=True):
            raise Hint(f"your function changes its input: {_shown(given)} became {_shown(left)}. Work on a new array.")
    return result


def run(attempt, *arguments, text=False):
    """Call the reader's function and return its result as an array.

    Parameters
    ----------
    attempt : callable
        The reader's function.
    *arguments : objects
        Its arguments, as in `call`.
    text : bool, default False
        Whether it should return strings instead of numbers.

    Returns
    -------
    numpy.ndarray of float64 or str

    Raises
    ------
    Hint
        As `call` does, and if the result is no array of the right kind.

    Examples
    --------
    >>> run(np.exp, np.zeros(2))
    array([1., 1.])
    """
    result = call(attempt, *arguments)
    array = _array(result, text)
    if array is None:
        kind = "names" if text else "numbers"
        raise Hint(f"{_given(arguments)}your function returns {_shown(result)}; {kind} expected.")
    return array


def peak_memory(attempt, *arguments):
    """Return what the reader's function returns, and how many bytes it held at most while it ran.

    Parameters
    ----------
    attempt : callable
        The reader's function.
    *arguments : objects
        Its arguments, as in `call`; their bytes do not count.

    Returns
    -------
    numpy.ndarray
        The result, as of `run`.
    int
        The bytes, those of the result included.

    Examples
    --------
    >>> peak_memory(np.zeros, 1000)[1] >= 8000
    True
    """
    peaks = []

    def measured(*given):
        tracemalloc.start()
        try:  # an iterator makes each item as it is asked for, so that items that are kept count
            return attempt(*(map(copy.copy, each) if isinstance(each, Iterator) else each for each in given))
        finally:
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()

    return run(measured, *arguments), peaks[0]


def recognize(got, mistakes, tolerance=1e-4):
    """Raise the hint of the first mistake that gives what the attempt gave.

    Parameters
    ----------
    got : array_like of float
        What the attempt gave.
    mistakes : iterable of (array_like of float, str)
        Results of typical mistakes, each with its hint.
    tolerance : float, default 1e-4
        Largest difference, in units of the largest entry of the mistake: none at all from 0.

    Raises
    ------
    Hint
        If a mistake is recognized.

    Examples
    --------
    >>> try:
    ...     recognize(30, [(20, "twice too much."), (30, "three times too much.")])
    ... except Hint as hint:
    ...     print(hint)
    three times too much.
    """
    for wrong, hint in mistakes:
        if _equal(np.asarray(got, dtype=float), np.asarray(wrong, dtype=float), tolerance):
            raise Hint(hint)


def compare(got, expected, hint, given=None, mistakes=(), tolerance=1e-9):
    """Raise a `Hint` unless an attempt gave the values expected.

    Parameters
    ----------
    got, expected : array_like of float
        What the attempt gave, and the right answer. Where one number is expected, an array of one number will do.
    hint : str
        What to tell the reader whose values are wrong.
    given : tuple or str, optional
        The arguments that the check made itself, or a phrase that says what is compared. Only with it does the hint
        show what was expected: for a task that the reader has to solve, this would be the solution.
    mistakes : iterable of (array_like of float, str)
        As for `recognize`; a right answer is never taken for one of them.
    tolerance : float, default 1e-9
        Largest difference, in units of the largest entry expected: none at all from 0.

    Raises
    ------
    Hint
        On another shape, or other values.

    Examples
    --------
    >>> compare([0.5, 0.5], [0.5, 0.5], "the two classes tie.")
    >>> try:
    ...     compare(1.25, 1.5, "the mean is higher.", given=(np.array([1, 2]),))
    ... except Hint as hint:
    ...     print(hint)
    for [1, 2]: expected 1.5, got 1.25: the mean is higher.
    """
    got, expected = np.asarray(got, dtype=float), np.asarray(expected, dtype=float)
    if expected.shape == () and got.size == 1:
        got = got.reshape(())
    if _equal(got, expected, tolerance):
        return
    recognize(got, [each for each in mistakes if not _equal(np.asarray(each[0], dtype=float), expected, tolerance)])
    decimals = _decimals(got, expected)
    if decimals:
        raise Hint(f"your function rounds to {decimals} decimals; return all digits, and round where you print.")
    start = f"{given}: " if isinstance(given, str) else _given(given or ())
    if got.shape != expected.shape:
        wanted = f"shape {expected.shape}" if expected.shape else "one number"
        raise Hint(f"{start}{wanted} expected, got shape {got.shape}.")
    if given is None:
        raise Hint(f"{_shown(got)} is not it: {hint}")
    raise Hint(start + _difference(got, expected, hint))


def agree(value, right, decimals, hint, mistakes=()):
    """Raise a `Hint` unless a reader's number is right to some decimals. The right one is not shown.

    Parameters
    ----------
    value, right : float
        What the reader found, and the right answer.
    decimals : int
        As many decimals as the text of the exercise asks for.
    hint : str
        What to tell the reader whose number is wrong.
    mistakes : iterable of (float, str)
        As for `recognize`, to as many decimals.

    Raises
    ------
    Hint
        If `value` is another number.

    Examples
    --------
    >>> agree(1.099, np.log(3), 3, "take the natural logarithm.")
    """
    unit = 10.0**-decimals
    if abs(value - right) <= 0.501 * unit:
        return
    for wrong, its_hint in mistakes:
        if abs(value - wrong) <= 0.6 * unit or value == wrong:
            raise Hint(its_hint)
    if abs(value - right) <= 2 * unit or value in [round(right, fewer) for fewer in range(1, decimals)]:
        raise Hint(f"{value:.9g} is close; make it right to {decimals} decimal{'s' * (decimals > 1)}.")
    raise Hint(f"{value:.6g} is not it: {hint}")


def _array(value, text=False):
    """Return `value` as an array of float64 or of strings, or None if it is nothing of the kind: the one guard."""
    try:
        array = np.asarray(value)
        if array.dtype.kind == "O" and all(isinstance(x, str if text else (Real, Decimal)) for x in array.flat):
            array = array.astype(str if text else float)
        if array.dtype.kind not in ("U" if text else "fiub") or np.ma.is_masked(value):
            return None
        return array if text else array.astype(float)
    except Exception:  # only the conversion is in here: ragged lists, an __array__ that fails, an int without end
        return None


def _equal(got, wanted, tolerance):
    """Say whether two arrays have one shape and the same values, in units of the largest finite one wanted."""
    largest = np.abs(wanted[np.isfinite(wanted)]).max(initial=0)
    return got.shape == wanted.shape and np.allclose(got, wanted, rtol=0, atol=tolerance * largest, equal_nan=True)


def _difference(got, expected, hint):
    """Show what was expected and what came out, in as many digits as it takes to tell them apart."""
    same = (got == expected) | (np.isnan(got) & np.isnan(expected))
    errors = np.nan_to_num(np.where(same, 0, np.abs(got - expected)), nan=np.inf, posinf=np.inf)
    worst = np.unravel_index(errors.argmax(), errors.shape)
    close = errors[worst] <= 1e-3 * np.abs(expected[worst])
    at = f"at {[int(i) for i in worst]} " if got.shape and (close or got.size > 8) else ""
    digits = next(n for n in range(4, 18) if _text(got[worst], n) != _text(expected[worst], n))
    got, expected = (_text(array[worst] if at else array, digits) for array in (got, expected))
    if not close:
        return f"{at}expected {expected}, got {got}: {hint}"
    cause = "Is something rounded, cut off, added, or in float32?"
    return f"close: off by {errors[worst]:.0e}, {at}expected {expected}, got {got}. {cause}"


def _decimals(got, expected):
    """Return to how many decimals the right values were rounded, or None if they were not."""
    for decimals in range(2, 9):
        rounded = np.round(expected, decimals)
        if np.array_equal(got, rounded) and not ((rounded == 0) & (expected != 0)).any():
            return decimals
    return None


def _arrays(arguments):
    """Return the arrays among `arguments`, those inside of a `Once` included."""
    items = [item for given in arguments for item in (given if isinstance(given, Once) else (given,))]
    return [item for item in items if isinstance(item, np.ndarray)]


def _given(arguments):
    """Name the arguments at the start of a hint."""
    return f"for {' and '.join(map(_shown, arguments))}: " if arguments else ""


def _cause(error, arguments):
    """Say in one line what the reader's function raised, and what to do about it."""
    try:
        said = _line(str(error)).removesuffix(".")
    except Exception:
        said = ""
    advice = next((ADVICE[part] for part in ADVICE if part in said), "")
    if "keepdims" in advice and all(array.ndim < 2 for array in _arrays(arguments)):
        advice = ""
    return f"{type(error).__name__}{': ' * bool(said)}{said}. {advice}".rstrip()


def _shown(value):
    """Say in one line what `value` is, whatever it is."""
    try:
        if isinstance(value, Once):
            return _line(f"iter([{', '.join(map(_shown, value))}])")
        if isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in "fiu" and not np.ma.isMA(value):
            return _text(value, 4) if value.size <= 8 else f"an array of shape {value.shape}"
        if isinstance(value, np.ndarray) and value.dtype.kind == "b":
            value = value.tolist()
        return _line(repr(value))
    except Exception:  # its own __repr__ fails
        return f"an object of type {type(value).__name__}"


def _line(text):
    """Make of any text one short line that can be printed, without addresses in memory."""
    text = " ".join(re.sub(r" at 0x[0-9a-fA-F]+", "", text).split())
    text = text.encode(errors="replace").decode()
    return text if len(text) <= 150 else f"{text[:147]}..."


def _text(array, digits):
    """Write an array of numbers in so many significant digits."""
    if np.ndim(array):
        return f"[{', '.join(_text(row, digits) for row in array)}]"
    whole = abs(array) < 1e9 and array == np.floor(array)
    return f"{array:.0f}" if whole else f"{array:.{digits}g}"
