"""Lines for the map of the proofs that never run behind a box, and the room that they need between the boxes.

Lines keep to the free space: channels between rows and gutters between columns. All lines
out of one statement are one tree, which leaves its lower edge, runs in tracks of its own, and enters what rests on the
statement from above. So lines of two statements cross, but never lie on each other.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from rf_map import ProofMap
from rf_map_rows import BOX, COLUMNS, LEADING, Box, place

TRACK = 5  # between two lines side by side
PAD = 9  # of a channel or gutter, beside its tracks
STRIP = 26  # for the title of a chapter
GAP = 8  # between two bands


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
