"""``best-error``: the smallest relative error that any r features can reach."""

import json

from . import add_common, integer


def add(commands) -> None:
    """Add the command."""
    parser = add_common(commands, "best-error", "the smallest relative error that any R features can reach")
    parser.add_argument("--features", type=integer, required=True, metavar="R", help="number of features, any size")
    parser.set_defaults(run=run)


def run(arguments) -> int:
    """Print the number."""
    from ..lower_bound import best_relative_error

    value = best_relative_error(arguments.dim, arguments.features, arguments.bias)
    result = {"dim": arguments.dim, "features": arguments.features, "bias": arguments.bias}
    print(json.dumps(result | {"best_relative_error": value}) if arguments.json else value)
    return 0
