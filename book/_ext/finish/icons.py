"""Icon fonts that hold the icons in use, and no others."""

import logging
import re
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

logging.getLogger("fontTools").setLevel(logging.WARNING)  # a11y-pygments lets every library log


def icons_in_use(css, pages):
    """Return the code points of the icons that a page or the sheet itself asks for."""
    names = names_in(pages)
    rules = re.findall(r'([^{}]*)\{[^{}]*(?:--fa|content):\s*"\\(f[0-9a-f]{3})"', css)
    return {
        int(code, 16)
        for selector, code in rules
        if ".fa-" not in selector or names & set(re.findall(r"fa-[a-z-]+", selector))
    }


def names_in(pages):
    """Return the names of icons and of icon fonts that pages hold."""
    return set(re.findall(r"\bfa-[a-z-]+", " ".join(pages)))


def cut_fonts(css, pages, static):
    """Write icon fonts that hold only the icons in use, and return the sheet with the addresses of these."""
    names, icons = names_in(pages), icons_in_use(css, pages)

    def cut(match):
        style = re.search(r"fa-(brands|regular)", match[1])
        if style and style[0] not in names:
            return match[0]  # no page asks for this font
        font = TTFont(static / match[1], recalcTimestamp=False)  # else each build would write other bytes
        subsetter = subset.Subsetter(subset.Options(layout_features=[]))
        subsetter.populate(unicodes=icons)
        subsetter.subset(font)
        font.flavor = "woff2"
        target = static / f"{Path(match[1]).stem}.icons.woff2"
        font.save(target)
        return f'url("{target.name}")'

    css = re.sub(r',\s*url\("[^"]*\.ttf"\)\s*format\("truetype"\)', "", css)
    return re.sub(r'url\("([^"]*fa-[^"]*\.woff2)"\)', cut, css)
