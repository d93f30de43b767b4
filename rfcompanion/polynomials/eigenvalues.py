"""Eigenvalues on the unit sphere: of powers of the inner product, and of the kernels of feature families."""

import math

import numpy as np

from .. import _checks
from .neurons import neuron_coefficients


def power_eigenvalues(dim: int, power: int) -> np.ndarray:
    """Funk–Hecke coefficients of a power: the eigenvalues of the kernel ⟨x,x'⟩^j on the unit sphere.

    b_{j,ℓ} = ∫ t^j P_ℓ dμ_d = j! Γ(d/2) / (2^j ((j−ℓ)/2)! Γ((j+ℓ+d)/2)) for ℓ ≤ j of equal parity, else 0.

    Parameters
        dim : d ≥ 2.
        power : j ≥ 0.

    Returns
        array (b_{j,0}, …, b_{j,j}).

    Error
        Rounding, relative 1e-13.

    Raises
        ValueError, TypeError if an argument is not an integer in its range.

    Source
        Chapter "Polynomials".
    """
    dim = _checks.integer("dim", dim, minimum=2)
    power = _checks.integer("power", power, minimum=0)
    values = np.zeros(power + 1)
    for ell in range(power % 2, power + 1, 2):
        log = math.lgamma(power + 1) + math.lgamma(dim / 2) - power * math.log(2)
        values[ell] = math.exp(log - math.lgamma((power - ell) / 2 + 1) - math.lgamma((power + ell + dim) / 2))
    return values


def feature_eigenvalues(
    dim: int, max_degree: int, bias: float = 0.0, *, family: str = "conjugate", weights: str = "unit"
) -> np.ndarray:
    """Eigenvalues of the kernel of a feature family on the unit sphere.

    Conjugate, unit weights: λ_ℓ = c_ℓ². Tangent, a_ℓ the coefficients of the step function:
    λ_ℓ = (ℓ a_{ℓ−1}² + (ℓ+d−2) a_{ℓ+1}²)/(2ℓ+d−2). Gaussian weights: averaged over ‖w‖.

    Parameters
        dim : d ≥ 3.
        max_degree : L ≥ 0.
        bias : b; in (−1, 1) for unit weights.
        family : "conjugate" (output layer) or "tangent" (hidden layer).
        weights : "unit" (uniform on the sphere) or "gaussian" (N(0, I_d); conjugate, or tangent with b = 0).

    Returns
        array (λ_0, …, λ_L), λ_ℓ of multiplicity N(d,ℓ).

    Error
        Rounding.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Polynomials".
    """
    dim = _checks.integer("dim", dim, minimum=3)
    max_degree = _checks.integer("max_degree", max_degree, minimum=0)
    _checks.choice("family", family, ("conjugate", "tangent"))
    _checks.choice("weights", weights, ("unit", "gaussian"))
    if family == "conjugate":
        if weights == "gaussian":
            from ..concentration import relu_eigenvalues  # the same number: the norm of w plays the part of ‖x‖

            return relu_eigenvalues(dim, max_degree, _checks.real("bias", bias))
        return neuron_coefficients(dim, max_degree, bias) ** 2
    if weights == "gaussian" and bias != 0:
        raise ValueError(f"bias must be 0 for tangent features with gaussian weights, got {bias!r}")
    step = neuron_coefficients(dim, max_degree + 1, bias, derivative=True) ** 2
    ell = np.arange(max_degree + 1)
    below = np.concatenate([[0.0], step[:max_degree]])
    return (ell * below + (ell + dim - 2) * step[1:]) / (2 * ell + dim - 2)
