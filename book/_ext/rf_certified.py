"""Certified numbers in the text: a mark, the enclosure behind it, and the check that the two agree.

A chapter marks the number that stands right before a comment, which no notebook viewer shows::

    What they leave tends to $0.0225$<!-- certified: quadratic-floor -->.

``NAME`` is a row of the page "Certified numbers". Options: ``of=1.16`` names the number, where it is not the last one
before the mark; ``round=up`` and ``round=down`` say that the printed number is a bound (default: the nearest number of
so many digits). A bare power of ten is an order of magnitude.
"""

import json
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MARK = re.compile(r"<!--\s*certified:\s*([a-z0-9-]+)((?:\s+[a-z]+=\S+)*)\s*-->")
EXTRA_DIGITS = 4  # of the enclosure, beyond those that are printed


# --------------------------------------------------------------------------------------------------------------
# Numbers


@dataclass(frozen=True)
class Printed:
    """A number as it is printed: its value, the unit of its last digit, and whether it is a bare power of ten."""

    text: str
    value: Fraction
    unit: Fraction
    digits: int
    percent: bool = False
    power: bool = False


_NUMBER = re.compile(
    r"(?:(?P<mantissa>\d+(?:\.\d+)?)\s*(?:\\cdot|×)\s*)?10\^(?:\{(?P<braced>-?\d+)\}|(?P<bare>\d))"
    r"|(?P<plain>\d{1,3}(?:(?:,|\{,\})\d{3})+(?!\d)|\d+(?:\.\d+)?)(?P<percent>(?:\s|\\,)*\\?%)?"
)
_NO_NUMBER = re.compile(r"(?<!10)\^(?:\{[^{}]*\}|\S)|\\(?!cdot\s*10\^|%)[A-Za-z]+|(?<!\\)\b[A-Za-z]\w*")


def numbers(text: str) -> list[Printed]:
    """Every number of a text in Markdown with TeX, in order."""
    found = []
    for match in _NUMBER.finditer(_NO_NUMBER.sub(" ", text)):
        exponent = match["braced"] or match["bare"]
        digits = match["mantissa"] if exponent else re.sub(r"[,{}]", "", match["plain"])
        power = exponent is not None and digits is None
        digits = digits or "1"
        scale = Fraction(10) ** int(exponent or 0) / (100 if match["percent"] else 1)
        unit = scale / 10 ** len(digits.partition(".")[2])
        count = len(digits.replace(".", "").lstrip("0"))
        found.append(Printed(match[0], Fraction(digits) * scale, unit, count, bool(match["percent"]), power))
    return found


def agrees(number: Printed, ends: tuple[Fraction, Fraction], rounding: str = "nearest") -> bool:
    """Whether the printed number is what rounding makes of every value of the enclosure."""
    low, high = ends
    if number.power:
        return number.value <= low and high < 10 * number.value
    if rounding == "up":
        return number.value - number.unit < low and high <= number.value
    if rounding == "down":
        return number.value <= low and high < number.value + number.unit
    return 2 * max(abs(low - number.value), abs(high - number.value)) <= number.unit


def outwards(value: Fraction, digits: int, up: bool, percent: bool = False) -> str:
    """A positive number with so many digits, rounded up or down, as HTML."""
    value *= 100 if percent else 1
    exponent = len(str(value.numerator)) - len(str(value.denominator))
    exponent -= value < Fraction(10) ** exponent
    step = Fraction(10) ** (exponent - digits + 1)
    whole = -((-value) // step) if up else value // step
    if -5 <= exponent < 9:
        places = max(0, digits - 1 - exponent)
        text = f"{whole * step * 10**places // 1:0{places + 1}d}"
        text = text[: len(text) - places] + ("." + text[len(text) - places :] if places else "")
    else:
        text = f"{str(whole)[0]}.{str(whole)[1:]}·10<sup>{exponent + len(str(whole)) - digits}</sup>"
        text = text.replace("-", "−")
    return text + (" %" if percent else "")


# --------------------------------------------------------------------------------------------------------------
# Enclosures


@dataclass(frozen=True)
class Enclosure:
    name: str
    formula: str
    ends: tuple[Fraction, Fraction]


def enclosures(root: Path = ROOT) -> dict[str, Enclosure]:
    """Every row of the page, by name: the constants, and the exact side of the frontier."""
    paths = [root / "book" / "data" / f"certified_{name}.json" for name in ("numbers", "frontier")]
    return _enclosures(*((path, path.stat().st_mtime_ns) for path in paths))


@cache
def _enclosures(*stamped) -> dict[str, Enclosure]:
    constants, frontier = (json.loads(path.read_text(encoding="utf-8"))["results"] for path, _ in stamped)
    found = [
        Enclosure(row["name"], row["formula"], tuple(Fraction(end) for end in row["enclosure"].split(" .. ")))
        for row in constants["constants"]
    ]
    found += [
        Enclosure(
            f"frontier-{row['dim']}-{row['budget']:.0f}",
            f"E_B at d = {row['dim']}, B = {row['budget']:.0f}",
            (Fraction(row["lower"]), Fraction(row["upper"])),
        )
        for row in frontier["rows"]
    ]
    found += [
        Enclosure(
            f"matching-{row['dim']}-{row['degree']}",
            f"E_B/τ_L at d = {row['dim']}, L = {row['degree']}, B = {row['budget']}",
            (Fraction(row["lower"]), Fraction(row["upper"])),
        )
        for row in frontier["matching"]
    ]
    return {one.name: one for one in found}


# --------------------------------------------------------------------------------------------------------------
# Marks


@dataclass(frozen=True)
class Mark:
    page: str
    line: int
    name: str
    rounding: str
    number: Printed | None  # None where the text before has no such number
    problem: str = ""


def read_mark(text: str, before: str, page: str = "", line: int = 0) -> Mark:
    """A mark, with the number that it means in the text before it."""
    name, options = MARK.fullmatch(text.strip()).groups()
    given = dict(option.split("=", 1) for option in options.split())
    wanted, rounding = given.pop("of", None), given.pop("round", "nearest")
    before = re.sub(r"<!--.*?-->", "", before, flags=re.DOTALL)
    found = [number for number in numbers(before) if wanted in (None, number.text)]
    problem = f"{min(given)} is no option of a mark" if given else ""
    if rounding not in {"nearest", "up", "down"}:
        problem = "round must be up or down"
    if not found:
        problem = f"there is no number {wanted or ''} before the mark"
    return Mark(page, line, name, rounding, found[-1] if found else None, problem)


def marks(name: str, text: str) -> list[Mark]:
    """The marks of a source; a mark on a line of its own means the formula above it."""
    found, above = [], ""
    for line, content in enumerate(text.splitlines(), 1):
        for match in MARK.finditer(content):
            before = content[: match.start()]
            alone = not re.sub(r"<!--.*?-->", "", before).strip()
            found.append(read_mark(match[0], above if alone else before, name, line))
        if content.strip() not in ("", "$$") and not content.startswith("<!--"):
            above = content
    return found


def problem_of(mark: Mark, known: dict[str, Enclosure]) -> str:
    """What is wrong with a mark; an empty text if nothing is."""
    if mark.problem:
        return mark.problem
    if mark.name not in known:
        return f"{mark.name} is no row of the page of certified numbers"
    if not agrees(mark.number, known[mark.name].ends, mark.rounding):
        low, high = (float(end) for end in known[mark.name].ends)
        return f"{mark.number.text} is not what rounding makes of {mark.name}, from {low!r} to {high!r}"
    return ""


def book_marks(root: Path = ROOT) -> list[Mark]:
    paths = sorted((root / "book" / "sources").glob("*.md"))
    return [mark for path in paths for mark in marks(path.stem, path.read_text(encoding="utf-8"))]


def problems(root: Path = ROOT) -> list[str]:
    known = enclosures(root)
    found = ((mark, problem_of(mark, known)) for mark in book_marks(root))
    return [f"{mark.page}, line {mark.line}: certified: {problem}" for mark, problem in found if problem]


def ends_text(number: Printed, ends: tuple[Fraction, Fraction], rounding: str = "nearest") -> str:
    low, high = ends
    digits = number.digits + EXTRA_DIGITS
    first, last = (outwards(end, digits, up, number.percent) for end, up in ((low, False), (high, True)))
    if low == high and low.denominator == 1:
        first = last = str(low.numerator)
    said = f"is exactly {first}" if first == last else f"lies between {first} and {last}"
    return said + ("" if rounding == "nearest" else f", rounded {rounding} here")
