"""The charts: their sliders, the numbers that their expressions compute, and how notebooks and pages get them."""

import json
import re
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import vl_convert

from softmaxlib import figures, interactive, softmax
from softmaxlib.sphinx_charts import MimeRenderer, chart, chart_node, picture

START = {"panda": 0.25, "seal": 1.23, "duck": -0.8, "T": 1}


@pytest.fixture
def spec():
    return interactive.softmax_playground().to_dict()


def texts(svg):
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def drawn(spec, **values):
    """Draw a chart whose sliders stand at other values."""
    params = [param | {"value": values.get(param["name"], param["value"])} for param in spec["params"]]
    return vl_convert.vegalite_to_svg(spec | {"params": params}, allowed_base_urls=[])


def test_sliders_have_names_ranges_and_the_running_example(spec):
    assert {param["name"]: param["value"] for param in spec["params"]} == START
    bound = [param["bind"] for param in spec["params"]]
    assert [bind["name"] for bind in bound] == ["logit of panda", "logit of seal", "logit of duck", "temperature T"]
    assert [(bind["min"], bind["max"]) for bind in bound] == [(-5, 5)] * 3 + [(0.1, 5)]
    for param, bind in zip(spec["params"], bound, strict=True):
        steps = (param["value"] - bind["min"]) / bind["step"]
        assert abs(steps - round(steps)) < 1e-9, "a browser would move the slider to the nearest step"


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"panda": 5, "seal": 5, "duck": 5},
        {"panda": -5, "seal": 5, "duck": 0, "T": 0.1},
        {"panda": 2.5, "T": 5},
        {"panda": 800, "seal": 801, "duck": -800},  # no slider goes there; exp would overflow without the shift
    ],
)
def test_chart_computes_softmax(spec, values):
    z = [(START | values)[name] for name in figures.CLASSES]
    p = softmax(z, temperature=(START | values)["T"])
    svg = drawn(spec, **values)
    assert texts(svg)[-3:] == [f"{value:.3f}" for value in p]
    said = re.findall(r'aria-label="(\w+ [\d.]+)" role="graphics-symbol" aria-roledescription="bar"', svg)
    assert said == [f"{name} {value:.3f}" for name, value in zip(figures.CLASSES, p, strict=True)]


def test_bars_have_the_heights_and_the_colors_of_the_classes(spec):
    bars = re.findall(
        r'aria-roledescription="bar" d="M[\d.]+,[\d.]+h[\d.]+v([\d.]+)h[^"]*" fill="([^"]*)"', drawn(spec)
    )
    heights = np.array([float(height) for height, _ in bars])
    np.testing.assert_allclose(heights / heights.sum(), softmax([0.25, 1.23, -0.8]), atol=1e-3)
    assert tuple(color for _, color in bars) == figures.CLASS_COLORS


def test_label_above_a_full_bar_stays_inside_the_picture(spec):
    place = r'translate\([\d.]+,(-?[\d.]+)\)"'
    frame = float(re.search(place + '><g class="mark-group role-frame', drawn(spec))[1])  # stays when a slider moves
    moved = drawn(spec, panda=-5, seal=5, duck=-5, T=0.1)
    baseline = float(re.search(place + r"[^>]*>1\.000</text>", moved)[1])
    assert frame + baseline > 0.75 * 14  # the height of a digit


def test_only_json_that_jupyterlab_draws_offline_and_a_few_words_are_shown(spec):
    bundle = interactive.softmax_playground()._repr_mimebundle_()
    assert bundle == {"application/vnd.vegalite.v5+json": spec, "text/plain": "<interactive chart>"}


def test_spec_refers_to_no_address_but_that_of_its_language(spec):
    assert re.findall(r"https?://[^\"]*", json.dumps(spec)) == [spec["$schema"]]
    assert spec["width"] <= 300  # a phone


def test_spec_is_the_same_in_each_session_and_each_time(spec):
    code = "import json; from softmaxlib import interactive as i; print(json.dumps(i.softmax_playground().to_dict()))"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(other.stdout) == spec == interactive.softmax_playground().to_dict()


def test_charts_need_no_docutils_in_jupyter():
    code = "import sys; import softmaxlib.interactive; print('docutils' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_picture_is_one_labeled_image_with_the_start_values(spec):
    svg = picture(spec, 'Bars: "softmax" & more')
    assert texts(svg)[-3:] == ["0.249", "0.664", "0.087"]
    assert svg.startswith('<svg role="img" aria-label="Bars: &quot;softmax&quot; &amp; more" ')
    assert (svg.count("aria-"), svg.count("role="), svg.count(" id="), svg.count("class=")) == (1, 1, 0, 0)
    assert ">panda</text>\n" in svg  # the search index takes the tags away, and only these


def output(mime_type, spec, **image):
    return SimpleNamespace(
        mime_type=mime_type, content=spec, cell_metadata={"mystnb": {"image": image}} if image else {}
    )


def test_plug_in_takes_charts_and_the_alt_text_of_the_cell(spec):
    [node] = MimeRenderer.handle_mime(None, output(interactive.MIME_TYPE, spec, alt="Three bars."), False)
    assert isinstance(node, chart)
    assert (node["spec"], node["alt"]) == (spec, "Three bars.")
    [node] = MimeRenderer.handle_mime(None, output(interactive.MIME_TYPE, spec), False)
    assert node["alt"] == spec["description"]


def test_plug_in_leaves_the_rest_to_others(spec):
    assert MimeRenderer.handle_mime(None, output("text/plain", "3"), False) is None
    assert MimeRenderer.handle_mime(None, output(interactive.MIME_TYPE, spec), True) is None


def test_builders_that_do_not_know_charts_write_the_picture(spec):
    node = chart_node(spec)
    assert node["format"] == "html"
    assert node.astext() == picture(spec, spec["description"])
