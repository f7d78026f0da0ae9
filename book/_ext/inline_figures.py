"""The figures of the notebooks go into the page itself, so that they follow its theme and need no request."""

import html
import re
from pathlib import Path

from palette import with_variables


def inline(svg, alt, prefix):
    """Return Matplotlib's SVG as an element of a page.

    Ids get a prefix, as a page holds several figures; sizes become CSS pixels, and the view box keeps the shape on a
    narrow page.
    """
    svg = svg[svg.index("<svg ") :]
    svg = re.sub(r"\s*<(metadata|style)\b.*?</\1>|<!--.*?-->", "", svg, flags=re.S)  # book.css has the style
    svg = svg.replace(" font-family: 'DejaVu Sans', 'Verdana', sans-serif;", "")
    used = set(re.findall(r'href="#([^"]*)"|url\(#([^)]*)\)', svg))
    svg = re.sub(r' id="([^"]*)"', lambda id_: id_[0] if {(id_[1], ""), ("", id_[1])} & used else "", svg)
    svg = re.sub(r'( id="|href="#|url\(#)', rf"\g<1>{prefix}-", svg)
    width, height = (round(float(re.search(rf' {side}="([\d.]+)pt"', svg)[1]) * 4 / 3) for side in ("width", "height"))
    tag = f'<svg class="figure" role="img" aria-label="{html.escape(alt)}" width="{width}" height="{height}" '
    view_box = re.search(r'viewBox="[^"]*"', svg)[0]
    svg = re.sub(r"^<svg [^>]*>", f'{tag}{view_box} xmlns:xlink="http://www.w3.org/1999/xlink">', svg)
    return re.sub(r"\s*\n\s*", "\n", with_variables(svg))


def replace_images(app, pagename, templatename, context, doctree):
    """Put the SVG of each image in the place of its tag."""
    sources = {name: Path(app.srcdir, uri) for uri, name in app.builder.images.items()}

    def replace(match):
        source = sources.get(match["name"])
        if source is None or 'version="1.1"' not in (svg := source.read_text(encoding="utf-8")):
            return match[0]
        alt = html.unescape(re.search(r'alt="([^"]*)"', match[0])[1])
        return inline(svg, alt, f"f{len(seen)}{seen.append(match['name']) or ''}")

    seen = []
    if app.builder.format == "html" and app.builder.name != "epub":
        context["body"] = re.sub(
            r'<img [^>]*src="[^"]*_images/(?P<name>[^"]+\.svg)"[^>]*>', replace, context.get("body") or ""
        )


def setup(app):
    """Connect to the pages, after the other extensions have made their bodies."""
    app.connect("html-page-context", replace_images, priority=800)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
