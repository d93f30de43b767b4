"""Rows and columns for the map of the proofs.

Each chapter is a band. Inside it a statement stands in a row below everything in the chapter that it rests on, near
the columns of its grounds.
"""

from dataclasses import dataclass
from functools import cache
from itertools import permutations

from rf_map import ProofMap, drawn_title, short_title

COLUMNS = 4
BOX = 154
FONT, LEADING = 13, 16
INSET = 8  # of a title in its box


@dataclass
class Box:
    row: int
    column: int
    lines: list[str]
    x: float = 0.0
    y: float = 0.0
    height: float = 0.0

    @property
    def middle(self) -> float:
        return self.x + BOX / 2


@cache
def text_width(text: str) -> float:
    """In DejaVu Sans, the widest of the usual sans-serif fonts: what fits here fits in the reader's font."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextToPath

    font = FontProperties(family="DejaVu Sans", size=FONT)
    return TextToPath().get_text_width_height_descent(text, font, ismath=False)[0]


def wrap(text: str, width: float = BOX - 2 * INSET) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def layers(labels: list[str], grounds: dict[str, list[str]]) -> dict[str, int]:
    """How many steps each statement stands above the ground, within its chapter."""

    @cache
    def depth(label):
        return 1 + max((depth(other) for other in grounds[label] if other in inside), default=-1)

    inside = set(labels)
    return {label: depth(label) for label in labels}


def rows_of(labels: list[str], grounds: dict[str, list[str]]) -> list[list[str]]:
    """Layers cut into rows; what has nothing to do with the rest of its chapter fills the places left over."""
    inside = set(labels)
    joined = {label for label in labels if inside & set(grounds[label])}
    joined |= {other for label in labels for other in grounds[label] if other in inside}
    depth = layers(labels, grounds)
    rows = []
    for level in range(max(depth.values()) + 1):
        layer = [label for label in labels if label in joined and depth[label] == level]
        rows += [layer[start : start + COLUMNS] for start in range(0, len(layer), COLUMNS)]
    for label in labels:
        if label not in joined:
            row = next((row for row in rows if len(row) < COLUMNS), None)
            if row is None:
                rows.append(row := [])
            row.append(label)
    return rows


def columns_of(row: list[str], grounds: dict[str, list[str]], placed: dict[str, Box]) -> dict[str, int]:
    """The columns that are nearest to those of the grounds."""
    wanted = {}
    for index, label in enumerate(row):
        known = [placed[other].column for other in grounds[label] if other in placed]
        wanted[label] = sum(known) / len(known) if known else float(index)
    ways = permutations(range(COLUMNS), len(row))
    best = min(ways, key=lambda way: sum((c - wanted[label]) ** 2 for c, label in zip(way, row, strict=True)))
    return dict(zip(row, best, strict=True))


def place(proof_map: ProofMap) -> tuple[dict[str, Box], dict[int, str]]:
    """Row and column of each statement, and the title of the chapter that starts at a row."""
    grounds = {label: node.rests_on for label, node in proof_map.nodes.items()}
    boxes: dict[str, Box] = {}
    titles, count = {}, 0
    for chapter in proof_map.chapters:
        labels = [statement.label for statement in chapter.statements]
        if not labels:
            continue
        titles[count] = short_title(chapter)
        for row in rows_of(labels, grounds):
            columns = columns_of(row, grounds, boxes)
            for label in sorted(row, key=columns.get):
                lines = wrap(drawn_title(proof_map.nodes[label].statement))
                boxes[label] = Box(count, columns[label], lines)
            count += 1
    return boxes, titles
