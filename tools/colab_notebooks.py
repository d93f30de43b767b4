"""Notebooks for Colab, made from the chapters' sources: no outputs, and a first cell that fetches the book there.

Colab opens one file of the repository and has neither the package nor the stored data. The first cell mends that on
Colab and does nothing anywhere else. The address is that of ``pyproject.toml``.

python tools/colab_notebooks.py            # write colab/NAME.ipynb for every published chapter
python tools/colab_notebooks.py --check    # change nothing: are they what the sources say?
"""

import argparse
import sys
import tomllib
from pathlib import Path

import build_book
import notebooks

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
    os.chdir(os.path.join(place, "book"))"""


def address() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["urls"]["Repository"].rstrip("/")


def guard() -> str:
    where = address()
    return GUARD.replace("{address}", where).replace("{name}", where.rsplit("/", 1)[-1])


def chapters() -> list[str]:
    """The pages of the contents that have a source with code."""
    names = [page.removeprefix("book/") for page in build_book.toc_pages()]
    return [name for name in names if notebooks.source_of(name).exists()]


def text(name: str) -> str:
    """The notebook of a chapter as Colab gets it."""
    import nbformat

    notebook = notebooks.read_source(notebooks.source_of(name).read_text(encoding="utf-8"))
    first = nbformat.v4.new_code_cell(guard(), id="on-colab")
    notebook.cells.insert(1, first)  # after the title
    notebook.metadata["colab"] = {"name": f"{name}.ipynb"}
    return nbformat.writes(notebook) + "\n"


def stale() -> list[str]:
    """What is missing, outdated or left over."""
    wanted = {FOLDER / f"{name}.ipynb": name for name in chapters()}
    problems = [f"{path.name}: no such chapter" for path in sorted(FOLDER.glob("*.ipynb")) if path not in wanted]
    for path, name in wanted.items():
        if not path.exists():
            problems.append(f"{path.name} is missing")
        elif path.read_text(encoding="utf-8") != text(name):
            problems.append(f"{path.name} is not what its source says")
    return problems


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing")
    options = parser.parse_args(arguments)
    if options.check:
        problems = stale()
        print("\n".join(f"colab/{problem}: run make notebooks" for problem in problems) or "Notebooks for Colab agree.")
        return 1 if problems else 0
    FOLDER.mkdir(exist_ok=True)
    names = chapters()
    for path in FOLDER.glob("*.ipynb"):
        if path.stem not in names:
            path.unlink()
    for name in names:
        path, new = FOLDER / f"{name}.ipynb", text(name)
        if not path.exists() or path.read_text(encoding="utf-8") != new:
            path.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
