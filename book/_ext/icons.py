"""Icon fonts with the icons in use."""

import io
import logging
import re
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

logging.getLogger("fontTools").setLevel(logging.WARNING)  # a11y-pygments lets every library log


def cut_fonts(css, pages, static):
    """Write the icon fonts with those icons only that a page names, and return the sheet that refers to them."""
    names = set(re.findall(r"\bfa-[a-z-]+", " ".join(pages)))
    rules = re.findall(r'([^{}]*)\{[^{}]*(?:--fa|content):\s*"\\(f[0-9a-f]{3})"', css)
    icons = {
        int(code, 16)
        for selector, code in rules
        if ".fa-" not in selector or names & set(re.findall(r"fa-[a-z-]+", selector))
    }

    def cut(match):
        style = re.search(r"fa-(brands|regular)", match[1])
        if style and style[0] not in names:
            return match[0]  # no page asks for this font
        font = TTFont(static / match[1])
        options = subset.Options(flavor="woff2", layout_features=[])
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=icons)
        subsetter.subset(font)
        target = static / f"{Path(match[1]).stem}.icons.woff2"
        font.flavor = "woff2"
        font["head"].modified = font["head"].created  # the same bytes each time
        buffer = io.BytesIO()
        font.save(buffer)
        target.write_bytes(buffer.getvalue())
        return f'url("{target.name}")'

    css = re.sub(r',\s*url\("[^"]*\.ttf"\)\s*format\("truetype"\)', "", css)
    return re.sub(r'url\("([^"]*fa-[^"]*\.woff2)"\)', cut, css)
