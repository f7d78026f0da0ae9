"""Counts what a function on arrays moves through memory, call by call of NumPy."""

from typing import NamedTuple

import numpy as np


class Step(NamedTuple):
    """What one call of NumPy does to memory; 1.0 stands for as many bytes as the input has.

    Attributes
    ----------
    name : str
        The function, such as ``"exp"`` or ``"maximum.reduce"``.
    read, written : float
        Passes over memory.
    fresh : float
        Memory that the call reserves for its result.
    """

    name: str
    read: float
    written: float
    fresh: float


class _Counted(np.ndarray):
    """An array that notes each call of NumPy that works on it."""

    steps: list

    def __array_finalize__(self, parent):
        self.steps = getattr(parent, "steps", [])

    def __array_ufunc__(self, ufunc, method, *inputs, out=(), **options):
        plain = [_plain(x) for x in inputs]
        targets = {"out": tuple(map(_plain, out))} if out else {}
        result = getattr(ufunc, method)(*plain, **targets, **options)
        results = result if isinstance(result, tuple) else (result,)
        written = sum(np.asarray(r).nbytes for r in results)
        read = sum(x.nbytes for x in plain if isinstance(x, np.ndarray))
        name = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
        self.steps.append((name, read, written, 0 if out else written))
        returned = out or tuple(map(self._counted, results))
        return returned if isinstance(result, tuple) else returned[0]

    def __array_function__(self, function, types, arguments, options):
        result = super().__array_function__(function, types, arguments, options)
        if function in (np.empty_like, np.zeros_like, np.ones_like):
            self.steps.append((function.__name__, 0, 0, result.nbytes))
        return result

    def _counted(self, result):
        counted = np.asarray(result).view(_Counted)
        counted.steps = self.steps
        return counted


def _plain(value):
    return value.view(np.ndarray) if isinstance(value, _Counted) else value


def traffic(function, z):
    """Count what the calls of NumPy in a function read and write.

    Parameters
    ----------
    function : callable
        Takes an array and works on it with NumPy's universal functions.
    z : numpy.ndarray
        Its argument.

    Returns
    -------
    list of Step
        One for each call, in their order. Other work than by universal functions, such as sorting, is not seen.

    Examples
    --------
    >>> for step in traffic(lambda z: np.exp(z).sum(), np.zeros(4)):
    ...     print(*step)
    exp 1.0 1.0 1.0
    add.reduce 1.0 0.25 0.25
    """
    counted = z.copy().view(_Counted)
    counted.steps = []
    function(counted)
    return [Step(name, *(n / z.nbytes for n in counts)) for name, *counts in counted.steps]
