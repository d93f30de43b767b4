"""How the tests and cells that check a claim ended: the record ``tests/results.json``, which the page "Claims" shows.

``make test`` renews it at its end. Alone::

    python tools/test_results.py     # run only the tests and the notebooks that the ledger names, and renew it

An entry has a result and a digest of what was run: no date, no machine. The same tests with the same results leave the
file as it is; a test that changed since then shows as such until it is run again.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "book" / "_ext"))

import rf_claims as claims  # noqa: E402
import rf_runs as runs  # noqa: E402

WORST_FIRST = ("failed", "skipped", "passed")


def wanted(ledger: claims.Ledger) -> dict[str, str]:
    """What checks a claim, by name, with the digest of its source."""
    found = {}
    for claim in ledger.claims.values():
        for check in claim.checks:
            name, digest = ledger.run_of(check)
            if name:
                found[name] = digest
    return found


def name_of(node: str) -> str:
    """The name in the record of what pytest calls ``tests/test_x.py::test_y[3]`` or ``book/chapter.ipynb::Cell 2``."""
    path, _, item = node.partition("::")
    if path.endswith(".ipynb"):
        return f"{Path(path).stem}-cell-{int(item.rpartition(' ')[2]) + 1}".replace("_", "-")
    return f"{path}::{item.partition('[')[0]}"


def merge(results: dict[str, str], digests: dict[str, str], before: dict[str, dict]) -> dict[str, dict]:
    """The new record: what ran now, and of the rest what was known; nothing that checks no claim."""
    now = {name: {"digest": digests[name], "result": result} for name, result in results.items() if name in digests}
    kept = {name: entry for name, entry in before.items() if name in digests}
    return dict(sorted({**kept, **now}.items()))


def write(root: Path, record: dict[str, dict]) -> None:
    lines = [f' "{name}": {json.dumps(entry, sort_keys=True)}' for name, entry in record.items()]
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    path = root / runs.RECORD
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


class Plugin:
    """Collects the results of a whole run; of several cases of one test the worst counts."""

    def __init__(self, digests: dict[str, str]):
        self.results: dict[str, str] = {}
        self.digests = digests  # of what starts to run: the files may change meanwhile

    def pytest_runtest_logreport(self, report):
        if report.when == "call" or report.outcome != "passed":
            name = name_of(report.nodeid)
            self.results[name] = min(self.results.get(name, "passed"), report.outcome, key=WORST_FIRST.index)

    def pytest_sessionfinish(self, session, exitstatus):
        if exitstatus in (0, 1):  # not after an interruption
            write(ROOT, merge(self.results, self.digests, runs.read_record(ROOT)))


def pytest_configure(config):
    """``-p test_results``: in the process that hears of every result, the one that starts the others."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Plugin(wanted(claims.book_ledger())), "claims-results")


def main() -> int:
    import verify

    names = wanted(claims.book_ledger())
    tests = sorted(name for name in names if "::" in name)
    chapters = sorted({name.rpartition("-cell-")[0].replace("-", "_") for name in names if "::" not in name})
    notebooks = [f"book/{chapter}.ipynb" for chapter in chapters]
    command = [*verify.command(), "-p", "test_results", "-q", *tests, *notebooks]
    return subprocess.call(command, cwd=ROOT, env={**os.environ, **verify.ENVIRONMENT})


if __name__ == "__main__":
    sys.exit(main())
