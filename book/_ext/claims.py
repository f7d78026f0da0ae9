"""The cell that decides a claim of an article can be linked to, by ``{ref}`N9 <claim-n9>```.

The file ``book/reference/claims.yml`` names the page of each claim. The label belongs to the first cell of this page
that has the tag ``claim-N9``. A claim without such a cell has no label, and the build complains of the link to it.
"""

from functools import cache
from pathlib import Path, PurePosixPath

import yaml
from docutils import nodes
from sphinx.transforms import SphinxTransform

FILE = PurePosixPath("book/reference/claims.yml")


@cache
def claims_of(source, docname):
    """Return the tags of the claims that a page decides; the paths in the file begin at the folder `book`."""
    pages = yaml.safe_load(Path(source, FILE).read_text(encoding="utf-8"))
    return [f"claim-{claim}" for claim, page in pages.items() if str(FILE.parents[1] / page) == docname]


class LabelClaims(SphinxTransform):
    """Give the first cell of each claim a label."""

    default_priority = 250  # before references are resolved

    def apply(self):
        """Label the containers that MyST-NB made of cells and their tags."""
        self.env.note_dependency(str(FILE))
        missing = set(claims_of(self.env.srcdir, self.env.docname))
        for cell in self.document.findall(nodes.container):
            found = [name.removeprefix("tag_") for name in cell["classes"] if name.removeprefix("tag_") in missing]
            if found:
                missing.difference_update(found)
                cell["names"] += map(nodes.fully_normalize_name, found)
                self.document.note_explicit_target(cell)


def setup(app):
    """Register the transform."""
    app.add_transform(LabelClaims)
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
