"""What the Makefile does for authors: one chapter alone, and sets of notebooks that need packages of their own."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tests.book import pages

ROOT = Path(__file__).parents[2]


def make(folder, *arguments):
    """Run make with the installed packages of these tests."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "PYTEST"))}
    environment["PYTEST_ADDOPTS"] = "--numprocesses=0"
    command = [
        "make",
        "-C",
        folder,
        f"BIN={Path(sys.executable).parent.as_posix()}",
        "--old-file=.venv/book",
        "--old-file=.venv/test",
        "--old-file=node_modules/.package-lock.json",
    ]
    return subprocess.run([*command, *arguments], capture_output=True, text=True, env=environment)


def write_notebook(path, code, output="1\n"):
    cell = new_code_cell(code, outputs=[new_output("stream", name="stdout", text=output)], execution_count=1)
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=[cell]), path)


@pytest.fixture
def project(tmp_path):
    """Return a folder with the settings of the project and one notebook that every machine can run."""
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "README.md").touch()
    write_notebook(tmp_path / "book" / "foundations" / "numbers.ipynb", "print(1)")
    return tmp_path


def test_help_lists_every_target_that_has_a_description():
    described = re.findall(r"^([\w-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.M)
    listed = re.findall(r"^  make ([\w-]+) +\w", make(ROOT, "help").stdout, flags=re.M)
    assert "test-frameworks" in listed
    assert listed == described


def test_check_says_which_chapter_it_did_not_find():
    result = make(ROOT, "check", "CHAPTER=foundations/no_such_topic")
    assert result.returncode
    assert "There is no notebook book/foundations/no_such_topic.ipynb." in result.stderr


@pytest.mark.parametrize("folder", ["missing", "empty"])
def test_a_set_without_notebooks_succeeds_and_says_so(project, folder):
    if folder == "empty":
        (project / "book" / "frameworks").mkdir()
    result = make(project, "test-frameworks")
    assert not result.returncode, result.stderr
    assert "There is no notebook in book/frameworks" in result.stdout


def test_a_set_is_run_by_its_own_target_only(project):
    write_notebook(project / "book" / "frameworks" / "tensors.ipynb", "print(2)", output="1\n")
    left_out = make(project, "test-notebooks")
    assert not left_out.returncode, left_out.stdout
    assert "1 passed" in left_out.stdout
    run = make(project, "test-frameworks")
    assert "1 failed" in run.stdout, run.stdout + run.stderr
    write_notebook(project / "book" / "frameworks" / "tensors.ipynb", "print(2)", output="2\n")
    run = make(project, "test-frameworks")
    assert not run.returncode, run.stdout + run.stderr
    executed = make(project, "--dry-run", "execute").stdout
    assert "foundations/numbers.ipynb" in executed
    assert "frameworks" not in executed


def test_the_requirements_of_a_set_are_installed_where_there_are_any(project):
    write_notebook(project / "book" / "frameworks" / "tensors.ipynb", "print(1)")
    assert "pip" not in make(project, "--dry-run", "test-frameworks").stdout
    (project / "requirements-frameworks.txt").touch()
    assert re.search(
        r"pip install .*-r requirements-frameworks.txt", make(project, "--dry-run", "test-frameworks").stdout, re.S
    )


@pytest.mark.parametrize(
    ("needs", "there"), [("numpy==2.*", True), ("numpy\nno-such-package-1  # why", False), (None, True)]
)
def test_the_exercises_of_a_set_wait_for_its_packages(monkeypatch, tmp_path, needs, there):
    if needs:
        (tmp_path / "requirements-frameworks.in").write_text(f"-c requirements.txt\n{needs}\n", encoding="utf-8")
    monkeypatch.setattr(pages, "BOOK", tmp_path / "book")
    assert pages.installed(pages.Page(tmp_path / "book" / "frameworks" / "tensors.ipynb")) is there
