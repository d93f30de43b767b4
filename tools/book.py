"""Build the book with warnings as errors, and make sure that something was built.

python tools/book.py            # build, check, say where the page is
python tools/book.py --serve    # and show it at a local address
"""

import argparse
import functools
import http.server
import os
import re
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
HTML = ROOT / "_build" / "html"
LOG = ROOT / "_build" / "build.log"
BUILDER = "from jupyter_book.cli.main import main; main()"
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def pages() -> list[str]:
    """Every page of the table of contents, root first, without extension."""
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    found = [contents["root"]]

    def walk(entry):
        for key in ("parts", "chapters", "sections", "subtrees", "entries"):
            for child in entry.get(key, ()):
                if "file" in child:
                    found.append(child["file"])
                walk(child)

    walk(contents)
    return [re.sub(r"\.(md|ipynb)$", "", page) for page in found]


def empty_pages() -> list[str]:
    """What is missing or empty in the built book: a build can be green and empty."""
    problems = []
    for page in pages():
        path = HTML / f"{page}.html"
        if not path.exists():
            problems.append(f"{page} is in _toc.yml but was not built")
            continue
        article = path.read_text(encoding="utf-8").partition("<article")[2].partition("</article>")[0]
        text = re.sub(r"<[^>]*>", " ", article)
        if len(text.split()) < 20:
            problems.append(f"{page} is empty")
    return problems


def build() -> int:
    LOG.parent.mkdir(exist_ok=True)
    command = [sys.executable, "-c", BUILDER, "build", ".", "-W", "-n", "--keep-going"]
    with LOG.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
        )
        for line in process.stdout:
            line = ANSI.sub("", line)
            log.write(line)
            if "WARNING" in line or "ERROR" in line:
                print(line, end="", file=sys.stderr)
        code = process.wait()
    if code:
        print(LOG.read_text(encoding="utf-8")[-3000:], file=sys.stderr)
        print("error: the book was not built (full log: _build/build.log)", file=sys.stderr)
        return 1
    if problems := empty_pages():
        print("\n".join(f"error: {problem}" for problem in problems), file=sys.stderr)
        return 1
    return 0


def serve() -> None:
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=HTML)
    with http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8000"))), handler) as server:
        print(f"The book is at http://127.0.0.1:{server.server_port}/ (stop with Ctrl-C)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--serve", action="store_true", help="show the built book at a local address (PORT=8000)")
    if parser.parse_args().serve:
        serve()
        return 0
    if code := build():
        return code
    print(f"The book is ready: {HTML / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
