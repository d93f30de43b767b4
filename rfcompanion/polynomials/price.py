"""The price of a polynomial, the network that pays it, and what unbiased ReLUs cannot buy."""

import math

import numpy as np

from .. import _checks
from .eigenvalues import power_eigenvalues


def rkhs_price(masses, eigenvalues) -> float:
    """Price of a function: its squared norm in the space of the kernel, the least second moment of its representers.

    ‖f‖_K² = Σ_ℓ ‖f_ℓ‖²/λ_ℓ = min {E u(w)² : f = E_w u(w) f_w};  infinite where λ_ℓ = 0 < ‖f_ℓ‖².

    Parameters
        masses : ‖f_ℓ‖², ℓ = 0 … L.
        eigenvalues : λ_ℓ, at least L+1 of them.

    Returns
        float, ``inf`` if f has a part that the family cannot see.

    Error
        Rounding.

    Raises
        ValueError, TypeError if an entry is negative or there are too few eigenvalues.

    Source
        Chapter "Polynomials".
    """
    masses, eigenvalues = _checks.array("masses", masses, 1), _checks.array("eigenvalues", eigenvalues, 1)
    if len(eigenvalues) < len(masses):
        raise ValueError(f"eigenvalues must have at least {len(masses)} entries, got {len(eigenvalues)}")
    if (masses < 0).any() or (eigenvalues < 0).any():
        raise ValueError("masses and eigenvalues must not be negative")
    needed = masses > 1e-14 * masses.sum()
    eigenvalues = eigenvalues[: len(masses)]
    if (eigenvalues[needed] == 0).any():
        return math.inf
    return float((masses[needed] / eigenvalues[needed]).sum())


def coefficient_price(dim: int, degree: int, eigenvalues) -> float:
    """Largest price of a polynomial of given degree whose coefficients have Euclidean norm at most one.

    sup ‖p‖_K² = max_{ℓ≤k} s_ℓ/λ_ℓ over [p]² = Σ_m a_m² m!/|m|! ≤ 1, s_ℓ = Σ_{j≤k} b_{j,ℓ}; and [p] ≤ (Σ_m a_m²)^{1/2}.

    Parameters
        dim : d ≥ 2.
        degree : k ≥ 0.
        eigenvalues : λ_0 … λ_k of the feature family.

    Returns
        float; ``inf`` if some λ_ℓ is 0.

    Error
        Rounding.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Polynomials", own derivation.
    """
    degree = _checks.integer("degree", degree, minimum=0)
    eigenvalues = _checks.array("eigenvalues", eigenvalues, 1)[: degree + 1]
    if len(eigenvalues) <= degree:
        raise ValueError(f"eigenvalues must have at least {degree + 1} entries, got {len(eigenvalues)}")
    sums = np.zeros(degree + 1)
    for j in range(degree + 1):
        sums[: j + 1] += power_eigenvalues(dim, j)
    with np.errstate(divide="ignore"):
        return float((sums / eigenvalues).max())


def representer_error(price: float, feature_norm2: float, target_norm2: float, width: int) -> float:
    """Expected squared error of the network that samples a representer: an identity, not a bound.

    E_W ‖(1/r) Σ u(w_i) f_{w_i} − f‖² = (E u(w)²·‖f_w‖² − ‖f‖²)/r, for uniform inputs and ‖f_w‖² independent of w.

    Parameters
        price : E u(w)²; at least target_norm2/feature_norm2.
        feature_norm2 : ‖f_w‖².
        target_norm2 : ‖f‖².
        width : r ≥ 1.

    Returns
        float.

    Error
        Exact.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Polynomials"; after Rahimi & Recht.
    """
    feature_norm2 = _checks.real("feature_norm2", feature_norm2, above=0)
    target_norm2 = _checks.real("target_norm2", target_norm2, at_least=0)
    price = _checks.real("price", price, at_least=target_norm2 / feature_norm2 * (1 - 1e-12))
    return max(price * feature_norm2 - target_norm2, 0.0) / _checks.integer("width", width, minimum=1)


def radial_floor(dim: int, degree: int = 2) -> float:
    """Relative error that unbiased ReLUs leave of a degree-k harmonic under Gaussian inputs, at any width.

    1 − (E ρ^{k+1})²/(E ρ² E ρ^{2k}),  ρ = ‖x‖, x ~ N(0, I_d), k even or 1.

    Parameters
        dim : d ≥ 1.
        degree : k ≥ 1, even or 1.

    Returns
        float in [0, 1); 1 for odd k ≥ 3, whose angular part unbiased ReLUs do not have.

    Error
        Rounding.

    Raises
        ValueError, TypeError if an argument is not an integer in its range.

    Source
        Chapter "Polynomials", own derivation.
    """
    d, k = _checks.integer("dim", dim, minimum=1), _checks.integer("degree", degree, minimum=1)
    if k % 2 and k > 1:
        return 1.0
    gamma = math.lgamma
    log_ratio = 2 * gamma((d + k + 1) / 2) - gamma(d / 2 + 1) - gamma(d / 2 + k)  # the powers of 2 cancel
    return -math.expm1(log_ratio)
