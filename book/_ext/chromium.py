"""The browser that prints the book and in which the tests open its pages.

``python chromium.py`` prints the program's path, and fails where there is none.
"""

import os
import shutil
import sys

COMMANDS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge"]
PLACES = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
]


def program():
    """Return the path of Chromium, Chrome or Edge: the one in the variable CHROMIUM or the first found, else None."""
    candidates = [os.environ.get("CHROMIUM"), *COMMANDS, *PLACES]
    return next((found for name in candidates if name and (found := shutil.which(name))), None)


if __name__ == "__main__":
    print(program() or sys.exit("There is no Chromium, Chrome or Edge: install one, or name it in CHROMIUM."))
