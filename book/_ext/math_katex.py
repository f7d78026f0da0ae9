"""KaTeX renders formulas while the book is built, so pages need no script for them, and a bad one fails the build."""

import functools
import html
import json
import subprocess
from pathlib import Path

from docutils import nodes
from sphinx.locale import _
from sphinx.util.fileutil import copy_asset
from sphinx.util.math import get_node_equation_number

import nodejs

KATEX = Path("node_modules", "katex", "dist")

# One process renders all formulas of the book. It reads a formula from each line of its input, and ends with the input.
SERVER = """
const katex = require(process.argv[1]);
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const [tex, options] = JSON.parse(line);
  let answer;
  try { answer = { markup: katex.renderToString(tex, options) }; } catch (error) { answer = { error: String(error) }; }
  console.log(JSON.stringify(answer));
});
"""


@functools.cache
def server(folder):
    """Start Node with KaTeX."""
    command = [nodejs.node(), "-e", SERVER, str(folder / "katex.js")]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")


def render(translator, node, *, display):
    """Return the markup of a formula: HTML for the eye, and MathML for screen readers and for the ePub."""
    app = translator.builder.app
    output = "mathml" if app.builder.name == "epub" else "htmlAndMathml"
    options = {"displayMode": display, "output": output, "strict": "error"}
    process = server(Path(app.srcdir) / KATEX)
    process.stdin.write(json.dumps([node.astext(), options]) + "\n")
    process.stdin.flush()
    answer = json.loads(process.stdout.readline())
    if "error" in answer:
        raise ValueError(f"{answer['error']}\nin the formula {node.astext()!r} of {translator.builder.current_docname}")
    return answer["markup"]


def visit_math(translator, node):
    """Write a formula in a line of text."""
    translator.body.append(f'<span class="math">{render(translator, node, display=False)}</span>')
    raise nodes.SkipNode


def visit_math_block(translator, node):
    """Write a formula on a line of its own, with its number and a link to it."""
    markup = render(translator, node, display=True)
    number = ""
    if node["number"]:
        title = html.escape(_("Link to this equation"))
        link = f'<a class="headerlink" href="#{node["ids"][0]}" title="{title}">#</a>' if node["ids"] else ""
        number = f'<span class="eqno">({get_node_equation_number(translator, node)}){link}</span>'
    markup = markup.replace("<span", '<span tabindex="0"', 1)  # so that the keyboard can scroll a wide formula
    translator.body.append(translator.starttag(node, "div", CLASS="math") + number + markup + "</div>\n")
    raise nodes.SkipNode


def copy_styles(app):
    """Put KaTeX's sheet and fonts where pages find them; this comes before the pages, which name a checksum."""
    if app.builder.format == "html" and app.builder.name != "epub":
        source, target = Path(app.srcdir) / KATEX, Path(app.outdir) / "_static" / "katex"
        copy_asset(source / "katex.min.css", target)
        for font in (source / "fonts").glob("*.woff2"):
            copy_asset(font, target / "fonts")


def stop(app, error):
    """End the process that renders, if it has been started."""
    if server.cache_info().currsize:
        with server(Path(app.srcdir) / KATEX):  # at the end of this block its input is closed
            server.cache_clear()


def setup(app):
    """Register the renderer; `html_math_renderer: katex` chooses it."""
    app.add_html_math_renderer("katex", (visit_math, None), (visit_math_block, None))
    app.add_css_file("katex/katex.min.css")
    app.connect("builder-inited", copy_styles)
    app.connect("build-finished", stop)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
