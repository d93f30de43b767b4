"""The sub-commands of ``python -m rfcompanion``, one module each.

A module offers ``add(commands)``, which adds its parser and sets ``run``: a function of the parsed arguments that
returns the exit code.
"""

import argparse
from fractions import Fraction
from typing import NoReturn


class OneLineParser(argparse.ArgumentParser):
    """A parser whose errors are one line on standard error and exit code 2."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong in one line and end with exit code 2."""
        self.exit(2, f"{self.prog}: error: {message}\n")


def integer(text: str) -> int:
    """An integer of any size; 1e6 and 10**100 are understood."""
    base, power, exponent = text.replace("_", "").partition("**")
    try:
        value = Fraction(base) ** int(exponent) if power else Fraction(base)
    except (ValueError, ZeroDivisionError, OverflowError):
        raise argparse.ArgumentTypeError(f"must be an integer, got {text!r}") from None
    if value.denominator != 1:
        raise argparse.ArgumentTypeError(f"must be an integer, got {text!r}")
    return int(value)


def number(text: str) -> float:
    """A floating-point number; its range is checked where it is used."""
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a number, got {text!r}") from None


def add_common(commands, name: str, summary: str) -> OneLineParser:
    """Add a command about one dimension: ``--dim``, ``--bias`` and ``--json``."""
    parser = commands.add_parser(name, help=summary, description=summary)
    parser.add_argument("--dim", type=integer, required=True, metavar="D", help="input dimension, at least 2")
    parser.add_argument("--bias", type=number, default=0.0, metavar="B", help="bias of the unit-norm neuron (0)")
    parser.add_argument("--json", action="store_true", help="print a JSON object instead of the number alone")
    return parser
