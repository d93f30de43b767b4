"""A finished drawing: inline SVG in the reader's colours, with its alternative text and its message."""

import html
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .style import COLOURS, INK

if TYPE_CHECKING:  # pyplot costs half a second: it is imported when the first figure is drawn
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class InlineFigure:
    """A finished figure: what notebooks and pages show."""

    name: str
    svg: str
    alt: str
    caption: str

    def _repr_html_(self) -> str:
        caption = f"<figcaption>{html.escape(self.caption)}</figcaption>" if self.caption else ""
        return f'<figure class="rf-figure" id="{self.name}">{self.svg}{caption}</figure>'

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self._repr_html_(), "text/plain": f"[{self.name}] {self.caption}"}


def show(figure: "Figure", *, name: str, alt: str, caption: str = "") -> InlineFigure:
    """Turn a matplotlib figure into inline SVG with alternative text and a caption that states its message.

    Parameters
        figure : matplotlib figure, drawn with :func:`subplots`.
        name : anchor of the figure, ``fig-…``; published names never change.
        alt : what the figure shows, for a reader who cannot see it.
        caption : the message of the figure, in one or two sentences.

    Returns
        InlineFigure, shown by a notebook as the value of its cell. Its SVG is the same on every run.

    Raises
        ValueError if ``name`` is not an anchor or ``alt`` is empty.

    Source
        Style of every chapter; no formula.
    """
    return InlineFigure(name=name, svg=inline_svg(figure, name, alt), alt=alt, caption=caption)


def inline_svg(figure: "Figure", name: str, alt: str, settled: bool = False) -> str:
    """The figure as SVG for a page; ``settled`` says that its layout is final, which saves one of two passes."""
    if not re.fullmatch(r"fig-[a-z0-9-]+", name):
        raise ValueError(f"name must look like 'fig-some-words', got {name!r}")
    if not alt.strip():
        raise ValueError("alt must say what the figure shows, got an empty text")
    buffer = io.StringIO()
    bare = {"Date": None, "Creator": None}
    if settled:
        from matplotlib.backends.backend_svg import FigureCanvasSVG

        FigureCanvasSVG(figure).print_svg(buffer, metadata=bare)
    else:
        figure.savefig(buffer, format="svg", metadata=bare, transparent=True)
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    # matplotlib's style sheet would reach every drawing of the page: the same two settings go on the root instead.
    svg = re.sub(r"<style.*?</style>", "", svg, flags=re.DOTALL)
    # Identifiers must be unique on a page that holds several figures.
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = re.sub(r"url\(#", f"url(#{name}-", svg)
    svg = re.sub(r'xlink:href="#', f'href="#{name}-', svg)
    svg = svg.replace(INK, "currentColor")
    for colour, value in COLOURS.items():
        svg = svg.replace(value, f"var(--rf-{colour}, {value})")
    size = re.search(r'<svg[^>]*?width="([\d.]+)pt"', svg)
    width = float(size.group(1)) if size else 504.0
    label = html.escape(alt, quote=True)
    svg = re.sub(r'(<svg[^>]*?) width="[\d.]+pt"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg[^>]*?) height="[\d.]+pt"', r"\1", svg, count=1)
    look = f"width:100%;max-width:{width * 4 / 3:.0f}px;height:auto;stroke-linejoin:round;stroke-linecap:butt"
    opening = f'<svg role="img" aria-label="{label}" style="{look}" '
    svg = svg.replace("<svg ", opening, 1)
    return _compact(svg)


def _compact(svg: str) -> str:
    """Drop comments and line breaks, round coordinates to 0.01 pt: a notebook stores each figure, readers clone it."""
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(?<=\s)(d|x|y)="([^"]*)"', lambda m: f'{m[1]}="{_rounded(m[2])}"', svg)
    return re.sub(r"\s*\n\s*", " ", svg).strip()


def _rounded(numbers: str) -> str:
    return re.sub(r"-?\d+\.\d{3,}", lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), numbers)
