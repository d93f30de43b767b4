"""The book in one document and as a PDF, the zip, and the page of the chapters' cost."""

import re
import zipfile

import build_book as builder
import chapter_files
import joined_book
import print_book
import pypdf
import pytest
import status
from bs4 import BeautifulSoup

from rfcompanion import records

PAGES = ["book/one", "book/two"]
PAGE = """<article><h1 id="top">T<a class="headerlink" href="#top">#</a></h1>
<a href="two.html#here">x</a><a href="#own">y</a><a href="../_modules/m.html">z</a><a href="https://example.org">w</a>
<details><summary>Proof</summary><p id="own">text</p></details><img src="../_static/a.png" alt="">
<svg><clipPath id="c"></clipPath><g clip-path="url(#c)"><use xlink:href="#c"></use></g></svg></article>"""


def test_a_page_joins_the_document():
    article = joined_book.joined_article(BeautifulSoup(PAGE, "html.parser"), "book/one", PAGES)
    links = [link.get("href") for link in article.select("a")]
    assert links == ["#two--here", "#one--own", None, "https://example.org"]
    assert article.find("details").has_attr("open")
    assert article.find("img")["src"] == "../html/_static/a.png"
    assert "url(#one--c)" in str(article)
    assert 'xlink:href="#one--c"' in str(article)
    assert article.select(".headerlink") == []


def test_every_link_of_the_document_arrives(html):
    text = joined_book.document(builder.toc_pages())
    names = set(re.findall(r'\bid="([^"]+)"', text))
    assert {link for link in re.findall(r'<a[^>]*href="#([^"]+)"', text)} - names == set()
    assert text.count("<h1") == len(builder.toc_pages()) + 2
    assert len(re.findall(r"<details(?![^>]*\bopen)", text)) == 0


def test_zip_is_complete_and_always_the_same(html, tmp_path, monkeypatch):
    monkeypatch.setattr(print_book, "FOLDER", tmp_path)
    first = print_book.make_zip().read_bytes()
    assert print_book.make_zip().read_bytes() == first
    names = zipfile.ZipFile(tmp_path / f"{print_book.NAME}-offline.zip").namelist()
    assert all(f"{print_book.NAME}/{page}.html" in names for page in builder.toc_pages())
    assert f"{print_book.NAME}/index.html" in names


def test_titles_of_the_outline_hold_their_formulas():
    heading = '<h2 id="a">The table\nfor <span class="math">\\(d\\le50\\)</span></h2>'
    assert print_book.titles(f"<h1>One</h1>{heading}<hr><h3>Third &amp; last</h3>") == [
        "One",
        "The table for d≤50",
        "Third & last",
    ]


# ------------------------------------------------------------------------------------------------- a real PDF

PRINTED = ["book/anti_concentration", "book/notation"]


@pytest.fixture(scope="module")
def printed(html, chromium):
    """Two pages of the book, printed as the whole one is."""
    path = print_book.print_pdf(PRINTED, chromium, "sample")
    yield pypdf.PdfReader(path)
    for suffix in (".html", ".pdf"):
        path.with_suffix(suffix).unlink()


@pytest.fixture(scope="module")
def sheets(printed):
    """The text of each page, and how far to the right it goes, in points."""
    found = []
    for page in printed.pages:
        ends = [0.0]

        def visit(text, cm, tm, *_, ends=ends):
            ends.append(cm[0] * tm[4] + cm[4] if text.strip() else 0.0)

        found.append((page.extract_text(visitor_text=visit), max(ends)))
    return found


@pytest.fixture(scope="module")
def words(sheets):
    ligatures = str.maketrans({"ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff", "ﬃ": "ffi", "ﬄ": "ffl"})
    return " ".join(" ".join(text for text, _ in sheets).translate(ligatures).split())


def test_pdf_is_tagged_and_says_what_it_is(printed):
    root = printed.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith("en")
    assert printed.metadata.title
    assert printed.metadata.author == "The rfcompanion authors"
    kinds, waiting = set(), [root["/StructTreeRoot"]]
    while waiting:
        element = waiting.pop().get_object()
        if isinstance(element, list):
            waiting += element
        elif isinstance(element, dict):
            kinds.add(element.get("/S"))
            waiting += [element["/K"]] if "/K" in element else []
    assert {"/H1", "/H2", "/P", "/L", "/Figure", "/Table", "/Link"} <= kinds


def entries(outline, depth=0):
    for one in outline:
        if isinstance(one, list):
            yield from entries(one, depth + 1)
        else:
            yield depth, one


def test_pdf_has_the_headings_as_its_outline(printed, soup, html):
    found = [
        (depth, entry.title, printed.get_destination_page_number(entry)) for depth, entry in entries(printed.outline)
    ]
    chapter = [title for depth, title, _ in found if depth == 0][2]
    assert chapter == soup(html / f"{PRINTED[0]}.html").find("h1").get_text().removesuffix("#")
    sections = [one.get_text().removesuffix("#") for one in soup(html / f"{PRINTED[0]}.html").select("article h2")]
    start = [title for _, title, _ in found].index(sections[0])
    assert [title for depth, title, _ in found[start:] if depth == 1][: len(sections)] == sections
    pages = [page for _, _, page in found]
    assert pages == sorted(pages)
    assert not any("\\" in title for _, title, _ in found)


def test_pdf_shows_titles_proofs_and_solutions(words, html, soup):
    article = soup(html / f"{PRINTED[0]}.html").find("article")
    assert article.find("h1").get_text().removesuffix("#") in words
    folded = [
        " ".join(text.split())
        for text in article.select_one("details:not(.rf-cite)").find_all_next(string=True)
        if text.find_parent("details") or text.find_parent(class_="solution")
        if not text.find_parent(["svg", "pre", "style", "script", "button"])
        if not text.find_parent(class_=["math", "rf-cite", "rf-certified", "rf-enclosure"])
    ]
    folded = [text for text in folded if len(text) > 25]
    assert len(folded) > 20
    assert [text for text in folded if text not in words] == []


def test_pdf_has_its_formulas_and_figures(printed, words):
    assert not re.search(r"\\(?:frac|sum|mathbb|langle|[(\[])", words)
    assert words.count("𝑥") + words.count("x") > 50
    for message in ("Download:", "Cite this chapter"):  # of use on a screen only
        assert message not in words
    # a drawing is thousands of curves: a page with one paints far more than a page of text
    curves = [len(re.findall(rb"(?m) [cl]$", page.get_contents().get_data())) for page in printed.pages]
    assert sum(count > 500 for count in curves) >= 3, curves


def test_pdf_has_no_empty_page_and_nothing_beside_the_paper(printed, sheets):
    for number, (text, right) in enumerate(sheets):
        assert len(text.split()) >= 10, number
        assert right < float(printed.pages[number].mediabox[2]), number


@pytest.mark.parametrize("name", status.chapters())
def test_every_chapter_was_measured_and_keeps_to_its_limits(name):
    one = records.read(status.RECORD)["chapters"].get(name)
    assert one is not None, f"run: python tools/status.py {name}"
    assert one["result"] == "passed"
    assert one["seconds"] < 60, "processor time of 30 seconds on two cores"
    assert one["megabytes"] < 1024


def test_the_record_is_of_the_present_chapters():
    assert status.outdated(records.read(status.RECORD)["chapters"]) == []


def test_a_chapter_that_changed_since_it_was_measured_is_noticed():
    """Other code is noticed, a comment is not; a chapter without a digest was never measured as it is."""
    name = status.chapters()[1]
    text = chapter_files.source_of(name).read_text(encoding="utf-8")
    code = "```{code-cell} ipython3\n"
    assert code in text

    def digest(changed):
        return status.code_digest(chapter_files.read_source(changed))

    now = digest(text)
    assert digest(text.replace(code, code + "# a comment\n", 1)) == now
    other = digest(text + f"\n{code}x = 1\n```\n")
    assert other != now
    measured = chapter_files.load(chapter_files.notebook_of(name))
    assert status.code_digest(measured) == now
    sources = {one: chapter_files.source_of(one).read_text(encoding="utf-8") for one in status.chapters()}
    stored = {one: {"code": digest(source)} for one, source in sources.items()}
    assert status.outdated(stored) == []
    for broken in (stored | {name: {"code": other}}, stored | {name: {}}):
        (message,) = status.outdated(broken)
        assert message.startswith(f"{name}: ")
        assert message.endswith(f"run python tools/status.py {name}")
