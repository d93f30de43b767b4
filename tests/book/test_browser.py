"""Every page in a real browser with the network off: what a reader sees, light and dark, wide and narrow, on paper.

Needs Chromium (or Chrome) on the PATH; without one these tests are skipped, and with ``RF_REQUIRE_BROWSER=1`` they
fail instead.
"""

import re

import build_book as builder
import pytest
from browser import WAIT_FOR_MATH

PAGES = builder.toc_pages()
MILLISECONDS = 60_000

#: Formulas: how many there are, which were not turned into one, and which hold an error.
FORMULAS = """() => ({
  all: document.querySelectorAll(".math").length,
  raw: [...document.querySelectorAll(".math")].filter((e) => !e.querySelector("mjx-container"))
    .map((e) => e.textContent.slice(0, 80)),
  wrong: [...document.querySelectorAll("mjx-merror, [data-mjx-error]")]
    .map((e) => (e.getAttribute("data-mjx-error") || "") + " " + e.textContent.slice(0, 80)),
})"""

#: MathJax prints a command that it does not know in red instead of failing.
UNDEFINED = """() => {
  const found = [];
  if (!window.MathJax) return found;
  for (const item of Array.from(MathJax.startup.document.math))
    item.root.walkTree((node) => {
      if (node.isKind("mtext") && node.attributes.getExplicit("mathcolor") === "red")
        found.push(node.childNodes.map((child) => child.getText()).join(""));
    });
  return found;
}"""

#: Text as a reader sees it: without code and formulas, with everything unfolded.
TEXT = """() => {
  const article = document.querySelector("article").cloneNode(true);
  article.querySelectorAll("pre, code, mjx-container, script, style, svg").forEach((e) => e.remove());
  return article.textContent;
}"""

FIGURES = """() => [...document.querySelectorAll("article svg, article img")]
  .filter((e) => !e.closest("button, .sd-octicon, .headerlink, summary, .sd-summary-icon") &&
                 !e.matches(".sd-octicon, .sd-fa, [aria-hidden=true]"))
  .map((e) => ({alt: e.getAttribute("aria-label") || e.getAttribute("alt") || "",
                width: e.getBoundingClientRect().width, what: e.outerHTML.slice(0, 80)}))"""

UNFOLD = """() => {
  const sheet = document.createElement("style");  // sections far below are laid out, too
  sheet.textContent = ".rf-rest, .rf-drawing, .rf-table tr { content-visibility: visible !important; }";
  document.head.append(sheet);
  window.dispatchEvent(new Event("resize"));
  document.querySelectorAll("details").forEach((e) => { e.open = true; });
  document.querySelectorAll("button.toggle-button-hidden").forEach((e) => e.click());
}"""

FOLD = """() => {
  document.querySelectorAll("details").forEach((e) => { e.open = false; });
  document.querySelectorAll("button.toggle-button:not(.toggle-button-hidden)").forEach((e) => e.click());
}"""

HIDDEN = """() => [...document.querySelectorAll("article details > *, article .admonition > *")]
  .filter((e) => !e.matches("button, .toggle-button, summary") && e.textContent.trim())
  .filter((e) => e.getBoundingClientRect().height < 1 || getComputedStyle(e).visibility === "hidden")
  .map((e) => e.tagName + " " + e.textContent.slice(0, 60))"""

OVERFLOW = """() => {
  const width = document.documentElement.clientWidth;
  const wide = [...document.querySelectorAll("article *")].filter((e) => {
    if (e.getBoundingClientRect().right <= width + 1) return false;
    for (let up = e.parentElement; up; up = up.parentElement)
      if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(up).overflowX) &&
          up.getBoundingClientRect().right <= width + 1 && up !== document.body) return false;
    return true;
  });
  return {page: document.documentElement.scrollWidth - width,
          elements: wide.slice(0, 5).map((e) => e.tagName + "." + e.className + ": " + e.textContent.slice(0, 60))};
}"""

#: Scripts and style sheets that take room on the page: some rule shows what is written for machines.
MACHINES = """() => [...document.querySelectorAll("script, style")]
  .filter((e) => [...e.getClientRects()].some((box) => box.height > 0))
  .map((e) => `${e.localName}.${e.className}: ${e.textContent.trim().slice(0, 60)}`)"""

#: What is cut at its right end and does not say so, what says so and is not, and drawings that shrink until nobody can
#: read their letters.
CUT = """() => {
  const cut = [...document.querySelectorAll("article *")].filter((e) =>
    ["auto", "scroll"].includes(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth + 1 &&
    e.scrollLeft + e.clientWidth < e.scrollWidth - 1 && e.getClientRects().length &&
    getComputedStyle(e).boxShadow === "none");
  const whole = [...document.querySelectorAll(".rf-left, .rf-right")].filter((e) =>
    e.getClientRects().length && e.scrollWidth <= e.clientWidth + 1);
  const small = [...document.querySelectorAll("article .rf-drawing")].filter((e) =>
    e.getBoundingClientRect().width < Math.min(parseFloat(e.style.maxWidth), 500));
  const name = (e) => `${e.localName}.${e.className}: ${e.textContent.trim().slice(0, 60)}`;
  return {cut: cut.slice(0, 8).map(name), whole: whole.slice(0, 8).map(name), small: small.map(name)};
}"""

#: Contrast (as in WCAG) of text with what lies behind it, for links and captions, and of the figures' palette.
CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const pixel = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, below) => [0, 1, 2].map((k) => top[k] * top[3] + below[k] * (1 - top[3]));
  const behind = (element) => {
    const layers = [];
    for (let up = element; up; up = up.parentElement) layers.push(pixel(getComputedStyle(up).backgroundColor));
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
  const shown = (e) => e.getClientRects().length > 0 && e.textContent.trim();
  const faint = [...document.querySelectorAll("article a:not(.headerlink), article figcaption, article p, article li")]
    .filter(shown)
    .map((e) => {
      const back = behind(e);
      return {value: ratio(over(pixel(getComputedStyle(e).color), back), back), text: e.textContent.slice(0, 50)};
    })
    .filter((e) => e.value < 4.5)
    .map((e) => `${e.value.toFixed(2)} ${e.text}`);
  const page = behind(document.querySelector("article"));
  const style = getComputedStyle(document.documentElement);
  const palette = {};
  for (const name of ["blue", "orange", "green", "purple", "grey", "red"])
    palette[name] = ratio(pixel(style.getPropertyValue("--rf-" + name).trim()).slice(0, 3), page);
  return {faint: faint.slice(0, 8), page: light(page), palette};
}"""


class Visit:
    """One page, opened from its file with every other address refused, and what it did meanwhile."""

    def __init__(self, browser, address, *, width=1280, theme="light", ready=WAIT_FOR_MATH):
        self.refused, self.errors = [], []
        self.context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
        self.context.set_default_timeout(MILLISECONDS)
        self.context.route("**/*", self.gate)
        self.context.add_init_script(
            f"try {{ localStorage.setItem('mode', '{theme}'); localStorage.setItem('theme', '{theme}') }} catch {{}}"
        )
        self.page = self.context.new_page()
        self.page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("requestfailed", self.failed)
        self.page.goto(address)
        if ready:
            self.page.evaluate(ready)

    def gate(self, route):
        if route.request.url.startswith(("file:", "data:", "blob:")):
            route.continue_()
        else:
            self.refused.append(route.request.url)
            route.abort()

    def failed(self, request):
        if request.failure != "net::ERR_ABORTED":  # what a page no longer needs when it is left is broken off
            self.errors.append(f"not loaded: {request.url}")

    def ask(self, script):
        return self.page.evaluate(script)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()


@pytest.fixture(scope="module", params=PAGES)
def visit(browser, html, request):
    """Each page is opened once; its tests look at it in turn and leave it light, wide and unfolded."""
    with Visit(browser, (html / f"{request.param}.html").as_uri()) as visit:
        visit.ask(UNFOLD)
        visit.page.wait_for_timeout(400)  # folds fade in
        yield visit


def test_page_is_complete_without_a_network(visit):
    formulas = visit.ask(FORMULAS)
    assert formulas["raw"] == []
    assert formulas["wrong"] == []
    assert visit.ask(UNDEFINED) == []
    text = visit.ask(TEXT)
    assert "$" not in text, re.findall(r".{0,40}\$.{0,40}", text)[:3]
    assert re.findall(r"\{[a-z][a-z:_-]*\}`", text) == []
    assert "\\(" not in text
    assert "\\[" not in text
    for figure in visit.ask(FIGURES):
        assert len(figure["alt"].split()) >= 3, figure
        assert figure["width"] > 100, figure
    assert visit.ask(MACHINES) == []
    assert visit.refused == []
    assert visit.errors == []


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_page_reads_in_both_themes(visit, theme):
    visit.ask(f"() => {{ document.documentElement.dataset.theme = '{theme}' }}")
    visit.page.wait_for_timeout(300)  # colours fade
    contrast = visit.ask(CONTRAST)
    visit.ask("() => { document.documentElement.dataset.theme = 'light' }")
    assert (contrast["page"] > 0.5) == (theme == "light")
    assert contrast["faint"] == []
    assert min(contrast["palette"].values()) >= 3, contrast["palette"]


def test_page_does_not_scroll_sideways_on_a_telephone(visit):
    visit.page.set_viewport_size({"width": 320, "height": 700})
    visit.page.wait_for_timeout(600)  # the page fits its formulas anew
    overflow = visit.ask(OVERFLOW)
    visit.page.set_viewport_size({"width": 1280, "height": 900})
    assert overflow["elements"] == []
    assert overflow["page"] <= 0


@pytest.mark.parametrize("width", [390, 320])
def test_what_is_cut_on_a_telephone_says_so(visit, width):
    visit.page.set_viewport_size({"width": width, "height": 700})
    for _ in range(10):  # the page looks at its boxes anew, a few at a time
        visit.page.wait_for_timeout(400)
        found = visit.ask(CUT)
        if not found["cut"]:
            break
    visit.page.set_viewport_size({"width": 1280, "height": 900})
    assert found["cut"] == []
    assert found["whole"] == []
    assert found["small"] == []


def test_numbers_of_the_first_page_are_in_sight_on_a_telephone(browser, html):
    """Its first output is a column of numbers at the right: none is cut."""
    with Visit(browser, (html / "book" / "index.html").as_uri(), width=390) as visit:
        rest = "() => (e => e.scrollWidth - e.clientWidth)(document.querySelector('.cell_output pre'))"
        assert visit.ask(rest) <= 0


def test_print_shows_everything(visit):
    """Folded proofs, solutions and code are open on paper, in light colours, without the side bars."""
    visit.ask(FOLD)
    visit.ask("() => { document.documentElement.dataset.theme = 'dark' }")
    visit.page.emulate_media(media="print")
    visit.ask("() => window.dispatchEvent(new Event('beforeprint'))")
    visit.page.wait_for_timeout(400)
    hidden, machines = visit.ask(HIDDEN), visit.ask(MACHINES)
    bars = [
        bar
        for bar in (".bd-sidebar-primary", ".bd-sidebar-secondary", ".bd-header-article")
        if visit.page.locator(bar).count() and visit.page.locator(bar).first.is_visible()
    ]
    theme = visit.ask("() => document.documentElement.dataset.theme")
    visit.ask("() => window.dispatchEvent(new Event('afterprint'))")
    after = visit.ask("() => document.documentElement.dataset.theme")
    still_open = visit.ask("() => document.querySelectorAll('article details[open]').length")
    visit.page.emulate_media(media="screen")
    visit.ask("() => { document.documentElement.dataset.theme = 'light' }")
    visit.ask(UNFOLD)
    assert hidden == []
    assert machines == []
    assert bars == []
    assert (theme, after) == ("light", "dark")
    assert still_open == 0


def test_theme_of_the_reader_is_taken(browser, html):
    with Visit(browser, (html / "book" / "index.html").as_uri(), theme="dark") as visit:
        assert visit.ask("() => document.documentElement.dataset.theme") == "dark"
        assert visit.ask(CONTRAST)["page"] < 0.1


def test_first_page_leads_on(browser, html):
    with Visit(browser, (html / "index.html").as_uri(), ready=None) as visit:
        visit.page.wait_for_url("**/book/index.html")
        assert visit.page.locator("article h1").count() == 1


def test_search_works_from_files(browser, html):
    with Visit(browser, (html / "search.html").as_uri() + "?q=random") as visit:
        visit.page.wait_for_selector("#search-results li a")
        assert visit.refused == []
        assert visit.errors == []


# ------------------------------------------------------------------------------------------------- can these fail?

BROKEN = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>x</title>
<script>window.MathJax = {loader: {load: ["core", "input/tex", "output/chtml"]}};</script>
<script defer src="STARTUP"></script></head>
<body><article><h1>x</h1>BODY</article></body></html>"""


@pytest.fixture
def broken(browser, tmp_path):
    """Open a page with something wrong in it."""
    visits = []

    def make(body, **options):
        startup = (builder.ROOT / "book" / "_static" / "mathjax" / "es5" / "startup.js").as_uri()
        path = tmp_path / "page.html"
        path.write_text(BROKEN.replace("STARTUP", startup).replace("BODY", body), encoding="utf-8")
        visits.append(Visit(browser, path.as_uri(), **options))
        return visits[-1]

    yield make
    for visit in visits:
        visit.context.close()


def test_a_request_that_leaves_is_noticed(broken):
    visit = broken('<img alt="" src="https://example.org/x.png"><script>fetch("https://example.org/")</script>')
    visit.page.wait_for_timeout(300)
    assert len(visit.refused) == 2


def test_a_script_error_is_noticed(broken):
    assert any("nothing_here" in error for error in broken("<script>nothing_here()</script>").errors)


def test_a_missing_file_is_noticed(broken):
    visit = broken('<img alt="" src="missing.png">')
    assert any("missing.png" in error for error in visit.errors)


def test_a_wrong_formula_is_noticed(broken):
    body = r'<span class="math">\(\frac{1}\)</span> <span class="math">\(x^{2\)</span> <span class="math">\(y\)</span>'
    formulas = broken(body).ask(FORMULAS)
    assert formulas["all"] == 3
    assert len(formulas["wrong"]) == 1
    assert formulas["raw"] == [r"\(x^{2\)"]


def test_an_undefined_command_is_noticed(broken):
    visit = broken(r'<span class="math">\(\nosuchcommand x\)</span>')
    assert visit.ask(UNDEFINED) == ["\\nosuchcommand"]


def test_a_formula_left_as_text_is_noticed(broken):
    assert broken('<span class="math">x^2</span>').ask(FORMULAS)["raw"] == ["x^2"]


def test_sideways_scrolling_is_noticed(broken):
    visit = broken('<p style="width: 700px">wide</p>', width=320)
    overflow = visit.ask(OVERFLOW)
    assert overflow["elements"]
    assert overflow["page"] > 0


def test_a_script_that_is_shown_is_noticed(broken):
    shown = '<style>.rows { display: block }</style><script class="rows" type="application/json">{"a": 1}</script>'
    assert broken(shown).ask(MACHINES) == ['script.rows: {"a": 1}']


def test_an_output_that_is_cut_and_a_small_drawing_are_noticed(broken):
    cut = '<pre style="width: 90px; overflow-x: auto">features needed: 1,325</pre>'
    small = '<div class="rf-drawing" style="max-width: 672px; width: 310px">x</div>'
    whole = '<pre class="rf-right">features</pre>'
    found = broken(cut + small + whole, width=390).ask(CUT)
    assert len(found["cut"]) == 1
    assert len(found["whole"]) == 1
    assert len(found["small"]) == 1


def test_faint_text_is_noticed(broken):
    visit = broken('<p style="color: #bbb; background: #fff">faint</p>')
    assert visit.ask(CONTRAST)["faint"]
