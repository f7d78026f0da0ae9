"""SciPy's own tests of softmax, log_softmax and logsumexp, with this library behind SciPy's names."""

import inspect
import itertools
import re

import numpy as np
import pytest

import softmaxlib

scipys = pytest.importorskip(
    "scipy.special.tests.test_logsumexp", reason="this build of SciPy ships no tests", exc_type=ImportError
)

CLASSES = {"TestLogSumExp": "logsumexp", "TestSoftmax": "softmax", "TestLogSoftmax": "log_softmax"}

# What is not run: a regular expression for the whole name of the test and its parameters, and the reason.
LEFT_OUT = {
    r"test_logsumexp_(b|shape|b_zero|b_shape)": "weights `b`",
    r"test_dtypes_ab.*|test_no_writeback|test_gh22903": "weights `b`",
    r"test_logsumexp_sign(_zero|_shape)?|test_gh23548.*": "`return_sign`",
    r"test_device.*": "weights `b`, and devices other than the CPU",
    r"test_logsumexp_complex_sign|test_gh21610.*|test_gh21709.*": "complex numbers",
    r"test_dtypes_a\[complex\d+\]|test_gh22601_infinite_elements\[.*j.*\]": "complex numbers",
}


def cases():
    """Name SciPy's tests and their parameters."""
    for cls in CLASSES:
        for name, method in inspect.getmembers(getattr(scipys, cls), inspect.isfunction):
            if name.startswith("test_"):
                marks = [mark for mark in getattr(method, "pytestmark", []) if mark.name == "parametrize"]
                names = [re.findall(r"\w+", mark.args[0]) for mark in marks]
                for values in itertools.product(*(mark.args[1] for mark in marks)):
                    parameters = {}
                    for keys, value in zip(names, values, strict=True):
                        parameters |= zip(keys, [value] if len(keys) == 1 else value, strict=True)
                    shown = (
                        f"[{', '.join(' '.join(str(x).split()) for x in parameters.values())}]" if parameters else ""
                    )
                    yield pytest.param(cls, name, parameters, id=f"{name}{shown}")


TESTS = list(cases())


def reasons(test):
    return [pattern for pattern in LEFT_OUT if re.fullmatch(pattern, test)]


@pytest.mark.parametrize(("cls", "name", "parameters"), [test for test in TESTS if not reasons(test.id)])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of SciPy's expected values, such as log(sum(exp(z)))
def test_scipys(cls, name, parameters, monkeypatch):
    """The axis is -1 here, and all axes there, unless given."""
    for function in CLASSES.values():
        ours = getattr(softmaxlib, function)
        monkeypatch.setattr(scipys, function, lambda z, axis=None, ours=ours, **more: ours(z, axis=axis, **more))
    test = getattr(getattr(scipys, cls)(), name)
    if "xp" in inspect.signature(test).parameters:
        parameters = parameters | {"xp": np}
    test(**parameters)


def test_what_is_left_out_is_there_and_little_else():
    """So that a new test of SciPy is run, and a reason without a test is removed."""
    unused = set(LEFT_OUT) - {pattern for test in TESTS for pattern in reasons(test.id)}
    assert not unused
    run = {test.values[:2] for test in TESTS if not reasons(test.id)}
    assert {name for cls, name in run if cls == "TestLogSumExp"} >= {"test_logsumexp", "test_dtypes_a", "test_gh18295"}
    assert all(not reasons(test.id) for test in TESTS if test.values[0] != "TestLogSumExp")
