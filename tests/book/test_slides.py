"""The slides as a lecturer shows them: every one fits its screen, light and dark, with the network off."""

import re

import pytest
import slides
from test_browser import Visit

#: What leaves the slide, and whether its smallest letters can still be read from afar.
LOOK = """() => {
  const slide = document.querySelector("main > section.now");
  const foot = document.querySelector("footer").getBoundingClientRect().top;
  const outside = [...slide.querySelectorAll("h1, h2, p, li, figure, figcaption, table, mjx-container, svg")]
    .filter((e) => !e.closest("svg") || e.localName === "svg")
    .filter((e) => e.parentElement.closest("svg") === null)
    .map((e) => [e, e.getBoundingClientRect()])
    .filter(([e, box]) => box.width && (box.right > innerWidth || box.bottom > foot || box.top < 0 || box.left < 0))
    .map(([e]) => e.localName + ": " + e.textContent.slice(0, 60));
  return {name: slide.id, outside, size: parseFloat(getComputedStyle(slide).fontSize),
          scrolls: document.documentElement.scrollHeight > innerHeight,
          words: slide.textContent.trim().length};
}"""


@pytest.fixture(scope="module")
def deck(browser, html, tmp_path_factory):
    path = tmp_path_factory.mktemp("slides") / "slides.html"
    path.write_text(slides.deck(slides.harvest(slides.chapters(), browser)), encoding="utf-8")
    return path


def test_every_slide_fits(browser, deck):
    with Visit(browser, deck.as_uri(), ready=None) as visit:
        visit.page.set_viewport_size({"width": 1280, "height": 720})
        count = visit.ask("() => document.querySelectorAll('main > section').length")
        assert count > 100
        problems = []
        for number in range(count):
            found = visit.ask(LOOK)
            if found["outside"] or found["scrolls"] or found["size"] < 13 or not found["words"]:
                problems.append(found)
            if number < count - 1:
                visit.page.keyboard.press("ArrowRight")
        assert problems == []
        assert visit.ask("() => document.querySelector('#place').textContent") == f"{count} / {count}"
        assert visit.refused == []
        assert visit.errors == []


def test_slides_follow_the_theme_and_the_keys(browser, deck):
    with Visit(browser, deck.as_uri(), theme="dark", ready=None) as visit:
        colours = "() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
        assert visit.ask(colours) == ["rgb(20, 24, 29)", "rgb(230, 232, 235)"]
        visit.page.keyboard.press("d")
        assert visit.ask(colours) == ["rgb(255, 255, 255)", "rgb(20, 24, 29)"]
        visit.page.keyboard.press("o")
        assert visit.page.locator("nav").is_visible()
        visit.page.keyboard.press("Escape")
        visit.page.keyboard.press("End")
        assert visit.ask("() => document.querySelector('main > section.now').nextElementSibling") is None


def test_formulas_of_the_slides_are_whole(deck):
    text = deck.read_text(encoding="utf-8")
    formulas = text.count("<mjx-container")
    assert formulas > 500
    assert text.count("<mjx-assistive-mml") == formulas  # what a screen reader reads
    assert "\\(" not in re.sub(r"<script.*?</script>|<style.*?</style>", "", text, flags=re.DOTALL)
    assert not re.findall(r"url\((?!data:|#|&quot;#|\"#)", text)


def test_a_slide_that_does_not_fit_is_noticed(browser, tmp_path):
    items = [{"kind": "statement", "name": "thm-x", "title": "Theorem 1", "body": "<p>many words</p>" * 200}]
    path = tmp_path / "slides.html"
    path.write_text(slides.deck({"one": {"title": "One", "claim": "", "items": items}}), encoding="utf-8")
    with Visit(browser, path.as_uri() + "#thm-x", ready=None) as visit:
        visit.page.set_viewport_size({"width": 1280, "height": 720})
        assert visit.ask(LOOK)["outside"]
