"""The built website, served under a sub-path of localhost, and a system Chromium to look at it."""

import os
import subprocess
import sys

import pytest
from playwright.sync_api import sync_playwright

from tests.site import pages
from tests.site.server import serve
from tests.site.visit import listen, see

FLAGS = [
    "--disable-quic",
    "--force-color-profile=srgb",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # nothing but the site can be reached
]


def pytest_addoption(parser):
    """Add the option of `make test-site-all`."""
    parser.addoption("--every-visit", action="store_true", help="open every page in both themes and at both widths")


def pytest_generate_tests(metafunc):
    # The option is unknown where pytest began in another folder.
    every = metafunc.config.getoption("--every-visit", default=False)
    values = {
        "file": pages.files,
        "page": lambda: pages.pages() if every else pages.varied(),
        "visit": lambda: pages.visits(every),
    }
    for name in [name for name in values if name in metafunc.fixturenames]:
        # By module: all rules on one visit run one after the other.
        metafunc.parametrize(name, values[name]() or ["no page"], ids=str, scope="module")


def give_up(reason):
    """Skip on the machine of a reader, fail in CI."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)


@pytest.fixture(scope="session")
def site():
    """Return the folder of the built website."""
    if not (pages.SITE / "book" / "index.html").exists():
        give_up("The website is not built: run `make book` first.")
    return pages.SITE


@pytest.fixture(scope="session")
def url(site):
    """Return the address of the website, which ends with a slash."""
    with serve(site) as address:
        yield address


# Of a module, not of the session: Playwright keeps an event loop running, and notebooks want their own.
@pytest.fixture(scope="module")
def browser(site):
    """Return a running Chromium."""
    find = [sys.executable, str(pages.ROOT / "book/_ext/chromium.py")]
    found = subprocess.run(find, capture_output=True, text=True)
    if found.returncode:
        give_up(found.stderr)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found.stdout.strip(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def seen(browser, url, site, visit):
    """Return what was to be seen in a visit, which all rules share."""
    return see(browser, url, site, visit)


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
