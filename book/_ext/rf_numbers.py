"""Numbers: those that a sentence states, and those that an output, a statement or a piece of code holds.

A sentence states decimals, percentages, powers, numbers with thousands, whole numbers of two or more digits, bases
of exponentials (the 4 of ``4^d``), exponents of rates (``r^{-3/4}``), and, even of one digit, factors ("a factor of 3")
and coefficients after an inequality (``n >= 4d``). What only says *where* something was computed is none of them:
``$d=50$``, "dimension 50", "degree 12". Neither is a name (Theorem 10), a year, a link or code.
"""

import ast
import functools
import math
import re
from dataclasses import dataclass
from fractions import Fraction

import rf_sources as sources

VALUE, ORDER, BASE, RATE = "value", "order", "base", "rate"  # of Number.kind


@dataclass(frozen=True)
class Number:
    text: str
    value: float  # of an order of magnitude, its exponent
    room: float  # half a unit of the last digit
    kind: str = VALUE
    start: int = -1  # in the sentence
    end: int = -1

    def agrees(self, pool) -> bool:
        """Whether rounding makes this number of one in the pool (an order of magnitude: whether one is that large)."""
        if self.kind == ORDER:
            return any(kind == VALUE and value > 0 and _order(value) == self.value for kind, value in pool)
        # A rate is also printed as -0.75.
        kinds = {RATE, VALUE} if self.kind == RATE and self.value % 1 else {self.kind}
        room = self.room * (1 + 1e-9) + 1e-12 * abs(self.value)
        return any(kind in kinds and abs(value - self.value) <= room for kind, value in pool)

    @property
    def held(self) -> tuple[str, float]:
        """The number as a member of a pool."""
        return (VALUE, 10.0**self.value) if self.kind == ORDER else (self.kind, self.value)


def _order(value: float) -> int:
    return math.floor(math.log10(value) + 1e-9)


_MASKED = re.compile(
    r"\{[a-z:]+\}`[^`]*`|`[^`]*`|<!--.*?-->|\]\([^)]*\)|https?://\S+"
    r"|\b(?:Theorem|Lemma|Proposition|Prop\.|Section|Assumption|Definition|Corollary|Figure|Algorithm|Remark|arXiv"
    r"|CC BY|Python|[Aa]ppendix|pages?|volume)s?\s+[\d.]+\d?(?:(?:,|–| and|, and| to)\s+?\d[\d.]*)*"
    r"|\b(?:19\d\d|20[12]\d)\b(?![,.{]\d)|\b(?:float|int|bit)\d+|\\hspace\{[^}]*\}"
)
_PLACE = re.compile(  # what says where, not what
    r"(?<!rom \$)(?<![\w}])(?:\\?[A-Za-z]+(?:_\{?\w+\}?|')?)\s*=\s*-?\d+(?![\d^]|\.\d|[,{}]+\d{3}|\s*\\?%|\\cdot)"
    r"(?:(?:,|\\dots|\\,|\s|and)+-?\d+(?![\d^]|\.\d|\{,\}))*"
    r"|\b(?:[Dd]imensions?|[Dd]egrees?)\s+\$?\d+\$?(?:(?:,| to| and|\s)+\$?\d+\$?)*(?![\d.])"
)
_SCIENTIFIC = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)\s*(?:\\cdot|×|\\times)\s*10\^\{?(-?\d+)\}?")
_PROGRAM = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)e(-?\d+)\b|(?<![\d.])(\d+(?:\.\d+)?)·10([⁻⁰¹²³⁴-⁹]+)")
_RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_POWER = re.compile(r"(?<![\d.])10\^\{?(-?\d+)\}?")
_BASE = re.compile(r"(?<![\d._])(\d+(?:\.\d+)?)(?=\^(?:\{-?)?(?:\\?[A-Za-z]|\d+[A-Za-z]))")
_RATE = re.compile(
    r"(?:(?<![A-Za-z\\])[drnLTR]|\\(?:varepsilon|epsilon|eta|Lambda))\^(?:\{(?P<braces>-?\d+/\d+)\}|\((?P<round>-?\d+/\d+)\))"
)
_ROOT = re.compile(r"\\sqrt\s*\{?[drnLT]")
_NUMERIC = re.compile(r"(?<![\d.])(\d+)\^(?:\{(-?\d+(?:/\d+)?)\}|(\d))")
_FACTOR = re.compile(r"\bfactors? (?:(?:of|near|below|up to|about) )*\$?(\d)(?![\w.^{/\\])")
_COEFFICIENT = re.compile(r"\\(?:ge|le|approx)\s*(\d)(?=\\?,?[drn]\b)")
_PERCENT = re.compile(r"(?<![\d.,^])(\d+(?:\.\d+)?)(?:(?= to \d+(?:\.\d+)? %)|(?:\s|~|\\,)*(?:\\?%|per cent))")
_THOUSANDS = re.compile(r"(?<![\d.,{])(\d{1,3}(?:(?:,|\{,\})\d{3})+)(?![\d.])")
_DECIMAL = re.compile(r"(?<![\d.])(\d+\.\d+)(?!\d)")
_WHOLE = re.compile(r"(?<![\d.^_−A-Za-z])(?<![\^_]\{)(?<!\^\{-)(?<!\^-)(\d{2,})(?![\d^A-Za-z-]|\.\d|,\d{3})")


def numbers(sentence: str, *, small: bool = False) -> list[Number]:
    """The numbers that a sentence states, in order; with ``small``, places and whole numbers of one digit as well."""
    text = sentence
    found: list[Number] = []

    def blank(pattern):
        nonlocal text
        text = pattern.sub(lambda m: " " * len(m[0]), text)

    def take(pattern, make):
        for m in pattern.finditer(text):
            start, end = m.span(m.lastgroup or 1) if pattern in (_RATE, _FACTOR, _COEFFICIENT) else m.span()
            found.append(Number(sentence[start:end], *make(m), start, end))
        blank(pattern)

    def half(digits: str) -> float:
        return 0.5 * 10.0 ** -len(digits.partition(".")[2])

    def scaled(digits: str, exponent: str) -> tuple[float, float]:
        return float(digits) * 10.0 ** int(exponent), half(digits) * 10.0 ** int(exponent)

    blank(_MASKED)
    if not small:
        blank(_PLACE)
    take(_SCIENTIFIC, lambda m: (*scaled(m[1], m[2]), VALUE))
    take(_PROGRAM, lambda m: (*scaled(m[1] or m[3], m[2] or m[4].translate(_RAISED)), VALUE))
    take(_POWER, lambda m: (float(m[1]), 0.0, ORDER))
    take(_RATE, lambda m: (abs(float(Fraction(m["braces"] or m["round"]))), 0.0, RATE))
    take(_NUMERIC, lambda m: (float(m[1]) ** float(Fraction(m[2] or m[3])), 0.0, VALUE))
    take(_BASE, lambda m: (float(m[1]), half(m[1]) if "." in m[1] else 0.0, BASE))
    take(_PERCENT, lambda m: (float(m[1]) / 100, half(m[1]) / 100, VALUE))
    take(_THOUSANDS, lambda m: (float(re.sub(r"\D", "", m[1])), 0.0, VALUE))
    take(_DECIMAL, lambda m: (float(m[1]), half(m[1]), VALUE))
    take(_FACTOR, lambda m: (float(m[1]), 0.0, VALUE))
    take(_COEFFICIENT, lambda m: (float(m[1]), 0.0, VALUE))
    take(re.compile(r"(?<![\d.])(\d+)(?!\d)") if small else _WHOLE, lambda m: (float(m[1]), 0.0, VALUE))
    return sorted(found, key=lambda number: number.start)


# --------------------------------------------------------------------------------------------------------------
# Pools: pairs (kind, value)

_PRINTED = re.compile(r"(?<![\w.])[-−]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?", re.IGNORECASE)
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+")


@functools.cache
def printed(text: str) -> frozenset[tuple[str, float]]:
    """Every number of an output or a statement, without its sign; a percentage counts as a share."""
    pool = {number.held for number in numbers(text, small=True)}
    if _ROOT.search(text):
        pool.add((RATE, 0.5))
    for match in _PRINTED.finditer(text):
        raw = match.group().lstrip("-−").rstrip(",")
        grouped = _GROUPED.match(raw)
        share = 100 if re.match(r"\s*%", text[match.end() :]) else 1
        for piece in [raw.replace(",", "")] if grouped else raw.split(","):
            try:
                pool.add((VALUE, float(piece) / share))
            except ValueError:
                continue
    return frozenset(pool)


def _constants(tree: ast.AST) -> set[tuple[str, float]]:
    """Numbers that code names, ``10**6`` and ``1 / 50`` included, bases, ``4**d``, and exponents, ``r**-0.75``."""
    pool: set[tuple[str, float]] = set()
    inner: set[ast.AST] = set()  # parts of a larger number
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            base, exponent = _value(node.left), _value(node.right)
            if base is not None and exponent is None:
                pool.add((BASE, base))
            elif base is None and exponent is not None:
                pool.add((RATE, abs(exponent)))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "sqrt":
            pool.add((RATE, 0.5))
        if node in inner or not isinstance(node, ast.Constant | ast.UnaryOp | ast.BinOp):
            continue
        value = _value(node)
        if value is not None:
            pool.add((VALUE, abs(value)))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and isinstance(node.left, ast.Constant):
            inner.update(ast.walk(node))  # neither the 10 nor the 6 of 10**6
    return pool


_ARITHMETIC = (ast.Constant, ast.UnaryOp, ast.BinOp, ast.operator, ast.unaryop)


def _value(node: ast.expr) -> float | None:
    if not all(isinstance(part, _ARITHMETIC) for part in ast.walk(node)):
        return None
    powers = [part for part in ast.walk(node) if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Pow)]
    if len(powers) > 1:
        return None
    try:
        value = eval(compile(ast.Expression(node), "", "eval"), {"__builtins__": {}})
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    except Exception:
        return None


@functools.cache
def asserted(code: str) -> frozenset[tuple[str, float]]:
    """The numbers in the assertions of a piece of code and in the decorators of a test, and no other."""
    parts: list[ast.AST] = []
    for node in ast.walk(sources.parse(code)):
        parts += [node.test] if isinstance(node, ast.Assert) else []
        parts += node.decorator_list if isinstance(node, ast.FunctionDef) else []
    return frozenset().union(*(_constants(part) for part in parts))


@functools.cache
def literals(code: str) -> frozenset[tuple[str, float]]:
    """All numbers that a piece of code names."""
    return frozenset(_constants(sources.parse(code)))
