"""Turn the text sources of the chapters into executed notebooks, and check that the two agree.

``book/sources/NAME.md`` (MyST Markdown) is what people edit; ``book/NAME.ipynb`` is generated from it, with its
outputs. The direction is always source → notebook, and what decides is content, never a file's time::

    python tools/notebooks.py                # convert and execute the sources that changed
    python tools/notebooks.py NAME …         # these only
    python tools/notebooks.py --force NAME   # even if unchanged
    python tools/notebooks.py --check        # change nothing: do sources, notebooks and outputs agree?
"""

import argparse
import hashlib
import json
import os
import re
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

#: Set for every run of a notebook, here and in ``make test``: same numbers, same drawings, no bars, quiet threads.
ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "SOURCE_DATE_EPOCH": "0",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TQDM_DISABLE": "1",
}
#: Seconds that a whole chapter should stay under, and that one cell may take before it is stopped.
CHAPTER_SECONDS = 30
CELL_SECONDS = 300

KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python", "pygments_lexer": "ipython3"}
MACHINE = re.compile(r"/(?:home|root|tmp|Users|private)/|[A-Z]:\\+Users|site-packages|ipykernel_\d|<ipython-input")
ANSI = re.compile(r"\x1b\[[0-9;]*m")


class ChapterError(Exception):
    """A chapter that could not be executed, with a message for its author."""


# --------------------------------------------------------------------------------------------------------------
# Text


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def read_source(text: str):
    """The notebook, without outputs, that a source describes; cell identifiers follow from their content."""
    import jupytext

    notebook = jupytext.reads(text, fmt="md:myst")
    seen: dict[str, int] = {}
    for cell in notebook.cells:
        name = digest(f"{cell.cell_type}\n{cell.source}")[:8]
        seen[name] = seen.get(name, 0) + 1
        cell["id"] = name if seen[name] == 1 else f"{name}-{seen[name]}"
    front = dict(notebook.metadata)
    front.pop("jupytext", None)
    front.update(
        kernelspec=dict(KERNELSPEC),
        language_info=dict(LANGUAGE),
        rfcompanion={"source_sha256": digest(text)},
    )
    notebook.metadata.clear()
    notebook.metadata.update(front)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def as_text(notebook) -> str:
    """What ``jupytext --to md:myst`` makes of a notebook, without the parts of the header that name versions."""
    import copy

    import jupytext

    notebook = copy.deepcopy(notebook)
    for key in ("jupytext", "rfcompanion", "language_info", "kernelspec"):
        notebook.metadata.pop(key, None)
    notebook.metadata["jupytext"] = {"notebook_metadata_filter": "-jupytext"}
    return jupytext.writes(notebook, fmt="md:myst").strip() + "\n"


# --------------------------------------------------------------------------------------------------------------
# Execution


def execute(notebook, name: str, folder: Path, progress=lambda: None):
    """Run every cell in order in a fresh kernel of this very Python, as if started in ``folder``."""
    from ipykernel.kernelspec import get_kernel_dict
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    class ThisPython(KernelSpecManager):
        """A kernel of the same name in the user's folder must not shadow the environment's own."""

        def get_kernel_spec(self, kernel_name):
            return KernelSpec(**get_kernel_dict())

    class Client(NotebookClient):
        async def async_execute_cell(self, cell, cell_index, *arguments, **options):
            self.current = cell_index
            result = await super().async_execute_cell(cell, cell_index, *arguments, **options)
            if cell.cell_type == "code":
                progress()
            return result

    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=ThisPython())
    client = Client(
        notebook,
        km=manager,
        extra_arguments=["--log-level=ERROR"],
        timeout=CELL_SECONDS,
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(folder)}},
    )
    client.current = 0
    try:
        client.execute(env={**os.environ, **ENVIRONMENT})
    except CellExecutionError as error:
        raise ChapterError(_describe(name, notebook, client.current, ANSI.sub("", str(error)))) from None
    except CellTimeoutError:
        message = (
            f"a cell may take {CELL_SECONDS} s at most (a whole chapter {CHAPTER_SECONDS} s): store a record instead"
        )
        raise ChapterError(_describe(name, notebook, client.current, message)) from None
    except DeadKernelError:
        raise ChapterError(_describe(name, notebook, client.current, "the kernel died (out of memory?)")) from None
    notebook.metadata["language_info"] = dict(LANGUAGE)  # the kernel puts its own version there
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", ()):
            output.get("metadata", {}).clear()
    return notebook


def _describe(name: str, notebook, index: int, message: str) -> str:
    """Say which cell failed, where it stands in the source, and how."""
    cell = notebook.cells[index]
    number = sum(c.cell_type == "code" for c in notebook.cells[: index + 1])
    lines = cell.source.splitlines()
    line = _line_of(name, cell.source)
    place = f"{source_of(name).relative_to(ROOT)}{f', line {line}' if line else ''}, code cell {number}"
    tail = message.strip().splitlines()
    tail = tail if len(tail) <= 40 else [*tail[:12], "   …", *tail[-25:]]
    head = lines[0] if lines else ""
    return "\n".join([f"{place}: {head}", *("    " + part for part in tail)])


def _line_of(name: str, code: str) -> int | None:
    try:
        text = source_of(name).read_text(encoding="utf-8")
    except OSError:
        return None
    at = text.find(code.strip())
    return text.count("\n", 0, at) + 1 if at >= 0 else None


# --------------------------------------------------------------------------------------------------------------
# Files


def source_of(name: str) -> Path:
    return ROOT / "book" / "sources" / f"{name}.md"


def notebook_of(name: str) -> Path:
    return ROOT / "book" / f"{name}.ipynb"


def names() -> list[str]:
    return sorted(path.stem for path in (ROOT / "book" / "sources").glob("*.md"))


def load(path: Path):
    import nbformat

    return nbformat.read(path, as_version=4)


def is_current(name: str) -> bool:
    try:
        return not check(source_of(name).read_text(encoding="utf-8"), load(notebook_of(name)))
    except Exception:  # a notebook that cannot be read is one to be made again
        return False


def write(path: Path, text: str) -> None:
    """Replace a file in one step: an interrupted run leaves the old one."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
        file.write(text)
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)


def build(name: str, progress=lambda: None) -> None:
    import nbformat

    text = source_of(name).read_text(encoding="utf-8")
    notebook = execute(read_source(text), name, ROOT / "book", progress)
    problems = check(text, notebook)
    if problems:
        raise ChapterError("\n".join(f"{source_of(name).relative_to(ROOT)}: {problem}" for problem in problems))
    write(notebook_of(name), nbformat.writes(notebook) + "\n")


# --------------------------------------------------------------------------------------------------------------
# Checks


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


# --------------------------------------------------------------------------------------------------------------


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
