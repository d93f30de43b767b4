"""The weight-limited error E_B along a path of budgets, and what the matching budget leaves, with enclosures.

``curves``: E_B for d = 5, 10, 20, at the budgets of ``trade_offs_fits.py`` and between. ``matching``: for each (d, L)
the matching budget β_L and E_B at B = β_L and at B = C(L/2+d−1, d−1), in units of the tail τ_L. Nothing is random.
Run from the root of the repository::

    python book/experiments/trade_offs_curves.py
"""

import argparse
import math
import sys
import time

import numpy as np
import trade_offs_fits
from tqdm import tqdm

from rfcompanion import budget_law, concentration, records, trade_offs

BUDGETS = {
    d: np.unique(np.concatenate([np.geomspace(1, fitted[-1], 13), fitted]))
    for d, fitted in trade_offs_fits.BUDGETS.items()
}  # the budgets of the fits among them
MATCHING = [(d, L) for d in (5, 10, 20, 30) for L in (2, 4, 8, 12, 20)]


def ends(dim, budget):
    """Both ends of the enclosure of E_B."""
    optimum = trade_offs.weight_limited_optimum(dim, float(budget))
    return optimum.lower, optimum.upper


def matching_row(dim, degree):
    """The matching budget β_L, and what it and the budget of the same size as the features leave."""
    beta, tail = budget_law.matching_budget(dim, degree), concentration.relu_tail(dim, degree)
    size = math.comb(degree // 2 + dim - 1, dim - 1)
    row = {"dim": dim, "degree": degree, "beta": beta, "size": size, "tail": tail}
    row["at_beta"], row["at_size"] = ([end / tail for end in ends(dim, budget)] for budget in (beta, size))
    return row


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", default="book/data/trade_offs_curves.json")
    options = parser.parse_args(arguments)
    start = time.perf_counter()
    bar = tqdm(total=sum(map(len, BUDGETS.values())) + len(MATCHING), disable=not sys.stderr.isatty())
    curves = []
    for dim, budgets in BUDGETS.items():
        values = []
        for budget in budgets:
            values.append(ends(dim, budget))
            bar.update()
        curves.append(
            {"dim": dim, "budgets": budgets, "lower": [v[0] for v in values], "upper": [v[1] for v in values]}
        )
    matching = []
    for dim, degree in MATCHING:
        matching.append(matching_row(dim, degree))
        bar.update()
    seconds = time.perf_counter() - start
    command = "python book/experiments/trade_offs_curves.py"
    records.write(options.output, {"curves": curves, "matching": matching}, seed=None, seconds=seconds, command=command)


if __name__ == "__main__":
    main()
