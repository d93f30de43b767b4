"""The map of the proofs: which statement rests on which, read from the references inside statements and proofs.

An edge leads from a statement to each one that its text or its proof refers to. ``problems`` says where the map is not
what a proof needs: a circle, a statement that stands alone without saying why, one without proof or citation.
:mod:`rf_map_rows` and :mod:`rf_map_layout` find the places, :mod:`rf_map_drawing` draws.
"""

import re
from dataclasses import dataclass, field

import rf_sources as sources
from rf_sources import Chapter, Exercise, Statement


@dataclass
class Node:
    statement: Statement
    rests_on: list[str]
    used_by: list[str] = field(default_factory=list)

    @property
    def is_isolated(self) -> bool:
        return not self.rests_on and not self.used_by


class ProofMap:
    def __init__(self, chapters: list[Chapter]):
        self.chapters = chapters
        statements = {s.label: s for chapter in chapters for s in chapter.statements}
        self.nodes = {
            label: Node(s, [reference for reference in s.references if reference in statements])
            for label, s in statements.items()
        }
        for label, node in self.nodes.items():
            for reference in node.rests_on:
                self.nodes[reference].used_by.append(label)
        self.exercises: dict[str, list[Exercise]] = {}
        for chapter in chapters:
            for exercise in chapter.exercises:
                for reference in exercise.references:
                    self.exercises.setdefault(reference, []).append(exercise)

    # ---- what a proof needs

    @property
    def problems(self) -> list[str]:
        found = [f"a circle: {' → '.join(circle)}" for circle in self.circles()]
        for label, node in self.nodes.items():
            where = f"{node.statement.chapter}, line {node.statement.line}: {label}"
            if not node.statement.proof and not node.statement.citations:
                found.append(f"{where} has neither a proof nor a citation")
            if node.is_isolated and not node.statement.alone:
                found.append(
                    f"{where} stands alone: no proof refers to it and its own refers to none; "
                    "put the reference into the proof that uses it, or say why: <!-- alone: … -->"
                )
            if node.statement.alone and not node.is_isolated:
                other = [*node.rests_on, *node.used_by][0]
                found.append(f"{where} is marked as standing alone, but the map joins it to {other}")
        found += [
            f"{s.chapter}, line {s.line}: {s.label} refers to {reference}, which is no statement"
            for chapter in self.chapters
            for s in chapter.statements
            for reference in s.references
            if reference not in self.nodes and reference not in sources.unpublished_labels()
        ]
        return found

    def circles(self) -> list[list[str]]:
        found, state, path = [], {}, []

        def visit(label):
            state[label] = 1
            path.append(label)
            for reference in self.nodes[label].rests_on:
                if state.get(reference) == 1:
                    found.append([*path[path.index(reference) :], reference])
                elif reference not in state:
                    visit(reference)
            path.pop()
            state[label] = 2

        for label in self.nodes:
            if label not in state:
                visit(label)
        return found

    def roots(self) -> list[str]:
        """Statements that no other one uses: where the book arrives."""
        return [label for label, node in self.nodes.items() if not node.used_by]

    # ---- exercises

    def nearest_exercises(self, label: str) -> tuple[str | None, list[Exercise]]:
        """Exercises about the statement nearest to this one, and which it is; first itself, then what rests on it.

        The search follows the uses step by step, then the grounds. Without any, ``(None, [])``.
        """
        for links in ("used_by", "rests_on"):
            level, seen = [label], {label}
            while level:
                for one in level:
                    if one in self.exercises:
                        return one, self.exercises[one]
                following = [other for one in level for other in getattr(self.nodes[one], links)]
                level = [one for one in dict.fromkeys(following) if one not in seen]
                seen.update(level)
        return None, []


def short_title(chapter: Chapter) -> str:
    return chapter.title.partition(":")[0].replace("$", "")


def drawn_title(statement: Statement) -> str:
    """A title without formulas in TeX, for a drawing."""
    text = re.sub(r"\\(?:mathcal|operatorname|mathrm|mathbb)\{([^}]*)\}", r"\1", statement.title or statement.label)
    return re.sub(r"[$\\{}*`]", "", text)
