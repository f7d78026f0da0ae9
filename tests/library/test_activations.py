"""How the functions behave: special values, dtypes, axes, masks, layouts, and every error message."""

import math
import re
import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import special

import softmaxlib
from softmaxlib import (
    activations,
    argmax_one_hot,
    log_sigmoid,
    log_softmax,
    logsumexp,
    one_hot,
    sigmoid,
    softmax,
    sum_normalize,
)

ELEMENTWISE = [sigmoid, log_sigmoid]
SOFT = [softmax, log_softmax, logsumexp]  # take `temperature` and `fast`
ROWWISE = [*SOFT, argmax_one_hot, sum_normalize]  # take `axis` and `where`
FLOATS = [np.float16, np.float32, np.float64, np.longdouble]


def logits(*shape):
    return np.random.default_rng(0).normal(size=shape)


# --- The special values ---------------------------------------------------------------------------------------------


def documented():
    """Read the tables of the module docstring: (column, z, expected result)."""
    values = {"inf": math.inf, "nan": math.nan, "log": math.log}
    for table in re.findall(r"^=[= ]+\n(.+)\n=[= ]+\n((?:.+\n)+?)=[= ]+$", activations.__doc__, re.MULTILINE):
        heads, *rows = [re.split(r"\s{2,}", line.strip()) for line in "\n".join(table).splitlines()]
        for cells in rows:
            for column, cell in zip(heads[1:], cells[1:], strict=True):
                yield pytest.param(column, eval(cells[0], values), eval(cell, values), id=f"{column}-{cells[0]}")


DOCUMENTED = list(documented())
DOCUMENTED_ROWS = np.array([case.values[1] for case in DOCUMENTED if case.values[0] == "softmax"])


@pytest.mark.parametrize(("column", "z", "expected"), DOCUMENTED)
def test_special_values_are_as_documented(column, z, expected):
    assert_allclose(getattr(softmaxlib, column)(z), expected, rtol=1e-15, atol=0)


def test_all_of_the_tables_was_read():
    columns = [case.values[0] for case in DOCUMENTED]
    counts = {column: columns.count(column) for column in columns}
    rowwise = dict.fromkeys(["softmax", "log_softmax", "logsumexp", "argmax_one_hot"], 8)
    assert counts == rowwise | {"sigmoid": 5, "log_sigmoid": 5}


@pytest.mark.parametrize("function", [*SOFT, argmax_one_hot])
def test_special_values_affect_their_own_row_only(function):
    assert_array_equal(function(DOCUMENTED_ROWS), np.array([function(row) for row in DOCUMENTED_ROWS]))


@pytest.mark.parametrize("function", ROWWISE)
def test_nan_affects_its_own_row_only(function):
    z = 1 + logits(3, 4) ** 2
    clean = function(z)
    z[1, 2] = np.nan
    result = function(z)
    assert np.isnan(result[1]).all()
    assert_array_equal(result[[0, 2]], clean[[0, 2]])


@pytest.mark.parametrize("function", SOFT)
@pytest.mark.parametrize("temperature", [5e-324, 1.0, 1.7e308])
def test_special_values_at_any_temperature(function, temperature):
    rows = DOCUMENTED_ROWS[:-1]  # the last holds finite scores, for which the temperature matters
    assert_array_equal(function(rows, temperature=temperature), function(rows))


@pytest.mark.parametrize("dtype", FLOATS)
def test_no_warning_even_where_all_are_errors(dtype):
    with np.errstate(over="ignore"):
        rows = np.vstack([DOCUMENTED_ROWS, [6e4, -6e4], [3e38, -3e38], [-745, 0]]).astype(dtype)
    with np.errstate(all="raise"):
        for function in [*SOFT, argmax_one_hot, *ELEMENTWISE]:
            function(rows)
        for function in [*SOFT, argmax_one_hot]:
            function(rows, where=[True, False])
        for function in SOFT:
            function(rows, temperature=1e-300)
        sum_normalize(np.array([[1, 6e-8], [1, np.nan]], dtype))


# --- Dtypes and array-likes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [*ELEMENTWISE, *ROWWISE])
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("order", ["<", ">"])
def test_floats_keep_their_dtype_in_native_order(function, dtype, order):
    z = 1 + np.abs(logits(2, 3)).astype(dtype)
    result = function(z.astype(np.dtype(dtype).newbyteorder(order)))
    assert result.dtype == np.dtype(dtype)
    assert result.dtype.isnative
    assert_array_equal(result, function(z))


@pytest.mark.parametrize("function", [*ELEMENTWISE, *ROWWISE])
@pytest.mark.parametrize(
    "z",
    [
        [[1, 0, 1], [0, 1, 1]],
        ((1, 0, 1), (0, 1, 1)),
        np.array([[1, 0, 1], [0, 1, 1]], np.int8),
        np.array([[1, 0, 1], [0, 1, 1]], np.uint64),
        [[True, False, True], [False, True, True]],
    ],
    ids=["list", "tuple", "int8", "uint64", "bool"],
)
def test_anything_else_becomes_float64(function, z):
    result = function(z)
    assert type(result) is np.ndarray
    assert result.dtype == np.float64
    assert_array_equal(result, function(np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])))


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (sigmoid(0), 0.5),
        (log_sigmoid(np.float32(0)), np.float32(-math.log(2))),
        (softmax(7, axis=None), 1),
        (log_softmax(np.array(7.0), axis=None), 0),
        (logsumexp(7, axis=None), 7),
        (logsumexp([0.0, 0.0]), math.log(2)),
        (argmax_one_hot(7, axis=None), 1),
        (sum_normalize(7, axis=None), 1),
    ],
)
def test_single_numbers_are_scalars(result, expected):
    assert isinstance(result, np.floating)
    assert result == pytest.approx(expected, rel=1e-15)


# --- Axes, batches and layouts --------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", ROWWISE)
@pytest.mark.parametrize(
    ("axis", "kept"),
    [
        (0, (1, 3, 4)),
        (-2, (2, 1, 4)),
        (np.int64(1), (2, 1, 4)),
        (np.uint8(2), (2, 3, 1)),
        ((0, 2), (1, 3, 1)),
        ((2, 0), (1, 3, 1)),
        ((-1, np.int32(1)), (2, 1, 1)),
        ((0, 1, 2), (1, 1, 1)),
        (None, (1, 1, 1)),
    ],
    ids=str,
)
def test_axis(function, axis, kept):
    """Every row of classes, gathered by index and handed over alone, comes to the same."""
    z = np.abs(logits(2, 3, 4))
    result = function(z, axis=axis)
    assert result.shape == (np.zeros(kept).squeeze().shape if function is logsumexp else z.shape)
    result = result.reshape(kept) if function is logsumexp else result
    for batch in np.ndindex(kept):
        index = tuple(slice(None) if n == 1 else i for i, n in zip(batch, kept, strict=True))
        assert_allclose(result[index].ravel(), np.ravel(function(z[index].ravel())), rtol=1e-15)


@pytest.mark.parametrize("axis", [0, -1, (0, 2), (2, 0), None])
def test_keepdims(axis):
    z = logits(2, 3, 4)
    kept = logsumexp(z, axis=axis, keepdims=True)
    assert kept.shape == z.sum(axis=axis, keepdims=True).shape
    assert_array_equal(kept.squeeze(), logsumexp(z, axis=axis))
    assert_allclose(z - kept, log_softmax(z, axis=axis), rtol=1e-14)


@pytest.mark.parametrize("function", ROWWISE)
@pytest.mark.parametrize(("shape", "axis"), [((0, 3), -1), ((2, 0, 3), -1), ((3, 0), 0), ((2, 0, 3), (0, 2))], ids=str)
def test_empty_batches_give_empty_results(function, shape, axis):
    z = np.zeros(shape, np.float32)
    result = function(z, axis=axis)
    assert result.shape == (z.sum(axis=axis).shape if function is logsumexp else shape)
    assert result.dtype == np.float32


@pytest.mark.parametrize("function", ELEMENTWISE)
def test_no_numbers_give_no_numbers(function):
    assert_array_equal(function([]), np.zeros(0), strict=True)


def _read_only(z, path):
    z = z.copy()
    z.setflags(write=False)
    return z


def _memory_mapped(z, path):
    np.save(path / "z.npy", z)
    return np.load(path / "z.npy", mmap_mode="r")


LAYOUTS = {
    "Fortran": lambda z, path: np.asfortranarray(z),
    "every other": lambda z, path: np.repeat(z, 2, axis=1)[:, ::2],
    "backwards": lambda z, path: z[::-1, ::-1].copy()[::-1, ::-1],
    "read-only": _read_only,
    "memory-mapped": _memory_mapped,
}


@pytest.mark.parametrize("function", [*ELEMENTWISE, *ROWWISE])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_layout_in_memory_does_not_change_a_bit(function, layout, tmp_path):
    z = 3 * np.abs(logits(8, 1000))
    result = function(LAYOUTS[layout](z, tmp_path))
    assert type(result) is np.ndarray
    assert_array_equal(result, function(z))


@pytest.mark.parametrize("function", ROWWISE)
@pytest.mark.parametrize("classes", [2, 16, 17, 1000, 1001])
def test_axis_does_not_change_a_bit(function, classes):
    z = 3 * np.abs(logits(8, classes))
    result = function(z.T.copy(), axis=0)
    assert_array_equal(result.T if result.ndim == 2 else result, function(z))


@pytest.mark.parametrize(
    ("function", "options"),
    [(function, {}) for function in [*ELEMENTWISE, *ROWWISE]]
    + [(function, {"where": np.array([[True], [False]])}) for function in ROWWISE]
    + [(function, {"temperature": 0.5}) for function in SOFT],
)
@pytest.mark.parametrize("shape", [(2, 3), (2, 1)])
def test_the_array_of_the_caller_is_left_alone(function, options, shape):
    z = np.abs(logits(*shape))
    before = z.copy()
    result = function(z, **options)
    result[...] = -7
    assert_array_equal(z, before)
    if "where" in options:
        assert_array_equal(options["where"], [[True], [False]])


# --- Masks and temperatures -----------------------------------------------------------------------------------------


impossible = pytest.mark.parametrize(
    ("function", "nothing"),
    [(softmax, 0), (log_softmax, -math.inf), (logsumexp, -math.inf), (argmax_one_hot, 0), (sum_normalize, 0)],
)


@impossible
@pytest.mark.parametrize("junk", [math.nan, math.inf, -math.inf, 1e308])
def test_masked_entries_are_impossible_and_ignored(function, nothing, junk):
    z = logits(4, 5)
    where = z > -0.5
    expected = [function(row[mask]) for row, mask in zip(z, where, strict=True)]
    z[~where] = junk
    result = function(z, where=where)
    if function is logsumexp:
        assert_allclose(result, expected, rtol=1e-15)
    else:
        assert_allclose(result[where], np.concatenate(expected), rtol=1e-15)
        assert_array_equal(result[~where], nothing)


@impossible
def test_without_a_possible_class_there_is_nothing(function, nothing):
    assert_array_equal(
        function([[1, math.nan], [3, 4]], where=False), np.full_like(function([[1, 2], [3, 4]]), nothing)
    )
    assert_array_equal(function([[1, 2], [3, 4]], where=[[False], [True]])[0], nothing)


@pytest.mark.parametrize("function", [*SOFT, argmax_one_hot])
@pytest.mark.parametrize("where", [True, [True, False, True], [[True], [False]], np.eye(2, 3, dtype=bool)], ids=str)
def test_where_broadcasts(function, where):
    z = logits(2, 3)
    for axis in (0, 1, None):
        full = np.zeros((2, 3), bool) | where
        assert_array_equal(function(z, axis=axis, where=where), function(np.where(full, z, -np.inf), axis=axis))


@pytest.mark.parametrize("function", SOFT)
@pytest.mark.parametrize("temperature", [0.25, 2, np.float32(4), np.array(0.5), np.uint8(8)])
def test_temperature_divides_the_logits(function, temperature):
    z = logits(2, 3)
    assert_allclose(function(z, temperature=temperature), function(z / float(temperature)), rtol=1e-15)


def test_shares_leave_out_what_is_masked():
    assert_array_equal(sum_normalize([3, 1, 4], where=[True, True, False]), [0.75, 0.25, 0])
    assert_array_equal(
        sum_normalize([[3, 1], [2, 0]], axis=0, where=[[True, True], [True, False]]), [[0.6, 1], [0.4, 0]]
    )
    with pytest.raises(ValueError, match=r"sums to 0\.0 along axis -1"):
        sum_normalize([1, -1, 5], where=[True, True, False])


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize(("shape", "axis"), [((0,), -1), ((2, 0, 3), 1), ((2, 0, 3), (1, 2)), ((0, 3), None)], ids=str)
def test_the_log_of_an_empty_sum(shape, axis, keepdims):
    result = logsumexp(np.zeros(shape, np.float32), axis=axis, keepdims=keepdims)
    assert_array_equal(result, np.full_like(np.zeros(shape).sum(axis=axis, keepdims=keepdims), -np.inf))
    assert result.dtype == np.float32


@pytest.mark.parametrize("temperature", [1e-46, 1e-30, 1e30, 1e300])
def test_temperatures_beyond_float32_in_fast_work(temperature):
    z = np.float32([1, 2, 2])
    assert_array_equal(softmax(z, temperature=temperature, fast=True), softmax(z, temperature=temperature))
    assert_allclose(
        log_softmax(z, temperature=temperature, fast=True), log_softmax(z, temperature=temperature), rtol=1e-6
    )


# --- Classes as vectors, and shares ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("y", "expected"),
    [
        (2, [0, 0, 1]),
        ([2, 0], [[0, 0, 1], [1, 0, 0]]),
        (((0, 1), (2, 2)), [[[1, 0, 0], [0, 1, 0]], [[0, 0, 1], [0, 0, 1]]]),
        (np.array([1], np.uint8), [[0, 1, 0]]),
        (np.array([1], ">i2"), [[0, 1, 0]]),
        ([], np.zeros((0, 3))),
        (np.zeros((2, 0), int), np.zeros((2, 0, 3))),
    ],
    ids=str,
)
@pytest.mark.parametrize("num_classes", [3, np.int16(3)])
def test_one_hot(y, expected, num_classes):
    assert_array_equal(one_hot(y, num_classes), np.array(expected, np.float64), strict=True)


def test_one_hot_of_the_only_class():
    assert_array_equal(one_hot([0, 0], 1), [[1], [1]])


@pytest.mark.parametrize(
    ("z", "axis", "expected"),
    [
        ([0.25, 1.23, -0.8], -1, [0, 1, 0]),
        ([3, 7, 7], -1, [0, 1, 0]),
        ([[1, 2], [4, 3]], 0, [[0, 0], [1, 1]]),
        ([[1, 2], [4, 3]], None, [[0, 0], [1, 0]]),
        ([[1, 2], [-math.inf, -math.inf], [0, math.nan]], 1, [[0, 1], [0, 0], [math.nan, math.nan]]),
        ([5e-324, 0], -1, [1, 0]),
        ([1e308, 1.1e308, -1e308], -1, [0, 1, 0]),
    ],
    ids=str,
)
def test_argmax_one_hot(z, axis, expected):
    assert_array_equal(argmax_one_hot(z, axis=axis), expected)


@pytest.mark.parametrize(
    ("z", "shares", "probabilities"),
    [
        ([0.25, 1.23, -0.8], [0.368, 1.809, -1.176], [0.249, 0.664, 0.087]),
        ([0.1, 0.9, 0.2], [0.083, 0.75, 0.167], [0.231, 0.514, 0.255]),
        ([0, 0.9, 0.1], [0, 0.9, 0.1], [0.219, 0.539, 0.242]),
        ([0.03, 1.92], [0.015, 0.985], [0.131, 0.869]),
    ],
    ids=["N5", "N7", "N8", "N10"],
)
def test_claims_about_shares_and_probabilities(z, shares, probabilities):
    assert_array_equal(sum_normalize(z).round(3), shares)
    assert_array_equal(softmax(z).round(3), probabilities)


def test_claim_n10_to_nine_digits():
    assert_allclose(softmax([0.03, 1.92]), [0.131244469, 0.868755531], rtol=0, atol=5e-10)


@pytest.mark.parametrize(
    ("z", "axis", "expected"),
    [
        ([[1, 3], [2, 2]], 1, [[0.25, 0.75], [0.5, 0.5]]),
        ([[1, 3], [2, 2]], 0, [[1 / 3, 0.6], [2 / 3, 0.4]]),
        ([[1, 3], [2, 2]], None, [[0.125, 0.375], [0.25, 0.25]]),
        ([-1, 0.5], -1, [2, -1]),
        ([1, -1, math.nan], -1, [math.nan] * 3),
        (np.float16([6e4, 6e4]), -1, [0.5, 0.5]),
    ],
    ids=str,
)
def test_sum_normalize(z, axis, expected):
    assert_allclose(sum_normalize(z, axis=axis), expected, rtol=1e-15)


# --- A second opinion -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ours", "scipys"),
    [(softmax, special.softmax), (log_softmax, special.log_softmax), (logsumexp, special.logsumexp)],
)
@pytest.mark.parametrize("axis", [0, -1, (0, 2), None])
def test_agrees_with_scipy_along_axes(ours, scipys, axis):
    z = 5 * logits(3, 4, 5)
    assert_allclose(ours(z, axis=axis), scipys(z, axis=axis), rtol=1e-13, atol=1e-15)  # SciPy rounds 1 + small


@pytest.mark.parametrize(("ours", "scipys"), [(sigmoid, special.expit), (log_sigmoid, special.log_expit)])
def test_agrees_with_scipy_elementwise(ours, scipys):
    z = np.linspace(-700, 700, 2001)
    assert_allclose(ours(z), scipys(z), rtol=1e-14)


# --- The package ----------------------------------------------------------------------------------------------------


def test_import_brings_numpy_and_nothing_else_heavy():
    code = "import sys, softmaxlib; print(*{name.partition('.')[0] for name in sys.modules})"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert {"softmaxlib", "numpy"} <= set(modules)
    assert not {"matplotlib", "seaborn", "scipy", "sklearn", "altair", "pandas", "IPython"} & set(modules)


# --- Error messages -------------------------------------------------------------------------------------------------

EACH_ROWWISE = [function.__name__ for function in ROWWISE]
NEED_CLASSES = [name for name in EACH_ROWWISE if name != "logsumexp"]
EACH = [function.__name__ for function in [*ELEMENTWISE, *ROWWISE]]
AXIS_ERROR = np.exceptions.AxisError

# Which functions, their arguments, the error, and its whole message (a regular expression).
ERRORS = [
    (EACH, "['panda']", TypeError, r"z has dtype <U5 and shape \(1,\); expected real numbers"),
    (EACH, "[1j, 2]", TypeError, r"z has dtype complex128 and shape \(2,\); expected real numbers"),
    (EACH, "[None, 2]", TypeError, r"z has dtype object and shape \(2,\); expected real numbers"),
    (
        EACH,
        "np.array([1], 'm8[s]')",
        TypeError,
        r"z has dtype timedelta64\[s\] and shape \(1,\); expected real numbers",
    ),
    (EACH, "[[1, 2], [3]]", ValueError, r"z is ragged; expected rows of one length \(.+\)"),
    (
        EACH,
        "np.ma.array([1, 2], mask=[True, False])",
        TypeError,
        r"z is a masked array of shape \(2,\), .+; expected a plain array \(for z: z\.data, with where=~z\.mask\)",
    ),
    (EACH_ROWWISE, "[1, 2], axis=0.0", TypeError, "axis is 0.0, of type float; expected an integer"),
    (EACH_ROWWISE, "[1, 2], axis='0'", TypeError, "axis is '0', of type str; expected an integer"),
    (EACH_ROWWISE, "[1, 2], axis=[0]", TypeError, r"axis is \[0\], of type list; expected an integer"),
    (EACH_ROWWISE, "[1, 2], axis=True", TypeError, "axis is True; expected an integer"),
    (EACH_ROWWISE, "[1, 2], axis=(0, np.True_)", TypeError, "axis is True; expected an integer"),
    (
        EACH_ROWWISE,
        "[1, 2], axis=()",
        ValueError,
        r"axis is \(\), .+ shape \(2,\); expected one or more different axes",
    ),
    (
        EACH_ROWWISE,
        "[[1, 2]], axis=(1, -1)",
        ValueError,
        r"axis is \(1, -1\), for z of shape \(1, 2\); expected one or more different axes",
    ),
    (
        EACH_ROWWISE,
        "[[1, 2]], axis=2",
        AXIS_ERROR,
        r"axis 2 does not exist in z, of shape \(1, 2\); expected -2 to 1, or None",
    ),
    (
        EACH_ROWWISE,
        "[[1, 2]], axis=(0, -3)",
        AXIS_ERROR,
        r"axis -3 does not exist in z, of shape \(1, 2\); expected -2 to 1, or None",
    ),
    (EACH_ROWWISE, "[1, 2], axis=10**30", AXIS_ERROR, r"axis 10+ does not exist in z, of shape \(2,\); .+"),
    (EACH_ROWWISE, "7", AXIS_ERROR, r"axis -1 .+ z, of shape \(\); expected None, as z is a single number"),
    (NEED_CLASSES, "[]", ValueError, r"z, of shape \(0,\), is empty along axis -1; expected at least one class"),
    (
        NEED_CLASSES,
        "np.zeros((0, 3)), axis=None",
        ValueError,
        r"z, of shape \(0, 3\), is empty along axis None; expected at least one class",
    ),
    (
        NEED_CLASSES,
        "np.zeros((2, 0, 3)), axis=(1, 2)",
        ValueError,
        r"z, of shape \(2, 0, 3\), is empty along axis \(1, 2\); expected at least one class",
    ),
    (
        EACH_ROWWISE,
        "[1, 2], where=[1, 0]",
        TypeError,
        r"where has dtype int\d+ and shape \(2,\); expected booleans",
    ),
    (
        EACH_ROWWISE,
        "[1, 2], where=[True, False, True]",
        ValueError,
        r"where has shape \(3,\); expected one that broadcasts to that of z, \(2,\)",
    ),
    (
        EACH_ROWWISE,
        "[1, 2], where=[[True, False]]",
        ValueError,
        r"where has shape \(1, 2\); expected one that broadcasts to that of z, \(2,\)",
    ),
    *(
        (
            ["softmax", "log_softmax", "logsumexp"],
            f"[1, 2], temperature={value}",
            TypeError,
            rf"temperature is {re.escape(value)}, of type \w+; expected one real number",
        )
        for value in ["'hot'", "None", "True", "1j", "[1, 2]"]
    ),
    *(
        (
            ["softmax", "log_softmax", "logsumexp"],
            f"[1, 2], temperature={value}",
            ValueError,
            f"temperature is {value}; expected a positive, finite number",
        )
        for value in ["0", "-1.5", "math.nan", "math.inf", "-math.inf"]
    ),
    (
        ["softmax", "log_softmax", "logsumexp"],
        "[1, 2], fast='no'",
        TypeError,
        "fast is 'no', of type str; expected True or False",
    ),
    (["one_hot"], "[0], 0", ValueError, "num_classes is 0; expected at least 1"),
    (["one_hot"], "[0], True", TypeError, "num_classes is True; expected an integer"),
    (["one_hot"], "[0], 2.0", TypeError, "num_classes is 2.0, of type float; expected an integer"),
    (["one_hot"], "[0.0], 2", TypeError, r"y has dtype float64 and shape \(1,\); expected integer class indices"),
    (["one_hot"], "[True], 2", TypeError, r"y has dtype bool and shape \(1,\); expected integer class indices"),
    (["one_hot"], "'duck', 2", TypeError, r"y has dtype <U4 and shape \(\); expected integer class indices"),
    (
        ["one_hot"],
        "[[0, 3]], 3",
        ValueError,
        r"y, of shape \(1, 2\), contains the class 3; expected 0 to 2 \(num_classes is 3\)",
    ),
    (
        ["one_hot"],
        "-1, 3",
        ValueError,
        r"y, of shape \(\), contains the class -1; expected 0 to 2 \(num_classes is 3\)",
    ),
    (
        ["sum_normalize"],
        "[[1, 2], [-0.25, 0.25]]",
        ValueError,
        r"z, of shape \(2, 2\), sums to 0\.0 along axis -1; expected finite, not near 0",
    ),
    *(
        (
            ["sum_normalize"],
            value,
            ValueError,
            r"z, of shape \(\d,\), sums to (inf|nan|5e-324) along axis -1; expected finite, not near 0",
        )
        for value in ["[1, np.inf]", "[np.inf, -np.inf]", "[1e308, 1e308]", "[1, -1, 5e-324]"]
    ),
    (
        ["sum_normalize"],
        "np.array([1, -1, 1e-45], np.float32)",
        ValueError,
        r"z, of shape \(3,\), sums to 1.4\d*e-45 along axis -1; expected finite, not near 0",
    ),
]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [(f"{name}({arguments})", *expected) for names, arguments, *expected in ERRORS for name in names],
)
def test_error_message(call, error, message):
    with pytest.raises(error) as caught:
        eval(call, vars(softmaxlib) | {"np": np, "math": math})
    assert caught.type is error
    assert re.fullmatch(message.replace("math.", ""), str(caught.value))  # the value of math.nan is shown as nan
