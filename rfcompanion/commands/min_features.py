"""``min-features``: the smallest number of features that can reach an error."""

import json

from . import add_common, number


def add(commands) -> None:
    """Add the command."""
    parser = add_common(commands, "min-features", "the smallest number of features that can reach an error")
    parser.add_argument("--relative-error", type=number, required=True, metavar="E", help="between 0 and 1")
    parser.set_defaults(run=run)


def run(arguments) -> int:
    """Print the number."""
    from ..lower_bound import min_features

    value = min_features(arguments.dim, arguments.relative_error, arguments.bias)
    result = {"dim": arguments.dim, "relative_error": arguments.relative_error, "bias": arguments.bias}
    print(json.dumps(result | {"min_features": value}) if arguments.json else value)
    return 0
