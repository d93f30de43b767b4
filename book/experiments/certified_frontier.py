"""Rigorous enclosures of the weight-limited error E_B, the exact side of the frontier, by ball arithmetic.

python -m rfcompanion reproduce certified_frontier
"""

from rfcompanion import certify, certify_budget

#: (d, B) and the degree up to which the moments are kept.
CASES = [(d, 10.0**k, 120 if d <= 10 else 80) for d in (5, 10, 20, 50, 100) for k in (1, 2, 3, 4) if d > 5 or k < 3]


def enclose(dim: int, budget: float, max_degree: int) -> dict:
    """Both ends, as floats rounded outwards."""
    low, high = certify.to_floats(certify_budget.weight_limited_error(dim, budget, max_degree))
    return {"dim": dim, "budget": budget, "max_degree": max_degree, "lower": low, "upper": high}
