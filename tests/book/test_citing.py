"""How to cite: one source for the book, every chapter and the paper; valid BibTeX and archive metadata."""

import json

import claims as tool  # puts book/_ext on the path
import pytest
import rf_citing as citing
import rf_sources as sources
import yaml
from pybtex.database import parse_string

ROOT = tool.ROOT
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sources.chapter_names())
def test_bibtex_of_each_chapter(name):
    entries = parse_string(citing.chapter(ROOT, name), "bibtex").entries
    assert list(entries) == [f"rfcompanion-{name.replace('_', '-')}"]
    fields = entries[f"rfcompanion-{name.replace('_', '-')}"].fields
    assert fields["url"] == f"{CITATION['url']}book/{name}.html"
    assert CITATION["version"] in fields["note"]
    assert len(fields["title"]) > 5


def test_bibtex_of_the_book_and_the_paper():
    assert parse_string(citing.book(ROOT), "bibtex").entries["rfcompanion"].fields["url"] == CITATION["url"]
    paper = parse_string(citing.paper(ROOT), "bibtex").entries["yehudai2019power"]
    assert "Random Features" in paper.fields["title"].replace("{", "").replace("}", "")


def test_archive_metadata_agree_with_the_citation():
    zenodo = json.loads((ROOT / ".zenodo.json").read_text(encoding="utf-8"))
    assert zenodo["title"] == CITATION["title"]
    assert zenodo["version"] == CITATION["version"]
    assert zenodo["keywords"] == CITATION["keywords"]
    assert [person["name"] for person in zenodo["creators"]] == [person["name"] for person in CITATION["authors"]]
    assert zenodo["license"] in CITATION["license"]
    assert zenodo["upload_type"] == "software"
    assert zenodo["description"] == " ".join(CITATION["abstract"].split())
    paper = CITATION["references"][0]["identifiers"][0]["value"]
    assert [related["identifier"] for related in zenodo["related_identifiers"]] == [paper]


def test_every_chapter_says_how_to_cite_it(html, soup):
    for name in sources.chapter_names():
        box = soup(html / "book" / f"{name}.html").select_one("details.rf-cite pre")
        assert box.get_text() == citing.chapter(ROOT, name)
        assert f"rfcompanion-{name.replace('_', '-')}" in soup(html / "book" / "citing.html").get_text()
