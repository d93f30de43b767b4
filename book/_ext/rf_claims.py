"""The ledger: every claim of the book and what checks it, derived from the chapters, their outputs and the tests.

A claim is a statement (its label is its identifier), a figure (its name), or a sentence or a row of a table with a
number (:mod:`rf_numbers` says what counts), which has an identifier in the source, right after its full stop::

    The integral overshoots by the factor 1.861 in the limit. <!-- claim: concentration-integral-overshoots -->

What checks a sentence is found in this order:

1. a mark of a certified number, which encloses it;
2. the statements that it refers to;
3. what it names, ``<!-- claim: name by=thm-spectrum -->``: a statement, a figure's cell, another sentence, a test
   ``by=tests/test_price_law.py::test_constant``, the script of an experiment; and the cells and tests that name it in a
   comment, ``# checks: name``;
4. only if nothing is named: the nearest cell before it and the nearest after it, in the same part of the chapter.

Each number of a sentence must be what rounding makes of a number found there: one that a cell prints or that stands in
one of its assertions, one of the statement, one of the test. Other numbers of a cell (sizes, axes of a drawing) do not
count. A sentence is as certain as the least certain of its numbers: **exact** if all are in proved statements or
certified, **measured** if a cell or a test is all that has one of them. ``kind=exact`` says that it follows from the
proved statement that it names, and that a test only confirms it; ``kind=cited`` that it is taken from the literature:
it has a citation in its paragraph in place of a check.
``problems`` lists every claim without a check, every check without a claim and every name that leads nowhere.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

import rf_runs as runs
import rf_sources as sources
from rf_evidence import Check, Judge, caption_text, part_of
from rf_numbers import numbers
from rf_sources import ROOT, Cell, Chapter, Sentence


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


CLAIM_COMMENT = re.compile(r"\s*<!--.*?-->")


def plain(text: str) -> str:
    text = CLAIM_COMMENT.sub("", text)
    if text.startswith("|"):  # a row of a table
        text = re.sub(r"\s\|\s", " · ", text.strip("| "))
    return re.sub(r"\s+", " ", text).strip(" *-") or "…"


def is_quantitative(sentence: Sentence) -> bool:
    return bool(numbers(sentence.text))


class Ledger(Judge):
    def __init__(self, chapters: list[Chapter], root: Path = ROOT):
        super().__init__(chapters, root)
        self.record = runs.read_record(root)
        self.unpublished = sources.unpublished_labels(root)  # chapters that are not in the contents yet
        self.claims: dict[str, Claim] = {}
        self.problems: list[str] = []
        self._collect()
        self._tie()

    # ---- collecting

    def _add(self, claim: Claim) -> None:
        if claim.name in self.claims:
            self._problem(claim, "names two claims")
        self.claims[claim.name] = claim

    def _problem(self, claim: Claim | Sentence, text: str) -> None:
        page = claim.page if isinstance(claim, Claim) else claim.chapter
        self.problems.append(f"{page}, line {claim.line}: {claim.name}: {text}")

    def _collect(self) -> None:
        for chapter in self.chapters:
            name = chapter.name
            for s in chapter.statements:
                certainty = "exact" if s.proof else "cited" if s.citations else "unproved"
                self._add(Claim(s.label, name, s.label, s.kind, certainty, s.title or s.label, s.line, [], s.citations))
            captions = runs.captions(self.root, name)
            for cell in chapter.cells:
                if cell.figure:
                    message = captions[cell.number - 1] if cell.number <= len(captions) else ""
                    self._add(
                        Claim(cell.figure, name, cell.figure, "figure", "measured", message or cell.figure, cell.line)
                    )
            for sentence in chapter.sentences:
                if sentence.name:
                    self._sentence(sentence)
                elif is_quantitative(sentence):
                    self.problems.append(
                        f"{name}, line {sentence.line}: a sentence with a number and no identifier "
                        f"(run tools/claims.py --mark): {plain(sentence.text)[:90]}"
                    )

    def _sentence(self, sentence: Sentence) -> None:
        verdict = self.judge(sentence)
        where = f"claim-{sentence.name}"
        claim = Claim(sentence.name, sentence.chapter, where, "sentence", verdict.certainty, "", sentence.line)
        claim.text, claim.checks = plain(sentence.text), list(verdict.checks)
        claim.citations = sources.cited(sentence.text)
        if verdict.certainty == "cited" and not claim.citations:
            claim.citations = sources.cited(paragraph(self.by_name[sentence.chapter], sentence.line))
        self._add(claim)
        for option, value in sentence.options.items():
            if option not in {"by", "kind"} or (option == "kind" and value not in {"cited", "exact"}):
                self._problem(claim, f"{option}={value} is no option (by=…, kind=cited or kind=exact)")
        if verdict.missing:
            self._problem(claim, f"nothing that checks it prints or asserts {', '.join(verdict.missing)}")

    # ---- tying checks to claims

    def _tie(self) -> None:
        for name, evidence in self.naming.items():
            for one in evidence:
                if name not in self.claims:
                    if name not in self.unpublished:
                        where = one.check.test or f"{one.check.page}, {one.check.anchor}"
                        self.problems.append(f"{where}: checks {name}, which is no claim")
                elif one.check not in self.claims[name].checks:
                    self.claims[name].checks.append(one.check)
        for chapter in self.chapters:
            for statement in chapter.statements:
                self._by_position(chapter, self.claims[statement.label])
            for cell in chapter.cells:
                if cell.figure:
                    self._figure(chapter, cell)
        for claim in self.claims.values():
            if claim.certainty == "unproved":
                self._problem(claim, "has neither a proof nor a citation")
            if claim.certainty == "cited" and not claim.citations:
                self._problem(claim, "is cited from nowhere")
            elif not claim.checks and claim.certainty != "cited":
                self._problem(claim, "has no check")
        used = {(check.page, check.anchor) for claim in self.claims.values() for check in claim.checks}
        for chapter in self.chapters:
            for cell in chapter.cells:
                if cell.asserts and not cell.exercise and (chapter.name, cell.anchor) not in used:
                    head = cell.source.strip().splitlines()[0][:50]
                    self.problems.append(f"{chapter.name}, line {cell.line}: {cell.anchor} checks no claim ({head})")

    def _figure(self, chapter: Chapter, cell: Cell) -> None:
        """A drawing is checked by its own cell, or by the computation before it; its caption's numbers as well."""
        claim = self.claims[cell.figure]
        if cell.asserts:
            self._tied(claim, cell)
        else:
            self._by_position(chapter, claim, forward=False)
        if missing := self.judge_caption(cell, caption_text(cell), claim.checks):
            self._problem(claim, f"no assertion or output has the caption's {', '.join(missing)}")

    def _tied(self, claim: Claim, cell: Cell) -> None:
        if not any(check.page == cell.chapter and check.anchor == cell.anchor for check in claim.checks):
            claim.checks.append(Check("position", page=cell.chapter, anchor=cell.anchor))

    def _by_position(self, chapter: Chapter, claim: Claim, *, forward=True) -> None:
        """A cell with an assertion in the same part of the chapter, unless something names the claim."""
        if any(check.page for check in claim.checks):
            return
        cells = [c for c in chapter.cells if c.asserts and not c.exercise and c.part == part_of(chapter, claim.line)]
        after = [cell for cell in cells if cell.line > claim.line]
        before = [cell for cell in reversed(cells) if cell.line < claim.line]
        found = after if forward else before + after  # a statement is checked after it
        if found:
            self._tied(claim, found[0])

    # ---- asking

    def of_page(self, page: str) -> list[Claim]:
        return sorted((c for c in self.claims.values() if c.page == page), key=lambda c: (c.line, c.name))

    def run_of(self, check: Check) -> tuple[str, str]:
        """The name and the digest under which the last run of a check is kept; empty for what does not run."""
        if check.test in self.tests:
            return check.test, runs.digest(self.tests[check.test].source)
        if check.page in self.by_name:
            for cell in self.by_name[check.page].cells:
                if cell.anchor == check.anchor:
                    return cell.anchor, runs.code_digest(cell.source)
        return "", ""

    def last_run(self, claim: Claim) -> str:
        """The worst result among the tests and cells that check a claim."""
        found = {runs.last_run(self.record, *run) for check in claim.checks if (run := self.run_of(check))[0]}
        return next((result for result in runs.RESULTS if result in found), "")


# --------------------------------------------------------------------------------------------------------------


def paragraph(chapter: Chapter, line: int) -> str:
    """The paragraph of a line; of a list, with the paragraph that introduces it."""
    lines = chapter.text.splitlines()
    first = line - 1
    while first > 0 and lines[first - 1].strip():
        first -= 1
    if re.match(r"\s*(?:[*-]|\d+\.)\s", lines[first]) and first > 1:
        first -= 2
        while first > 0 and lines[first - 1].strip():
            first -= 1
    return "\n".join(lines[first:line])


def book_ledger(root: Path = ROOT) -> Ledger:
    return Ledger(sources.read_book(root), root)
