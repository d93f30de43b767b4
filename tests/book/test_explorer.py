"""The explorer: its numbers are the package's, it works by keyboard, finger and address, and loads nothing."""

import json
import random

import build_book as builder
import pytest
from test_browser import Visit

from rfcompanion import concentration, lower_bound, paper_bound, records, trade_offs

ROOT = builder.ROOT
SCRIPT = ROOT / "book" / "_static" / "explorer.js"
TABLE = records.read(ROOT / "book" / "data" / "explorer.json")
POINT = """([d, r, b]) => rfExplorer.bestError(d, BigInt(r), b)"""
COUNT = """([d, e, b]) => { const r = rfExplorer.minFeatures(d, e, b); return r === null ? null : r.toString() }"""


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    """The widget as the stored notebook holds it, alone on a page."""
    notebook = json.loads((ROOT / "book" / "explorer.ipynb").read_text(encoding="utf-8"))
    outputs = [o for cell in notebook["cells"] for o in cell.get("outputs", ()) if "text/html" in o.get("data", {})]
    widget = next(text for o in outputs if "rf-explorer" in (text := "".join(o["data"]["text/html"])))
    path = tmp_path_factory.mktemp("explorer") / "page.html"
    head = '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    path.write_text(f"{head}<title>x</title><article>{widget}</article>", encoding="utf-8")
    return path


@pytest.fixture
def visit(chromium, page_file):
    with Visit(chromium, page_file.as_uri(), ready=None) as visit:
        visit.page.wait_for_selector(".rf-explorer[data-ready]")
        yield visit
        assert visit.refused == []
        assert visit.errors == []


def read(visit, name):
    return visit.page.locator(f'[data-rf="{name}"]').inner_text()


# ------------------------------------------------------------------------------------------------- numbers


def test_errors_agree_with_the_package(visit):
    """160 random points without a bias, to the last digits or so."""
    rng = random.Random(1)
    compared = 0
    for _ in range(160):
        dim = rng.choice([3, 4, 5, 7, 10, 16, 25, 33, 50, 81, 100, 128])
        features = int(10 ** rng.uniform(0, 6 if dim < 6 else 9)) + 1
        ours = lower_bound.best_relative_error(dim, features)
        theirs = visit.page.evaluate(POINT, [dim, str(features), 0])
        if theirs is None:
            assert ours < 1e-6
            continue
        assert theirs == pytest.approx(ours, rel=1e-13)
        compared += 1
    assert compared >= 120


def test_counts_agree_with_the_package_to_the_last_digit(visit):
    rng = random.Random(2)
    for _ in range(120):
        dim, error = rng.randint(3, 120), 10 ** rng.uniform(-4.5, -0.05)
        assert visit.page.evaluate(COUNT, [dim, error, 0]) == str(lower_bound.min_features(dim, error)), (dim, error)


def test_masses_with_a_bias_agree_with_the_package(visit):
    for dim, bias in [(3, -3.7), (5, 1.9), (12, -0.1), (30, 0.4), (50, -2.0), (100, -4.0), (200, 2.0)]:
        ours = concentration.relu_masses(dim, 24, bias)
        theirs = visit.page.evaluate("([d, b]) => rfExplorer.biasedMasses(d, 24, b)", [dim, bias])
        assert theirs == pytest.approx(list(ours), rel=1e-9, abs=1e-13), (dim, bias)


def test_numbers_with_a_bias_agree_with_the_package(visit):
    rng = random.Random(3)
    for _ in range(40):
        dim, bias = rng.choice([4, 8, 20, 60]), rng.choice([-3.0, -1.5, -0.4, 0.3, 1.2])
        features, error = int(10 ** rng.uniform(0, 4)) + 1, 10 ** rng.uniform(-1.5, -0.05)
        theirs = visit.page.evaluate(POINT, [dim, str(features), bias])
        assert theirs == pytest.approx(lower_bound.best_relative_error(dim, features, bias), rel=1e-9, abs=1e-12)
        count = int(visit.page.evaluate(COUNT, [dim, error, bias]))
        assert count == pytest.approx(lower_bound.min_features(dim, error, bias), rel=1e-9, abs=1)


def test_a_wrong_table_of_masses_would_be_noticed(visit):
    """The comparison above fails when one mass is off by a thousandth."""
    ours = concentration.relu_masses(12, 24, -0.1)
    theirs = visit.page.evaluate("([d, b]) => rfExplorer.biasedMasses(d, 24, b)", [12, -0.1])
    theirs[2] *= 1.001
    assert theirs != pytest.approx(list(ours), rel=1e-9, abs=1e-13)


@pytest.mark.parametrize(("dim", "budget"), [(10, 40.0), (50, 3e4)])
def test_frontier_between_tabulated_budgets(visit, dim, budget):
    ours = trade_offs.weight_limited_optimum(dim, budget, cells=600).error
    theirs = visit.page.evaluate("([t, d, B]) => rfExplorer.weightLimited(t, d, B)", [TABLE, dim, budget])
    assert theirs == pytest.approx(ours, rel=1.5e-2)  # it is shown with two digits


def test_the_route_shown_is_proved(visit):
    """What is shown for an error is the bound at a larger one, and never above the best choice there."""
    ask = "([t, d, e, what]) => rfExplorer.paperRoute(t, d, e, what)"
    for dim, error in [(10, 2e-4), (50, 1e-3), (100, 5e-5)]:
        shown = visit.page.evaluate(ask, [TABLE, dim, error, "weights"])
        best = paper_bound.best_choice(dim, 1.0, error / 2, "weights")
        proved = paper_bound.weights_bound(best, 1.0, 2**-0.5) / 2.302585092994046
        assert shown is None or 0 < shown <= proved + 1e-4
    assert shown > 1.5


def test_the_table_is_small():
    assert (ROOT / "book" / "data" / "explorer.json").stat().st_size < 60_000


# ------------------------------------------------------------------------------------------------- use


def test_it_opens_with_the_numbers_of_the_readme(visit):
    assert read(visit, "out-error").startswith("e_r = 0.00809")
    assert "1,000,000" in read(visit, "out-error-note")
    assert "degree 6" in read(visit, "out-min-note").lower()


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
    with Visit(chromium, page_file.as_uri() + fragment, ready=None) as visit:
        visit.page.wait_for_selector(".rf-explorer[data-ready]")
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
    with Visit(chromium, page_file.as_uri() + fragment, ready=None) as visit:
        visit.page.wait_for_selector(".rf-explorer[data-ready]")
        assert read(visit, "out-error").startswith("e_r = ")
        assert visit.errors == []


def test_it_fits_a_telephone(chromium, page_file):
    with Visit(chromium, page_file.as_uri(), width=320, ready=None) as visit:
        visit.page.wait_for_selector(".rf-explorer[data-ready]")
        assert visit.ask("() => document.documentElement.scrollWidth") <= 320
        box = visit.page.locator('[data-rf="handle"]').bounding_box()
        assert min(box["width"], box["height"]) >= 40


def test_every_bias_of_the_slider_works(visit):
    for dim in (3, 50, 200):
        for bias in (-4, -2.5, -1, -0.1, 0.1, 1, 2):
            value = visit.page.evaluate(POINT, [dim, "20", bias])
            assert 0 < value < 1, (dim, bias)
