"""``{chapter_map}``, a map of the chapters: an arrow leads from each to those that list it under *You need*."""

from html import escape

import networkx as nx
from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.util.docutils import SphinxDirective

WIDTH, HEIGHT = 164, 36  # of a box
COLUMN, ROW = 176, 68  # from one box to the next


class chapter_map(nodes.General, nodes.Element):
    """The place of the map."""


class ChapterMapDirective(SphinxDirective):
    """The map."""

    def run(self):
        """Return its place."""
        return [chapter_map()]


def note_needs(app, doctree):
    """Keep what a chapter lists under *You need*."""
    for paragraph in doctree.findall(nodes.paragraph):
        if paragraph.astext().startswith("You need ") and "objectives" in paragraph.parent.get("classes", []):
            links = [link["reftarget"] for link in paragraph.findall(pending_xref) if link["refdomain"] == "doc"]
            app.env.metadata[app.env.docname]["needs"] = links


def graph(env):
    """Return the chapters, in the order of the book, with the needs that no other need implies."""
    order = nx.dfs_preorder_nodes(nx.DiGraph(env.toctree_includes), env.config.root_doc)
    needs = {name: env.metadata[name]["needs"] for name in order if "needs" in env.metadata[name]}
    arrows = nx.DiGraph()
    arrows.add_nodes_from(needs)
    arrows.add_edges_from((need, name) for name in needs for need in needs[name])
    return nx.transitive_reduction(arrows)


def places(arrows):
    """Return the middle of each box: a row below what it needs, and in the row as near to it as there is room."""
    place = {}
    for row, names in enumerate(nx.topological_generations(arrows)):
        wish = {}
        for name in names:
            needed = [place[need][0] for need in arrows.pred[name]]
            wish[name] = sum(needed) / len(needed) if needed else 0
        left = sum(wish.values()) / len(wish) - COLUMN * (len(wish) - 1) / 2
        for i, name in enumerate(sorted(wish, key=wish.get)):
            place[name] = (left + COLUMN * i, ROW * row)
    return place


def svg(app, docname):
    """Return the map as an element of a page; each box is a link."""
    arrows = graph(app.env)
    place = places(arrows)
    parts = []
    for need, name in arrows.edges:
        (x, y), (u, v) = place[need], place[name]
        y, v, bend = y + HEIGHT / 2, v - HEIGHT / 2 - 7, (ROW - HEIGHT) / 2  # 7 is the tip
        parts.append(f'<path d="M{x} {y}C{x} {y + bend} {u} {v - bend} {u} {v}" marker-end="url(#tip)"/>')
    for name, (x, y) in place.items():
        title = escape(app.env.titles[name].astext().partition(":")[0])
        parts.append(
            f'<a xlink:href="{escape(app.builder.get_relative_uri(docname, name))}">'
            f'<rect x="{x - WIDTH / 2}" y="{y - HEIGHT / 2}" width="{WIDTH}" height="{HEIGHT}" rx="6"/>'
            f'<text x="{x}" y="{y + 5}">{title}</text></a>'
        )
    left = min(x for x, _ in place.values()) - WIDTH / 2 - 2
    width = max(x for x, _ in place.values()) + WIDTH / 2 + 2 - left
    height = max(y for _, y in place.values()) + HEIGHT + 4
    return (
        '<svg class="figure chapter-map" role="group" aria-label="Map of the chapters; each is a link" '
        'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{width}" height="{height}" viewBox="{left} {-HEIGHT / 2 - 2} {width} {height}">'
        '<marker id="tip" viewBox="0 0 8 8" refX="1" refY="4" markerWidth="4" markerHeight="4" orient="auto">'
        f'<path d="M0 0L8 4L0 8z"/></marker>{"".join(parts)}</svg>'
    )


def draw(app, doctree, docname):
    """Put the drawing into the place of each map."""
    for node in list(doctree.findall(chapter_map)):
        node.replace_self(nodes.raw("", svg(app, docname), format="html"))


def setup(app):
    """Register the directive and the steps of the build."""
    app.add_node(chapter_map)
    app.add_directive("chapter_map", ChapterMapDirective)
    app.connect("doctree-read", note_needs)
    app.connect("doctree-resolved", draw)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
