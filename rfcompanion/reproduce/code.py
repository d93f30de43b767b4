"""The code version of an experiment: a hash of its scripts and of every module of the package that they import."""

import ast
import hashlib
import inspect
from functools import lru_cache
from pathlib import Path

from .experiment import Experiment
from .syntax import canonical

PACKAGE = Path(__file__).resolve().parent.parent
_SILENT = {"records", "figures", "_checks", "reproduce"}  # they store, draw and refuse, but change no number


def code_version(experiment: Experiment, book: Path) -> str:
    """Hash of the code that decides an experiment's numbers.

    Comments, layout and docstrings do not count, nor does the version of Python or the place of the repository; the
    scripts, the function of a task, and all modules of the package that are imported from there, directly or not, do.

    Parameters
        experiment : the experiment.
        book : folder of the book.

    Returns
        str of 16 hexadecimal digits.

    Source
        No formula.
    """
    scripts = [book / "experiments" / f"{name}.py" for name in experiment.scripts]
    found: dict[Path, None] = {}
    waiting = [path.resolve() for path in scripts]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found[path] = None
            waiting.extend(_imported(path))
    digest = hashlib.sha256(_bare(inspect.getsource(experiment.run)).encode())
    for label, path in sorted((_label(path), path) for path in found):
        digest.update(label.encode())
        digest.update(_text(path).encode())
    return digest.hexdigest()[:16]


def _label(path: Path) -> str:
    """A file's name that is the same on every machine: inside the package its place, else its name alone."""
    return path.relative_to(PACKAGE.parent).as_posix() if PACKAGE in path.parents else path.name


def _bare(text: str) -> str:
    """Source code without comments, layout and docstrings."""
    tree = ast.parse(inspect.cleandoc("\n" + text) if text.startswith(" ") else text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                node.body = node.body[1:] or [ast.Pass()]
    return canonical(tree)


@lru_cache(maxsize=256)
def _parsed(path: Path, stamp: tuple[int, int]) -> tuple[str, tuple[Path, ...]]:
    text = path.read_text(encoding="utf-8")
    names: list[tuple[Path, str]] = []  # (folder to look in, dotted name)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names += _places(path, alias.name)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level:
                folder = path.parents[node.level - 1]
                prefix = f"{module}." if module else ""
                names += [(folder, prefix + alias.name) for alias in node.names]
                names += [(folder, module)] if module else []
            else:
                names += _places(path, module)
                names += [place for alias in node.names for place in _places(path, f"{module}.{alias.name}")]
    return _bare(text), tuple(file for folder, name in names for file in _files(folder, name))


def _places(path: Path, name: str) -> list[tuple[Path, str]]:
    head, _, rest = name.partition(".")
    if head == PACKAGE.name:
        return [(PACKAGE, rest)] if rest else []
    return [(path.parent, name)] if "." not in name and PACKAGE not in path.parents else []


def _files(folder: Path, name: str) -> list[Path]:
    parts = name.split(".")
    if folder == PACKAGE and parts[0] in _SILENT:
        return []
    base = folder.joinpath(*parts)
    if base.with_suffix(".py").is_file():
        return [base.with_suffix(".py").resolve()]
    if (base / "__init__.py").is_file():
        return sorted(file.resolve() for file in base.glob("*.py"))
    return []


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_mtime_ns, status.st_size


def _imported(path: Path) -> tuple[Path, ...]:
    return _parsed(path, _stamp(path))[1]


def _text(path: Path) -> str:
    return _parsed(path, _stamp(path))[0]
