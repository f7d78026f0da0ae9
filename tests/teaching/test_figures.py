"""The recurring drawings: what they show, and that they are the same each time."""

import io
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.backends.backend_svg import FigureCanvasSVG

from softmaxlib.teaching import figures


@pytest.fixture
def ax():
    figures.use_style()
    fig, ax = plt.subplots()
    yield ax
    plt.close(fig)


def luminance(color):
    """Relative luminance, as the Web Content Accessibility Guidelines define it."""
    channels = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


@pytest.mark.parametrize("color", [*figures.CLASS_COLORS, figures.PURPLE, figures.INK])
@pytest.mark.parametrize("page", ["#ffffff", "#121212"])
def test_colors_are_legible_on_both_pages(color, page):
    dark, light = sorted([luminance(color), luminance(page)])
    assert (light + 0.05) / (dark + 0.05) >= 3


def test_bars_show_names_values_and_colors(ax):
    figures.bars(ax, [0.25, 1.23, -0.8], fmt="{:.2f}")
    assert [text.get_text() for text in ax.texts] == ["0.25", "1.23", "−0.80"]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == list(figures.CLASSES)
    assert [bar.get_height() for bar in ax.patches] == [0.25, 1.23, -0.8]


def test_simplex_places_corners_at_equal_distances_and_the_uniform_in_the_middle():
    corners = figures.simplex_xy(np.eye(3))
    sides = np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1)
    np.testing.assert_allclose(sides, 1)
    np.testing.assert_allclose(figures.simplex_xy(np.full(3, 1 / 3)), corners.mean(axis=0))


def test_simplex_names_its_corners(ax):
    figures.simplex(ax)
    assert [text.get_text() for text in ax.texts] == list(figures.CLASSES)


def test_style_draws_svg_in_jupyter(monkeypatch):
    formats = []
    monkeypatch.setattr(figures, "get_ipython", lambda: "a shell")
    monkeypatch.setattr(figures, "set_matplotlib_formats", lambda *args, **kwargs: formats.append((args, kwargs)))
    figures.use_style()
    [(args, kwargs)] = formats
    assert args == ("svg",)
    assert kwargs["metadata"]["Date"] is None


def svg(fig, **options):
    """Return a figure as it is saved, without the time."""
    file = io.BytesIO()
    fig.savefig(file, format="svg", metadata={"Date": None}, **options)
    return file.getvalue().decode()


def numbers(drawing):
    """Return all numbers in the tags of a drawing, as they are written."""
    return re.findall(r"-?\d+(?:\.\d+)?", " ".join(re.findall("<[^>]*>", drawing)))


def crowd(ax, scale=1.0):
    """Draw lines, points, text and a picture, whose coordinates have many decimals."""
    x = np.random.default_rng(0).random(50) * scale
    ax.plot(x, x**2)
    ax.scatter(x, np.sqrt(x), s=7)
    ax.text(0.123, 0.456, "0.123456")
    ax.imshow(np.eye(3), extent=(0, 1 / 3, 0, 1 / 7), interpolation="none", aspect="auto")
    ax.set(xlim=(0, 1), ylim=(0, 1))


def test_saved_coordinates_have_two_decimals_and_are_those_of_matplotlib(ax):
    crowd(ax)
    ax.images[0].remove()
    saved = svg(ax.figure)
    own = io.StringIO()
    FigureCanvasSVG(ax.figure).print_svg(own, metadata={"Date": None})
    assert max(len(number.partition(".")[2]) for number in numbers(saved)) == 2
    assert max(len(number.partition(".")[2]) for number in numbers(own.getvalue())) == 6
    ours, theirs = (np.array(numbers(drawing), dtype=float) for drawing in (saved, own.getvalue()))
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=0.00501)


def test_last_bits_do_not_change_a_figure():
    drawings = []
    for scale in (1, 1 - 1e-9):
        fig, ax = plt.subplots()
        crowd(ax, scale)
        drawings.append(svg(fig))
        plt.close(fig)
    assert drawings[0] == drawings[1]


def test_rounding_leaves_text_and_scales_alone(ax):
    kept = '<g transform="matrix(0.00123 0 0 -0.00456 1.23456 7)"><text x="1" y="2">0.123456</text></g>'
    assert figures.rounded(kept) == kept
    crowd(ax)
    assert ">0.123456</text>" in svg(ax.figure)


def test_figures_are_saved_to_paths_and_to_files_of_text(ax, tmp_path):
    ax.plot([0, 1], [1, 2])
    ax.figure.savefig(tmp_path / "figure.svg", metadata={"Date": None})
    text = io.StringIO()
    ax.figure.savefig(text, format="svg", metadata={"Date": None})
    assert (tmp_path / "figure.svg").read_text(encoding="utf-8") == text.getvalue() == svg(ax.figure)


def areas(ax):
    """Return the areas of the squares that `digit` drew, in pixels, and their centers."""
    [patch] = ax.patches
    corners = patch.get_path().vertices.reshape(-1, 5, 2)
    return np.ptp(corners[:, :, 0], axis=1) * np.ptp(corners[:, :, 1], axis=1), corners[:, :4].mean(axis=1)


@pytest.mark.parametrize("shape", [(4,), (2, 2)])
def test_digit_draws_each_pixel_as_a_square_of_its_area(ax, shape):
    figures.digit(ax, np.array([0, 0.25, 1, -1]).reshape(shape))
    drawn, centers = areas(ax)
    np.testing.assert_allclose(drawn, [0.25, 1])
    np.testing.assert_array_equal(centers, [[1, 0], [0, 1]])  # column and row
    assert ax.yaxis_inverted()


def test_digit_is_one_path_in_the_color_of_ink(ax):
    figures.digit(ax, np.ones(784) / 2)
    drawing = svg(ax.figure)
    assert drawing.count(f"fill: {figures.INK}") == 1
    figures.digit(ax, np.zeros(784))  # blank paper
    assert "<image" not in svg(ax.figure)


@pytest.mark.parametrize("shape", [(3,), (2, 8), (1, 4), (2, 2, 1)])
def test_digit_refuses_what_is_not_square(ax, shape):
    with pytest.raises(ValueError, match=r"x has shape .*; expected that of a square image"):
        figures.digit(ax, np.ones(shape))


def test_digit_with_bars_fills_the_true_class_and_labels_what_can_be_seen():
    figures.use_style()
    fig, (above, below) = plt.subplots(2)
    figures.digit_with_bars(above, below, np.ones(64), [0.6996, 0.2964, 0.004], 1)
    assert below.get_title() == "a 1, read as 0"
    assert [bar.get_width() for bar in below.patches] == [0.7, 0.296, 0.004]
    assert [bar.get_facecolor()[3] for bar in below.patches] == [0, 1, 0]
    assert [text.get_text() for text in below.texts] == ["0.70", "0.30", ""]
    assert len(above.patches) == 1
    plt.close(fig)


def test_confusion_counts_a_row_for_each_true_class_and_colors_errors(ax):
    figures.confusion(ax, ["panda", "panda", "duck", "panda", "duck"], ["panda", "duck", "duck", "panda", "seal"])
    counts = {text.get_position(): (text.get_text(), text.get_color()) for text in ax.texts}
    error, right = figures.VERMILION, figures.INK
    assert counts == {(0, 0): ("1", right), (2, 0): ("1", error), (0, 1): ("1", error), (1, 1): ("2", right)}
    for axis in (ax.xaxis, ax.yaxis):
        assert [tick.get_text() for tick in axis.get_ticklabels()] == ["duck", "panda", "seal"]
    with pytest.raises(ValueError, match=r"y has shape \(2,\), predicted \(1,\); expected one class for each"):
        figures.confusion(ax, [0, 1], [0])
