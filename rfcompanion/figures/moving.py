"""A figure that moves: one parameter, a few precomputed drawings, a slider, and one sentence for each of them.

One drawing is stored whole. Of the others only what differs is kept, mostly the coordinates of a few paths, so
twenty drawings weigh little more than two. Without scripts, and on paper, one drawing stands there with its sentence.
"""

import html
import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING

from .drawing import InlineFigure, inline_svg

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
#: Names that matplotlib makes from the content of a marker, a clip or a path: they differ where the content does.
_HASHED = re.compile(r"(?<=[\"#])(fig-[a-z0-9-]+-)((?:[mph]|C[0-9a-f]+_[0-9a-f]+_)[0-9a-f]{10})\b")


@dataclass(frozen=True)
class MovingFigure(InlineFigure):
    """A finished figure with a slider. ``svg`` is the drawing that it opens with; ``alt`` describes all of them."""

    label: str  # the parameter that the slider moves
    values: tuple[str, ...]  # its value in each drawing, as text
    messages: tuple[str, ...]  # what each drawing says
    start: int  # the drawing that it opens with
    parts: tuple[list, ...]  # what differs between the drawings: see moving.js
    cuts: tuple[
        float, ...
    ]  # where panels side by side begin and end, in points: narrow screens put them one below the other

    def _repr_html_(self) -> str:
        keys = ("alt", "values", "messages", "parts", "cuts")
        data = {key: getattr(self, key) for key in keys}
        data = json.dumps(data, separators=(",", ":"), ensure_ascii=False).replace("</", "<\\/")
        value, message = html.escape(self.values[self.start]), html.escape(self.messages[self.start])
        return (
            f'<figure class="rf-figure rf-frames" id="{self.name}"><style>{_STYLE}</style>{self.svg}'
            f'<div class="rf-frames-bar" hidden><label><span>{html.escape(self.label)}</span> '
            f'<input type="range" min="0" max="{len(self.values) - 1}" step="1" value="{self.start}" '
            f'aria-valuetext="{value}"></label></div>'
            f'<p class="rf-frames-text"><output><strong>{value}</strong>: <span>{message}</span></output></p>'
            f"<figcaption>{html.escape(self.caption)}</figcaption>"
            f'<script type="application/json" class="rf-frames-data">{data}</script>'
            f"<script>{_SCRIPT}</script></figure>"
        )

    def _repr_mimebundle_(self, include=None, exclude=None):
        lines = [f"  {value}: {message}" for value, message in zip(self.values, self.messages, strict=True)]
        return {
            "text/html": self._repr_html_(),
            "text/plain": "\n".join([f"[{self.name}] {self.caption}", *lines]),
        }


def frames(
    drawings: "Iterable[tuple[Figure, str, str]]",
    *,
    name: str,
    label: str,
    alt: str,
    caption: str,
    start: int = 0,
) -> MovingFigure:
    """Turn several drawings of one parameter into a figure with a slider.

    All drawings take the layout of the first one; give them the same panels, limits, ticks and legends, and put what
    changes into curves, markers and the message.

    Parameters
        drawings : (figure, value, message) for each position of the slider: a matplotlib figure from
            :func:`subplots`, the value of the parameter as text (``"d = 20"``), and what the drawing shows there, with
            its numbers.
        name : anchor of the figure, ``fig-…``; published names never change.
        label : the parameter, in words: the slider's name.
        alt : what all drawings show; each one's own text is this, its value and its message.
        caption : the message of the whole figure.
        start : the drawing that it opens with, and that print shows if the slider was not moved.

    Returns
        MovingFigure, shown by a notebook as the value of its cell; the same on every run.

    Error
        Coordinates that move are rounded to 0.1 pt.

    Raises
        ValueError if there are fewer than two drawings, ``start`` is none of them, a text is empty, or the drawings
        differ in more than coordinates: in their panels, texts or numbers of curves.

    Source
        Style of every chapter; no formula.
    """
    for key, text in (("label", label), ("alt", alt), ("caption", caption)):
        if not text.strip():
            raise ValueError(f"{key} must not be empty")
    shown, values, messages, places, cuts = [], [], [], None, ()
    for figure, value, message in drawings:
        if not (value.strip() and message.strip()):
            raise ValueError(f"value and message of each drawing must not be empty, got {value!r}, {message!r}")
        if places is None:
            figure.draw_without_rendering()
            places, cuts = [axes.get_position() for axes in figure.axes], _cuts(figure)
        _place(figure, places)
        shown.append(_plain_names(inline_svg(figure, name, f"{alt} {value}: {message}", settled=True)))
        values.append(value)
        messages.append(message)
    if len(shown) < 2:
        raise ValueError(f"drawings must be at least two, got {len(shown)}")
    if not 0 <= start < len(shown):
        raise ValueError(f"start must lie between 0 and {len(shown) - 1}, got {start}")
    trees = [ElementTree.fromstring(svg) for svg in shown]
    return MovingFigure(
        name=name,
        svg=shown[start],
        alt=alt,
        caption=caption,
        label=label,
        values=tuple(values),
        messages=tuple(messages),
        start=start,
        cuts=cuts,
        parts=tuple(_parts(trees, start, {element: k for k, element in enumerate(trees[start].iter())})),
    )


def readable(value: float, digits: int = 2) -> str:
    """A number for a message, as a reader writes it: ``1,325``, ``0.023``, ``1.4·10⁻⁹``.

    Parameters
        value : a number; integers may have hundreds of digits.
        digits : significant digits, of all but integers below a million.

    Returns
        str.

    Error
        Rounding to ``digits``.

    Source
        Style of every chapter; no formula.
    """
    if isinstance(value, int) and abs(value) < 10**6:
        return f"{value:,}"
    if value == 0 or 1e-3 <= abs(value) < 10**6:
        return f"{float(f'{value:.{digits}g}'):,g}"
    mantissa, exponent = f"{Decimal(value):.{digits - 1}e}".split("e")
    return f"{mantissa}·10{str(int(exponent)).translate(_RAISED)}"


def _place(figure: "Figure", places: list) -> None:
    """Give the figure the positions of the first one's axes, which were worked out once."""
    if len(places) != len(figure.axes):
        raise ValueError(f"every drawing must have {len(places)} panels, got {len(figure.axes)}")
    figure.set_layout_engine("none")
    for axes, place in zip(figure.axes, places, strict=True):
        axes.set_position(place)


def _cuts(figure: "Figure") -> tuple[float, ...]:
    """Where the panels of one row begin and end: halfway between what belongs to one and what belongs to the next."""
    boxes = [axes.get_tightbbox() for axes in figure.axes]
    inner = [(a.x1 + b.x0) / 2 * 72 / figure.dpi for a, b in pairwise(boxes)]
    if any(a.x1 > b.x0 for a, b in pairwise(boxes)):  # several rows, or panels that overlap
        return ()
    return tuple(round(float(x), 1) for x in (0, *inner, 72 * figure.get_figwidth()))


def _plain_names(svg: str) -> str:
    """Number the names that depend on content, in their order: corresponding parts get the same name."""
    order: dict[str, int] = {}
    return _HASHED.sub(lambda m: f"{m[1]}k{order.setdefault(m[2], len(order))}", svg)


def _parts(trees: list, start: int, position: dict):
    """What differs between trees of the same shape: attributes where it can, whole groups where it must."""
    here = position[trees[start]] - 1  # the root itself does not count
    for key in trees[start].attrib:
        values = [tree.get(key) for tree in trees]
        if key != "aria-label" and len(set(values)) > 1:
            yield [here, key, *(_coded(values) if key in {"d", "x", "y"} else [values])]
    if len({tuple((child.tag, *child.attrib) for child in tree) for tree in trees}) == 1:
        for children in zip(*trees, strict=True):
            yield from _parts(list(children), start, position)
        return
    if any(tree.find(".//{*}defs") is not None for tree in trees):
        raise ValueError("drawings must have the same texts, and the same curves (an empty one: np.nan)")
    yield [here, "", ["".join(_markup(child) for child in tree) for tree in trees]]


def _coded(values: list[str]):
    """Values of one attribute: lists of coordinates as steps of 0.1 pt where only numbers differ, else text."""
    tokens = [_NUMBER.findall(value or "") for value in values]
    alike = len({_NUMBER.sub("#", value or "") for value in values}) == 1
    if not alike or len(tokens[0]) < 6 or len(tokens[0]) % 2:
        yield [_short(value) for value in values]
        return
    moving = [axis for axis in (0, 1) if len({tuple(row[axis::2]) for row in tokens}) > 1]
    rows = [[round(10 * float(number)) for axis in moving for number in row[axis::2]] for row in tokens]
    yield [[b - a for a, b in zip([0, *row], row, strict=False)] for row in rows]
    yield moving


def _short(value: str) -> str:
    return _NUMBER.sub(lambda m: f"{float(m[0]):.1f}".removesuffix(".0"), value)


def _markup(element) -> str:
    tag = element.tag.rpartition("}")[2]
    attributes = "".join(f' {key}="{html.escape(value)}"' for key, value in element.attrib.items())
    return f"<{tag}{attributes}>{''.join(map(_markup, element))}</{tag}>"


_SCRIPT = files(__package__).joinpath("moving.js").read_text(encoding="utf-8").strip()
_STYLE = files(__package__).joinpath("moving.css").read_text(encoding="utf-8").strip()
