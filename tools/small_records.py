"""Does the book run without its stored records? Make small ones in a copy of the tree, and run the chapters on them.

    python tools/small_records.py              # every experiment, every chapter: several minutes
    python tools/small_records.py NAME …       # these chapters, and the experiments that feed them

The copy has no ``book/data``; ``reproduce --fast`` fills it with small records. Every cell must run, what a chapter
asserts of records of any size must hold, and each chapter must say in its printed text which records were small.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import chapter_files
import run_chapter
from chapter_files import ROOT

NEEDED = ("book", "rfcompanion", "tools")
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "data", "student")


def copy(folder: Path) -> None:
    """The parts of the tree that a chapter needs, without any stored record."""
    for name in NEEDED:
        shutil.copytree(ROOT / name, folder / name, ignore=LEFT_OUT)
    assert not (folder / "book" / "data").exists()


def feeds(chapters: list[str]) -> dict[str, list[str]]:
    """The records that each of the chapters shows."""
    from rfcompanion import reproduce

    experiments = reproduce.load_registry(ROOT / "book").values()
    return {name: [one.record for one in experiments if name in one.pages] for name in chapters}


def call(folder: Path, *command: str) -> bool:
    """Run a Python command in the copy, with the copy's package."""
    environment = {**os.environ, **run_chapter.ENVIRONMENT, "PYTHONPATH": str(folder)}
    return subprocess.run([sys.executable, *command], cwd=folder, env=environment).returncode == 0


def silent(folder: Path, records: dict[str, list[str]]) -> list[str]:
    """Chapters that show a small record and do not say so."""
    problems = []
    for name, files in records.items():
        cells = chapter_files.load(folder / "book" / f"{name}.ipynb").cells
        outputs = [output for cell in cells for output in cell.get("outputs", ())]
        printed = "".join(output.text for output in outputs if output.output_type == "stream")
        problems += [f"{name}: does not say that {file} is small" for file in files if f"record {file}" not in printed]
    return problems


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="chapters (default: all)")
    parser.add_argument("--jobs", default="1", metavar="N", help="processes that make the records")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="copy to this new folder, and leave it there")
    options = parser.parse_args(arguments)
    chosen = options.names or chapter_files.names()
    if unknown := set(chosen) - set(chapter_files.names()):
        parser.error(f"no such chapter: {', '.join(sorted(unknown))}")
    if options.keep and options.keep.exists():
        parser.error(f"--keep must name a folder that does not exist yet, got {options.keep}")
    with tempfile.TemporaryDirectory(prefix="small-records-") as place:
        folder = (options.keep or Path(place)).resolve()
        copy(folder)
        records = feeds(chosen)
        wanted = sorted({Path(file).stem for files in records.values() for file in files})
        wanted = wanted if options.names else ["--all"]
        reproduce = ("-m", "rfcompanion", "reproduce", *wanted, "--fast", "--jobs", options.jobs)
        if wanted and not call(folder, *reproduce, "--book", "book"):
            return 1
        if not call(folder, "tools/notebooks.py", "--force", *chosen):
            return 1
        problems = silent(folder, records)
    print("\n".join(problems) or f"{len(chosen)} chapters run on {sum(map(len, records.values()))} small records.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
