"""Sources, notebooks and stored outputs agree; and each way in which they can stop agreeing is noticed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import chapter_files
import nbformat
import notebooks
import pytest
import run_chapter

SANITIZE = Path(__file__).with_name("nbval_sanitize.cfg")

CHAPTER = """\
---
kernelspec:
  name: python3
  display_name: Python 3
---

# A small chapter

With a formula, $e_r \\\\le 1$.

```{code-cell} ipython3
value = 1 / 8
print(f"{value:.3f}")
```

```{code-cell} ipython3
:tags: [hide-input]

from rfcompanion import figures

fig, ax = figures.subplots()
ax.plot([0, 1], [0, value])
figures.show(fig, name="fig-line", alt="A line", caption=f"The line ends at {value:.3f}.")
```
"""


@pytest.fixture(scope="module")
def chapter(tmp_path_factory):
    """A small executed chapter, as the tool makes it."""
    folder = tmp_path_factory.mktemp("chapter")
    return run_chapter.execute(chapter_files.read_source(CHAPTER), "small", folder)


@pytest.fixture
def copy(chapter):
    return nbformat.from_dict(chapter)  # a deep copy


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


# ------------------------------------------------------------------------------------------------- the book's own


def test_every_notebook_agrees_with_its_source():
    assert notebooks.check_all(chapter_files.names()) == []


@pytest.mark.parametrize("name", chapter_files.names())
def test_a_broken_copy_of_each_chapter_is_noticed(name):
    text = chapter_files.source_of(name).read_text(encoding="utf-8")
    original = chapter_files.load(chapter_files.notebook_of(name))
    assert notebooks.check(text, original) == []
    assert notebooks.check(text + "\nOne more sentence.\n", original)

    stripped = nbformat.from_dict(original)
    for cell in code_cells(stripped):
        cell.outputs, cell.execution_count = [], None
    if code_cells(stripped):
        assert any("never run" in problem for problem in notebooks.check(text, stripped))


# ------------------------------------------------------------------------------------------------- the tool


def test_conversion_is_deterministic(chapter, tmp_path):
    again = run_chapter.execute(chapter_files.read_source(CHAPTER), "small", tmp_path)
    assert nbformat.writes(again) == nbformat.writes(chapter)
    assert notebooks.check(CHAPTER, again) == []


def test_identifiers_of_cells_survive_an_edit_elsewhere():
    before = [cell.id for cell in chapter_files.read_source(CHAPTER).cells]
    after = [cell.id for cell in chapter_files.read_source(CHAPTER.replace("With a formula", "With one formula")).cells]
    assert before[1:] == after[1:]
    assert before[0] != after[0]


def test_text_that_differs_is_noticed(copy):
    copy.cells[0].source += "\n\nEdited in the notebook."
    assert any("differs from its source" in problem for problem in notebooks.check(CHAPTER, copy))


def test_code_that_differs_is_noticed(copy):
    assert any("differs" in problem for problem in notebooks.check(CHAPTER.replace("1 / 8", "1 / 4"), copy))


def test_stripped_notebook_is_noticed(copy):
    for cell in code_cells(copy):
        cell.outputs, cell.execution_count = [], None
    problems = notebooks.check(CHAPTER, copy)
    assert any("never run" in problem for problem in problems)
    assert any("no outputs at all" in problem for problem in problems)


def test_one_cell_that_was_not_run_is_noticed(copy):
    code_cells(copy)[1].execution_count = None
    assert any("code cell 2" in problem and "never run" in problem for problem in notebooks.check(CHAPTER, copy))


def test_cells_run_out_of_order_are_noticed(copy):
    code_cells(copy)[1].execution_count = 7
    assert any("in order" in problem for problem in notebooks.check(CHAPTER, copy))


def test_output_on_stderr_is_noticed(copy):
    warning = nbformat.v4.new_output("stream", name="stderr", text="UserWarning: something\n")
    code_cells(copy)[0].outputs.append(warning)
    assert any("stderr" in problem for problem in notebooks.check(CHAPTER, copy))


@pytest.mark.parametrize("path", ["/home/ada/book", "/Users/ada", "lib/python3.12/site-packages/x.py"])
def test_path_of_one_machine_is_noticed(copy, path):
    code_cells(copy)[0].outputs.append(nbformat.v4.new_output("stream", name="stdout", text=path))
    assert any("path of one machine" in problem for problem in notebooks.check(CHAPTER, copy))


def test_warning_while_executing_fails_the_build(tmp_path):
    text = CHAPTER.replace("value = 1 / 8", "import warnings\nwarnings.warn('careful')\nvalue = 1 / 8")
    executed = run_chapter.execute(chapter_files.read_source(text), "small", tmp_path)
    assert any("stderr" in problem and "careful" in problem for problem in notebooks.check(text, executed))


def test_error_names_the_cell_and_the_reason(tmp_path):
    text = CHAPTER.replace("1 / 8", "1 / 0")
    with pytest.raises(run_chapter.ChapterError, match=r"code cell 1: value = 1 / 0") as caught:
        run_chapter.execute(chapter_files.read_source(text), "small", tmp_path)
    assert "ZeroDivisionError" in str(caught.value)
    assert "\x1b" not in str(caught.value)


def small_book(folder, chapter):
    """A project that holds nothing but the tool, in three modules, and one chapter."""
    (folder / "tools").mkdir(parents=True)
    (folder / "book" / "sources").mkdir(parents=True)
    for module in (notebooks, chapter_files, run_chapter):
        shutil.copy(module.__file__, folder / "tools")
    (folder / "book" / "sources" / "small.md").write_text(CHAPTER, encoding="utf-8")
    nbformat.write(chapter, folder / "book" / "small.ipynb")
    return folder


def run_tool(folder, *arguments):
    command = [sys.executable, "tools/notebooks.py", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)


def test_command_line(chapter, tmp_path):
    folder = small_book(tmp_path / "a folder", chapter)
    assert run_tool(folder, "--check").returncode == 0

    path = folder / "book" / "small.ipynb"
    time = path.stat().st_mtime_ns
    done = run_tool(folder)
    assert done.returncode == 0
    assert path.stat().st_mtime_ns == time, "an unchanged chapter was executed again"

    source = folder / "book" / "sources" / "small.md"
    source.write_text(CHAPTER.replace("1 / 8", "1 / 4"), encoding="utf-8")
    os.utime(source, ns=(0, 0))  # older than the notebook: only content counts
    assert run_tool(folder, "--check").returncode == 1
    assert run_tool(folder).returncode == 0
    assert "0.250" in path.read_text(encoding="utf-8")
    assert run_tool(folder, "--check").returncode == 0

    before = path.read_text(encoding="utf-8")
    source.write_text(CHAPTER.replace("1 / 8", "1 / 0"), encoding="utf-8")
    failed = run_tool(folder)
    assert failed.returncode == 1
    assert "book/sources/small.md, line 12, code cell 1" in failed.stderr
    assert path.read_text(encoding="utf-8") == before, "a failed run must leave the notebook alone"

    unknown = run_tool(folder, "nothing")
    assert unknown.returncode == 2
    assert "book/sources/nothing.md" in unknown.stderr


# ------------------------------------------------------------------------------------------------- nbval


def nbval(notebook, folder):
    path = folder / "small.ipynb"
    nbformat.write(notebook, path)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "--rootdir",
        str(folder),
    ]
    command += ["--nbval", "--nbval-current-env", "--nbval-sanitize-with", str(SANITIZE), str(path)]
    environment = {**os.environ, **run_chapter.ENVIRONMENT}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)


def replace_in_outputs(notebook, old, new):
    count = 0
    for cell in code_cells(notebook):
        for output in cell.outputs:
            data = output if output.output_type == "stream" else output.data
            for key in ("text", "text/html", "text/plain"):
                if old in data.get(key, ""):
                    data[key] = data[key].replace(old, new)
                    count += 1
    assert count, f"{old!r} is in no output"


def test_nbval_passes_on_the_notebook_as_made(copy, tmp_path):
    result = nbval(copy, tmp_path)
    assert result.returncode == 0, result.stdout


def test_nbval_notices_a_corrupted_number_in_a_text(copy, tmp_path):
    replace_in_outputs(copy, "0.125\n", "0.126\n")
    result = nbval(copy, tmp_path)
    assert result.returncode == 1
    assert "1 failed" in result.stdout


def test_nbval_notices_a_corrupted_number_in_a_caption(copy, tmp_path):
    replace_in_outputs(copy, "ends at 0.125", "ends at 0.126")
    assert nbval(copy, tmp_path).returncode == 1


def test_nbval_ignores_the_path_of_a_drawing(copy, tmp_path):
    replace_in_outputs(copy, '<path d="M 0 288', '<path d="M 1 288')
    result = nbval(copy, tmp_path)
    assert result.returncode == 0, result.stdout
