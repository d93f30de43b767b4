"""How the benchmarks measure: in turn, in one run, medians, CPU seconds of one thread, memory in child processes.

A row says under ``runs`` of how many timings each of its medians is: five at least, or the row is not stored. Rows that
hold no time (an error, a bound that was kept) have 0.
"""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

LEAST_RUNS = 5
TIMELESS = ("relative", "absolute")  # units of what is computed, not timed: once is enough


def interleaved(functions: dict, repeats: int) -> dict[str, float]:
    """Median CPU seconds of each function; they take turns, after one round that does not count."""
    times = {name: [] for name in functions}
    for function in functions.values():
        function()
    for _ in range(repeats):
        for name, function in functions.items():
            begin = time.process_time()
            function()
            times[name].append(time.process_time() - begin)
    return {name: statistics.median(values) for name, values in times.items()}


def in_child(module: str, arguments: dict) -> dict:
    """Run ``python -m benchmarks.MODULE JSON`` and return what it prints as JSON."""
    command = [sys.executable, "-m", f"benchmarks.{module}", json.dumps(arguments)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parent.parent, check=False)
    if done.returncode:
        raise RuntimeError(f"benchmark {module} failed: {done.stderr.strip().splitlines()[-1]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def peak_memory() -> int:
    """Largest resident memory of this process so far (or since a fit reset it), in bytes; Linux."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("peak memory is known on Linux only")


def row(
    what: str, peer_name: str, ours: float, peer: float, unit: str, aim=None, larger_is_better=False, *, runs: int = 0
) -> dict:
    """One line of the table; the ratio says how many times better ours is."""
    ratio = ours / peer if larger_is_better else peer / ours
    return {
        "what": what,
        "peer_name": peer_name,
        "ours": ours,
        "peer": peer,
        "unit": unit,
        "ratio": ratio,
        "aim": aim,
        "runs": runs,
    }


def too_few(rows: list[dict]) -> list[str]:
    """The rows whose times are medians of fewer than five."""
    return [row["what"] for row in rows if row["unit"] not in TIMELESS and row["runs"] < LEAST_RUNS]
