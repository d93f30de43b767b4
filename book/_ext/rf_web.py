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

import functools
import hashlib
import html
import re
from pathlib import Path

import rf_space
from rf_book import website

#: Theme and extension files that no finished page loads.
UNUSED = (
    "_static/**/*.map",
    "_static/scripts/fontawesome.js",
    "_static/vendor/fontawesome/**/*",
    "_static/locales/**/*",
    "_static/*webpack-macros.html",
    "_static/documentation_options.js",
    "_static/explorer.tpl",
)
SEARCH_SCRIPTS = ("searchtools.js", "language_data.js", "searchindex.js")

# --------------------------------------------------------------------------------------------------------------
# Style sheets

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_IMPORT = re.compile(r"@import\s+(?:url\()?['\"]?([^'\");]+)['\"]?\)?\s*;")
_ADDRESS = re.compile(r"url\(\s*['\"]?(?!data:|#)([^'\")]+)['\"]?\s*\)")
_NEGATION = re.compile(r":(?:not|is|where|has)\((?:[^()]|\([^()]*\))*\)")
_CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")


def blocks(css: str):
    """The rules of a style sheet in their order, as (selector, content); content is None for ``@charset …;``."""
    position = 0
    while match := re.compile(r"[^{};]*[{;}]").match(css, position):
        head, end = match[0][:-1].strip(), match.end()
        if match[0][-1] != "{":
            if head:
                yield head, None
            position = end
            continue
        depth, quote = 1, ""
        while depth:
            character = css[end]
            if quote:
                if character == "\\":
                    end += 1
                elif character == quote:
                    quote = ""
            elif character in "\"'":
                quote = character
            elif character == "{":
                depth += 1
            elif character == "}":
                depth -= 1
            end += 1
        yield head, css[match.end() : end - 1].strip()
        position = end


def selectors(head: str) -> list[str]:
    """The parts of a list of selectors: commas inside brackets do not part them."""
    parts, depth, start = [], 0, 0
    for position, character in enumerate(head):
        depth += (character in "([") - (character in ")]")
        if character == "," and depth == 0:
            parts.append(head[start:position])
            start = position + 1
    return [part.strip() for part in [*parts, head[start:]]]


def without_unused(css: str, words: set[str]) -> str:
    """The rules that can match where only these classes occur; rules without classes stay."""
    kept = []
    for head, content in blocks(css):
        if content is None:
            kept.append(f"{head};")
        elif re.match(r"@(?:media|supports|container|layer)\b", head):
            if inner := without_unused(content, words):
                kept.append(f"{head}{{{inner}}}")
        elif head.startswith("@"):  # fonts, key frames, pages
            if "Font Awesome" not in content and "FontAwesome" not in content:
                kept.append(f"{head}{{{content}}}")
        elif used := [one for one in selectors(head) if set(_CLASS.findall(_NEGATION.sub("", one))) <= words]:
            kept.append(f"{','.join(used)}{{{content}}}")
    return "".join(kept)


def compact(css: str) -> str:
    css = re.sub(r"\s+", " ", css)
    return re.sub(r" ?([{};]) ?", r"\1", css).replace(";}", "}")


def whole_sheet(path: Path, home: Path) -> str:
    """A style sheet with what it imports, and with addresses as seen from ``home``."""
    text = _COMMENT.sub("", path.read_text(encoding="utf-8"))

    def address(match):
        target = (path.parent / match[1].partition("?")[0].partition("#")[0]).resolve()
        try:
            return f"url({target.relative_to(home.resolve()).as_posix()})"
        except ValueError:
            return match[0]

    text = _ADDRESS.sub(address, text)
    return _IMPORT.sub(lambda match: whole_sheet(path.parent / match[1].partition("?")[0], home), text)


# --------------------------------------------------------------------------------------------------------------
# Icons

#: <i class="fa-solid fa-bars"></i>, or a <span>
_ICON = re.compile(
    r'<(i|span) class="((?:fa[bsr]?|fa-solid|fa-brands|fa-regular|theme-switch)\s[^"]*)"([^>]*)>\s*</\1>'
)
_SIZES = {"fa-lg", "fa-solid", "fa-brands", "fa-regular"}


class Icons:
    """The drawings of the theme's icons, read from the script that it ships."""

    def __init__(self, script: str):
        self.script = script

    @functools.cache  # noqa: B019  (one object a build)
    def path(self, name: str) -> tuple[str, str]:
        """View box and path of an icon; the last entry of a name is the filled style, which the theme uses."""
        pattern = rf'["{{,]"?{re.escape(name)}"?:\[(\d+),(\d+),\[[^\]]*\],"[0-9a-f]+","([^"]+)"'
        found = re.findall(pattern, self.script)
        if not found:
            raise LookupError(f"the theme's icon script has no icon {name!r}")
        width, height, drawing = found[-1]
        return f"0 0 {width} {height}", drawing

    def replace(self, page: str) -> str:
        def drawing(match):
            names = [word for word in match[2].split() if word.startswith("fa-") and word not in _SIZES]
            if len(names) != 1:
                return match[0]
            box, path = self.path(names[0].removeprefix("fa-"))
            classes = " ".join(match[2].split())
            return (
                f'<svg class="svg-inline--fa {classes}"{match[3]} aria-hidden="true" viewBox="{box}">'
                f'<path fill="currentColor" d="{path}"/></svg>'
            )

        return _ICON.sub(drawing, page)


# --------------------------------------------------------------------------------------------------------------
# Pages

_SHEET = re.compile(r'[ \t]*<link\b(?=[^>]*rel="stylesheet")[^>]*href="([^"]+)"[^>]*>\n?')
_SCRIPT = re.compile(r'<script\b([^>]*?)\ssrc="([^"]+)"([^>]*)></script>')
_PRELOAD = re.compile(r'[ \t]*<link rel="preload" as="script"[^>]*>\n?')
#: Names that matplotlib gives to every group of a drawing.
_NAME = re.compile(r' id="([^"]+-[A-Za-z0-9.]+_\d+)"')


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
_FORMULA = re.compile(r'<(span|div) class="(math [^"]*)"([^>]*)>(.*?)</\1>', re.DOTALL)
#: The height of an x is 0.442 em in the fonts of the formulas, which are scaled to the letters beside them.
EX = 1 / 0.442
_FIGURE = re.compile(
    r'(<figure class="rf-figure"[^>]*>\s*)(<svg\b[^>]*?max-width:(\d+)px[^>]*?viewBox="0 0 ([\d.]+) ([\d.]+)"'
    r".*?</svg>)",
    re.DOTALL,
)


def keep_room(page: str) -> str:
    """Room for formulas and drawings."""

    def formula(match):
        name, classes, more, tex = match.groups()
        tex = html.unescape(tex.strip())
        if name == "span" and tex.startswith(r"\("):
            room = f"--w:{EX * rf_space.width(tex[2:-2]):.1f}ex"
        elif name == "div" and r"\[" in tex:
            tex = tex[tex.index(r"\[") + 2 : tex.rindex(r"\]")]
            room = f"--h:{EX * rf_space.height(tex):.1f}ex"
        else:
            return match[0]
        return f'<{name} class="{classes}"{more} style="{room}">{match[4]}</{name}>'

    def figure(match):
        opening, drawing, most, width, height = match.groups()
        referred = set(re.findall(r'(?:"|\()#([^")]+)', drawing))
        drawing = _NAME.sub(lambda name: name[0] if name[1] in referred else "", drawing)
        return (
            f'{opening}<div class="rf-view"><div class="rf-drawing" '
            f'style="max-width:{most}px;aspect-ratio:{width}/{height}">{drawing}</div></div>'
        )

    return _FIGURE.sub(figure, _FORMULA.sub(formula, page))


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


_SECTION = re.compile(r'<section id="[^"]+"(?=>\s*(?:<span[^>]*></span>\s*)*<h2\b)')
_UNSEEN = re.compile(
    r"<(script|style|svg)\b.*?</\1>|<details\b(?![^>]*\bopen).*?</details>"
    r'|<div class="rf-definitions">.*?</div>|<[^>]*>',
    re.DOTALL,
)
#: Sections at the top of a page are in sight at once: to put them off would lay them out twice.
FIRST = 1


def estimate(markup: str) -> int:
    """About how many pixels high a section will be: lines of text and drawings."""
    drawings = sum(
        min(700, float(most)) * float(height) / float(width)
        for most, width, height in re.findall(r"max-width:(\d+)px;aspect-ratio:([\d.]+)/([\d.]+)", markup)
    )
    text = _UNSEEN.sub("", markup)
    blocks = len(re.findall(r"<(?:p|li|tr|summary|pre|div class=\"math)\b", markup.partition("<details")[0]))
    lines = len(html.unescape(text)) / 70 + 0.6 * blocks + markup.count("<dt ") + 2
    return round(drawings + 26 * lines + 60 * markup.count("<figcaption") + 20 * markup.count("<tr"))


def rest_out_of_sight(page: str) -> str:
    """Sections of the second level are laid out when they come near; until then their height is a guess."""
    before, mark, article = page.partition("<article")
    article, end, after = article.partition("</article>")
    starts = [match.end() for match in _SECTION.finditer(article)]
    pieces, position = [], 0
    for number, start in enumerate(starts):
        pieces.append(article[position:start])
        position = start
        if number >= FIRST:
            following = starts[number + 1] if number + 1 < len(starts) else len(article)
            pieces.append(f' class="rf-rest" style="--h:{estimate(article[start:following])}px"')
    return before + mark + "".join([*pieces, article[position:]]) + end + after


def words_of(texts: list[str], scripts: list[str]) -> set[str]:
    """Every word that can be a class: those of the pages, and all words in the scripts, which may set some."""
    found = set()
    for text in texts:
        for value in set(re.findall(r'\bclass="([^"]*)"', text)):
            found.update(value.split())
        scripts = [*scripts, *dict.fromkeys(re.findall(r"<script\b[^>]*>(.+?)</script>", text, re.DOTALL))]
    for text in dict.fromkeys(scripts):
        found.update(re.findall(r"[A-Za-z_][\w-]*", text))
    return found


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
