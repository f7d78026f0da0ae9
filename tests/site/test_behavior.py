"""What a reader does with the website: search, dark pages, sliders, solutions, no JavaScript, no server, paper."""

import io
import json
import re

import pypdf
import pytest
from playwright.sync_api import expect

from tests.site.test_pages import LIBRARIES
from tests.site.visit import draw

CHAPTER = "book/foundations/softmax.html"
CHARTS = ["book/index.html", CHAPTER]
# All colors that are used in the figures of a page, as the browser computes them.
COLORS = """() => [...new Set([...document.querySelectorAll("figure svg[role=img] *")].flatMap((node) => {
  const { fill, stroke } = getComputedStyle(node);
  return [fill, stroke];
}))].sort()"""


def switch(tab, theme):
    """Press the theme switch, by keyboard, until the page is light or dark."""
    button = tab.locator(".theme-switch-button:visible").first
    for _ in range(3):
        if tab.locator("html").get_attribute("data-theme") == theme:
            return
        button.press("Enter")
    raise AssertionError(f"the theme switch does not lead to {theme}")


def live(chart):
    """Return what a screen reader hears, and the shapes of the marks, of a drawn chart."""
    svg = chart.locator(".chart-live svg")
    shapes = svg.locator(".role-mark path").evaluate_all("paths => paths.map(path => path.getAttribute('d'))")
    return svg.get_attribute("aria-label"), shapes


def press(chart, slider, key):
    """Press a key on a slider and see that the label and the marks of the chart change."""
    label, shapes = live(chart)
    slider.press(key)
    what = f"{slider.get_attribute('aria-label')}, {key}"
    expect(chart.locator(".chart-live svg"), what).not_to_have_attribute("aria-label", label)
    assert live(chart)[1] != shapes, f"{what}: the bars stay"


@pytest.fixture(params=["http", "file"])
def root(request, url, site):
    """Return the address of the website on a server and on a disk."""
    return url if request.param == "http" else site.as_uri() + "/"


@pytest.mark.parametrize(
    ("query", "target"),
    [
        ("log-sum-exp", "stable_softmax.html"),
        ("logsumexp", "stable_softmax.html"),  # code
        ("temperature", "softmax.html"),
    ],
)
def test_search_finds_and_leads_there(tab, root, complaints, query, target):
    tab.goto(root + CHAPTER)
    tab.keyboard.press("Control+k")
    tab.keyboard.type(query)
    tab.keyboard.press("Enter")
    result = tab.locator(f"#search-results a[href*='/{target}']").first
    result.wait_for()
    tab.get_by_text("Search finished").wait_for()
    result.click()
    tab.wait_for_url(f"**/{target}*")
    assert not complaints, "\n".join(complaints)


def test_search_finds_words_of_captions(tab, url):
    tab.goto(url + CHAPTER)
    caption = tab.locator("figure figcaption .caption-text").first.inner_text()
    words = sorted(re.findall(r"[a-z]{4,}", caption), key=len)[-3:]
    tab.goto(f"{url}search.html?q={'+'.join(words)}")
    tab.locator("#search-results a[href*='/softmax.html']").first.wait_for()


def test_search_finds_nothing_where_nothing_is(tab, url):
    tab.goto(f"{url}search.html?q=xylophone")
    tab.get_by_text("did not match any documents").wait_for()


def test_theme_switch_changes_the_figures(tab, url):
    tab.goto(url + CHAPTER)
    switch(tab, "light")
    light = tab.evaluate(COLORS)
    switch(tab, "dark")
    dark = tab.evaluate(COLORS)
    assert light != dark
    tab.reload()
    assert tab.locator("html").get_attribute("data-theme") == "dark", "the choice is forgotten"
    assert tab.evaluate(COLORS) == dark


@pytest.mark.parametrize("page_with_chart", CHARTS)
def test_sliders_move_the_bars_by_keyboard(tab, url, complaints, page_with_chart):
    tab.goto(url + page_with_chart)
    chart = draw(tab)
    sliders = chart.locator("input[type=range]")
    assert sliders.count() >= 4
    assert all(len(slider.get_attribute("aria-label").strip()) >= 3 for slider in sliders.all())
    # The ends come last, and the temperature first among them, because it changes nothing once the logits are equal.
    presses = [(slider, ["ArrowRight"]) for slider in sliders.all()]
    presses += [(slider, ["Home", "End"]) for slider in reversed(sliders.all())]
    for slider, keys in presses:
        for key in keys:
            press(chart, slider, key)
    assert not complaints, "\n".join(complaints)


def test_sliders_are_reached_by_tab(tab, url):
    tab.goto(url + CHAPTER)
    sliders = draw(tab).locator("input[type=range]")
    sliders.first.focus()
    for slider in sliders.all()[1:]:
        tab.keyboard.press("Tab")
        assert slider.evaluate("node => node === document.activeElement")


def test_chart_keeps_its_sliders_when_the_theme_changes(tab, url):
    tab.goto(url + CHAPTER)
    chart = draw(tab)
    switch(tab, "light")
    chart.locator("input[type=range]").first.press("End")
    ink = "nodes => nodes.map(node => getComputedStyle(node).fill)"
    text = chart.locator(".chart-live svg text")
    before, light = live(chart), text.evaluate_all(ink)
    switch(tab, "dark")
    assert live(chart) == before
    assert text.evaluate_all(ink) != light


def test_libraries_of_charts_wait_until_the_chart_is_near(tab, url):
    requests = []
    tab.on("request", lambda request: requests.append(request.url))
    tab.goto(url + CHAPTER)
    tab.set_viewport_size({"width": 1280, "height": 200})
    assert tab.locator(".chart").first.bounding_box()["y"] > 1000
    tab.keyboard.press("Shift")
    # Observers report in the order in which they were made: after this one, that of the charts has reported, too.
    tab.evaluate("new Promise((done) => new IntersectionObserver(done).observe(document.body))")
    assert [request for request in requests if LIBRARIES in request] == []


@pytest.mark.parametrize("page_with_chart", CHARTS)
def test_chart_moves_nothing_when_it_is_drawn(tab, url, page_with_chart):
    tab.goto(url + page_with_chart)
    box = "() => ['.chart', 'footer'].map(name => document.querySelector(name).getBoundingClientRect().top + scrollY)"
    before = tab.evaluate(box)
    draw(tab)
    assert tab.evaluate(box) == pytest.approx(before, abs=1)


def test_copy_button_copies_the_code(tab, url):
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.goto(url + CHAPTER)
    cell = tab.locator("div.cell_input .highlight").first
    code = cell.locator("pre").inner_text()
    cell.hover()
    cell.locator("button.copybtn").click()
    tab.locator("button.copybtn.success").wait_for()
    assert tab.evaluate("navigator.clipboard.readText()").strip() == code.strip()


def test_solution_opens_by_keyboard(tab, url):
    tab.goto(url + CHAPTER)
    solution = tab.locator(".solution").first
    content = solution.locator("p:not(.admonition-title)").first
    content.wait_for(state="hidden")
    button = solution.locator("button, summary").first
    solution.locator("a").first.focus()
    tab.keyboard.press("Tab")
    assert button.evaluate("node => node === document.activeElement"), "Tab does not come to the button"
    tab.keyboard.press("Enter")
    content.wait_for(state="visible")
    tab.keyboard.press("Enter")
    content.wait_for(state="hidden")


def test_first_tab_leads_to_the_content(tab, url):
    tab.goto(url + CHAPTER)
    tab.keyboard.press("Tab")
    skip = tab.locator("a:focus")
    assert skip.get_attribute("href") == "#main-content"
    assert skip.is_visible()


def test_without_javascript_nothing_is_missing(browser, url):
    with browser.new_context(java_script_enabled=False) as context:
        tab = context.new_page()
        tab.goto(url + CHAPTER)
        answers = tab.locator("details.sd-dropdown")
        assert answers.count() >= 9
        for answer in answers.all():
            assert not answer.locator(".sd-summary-content").is_visible()
            answer.locator("summary").press("Enter")
            assert answer.locator(".sd-summary-content").is_visible()
        for fold in tab.locator("details.hide > summary").all():  # code that draws, and what follows a guess
            fold.press("Enter")
        for selector in (".katex-html", "figure svg[role=img]", ".chart svg", ".solution p", ".solution pre"):
            found = tab.locator(selector)
            assert found.count(), selector
            for node in found.all():
                box = node.bounding_box()
                size = min(box["width"], box["height"]) if box else 0
                assert size > 3, node.evaluate("node => node.outerHTML")[:300]
        for useless in (".theme-switch-button", ".search-button", "button.copybtn"):
            assert not any(node.is_visible() for node in tab.locator(useless).all()), f"{useless} does nothing"


def test_pages_work_from_a_disk(tab, site, complaints, page):
    tab.goto((site / page).as_uri())
    assert tab.locator("h1:visible").count() == 1
    if page != "404.html":  # which is for servers
        assert tab.evaluate("getComputedStyle(document.body).margin") == "0px", "no style sheet"
        assert not complaints, "\n".join(complaints)


def test_chart_works_from_a_disk(tab, site, complaints):
    tab.goto((site / CHAPTER).as_uri())
    chart = draw(tab)
    press(chart, chart.locator("input[type=range]").first, "End")
    assert not complaints, "\n".join(complaints)


def test_paper_shows_the_chapter_with_its_solutions_and_answers(tab, url):
    tab.goto(url + CHAPTER)
    solutions = " ".join(tab.locator(".solution p:not(.admonition-title)").all_text_contents())
    sentence = max(re.findall(r"[A-Za-z ,]+", solutions), key=len)
    title = tab.locator("#main-content h1:visible").inner_text()
    paper = pypdf.PdfReader(io.BytesIO(tab.pdf(format="A4")))
    text = " ".join(" ".join(page.extract_text() for page in paper.pages).split())
    assert 3 <= len(paper.pages) <= 30
    assert "".join(re.findall(r"\w", title.rstrip("#"))) in "".join(re.findall(r"\w", text))
    assert len(sentence) > 20
    assert sentence.replace(" ", "") in text.replace(" ", ""), "no solution"
    assert "Right." in text, "no answer of the quiz"
    assert all(len(page.extract_text()) > 50 or page.images for page in paper.pages), "an empty sheet"


def test_chapter_can_be_downloaded_as_a_notebook(tab, url):
    tab.goto(url + CHAPTER)
    link = tab.locator("a[href$='.ipynb']").first
    address = link.evaluate("link => link.href")
    notebook = json.loads(tab.request.get(address).body())
    assert "Softmax" in "".join(notebook["cells"][0]["source"])


def test_root_leads_to_the_landing_page(tab, url):
    tab.goto(url)
    tab.wait_for_url(url + "book/index.html")


@pytest.mark.parametrize("lost", ["nothing.html", "book/foundations/nothing.html"])
def test_lost_readers_find_home(tab, url, complaints, lost):
    answer = tab.goto(url + lost)
    assert answer.status == 404
    assert "not found" in tab.locator("h1:visible").inner_text().lower()
    others = [complaint for complaint in complaints if lost not in complaint and "status of 404" not in complaint]
    assert not others, "\n".join(others)
    with tab.expect_navigation() as navigation:
        tab.locator("main a:visible").first.click()
    assert navigation.value.status == 200
