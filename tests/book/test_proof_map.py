"""The map of the proofs: where its lines run, what it shows, and how it is used by keyboard and by hand."""

import copy
import itertools
import re

import claims as tool  # noqa: F401  (puts book/_ext on the path)
import pytest
import rf_map
import rf_map_layout as layouts
import rf_map_page
import rf_map_rows as rows
import rf_sources as sources
from browser import WAIT_FOR_FIRST_MATH
from test_browser import FORMULAS, OVERFLOW, Visit

# ------------------------------------------------------------------------------------------------- the drawing's plan


@pytest.fixture(scope="module")
def proof_map():
    return rf_map.ProofMap(sources.read_book())


@pytest.fixture(scope="module")
def layout(proof_map):
    return layouts.layout(proof_map)


def pieces(layout):
    """Each straight piece of each line: (user, ground), lower and upper corner."""
    for ends, points in layout.lines.items():
        for one, other in itertools.pairwise(points):
            yield ends, *sorted((one, other))


def through_boxes(layout):
    """Lines that touch a box which is not their end, or run into one of their ends."""
    found = []
    for ends, (x1, y1), (x2, y2) in pieces(layout):
        for label, box in layout.boxes.items():
            within = x1 < box.x + layouts.BOX and x2 > box.x and y1 < box.y + box.height and y2 > box.y
            if within:
                found.append((ends, label))
    return found


def on_each_other(layout):
    """Pieces of lines out of two statements that share more than a point."""
    levels = {}
    for (_, ground), (x1, y1), (x2, y2) in pieces(layout):
        key, span = (("down", x1), (y1, y2)) if x1 == x2 else (("across", y1), (x1, x2))
        levels.setdefault(key, []).append((ground, span))
    return [
        (key, one, other)
        for key, spans in levels.items()
        for i, (one, (a, b)) in enumerate(spans)
        for other, (c, d) in spans[:i]
        if one != other and a < d and c < b
    ]


def test_lines_join_what_the_map_joins(proof_map, layout):
    assert set(layout.lines) == {(label, other) for label, node in proof_map.nodes.items() for other in node.rests_on}
    for (user, ground), points in layout.lines.items():
        start, end = layout.boxes[ground], layout.boxes[user]
        assert points[0] == (start.middle, start.y + start.height)
        assert end.x < points[-1][0] < end.x + layouts.BOX
        assert points[-1][1] == end.y
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in itertools.pairwise(points))


def test_no_line_runs_behind_a_box_or_on_another(layout):
    assert through_boxes(layout) == []
    assert on_each_other(layout) == []


def test_a_statement_stands_below_its_grounds_in_the_chapter(proof_map, layout):
    for label, node in proof_map.nodes.items():
        for other in node.rests_on:
            if proof_map.nodes[other].statement.chapter == node.statement.chapter:
                assert layout.boxes[other].row < layout.boxes[label].row


def test_every_title_is_whole_and_fits(proof_map, layout):
    for label, box in layout.boxes.items():
        assert " ".join(box.lines) == " ".join(rf_map.drawn_title(proof_map.nodes[label].statement).split())
        assert max(map(rows.text_width, box.lines)) <= layouts.BOX - 2 * rows.INSET, box.lines


def test_a_line_behind_a_box_or_on_another_is_noticed(layout):
    moved = copy.deepcopy(layout)
    moved.boxes["lem-transfer"].x -= layouts.BOX / 2 + 2 * layouts.PAD
    assert through_boxes(moved)
    lines = copy.deepcopy(layout)
    (user, ground), points = next((ends, points) for ends, points in lines.lines.items() if len(points) > 2)
    lines.lines[user, "another"] = points
    assert any({one, other} == {ground, "another"} for _, one, other in on_each_other(lines))


def test_exercises_are_those_of_the_statement_or_the_nearest(proof_map):
    for label in proof_map.nodes:
        about, found = proof_map.nearest_exercises(label)
        assert (about == label) == (label in proof_map.exercises)
        assert all(about in exercise.references for exercise in found)
        assert bool(about) == bool(found)


# ------------------------------------------------------------------------------------------------- the built page


def test_each_entry_says_what_its_statement_says(html, soup, proof_map):
    page = soup(html / "book" / "proof_map.html")
    for label, node in proof_map.nodes.items():
        entry = page.find(id=f"map-{label}")
        said = entry.select_one("details.rf-statement .rf-said")
        formulas = re.findall(r"\$\$.*?\$\$|\$[^$]+\$", rf_map_page.text_of(node.statement), re.DOTALL)
        assert len(said.select(".math")) == len(formulas)
        page_of = {f"{node.statement.chapter}.html#{label}", f"{node.statement.chapter}.html#proof-{label}"}
        assert page_of <= {link["href"] for link in entry.select("a[href]")}
        assert "checked by" in entry.get_text()
        assert "exercise" in entry.get_text()
        if node.is_isolated:
            assert "stands alone: " in entry.get_text()
    assert page.select(".rf-said [id]") == []
    assert (html / "book" / "proof_map.html").stat().st_size < 1_500_000


# ------------------------------------------------------------------------------------------------- in a browser


PLACES = """() => {
  const box = (e) => { const {x, y, right, bottom} = e.getBoundingClientRect(); return {x, y, right, bottom}; };
  const nodes = [...document.querySelectorAll("svg.rf-map a.rf-node")];
  const frames = nodes.map((a) => [a.dataset.label, box(a.querySelector("rect"))]);
  const spilt = nodes.filter((a) => {
    const outer = box(a.querySelector("rect")), inner = box(a.querySelector("text"));
    const high = inner.y < outer.y - 0.5 || inner.bottom > outer.bottom + 0.5;
    return inner.x < outer.x || inner.right > outer.right || high;
  }).map((a) => a.dataset.label);
  const behind = new Set();
  let points = 0;
  for (const path of document.querySelectorAll("svg.rf-map path")) {
    const matrix = path.getScreenCTM(), length = path.getTotalLength();
    for (let at = 0; at <= length; at += 3) {
      const {x, y} = path.getPointAtLength(at).matrixTransform(matrix);
      points += 1;
      for (const [label, f] of frames)
        if (x > f.x + 1 && x < f.right - 1 && y > f.y + 1 && y < f.bottom - 1)
          behind.add(`${path.dataset.from} to ${path.dataset.to} behind ${label}`);
    }
  }
  return {spilt, behind: [...behind], points, boxes: nodes.length};
}"""
FOCUS = "() => document.activeElement.dataset.label || document.activeElement.id || document.activeElement.className"
SEEN = """() => {
  const place = document.activeElement.getBoundingClientRect();
  const panel = document.getElementById("rf-panel").getBoundingClientRect();
  return place.top >= panel.bottom && place.bottom <= innerHeight;
}"""
PANEL = """() => {
  const panel = document.getElementById("rf-panel");
  return {text: panel.innerText, raw: panel.querySelectorAll(".math:not(.rf-set)").length,
          set: panel.querySelectorAll(".rf-said mjx-container").length,
          links: [...panel.querySelectorAll("a")].map((a) => a.getAttribute("href"))};
}"""


@pytest.fixture(scope="module")
def opened(html, browser):
    with Visit(browser, (html / "book" / "proof_map.html").as_uri(), ready=WAIT_FOR_FIRST_MATH) as visit:
        yield visit
        assert visit.errors == []
        assert visit.refused == []


@pytest.fixture
def visit(opened):
    """The page with nothing chosen and the focus at its start."""
    opened.ask("() => { document.activeElement.blur(); document.querySelector('.rf-map-box').focus(); }")
    opened.page.keyboard.press("Tab")
    opened.page.keyboard.press("Home")
    opened.page.keyboard.press("Escape")
    opened.ask("() => document.querySelector('.rf-map-box').focus()")
    return opened


def box(visit, label):
    return visit.page.locator(f"a.rf-node[data-label={label}]")


def settled_panel(visit):
    visit.page.wait_for_function("!document.querySelector('#rf-panel .math:not(.rf-set)')")
    return visit.ask(PANEL)


def test_titles_lie_in_their_boxes_and_lines_beside_them(visit, proof_map):
    places = visit.ask(PLACES)
    assert places["boxes"] == len(proof_map.nodes)
    assert places["points"] > 1000
    assert places["spilt"] == []
    assert places["behind"] == []


def test_a_title_outside_and_a_line_behind_are_noticed(visit):
    change = """() => {
      const box = document.querySelector("[data-label=lem-transfer]");
      box.dataset.was = box.querySelector("tspan").textContent;
      box.querySelector("tspan").textContent += ", and much more than that";
      const path = document.querySelector("path[data-to=lem-transfer]");
      path.dataset.was = path.getAttribute("d");
      path.setAttribute("d", "M100 0L100 3000");
    }"""
    visit.ask(change)
    places = visit.ask(PLACES)
    visit.ask(
        """() => {
      const box = document.querySelector("[data-label=lem-transfer]");
      box.querySelector("tspan").textContent = box.dataset.was;
      const path = document.querySelector("path[data-to=lem-transfer]");
      path.setAttribute("d", path.dataset.was);
    }"""
    )
    assert places["spilt"] == ["lem-transfer"]
    assert len(places["behind"]) > 5


def test_keyboard_leads_through_the_map_and_back(visit, proof_map, layout):
    press = visit.page.keyboard.press
    press("Tab")  # one stop for all boxes
    assert visit.ask(FOCUS) == layout.order[0]
    press("ArrowRight")
    assert visit.ask(FOCUS) == layout.order[1]
    press("ArrowLeft")
    assert visit.ask(FOCUS) == layout.order[0]
    press("End")
    assert visit.ask(FOCUS) == layout.order[-1]
    assert visit.ask(SEEN), "the box is hidden behind the panel or off the screen"
    press("Home")
    box(visit, "lem-transfer").focus()
    press("ArrowUp")
    ground = visit.ask(FOCUS)
    assert ground in proof_map.nodes["lem-transfer"].rests_on
    assert visit.ask(SEEN)
    press("ArrowDown")
    assert ground in proof_map.nodes[visit.ask(FOCUS)].rests_on
    assert visit.ask(SEEN)

    box(visit, "lem-transfer").focus()
    reached = []
    for key in ("ArrowUp", *["Shift+ArrowUp"] * (len(proof_map.nodes["lem-transfer"].rests_on) - 1)):
        press(key)
        reached.append(visit.ask(FOCUS))
    assert len(reached) > 1
    assert sorted(reached) == sorted(proof_map.nodes["lem-transfer"].rests_on), "one press for each, none twice"
    press("Shift+ArrowUp")
    assert visit.ask(FOCUS) == reached[0], "after the last comes the first"

    box(visit, "lem-transfer").focus()
    press("Enter")
    assert visit.ask(FOCUS) == "rf-panel"
    press("Tab")
    assert visit.ask("() => document.activeElement.closest('#rf-panel') && document.activeElement.tagName") == "A"
    press("Escape")
    assert visit.ask(FOCUS) == "lem-transfer"
    press("Escape")
    assert visit.ask(FOCUS) == "lem-transfer"
    assert "Choose a box" in visit.ask(PANEL)["text"]
    assert visit.page.locator("svg.rf-map .rf-below, svg.rf-map .rf-above, svg.rf-map .rf-self").count() == 0


def test_a_box_opens_statement_proof_checks_and_exercises(visit, proof_map):
    box(visit, "lem-transfer").click()
    panel = settled_panel(visit)
    assert "From all biases to the wave" in panel["text"]
    assert panel["set"] >= 5
    assert panel["raw"] == 0
    for target in ("#lem-transfer", "#proof-lem-transfer", "#ex-lower-bound-euclidean"):
        assert any(link.startswith("lower_bound.html") and link.endswith(target) for link in panel["links"]), target
    assert any("/tests/test_paper_bound.py" in link for link in panel["links"])
    chosen = {
        side: set(visit.page.locator(f"a.rf-node.rf-{side}").evaluate_all("(all) => all.map((a) => a.dataset.label)"))
        for side in ("self", "below", "above")
    }
    assert chosen["self"] == {"lem-transfer"}
    assert {"lem-relu-sum", "lem-correlation"} <= chosen["below"]
    assert {"thm-weights-width", "thm-high-probability"} <= chosen["above"]

    visit.page.locator("#rf-panel a", has_text="Sum of ReLUs").click()  # a neighbour: its box is chosen
    assert visit.ask(FOCUS) == "lem-relu-sum"
    assert "Let" in settled_panel(visit)["text"]


def test_the_panel_stays_with_the_map(visit):
    """It covers neither the text before anything is chosen nor the list below the map."""
    height = "() => document.getElementById('rf-panel').getBoundingClientRect().height"
    assert visit.ask(height) < 120
    chosen = box(visit, "thm-weights-width")
    chosen.scroll_into_view_if_needed()
    before = chosen.bounding_box()
    chosen.click()
    assert visit.ask(SEEN)
    assert visit.ask(height) > 200
    assert abs(chosen.bounding_box()["y"] - before["y"]) < 320
    visit.ask("() => document.getElementById('map-lem-transfer').scrollIntoView()")
    assert visit.ask("() => document.getElementById('rf-panel').getBoundingClientRect().bottom") < 0


def test_an_isolated_box_says_why(visit, proof_map):
    label = next(label for label, node in proof_map.nodes.items() if node.is_isolated)
    box(visit, label).click()
    assert "stands alone: " in settled_panel(visit)["text"]


def test_the_map_on_a_telephone_in_the_dark(html, browser):
    address = (html / "book" / "proof_map.html").as_uri()
    with Visit(browser, address, width=390, theme="dark", ready=WAIT_FOR_FIRST_MATH) as visit:
        box(visit, "thm-weights-width").click()
        assert "Weights times width" in settled_panel(visit)["text"]
        assert visit.ask(SEEN)
        assert visit.ask(PLACES)["spilt"] == []
        overflow = visit.ask(OVERFLOW)
        assert overflow["page"] <= 0
        assert visit.ask("() => document.getElementById('rf-panel').getBoundingClientRect().height") < 400


def test_on_paper_stands_the_nested_text(html, browser):
    with Visit(browser, (html / "book" / "proof_map.html").as_uri()) as visit:
        formulas = visit.ask(FORMULAS)
        assert formulas["raw"] == []
        visit.page.emulate_media(media="print")
        visit.ask("() => window.dispatchEvent(new Event('beforeprint'))")
        assert not visit.page.locator("svg.rf-map").is_visible()
        assert not visit.page.locator("#rf-panel").is_visible()
        assert visit.page.locator("#where-the-book-arrives li").first.is_visible()
        assert visit.page.locator("#map-lem-transfer .rf-said").is_visible()
