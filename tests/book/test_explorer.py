"""The explorer: its numbers are the package's, it works by keyboard, finger and address, and loads nothing."""

import json
import random
import re

import build_book as builder
import numpy as np
import pytest
from test_browser import MACHINES, Visit

from rfcompanion import concentration, lower_bound, paper_bound, records, trade_offs

ROOT = builder.ROOT
TABLE = records.read(ROOT / "book" / "data" / "explorer.json")
POINT = """([d, r, b]) => rfExplorer.bestError(d, BigInt(r), b)"""
COUNT = """([d, e, b]) => { const r = rfExplorer.minFeatures(d, e, b); return r === null ? null : r.toString() }"""


FRONTIER = "([t, d, B]) => rfExplorer.weightLimited(t, d, B)"


@pytest.fixture(scope="module")
def page_file(html):
    """The page as readers get it, with the book's style sheet and everything beside the widget."""
    return html / "book" / "explorer.html"


@pytest.fixture(scope="module")
def widget_file(tmp_path_factory):
    """The widget as the stored notebook holds it, alone on a page: as in JupyterLab, without the book's style."""
    notebook = json.loads((ROOT / "book" / "explorer.ipynb").read_text(encoding="utf-8"))
    outputs = [o for cell in notebook["cells"] for o in cell.get("outputs", ()) if "text/html" in o.get("data", {})]
    widget = next(text for o in outputs if "rf-explorer" in (text := "".join(o["data"]["text/html"])))
    path = tmp_path_factory.mktemp("explorer") / "page.html"
    head = '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    path.write_text(f"{head}<title>x</title><article>{widget}</article>", encoding="utf-8")
    return path


def opened(chromium, file, fragment="", **options):
    visit = Visit(chromium, file.as_uri() + fragment, ready=None, **options)
    visit.page.wait_for_selector(".rf-explorer[data-ready]")
    return visit


@pytest.fixture(scope="module")
def shared(chromium, page_file):
    """The page opened once, for questions to its arithmetic that leave it as it is."""
    with opened(chromium, page_file) as visit:
        yield visit
        assert visit.refused == []
        assert visit.errors == []


@pytest.fixture
def visit(chromium, page_file):
    with opened(chromium, page_file) as visit:
        yield visit
        assert visit.refused == []
        assert visit.errors == []


def read(visit, name):
    return visit.page.locator(f'[data-rf="{name}"]').inner_text()


# ------------------------------------------------------------------------------------------------- numbers


def test_errors_agree_with_the_package(shared):
    """160 random points without a bias, to the last digits or so."""
    rng = random.Random(1)
    compared = 0
    for _ in range(160):
        dim = rng.choice([3, 4, 5, 7, 10, 16, 25, 33, 50, 81, 100, 128])
        features = int(10 ** rng.uniform(0, 6 if dim < 6 else 9)) + 1
        ours = lower_bound.best_relative_error(dim, features)
        theirs = shared.page.evaluate(POINT, [dim, str(features), 0])
        if theirs is None:
            assert ours < 1e-6
            continue
        assert theirs == pytest.approx(ours, rel=1e-13)
        compared += 1
    assert compared >= 120


def test_counts_agree_with_the_package_to_the_last_digit(shared):
    rng = random.Random(2)
    for _ in range(120):
        dim, error = rng.randint(3, 120), 10 ** rng.uniform(-4.5, -0.05)
        assert shared.page.evaluate(COUNT, [dim, error, 0]) == str(lower_bound.min_features(dim, error)), (dim, error)


def test_masses_with_a_bias_agree_with_the_package(shared):
    for dim, bias in [(3, -3.7), (5, 1.9), (12, -0.1), (30, 0.4), (50, -2.0), (100, -4.0), (200, 2.0)]:
        ours = concentration.relu_masses(dim, 24, bias)
        theirs = shared.page.evaluate("([d, b]) => rfExplorer.biasedMasses(d, 24, b)", [dim, bias])
        assert theirs == pytest.approx(list(ours), rel=1e-9, abs=1e-13), (dim, bias)


def test_numbers_with_a_bias_agree_with_the_package(shared):
    rng = random.Random(3)
    for _ in range(40):
        dim, bias = rng.choice([4, 8, 20, 60]), rng.choice([-3.0, -1.5, -0.4, 0.3, 1.2])
        features, error = int(10 ** rng.uniform(0, 4)) + 1, 10 ** rng.uniform(-1.5, -0.05)
        theirs = shared.page.evaluate(POINT, [dim, str(features), bias])
        assert theirs == pytest.approx(lower_bound.best_relative_error(dim, features, bias), rel=1e-9, abs=1e-12)
        count = int(shared.page.evaluate(COUNT, [dim, error, bias]))
        assert count == pytest.approx(lower_bound.min_features(dim, error, bias), rel=1e-9, abs=1)


def test_a_wrong_table_of_masses_would_be_noticed(shared):
    """The comparison above fails when one mass is off by a thousandth."""
    ours = concentration.relu_masses(12, 24, -0.1)
    theirs = shared.page.evaluate("([d, b]) => rfExplorer.biasedMasses(d, 24, b)", [12, -0.1])
    theirs[2] *= 1.001
    assert theirs != pytest.approx(list(ours), rel=1e-9, abs=1e-13)


@pytest.mark.parametrize(
    ("dim", "budget"), [(4, 11.0), (7, 90.0), (10, 40.0), (37, 5.0), (50, 3e4), (137, 700.0), (200, 2.5)]
)
def test_frontier_is_enclosed_between_tabulated_budgets(shared, dim, budget):
    optimum = trade_offs.weight_limited_optimum(dim, budget, cells=400, max_degree=100 if dim < 20 else 60)
    shown = shared.page.evaluate(FRONTIER, [TABLE, dim, budget])
    assert shown["low"] <= optimum.upper
    assert optimum.lower <= shown["high"]
    assert 1 < shown["high"] / shown["low"] < 1.5
    assert not shown["open"]


def test_frontier_at_a_tabulated_budget_and_beyond_the_last(shared):
    for dim in (5, 50, 163):
        logs = TABLE["frontier"][str(dim)]["logs"]
        shown = shared.page.evaluate(FRONTIER, [TABLE, dim, 10.0])
        assert shown["low"] == pytest.approx(10 ** logs[6], rel=2e-3)
        assert shown["high"] == pytest.approx(10 ** logs[6], rel=2e-3)
    last = TABLE["frontier"]["3"]["logs"][-1]
    shown = shared.page.evaluate(FRONTIER, [TABLE, 3, 1e6])
    assert shown["open"]
    assert shown["low"] <= shown["high"] == pytest.approx(10**last, rel=2e-3)  # more weights are never worse
    wrong = json.loads(json.dumps(TABLE))
    wrong["frontier"]["50"]["logs"][6] += 0.01
    optimum = trade_offs.weight_limited_optimum(50, 10.0, cells=400, max_degree=60)
    assert shared.page.evaluate(FRONTIER, [wrong, 50, 10.0])["low"] > optimum.upper


# checks: explorer-tabulated
def test_the_whole_table_is_convex_and_under_its_tangents():
    """√E_B is convex in B: each tangent lies below every other tabulated value, in every dimension of the slider."""
    assert TABLE["dims"] == list(range(3, 201))
    budgets = 10 ** np.array(TABLE["log_budgets"])
    assert np.diff(TABLE["log_budgets"]) == pytest.approx(1 / 6, abs=2e-5)
    for dim in TABLE["dims"]:
        curve = TABLE["frontier"][str(dim)]
        roots, slopes = 10 ** (np.array(curve["logs"]) / 2), np.array(curve["slopes"])
        n = len(roots)
        assert n == len(slopes) >= 8, dim
        assert (np.diff(roots) < 0).all(), dim
        tangents = roots[:, None] * (1 + slopes[:, None] / 2 * (budgets[:n] / budgets[:n, None] - 1))
        assert (tangents <= roots * 1.0006).all(), dim
        route = TABLE["route"][str(dim)]
        for what in ("weights", "width"):
            proved = [value or 0 for value in route[what]]
            assert len(proved) == len(TABLE["log_errors"])
            assert proved == sorted(proved), (dim, what)  # smaller errors cost more


def test_the_route_shown_is_proved(shared):
    """What is shown for an error is the bound at a larger one, and never above the best choice there."""
    ask = "([t, d, e, what]) => rfExplorer.paperRoute(t, d, e, what)"
    for dim, error in [(10, 2e-4), (50, 1e-3), (100, 5e-5)]:
        shown = shared.page.evaluate(ask, [TABLE, dim, error, "weights"])
        best = paper_bound.best_choice(dim, 1.0, error / 2, "weights")
        proved = paper_bound.weights_bound(best, 1.0, 2**-0.5) / 2.302585092994046
        assert shown is None or 0 < shown <= proved
    assert shown > 1.5


@pytest.mark.parametrize("bias", [0, -1.5, 0.3])
def test_the_fewest_features_for_the_error_of_r_features_are_r(shared, bias):
    """No rounding on the way: e_r falls with every feature, so nothing smaller than r is as good."""
    ask = "([d, r, b]) => String(rfExplorer.fewestAsGood(d, BigInt(r), b))"
    for dim, counts in {3: (1, 2, 9), 10: (1, 11, 51, 400), 50: (1, 2, 51, 1326, 10**4), 200: (1, 7, 10**4)}.items():
        for features in counts:
            assert shared.page.evaluate(ask, [dim, str(features), bias]) == str(features), (dim, features)
    if bias == 0:
        assert shared.page.evaluate(ask, [50, str(10**6), 0]) == "1000000"
        assert shared.page.evaluate(COUNT, [50, 0.00809, 0]) != "1000000"  # the error as it is printed


def test_the_table_is_small(page_file):
    assert (ROOT / "book" / "data" / "explorer.json").stat().st_size < 250_000
    assert page_file.stat().st_size < 350_000


# ------------------------------------------------------------------------------------------------- use


def test_it_opens_with_the_numbers_of_the_readme(visit):
    assert read(visit, "out-error").startswith("e_r = 0.00809")
    assert "1,000,000" in read(visit, "out-error-note")
    assert read(visit, "out-min") == "r = 1,000,000"
    assert "degree 6" in read(visit, "out-min-note").lower()


@pytest.mark.parametrize("media", ["screen", "print"])
def test_readers_see_the_widget_and_not_its_data(visit, media):
    visit.page.emulate_media(media=media)
    assert visit.ask(MACHINES) == []
    text = visit.page.locator("article").inner_text()
    assert "Smallest relative error" in text
    assert '"logs":[' not in text
    assert ",null" not in text
    box = visit.page.locator(".rf-explorer").bounding_box()
    assert box["height"] < 1400


def test_it_works_without_the_book(chromium, widget_file):
    with opened(chromium, widget_file) as visit:
        assert read(visit, "out-error").startswith("e_r = 0.00809")
        assert '"logs":[' not in visit.page.locator("body").inner_text()
        assert visit.refused == []
        assert visit.errors == []


def test_every_dimension_of_the_slider_has_its_numbers(visit):
    field = visit.page.locator('input[type="number"][name="d"]')
    for dim in (3, 4, 9, 11, 37, 64, 101, 150, 199, 200):
        field.fill(str(dim))
        assert re.fullmatch(r"E_B [≈≤] 0\.\d+|0\.\d+ ≤ E_B ≤ 0\.\d+", read(visit, "out-budget")), dim
        assert "at least 0." in read(visit, "out-budget-note"), dim
        assert re.fullmatch(r"nothing yet|r·max\|u\| ≥ [\d.,]+(·10[⁰¹²³⁴⁵⁶⁷⁸⁹]+)?", read(visit, "out-route")), dim
        assert "—" not in visit.page.locator(".rf-read").inner_text(), dim
    visit.page.locator('input[type="number"][name="b"]').fill("-1")
    assert read(visit, "out-budget") == read(visit, "out-route") == "only for b = 0"


def test_beyond_the_table_the_page_says_so(chromium, page_file):
    with opened(chromium, page_file, "#d=3&b=0&r=50&B=1000000") as visit:
        assert read(visit, "out-budget").startswith("E_B ≤ ")
        assert "never worse" in read(visit, "out-budget-note")


def test_keyboard(visit):
    visit.page.locator('input[type="number"][name="d"]').focus()
    reached = []
    for _ in range(12):
        focused = "() => (document.activeElement.dataset.rf || document.activeElement.name || '')"
        reached.append(visit.page.evaluate(focused))
        visit.page.keyboard.press("Tab")
    assert {"d", "b", "r", "error", "B", "handle", "share", "copy"} <= set(reached)

    handle = visit.page.locator('[data-rf="handle"]')
    handle.focus()
    state = "() => rfExplorer.readState(location.hash).r.toString()"
    seen = [1_000_000]
    for key in ("ArrowRight", "PageUp", "ArrowLeft", "PageDown", "End", "Home", "ArrowDown", "ArrowDown", "ArrowUp"):
        visit.page.keyboard.press(key)
        seen.append(int(visit.page.evaluate(state)))
    right, up, left, down, end, home, first, second, back = seen[1:]
    assert seen[0] < right < left < up < end
    assert down < seen[0] * 1.2
    assert (home, first, second, back) == (1, 51, 1325, 51)  # 1, 1 + d, and degree 2 complete
    assert handle.get_attribute("aria-valuetext").split()[1] == "features,"


def test_drag(visit):
    handle = visit.page.locator('[data-rf="handle"]')
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    before = read(visit, "out-error")
    visit.page.mouse.move(x, y)
    visit.page.mouse.down()
    visit.page.mouse.move(x - 120, y, steps=4)
    visit.page.mouse.up()
    assert read(visit, "out-error") != before
    moved = handle.bounding_box()
    assert moved["x"] == pytest.approx(box["x"] - 120, abs=6)
    assert moved["y"] < box["y"], "fewer features, larger error: the point climbs"


def test_an_error_is_turned_into_features(visit):
    visit.page.locator('input[type="number"][name="d"]').fill("10")
    field = visit.page.locator('[data-rf="error"]')
    field.fill("0.001")
    field.press("Enter")
    assert read(visit, "out-min") == "r = 72,540"


def test_bad_input_is_answered_and_changes_nothing(visit):
    before = read(visit, "out-error")
    for name, text in (("r", "many"), ("error", "2"), ("B", "-1"), ("r", "0"), ("error", "")):
        field = visit.page.locator(f'[data-rf="{name}"]')
        field.fill(text)
        field.press("Enter")
        assert read(visit, "problem"), name
        assert field.get_attribute("aria-invalid") == "true"
    visit.page.locator('input[type="number"][name="d"]').fill("1000")
    assert "between 3 and 200" in read(visit, "problem")
    assert read(visit, "out-error") == before


@pytest.mark.parametrize("r", [1, 77, 10**6, 123456789012345678901234567])
def test_state_survives_its_address(chromium, page_file, r):
    fragment = f"#d=100&b=0&r={r}&B=250"
    with opened(chromium, page_file, fragment) as visit:
        address = visit.page.locator('[data-rf="share"]').input_value()
        shown = read(visit, "out-error")
        assert address.endswith(fragment)
        assert float(shown.split("=")[1].replace("−", "-")) == pytest.approx(
            lower_bound.best_relative_error(100, r), rel=1e-3
        )
    with Visit(chromium, address, ready=None) as visit:
        visit.page.wait_for_selector(".rf-explorer[data-ready]")
        assert read(visit, "out-error") == shown


@pytest.mark.parametrize(
    "fragment", ["#d=-5&b=99&r=0&B=x", "#d=abc", "#r=1e999", "#section-of-the-page", "#d=&r=&b=NaN"]
)
def test_a_strange_address_does_no_harm(chromium, page_file, fragment):
    with opened(chromium, page_file, fragment) as visit:
        assert read(visit, "out-error").startswith("e_r = ")
        assert visit.errors == []


@pytest.mark.parametrize(("width", "theme"), [(320, "light"), (390, "dark")])
def test_it_fits_a_telephone(chromium, page_file, width, theme):
    letters = """() => [...document.querySelectorAll(".rf-plot text")].map((e) => e.getBoundingClientRect())
      .map((box) => ({height: box.height, left: box.left, right: box.right}))"""
    with opened(chromium, page_file, width=width, theme=theme) as visit:
        assert visit.ask("() => document.documentElement.scrollWidth") <= width
        box = visit.page.locator('[data-rf="handle"]').bounding_box()
        assert min(box["width"], box["height"]) >= 40
        texts = visit.ask(letters)
        plot = visit.page.locator(".rf-plot").bounding_box()
        assert len(texts) >= 8
        assert min(text["height"] for text in texts) >= 12  # a line: letters of ten pixels or so
        outside = [t for t in texts if t["left"] < plot["x"] - 1 or t["right"] > plot["x"] + plot["width"] + 1]
        assert outside == []


def test_every_bias_of_the_slider_works(visit):
    for dim in (3, 50, 200):
        for bias in (-4, -2.5, -1, -0.1, 0.1, 1, 2):
            value = visit.page.evaluate(POINT, [dim, "20", bias])
            assert 0 < value < 1, (dim, bias)
