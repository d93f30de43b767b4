"""Measure how wide every formula in the text is, so that the pages keep exactly its room free until it is set.

python tools/formula_widths.py    # after the book is built: writes book/_ext/formula_widths.json; build again then

A formula that is not in the table, because it is new, gets an estimate (rf_space); only the calm of the page depends
on it. Needs Chromium.
"""

import json
import sys

import browser
import build_book
from build_book import HTML, ROOT

sys.path.insert(0, str(ROOT / "book" / "_ext"))

import rf_space

#: TeX and width, in em of its own font, of every formula within a line; folds open, far sections laid out.
MEASURE = r"""() => {
  const sheet = document.createElement("style");
  sheet.textContent = ".rf-rest { content-visibility: visible !important; }";
  document.head.append(sheet);
  document.querySelectorAll("details").forEach((fold) => fold.setAttribute("open", ""));
  return Array.from(document.querySelectorAll("span.math"), (formula) => {
    const container = formula.querySelector("mjx-container");
    if (!container) return null;
    const size = parseFloat(getComputedStyle(container).fontSize);
    return [formula.dataset.tex, container.getBoundingClientRect().width / size];
  }).filter((one) => one && one[0] && one[1]);
}"""
#: Before MathJax takes it away.
KEEP = r"""() => document.querySelectorAll("span.math").forEach((formula) => {
  const found = /^\s*\\\(([\s\S]*)\\\)\s*$/.exec(formula.textContent);
  if (found) formula.dataset.tex = found[1];
})"""


def measured() -> dict[str, float]:
    """Width of every formula of the built pages by its key."""
    found: dict[str, float] = {}
    with browser.chromium() as chromium:
        page = chromium.new_page(viewport={"width": 1600, "height": 1000})
        page.add_init_script(f"document.addEventListener('DOMContentLoaded', {KEEP})")
        for name in build_book.toc_pages():
            page.goto((HTML / f"{name}.html").as_uri())
            page.evaluate(browser.WAIT_FOR_MATH)
            found |= {rf_space.key(tex): round(width, 3) for tex, width in page.evaluate(MEASURE)}
    return found


def main() -> int:
    table = dict(sorted(measured().items()))
    rf_space.TABLE.write_text(json.dumps(table, indent=0) + "\n", encoding="utf-8")
    print(f"{len(table)} formulas in {rf_space.TABLE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
