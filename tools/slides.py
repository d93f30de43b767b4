"""Slides from the book: one HTML file that needs no network and no other program, made from the built pages.

python tools/slides.py                    # _build/slides.html, all chapters
python tools/slides.py setting after      # these chapters
python tools/slides.py --figures FOLDER   # every figure as an SVG file with its licence line

For each chapter its claim, the statements that carry results, and every figure with its message. A browser sets the
formulas once; the file holds them as they look in the book, with their fonts, and as MathML for screen readers.
"""

import argparse
import base64
import html
import re
import sys
from pathlib import Path

import browser
import build_book
from build_book import HTML, ROOT

KINDS = ("theorem", "corollary", "proposition")
LICENCE = "Random features: their power and their limits. The rfcompanion authors, CC BY 4.0."

#: What a page gives: title, claim, statements and figures in their order; formulas as they are set, and their style;
#: links without target.
HARVEST = """(kinds) => {
  const clean = (element) => {
    const copy = element.cloneNode(true);
    copy.querySelectorAll("mjx-container").forEach((e) => {
      e.style.fontSize = "";
      ["tabindex", "ctxtmenu_counter"].forEach((name) => e.removeAttribute(name));
    });
    copy.querySelectorAll("span.math, div.math").forEach((e) => e.removeAttribute("style"));
    copy.querySelectorAll(".rf-certified-line, .rf-certified").forEach((e) => e.remove());
    copy.querySelectorAll(".headerlink, .copybtn, script, style").forEach((e) => e.remove());
    copy.querySelectorAll("a").forEach((e) => e.replaceWith(...e.childNodes));
    copy.querySelectorAll("[id]").forEach((e) => e.closest("svg") || e.removeAttribute("id"));
    copy.querySelectorAll("[class]").forEach((e) => e.closest("svg, mjx-container") || e.removeAttribute("class"));
    return copy;
  };
  const article = document.querySelector("article");
  const claim = [...article.querySelectorAll("p")]
    .find((e) => /^(In one line|The claim in one line)\\./.test(e.textContent));
  const items = [];
  for (const element of article.querySelectorAll("div.proof.admonition, figure.rf-figure")) {
    if (element.matches("figure")) {
      const copy = clean(element);
      items.push({kind: "figure", name: element.id, svg: copy.querySelector("svg").outerHTML,
                  caption: copy.querySelector("figcaption").innerHTML});
    } else if (kinds.some((kind) => element.classList.contains(kind))) {
      const copy = clean(element);
      const title = copy.querySelector("p").textContent;
      copy.querySelector("p").remove();
      const body = (copy.querySelector("section") || copy).innerHTML;
      items.push({kind: "statement", name: element.id, title: title.trim(), body});
    }
  }
  return {title: clean(article.querySelector("h1")).innerHTML, claim: claim ? clean(claim).innerHTML : "", items,
          style: [...document.styleSheets].filter((one) => one.ownerNode.id === "MJX-CHTML-styles")
            .flatMap((one) => [...one.cssRules]).map((rule) => rule.cssText)};
}"""

STYLE = """
:root { --rf-blue: #2271b2; --rf-orange: #c75b00; --rf-green: #14805e; --rf-purple: #a0508a; --rf-grey: #767676;
        --rf-red: #c1272d; --ink: #14181d; --paper: #fff; --muted: #595f66; --title: #1b5c92; color-scheme: light; }
:root[data-theme="dark"] { --rf-blue: #63b0ea; --rf-orange: #f29544; --rf-green: #45c496; --rf-purple: #d994c6;
        --rf-grey: #a6a6a6; --rf-red: #ff7a7f; --ink: #e6e8eb; --paper: #14181d; --muted: #a3a9b1; --title: #7fbdf0;
        color-scheme: dark; }
* { box-sizing: border-box; }
html { font-size: min(1.25vw, 2.222vh); }
body { margin: 0; font: 1.5rem/1.4 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
main > section { display: none; height: 100vh; padding: 4vh 6vw 8vh; flex-direction: column; justify-content: center;
                 overflow: hidden; font-size: calc(1em * var(--fit, 1)); }
main > section.now { display: flex; }
h1 { font-size: 1.75em; margin: 0 0 1rem; line-height: 1.15; }
h2 { font-size: 1.15em; margin: 0 0 0.6em; color: var(--title); }
mjx-container { font-size: 118%; }
mjx-container[jax="CHTML"][display="true"] { margin: 0.6em 0; }
p { margin: 0.6em 0; }
figure { margin: 0; display: flex; flex-direction: column; align-items: center; }
figure svg { width: min(100%, 68vh * var(--ratio)) !important; max-width: none !important; height: auto; flex: none; }
figcaption { font-size: 0.85em; text-align: left; max-width: 66rem; margin: 1rem auto 0; }
table { border-collapse: collapse; font-size: 0.8em; }
td, th { border-bottom: 1px solid var(--muted); padding: 0.2em 0.6em; text-align: left; }
footer { position: fixed; left: 6vw; right: 6vw; bottom: 1.5vh; font-size: 0.85rem; color: var(--muted); display: flex;
         justify-content: space-between; gap: 1rem; }
nav { display: none; position: fixed; inset: 0; overflow: auto; background: var(--paper); padding: 4vh 6vw;
      font-size: 1.1rem; }
nav.open { display: block; }
nav a { color: var(--title); }
@media print {
  @page { size: 297mm 167mm; margin: 0; }
  html { font-size: 3.6mm; }
  main > section { display: flex; height: 167mm; padding: 7mm 18mm 12mm; break-after: page; }
  figure svg { width: min(100%, 112mm * var(--ratio)) !important; }
  footer, nav { display: none !important; }
}
"""

SCRIPT = """
(() => {
  const slides = [...document.querySelectorAll("main > section")];
  const list = document.querySelector("nav");
  let at = Math.max(0, slides.findIndex((one) => "#" + one.id === location.hash));
  const page = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const paint = (isDark) => page.setAttribute("data-theme", isDark ? "dark" : "light");
  paint(dark.matches);
  dark.addEventListener("change", () => paint(dark.matches));

  // A slide whose text or formulas do not fit is set smaller, step by step.
  const fits = (one) => {
    if (one.scrollHeight > one.clientHeight + 1) return false;
    const right = one.clientWidth - parseFloat(getComputedStyle(one).paddingRight) + 1;
    return [...one.querySelectorAll("p, mjx-container, figure, table, li, h1, h2")]
      .every((e) => e.scrollWidth <= e.clientWidth + 1 && e.getBoundingClientRect().right <= right);
  };
  const fit = (one) => {
    for (let size = 1; size >= 0.45; size -= 0.05) {
      one.style.setProperty("--fit", size.toFixed(2));
      if (fits(one)) return;
    }
  };
  const show = (k) => {
    at = Math.min(slides.length - 1, Math.max(0, k));
    slides.forEach((one, j) => one.classList.toggle("now", j === at));
    document.querySelector("#place").textContent = `${at + 1} / ${slides.length}`;
    fit(slides[at]);
    history.replaceState(null, "", "#" + slides[at].id);
    window.scrollTo(0, 0);
  };
  const keys = {ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1};
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "o" || event.key === "Escape") {
      list.classList.toggle("open", event.key === "o" && !list.classList.contains("open"));
      if (list.classList.contains("open")) list.querySelector("a").focus();
    } else if (list.classList.contains("open")) return;
    else if (event.key === "d") paint(page.dataset.theme !== "dark");
    else if (event.key === "Home") show(0);
    else if (event.key === "End") show(slides.length - 1);
    else if (keys[event.key]) { show(at + keys[event.key]); event.preventDefault(); }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("a, nav")) return;
    show(at + (event.clientX < innerWidth / 3 ? -1 : 1));
  });
  window.addEventListener("hashchange", () => {
    list.classList.remove("open");
    const k = slides.findIndex((one) => "#" + one.id === location.hash);
    if (k >= 0) show(k);
  });
  window.addEventListener("resize", () => fit(slides[at]));
  let before = null;
  window.addEventListener("beforeprint", () => {
    before = page.dataset.theme;
    paint(false);
    for (const one of slides) {
      const shown = one.classList.contains("now");
      one.classList.add("now");
      fit(one);
      one.classList.toggle("now", shown);
    }
  });
  window.addEventListener("afterprint", () => paint(before === "dark"));
  document.fonts.ready.then(() => fit(slides[at]));
  show(at);
})();
"""


def chapters() -> list[str]:
    """The pages of the contents that have statements or figures."""
    names = [page.removeprefix("book/") for page in build_book.toc_pages()]
    return [name for name in names if (ROOT / "book" / "sources" / f"{name}.md").exists()]


def harvest(names: list[str], chromium) -> dict[str, dict]:
    """What each chapter gives to the slides, as this browser shows it."""
    found = {}
    for name in names:
        page = chromium.new_page()
        page.set_default_timeout(120_000)
        page.goto((HTML / "book" / f"{name}.html").as_uri())
        page.evaluate(browser.WAIT_FOR_MATH)
        found[name] = page.evaluate(HARVEST, list(KINDS))
        page.close()
    return found


def unique(svg: str, number: int) -> str:
    """A drawing whose names inside do not meet those of another one."""
    svg = re.sub(r'\bid="([^"]+)"', rf'id="s{number}-\1"', svg)
    return re.sub(r'(url\(|href=")#', rf"\1#s{number}-", svg)


FONTS = ROOT / "book" / "_static" / "mathjax" / "es5" / "output" / "chtml" / "fonts" / "woff-v2"


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


def ratio(svg: str) -> str:
    """Width over height of a drawing, for its slide."""
    box = re.search(r'viewBox="[\d.]+ [\d.]+ ([\d.]+) ([\d.]+)"', svg)
    return f"{float(box[1]) / float(box[2]):.3f}" if box else "1.6"


def deck(found: dict[str, dict]) -> str:
    sections, items = [], []

    def slide(name, title, body):
        sections.append(f'<section id="{name}">{body}</section>')
        items.append(f'<li><a href="#{name}">{title}</a></li>')

    slide("start", "Start", f"<h1>Random features: their power and their limits</h1><p>{html.escape(LICENCE)}</p>")
    number = 0
    for name, chapter in found.items():
        slide(name, f"<strong>{chapter['title']}</strong>", f"<h1>{chapter['title']}</h1><p>{chapter['claim']}</p>")
        for item in chapter["items"]:
            number += 1
            if item["kind"] == "figure":
                body = (
                    f'<figure style="--ratio: {ratio(item["svg"])}">'
                    + f"{unique(item['svg'], number)}<figcaption>{item['caption']}</figcaption></figure>"
                )
                slide(item["name"], html.escape(item["name"]), body)
            else:
                body = f"<h2>{html.escape(item['title'])}</h2>{item['body']}"
                slide(item["name"], html.escape(item["title"]), body)
    formulas = formula_style([chapter.get("style", []) for chapter in found.values()], "".join(sections))
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Random features: slides</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{formulas}{STYLE}</style></head><body>"
        f'<main>{"".join(sections)}</main><nav aria-label="Slides"><ol>{"".join(items)}</ol></nav>'
        f'<footer><span>{html.escape(LICENCE)}</span><span id="place"></span></footer>'
        f"<script>{SCRIPT}</script></body></html>\n"
    )


def write_figures(found: dict[str, dict], folder: Path) -> int:
    """Each figure as a file of its own, in the light colours."""
    folder.mkdir(parents=True, exist_ok=True)
    colours = re.search(r":root \{(.*?)color-scheme", STYLE, re.DOTALL).group(1)
    count = 0
    for name, chapter in found.items():
        for item in chapter["items"]:
            if item["kind"] != "figure":
                continue
            opening = (
                '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" color="#14181d"'
            )
            svg = re.sub(r"<svg(?: xmlns(?::xlink)?=\"[^\"]*\")*", opening, item["svg"], count=1)
            svg = re.sub(r'( xmlns(?::xlink)?="[^"]*")(?=[^>]*\1)', "", svg, count=2)
            note = f"<metadata>{html.escape(LICENCE)} Chapter {name}.</metadata>"
            style = f"<style>svg {{ {' '.join(colours.split())} background: #fff; }}</style>"
            start = svg.index(">") + 1
            svg = svg[:start] + note + style + svg[start:]
            (folder / f"{name}-{item['name']}.svg").write_text(svg + "\n", encoding="utf-8")
            count += 1
    return count


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="CHAPTER")
    parser.add_argument("--figures", type=Path, metavar="FOLDER", help="write the figures as SVG files instead")
    parser.add_argument("--output", type=Path, default=ROOT / "_build" / "slides.html")
    options = parser.parse_args(arguments)
    known = chapters()
    if unknown := set(options.names) - set(known):
        parser.error(f"no such chapter: {', '.join(sorted(unknown))} (known: {', '.join(known)})")
    if not build_book.is_built() and (code := build_book.build()):
        return code
    with browser.chromium() as chromium:
        found = harvest(options.names or known, chromium)
    if options.figures:
        print(f"{write_figures(found, options.figures)} figures in {options.figures}")
        return 0
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(deck(found), encoding="utf-8")
    print(f"{options.output} ({options.output.stat().st_size / 1e6:.1f} MB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
