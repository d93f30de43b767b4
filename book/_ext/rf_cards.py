"""Social cards: the picture shown where a link to a page is posted. Title, claim and a small drawing, made offline.

Each drawing sketches what its chapter is about; the staircase e_r is the exact one, for d = 10. Everything is drawn
with Pillow and the fonts that come with matplotlib, so that a card does not depend on the machine's fonts.
"""

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np

WIDTH, HEIGHT = 1200, 630
INK, MUTED, PAPER, LINE = "#14181d", "#595f66", "#ffffff", "#dfe3e8"
BLUE, ORANGE, GREEN = "#2271b2", "#c75b00", "#14805e"
#: Left, top, right and bottom of the drawing.
BOX = (740, 330, 1120, 545)
#: Lines are drawn larger and reduced, text is smooth by itself.
FINE = 3
COLOURS = 24


@dataclass(frozen=True)
class Card:
    address: str  # below the address of the book
    alt: str


# --------------------------------------------------------------------------------------------------------------
# Drawings: curves in the unit square, as (x, y, colour)


@functools.cache
def staircase(dim: int = 10):
    """The smallest relative error of r features, on two logarithmic axes."""
    from rfcompanion.lower_bound import best_relative_error

    log_r = np.linspace(0, 7, 500)
    error = np.array([best_relative_error(dim, int(10**x)) for x in log_r])
    height = np.log10(np.maximum(error, 1e-12))
    return log_r / 7, (height - height.min()) / np.ptp(height)


def _relu():
    x = np.linspace(0, 1, 200)
    return [(x, np.maximum(x - 0.5, 0) * 2, BLUE), (x, 0.25 + 0.5 * (x - 0.5) + 0.55 * (x - 0.5) ** 2, ORANGE)]


def _widths():
    r = np.linspace(1, 40, 300)
    return [((r - 1) / 39, 1 / np.sqrt(r), BLUE), ((r - 1) / 39, 1 / r, ORANGE)]


def _degrees():
    d = np.linspace(1, 10, 200)
    return [((d - 1) / 9, k * np.log(d) / np.log(10**4), (BLUE, ORANGE, GREEN, BLUE)[k - 1]) for k in (1, 2, 3, 4)]


def _eigenvalues():
    """Bars, one a degree, the largest in another colour."""
    middle = (np.arange(12) + 0.5) / 12
    return [(np.array([x, x]), np.array([0, 0.7**k]), BLUE if k else ORANGE) for k, x in enumerate(middle)]


def _triangle():
    x = np.linspace(0, 1, 600)
    wave = np.abs((6 * x + 0.5) % 2 - 1)
    bell = np.exp(-(((x - 0.5) / 0.18) ** 2) / 2)
    return [(x, wave, BLUE), (x, bell, ORANGE)]


def _hyperbola():
    x = np.linspace(0.06, 1, 200)
    return [(x, 0.06 / x, BLUE), (x, np.minimum(0.2 / x, 1), ORANGE)]


def _staircase():
    return [(*staircase(), BLUE)]


def _frontier():
    x = np.linspace(0, 1, 200)
    return [
        (x, np.where(x < 0.35, 1 - 2 * x, 0.3), BLUE),
        (x, np.where(x < 0.6, 1 - 1.4 * x, 0.16), ORANGE),
        (x, 1 - x, GREEN),
    ]


def _descent():
    t = np.linspace(0, 1, 300)
    x, y = staircase()
    return [(x, 0.45 + 0.55 * y, BLUE), (t, 0.95 * (1 - t), ORANGE)]


def _hard():
    d = np.linspace(0, 1, 200)
    return [(d, d, ORANGE), (d, 0.62 * d, GREEN), (d, 0.16 * np.log1p(9 * d) / np.log(10), BLUE)]


DRAWINGS = {
    "index": _hard,
    "setting": _relu,
    "reduction": _widths,
    "polynomials": _degrees,
    "concentration": _eigenvalues,
    "anti_concentration": _triangle,
    "lower_bound": _hyperbola,
    "general_features": _staircase,
    "trade_offs": _frontier,
    "single_neuron": _descent,
}


# --------------------------------------------------------------------------------------------------------------
# Drawing


@functools.cache
def font(size: int, bold: bool = False):
    from matplotlib import get_data_path
    from PIL import ImageFont

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(
        str(Path(get_data_path(), "fonts", "ttf", name)), size, layout_engine=ImageFont.Layout.BASIC
    )


def lines(text: str, face, width: int, most: int) -> list[str] | None:
    """The text in at most so many lines, or None where it does not fit."""
    result = [""]
    for word in text.split():
        longer = f"{result[-1]} {word}".strip()
        if face.getlength(longer) <= width:
            result[-1] = longer
        elif len(result) < most and face.getlength(word) <= width:
            result.append(word)
        else:
            return None
    return result


def claim_lines(text: str, face, width: int, most: int) -> list[str]:
    """As many words as fit, with an ellipsis where some are left out."""
    words = text.split()
    if whole := lines(text, face, width, most):
        return whole
    for count in range(len(words) - 1, 0, -1):
        if cut := lines(" ".join(words[:count]).rstrip(" ,;:.–") + " …", face, width, most):
            return cut
    return []


def draw(name: str, title: str, text: str, book: str):
    """The card as an image of few colours."""
    from PIL import Image, ImageDraw

    motif = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), PAPER)
    pen = ImageDraw.Draw(motif)
    left, top, right, bottom = (FINE * edge for edge in BOX)
    for k in range(5):
        y = bottom + (top - bottom) * k / 4
        pen.line([(left, y), (right, y)], fill=LINE, width=FINE)
    pen.line([(left, top), (left, bottom), (right, bottom)], fill=MUTED, width=2 * FINE)
    for x, y, colour in DRAWINGS.get(name, _staircase)():
        points = [(left + a * (right - left), bottom - b * (bottom - top)) for a, b in zip(x, y, strict=True)]
        pen.line(points, fill=colour, width=(16 if name == "concentration" else 5) * FINE, joint="curve")
    pen.rectangle((0, 0, 16 * FINE, HEIGHT * FINE), fill=BLUE)
    card = motif.resize((WIDTH, HEIGHT), Image.Resampling.BOX)

    pen = ImageDraw.Draw(card)
    for size, most in ((58, 2), (52, 3), (44, 3), (38, 4)):
        face = font(size, bold=True)
        if rows := lines(title, face, WIDTH - 160, most):
            break
    y = 66
    for row in rows or [title[:60]]:
        pen.text((80, y), row, font=face, fill=INK)
        y += round(1.2 * size)
    face = font(27)
    y = max(y + 28, 322)
    for row in claim_lines(text, face, BOX[0] - 80 - 60, min(6, (560 - y) // 38)):
        pen.text((80, y), row, font=face, fill=MUTED)
        y += 38
    if title != book:
        pen.text((80, HEIGHT - 54), book, font=font(22, bold=True), fill=BLUE)
    return card.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def card_of(app, page: str, title: str, text: str) -> Card:
    """The card of a page, drawn where the page is written; pages outside the contents share the first page's."""
    book = app.config.html_title
    name = page.removeprefix("book/")
    if not page.startswith("book/"):
        return Card("cards/index.png", f"{book}: four curves of how many features a function costs.")
    folder = Path(app.outdir) / "cards"
    folder.mkdir(exist_ok=True)
    draw(name, title, text, book).save(folder / f"{name}.png", optimize=True)
    return Card(f"cards/{name}.png", f"{title}. {text}")
