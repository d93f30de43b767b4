"""The price of one neuron: two-sided bounds, with explicit constants, on what any features leave of a ReLU neuron.

For the unbiased neuron the tail τ_L beyond an even degree L is e_r at r_L = d + C(L+d−1, d−1). For d ≥ 3, even L ≥ 0,
B_d ((L+1)(L+d−1))^{−3/2} < τ_L < B_d ((L+0.3)(L+d−0.3))^{−3/2},  B_d = 2dΓ(d/2)/(3π^{3/2}Γ((d−1)/2)).
The same tail, hence the same law, belongs to every input law that is invariant under rotations.
"""

from .price import (
    HARD_NORM_CONSTANT,
    Price,
    features_up_to,
    hard_norm,
    high_probability_features,
    price_of_error,
    rate,
    tangent_width,
)
from .tail import (
    LIMIT_CONSTANT,
    LOWER_SHIFTS,
    UPPER_SHIFT,
    even_masses,
    price_constant,
    sharp_tail_bounds,
    tail_bounds,
)

__all__ = [
    "HARD_NORM_CONSTANT",
    "LIMIT_CONSTANT",
    "LOWER_SHIFTS",
    "UPPER_SHIFT",
    "Price",
    "even_masses",
    "features_up_to",
    "hard_norm",
    "high_probability_features",
    "price_constant",
    "price_of_error",
    "rate",
    "sharp_tail_bounds",
    "tail_bounds",
    "tangent_width",
]
