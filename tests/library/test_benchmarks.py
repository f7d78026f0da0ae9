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


def test_stored_run_is_whole():
    rows = json.loads(benchmarks.STORE.read_text())["rows"]
    shapes = [(name, tuple(row["shape"])) for name in benchmarks.FUNCTIONS for row in rows if row["function"] == name]
    axes = sum(min(len(shape), 2) for shape in benchmarks.SHAPES)
    assert len(rows) == len(benchmarks.FUNCTIONS) * 2 * axes  # in two dtypes
    assert {shape for _, shape in shapes} == set(benchmarks.SHAPES)
    assert all("PyTorch, 1 thread" in row["seconds"] for row in rows)


@pytest.mark.parametrize("function", benchmarks.FUNCTIONS)
def test_contenders_agree(function):
    z = np.random.default_rng(0).normal(size=(5, 7))
    for axis in (0, 1):
        ours, *others = (call() for call in benchmarks.contenders(function, z, axis).values())
        for other in others:
            other = other[-1] if isinstance(other, tuple) else other  # PyTorch, after its threads are set
            np.testing.assert_allclose(other, ours, rtol=1e-12)
