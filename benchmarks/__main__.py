"""Run the benchmarks, print their table, and store it with the machine's description."""

import argparse
import importlib
import inspect
import os
import pkgutil
import sys
import time
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import benchmarks
from benchmarks import _measure

RECORD = Path(__file__).parent.parent / "book" / "data" / "benchmarks.json"


def names() -> list[str]:
    """Every module of this folder that has a function ``rows``."""
    found = [m.name for m in pkgutil.iter_modules(benchmarks.__path__) if not m.name.startswith("_")]
    return [name for name in found if hasattr(importlib.import_module(f"benchmarks.{name}"), "rows")]


def run(name: str, quick: bool, repeats: int) -> list[dict]:
    """Rows of one benchmark; ``quick`` shrinks it where it can be shrunk."""
    rows = importlib.import_module(f"benchmarks.{name}").rows
    accepted = inspect.signature(rows).parameters
    options = {"repeats": 2 if quick else repeats, "quick": quick}
    return rows(**{key: value for key, value in options.items() if key in accepted})


def line(row: dict) -> str:
    """One line of the table."""
    numbers = "" if row["ours"] is None else f"{row['ours']:10.4g} against {row['peer']:10.4g} {row['unit']}"
    verdict = "" if row["aim"] is None else f"  aim {row['aim']:g}: {'met' if row['ratio'] >= row['aim'] else 'MISSED'}"
    return f"{row['what']:<58} {row['peer_name']:<30} {numbers:<42} x {row['ratio']:<8.3g}{verdict}"


def versions(rows: list[dict]) -> dict:
    """What the numbers depend on: the libraries of ours, the peers, and what a peer in another interpreter reports."""
    from rfcompanion import records

    found = dict(records.versions())
    for name in ("scikit-learn", "threadpoolctl", "joblib"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    for row in rows:
        found |= row.get("versions", {})
    return found


def merge(results: dict, name: str, rows: list[dict], seconds: float) -> dict:
    """The stored results with those of one benchmark replaced, with its own date and versions."""
    if few := _measure.too_few(rows):
        raise ValueError(f"{name}: fewer than {_measure.LEAST_RUNS} timings, not stored: {', '.join(few)}")
    tables = dict(results.get("tables", {}))
    tables[name] = {
        "rows": [{key: value for key, value in row.items() if key != "versions"} for row in rows],
        "repeats": min((row["runs"] for row in rows if row["unit"] not in _measure.TIMELESS), default=0),
        "seconds": round(seconds, 1),
        "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "versions": versions(rows),
    }
    return {"tables": tables, "threads": int(os.environ["OMP_NUM_THREADS"])}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=benchmarks.__doc__)
    parser.add_argument("names", nargs="*", help=f"which to run (default: all of {', '.join(names())})")
    parser.add_argument("--quick", action="store_true", help="small sizes, two repetitions, nothing stored")
    parser.add_argument("--repeats", type=int, default=5, help="repetitions, of which the median counts (default 5)")
    parser.add_argument("--no-record", action="store_true", help="do not store the table")
    options = parser.parse_args()
    unknown = set(options.names) - set(names())
    if unknown:
        parser.error(f"no benchmark named {', '.join(sorted(unknown))}; there are {', '.join(names())}")
    if not (options.quick or options.no_record) and options.repeats < _measure.LEAST_RUNS:
        parser.error(f"--repeats must be at least {_measure.LEAST_RUNS} for a table that is stored")
    from rfcompanion import records

    missed = 0
    for name in options.names or names():
        begin = time.perf_counter()
        rows = run(name, options.quick, options.repeats)
        seconds = time.perf_counter() - begin
        for row in rows:
            print(line(row), flush=True)
            missed += row["aim"] is not None and row["ratio"] < row["aim"]
        if not (options.quick or options.no_record):
            before = records.read(RECORD) if RECORD.exists() else {}
            total = merge(before, name, rows, seconds)
            spent = sum(table["seconds"] for table in total["tables"].values())
            records.write(RECORD, total, seed=0, seconds=spent, command="python -m benchmarks")
    if missed:
        print(f"{missed} aim(s) missed", file=sys.stderr)


if __name__ == "__main__":
    main()
