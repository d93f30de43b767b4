"""All built pages joined into one document for paper: numbers, links and files as on the web, everything unfolded."""

import re
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from build_book import HTML, ROOT

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
