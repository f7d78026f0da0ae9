"""The book's plotting style and its few recurring drawings.

Text in figures is Unicode, not mathtext: Matplotlib would cut a formula into single letters, which
neither a screen reader nor a search finds.
"""

import io
import re

import matplotlib as mpl
import numpy as np
from IPython import get_ipython
from matplotlib.backend_bases import register_backend
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.cbook import file_requires_unicode, open_file_cm
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib_inline.backend_inline import set_matplotlib_formats

from softmaxlib.teaching.example import BLUE, CLASS_COLORS, CLASSES, GREEN, INK, PURPLE, VERMILION

FACTORS_OR_LONG_NUMBER = re.compile(r"(?:matrix|scale)\([^)]*\)|-?\d+\.\d{3,}")


def rounded(svg):
    """Round the coordinates in a drawing to 1/100 of a point, which is finer than a screen shows.

    Matplotlib writes six decimals, and the last of them depends on the processor. Text stays as it is, and so do the
    factors of a scaling.

    Parameters
    ----------
    svg : str
        The drawing, as Matplotlib writes it.

    Returns
    -------
    str
        The drawing, with at most two decimals.

    Examples
    --------
    >>> rounded('<text x="48.906178" y="-0.001">0.6645</text>')
    '<text x="48.91" y="0">0.6645</text>'
    """

    def shorter(match):
        found = match[0]
        if found.endswith(")"):
            return found
        return f"{round(float(found), 2) + 0:.2f}".rstrip("0").rstrip(".")  # + 0 makes 0 of -0

    return re.sub("<[^>]*>", lambda tag: FACTORS_OR_LONG_NUMBER.sub(shorter, tag[0]), svg)


class RoundedSVG(FigureCanvasSVG):
    """Matplotlib's canvas for SVG, with `rounded` coordinates."""

    def print_svg(self, filename, *, bbox_inches_restore=None, metadata=None, **_):
        """Write the figure into a file, as `matplotlib.figure.Figure.savefig` asks for it.

        Parameters
        ----------
        filename : str, path or file
            Where to write.
        bbox_inches_restore, metadata
            For Matplotlib's own canvas.
        **_
            What Matplotlib passes to canvases of other formats.
        """
        drawing = io.StringIO()
        super().print_svg(drawing, bbox_inches_restore=bbox_inches_restore, metadata=metadata)
        text = rounded(drawing.getvalue())
        with open_file_cm(filename, "w", encoding="utf-8") as file:
            file.write(text if file_requires_unicode(file) else text.encode())


def use_style():
    """Draw every figure of this session in the book's style, as SVG that is the same on each run.

    Examples
    --------
    >>> use_style()
    >>> mpl.rcParams["svg.fonttype"]
    'none'
    """
    mpl.rcParams.update(
        {
            "axes.edgecolor": INK,
            "axes.facecolor": "none",  # the page shows through
            "axes.labelcolor": INK,
            "axes.prop_cycle": mpl.cycler(color=[BLUE, VERMILION, GREEN, PURPLE]),
            "axes.spines.right": False,
            "axes.spines.top": False,
            "axes.titlecolor": INK,
            "axes.titlesize": "medium",
            "figure.constrained_layout.use": True,
            "figure.facecolor": "none",
            "figure.figsize": (6.4, 3.2),  # inches: at 12 pt still legible on a phone
            "font.sans-serif": ["DejaVu Sans", "Verdana", "sans-serif"],  # Verdana has the same widths
            "font.size": 12,
            "lines.linewidth": 2.5,
            "patch.edgecolor": INK,
            "svg.fonttype": "none",
            "svg.hashsalt": "softmax",
            "text.color": INK,
            "xtick.color": INK,
            "ytick.color": INK,
        }
    )
    register_backend("svg", RoundedSVG, "Scalable Vector Graphics")
    if get_ipython() is not None:
        unstamped = dict.fromkeys(["Date", "Creator", "Format", "Type"])  # the same figure is the same text
        set_matplotlib_formats("svg", bbox_inches=None, metadata=unstamped)


def label(ax, x, y, text, color=INK, **kwargs):
    """Write `text` at the data coordinates (`x`, `y`), in the color of what it names.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to write.
    x, y : float
        Data coordinates.
    text : str
        The label.
    color : color, default `INK`
        The color of the line or point that the label names.
    **kwargs
        Further properties of `matplotlib.text.Text`, such as ``ha`` and ``va``.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> _, ax = plt.subplots()
    >>> label(ax, 0, 0.5, "panda", VERMILION)
    """
    ax.text(x, y, text, color=color, fontweight="bold", **kwargs)


def bars(ax, values, names=CLASSES, colors=CLASS_COLORS, fmt="{:.3f}"):
    """Draw one bar a class, with its value at its end and its name below.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    values : array_like of float, shape (K,)
        Heights.
    names : sequence of str, length K, default seal, panda and duck
        Names of the classes.
    colors : sequence of colors, length K, default the colors of seal, panda and duck
        Colors of the bars.
    fmt : str, default "{:.3f}"
        How to print a value.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> _, ax = plt.subplots()
    >>> bars(ax, [0.249, 0.664, 0.087])
    """
    drawn = ax.bar(names, values, color=colors, width=0.65)
    ax.bar_label(drawn, [fmt.format(v).replace("-", "−") for v in values], padding=3, color=INK)
    ax.axhline(0, color=INK, linewidth=0.8)
    ax.margins(y=0.18)
    ax.spines["bottom"].set_visible(False)
    ax.tick_params(axis="x", length=0)


def simplex_xy(p):
    """Place probabilities of three classes in the triangle that `simplex` draws.

    Parameters
    ----------
    p : array_like of float, shape (..., 3)
        Probabilities.

    Returns
    -------
    numpy.ndarray, shape (..., 2)
        Plane coordinates; the first class is at the lower left, the second at the top.

    Examples
    --------
    >>> simplex_xy([0, 0, 1])
    array([1., 0.])
    """
    corners = np.array([[0, 0], [0.5, np.sqrt(3) / 2], [1, 0]])
    return np.asarray(p) @ corners


def simplex(ax, names=CLASSES, colors=CLASS_COLORS):
    """Draw the triangle of all probabilities of three classes, one class a corner.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw; its axes are hidden.
    names : sequence of str, length 3, default seal, panda and duck
        Names of the corners: lower left, top, lower right.
    colors : sequence of colors, length 3, default the colors of seal, panda and duck
        Colors of the names.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> _, ax = plt.subplots()
    >>> simplex(ax)
    """
    corners = simplex_xy(np.eye(3))
    ax.plot(*corners[[0, 1, 2, 0]].T, color=INK, linewidth=1)
    places = ({"ha": "center", "va": "top"}, {"ha": "center", "va": "bottom"}, {"ha": "center", "va": "top"})
    for (x, y), name, color, place in zip(corners, names, colors, places, strict=True):
        label(ax, x, y + (0.04 if y else -0.04), name, color, **place)
    ax.set(aspect="equal", xlim=(-0.15, 1.15), ylim=(-0.12, 1.0))
    ax.axis("off")


def digit(ax, x, color=INK, **kwargs):
    """Draw an image as squares whose areas are its pixels, as ink on the page.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw; its axes are hidden.
    x : array_like of float, shape (n * n,) or (n, n)
        Pixels, from 0 for paper to 1 for a whole square of ink; what is not positive is not drawn.
    color : color, default `INK`
        The color of the ink.
    **kwargs
        Further properties of `matplotlib.patches.PathPatch`, such as ``fill=False``.

    Raises
    ------
    ValueError
        If `x` is not square.

    See Also
    --------
    digit_with_bars : with the probabilities of the classes.

    Notes
    -----
    All squares are one path of the SVG, which the page colors as it colors text, in the dark too.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> _, ax = plt.subplots()
    >>> digit(ax, [0, 0.5, 1, 0])
    """
    x = np.asarray(x, dtype=np.float64)
    side = round(x.size**0.5)
    if side**2 != x.size or x.shape not in {(x.size,), (side, side)}:
        raise ValueError(f"x has shape {x.shape}; expected that of a square image, as (64,), (784,) or (28, 28)")
    places = np.argwhere(x.reshape(side, side) > 0)[:, np.newaxis, ::-1]  # (M, 1, 2): column and row
    halves = np.sqrt(x[x > 0])[:, np.newaxis, np.newaxis] / 2  # (M, 1, 1)
    corners = places + halves * [[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]  # (M, 5, 2)
    codes = np.tile([Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY], len(places))
    style = {"facecolor": color, "edgecolor": color, "linewidth": 0} | kwargs
    ax.add_patch(PathPatch(Path(corners.reshape(-1, 2), codes), **style))
    ax.set(xlim=(-0.6, side - 0.4), ylim=(side - 0.4, -0.6), aspect="equal")
    ax.axis("off")


def digit_with_bars(image_ax, bars_ax, x, p, y):
    """Draw an image, and a bar for the probability of each class: that of the true class is filled.

    The title says both, as in "a 3, read as 8".

    Parameters
    ----------
    image_ax, bars_ax : matplotlib.axes.Axes
        Where to draw the image and the bars.
    x : array_like of float, shape (n * n,) or (n, n)
        The image, as `digit` takes it.
    p : array_like of float, shape (K,)
        Probabilities of the classes 0 to K - 1.
    y : int
        The true class.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> _, (above, below) = plt.subplots(2)
    >>> digit_with_bars(above, below, [0, 0.5, 1, 0], [0.2, 0.7, 0.1], 2)
    >>> below.get_title()
    'a 2, read as 1'
    """
    digit(image_ax, x)
    p = np.asarray(p).round(3)
    drawn = bars_ax.barh(range(len(p)), p, facecolor="none", edgecolor=PURPLE)
    drawn[y].set_facecolor(PURPLE)
    bars_ax.bar_label(drawn, [f"{share:.2f}" if share >= 0.005 else "" for share in p], padding=3, color=INK, size=11)
    bars_ax.axvline(0, color=INK, linewidth=0.8)
    bars_ax.set(yticks=range(len(p)), xticks=[], xlim=(0, 1.4), title=f"a {y}, read as {p.argmax()}")
    bars_ax.spines[["left", "bottom"]].set_visible(False)
    bars_ax.tick_params(axis="y", length=0)
    bars_ax.invert_yaxis()


def confusion(ax, y, predicted):
    """Count how often each class was taken for each: a row for each true class, with the errors in color.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw; at most 4.4 inches wide for ten classes, so that the counts are legible on a phone.
    y : array_like, shape (N,)
        True classes.
    predicted : array_like, shape (N,)
        Predicted classes.

    Raises
    ------
    ValueError
        If `y` and `predicted` differ in length.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> _, ax = plt.subplots()
    >>> confusion(ax, [0, 0, 1], [0, 1, 1])
    >>> [text.get_text() for text in ax.texts]
    ['1', '1', '1']
    """
    y, predicted = np.asarray(y), np.asarray(predicted)
    if y.shape != predicted.shape:
        raise ValueError(f"y has shape {y.shape}, predicted {predicted.shape}; expected one class for each sample")
    classes = np.union1d(y, predicted)
    for row, true in enumerate(classes):
        for column, taken in enumerate(classes):
            count = np.count_nonzero((y == true) & (predicted == taken))
            place = {"ha": "center", "va": "center", "size": 11}
            if count and row == column:
                ax.text(column, row, str(count), **place)
            elif count:
                label(ax, column, row, str(count), VERMILION, **place)
    ends = np.arange(len(classes) + 1) - 0.5
    ax.hlines(ends, ends[0], ends[-1], color=INK, linewidth=0.3)
    ax.vlines(ends, ends[0], ends[-1], color=INK, linewidth=0.3)
    ax.set(xticks=range(len(classes)), yticks=range(len(classes)), xlabel="predicted class", ylabel="true class")
    ax.set(xticklabels=classes, yticklabels=classes, xlim=ends[[0, -1]], ylim=ends[[-1, 0]], aspect="equal")
    ax.xaxis.set(ticks_position="top", label_position="top")
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
