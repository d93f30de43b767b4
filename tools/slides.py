"""Slides of several chapters in one HTML file that holds everything: no network, no other file, no other program.

python tools/slides.py                    # _build/slides.html, all chapters
python tools/slides.py setting after      # these chapters

Each chapter's deck is a page of the built book (``book/_ext/rf_slides.py``) and needs this tool no more than a browser
needs it. Here the decks are joined: a browser sets their formulas once, and the file keeps them as they look, with
their fonts, and as MathML for screen readers; the figures are put inside.
"""

import argparse
import base64
import re
import sys
from pathlib import Path

import browser
import build_book
from build_book import HTML, ROOT

sys.path.insert(0, str(ROOT / "book" / "_ext"))
import rf_slides
from rf_figures import AUTHORS, FOLDER, LICENCE

BOOK = "Random features: their power and their limits"
FONTS = ROOT / "book" / "_static" / "mathjax" / "es5" / "output" / "chtml" / "fonts" / "woff-v2"

#: The slides of a deck with their formulas set, and the style of these formulas.
HARVEST = """() => {
  const main = document.querySelector("main").cloneNode(true);
  main.querySelectorAll("section").forEach((e) => { e.removeAttribute("class"); e.removeAttribute("style"); });
  main.querySelectorAll("mjx-container").forEach((e) => {
    ["tabindex", "ctxtmenu_counter", "style"].forEach((name) => e.removeAttribute(name));
  });
  main.querySelectorAll("span.math, div.math").forEach((e) => e.removeAttribute("class"));
  return {
    slides: [...main.querySelectorAll("section")].map((e) => [e.id, e.innerHTML]),
    titles: [...document.querySelectorAll("nav a")].map((e) => e.innerHTML),
    style: [...document.styleSheets].filter((one) => one.ownerNode.id === "MJX-CHTML-styles")
      .flatMap((one) => [...one.cssRules]).map((rule) => rule.cssText)};
}"""


def harvest(names: list[str], chromium) -> dict[str, dict]:
    """The decks of these chapters, as this browser shows them."""
    found = {}
    for name in names:
        page = chromium.new_page()
        page.set_default_timeout(120_000)
        page.goto((HTML / rf_slides.PLACE / f"{name}.html").as_uri())
        page.evaluate(browser.WAIT_FOR_MATH)
        found[name] = page.evaluate(HARVEST)
        page.close()
    return found


def with_figures(markup: str) -> str:
    """The drawings as part of the file."""

    def data(match):
        drawing = (HTML / FOLDER / match[1]).read_bytes()
        return f'src="data:image/svg+xml;base64,{base64.b64encode(drawing).decode()}"'

    return re.sub(rf'src="\.\./{FOLDER}/([\w-]+\.svg)"', data, markup)


def formula_style(styles: list[list[str]], markup: str) -> str:
    """MathJax's rules of all chapters, each once, with the fonts that occur inside the file."""
    rules, fonts = {}, {}
    for rule in (rule for style in styles for rule in style):
        if rule.startswith("@font-face"):
            family = re.search(r'font-family: "?([\w-]+)', rule)[1]
            fonts[family] = re.search(r"MathJax_[\w-]+\.woff", rule)[0]
        else:
            rules[rule] = None
    used = {word for classes in re.findall(r'class="([^"]*)"', markup) for word in classes.split()}
    families = {"MJXZERO"}
    for rule in rules:
        if set(re.findall(r"\.([\w-]+)", rule.partition("{")[0])) <= used:
            families.update(re.findall(r"MJX[\w-]*", rule.partition("font-family:")[2].partition(";")[0]))
    faces = [
        f"@font-face {{ font-family: {family}; src: url(data:font/woff;base64,"
        f"{base64.b64encode((FONTS / file).read_bytes()).decode()}) format('woff'); }}"
        for family, file in fonts.items()
        if family in families
    ]
    return "\n".join([*faces, *rules])


def deck(found: dict[str, dict]) -> str:
    """All slides in one page, after one with the title of the book."""
    first = rf_slides.Slide("start", BOOK, f'<h2 class="title">{BOOK}</h2><p>{AUTHORS}, {LICENCE}.</p>')
    slides = [first]
    for name, chapter in found.items():
        for (label, body), title in zip(chapter["slides"], chapter["titles"], strict=True):
            shown = f"<strong>{title}</strong>" if label == "start" else title
            slides.append(rf_slides.Slide(name if label == "start" else label, shown, with_figures(body)))
    shown, listed = rf_slides.sections(slides)
    formulas = formula_style([chapter.get("style", []) for chapter in found.values()], shown)
    style = rf_slides.STYLE.read_text(encoding="utf-8")
    script = f"<script>{rf_slides.SCRIPT.read_text(encoding='utf-8')}</script>"
    page = rf_slides.deck("Random features: slides", shown, listed, "", f"{BOOK}. {AUTHORS}, {LICENCE}.")
    page = page.replace("</head>", f"<style>{formulas}\n{style}</style></head>", 1)
    return page.replace("</body>", f"{script}</body>", 1)


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="CHAPTER")
    parser.add_argument("--output", type=Path, default=ROOT / "_build" / "slides.html")
    options = parser.parse_args(arguments)
    known = rf_slides.decks()
    if unknown := set(options.names) - set(known):
        parser.error(f"no such chapter: {', '.join(sorted(unknown))} (known: {', '.join(known)})")
    if not build_book.is_built() and (code := build_book.build()):
        return code
    with browser.chromium() as chromium:
        found = harvest(options.names or known, chromium)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(deck(found), encoding="utf-8")
    print(f"{options.output} ({options.output.stat().st_size / 1e6:.1f} MB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
