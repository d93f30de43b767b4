"""Formulas on a site: a worker sets them beside the page, as MathJax sets them in a page opened from a folder."""

import local_site
import pytest
from browser import WAIT_FOR_FIRST_MATH, WAIT_FOR_MATH

#: Elements with their classes, and the size, of every formula.
SET = """async () => {
  const formulas = [...document.querySelectorAll("article .math")];
  for (const formula of formulas) formula.getBoundingClientRect();  // asks for the fonts that it needs
  await document.fonts.ready;
  return formulas.map((formula) => {
    const box = formula.getBoundingClientRect();
    const parts = Array.from(formula.querySelectorAll("*"), (part) =>
      [part.localName, ...[...part.classList].sort()].join(" "));
    return [parts.join("\\n"), formula.textContent.trim(), Math.round(box.width), Math.round(box.height)];
  });
}"""
NOT_SET = "() => document.querySelectorAll('article .math:not(:has(mjx-container))').length"
LAST = "[...document.querySelectorAll('article p > .math')].filter((one) => !one.closest('details')).at(-1)"
IN_PAGE = "() => Boolean(MathJax.version)"


@pytest.fixture(scope="module")
def site(html):
    with local_site.served() as address:
        yield address


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    yield page
    context.close()


@pytest.mark.parametrize("name", ["setting", "lower_bound"])
def test_a_worker_sets_what_mathjax_sets_in_the_page(page, site, html, name):
    found = []
    for address in (f"{site}/book/{name}.html", (html / "book" / f"{name}.html").as_uri()):
        page.goto(address)
        page.evaluate(WAIT_FOR_MATH)
        found.append((page.evaluate(IN_PAGE), page.evaluate(SET)))
    (in_page_there, there), (in_page_here, here) = found
    assert (in_page_there, in_page_here) == (False, True)
    assert len(there) == len(here) > 50
    for one, other in zip(there, here, strict=True):
        assert one[:2] == other[:2]
        assert all(abs(a - b) <= 1 for a, b in zip(one[2:], other[2:], strict=True)), (one, other)  # rounding
    assert page.errors == []


def test_what_is_far_away_waits_for_the_reader_and_for_paper(page, site):
    """On paper everything is set, although the worker works only while the page does not print."""
    page.goto(f"{site}/book/setting.html")
    page.evaluate(WAIT_FOR_FIRST_MATH)
    assert page.evaluate(NOT_SET) > 100
    page.wait_for_function("() => window.rfFormulas.kept() > 100", timeout=30_000)
    page.wait_for_function("() => window.rfFormulas.kept() === document.querySelectorAll('.math:not(.rf-set)').length")
    page.evaluate("() => { window.dispatchEvent(new Event('beforeprint')); }")
    assert page.evaluate(NOT_SET) == 0


def test_a_reader_who_scrolls_finds_formulas(page, site):
    page.goto(f"{site}/book/setting.html")
    page.evaluate(WAIT_FOR_FIRST_MATH)
    # Sections are laid out when they come near, and move what is below: the reader goes on scrolling.
    page.wait_for_function(
        f"() => {{ {LAST}.scrollIntoView(); return {LAST}.matches('.rf-set:has(mjx-container)'); }}", polling=200
    )


@pytest.mark.parametrize("broken", ["math-worker.js*", "adaptors/liteDOM.js*"])
def test_where_the_worker_fails_the_page_does_it(page, site, broken):
    page.context.route(f"**/{broken}", lambda route: route.abort())
    page.goto(f"{site}/book/setting.html")
    page.evaluate(WAIT_FOR_MATH)
    assert page.evaluate(IN_PAGE)
    assert page.evaluate(NOT_SET) == 0


def test_where_there_is_no_mathjax_the_tex_is_shown(page, site):
    page.context.route("**/mathjax/**", lambda route: route.abort())
    page.goto(f"{site}/book/setting.html")
    page.wait_for_function("() => !document.documentElement.classList.contains('rf-math')")
    formula = page.locator("article p .math").first
    assert formula.is_visible()
    assert formula.inner_text().startswith("\\(")


def test_copied_text_holds_the_tex(page, site):
    page.goto(f"{site}/book/general_features.html")
    page.evaluate(WAIT_FOR_FIRST_MATH)
    copied = page.evaluate(
        """() => {
          const paragraph = document.querySelector("article p .math").closest("p");
          document.getSelection().selectAllChildren(paragraph);
          const data = new DataTransfer();
          paragraph.dispatchEvent(new ClipboardEvent("copy", {clipboardData: data, bubbles: true, cancelable: true}));
          return data.getData("text/plain");
        }"""
    )
    assert "$r$" in copied
    assert "$e_r$" in copied
