"""What the functions accept: clear errors that name the argument, and nothing lost on the way in."""

import numbers
import operator

import numpy as np

LARGEST = np.finfo(np.float64).max


def as_array(value, name):
    """Return `value` as an array, unless that would lose something."""
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(
            f"{name} is a masked array of shape {value.shape}, whose mask would be lost; expected a plain array "
            "(for z: z.data, with where=~z.mask)"
        )
    try:
        return np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name} is ragged; expected rows of one length ({error})") from None


def as_real(value, name):
    """Return `value` as a floating array in native byte order; integers and booleans become float64."""
    array = as_array(value, name)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name} has dtype {array.dtype} and shape {array.shape}; expected real numbers")
    dtype = array.dtype.newbyteorder("=") if array.dtype.kind == "f" else np.float64
    return array.astype(dtype, copy=False)


def as_integer(value, name):
    """Return `value` as an int; True and 1.0 are not integers here."""
    if isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} is {value}; expected an integer")
    try:
        return operator.index(value)
    except TypeError:
        raise TypeError(f"{name} is {value!r}, of type {type(value).__name__}; expected an integer") from None


def as_temperature(value):
    """Return `value` as a positive, finite float."""
    if type(value) is not float:
        if isinstance(value, np.ndarray) and value.ndim == 0:
            value = value[()]
        if not isinstance(value, numbers.Real) or isinstance(value, bool):
            raise TypeError(f"temperature is {value!r}; expected one real number")
    if not 0 < value <= LARGEST:
        raise ValueError(f"temperature is {value}; expected a positive, finite number")
    return float(value)


def masked(z, where):
    """Return `z` with ``-inf`` wherever the mask, which broadcasts to it, is False."""
    where = as_array(where, "where")
    if where.dtype != bool:
        raise TypeError(f"where has dtype {where.dtype} and shape {where.shape}; expected booleans")
    try:
        where = np.broadcast_to(where, z.shape)
    except ValueError:
        raise ValueError(
            f"where has shape {where.shape}; expected one that broadcasts to that of z, {z.shape}"
        ) from None
    return np.where(where, z, z.dtype.type(-np.inf))


def as_classes(value, num_classes):
    """Return class indices, all from 0 to `num_classes` - 1, as an integer array."""
    y = as_array(value, "y")
    if y.size == 0:
        y = y.astype(np.intp)  # np.asarray([]) is float64
    if y.dtype.kind not in "iu":
        raise TypeError(f"y has dtype {y.dtype} and shape {y.shape}; expected integer class indices")
    outside = (y < 0) | (y >= num_classes)
    if outside.any():
        raise ValueError(
            f"y, of shape {y.shape}, contains the class {y[outside][0]}; "
            f"expected 0 to {num_classes - 1} (num_classes is {num_classes})"
        )
    return y
