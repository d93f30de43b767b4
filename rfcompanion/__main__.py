"""The command line: ``python -m rfcompanion best-error|min-features|reproduce``.

Bad input is answered by one line on standard error and exit code 2.
"""

import sys

from . import commands
from .commands import best_error, min_features, reproduce


def _parser() -> commands.OneLineParser:
    parser = commands.OneLineParser(
        prog="rfcompanion",
        description="Exact numbers on how well any r features approximate one ReLU neuron under N(0, I_d) inputs.",
    )
    added = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for module in (best_error, min_features, reproduce):
        module.add(added)
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Parameters
        argv : arguments after the program's name; None means those of the process.

    Returns
        0, or 1 where ``reproduce`` found a difference or a failure. Bad input ends the process with exit code 2 and
        one line on standard error.

    Source
        Page "Running".
    """
    if hasattr(sys, "set_int_max_str_digits"):
        sys.set_int_max_str_digits(0)  # answers can have thousands of digits
    parser = _parser()
    arguments = parser.parse_args(argv)
    try:
        return arguments.run(arguments)
    except (ValueError, TypeError, FileNotFoundError) as problem:
        parser.error(str(problem).replace("\n", " "))
    except KeyboardInterrupt:
        print("rfcompanion: interrupted; what is finished is stored, the same command goes on", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
