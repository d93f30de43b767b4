"""The figures with a slider, as the notebooks store them: their numbers once more by other formulas, and their use."""

import gzip
import json
import math
import re
import sys

import build_book as builder
import mpmath
import numpy as np
import pytest
from scipy import integrate, optimize
from test_accessibility import AXE, RUN
from test_browser import Visit

from rfcompanion import biased_neuron, certify, gaussian, harmonics, polynomials, single_neuron, targets

sys.path.insert(0, str(builder.ROOT / "tests"))
from test_moving_figures import elements_after

BOOK = builder.ROOT / "book"
FIGURES = {
    "fig-reduction-twins": "reduction",
    "fig-polynomials-staircase": "polynomials",
    "fig-concentration-spectrum": "concentration",
    "fig-anti-concentration-phase": "anti_concentration",
    "fig-lower-bound-relative": "lower_bound",
    "fig-biased-floor": "general_features",
    "fig-trade-offs-representer": "trade_offs",
    "fig-neuron-fate": "single_neuron",
}
NUMBER = re.compile(r"(\d[\d,]*(?:\.\d+)?)(?:·10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?")
LOWER = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def stored(name):
    """What the notebook stores for the figure: HTML and plain text."""
    notebook = json.loads((BOOK / f"{FIGURES[name]}.ipynb").read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            data = {kind: "".join(text) for kind, text in output.get("data", {}).items() if kind.startswith("text/")}
            if f'id="{name}"' in data.get("text/html", ""):
                return data
    raise AssertionError(f"{name} is not in the notebook")


def messages(name):
    """{value: numbers of its message}; both as the reader sees them."""
    found = {}
    for line in stored(name)["text/plain"].splitlines()[1:]:
        value, _, message = line.strip().partition(": ")
        numbers = [
            float(digits.replace(",", "")) * 10.0 ** int((power or "⁰").translate(LOWER))
            for digits, power in NUMBER.findall(message)
        ]
        found[value.partition(" = ")[2].replace("−", "-").replace(",", "")] = (message, numbers)
    return found


def test_every_figure_with_a_slider_is_tested_here():
    found = set()
    for path in sorted((BOOK / "sources").glob("*.md")):
        found |= set(
            re.findall(r"figures\.frames\(.*?name=\"(fig-[\w-]+)\"", path.read_text(encoding="utf-8"), re.DOTALL)
        )
    assert found == set(FIGURES)


@pytest.mark.parametrize("name", FIGURES)
def test_it_is_small(name):
    text = stored(name)["text/html"].encode()
    assert len(gzip.compress(text)) < 25_000
    assert len(text) < 110_000


# ------------------------------------------------------------------------------------------------- numbers


def test_numbers_of_the_spectrum():
    """λ_1 of the triangle wave as a double sum of Bessel functions with 40 digits, its size by quadrature."""
    shown = messages("fig-concentration-spectrum")
    with mpmath.workdps(40):
        for dim in (4, 10, 20, 30):
            odd = range(1, 26, 2)
            half, root = mpmath.mpf(dim) / 2, mpmath.sqrt(dim)
            total = mpmath.mpf(0)
            for j in odd:
                for k in odd:
                    p, q = (mpmath.pi * root * i / 2 for i in (j, k))
                    wave = mpmath.gamma(half) * (2 / (p * q)) ** (half - 1) * mpmath.exp(-(p * p + q * q) / 2)
                    sign = (-1) ** ((j - 1) // 2 + (k - 1) // 2)
                    total += sign * 64 / (mpmath.pi**4 * j * j * k * k) * wave * mpmath.besseli(half, p * q)
            size = sum(
                integrate.quad(
                    lambda z, s=float(root): targets.triangle_wave(s * z) ** 2 * math.exp(-z * z / 2), a, a + 0.5
                )[0]
                for a in np.arange(-8, 8, 0.5)
            )
            seen = float(total) / (size / math.sqrt(2 * math.pi))
            assert shown[str(dim)][1][1] == pytest.approx(seen, rel=0.06), dim


def test_numbers_of_the_phase():
    shown = messages("fig-anti-concentration-phase")
    for norm in (0.2, 0.5, 1.0, 2.0):
        u = (np.arange(4000) + 0.5) / 1000
        density = sum(np.exp(-(((u + 4 * k) / norm) ** 2) / 2) for k in range(-30, 31)) / (
            norm * math.sqrt(2 * math.pi)
        )
        distance = abs(density - 0.25).sum() / 2000
        size = 3 * (density * targets.triangle_wave(u) ** 2).sum() / 1000
        _, (first, second) = shown[f"{norm:g}"]
        assert first == pytest.approx(distance, rel=0.06)
        assert second == pytest.approx(100 * size, abs=0.06)


def test_numbers_of_the_price():
    """The certified enclosures of e_r say that the counts are right to the last digit that is shown."""
    shown = messages("fig-lower-bound-relative")
    for dim in (5, 10, 20, 50):
        _, (percent, easy, one, fifty, hard) = shown[str(dim)]
        assert (percent, one, fifty) == (2, 1, 50)
        easy = int(easy)
        assert certify.best_relative_error(dim, easy)[1] <= 0.02 < certify.best_relative_error(dim, easy - 1)[0]
        error = 2 / (50 * dim**2)
        below, above = (hard * factor for factor in ((1, 1) if hard < 1e6 else (0.94, 1.06)))
        assert (
            certify.best_relative_error(dim, round(above))[1]
            <= error
            < certify.best_relative_error(dim, round(below) - 1)[0]
        )


def test_numbers_of_the_staircase():
    """The one equation behind the prediction, Σ N λ/(λ + ζ) = r, solved here by Brent's method."""
    shown = messages("fig-polynomials-staircase")
    for dim in (10, 50, 1000):
        lam = polynomials.feature_eigenvalues(dim, 40, polynomials.balanced_bias(dim))
        sizes = np.array([float(harmonics.harmonic_dimension(dim, k)) for k in range(41)])
        width = int(dim**2.5)
        log_zeta = optimize.brentq(lambda z, s=sizes, e=lam, r=width: (s * e / (e + math.exp(z))).sum() - r, -60, 5)
        left = 1 / (1 + lam[2:4] / math.exp(log_zeta))
        _, numbers = shown[str(dim)]
        assert [numbers[2], numbers[4]] == pytest.approx(list(100 * left), rel=0.06), dim


def test_numbers_of_the_biased_floor():
    """Masses of the degrees from the kernel of two neurons instead of the radial integral."""
    shown = messages("fig-biased-floor")
    t, mu = harmonics.sphere_quadrature(50, 200)
    legendre = harmonics.legendre(50, 4, t)
    for bias in (-0.5, -2.0, -3.0):
        V = np.stack([t, np.sqrt(1 - t * t)], axis=1)
        kernel = gaussian.relu_gram(np.eye(2)[:1], np.full(1, bias), V, np.full(len(t), bias))[0]
        sizes = np.array([float(harmonics.harmonic_dimension(50, k)) for k in range(5)])
        captured = (sizes * (legendre @ (mu * kernel))).sum() / gaussian.relu_gram(np.eye(2)[:1], np.full(1, bias))[
            0, 0
        ]
        _, (once, count, left) = shown[f"{bias:g}"]
        assert left == pytest.approx(100 * (1 - captured), rel=0.06)
        assert count == harmonics.harmonic_dimension_up_to(50, 4)
        assert once == pytest.approx(1 / mpmath.ncdf(bias), rel=0.01)


def test_numbers_of_the_representer():
    """The same problem by a solver for bounded least squares, on coarser cells: never better, nearly as good."""
    shown = messages("fig-trade-offs-representer")
    degrees = np.array([0, 1, *range(2, 31, 2)])
    t, mu = harmonics.sphere_quadrature(10, 1500)
    legendre = harmonics.legendre(10, 30, t)[degrees]
    cell = np.minimum((np.arccos(t) / math.pi * 180).astype(int), 179)
    moments = np.stack([np.bincount(cell, weights=mu * row, minlength=180) for row in legendre])
    relu = (legendre * mu) @ np.maximum(t, 0)
    sizes = np.array([float(harmonics.harmonic_dimension(10, int(k))) for k in degrees])
    masses = sizes * relu**2 / (mu @ np.maximum(t, 0) ** 2)
    for budget in (2, 10, 30):
        problem = np.sqrt(masses)[:, None] * moments, np.sqrt(masses), (-budget, budget)
        fit = optimize.lsq_linear(*problem, tol=1e-12, max_iter=2000)
        assert fit.success
        error = 2 * fit.cost + 1 - masses.sum()
        _, (_, shown_error) = shown[str(budget)]
        assert error == pytest.approx(shown_error, rel=0.04), budget


def test_numbers_of_the_twins():
    shown = messages("fig-reduction-twins")
    widths = np.array([float(width) for width in shown])
    means = np.array([numbers[0] for _, numbers in shown.values()])
    assert list(widths) == [2.0**k for k in range(2, 13)]
    slope = np.polyfit(np.log(widths[2:]), np.log(means[2:]), 1)[0]
    assert slope == pytest.approx(-1, abs=0.15)  # checks: fig-reduction-twins


def test_numbers_of_the_fate():
    """The flow once more, by another integrator; who dies and when the others arrive."""
    shown = messages("fig-neuron-fate")
    target = np.array([1.0, 0.0])

    def slope(_, y):
        return -np.append(*biased_neuron.gradient(y[:2], y[2], target, 0.0))

    def arrived(_, y):
        return single_neuron.relative_error(y[:2], target, y[2], 0.0) - 1e-3

    arrived.terminal = True
    for bias in (0.5, -0.3, -0.4, -1.0):
        run = integrate.solve_ivp(
            slope, (0, 1000), [math.cos(2.3), math.sin(2.3), bias], "RK45", rtol=1e-7, atol=1e-9, events=arrived
        )
        message, numbers = shown[f"{bias:g}"]
        if bias > -0.5:
            assert message.startswith("it learns")
            assert numbers[1] == pytest.approx(run.t[-1], rel=0.04)
        else:
            assert message.endswith("dead")
            assert numbers[2] == pytest.approx(np.linalg.norm(run.y[:2, -1]), abs=0.006)
            assert biased_neuron.never_recovers(run.y[:2, -1], run.y[2, -1], target, 0.0)


# ------------------------------------------------------------------------------------------------- use

PAGE = """<!DOCTYPE html><html lang="en" data-theme="light"><head><meta charset="utf-8"><title>One figure</title>
<meta name="viewport" content="width=device-width"><style>STYLE
html[data-theme="dark"] body { background: #14181e; color: #ced6dd; } body { margin: 0 12px; }</style></head>
<body><main><h1>One figure</h1>FIGURE</main></body></html>""".replace(
    "STYLE", (BOOK / "_static" / "book.css").read_text(encoding="utf-8")
)
PICTURE = "() => [...document.querySelectorAll('svg *')].map((e) => e.outerHTML).join('')"
PARTS = PICTURE.replace("e.outerHTML", "[e.tagName, ...['d', 'x', 'y'].map((a) => e.getAttribute(a))]")
PARTS = PARTS.replace(".join('')", "")
STROKES = (
    "() => [...new Set([...document.querySelectorAll('svg path, svg use')].map((e) => getComputedStyle(e).stroke))]"
)
THEME = "(theme) => { document.documentElement.dataset.theme = theme }"


@pytest.fixture(scope="module", params=FIGURES)
def moving(chromium, tmp_path_factory, request):
    """One figure alone on a page, opened once: its tests leave the page light, wide and on the screen."""
    data = stored(request.param)
    path = tmp_path_factory.mktemp("moving") / f"{request.param}.html"
    path.write_text(PAGE.replace("FIGURE", data["text/html"]), encoding="utf-8")
    with Visit(chromium, path.as_uri(), ready=None) as visit:
        visit.words = [line.strip() for line in data["text/plain"].splitlines()[1:]]
        visit.html, visit.address = data["text/html"], path.as_uri()
        visit.slider, visit.text = visit.page.get_by_role("slider"), visit.page.locator("output")
        visit.first = visit.slider.input_value(), visit.text.inner_text()
        yield visit
        assert (visit.refused, visit.errors) == ([], [])


def test_keyboard_moves_picture_and_words(moving):
    words, pictures = moving.words, {}
    assert moving.first[1] == words[int(moving.first[0])]
    moving.page.keyboard.press("Tab")
    assert moving.ask("() => document.activeElement.type") == "range"
    for key, k in [("Home", 0), ("ArrowRight", 1), ("End", len(words) - 1), ("ArrowLeft", len(words) - 2)]:
        moving.page.keyboard.press(key)
        assert moving.text.inner_text() == words[k]
        assert moving.slider.get_attribute("aria-valuetext") == words[k].partition(": ")[0]
        assert moving.page.get_by_role("img").get_attribute("aria-label").endswith(words[k])
        pictures[k] = moving.ask(PICTURE)
    assert len(set(pictures.values())) == len(pictures)
    moving.page.keyboard.press("Home")
    assert moving.ask(PICTURE) == pictures[0], "moving there and back changes nothing"


def test_every_drawing_is_the_stored_one(moving):
    """What moving.js draws, against the same rebuilt in Python, number by number."""
    data = json.loads(re.search(r'class="rf-frames-data">(.*?)</script>', moving.html).group(1))
    svg = re.search(r"<svg.*?</svg>", moving.html, re.DOTALL).group()
    for k in range(len(data["values"])):
        moving.slider.fill(str(k))
        theirs, ours = moving.ask(PARTS), elements_after(svg, data["parts"], k)
        assert [tag for tag, *_ in theirs] == [tag for tag, *_ in ours]
        for (_, *a), (_, *b) in zip(theirs, ours, strict=True):
            for one, other in zip(a, b, strict=True):
                if one != other:
                    found, wanted = (np.array(re.findall(r"-?\d+(?:\.\d+)?", text), float) for text in (one, other))
                    assert found == pytest.approx(wanted, abs=0.011)


def test_print_shows_a_drawing_and_its_words(moving):
    moving.slider.press("ArrowLeft")
    moving.page.emulate_media(media="print")
    hidden = not moving.page.locator("input").is_visible()
    height, text = moving.page.locator("svg").bounding_box()["height"], moving.text.inner_text()
    moving.page.emulate_media(media="screen")
    assert hidden
    assert height > 150
    assert text in moving.words


def test_it_fits_a_telephone(moving):
    moving.slider.press("End")
    moving.page.set_viewport_size({"width": 390, "height": 800})
    moving.page.wait_for_timeout(200)  # the panels move
    width, box, before = (
        moving.ask("() => document.documentElement.scrollWidth"),
        moving.slider.bounding_box(),
        moving.ask(PICTURE),
    )
    moving.page.mouse.click(box["x"] + 3, box["y"] + box["height"] / 2)
    after = moving.ask(PICTURE)
    views = moving.page.locator("svg").evaluate_all("(all) => all.map((e) => e.viewBox.baseVal.width)")
    moving.page.set_viewport_size({"width": 1280, "height": 900})
    moving.page.wait_for_function("() => document.querySelectorAll('svg').length === 1")
    assert width <= 390
    assert max(views) < 300 or views == [504], "panels side by side now stand one below the other"
    assert box["width"] > 150
    assert box["height"] >= 32
    assert moving.slider.input_value() == "0"
    assert after != before


def test_it_follows_the_theme_after_every_move(moving):
    strokes = {}
    for theme, key in (("dark", "Home"), ("dark", "End"), ("light", "End")):
        moving.page.evaluate(THEME, theme)
        moving.slider.press(key)
        strokes[theme, key] = set(moving.ask(STROKES))
    light, dark, ink = "rgb(34, 113, 178)", "rgb(99, 176, 234)", "rgb(206, 214, 221)"
    for key in ("Home", "End"):
        assert {dark, ink} <= strokes["dark", key]
        assert light not in strokes["dark", key]
    assert light in strokes["light", "End"]
    assert dark not in strokes["light", "End"]


def test_axe_finds_nothing_in_either_theme(moving):
    moving.page.add_script_tag(path=str(AXE))
    for theme, key in (("light", "Home"), ("dark", "End")):
        moving.page.evaluate(THEME, theme)
        moving.slider.press(key)
        found = moving.page.evaluate(RUN, [])
        moving.page.evaluate(THEME, "light")
        assert found == []


@pytest.mark.parametrize("name", FIGURES)
def test_it_stands_without_scripts(chromium, tmp_path, name):
    path = tmp_path / "page.html"
    path.write_text(PAGE.replace("FIGURE", stored(name)["text/html"]), encoding="utf-8")
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())
    shown = [page.locator(part).is_visible() for part in ("svg", "output", "figcaption", "input")]
    context.close()
    assert shown == [True, True, True, False]


def test_a_slider_without_a_name_would_be_noticed(chromium, tmp_path):
    broken = stored("fig-neuron-fate")["text/html"].replace("<label>", "<div>").replace("</label>", "</div>")
    path = tmp_path / "broken.html"
    path.write_text(PAGE.replace("FIGURE", broken), encoding="utf-8")
    with Visit(chromium, path.as_uri(), ready=None) as visit:
        visit.page.add_script_tag(path=str(AXE))
        assert any(found.startswith("label") for found in visit.page.evaluate(RUN, []))
