"""The head of each page: title and description without TeX, and what is shown where a link to the page is posted."""

import html
import re

import rf_cards
from rf_book import website

SIGNS = {
    "mathbb{E}": "E", "mathbb{S}": "S", "mathcal T": "T", "langle": "⟨", "rangle": "⟩", "lambda": "λ", "Lambda": "Λ",
    "theta": "θ", "sigma": "σ", "varphi": "φ", "varepsilon": "ε", "gamma": "γ", "tau": "τ", "mu": "μ", "pi": "π",
    "ell": "ℓ", "sqrt": "√", "le": "≤", "ge": "≥", "in": "∈", "cup": "∪", "cdot": "·", "times": "×", "approx": "≈",
    "dots": "…", "ldots": "…", "sum": "∑", "infty": "∞", "sim": "~", "max": "max", "min": "min", "to": "→", "star": "*",
    "ast": "*", "log": "log", "exp": "exp", "|": "‖",
}  # fmt: skip
SUPERSCRIPTS = dict(zip("0123456789-dkr", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᵈᵏʳ", strict=True))
_FORMULA = re.compile(r"\\\((.*?)\\\)|\\\[(.*?)\\\]", re.DOTALL)
#: Search engines show about so many characters.
LENGTH = 200


def unicode_formula(tex: str) -> str:
    """A short formula as plain text: λ_max, d^(3/4), ⟨w,x⟩."""
    text = re.sub(r"\\(?:operatorname|mathrm|text|mathbf)\{([^{}]*)\}", r"\1", tex)
    text = re.sub(r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}", r"\1/\2", text)
    text = re.sub(r"\\[dt]?frac(\d)(\d)", r"\1/\2", text)
    text = text.replace(r"\{", "｛").replace(r"\}", "｝")  # braces that are shown, until the others are gone
    text = re.sub(r"\\(?:[,;:! ]|q?quad\b|left\b|right\b|big\b|limits\b)", "", text)
    for sign in sorted(SIGNS, key=len, reverse=True):
        tail = "" if sign[-1] in "}|" else r"(?![A-Za-z])"
        text = re.sub(r"\\" + re.escape(sign) + tail + (r"" if sign[-1] in "}|" else r" ?"), SIGNS[sign], text)

    def power(match):
        exponent = match[1] or match[2]
        if all(character in SUPERSCRIPTS for character in exponent):
            return "".join(SUPERSCRIPTS[character] for character in exponent)
        return f"^{exponent}" if len(exponent) == 1 else f"^({exponent})"

    text = re.sub(r"\^(?:\{([^{}]*)\}|(\S))", power, text)
    return re.sub(r"[\\{}]", "", text).replace("｛", "{").replace("｝", "}").strip()


def plain(markup: str) -> str:
    """The text of a piece of HTML, formulas as Unicode."""
    markup = re.sub(r'<span class="rf-certified".*?</span></span></span>', "", markup, flags=re.DOTALL)
    text = html.unescape(re.sub(r"<[^>]*>", "", markup))
    text = _FORMULA.sub(lambda match: unicode_formula(match[1] or match[2]), text)
    return re.sub(r"\s+", " ", text).strip()


def first_sentences(body: str) -> str:
    """What a page says first: its claim in one line, or else its first paragraph of some length."""
    for match in re.finditer(r"<p>(.*?)</p>", body, re.DOTALL):
        text = plain(match[1])
        if len(text) > 50:
            return re.sub(r"^(?:The claim in one line|In one line)\.\s*", "", text)
    return ""


def shorten(text: str, length: int = LENGTH) -> str:
    """At most so many characters, whole sentences if possible, whole words in any case."""
    if len(text) <= length:
        return text
    cut = text[: length + 1]
    sentence = max(cut.rfind(". "), cut.rfind("? "))
    if sentence > 0.5 * length:
        return cut[: sentence + 1]
    return cut[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:–") + " …"


def description(page: str, body: str, book: str) -> str:
    text = shorten(first_sentences(body))
    if page == "search":
        text = f"Search all pages of the book: {book}."
    elif page == "genindex" or page.endswith("modindex"):
        text = f"Index of the functions and terms in the book: {book}."
    elif page.startswith("_modules"):
        name = page.removeprefix("_modules/").replace("/", ".")
        text = f"Source code of {name}, part of the package behind the book: {book}."
    return text or f"A page of the book: {book}."


def tag(name: str, content: str, kind: str = "property") -> str:
    return f'<meta {kind}="{name}" content="{html.escape(content)}" />'


def write_head(app, pagename, templatename, context, doctree):
    """Replace the tags of the page: title, description, picture; all addresses absolute."""
    book = app.config.html_title
    title = plain(str(context.get("title", ""))) or book
    context["title"] = html.escape(title)
    context["pagetitle"] = title
    text = description(pagename, context.get("body", ""), book)
    card = rf_cards.card_of(app, pagename, title, text)
    # sphinxext-opengraph wrote some of these; the description's TeX and the repeated title are mended here
    kept = re.sub(r'<meta (?:property|name)="(?:og:|twitter:|description)[^>]*>\n?', "", context.get("metatags", ""))
    kept = re.sub(r'<meta name="viewport"[^>]*>\n?', "", kept)
    tags = [
        tag("og:title", title),
        tag("og:type", "website" if pagename.endswith("index") else "article"),
        tag("og:url", website() + app.builder.get_target_uri(pagename)),
        tag("og:site_name", book),
        tag("og:description", text),
        tag("og:image", website() + card.address),
        tag("og:image:type", "image/png"),
        tag("og:image:width", str(rf_cards.WIDTH)),
        tag("og:image:height", str(rf_cards.HEIGHT)),
        tag("og:image:alt", card.alt),
        tag("twitter:card", "summary_large_image", "name"),
        tag("description", text, "name"),
    ]
    context["metatags"] = kept + "\n".join(tags) + "\n"


def setup(app):
    app.connect("html-page-context", write_head, priority=950)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
