"""One visit to a page, with an empty cache: all that the rules of test_pages.py ask for."""

import functools
import gzip
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests.site.pages import ROOT

HEIGHTS = {1280: 800, 390: 844}
PACKED = {".woff2", ".woff", ".png", ".jpg", ".webp"}  # gzip gains nothing on these
MEASURE = Path(__file__).with_name("measure.js").read_text(encoding="utf-8") + "measure.start();"


@functools.cache
def size(path):
    """Return the bytes of a file as a server with gzip sends it."""
    data = path.read_bytes()
    return len(data if path.suffix in PACKED else gzip.compress(data, 6))


def listen(tab):
    """Return the list to which errors, warnings and failed requests of a tab will be added."""
    said = []
    tab.on("console", lambda message: message.type in ("error", "warning") and said.append(message.text))
    tab.on("pageerror", lambda error: said.append(f"uncaught: {error}"))
    # A page that is left early cancels what it still loads.
    tab.on("requestfailed", lambda r: "ABORTED" in r.failure or said.append(f"not loaded: {r.url} {r.failure}"))
    tab.on("response", lambda answer: answer.status >= 400 and said.append(f"{answer.status}: {answer.url}"))
    return said


def draw(tab):
    """Go to the first chart and return it, drawn."""
    tab.locator(".chart").first.scroll_into_view_if_needed()
    tab.keyboard.press("Shift")
    chart = tab.locator(".chart-drawn").first
    chart.wait_for()
    return chart


def see(browser, url, folder, visit):
    """Visit a page and return what measure.js found, what the browser said, and what was loaded.

    Parameters
    ----------
    browser : playwright.sync_api.Browser
        A running Chromium.
    url, folder : str, Path
        The address of the website, which ends with a slash, and the folder from which it is served.
    visit : Visit
        The page, the theme and the width.

    Returns
    -------
    dict
        Under "first" and "all" are the files of the website that were loaded, with their sizes in bytes: before the
        reader does anything, and in the end, with the first chart drawn.
    """

    def sizes(addresses):
        own = {address.removeprefix(url) for address in addresses if address.startswith(url)}
        paths = {name: folder / unquote(urlsplit(name).path) for name in own}
        return {name: size(path) for name, path in paths.items() if path.is_file()}

    # Without motion, so that a solution is measured open and not half-way.
    window = {"viewport": {"width": visit.width, "height": HEIGHTS[visit.width]}, "reduced_motion": "reduce"}
    with browser.new_context(color_scheme=visit.theme, **window) as context:
        context.set_default_timeout(10_000)
        context.add_init_script(MEASURE)
        tab = context.new_page()
        said, requests = listen(tab), []
        tab.on("request", lambda request: requests.append(request.url))
        tab.goto(url + visit.page, wait_until="networkidle")
        tab.evaluate("measure.rest()")
        first = list(requests)
        tab.evaluate((ROOT / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8"))
        measured = tab.evaluate("measure.all()")
        has_chart = tab.locator(".chart").count() > 0
        if has_chart:
            draw(tab)
        loaded = {"requests": requests, "first": sizes(first), "all": sizes(requests)}
        return measured | loaded | {"visit": visit, "url": url, "has_chart": has_chart, "said": said}
