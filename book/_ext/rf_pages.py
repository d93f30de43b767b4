"""The pages for readers that make themselves: claims, proof map, exercises, citing; and the anchors that they link to.

``{rf-page} NAME`` puts a generated part into a page. Everything comes from :mod:`rf_sources`, :mod:`rf_claims` and
:mod:`rf_map`; nothing on these pages is typed by hand.
"""

import html

import rf_anchors
import rf_citing as citing
import rf_claims as claims
import rf_exercises
import rf_map
import rf_map_page
import rf_sources as sources
from docutils import nodes
from docutils.statemachine import StringList
from rf_book import ROOT
from rf_writer import Writer, bibtex_block
from sphinx.util.docutils import SphinxDirective


class Generated(nodes.General, nodes.Element):
    """A part of a page, written when its page is: only then are the addresses of other pages known."""


# --------------------------------------------------------------------------------------------------------------
# Parts


def ledger_part(writer: Writer, page: str) -> str:
    rows = []
    for claim in writer.ledger.of_page(page):
        checks = ", ".join(dict.fromkeys(writer.check(check) for check in claim.checks)) or "–"
        sources_ = ", ".join(writer.cite(key) for key in claim.citations) or "this book"
        rows.append(
            f'<tr role="row" id="ledger-{claim.name}"><td role="cell">'
            f"{writer.link(page, claim.anchor, html.escape(claim.kind))} {writer.inline(claim.text)} "
            f"<code>{claim.name}</code></td>"
            f'<td role="cell">{checks}</td><td role="cell">{claim.certainty}</td><td role="cell">{sources_}</td>'
            f'<td role="cell">{writer.ledger.last_run(claim) or "–"}</td></tr>'
        )
    head = "".join(
        f'<th role="columnheader" scope="col">{name}</th>'
        for name in ("claim", "checked by", "how it is known", "source", "last run")
    )
    return (
        f'<div class="rf-scroll" tabindex="0" role="group" aria-label="Claims of {page}"><table role="table" '
        f'class="rf-table table"><thead role="rowgroup"><tr role="row">{head}</tr></thead>'
        f'<tbody role="rowgroup">{"".join(rows)}</tbody></table></div>'
    )


def count_part(writer: Writer) -> str:
    ledger = writer.ledger
    kinds = {"exact": 0, "measured": 0, "cited": 0}
    for claim in ledger.claims.values():
        kinds[claim.certainty] = kinds.get(claim.certainty, 0) + 1
    tests = sum(bool(test.checks) for test in ledger.tests.values())
    runs = [result for claim in ledger.claims.values() if (result := ledger.last_run(claim))]
    return (
        f"<p>{len(ledger.claims)} claims on {len(ledger.chapters)} pages: {kinds['exact']} exact, {kinds['measured']} "
        f"measured, {kinds['cited']} cited. {tests} tests name the claims that they check. In the last run that was "
        f"recorded, the checks of {runs.count('passed')} claims out of {len(runs)} with something that runs passed.</p>"
    )


def citing_part(writer: Writer) -> str:
    entries = [("The book", citing.book(ROOT)), ("The paper", citing.paper(ROOT))]
    parts = [f"<h2>{name}</h2>{bibtex_block(text)}" for name, text in entries]
    return "".join(parts)


def citing_chapters_part(writer: Writer) -> str:
    parts = []
    for chapter in writer.ledger.chapters:
        title = writer.link(chapter.name, "", writer.inline(chapter.title, links=False))
        parts.append(f'<p id="cite-{chapter.name}">{title}</p>{bibtex_block(citing.chapter(ROOT, chapter.name))}')
    return "".join(parts)


#: name: (generator, one section a chapter that has …, level)
PARTS = {
    "claims": (ledger_part, lambda chapter, ledger: ledger.of_page(chapter.name)),
    "claims-count": (count_part, None),
    "proof-map": (rf_map_page.map_part, None),
    "proof-tree": (rf_map_page.tree_part, None),
    "proof-entries": (rf_map_page.entry_part, lambda chapter, ledger: chapter.statements),
    "exercises": (rf_exercises.part, lambda chapter, ledger: chapter.exercises),
    "citing": (citing_part, None),
    "citing-chapters": (citing_chapters_part, None),
}


class Page(SphinxDirective):
    """``{rf-page} NAME``: a generated part, or one section for each chapter that has something for it."""

    required_arguments = 1

    def run(self):
        name = self.arguments[0]
        _, wanted = PARTS[name]
        if wanted is None:
            return [Generated(part=name)]
        ledger = claims.book_ledger()
        result = []
        for chapter in ledger.chapters:
            if not wanted(chapter, ledger):
                continue
            section = nodes.section(ids=[f"{name}-{chapter.name.replace('_', '-')}"])
            title = rf_map.short_title(chapter)
            section += nodes.title(title, title)
            if name == "proof-entries":
                section += self.entries(chapter)
            else:
                section += Generated(part=name, page=chapter.name)
            section["names"] = []
            result.append(section)
        return result

    def entries(self, chapter: sources.Chapter) -> list[nodes.Node]:
        """The statements of a chapter: links, made when the page is written, and what each says."""
        result = [nodes.raw("", '<ul class="rf-entries">', format="html")]
        for statement in chapter.statements:
            said = nodes.Element()
            text = StringList(rf_map_page.text_of(statement).splitlines(), source=f"{chapter.name}, {statement.label}")
            self.state.nested_parse(text, 0, said)
            before, after = rf_map_page.around(statement)
            result.append(nodes.raw("", before, format="html"))
            result.append(Generated(part="proof-entries", page=statement.label))
            result += [nodes.raw("", rf_map_page.FOLD, format="html"), *said.children]
            result.append(nodes.raw("", after, format="html"))
        return [*result, nodes.raw("", "</ul>", format="html")]


def visit_generated(self, node):
    builder = self.builder

    def address(page: str, anchor: str) -> str:
        if page == "student":
            return f"../student/{anchor}"
        target = f"book/{page}"
        if builder.name == "singlehtml":
            return f"#{anchor}" if anchor else f"#document-{target}"
        if target == builder.current_docname and anchor:
            return f"#{anchor}"
        return builder.get_relative_uri(builder.current_docname, target) + (f"#{anchor}" if anchor else "")

    if not hasattr(builder, "rf_ledger"):
        builder.rf_ledger = claims.book_ledger()
    generator, wanted = PARTS[node["part"]]
    writer = Writer(address, builder.rf_ledger)
    self.body.append(generator(writer, node["page"]) if wanted else generator(writer))
    raise nodes.SkipNode


def skip(self, node):
    raise nodes.SkipNode


# --------------------------------------------------------------------------------------------------------------
# Below each chapter


def add_citation(app, pagename, templatename, context, doctree):
    """A box under each chapter that says how to cite it."""
    name = pagename.removeprefix("book/")
    if app.builder.name != "html" or "body" not in context or name not in sources.chapter_names():
        return
    bibtex = bibtex_block(citing.chapter(ROOT, name))
    context["body"] += (
        f'<details class="rf-cite sd-card"><summary>Cite this chapter</summary>{bibtex}'
        f'<p><a class="reference internal" href="citing.html">How to cite the book and the paper</a></p></details>'
    )


def setup(app):
    nothing = (skip, None)
    app.add_node(Generated, html=(visit_generated, None), latex=nothing, text=nothing, man=nothing, texinfo=nothing)
    app.add_directive("rf-page", Page)
    app.add_css_file("readers.css")
    app.connect("doctree-read", rf_anchors.add, priority=900)
    app.connect("html-page-context", add_citation)
    app.connect("build-finished", rf_exercises.copy_notebooks)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
