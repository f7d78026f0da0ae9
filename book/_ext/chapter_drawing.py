"""The drawing of the map: the chapters in the order of the book, and lines from each chapter to those that need it.

The line of a chapter runs down a lane of its own, left of the list, and turns to each chapter that needs it. So no line
hides another, however many chapters there are, and the drawing is as wide as the text on a phone. The numbers at the
right say the same as the lines.
"""

from html import escape
from typing import NamedTuple

WIDTH = 358  # of the text on a phone of 390 pixels
ROW = 26  # height of a row
LANE = 9  # from one lane to the next
BEND = 5  # radius of the corners
TIP = 6  # length of the arrow heads
NUMBER = 24  # width of the column with the numbers of the chapters
LETTERS = 26  # that a title may have


class Chapter(NamedTuple):
    """A chapter, by the name of its document, with the names of the chapters that it needs."""

    name: str
    number: str
    title: str
    needs: tuple[str, ...]


def direct(needs):
    """Return what each chapter needs, in the order of the book, without what another of its needs implies."""
    order, implied = list(needs), {}
    for name, needed in needs.items():
        implied[name] = set(needed).union(*(implied[need] for need in needed))
    return {
        name: [
            need for need in sorted(set(needed), key=order.index) if not any(need in implied[other] for other in needed)
        ]
        for name, needed in needs.items()
    }


def lanes_of(needs, rows):
    """Return the lane of each chapter that another one needs; the shortest lines are nearest to the list."""
    ends = {need: rows[name] for name, needed in needs.items() for need in needed}
    lanes = {}
    for name in sorted(ends, key=lambda name: (ends[name] - rows[name], rows[name])):
        beside = [lane for other, lane in lanes.items() if rows[other] <= ends[name] and rows[name] <= ends[other]]
        lanes[name] = next(lane for lane in range(len(beside) + 1) if lane not in beside)
    return lanes


def line(x, start, end, right):
    """Return the line, with its arrow head, that turns into the lane at `x` and leads from one height to another."""
    out, back = f"H{x + BEND}q{-BEND} 0 {-BEND} {BEND}", f"q0 {BEND} {BEND} {BEND}H{right - TIP}"
    return (
        f'<path d="M{right} {start}{out}V{end - BEND}{back}" fill="none" stroke="currentColor"/>'
        f'<path d="M{right} {end}l{-TIP} {-TIP // 2}v{TIP}z" fill="currentColor"/>'
    )


def draw(parts, addresses):
    """Return the map as an element of a page.

    Parameters
    ----------
    parts : list of (str, list of Chapter)
        The caption of each part, if it has one, and its chapters, in the order of the book. A chapter comes after
        those that it needs.
    addresses : dict of str to str
        Where the link of each chapter leads.
    """
    chapters = {chapter.name: chapter for _, part in parts for chapter in part}
    needs = direct({name: chapter.needs for name, chapter in chapters.items()})
    texts = [text for caption, part in parts for text in [caption] * bool(caption) + [chapter.name for chapter in part]]
    middle = {text: ROW * place + ROW // 2 for place, text in enumerate(texts)}
    lanes, drawn = lanes_of(needs, middle), []
    left = LANE * (max(lanes.values(), default=0) + 1) + BEND + TIP
    for text in texts:
        base = f'y="{middle[text] + 4}"'
        if text not in chapters:
            drawn.append(f'<text class="part" x="{left}" {base} font-size="12">{escape(text)}</text>')
            continue
        number, title = chapters[text].number, escape(chapters[text].title)
        lines = [
            line(left - TIP - BEND - LANE * (lanes[need] + 0.5), middle[need] + 4, middle[text] - 4, left - 2)
            for need in needs[text]
        ]
        needed = "; it needs " + ", ".join(escape(chapters[need].title) for need in needs[text]) if lines else ""
        numbers = ", ".join(chapters[need].number for need in needs[text])
        drawn.append(
            f'<g>{"".join(lines)}<a xlink:href="{escape(addresses[text])}" aria-label="{number} {title}{needed}">'
            f'<text x="{left}" {base}>{number}<tspan x="{left + NUMBER}">{title}</tspan></text></a>'
            f'<text class="needs" x="{WIDTH - 1}" {base} text-anchor="end">{numbers}</text></g>'
        )
    return (
        '<svg class="chapter-map" role="group" aria-label="Map of the chapters; each is a link" font-size="13" '
        'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{WIDTH}" height="{ROW * len(texts)}" viewBox="0 0 {WIDTH} {ROW * len(texts)}">{"".join(drawn)}</svg>'
    )
