"""The ledger: every claim of the book and what checks it, derived from the chapters, their outputs and the tests.

A claim is a statement (its label is its identifier), a figure (its name), or a sentence with a number, which has an
identifier in the source, right after its full stop::

    The integral overshoots by the factor 1.861 in the limit. <!-- claim: concentration-integral-overshoots -->

What checks a claim is found in this order:

1. a cell or a test that names it in a comment, ``# checks: thm-spectrum, cor-dual``;
2. what the claim itself names, ``<!-- claim: name by=thm-spectrum -->``: a statement, a chapter whose cells hold the
   number, a test ``by=tests/test_price_law.py::test_constant``, a stored record or the script that made it;
3. for a sentence: the statements that it refers to, and the cells of its chapter that print or assert its numbers;
4. else by position: the next cell with an assertion in the same section (for a figure, the one before it).

Each number of a sentence must be found, to its last digit, in what checks it: text and numbers cannot drift apart.
``problems`` lists every claim without a check, every check without a claim and every name that leads nowhere.
"""

import ast
import functools
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import rf_sources as sources
from rf_sources import ROOT, Cell, Chapter, Sentence, Statement


@dataclass(frozen=True)
class Check:
    """A cell (``page`` and ``anchor``) or a test (``test``) and how it is tied to its claim."""

    how: str  # named, position, numbers, reference
    page: str = ""
    anchor: str = ""
    test: str = ""

    @property
    def name(self) -> str:
        return self.test or f"{self.page}, {self.anchor}"


@dataclass
class Claim:
    name: str
    page: str
    anchor: str
    kind: str  # theorem, lemma, …, figure, sentence
    certainty: str  # exact, measured, cited
    text: str
    line: int
    checks: list[Check] = field(default_factory=list)
    citations: tuple[str, ...] = ()
    section: int = 0


# --------------------------------------------------------------------------------------------------------------
# Numbers


@dataclass(frozen=True)
class Number:
    text: str
    value: float
    error: float  # what the last printed digit leaves open, relative to nothing: an absolute error

    def agrees(self, pool) -> bool:
        room = max(self.error * (1 - 1e-6), 1e-12 * abs(self.value))  # less than one unit of the last digit
        return any(abs(other - self.value) <= room for other in pool)


_SCIENTIFIC = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)\s*(?:\\cdot|×|\\times)\s*10\^\{?(-?\d+)\}?")
_POWER = re.compile(r"(?<![\d.])10\^\{?(-?\d+)\}?")
_PERCENT = re.compile(r"(?<![\d.,^])(\d+(?:\.\d+)?)(?:\s|~|\\,)*(?:\\?%|per cent)")
_THOUSANDS = re.compile(r"(?<![\d.,{])(\d{1,3}(?:(?:,|\{,\})\d{3})+)(?![\d.])")
_DECIMAL = re.compile(r"(?<![\d.,])(\d+\.\d+)(?!\d)")
_NOT_COMPUTED = re.compile(
    r"\{[a-z:]+\}`[^`]*`|`[^`]*`|<!--.*?-->|\]\([^)]*\)|https?://\S+"
    r"|\b(?:Theorem|Lemma|Proposition|Prop\.|Section|Assumption|Definition|Corollary|Figure|Algorithm|CC BY|Python)s?"
    r"\s+\d[\d.]*(?:(?:,| and| to)\s+\d[\d.]*)*"
)


def numbers(sentence: str) -> list[Number]:
    """The computed-looking numbers of a sentence: decimals, percentages, powers of ten, thousands."""
    text = _NOT_COMPUTED.sub(" ", sentence)
    found = []

    def take(pattern, make):
        nonlocal text
        for match in pattern.finditer(text):
            found.append(make(match))
        text = pattern.sub(" ", text)

    def digits(number: str) -> float:
        return 10.0 ** -len(number.partition(".")[2])

    def scientific(match):
        scale = 10.0 ** int(match[2])
        return Number(match[0], float(match[1]) * scale, digits(match[1]) * scale)

    take(_SCIENTIFIC, scientific)
    take(_POWER, lambda m: Number(m[0], 10.0 ** int(m[1]), 2.2 * 10.0 ** int(m[1])))
    take(_PERCENT, lambda m: Number(m[0], float(m[1]) / 100, digits(m[1]) / 100))
    take(_THOUSANDS, lambda m: Number(m[0], float(re.sub(r"\D", "", m[1])), 0.0))
    take(_DECIMAL, lambda m: Number(m[0], float(m[1]), digits(m[1])))
    return found


_PRINTED = re.compile(r"(?<![\w.])[-−]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?", re.IGNORECASE)


def printed(text: str) -> set[float]:
    """Every number in an output; a percentage counts as a share as well."""
    pool = {number.value for number in numbers(text)}
    for match in _PRINTED.finditer(text):
        raw = match.group().replace("−", "-").rstrip(",")
        for piece in {raw.replace(",", ""), *raw.split(",")}:
            try:
                pool.add(float(piece))
            except ValueError:
                continue
        if re.match(r"\s*%", text[match.end() :]):
            pool |= {value / 100 for value in list(pool)[-1:]}
    return pool | {-value for value in pool if value < 0}


_ARITHMETIC = (ast.Constant, ast.UnaryOp, ast.BinOp, ast.operator, ast.unaryop)


@functools.cache
def literals(code: str) -> frozenset[float]:
    """Numbers that a piece of code names, ``10**6`` and ``1 / 50`` included."""
    pool: set[float] = set()
    for node in ast.walk(sources.parse(code)):
        if isinstance(node, ast.Constant | ast.UnaryOp | ast.BinOp) and all(
            isinstance(part, ast.Constant | ast.UnaryOp | ast.BinOp | ast.operator | ast.unaryop)
            for part in ast.walk(node)
        ):
            powers = [part for part in ast.walk(node) if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Pow)]
            if len(powers) > 1:
                continue
            try:
                value = eval(compile(ast.Expression(node), "", "eval"), {"__builtins__": {}})
            except Exception:
                continue
            if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300:
                pool.add(abs(float(value)))
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            pool |= {abs(value) for value in printed(node.value)}
    return frozenset(pool)


# --------------------------------------------------------------------------------------------------------------
# What ran: stored outputs, tests


def outputs(root: Path, name: str) -> list[str]:
    """The text of each code cell's stored outputs, in order (captions included, drawings not)."""
    try:
        notebook = json.loads((root / "book" / f"{name}.ipynb").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    result = []
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        text = []
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            part = output.get("text") or data.get("text/plain") or ""
            text.append("".join(part))
            html = "".join(data.get("text/html", ""))
            text += re.findall(r"<figcaption>(.*?)</figcaption>|<t[dh][^>]*>(.*?)</t[dh]>", html, re.DOTALL)
        result.append("\n".join(" ".join(part) if isinstance(part, tuple) else part for part in text))
    return result


def last_run(root: Path, name: str) -> str:
    """``passed`` if the stored notebook was run from the source as it is (a failing cell stops the run)."""
    import hashlib

    try:
        notebook = json.loads((root / "book" / f"{name}.ipynb").read_text(encoding="utf-8"))
        text = (root / "book" / "sources" / f"{name}.md").read_text(encoding="utf-8")
    except (OSError, ValueError):
        return "not run"
    stored = notebook["metadata"].get("rfcompanion", {}).get("source_sha256")
    return "passed" if stored == hashlib.sha256(text.encode()).hexdigest() else "source changed since"


@dataclass(frozen=True)
class Test:
    name: str  # tests/test_x.py::test_y
    source: str
    checks: tuple[str, ...]


def read_tests(root: Path) -> dict[str, Test]:
    found = {}
    for path in sorted((root / "tests").glob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
                first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]) - 1
                while first > 0 and lines[first - 1].lstrip().startswith("#"):
                    first -= 1
                source = "\n".join(lines[first : node.end_lineno])
                name = f"tests/{path.name}::{node.name}"
                found[name] = Test(name, source, sources.named(source))
    return found


# --------------------------------------------------------------------------------------------------------------
# The ledger


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", CLAIM_COMMENT.sub("", text)).strip(" *-") or "…"


CLAIM_COMMENT = re.compile(r"\s*<!--.*?-->")


class Ledger:
    def __init__(self, chapters: list[Chapter], root: Path = ROOT):
        self.root, self.chapters = root, chapters
        self.by_name = {chapter.name: chapter for chapter in chapters}
        self.tests = read_tests(root)
        self.outputs = {chapter.name: outputs(root, chapter.name) for chapter in chapters}
        self.statements: dict[str, Statement] = {s.label: s for chapter in chapters for s in chapter.statements}
        self.unpublished = sources.unpublished_labels(root)  # chapters that are not in the contents yet
        self.claims: dict[str, Claim] = {}
        self.problems: list[str] = []
        self._collect()
        self._tie()

    # ---- collecting

    def _add(self, claim: Claim) -> None:
        if claim.name in self.claims:
            self.problems.append(f"{claim.page}, line {claim.line}: {claim.name} names two claims")
        self.claims[claim.name] = claim

    def _collect(self) -> None:
        for chapter in self.chapters:
            for statement in chapter.statements:
                certainty = "exact" if statement.proof else "cited" if statement.citations else "unproved"
                title = statement.title or statement.label
                self._add(
                    Claim(
                        statement.label, chapter.name, statement.label, statement.kind, certainty, title, statement.line
                    )
                )
                self.claims[statement.label].citations = statement.citations
            captions = self.outputs[chapter.name]
            for cell in chapter.cells:
                if cell.figure:
                    stored = captions[cell.number - 1] if cell.number <= len(captions) else ""
                    message = stored.rpartition("[" + cell.figure + "]")[2].strip().partition("\n")[0]
                    self._add(
                        Claim(
                            cell.figure,
                            chapter.name,
                            cell.figure,
                            "figure",
                            "measured",
                            message or cell.figure,
                            cell.line,
                        )
                    )
            for sentence in chapter.sentences:
                if sentence.name:
                    self._sentence(chapter, sentence)
                elif is_quantitative(sentence):
                    self.problems.append(
                        f"{chapter.name}, line {sentence.line}: a sentence with a number and no identifier "
                        f"(run tools/claims.py --mark): {plain(sentence.text)[:90]}"
                    )

    def _sentence(self, chapter: Chapter, sentence: Sentence) -> None:
        references = [r for r in sources.REFERENCE.findall(sentence.text) if r in self.statements]
        citations = sources.cited(sentence.text)
        given = sentence.options.get("kind")
        certainty = given or (
            "exact" if references else "cited" if citations and not numbers(sentence.text) else "measured"
        )
        if certainty not in {"exact", "measured", "cited"}:
            self.problems.append(f"{sentence.name}: kind must be exact, measured or cited, not {certainty}")
        claim = Claim(
            sentence.name,
            chapter.name,
            f"claim-{sentence.name}",
            "sentence",
            certainty,
            plain(sentence.text),
            sentence.line,
        )
        claim.citations, claim.section = citations, sentence.section
        self._add(claim)
        pool: set[float] = set()
        by = sentence.options.get("by", "")
        for test in self.tests.values():
            if claim.name in test.checks:
                pool |= literals(test.source)
        pages = [chapter.name]
        for name in filter(None, by.split(",")):
            if name in self.by_name:
                pages.append(name)
            elif name in self.statements:
                references.append(name)
            elif name in self.tests:
                claim.checks.append(Check("named", test=name))
                pool |= literals(self.tests[name].source)
            elif name.startswith(("book/data/", "book/experiments/")) and (self.root / name).is_file():
                text = (self.root / name).read_text(encoding="utf-8")
                claim.checks.append(Check("named", test=name))
                pool |= literals(text) if name.endswith(".py") else printed(text)
            else:
                self.problems.append(f"{claim.name}: by={name} is no statement, chapter, test or record")
        for reference in references:
            statement = self.statements[reference]
            pool |= printed(statement.text + " " + (statement.proof or ""))
            pool |= {number.value for number in numbers(statement.text + " " + (statement.proof or ""))}
            claim.checks.append(Check("reference", page=statement.chapter, anchor=statement.label))
        missing = []
        for number in [] if certainty == "cited" else numbers(sentence.text):
            cell = self._cell_with(number, pages, sentence)
            if cell:
                check = Check("numbers", page=cell.chapter, anchor=cell.anchor)
                if check not in claim.checks:
                    claim.checks.append(check)
            elif not number.agrees(pool):
                missing.append(number.text)
        if not claim.checks and not pool and not missing and certainty != "cited":
            self._by_position(chapter, claim, sentence.line, nearest=True)
        if missing:
            self.problems.append(
                f"{chapter.name}, line {sentence.line}: {claim.name}: no cell prints or asserts {', '.join(missing)}"
            )

    def _cell_with(self, number: Number, pages: list[str], sentence: Sentence) -> Cell | None:
        """The nearest cell that prints the number, or names it in an assertion."""
        for page in pages:
            stored = self.outputs.get(page, [])
            found = []
            for cell in self.by_name[page].cells:
                text = stored[cell.number - 1] if cell.number <= len(stored) else ""
                if number.agrees(_printed(text)) or number.agrees(literals(cell.source)):
                    found.append(cell)
            if found:
                return min(found, key=lambda cell: (not cell.asserts, abs(cell.line - sentence.line)))
        return None

    # ---- tying checks to claims

    def _tie(self) -> None:
        for name, test in self.tests.items():
            for claim in test.checks:
                self._name(claim, Check("named", test=name), name)
        for chapter in self.chapters:
            for cell in chapter.cells:
                for claim in cell.checks:
                    where = f"{chapter.name}, {cell.anchor}"
                    self._name(claim, Check("named", page=chapter.name, anchor=cell.anchor), where)
            for statement in chapter.statements:
                self._by_position(chapter, self.claims[statement.label], statement.line)
            for cell in chapter.cells:
                if cell.figure:
                    if cell.asserts:
                        self._tied(self.claims[cell.figure], cell)
                    else:
                        self._by_position(chapter, self.claims[cell.figure], cell.line, forward=False)
        for claim in self.claims.values():
            where = f"{claim.page}, line {claim.line}: {claim.name}"
            if claim.certainty == "unproved":
                self.problems.append(
                    f"{claim.page}, line {claim.line}: {claim.name} has neither a proof nor a citation"
                )
            if not claim.checks and claim.certainty != "cited":
                self.problems.append(f"{claim.page}, line {claim.line}: {claim.name} has no check")
            if claim.certainty == "cited" and not claim.citations and not claim.checks:
                self.problems.append(f"{claim.page}, line {claim.line}: {claim.name} is cited from nowhere")
        used = {(check.page, check.anchor) for claim in self.claims.values() for check in claim.checks}
        for chapter in self.chapters:
            for cell in chapter.cells:
                if cell.asserts and not cell.exercise and (chapter.name, cell.anchor) not in used:
                    head = cell.source.strip().splitlines()[0][:50]
                    self.problems.append(f"{chapter.name}, line {cell.line}: {cell.anchor} checks no claim ({head})")

    def _name(self, name: str, check: Check, where: str) -> None:
        if name in self.claims:
            self.claims[name].checks.append(check)
        elif name not in self.unpublished:
            self.problems.append(f"{where}: checks {name}, which is no claim")

    def _tied(self, claim: Claim, cell: Cell) -> None:
        if not any(check.page == cell.chapter and check.anchor == cell.anchor for check in claim.checks):
            claim.checks.append(Check("position", page=cell.chapter, anchor=cell.anchor))

    def _by_position(self, chapter: Chapter, claim: Claim, line: int, *, nearest=False, forward=True) -> None:
        """A cell with an assertion in the same part of the chapter, unless something names the claim."""
        if any(check.page for check in claim.checks):
            return
        cells = [c for c in chapter.cells if c.asserts and not c.exercise and c.part == _part(chapter, line)]
        after = [cell for cell in cells if cell.line > line]
        before = [cell for cell in reversed(cells) if cell.line < line]
        if nearest:
            found = sorted(cells, key=lambda cell: abs(cell.line - line))
        else:  # a statement is checked after it, a drawing by the computation before it
            found = after if forward else before + after
        if found:
            self._tied(claim, found[0])

    # ---- asking

    def of_page(self, page: str) -> list[Claim]:
        return sorted((c for c in self.claims.values() if c.page == page), key=lambda c: (c.line, c.name))


@functools.cache
def _printed(text: str) -> frozenset[float]:
    return frozenset(printed(text))


def _part(chapter: Chapter, line: int) -> int:
    """The number of the part (heading of level two) that a line stands in."""
    return sum(start <= line for start in chapter.parts)


def is_quantitative(sentence: Sentence) -> bool:
    return bool(numbers(sentence.text))


def book_ledger(root: Path = ROOT) -> Ledger:
    return Ledger(sources.read_book(root), root)
