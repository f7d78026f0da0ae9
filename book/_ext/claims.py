"""A cell that shows a claim can be linked to: tag ``claim-N9`` in sigmoid.ipynb is the label ``sigmoid-n9``."""

from pathlib import PurePosixPath

from docutils import nodes
from sphinx.transforms import SphinxTransform


class LabelClaims(SphinxTransform):
    """Give the first cell of each claim on a page a label."""

    default_priority = 250  # before references are resolved

    def apply(self):
        """Label the containers that MyST-NB made of cells and their tags."""
        chapter = PurePosixPath(self.env.docname).name
        for cell in self.document.findall(nodes.container):
            claims = [name.partition("tag_claim-")[2] for name in cell["classes"] if name.startswith("tag_claim-")]
            names = [nodes.fully_normalize_name(f"{chapter}-{claim}") for claim in claims]
            cell["names"] += [name for name in names if name not in self.document.nametypes]
            if cell["names"]:
                self.document.note_explicit_target(cell)


def setup(app):
    """Register the transform."""
    app.add_transform(LabelClaims)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
