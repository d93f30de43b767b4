"""Width against weights: the best error under a weight budget, exactly, and the frontier it makes with the width.

Features σ(⟨θ,x⟩) with unit θ, target the unit unbiased neuron σ(⟨w,x⟩). At infinite width a fit is a density u of
output weights; averaged over the rotations that fix w it depends on t = ⟨θ,w⟩ only, and its relative error is
Σ_ℓ m_ℓ (1 − û_ℓ)², û_ℓ = ∫ u P_ℓ dμ_d. The budget B bounds |u|: a least-squares problem of one variable in a box.
"""

from .caps import cap_moments
from .optimum import WeightLimited, frontier, weight_limited_error, weight_limited_optimum
from .waves import wave_min_features

__all__ = [
    "WeightLimited",
    "cap_moments",
    "frontier",
    "wave_min_features",
    "weight_limited_error",
    "weight_limited_optimum",
]
