"""The spectrum of the unit-norm ReLU neuron: eigenvalues, shares of the degrees, and the tail beyond a degree."""

import math

import numpy as np
from scipy.special import gammaln

from .. import _checks
from ..gaussian import relu_norm2
from ..harmonics import harmonic_dimension
from .biased import biased_masses

_LARGEST_BIAS = 30.0  # beyond, the neuron fires with probability below 1e-197


def relu_eigenvalues(dim: int, max_degree: int, bias: float = 0.0) -> np.ndarray:
    """Eigenvalues of the averaging operator for the unit-norm ReLU neuron [⟨θ,x⟩+b]_+.

    b = 0: λ_ℓ = d c_ℓ² with c_1 = 1/(2d), c_ℓ = 0 for odd ℓ ≥ 3 and, for even ℓ,
    c_ℓ = (−1)^{ℓ/2−1} Γ(d/2) Γ((ℓ−1)/2) / (4π Γ((ℓ+d+1)/2)).
    b ≠ 0, ℓ ≥ 2: λ_ℓ = E_ρ c_ℓ(ρ)²,
    c_ℓ(ρ) = Cρ (1−b²/ρ²)_+^{(d+1)/2} P_{ℓ−2}^{(d+4)}(−b/ρ)/(d²−1),  C = Γ(d/2)/(Γ((d−1)/2)√π).

    Parameters
        dim : d ≥ 2.
        max_degree : L ≥ 0.
        bias : b, at most 30 in absolute value.

    Returns
        array (λ_0, …, λ_L), not normalised: Σ N(d,ℓ) λ_ℓ = relu_norm2(bias).

    Error
        Rounding: relative 1e-12 (1e-11 with a bias); values below 1e-308 become 0 (see :func:`relu_masses`).

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Concentration"; cf. Wu & Long (2022) on the sphere.
    """
    with np.errstate(divide="ignore"):
        log_masses = np.log(relu_masses(dim, max_degree, bias))
    log_dimensions = np.array([math.log(harmonic_dimension(dim, ell)) for ell in range(max_degree + 1)])
    return relu_norm2(bias) * np.exp(log_masses - log_dimensions)


def relu_masses(dim: int, max_degree: int, bias: float = 0.0) -> np.ndarray:
    """Share of each degree in the unit-norm ReLU neuron: m_ℓ = N(d,ℓ) λ_ℓ / ‖neuron‖².

    Parameters
        dim : d ≥ 2.
        max_degree : L ≥ 0.
        bias : b, at most 30 in absolute value.

    Returns
        array (m_0, …, m_L) of shares; all degrees together sum to 1.

    Error
        Rounding: relative 1e-12 (1e-11 with a bias).

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapters "Concentration" and "General features".
    """
    dim = _checks.integer("dim", dim, minimum=2)
    max_degree = _checks.integer("max_degree", max_degree, minimum=0)
    bias = checked_bias(bias)
    return _unbiased_masses(dim, max_degree) if bias == 0 else biased_masses(dim, max_degree, bias)


def relu_tail(dim: int, degree: int) -> float:
    """Relative error of the best space that contains all degrees up to L: the tail of the unbiased neuron.

    τ_L = Σ_{ℓ>L} m_ℓ, summed from below by parts: τ_L = K_d [φ(n)Q(n) + Σ_{k≥n} φ(k+1)(Q(k+1) − Q(k))],
    n = L/2, with every term positive (see the price law for K_d, φ and Q).

    Parameters
        dim : d ≥ 2.
        degree : L, even and at least 2.

    Returns
        float.

    Error
        Rounding: relative 1e-11 for d, L up to 10⁴.

    Raises
        ValueError, TypeError if an argument is out of range or degree is odd.

    Source
        Chapter "General features".
    """
    dim = _checks.integer("dim", dim, minimum=2)
    degree = _checks.even("degree", degree, minimum=2)
    k = degree // 2 + np.arange(4001.0)
    m = k + dim / 2
    log_phi = gammaln(k - 0.1) - gammaln(k + 1.4) + gammaln(m - 0.4) - gammaln(m + 1.1)
    # Q1(k+1)/Q1(k) = (p + .6)/(p − .3) and Q2(m+1)/Q2(m) = q/(q − .9); both products tend to 1.
    p, q = ((k + 3.4) * k + 2.65) * k, ((m + 2.6) * m + 1.05) * m
    log_steps = np.log1p(0.9 / (p - 0.3)) + np.log1p(0.9 / (q - 0.9))
    # Beyond the last k: the steps are 0.9/(k+17/15)³ and 0.9/(m+13/15)³ up to relative order 1/k², by midpoints.
    rest = 0.45 * (1 / (k[-1] + 49 / 30) ** 2 + 1 / (m[-1] + 41 / 30) ** 2)
    log_q = -(np.cumsum(log_steps[::-1])[::-1] + rest)
    factor, phi = np.exp(log_q), np.exp(log_phi)
    log_prefactor = math.log(dim / 12) - 1.5 * math.log(math.pi) + gammaln(dim / 2) - gammaln((dim - 1) / 2)
    total = phi[0] * factor[0] + (phi[1:] * factor[:-1] * np.expm1(log_steps[:-1])).sum()
    return float(np.exp(log_prefactor) * total)


def checked_bias(bias: float) -> float:
    """A bias that the spectra can carry; every function that takes one refuses the same."""
    return _checks.real("bias", bias, at_least=-_LARGEST_BIAS, at_most=_LARGEST_BIAS)


def _unbiased_masses(dim: int, max_degree: int) -> np.ndarray:
    """m_ℓ = 2 d N(d,ℓ) c_ℓ² by the ratio of consecutive even degrees."""
    masses = np.zeros(max_degree + 1)
    # c_0² = (Γ(d/2)/Γ((d+1)/2))²/(4π)
    masses[0] = dim / (2 * math.pi) * math.exp(2 * (math.lgamma(dim / 2) - math.lgamma((dim + 1) / 2)))
    if max_degree >= 1:
        masses[1] = 0.5
    for ell in range(0, max_degree - 1, 2):
        masses[ell + 2] = masses[ell] * (
            (2 * ell + dim + 2)
            * (ell + dim - 1)
            * (1 if ell == 0 else (ell + dim - 2) / (2 * ell + dim - 2))
            / ((ell + 1) * (ell + 2))
            * ((ell - 1) / (ell + dim + 1)) ** 2
        )
    return masses
