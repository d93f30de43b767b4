"""A deck of slides for each chapter, made from its finished page: its claim, its results, its figures.

A deck is a page like the others: it works from a folder without a network, formulas are set in the reader's browser by
the book's own MathJax, and the figures are the files that the chapter offers for download. A correction in the book is
a correction in the slides. ``{rf-slides}`` lists the decks.
"""

import html
import re
from dataclasses import dataclass
from pathlib import Path

import rf_sources as sources
from rf_book import ROOT
from rf_figures import AUTHORS, FOLDER, LICENCE
from rf_head import plain
from rf_readers import Generated

PLACE = "slides"
STYLE, SCRIPT = (Path(__file__).with_name(f"slides.{kind}") for kind in ("css", "js"))
KINDS = ("theorem", "corollary", "proposition")
CLAIM = re.compile(r"^(?:In one line|The claim in one line)\.")
#: Of no use on a slide: links of headings, marks of certified numbers, drawings (the slides show the files).
_LEFT_OUT = ".headerlink, .copybtn, .rf-certified, .rf-certified-line, .rf-download"
_HEAVY = re.compile(r"<(svg|script|style)\b.*?</\1>", re.DOTALL)
_MATHJAX = re.compile(r"<script>(window\.MathJax = .*?)</script>", re.DOTALL)
_LOADER = re.compile(r'<script\b[^>]*data-startup="[^"]*"[^>]*></script>')


@dataclass(frozen=True)
class Slide:
    """One slide; ``title`` and ``body`` are HTML."""

    name: str
    title: str
    body: str


def clean(element) -> str:
    """The content of an element without links, names and classes of the page; formulas keep theirs."""
    for one in element.select(_LEFT_OUT):
        one.decompose()
    for link in element.select("a"):
        link.unwrap()
    for one in element.select("*"):
        one.attrs = {"class": one["class"]} if "math" in one.get("class", ()) else {}
    return element.decode_contents().strip()


def figure_slide(figure, folder: Path) -> Slide:
    """The drawing as a file of the site, as large as the slide allows, with its message."""
    name = figure["id"]
    head = (folder / f"{name}.svg").read_text(encoding="utf-8").partition("<title>")[0]
    alt = re.search(r'aria-label="([^"]*)"', head)[1]
    width, height = map(float, re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', head).groups())
    caption = clean(figure.find("figcaption"))
    body = (
        f'<figure style="--ratio: {width / height:.3f}"><img src="../{FOLDER}/{name}.svg" alt="{alt}" '
        f'width="{width:.0f}" height="{height:.0f}"><figcaption>{caption}</figcaption></figure>'
    )
    return Slide(name, f"Figure: {name.removeprefix('fig-').replace('-', ' ')}", body)


def slides_of(page: str, figures: Path) -> list[Slide]:
    """The slides of a finished page in its order; the first one holds its title and its claim."""
    from bs4 import BeautifulSoup

    article = BeautifulSoup(_HEAVY.sub("", re.search(r"<article.*?</article>", page, re.DOTALL)[0]), "html.parser")
    claim = next((one for one in article.select("p") if CLAIM.match(one.get_text())), None)
    title = clean(article.find("h1"))
    slides = [Slide("start", title, f'<h2 class="title">{title}</h2><p>{clean(claim) if claim else ""}</p>')]
    for element in article.select("div.proof.admonition, figure.rf-figure"):
        if element.name == "figure":
            slides.append(figure_slide(element, figures))
        elif set(KINDS) & set(element["class"]):
            title = clean(element.find("p", class_="admonition-title").extract())
            body = clean(element.find("section") or element)
            slides.append(Slide(element["id"], title, f"<h2>{title}</h2>{body}"))
    return slides


def sections(slides: list[Slide]) -> tuple[str, str]:
    """The slides and the entries of their list."""
    shown = "".join(f'<section id="{one.name}">{one.body}</section>' for one in slides)
    listed = "".join(f'<li><a href="#{one.name}">{one.title}</a></li>' for one in slides)
    return shown, listed


def deck(title: str, shown: str, listed: str, head: str, credit: str) -> str:
    """The whole page around the slides; ``head`` brings its style and scripts."""
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f"{head}</head><body><header><h1>{html.escape(title)}</h1></header>"
        f'<main>{shown}</main><nav aria-label="Slides" hidden><ol>{listed}</ol></nav>'
        f'<footer><span>{credit}</span><span class="turn"><button type="button" id="list">list</button>'
        '<button type="button" id="back" aria-label="previous slide">←</button><span id="place" role="status"></span>'
        '<button type="button" id="next" aria-label="next slide">→</button></span></footer></body></html>\n'
    )


def chapter_deck(name: str, page: str, slides: list[Slide], book: str) -> str:
    """The deck of a chapter, beside its page: it shares MathJax and the figures with the site."""
    scripts = [f"<script>{_MATHJAX.search(page)[1]}</script>", _LOADER.search(page)[0]] if "math" in page else []
    head = (
        '<link rel="icon" href="../_static/icon.svg"><link rel="stylesheet" href="slides.css">'
        f'{"".join(scripts)}<script defer src="slides.js"></script>'
    )
    title = plain(slides[0].title)
    credit = (
        f'<a href="../book/{name}.html">{html.escape(title)}</a>. {html.escape(book)}. {AUTHORS}, '
        f'{LICENCE}. <a href="../book/teaching.html#slides-and-figures">Keys</a>'
    )
    return deck(f"Slides: {title}", *sections(slides), head, credit)


def write(app, exception):
    if exception is not None or app.builder.name != "html":
        return
    root = Path(app.outdir)
    folder = root / PLACE
    folder.mkdir(exist_ok=True)
    for name in decks():
        page = (root / "book" / f"{name}.html").read_text(encoding="utf-8")
        slides = slides_of(page, root / FOLDER)
        text = chapter_deck(name, page, slides, app.config.html_title)
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    for file in (STYLE, SCRIPT):
        (folder / file.name).write_bytes(file.read_bytes())


def decks() -> list[str]:
    return [chapter.name for chapter in chapters()]


def chapters() -> list[sources.Chapter]:
    """Those that state a result or show a figure, in the order of the book."""
    return [
        chapter
        for chapter in sources.read_book(ROOT)
        if any(one.kind in KINDS for one in chapter.statements) or any(cell.figure for cell in chapter.cells)
    ]


class Decks(Generated):
    """Links to the decks. They are no pages of Sphinx, so the links are written as they stand in the built book."""

    def text(self):
        links = []
        for chapter in chapters():
            self.env.note_dependency(str(ROOT / "book" / "sources" / f"{chapter.name}.md"))
            title = plain(re.sub(r"\$([^$]+)\$", r"\\(\1\\)", chapter.title))
            links.append(f'<li><a href="../{PLACE}/{chapter.name}.html">{html.escape(title)}</a></li>')
        return [f'<ul class="rf-decks">{"".join(links)}</ul>']


def setup(app):
    app.add_directive("rf-slides", Decks)
    app.connect("build-finished", write, priority=950)  # when the pages have their last form (rf_web)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
