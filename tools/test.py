"""Everything that must hold: unit tests, every notebook run again and compared, checks of the built book.

Further arguments go to pytest: ``python tools/test.py -k harmonics``.
"""

import os
import subprocess
import sys
from pathlib import Path

from notebooks import ENVIRONMENT, ROOT

SANITIZE = ROOT / "tests" / "book" / "nbval_sanitize.cfg"


def main() -> int:
    notebooks = sorted(str(path.relative_to(ROOT)) for path in Path(ROOT, "book").glob("*.ipynb"))
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile"]
    if notebooks:
        command += ["--nbval", "--nbval-current-env", "--nbval-sanitize-with", str(SANITIZE)]
    command += ["tests", *notebooks, *sys.argv[1:]]
    return subprocess.call(command, cwd=ROOT, env={**os.environ, **ENVIRONMENT})


if __name__ == "__main__":
    sys.exit(main())
