"""What holds the numbers of a sentence: the evidence of the ledger, and its verdict.

The order in which a check is looked for, and what of it counts, stand in :mod:`rf_claims`.
"""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import rf_certified as certified
import rf_numbers as numbers_
import rf_runs as runs
import rf_sources as sources
from rf_numbers import Number, numbers
from rf_sources import ROOT, Cell, Chapter, Sentence, Statement


@dataclass(frozen=True)
class Check:
    """What checks a claim: a cell or a statement (``page`` and ``anchor``), or a test or script (``test``)."""

    how: str  # named, position, reference, certified, claim
    page: str = ""
    anchor: str = ""
    test: str = ""


@dataclass(frozen=True)
class Evidence:
    """A check, the numbers that it holds, and how certain they are."""

    check: Check
    pool: frozenset
    certainty: str


@dataclass(frozen=True)
class Verdict:
    """What the ledger finds when it looks for the numbers of a sentence."""

    checks: tuple[Check, ...]
    certainty: str
    missing: tuple[str, ...]  # numbers that nothing checks, and marks that do not agree


class Judge:
    """The chapters with all that can check them; ``judge`` says what holds the numbers of one sentence."""

    def __init__(self, chapters: list[Chapter], root: Path = ROOT):
        self.root, self.chapters = root, chapters
        self.by_name = {chapter.name: chapter for chapter in chapters}
        self.tests = runs.read_tests(root)
        self.outputs = {chapter.name: runs.outputs(root, chapter.name) for chapter in chapters}
        self.statements: dict[str, Statement] = {s.label: s for chapter in chapters for s in chapter.statements}
        self.sentences = {s.name: s for chapter in chapters for s in chapter.sentences if s.name}
        self.figures = {cell.figure: cell for chapter in chapters for cell in chapter.cells if cell.figure}
        self.certified = certified.enclosures(root) if (root / "book" / "data").is_dir() else {}
        self.naming = self._naming()

    def _naming(self) -> dict[str, list[Evidence]]:
        """For each name in a ``# checks:`` comment, the tests and cells that have it."""
        found: dict[str, list[Evidence]] = {}
        for test in self.tests.values():
            for name in test.checks:
                found.setdefault(name, []).append(self._test(test))
        for chapter in self.chapters:
            for cell in chapter.cells:
                for name in cell.checks:
                    found.setdefault(name, []).append(self._cell(cell, "named", name))
        return found

    # ---- evidence

    def _test(self, test: runs.Test) -> Evidence:
        """What a test asserts, and its parameters."""
        return Evidence(Check("named", test=test.name), numbers_.asserted(test.source), "measured")

    def _cell(self, cell: Cell, how: str, name: str = "") -> Evidence:
        """What a cell prints and asserts; only one assertion, if the name stands on its line."""
        check = Check(how, page=cell.chapter, anchor=cell.anchor)
        if lines := [line for line in cell.source.splitlines() if name and _names_assertion(line, name)]:
            return Evidence(check, numbers_.asserted("\n".join(line.strip() for line in lines)), "measured")
        stored = self.outputs[cell.chapter]
        text = stored[cell.number - 1] if cell.number <= len(stored) else ""
        return Evidence(check, numbers_.printed(text) | numbers_.asserted(cell.source), "measured")

    def _statement(self, label: str, how: str) -> Evidence:
        statement = self.statements[label]
        check = Check(how, page=statement.chapter, anchor=label)
        return Evidence(check, numbers_.printed(statement.text), "exact" if statement.proof else "cited")

    def _named(self, sentence: Sentence, unknown: list[str], asked: tuple[str, ...]) -> list[Evidence]:
        found = []
        for name in filter(None, sentence.options.get("by", "").split(",")):
            if name in self.statements:
                found.append(self._statement(name, "named"))
            elif name in self.figures:
                found.append(self._cell(self.figures[name], "named"))
            elif name in self.tests:
                found.append(self._test(self.tests[name]))
            elif name in self.sentences and name not in (*asked, sentence.name):  # claims do not check each other
                other = self.sentences[name]
                pool = frozenset(number.held for number in numbers(other.text))
                verdict = self.judge(other, (*asked, sentence.name))
                found.append(Evidence(Check("claim", other.chapter, f"claim-{name}"), pool, verdict.certainty))
                unknown += [name] if any(problem.startswith("by=") for problem in verdict.missing) else []
            elif name.startswith("book/experiments/") and (self.root / name).is_file():
                pool = numbers_.literals((self.root / name).read_text(encoding="utf-8"))
                found.append(Evidence(Check("named", test=name), pool, "measured"))
            else:
                unknown.append(name)
        return found + self.naming.get(sentence.name, [])

    def _near(self, sentence: Sentence) -> list[Evidence]:
        """The nearest cells with an output or an assertion, before and after, in the same part of the chapter."""
        chapter = self.by_name[sentence.chapter]
        part = part_of(chapter, sentence.line)
        stored = self.outputs[chapter.name]
        cells = [
            cell
            for cell in chapter.cells
            if cell.part == part
            and not cell.exercise
            and (cell.asserts or (cell.number <= len(stored) and stored[cell.number - 1].strip()))
        ]
        before = [cell for cell in cells if cell.line < sentence.line][-1:]
        after = [cell for cell in cells if cell.line > sentence.line][:1]
        nearest = sorted(before + after, key=lambda cell: (not cell.asserts, abs(cell.line - sentence.line)))
        return [self._cell(cell, "position") for cell in nearest]

    def judge(self, sentence: Sentence, asked: tuple[str, ...] = ()) -> Verdict:
        """What checks the numbers of a sentence. A sentence is as certain as the least certain of them."""
        unknown: list[str] = []
        named = self._named(sentence, unknown, asked)
        references = [self._statement(r, "reference") for r in _references(sentence.text, self.statements)]
        missing = [f"by={name} is no statement, figure, claim, test or script" for name in unknown]
        enclosed, wrong = _enclosed(sentence, self.certified)
        missing += wrong
        if sentence.options.get("kind") == "cited":
            return Verdict(tuple(one.check for one in named + references), "cited", tuple(missing))
        checks = [Check("certified", "certified", f"certified-{name}") for name in enclosed.values()]
        found = [one.certainty for one in references] + ["exact"] * bool(checks)
        near = [] if named else self._near(sentence)
        holding = references + named + near
        if sentence.options.get("kind") == "exact":  # the statement proves it, the tests hold the numbers
            holding = [one for one in named if one.certainty == "measured"] or holding
        for number in numbers(sentence.text):
            if number.start in enclosed:
                continue
            holders = [one for one in holding if number.agrees(one.pool)]
            if not holders:
                missing.append(number.text)
                continue
            best = min(holders, key=lambda one: one.certainty == "measured")
            found.append(best.certainty)
            checks.append(best.check)
        checks += [one.check for one in references + named]
        if not numbers(sentence.text):
            found += [one.certainty for one in named]
        if not checks and near:
            checks.append(near[0].check)
        certainty = "measured" if "measured" in found or not found else "cited" if "cited" in found else "exact"
        if sentence.options.get("kind") == "exact":
            certainty = "exact"
            if not any(one.certainty == "exact" for one in references + named):
                missing.append("kind=exact, and names no proved statement")
        return Verdict(tuple(dict.fromkeys(checks)), certainty, tuple(missing))

    def judge_caption(self, cell: Cell, text: str, ties: list[Check]) -> list[str]:
        """The numbers of a caption that neither its cell has, nor what names the figure, else what is tied to it."""
        evidence = [self._cell(cell, "position"), *self.naming.get(cell.figure, [])]
        for check in [] if cell.figure in self.naming else ties:
            cells = self.by_name[check.page].cells if check.page in self.by_name else ()
            evidence += [self._cell(other, "position") for other in cells if other.anchor == check.anchor]
        return [n.text for n in numbers(text) if not any(n.agrees(one.pool) for one in evidence)]


# --------------------------------------------------------------------------------------------------------------


def _names_assertion(line: str, name: str) -> bool:
    return line.lstrip().startswith("assert ") and name in sources.named(line)


def _references(text: str, known: dict) -> list[str]:
    return [label for label in dict.fromkeys(sources.REFERENCE.findall(text)) if label in known]


def _enclosed(sentence: Sentence, known: dict) -> tuple[dict[int, str], list[str]]:
    """The numbers of a sentence that a certified enclosure checks, by their place, and the marks that do not agree."""
    found, wrong = {}, []
    for match in certified.MARK.finditer(sentence.text):
        mark = certified.read_mark(match[0], sentence.text[: match.start()])
        if problem := certified.problem_of(mark, known):
            wrong.append(f"a certified number ({problem})")
            continue
        meant = [n for n in numbers(sentence.text) if n.end <= match.start() and _same(n, mark.number)]
        if meant:
            found[meant[-1].start] = mark.name
    return found, wrong


def _same(number: Number, marked: certified.Printed) -> bool:
    value = 10.0**number.value if number.kind == numbers_.ORDER else number.value
    return abs(value - float(marked.value)) <= 1e-9 * abs(value)


def part_of(chapter: Chapter, line: int) -> int:
    """The number of the part (heading of level two) that a line stands in."""
    return sum(start <= line for start in chapter.parts)


@cache
def _typed(source: str) -> str:
    """What is typed in the caption of a figure: a number that is computed into it cannot drift."""
    for node in ast.walk(sources.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"show", "frames"}:
            for keyword in node.keywords:
                if keyword.arg == "caption":
                    parts = [p for p in ast.walk(keyword.value) if isinstance(p, ast.Constant)]
                    return "".join(p.value if isinstance(p.value, str) else " " for p in parts)
    return ""


def caption_text(cell: Cell) -> str:
    return _typed(cell.source)
