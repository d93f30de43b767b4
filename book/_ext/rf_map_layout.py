"""Places for the map of the proofs: boxes in layers, and lines that never run behind a box.

Each chapter is a band. Inside it a statement stands in a row below everything in the chapter that it rests on, near
the columns of its grounds. Lines keep to the free space: channels between rows and gutters between columns. All lines
out of one statement are one tree, which leaves its lower edge, runs in tracks of its own, and enters what rests on the
statement from above. So lines of two statements cross, but never lie on each other.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from itertools import permutations

from rf_map import ProofMap, drawn_title, short_title

COLUMNS = 4
BOX = 154
FONT, LEADING = 13, 16
INSET = 8  # of a title in its box
TRACK = 5  # between two lines side by side
PAD = 9  # of a channel or gutter, beside its tracks
STRIP = 26  # for the title of a chapter
GAP = 8  # between two bands


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


@dataclass
class Net:
    """The lines out of one statement."""

    ground: str
    users: list[str]
    gutter: int | None = None  # the gutter of its trunk, if it leads beyond the next row
    x: float = 0.0  # of the trunk
    ports: dict[str, float] = field(default_factory=dict)  # where it enters each user
    tracks: dict[int, float] = field(default_factory=dict)  # height of its line in each channel


@dataclass
class Layout:
    width: float
    height: float
    boxes: dict[str, Box]
    bands: list[tuple[str, float, float]]  # title, top, height
    lines: dict[tuple[str, str], list[tuple[float, float]]]  # (user, ground): corners, from the ground on
    order: list[str]  # of the boxes, row by row


# --------------------------------------------------------------------------------------------------------------
# Titles


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


# --------------------------------------------------------------------------------------------------------------
# Rows and columns


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


# --------------------------------------------------------------------------------------------------------------
# Lines


def share_tracks(intervals: dict[str, tuple[float, float]], gap: float) -> dict[str, int]:
    """The left-edge rule: each interval goes to the first track that is free from its start on."""
    ends: list[float] = []
    result = {}
    for name in sorted(intervals, key=lambda name: (intervals[name], name)):
        start, end = intervals[name]
        track = next((t for t, last in enumerate(ends) if last + gap <= start), len(ends))
        ends[track : track + 1] = [end]
        result[name] = track
    return result


def choose_gutters(nets: list[Net], boxes: dict[str, Box]) -> dict[int, dict[str, tuple[int, int]]]:
    """A gutter for each net that leads beyond the next row: near its boxes, and not crowded."""
    trunks: dict[int, dict[str, tuple[int, int]]] = defaultdict(dict)
    for net in nets:
        ground = boxes[net.ground]
        channels = {ground.row + 1, *(boxes[user].row for user in net.users)}
        if channels == {ground.row + 1}:
            continue
        ends = [ground.column + 0.5, *(boxes[user].column + 0.5 for user in net.users)]
        span = (min(channels), max(channels))

        def cost(gutter, ends=ends, span=span):
            beside = sum(one[0] <= span[1] and span[0] <= one[1] for one in trunks[gutter].values())
            return sum(abs(gutter - end) for end in ends) + 0.35 * beside

        net.gutter = min(range(COLUMNS + 1), key=cost)
        trunks[net.gutter][net.ground] = span
    return trunks


def enter(boxes: dict[str, Box], nets: list[Net]) -> None:
    """Where each line enters a box: from the left in its left half, from the right in its right half.

    The middle is kept for the line that falls straight down: there the box above has its own exit.
    """
    for label, box in boxes.items():
        left, right = [], []
        for net in nets:
            if label not in net.users:
                continue
            ground = boxes[net.ground]
            direct = box.row == ground.row + 1
            if direct and box.column == ground.column:
                net.ports[label] = box.middle
                continue
            start = ground.middle if direct else net.x
            (left if start < box.middle else right).append((start, net))
        for side, shift in ((left, 0.0), (right, BOX / 2)):
            side.sort(key=lambda pair: (pair[0], pair[1].ground))
            for index, (_, net) in enumerate(side):
                net.ports[label] = box.x + shift + BOX / 2 * (index + 1) / (len(side) + 1)


def spans(net: Net, boxes: dict[str, Box]) -> dict[int, tuple[float, float]]:
    """From where to where the net runs in each channel."""
    ground = boxes[net.ground]
    ends = defaultdict(list, {ground.row + 1: [ground.middle]})
    for user in net.users:
        ends[boxes[user].row].append(net.ports[user])
    if net.gutter is not None:
        for stops in ends.values():
            stops.append(net.x)
    return {channel: (min(stops), max(stops)) for channel, stops in ends.items()}


def corners(net: Net, user: str, boxes: dict[str, Box]) -> list[tuple[float, float]]:
    """The way from a ground to one of its users."""
    ground, box = boxes[net.ground], boxes[user]
    points = [(ground.middle, ground.y + ground.height)]
    first, last = ground.row + 1, box.row
    points.append((ground.middle, net.tracks[first]))
    if first != last:
        points += [(net.x, net.tracks[first]), (net.x, net.tracks[last])]
    points += [(net.ports[user], net.tracks[last]), (net.ports[user], box.y)]
    bends = [points[0]]
    for before, point, after in zip(points, points[1:], points[2:], strict=False):
        straight = before[0] == point[0] == after[0] or before[1] == point[1] == after[1]
        if point != bends[-1] and not straight:
            bends.append(point)
    return [*bends, points[-1]]


def layout(proof_map: ProofMap) -> Layout:
    boxes, titles = place(proof_map)
    nets = [Net(label, node.used_by) for label, node in proof_map.nodes.items() if node.used_by]
    trunks = choose_gutters(nets, boxes)

    x, lefts = 0.0, []  # across: gutters are as wide as their tracks need
    for gutter in range(COLUMNS + 1):
        track = share_tracks(trunks[gutter], gap=1)
        for net in nets:
            if net.ground in track:
                net.x = x + PAD + TRACK * track[net.ground]
        x += 2 * PAD + TRACK * max(track.values(), default=0)
        lefts.append(x)
        x += BOX if gutter < COLUMNS else 0
    for box in boxes.values():
        box.x = lefts[box.column]
    enter(boxes, nets)

    rows = 1 + max(box.row for box in boxes.values())  # down: channels are as high as their tracks need
    wanted: dict[int, dict[str, tuple[float, float]]] = defaultdict(dict)
    for net in nets:
        for channel, span in spans(net, boxes).items():
            wanted[channel][net.ground] = span
    y, bands = 0.0, []
    for channel in range(rows + 1):
        if channel in titles or channel == rows:
            if bands:
                title, top, _ = bands[-1]
                bands[-1] = (title, top, y + PAD - top)
                y += PAD + GAP
            if channel in titles:
                bands.append((titles[channel], y, 0.0))
                y += STRIP
        track = share_tracks(wanted[channel], gap=TRACK)
        for net in nets:
            if net.ground in track:
                net.tracks[channel] = y + PAD + TRACK * track[net.ground]
        y += 2 * PAD + TRACK * max(track.values(), default=0)
        inside = [box for box in boxes.values() if box.row == channel]
        height = max((len(box.lines) for box in inside), default=0) * LEADING + 11
        for box in inside:
            box.y, box.height = y, height
        y += height if inside else 0
    lines = {(user, net.ground): corners(net, user, boxes) for net in nets for user in net.users}
    order = sorted(boxes, key=lambda label: (boxes[label].row, boxes[label].column))
    return Layout(x, y, boxes, bands, lines, order)
