"""The counter of memory traffic: what it counts, and that it changes nothing."""

import numpy as np
import pytest

from softmaxlib.teaching.traffic import Step, traffic

Z = np.arange(12.0).reshape(3, 4)


def into_out(z):
    np.exp(z, out=z)


def into_itself(z):
    z -= 1


def into_an_empty_array(z):
    np.exp(z, out=np.empty_like(z))


@pytest.mark.parametrize(
    ("function", "steps"),
    [
        (np.exp, [("exp", 1, 1, 1)]),
        (into_out, [("exp", 1, 1, 0)]),
        (into_itself, [("subtract", 1, 1, 0)]),
        (into_an_empty_array, [("empty_like", 0, 0, 1), ("exp", 1, 1, 0)]),
        (lambda z: z + z, [("add", 2, 1, 1)]),
        (lambda z: z > 0, [("greater", 1, 1 / 8, 1 / 8)]),  # a byte for each 8
        (lambda z: z.max(), [("maximum.reduce", 1, 1 / 12, 1 / 12)]),
        (
            lambda z: z - z.max(axis=1, keepdims=True),
            [("maximum.reduce", 1, 1 / 4, 1 / 4), ("subtract", 1 + 1 / 4, 1, 1)],
        ),
        (lambda z: np.exp(z[:, :2]), [("exp", 1 / 2, 1 / 2, 1 / 2)]),
        (lambda z: np.ldexp(*np.frexp(z)), [("frexp", 1, 3 / 2, 3 / 2), ("ldexp", 3 / 2, 1, 1)]),
        (lambda z: np.exp(z.view(np.ndarray)), []),
    ],
)
def test_steps(function, steps):
    assert traffic(function, Z) == [Step(*step) for step in steps]


def test_passes_do_not_depend_on_the_dtype():
    def softmax(z):
        e = np.exp(z - z.max(axis=-1, keepdims=True))
        return e / e.sum(axis=-1, keepdims=True)

    assert traffic(softmax, Z) == traffic(softmax, Z.astype(np.float32))


def test_counting_changes_neither_the_argument_nor_the_result():
    results = []

    def function(z):
        z *= 2
        mantissa, exponent = np.frexp(z, out=(np.empty_like(z), np.empty_like(z, dtype=np.int32)))
        results.append(np.ldexp(mantissa, exponent) + z.sum())

    before = Z.copy()
    traffic(function, Z)
    np.testing.assert_array_equal(Z, before)
    np.testing.assert_array_equal(np.asarray(results[0]), 2 * Z + 2 * Z.sum())
