"""The charts: their sliders, the numbers that their expressions compute, and how notebooks and pages get them."""

import json
import re
import subprocess
import sys
from types import SimpleNamespace

import altair as alt
import numpy as np
import pytest
import vl_convert
from scipy.spatial import ConvexHull
from scipy.special import zeta

from softmaxlib import naive, sampling, sigmoid, softmax
from softmaxlib.alternatives import entmax
from softmaxlib.attention import attention_weights
from softmaxlib.gradients import softmax_jacobian
from softmaxlib.teaching import charts, figures
from softmaxlib.teaching.charts.attention import KEYS, QUERIES, WORDS
from softmaxlib.teaching.charts.bottleneck import EDGE, HEADROOM, SIDE, W, corners
from softmaxlib.teaching.charts.contrastive import COSINES, OTHERS
from softmaxlib.teaching.charts.contrastive import SHOWN as HARDEST
from softmaxlib.teaching.charts.language_models import LOGITS as CHARACTERS
from softmaxlib.teaching.charts.language_models import SHOWN
from softmaxlib.teaching.charts.neural_network import IMAGES
from softmaxlib.teaching.charts.sphinx import MimeRenderer, chart, chart_node, picture
from softmaxlib.teaching.charts.stable_softmax import FORMATS, rounded
from softmaxlib.teaching.example import LOGITS

START = {"seal": 0.25, "panda": 1.23, "duck": -0.8, "T": 1}
Z = np.array(LOGITS)
CHARTS = [
    "softmax",
    "temperature",
    "sigmoid",
    "stable_softmax",
    "argmax",
    "sum_normalization",
    "cross_entropy",
    "gradients",
    "neural_network",
    "class_imbalance",
    "calibration",
    "attention",
    "language_models",
    "contrastive",
    "alternatives",
    "bottleneck",
    "decisions",
]


def make(name):
    return getattr(charts, f"{name}_playground")().to_dict()


@pytest.fixture
def spec():
    return make("softmax")


@pytest.fixture(params=CHARTS)
def each(request):
    """Every chart in turn."""
    return make(request.param)


def texts(svg):
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def drawn(spec, **values):
    """Draw a chart whose sliders stand at other values."""
    assert values.keys() <= {param["name"] for param in spec["params"]}
    params = [
        param | {"value": values[param["name"]]} if param["name"] in values else param for param in spec["params"]
    ]
    return vl_convert.vegalite_to_svg(spec | {"params": params}, allowed_base_urls=[])


def sliders(spec):
    return [param for param in spec["params"] if param.get("bind", {}).get("input") == "range"]


def test_sliders_have_names_ranges_and_the_running_example(spec):
    assert {param["name"]: param["value"] for param in spec["params"]} == START
    bound = [slider["bind"] for slider in sliders(spec)]
    assert [bind["name"] for bind in bound] == ["logit of seal", "logit of panda", "logit of duck", "temperature T"]
    assert [(bind["min"], bind["max"]) for bind in bound] == [(-5, 5)] * 3 + [(0.1, 5)]


def test_sliders_stand_where_a_browser_leaves_them(each):
    for slider in sliders(each):
        bind = slider["bind"]
        steps = (np.array([slider["value"], bind["max"]]) - bind["min"]) / bind["step"]
        np.testing.assert_allclose(steps, steps.round(), atol=1e-9, err_msg=bind["name"])


def test_charts_fit_a_phone_and_keep_their_size(each):
    size = re.compile(r'width="(\d+)" height="(\d+)"')
    ends = [{slider["name"]: slider["bind"][end] for slider in sliders(each)} for end in ("min", "max")]
    [(width, height)] = {size.search(drawn(each, **values)).groups() for values in [{}, *ends]}
    assert int(width) <= 300
    assert int(height) <= 500


@pytest.mark.parametrize(
    ("alpha", "temperature"), [(1, 0.1), (1, 5), (1.05, 1), (1.5, 1), (1.5, 0.1), (1.75, 3), (2, 1), (2, 5)]
)
def test_entmax_moves_the_bars_the_point_and_its_way(alpha, temperature):
    p = entmax(Z / temperature, alpha)
    svg = drawn(make("alternatives"), alpha=alpha, T=temperature)
    assert aria(svg, "bar") == [f"{name} {value:.3f}" for name, value in zip(figures.CLASSES, p, strict=True)]
    assert f"α = {alpha:.2f}" in texts(svg)
    np.testing.assert_allclose(points(svg), [in_triangle(p)], atol=1e-3)
    temperatures = 10 ** (np.arange(-60, 61)[:, None] / 40)
    way = line(svg, figures.PURPLE)
    np.testing.assert_allclose(way, in_triangle(entmax(Z / temperatures, alpha)), atol=2e-3)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"seal": 5, "panda": 5, "duck": 5},
        {"seal": -5, "panda": 5, "duck": 0, "T": 0.1},
        {"seal": 2.5, "T": 5},
        {"seal": 800, "panda": 801, "duck": -800},  # no slider goes there; exp would overflow without the shift
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
    moved = drawn(spec, seal=-5, panda=5, duck=-5, T=0.1)
    baseline = float(re.search(place + r"[^>]*>1\.000</text>", moved)[1])
    assert frame + baseline > 0.75 * 14  # the height of a digit


def aria(svg, what):
    """Return what a screen reader hears of the marks of one kind."""
    return re.findall(rf'aria-label="([^"]*)" role="graphics-symbol" aria-roledescription="{what}"', svg)


def points(svg):
    """Return the places of the points, which are circles."""
    return np.array(re.findall(r'translate\(([\d.]+),([\d.]+)\)" d="M5\.477', svg), dtype=float)


def line(svg, color):
    """Return the corners of a line."""
    [path] = re.findall(rf'd="M([^"]*)" stroke="{color}" stroke-width="2', svg)
    return np.array([corner.split(",") for corner in path.split("L")], dtype=float)


@pytest.mark.parametrize("temperature", [0.1, 0.35, 1, 5])
def test_temperature_moves_the_bars_and_the_point(temperature):
    p = softmax(Z, temperature=temperature)
    svg = drawn(make("temperature"), T=temperature)
    assert aria(svg, "bar") == [f"{name} {value:.3f}" for name, value in zip(figures.CLASSES, p, strict=True)]
    assert f"T = {temperature:.2f}" in texts(svg)
    np.testing.assert_allclose(points(svg), [in_triangle(p)], atol=1e-3)


def in_triangle(p):
    return (figures.simplex_xy(p) * [1, -1] + [0.15, 1]) * [240 / 1.3, 207 / 1.12]


def test_way_of_the_point_leads_from_the_corner_of_the_winner_to_the_center():
    way = line(drawn(make("temperature")), figures.PURPLE)
    temperatures = 10 ** (np.arange(-40, 41)[:, None] / 20)
    np.testing.assert_allclose(way, in_triangle(softmax(Z / temperatures)), atol=2e-3)
    np.testing.assert_allclose(way[[0, -1]], in_triangle([[0, 1, 0], [1 / 3, 1 / 3, 1 / 3]]), atol=1)


@pytest.mark.parametrize(
    "values",
    [
        {"a": 4, "b": 1.2, "x": 1.5},
        {"a": 0, "b": 0.4, "x": 2.4},
        {"a": -16, "b": 2.4, "x": 0},
        {"a": 16, "b": 2.4, "x": 0},
        {"a": 1000, "b": 1.2, "x": 0},  # no slider goes there; exp overflows, and 1 / inf is right
    ],
)
def test_sigmoid_of_slope_threshold_and_length(values):
    a, b, x = values.values()
    svg = drawn(make("sigmoid"), **values)
    z = f"{a * (x - b):.2f}".replace("-", "−")
    [odds] = re.findall(rf">score {z}, odds ([^<]+)<", svg)
    assert float(odds) == pytest.approx(np.exp(a * (x - b)), rel=0.005)
    probability = f"probability {sigmoid(a * (x - b)):.3f}"
    assert f">{probability}<" in svg
    assert aria(svg, "point") == [f"at {x} m: score {z}, odds {odds}, {probability}"]
    assert "NaN" not in svg
    rights, downs = line(svg, figures.BLUE).T
    height = float(re.search(r'd="M0,0h[\d.]+v([\d.]+)', svg)[1])
    curve = sigmoid(a * (np.linspace(0, 2.4, 241) - b))
    np.testing.assert_allclose((height - downs) / (height - 18), curve, atol=1e-4)
    np.testing.assert_allclose(rights / rights.max(), np.linspace(0, 1, 241), atol=1e-4)
    assert len(points(svg)) == 2


LENGTHS = np.array([0.9, 1.0, 1.1, 1.3, 1.4, 1.6])  # of the six animals; the last three are pandas
IS_PANDA = np.array([0, 0, 0, 1, 1, 1])


def errors(b):
    """Return the errors of six animals at thresholds b, through argmax and through the sigmoid."""
    z = 4 * (LENGTHS - np.atleast_1d(b)[:, np.newaxis])
    return [np.mean((output - IS_PANDA) ** 2, axis=1) for output in (z > 0, sigmoid(z))]


@pytest.mark.parametrize("b", [0.6, 0.9, 1.21, 1.6, 1.75, 2])
def test_argmax_is_a_staircase_and_the_sigmoid_a_valley(b):
    svg = drawn(make("argmax"), b=b)
    h = 1e-5
    [stair], [valley] = errors(b)
    slope = float((errors(b + h)[1] - errors(b - h)[1])[0] / (2 * h))
    tied = b in LENGTHS
    said = [
        f"argmax: error {stair:.3f}, " + ("a tie, no slope" if tied else f"slope 0.000, next b {b:.2f}"),
        f"sigmoid: error {valley:.3f}, slope {slope:.3f}, next b {b - slope / 2:.2f}".replace("-", "−"),
    ]
    assert texts(svg)[-2:] == aria(svg, "point") == said
    height = float(re.search(r'd="M0,0h[\d.]+v([\d.]+)', svg)[1])
    np.testing.assert_allclose(0.6 * (1 - points(svg)[:, 1] / height), [stair, valley], atol=1e-4)
    rights, downs = line(svg, figures.BLUE).T
    thresholds = np.arange(120, 401) / 200
    np.testing.assert_allclose(0.6 * (1 - downs / height), errors(thresholds)[1], atol=1e-4)
    np.testing.assert_allclose(rights / rights.max(), (thresholds - 0.6) / 1.4, atol=1e-4)
    levels = 0.6 * (1 - line(svg, figures.PURPLE)[:, 1] / height)
    np.testing.assert_allclose(np.unique(levels.round(3)), [0, 0.167, 0.333, 0.5])


AMOUNTS = {
    "divided": lambda z: z,
    "shift": lambda z: z - z.min(),
    "absolute": np.abs,
    "squares": np.square,
    "ReLU": lambda z: np.maximum(z, 0),
    "softmax": np.exp,
}


def broken(f, z, h=1e-6):
    """Return the wishes that a map breaks on a row of scores."""
    p, steps = f(z), h * np.eye(3)
    right = np.diagonal([(f(z + step) - p) / h for step in steps])
    left = np.diagonal([(p - f(z - step)) / h for step in steps])
    granted = {
        "positive": (p > 0).all(),
        "order": all(p[i] > p[j] for i, j in np.argwhere(z[:, None] > z)),
        "shift": np.allclose(f(z + 1), p),
        "slope": right.min() > 1e-6 and np.allclose(left, right, atol=1e-3, rtol=1e-3),
    }
    return [wish for wish, yes in granted.items() if not yes]


@pytest.mark.parametrize(
    "z",
    [
        (0.25, 1.23, -0.8),
        (0.25, 1.23, -2),
        (2, 0, -1),
        (-0.5, 1, -0.5),  # their sum is exactly 0
        (0.25, 1.23, -1.48),  # and here up to rounding
        (0.25, 1.23, -1.47),
        (1, 1, 1),
        (0, 0, 0),
        (-1, -2, -3),
        (0.5, 1.5, 2.5),
        (3, -3, 3),  # softmax has its smallest slope
    ],
)
def test_wishes_that_maps_break_on_a_row(z):
    svg = drawn(make("sum_normalization"), **dict(zip(figures.CLASSES, z, strict=True)))
    expected = []
    z = np.array(z, dtype=float)
    for name, amounts in AMOUNTS.items():
        if abs(amounts(z).sum()) < 1e-9:
            expected.append(f"{name} – – –, breaks defined: the sum is 0")
            continue
        with np.errstate(divide="ignore", invalid="ignore"):
            wishes = ", ".join(broken(lambda z, amounts=amounts: amounts(z) / amounts(z).sum(), z)) or "none"
        p = " ".join(f"{share + 0:.2f}".replace("-", "−") for share in amounts(z) / amounts(z).sum())
        expected.append(f"{name} {p}, breaks {wishes}")
    assert aria(svg, "text mark") == expected
    shown = texts(svg)
    for line in expected:
        name, *shares = line.partition(", breaks")[0].split()
        assert {name, *shares, line.partition(", ")[2]} <= set(shown)


@pytest.mark.parametrize(
    ("dtype", "shift", "nans"),
    [
        ("float16", -19, 3),  # 0 / 0
        ("float16", -15.5, 0),  # wrong digits
        ("float16", 0, 0),
        ("float16", 9.5, 0),  # only the sum overflows: zeros
        ("float16", 10, 1),  # inf / inf, and 0 for the others
        ("float16", -1000, 3),
        ("float32", -106, 3),
        ("float32", 10, 0),
        ("float32", 87.25, 0),
        ("float32", 1000, 3),
        ("float64", -747, 3),
        ("float64", -100, 0),
        ("float64", 708.25, 0),
        ("float64", 708.75, 1),
        ("float64", 1000, 3),
    ],
)
def test_plain_and_stable_softmax_in_each_dtype(dtype, shift, nans):
    coarse = round(shift / 10) * 10
    svg = drawn(make("stable_softmax"), coarse=coarse, fine=shift - coarse, dtype=dtype)
    said = [mark.split() for mark in aria(svg, "bar")]
    assert [mark[:2] for mark in said] == [[form, name] for form in ("plain", "stable") for name in figures.CLASSES]
    values = np.array([mark[2] for mark in said]).reshape(2, 3)
    assert [text for text in texts(svg) if text in values] == values.ravel().tolist()
    assert values.ravel().tolist().count("nan") == nans
    z = (Z + shift).astype(dtype)
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(values[0].astype(float), naive.softmax(z), atol=6e-4)
    np.testing.assert_allclose(values[1].astype(float), softmax(z), atol=6e-4 + np.finfo(dtype).eps)


@pytest.mark.parametrize("dtype", FORMATS)
def test_rounding_is_that_of_the_dtype(dtype):
    info = np.finfo(dtype)
    least, largest = float(info.smallest_subnormal), float(info.max)
    step = 2.0 ** (info.maxexp - 1 - info.nmant)
    x = np.array([0, 0.5, 0.75, 1, 1.5, 2.5, 2**info.nmant - 0.5, 2**info.nmant + 0.5]) * least
    x = np.append(x, [largest, largest + 0.49 * step, largest + 0.5 * step, 2 * largest, 1 + info.eps / 2])
    x = np.append(x, [1 + 1.5 * info.eps, 1 - info.eps / 4, 0.1])
    x = np.append(x, 2 ** np.random.default_rng(0).uniform(info.minexp - info.nmant - 2, info.maxexp, 200))
    x = np.append(x, -x)
    chart = alt.Chart(alt.Data(values=[{"x": value} for value in x.tolist()]))
    chart = chart.mark_text().transform_calculate(rounded=rounded("datum.x")).encode(text="rounded:N")
    shown = texts(drawn(chart.to_dict() | {"params": make("stable_softmax")["params"]}, dtype=dtype))
    with np.errstate(over="ignore"):
        expected = x.astype(dtype).astype(float)
    np.testing.assert_array_equal([float(text) for text in shown], expected)


@pytest.mark.parametrize("lead", [-8, -4, 0, 0.7, 8])
def test_squared_error_and_cross_entropy_at_a_lead(lead):
    svg = drawn(make("cross_entropy"), m=lead)
    wrong = sigmoid(-lead)
    losses = [-np.log1p(-wrong), 2 * wrong**2]
    slopes = [-wrong, -4 * wrong**2 * (1 - wrong)]
    said = [
        f"{name}: {loss:.3f}, slope {slope:.4f}".replace("slope -0.0000", "slope 0.0000").replace("-0", "−0")
        for name, loss, slope in zip(["cross-entropy", "squared error"], losses, slopes, strict=True)
    ]
    assert aria(svg, "point") == said
    assert set(said) <= set(texts(svg))
    height = float(re.search(r'd="M0,0h[\d.]+v([\d.]+)', svg)[1])
    np.testing.assert_allclose(8.2 * (1 - points(svg)[:, 1] / height), losses, atol=1e-3)
    leads = np.arange(-80, 81) / 10
    heights = 8.2 * (1 - line(svg, figures.BLUE)[:, 1] / height)
    np.testing.assert_allclose(heights, np.logaddexp(0, -leads), atol=1e-3)
    heights = 8.2 * (1 - line(svg, figures.VERMILION)[:, 1] / height)
    np.testing.assert_allclose(heights, 2 * sigmoid(-leads) ** 2, atol=1e-3)


def test_only_json_that_jupyterlab_draws_offline_and_a_few_words_are_shown(spec):
    bundle = charts.softmax_playground()._repr_mimebundle_()
    assert bundle == {"application/vnd.vegalite.v5+json": spec, "text/plain": "<interactive chart>"}


def test_spec_refers_to_no_address_but_that_of_its_language(each):
    assert re.findall(r"https?://[^\"]*", json.dumps(each)) == [each["$schema"]]


def test_specs_are_the_same_in_each_session_and_each_time():
    specs = f"[getattr(i, f'{{name}}_playground')().to_dict() for name in {CHARTS}]"
    code = f"import json; from softmaxlib.teaching import charts as i; print(json.dumps({specs}))"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(other.stdout) == [make(name) for name in CHARTS] == [make(name) for name in CHARTS]


def test_charts_need_no_docutils_in_jupyter():
    code = "import sys; import softmaxlib.teaching.charts; print('docutils' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_picture_is_one_labeled_image_with_the_start_values(spec):
    svg = picture(spec, 'Bars: "softmax" & more')
    assert texts(svg)[-3:] == ["0.249", "0.664", "0.087"]
    assert svg.startswith('<svg role="img" aria-label="Bars: &quot;softmax&quot; &amp; more" ')
    assert (svg.count("aria-"), svg.count("role="), svg.count(" id="), svg.count("class=")) == (1, 1, 0, 0)
    assert ">seal</text>\n" in svg  # the search index removes tags and puts nothing in their place


def output(mime_type, spec, **image):
    return SimpleNamespace(
        mime_type=mime_type, content=spec, cell_metadata={"mystnb": {"image": image}} if image else {}
    )


def test_plug_in_takes_charts_and_the_alt_text_of_the_cell(spec):
    [node] = MimeRenderer.handle_mime(None, output(charts.MIME_TYPE, spec, alt="Three bars."), False)
    assert isinstance(node, chart)
    assert (node["spec"], node["alt"]) == (spec, "Three bars.")
    [node] = MimeRenderer.handle_mime(None, output(charts.MIME_TYPE, spec), False)
    assert node["alt"] == spec["description"]


def test_plug_in_leaves_the_rest_to_others(spec):
    assert MimeRenderer.handle_mime(None, output("text/plain", "3"), False) is None
    assert MimeRenderer.handle_mime(None, output(charts.MIME_TYPE, spec), True) is None


def test_builders_that_do_not_know_charts_write_the_picture(spec):
    node = chart_node(spec)
    assert node["format"] == "html"
    assert node.astext() == picture(spec, spec["description"])


@pytest.mark.parametrize("strength", [0, 1, 8])
def test_jacobian_at_a_strength(strength):
    svg = drawn(make("gradients"), s=strength)
    expected = [f"{entry:.3f}".replace("-0.000", "0.000") for entry in softmax_jacobian(strength * Z).ravel()]
    shown = [text.replace("−", "-") for text in texts(svg) if re.fullmatch(r"[-−]?0\.\d{3}", text)]
    assert sorted(shown) == sorted(expected)


def test_jacobian_is_shaded_by_the_size_of_its_entries():
    shades = [float(x) for x in re.findall(r'fill-opacity="([\d.]+)"', drawn(make("gradients"), s=1))]
    assert np.allclose(sorted(shades)[-9:], sorted(0.8 * np.abs(softmax_jacobian(Z)).ravel()), atol=1e-3)


@pytest.mark.parametrize(("image", "epoch"), [(1, 0), (1, 3), (2, 4), (3, 12)])
def test_probabilities_of_a_digit_while_a_network_learns(image, epoch):
    svg = drawn(make("neural_network"), image=image, epoch=epoch)
    true, paths = IMAGES[image - 1]
    p = [path[epoch] / 1000 for path in paths]
    assert aria(svg, "bar") == [f"digit {digit} {share:.3f}" for digit, share in enumerate(p)]
    assert f"a {true}, after epoch {epoch}" in texts(svg)
    assert {f"{share:.2f}" for share in p if share >= 0.01} <= set(texts(svg))


def test_stored_probabilities_of_a_network_sum_to_one_and_start_equal():
    table = np.array([paths for _, paths in IMAGES]) / 1000
    np.testing.assert_allclose(table.sum(axis=1), 1, atol=0.005)
    np.testing.assert_allclose(table[..., 0], 0.1, atol=1e-12)


@pytest.mark.parametrize("share", [0.01, 0.2, 0.66, 0.99])
def test_probabilities_in_a_population_with_a_share_of_ducks(share):
    svg = drawn(make("class_imbalance"), d=share)
    p = softmax(Z + np.log([(1 - share) / 0.8, (1 - share) / 0.8, share / 0.2]))
    assert aria(svg, "bar") == [f"{name} {value:.3f}" for name, value in zip(figures.CLASSES, p, strict=True)]
    assert f"share of ducks: {share:.2f}" in texts(svg)


@pytest.mark.parametrize("temperature", [0.5, 1, 2.5, 5])
def test_reliability_of_a_model_at_a_temperature(temperature):
    svg = drawn(make("calibration"), T=temperature)
    leads = -12 * np.log1p(-(np.arange(400) + 0.5) / 400)
    accuracy, confidence = sigmoid(leads / 2.5), sigmoid(leads / temperature)
    bins = np.minimum((10 * confidence).astype(int), 9)
    expected, gaps = [], 0
    for place in np.unique(bins):
        stated, right = confidence[bins == place].mean(), accuracy[bins == place].mean()
        expected.append(f"confidence {stated:.3f}, accuracy {right:.3f}")
        gaps += (bins == place).mean() * abs(stated - right)
    loss = -np.mean(accuracy * np.log(confidence) + (1 - accuracy) * np.log(sigmoid(-leads / temperature)))
    assert sorted(aria(svg, "point")) == expected
    assert f"T = {temperature:.1f}:  ECE {gaps:.3f},  log loss {loss:.3f}" in texts(svg)


@pytest.mark.parametrize("values", [{}, {"scale": 4}, {"scale": 0}, {"causal": 1}, {"padded": 2}])
def test_weights_of_four_words(values):
    values = {"scale": 0.5, "causal": 0, "padded": 0} | values
    i, j = np.indices((4, 4))
    seen = ((values["causal"] == 0) | (j <= i)) & (j >= values["padded"])
    weights = attention_weights(QUERIES, KEYS, where=seen, scale=values["scale"])
    said = [f"{WORDS[i]} sees {WORDS[j]}: {f'{weights[i, j]:.3f}' if seen[i, j] else '–'}" for i, j in np.ndindex(4, 4)]
    assert aria(drawn(make("attention"), **values), "point") == said


def test_query_that_sees_no_key_has_weights_of_nan():
    said = aria(drawn(make("attention"), causal=1, padded=1), "point")
    assert said[:4] == [f"the sees {word}: nan" for word in WORDS]
    assert not any("nan" in words for words in said[4:])


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"T": 2, "share": 0.9},
        {"T": 2, "share": 0.9, "last": 1},
        {"T": 0.5, "k": 3, "share": 0.8},
        {"T": 0.5, "k": 3, "share": 0.8, "last": 1},
        {"T": 3, "k": 20, "share": 0.95, "last": 1},
        {"T": 0.1, "share": 0.05},
        {"T": 0.1},
    ],
)
def test_next_characters_after_a_cut_and_a_temperature_in_either_order(values):
    svg = drawn(make("language_models"), **values)
    values = {"T": 1, "k": 65, "share": 1, "last": 0} | values
    z, T = np.array(CHARACTERS), values["T"]
    kept = sampling.top_p(sampling.top_k(z if values["last"] else z / T, values["k"]), values["share"])
    p = softmax(kept / T if values["last"] else kept)
    shares = ["–" if np.isinf(logit) else f"{share:.3f}" for logit, share in zip(kept, p, strict=True)]
    assert sorted(aria(svg, "bar")) == sorted(" ".join(bar) for bar in zip(SHOWN, shares, strict=False))
    assert f"{np.isfinite(kept).sum()} of 65 characters kept" in texts(svg)


@pytest.mark.parametrize("T", [0.02, 0.1, 0.4, 1])
def test_weights_of_negatives_at_a_temperature(T):
    p = softmax(np.array(COSINES), temperature=T)
    weights = [*p[: len(HARDEST)], p[len(HARDEST) :].sum()]
    bars = [f"{name}, {weight:.3f}" for name, weight in zip([*HARDEST, OTHERS], weights, strict=True)]
    assert len(COSINES) - len(HARDEST) == int(OTHERS.split()[0])
    assert sorted(aria(drawn(make("contrastive"), T=T), "bar")) == sorted(bars)


def test_corners_are_those_of_the_hull_in_their_order():
    vertices = ConvexHull(W.T).vertices  # counterclockwise, like the angle
    assert corners() == np.roll(vertices, -int(np.argmax(vertices == corners()[0]))).tolist()


@pytest.mark.parametrize(("angle", "size"), [(240, 2), (0, 0.1), (45, 5), (95, 3), (360, 1)])
def test_winner_and_likeliest_class_inside_for_a_vector(angle, size):
    svg = drawn(make("bottleneck"), angle=angle, size=size)
    h = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    p = softmax(size * h @ W)
    winner, inside = p.argmax(), np.where(np.isin(np.arange(100), corners()), 0, p).argmax()
    assert aria(svg, "text mark") == [
        f"class {winner} wins with {p[winner]:.3f}",
        f"inside, class {inside} has {p[inside]:.3f}",
    ]
    assert {str(winner), str(inside)} <= set(texts(svg))
    scale = SIDE / (2 * EDGE)
    ends = (line(svg, figures.VERMILION) - [SIDE / 2, SIDE / 2 + HEADROOM]) / [scale, -scale]
    np.testing.assert_allclose(ends @ h, h @ W[:, winner], atol=0.01)  # across h, through the winner


def test_one_class_wins_at_each_stop_of_the_angle():
    angles = np.radians(np.arange(361))
    scores = np.sort(np.c_[np.cos(angles), np.sin(angles)] @ W, axis=1)
    assert (scores[:, -1] - scores[:, -2]).min() > 1e-4


@pytest.mark.parametrize(
    ("c", "a"), [(4, 0.5), (2.2, 0.5), (10, 0.9), (3, 0.35), (2.1, 0.5), (2, 0.5), (10, 0.1), (0.5, 0.1)]
)
def test_probability_that_an_arm_is_not_pulled_again_and_its_limit(c, a):
    svg = drawn(make("decisions"), c=c, a=a)
    s = round(a * c, 3)
    never = np.cumprod([1, *(1 / (1 + np.arange(2.0, 10_000) ** -s))])
    # log(1 + x) is x - x² / 2 + …, and the sum of t^(-ks) over t from 2 on is zeta(ks) - 1
    k = np.arange(1, 200)
    limit = np.exp(np.sum((-1.0) ** k / k * (zeta(k * s) - 1))) if s > 1 else 0
    now, end = ("below 0.000001" if p < 1e-6 else f"{float(f'{p:.3g}'):.9f}".rstrip("0") for p in (never[-1], limit))
    assert aria(svg, "text mark") == [
        f"ac = {s:g}, {'above 1' if s > 1 else 'not above 1'}",
        f"at 10,000 pulls: {now}",
        f"limit: {('above 0, ' if limit < 1e-6 else '') + end if s > 1 else '0'}",
    ]
    height = float(re.search(r'd="M0,0h[\d.]+v([\d.]+)', svg)[1])
    pulls = [n for n in range(2, 10_001) if n < 50 or (n < 1000 and n % 10 == 0) or n % 200 == 0]
    heights = 1 - line(svg, figures.BLUE)[:, 1] / height
    np.testing.assert_allclose(heights, never[np.array(pulls) - 2], atol=1e-4)
