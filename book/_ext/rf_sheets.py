"""Style sheets: what they import put in its place, rules that no page can match left out."""

import re
from pathlib import Path

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
