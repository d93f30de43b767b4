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

import build_book
from build_book import HTML, ROOT
from joined_book import document

sys.path.insert(0, str(ROOT / "book" / "_ext"))
import rf_head

FOLDER = ROOT / "_build" / "print"
NAME = "random-features"


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
