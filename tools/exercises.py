"""Student notebooks: the exercises of each chapter without their solutions, with self-checks; made from the sources.

python tools/exercises.py            # write book/student/NAME.ipynb and the encoded answers
python tools/exercises.py --check    # change nothing: run every solution and compare

A solution names its answers in comments, and everything else follows::

    # answer: features = r -- the smallest number of features
    # answer: rate = best ** 0.1 (5 %) -- the rate a dimension

The student gets ``features = ...`` and ``check("ex-…", features=features)``. A solution without such comments is asked
for the numbers that it assigns and prints. For a proof the answers are numbers that a right proof gives.
"""

import argparse
import ast
import base64
import contextlib
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
from needed import loads, setup_code  # noqa: E402

FOLDER = ROOT / "book" / "student"
STAMP = ROOT / ".cache" / "student_notebooks"  # digest of the last complete run
ANSWER = re.compile(r"^\s*# answer: (\w+) = (.+?)(?: \((\d+(?:\.\d+)?) %\))?(?: -- (.+))?$", re.MULTILINE)
TOLERANCE = 0.01


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
    import chapter_files
    import nbformat

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
        kind, text = exercise.kind, portable(exercise.text, chapter)
        cells.append(new.new_markdown_cell(f"## {title}\n\n`{exercise.label}` ({kind})\n\n{text}"))
        names = [(name, prompt) for name, _, _, prompt in questions(exercise) if name in asked.get(exercise.label, {})]
        cells.append(new.new_markdown_cell("*Your proof.*" if kind == "proof" else "*Your answer.*"))
        if names:
            stub = "\n".join(f"{name} = ...{f'  # {prompt}' if prompt else ''}" for name, prompt in names)
            cells.append(new.new_code_cell(f"# Your computation.\n{stub}"))
            given = ", ".join(f"{name}={name}" for name, _ in names)
            cells.append(new.new_code_cell(f'check("{exercise.label}", {given})'))
    seen: dict[str, int] = {}
    for cell in cells:
        name = chapter_files.digest(cell.source)[:8]
        seen[name] = seen.get(name, 0) + 1
        cell["id"] = name if seen[name] == 1 else f"{name}-{seen[name]}"
    book = new.new_notebook(cells=cells)
    book.metadata.update(kernelspec=dict(chapter_files.KERNELSPEC), language_info=dict(chapter_files.LANGUAGE))
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
