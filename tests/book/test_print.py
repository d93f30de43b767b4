"""The book in one document, the zip, the slides and the page of the chapters' cost."""

import re
import zipfile

import build_book as builder
import print_book
import pytest
import slides
import status
from bs4 import BeautifulSoup

from rfcompanion import records

PAGES = ["book/one", "book/two"]
PAGE = """<article><h1 id="top">T<a class="headerlink" href="#top">#</a></h1>
<a href="two.html#here">x</a><a href="#own">y</a><a href="../_modules/m.html">z</a><a href="https://example.org">w</a>
<details><summary>Proof</summary><p id="own">text</p></details><img src="../_static/a.png" alt="">
<svg><clipPath id="c"></clipPath><g clip-path="url(#c)"><use xlink:href="#c"></use></g></svg></article>"""


def test_a_page_joins_the_document():
    article = print_book.joined_article(BeautifulSoup(PAGE, "html.parser"), "book/one", PAGES)
    links = [link.get("href") for link in article.select("a")]
    assert links == ["#two--here", "#one--own", None, "https://example.org"]
    assert article.find("details").has_attr("open")
    assert article.find("img")["src"] == "../html/_static/a.png"
    assert "url(#one--c)" in str(article)
    assert 'xlink:href="#one--c"' in str(article)
    assert article.select(".headerlink") == []


def test_every_link_of_the_document_arrives(html):
    text = print_book.document(builder.toc_pages())
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


def test_slides_are_one_file_without_addresses():
    svg = '<svg><clipPath id="c"></clipPath><g clip-path="url(#c)"></g></svg>'
    items = [
        {"kind": "statement", "name": "thm-x", "title": "Theorem 1", "body": "<p><math><mi>x</mi></math></p>"},
        {"kind": "figure", "name": "fig-x", "svg": svg, "caption": "Message"},
        {"kind": "figure", "name": "fig-y", "svg": svg, "caption": "Message"},
    ]
    deck = slides.deck({"one": {"title": "One", "claim": "In one line.", "items": items}})
    names = re.findall(r'\bid="([^"]+)"', deck)
    assert len(names) == len(set(names))
    assert set(re.findall(r'href="#([^"]+)"', deck)) <= set(names)
    assert not re.findall(r'(?:src|href)="(?!#)', deck)
    assert "CC BY 4.0" in deck


@pytest.mark.parametrize("name", status.chapters())
def test_every_chapter_was_measured_and_keeps_to_its_limits(name):
    one = records.read(status.RECORD)["chapters"].get(name)
    assert one is not None, f"run: python tools/status.py {name}"
    assert one["result"] == "passed"
    assert one["seconds"] < 60, "processor time of 30 seconds on two cores"
    assert one["megabytes"] < 1024
