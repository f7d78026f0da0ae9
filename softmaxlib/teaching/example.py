"""The running example of the book: its classes, their scores, and the colors. No other file states them."""

from typing import NamedTuple

CLASSES = ("seal", "panda", "duck")
LOGITS = (0.25, 1.23, -0.8)


class Color(NamedTuple):
    """One color of the book.

    Attributes
    ----------
    drawn : str
        In what Matplotlib and Altair draw: at least 3:1 on white and on #121212, for JupyterLab and for paper.
    light, dark : str
        What a light and a dark page put in its place: at least 4.5:1 there, as labels of figures are text.
    """

    drawn: str
    light: str
    dark: str


# Okabe-Ito, whose colors stay apart for color-blind readers; ink is for text, axes and guide lines.
PALETTE = {
    "ink": Color("#767b83", "#5f646b", "#b3b9c1"),
    "blue": Color("#0072b2", "#0072b2", "#4aa8e0"),
    "vermilion": Color("#d55e00", "#c45500", "#f0823a"),
    "green": Color("#009e73", "#008360", "#2fbf93"),
    "purple": Color("#cc79a7", "#a8528a", "#d98fba"),
}
INK, BLUE, VERMILION, GREEN, PURPLE = (color.drawn for color in PALETTE.values())
CLASS_COLORS = (BLUE, VERMILION, GREEN)  # in the order of CLASSES, in the whole book
