"""The package keeps the rules of CONTRIBUTING.md: small modules, no private imports, docstrings that say it all."""

import ast
import dataclasses
import importlib
import inspect
import re
import textwrap
from pathlib import Path

import pytest

import rfcompanion

PACKAGE = Path(rfcompanion.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
MODULES = sorted(
    [path.stem for path in PACKAGE.glob("[a-z]*.py")]
    + [path.parent.name for path in PACKAGE.glob("[a-z]*/__init__.py") if "__all__" in path.read_text("utf-8")]
)
LONGEST = 250
SECTIONS = ("Parameters", "Returns", "Error", "Raises", "Source")

# ------------------------------------------------------------------------------------------------------ modules


def test_every_public_module_is_loaded_when_it_is_named():
    assert sorted(rfcompanion._MODULES) == MODULES


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_is_small_and_says_what_it_is_for(path):
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= LONGEST
    assert ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_private_names_stay_in_their_module(path):
    imports = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)]
    names = {alias.name for node in imports for alias in node.names}
    assert not {name for name in names if name.startswith("_")} - {"_checks"}


# --------------------------------------------------------------------------------------------------- docstrings


def public_names():
    """Names that the page of the package documents: those of ``__all__``, else what a module defines itself."""
    for name in MODULES:
        try:
            module = importlib.import_module(f"rfcompanion.{name}")
        except ImportError as problem:  # an optional library is not there
            yield pytest.param(None, id=name, marks=pytest.mark.skip(str(problem)))
            continue
        own = [key for key, value in vars(module).items() if getattr(value, "__module__", None) == module.__name__]
        for key in getattr(module, "__all__", [key for key in own if not key.startswith("_")]):
            value = getattr(module, key)
            if inspect.isfunction(value) or inspect.isclass(value):
                yield pytest.param(value, id=f"{name}.{key}")


def sections(docstring: str) -> dict[str, str]:
    """Parts of a docstring by name; what stands before the first heading is ``""``."""
    parts, current = {"": ""}, ""
    for line in docstring.splitlines():
        if line in SECTIONS:
            parts[current := line] = ""
        else:
            parts[current] += line + "\n"
    return parts


def can_raise(function) -> bool:
    """Does the function itself refuse anything? What is raised deeper down is named where it is worth it."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    blocks = [node for node in ast.walk(tree) if isinstance(node, ast.Try) and node.handlers]
    caught = {node for block in blocks for statement in block.body for node in ast.walk(statement)}
    raised = [node for node in ast.walk(tree) if isinstance(node, ast.Raise) and node.exc and node not in caught]
    calls = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return bool(raised) or any(re.match(r"(_checks\.|checked_)", call) for call in calls)


def named_parameters(text: str) -> list[str]:
    entries = re.findall(r"^ {4}(\w[\w, *]*?) : ", text, flags=re.MULTILINE)
    return sorted(name.strip(" *") for entry in entries for name in entry.split(","))


def problems_of_class(value) -> list[str]:
    fields = {field.name for field in dataclasses.fields(value)} if dataclasses.is_dataclass(value) else set()
    members = {name: member for name, member in vars(value).items() if not name.startswith("_") and name not in fields}
    shown = [name for name, member in members.items() if isinstance(member, property) or inspect.isfunction(member)]
    return [f"{name} has no docstring" for name in shown if not inspect.getdoc(members[name])]


def problems_of_function(function, docstring: str) -> list[str]:
    parts, signature = sections(docstring), inspect.signature(function)
    order = [name for name in parts if name]
    formula = "no formula" not in parts.get("Source", "").lower()
    wanted = {
        "Parameters": bool(signature.parameters),
        "Returns": signature.return_annotation not in (None, "None"),
        "Error": formula,
        "Raises": can_raise(function),
        "Source": True,
    }
    found = [f"no section {name}" for name, needed in wanted.items() if needed and not parts.get(name, "").strip()]
    if order != sorted(order, key=SECTIONS.index):
        found.append(f"sections must come in the order {', '.join(SECTIONS)}, got {', '.join(order)}")
    if formula and not re.search(r"[=≤≥≈∝∈→∫Σ√‖⟨∪]", parts[""]):
        found.append("no formula, and Source does not say so")
    if (named := named_parameters(parts.get("Parameters", ""))) != sorted(signature.parameters):
        found.append(f"Parameters names {named}, the signature {sorted(signature.parameters)}")
    return found


def problems(value) -> list[str]:
    docstring = inspect.getdoc(value) or ""
    summary, *rest = docstring.splitlines() or [""]
    found = problems_of_class(value) if inspect.isclass(value) else problems_of_function(value, docstring)
    if not summary.endswith((".", "?", ":")) or (rest and rest[0]):
        found.append("the first line must be one sentence, followed by an empty line")
    return found


@pytest.mark.parametrize("value", list(public_names()))
def test_a_public_name_says_what_it_is(value):
    assert not problems(value)


def refuses(x: float, y: float) -> float:
    """Some words.

    Source
        Chapter "Setting".

    Parameters
        x : a number.
    """
    if x < y:
        raise ValueError("x must be at least y")
    return x


def test_gaps_of_a_docstring_are_found():
    found = " · ".join(problems(refuses))
    for gap in ("no section Returns", "no section Error", "no section Raises", "the order", "no formula", "['x', 'y']"):
        assert gap in found
    assert "no section Source" not in found
