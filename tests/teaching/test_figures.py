"""The recurring drawings: what they show, and that they are the same each time."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

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
