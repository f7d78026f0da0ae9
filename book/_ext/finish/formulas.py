"""A page with formulas names the fonts that they need first, and early.js asks for these before the sheet arrives."""

import re

FONTS = "_static/katex/fonts/KaTeX_{}.woff2"


def name_fonts(page):
    """Return a page with the addresses of its fonts in a meta tag, if it has formulas."""
    if 'class="katex' not in page:
        return page
    root = re.search(r'href="([^"]*)_static/', page)[1]
    names = ["Main-Regular", "Math-Italic"] + ["Size1-Regular"] * ("small-op" in page)
    addresses = " ".join(root + FONTS.format(name) for name in names)
    return page.replace("<title>", f'<meta name="formula-fonts" content="{addresses}" />\n    <title>', 1)
