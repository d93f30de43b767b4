"""The weight-limited error E_B along a path of budgets, and what the matching budget leaves, with enclosures.

``curves``: E_B for d = 5, 10, 20, at the budgets of ``trade_offs_fits.py`` and between. ``matching``: for each (d, L)
the matching budget β_L and E_B at B = β_L and at B = C(L/2+d−1, d−1), in units of the tail τ_L. Nothing is random.
Made by::

    python -m rfcompanion reproduce trade_offs_curves
"""

import math

import numpy as np
import trade_offs_fits

from rfcompanion import budget_law, concentration, trade_offs

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
