"""What the chapters say, read from their sources: statements, proofs, cells, figures, exercises and claims.

Nothing here is kept by hand. A chapter is a text in MyST Markdown; this module finds in it

* statements (``{prf:theorem}`` … with a label), each with the proof that follows it and what both refer to;
* code cells, with their assertions, the figure they show, and the claims they name (``# checks: label, label``);
* exercises with their solutions;
* a mark inside a statement, ``<!-- alone: why -->``, that no other statement has to do with it;
* sentences and rows of tables, some with an identifier, ``<!-- claim: name -->`` right after them (:mod:`rf_claims`).
"""

import re
from functools import cache
from pathlib import Path

from rf_parts import (  # noqa: F401  (readers of chapters need them too)
    CITATION,
    CLAIM,
    REFERENCE,
    Block,
    Cell,
    Chapter,
    Exercise,
    Sentence,
    Statement,
    cited,
    named,
    parse,
)

ROOT = Path(__file__).resolve().parents[2]

_FENCE = re.compile(r"^(`{3,}|:{3,})(?:\{([^}]+)\}\s*(.*?)|[\w+-]*)\s*$")
_OPTION = re.compile(r"^:([a-z-]+):\s*(.*)$")
_HEADING = re.compile(r"^(#{1,4})\s+(.*)$")


def blocks(text: str) -> list:
    """The text as a list of ``(line, text)`` and :class:`Block`, nested as the fences are."""
    lines = text.splitlines()
    first = 0
    if lines and lines[0] == "---":
        first = lines.index("---", 1) + 1
    root = Block("", "", 0)
    stack: list[tuple[str, Block]] = [("", root)]
    options_open = False
    for number, line in enumerate(lines[first:], first + 1):
        fence, block = stack[-1]
        stripped = line.strip()
        if fence and stripped and set(stripped) == {fence[0]} and len(stripped) >= len(fence):
            stack.pop()
            options_open = False
            continue
        literal = block.kind in {"code-cell", "code", "literal"}
        match = None if literal else _FENCE.match(stripped)
        if match:
            child = Block(match.group(2) or "literal", (match.group(3) or "").strip(), number)
            block.parts.append(child)
            stack.append((match.group(1), child))
            options_open = True
            continue
        option = _OPTION.match(stripped) if options_open else None
        if option:
            block.options[option.group(1)] = option.group(2)
            continue
        options_open = options_open and not stripped and not block.parts and False
        block.parts.append((number, line))
    return root.parts


_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|resp|cf|vs|Fig|Thm|Prop|Eq|no|pp|p)|\b[A-Z])\.$")


def split_sentences(line: str) -> list[str]:
    """A line of text cut after full stops outside formulas, roles and brackets; claims stay with their sentence."""
    masked = re.sub(r"\$\$?[^$]*\$\$?|`[^`]*`|<!--.*?-->|\[[^\]]*\]\([^)]*\)", lambda m: "x" * len(m.group()), line)
    cuts = []
    for match in re.finditer(r"[.!?](?:\*{1,2}|\)|”|\")?(?=\s+(?:x*<|[A-Z*`$xλΣ†\[{(]|$))", masked):
        if _ABBREVIATION.search(masked[: match.start() + 1]):
            continue
        end = match.end()
        while comment := re.match(r"\s*<!--.*?-->", line[end:]):
            end += comment.end()
        cuts.append(end)
    pieces, start = [], 0
    for cut in cuts:
        pieces.append(line[start:cut])
        start = cut
    pieces.append(line[start:])
    return [piece for piece in pieces if piece.strip()]


def claim_of(sentence: str) -> tuple[str | None, dict]:
    found = CLAIM.search(sentence)
    if not found:
        return None, {}
    return found.group(1), dict(option.split("=", 1) for option in found.group(2).split())


def bare(title: str) -> str:
    """A title as it is compared: small letters, no articles."""
    return title.lower().replace("the ", "")


class _Reader:
    def __init__(self, name: str, text: str):
        self.name, self.text = name, text
        self.title, self.heading, self.section = name, "", 0
        self.statements, self.cells, self.exercises, self.sentences = [], [], [], []
        self.anchors: list[str] = []
        self.exercise: dict | None = None  # the one whose solution may still go on
        self.parts: list[int] = []
        self.formula = False  # between two lines with dollars

    def read(self, parts: list, inside: str = "") -> None:
        for index, part in enumerate(parts):
            if isinstance(part, Block):
                self.block(part, parts[index + 1 :], inside)
            else:
                self.line(*part, inside)

    def line(self, number: int, line: str, inside: str) -> None:
        if anchor := re.fullmatch(r"\(([a-z][\w-]*)\)=\s*", line):
            self.anchors.append(anchor.group(1))
        elif heading := _HEADING.match(line):
            if len(heading.group(1)) == 1:
                self.title = heading.group(2)
            else:
                self.section += 1
                self.heading = heading.group(2)
                if len(heading.group(1)) == 2:
                    self.parts.append(number)
                    self.exercise = None
        elif self.exercise and self.exercise["open"]:
            self.exercise["solution"] += line + "\n"
        elif line.strip().startswith("$$"):
            self.formula = not self.formula and line.strip() == "$$"
        elif line.strip() and not self.formula and not line.startswith(("\\", "    ", "<!-- ")):
            for sentence in [line] if line.startswith("|") else split_sentences(line):
                name, options = claim_of(sentence)
                self.sentences.append(Sentence(self.name, number, self.section, sentence, name, options, self.heading))

    def block(self, block: Block, rest: list, inside: str) -> None:
        kind = block.kind
        if kind.startswith("prf:") and kind != "prf:proof" and "label" in block.options:
            self.statement(block, rest)
        elif kind == "code-cell":
            tags = tuple(re.findall(r"[\w-]+", block.options.get("tags", "")))
            source = "\n".join(line for _, line in block.parts).strip()
            exercise = self.exercise["label"] if self.exercise else None
            cell = Cell(
                self.name, len(self.cells) + 1, block.line, self.section, len(self.parts), source, exercise, tags
            )
            self.cells.append(cell)
            if self.exercise:
                self.exercise["cells"].append(cell)
        elif kind == "exercise":
            self.exercise = None
            label = block.options.get("label", "")
            self.anchors.append(label)
            self.exercises.append(
                {"label": label, "title": block.argument, "line": block.line, "text": block.text.strip()}
            )
            self.exercises[-1] |= {"solution": None, "cells": [], "open": False}
        elif kind in {"solution", "solution-start"}:
            self.exercise = next((e for e in self.exercises if e["label"] == block.argument), None)
            if self.exercise is None:
                raise ValueError(f"{self.name}: a solution of {block.argument}, which is no exercise before it")
            self.exercise["solution"] = block.text.strip() + "\n"
            self.exercise["open"] = kind == "solution-start"
        elif kind == "solution-end":
            if self.exercise:
                self.exercise["open"] = False
        elif kind == "dropdown" or kind == "prf:proof":
            pass  # read with its statement
        elif kind not in {"literal", "code", "eval-rst", "math", "bibliography", "list-table", "table"}:
            self.read(block.parts, kind)

    def statement(self, block: Block, rest: list) -> None:
        proof = None
        for part in rest:
            if not isinstance(part, Block):
                continue
            if part.kind == "dropdown" and bare(part.argument) == f"proof of {bare(block.argument)}":
                proof = part.text
                break
        for part in rest:
            if proof is not None or not isinstance(part, Block):
                continue
            if part.kind.startswith("prf:") and part.kind != "prf:proof":
                break
            if part.kind == "prf:proof" or (part.kind == "dropdown" and part.argument == "Proof"):
                proof = part.text
        label, kind = block.options["label"], block.kind.removeprefix("prf:")
        self.anchors.append(label)
        self.statements.append(
            Statement(label, kind, block.argument, self.name, block.line, self.section, block.text, proof)
        )

    def chapter(self) -> Chapter:
        self.read(blocks(self.text))
        exercises = tuple(
            Exercise(e["label"], e["title"], self.name, e["line"], e["text"], e["solution"], tuple(e["cells"]))
            for e in self.exercises
        )
        figures = [cell.figure for cell in self.cells if cell.figure]
        return Chapter(
            self.name,
            self.title,
            tuple(self.statements),
            tuple(self.cells),
            exercises,
            tuple(self.sentences),
            tuple([*self.anchors, *figures]),
            tuple(self.parts),
            self.text,
        )


def read_chapter(name: str, text: str) -> Chapter:
    return _Reader(name, text).chapter()


def chapter_names(root: Path = ROOT) -> list[str]:
    """Chapters in the order of the book; those that the contents do not list yet come last, unpublished."""
    contents = (root / "_toc.yml").read_text(encoding="utf-8")
    listed = [name for name in re.findall(r"(?:root|file):\s*book/([a-z_]+)", contents)]
    return [name for name in listed if (root / "book" / "sources" / f"{name}.md").exists()]


@cache
def _read(path: Path, stamp: int) -> Chapter:
    return read_chapter(path.stem, path.read_text(encoding="utf-8"))


def read_book(root: Path = ROOT) -> list[Chapter]:
    """Every published chapter."""
    paths = [root / "book" / "sources" / f"{name}.md" for name in chapter_names(root)]
    return [_read(path, path.stat().st_mtime_ns) for path in paths]


def unpublished_labels(root: Path = ROOT) -> set[str]:
    """Labels in sources that the contents do not list yet."""
    listed = chapter_names(root)
    paths = [path for path in (root / "book" / "sources").glob("*.md") if path.stem not in listed]
    return {label for path in paths for label in re.findall(r":label: ([\w-]+)", path.read_text(encoding="utf-8"))}
