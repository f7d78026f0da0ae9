"""A search for logits at which the functions err most: climbing by evolution, judged by long double, proved by mpmath.

``python -m tests.library.adversary --minutes 10`` searches longer than the tests do, and keeps what it found in
`worst.json`. The tests hold the functions to their bounds there, too.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np

import softmaxlib
from tests.library import oracle

WORST = Path(__file__).with_name("worst.json")
NORMAL = 1e-290  # results that are smaller may hang on exponentials that underflow, which is not what is searched for
CLASSES = [1, 2, 3, 4, 5, 7, 9, 16, 17, 49, 130]


def errors(name, z, temperature):
    """Return the largest error of each row in units of the last place, judged by long double."""
    function = getattr(softmaxlib, name)
    if name in ("sigmoid", "log_sigmoid"):
        result, expected = function(z), function(z.astype(np.longdouble))
    else:
        result, expected = (function(x, temperature=temperature) for x in (z, z.astype(np.longdouble)))
    found = np.abs(result - expected) / np.spacing(np.abs(expected).astype(np.float64))
    return np.where(np.abs(expected) > NORMAL, found, 0).max(axis=-1).astype(np.float64)


def proved(name, z, temperature):
    """Return the largest error of one row in units of the last place, against mpmath."""
    function, definition = getattr(softmaxlib, name), getattr(oracle, name)
    if name in ("sigmoid", "log_sigmoid"):
        result, expected = function(z), [definition(x) for x in z]
    else:
        result, expected = function(z, temperature=temperature), definition(z, temperature)
    found = oracle.ulps(result, expected)
    return float(found[[abs(x) > NORMAL for x in expected]].max(initial=0))


def climb(name, rng, generations, population):
    """Search from random rows and return the worst: its error, the row and the temperature."""
    elementwise = name in ("sigmoid", "log_sigmoid")
    classes = 1 if elementwise else int(rng.choice(CLASSES[1:]))
    temperature = 1.0 if elementwise or rng.random() < 0.5 else float(10 ** rng.uniform(-3, 3))
    z = temperature * 10 ** rng.uniform(-1, 2.6) * rng.normal(size=(population, classes))
    z += temperature * rng.choice([0, 0, 0, 650, -650, 1e4])  # some need a shift
    for _ in range(generations):
        found = errors(name, z, temperature)
        best = z[np.argsort(found)[-population // 10 :]]
        parents = best[rng.integers(len(best), size=population - len(best))]
        step = 10 ** rng.uniform(-16, 0, size=(len(parents), 1)) * (np.abs(parents) + temperature)
        moved = rng.random(parents.shape) < max(0.3, 1 / classes)
        z = np.concatenate([best, parents + moved * step * rng.normal(size=parents.shape)])
    found = errors(name, z, temperature)
    worst = z[found.argmax()]
    return proved(name, worst, temperature), worst.tolist(), temperature


FUNCTIONS = ["softmax", "log_softmax", "sigmoid", "log_sigmoid"]


def search(name, seed, climbs, population=400):
    """Return the worst of several climbs, as `climb` does."""
    rng = np.random.default_rng(seed)
    return max(climb(name, rng, 30, population) for _ in range(climbs))


def main(arguments=None):
    """Search for some minutes, and add what is worse than what `worst.json` has."""
    parser = argparse.ArgumentParser(prog="python -m tests.library.adversary", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--store", type=Path, default=WORST)
    options = parser.parse_args(arguments)
    worst = json.loads(options.store.read_text()) if options.store.exists() else {}
    end = time.monotonic() + 60 * options.minutes
    seed = options.seed
    while not worst or time.monotonic() < end:
        for name in FUNCTIONS:
            error, row, temperature = search(name, seed, climbs=4, population=5000)
            if error > worst.get(name, {"ulp": 0})["ulp"]:
                worst[name] = {"ulp": round(error, 3), "temperature": temperature, "z": row}
        seed += 1
    options.store.write_text(json.dumps(worst) + "\n")
    for name, found in worst.items():
        print(f"{name}: {found['ulp']:.2f} ulp, {len(found['z'])} classes, temperature {found['temperature']:.6g}")


if __name__ == "__main__":
    main()
