"""Each figure as a file: SVG and PDF, whole, with the licence inside; and the links to both under the drawing."""

import re
import xml.etree.ElementTree as ElementTree

import claims  # noqa: F401  (puts book/_ext on the path)
import pypdf
import pytest
import rf_book
import rf_figures
import rf_pdf
import rf_sources
from build_book import toc_pages

SVG = "{http://www.w3.org/2000/svg}"
DC = "{http://purl.org/dc/elements/1.1/}"
CC = "{http://creativecommons.org/ns#}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
NAMES = [
    (chapter.name, cell.figure)
    for chapter in rf_sources.read_book()
    for cell in chapter.cells
    if cell.figure is not None
]
DRAWING = (
    '<svg role="img" aria-label="A line &amp; a dot" style="width:100%;max-width:672px" viewBox="0 0 504 259.2" '
    'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns="http://www.w3.org/2000/svg">'
    '<defs><path id="fig-x-dot" d="M 0 0 L 0 3 L 3 3 z"/>'
    '<clipPath id="fig-x-clip"><rect width="99" height="99"/></clipPath></defs>'
    '<g id="fig-x-line2d_1" clip-path="url(#fig-x-clip)"><path d="M 0 0 L 50 50" '
    'style="stroke: var(--rf-blue, #2271b2)"/><use href="#fig-x-dot" x="9" y="9" style="fill: currentColor"/></g></svg>'
)
PAGE = f'<figure class="rf-figure" id="fig-x">{DRAWING}<figcaption>The message &amp; no more.</figcaption></figure>'


def credit(chapter, name):
    title = "Random features: their power and their limits"
    return f"{title}. The rfcompanion authors, CC BY 4.0. {rf_book.website()}book/{chapter}.html#{name}"


def test_there_are_as_many_files_as_figures(html, soup):
    shown = [figure["id"] for page in toc_pages() for figure in soup(html / f"{page}.html").select("figure.rf-figure")]
    assert sorted(shown) == sorted(name for _, name in NAMES)
    files = {path.name for path in (html / "figures").iterdir()}
    assert files == {f"{name}.{kind}" for name in shown for kind in ("svg", "pdf")}


@pytest.mark.parametrize(("chapter", "name"), NAMES)
def test_both_files_are_linked_under_the_figure(html, soup, chapter, name):
    figure = soup(html / "book" / f"{chapter}.html").find(id=name)
    links = figure.find_next_sibling("p", class_="rf-download").select("a")
    assert [link["href"] for link in links] == [f"../figures/{name}.svg", f"../figures/{name}.pdf"]
    assert [link.get_text() for link in links] == ["SVG", "PDF"]
    assert all(link.has_attr("download") and link["aria-label"].startswith(link.get_text()) for link in links)


@pytest.mark.parametrize(("chapter", "name"), NAMES)
def test_svg_stands_alone_and_says_whose_it_is(html, chapter, name):
    text = (html / "figures" / f"{name}.svg").read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    assert "currentColor" not in text
    assert "var(" not in text
    defined = {element.get("id") for element in root.iter() if element.get("id")}
    assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', text)) == defined
    assert root.find(f"{SVG}text").text == credit(chapter, name)
    assert float(root.find(f"{SVG}text").get("textLength")) < float(root.get("viewBox").split()[2])
    work = root.find(f"{SVG}metadata").find(f".//{CC}Work")
    assert work.find(f"{DC}creator").find(f".//{DC}title").text == "The rfcompanion authors"
    assert work.find(f"{DC}rights").text == "CC BY 4.0"
    assert work.find(f"{CC}license").get(f"{RDF}resource") == "https://creativecommons.org/licenses/by/4.0/"
    assert work.find(f"{DC}source").text == work.get(f"{RDF}about") == credit(chapter, name).split()[-1]
    assert len(root.find(f"{SVG}desc").text.split()) >= 3
    assert root.find(f"{SVG}title").text


@pytest.mark.parametrize(("chapter", "name"), NAMES)
def test_pdf_is_one_page_with_the_drawing_and_the_licence(html, chapter, name):
    pdf = pypdf.PdfReader(html / "figures" / f"{name}.pdf")
    assert len(pdf.pages) == 1
    page = pdf.pages[0]
    assert page.extract_text().strip() == credit(chapter, name)
    assert pdf.metadata.author == "The rfcompanion authors"
    assert pdf.metadata.subject == credit(chapter, name)
    assert pdf.metadata.title
    assert page["/Annots"][0].get_object()["/A"]["/URI"] == credit(chapter, name).split()[-1]
    svg = ElementTree.parse(html / "figures" / f"{name}.svg").getroot()
    assert svg.get("viewBox").split()[2:] == [f"{float(side):g}" for side in page.mediabox[2:]]
    # every letter, marker and curve of the drawing is painted
    definitions = {path for defs in svg.iter(f"{SVG}defs") for path in defs.iter()}
    drawn = [one for one in svg.iter() if one.tag in (f"{SVG}path", f"{SVG}use") and one not in definitions]
    painted = re.findall(rb"(?m)(?:^| )(?:f\*?|F|S|s|B\*?|b\*?|n)(?= |$)", page.get_contents().get_data())
    assert len(painted) >= len(drawn) > 50


def test_what_a_page_gives():
    (figure,) = rf_figures.figures_of(PAGE, "https://example.org/book/a.html", "Book")
    assert (figure.name, figure.alt, figure.caption) == ("fig-x", "A line & a dot", "The message & no more.")
    assert figure.credit == "Book. The rfcompanion authors, CC BY 4.0. https://example.org/book/a.html#fig-x"
    assert figure.size == (504, 259.2)
    assert "#2271b2" in figure.drawing
    assert re.findall(r'id="(\w+)"', figure.drawing) == ["n1", "n0"]
    assert 'xlink:href="#n1"' in figure.drawing
    assert rf_figures.figures_of("<p>nothing</p>", "", "Book") == []


def test_pdf_is_always_the_same_and_kept(tmp_path, monkeypatch):
    found = rf_figures.figures_of(PAGE, "https://example.org/", "Book")
    (first,) = rf_figures.pdf_files(found, tmp_path)
    assert rf_pdf.pdf_file(rf_figures.pdf_job(found[0])) == first
    (tmp_path / "old").write_bytes(b"")
    monkeypatch.setattr(rf_figures, "ProcessPoolExecutor", None)  # nothing is left to make
    assert rf_figures.pdf_files(found, tmp_path) == [first]
    assert not (tmp_path / "old").exists()


def test_a_long_line_is_set_smaller():
    assert rf_pdf.line_size("short", 500)[0] == rf_pdf.LARGEST
    size, length = rf_pdf.line_size("many words " * 30, 500)
    assert size < rf_pdf.LARGEST
    assert length == pytest.approx(500 - 2 * rf_pdf.MARGIN)
