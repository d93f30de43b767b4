"""Rigorous enclosures of the weight-limited error E_B, the exact side of the frontier, by ball arithmetic.

python -m rfcompanion reproduce certified_frontier
"""

from math import comb

from rfcompanion import certify, certify_budget
from rfcompanion.price_law import features_up_to

DIMS = (5, 10, 15, 20, 30, 50, 70, 100)


def max_degree(dim: int, decade: int) -> int:
    """The degree up to which the moments are kept: where more of them narrow the enclosure, at a price."""
    return 200 if dim == 5 else 120 if dim <= 10 or decade == 4 else 80


#: (d, B) and the degree up to which the moments are kept.
CASES = [(d, 10.0**k, max_degree(d, k)) for d in DIMS for k in (1, 2, 3, 4) if d > 5 or k < 3]


def enclose(dim: int, budget: float, max_degree: int) -> dict:
    """Both ends, as floats rounded outwards."""
    low, high = certify.to_floats(certify_budget.weight_limited_error(dim, budget, max_degree))
    return {"dim": dim, "budget": budget, "max_degree": max_degree, "lower": low, "upper": high}


#: (d, L) of the largest and of the smallest E_B/τ_L at B = C(L/2+d−1, d−1) among the cases of ``trade_offs_curves``.
MATCHING = ((5, 2), (30, 4))


def over_the_tail(dim: int, degree: int) -> dict:
    """Both ends of E_B/τ_L at B = C(L/2+d−1, d−1), as floats rounded outwards."""
    budget = comb(degree // 2 + dim - 1, dim - 1)
    error = certify_budget.weight_limited_error(dim, float(budget))
    tail = certify.best_relative_error(dim, features_up_to(dim, degree))
    low, high = certify.to_floats((error[0] / tail[1], error[1] / tail[0]))
    return {"dim": dim, "degree": degree, "budget": budget, "lower": low, "upper": high}
