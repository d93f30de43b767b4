"""What a worker does: one task, on one thread, in whatever process it was sent to."""

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from .. import records
from .experiment import load_registry

_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS")


def perform(book: str, name: str, parameters: dict, device: str = "cpu") -> dict:
    """Run one task.

    Parameters
        book : folder of the book, the same path on every machine that takes part.
        name : of the experiment.
        parameters : of the task.
        device : ``"cpu"`` or ``"cuda"``.

    Returns
        dict with ``value`` (plain JSON) and ``provenance`` (date, device, seconds, versions).

    Error
        One thread for each task: the same numbers from every backend on the same machine and libraries.

    Raises
        Whatever the experiment's function raises.

    Source
        No formula.
    """
    experiment = load_registry(Path(book))[name]
    start = time.perf_counter()
    with one_thread():
        value = experiment.run(device=device, **parameters)
    return {
        "value": records.plain(value, "value"),
        "provenance": {
            "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "device": records.describe_device(device),
            "seconds": round(time.perf_counter() - start, 4),
            "versions": records.versions(),
        },
    }


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Keep BLAS, OpenMP and torch on one thread: sums in one order, and no workers that fight for the cores.

    Source
        No formula.
    """
    saved = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))  # for libraries that are loaded later
    torch = sys.modules.get("torch")
    torch_threads = torch.get_num_threads() if torch else None
    if torch:
        torch.set_num_threads(1)
    try:
        from threadpoolctl import threadpool_limits

        limits = threadpool_limits(1)
    except ImportError:  # the numbers then agree to rounding only
        limits = contextlib.nullcontext()
    try:
        with limits:
            yield
    finally:
        if torch:
            torch.set_num_threads(torch_threads)
        for name, value in saved.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
