"""What the explorer cannot compute in a browser: the weight-limited error E_B, and the bounds of the paper's route.

``frontier``: (log10 B, log10 E_B) for each dimension, for d = 5, 10, 20 from the record ``trade_offs_curves.json``, for
the others at B = 1, 10^(1/3), …, 10^6 as long as the enclosure of E_B is narrow. ``route``: for each dimension and each
relative error 10^(−1/2), 10^(−1), …, log10 of the least r·max|u_i| and of the least r that the chain of the chapter
"Lower bound" proves for a unit target and unit ReLU features (null: it proves nothing there). Nothing is random.
Made by::

    python -m rfcompanion reproduce explorer
"""

import math

from rfcompanion import paper_bound, trade_offs

DIMS = (5, 10, 15, 20, 30, 50, 70, 100)
STEPS_PER_DECADE = 3
LARGEST_DECADE = 6
ERRORS = [-k / 2 for k in range(1, 17)]  # log10 of the relative error
UNIT_FEATURE = 2**-0.5  # ‖σ(⟨θ,·⟩)‖ for a unit θ


def frontier(dim, stored):
    """Rows (log10 B, log10 E_B)."""
    for curve in stored["curves"]:
        if curve["dim"] == dim:
            middle = [(low + high) / 2 for low, high in zip(curve["lower"], curve["upper"], strict=True)]
            return [pair(*row) for row in zip(curve["budgets"], middle, strict=True)]
    rows = []
    for step in range(LARGEST_DECADE * STEPS_PER_DECADE + 1):
        budget = 10 ** (step / STEPS_PER_DECADE)
        optimum = trade_offs.weight_limited_optimum(dim, budget, cells=600)
        if optimum.upper - optimum.lower > 1e-3 * optimum.upper:
            break
        rows.append(pair(budget, optimum.error))
    return rows


def pair(budget, error):
    return [round(math.log10(budget), 5), round(math.log10(error), 5)]


def route(dim):
    """(log10 of weights times width, log10 of width) that the paper's route proves, for each error."""
    weights, widths = [], []
    for log_error in ERRORS:
        error = 10**log_error / 2  # absolute, for a unit neuron
        for goal, found in (("weights", weights), ("width", widths)):
            choice = paper_bound.best_choice(dim, 1.0, error, goal)
            if choice is None:
                found.append(None)
                continue
            value = paper_bound.weights_bound(choice, 1.0, UNIT_FEATURE)
            if goal == "width":
                value = math.log(choice.norm**2 - choice.defect**2) - choice.log_eigenvalue
            found.append(round(value / math.log(10), 4) if value > 0 else None)
    return {"weights": weights, "width": widths}
