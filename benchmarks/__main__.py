"""Time softmax, log_softmax and logsumexp beside SciPy, plain NumPy and PyTorch, in one run.

The contenders take turns, so that whatever else the machine does hits all of them; a time is the median of many.
Prints the table and its geometric means, and stores everything in results.json. `--roofs` measures only what limits a
softmax, each by itself, and leaves the rest of the stored run as it is.
"""

import argparse
import json
import math
import os
import platform
import random
import statistics
import time
import tracemalloc
from importlib import metadata
from pathlib import Path

import numpy as np
from scipy import special

import softmaxlib

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # PyTorch's threads would keep the cores busy after their part
try:
    import torch
except ImportError:
    torch = None

STORE = Path(__file__).with_name("results.json")
FUNCTIONS = ["softmax", "log_softmax", "logsumexp"]
SHAPES = [
    (3,),
    (10,),
    (1000,),
    (32_000,),
    (50_257,),
    (64, 10),
    (128, 10),
    (32, 100),
    (10_000, 10),
    (100_000, 2),
    (100_000, 10),
    (10_000, 100),
    (100_000, 100),
    (1024, 1000),
    (256, 50_257),
    (8, 128, 1024),
    (12, 512, 512),
]
SCALE = 10  # of the normal logits
LARGE, CACHED = (12_000, 1000), (32, 1000)  # tables in float64: far larger than the caches, and a small part of them


def plain_softmax(z, axis):
    """Softmax as NumPy code usually has it."""
    exps = np.exp(z - z.max(axis=axis, keepdims=True))
    return exps / exps.sum(axis=axis, keepdims=True)


def plain_log_softmax(z, axis):
    """Log-softmax as NumPy code usually has it."""
    shifted = z - z.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def plain_logsumexp(z, axis):
    """Log-sum-exp as NumPy code usually has it."""
    top = z.max(axis=axis, keepdims=True)
    return np.log(np.exp(z - top).sum(axis=axis)) + top.squeeze(axis)


PLAIN = {"softmax": plain_softmax, "log_softmax": plain_log_softmax, "logsumexp": plain_logsumexp}


def contenders(function, z, axis):
    """Name the calls to time; softmaxlib comes first."""
    ours = getattr(softmaxlib, function)
    calls = {
        "softmaxlib": lambda: ours(z, axis),
        "fast": lambda: ours(z, axis, fast=True),
        "SciPy": lambda: getattr(special, function)(z, axis),
        "NumPy": lambda: PLAIN[function](z, axis),
    }
    if torch:
        tensor, theirs = torch.from_numpy(z), getattr(torch, function)
        for threads in (1, 2):
            calls[f"PyTorch, {threads} thread{'s' * (threads > 1)}"] = lambda threads=threads: (
                torch.set_num_threads(threads),
                theirs(tensor, axis),
            )
    return calls


def race(calls, seconds, rounds, of=statistics.median):
    """Median (or another summary) of the times of each call in seconds; they take turns, in a new order each round."""
    order, shuffle = list(calls.items()), random.Random(0).shuffle
    repeats, times = {}, {name: [] for name in calls}
    for name, call in calls.items():
        call()
        start = time.perf_counter()
        call()
        repeats[name] = max(1, int(0.001 / (time.perf_counter() - start)))
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or min(map(len, times.values())) < rounds:
        shuffle(order)
        for name, call in order:
            start = time.perf_counter()
            for _ in range(repeats[name]):
                call()
            times[name].append((time.perf_counter() - start) / repeats[name])
    return {name: of(values) for name, values in times.items()}


def blocked_softmax(z, rows=CACHED[0]):
    """Softmax of the rows of a table in blocks and in place, without a shift."""
    p = np.empty_like(z)
    for i in range(0, len(z), rows):
        block, exps = z[i : i + rows], p[i : i + rows]
        np.exp(block, out=exps)
        exps /= exps.sum(axis=1, keepdims=True)
    return p


def roofs(seconds, rounds, shape):
    """Nanoseconds a number, at best, of the limits of a softmax, each by itself, and of two forms of it.

    "copy" moves 16 bytes a number between two arrays that exist; "fresh" and "used" fill an array that is new, or is
    not; "… in the cache" are the steps of a form on a block that stays there, with no array made.
    """
    table = np.random.default_rng(0).normal(size=shape)
    room, block, exps = np.ones_like(table), table[: CACHED[0]].copy(), np.ones(CACHED)
    top, total = np.ones((CACHED[0], 1)), np.ones((CACHED[0], 1))

    def textbook_steps():
        np.max(block, axis=1, keepdims=True, out=top)
        np.subtract(block, top, out=exps)
        np.exp(exps, out=exps)
        np.sum(exps, axis=1, keepdims=True, out=total)
        np.divide(exps, total, out=exps)

    def blocked_steps():
        np.exp(block, out=exps)
        np.sum(exps, axis=1, keepdims=True, out=total)
        np.divide(exps, total, out=exps)

    calls = {
        "copy": (lambda: np.copyto(room, table), table.size),
        "fresh": (lambda: np.empty_like(table).fill(1), table.size),
        "used": (lambda: room.fill(1), table.size),
        "textbook": (lambda: plain_softmax(table, -1), table.size),
        "blocked": (lambda: blocked_softmax(table), table.size),
        "textbook in the cache": (textbook_steps, block.size),
        "blocked in the cache": (blocked_steps, block.size),
    }
    times = race({name: call for name, (call, _) in calls.items()}, seconds, rounds, of=min)
    ns = {name: round(times[name] * 1e9 / size, 4) for name, (_, size) in calls.items()}
    return {"table": list(shape), "block": list(CACHED), "ns": ns}


def extra_memory(call):
    """Bytes that NumPy holds at the peak of a call beyond its result."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    result = call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return max(0, peak - before - np.asarray(result).nbytes)


def machine():
    """Describe what the times were measured on."""
    cpu = platform.processor() or platform.machine()
    if os.path.exists("/proc/cpuinfo"):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        cpu = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), cpu)
    versions = {"Python": platform.python_version(), "NumPy": np.__version__, "SciPy": metadata.version("scipy")}
    if torch:
        versions["PyTorch"] = torch.__version__
    simd = np.show_config(mode="dicts")["SIMD Extensions"]
    return {"CPU": cpu, "cores": os.cpu_count(), "system": platform.system(), "SIMD": simd["found"][-1:], **versions}


def measure(functions, shapes, seconds, rounds):
    """Yield a row of the table at a time."""
    for function in functions:
        for dtype in ("float64", "float32"):
            for axis in (-1, 0):
                for shape in shapes:
                    if axis == 0 and len(shape) == 1:
                        continue  # the same axis again
                    z = (SCALE * np.random.default_rng(0).normal(size=shape)).astype(dtype)
                    calls = contenders(function, z, axis)
                    yield {
                        "function": function,
                        "dtype": dtype,
                        "axis": axis,
                        "shape": shape,
                        "seconds": race(calls, seconds, rounds),
                        "extra_bytes": {name: extra_memory(calls[name]) for name in ("softmaxlib", "SciPy", "NumPy")},
                    }


def ratio(row, name, to="softmaxlib"):
    """How many times as long `name` takes as `to`."""
    return row["seconds"][name] / row["seconds"][to]


def table(rows):
    """Yield the lines of the Markdown table."""
    others = [name for name in rows[0]["seconds"] if name != "softmaxlib"]
    yield "Times of the others over the time of softmaxlib: above 1, softmaxlib is faster.\n"
    yield f"| function | dtype | axis | shape | time | {' | '.join(others)} | extra memory | of SciPy |"
    yield "|---|---|--:|---|" + "--:|" * (len(others) + 3)
    for row in rows:
        ratios = " | ".join(f"{ratio(row, name):.2f}" for name in others)
        memory = " | ".join(f"{row['extra_bytes'][name] / 2**20:.1f} MiB" for name in ("softmaxlib", "SciPy"))
        yield (
            f"| {row['function']} | {row['dtype']} | {row['axis']} | {row['shape']} "
            f"| {row['seconds']['softmaxlib'] * 1e6:,.0f} µs | {ratios} | {memory} |"
        )


def summary(rows):
    """Yield the geometric means of the ratios, and the lowest ratio to SciPy."""
    others = [name for name in rows[0]["seconds"] if name not in ("softmaxlib", "fast")]
    yield f"\n| geometric mean | dtype | | {' | '.join(others)} | lowest, SciPy |"
    yield "|---|---|---|" + "--:|" * (len(others) + 1)
    for function in dict.fromkeys(row["function"] for row in rows):
        for dtypes in (["float64"], ["float32"], ["float64", "float32"]):
            chosen = [row for row in rows if row["function"] == function and row["dtype"] in dtypes]
            for to in ("softmaxlib", "fast"):
                means = [math.exp(statistics.fmean(math.log(ratio(r, name, to)) for r in chosen)) for name in others]
                lowest = min(ratio(r, "SciPy", to) for r in chosen)
                cells = " | ".join(f"{mean:.2f}" for mean in means)
                yield f"| {function} | {', '.join(dtypes)} | {to} | {cells} | {lowest:.2f} |"


def main(arguments=None):
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--function", choices=FUNCTIONS, action="append", help="only this one (repeatable)")
    parser.add_argument("--largest", type=float, default=math.inf, metavar="N", help="skip shapes of more numbers")
    parser.add_argument("--seconds", type=float, default=0.5, help="to spend on each row of the table, at least")
    parser.add_argument("--rounds", type=int, default=7, help="turns of each contender, at least")
    parser.add_argument("--store", type=Path, default=STORE, help="where to store the results")
    parser.add_argument("--roofs", action="store_true", help="measure the limits only, and keep the rows of the store")
    options = parser.parse_args(arguments)
    if options.roofs:
        stored = json.loads(options.store.read_text())
        stored["roofs"] = roofs(options.seconds, options.rounds, LARGE)
        print(*(f"{name:22s} {ns:.3f} ns a number" for name, ns in stored["roofs"]["ns"].items()), sep="\n")
        options.store.write_text(json.dumps(stored, indent=1) + "\n")
        return
    shapes = [shape for shape in SHAPES if math.prod(shape) <= options.largest]
    with np.errstate(all="ignore"):
        rows = list(measure(options.function or FUNCTIONS, shapes, options.seconds, options.rounds))
    print(*table(rows), *summary(rows), sep="\n")
    limits = roofs(10 * options.seconds, options.rounds, LARGE if options.largest == math.inf else CACHED)
    options.store.write_text(json.dumps({"machine": machine(), "rows": rows, "roofs": limits}, indent=1) + "\n")


if __name__ == "__main__":
    main()
