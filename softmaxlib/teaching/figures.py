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
