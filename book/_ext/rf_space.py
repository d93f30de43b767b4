r"""How much room a formula will take, from its TeX alone: the page keeps it free until the formula is set.

Formulas are set in the browser, after the text is shown. Without a place kept for them the lines would break anew and
the text would jump. The widths are those of the usual TeX fonts, to about a tenth; only the calm depends on them.
"""

import re

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[{}^_&]|\S")
NARROW, WIDE = 0.34, 0.9
LETTERS = dict.fromkeys("ijl'.:;!|", NARROW) | dict.fromkeys("mw", WIDE) | dict.fromkeys("tfr", 0.44)
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
                marks = [0.7 * self.group(True)]
                if self.at < len(self.tokens) and self.tokens[self.at] in "^_" and self.tokens[self.at] != token:
                    self.at += 1
                    marks.append(0.7 * self.group(True))
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
            return 0.72 * len(text) if token in (r"\mathbb", r"\mathcal") else 0.48 * len(text)
        if token in ACCENTS:
            return self.group(script)
        if token in (r"\frac", r"\tfrac", r"\dfrac", r"\binom"):
            size = 1.0 if token == r"\dfrac" else 0.7
            return size * max(self.group(True), self.group(True)) + (1.0 if token == r"\binom" else 0.3)
        if token == r"\sqrt":
            if self.at < len(self.tokens) and self.tokens[self.at] == "[":
                self.at = self.tokens.index("]", self.at) + 1
            return 0.83 + self.group(script)
        if token in (r"\begin", r"\end"):
            self.words()
            return 0.0
        if token in RELATIONS:
            return 0.78 + (0 if script else 0.56)
        if token in OPERATIONS:
            return 0.5 if script else (0.72 if token in (r"\cdot", "*") else 1.22)
        if token in LARGE:
            return 1.2
        if token in NAMED:
            return 0.5 * (len(token) - 1) + (0 if script else 0.17)
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
        if token.startswith("\\"):
            return 0.58
        if token.isdigit():
            return 0.5
        return LETTERS.get(token, 0.74 if token.isupper() else 0.53)


def width(tex: str) -> float:
    """Width of an inline formula in em of its own font."""
    return Ruler(tex).run()


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
