"""The parts of a chapter: blocks, statements, cells, exercises, sentences; and the marks in their text."""

import ast
import re
from dataclasses import dataclass, field
from functools import cache

REFERENCE = re.compile(r"\{prf:ref\}`(?:[^`<]*<)?([^`>]+)>?`")
CITATION = re.compile(r"\{cite:[a-z]+\}`([^`]+)`")
CHECKS = re.compile(r"#\s*checks:\s*(.+)")
ALONE = re.compile(r"<!--\s*alone:\s*(.+?)\s*-->", re.DOTALL)
CLAIM = re.compile(r"<!--\s*claim:\s*([a-z0-9-]+)((?:\s+[a-z]+=\S+)*)\s*-->")


@dataclass
class Block:
    """A directive: ``{kind} argument`` with options, text, and directives inside."""

    kind: str
    argument: str
    line: int
    options: dict = field(default_factory=dict)
    parts: list = field(default_factory=list)  # of (line, text) and Block

    @property
    def text(self) -> str:
        return "\n".join(part.text if isinstance(part, Block) else part[1] for part in self.parts)


@dataclass(frozen=True)
class Statement:
    label: str
    kind: str
    title: str
    chapter: str
    line: int
    section: int
    text: str
    proof: str | None

    @property
    def references(self) -> tuple[str, ...]:
        """Labels that the statement and its proof rest on, in order."""
        found = REFERENCE.findall(self.text + "\n" + (self.proof or ""))
        return tuple(dict.fromkeys(label for label in found if label != self.label))

    @property
    def alone(self) -> str | None:
        """Why the statement rests on nothing and carries nothing, if its source says so."""
        found = ALONE.search(self.text)
        return found.group(1) if found else None

    @property
    def citations(self) -> tuple[str, ...]:
        return cited(self.title + "\n" + self.text + "\n" + (self.proof or ""))


@dataclass(frozen=True)
class Cell:
    chapter: str
    number: int  # among the code cells of the chapter, from 1
    line: int
    section: int
    part: int  # the heading of level two that it stands under
    source: str
    exercise: str | None  # the exercise whose solution it belongs to
    tags: tuple[str, ...]

    @property
    def anchor(self) -> str:
        return f"{self.chapter}-cell-{self.number}".replace("_", "-")

    @property
    def asserts(self) -> bool:
        return _asserts(self.source)

    @property
    def checks(self) -> tuple[str, ...]:
        """Claims that the cell names."""
        return named(self.source)

    @property
    def figure(self) -> str | None:
        found = re.search(r"figures\.(?:show|frames)\(.*?name=\"(fig-[\w-]+)\"", self.source, re.DOTALL)
        return found.group(1) if found else None


@dataclass(frozen=True)
class Exercise:
    label: str
    title: str
    chapter: str
    line: int
    text: str
    solution: str | None
    cells: tuple[Cell, ...]

    @property
    def kind(self) -> str:
        """``proof`` or ``compute``: an exercise is a proof if it says so or asks to show something."""
        words = f"{self.title} {self.text}".lower()
        proof = re.search(r"\(\W*(a )?proof|\b(show|prove|deduce|derive) (that|for|from|,)", words)
        return "proof" if proof else "compute"

    @property
    def references(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(REFERENCE.findall(self.text + "\n" + (self.solution or ""))))


@dataclass(frozen=True)
class Sentence:
    """Text of a chapter outside statements, proofs, exercises and code: one sentence, with its claim if it has one."""

    chapter: str
    line: int
    section: int
    text: str
    name: str | None
    options: dict
    heading: str


@dataclass(frozen=True)
class Chapter:
    name: str
    title: str
    statements: tuple[Statement, ...]
    cells: tuple[Cell, ...]
    exercises: tuple[Exercise, ...]
    sentences: tuple[Sentence, ...]
    anchors: tuple[str, ...]  # labels that others may link to
    parts: tuple[int, ...]  # lines of the headings of level two
    text: str


@cache
def parse(code: str) -> ast.Module:
    try:
        return ast.parse("\n".join("" if line.startswith(("%", "!")) else line for line in code.splitlines()))
    except SyntaxError:
        return ast.Module(body=[], type_ignores=[])


@cache
def _asserts(code: str) -> bool:
    return any(isinstance(node, ast.Assert) for node in ast.walk(parse(code)))


def named(text: str) -> tuple[str, ...]:
    found = []
    for names in CHECKS.findall(text):
        found += [name.strip(" .") for name in names.split(",") if name.strip(" .")]
    return tuple(dict.fromkeys(found))


def cited(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key.strip() for keys in CITATION.findall(text) for key in keys.split(",")))
