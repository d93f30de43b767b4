"""What a page loads and says of itself: style, scripts, icons, head, cards; and the helpers that make it so."""

import gzip
import json
import re
import shutil
import subprocess
from pathlib import Path

import build_book as builder
import claims  # noqa: F401  (puts book/_ext on the path)
import lighthouse
import local_site
import pytest
import rf_cards
import rf_head
import rf_icons
import rf_sheets
import rf_sight
import rf_space
import rf_web
from PIL import Image

ROOT = builder.ROOT
PAGES = builder.toc_pages()
OTHERS = ["search", "genindex"]
KILOBYTE = 1024


def head_of(html, page):
    return (html / f"{page}.html").read_text(encoding="utf-8").partition("</head>")[0]


# ------------------------------------------------------------------------------------------------- what a page loads


@pytest.mark.parametrize("page", PAGES + OTHERS)
def test_nothing_blocks_the_first_paint_but_one_sheet(page, html):
    text = (html / f"{page}.html").read_text(encoding="utf-8")
    assert len(re.findall(r'<link\b[^>]*rel="stylesheet"', text)) == 1
    blocking = [tag for tag in re.findall(r"<script\b[^>]*\bsrc=[^>]*>", text) if "defer" not in tag]
    assert blocking == []
    assert ("searchindex.js" in text) == (page == "search")
    assert "fontawesome" not in text


def test_the_sheet_is_small_and_used(html):
    sheets = list((html / "_static").glob("*.css"))
    assert len(sheets) == 1
    css = sheets[0].read_text(encoding="utf-8")
    assert len(gzip.compress(css.encode())) < 40 * KILOBYTE
    addresses = re.findall(r"url\(['\"]?(?!data:|#)([^)'\"]+)", css)
    assert [address for address in addresses if not (html / "_static" / address).is_file()] == []
    assert ".rf-chosen" in css  # a class that only a script in a page sets
    for rule in (".rf-figure", ".bd-sidebar-primary", "html.rf-math", ".rf-drawing", ".sd-card", "@media print"):
        assert rule in css, rule


@pytest.mark.parametrize("page", PAGES + OTHERS)
def test_icons_are_drawn_in_place(page, html):
    text = (html / f"{page}.html").read_text(encoding="utf-8")
    assert re.findall(r'<(?:i|span) class="[^"]*\bfa-[^"]*"', text) == []
    assert text.count("svg-inline--fa") >= 5


def test_nothing_is_published_that_no_page_needs(html):
    names = [path.relative_to(html).as_posix() for path in html.rglob("*") if path.is_file()]
    assert [name for name in names if name.endswith((".map", ".woff2", ".ttf")) or "locales/" in name] == []
    assert sum((html / name).stat().st_size for name in names) < 25 * KILOBYTE**2


def test_figures_and_formulas_have_their_room(html, soup):
    tree = soup(html / "book" / "general_features.html")
    for figure in tree.select("figure.rf-figure:not(.rf-frames)"):
        assert re.search(r"aspect-ratio:[\d.]+/[\d.]+", figure.select_one(".rf-drawing")["style"])
    formulas = tree.select("article span.math")
    assert len(formulas) > 500
    assert all(re.fullmatch(r"--w:\d+\.\d{3}em", formula["style"]) for formula in formulas)
    assert all(re.fullmatch(r"--h:\d+\.\dem", block["style"]) for block in tree.select("article div.math"))


def test_robots_and_sitemap_name_the_one_address(html):
    import rf_book

    assert f"Sitemap: {rf_book.website()}sitemap.xml" in (html / "robots.txt").read_text(encoding="utf-8")
    listed = re.findall(r"<loc>([^<]*)</loc>", (html / "sitemap.xml").read_text(encoding="utf-8"))
    assert {f"{rf_book.website()}{page}.html" for page in PAGES} <= set(listed)


# ------------------------------------------------------------------------------------------------- the head


def content(head, name, kind="property"):
    found = re.findall(rf'<meta {kind}="{name}" content="([^"]*)"', head)
    assert len(found) == 1, (name, found)
    return found[0]


@pytest.mark.parametrize("page", PAGES + OTHERS)
def test_title_description_and_card(page, html):
    import rf_book

    head = head_of(html, page)
    description = content(head, "description", "name")
    assert 40 <= len(description) <= rf_head.LENGTH + 40  # entities count as more
    assert content(head, "og:description") == description
    assert content(head, "og:url") == f"{rf_book.website()}{page}.html"
    assert content(head, "twitter:card", "name") == "summary_large_image"
    assert len(re.findall('name="viewport"', head)) == 1
    assert 'rel="icon"' in head
    assert "noindex" not in head
    for text in (description, content(head, "og:title"), re.search("<title>(.*?)</title>", head, re.DOTALL)[1]):
        assert not re.search(r"[\\$]", text), text
    image = content(head, "og:image")
    assert image.startswith(rf_book.website())
    card = html / image.removeprefix(rf_book.website())
    assert card.stat().st_size < 25 * KILOBYTE
    with Image.open(card) as picture:
        assert (picture.format, picture.mode, picture.size) == ("PNG", "P", (rf_cards.WIDTH, rf_cards.HEIGHT))


def test_descriptions_differ(html):
    found = [content(head_of(html, page), "description", "name") for page in PAGES]
    assert len(set(found)) == len(found)


def test_the_year_is_not_that_of_the_build(html):
    assert "Copyright 2026" in (html / "book" / "index.html").read_text(encoding="utf-8")


# ------------------------------------------------------------------------------------------------- helpers


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"\lambda_{\max}", "λ_max"),
        (r"d^{3/4}", "d^(3/4)"),
        (r"d^k/k!", "dᵏ/k!"),
        (r"\langle w,x\rangle", "⟨w,x⟩"),
        (r"\|f\|=(\mathbb{E}f(x)^2)^{1/2}", "‖f‖=(Ef(x)²)^(1/2)"),
        (r"d\in\{2,\dots,100\}", "d∈{2,…,100}"),
        (r"\tfrac12", "1/2"),
        (r"e_r\le10^{-6}", "e_r≤10⁻⁶"),
    ],
)
def test_formulas_as_plain_text(tex, text):
    assert rf_head.unicode_formula(tex) == text


def test_descriptions_end_with_a_sentence_or_a_word():
    text = "One sentence of some length that ends here. " * 3
    assert rf_head.shorten(text, 100) == text[:88].rstrip()[:87]
    assert rf_head.shorten("word " * 30, 50).endswith("word …")
    assert rf_head.shorten("short") == "short"


def test_rules_without_use_go_and_the_rest_stays():
    css = (
        '@charset "utf-8"; p{a:b} .used , .unused>a{c:d} .used .unused{e:f} .x:not(.unused){g:h}'
        '@media print{.unused{i:j} .used{k:"}{"}} @media screen{.unused{l:m}} @keyframes spin{from{n:o}}'
    )
    kept = rf_sheets.compact(rf_sheets.without_unused(css, {"used", "x"}))
    assert kept == (
        '@charset "utf-8";p{a:b}.used{c:d}.x:not(.unused){g:h}@media print{.used{k:"}{"}}@keyframes spin{from{n:o}}'
    )


def test_a_sheet_takes_in_what_it_imports_and_keeps_its_addresses(tmp_path):
    (tmp_path / "styles").mkdir()
    (tmp_path / "styles" / "a.css").write_text('@import "b.css?v=1"; i{background:url("../images/x.svg")}')
    (tmp_path / "styles" / "b.css").write_text("/* note */ b{background:url(data:image/png;base64,AA==)}")
    sheet = rf_sheets.whole_sheet(tmp_path / "styles" / "a.css", tmp_path)
    assert "url(images/x.svg)" in sheet
    assert "url(data:image/png;base64,AA==)" in sheet
    assert "note" not in sheet
    assert "@import" not in sheet


def test_an_unknown_icon_is_an_error():
    icons = rf_icons.Icons('{"bars":[448,512,[],"f0c9","M0 1"],bars2:[1,2,[],"f","M"]}')
    drawn = icons.replace('<span class="fa-solid fa-bars"></span>')
    assert drawn == (
        '<svg class="svg-inline--fa fa-solid fa-bars" aria-hidden="true" viewBox="0 0 448 512">'
        '<path fill="currentColor" d="M0 1"/></svg>'
    )
    with pytest.raises(LookupError, match="no icon 'nothing'"):
        icons.replace('<i class="fas fa-nothing"></i>')


def test_mathjax_comes_with_formulas_only_and_when_the_page_is_shown():
    letter = r'<span class="math notranslate nohighlight">\(r\)</span>'
    config = "<script>window.MathJax = {}</script>"
    scripts = (
        f'{config}<script defer src="a/math.js"></script><script defer src="a/mathjax/es5/startup.js?v=1"></script>'
    )
    navigation = '<nav class="bd-links">any {}</nav>'
    page = scripts + navigation.format(letter)
    assert rf_web.only_with_formulas(page) == navigation.format("<em>r</em>")
    done = f'{config}<script defer data-startup="a/mathjax/es5/startup.js?v=1" src="a/math.js"></script>'
    assert rf_web.only_with_formulas(page + letter) == done + navigation.format("<em>r</em>") + letter


def test_a_changed_theme_is_an_error():
    text = 'x(),"complete"===document.readyState?I():window.addEventListener("load",I)})();'
    assert rf_web.theme_script(text) == "x()})();"
    with pytest.raises(LookupError, match=r"theme's script has changed"):
        rf_web.theme_script("x()")


def test_sections_below_the_first_wait_with_a_guess_of_their_height():
    def section(name, text):
        return (
            f'<section id="{name}">\n<h2>{name}</h2><p>{text}</p><section id="{name}-x"><h3>x</h3></section></section>'
        )

    sections = section("a", "w") + section("b", "w " * 13) + section("c", "w " * 1300)
    page = f'<article><h1>t</h1>{sections}</article><section id="d"><h2>'
    done = rf_sight.rest_out_of_sight(page)
    heights = dict(re.findall(r'<section id="(\w+)" class="rf-rest" style="--h:(\d+)px">', done))
    assert list(heights) == ["b", "c"]
    assert int(heights["c"]) > 10 * int(heights["b"])
    assert re.sub(r' class="rf-rest" style="[^"]*"', "", done) == page


@pytest.mark.parametrize(
    ("tex", "least", "most"),  # em of the formula's own font, as MathJax sets it, a fifth less and more
    [
        ("r", 0.4, 0.6),
        (r"e_r", 0.75, 1.1),
        (r"x\sim N(0,I_d)", 4.4, 6.6),
        (r"\|f\|=(\mathbb{E}f(x)^2)^{1/2}", 6.6, 9.9),
        (r"\binom{L+d-1}{d-1}", 2.6, 3.9),
        (r"\frac1{16}\bigl[x\bigr]_+", 1.9, 3.1),
    ],
)
def test_room_for_a_formula(tex, least, most):
    assert least <= rf_space.estimate(tex) <= most


def test_room_grows_with_the_rows():
    assert rf_space.height(r"a \\ b") > 1.8 * rf_space.height("a")
    assert rf_space.height(r"\frac ab") > rf_space.height("ab")


def test_cards_are_the_same_each_time():
    book = "A book"
    first, again = (rf_cards.draw("general_features", "A title", "A claim.", book).tobytes() for _ in range(2))
    assert first == again
    assert rf_cards.draw("general_features", "Another title", "A claim.", book).tobytes() != first


def test_long_titles_and_claims_fit_their_card():
    face = rf_cards.font(27)
    assert all(face.getlength(row) <= 500 for row in rf_cards.claim_lines("many words " * 60, face, 500, 5))
    assert rf_cards.claim_lines("many words " * 60, face, 500, 5)[-1].endswith("…")
    rf_cards.draw("index", "A title of very many words " * 6, "x" * 300, "A book")


# ------------------------------------------------------------------------------------------------- Lighthouse


def test_the_record_has_every_kind_of_page_and_nothing_below_the_limit():
    from rfcompanion import records

    if not lighthouse.RECORD.exists():
        pytest.skip("not measured yet: python tools/lighthouse.py --record, on a machine that does nothing else")
    pages = records.read(lighthouse.RECORD)["pages"]
    assert set(pages) == set(lighthouse.PAGES)
    low = [
        (page, form, name, score)
        for page, forms in pages.items()
        for form, one in forms.items()
        for name, score in one["scores"].items()
        if score < lighthouse.LEAST
    ]
    assert low == []


def test_pages_are_served_compressed_and_nothing_else(html):
    import urllib.error
    import urllib.request

    with local_site.served() as base:
        with urllib.request.urlopen(f"{base}/book/index.html") as answer:
            assert answer.headers["Content-Encoding"] == "gzip"
            assert answer.headers["Cache-Control"]
            assert gzip.decompress(answer.read()) == (html / "book" / "index.html").read_bytes()
        for wrong in ("book/none.html", "../../pyproject.toml", "%2e%2e/%2e%2e/pyproject.toml"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(f"{base}/{wrong}")


def test_a_low_score_is_reported(monkeypatch, capsys, html):
    def report(lighthouse_, address, form, categories=lighthouse.CATEGORIES):
        marks = {
            name: {"score": 0.5 if "claims" in address and name == "seo" else 1.0, "auditRefs": []}
            for name in categories
        }
        return {"categories": marks, "audits": {name: {"numericValue": 1.0} for name in lighthouse.METRICS}}

    monkeypatch.setattr(lighthouse, "command", lambda: ["lighthouse"])
    monkeypatch.setattr(lighthouse, "report", report)
    assert lighthouse.main(["index", "--runs", "2"]) == 0
    assert lighthouse.main(["index", "claims", "--runs", "1"]) == 1
    assert "below 95: claims (mobile) seo: 50" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        lighthouse.main(["nothing"])
    assert "no such page: nothing" in capsys.readouterr().err


def test_the_workflow_measures_with_the_tested_version():
    flow = (ROOT / ".github" / "workflows" / "pages.yml").read_text(encoding="utf-8")
    assert "lighthouse@$(python tools/lighthouse.py --version)" in flow
    done = subprocess.run(
        [shutil.which("python3"), "tools/lighthouse.py", "--version"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == lighthouse.VERSION


def test_complaints_name_what_lowers_a_score():
    found = {
        "categories": {
            "seo": {"auditRefs": [{"id": "a", "weight": 1}, {"id": "b", "weight": 0}, {"id": "c", "weight": 1}]}
        },
        "audits": {
            "a": {"score": 0, "details": {"items": [{"node": {"snippet": "<p>"}}]}},
            "b": {"score": 0},
            "c": {"score": 1},
        },
    }
    assert lighthouse.complaints(json.loads(json.dumps(found))) == ["a (1): <p>"]


def test_files_of_the_pages_are_plain(html):
    assert Path(html / "robots.txt").read_text(encoding="utf-8").startswith("User-agent: *")
