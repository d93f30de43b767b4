"""Periodic functions of ⟨w,x⟩ under a Gaussian: they keep their size, hide from features, and are sums of ReLUs.

Everything rests on one number, q = exp(−2π²s²/P²): the first Fourier coefficient of the phase ⟨w,x⟩ mod P when
‖w‖ = s. As q → 0 the phase becomes uniform.
"""

from .bounds import cap_bound, elementary_bound
from .capture import min_features_to_capture
from .phase import periodic_norm2, phase_distance, phase_ratio
from .relus import ReluSum, triangle_wave_as_relus

__all__ = [
    "ReluSum",
    "cap_bound",
    "elementary_bound",
    "min_features_to_capture",
    "periodic_norm2",
    "phase_distance",
    "phase_ratio",
    "triangle_wave_as_relus",
]
