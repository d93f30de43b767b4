"""Accessibility and craft of every built page: axe-core in both themes, and what Lighthouse asks of a static page."""

import itertools
import re
from pathlib import Path

import build_book as builder
import pytest
from test_browser import UNFOLD, Visit

PAGES = builder.toc_pages()
AXE = Path(__file__).with_name("axe") / "axe.min.js"

#: Every rule, those included that axe calls experimental or good practice.
RUN = """async () => {
  const rules = {"label-content-name-mismatch": {enabled: true}};
  const found = await axe.run(document, {rules, resultTypes: ["violations"]});
  return found.violations.map((one) => `${one.id} (${one.nodes.length}): ` + one.nodes[0].target.join(" ") +
    " " + one.nodes[0].html.slice(0, 160));
}"""

MEGABYTE = 2**20


def violations(visit):
    visit.page.add_script_tag(path=str(AXE))
    return visit.page.evaluate(RUN)


@pytest.mark.parametrize("page", PAGES)
def test_axe_finds_nothing_in_either_theme(browser, html, page):
    with Visit(browser, (html / f"{page}.html").as_uri()) as visit:
        visit.context.set_default_timeout(120_000)
        visit.ask(UNFOLD)
        for theme in ("light", "dark"):
            visit.ask(f"() => {{ document.documentElement.dataset.theme = '{theme}' }}")
            visit.page.wait_for_timeout(400)  # colours fade
            visit.ask("() => window.rfBoxes.settled()")  # a slow machine still looks at what was unfolded
            assert violations(visit) == [], theme


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ('<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">', "image-alt"),
        ('<p style="color:#bbb;background:#fff">faint text</p>', "color-contrast"),
        ('<input type="text">', "label"),
        ('<a href="#x"></a>', "link-name"),
        ('<div role="slider" tabindex="0">x</div>', "aria-required-attr"),
    ],
)
def test_axe_notices_what_is_wrong(browser, tmp_path, body, rule):
    path = tmp_path / "page.html"
    path.write_text(
        f'<!DOCTYPE html><html lang="en"><head><title>x</title></head><body><main><h1>x</h1>{body}</main></body>',
        encoding="utf-8",
    )
    with Visit(browser, path.as_uri(), ready=None) as visit:
        assert any(found.startswith(rule) for found in violations(visit))


# ------------------------------------------------------------------------------------------------- craft


@pytest.mark.parametrize("page", PAGES)
def test_head_of_the_page(page, html, soup):
    """Language, title, description, viewport, canonical address: what search engines and readers' tools go by."""
    tree = soup(html / f"{page}.html")
    assert tree.html["lang"].startswith("en")
    assert len(tree.title.get_text().split()) >= 2 or page.endswith(("index", "status"))
    assert tree.find("meta", attrs={"name": "viewport"})
    assert tree.find("link", rel="canonical")["href"].endswith(f"{page}.html")
    description = tree.find("meta", property="og:description") or tree.find("meta", attrs={"name": "description"})
    assert description is not None
    assert "$" not in description["content"]


@pytest.mark.parametrize("page", PAGES)
def test_headings_do_not_skip_a_level(page, html, soup):
    levels = [int(heading.name[1]) for heading in soup(html / f"{page}.html").select("article :is(h1,h2,h3,h4,h5,h6)")]
    assert levels[0] == 1
    assert [b for a, b in itertools.pairwise(levels) if b > a + 1] == []


@pytest.mark.parametrize("page", PAGES)
def test_weight_of_a_page(page, html):
    assert (html / f"{page}.html").stat().st_size < 1.5 * MEGABYTE


def test_weight_of_the_book(html):
    assert sum(path.stat().st_size for path in html.rglob("*") if path.is_file()) < 25 * MEGABYTE


def test_search_knows_the_terms_of_the_book(html):
    """The index of the search holds the words a reader looks for, each with a page."""
    index = (html / "searchindex.js").read_text(encoding="utf-8").lower()
    for word in ("tangent", "harmon", "binder", "neuron", "explor", "homogen"):
        assert re.search(rf'\b{word}\w*"?:', index), word
