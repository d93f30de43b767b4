"""Student notebooks: made from the sources, without solutions; solutions pass the checks that students get."""

import json
import math
import re
import runpy
import sys
import types

import exercises as tool
import nbformat
import pytest

sources = tool.sources
FOLDER = tool.FOLDER
SELFCHECK = runpy.run_path(str(FOLDER / "selfcheck.py"))
CHAPTERS = [chapter for chapter in sources.read_book() if chapter.exercises]


@pytest.fixture(scope="module")
def answers():
    """Every solution of the book, run."""
    return {label: values for chapter in CHAPTERS for label, values in tool.answers(chapter).items()}


def notebook(chapter):
    return nbformat.read(FOLDER / f"{chapter.name}.ipynb", as_version=4)


def test_every_exercise_has_a_title_a_solution_and_an_answer(answers):
    """Proofs too: a number that a right proof gives."""
    for chapter in CHAPTERS:
        for exercise in chapter.exercises:
            assert exercise.title, exercise.label
            assert exercise.solution, exercise.label
            assert answers.get(exercise.label), f"{exercise.label}: name an answer (# answer: …) in its solution"


def test_stored_answers_are_those_of_the_solutions(answers):
    stored = json.loads((FOLDER / "answers.json").read_text(encoding="utf-8"))
    assert set(stored) == set(answers), "run tools/exercises.py"
    for label, values in answers.items():
        found = SELFCHECK["stored"](label)
        assert set(found) == set(values), label
        for name, entry in values.items():
            assert found[name]["tolerance"] == entry["tolerance"]
            assert math.isclose(found[name]["value"], entry["value"], rel_tol=entry["tolerance"] / 4), label


def test_solutions_pass_and_other_values_do_not(answers, capsys):
    for label, values in answers.items():
        right = {name: entry["value"] for name, entry in values.items()}
        assert SELFCHECK["check"](label, **right), label
        for name, entry in values.items():
            wrong = entry["value"] * 1.5 + 7
            capsys.readouterr()
            assert not SELFCHECK["check"](label, **right | {name: wrong}), label
            said = capsys.readouterr().out
            assert f"{entry['value']:.4g}" not in said.replace(str(wrong), ""), "a hint gives the answer away"


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_notebooks_are_made_from_the_sources(chapter):
    asked = {label: SELFCHECK["stored"](label) for label in json.loads((FOLDER / "answers.json").read_text())}
    made = tool.student_notebook(chapter, {e.label: asked[e.label] for e in chapter.exercises if e.label in asked})
    assert nbformat.writes(made) + "\n" == (FOLDER / f"{chapter.name}.ipynb").read_text(encoding="utf-8"), (
        "run tools/exercises.py"
    )


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_stub_and_solution_match_and_no_solution_is_left(chapter):
    cells = notebook(chapter).cells
    text = "\n".join(cell.source for cell in cells)
    for exercise in chapter.exercises:
        assert text.count(f"`{exercise.label}`") == 1
        sentences = [line for line in (exercise.solution or "").splitlines() if len(line) > 60]
        assert not any(line in text for line in sentences), (
            f"{exercise.label}: its solution is in the student's notebook"
        )
        asked = re.findall(rf'check\("{exercise.label}", (.*)\)', text)
        names = re.findall(r"(\w+)=", asked[0]) if asked else []
        for name in names:
            assert re.search(rf"^{name} = \.\.\.", text, re.MULTILINE), name
        assert asked, exercise.label
        for cell in exercise.cells:
            assert cell.source not in text, exercise.label


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_a_student_notebook_runs_with_the_answers_filled_in(chapter, answers, monkeypatch):
    """Every cell in order, where a student would run it, with answers in place of the dots: every check is true."""
    results = {}

    def check(exercise, **given):
        results[exercise] = SELFCHECK["check"](exercise, **given)

    monkeypatch.setitem(sys.modules, "selfcheck", types.SimpleNamespace(check=check))
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.chdir(FOLDER)
    namespace = {"__name__": "__main__"}
    label = None
    for cell in notebook(chapter).cells:
        if found := re.search(r"^`(ex-[\w-]+)`", cell.source, re.MULTILINE):
            label = found.group(1)
        if cell.cell_type != "code":
            continue
        code = cell.source
        for name, entry in answers.get(label, {}).items():
            code = re.sub(rf"^{name} = \.\.\.", f"{name} = {entry['value']!r}", code, flags=re.MULTILINE)
        exec(compile(code, f"{chapter.name}.ipynb", "exec"), namespace)
    assert results == {e.label: True for e in chapter.exercises if e.label in answers}


@pytest.mark.parametrize(
    ("given", "wanted", "words"),
    [
        (..., 3.0, "no answer yet"),
        (-3.0, 3.0, "sign"),
        (300.0, 3.0, "percentage"),
        (6.0, 3.0, "factor of two"),
        (9.0, 3.0, "square"),
        (1 / 3, 3.0, "reciprocal"),
        (math.log(3), 3.0, "logarithm"),
        (math.nan, 3.0, "finite"),
        ("three", 3.0, "one number"),
        (3.5, 3.0, "about right"),
        (1e6, 3.0, "not close"),
        (41, 40, "off by one"),
        (40.5, 40, "whole number"),
    ],
)
def test_hints_name_the_mistake(given, wanted, words):
    assert words in SELFCHECK["hint"](given, wanted, 0.01)


def test_a_right_answer_needs_no_hint():
    assert SELFCHECK["hint"](3.001, 3.0, 0.01) is None
    assert SELFCHECK["hint"](40, 40, 0.01) is None


def test_a_wrong_solution_is_noticed():
    """A solution whose assertion fails does not make a student notebook."""
    text = sources.read_book()[-1].text
    broken = sources.read_chapter(
        "small",
        text.partition("\n## ")[0]
        + """

````{exercise} Half
:label: ex-small-half

Compute one half.
````

```{solution-start} ex-small-half
```

```{code-cell} ipython3
half = 1 / 3
assert half == 0.5
# answer: half = half
```

```{solution-end}
```
""",
    )
    with pytest.raises(AssertionError):
        tool.answers(broken)


def test_the_page_leads_to_notebooks_that_are_there(html, soup):
    """Binder and Colab open files of the repository; the files to download are on the site."""
    links = [link["href"] for link in soup(html / "book" / "exercises.html").select("article a[href]")]
    binder = [link.partition("lab/tree/")[2] for link in links if "mybinder.org" in link]
    colab = [link.partition("/blob/main/")[2] for link in links if "colab.research" in link]
    files = [link.removeprefix("../") for link in links if link.startswith("../student/")]
    assert len(binder) == len(colab) == len(files) / 3 == len(CHAPTERS)
    assert all((tool.ROOT / path).is_file() for path in [*binder, *colab])
    assert all((html / path).is_file() for path in files)
