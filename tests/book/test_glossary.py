"""The terms of the glossary in the chapters: the first use of each is a link that shows its definition."""

import re
from collections import Counter

import claims as tool  # puts book/_ext on the path
import pytest
import rf_glossary as glossary
import rf_sources as sources
from browser import WAIT_FOR_MATH
from bs4 import BeautifulSoup
from playwright.sync_api import expect
from test_accessibility import AXE

ROOT = tool.ROOT
TERMS = glossary.terms()
ALL = glossary.read(glossary.page_text())
NO_PROSE = (
    "h1, h2, h3, h4, pre, code, .math, figcaption, table, summary, details, em, strong, .proof, .exercise, .solution"
)


def found(text, *, passed_over=()):
    return [(text[start:end], term.names[0]) for start, end, term in glossary.uses(text, TERMS, list(passed_over))]


# ------------------------------------------------------------------------------------------------- words


def test_entries_are_read_with_their_names():
    names = {term.names[0]: term for term in ALL}
    assert len(names) == len(ALL) >= 45
    assert names["neural tangent kernel"].names == ("neural tangent kernel", "NTK")
    assert names["ReLU"].definition == r"The activation $[z]_+=\max(z,0)$."
    assert len({term.anchor for term in ALL}) == len(ALL)
    assert all(term.definition.endswith(".") for term in ALL)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("two random features", [("random features", "random features")]),  # the longest
        ("a unit neuron, and neurons", [("unit neuron", "unit neuron"), ("neurons", "neuron")]),
        ("Biases and Gram matrices", [("Biases", "bias"), ("Gram matrices", "Gram matrix")]),
        ("It ends. Features are fixed.", [("Features", "feature")]),
        ("On Random Features for Networks", []),  # a title
        ("an NTK-like, bias-free, debiased width2", []),  # parts of other words
        ("the duality\ngap", [("duality\ngap", "duality gap")]),
        ("a relu", []),
    ],
)
def test_terms_are_found_in_a_text(text, wanted):
    assert found(text) == wanted


def test_phrases_are_passed_over():
    text = "the alternating direction method, in one direction"
    assert len(found(text)) == 2
    assert found(text, passed_over=["alternating direction method"]) == [("direction", "direction")]


def test_definitions_are_shown_as_text_and_formulas():
    shown = glossary.shown("One $a<b$ & {doc}`two <x>`.")
    assert shown == r'One <span class="math notranslate nohighlight">\(a&lt;b\)</span> &amp; two.'


# ------------------------------------------------------------------------------------------------- pages


def problems(page, names):
    """What is wrong with the links of a page; ``names`` are the places of the glossary."""
    article = page.find("article")
    links = article.select("a.rf-term")
    said = []
    used = [link["aria-describedby"] for link in links]
    said += [f"{anchor} is linked {count} times" for anchor, count in Counter(used).items() if count > 1]
    said += [f"{link.get_text()} leads to no term" for link in links if link["href"].partition("#")[2] not in names]
    said += [f"{link.get_text()} is no prose" for link in links if link.find_parent(NO_PROSE.split(", "))]
    said += [f"{link.get_text()} is no prose" for one in article.select(NO_PROSE) for link in one.select("a.rf-term")]
    shown = [one["id"] for one in article.select(".rf-definitions > .rf-definition[popover]")]
    said += [] if shown == used else [f"definitions {shown}, links {used}"]
    return said


@pytest.fixture(scope="module")
def places(html, soup):
    return {term["id"] for term in soup(html / "book" / "glossary.html").select("dl.glossary dt")}


@pytest.mark.parametrize("name", sources.chapter_names())
def test_links_of_a_chapter(name, html, soup, places):
    page = soup(html / "book" / f"{name}.html")
    assert problems(page, places) == []
    assert len(page.select("a.rf-term")) >= 4
    assert len(str(page.select_one(".rf-definitions"))) < 10_000
    assert page.select('script[src*="certified.js"]')


def test_each_term_is_used_or_listed_as_not_used(html, soup):
    used = {
        link["aria-describedby"]
        for name in sources.chapter_names()
        for link in soup(html / "book" / f"{name}.html").select("a.rf-term")
    }
    assert [term.names[0] for term in TERMS if term.anchor not in used] == [], "list them in book/glossary.md"
    known = {term.names[0] for term in ALL}
    listed = glossary.listed("not linked", glossary.page_text())
    assert len(listed) == len(set(listed)) < 12
    assert set(listed) <= known
    assert len(TERMS) + len(listed) == len(ALL)


def test_other_pages_have_no_links(html):
    for name in ("glossary", "notation", "teaching"):
        assert "rf-term" not in (html / "book" / f"{name}.html").read_text(encoding="utf-8")


def test_what_is_wrong_is_noticed():
    link = '<a class="rf-term" href="glossary.html#term-bias" aria-describedby="define-bias">bias</a>'
    end = '<div class="rf-definitions"><span class="rf-definition" id="define-bias" popover="">b</span></div>'

    def said(body, names=("term-bias",)):
        return problems(BeautifulSoup(f"<article>{body}</article>", "html.parser"), set(names))

    assert said(f"<p>{link}</p>{end}") == []
    assert "linked 2 times" in said(f"<p>{link} {link}</p>{end}")[0]
    assert "no prose" in said(f"<h2>{link}</h2>{end}")[0]
    assert "no prose" in said(f'<div class="proof">{link}</div>{end}')[0]
    assert "no term" in said(f"<p>{link}</p>{end}", ("term-width",))[0]
    assert "definitions []" in said(f"<p>{link}</p>")[0]


# ------------------------------------------------------------------------------------------------- in a browser


@pytest.fixture
def page(html, chromium):
    page = chromium.new_page(viewport={"width": 390, "height": 800})
    page.goto((html / "book" / "setting.html").as_uri())
    page.evaluate(WAIT_FOR_MATH)
    yield page
    page.close()


def parts(page, name="weight-budget"):
    term = page.locator(f'a.rf-term[aria-describedby="define-{name}"]')
    term.scroll_into_view_if_needed()
    return term, page.locator(f"#define-{name}")


def test_the_mouse_shows_the_definition(page):
    term, shown = parts(page)
    assert not shown.is_visible()
    term.hover()
    expect(shown).to_be_visible()
    box, word = shown.bounding_box(), term.bounding_box()
    assert 0 <= box["x"] <= 390 - box["width"]
    assert -1 <= box["y"] - word["y"] - word["height"] < 12
    expect(shown.locator("mjx-container")).to_have_count(2)
    page.mouse.move(2, 2)
    expect(shown).to_be_hidden()
    term.click()
    page.wait_for_url("**/glossary.html#term-weight-budget")


def test_the_keyboard_shows_and_closes_the_definition(page):
    term, shown = parts(page)
    expect(term).to_have_accessible_description(re.compile("^The number .* of a predictor with .* features"))
    page.keyboard.press("Tab")  # what has the focus now has it from the keyboard
    term.focus()
    expect(shown).to_be_visible()
    page.keyboard.press("Escape")
    expect(shown).to_be_hidden()
    expect(term).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    expect(shown).to_be_visible()
    page.keyboard.press("Tab")
    expect(shown).to_be_hidden()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/glossary.html#term-weight-budget")


def test_a_finger_reads_first_and_follows_then(html, chromium):
    with chromium.new_context(viewport={"width": 390, "height": 800}, has_touch=True) as context:
        page = context.new_page()
        page.goto((html / "book" / "setting.html").as_uri())
        page.evaluate(WAIT_FOR_MATH)
        term, shown = parts(page)
        term.tap()
        expect(shown).to_be_visible()
        page.wait_for_timeout(400)
        assert page.url.endswith("setting.html")
        expect(shown).to_be_visible()
        page.touchscreen.tap(5, 790)
        expect(shown).to_be_hidden()
        term.tap()
        term.tap()
        page.wait_for_url("**/glossary.html#term-weight-budget")


def test_paper_shows_no_definition(page):
    term, shown = parts(page)
    term.hover()
    expect(shown).to_be_visible()
    page.emulate_media(media="print")
    assert page.locator(".rf-definition:visible").count() == 0
    assert term.evaluate("one => getComputedStyle(one).textDecorationLine") == "none"


def test_an_open_definition_is_accessible(page):
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
        term, shown = parts(page)
        assert "dotted" in term.evaluate("one => getComputedStyle(one).textDecorationStyle")
        term.hover()
        expect(shown).to_be_visible()
        page.wait_for_timeout(400)  # colours fade
        page.add_script_tag(path=str(AXE))
        wrong = page.evaluate(
            "() => axe.run({include: ['.rf-term', '.rf-definitions']}, {runOnly: ['wcag2a', 'wcag2aa', 'wcag22aa']})"
        )
        assert [violation["id"] for violation in wrong["violations"]] == []
        page.mouse.move(2, 2)
        expect(shown).to_be_hidden()
