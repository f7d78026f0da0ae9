"""What every page must be: one visit to a page serves all rules. test_faults.py shows that each rule can fail."""

import re
from urllib.parse import urljoin, urlsplit

import nbformat

from tests.site.pages import ROOT

FILE_NAME = re.compile(r"[/\\_]|\.\w{2,4}$", re.A)
LIBRARIES = "vega"  # part of the names of the three scripts that draw charts


def markdown(page):
    """Return the Markdown from which a page is made; the search, for example, is made from none."""
    notebook, text = ((ROOT / page).with_suffix(suffix) for suffix in (".ipynb", ".md"))
    if notebook.exists():
        cells = nbformat.read(notebook, as_version=4).cells
        return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return text.read_text(encoding="utf-8") if text.exists() else ""


def formulas(page):
    source = re.sub(r"^```(?!\{math).*?^```|`[^`\n]*`", "", markdown(page), flags=re.M | re.S)
    return re.findall(r"\$\$.+?\$\$|\$[^$\n]+\$", source, flags=re.S)


def figures(page):
    """Return the cells whose output is a figure with an alt text."""
    notebook = (ROOT / page).with_suffix(".ipynb")
    cells = nbformat.read(notebook, as_version=4).cells if notebook.exists() else []
    return [cell for cell in cells if "image" in cell.metadata.get("mystnb", {})]


def kilobytes(files):
    return sum(files.values()) / 1000


def scripts(files):
    """Return the scripts among files; what the search looks through has the suffix, too."""
    paths = {name: urlsplit(name).path for name in files}
    return {name: files[name] for name, path in paths.items() if path.endswith(".js") and "searchindex" not in path}


def heaviest(files):
    return sorted(files.items(), key=lambda item: -item[1])


def test_nothing_is_foreign(seen):
    own = urljoin(seen["url"], "/")
    foreign = {request for request in seen["requests"] if not request.startswith((own, "data:"))}
    assert not foreign, "\n".join(foreign)


def test_nothing_fails_and_no_script_complains(seen):
    assert not seen["said"], "\n".join(seen["said"])


def test_policy_is_kept(seen):
    assert not seen["violations"], "\n".join(seen["violations"])


def test_theme_is_the_one_of_the_system(seen):
    lightness = sum(map(int, re.findall(r"\d+", seen["ground"])[:3])) / (3 * 255)
    assert (lightness > 0.5) == (seen["visit"].theme == "light"), seen["ground"]


def test_axe_finds_nothing(seen):
    assert not seen["axe"], "\n".join(seen["axe"])


def test_page_does_not_scroll_sideways(seen):
    assert seen["excess"] <= 0, "\n".join(seen["wide"])


def test_formulas_are_mathml(seen):
    assert seen["formulas"] >= len(formulas(seen["visit"].page))
    assert seen["bare"] == []
    assert seen["raw"] == []


def test_pictures_say_what_they_show(seen):
    assert len(seen["pictures"]) >= len(figures(seen["visit"].page))
    for picture in seen["pictures"]:
        label = picture["label"] or ""
        assert re.search(r"[^\W\d_]{3}", label), picture
        assert not FILE_NAME.search(label), picture
        assert picture["role"] != "svg", f"a figure without a role: {picture}"
        assert not picture["figure"] or (len(label) >= 20 and len(label.split()) >= 4), picture


def test_nothing_moves_while_the_page_loads(seen):
    moved = [shift for shift in seen["shifts"] if shift["value"] > 0.0005]
    assert sum(shift["value"] for shift in seen["shifts"]) <= 0.01, moved


def test_page_is_light(seen):
    limit = 120 if seen["visit"].page == "book/index.html" else 250
    assert kilobytes(seen["first"]) <= limit, heaviest(seen["first"])


def test_page_takes_few_requests(seen):
    assert len(seen["first"]) <= 25, list(seen["first"])


def test_page_has_little_script(seen):
    files = scripts(seen["first"])
    assert kilobytes(files) <= 60, heaviest(files)


def test_page_with_its_chart_is_light(seen):
    assert kilobytes(seen["all"]) <= 530, heaviest(seen["all"])


def test_libraries_of_charts_wait_for_the_reader(seen):
    assert [name for name in seen["first"] if LIBRARIES in name] == []


def test_only_charts_take_their_libraries(seen):
    libraries = [name for name in seen["all"] if LIBRARIES in name]
    assert len(libraries) == (3 if seen["has_chart"] else 0), libraries
