"""The command line: ``python -m rfcompanion best-error|min-features``.

Bad input is answered by one line on standard error and exit code 2.
"""

import argparse
import json
import sys
from fractions import Fraction


class _OneLineParser(argparse.ArgumentParser):
    def error(self, message: str):
        self.exit(2, f"{self.prog}: error: {message}\n")


def _integer(text: str) -> int:
    """An integer of any size; 1e6 and 10**100 are understood."""
    base, power, exponent = text.replace("_", "").partition("**")
    try:
        number = Fraction(base) ** int(exponent) if power else Fraction(base)
    except (ValueError, ZeroDivisionError, OverflowError):
        raise argparse.ArgumentTypeError(f"must be an integer, got {text!r}") from None
    if number.denominator != 1:
        raise argparse.ArgumentTypeError(f"must be an integer, got {text!r}")
    return int(number)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a number, got {text!r}") from None


def _best_error(arguments: argparse.Namespace) -> dict:
    from .lower_bound import best_relative_error

    value = best_relative_error(arguments.dim, arguments.features, arguments.bias)
    return {"dim": arguments.dim, "features": arguments.features, "bias": arguments.bias, "best_relative_error": value}


def _min_features(arguments: argparse.Namespace) -> dict:
    from .lower_bound import min_features

    value = min_features(arguments.dim, arguments.relative_error, arguments.bias)
    return {
        "dim": arguments.dim,
        "relative_error": arguments.relative_error,
        "bias": arguments.bias,
        "min_features": value,
    }


def _parser() -> argparse.ArgumentParser:
    parser = _OneLineParser(
        prog="rfcompanion",
        description="Exact numbers on how well any r features approximate one ReLU neuron under N(0, I_d) inputs.",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name, run, answer, help):
        sub = commands.add_parser(name, help=help, description=help)
        sub.add_argument("--dim", type=_integer, required=True, metavar="D", help="input dimension, at least 2")
        sub.add_argument("--bias", type=_number, default=0.0, metavar="B", help="bias of the unit-norm neuron (0)")
        sub.add_argument("--json", action="store_true", help="print a JSON object instead of the number alone")
        sub.set_defaults(run=run, answer=answer)
        return sub

    best = command(
        "best-error", _best_error, "best_relative_error", "the smallest relative error that any R features can reach"
    )
    best.add_argument("--features", type=_integer, required=True, metavar="R", help="number of features, any size")
    fewest = command(
        "min-features", _min_features, "min_features", "the smallest number of features that can reach an error"
    )
    fewest.add_argument("--relative-error", type=_number, required=True, metavar="E", help="between 0 and 1")
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Parameters
        argv : arguments after the program's name; None means those of the process.

    Returns
        0. Bad input ends the process with exit code 2 and one line on standard error.

    Source
        Page "Running".
    """
    if hasattr(sys, "set_int_max_str_digits"):
        sys.set_int_max_str_digits(0)  # answers can have thousands of digits
    parser = _parser()
    arguments = parser.parse_args(argv)
    try:
        result = arguments.run(arguments)
    except (ValueError, TypeError) as problem:
        parser.error(str(problem).replace("\n", " "))
    print(json.dumps(result) if arguments.json else result[arguments.answer])
    return 0


if __name__ == "__main__":
    sys.exit(main())
