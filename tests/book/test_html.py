"""The built pages, read as files: all there, complete, linked, and loading nothing from elsewhere."""

import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import build_book as builder
import pytest

ROOT = builder.ROOT
PAGES = builder.toc_pages()
REMOTE = re.compile(r"^\s*(https?:)?//", re.IGNORECASE)
#: A role or directive that was not understood, such as {prf:ref} or {cite:t}.
ROLE = re.compile(
    r"\{(?:[a-z]+:[a-z:]+|ref|numref|eq|doc|term|math|cite|download|abbr|sub|sup|code-cell|note|warning|admonition|dropdown"
    r"|exercise|solution|figure|grid|card|button|octicon|bibliography|eval-rst|glossary|table|list-table)\}"
)


def text_of(soup):
    """The text of a page as a reader sees it, without code and formulas."""
    import copy

    article = copy.copy(soup.find("article"))
    for element in article.select("pre, code, .math, script, style, svg, .headerlink"):
        element.decompose()
    return article.get_text(" ")


def files(html, *, everything=False):
    if everything:
        return sorted(html.rglob("*.html"))
    return [html / f"{page}.html" for page in PAGES]


# ------------------------------------------------------------------------------------------------- the contents


def test_every_page_of_the_contents_exists():
    missing = [page for page in PAGES if not any((ROOT / f"{page}{suffix}").exists() for suffix in (".md", ".ipynb"))]
    assert missing == []


def test_every_page_is_in_the_contents():
    """A page that is not listed is not published."""
    present = {f"book/{path.stem}" for pattern in ("*.md", "*.ipynb") for path in (ROOT / "book").glob(pattern)}
    present |= {f"book/{path.stem}" for path in (ROOT / "book" / "sources").glob("*.md")}
    assert sorted(present - set(PAGES)) == [], "add these pages to _toc.yml"


def test_no_page_is_listed_twice():
    assert len(PAGES) == len(set(PAGES))


def test_names_of_pages_can_stay():
    """They are links in syllabi: letters first, no number of a chapter that a reordering would make wrong."""
    assert [page for page in PAGES if not re.fullmatch(r"book/[a-z][a-z_]*", page)] == []


def test_every_page_was_built_and_is_not_empty(html):
    assert builder.empty_pages(html, PAGES) == []


@pytest.mark.parametrize("content", [None, "", "<article></article>", "<article><h1>Title</h1></article>"])
def test_a_missing_or_empty_page_is_noticed(tmp_path, content):
    (tmp_path / "book").mkdir()
    if content is not None:
        (tmp_path / "book" / "index.html").write_text(content, encoding="utf-8")
    assert builder.empty_pages(tmp_path, ["book/index"])


def test_build_log_has_no_warning(html):
    log = builder.LOG.read_text(encoding="utf-8")
    assert "build succeeded." in log
    assert re.findall(r".*\b(?:WARNING|ERROR|CRITICAL)\b.*", log) == []


def test_first_page_leads_to_the_book(html):
    assert "book/index.html" in (html / "index.html").read_text(encoding="utf-8")


# ------------------------------------------------------------------------------------------------- the text


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_left_unrendered(page, html, soup):
    text = text_of(soup(html / f"{page}.html"))
    assert "$" not in text, re.findall(r".{0,40}\$.{0,40}", text)[:3]
    assert ROLE.findall(text) == []
    assert ":::" not in text
    assert "```" not in text


@pytest.mark.parametrize("page", PAGES)
def test_figures_say_what_they_show(page, html, soup):
    article = soup(html / f"{page}.html").find("article")
    for drawing in article.select("figure svg, .cell_output svg"):
        assert drawing.get("role") == "img"
        words = drawing.get("aria-label", "").split()
        assert len(words) >= 15, f"say what the figure shows: {' '.join(words)}"
    for image in article.select("img"):
        assert len(image.get("alt", "").split()) >= 3, image.get("src")
    for figure in article.select("figure.rf-figure"):
        caption = figure.find("figcaption")
        assert caption is not None, figure.get("id")
        assert len(caption.get_text().split()) >= 4, figure.get("id")


@pytest.mark.parametrize("page", PAGES)
def test_identifiers_are_unique(page, html, soup):
    seen, twice = set(), set()
    for element in soup(html / f"{page}.html").select("article [id]"):
        name = element["id"]
        if name in seen:
            twice.add(name)
        seen.add(name)
    assert twice == set()


def test_one_heading_of_the_first_level(html, soup):
    for path in files(html):
        assert len(soup(path).select("article h1")) == 1, path.name


# ------------------------------------------------------------------------------------------------- links


HREF = re.compile(r"<a\b[^>]*?\shref=\"([^\"]*)\"")
ANCHOR = re.compile(r"\b(?:id|name)=\"([^\"]+)\"")


def broken_links(html):
    """Links between files, with their anchors, that do not arrive. (Plain searches: parsing every page takes long.)"""
    texts = {path: unescape(path.read_text(encoding="utf-8")) for path in files(html, everything=True)}
    anchors = {path: set(ANCHOR.findall(text)) for path, text in texts.items()}
    broken = []
    for path, text in texts.items():
        for link in set(HREF.findall(text)):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if target.is_dir():
                target = target / "index.html"
            if not target.exists():
                broken.append(f"{path.relative_to(html)}: {link}")
            elif parts.fragment and target in anchors and unquote(parts.fragment) not in anchors[target]:
                broken.append(f"{path.relative_to(html)}: {link} has no such anchor")
    return broken


def test_every_internal_link_arrives(html):
    assert broken_links(html) == []


def test_broken_links_are_noticed(tmp_path):
    (tmp_path / "a.html").write_text('<a class="x" href="b.html#here">x</a> <a href="c.html">y</a>', encoding="utf-8")
    (tmp_path / "b.html").write_text('<p id="there">z</p> <a href="a.html">back</a>', encoding="utf-8")
    assert len(broken_links(tmp_path)) == 2


LOADING = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
    "embed": "src",
    "object": "data",
    "input": "src",
    "use": "href",
    "image": "href",
}
#: Relations of <link> for which a browser fetches the address.
FETCHED = {"stylesheet", "preload", "prefetch", "modulepreload", "icon", "shortcut", "apple-touch-icon", "manifest"}
FETCHED |= {"preconnect", "dns-prefetch"}
STYLE_ADDRESS = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)", re.IGNORECASE)


def addresses_in_style(text):
    return [a or b for a, b in STYLE_ADDRESS.findall(text)]


def loaded(soup):
    """Every address that a browser fetches to show the page."""
    for name, attribute in LOADING.items():
        for element in soup.find_all(name):
            for key in (attribute, f"xlink:{attribute}"):
                if element.get(key):
                    yield element[key]
            if element.get("srcset"):
                yield from (part.split()[0] for part in element["srcset"].split(",") if part.split())
    for element in soup.find_all("link", href=True):
        if FETCHED & set(element.get("rel", ())):
            yield element["href"]
    for element in soup.find_all("style"):
        yield from addresses_in_style(element.get_text())
    for element in soup.select("[style]"):
        yield from addresses_in_style(element["style"])
    for element in soup.select('meta[http-equiv="refresh" i]'):
        yield element.get("content", "").partition("url=")[2]


def test_no_page_loads_anything_from_elsewhere(html, soup):
    remote = {}
    modules = sorted((html / "_modules").rglob("*.html"))[:2]  # source code, all in one mould, and slow to parse
    for path in [*files(html), html / "search.html", html / "genindex.html", html / "index.html", *modules]:
        if found := [address for address in loaded(soup(path)) if REMOTE.match(address)]:
            remote[str(path.relative_to(html))] = found
    for path in sorted(html.rglob("*.css")):
        text = path.read_text(encoding="utf-8", errors="replace")
        if found := [address for address in addresses_in_style(text) if REMOTE.match(address)]:
            remote[str(path.relative_to(html))] = found
    assert remote == {}


def test_everything_that_a_page_loads_is_there(html, soup):
    missing = set()
    for path in files(html):
        for address in loaded(soup(path)):
            parts = urlsplit(address)
            if parts.scheme or not parts.path:  # data: and fragments
                continue
            if not (path.parent / unquote(parts.path)).exists():
                missing.add(f"{path.name}: {address}")
    assert missing == set()


@pytest.mark.parametrize(
    "markup",
    [
        '<script src="https://example.org/x.js"></script>',
        '<script src="//example.org/x.js"></script>',
        '<link rel="stylesheet" href="https://example.org/x.css">',
        '<link rel="preload" as="font" href="https://example.org/x.woff">',
        '<img alt="" src="http://example.org/x.png">',
        '<img alt="" srcset="a.png 1x, https://example.org/x.png 2x">',
        "<style>@import 'https://example.org/x.css';</style>",
        '<p style="background: url(https://example.org/x.png)"></p>',
        '<iframe src="https://example.org"></iframe>',
    ],
)
def test_remote_addresses_are_noticed(markup):
    from bs4 import BeautifulSoup

    assert any(REMOTE.match(address) for address in loaded(BeautifulSoup(markup, "html.parser")))


def test_plain_links_and_metadata_are_allowed():
    from bs4 import BeautifulSoup

    markup = '<a href="https://example.org">x</a><link rel="canonical" href="https://example.org">'
    assert list(loaded(BeautifulSoup(markup, "html.parser"))) == []


def test_files_of_mathjax_are_there():
    """Each part that the pages name, the extensions that load by themselves, the fonts and the licence."""
    folder = Path(ROOT, "book", "_static", "mathjax")
    for part in ("startup", "core", "input/tex", "output/chtml", "a11y/assistive-mml", "adaptors/liteDOM"):
        assert (folder / "es5" / f"{part}.js").is_file(), part
    assert len(list((folder / "es5" / "input" / "tex" / "extensions").glob("*.js"))) > 30
    assert len(list((folder / "es5" / "output" / "chtml" / "fonts" / "woff-v2").glob("*.woff"))) > 20
    assert "Apache License" in (folder / "LICENSE").read_text(encoding="utf-8")
