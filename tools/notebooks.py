"""Turn the text sources of the chapters into executed notebooks, and check that the two agree.

``book/sources/NAME.md`` (MyST Markdown) is what people edit; ``book/NAME.ipynb`` is generated from it, with its
outputs. The direction is always source → notebook, and what decides is content, never a file's time::

    python tools/notebooks.py                # convert and execute the sources that changed
    python tools/notebooks.py NAME …         # these only
    python tools/notebooks.py --force NAME   # even if unchanged
    python tools/notebooks.py --check        # change nothing: do sources, notebooks and outputs agree?
"""

import argparse
import json
import re
import sys
from pathlib import Path

from chapter_files import ROOT, as_text, digest, load, names, notebook_of, read_source, source_of, write
from run_chapter import ANSI, ChapterError, execute

MACHINE = re.compile(r"/(?:home|root|tmp|Users|private)/|[A-Z]:\\+Users|site-packages|ipykernel_\d|<ipython-input")


def is_current(name: str) -> bool:
    try:
        return not check(source_of(name).read_text(encoding="utf-8"), load(notebook_of(name)))
    except Exception:  # a notebook that cannot be read is one to be made again
        return False


def build(name: str, progress=lambda: None) -> None:
    import nbformat

    text = source_of(name).read_text(encoding="utf-8")
    notebook = execute(read_source(text), name, ROOT / "book", progress)
    problems = check(text, notebook)
    if problems:
        raise ChapterError("\n".join(f"{source_of(name).relative_to(ROOT)}: {problem}" for problem in problems))
    write(notebook_of(name), nbformat.writes(notebook) + "\n")


def check(text: str, notebook) -> list[str]:
    """What is wrong with a notebook as the published form of the source ``text``; an empty list if nothing is."""
    problems = []
    if as_text(notebook) != as_text(read_source(text)):
        problems.append("the notebook's text differs from its source: run make notebooks")
    elif notebook.metadata.get("rfcompanion", {}).get("source_sha256") != digest(text):
        problems.append("the notebook was made from another version of its source: run make notebooks")
    number = 0
    for cell in notebook.cells:
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        number += 1
        where = f"code cell {number} ({cell.source.splitlines()[0][:60]})"
        count = cell.get("execution_count")
        if count is None:
            problems.append(f"{where} was never run")
        elif count != number:
            problems.append(f"{where} was run as number {count}: cells must be run once each, in order")
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                problems.append(f"{where} stores an error: {output.get('ename')}")
            elif output.output_type == "stream" and output.get("name") == "stderr":
                problems.append(f"{where} writes to stderr: {ANSI.sub('', str(output.text)).strip()[:300]}")
            elif found := MACHINE.search(json.dumps(output)):
                problems.append(f"{where} stores a path of one machine: …{found.group()}…")
    if number and not any(cell.get("outputs") for cell in notebook.cells if cell.cell_type == "code"):
        problems.append("the notebook holds no outputs at all")
    return problems


def check_all(chosen: list[str]) -> list[str]:
    problems = []
    for name in chosen:
        if not notebook_of(name).exists():
            problems.append(f"{name}: book/{name}.ipynb is missing: run make notebooks")
            continue
        text = source_of(name).read_text(encoding="utf-8")
        problems += [f"{name}: {problem}" for problem in check(text, load(notebook_of(name)))]
    sources = set(names())
    problems += [
        f"{path.stem}: book/{path.name} has no source in book/sources"
        for path in sorted((ROOT / "book").glob("*.ipynb"))
        if path.stem not in sources
    ]
    return problems


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="chapters (default: all)")
    parser.add_argument("--check", action="store_true", help="change nothing, only say what does not agree")
    parser.add_argument("--force", action="store_true", help="execute even what has not changed")
    options = parser.parse_args(arguments)
    chosen = [Path(name).stem for name in options.names] or names()
    if unknown := [name for name in chosen if not source_of(name).exists()]:
        parser.error(f"no source book/sources/{unknown[0]}.md (known: {', '.join(names()) or 'none'})")

    if options.check:
        problems = check_all(chosen)
        print("\n".join(problems) or f"{len(chosen)} notebooks agree with their sources.")
        return 1 if problems else 0

    outdated = [name for name in chosen if options.force or not is_current(name)]
    if not outdated:
        print(f"{len(chosen)} notebooks are up to date.")
        return 0

    from tqdm import tqdm

    cells = {
        name: sum(c.cell_type == "code" for c in read_source(source_of(name).read_text(encoding="utf-8")).cells)
        for name in outdated
    }
    failures = []
    # An interrupted or hidden bar is no reason to lose the messages: they come after it.
    with tqdm(total=sum(cells.values()), unit="cell", disable=None) as bar:
        for name in outdated:
            bar.set_description(name)
            try:
                build(name, bar.update)
                bar.write(f"book/{name}.ipynb")
            except ChapterError as error:
                failures.append(str(error))
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
