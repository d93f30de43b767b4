"""Run every chapter once, in a fresh kernel, and store what it took: the page "Status" shows it.

python tools/status.py            # all chapters that the contents list
python tools/status.py NAME …     # these only; the others keep their last result

Processor seconds of the kernel, its largest memory, whether all cells ran, whether their outputs are the stored ones;
and a digest of the code that ran, by which ``tests/book/test_print.py`` sees that a chapter has changed since.
"""

import argparse
import os
import platform
import sys
import time
from datetime import UTC, datetime
from importlib import metadata

import build_book
import chapter_files
import run_chapter
from chapter_files import ROOT

sys.path.insert(0, str(ROOT / "book" / "_ext"))

import rf_runs as runs

RECORD = ROOT / "book" / "data" / "status.json"
PACKAGES = ("numpy", "scipy", "matplotlib", "torch", "mpmath", "piqp", "jupyter-book", "Sphinx", "myst-nb", "nbval")


def chapters() -> list[str]:
    """The pages that are notebooks, in the order of the contents."""
    names = [page.removeprefix("book/") for page in build_book.toc_pages()]
    return [name for name in names if chapter_files.notebook_of(name).exists()]


def code_digest(notebook) -> str:
    """What ran: the code of all cells, in order; comments and layout do not count (``book/_ext/rf_runs.py``)."""
    return runs.digest("\n".join(runs.code_digest(cell.source) for cell in notebook.cells if cell.cell_type == "code"))


def outdated(recorded: dict[str, dict]) -> list[str]:
    """Chapters whose code is not the code that was measured, each with the command that measures it again."""
    found = []
    for name in chapters():
        now = code_digest(chapter_files.read_source(chapter_files.source_of(name).read_text(encoding="utf-8")))
        if recorded.get(name, {}).get("code") != now:
            found.append(f"{name}: its code has changed since it was measured: run python tools/status.py {name}")
    return found


def texts(notebook) -> list[str]:
    """What each cell printed, without drawings; a stream may have come in several pieces."""
    return [
        "".join(
            output.text if output.output_type == "stream" else output.get("data", {}).get("text/plain", "")
            for output in cell.outputs
        )
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def measure(name: str) -> dict:
    """One chapter: execute a copy, and ask the kernel's process what it used."""
    import psutil
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    stored = chapter_files.load(chapter_files.notebook_of(name))
    fresh = chapter_files.load(chapter_files.notebook_of(name))
    cells = [cell for cell in fresh.cells if cell.cell_type == "code"]
    for cell in cells:
        cell.outputs, cell.execution_count = [], None
    client = NotebookClient(
        fresh,
        timeout=run_chapter.CELL_SECONDS,
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(ROOT / "book")}},
    )
    result = "passed"
    start = time.perf_counter()
    with client.setup_kernel():
        process = psutil.Process(client.km.provisioner.pid)
        try:
            for index, cell in enumerate(fresh.cells):
                client.execute_cell(cell, index)
        except CellExecutionError as error:
            result = f"failed: {error.ename}"
        times = process.cpu_times()
        with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
            peak = next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))
    if result == "passed" and texts(stored) != texts(fresh):
        result = "printed text differs"
    return {
        "cells": len(cells),
        "code": code_digest(stored),
        "seconds": round(times.user + times.system, 1),
        "wall": round(time.perf_counter() - start, 1),
        "megabytes": round(peak / 1024),
        "result": result,
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
    }


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parser.parse_args(arguments)
    os.environ.update(run_chapter.ENVIRONMENT)
    sys.path.insert(0, str(ROOT))
    from rfcompanion import records

    names = chapters()
    if unknown := set(options.names) - set(names):
        parser.error(f"no such chapter: {', '.join(sorted(unknown))}")
    before = records.read(RECORD)["chapters"] if RECORD.exists() else {}
    start, found = time.perf_counter(), {}
    for name in names:
        if options.names and name not in options.names:
            found |= {name: before[name]} if name in before else {}
            continue
        found[name] = measure(name)
        print(f"{name}: {found[name]}", flush=True)
    results = {
        "chapters": found,
        "versions": {package: metadata.version(package).partition("+")[0] for package in PACKAGES},
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, no GPU used",
    }
    records.write(RECORD, results, seed=None, seconds=time.perf_counter() - start, command="python tools/status.py")
    return 0 if all(one["result"] == "passed" for one in found.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
