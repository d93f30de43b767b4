"""The finished pages as a browser loads them: one style sheet, no script that blocks, icons in place, nothing unused.

The theme is made for sites with many features; its pages load 1.5 MB of icon script, the index of the search and a
dozen style sheets before they show a word. When the build is finished, each page is rewritten once:

* the style sheets become one file, without the rules that no page can match;
* scripts wait until the page is read (``defer``), and the search index is loaded by the search page only;
* each icon of the theme becomes a drawing in its place, and the icon script goes;
* names inside drawings that nothing refers to are dropped, and a drawing out of sight is not laid out;
* a formula's room is kept free until it is set, so that the text does not jump;
* a section far below is laid out when the reader comes near, and a page without formulas loads no MathJax;
* two slips of the theme in what it tells screen readers are mended.

The pages stay plain files: they work from a folder, without a server. ``robots.txt`` is written beside them.
"""

import hashlib
import re
from pathlib import Path

from rf_book import website
from rf_icons import Icons
from rf_sheets import compact, whole_sheet, without_unused, words_of
from rf_sight import keep_room, rest_out_of_sight

#: Theme and extension files that no finished page loads.
UNUSED = (
    "_static/**/*.map",
    "_static/scripts/fontawesome.js",
    "_static/vendor/fontawesome/**/*",
    "_static/locales/**/*",
    "_static/*webpack-macros.html",
    "_static/documentation_options.js",
    "_static/explorer/*",
)
SEARCH_SCRIPTS = ("searchtools.js", "language_data.js", "searchindex.js")

_SHEET = re.compile(r'[ \t]*<link\b(?=[^>]*rel="stylesheet")[^>]*href="([^"]+)"[^>]*>\n?')
_SCRIPT = re.compile(r'<script\b([^>]*?)\ssrc="([^"]+)"([^>]*)></script>')
_PRELOAD = re.compile(r'[ \t]*<link rel="preload" as="script"[^>]*>\n?')


#: The theme's script measures every box that may scroll, again after each formula; book.js does that for what is near.
_MEASURES = re.compile(r',"complete"===document\.readyState\?(\w+)\(\):window\.addEventListener\("load",\1\)')
#: A banner that this book never shows, for which the theme lays the page out twice.
_BANNER = re.compile(r'<div class="pst-async-banner-revealer d-none">.*?</div>', re.DOTALL)


def theme_script(text: str) -> str:
    """The theme's script without its measurements."""
    shorter, count = _MEASURES.subn("", text)
    if count != 1:
        raise LookupError("the theme's script has changed: rf_web.py does not find where it measures boxes")
    return shorter


def sheets(page: str) -> list[str]:
    return [address.partition("?")[0] for address in _SHEET.findall(page)]


def rewrite_scripts(page: str, folder: Path, is_search: bool) -> str:
    def script(match):
        before, address, after = match.groups()
        name = address.partition("?")[0].rsplit("/", 1)[-1]
        if name == "fontawesome.js" or (name in SEARCH_SCRIPTS and not is_search):
            return ""
        if name == "documentation_options.js":  # a few settings, which the lines after it need at once
            text = (folder / address.partition("?")[0]).read_text(encoding="utf-8")
            return "<script>" + re.sub(r"\s+", " ", text).strip() + "</script>"
        if "defer" not in before + after and "async" not in before + after:
            before += " defer"
        return f'<script{before} src="{address}"{after}></script>'

    return _SCRIPT.sub(script, _PRELOAD.sub("", page))


_THEME = re.compile(r'<script data-cfasync="false">.*?</script>', re.DOTALL)
#: Light or dark, before anything is shown; the class says that formulas will be set.
THEME = """<script>
    (() => {
      const page = document.documentElement;
      let mode = null;
      try { mode = localStorage.getItem("mode"); } catch { /* files without storage */ }
      if (!["light", "dark"].includes(mode)) mode = "auto";
      const dark = mode === "dark" || (mode === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
      page.dataset.mode = mode;
      page.dataset.theme = dark ? "dark" : "light";
      if ("IntersectionObserver" in window) page.classList.add("rf-math");
    })();
  </script>"""
#: The side bar stands outside every landmark; names of buttons must hold their visible text.
_SEARCH_BUTTON = re.compile(r'(<button class="btn search-button-field[^>]*?) aria-label="Search"')
_SIDE_BAR = '<div id="pst-primary-sidebar"'


_NAVIGATION = re.compile(r'<nav class="bd-links.*?</nav>', re.DOTALL)
_LETTER = re.compile(r'<span class="math notranslate nohighlight"[^>]*>\\\(([A-Za-z])\\\)</span>')
_STARTUP = re.compile(r'[ \t]*<script\b[^>]*src="([^"]*mathjax/es5/startup\.js[^"]*)"[^>]*></script>\n?')
_LOADER = re.compile(r'(<script\b[^>]*)( src="[^"]*/math\.js)')
_MATHJAX = re.compile(
    r'[ \t]*<script\b[^>]*(?:>window\.MathJax = .*?|src="[^"]*(?:mathjax/|/math\.js)[^"]*"[^>]*>)</script>\n?'
)


def only_with_formulas(page: str) -> str:
    """Letters in the titles of the side bar need no MathJax; a page without other formulas does not load it."""
    page = _NAVIGATION.sub(lambda navigation: _LETTER.sub(r"<em>\1</em>", navigation[0]), page)
    if 'class="math ' not in page:
        return _MATHJAX.sub("", page)
    if startup := _STARTUP.search(page):  # math.js fetches it when the page has been shown
        page = _LOADER.sub(rf'\1 data-startup="{startup[1]}"\2', _STARTUP.sub("", page))
    return page


def finish(app, exception):
    if exception is not None or app.builder.name != "html":
        return
    root = Path(app.outdir)
    script = root / "_static" / "scripts" / "fontawesome.js"
    icons = Icons(script.read_text(encoding="utf-8"))
    pages = {path: path.read_text(encoding="utf-8") for path in sorted(root.rglob("*.html"))}
    pages = {path: text for path, text in pages.items() if "<link" in text and "webpack" not in path.name}
    for path, text in pages.items():
        is_search = path == root / "search.html"
        text = rewrite_scripts(icons.replace(text), path.parent, is_search)
        if is_search:  # a page of its own right: it may be found, as the first page of the book may
            text = text.replace('<meta name="robots" content="noindex" />', "")
        text = re.sub(r'(<meta name="viewport"[^>]*>)(.*?)<meta name="viewport"[^>]*>', r"\1\2", text, flags=re.DOTALL)
        text = _BANNER.sub("", text)
        text = _SEARCH_BUTTON.sub(r"\1", text).replace('<summary aria-label="Toggle hidden content">', "<summary>")
        text = text.replace(_SIDE_BAR, f'{_SIDE_BAR} role="region" aria-label="Book"')
        text = only_with_formulas(text)
        pages[path] = rest_out_of_sight(keep_room(_THEME.sub(lambda _: THEME, text)))

    scripts = [path.read_text(encoding="utf-8") for path in (root / "_static").glob("*.js")]
    scripts += [
        path.read_text(encoding="utf-8") for path in (root / "_static" / "scripts").glob("*.js") if path != script
    ]
    words = words_of(list(pages.values()), scripts)
    made: dict[tuple, str] = {}
    for path, text in pages.items():
        files = tuple((path.parent / address).resolve() for address in sheets(text))
        if not files:
            continue
        if files not in made:
            home = root / "_static"
            css = "".join(compact(without_unused(whole_sheet(file, home), words)) for file in files)
            made[files] = f"book-{hashlib.sha256(css.encode()).hexdigest()[:10]}.css"
            (home / made[files]).write_text(css, encoding="utf-8")
        up = "../" * (len(path.relative_to(root).parts) - 1)
        link = f'    <link rel="stylesheet" href="{up}_static/{made[files]}" />\n'
        first = _SHEET.search(text).start()
        text = _SHEET.sub("", text)
        pages[path] = text[:first] + link + text[first:]
    for path, text in pages.items():
        path.write_text(text, encoding="utf-8")

    theme = root / "_static" / "scripts" / "pydata-sphinx-theme.js"
    theme.write_text(theme_script(theme.read_text(encoding="utf-8")), encoding="utf-8")
    for pattern in UNUSED:
        for file in sorted(root.glob(pattern), reverse=True):
            file.rmdir() if file.is_dir() else file.unlink()
    for file in root.glob("_static/**/*.css"):
        if file.name not in made.values():
            file.unlink()
    for folder in sorted((path for path in (root / "_static").rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()
    robots = f"User-agent: *\nAllow: /\nSitemap: {website()}sitemap.xml\n"
    (root / "robots.txt").write_text(robots, encoding="utf-8")


def setup(app):
    app.connect("build-finished", finish, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
