"""Run an experiment: compute what is missing, store each result at once, assemble the record."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from .. import records
from . import backends
from .code import code_version
from .experiment import Experiment, Plan
from .finish import write_record
from .store import Store, task_key


@dataclass
class Report:
    """What a run did."""

    name: str
    tasks: int
    computed: int = 0
    damaged: list[str] = field(default_factory=list)  # files that were found damaged, and made again
    problems: list[str] = field(default_factory=list)  # one line for each task that failed
    record: Path | None = None
    change: str = ""  # "new", "unchanged", "kept", or how far the new record is from the one that was there


def default_cache(book: Path) -> Path:
    """Where finished tasks are kept: ``.cache/reproduce`` beside the folder of the book.

    Parameters
        book : folder of the book.

    Returns
        Path.

    Source
        No formula.
    """
    return Path(book).parent / ".cache" / "reproduce"


def keys(experiment: Experiment, plan: Plan, book: Path, device: str = "cpu") -> list[str]:
    """Names of the stored results, one for each task of the plan.

    Parameters
        experiment, plan, book, device : as for :func:`run`.

    Returns
        list of str, in the order of the tasks.

    Source
        No formula.
    """
    code = code_version(experiment, book)
    return [task_key(experiment.name, task, code, device) for task in plan.tasks]


def run(
    experiment: Experiment,
    book: Path,
    *,
    fast: bool = False,
    device: str = "cpu",
    jobs: int = 1,
    scheduler: str | None = None,
    resume: bool = True,
    keep: bool = False,
    output: Path | None = None,
    cache: Path | None = None,
    progress: Callable | None = None,
    say: Callable[[str], None] = lambda text: None,
) -> Report:
    """Compute the tasks that are missing and write the record.

    Parameters
        experiment : from the registry.
        book : folder of the book.
        fast : the small version; it never replaces a record of full size (see ``destination``).
        device : ``"cpu"`` or ``"cuda"``; on a GPU one task at a time.
        jobs : worker processes.
        scheduler : None (joblib), ``"local"`` or the address of a dask scheduler.
        resume : use the results that are stored; False: compute all tasks again.
        keep : leave the numbers of a record that the new ones confirm within the stated error; its provenance then
            says with which code, when and how closely they were confirmed.
        output : folder of the record; None: see ``destination``.
        cache : folder of the finished tasks; None: see ``sweep.default_cache``.
        progress : ``progress(task, finished, total)``, called after each task.
        say : takes one line of news.

    Returns
        Report; its ``record`` is None if a task failed.

    Error
        The record's results depend on the stored results only: any backend, any order and any number of
        interruptions give the same.

    Raises
        ValueError if the device or the backend is not there.

    Source
        No formula; page "Reproducing".
    """
    import filelock

    plan = experiment.plan(fast, device)
    names = keys(experiment, plan, book, device)
    cache = default_cache(book) if cache is None else Path(cache)
    output = output or destination(experiment, book, cache, fast)
    store = Store(cache / experiment.name)
    store.folder.mkdir(parents=True, exist_ok=True)
    report = Report(experiment.name, len(plan.tasks))
    lock = filelock.FileLock(store.folder / ".lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        say(f"{experiment.name}: waiting for another process that works on it")
        lock.acquire()
    try:
        store.clean()
        if not resume:
            for name in names:
                store.remove(name)
        for name, task in zip(names, plan.tasks, strict=True):
            if store.is_damaged(name):
                report.damaged.append(store.path(name).name)
                say(f"{experiment.name}: stored result {store.path(name).name} ({task.label}) is damaged, made again")
                store.remove(name)
        missing = [index for index, name in enumerate(names) if store.get(name) is None]
        if jobs > 1 or scheduler is not None:  # the longest first, so that no worker is left alone with it at the end
            missing.sort(key=lambda index: -plan.tasks[index].seconds)
        work = [(str(book), experiment.name, plan.tasks[index].parameters, device) for index in missing]
        with closing(_backend(work, jobs, scheduler, device)) as finished:
            for done, (position, outcome, problem) in enumerate(finished, 1):
                index = missing[position]
                if problem is not None:
                    report.problems.append(f"{experiment.name}, task {plan.tasks[index].label}: {problem}")
                else:
                    store.put(names[index], plan.tasks[index], outcome)
                    report.computed += 1
                if progress is not None:
                    progress(plan.tasks[index], done, len(missing))
        if not report.problems:
            outcomes = [store.get(name) for name in names]
            code, path = code_version(experiment, book), Path(output) / experiment.record
            write_record(experiment, plan, outcomes, code, path, report, fast=fast, keep=keep, say=say)
    finally:
        lock.release()
    return report


def destination(experiment: Experiment, book: Path, cache: Path, fast: bool) -> Path:
    """Where a record goes: ``data`` in the book, but a small one beside a record of full size to ``fast`` in the cache.

    Parameters
        experiment, book, cache, fast : as for :func:`run`.

    Returns
        Path of the folder.

    Source
        No formula; page "Reproducing".
    """
    data = Path(book) / "data"
    if not fast:
        return data
    try:
        taken = records.read(data / experiment.record).full
    except FileNotFoundError:
        taken = False
    except ValueError:  # damaged: it is to be mended, not to be covered
        taken = True
    return Path(cache) / "fast" if taken else data


def _backend(work, jobs: int, scheduler: str | None, device: str):
    gpu = device.startswith("cuda")
    if scheduler is not None and work:
        return backends.cluster(work, scheduler, jobs, gpu)
    if jobs > 1 and len(work) > 1 and not gpu:
        return backends.processes(work, jobs)
    return backends.serial(work)
