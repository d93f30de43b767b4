"""Notebooks for Colab, chapters and exercises as their sources say: a first cell fetches the book, no outputs.

Colab opens one file of the repository and has neither the package nor the stored data. The first cell mends that on
Colab and does nothing anywhere else. The address is that of ``pyproject.toml``.

python tools/colab_notebooks.py            # write colab/NAME.ipynb and colab/student/NAME.ipynb
python tools/colab_notebooks.py --check    # change nothing: are they what the sources say?
"""

import argparse
import sys
import tomllib
from pathlib import Path

import build_book
import chapter_files

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "colab"

GUARD = """\
# On Colab this cell fetches the book and installs its package, once. Anywhere else it does nothing.
import os
import sys

if "COLAB_RELEASE_TAG" in os.environ or "google.colab" in sys.modules:
    import importlib
    import subprocess

    place = os.path.join(os.environ.get("RF_COLAB_FOLDER", "/content"), "{name}")
    if not os.path.isdir(place):
        subprocess.run(["git", "clone", "-q", "--depth", "1", "{address}", place], check=True)
    try:
        import rfcompanion
    except ModuleNotFoundError:
        subprocess.run([sys.executable, "-m", "pip", "install", "-q", place + "[certify,reproduce]"], check=True)
        importlib.invalidate_caches()
    os.chdir(os.path.join(place, "{folder}"))"""


def address() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["urls"]["Repository"].rstrip("/")


def guard(folder: str = "book") -> str:
    """The first cell; on Colab it ends in a folder of the book."""
    where = address()
    return GUARD.replace("{address}", where).replace("{name}", where.rsplit("/", 1)[-1]).replace("{folder}", folder)


def chapters() -> list[str]:
    """The pages of the contents that have a source with code."""
    names = [page.removeprefix("book/") for page in build_book.toc_pages()]
    return [name for name in names if chapter_files.source_of(name).exists()]


def text(name: str) -> str:
    """The notebook of a chapter, or of its exercises (``student/NAME``), as Colab gets it."""
    import nbformat

    if name.startswith("student/"):
        notebook = nbformat.read(ROOT / "book" / f"{name}.ipynb", as_version=4)
    else:
        notebook = chapter_files.read_source(chapter_files.source_of(name).read_text(encoding="utf-8"))
    folder = f"book/{name}".rpartition("/")[0]
    first = nbformat.v4.new_code_cell(guard(folder), id="on-colab")
    notebook.cells.insert(1, first)  # after the title
    notebook.metadata["colab"] = {"name": f"{name.rpartition('/')[2]}.ipynb"}
    return nbformat.writes(notebook) + "\n"


def wanted() -> list[str]:
    """Every notebook for Colab: the chapters', then the exercises'."""
    student = sorted((ROOT / "book" / "student").glob("*.ipynb"))
    return [*chapters(), *(f"student/{path.stem}" for path in student)]


def left_over() -> list[Path]:
    """Notebooks of chapters that are no more."""
    known = {FOLDER / f"{name}.ipynb" for name in wanted()}
    return [path for path in sorted(FOLDER.rglob("*.ipynb")) if path not in known]


def stale() -> list[str]:
    """What is missing, outdated or left over."""
    problems = [f"{path.relative_to(FOLDER).as_posix()}: no such chapter" for path in left_over()]
    for name in wanted():
        path = FOLDER / f"{name}.ipynb"
        if not path.exists():
            problems.append(f"{name}.ipynb is missing")
        elif path.read_text(encoding="utf-8") != text(name):
            problems.append(f"{name}.ipynb is not what its source says")
    return problems


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing")
    options = parser.parse_args(arguments)
    if options.check:
        problems = stale()
        print("\n".join(f"colab/{problem}: run make notebooks" for problem in problems) or "Notebooks for Colab agree.")
        return 1 if problems else 0
    (FOLDER / "student").mkdir(parents=True, exist_ok=True)
    for path in left_over():
        path.unlink()
    for name in wanted():
        path, new = FOLDER / f"{name}.ipynb", text(name)
        if not path.exists() or path.read_text(encoding="utf-8") != new:
            path.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
