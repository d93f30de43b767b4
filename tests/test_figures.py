"""Figures: one drawing, the same on every run, in the reader's colours, with words for those who cannot see it."""

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from rfcompanion import figures


def drawing(name="fig-test"):
    figure, axes = figures.subplots()
    x = np.linspace(0.1, 3, 50)
    axes.plot(x, np.sin(x), label="sine")
    axes.plot(x, x**-0.5, "o", label="$x^{-1/2}$")
    axes.legend()
    return figures.show(figure, name=name, alt='a wave & a "power"', caption="Two <curves>.")


def test_same_drawing_every_time():
    assert drawing() == drawing()


def test_well_formed_with_alternative_text_and_caption():
    shown = drawing()
    root = ElementTree.fromstring(shown.svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'a wave & a "power"'
    html = shown._repr_html_()
    assert "<figcaption>Two &lt;curves&gt;.</figcaption>" in html
    assert 'id="fig-test"' in html
    assert shown._repr_mimebundle_()["text/plain"] == "[fig-test] Two <curves>."


def test_follows_the_readers_theme():
    svg = drawing().svg
    assert "currentColor" in svg
    assert f"var(--rf-blue, {figures.COLOURS['blue']})" in svg
    assert "#000000" not in svg
    assert "#ffffff" not in svg
    assert "<style" not in svg
    assert "2026" not in svg


def test_identifiers_are_the_figures_own_and_every_reference_resolves():
    svg = drawing().svg
    defined = set(re.findall(r'\bid="([^"]*)"', svg))
    used = set(re.findall(r'href="#([^"]*)"', svg)) | set(re.findall(r"url\(#([^)]*)\)", svg))
    assert used <= defined
    assert all(name.startswith("fig-test-") for name in defined)


def test_coordinates_are_rounded_and_scales_are_not():
    svg = drawing().svg
    paths = " ".join(re.findall(r' d="([^"]*)"', svg))
    assert not re.search(r"\d\.\d{3,}", paths)
    assert re.search(r"scale\(0\.\d{3,}", svg)


@pytest.mark.parametrize("name", ["Figure 1", "figure", "fig-", "fig-Ä"])
def test_names_are_anchors(name):
    with pytest.raises(ValueError, match="name must look like"):
        drawing(name)
