"""Each figure as a file to take along: SVG and PDF with its licence inside, and a link to both under the drawing.

The drawings of the finished pages follow the reader's theme; a file of its own needs fixed colours, short names, and a
line that says whose it is and where it comes from. A figure with a slider is taken as it opens.
"""

import hashlib
import html
import os
import re
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import rf_pdf
from rf_book import website
from rf_head import plain

AUTHORS = "The rfcompanion authors"
LICENCE = "CC BY 4.0"
LICENCE_ADDRESS = "https://creativecommons.org/licenses/by/4.0/"
FOLDER = "figures"
INK, MUTED = "#14181d", "#595f66"
LINE = 10  # points below the drawing, for the licence line

_FIGURE = re.compile(
    r'<figure class="rf-figure[^"]*" id="(?P<name>fig-[^"]+)">.*?(?P<svg><svg\b.*?</svg>)'
    r".*?<figcaption>(?P<caption>.*?)</figcaption>.*?</figure>",
    re.DOTALL,
)
_BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


@dataclass(frozen=True)
class Figure:
    """A drawing of a finished page; all texts are plain."""

    name: str
    drawing: str  # SVG in fixed colours, without a size of its own
    alt: str
    caption: str
    book: str
    address: str  # of the figure on the published page

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the drawing in points."""
        width, height = _BOX.search(self.drawing).groups()
        return float(width), float(height)

    @property
    def credit(self) -> str:
        return f"{self.book}. {AUTHORS}, {LICENCE}. {self.address}"


def fixed(svg: str) -> str:
    """The drawing in the light colours of the book, with the names that it needs itself, as short as they can be."""
    svg = re.sub(r"var\(--rf-\w+, (#\w+)\)", r"\1", svg).replace("currentColor", INK)
    used = sorted(set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg)))
    short = {name: f"n{number}" for number, name in enumerate(used)}
    svg = re.sub(r' id="([^"]*)"', lambda match: f' id="{short[match[1]]}"' if match[1] in short else "", svg)
    svg = re.sub(r'(href="#|url\(#)([^")]+)', lambda match: match[1] + short[match[2]], svg)
    svg = svg.replace(' href="#', ' xlink:href="#')  # programs older than SVG 2
    look = 'style="stroke-linejoin:round;stroke-linecap:butt"'
    return re.sub(r'(<svg\b[^>]*?)style="[^"]*"', rf"\1{look}", svg, count=1)


def figures_of(page: str, address: str, book: str) -> list[Figure]:
    """The figures of a page in their order."""
    found = []
    for match in _FIGURE.finditer(page):
        alt = html.unescape(re.search(r'aria-label="([^"]*)"', match["svg"])[1])
        place = f"{address}#{match['name']}"
        found.append(Figure(match["name"], fixed(match["svg"]), alt, plain(match["caption"]), book, place))
    return found


def svg_file(figure: Figure) -> str:
    """The drawing as a file: with a size, with its data for programs, and with the licence line below it."""
    width, height = figure.size
    text = {key: html.escape(getattr(figure, key)) for key in ("name", "caption", "alt", "book", "address", "credit")}
    size, length = rf_pdf.line_size(figure.credit, width)
    rights = (
        '<metadata><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:cc="http://creativecommons.org/ns#">'
        f'<cc:Work rdf:about="{text["address"]}"><dc:title>{text["book"]}: {text["name"]}</dc:title>'
        f"<dc:creator><cc:Agent><dc:title>{AUTHORS}</dc:title></cc:Agent></dc:creator>"
        f"<dc:rights>{LICENCE}</dc:rights><dc:source>{text['address']}</dc:source>"
        f'<cc:license rdf:resource="{LICENCE_ADDRESS}"/></cc:Work></rdf:RDF></metadata>'
    )
    line = (
        f'<text x="{width / 2:g}" y="{height + 7:g}" text-anchor="middle" textLength="{length:.1f}" '
        f'lengthAdjust="spacingAndGlyphs" style="font:{size:.2f}px Helvetica,Arial,sans-serif;fill:{MUTED};'
        f'stroke:none">{text["credit"]}</text>'
    )
    whole = f'width="{width:g}pt" height="{height + LINE:g}pt" viewBox="0 0 {width:g} {height + LINE:g}"'
    svg = _BOX.sub(whole, figure.drawing, count=1)
    start, end = svg.index(">") + 1, svg.rindex("</svg>")
    head = f"<title>{text['caption']}</title><desc>{text['alt']}</desc>{rights}"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{svg[:start]}{head}{svg[start:end]}{line}</svg>\n'


def pdf_job(figure: Figure) -> tuple:
    """All that :func:`rf_pdf.pdf_file` needs, as plain values: it runs in another process."""
    return figure.drawing, *figure.size, LINE, MUTED, figure.caption, AUTHORS, figure.credit, figure.address


def pdf_files(figures: list[Figure], store: Path) -> list[bytes]:
    """The figures as PDF; those that were made before, from the same drawings by the same code, come from the store."""
    store.mkdir(parents=True, exist_ok=True)
    code = Path(rf_pdf.__file__).read_bytes() + rf_pdf.library().encode()
    jobs = {store / hashlib.sha256(code + repr(pdf_job(one)).encode()).hexdigest()[:24]: one for one in figures}
    missing = {path: pdf_job(one) for path, one in jobs.items() if not path.exists()}
    if missing:
        # a process of its own start: Sphinx has threads, which a copied process must not have
        with ProcessPoolExecutor(min(4, os.cpu_count() or 1), mp_context=get_context("spawn")) as pool:
            for path, data in zip(missing, pool.map(rf_pdf.pdf_file, missing.values()), strict=True):
                path.write_bytes(data)
    for old in set(store.iterdir()) - set(jobs):
        old.unlink()
    return [path.read_bytes() for path in jobs]


def with_links(page: str, up: str = "../") -> str:
    """The page with both addresses under each figure."""

    def links(match):
        address, words = f"{up}{FOLDER}/{match['name']}", match["name"].removeprefix("fig-").replace("-", " ")
        both = ", ".join(
            f'<a href="{address}.{kind}" download aria-label="{kind.upper()} of the figure {words}">{kind.upper()}</a>'
            for kind in ("svg", "pdf")
        )
        return f'{match[0]}<p class="rf-download">Download: {both}</p>'

    return _FIGURE.sub(links, page)


def write(app, exception):
    if exception is not None or app.builder.name != "html":
        return
    root = Path(app.outdir)
    figures = []
    for path in sorted((root / "book").glob("*.html")):
        page = path.read_text(encoding="utf-8")
        if found := figures_of(page, f"{website()}book/{path.name}", app.config.html_title):
            path.write_text(with_links(page), encoding="utf-8")
            figures += found
    if twice := {one.name for one in figures if sum(one.name == other.name for other in figures) > 1}:
        raise ValueError(f"two figures must not have one name: {', '.join(sorted(twice))}")
    folder = root / FOLDER
    folder.mkdir(exist_ok=True)
    for figure, pdf in zip(figures, pdf_files(figures, root.parent / "figures"), strict=True):
        (folder / f"{figure.name}.svg").write_text(svg_file(figure), encoding="utf-8")
        (folder / f"{figure.name}.pdf").write_bytes(pdf)


def setup(app):
    app.connect("build-finished", write, priority=890)  # before the pages get their last form (rf_web)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
