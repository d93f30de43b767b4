"""What ran: the stored outputs of the chapters, the tests, and the record of how their last run ended.

The record, ``tests/results.json``, is written at the end of ``make test`` (``tools/test_results.py``). It holds no
date: a run of the same tests with the same results leaves it as it is. For each test that the ledger names it has the
result and a digest of the test's source, for each code cell the result and a digest of its code.
"""

import ast
import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import rf_sources as sources

from rfcompanion.reproduce.syntax import canonical

RECORD = Path("tests") / "results.json"
RESULTS = ("failed", "changed since", "not run", "skipped", "passed")  # the worst first


@dataclass(frozen=True)
class Test:
    name: str  # tests/test_x.py::test_y
    source: str
    checks: tuple[str, ...]


def read_tests(root: Path) -> dict[str, Test]:
    paths = sorted((root / "tests").glob("test_*.py"))
    return {test.name: test for path in paths for test in _tests(path, path.stat().st_mtime_ns)}


@cache
def _tests(path: Path, stamp: int) -> list[Test]:
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]) - 1
            while first > 0 and lines[first - 1].lstrip().startswith("#"):
                first -= 1
            source = "\n".join(lines[first : node.end_lineno])
            found.append(Test(f"tests/{path.name}::{node.name}", source, sources.named(source)))
    return found


def outputs(root: Path, name: str) -> list[str]:
    """The text of each code cell's stored outputs, in order; neither drawings nor captions."""
    return [" ".join(part) for part, _ in _stored(root, name)]


def captions(root: Path, name: str) -> list[str]:
    """The caption below each code cell's figure, or an empty text."""
    return [caption for _, caption in _stored(root, name)]


def _stored(root: Path, name: str) -> list[tuple[list[str], str]]:
    path = root / "book" / f"{name}.ipynb"
    try:
        return _cells(path, path.stat().st_mtime_ns)
    except (OSError, ValueError):
        return []


_CAPTION = re.compile(r"<figcaption>(.*?)</figcaption>", re.DOTALL)


@cache
def _cells(path: Path, stamp: int) -> list[tuple[list[str], str]]:
    found = []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        texts, caption = [], ""
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            html = "".join(data.get("text/html", ""))
            if shown := _CAPTION.search(html):  # its plain text is the caption again
                caption = re.sub(r"<[^>]*>", "", shown.group(1)).strip()
                continue
            texts.append("".join(output.get("text") or data.get("text/plain") or ""))
            texts += re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", html, re.DOTALL)
        found.append((texts, caption))
    return found


# --------------------------------------------------------------------------------------------------------------
# The last run


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def code_digest(code: str) -> str:
    """Of a cell: comments, layout and the version of Python do not count."""
    return digest(canonical(sources.parse(code)))


def read_record(root: Path) -> dict[str, dict]:
    try:
        return json.loads((root / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def last_run(record: dict[str, dict], name: str, fingerprint: str) -> str:
    """How the last run of a test or a cell ended, one of ``RESULTS``."""
    entry = record.get(name)
    if entry is None:
        return "not run"
    return entry["result"] if entry["digest"] == fingerprint else "changed since"
