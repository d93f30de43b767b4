"""The page "Exercises": each exercise, and where the student notebooks are and run."""

import html
import re
import shutil
from pathlib import Path

import rf_readers
from rf_book import ROOT
from rf_writer import Writer


def part(writer: Writer, page: str) -> str:
    items = []
    for exercise in writer.ledger.by_name[page].exercises:
        title = re.sub(r"\s*\(a proof\)$", "", exercise.title) or exercise.label
        items.append(
            f"<li>{writer.link(page, exercise.label, writer.inline(title, links=False))} ({exercise.kind}) "
            f"<code>{exercise.label}</code></li>"
        )
    return f"<ul>{''.join(items)}</ul>{student_links(writer, page)}"


def student_links(writer: Writer, page: str) -> str:
    """Where the student notebook of a chapter is, with the two files that its checks need, and where it runs."""
    if not (ROOT / "book" / "student" / f"{page}.ipynb").exists():
        return ""

    def file(name: str) -> str:
        return f'<a href="{html.escape(writer.address("student", name))}" download>{name}</a>'

    def there(url: str, where: str) -> str:
        return f'<a class="reference external" href="{html.escape(url)}">run it on {where}</a>'

    name = f"student/{page}"
    return (
        f"<p>Student notebook without solutions: {there(rf_readers.binder_link(name), 'Binder')}, "
        f"{there(rf_readers.colab_link(name), 'Colab')}, or download {file(f'{page}.ipynb')} with "
        f"{file('selfcheck.py')} and {file('answers.json')}, which belong beside it.</p>"
    )


def copy_notebooks(app, exception):
    folder = ROOT / "book" / "student"
    if exception is None and app.builder.name == "html" and folder.is_dir():
        target = Path(app.outdir) / "student"
        shutil.copytree(folder, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", ".*"))
