"""Execute a notebook in a fresh kernel of this very Python, and say which cell failed, and where it stands."""

import os
import re
from pathlib import Path

from chapter_files import LANGUAGE, ROOT, source_of

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

ANSI = re.compile(r"\x1b\[[0-9;]*m")


class ChapterError(Exception):
    """A chapter that could not be executed, with a message for its author."""


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
