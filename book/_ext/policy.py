"""A content security policy in every page: nothing is loaded from another host, and no foreign script runs."""

import base64
import hashlib
import re
from pathlib import Path

POLICY = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self'"


def allow_inline_scripts(page):
    """Return a page with the content security policy that allows the scripts written in it, and no others."""
    scripts = re.findall(r"<script(?![^>]*\b(?:src|type)=)[^>]*>(.*?)</script>", page, flags=re.S)
    digests = {base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts}
    policy = " ".join([POLICY, *sorted(f"'sha256-{digest}'" for digest in digests)])
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}" />'
    return re.sub(r'<meta charset="utf-8" ?/>', lambda charset: f"{charset[0]}\n    {meta}", page, count=1, flags=re.I)


def add_policies(app, error):
    """Write the policy into every page, once all of them are final."""
    if error is None and app.builder.name == "html":
        for path in Path(app.outdir).rglob("*.html"):
            page = path.read_text(encoding="utf-8")
            if "<head>" in page and "Content-Security-Policy" not in page:
                path.write_text(allow_inline_scripts(page), encoding="utf-8")


def setup(app):
    """Connect to the end of the build, after whatever changes the pages."""
    app.connect("build-finished", add_policies, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
