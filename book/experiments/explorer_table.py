"""What the explorer cannot compute in a browser: the weight-limited error E_B, and the bounds of the paper's route.

For every dimension that its slider offers. ``frontier``: at B = 1, 10^(1/6), …, 10^6, as long as the enclosure of E_B
is narrow, log10 E_B and the slope d log E_B / d log B of a tangent that stays below: √E_B is convex in B, so the page
can enclose what lies between. ``route``: for each relative error 10^(−1/2), 10^(−1), …, log10 of the least r·max|u_i|
and of the least r that the chain of the chapter "Lower bound" proves for a unit target and unit ReLU features, rounded
down (null: it proves nothing there). Nothing is random. Made by::

    python -m rfcompanion reproduce explorer
"""

import math

import numpy as np

from rfcompanion import concentration, harmonics, paper_bound, trade_offs

DIMS = tuple(range(3, 201))
LOG_BUDGETS = [round(k / 6, 5) for k in range(37)]
ERRORS = [-k / 2 for k in range(1, 11)]  # log10 of the relative error, down to the smallest that the page reads
UNIT_FEATURE = 2**-0.5  # ‖σ(⟨θ,·⟩)‖ for a unit θ


def largest_degree(dim):
    """Up to which degree moments are kept: beyond it no budget of the table captures anything, |û_ℓ| ≤ B/√N(d,ℓ)."""
    if dim < 10:
        return 400
    return next((L for L in range(12, 160, 2) if harmonics.harmonic_dimension(dim, L + 2) > 1e20), 160)


def frontier(dim):
    """log10 E_B and the slopes of tangents, for the first budgets of the table."""
    max_degree = largest_degree(dim)
    masses = concentration.relu_masses(dim, max_degree)[[0, 1, *range(2, max_degree + 1, 2)]]
    tail, beyond = concentration.relu_tail(dim, max_degree), harmonics.harmonic_dimension(dim, max_degree + 2)
    logs, slopes = [], []
    for log_budget in LOG_BUDGETS:
        budget = 10**log_budget
        for cells in (200, 300, 500, 800):  # the coarsest that will do
            optimum = trade_offs.weight_limited_optimum(dim, budget, cells=cells, max_degree=max_degree)
            if narrow := optimum.upper - optimum.lower <= 1e-3 * optimum.upper:
                break
        if not narrow:
            break
        # The dual polynomial p bounds other budgets, too: √E_B′ ≥ (p(1) − B′∫|p|)/|y|, |y|² = Σ a_ℓ²/m_ℓ.
        within = math.sqrt(optimum.lower - tail * max(0.0, 1 - budget / math.sqrt(beyond)) ** 2)
        size = math.sqrt(float(np.sum(optimum.polynomial**2 / masses)))
        fall = float(optimum.polynomial.sum()) / size - within  # B∫|p|/|y|
        logs.append(round(math.log10(optimum.error), 4))
        slopes.append(round(-2 * within * fall / optimum.error, 4))
    return {"logs": logs, "slopes": slopes}


def route(dim):
    """log10 of weights times width, and of width, that the paper's route proves, for each error."""
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
            found.append(math.floor(value / math.log(10) * 1000) / 1000 if value > 0 else None)
    return {"weights": weights, "width": widths}
