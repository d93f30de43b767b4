"""Figures with a slider: every drawing can be rebuilt from what is stored, and every one has its words."""

import html
import json
import re
import xml.etree.ElementTree as ElementTree
from functools import cache

import numpy as np
import pytest

from rfcompanion import figures

FREQUENCIES = (1, 2, 3, 5)
X = np.linspace(0, 3, 41)


def one(frequency):
    """A curve, a filled area, a curve that is not always there, a moving point, as many dots as the frequency says."""
    figure, (left, right) = figures.subplots(1, 2)
    left.plot(X, np.sin(frequency * X), label="sine")
    left.fill_between(X, np.cos(frequency * X), alpha=0.3)
    left.plot(X, np.where(frequency > 2, X, np.nan))
    left.legend(loc="upper right")
    left.set(ylim=(-1.1, 1.1))
    right.plot(X, np.exp(-X), "--")
    right.plot(np.arange(frequency) / 2, np.full(frequency, 0.5), "o")
    right.plot([frequency / 5], [np.exp(-frequency / 5)], "s")
    return figure


@cache
def moving(start=1, draw=one, **changes):
    options = dict(name="fig-test", label="frequency f", alt="A <wave>.", caption="Faster & faster.")
    drawings = ((draw(f), f"f = {f}", f"the wave has {f} < 9 arches") for f in FREQUENCIES)
    return figures.frames(drawings, start=start, **(options | changes))


def rebuilt(figure, k):
    return redrawn(figure.svg, figure.parts, k)


def redrawn(svg, parts, k):
    """The drawing k, from the first one and the stored differences: written apart from moving.js, as a check of it."""
    root = ElementTree.fromstring(svg)
    elements = list(root.iter())[1:]
    for index, name, values, *axes in parts:
        element, value = elements[index], values[k]
        if name == "":
            element[:] = list(ElementTree.fromstring(f'<g xmlns="http://www.w3.org/2000/svg">{value}</g>'))
        elif axes:
            points = np.array(re.findall(r"-?\d+(?:\.\d+)?", element.get(name)), dtype=float).reshape(-1, 2)
            points[:, axes[0]] = (np.cumsum(value) / 10).reshape(len(axes[0]), -1).T
            texts = iter(f"{number:.9g}" for number in points.ravel())
            element.set(name, re.sub(r"-?\d+(?:\.\d+)?", lambda _, texts=texts: next(texts), element.get(name)))
        else:
            element.set(name, value)
    return root


def elements_after(svg, parts, k):
    """Name, path and place of every element of the drawing k, in the order of the page."""
    elements = list(redrawn(svg, parts, k).iter())[1:]
    return [[e.tag.rpartition("}")[2], e.get("d"), e.get("x"), e.get("y")] for e in elements]


def same(a, b):
    """Equal but for rounding: the same elements, words and names, numbers within 0.06 pt."""
    assert a.tag == b.tag
    assert len(a) == len(b)
    assert a.attrib.keys() == b.attrib.keys()
    for key, value in a.attrib.items():
        if key not in {"d", "x", "y"}:
            assert value == b.get(key) or key == "aria-label"
            continue
        ours, theirs = (np.array(re.findall(r"-?\d+(?:\.\d+)?", text), dtype=float) for text in (value, b.get(key)))
        assert ours == pytest.approx(theirs, abs=0.06)
    for child, other in zip(a, b, strict=True):
        same(child, other)


@pytest.mark.parametrize("k", range(len(FREQUENCIES)))
def test_every_drawing_can_be_rebuilt(k):
    same(rebuilt(moving(start=1), k), ElementTree.fromstring(moving(start=k).svg))


def test_what_does_not_move_is_stored_once():
    figure = moving()
    data = json.dumps(figure.parts)
    assert len(data) < len(figure.svg) / 4
    kinds = {name for _, name, *_ in figure.parts}
    assert kinds == {"d", "x", "y", ""}
    axes = [part[3] for part in figure.parts if len(part) == 4]
    assert [1] in axes, "the curve moves up and down only, and its abscissae are stored once"


def test_it_reads_without_scripts():
    text = moving()._repr_html_()
    before, bar, after = re.split(r"(<div class=\"rf-frames-bar\" hidden>.*?</div>)", text)
    assert 'value="1"' in bar
    assert 'max="3"' in bar
    assert "A &lt;wave&gt;. f = 2: the wave has 2 &lt; 9 arches" in before
    assert "<strong>f = 2</strong>: <span>the wave has 2 &lt; 9 arches</span>" in after
    assert "<figcaption>Faster &amp; faster.</figcaption>" in after
    assert 'id="fig-test"' in before


def test_every_drawing_has_its_words():
    shown = moving()._repr_mimebundle_()
    assert shown["text/plain"].splitlines()[0] == "[fig-test] Faster & faster."
    assert shown["text/plain"].splitlines()[4] == "  f = 5: the wave has 5 < 9 arches"
    data = re.search(r'class="rf-frames-data">(.*?)</script>', shown["text/html"]).group(1)
    assert json.loads(data)["messages"] == [f"the wave has {f} < 9 arches" for f in FREQUENCIES]
    assert html.unescape(shown["text/html"]).count("f = 5") == 1


def test_panels_side_by_side_are_cut_between_them():
    left, middle, right = moving().cuts
    assert (left, right) == (0, 504)
    assert 230 < middle < 270
    pair = [figures.subplots(2, 1)[0] for _ in range(2)]
    shown = ((figure, f"k = {k}", "x") for k, figure in enumerate(pair))
    assert figures.frames(shown, name="fig-x", label="k", alt="x", caption="x").cuts == ()


def test_the_same_on_every_run():
    assert moving.__wrapped__() == moving()


def test_identifiers_resolve_in_every_drawing():
    figure = moving()
    for k in range(len(FREQUENCIES)):
        text = ElementTree.tostring(rebuilt(figure, k), encoding="unicode")
        defined = re.findall(r'\bid="([^"]*)"', text)
        used = set(re.findall(r'href="#([^"]*)"', text)) | set(re.findall(r"url\(#([^)]*)\)", text))
        assert len(set(defined)) == len(defined)
        assert used <= set(defined)


def titled(frequency):
    figure = one(frequency)
    figure.axes[0].set_title("f" * frequency)
    return figure


def wider(frequency):
    return figures.subplots(1, frequency)[0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "Figure 1"}, "name must look like"),
        ({"alt": " "}, "alt must not be empty"),
        ({"label": ""}, "label must not"),
        ({"caption": ""}, "caption must not"),
        ({"start": 4}, "start must lie between 0 and 3"),
        ({"draw": titled}, "the same texts"),
        ({"draw": wider}, "must have 1 panels, got 2"),
    ],
)
def test_bad_input(changes, message):
    with pytest.raises(ValueError, match=message):
        moving.__wrapped__(**changes)


def test_one_drawing_does_not_move():
    with pytest.raises(ValueError, match="at least two"):
        figures.frames([(one(1), "f = 1", "x")], name="fig-x", label="f", alt="x", caption="x")
    with pytest.raises(ValueError, match="value and message"):
        figures.frames([(one(1), "", "x")] * 2, name="fig-x", label="f", alt="x", caption="x")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1325, "1,325"),
        (0.0228, "0.023"),
        (741.2, "740"),
        (-0.5, "-0.5"),
        (1.44e-9, "1.4·10⁻⁹"),
        (9.99e-10, "1.0·10⁻⁹"),
        (2_500_000, "2.5·10⁶"),
        (7 * 10**400, "7.0·10⁴⁰⁰"),
    ],
)
def test_numbers_in_words(value, text):
    assert figures.readable(value) == text
    assert figures.readable(12.345, 3) == "12.3"
