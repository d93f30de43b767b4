"""Sentences with one number changed: doubled, and ten per cent larger or smaller where its rounding shows that."""

import dataclasses
import re

import rf_numbers
from rf_numbers import Number, numbers


def changed(number: Number, factor: float) -> str | None:
    """The text of the number times a factor, with as many digits; None if rounding hides the change."""
    text = number.text
    if number.kind == rf_numbers.ORDER:  # an order of magnitude: its exponent
        exponent = round(number.value * factor)
        return None if exponent == number.value else text.replace(str(int(number.value)), str(exponent))
    if "/" in text and number.kind == rf_numbers.RATE:  # an exponent: its numerator
        top, bottom = text.split("/")
        new = round(int(top) * factor)
        return None if new == int(top) else f"{new}/{bottom}"
    digits = re.match(r"\d{1,3}(?:(?:,|\{,\})\d{3})+|\d+(?:\.\d+)?", text)[0]
    places = len(digits.partition(".")[2])
    old = float(re.sub(r"[,{}]", "", digits))
    new = f"{old * factor:.{places}f}"
    if number.kind == rf_numbers.VALUE and places == 0 and "%" not in text and old >= 10 > float(new):
        return None  # whole numbers of one digit are not compared
    if abs(float(new) - old) <= 0.5 * 10.0**-places:
        return None
    if "," in digits:
        new = f"{int(new):,}".replace(",", "{,}" if "{" in digits else ",")
    return new + text[len(digits) :]


def exponents(number: Number) -> str | None:
    """The text of ``7·10^4`` with twice the exponent."""
    power = re.search(r"10\^\{?(-?\d+)", number.text)
    if number.kind == rf_numbers.ORDER or not power:
        return None
    return (
        number.text[: power.start(1)]
        + "{" * ("{" not in power[0])
        + str(2 * int(power[1]))
        + ("}" * ("{" not in power[0]) + number.text[power.end(1) :])
    )


def mutants(text: str):
    """Every number of a text, what it becomes, and the text with this change."""
    for number in numbers(text):
        variants = [changed(number, factor) for factor in (2, 1.1, 0.9)] + [exponents(number)]
        for new in dict.fromkeys(filter(None, variants)):
            yield number, new, text[: number.start] + new + text[number.end :]


def survivors(ledger, sentence) -> list[str]:
    """The changes of a sentence that the ledger does not notice, ``old -> new``."""
    found = []
    for number, new, text in mutants(sentence.text):
        if not ledger.judge(dataclasses.replace(sentence, text=text)).missing:
            found.append(f"{number.text} -> {new}")
    return found
