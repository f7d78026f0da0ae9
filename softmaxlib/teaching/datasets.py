"""The data of the book: images of handwritten digits, which come with scikit-learn."""

from sklearn.datasets import load_digits


def digits():
    """Return the handwritten digits of the running example: 1797 images of 8 × 8 pixels.

    Returns
    -------
    X : numpy.ndarray of float64, shape (1797, 64)
        Images, one a row, pixels from 0 (paper) to 1 (ink); ``X[i].reshape(8, 8)`` is image `i`.
    y : numpy.ndarray of int64, shape (1797,)
        The digit that each image shows, 0 to 9.

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
