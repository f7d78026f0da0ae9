"""What the checks of the exercises are made of.

A check runs a reader's attempt and prints one line: ``Correct.``, or what is wrong. It raises nothing,
so that an unfinished notebook still runs from top to bottom.
"""

import functools
import warnings

import numpy as np


class Hint(Exception):
    """What is wrong with an attempt, in words for the reader."""


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
    ...     if answer % 2:
    ...         raise Hint(f"{answer} is odd.")
    >>> check_parity(3)
    Not yet: 3 is odd.
    >>> check_parity(4)
    Correct.
    """

    @functools.wraps(judge)
    def verdict(*attempt):
        try:
            if any(part is ... for part in attempt):
                raise Hint("replace the ... by your answer.")
            judge(*attempt)
        except Hint as hint:
            print(f"Not yet: {hint}")
        else:
            print("Correct.")

    return verdict


def run(attempt, *arguments):
    """Call the reader's function and return its result as an array.

    Parameters
    ----------
    attempt : callable
        The reader's function.
    *arguments : objects
        Its arguments; arrays are passed as copies and must come back unchanged.

    Returns
    -------
    numpy.ndarray
        What `attempt` returned. Its warnings are silenced: a check judges the result.

    Raises
    ------
    Hint
        If `attempt` is no function, fails, returns None or changes an array of the caller.

    Examples
    --------
    >>> run(np.exp, np.zeros(2))
    array([1., 1.])
    """
    if not callable(attempt):
        raise Hint(f"pass your function itself, not {attempt!r}.")
    copies = [a.copy() if isinstance(a, np.ndarray) else a for a in arguments]
    try:
        with warnings.catch_warnings(action="ignore"):
            result = attempt(*copies)
            array = np.asarray(result)
    except Exception as error:
        given = f"for {', '.join(map(_shown, arguments))} " if arguments else ""
        raise Hint(f"{given}your function raised {type(error).__name__}: {error}.") from error
    if result is None or result is ...:
        raise Hint("your function returns nothing yet; replace the ... by your code.")
    for given, left in zip(arguments, copies, strict=True):
        if isinstance(given, np.ndarray) and not np.array_equal(given, left, equal_nan=True):
            raise Hint(f"your function changes its input: {_shown(given)} became {_shown(left)}. Work on a new array.")
    return array


def compare(got, expected, hint, tolerance=1e-9):
    """Raise a `Hint` unless `got` has the shape and, to a relative `tolerance`, the values expected.

    Parameters
    ----------
    got, expected : array_like
        What the attempt gave, and the right answer.
    hint : str
        What to tell the reader whose values are wrong.
    tolerance : float, default 1e-9
        Largest relative error, and largest absolute one.

    Raises
    ------
    Hint
        On another shape, or other values.

    Examples
    --------
    >>> compare([0.5, 0.5], [0.5, 0.5], "the two classes tie.")
    """
    got, expected = np.asarray(got), np.asarray(expected)
    if got.shape != expected.shape:
        raise Hint(f"shape {expected.shape} expected, got {got.shape}.")
    if got.dtype.kind not in "fiub":
        raise Hint(f"numbers expected, got {got.dtype}.")
    if not np.allclose(got, expected, rtol=tolerance, atol=tolerance, equal_nan=True):
        raise Hint(f"expected {_shown(expected)}, got {_shown(got)}: {hint}")


def _shown(value):
    """Print `value` in few digits; a large array by its shape."""
    array = np.asarray(value)
    if array.size > 8:
        return f"an array of shape {array.shape}"
    return np.array2string(array, precision=4, separator=", ", suppress_small=False).replace("\n", "")
