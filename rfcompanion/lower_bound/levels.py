"""Levels of the unbiased neuron, which has the degrees 0, 1, 2, 4, 6, …: how many features hold all up to one."""

import math

from ..harmonics import harmonic_dimension_up_to


def level_features(dim: int, level: int) -> int:
    """r_L: how many features hold every degree up to L that the unbiased neuron has."""
    if level <= 1:
        return 1 if level == 0 else 1 + dim
    return dim + harmonic_dimension_up_to(dim, level, same_parity=True)


def complete_level(dim: int, features: int) -> int:
    """Largest L in {0, 1, 2, 4, 6, …} with r_L ≤ r."""
    if features < 1 + dim:
        return 0
    low, high = 0, 1  # halves of even degrees: r_{2·low} ≤ r < r_{2·high}
    while level_features(dim, 2 * high) <= features:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if level_features(dim, 2 * middle) <= features:
            low = middle
        else:
            high = middle
    return 2 * low if low else 1


def level_bound(dim: int, error: float) -> int:
    """An even L with τ_L < ε, from the price law (valid for d ≥ 3; d = 2 has a lighter tail than d = 3)."""
    size = max(dim, 3)
    constant = 2 / (3 * math.pi**1.5) * size * math.exp(math.lgamma(size / 2) - math.lgamma((size - 1) / 2))
    needed = (constant / error) ** (2 / 3)  # (L+.3)(L+d−.3) must exceed it
    degree = max(2.0, (-dim + math.sqrt(dim**2 + 4 * needed)) / 2 + 1)
    return 2 * math.ceil(degree / 2)
