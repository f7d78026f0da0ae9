"""What a reader's first visit costs, page by page: bytes as a server with gzip sends them, and requests."""

import functools
import gzip
from urllib.parse import unquote, urlsplit

import pytest

PACKED = {".woff2", ".woff", ".png", ".jpg", ".webp"}  # gzip gains nothing on these
LIBRARIES = "vega"


@pytest.fixture(scope="module")
def weigh(browser, url, site):
    """Return a function that visits a page with an empty cache: files and their sizes, before and with the chart."""

    def size(address):
        path = site / unquote(urlsplit(address).path.removeprefix(urlsplit(url).path))
        data = path.read_bytes()
        return len(data if path.suffix in PACKED else gzip.compress(data, 6))

    @functools.cache
    def weigh(page):
        with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
            tab, requests = context.new_page(), {}
            tab.on("request", lambda request: requests.setdefault(request.url))
            tab.goto(url + page, wait_until="networkidle")
            before = list(requests)
            chart = tab.locator(".chart").first
            if chart.count():
                chart.scroll_into_view_if_needed()
                tab.keyboard.press("Shift")
                tab.locator(".chart-drawn").first.wait_for()
            addresses = {"before": before, "all": list(requests)}
        return {
            when: {address.removeprefix(url): size(address) for address in some if address.startswith(url)}
            for when, some in addresses.items()
        }

    return weigh


def kilobytes(files):
    return sum(files.values()) / 1000


def scripts(files):
    """Return the scripts among files; what the search looks through has the suffix, too."""
    paths = {name: urlsplit(name).path for name in files}
    return {name: files[name] for name, path in paths.items() if path.endswith(".js") and "searchindex" not in path}


def heaviest(files):
    return sorted(files.items(), key=lambda item: -item[1])


def test_page_is_light(weigh, page):
    files = weigh(page)["before"]
    assert kilobytes(files) <= (120 if page == "book/index.html" else 250), heaviest(files)


def test_page_takes_few_requests(weigh, page):
    files = weigh(page)["before"]
    assert len(files) <= 25, list(files)


def test_page_has_little_script(weigh, page):
    files = scripts(weigh(page)["before"])
    assert kilobytes(files) <= 60, heaviest(files)


def test_page_with_its_chart_is_light(weigh, page):
    files = weigh(page)["all"]
    assert kilobytes(files) <= 530, heaviest(files)


def test_libraries_of_charts_wait_for_the_reader(weigh, page):
    assert [name for name in weigh(page)["before"] if LIBRARIES in name] == []


@pytest.mark.parametrize("chapter", ["book/index.html", "book/foundations/softmax.html"])
def test_chart_takes_its_libraries(weigh, chapter):
    assert sum(LIBRARIES in name for name in weigh(chapter)["all"]) == 3


def test_libraries_of_charts_wait_until_the_chart_is_near(tab, url):
    requests = []
    tab.on("request", lambda request: requests.append(request.url))
    tab.goto(url + "book/foundations/softmax.html")
    tab.set_viewport_size({"width": 1280, "height": 200})
    assert tab.locator(".chart").first.bounding_box()["y"] > 1000
    tab.keyboard.press("Shift")
    # Observers speak in the order in which they were made: when this one has, that of the charts has, too.
    tab.evaluate("new Promise((done) => new IntersectionObserver(done).observe(document.body))")
    assert [request for request in requests if LIBRARIES in request] == []
