"""The drawing of the map of the proofs, as SVG with one link for each statement."""

import html

from rf_map import ProofMap, drawn_title
from rf_map_layout import Layout, layout
from rf_map_rows import BOX, FONT, INSET, LEADING

ROUND = 4  # radius of a corner


def svg(proof_map: ProofMap) -> str:
    places = layout(proof_map)
    width, height = f"{places.width:.0f}", f"{places.height:.0f}"
    parts = [
        f'<svg class="rf-map" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="group" aria-label="Map of the proofs: one box for each statement, lines to what it rests on. '
        "Tab enters the map; the arrow keys move along it; Enter leads to the statement, its proof, checks and "
        'exercises; Escape leads back.">'
    ]
    for _, top, size in places.bands:
        parts.append(f'<rect class="rf-band" x="0" y="{top:.0f}" width="{width}" height="{size:.0f}" rx="6"/>')
    parts.append("<g>")
    for (user, ground), points in places.lines.items():
        parts.append(f'<path d="{path(points)}" data-from="{user}" data-to="{ground}"/>')
    parts.append("</g>")
    for title, top, _ in places.bands:
        parts.append(f'<text class="rf-band-title" x="10" y="{top + 18:.0f}">{html.escape(title)}</text>')
    parts += [box(proof_map, places, label) for label in places.order]
    return "".join(parts) + "</svg>"


def box(proof_map: ProofMap, places: Layout, label: str) -> str:
    node, here = proof_map.nodes[label], places.boxes[label]
    kind = node.statement.kind
    first = here.y + (here.height - LEADING * len(here.lines)) / 2 + FONT
    text = " ".join(
        f'<tspan x="{here.x + INSET:.0f}" y="{first + LEADING * index:.1f}">{html.escape(line)}</tspan>'
        for index, line in enumerate(here.lines)
    )
    name = f"{kind}: {drawn_title(node.statement)}; rests on {len(node.rests_on)}, used by {len(node.used_by)}"
    return (
        f'<a href="#map-{label}" class="rf-node rf-{kind}" data-label="{label}" aria-label="{html.escape(name)}">'
        f'<rect x="{here.x:.0f}" y="{here.y:.1f}" width="{BOX}" height="{here.height:.0f}" rx="4"/>'
        f"<text>{text}</text></a>"
    )


def path(points: list[tuple[float, float]]) -> str:
    """A line with rounded corners."""
    pieces = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        (x1, y1), (x2, y2) = towards(corner, before), towards(corner, after)
        pieces.append(f"L{x1:.1f} {y1:.1f}Q{corner[0]:.1f} {corner[1]:.1f} {x2:.1f} {y2:.1f}")
    pieces.append(f"L{points[-1][0]:.1f} {points[-1][1]:.1f}")
    return "".join(pieces)


def towards(corner: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    """A point near the corner, where its arc begins; two arcs share a short piece."""
    length = abs(other[0] - corner[0]) + abs(other[1] - corner[1])
    share = min(ROUND, length / 2) / length
    return corner[0] + share * (other[0] - corner[0]), corner[1] + share * (other[1] - corner[1])
