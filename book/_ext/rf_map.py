"""The map of the proofs: which statement rests on which, read from the references inside statements and proofs.

An edge leads from a statement to each one that its text or its proof refers to. ``problems`` says where the map is not
what a proof needs: a circle, a statement that stands alone, a statement without proof or citation.
"""

import html
import re
from dataclasses import dataclass, field

import rf_sources as sources
from rf_sources import Chapter, Statement

WIDTH, BOX, GAP, ROW, PER_ROW = 770, 180, 11, 58, 4


@dataclass
class Node:
    statement: Statement
    rests_on: list[str]
    used_by: list[str] = field(default_factory=list)
    mentioned: int = 0
    x: float = 0.0
    y: float = 0.0


class ProofMap:
    def __init__(self, chapters: list[Chapter]):
        self.chapters = chapters
        statements = {s.label: s for chapter in chapters for s in chapter.statements}
        known = statements.keys()
        self.nodes = {
            label: Node(s, [reference for reference in s.references if reference in known])
            for label, s in statements.items()
        }
        for label, node in self.nodes.items():
            for reference in node.rests_on:
                self.nodes[reference].used_by.append(label)
        everything = "\n".join(chapter.text for chapter in chapters)
        for reference in sources.REFERENCE.findall(everything):
            if reference in self.nodes:
                self.nodes[reference].mentioned += 1
        for node in self.nodes.values():
            own = sources.REFERENCE.findall(node.statement.text + "\n" + (node.statement.proof or ""))
            node.mentioned -= own.count(node.statement.label)
        self.exercises: dict[str, list[sources.Exercise]] = {}
        for chapter in chapters:
            for exercise in chapter.exercises:
                for reference in exercise.references:
                    self.exercises.setdefault(reference, []).append(exercise)

    @property
    def problems(self) -> list[str]:
        found = [f"a circle: {' → '.join(circle)}" for circle in self.circles()]
        for label, node in self.nodes.items():
            where = f"{node.statement.chapter}, line {node.statement.line}: {label}"
            if not node.statement.proof and not node.statement.citations:
                found.append(f"{where} has neither a proof nor a citation")
            if not node.mentioned and not node.used_by and not node.rests_on:
                found.append(f"{where} stands alone: it refers to nothing and nothing refers to it")
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

    # ---- drawing

    def layout(self) -> tuple[float, list[tuple[Chapter, float, float]]]:
        """Bands, one a chapter; inside, statements in the order of the text. Returns the height and the bands."""
        y, bands = 8.0, []
        for chapter in self.chapters:
            if not chapter.statements:
                continue
            top = y
            y += 26
            for index, statement in enumerate(chapter.statements):
                row, column = divmod(index, PER_ROW)
                node = self.nodes[statement.label]
                node.x, node.y = 8 + column * (BOX + GAP), y + row * ROW
            y += ((len(chapter.statements) - 1) // PER_ROW + 1) * ROW + 8
            bands.append((chapter, top, y - top - 8))
        return y, bands

    def svg(self) -> str:
        height, bands = self.layout()
        parts = [
            f'<svg class="rf-map" viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" height="{height:.0f}" '
            'role="group" aria-label="Map of the proofs: one box for each statement, lines to what it rests on. '
            'Tab enters the map; the arrow keys move along it; Enter leads to the same entry in the list below.">'
        ]
        for chapter, top, size in bands:
            name = html.escape(short_title(chapter))
            parts.append(f'<rect class="rf-band" x="0" y="{top:.0f}" width="{WIDTH}" height="{size:.0f}" rx="6"/>')
            parts.append(f'<text class="rf-band-title" x="10" y="{top + 18:.0f}">{name}</text>')
        for label, node in self.nodes.items():
            for reference in node.rests_on:
                other = self.nodes[reference]
                x1, y1 = node.x + BOX / 2, node.y
                x2, y2 = other.x + BOX / 2, other.y + 40
                if node.y <= other.y:  # the same row or a later one: leave from below
                    y1, y2 = node.y + 40, other.y + 40 if node.y == other.y else other.y
                bend = max(14, min(60, abs(y1 - y2) / 2))
                down = 1 if y1 == y2 or node.y < other.y else -1
                end = y2 + bend if y1 == y2 or down < 0 else y2 - bend
                path = f"M{x1:.0f} {y1:.0f}C{x1:.0f} {y1 + down * bend:.0f} {x2:.0f} {end:.0f} {x2:.0f} {y2:.0f}"
                parts.append(f'<path d="{path}" data-from="{label}" data-to="{reference}"/>')
        for label, node in self.nodes.items():
            kind, title = node.statement.kind, drawn_title(node.statement)
            lines = wrap(title, 29)[:2]
            text = " ".join(
                f'<tspan x="{node.x + 8:.0f}" y="{node.y + 16 + 14 * i + (0 if len(lines) > 1 else 7):.0f}">'
                f"{html.escape(line)}</tspan>"
                for i, line in enumerate(lines)
            )
            shown = " ".join(lines)
            name = f"{kind}: {title}" if shown in title else f"{shown} ({kind}: {title})"  # the name holds what is seen
            tip = html.escape(f"{name}; rests on {len(node.rests_on)}, used by {len(node.used_by)}")
            parts.append(
                f'<a href="#map-{label}" class="rf-node rf-{kind}" data-label="{label}" aria-label="{tip}">'
                f'<rect x="{node.x:.0f}" y="{node.y:.0f}" width="{BOX}" height="40" rx="4"/><text>{text}</text></a>'
            )
        return "".join(parts) + "</svg>"


def short_title(chapter: Chapter) -> str:
    return chapter.title.partition(":")[0].replace("$", "")


def drawn_title(statement: Statement) -> str:
    """A title without formulas in TeX, for a drawing."""
    text = re.sub(r"\\(?:mathcal|operatorname|mathrm|mathbb)\{([^}]*)\}", r"\1", statement.title or statement.label)
    return re.sub(r"[$\\{}*`]", "", text)


def wrap(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    if len(lines) > 2:
        lines[1] = lines[1][: width - 1].rstrip(" ,") + "…"
    return lines
