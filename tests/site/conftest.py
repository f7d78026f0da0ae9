"""The built website, served under a sub-path of localhost, and a system Chromium to look at it."""

import contextlib
import functools
import http.server
import os
import re
import shutil
import sys
import threading
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[2]
SITE = ROOT / "_build" / "html"
MOUNT = "/some/where/"
COMMANDS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge"]
PLACES = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
]
FLAGS = [
    "--disable-quic",
    "--force-color-profile=srgb",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # nothing but the site can be reached
]


def files():
    """Return the pages of the website, as addresses relative to its root; templates are none."""
    found = [path.relative_to(SITE) for path in SITE.rglob("*.html")]
    return sorted(path.as_posix() for path in found if path.parts[0] not in ("_static", "_sources"))


def pages():
    """Return the pages at which one can stay: all but redirections."""
    return [file for file in files() if "http-equiv=refresh" not in re.sub('"', "", text(file)).lower()]


def text(file):
    return (SITE / file).read_text(encoding="utf-8")


def pytest_generate_tests(metafunc):
    values = {"file": files, "page": pages, "theme": lambda: ["light", "dark"]}
    for name in [name for name in values if name in metafunc.fixturenames]:
        metafunc.parametrize(name, values[name]() or ["no page"])


def give_up(reason):
    """Skip on the machine of a reader, fail in CI."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)


@pytest.fixture(scope="session")
def site():
    """Return the folder of the built website."""
    if not (SITE / "book" / "index.html").exists():
        give_up("The website is not built: run `make book` first.")
    return SITE


class Handler(http.server.SimpleHTTPRequestHandler):
    """A static server: below MOUNT lies the site, and 404.html is the answer to what is not there.

    The site is at the root, too: 404.html knows one address only, that of `html_baseurl`. For the other pages
    test_links.py sees to it that they do not.
    """

    def translate_path(self, path):
        return super().translate_path(path.removeprefix(MOUNT))

    def send_error(self, code, message=None, explain=None):
        lost = SITE / "404.html"
        body = lost.read_bytes() if lost.exists() else b"not found"
        self.send_response(code, message)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def end_headers(self):
        """Let files be kept for a while, as hosts of static pages do."""
        self.send_header("Cache-Control", "max-age=600")
        super().end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture(scope="session")
def url(site):
    """Return the address of the website, which ends with a slash."""

    def handler(*args):
        # A browser that leaves a page early closes the connection.
        with contextlib.suppress(ConnectionError):
            Handler(*args, directory=site)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}{MOUNT}"
        server.shutdown()
        thread.join()


# Of a module, not of the session: Playwright keeps an event loop running, and notebooks want their own.
@pytest.fixture(scope="module")
def browser(site):
    """Return a running Chromium."""
    commands = [os.environ.get("CHROMIUM"), *COMMANDS, *PLACES]
    program = next((found for command in commands if command and (found := shutil.which(command))), None)
    if not program:
        give_up("There is no Chromium, Chrome or Edge: install one, or name it in the variable CHROMIUM.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def tab(browser):
    """Return an empty tab that knows nothing of others, and in which no step may take long."""
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        context.set_default_timeout(10_000)
        yield context.new_page()


@pytest.fixture
def complaints(tab):
    """Return the list of what the tab has to say: errors and warnings, and what it could not load."""
    return listen(tab)


def listen(tab):
    """Return the list to which errors, warnings and failed requests of a tab will be added."""
    said = []
    tab.on("console", lambda message: message.type in ("error", "warning") and said.append(message.text))
    tab.on("pageerror", lambda error: said.append(f"uncaught: {error}"))
    # A page that is left early cancels what it still loads.
    tab.on("requestfailed", lambda r: "ABORTED" in r.failure or said.append(f"not loaded: {r.url} {r.failure}"))
    tab.on("response", lambda answer: answer.status >= 400 and said.append(f"{answer.status}: {answer.url}"))
    return said


@pytest.fixture(scope="class")
def look(request, browser, url):
    """Return a function that opens a page in a theme, once, and says what was to be seen (class: WIDTH, HEIGHT)."""
    viewport = {"width": request.cls.WIDTH, "height": request.cls.HEIGHT}
    measure = Path(__file__).with_name("measure.js").read_text(encoding="utf-8")
    axe = (ROOT / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
    # Without motion, so that a solution is measured open and not half-way.
    settings = {"viewport": viewport, "reduced_motion": "reduce"}
    contexts = {theme: browser.new_context(color_scheme=theme, **settings) for theme in ("light", "dark")}
    for context in contexts.values():
        context.add_init_script(measure + "measure.start();")

    @functools.cache
    def look(page, theme):
        with contexts[theme].new_page() as tab:
            said, requests = listen(tab), []
            tab.on("request", lambda request: requests.append(request.url))
            tab.goto(url + page, wait_until="load")
            tab.evaluate("measure.rest()")
            loaded = list(said)
            tab.evaluate(axe)
            return tab.evaluate("measure.all()") | {"said": loaded, "requests": requests}

    yield look
    for context in contexts.values():
        context.close()


if sys.platform == "win32":
    # The registry of Windows may call a script text/plain, which a browser refuses to run.
    Handler.extensions_map = {**Handler.extensions_map, ".js": "text/javascript", ".css": "text/css"}
