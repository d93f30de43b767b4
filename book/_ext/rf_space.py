r"""How much room a formula will take, from its TeX alone: the page keeps it free until the formula is set.

Formulas are set in the browser, after the text is shown. Without a place kept for them the lines would break anew and
the text would jump. Widths are measured (tools/formula_widths.py); those of formulas that are new are estimated from
the usual TeX fonts, to about a tenth. Only the calm depends on them.
"""

import hashlib
import json
import re
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("formula_widths.json")

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[{}^_&]|\S")
#: Thousandths of an em: italic letters a to z, A to Z, Greek by name, roman letters a to z.
_ITALIC = "529 429 433 520 466 490 477 576 345 412 521 298 878 600 485 503 446 451 469 361 572 485 716 572 490 465"
_CAPITAL = "750 759 715 828 738 643 786 831 440 555 849 681 970 803 763 642 791 759 613 584 683 583 944 828 581 683"
_ROMAN = "500 556 444 556 444 306 500 556 278 306 528 278 833 556 500 556 528 392 394 389 556 528 722 528 528 444"
_GREEK = (
    "alpha 640 beta 566 gamma 518 delta 444 varepsilon 466 epsilon 406 zeta 438 eta 497 theta 469 "
    "vartheta 591 kappa 576 lambda 583 mu 603 nu 494 xi 438 pi 570 rho 517 sigma 571 varsigma 363 tau 437 "
    "phi 596 varphi 654 chi 626 psi 651 omega 622 ell 417 Gamma 615 Delta 833 Theta 763 Lambda 694 Xi 742 "
    "Pi 831 Sigma 780 Phi 667 Psi 612 Omega 772 infty 1000 partial 531 nabla 833 top 778 dagger 444 star 500 "
    "prime 275 Re 722 emptyset 500 forall 556 exists 556"
)


def _table(letters, numbers: str) -> dict[str, float]:
    return {letter: int(number) / 1000 for letter, number in zip(letters, numbers.split(), strict=True)}


_AZ = "abcdefghijklmnopqrstuvwxyz"
ROMAN = _table(_AZ, _ROMAN)
LETTERS = (
    _table(_AZ, _ITALIC)
    | _table(_AZ.upper(), _CAPITAL)
    | _table((f"\\{name}" for name in _GREEK.split()[::2]), " ".join(_GREEK.split()[1::2]))
    | dict.fromkeys("'.:;!|", 0.278)
    | {"N": 0.9, "T": 0.69, "V": 0.77, "P": 0.7, "C": 0.8, "f": 0.54}  # they lean to the right
)
SPACES = {r"\,": 0.17, r"\:": 0.22, r"\;": 0.28, r"\!": -0.17, r"\quad": 1.0, r"\qquad": 2.0, r"\ ": 0.25, "~": 0.25}
RELATIONS = set("=<>~") | {
    rf"\{name}"
    for name in "le ge leq geq ne neq in approx sim simeq equiv propto to gets mapsto subset supset mid perp ll gg "
    "Rightarrow iff longrightarrow rightarrow leftarrow lesssim gtrsim asymp colon cong notin".split()
}
OPERATIONS = set("+-*") | {
    rf"\{name}" for name in "cdot times pm mp oplus otimes circ cup cap wedge vee setminus ast".split()
}
LARGE = {rf"\{name}" for name in "sum prod int bigcup bigoplus".split()}
NAMED = {
    rf"\{name}" for name in "log ln exp max min sup inf sin cos tan arccos arcsin Pr dim det deg lim tanh Var".split()
}
#: No width of their own.
SILENT = {
    rf"\{name}"
    for name in "left right big Big bigl bigr Bigl Bigr bigg Bigg biggl biggr displaystyle textstyle limits "
    "nolimits middle notag nonumber".split()
} | {r"\\"}
STYLES = {
    rf"\{name}"
    for name in "mathbb mathcal mathbf mathrm mathsf operatorname text textbf textit mathit boldsymbol".split()
}
ACCENTS = {rf"\{name}" for name in "hat bar tilde widehat widetilde overline underline vec dot boxed".split()}


def roman(text: str) -> float:
    return sum(ROMAN.get(letter, 0.72 if letter.isupper() else 0.5) for letter in text)


class Ruler:
    """Reads one formula from left to right."""

    def __init__(self, tex: str):
        self.tokens = _TOKEN.findall(tex)
        self.at = 0

    def group(self, script: bool) -> float:
        """The width of the next group or token."""
        if self.at >= len(self.tokens):
            return 0.0
        token = self.tokens[self.at]
        self.at += 1
        if token != "{":
            return self.one(token, script)
        width = self.run(script)
        self.at += 1
        return width

    def words(self) -> str:
        """The text of the next group."""
        depth, text = 0, ""
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            depth += (token == "{") - (token == "}")
            text += token if token not in "{}" else ""
            if depth <= 0:
                break
        return text

    def run(self, script: bool = False) -> float:
        """The width up to the closing brace."""
        width = 0.0
        while self.at < len(self.tokens) and self.tokens[self.at] != "}":
            token = self.tokens[self.at]
            self.at += 1
            if token in "^_":
                marks = [0.707 * self.group(True)]
                if self.at < len(self.tokens) and self.tokens[self.at] in "^_" and self.tokens[self.at] != token:
                    self.at += 1
                    marks.append(0.707 * self.group(True))
                width += max(marks) + 0.05
            else:
                width += self.one(token, script)
        return width

    def one(self, token: str, script: bool) -> float:
        if token in SPACES:
            return SPACES[token]
        if token in SILENT or token in "&":
            return 0.0
        if token in STYLES:
            text = self.words()
            return 0.68 * len(text) if token in (r"\mathbb", r"\mathcal") else roman(text)
        if token in ACCENTS:
            return self.group(script)
        if token in (r"\frac", r"\tfrac", r"\dfrac", r"\binom"):
            size = 1.0 if token == r"\dfrac" else 0.707
            return size * max(self.group(True), self.group(True)) + (1.0 if token == r"\binom" else 0.44)
        if token == r"\sqrt":
            if self.at < len(self.tokens) and self.tokens[self.at] == "[":
                self.at = self.tokens.index("]", self.at) + 1
            return 0.83 + self.group(script)
        if token in (r"\begin", r"\end"):
            self.words()
            return 0.0
        if token in RELATIONS:
            arrow = token.endswith(("to", "arrow", "gets", "iff"))
            return (1.0 if arrow else 0.278 if token == ":" else 0.778) + (0 if script else 0.556)
        if token in OPERATIONS:
            before = self.tokens[self.at - 2] if self.at > 1 else "("
            script = script or before in RELATIONS or before in "([{,"  # a sign, not an operation
            size = 0.278 if token == r"\cdot" else 0.5 if token == "*" else 0.778
            return size if script else size + 0.444
        if token in LARGE:
            return 0.75 if token == r"\int" else 1.2
        if token in NAMED:
            return roman(token[1:]) + (0 if script else 0.17)
        if token in (r"\dots", r"\ldots", r"\cdots"):
            return 1.17
        if token in (r"\langle", r"\rangle", r"\lceil", r"\rceil", r"\lfloor", r"\rfloor", *"()[]"):
            return 0.39 if token not in "[]" else 0.28
        if token in (r"\|", r"\{", r"\}"):
            return 0.5
        if token == ",":
            return 0.28 + (0 if script else 0.17)
        if token == "/":
            return 0.5
        return LETTERS.get(token, 0.58 if token.startswith("\\") else 0.5)


def key(tex: str) -> str:
    return hashlib.sha256(tex.strip().encode()).hexdigest()[:8]


@cache
def table() -> dict[str, float]:
    return json.loads(TABLE.read_text(encoding="utf-8")) if TABLE.exists() else {}


def estimate(tex: str) -> float:
    """Width of an inline formula in em of its own font, to about a tenth."""
    return Ruler(tex).run()


def width(tex: str) -> float:
    """Width of an inline formula in em of its own font, measured if it is known."""
    return table().get(key(tex)) or estimate(tex)


def height(tex: str) -> float:
    """Height of a displayed formula in em of its own font: rows, tall where they hold fractions or large signs."""
    body = re.sub(r"\\(?:begin|end)\{(?:cases|p?matrix|bmatrix)\}", "", tex)
    rows = re.split(r"\\\\", body)
    total = 0.0
    for row in rows:
        tall = 1.9 if re.search(r"[\^_]|\\[bB]igg?", row) else 1.5
        if re.search(r"\\(?:sum|prod|int|max_|min_|sup_|d?frac|binom)(?![A-Za-z])", row):
            tall = 2.9
        total += tall
    return total + 0.3 * (len(rows) - 1)
