"""The marks of certified numbers (:mod:`rf_certified`) on the pages: a tick that opens, and where each is printed."""

import html
import re

from docutils import nodes
from rf_certified import MARK, Printed, book_marks, enclosures, ends_text, problem_of, read_mark
from sphinx.util import logging

LAST_HEAD = '<th scope="col">enclosure</th>'  # of the table that the page shows (certified_numbers.table)
log = logging.getLogger(__name__)


class CertifiedMark(nodes.General, nodes.Inline, nodes.Element):
    """A mark in a page, written when its page is: only then is the address of its row known."""


def shown(number: Printed) -> str:
    """The printed number as a screen reader should say it."""
    text = re.sub(r"\s*\\cdot\s*", " times ", number.text).replace("{,}", ",").replace("\\", "")
    return html.escape(re.sub(r"10\^\{?(-?\d+)\}?", r"10 to the \1", text))


def visit_mark(self, node):
    target = "book/certified"
    single = self.builder.name == "singlehtml"
    page = "" if single else self.builder.get_relative_uri(self.builder.current_docname, target)
    row, number = node["row"], node["number"]
    formula, ends = html.escape(row.formula), ends_text(number, row.ends, node["rounding"])
    self.body.append(
        f'<span class="rf-certified" id="{node["anchor"]}">'
        f'<button type="button" class="rf-certified-mark" popovertarget="{node["anchor"]}-shown" '
        f'aria-label="{shown(number)} is certified: show its enclosure">✓</button>'
        f'<span popover class="rf-enclosure" id="{node["anchor"]}-shown"><strong>Certified:</strong> '
        f'<span>{formula}</span> <span class="rf-ends">{ends}</span><span>. '
        f'<a class="reference internal" href="{page}#certified-{row.name}">All its digits</a></span></span></span>'
    )
    raise nodes.SkipNode


def skip(self, node):
    raise nodes.SkipNode


def beside_its_number(node, mark: CertifiedMark, number: str) -> None:
    """Put the mark in the place of its comment, on one line with the formula or the number before it."""
    parent, at = node.parent, node.parent.index(node)
    before = parent[at - 1] if at else None
    if isinstance(before, nodes.inline) and "rf-certified-number" in before["classes"]:
        before += mark
        del parent[at]
        return
    together = nodes.inline("", classes=["rf-certified-number"])
    if isinstance(before, nodes.math):
        del parent[at - 1]
        together += [before, mark]
        parent[at - 1] = together
    elif isinstance(before, nodes.Text) and before.endswith(number):
        parent[at - 1] = nodes.Text(before.removesuffix(number))
        together += [nodes.Text(number), mark]
        parent[at] = together
    else:
        parent[at] = mark


def place_marks(app, doctree):
    """Turn each comment into a mark; a comment on a line of its own belongs to the formula above it."""
    known, seen = enclosures(), {}
    page = app.env.docname.rpartition("/")[2]
    for node in list(doctree.findall(nodes.raw)):
        if not MARK.fullmatch(node.astext().strip()):
            continue
        before = node.parent.children[: node.parent.index(node)]
        line = None
        if not isinstance(node.parent, nodes.TextElement):
            line = before.pop() if before and "rf-certified-line" in before[-1].get("classes", ()) else None
            before, line = before[-1:], line or nodes.paragraph("", classes=["rf-certified-line"])
        mark = read_mark(node.astext(), "".join(one.astext() for one in before), page)
        if problem := problem_of(mark, known):
            log.warning("certified: %s", problem, location=node)
            continue
        seen[mark.name] = seen.get(mark.name, 0) + 1
        anchor = f"number-{mark.name}" + (f"-{seen[mark.name]}" if seen[mark.name] > 1 else "")
        new = CertifiedMark(row=known[mark.name], number=mark.number, rounding=mark.rounding, anchor=anchor)
        if line is None:
            beside_its_number(node, new, mark.number.text)
            continue
        line += [nodes.Text(("; " if line.children else "") + mark.number.text), new]
        if line.parent is None:
            node.replace_self(line)
        else:
            node.parent.remove(node)


def add_assets(app, pagename, templatename, context, doctree):
    """The script, where a page has a mark; in the table of the page: where each number is printed."""
    if "rf-certified-mark" in context.get("body", ""):
        app.add_js_file("certified.js", loading_method="defer")
    if pagename != "book/certified" or "body" not in context:
        return
    where: dict[str, list[str]] = {}
    for mark in book_marks():
        if mark.page not in where.setdefault(mark.name, []):
            where[mark.name].append(mark.page)

    def row(match):
        pages = where.get(match[1], [])
        links = ", ".join(f'<a href="{page}.html#number-{match[1]}">{page.replace("_", " ")}</a>' for page in pages)
        return f"{match[0].removesuffix('</tr>')}<td>{links or '–'}</td></tr>"

    body = re.sub(r'<tr><td id="certified-([a-z0-9-]+)">.*?</tr>', row, context["body"], flags=re.DOTALL)
    context["body"] = body.replace(LAST_HEAD, f'{LAST_HEAD}<th scope="col">printed in</th>')


def setup(app):
    nothing = (skip, None)
    app.add_node(CertifiedMark, html=(visit_mark, None), latex=nothing, text=nothing, man=nothing, texinfo=nothing)
    app.add_css_file("certified.css")
    app.connect("doctree-read", place_marks, priority=880)
    app.connect("html-page-context", add_assets)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
