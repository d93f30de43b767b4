"""What code needs: the imports and helpers of a chapter that the solutions of its exercises rest on."""

import ast
import dis
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "book" / "_ext"))

import rf_sources as sources

CHANGING = {"append", "extend", "update", "add", "setdefault", "insert"}


def _names(code, kinds: tuple[str, ...]) -> set[str]:
    found = {i.argval for i in dis.get_instructions(code) if i.opname.startswith(kinds)}
    for constant in code.co_consts:
        if hasattr(constant, "co_code"):
            found |= _names(constant, tuple(kind for kind in kinds if kind != "STORE_NAME"))
    return found


def _compiled(statement: ast.stmt):
    return compile(ast.Module([statement], []), "", "exec")


def loads(statement: ast.stmt) -> set[str]:
    """Global names that a statement reads before it sets them, in functions and comprehensions too."""
    found, stored = set(), set()
    for instruction in dis.get_instructions(_compiled(statement)):
        if instruction.opname.startswith(("LOAD_NAME", "LOAD_GLOBAL")):
            found |= {instruction.argval} - stored
        elif instruction.opname.startswith("STORE_NAME"):
            stored.add(instruction.argval)
        elif hasattr(instruction.argval, "co_code"):
            found |= _names(instruction.argval, ("LOAD_NAME", "LOAD_GLOBAL")) - stored
    return found


def changes(statement: ast.stmt) -> set[str]:
    """Names whose value a statement changes: ``a[i] = …``, ``a.append(…)``, ``total += …``."""
    found = loads(statement) & _names(_compiled(statement), ("STORE_NAME",))
    for node in ast.walk(statement):
        if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
            while isinstance(node, ast.Subscript | ast.Attribute):
                node = node.value
            if isinstance(node, ast.Name):
                found.add(node.id)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGING:
            if isinstance(node.func.value, ast.Name) and node.func.value.id != "np":  # np.append makes a new array
                found.add(node.func.value.id)
    return found


def binds(statement: ast.stmt) -> set[str]:
    """Global names that it gives a value, or whose value it changes; the variables of a loop do not count."""
    if isinstance(statement, ast.For | ast.While):
        return changes(statement)
    return _names(_compiled(statement), ("STORE_NAME",)) | changes(statement)


def only_rebinds(statement: ast.stmt) -> bool:
    """Whether earlier values of the names do not matter."""
    if isinstance(statement, ast.Assign):
        return all(isinstance(target, ast.Name | ast.Tuple) for target in statement.targets)
    return isinstance(statement, ast.FunctionDef | ast.ClassDef)


def needed_statements(cells: list[str], wanted: set[str]) -> list[str]:
    """The statements of earlier cells that the names rest on, in order, as they stand in the text."""
    lines = [(statement, code) for code in cells for statement in sources.parse(code).body]
    chosen = []
    needed = set(wanted)
    for statement, code in reversed(lines):
        own = any(isinstance(part, ast.Attribute) and ast.unparse(part) == "sys.path" for part in ast.walk(statement))
        imports = isinstance(statement, ast.Import | ast.ImportFrom)
        if own or binds(statement) & needed:
            first = min([statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", ()))])
            chosen.append("\n".join(code.splitlines()[first - 1 : statement.end_lineno]))
            if only_rebinds(statement) and not imports:
                needed -= binds(statement)
            needed |= loads(statement)
    return chosen[::-1]


def setup_code(chapter: sources.Chapter) -> str:
    """Imports and helpers of the chapter that its exercises use."""
    result: list[str] = []
    for exercise in chapter.exercises:
        if not exercise.cells:
            continue
        before = [c.source for c in chapter.cells if not c.exercise and c.number < exercise.cells[0].number]
        wanted = free_names([cell.source for cell in exercise.cells])
        missing = wanted - set().union(*[binds(s) for code in before for s in sources.parse(code).body], set())
        if missing:  # defined in another solution
            earlier = [c.source for c in chapter.cells if c.exercise and c.number < exercise.cells[0].number]
            before = before + earlier
        for statement in needed_statements(before, wanted):
            if statement not in result:
                result.append(statement)
    order = {statement: i for i, statement in enumerate(_all_statements(chapter))}
    result.sort(key=lambda statement: order.get(statement, -1))
    code = "\n".join(result)
    if re.search(r"\b(here|Path|open|records|sys\.path)\b", code):
        code = (
            'import os\n\nif os.path.basename(os.getcwd()) == "student":\n    os.chdir("..")  # as in the chapter\n'
            + code
        )
    return code


def _all_statements(chapter: sources.Chapter) -> list[str]:
    found = []
    for cell in chapter.cells:
        for statement in sources.parse(cell.source).body:
            first = min([statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", ()))])
            found.append("\n".join(cell.source.splitlines()[first - 1 : statement.end_lineno]))
    return found


def free_names(cells: list[str]) -> set[str]:
    """Names that cells use before they define them."""
    import builtins

    free, defined = set(), set(dir(builtins))
    for code in cells:
        for statement in sources.parse(code).body:
            free |= loads(statement) - defined
            defined |= _names(_compiled(statement), ("STORE_NAME",))
    return free
