"""Definitions where they are needed: on each chapter page the first use of a glossary term leads to the glossary.

The definition shows while the mouse or the keyboard is on the link (``certified.js``). Nothing is written in the
chapters: this module finds the terms in their prose, in their plural too. ``book/glossary.md`` is the only list; a term
that no chapter uses under that name is named there in a comment, ``<!-- not linked: term; term -->``, and another one
lists phrases in which a word means something else, ``<!-- passed over: phrase; phrase -->``.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import rf_sources as sources
from docutils import nodes
from rf_book import ROOT
from rf_writer import formula
from sphinx import addnodes

PAGE = "book/glossary"
_GLOSSARY = re.compile(r"^```\{glossary\}\n(.*?)^```", re.DOTALL | re.MULTILINE)
#: Where a word is no prose, or where a link would stand in the way: titles, code, formulas, links, captions, tables,
#: names of chapters and words that are being defined (in italics or bold), statements and proofs, exercises, folds.
_LEFT_OUT = (
    nodes.title, nodes.rubric, nodes.literal, nodes.literal_block, nodes.math, nodes.math_block, nodes.reference,
    nodes.emphasis, nodes.strong, nodes.caption, nodes.raw, nodes.table, nodes.figure, nodes.footnote,
    nodes.footnote_reference, nodes.comment,
    addnodes.pending_xref, addnodes.glossary, addnodes.download_reference, addnodes.toctree,
)  # fmt: skip
_LEFT_OUT_MODULES = ("sphinx_proof", "sphinx_exercise", "sphinxcontrib.bibtex")


@dataclass(frozen=True)
class Term:
    """An entry of the glossary: its names, the first one first, and its definition as Markdown of one paragraph."""

    names: tuple[str, ...]
    definition: str

    @property
    def anchor(self) -> str:
        return "define-" + re.sub(r"[^a-z0-9]+", "-", self.names[0].lower())


def read(text: str) -> list[Term]:
    """The entries of a page, in its order."""
    terms, names, said = [], [], []
    for line in [*_GLOSSARY.search(text)[1].splitlines(), ""]:
        if line.startswith(" "):
            said.append(line.strip())
        elif line.strip():
            names.append(line.strip())
        elif said:
            terms.append(Term(tuple(names), " ".join(said)))
            names, said = [], []
    return terms


def listed(what: str, text: str) -> list[str]:
    """What a comment of the page lists, ``<!-- what: one; another -->``."""
    found = re.search(rf"<!--\s*{what}:\s*(.*?)\s*-->", text, re.DOTALL)
    return [" ".join(name.split()) for name in found[1].split(";")] if found else []


def page_text(root: Path = ROOT) -> str:
    return (root / f"{PAGE}.md").read_text(encoding="utf-8")


def terms(root: Path = ROOT) -> list[Term]:
    """The entries that chapters may link to."""
    text = page_text(root)
    left = listed("not linked", text)
    return [term for term in read(text) if term.names[0] not in left]


# --------------------------------------------------------------------------------------------------------------
# Words


def plural(name: str) -> str:
    """The plural of a term's last word: biases, harmonics, matrices, dualities."""
    for singular, several in (("ix", "ices"), ("is", "es"), ("as", "ases"), ("ss", "sses"), ("s", "s")):
        if name.endswith(singular):
            return name.removesuffix(singular) + several
    return name[:-1] + "ies" if re.search(r"[^aeiou]y$", name) else name + "s"


def uses(text: str, known: list[Term], passed_over: list[str] = ()) -> Iterator[tuple[int, int, Term]]:
    """Each use of a term in a text: from, to, and which. Where two begin together, the longer one counts.

    A term that is not a name may begin with a capital where a sentence begins.
    """
    forms = {form: term for term in known for name in term.names for form in (name, plural(name))}
    forms |= {phrase: None for phrase in passed_over}
    for match in _pattern(tuple(forms)).finditer(text):
        words = " ".join(match[0].split())
        begins = re.search(r"(?:^|[.!?:]\W*)\s*$", text[: match.start()])
        term = forms.get(words) or (forms.get(words[0].lower() + words[1:]) if begins else None)
        if term:
            yield match.start(), match.end(), term


@cache
def _pattern(forms: tuple[str, ...]) -> re.Pattern:
    def either_case(form: str) -> str:
        first = f"[{form[0].upper()}{form[0]}]" if form[0].islower() else re.escape(form[0])
        return first + r"\s+".join(map(re.escape, form[1:].split(" ")))

    longest_first = sorted(forms, key=lambda form: (-len(form), form))
    return re.compile(rf"(?<![\w–-])(?:{'|'.join(map(either_case, longest_first))})(?![\w–-])")


# --------------------------------------------------------------------------------------------------------------
# Pages


class TermLink(nodes.General, nodes.Inline, nodes.TextElement):
    """A word that leads to the glossary; its address is known when the page is written."""


def is_prose(node: nodes.Node) -> bool:
    """Whether a text may be linked, from all that it stands in."""
    while node is not None:
        if isinstance(node, _LEFT_OUT) or type(node).__module__.startswith(_LEFT_OUT_MODULES):
            return False
        if isinstance(node, nodes.Element):
            if node.get("nb_element") or node.get("design_component") in {"dropdown", "button-link", "card-title"}:
                return False
            if {"dropdown", "rf-certified-number"} & set(node.get("classes", ())):
                return False
        node = node.parent
    return True


def link_first_uses(app, doctree):
    """Turn the first use of each term in the prose of a chapter into a link."""
    page = app.env.docname.rpartition("/")[2]
    if page not in sources.chapter_names():
        return
    known, phrases = terms(), listed("passed over", page_text())
    app.env.note_dependency(str(ROOT / f"{PAGE}.md"))
    seen: set[Term] = set()
    for text in list(doctree.findall(nodes.Text)):
        found = []
        for start, end, term in uses(text, known, phrases):
            if term not in seen and is_prose(text.parent):
                seen.add(term)
                found.append((start, end, term))
        if not found:
            continue
        pieces, at = [], 0
        for start, end, term in found:
            link = TermLink("", text[start:end], name=term.names[0], anchor=term.anchor)
            pieces += [nodes.Text(text[at:start]), link]
            at = end
        pieces.append(nodes.Text(text[at:]))
        text.parent.replace(text, [piece for piece in pieces if piece.astext()])


def visit_link(self, node):
    single = self.builder.name == "singlehtml"
    page = "" if single else self.builder.get_relative_uri(self.builder.current_docname, PAGE)
    label = self.builder.env.get_domain("std").objects["term", node["name"]][1]
    self.body.append(f'<a class="rf-term" href="{page}#{label}" aria-describedby="{node["anchor"]}">')


def depart_link(self, node):
    self.body.append("</a>")


def shown(definition: str) -> str:
    """A definition as HTML: text and formulas, no links (it closes when the reader leaves the word)."""
    parts = re.split(r"\$([^$]+)\$", re.sub(r"\{[a-z:]+\}`([^`<]*?)(?:\s*<[^`]*>)?`", r"\1", definition))
    return "".join(formula(part) if number % 2 else html.escape(part) for number, part in enumerate(parts))


def add_definitions(app, pagename, templatename, context, doctree):
    """The definitions that a page uses, at its end, and the script that shows them."""
    used = re.findall(r'<a class="rf-term"[^>]*aria-describedby="([^"]+)"', context.get("body", ""))
    if not used:
        return
    by_anchor = {term.anchor: term for term in terms()}
    definitions = (
        f'<span popover class="rf-enclosure rf-definition" id="{anchor}">{shown(by_anchor[anchor].definition)}</span>'
        for anchor in used
    )
    context["body"] += f'<div class="rf-definitions">{"".join(definitions)}</div>'
    app.add_js_file("certified.js", loading_method="defer")


def setup(app):
    nothing = (lambda self, node: None, lambda self, node: None)
    app.add_node(TermLink, html=(visit_link, depart_link), latex=nothing, text=nothing, man=nothing, texinfo=nothing)
    app.connect("doctree-read", link_first_uses, priority=950)  # when the other marks are in their places
    app.connect("html-page-context", add_definitions)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
