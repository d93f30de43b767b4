"""Student notebooks: the exercises of each chapter without their solutions, with self-checks; made from the sources.

python tools/exercises.py            # write book/student/NAME.ipynb and the encoded answers
python tools/exercises.py --check    # change nothing: run every solution and compare

A solution names its answers in comments, and everything else follows::

    # answer: features = r -- the smallest number of features
    # answer: rate = best ** 0.1 (5 %) -- the rate a dimension

The student gets ``features = ...`` and ``check("ex-…", features=features)``. A solution without such comments is asked
for the numbers that it assigns and prints. For a proof, the solution's cell tests the statement that is to be
proved; it gives no argument away and is kept.
"""

import argparse
import ast
import base64
import contextlib
import dis
import hashlib
import io
import json
import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "book" / "_ext"))

import rf_sources as sources  # noqa: E402

FOLDER = ROOT / "book" / "student"
STAMP = ROOT / ".cache" / "student_notebooks"  # digest of the last complete run
ANSWER = re.compile(r"^\s*# answer: (\w+) = (.+?)(?: \((\d+(?:\.\d+)?) %\))?(?: -- (.+))?$", re.MULTILINE)
TOLERANCE = 0.01
CHANGING = {"append", "extend", "update", "add", "setdefault", "insert"}


# --------------------------------------------------------------------------------------------------------------
# What a solution needs of its chapter


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


# --------------------------------------------------------------------------------------------------------------
# Answers


def run(code: str, namespace: dict) -> None:
    """Execute in the folder that chapters run in; prints go nowhere."""
    here = os.getcwd()
    os.chdir(ROOT / "book")
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(code, "<exercise>", "exec"), namespace)
    finally:
        os.chdir(here)


def questions(exercise: sources.Exercise) -> list[tuple[str, str, float, str]]:
    """(name, expression, tolerance, prompt) of each answer that the exercise asks for."""
    code = "\n".join(cell.source for cell in exercise.cells)
    found = [
        (name, expression, float(tolerance) / 100 if tolerance else TOLERANCE, prompt or "")
        for name, expression, tolerance, prompt in ANSWER.findall(code)
    ]
    if found or exercise.kind == "proof":
        return found
    shown: set[str] = set()
    assigned: list[str] = []
    for statement in sources.parse(code).body:
        if isinstance(statement, ast.Assign):
            assigned += [target.id for target in statement.targets if isinstance(target, ast.Name)]
        elif isinstance(statement, ast.Expr | ast.Assert):
            shown |= loads(statement)
    return [(name, name, TOLERANCE, "") for name in dict.fromkeys(assigned) if name in shown]


def answers(chapter: sources.Chapter) -> dict[str, dict]:
    """Run every solution of a chapter; what it answers, for each exercise."""
    result = {}
    shared: dict = {"__name__": "__main__"}
    run(setup_code(chapter), shared)
    for exercise in chapter.exercises:
        namespace = dict(shared)
        run("\n".join(cell.source for cell in exercise.cells), namespace)
        values = {}
        for name, expression, tolerance, _ in questions(exercise):
            value = eval(expression, namespace)
            value = value.item() if getattr(value, "shape", None) == () else value
            if isinstance(value, int | float) and not isinstance(value, bool):
                values[name] = {"value": value, "tolerance": tolerance}
        if values:
            result[exercise.label] = values
    return result


def encoded(values: dict) -> str:
    return base64.b64encode(json.dumps(values, sort_keys=True).encode()).decode()


# --------------------------------------------------------------------------------------------------------------
# Notebooks


def portable(text: str, chapter: sources.Chapter) -> str:
    """Markdown that any notebook shows: roles become names and links to the chapter."""
    titles = {s.label: s.title or s.label for s in chapter.statements}

    def role(match):
        label = re.sub(r"^.*<|>$", "", match[2])
        return f"*{titles.get(label, label)}*" if match[1] == "prf:ref" else label

    text = re.sub(r"\{([a-z:]+)\}`([^`]*)`", role, text)
    return re.sub(r"<!-- certified: [^>]*-->", "", sources.CLAIM.sub("", text))


def student_notebook(chapter: sources.Chapter, asked: dict[str, dict]):
    import nbformat
    import notebooks

    new = nbformat.v4
    intro = (
        f"# Exercises: {chapter.title}\n\nMade from the chapter [{chapter.name}](../{chapter.name}.ipynb), without its "
        "solutions. Run the first cell, write your answers where you see `...`, and run the check below them. "
        "A check tells what kind of mistake an answer looks like; it does not show the answer."
    )
    cells = [new.new_markdown_cell(intro)]
    cells.append(new.new_code_cell("from selfcheck import check\n\n" + setup_code(chapter)))
    for exercise in chapter.exercises:
        title = exercise.title or f"Exercise {exercise.label.removeprefix('ex-')}"
        kind = "proof" if exercise.kind == "proof" else "compute"
        text = portable(exercise.text, chapter)
        cells.append(new.new_markdown_cell(f"## {title}\n\n`{exercise.label}` ({kind})\n\n{text}"))
        names = [(name, prompt) for name, _, _, prompt in questions(exercise) if name in asked.get(exercise.label, {})]
        if exercise.kind == "proof":
            cells.append(new.new_markdown_cell("*Your proof.*"))
            if exercise.cells and not names:
                code = "\n\n".join(cell.source for cell in exercise.cells)
                cells.append(new.new_code_cell("# A numerical check of what is to be shown, not a proof.\n" + code))
        elif not names:
            cells.append(new.new_markdown_cell("*Your answer.*"))
        if names:
            stub = "\n".join(f"{name} = ...{f'  # {prompt}' if prompt else ''}" for name, prompt in names)
            cells.append(new.new_code_cell(f"# Your computation.\n{stub}"))
            given = ", ".join(f"{name}={name}" for name, _ in names)
            cells.append(new.new_code_cell(f'check("{exercise.label}", {given})'))
    seen: dict[str, int] = {}
    for cell in cells:
        name = notebooks.digest(cell.source)[:8]
        seen[name] = seen.get(name, 0) + 1
        cell["id"] = name if seen[name] == 1 else f"{name}-{seen[name]}"
    book = new.new_notebook(cells=cells)
    book.metadata.update(kernelspec=dict(notebooks.KERNELSPEC), language_info=dict(notebooks.LANGUAGE))
    return book


def produce() -> dict[str, str]:
    """Every file of the student folder that is made, with its content."""
    import nbformat

    files, codes = {}, {}
    for chapter in sources.read_book():
        if not chapter.exercises:
            continue
        asked = answers(chapter)
        codes |= {label: encoded(values) for label, values in asked.items()}
        files[f"{chapter.name}.ipynb"] = nbformat.writes(student_notebook(chapter, asked)) + "\n"
    files["answers.json"] = json.dumps(codes, indent=1, sort_keys=True) + "\n"
    return files


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing, only say what is out of date")
    options = parser.parse_args(arguments)
    if not options.check and STAMP.exists() and STAMP.read_text(encoding="utf-8") == _digest():
        print("The student notebooks are up to date.")
        return 0
    files = produce()
    if options.check:
        stale = [name for name, text in files.items() if not (FOLDER / name).exists() or _read(name) != text]
        print("\n".join(f"book/student/{name} is out of date" for name in stale) or f"{len(files)} files up to date.")
        return 1 if stale else 0
    FOLDER.mkdir(exist_ok=True)
    for name, text in files.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    STAMP.parent.mkdir(exist_ok=True)
    STAMP.write_text(_digest(), encoding="utf-8")
    print(f"{len(files)} files in book/student")
    return 0


def _digest() -> str:
    """Digest of what the student notebooks are made of, and of themselves: solutions run only after a change."""
    made_of = [*(ROOT / "book" / "sources").glob("*.md"), *(ROOT / "rfcompanion").rglob("*.py"), Path(__file__)]
    digest = hashlib.sha256()
    for path in sorted([*made_of, *FOLDER.glob("*.ipynb")]):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
