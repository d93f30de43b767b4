"""Where tasks run: in this process, in worker processes (joblib), or on a cluster (dask.distributed).

A backend yields ``(index, outcome, problem)`` as tasks finish, in any order, each index exactly once.
"""

import contextlib
import os
from collections.abc import Iterator, Sequence

from .worker import perform

Work = tuple[str, str, dict, str]  # arguments of perform
Finished = tuple[int, dict | None, str | None]
_RESTARTS = 3  # of the pool of processes, after one of them was killed


def serial(work: Sequence[Work]) -> Iterator[Finished]:
    """One task after another in this process.

    Parameters
        work : arguments of ``perform``, one tuple for each task.

    Returns
        Iterator of (index, outcome, problem); one of outcome and problem is None.

    Source
        No formula.
    """
    for index, arguments in enumerate(work):
        yield _attempt(index, arguments)


def processes(work: Sequence[Work], jobs: int) -> Iterator[Finished]:
    """Several processes of this machine, through joblib's loky; a pool that lost a process is made anew.

    Parameters
        work : arguments of ``perform``.
        jobs : number of processes.

    Returns
        Iterator as of :func:`serial`.

    Raises
        RuntimeError if the pool breaks four times without a result in between.

    Source
        No formula.
    """
    try:
        from joblib import Parallel, delayed
        from joblib.externals.loky.process_executor import BrokenProcessPool
    except ImportError:
        raise ValueError("jobs above 1 need joblib: pip install 'rfcompanion[reproduce]'") from None
    left, breaks = dict(enumerate(work)), 0
    while left:
        pool = Parallel(n_jobs=min(jobs, len(left)), return_as="generator_unordered", batch_size=1, pre_dispatch="all")
        try:
            for finished in pool(delayed(_attempt)(index, arguments) for index, arguments in left.items()):
                left = {index: arguments for index, arguments in left.items() if index != finished[0]}
                breaks = 0
                yield finished
        except BrokenProcessPool:
            breaks += 1
            if breaks > _RESTARTS:
                raise RuntimeError("worker processes die again and again (out of memory?): use fewer jobs") from None


def cluster(work: Sequence[Work], scheduler: str, jobs: int, gpu: bool = False) -> Iterator[Finished]:
    """Workers of dask.distributed: a local cluster, or one that is there already.

    Parameters
        work : arguments of ``perform``.
        scheduler : ``"local"`` (a cluster of ``jobs`` processes, for this run only) or an address.
        jobs : number of processes of the local cluster.
        gpu : ask for the resource ``GPU=1``, so that a GPU worker has one task at a time.

    Returns
        Iterator as of :func:`serial`.

    Raises
        ValueError if dask.distributed or the scheduler is not there.

    Source
        No formula.
    """
    try:
        import dask
        from distributed import Client, LocalCluster, as_completed
    except ImportError:
        raise ValueError("scheduler needs dask.distributed: pip install 'rfcompanion[cluster]'") from None
    with contextlib.ExitStack() as stack:
        stack.enter_context(dask.config.set({"distributed.scheduler.allowed-failures": _RESTARTS}))
        resources = {"GPU": 1} if gpu else {}
        if scheduler == "local":
            options = {"n_workers": jobs, "threads_per_worker": 1, "dashboard_address": None, "resources": resources}
            address = stack.enter_context(LocalCluster(**options, silence_logs=50))
        else:
            address = scheduler
        try:
            client = stack.enter_context(Client(address, timeout="20s", set_as_default=False))
        except (OSError, ValueError) as problem:
            raise ValueError(f"scheduler {scheduler} does not answer: {problem}") from None
        run = f"rfcompanion-{os.getpid()}-{os.urandom(4).hex()}"
        # One key for each task: the scheduler sends a task of a lost worker to another one, under the same key.
        futures = {
            client.submit(_attempt, index, arguments, key=f"{run}-{index}", pure=False, resources=resources): index
            for index, arguments in enumerate(work)
        }
        for future in as_completed(list(futures), loop=client.loop):
            index = futures[future]
            try:  # where the worker that held a result was lost since, this waits until another one has made it again
                finished = future.result()
            except Exception as problem:
                finished = index, None, f"the cluster gave up: {problem}"
            future.release()
            yield finished


def _attempt(index: int, arguments: Work) -> Finished:
    try:
        return index, perform(*arguments), None
    except Exception as problem:  # reported by name at the end; the other tasks go on
        text = str(problem).strip().splitlines()
        return index, None, f"{type(problem).__name__}: {text[0] if text else ''}"
