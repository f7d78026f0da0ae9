"""The figures of the notebooks go into the page itself, so that they follow its theme and need no request."""

import html
import re

from palette import with_variables


def inline(svg, alt, prefix):
    """Return Matplotlib's SVG as an element of a page.

    A page holds several figures, so their ids get a prefix. Sizes become CSS pixels, and the view box keeps the shape
    of the figure on a narrow page.
    """
    svg = svg[svg.index("<svg ") :]
    svg = re.sub(r"\s*<(metadata|style)\b.*?</\1>|<!--.*?-->", "", svg, flags=re.S)  # book.css has the style
    svg = svg.replace(" font-family: 'DejaVu Sans', 'Verdana', sans-serif;", "")
    used = {name for pair in re.findall(r'href="#([^"]*)"|url\(#([^)]*)\)', svg) for name in pair}
    svg = re.sub(r' id="([^"]*)"', lambda match: match[0] if match[1] in used else "", svg)
    svg = re.sub(r'( id="|href="#|url\(#)', rf"\g<1>{prefix}-", svg)
    width, height = (round(float(re.search(rf' {side}="([\d.]+)pt"', svg)[1]) * 4 / 3) for side in ("width", "height"))
    tag = f'<svg class="figure" role="img" aria-label="{html.escape(alt)}" width="{width}" height="{height}" '
    view_box = re.search(r'viewBox="[^"]*"', svg)[0]
    svg = re.sub(r"^<svg [^>]*>", f'{tag}{view_box} xmlns:xlink="http://www.w3.org/1999/xlink">', svg)
    return re.sub(r"\s*\n\s*", "\n", with_variables(svg))


def put_in(page, images):
    """Return a page in which each figure that Matplotlib drew stands in the place of its tag."""
    prefixes = (f"f{number}" for number in range(page.count("<img ")))

    def replace(match):
        svg = (images / match["name"]).read_text(encoding="utf-8")
        if 'version="1.1"' not in svg:
            return match[0]  # another program drew it
        alt = html.unescape(re.search(r'alt="([^"]*)"', match[0])[1])
        return inline(svg, alt, next(prefixes))

    return re.sub(r'<img [^>]*src="[^"]*_images/(?P<name>[^"]+\.svg)"[^>]*>', replace, page)
