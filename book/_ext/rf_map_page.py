"""The page "Map of the proofs": the drawing, the same as nested text, and an entry for each statement.

An entry holds what the statement says, and leads to its proof, its checks, its neighbours and its exercises. The panel
above the drawing shows a copy of the entry of the chosen box (``proof_map.js``), so both say the same.
"""

import html
import re
from pathlib import Path

import rf_map_drawing
from rf_map import ProofMap
from rf_sources import Statement

SCRIPT = Path(__file__).with_name("proof_map.js")
CHECKS = 3  # as many are named in an entry

#: What stands between the links of an entry and the statement itself, which the chapter's own Markdown says.
FOLD = '<details class="rf-statement"><summary>What it says</summary><div class="rf-said">'


def around(statement: Statement) -> tuple[str, str]:
    return f'<li id="map-{statement.label}">', "</div></details></li>"


def text_of(statement: Statement) -> str:
    """The statement's text; marks for the tests stay in the chapter."""
    return re.sub(r"[ \t]*<!--.*?-->", "", statement.text, flags=re.DOTALL).strip()


def map_part(writer) -> str:
    drawing = rf_map_drawing.svg(ProofMap(writer.ledger.chapters))
    return (
        '<div><section id="rf-panel" class="rf-panel" tabindex="-1" aria-label="Chosen statement">'
        "<p>Choose a box: what it rests on and what rests on it is drawn in colour. Here appears what it says, "
        "with its proof, checks and exercises.</p></section>"
        f'<div class="rf-scroll rf-map-box" role="group" aria-label="Proof map" tabindex="0">{drawing}</div></div>'
        f"<script>{SCRIPT.read_text(encoding='utf-8')}</script>"
    )


def entry_part(writer, label: str) -> str:
    proof_map = ProofMap(writer.ledger.chapters)
    node = proof_map.nodes[label]
    statement, claim = node.statement, writer.ledger.claims[label]
    parts = [writer.link(statement.chapter, f"proof-{label}", "its proof") if statement.proof else "cited"]
    if claim.checks:
        shown = list(dict.fromkeys(writer.check(check) for check in claim.checks))
        more = f" and {len(shown) - CHECKS} more" if len(shown) > CHECKS else ""
        parts.append("checked by " + ", ".join(shown[:CHECKS]) + more)
    if node.rests_on:
        parts.append("rests on " + ", ".join(map_link(writer, reference) for reference in node.rests_on))
    if node.used_by:
        parts.append("used by " + ", ".join(map_link(writer, reference) for reference in node.used_by))
    if statement.alone:
        parts.append("stands alone: " + writer.inline(statement.alone.rstrip(" .")))
    if statement.citations:
        parts.append("cites " + ", ".join(writer.cite(key) for key in statement.citations))
    parts.append(exercises(writer, proof_map, label))
    head = f"{statement.kind} <strong>{writer.statement(label)}</strong>"
    return (
        f'<p class="rf-entry"><span class="rf-head">{head}</span>: <span class="rf-links">{"; ".join(parts)}</span></p>'
    )


def exercises(writer, proof_map: ProofMap, label: str) -> str:
    """Exercises about the statement; else the nearest ones on the map, or those of the chapter, named as such."""
    about, found = proof_map.nearest_exercises(label)
    links = ", ".join(dict.fromkeys(writer.link(e.chapter, e.label, html.escape(e.label)) for e in found))
    if about == label:
        return f"exercises: {links}"
    if about:
        return f"no exercise of its own; the nearest, about {map_link(writer, about)}: {links}"
    page = proof_map.nodes[label].statement.chapter
    if not writer.ledger.by_name[page].exercises:
        return "no exercise about it"
    anchor = f"exercises-{page.replace('_', '-')}"
    return f"no exercise about it; {writer.link('exercises', anchor, 'those of its chapter')}"


def map_link(writer, label: str) -> str:
    title = writer.inline(writer.ledger.statements[label].title or label, links=False)
    return writer.link("proof_map", f"map-{label}", title)


def tree_part(writer) -> str:
    """Where the book arrives, and under each statement what it rests on."""
    proof_map = ProofMap(writer.ledger.chapters)
    shown: set[str] = set()

    def branch(label: str) -> str:
        text = map_link(writer, label)
        below = proof_map.nodes[label].rests_on
        if not below:
            return f"<li>{text}</li>"
        if label in shown:
            return f"<li>{text} (its grounds stand above)</li>"
        shown.add(label)
        return f"<li>{text}<ul>{''.join(branch(reference) for reference in below)}</ul></li>"

    roots = [label for label in proof_map.roots() if proof_map.nodes[label].rests_on]
    return f"<ul>{''.join(branch(label) for label in roots)}</ul>"
