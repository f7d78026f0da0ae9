"""Plain and stable softmax side by side, rounded in the page to a dtype."""

import json

import altair as alt

from softmaxlib.teaching.charts.parts import bars, classes, slider, softmax, styled

# A format has binary digits, an exponent of its smallest normal number, and a smallest number that becomes infinite.
FORMATS = {
    "float16": {"digits": 11, "lowest": -14, "infinity": 2.0**16 - 2.0**4},
    "float32": {"digits": 24, "lowest": -126, "infinity": 2.0**128 - 2.0**103},
}


def stable_softmax_playground():
    """Bars of the plain and of the stable softmax of shifted logits, with sliders for the shift and a choice of dtype.

    The page rounds each step to the dtype: scores, differences, exponentials, sum and quotients.

    Returns
    -------
    altair.VConcatChart
        The chart. At the start the shift is 0, and both forms are right.

    Examples
    --------
    >>> chart = stable_softmax_playground()
    >>> [(param.name, param.value) for param in chart.params if param.bind is not alt.Undefined]
    [('coarse', 0), ('fine', 0), ('dtype', 'float16')]
    """
    dtypes = alt.binding_select(options=[*FORMATS, "float64"], name="dtype")
    params = [
        slider("coarse", 0, -1000, 1000, 10, "shift c, coarse (nats)"),
        slider("fine", 0, -20, 20, 0.25, "shift c, fine (nats)"),
        alt.param(name="dtype", value="float16", bind=dtypes),
        alt.param(name="c", expr="coarse + fine"),
        alt.param(name="limits", expr=f"({json.dumps(FORMATS)})[dtype]"),
    ]
    plain, stable = (
        softmax(bars(f"{form} "), "datum.score + c", shift=shift, rounded=rounded).properties(
            width=240, height=110, title=alt.Title(form, anchor="start", frame="bounds")
        )
        for form, shift in (("plain", "0"), ("stable", "datum.top"))
    )
    title = alt.Title(alt.expr("'z + c in ' + dtype + ', c = ' + format(c, '.2f')"), anchor="start")
    chart = alt.vconcat(plain, stable, data=classes(), title=title).add_params(*params)
    return styled(chart).properties(
        description="Two rows of three bars: plain and stable softmax of seal, panda and duck with shifted logits."
    )


def rounded(value):
    """Return an expression that rounds another one to the dtype: to the nearest number, ties to even, as hardware does.

    It adds a number and subtracts it again. This number is so large that its last digit is the last one that the dtype
    keeps.
    """
    large = f"3 * pow(2, 52 - limits.digits + max(floor(log(abs({value})) / LN2), limits.lowest))"
    finite = f"abs({value}) < limits.infinity ? {value} + {large} - {large} : ({value}) / 0"
    return f"dtype == 'float64' ? {value} : {finite}"
