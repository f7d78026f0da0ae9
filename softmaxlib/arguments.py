"""What the functions accept: clear errors that name the argument, and nothing lost on the way in."""

import math
import numbers
import operator
import sys

import numpy as np

LARGEST = float(np.finfo(np.float64).max)
TINY = float(np.finfo(np.float64).tiny)
SUM_TOLERANCE = 1e-3  # of a distribution


def as_array(value, name):
    """Return `value` as an array, unless that would lose something."""
    if type(value) is np.ndarray:
        return value
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(
            f"{name} is a masked array of shape {value.shape}, whose mask would be lost; expected a plain array "
            "(for z: z.data, with where=~z.mask)"
        )
    if isinstance(value, (list, tuple)) and _holds_masked(value):
        raise TypeError(
            f"{name} is a {type(value).__name__} that holds a masked array, whose mask would be lost; "
            "expected plain arrays and numbers"
        )
    try:
        return np.asarray(value)
    except ValueError as error:
        if "inhomogeneous" in str(error):
            raise ValueError(f"{name} is ragged; expected rows of one length ({error})") from None
        raise ValueError(f"{name}, of type {type(value).__name__}, cannot be read as an array ({error})") from error


def as_real(value, name):
    """Return `value` as a floating array in native byte order.

    Integers and booleans become float64. An integer that float64 cannot hold is refused, not rounded.
    """
    array = as_array(value, name)
    if issubclass(array.dtype.type, np.floating):
        if isinstance(value, (list, tuple)):  # np.asarray rounds integers that stand beside floats
            large = np.abs(array) >= np.float64(2**53)
            if large.any():
                _check_exact(np.asarray(value, object)[large], array, name)
        return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))
    if array.dtype.kind == "O" and array.size and all(type(x) in (int, float, bool) for x in array.flat):
        _check_exact(array.ravel(), array, name)  # NumPy keeps integers beyond 64 bits as objects
    elif array.dtype.kind not in "iub":
        raise TypeError(_not_real(array, name))
    elif array.dtype.itemsize == 8:
        _check_exact(array[np.abs(array.astype(np.float64)) >= 2**53], array, name)
    return array.astype(np.float64)


def as_number(value, name):
    """Return one real number as a float; True is none here, and what float64 cannot hold becomes an infinity."""
    if type(value) is float:  # the rest is slow, for a softmax of a few numbers
        return value
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if not isinstance(value, numbers.Real) or isinstance(value, bool):
        raise TypeError(f"{name} is {value!r}, of type {type(value).__name__}; expected one real number")
    try:
        return float(value)
    except OverflowError:  # a fraction or an integer above LARGEST
        return math.inf if value > 0 else -math.inf


def as_integer(value, name, *, least=-math.inf):
    """Return `value` as an int, not below the `least`; True and 1.0 are not integers here."""
    if isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} is {value}; expected an integer")
    try:
        integer = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} is {value!r}, of type {type(value).__name__}; expected an integer") from None
    if integer < least:
        raise ValueError(f"{name} is {integer}; expected at least {least}")
    return integer


def as_not_negative(value, name):
    """Return one real number as a float that is finite and not negative."""
    number = as_number(value, name)
    if not 0 <= number < math.inf:
        raise ValueError(f"{name} is {value}; expected a finite number that is not negative")
    return number


def as_flag(value, name):
    """Return `value` as a bool; 1 and "no" are not flags here."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} is {value!r}, of type {type(value).__name__}; expected True or False")
    return bool(value)


def as_mask(value, shape, of):
    """Return a mask as an array of bool of a shape, that `of` the scores for example, to which it has to broadcast."""
    mask = as_array(value, "where")
    if mask.dtype != bool:
        raise TypeError(f"where has dtype {mask.dtype} and shape {mask.shape}; expected booleans")
    try:
        return np.broadcast_to(mask, shape)
    except ValueError:
        raise ValueError(
            f"where has shape {mask.shape}; expected one that broadcasts to that of {of}, {shape}"
        ) from None


def as_temperature(value):
    """Return `value` as a positive, finite float."""
    temperature = as_number(value, "temperature")
    if TINY <= temperature <= LARGEST or (temperature > 0 and temperature == value < TINY):
        return temperature
    if temperature == value or math.isnan(temperature):
        raise ValueError(f"temperature is {value}; expected a positive, finite number")
    raise ValueError(
        f"temperature, of type {type(value).__name__}, is {temperature} as a float64; "
        "expected a positive, finite number that float64 holds"
    )


def as_num_classes(value):
    """Return a number of classes as an int, if an array can have so many."""
    num_classes = as_integer(value, "num_classes", least=1)
    most = sys.maxsize // np.dtype(np.float64).itemsize
    if num_classes > most:
        raise ValueError(f"num_classes is {num_classes}; expected at most {most}, as more float64 fit in no memory")
    return num_classes


def as_integers(value, name):
    """Return class indices as an array of integers, in the dtype that they have; an empty one is of intp."""
    array = as_array(value, name)
    if array.size == 0:
        array = array.astype(np.intp)  # np.asarray([]) is float64
    if array.dtype.kind not in "iu" and not (array.dtype.kind == "O" and all(type(x) is int for x in array.flat)):
        raise TypeError(f"{name} has dtype {array.dtype} and shape {array.shape}; expected integer class indices")
    return array


def as_classes(value, num_classes):
    """Return class indices, all from 0 to `num_classes` - 1, as an integer array."""
    y = as_integers(value, "y")
    outside = (y < 0) | (y >= num_classes)
    if outside.any():
        raise ValueError(
            f"y, of shape {y.shape}, contains the class {y[outside][0]}; "
            f"expected 0 to {num_classes - 1} (num_classes is {num_classes})"
        )
    return y.astype(np.intp)


def as_targets(value, shape, axis, counted, dtype):
    """Return the right classes of the rows or None, and their right distributions or None; one of them is given.

    Parameters
    ----------
    value : array_like
        The argument `targets` of a loss.
    shape : tuple of int
        The shape of the logits.
    axis : int
        The axis of the classes.
    counted : numpy.ndarray of bool, `shape` without the axis, or None
        Which rows are looked at: the others get the class 0, or the distribution 0. None if the loss takes no mask.
    dtype : numpy.dtype
        The dtype of the distributions.
    """
    targets, maskable = as_array(value, "targets"), counted is not None
    if not maskable:
        counted = np.ones(np.delete(shape, axis), bool)
    if targets.shape == counted.shape:
        return _target_classes(as_integers(targets, "targets"), shape, axis, counted, maskable), None
    if targets.shape != shape:
        swapped = targets.ndim == len(shape) + 1 and targets.shape[:-1] == shape
        hint = ". If the two are swapped, pass the logits first" if swapped else ""
        raise ValueError(
            f"targets has shape {targets.shape}; expected {counted.shape}, that of z without axis {axis}, "
            f"for classes, or {shape}, that of z, for distributions{hint}"
        )
    soft = as_real(targets, "targets").astype(dtype, copy=False)
    if not counted.all():
        soft = np.where(np.expand_dims(counted, axis), soft, 0)
    check_distributions(soft, "targets", axis, counted)
    return None, soft


def check_distributions(array, name, axis=-1, counted=True):
    """Raise an error if a row that is counted is no distribution: an entry is below 0, or the sum is not near 1."""
    with np.errstate(all="ignore"):
        total = array.sum(axis=axis)
        wrong = counted & ~((array >= 0).all(axis=axis) & (np.abs(total - 1) <= SUM_TOLERANCE))
    if wrong.any():
        first = tuple(np.argwhere(wrong)[0].tolist())
        row = np.moveaxis(array, axis, -1)[first]
        raise ValueError(
            f"{name}, of shape {array.shape}, should hold distributions along axis {axis}, but row {first} has a "
            f"smallest entry of {row.min():.4g} and sums to {total[first]:.4g}; expected none below 0 and a sum of 1"
        )


def _target_classes(classes, shape, axis, counted, maskable):
    """Return the right classes, 0 in rows that do not count."""
    num_classes = shape[axis]
    outside = counted & ((classes < 0) | (classes >= num_classes))
    if outside.any():
        first = tuple(np.argwhere(outside)[0].tolist())
        bad, where = classes[first], f"targets[{', '.join(map(str, first))}]" if first else "targets"
        hint = ""
        if bad < 0 and maskable:
            hint = f". To leave rows out, pass where=np.expand_dims(targets >= 0, {axis})"
        elif bad == num_classes and classes[counted].min() > 0:
            hint = ". Classes are counted from 0"
        raise ValueError(
            f"{where} is {bad}; expected 0 to {num_classes - 1}, as z has shape {shape} "
            f"and its classes are along axis {axis}{hint}"
        )
    return np.where(counted, classes, 0).astype(np.intp)


def _holds_masked(value):
    """Whether a list or tuple holds a masked array, or the constant `numpy.ma.masked`, at any depth."""
    types = set(map(type, value))  # few, even of a long list
    if any(issubclass(t, np.ma.MaskedArray) for t in types):
        return True
    nested = any(issubclass(t, (list, tuple)) for t in types)
    return nested and any(isinstance(x, (list, tuple)) and _holds_masked(x) for x in value)


def _check_exact(entries, array, name):
    """Raise an error for the first integer among the `entries` of an `array` that its floating dtype cannot hold."""
    dtype = array.dtype if array.dtype.kind == "f" else np.dtype(np.float64)
    for x in entries:
        if not isinstance(x, numbers.Integral):
            continue
        x = int(x)
        try:
            rounded = int(dtype.type(x))
        except OverflowError:
            fate = f"an integer of {x.bit_length()} bits, which {dtype} cannot hold"
        else:
            if rounded == x:
                continue
            fate = f"{x}, which {dtype} would round to {rounded}"
        raise ValueError(
            f"{name}, of shape {array.shape}, contains {fate}; expected integers that {dtype} holds exactly"
        )


def _not_real(array, name):
    """Say what is wrong with the dtype of an array."""
    message = f"{name} has dtype {array.dtype} and shape {array.shape}; expected real numbers"
    if array.dtype.kind in "fV" and array.dtype.names is None:  # bfloat16 and its like
        message += f" in a dtype of NumPy's own, float16 to longdouble: convert them, as by {name}.astype(np.float32)"
    return message
