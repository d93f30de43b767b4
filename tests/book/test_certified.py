"""Certified numbers: every mark names an enclosure and agrees with it to the last digit; a wrong digit is noticed."""

import re
from fractions import Fraction

import claims as tool  # puts book/_ext on the path
import pytest
import rf_certified as certified
from browser import WAIT_FOR_MATH
from test_accessibility import AXE

ROOT = tool.ROOT
KNOWN = certified.enclosures()
MARKS = certified.book_marks()
THEOREM_PAGES = (
    "setting",
    "reduction",
    "concentration",
    "anti_concentration",
    "lower_bound",
    "general_features",
    "trade_offs",
    "single_neuron",
    "after",
)


def test_every_mark_agrees_with_its_enclosure():
    assert len(MARKS) >= 90
    assert certified.problems() == []


def test_every_constant_is_printed_and_every_page_has_marks():
    assert {mark.name for mark in MARKS} >= {name for name in KNOWN if not name.startswith("frontier-")}
    assert {mark.page for mark in MARKS} >= {*THEOREM_PAGES, "index", "certified"}


@pytest.mark.parametrize("mark", MARKS, ids=lambda mark: f"{mark.page}-{mark.line}-{mark.name}")
def test_a_wrong_last_digit_is_noticed(mark):
    """One unit of the last digit more or less (a power of ten: ten times more or less) fails for each mark."""
    number, ends = mark.number, KNOWN[mark.name].ends
    assert certified.agrees(number, ends, mark.rounding)
    for sign in (1, -1):
        wrong = number.value * Fraction(10) ** sign if number.power else number.value + sign * number.unit
        changed = certified.Printed(number.text, wrong, number.unit, number.digits, number.percent, number.power)
        assert not certified.agrees(changed, ends, mark.rounding)


def test_a_changed_source_is_noticed(tmp_path):
    """The same through the whole path, from the text of a chapter to the message."""
    text = (ROOT / "book" / "sources" / "general_features.md").read_text(encoding="utf-8")
    assert text.count("=0.08466$<!--") == 1
    for old, new in (
        ("=0.08466$<!--", "=0.08467$<!--"),
        ("<!-- certified: price-constant of=0.08466 -->", "<!-- certified: price-constant of=0.0846 -->"),
        ("<!-- certified: price-constant of=0.08466 -->", "<!-- certified: no-such-row of=0.08466 -->"),
        ("<!-- certified: price-constant of=0.08466 -->", "<!-- certified: price-constant of=0.08466 round=down -->"),
        ("<!-- certified: price-constant of=0.08466 -->", "<!-- certified: price-constant as=0.08466 -->"),
    ):
        changed = certified.marks("general_features", text.replace(old, new))
        found = [problem for mark in changed if (problem := certified.problem_of(mark, KNOWN))]
        assert len(found) == 1, new


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("leave 2.25 % of it", [("2.25 %", 0.0225, 1e-4)]),
        (r"$1.16\,d^{3/4}$", [("1.16", 1.16, 1e-2)]),
        (r"$5\cdot10^{28}$ features", [(r"5\cdot10^{28}", 5e28, 1e28)]),
        (r"$\lambda_{\max}\le5.3\cdot10^{-18}$", [(r"5.3\cdot10^{-18}", 5.3e-18, 1e-19)]),
        (r"no $10^{28}$ features", [("10^{28}", 1e28, 1e28)]),
        (r"$\binom{54}4=316{,}251$", [("54", 54, 1), ("4", 4, 1), ("316{,}251", 316251, 1)]),
        (r"0.02400\cdot0.8849>0.02", [("0.02400", 0.024, 1e-5), ("0.8849", 0.8849, 1e-4), ("0.02", 0.02, 1e-2)]),
        (r"\to0.159", [("0.159", 0.159, 1e-3)]),
    ],
)
def test_numbers_are_read_as_they_are_printed(text, wanted):
    found = [(n.text, float(n.value), float(n.unit)) for n in certified.numbers(text)]
    assert [name for name, _, _ in found] == [name for name, _, _ in wanted]
    for (_, value, unit), (_, right, step) in zip(found, wanted, strict=True):
        assert value == pytest.approx(right, rel=1e-14)
        assert unit == pytest.approx(step, rel=1e-14)


def test_rounding():
    (number,) = certified.numbers("2.5")
    for low, high, rounding, right in (
        (2.46, 2.54, "nearest", True),
        (2.44, 2.46, "nearest", False),
        (2.41, 2.49, "up", True),
        (2.39, 2.49, "up", False),
        (2.49, 2.51, "up", False),
        (2.51, 2.59, "down", True),
        (2.51, 2.61, "down", False),
    ):
        assert certified.agrees(number, (Fraction(low), Fraction(high)), rounding) is right


def test_ends_are_rounded_outwards():
    for value in (Fraction(1, 3), Fraction(2, 3) / 10**9, Fraction(22, 7) * 10**12, Fraction(999_999_999, 10**9)):
        for digits in (2, 5, 12):
            shown = [certified.outwards(value, digits, up) for up in (False, True)]
            low, high = (Fraction(re.sub(r"·10<sup>(.*)</sup>", r"e\1", text.replace("−", "-"))) for text in shown)
            assert low <= value <= high
            assert high - low <= value * Fraction(10, 10**digits)


def test_marks_on_the_pages(html, soup):
    """Each mark stands on its page as a button with a name, an enclosure to show, and a link to its row."""
    rows = {cell["id"] for cell in soup(html / "book" / "certified.html").select("td[id^=certified-]")}
    assert rows == {f"certified-{name}" for name in KNOWN}
    count = 0
    for page in sorted({mark.page for mark in MARKS}):
        tree = soup(html / "book" / f"{page}.html")
        buttons = tree.select("button.rf-certified-mark")
        assert len(buttons) == sum(mark.page == page for mark in MARKS)
        for button in buttons:
            shown = tree.find(id=button["popovertarget"])
            assert "is certified" in button["aria-label"]
            assert shown.find(class_="rf-ends").get_text().startswith(("lies between", "is exactly"))
            target = shown.find("a")["href"].partition("#")
            assert target[0] in ("certified.html", "")
            assert target[2] in rows
        assert "certified:" not in tree.find("article").get_text()
        count += len(buttons)
    assert count == len(MARKS)


def test_the_page_links_back(html, soup):
    tree = soup(html / "book" / "certified.html")
    for mark in MARKS:
        links = tree.find(id=f"certified-{mark.name}").parent.select(f'a[href="{mark.page}.html#number-{mark.name}"]')
        assert len(links) == 1
        assert soup(html / "book" / f"{mark.page}.html").find(id=f"number-{mark.name}") is not None


def test_student_notebooks_show_no_marks():
    for path in sorted((ROOT / "book" / "student").glob("*.ipynb")):
        assert "certified:" not in path.read_text(encoding="utf-8"), path.name


# ------------------------------------------------------------------------------------------------- in a browser


@pytest.fixture
def page(html, chromium):
    page = chromium.new_page(viewport={"width": 390, "height": 800})
    page.goto((html / "book" / "anti_concentration.html").as_uri())
    page.evaluate(WAIT_FOR_MATH)
    yield page
    page.close()


def parts(page, name):
    mark = page.locator(f"#number-{name} button")
    mark.scroll_into_view_if_needed()
    return mark, page.locator(f"#number-{name}-shown")


def test_the_mouse_shows_the_enclosure_and_may_enter_it(page):
    mark, shown = parts(page, "phase-threshold")
    assert not shown.is_visible()
    mark.hover()
    assert shown.is_visible()
    box = shown.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert "lies between 0.19947 and 0.19948" in shown.inner_text()
    shown.hover()
    page.wait_for_timeout(600)
    assert shown.is_visible()
    page.mouse.move(2, 2)
    page.wait_for_timeout(600)
    assert not shown.is_visible()


def test_the_keyboard_opens_follows_and_closes(page):
    mark, shown = parts(page, "phase-threshold")
    mark.focus()
    page.keyboard.press("Enter")
    assert shown.is_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "certified.html#certified-phase-threshold"
    page.keyboard.press("Escape")
    assert not shown.is_visible()
    assert page.evaluate("document.activeElement.className") == "rf-certified-mark"


def test_a_tap_opens_and_paper_shows_the_ends(page):
    mark, shown = parts(page, "phase-threshold")
    mark.click()
    assert shown.is_visible()
    page.wait_for_timeout(600)
    assert shown.is_visible()  # a click keeps it open
    page.mouse.click(5, 300)
    assert not shown.is_visible()
    page.emulate_media(media="print")
    assert shown.is_visible()
    assert shown.inner_text().strip() == "lies between 0.19947 and 0.19948"


def test_an_open_mark_is_accessible(page):
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
        mark, shown = parts(page, "tenth-20-2")
        mark.click()
        assert shown.is_visible()
        page.add_script_tag(path=str(AXE))
        found = page.evaluate(
            "() => axe.run('.rf-certified', {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})"
        )
        assert [violation["id"] for violation in found["violations"]] == []
        page.keyboard.press("Escape")
