"""Build the book with warnings as errors, and make sure that something was built.

python tools/build_book.py            # build, check, say where the page is
python tools/build_book.py --serve    # and show it at a local address
"""

import argparse
import functools
import hashlib
import http.server
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HTML = ROOT / "_build" / "html"
LOG = ROOT / "_build" / "build.log"
STAMP = ROOT / "_build" / "built"
JUPYTER_BOOK = "from jupyter_book.cli.main import main; main()"
ANSI = re.compile(r"\x1b\[[0-9;]*m")

#: All that a page can depend on; folders are read whole.
INPUTS = ("_config.yml", "_toc.yml", "pyproject.toml", "requirements.txt", "constraints.txt", "book", "rfcompanion")


def pages(contents: dict) -> list[str]:
    """Every page of a table of contents, root first, without extension."""
    found = [contents["root"]]

    def walk(entry):
        for key in ("parts", "chapters", "sections", "subtrees", "entries"):
            for child in entry.get(key, ()):
                if "file" in child:
                    found.append(child["file"])
                walk(child)

    walk(contents)
    return [re.sub(r"\.(md|ipynb)$", "", page) for page in found]


def toc_pages(root: Path = ROOT) -> list[str]:
    import yaml

    return pages(yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8")))


def empty_pages(html: Path, expected: list[str]) -> list[str]:
    """What is missing or empty in a built book: a build can be green and empty."""
    problems = []
    for page in expected:
        path = html / f"{page}.html"
        if not path.exists():
            problems.append(f"{page} is in _toc.yml but was not built")
            continue
        article = path.read_text(encoding="utf-8").partition("<article")[2].partition("</article>")[0]
        words = re.sub(r"<[^>]*>", " ", article).split()
        if len(words) < 20:
            problems.append(f"{page} is empty ({len(words)} words)")
    return problems


def fingerprint(root: Path = ROOT) -> str:
    """A digest of everything that the built pages depend on."""
    digest = hashlib.sha256(sys.version.encode())
    for name in INPUTS:
        path = root / name
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & set(file.parts):
                digest.update(f"{file.relative_to(root)}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()


def is_built() -> bool:
    """Whether ``_build/html`` is a finished build, without warnings, of the files as they are now."""
    try:
        return STAMP.read_text(encoding="utf-8") == fingerprint()
    except OSError:
        return False


def build() -> int:
    """Build from scratch: Sphinx forgets the warnings of pages that it does not read again, and their stale links."""
    print("Building the book …", flush=True)
    before = fingerprint()
    STAMP.unlink(missing_ok=True)
    for folder in ("html", ".doctrees"):
        shutil.rmtree(ROOT / "_build" / folder, ignore_errors=True)
    LOG.parent.mkdir(exist_ok=True)
    command = [sys.executable, "-c", JUPYTER_BOOK, "build", ".", "-W", "-n", "--keep-going"]
    with LOG.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        for coloured in process.stdout:
            line = ANSI.sub("", coloured)
            log.write(line)
            if "WARNING" in line or "ERROR" in line or "CRITICAL" in line:
                print(line, end="", file=sys.stderr, flush=True)
        code = process.wait()
    if code:
        tail = LOG.read_text(encoding="utf-8").splitlines()[-12:]
        print("\n".join(tail), file=sys.stderr)
        print("error: the book has warnings or was not built (full log: _build/build.log)", file=sys.stderr)
        return 1
    if problems := empty_pages(HTML, toc_pages()):
        print("\n".join(f"error: {problem}" for problem in problems), file=sys.stderr)
        return 1
    STAMP.write_text(before, encoding="utf-8")
    return 0


def serve() -> None:
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=HTML)
    port = int(os.environ.get("PORT", "8000"))
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        sys.exit(f"error: port {port} cannot be used ({error.strerror}); choose another: make serve PORT=8001")
    with server:
        print(f"The book is at http://127.0.0.1:{port}/ (stop with Ctrl-C)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--serve", action="store_true", help="then show it at a local address (PORT=8000)")
    options = parser.parse_args()
    if not is_built() and (code := build()):
        return code
    print(f"The book is ready: {HTML / 'index.html'}")
    if options.serve:
        serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
