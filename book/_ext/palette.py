"""The colors of figures follow the theme of the page, by a style sheet made from `softmaxlib.teaching.example`."""

from pathlib import Path

from softmaxlib.teaching.example import PALETTE


def with_variables(markup):
    """Return SVG or a chart in which each color of the book is a variable of the page."""
    for name, color in PALETTE.items():
        markup = markup.replace(color.drawn, f"var(--figure-{name}, {color.drawn})")
    return markup


def sheet():
    """Return the style sheet that gives the variables their values, on light pages and on dark ones."""
    rules = []
    for selector, theme in (("html", "light"), ('html[data-theme="dark"]', "dark")):
        values = "".join(f"\n  --figure-{name}: {getattr(color, theme)};" for name, color in PALETTE.items())
        rules.append(f"{selector} {{{values}\n}}\n")
    return "".join(rules)


def write_sheet(app):
    """Put the sheet where pages find it; this comes before the pages, which name its checksum."""
    if app.builder.format == "html" and app.builder.name != "epub":
        folder = Path(app.outdir, "_static")
        folder.mkdir(parents=True, exist_ok=True)
        Path(folder, "palette.css").write_text(sheet(), encoding="utf-8")


def setup(app):
    """Add the sheet to every page."""
    app.add_css_file("palette.css")
    app.connect("builder-inited", write_sheet)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
