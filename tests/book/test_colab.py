"""Notebooks for Colab: what the sources say, and a first cell that acts on Colab only."""

import json
import os
import subprocess
import sys

import colab_notebooks as colab
import pytest


def test_they_are_what_the_sources_say():
    assert colab.stale() == [], "run make notebooks"


def test_a_change_is_noticed(monkeypatch, tmp_path):
    monkeypatch.setattr(colab, "FOLDER", tmp_path)
    assert len(colab.stale()) == len(colab.wanted())
    colab.main([])
    assert colab.stale() == []
    path = tmp_path / "setting.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("relative error", "error"), encoding="utf-8")
    (tmp_path / "gone.ipynb").write_text("{}", encoding="utf-8")
    assert [problem.split()[0] for problem in colab.stale()] == ["gone.ipynb:", "setting.ipynb"]


@pytest.mark.parametrize("name", colab.wanted())
def test_the_first_cell_is_the_guard(name):
    notebook = json.loads((colab.FOLDER / f"{name}.ipynb").read_text(encoding="utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert "".join(code[0]["source"]) == colab.guard("book/student" if "/" in name else "book")
    assert all(cell["outputs"] == [] for cell in code)


def run(folder, inside="book", **environment):
    code = colab.guard(inside) + "\nprint(os.getcwd())"
    clean = {key: value for key, value in os.environ.items() if key != "COLAB_RELEASE_TAG"} | environment
    return subprocess.run([sys.executable, "-c", code], cwd=folder, env=clean, capture_output=True, text=True)


def test_it_does_nothing_elsewhere(tmp_path):
    done = run(tmp_path)
    assert done.returncode == 0
    assert done.stdout.strip() == os.path.realpath(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_on_colab_it_fetches_the_book_and_goes_to_its_folder(tmp_path):
    """With git in a form that only writes down what it was asked, and the package already there."""
    tools = tmp_path / "bin"
    tools.mkdir()
    git = tools / "git"
    note = 'echo "$@" >> "$(dirname "$0")/asked"'
    git.write_text(f'#!/bin/sh\n{note}\nfor last; do :; done\nmkdir -p "$last/book/student"\n')
    git.chmod(0o755)
    settings = {"COLAB_RELEASE_TAG": "x", "RF_COLAB_FOLDER": str(tmp_path), "PATH": f"{tools}:{os.environ['PATH']}"}
    place = tmp_path / colab.address().rsplit("/", 1)[-1]
    for inside in ("book", "book/student"):  # the second run finds everything in place
        done = run(tmp_path, inside, **settings)
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == os.path.realpath(place / inside)
    assert (tools / "asked").read_text().splitlines() == [f"clone -q --depth 1 {colab.address()} {place}"]
