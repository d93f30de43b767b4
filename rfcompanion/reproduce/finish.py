"""The end of a sweep: its record assembled, compared with the one that is there, and written where it has to be."""

import contextlib
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from .. import records
from .compare import difference
from .experiment import Experiment, Plan, assemble

#: What the provenance of every record of a sweep holds.
PROVENANCE = frozenset(
    {"code", "command", "date", "device", "precision", "seconds", "seed", "tasks", "versions"},
)
_UNFINISHED = 60.0  # seconds after which no process is still writing a file


def write_record(
    experiment: Experiment,
    plan: Plan,
    outcomes: Sequence[dict],
    code: str,
    path: Path,
    report,
    *,
    fast: bool,
    keep: bool,
    say: Callable[[str], None],
) -> None:
    """Write the record of a finished sweep; leave the file alone where it holds these very results of this very code.

    Parameters
        experiment, plan : what was run.
        outcomes : of its tasks, in the plan's order.
        code : code version.
        path : of the record.
        report : ``record``, ``change`` and ``damaged`` are filled in.
        fast, keep, say : as for ``run``.

    Returns
        None.

    Source
        No formula; page "Reproducing".
    """
    results = records.plain(assemble(plan, [outcome["value"] for outcome in outcomes]), "results")
    sources = [outcome["provenance"] for outcome in outcomes]
    computed = {
        "date": max((source["date"] for source in sources), default=None),
        "device": _common([source["device"] for source in sources]),
        "seconds": round(sum(source["seconds"] for source in sources), 3),
        "versions": _common([source["versions"] for source in sources]),
    }
    provenance = {
        **computed,
        "code": code,
        "command": f"python -m rfcompanion reproduce {experiment.name}{' --fast' if fast else ''}",
        "precision": experiment.precision,
        "seed": plan.seed,
        "tasks": len(plan.tasks),
        **({"fast": True} if fast else {}),
    }
    report.record, report.change = path, "new"
    old = _earlier(path, report, say)
    if old is not None and not fast and not old.full:
        report.change, old = "new, in place of a small one", None
    if old is not None:
        source = records.provenance(path)
        if old == results:
            report.change = "unchanged"
            if source.get("code") == code and source.keys() >= PROVENANCE:
                return
        else:
            gap = _gap(experiment, old, results, report)
            if keep and gap is not None and gap <= experiment.relative:
                report.change = f"kept: confirmed to {gap:.1e}, within the stated error"
                if source.get("code") == code and source.keys() >= PROVENANCE:
                    return
                # The numbers, their date, machine and libraries stay; what confirmed them is written beside.
                stays = {key: source[key] for key in computed if key in source}
                results, provenance = dict(old), {**provenance, **stays, "confirmed": {**computed, "difference": gap}}
    for part in path.parent.glob(f".{path.name}.*.part"):  # of a process that was killed while it wrote
        with contextlib.suppress(FileNotFoundError):  # finished in between
            if time.time() - part.stat().st_mtime > _UNFINISHED:
                part.unlink()
    seed, seconds, command = (provenance[key] for key in ("seed", "seconds", "command"))
    records.write(path, results, seed=seed, seconds=seconds, command=command, overrides=provenance)


def _earlier(path: Path, report, say):
    """The record that is there; None if there is none, or a damaged one, which is named."""
    try:
        return records.read(path)
    except FileNotFoundError:
        return None
    except ValueError as problem:
        say(f"{problem}; made again")
        report.damaged.append(path.name)
        return None


def _gap(experiment: Experiment, old: dict, results: dict, report) -> float | None:
    """How far the new results are from the old ones beyond the absolute error; None for another sweep."""
    try:
        report.change = f"differs from the earlier one by {difference(old, results):.1e} at most"
        return difference(old, results, experiment.absolute)
    except ValueError as problem:
        report.change = f"another sweep than the earlier one ({problem})"
        return None


def _common(values: list):
    """The one value that all tasks share, or the list of all that occur."""
    distinct = {json.dumps(value, sort_keys=True): value for value in values}
    listed = [distinct[key] for key in sorted(distinct)]
    return listed[0] if len(listed) == 1 else listed
