"""From one worker to two: a whole sweep of independent fits by the command line, start-up included, in wall seconds."""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import _measure

#: Of independent fits, none of which is long beside the whole: streamed ones, and from closed-form moments. The second
#: lasts only seconds, so that the start of the workers counts most.
SWEEPS = ("general_features_deep", "large_fits")


def rows(repeats: int = 5, quick: bool = False) -> list[dict]:
    """One row a sweep."""
    return [sweep(name, repeats, quick) for name in SWEEPS]


def sweep(name: str, repeats: int, quick: bool) -> dict:
    """Seconds with one and with two workers, in turn; both make the same record."""
    from rfcompanion import records

    seconds, made = {1: [], 2: []}, {}
    for _ in range(repeats):
        for jobs in seconds:
            with tempfile.TemporaryDirectory() as folder:
                command = [sys.executable, "-m", "rfcompanion", "reproduce", name, "--jobs", str(jobs)]
                command += ["--cache", folder, "--output", f"{folder}/data"] + (["--fast"] if quick else [])
                begin = time.perf_counter()
                subprocess.run(command, check=True, capture_output=True, cwd=Path(__file__).parent.parent)
                seconds[jobs].append(time.perf_counter() - begin)
                made[jobs] = records.read(f"{folder}/data/{name}.json")
    assert made[1] == made[2]
    one, two = (statistics.median(seconds[jobs]) for jobs in (1, 2))
    return _measure.row(f"reproduce {name}, 2 workers", "1 worker", two, one, "s", None if quick else 1.7, runs=repeats)
