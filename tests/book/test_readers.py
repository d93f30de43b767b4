"""What readers do: find an answer within two clicks, search, copy a formula, read while formulas are being set."""

import re

import build_book as builder
import pytest
from browser import WAIT_FOR_FIRST_MATH, WAIT_FOR_MATH
from test_browser import Visit

ROOT = builder.ROOT
PAGES = builder.toc_pages()


def questions() -> list[tuple[str, list[str], str]]:
    """The table of CONTRIBUTING.md: question, texts of the links to click, words that are then on the page."""
    section = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Two clicks")[2].partition("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line.startswith("|")
    ]
    return [(question, [] if clicks == "none" else clicks.split("; "), words) for question, clicks, words in rows[2:]]


QUESTIONS = questions()
#: What a reader sees by scrolling after the last click, folds closed; white space as one blank.
IN_SIGHT = """() => {
  const sheet = document.createElement("style");  // what is far below is laid out at once, not when it comes near
  sheet.textContent = ".rf-rest, .rf-drawing, .rf-table tr { content-visibility: visible !important; }";
  document.head.append(sheet);
  return document.querySelector("article").innerText.replace(/\\s+/g, " ");
}"""


STANDS_STILL = """async () => {
  const frame = () => new Promise((go) => requestAnimationFrame(go));
  for (let height = -1, still = 0; still < 10; await frame()) {
    still = document.documentElement.scrollHeight === height ? still + 1 : 0;
    height = document.documentElement.scrollHeight;
  }
}"""


def test_no_answer_is_further_than_two_clicks():
    assert len(QUESTIONS) >= 8
    assert max(len(clicks) for _, clicks, _ in QUESTIONS) <= 2


def follow(visit, text):
    """Click what a reader sees in the text of the page: a link, or the title of a fold."""
    found = visit.page.locator("article").locator("a, summary").filter(has_text=text, visible=True)
    assert found.count() >= 1, f"nothing to click is called {text!r} on {visit.page.url}"
    what = found.first
    # Sections are laid out when they come near: a reader waits until the page stands still before the click.
    what.scroll_into_view_if_needed()
    visit.ask(STANDS_STILL)
    what.click()
    visit.page.wait_for_load_state()
    visit.ask(WAIT_FOR_MATH)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(("question", "clicks", "words"), QUESTIONS, ids=[question for question, _, _ in QUESTIONS])
def test_an_answer_is_found(browser, html, question, clicks, words, width):
    with Visit(browser, (html / "book" / "index.html").as_uri(), width=width) as visit:
        for click in clicks:
            follow(visit, click)
        assert re.sub(r"\s+", " ", words) in visit.ask(IN_SIGHT)
        assert visit.refused == []
        assert visit.errors == []


def test_a_missing_link_or_answer_is_noticed(browser, html):
    with Visit(browser, (html / "book" / "index.html").as_uri()) as visit:
        with pytest.raises(AssertionError, match="nothing to click"):
            follow(visit, "A page that is not there")
        assert "0.00708" not in visit.ask(IN_SIGHT)


# ------------------------------------------------------------------------------------------------- search


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ("anti-concentration", "anti_concentration"),
        ("ReLU eigenvalues", "general_features"),
        ("tangent kernel", "general_features"),
        ("Binder", "running"),
        ("giant step", "after"),
    ],
)
@pytest.mark.parametrize("start", ["book/lower_bound.html", "search.html"])
def test_a_query_finds_its_page(browser, html, query, page, start):
    """Typed into the field of a page, opened as a file: the hit is among the first, and leads to its page."""
    with Visit(browser, (html / start).as_uri(), ready=None) as visit:
        if start != "search.html":
            visit.page.locator("button.search-button__button:visible").first.click()
        field = visit.page.locator("input[name=q]:visible").first
        field.fill(query)
        field.press("Enter")
        visit.page.wait_for_url("**/search.html?q=*")
        hit = visit.page.locator(f"#search-results li a[href*='book/{page}.html']").first
        hit.wait_for()
        visit.page.wait_for_function(
            "() => /finished|found/i.test(document.querySelector('#search-results').innerText)"
        )
        hits = visit.ask(
            "() => [...document.querySelectorAll('#search-results li a')].map((e) => e.getAttribute('href'))"
        )
        pages = list(dict.fromkeys(hit.partition("#")[0].partition("?")[0] for hit in hits))
        assert f"book/{page}.html" in pages[:5], pages[:6]
        hit.click()
        visit.page.wait_for_url(f"**/book/{page}.html*")
        assert visit.refused == []
        assert visit.errors == []


def test_a_query_without_hits_says_so(browser, html):
    with Visit(browser, (html / "search.html").as_uri() + "?q=xylophone", ready=None) as visit:
        visit.page.wait_for_function("() => /did not match/i.test(document.querySelector('main').innerText)")


# ------------------------------------------------------------------------------------------------- calm

SHIFTS = """
  window.shifted = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
    if (!entry.hadRecentInput) window.shifted += entry.value;
  })).observe({type: "layout-shift", buffered: true});
"""


def opened(browser, address, width, *, slow=0):
    """A page whose formulas come late, as on a slow line."""
    context = browser.new_context(viewport={"width": width, "height": 823})
    page = context.new_page()
    page.add_init_script(SHIFTS)
    if slow:
        page.route("**/startup.js*", lambda route: (page.wait_for_timeout(slow), route.continue_()))
    page.goto(address, wait_until="commit")
    return page


@pytest.mark.parametrize("width", [412, 1350])
@pytest.mark.parametrize("name", PAGES)
def test_the_text_does_not_jump_when_formulas_come(browser, html, name, width):
    page = opened(browser, (html / f"{name}.html").as_uri(), width)
    page.wait_for_load_state()
    page.evaluate(WAIT_FOR_FIRST_MATH)
    page.wait_for_timeout(300)
    shifted = page.evaluate("() => window.shifted")
    page.context.close()
    assert shifted < 0.1


def test_room_is_kept_and_tex_is_hidden_until_formulas_are_set(browser, html):
    page = opened(browser, (html / "book" / "general_features.html").as_uri(), 412, slow=600)
    page.wait_for_selector("article h1")
    top = "() => document.querySelector('article .admonition').getBoundingClientRect().top"
    before = page.evaluate("() => getComputedStyle(document.querySelector('article p .math')).visibility")
    early = page.evaluate(top)
    page.evaluate(WAIT_FOR_MATH)
    late = page.evaluate(top)
    after = page.evaluate("() => getComputedStyle(document.querySelector('article p .math')).visibility")
    page.context.close()
    assert (before, after) == ("hidden", "visible")
    assert abs(late - early) < 30


def test_without_mathjax_the_tex_is_shown(browser, html):
    page = browser.new_context().new_page()
    page.route("**/mathjax/**", lambda route: route.abort())
    page.goto((html / "book" / "setting.html").as_uri())
    page.wait_for_function("() => !document.documentElement.classList.contains('rf-math')")
    formula = page.locator("article p .math").first
    assert formula.is_visible()
    assert formula.inner_text().startswith("\\(")
    page.context.close()


def test_a_link_into_a_page_arrives_although_formulas_above_it_change_its_place(browser, html):
    with Visit(browser, (html / "book" / "general_features.html").as_uri() + "#cor-methods", width=412) as visit:
        top = visit.ask("() => document.getElementById('cor-methods').getBoundingClientRect().top")
        assert -5 <= top <= 200


def test_copied_text_holds_the_tex_of_its_formulas(browser, html):
    with Visit(browser, (html / "book" / "general_features.html").as_uri()) as visit:
        copied = visit.ask(
            """() => {
              const paragraph = document.querySelector("article p .math").closest("p");
              document.getSelection().selectAllChildren(paragraph);
              const data = new DataTransfer();
              const event = new ClipboardEvent("copy", {clipboardData: data, bubbles: true, cancelable: true});
              paragraph.dispatchEvent(event);
              return data.getData("text/plain");
            }"""
        )
        assert "$r$" in copied
        assert "$e_r$" in copied
