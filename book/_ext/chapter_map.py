"""``{chapter_map}``, a map of the chapters, with lines from each to those that need it.

A page is a chapter if it has a box of the class ``objectives``:

    ```{admonition} In this chapter
    :class: objectives
    … **You need** [Softmax](softmax.ipynb), and the log-odds of [Sigmoid](sigmoid.ipynb). …
    ```

Each link in this box that leads to another page states a need, in whatever words. The order of the chapters, the
captions of their parts and their numbers are those of ``_toc.yml``; a title counts up to its colon.
"""

from docutils import nodes
from sphinx import addnodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from chapter_drawing import LETTERS, Chapter, draw

log = logging.getLogger(__name__)


class chapter_map(nodes.General, nodes.Element):
    """The place of the map."""


class ChapterMapDirective(SphinxDirective):
    """The map."""

    def run(self):
        """Return the place of the map."""
        return [chapter_map()]


def note_needs(app, doctree):
    """Keep the needs that the page states, if it is a chapter."""
    for box in doctree.findall(nodes.admonition):
        if "objectives" in box["classes"]:
            links = [link["reftarget"] for link in box.findall(addnodes.pending_xref) if link["refdomain"] == "doc"]
            app.env.metadata[app.env.docname]["needs"] = tuple(links)


def parts_of(env):
    """Return the parts of the book with their chapters, and complain of needs that come later than the chapter."""
    parts, earlier = [], set()
    for toctree in env.get_doctree(env.config.root_doc).findall(addnodes.toctree):
        part = []
        for name in toctree["includefiles"]:
            if "needs" not in env.metadata[name]:
                continue
            title = env.titles[name].astext().partition(":")[0]
            if len(title) > LETTERS:
                log.warning("the map of the chapters has no room for more than %d letters: %r", LETTERS, title)
            for need in env.metadata[name]["needs"]:
                if need not in earlier:
                    log.warning("the chapter %r needs %r, which is no chapter that comes before it", name, need)
            needs = [need for need in env.metadata[name]["needs"] if need in earlier]
            number = ".".join(map(str, env.toc_secnumbers.get(name, {}).get("", ())))
            part.append(Chapter(name, number, title, tuple(needs)))
            earlier.add(name)
        if part:
            parts.append((toctree["caption"], part))
    return parts


def put_in(app, doctree, docname):
    """Put the drawing into the place of each map."""
    for node in list(doctree.findall(chapter_map)):
        parts = parts_of(app.env)
        names = [chapter.name for _, part in parts for chapter in part]
        addresses = {name: app.builder.get_relative_uri(docname, name) for name in names}
        node.replace_self(nodes.raw("", draw(parts, addresses), format="html"))


def setup(app):
    """Register the directive and the steps of the build."""
    app.add_node(chapter_map)
    app.add_directive("chapter_map", ChapterMapDirective)
    app.connect("doctree-read", note_needs)
    app.connect("doctree-resolved", put_in)
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
