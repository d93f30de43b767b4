"""Self-checks of the exercises: they say what a wrong answer looks like, never what the right one is.

``check("ex-…", name=value, …)`` compares with stored answers (``answers.json``, encoded so that nobody reads them by
accident). The answers come from the solutions in the book, which are run again by the tests.
"""

import base64
import json
import math
from pathlib import Path

ANSWERS = Path(__file__).with_name("answers.json")


def stored(exercise: str) -> dict:
    """Names and answers of an exercise: ``{name: {"value": …, "tolerance": …}}``."""
    codes = json.loads(ANSWERS.read_text(encoding="utf-8"))
    if exercise not in codes:
        raise KeyError(f"no exercise {exercise}: its name stands above the cell")
    return json.loads(base64.b64decode(codes[exercise]))


def close(given: float, wanted: float, tolerance: float) -> bool:
    return abs(given - wanted) <= tolerance * abs(wanted) + 1e-300


#: What a wrong answer may be: a rule that turns the right one into it, and what to look at.
SLIPS = (
    (lambda v: -v, "the size is right and the sign is not"),
    (lambda v: 100 * v, "this looks like a percentage where a share is wanted"),
    (lambda v: v / 100, "this looks like a share where a percentage is wanted"),
    (lambda v: 2 * v, "off by a factor of two: check the norm of the ReLU, and pairs counted twice"),
    (lambda v: v / 2, "off by a factor of two: check the norm of the ReLU, and pairs counted once"),
    (lambda v: v * v, "this looks like the square of the answer"),
    (lambda v: math.sqrt(v), "this looks like the square root of the answer"),
    (lambda v: 1 / v, "this looks like the reciprocal of the answer"),
    (lambda v: math.log(v), "this looks like the logarithm of the answer"),
    (lambda v: math.log10(v), "this looks like the decimal logarithm of the answer"),
    (lambda v: 4 * v, "off by a factor of four"),
    (lambda v: v / 4, "off by a factor of four"),
    (lambda v: math.pi * v, "off by a factor of π"),
    (lambda v: v / math.pi, "off by a factor of π"),
)


def hint(given, wanted, tolerance: float) -> str | None:
    """``None`` if the answer is right, else one sentence on the kind of mistake."""
    if given is ... or given is None:
        return "no answer yet"
    try:
        number = float(given)
    except (TypeError, ValueError):
        return "one number is wanted here"
    if not math.isfinite(number):
        return "this is not a finite number: look for an overflow or a division by zero"
    if isinstance(wanted, int):
        if number == wanted:
            return None
        if number != int(number):
            return "a whole number is wanted"
        if abs(number - wanted) == 1:
            return "off by one: is the boundary case included?"
    elif close(number, wanted, tolerance):
        return None
    for slip, words in SLIPS:
        try:
            value = slip(wanted)
        except (ValueError, ZeroDivisionError, OverflowError):
            continue
        if isinstance(value, float | int) and value and close(number, value, max(tolerance, 1e-9)):
            return words
    if wanted and number and max(number / wanted, wanted / number) < 3 and number * wanted > 0:
        return "the size is about right, the number is not: check constants and rounding"
    return "not yet, and not close: check the formula before its constants"


def check(exercise: str, **answers) -> bool:
    """Print one line for each answer; true if all are right."""
    wanted = stored(exercise)
    if missing := set(wanted) - set(answers):
        raise TypeError(f"{exercise} also asks for {', '.join(sorted(missing))}")
    right = True
    for name, given in answers.items():
        if name not in wanted:
            raise TypeError(f"{exercise} does not ask for {name}")
        words = hint(given, wanted[name]["value"], wanted[name]["tolerance"])
        print(f"{name}: {'right' if words is None else words}")
        right = right and words is None
    return right
