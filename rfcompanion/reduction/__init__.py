"""From networks to random features: what the chapter *reduction* proves, with its constants, and the two kernels.

Throughout N(W, x) = Σ_i u_i σ(⟨w_i, x⟩ + b_i) with |u_i| ≤ 1/√r and inputs ‖x‖ ≤ 1; λ = ‖E x xᵀ‖ is the largest second
moment of the inputs in a direction (1/d on the sphere, never more than 1), S = sup |σ′|, L = sup |σ″|, M = sup |σ‴|;
the loss is convex and G-Lipschitz in the prediction; p₀ bounds the density of |⟨w_i, x̂⟩ + s b_i| for unit x̂ and s ≥ 1.
A network α·N with steps divided by α² obeys the bounds below with ``width`` α²r and distances multiplied by α. The
bounds that use random signs (``path_gap``, ``relu_sign_gap``, ``path_kernel_drift``) are for α = 1 only.
"""

from .kernels import conjugate_kernel, tangent_kernel
from .layers import OutputBound, both_layers_bound, output_layer_bound
from .linearisation import (
    GAUSSIAN_DENSITY,
    linearisation_gap,
    linearisation_gap_both,
    relu_flips,
    relu_linearisation_gap,
    unit_density,
)
from .path import kernel_drift, path_gap, path_kernel_drift, relu_path_gap, relu_sign_gap
from .power_laws import Slope, power_law
from .sgd import SGDBound, relu_sgd_bound, sgd_bound

__all__ = [
    "GAUSSIAN_DENSITY",
    "OutputBound",
    "SGDBound",
    "Slope",
    "both_layers_bound",
    "conjugate_kernel",
    "kernel_drift",
    "linearisation_gap",
    "linearisation_gap_both",
    "output_layer_bound",
    "path_gap",
    "path_kernel_drift",
    "power_law",
    "relu_flips",
    "relu_linearisation_gap",
    "relu_path_gap",
    "relu_sgd_bound",
    "relu_sign_gap",
    "sgd_bound",
    "tangent_kernel",
    "unit_density",
]
