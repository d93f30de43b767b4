"""The slides as a lecturer shows them: each fits its screen, light and dark, on paper, with the network off."""

import io
import re

import claims  # noqa: F401  (puts book/_ext on the path)
import pypdf
import pytest
import rf_slides
import slides
from test_accessibility import MEGABYTE, violations
from test_browser import FORMULAS, UNDEFINED, Visit

DECKS = rf_slides.decks()

#: What leaves the slide, and whether its smallest letters can still be read from afar.
LOOK = """() => {
  const slide = document.querySelector("main > section.now");
  const foot = document.querySelector("footer").getBoundingClientRect().top;
  const outside = [...slide.querySelectorAll("h1, h2, p, li, figure, figcaption, table, mjx-container, img")]
    .map((e) => [e, e.getBoundingClientRect()])
    .filter(([e, box]) => box.width && (box.right > innerWidth || box.bottom > foot || box.top < 0 || box.left < 0))
    .map(([e]) => e.localName + ": " + e.textContent.slice(0, 60));
  const empty = [...slide.querySelectorAll("img")].filter((e) => !e.naturalWidth).map((e) => e.src);
  return {name: slide.id, outside, empty, size: parseFloat(getComputedStyle(slide).fontSize),
          scrolls: document.documentElement.scrollHeight > innerHeight,
          words: slide.textContent.trim().length};
}"""
COUNT = "() => document.querySelectorAll('main > section').length"
PLACE = "() => document.querySelector('#place').textContent"
NOW = "() => document.querySelector('main > section.now').id"
COLOURS = "() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"


def address(html, name):
    return (html / "slides" / f"{name}.html").as_uri()


# ------------------------------------------------------------------------------------------------- the files


def test_the_teaching_page_links_every_deck(html, soup):
    links = [link["href"] for link in soup(html / "book" / "teaching.html").select(".rf-decks a")]
    assert links == [f"../slides/{name}.html" for name in DECKS]
    assert len(DECKS) >= 11
    assert all((html / "book" / link).resolve().is_file() for link in links)


@pytest.mark.parametrize("name", DECKS)
def test_a_deck_has_every_result_and_figure_of_its_chapter(html, soup, name):
    deck, article = soup(html / "slides" / f"{name}.html"), soup(html / "book" / f"{name}.html").find("article")
    kinds = ", ".join(f"div.proof.{kind}" for kind in rf_slides.KINDS)
    expected = ["start", *(one["id"] for one in article.select(f"{kinds}, figure.rf-figure"))]
    assert [one["id"] for one in deck.select("main > section")] == expected
    assert [one["href"] for one in deck.select("nav a")] == [f"#{one}" for one in expected]
    assert all(len(one["alt"].split()) >= 15 for one in deck.select("img"))
    for one in article.select(kinds):
        there = {formula.get_text() for formula in one.select("section .math") if not formula.find_parent("a")}
        here = {formula.get_text() for formula in deck.find(id=one["id"]).select(".math")}
        assert there <= here


@pytest.mark.parametrize("name", DECKS)
def test_a_deck_is_light(html, soup, name):
    folder = html / "slides"
    files = {folder / image["src"] for image in soup(folder / f"{name}.html").select("img")}
    files |= {folder / f"{name}.html", folder / "slides.css", folder / "slides.js"}
    assert sum(path.resolve().stat().st_size for path in files) < 1.5 * MEGABYTE


def test_one_deck_a_chapter_as_slides_of_a_page(tmp_path):
    (tmp_path / "fig-x.svg").write_text('<svg aria-label="a &amp; b" viewBox="0 0 40 20"><title>x</title></svg>')
    page = (
        "<article><h1>T<a class='headerlink'>#</a></h1><p><strong>In one line.</strong> Claim.</p>"
        "<div class='proof theorem admonition' id='thm-x'><p class='admonition-title'>Theorem 1</p>"
        "<section><p id='y'>See <a href='z.html'>this <span class='math'>\\(x\\)</span></a></p></section></div>"
        "<div class='proof remark admonition' id='rem-x'><p class='admonition-title'>Remark 2</p></div>"
        "<figure class='rf-figure' id='fig-x'><svg></svg><figcaption>Message</figcaption></figure></article>"
    )
    first, theorem, figure = rf_slides.slides_of(page, tmp_path)
    assert first.body == '<h2 class="title">T</h2><p><strong>In one line.</strong> Claim.</p>'
    assert theorem == rf_slides.Slide(
        "thm-x", "Theorem 1", '<h2>Theorem 1</h2><p>See this <span class="math">\\(x\\)</span></p>'
    )
    assert 'alt="a &amp; b" width="40" height="20"' in figure.body


# ------------------------------------------------------------------------------------------------- in a browser


@pytest.mark.parametrize("name", DECKS)
def test_every_slide_fits(browser, html, name):
    with Visit(browser, address(html, name)) as visit:
        visit.page.set_viewport_size({"width": 1280, "height": 720})
        formulas = visit.ask(FORMULAS)
        assert formulas["raw"] == formulas["wrong"] == visit.ask(UNDEFINED) == []
        count = visit.ask(COUNT)
        problems = []
        for number in range(count):
            assert visit.ask(PLACE) == f"{number + 1} / {count}"
            found = visit.ask(LOOK)
            if found["outside"] or found["empty"] or found["scrolls"] or found["size"] < 13 or not found["words"]:
                problems.append(found)
            visit.page.keyboard.press("ArrowRight")
        assert problems == []
        assert visit.refused == []
        assert visit.errors == []


def test_a_slide_that_does_not_fit_is_noticed(browser, tmp_path):
    chapter = {"slides": [["thm-x", "<p>many words</p>" * 200]], "titles": ["Theorem 1"]}
    path = tmp_path / "slides.html"
    path.write_text(slides.deck({"one": chapter}), encoding="utf-8")
    with Visit(browser, path.as_uri() + "#thm-x", ready=None) as visit:
        visit.page.set_viewport_size({"width": 1280, "height": 720})
        assert visit.ask(LOOK)["outside"]


def test_keys_buttons_and_addresses_turn_the_slides(browser, html):
    with Visit(browser, address(html, "setting") + "#fig-setting-relu") as visit:
        assert visit.ask(NOW) == "fig-setting-relu"
        keys = visit.page.keyboard
        names = visit.ask("() => [...document.querySelectorAll('main > section')].map((e) => e.id)")
        keys.press("Home")
        turns = [("ArrowRight", 1), ("PageDown", 2), (" ", 3), ("ArrowLeft", 2), ("PageUp", 1), ("End", len(names) - 1)]
        for key, place in turns:
            keys.press(key)
            assert visit.ask(NOW) == names[place], key
            assert visit.ask("() => location.hash") == f"#{names[place]}"
        visit.page.click("#back")
        assert visit.ask(NOW) == names[-2]
        visit.page.click("#next")
        assert visit.ask(NOW) == names[-1]
        keys.press("o")
        assert visit.page.locator("nav").is_visible()
        keys.press("ArrowRight")  # turns nothing while the list is open
        visit.page.click(f"nav a[href='#{names[2]}']")
        visit.page.locator("nav").wait_for(state="hidden")  # it closes when the address has changed
        assert visit.ask(NOW) == names[2]
        keys.press("o")
        keys.press("Escape")
        assert not visit.page.locator("nav").is_visible()


def test_slides_follow_the_theme(browser, html):
    with Visit(browser, address(html, "index"), theme="dark") as visit:
        assert visit.ask(COLOURS) == ["rgb(20, 24, 29)", "rgb(230, 232, 235)"]
        visit.page.keyboard.press("d")
        assert visit.ask(COLOURS) == ["rgb(255, 255, 255)", "rgb(20, 24, 29)"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(browser, html, theme):
    with Visit(browser, address(html, "anti_concentration") + "#fig-anti-concentration-norm", theme=theme) as visit:
        assert violations(visit) == []
        visit.page.keyboard.press("o")
        assert violations(visit) == []


def test_a_telephone_shows_them_one_below_the_other(browser, html):
    with Visit(browser, address(html, "general_features"), width=320) as visit:
        assert visit.ask("() => document.documentElement.scrollWidth") == 320
        heights = visit.ask("() => [...document.querySelectorAll('main > section')].map((e) => e.clientHeight)")
        assert min(heights) > 60
        assert visit.ask(
            "() => [...document.querySelectorAll('p')].every((e) => parseFloat(getComputedStyle(e).fontSize) >= 13)"
        )


def test_paper_has_one_slide_a_page_with_its_formulas(browser, html):
    with Visit(browser, address(html, "anti_concentration"), theme="dark") as visit:
        visit.page.keyboard.press("End")
        pdf = pypdf.PdfReader(io.BytesIO(visit.page.pdf(prefer_css_page_size=True, print_background=True)))
        assert len(pdf.pages) == visit.ask(COUNT)
        texts = [page.extract_text() for page in pdf.pages]
        titles = visit.ask("() => [...document.querySelectorAll('nav a')].map((e) => e.textContent)")
        for text, title in zip(texts, titles, strict=True):
            assert len(text.split()) >= 8
            words = re.match(r"(?:Theorem|Corollary|Proposition) [\d.]+", title)
            assert words is None or words[0] in " ".join(text.split())
        assert not re.search(r"\\[(\[a-z]", "".join(texts))
        width, height = (float(side) for side in pdf.pages[0].mediabox[2:])
        assert width / height == pytest.approx(297 / 167, rel=0.01)
        assert visit.ask(COLOURS)[0] == "rgb(20, 24, 29)"  # as it was before


# ------------------------------------------------------------------------------------------------- one file


def test_the_one_file_is_whole_and_loads_nothing(browser, html, tmp_path):
    names = DECKS[:3]
    text = slides.deck(slides.harvest(names, browser))
    formulas = text.count("<mjx-container")
    assert formulas > 50
    assert text.count("<mjx-assistive-mml") == formulas  # what a screen reader reads
    assert "\\(" not in re.sub(r"<script.*?</script>|<style.*?</style>", "", text, flags=re.DOTALL)
    assert not re.findall(r"url\((?!data:|#|&quot;#|\"#)", text)
    assert not re.findall(r'(?:src|href)="(?!#|data:)', text)
    shown = re.findall(r'<section id="([^"]+)"', text)
    assert len(shown) == len(set(shown))
    assert set(names) < set(shown)
    path = tmp_path / "slides.html"
    path.write_text(text, encoding="utf-8")
    with Visit(browser, path.as_uri(), ready=None) as visit:
        visit.page.set_viewport_size({"width": 1280, "height": 720})
        for _ in shown:
            found = visit.ask(LOOK)
            assert not found["outside"], found
            assert not found["empty"], found
            visit.page.keyboard.press("ArrowRight")
        assert visit.ask(PLACE) == f"{len(shown)} / {len(shown)}"
        assert visit.refused == []
        assert visit.errors == []
