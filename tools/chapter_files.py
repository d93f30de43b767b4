"""A chapter's two forms: ``book/sources/NAME.md``, which people edit, and ``book/NAME.ipynb``, generated from it."""

import hashlib
import os
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python", "pygments_lexer": "ipython3"}


def source_of(name: str) -> Path:
    return ROOT / "book" / "sources" / f"{name}.md"


def notebook_of(name: str) -> Path:
    return ROOT / "book" / f"{name}.ipynb"


def names() -> list[str]:
    return sorted(path.stem for path in (ROOT / "book" / "sources").glob("*.md"))


def load(path: Path):
    import nbformat

    return nbformat.read(path, as_version=4)


def write(path: Path, text: str) -> None:
    """Replace a file in one step: an interrupted run leaves the old one."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
        file.write(text)
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)


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
