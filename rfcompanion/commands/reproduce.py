"""``reproduce``: make the stored records of the book again, check them, or say what that would cost."""

import os
import random
import sys
from pathlib import Path

from . import integer, number


def add(commands) -> None:
    """Add the command."""
    summary = "make the stored records of the book again, or check a random part of them"
    parser = commands.add_parser("reproduce", help=summary, description=summary)
    parser.add_argument("names", nargs="*", metavar="NAME", help="experiments (see --list)")
    parser.add_argument("--all", action="store_true", help="every experiment")
    parser.add_argument("--list", action="store_true", help="show the experiments and the state of their records")
    parser.add_argument("--dry-run", action="store_true", help="show what is left to compute, and its cost")
    parser.add_argument("--device", default="cpu", metavar="DEVICE", help="cpu (default) or cuda")
    parser.add_argument("--jobs", type=integer, metavar="N", help="worker processes (default: cores, at most 4)")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="workers of dask.distributed: local, or an address")
    resume = parser.add_mutually_exclusive_group()
    resume.add_argument("--resume", action="store_true", default=True, help="keep what is finished (default)")
    resume.add_argument("--no-resume", dest="resume", action="store_false", help="compute everything again")
    kept = "keep stored numbers that agree within the stated error, and renew their provenance"
    parser.add_argument("--keep", action="store_true", help=kept)
    parser.add_argument("--fast", action="store_true", help="a small version of each; never replaces a full record")
    parser.add_argument("--verify", type=number, metavar="FRACTION", help="compute a random part again and compare")
    parser.add_argument("--seed", type=integer, metavar="SEED", help="of the choice that --verify makes")
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="where the records go (default: book/data)")
    parser.add_argument("--cache", type=Path, metavar="FOLDER", help="where finished tasks are kept")
    parser.add_argument("--book", type=Path, metavar="FOLDER", help="the book (default: found from here)")
    parser.set_defaults(run=run)


def run(arguments) -> int:
    """Run what was asked for; exit code 1 if a task failed or a number differs."""
    from .. import reproduce

    book = reproduce.book_folder(arguments.book)
    registry = reproduce.load_registry(book)
    if unknown := [name for name in arguments.names if name not in registry]:
        raise ValueError(f"NAME must be one of {', '.join(registry)}, got {unknown[0]!r}")
    everything = arguments.all or (not arguments.names and (arguments.list or arguments.verify is not None))
    chosen = [registry[name] for name in (registry if everything else dict.fromkeys(arguments.names))]
    if not chosen:
        raise ValueError("NAME or --all must say what to reproduce (--list shows the names)")
    jobs, device = _limits(arguments)
    if arguments.list:
        return _list(chosen, book, arguments, device)
    if skipped := [experiment.name for experiment in chosen if device.partition(":")[0] not in experiment.devices]:
        if not everything:
            raise ValueError(f"device must be cpu for {skipped[0]}, got {device!r}")
        chosen = [experiment for experiment in chosen if experiment.name not in skipped]
    if arguments.verify is not None:
        return _verify(chosen, book, arguments, device)
    if arguments.dry_run:
        return _dry_run(chosen, book, arguments, jobs, device)
    return _make(chosen, book, arguments, jobs, device)


def _limits(arguments) -> tuple[int, str]:
    """Check the numbers and the device before any work."""
    from .. import _checks

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    jobs = min(cores, 4) if arguments.jobs is None else _checks.integer("jobs", arguments.jobs, minimum=1, maximum=4096)
    if arguments.verify is not None:
        _checks.real("verify", arguments.verify, above=0, at_most=1)
    kind, _, index = arguments.device.partition(":")
    _checks.choice("device", kind, ("cpu", "cuda"))
    if index and not (kind == "cuda" and index.isdigit()):
        raise ValueError(f"device must look like cpu, cuda or cuda:1, got {arguments.device!r}")
    if kind == "cuda" and not (arguments.scheduler or arguments.list or arguments.dry_run):
        from ..fitting import devices

        devices.choose(arguments.device)  # says that it is not there
    return jobs, arguments.device


def _list(chosen, book: Path, arguments, device: str) -> int:
    from ..reproduce import other_records
    from ..reproduce.code import code_version

    folder = arguments.output or book / "data"
    rows = [("experiment", "tasks", "cost", "record", "pages")]
    for experiment in chosen:
        kind = device if device.partition(":")[0] in experiment.devices else "cpu"
        plan = experiment.plan(arguments.fast, kind)
        state = _state(folder / experiment.record, code_version(experiment, book))
        rows.append(
            (experiment.name, str(len(plan.tasks)), _duration(plan.seconds), state, ", ".join(experiment.pages))
        )
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, [*widths, 0], strict=True)).rstrip())
    if not arguments.names and (others := other_records(book)):
        print("\nnot sweeps, because they measure time and no two runs agree:")
        for name, command in others.items():
            print(f"{name}  {_state(folder / name)}  made by: {command}")
    return 0


def _state(path: Path, code: str | None = None) -> str:
    """What is to be said about a stored record."""
    from .. import records

    try:
        source = records.provenance(path)
    except FileNotFoundError:
        return "missing"
    except ValueError:
        return "damaged"
    state = "small" if source.get("fast") else "intact"
    if code is None or source.get("code") == code:
        return state
    return f"{state}, {'older code' if source.get('code') else 'no code version'}"


def _dry_run(chosen, book: Path, arguments, jobs: int, device: str) -> int:
    from ..reproduce.store import Store
    from ..reproduce.sweep import default_cache, keys

    total, gpu = 0.0, device.startswith("cuda")
    jobs, where = (1, "one GPU") if gpu else (jobs, "one core")
    for experiment in chosen:
        plan = experiment.plan(arguments.fast, device)
        store = Store((arguments.cache or default_cache(book)) / experiment.name)
        names = keys(experiment, plan, book, device)
        left = [t for n, t in zip(names, plan.tasks, strict=True) if not arguments.resume or store.get(n) is None]
        seconds = sum(task.seconds for task in left)
        total += seconds
        print(f"{experiment.name}: {len(left)} of {len(plan.tasks)} tasks left, about {_duration(seconds)} on {where}")
        for task in left:
            print(f"  {task.label}  {_duration(task.seconds)}")
    workers = f" with {jobs} processes" if jobs > 1 else ""
    guess = " (estimated from numbers of operations, not measured)" if gpu else ""
    print(f"in all about {_duration(total / jobs)}{workers}{guess}; nothing was computed")
    return 0


def _make(chosen, book: Path, arguments, jobs: int, device: str) -> int:
    from tqdm import tqdm

    from .. import reproduce

    plans = [experiment.plan(arguments.fast, device) for experiment in chosen]
    reports = []
    shape = "{desc}: {percentage:3.0f}%|{bar}| {postfix} [{elapsed}, {remaining} left]"
    with tqdm(total=sum(plan.seconds for plan in plans), bar_format=shape, disable=None, file=sys.stderr) as bar:
        for experiment, plan in zip(chosen, plans, strict=True):
            bar.set_description(experiment.name)
            done = 0.0

            def progress(task, finished, total):
                nonlocal done
                done += task.seconds
                bar.set_postfix_str(f"task {finished}/{total}", refresh=False)
                bar.update(task.seconds)

            report = reproduce.run(
                experiment,
                book,
                fast=arguments.fast,
                device=device,
                jobs=jobs,
                scheduler=arguments.scheduler,
                resume=arguments.resume,
                keep=arguments.keep,
                output=arguments.output,
                cache=arguments.cache,
                progress=progress,
                say=lambda text: tqdm.write(text, file=sys.stderr),
            )
            bar.total = max(bar.total - (plan.seconds - done), bar.n)  # what was stored already takes no time
            bar.refresh()
            reports.append(report)
    for report in reports:
        for problem in report.problems[:5]:
            print(f"rfcompanion: error: {problem}", file=sys.stderr)
        if len(report.problems) > 5:
            print(f"rfcompanion: error: and {len(report.problems) - 5} more tasks of {report.name}", file=sys.stderr)
        state = f"{'small ' if arguments.fast else ''}record {report.change}" if report.record else "no record"
        print(f"{report.name}: {report.computed} of {report.tasks} tasks computed, {state}")
    return 1 if any(report.problems for report in reports) else 0


def _verify(chosen, book: Path, arguments, device: str) -> int:
    from tqdm import tqdm

    from ..reproduce import compare

    seed = random.SystemRandom().randrange(10**6) if arguments.seed is None else arguments.seed
    plans = [(experiment, experiment.plan(False, device).tasks) for experiment in chosen]
    drawn = compare.choose(plans, arguments.verify, seed)
    wrong = 0
    bar = tqdm(compare.verify(drawn, book, arguments.output or book / "data", device), total=len(drawn), disable=None)
    with bar:
        for experiment, task, gap, problem in bar:
            wrong += bool(problem)
            state = problem or f"agrees, {gap:.1e} ≤ {experiment.relative:g}"
            tqdm.write(f"{experiment.name}/{task.label}: {state}", file=sys.stdout)
    print(f"{len(drawn) - wrong} of {len(drawn)} tasks agree with the stored records (--seed {seed})")
    return 1 if wrong else 0


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
