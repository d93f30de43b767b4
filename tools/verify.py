"""Everything that must hold: unit tests, every notebook run again and compared, checks of the built book.

Further arguments go to pytest: ``make test ARGS="-k harmonics"``.
"""

import os
import subprocess
import sys

import build_book
from chapter_files import ROOT
from run_chapter import ENVIRONMENT

SANITIZE = ROOT / "tests" / "book" / "nbval_sanitize.cfg"
PROCESSES = 2


def command() -> list[str]:
    """Pytest with notebooks. A file's tests stay together: the cells of a notebook share a kernel."""
    parts = [sys.executable, "-m", "pytest", "-n", str(PROCESSES), "--dist", "loadfile"]
    return [*parts, "--nbval", "--nbval-current-env", "--nbval-sanitize-with", str(SANITIZE)]


def main() -> int:
    if not build_book.is_built():
        build_book.build()  # what is wrong with it is printed, and the checks of the book fail below
    notebooks = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "book").glob("*.ipynb"))
    # Results are kept (tests/results.json) of a whole run only: further arguments may choose a part of it.
    keep = [] if sys.argv[1:] else ["-p", "test_results"]
    arguments = [*command(), *keep, "tests", *notebooks, *sys.argv[1:]]
    return subprocess.call(arguments, cwd=ROOT, env={**os.environ, **ENVIRONMENT})


if __name__ == "__main__":
    sys.exit(main())
