"""Room for what is not there yet: formulas that will be set, drawings, sections far below."""

import html
import re

import rf_space

#: Names that matplotlib gives to every group of a drawing.
_NAME = re.compile(r' id="([^"]+-[A-Za-z0-9.]+_\d+)"')
_FORMULA = re.compile(r'<(span|div) class="(math [^"]*)"([^>]*)>(.*?)</\1>', re.DOTALL)
#: Size of the letters of formulas beside those of the text (book.css).
SIZE = 1.19
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
            room = f"--w:{SIZE * rf_space.width(tex[2:-2]):.3f}em"
        elif name == "div" and r"\[" in tex:
            tex = tex[tex.index(r"\[") + 2 : tex.rindex(r"\]")]
            room = f"--h:{SIZE * rf_space.height(tex):.1f}em"
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
