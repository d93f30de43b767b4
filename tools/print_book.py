"""The whole book as one PDF, and as a zip that opens without a network.

python tools/print_book.py              # _build/print/random-features.pdf and …/random-features-offline.zip
python tools/print_book.py --zip-only   # needs no browser

The pages are the built ones, in the order of the contents, joined into one document (so numbers and links are those of
the web pages), with everything unfolded, and printed by Chromium: tagged, with an outline, formulas as text.
"""

import argparse
import re
import sys
import zipfile
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

import build_book
from build_book import HTML, ROOT

sys.path.insert(0, str(ROOT / "book" / "_ext"))
import rf_head

FOLDER = ROOT / "_build" / "print"
NAME = "random-features"

STYLE = """
@page { size: A4; margin: 18mm 17mm 20mm; }
html { scrollbar-width: none; font-size: 13px; }
body { display: block; }
main, .bd-main, .bd-main .bd-content { display: block !important; max-width: none; width: auto; margin: 0; }
.bd-main .bd-content .bd-article h1:first-of-type { display: block; } /* on its web page the theme prints it apart */
article { break-before: page; padding: 0; }
article.rf-cover { break-before: auto; padding-top: 18vh; }
article.rf-cover h1 { font-size: 2.6rem; }
.rf-contents { list-style: none; padding: 0; columns: 1; }
.rf-contents li { margin: 0.25rem 0; }
.rf-contents .rf-part { font-weight: 600; margin-top: 0.8rem; }
a { text-decoration: none; }
summary { list-style: none; }
.rf-share, .rf-problem, .rf-cite { display: none !important; }
pre { font-size: 0.85em; white-space: pre-wrap; overflow-wrap: anywhere; }
table { font-size: 0.92em; }
/* A box that could scroll is not broken: it would leave its empty frame at the end of a page. */
.bd-content :is(pre, div.cell_input, div.cell_output, div.output, div.highlight, div[class*="highlight-"]) {
  display: block; overflow: visible !important; break-inside: auto; orphans: 3; widows: 3; }
.bd-content details { overflow: visible !important; break-inside: auto; }
thead, thead tr { break-after: avoid; }
svg.rf-map a.rf-node text { font-size: 10px; }
"""


def prefix(page: str) -> str:
    return page.rsplit("/", 1)[-1] + "--"


def joined_article(soup, page: str, pages: list[str]):
    """The article of a page whose identifiers, links and files are those of the joined document."""
    article = soup.find("article")
    own = PurePosixPath(page)
    article["id"] = prefix(page) + "top"
    for element in article.select("[id]"):
        element["id"] = prefix(page) + element["id"]
    for element in article.select("svg, svg *"):  # clips and markers are named too
        for key, value in element.attrs.items():
            if key in {"href", "xlink:href"} and element.name != "a" and value.startswith("#"):
                element[key] = "#" + prefix(page) + value[1:]
            elif isinstance(value, str) and "url(#" in value:
                element[key] = value.replace("url(#", "url(#" + prefix(page))
    for element in article.select("[for], [aria-labelledby], [aria-describedby], [aria-controls]"):
        for key in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            if element.get(key):
                value = element[key] if isinstance(element[key], str) else " ".join(element[key])
                element[key] = " ".join(prefix(page) + part for part in value.split())
    for link in article.select("a[href]"):
        parts = urlsplit(link["href"])
        if parts.scheme or parts.netloc:
            continue
        target = page
        if parts.path:
            target = resolve(own.parent, unquote(parts.path)).removesuffix(".html")
        if target in pages:
            link["href"] = "#" + prefix(target) + (unquote(parts.fragment) or "top")
        else:  # sources of the package and the like are not in print
            del link["href"]
    for element in article.select("[src]"):
        if not urlsplit(element["src"]).scheme:
            element["src"] = "../html/" + resolve(own.parent, element["src"])
    for element in article.select(".headerlink, .copybtn, .rf-definitions"):
        element.decompose()
    for term in article.select("a.rf-term"):
        del term["aria-describedby"]
    for fold in article.select("details"):
        fold["open"] = ""
    return article


def resolve(folder: PurePosixPath, path: str) -> str:
    parts = []
    for part in (*folder.parts, *PurePosixPath(path).parts):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def document(pages: list[str]) -> str:
    """One page with the whole book."""
    from bs4 import BeautifulSoup

    soups = {page: BeautifulSoup((HTML / f"{page}.html").read_text(encoding="utf-8"), "html.parser") for page in pages}
    first = soups[pages[0]]
    head = []
    for element in first.head.select('link[rel="stylesheet"], script'):
        source = element.get("href") or element.get("src")
        if source:
            if startup := element.get("data-startup"):  # paper does not wait for formulas to come near
                address = resolve(PurePosixPath("book"), urlsplit(startup).path)
                head.append(f'<script defer src="../html/{address}"></script>')
            if element.name == "script" and "mathjax" not in source:
                continue
            key = "href" if element.get("href") else "src"
            element[key] = "../html/" + resolve(PurePosixPath("book"), urlsplit(source).path)
            head.append(str(element))
        elif "MathJax" in element.get_text():
            head.append(str(element))
    for element in first.body.select("script"):
        if not element.get("src") and "window.MathJax" in element.get_text():
            head.append(str(element))
    title = first.find("h1").get_text().replace("#", "").strip()
    items = []
    for page in pages:
        heading = soups[page].find("h1")
        for link in heading.select(".headerlink"):
            link.decompose()
        items.append(f'<li><a href="#{prefix(page)}top">{heading.decode_contents()}</a></li>')
    articles = [str(joined_article(soups[page], page, pages)) for page in pages]
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    version = re.search(r'^version = "(.*)"', project, re.MULTILINE).group(1)
    cover = (
        f'<article class="bd-article rf-cover"><h1>{title}</h1><p>The rfcompanion authors. Version {version}.</p>'
        f"<p>Text and figures: CC BY 4.0. Code: MIT.</p></article>"
        f'<article class="bd-article"><h1>Contents</h1><ul class="rf-contents">{"".join(items)}</ul></article>'
    )
    body = cover + "".join(articles)
    names = set(re.findall(r'\bid="([^"]+)"', body))
    # what is made for the screen only leaves no link on paper
    body = re.sub(r' href="#([^"]+)"', lambda match: match[0] if match[1] in names else "", body)
    return (
        '<!DOCTYPE html>\n<html lang="en" data-theme="light" data-mode="light"><head><meta charset="utf-8">'
        f"<title>{title}</title>{''.join(head)}<style>{STYLE}</style></head>"
        f'<body><main class="bd-main"><div class="bd-content">{body}</div></main></body></html>'
    )


def print_pdf(pages: list[str], chromium, name: str = NAME):
    """The PDF of these pages, or an error that names the formulas that were not set."""
    import browser

    FOLDER.mkdir(parents=True, exist_ok=True)
    source, target = FOLDER / f"{name}.html", FOLDER / f"{name}.pdf"
    source.write_text(document(pages), encoding="utf-8")
    with chromium.new_context(viewport={"width": 900, "height": 1200}) as context:
        page = context.new_page()
        page.set_default_timeout(900_000)
        page.goto(source.as_uri())
        page.evaluate(browser.WAIT_FOR_MATH)
        raw = page.evaluate(
            """() => [...document.querySelectorAll("article .math")].filter((e) => !e.querySelector("mjx-container"))
                 .map((e) => e.textContent.slice(0, 60))"""
        )
        wrong = page.evaluate("""() => document.querySelectorAll("mjx-merror").length""")
        if raw or wrong:
            sys.exit(f"error: {len(raw)} formulas were not set and {wrong} are wrong: {raw[:3]}")
        page.evaluate(FIT)
        footer = (
            '<div style="width:100%;font-size:8px;text-align:center;color:#555"><span class="pageNumber"></span></div>'
        )
        page.pdf(
            path=str(target),
            prefer_css_page_size=True,
            print_background=True,
            tagged=True,
            outline=True,
            display_header_footer=True,
            header_template="<span></span>",
            footer_template=footer,
        )
    finish(target, titles(source.read_text(encoding="utf-8")))
    return target


def titles(text: str) -> list[str]:
    """The headings of the document in their order, as plain text."""
    headings = re.findall(r"<h([1-6])\b[^>]*>(.*?)</h\1>", text, re.DOTALL)
    return [rf_head.plain(heading) for _, heading in headings]


def finish(target, names: list[str]) -> None:
    """Mend what Chromium leaves in a PDF: an outline without spaces where a heading has two lines, twice the heading
    that begins a page, and no formulas; no author; twice the size that is needed."""
    import pikepdf

    with pikepdf.open(target, allow_overwriting_input=True) as pdf:
        with pdf.open_outline() as outline:
            entries = list(walk(outline.root))
            if len(entries) != len(names):
                sys.exit(f"error: the outline has {len(entries)} entries for {len(names)} headings")
            for entry, name in zip(entries, names, strict=True):
                entry.title = name
        pdf.docinfo["/Author"] = "The rfcompanion authors"
        pdf.docinfo["/Subject"] = "Text and figures: CC BY 4.0. Code: MIT."
        pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        pdf.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def walk(entries):
    """The entries of an outline in the order of the pages."""
    for entry in entries:
        yield entry
        yield from walk(entry.children)


#: Formulas and tables that are wider than the paper are made smaller: paper does not scroll. Short code stays together.
FIT = """() => {
  document.documentElement.style.width = "665px";  // the width of the text on A4
  for (const box of document.querySelectorAll('mjx-container[display="true"], table')) {
    const inner = box.tagName === "TABLE" ? box : box.querySelector("mjx-math") || box;
    const room = (box.parentElement.clientWidth || 640) - 2;
    const width = inner.getBoundingClientRect().width;
    if (width <= room || room <= 100) continue;
    const now = parseFloat(getComputedStyle(box).fontSize) / parseFloat(getComputedStyle(box.parentElement).fontSize);
    const size = `${Math.max(35, 98 * now * room / width)}%`;
    box.style.setProperty("font-size", size, "important");
  }
  for (const box of document.querySelectorAll("div.cell_input, div.cell_output, div.highlight"))
    if (box.getBoundingClientRect().height < 240) box.style.breakInside = "avoid";
  document.documentElement.style.width = "";
}"""


def make_zip():
    """The built pages with a note; the same bytes for the same pages."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    target = FOLDER / f"{NAME}-offline.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(HTML.rglob("*")):
            if path.is_file() and path.suffix != ".inv" and path.name != ".buildinfo":
                info = zipfile.ZipInfo(f"{NAME}/{path.relative_to(HTML).as_posix()}", (1980, 1, 1, 0, 0, 0))
                info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                archive.writestr(info, path.read_bytes())
    return target


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--zip-only", action="store_true", help="no PDF (needs no browser)")
    options = parser.parse_args(arguments)
    if not build_book.is_built() and (code := build_book.build()):
        return code
    made(make_zip())
    if not options.zip_only:
        import browser

        with browser.chromium() as chromium:
            made(print_pdf(build_book.toc_pages(), chromium))
    return 0


def made(path) -> None:
    print(f"{path} ({path.stat().st_size / 1e6:.1f} MB)", flush=True)


if __name__ == "__main__":
    sys.exit(main())
