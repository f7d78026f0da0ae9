"""That `make bench` measures, prints and stores; not what the times are."""

import json

import numpy as np
import pytest

from benchmarks import __main__ as benchmarks


def test_table_and_store(tmp_path, capsys):
    store = tmp_path / "results.json"
    benchmarks.main(
        ["--function", "softmax", "--largest", "2000", "--seconds", "0", "--rounds", "1", "--store", str(store)]
    )
    printed = capsys.readouterr().out
    results = json.loads(store.read_text())
    shapes = [tuple(row["shape"]) for row in results["rows"]]
    assert set(shapes) == {(3,), (10,), (1000,), (64, 10), (128, 10)}
    assert len(shapes) == 14  # in two dtypes; one axis of a vector, two of a matrix
    assert printed.count("| softmax | float32 | ") == 7 + 2  # and its means
    assert all(seconds > 0 for row in results["rows"] for seconds in row["seconds"].values())
    assert {"CPU", "cores", "Python", "NumPy", "SciPy"} <= set(results["machine"])
    assert all(ns > 0 for ns in results["roofs"]["ns"].values())


def test_the_limits_alone_leave_the_rows_as_they_are(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(benchmarks, "LARGE", (64, 1000))
    store = tmp_path / "results.json"
    store.write_text(json.dumps({"machine": {"CPU": "mine"}, "rows": [1, 2]}))
    benchmarks.main(["--roofs", "--seconds", "0", "--rounds", "1", "--store", str(store)])
    results = json.loads(store.read_text())
    assert results["rows"] == [1, 2]
    assert results["machine"] == {"CPU": "mine"}
    assert results["roofs"]["table"] == [64, 1000]
    assert capsys.readouterr().out.count("ns a number") == len(results["roofs"]["ns"]) == 7


def test_stored_run_is_whole():
    rows = json.loads(benchmarks.STORE.read_text())["rows"]
    shapes = [(name, tuple(row["shape"])) for name in benchmarks.FUNCTIONS for row in rows if row["function"] == name]
    axes = sum(min(len(shape), 2) for shape in benchmarks.SHAPES)
    assert len(rows) == len(benchmarks.FUNCTIONS) * 2 * axes  # in two dtypes
    assert {shape for _, shape in shapes} == set(benchmarks.SHAPES)
    assert all("PyTorch, 1 thread" in row["seconds"] for row in rows)
    limits = json.loads(benchmarks.STORE.read_text())["roofs"]
    assert (limits["table"], limits["block"]) == (list(benchmarks.LARGE), list(benchmarks.CACHED))


def test_blocked_softmax_is_a_softmax():
    z = np.random.default_rng(0).normal(size=(100, 7))
    np.testing.assert_allclose(benchmarks.blocked_softmax(z), benchmarks.plain_softmax(z, -1), rtol=1e-12)


@pytest.mark.parametrize("function", benchmarks.FUNCTIONS)
def test_contenders_agree(function):
    z = np.random.default_rng(0).normal(size=(5, 7))
    for axis in (0, 1):
        ours, *others = (call() for call in benchmarks.contenders(function, z, axis).values())
        for other in others:
            other = other[-1] if isinstance(other, tuple) else other  # PyTorch, after its threads are set
            np.testing.assert_allclose(other, ours, rtol=1e-12)
