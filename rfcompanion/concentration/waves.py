"""The spectra of plane waves and of the triangle wave, by Weber's second exponential integral."""

import math

import numpy as np
from scipy.special import gammaln

from .. import _checks
from ..targets import triangle_wave_fourier
from .bessel import log_hypergeometric


def plane_wave_eigenvalue(dim: int, degree: int, omega: float, omega2: float | None = None, log: bool = False) -> float:
    """Eigenvalue of the averaging operator for plane waves, by Weber's second exponential integral.

    λ_ℓ(ω,ω′) = Γ(d/2) (2/(ωω′))^ν e^{−(ω²+ω′²)/2} I_{ℓ+ν}(ωω′),  ν = d/2 − 1:
    e^{iω⟨θ,x⟩} against e^{iω′⟨θ,x⟩}. The cosine has it for even ℓ only, the sine for odd ℓ only.

    Parameters
        dim : d ≥ 2.
        degree : ℓ ≥ 0.
        omega, omega2 : frequencies ω, ω′ ≥ 0; ω′ = ω if None.
        log : return log λ_ℓ, which stays finite where λ_ℓ itself underflows.

    Returns
        float.

    Error
        Rounding: relative 1e-12 for d, ℓ up to 1000.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Concentration"; own derivation.
    """
    dim = _checks.integer("dim", dim, minimum=2)
    degree = _checks.integer("degree", degree, minimum=0)
    omega = _checks.real("omega", omega, at_least=0)
    omega2 = omega if omega2 is None else _checks.real("omega2", omega2, at_least=0)
    value = float(log_plane_wave(dim, np.float64(degree), np.float64(omega), np.float64(omega2)))
    return value if log else math.exp(value)


def triangle_wave_eigenvalues(dim: int, norm: float, max_degree: int) -> np.ndarray:
    """Eigenvalues of the averaging operator for the triangle wave of a direction, tri(s⟨θ,x⟩).

    λ_ℓ = Σ_{j,k odd} a_j a_k λ_ℓ(jω,kω) for odd ℓ (0 for even ℓ),  ω = πs/2,  a_k = 8(−1)^{(k−1)/2}/(π²k²).

    Parameters
        dim : d ≥ 2.
        norm : s = ‖w‖ ≥ 0.05.
        max_degree : L ≥ 0.

    Returns
        array (λ_0, …, λ_L); Σ N(d,ℓ) λ_ℓ = triangle_wave_norm2(norm).

    Error
        Rounding and truncation of the series: relative 1e-10 for s ≥ 1; absolute 1e-13 below.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapters "Concentration" and "Anti-concentration".
    """
    dim = _checks.integer("dim", dim, minimum=2)
    norm = _checks.real("norm", norm, at_least=0.05)
    max_degree = _checks.integer("max_degree", max_degree, minimum=0)
    omega = math.pi * norm / 2
    # Terms fall like k^{−4−(d−1)} once kω passes the frequencies that the degree can feel.
    terms = int(40 + 10 * math.sqrt(max_degree + 1) / omega + 2000 / dim**2)
    k, a = triangle_wave_fourier(terms)
    eigenvalues = np.zeros(max_degree + 1)
    degrees = np.arange(1.0, max_degree + 1, 2)
    if len(degrees) == 0:
        return eigenvalues
    total = np.zeros(len(degrees))
    # λ_ℓ(jω,kω) carries exp(−(j−k)²ω²/2): only a band around j = k counts.
    for offset in range(0, min(terms, int(9 / omega / 2) + 2)):
        j, i = k[offset:], k[: terms - offset]
        values = np.exp(log_plane_wave(dim, degrees[:, None], j * omega, i * omega))
        total += (1 if offset == 0 else 2) * (values * (a[offset:] * a[: terms - offset])).sum(axis=1)
    eigenvalues[1::2] = total
    return eigenvalues


def log_plane_wave(dim, degree, omega, omega2):
    """log λ_ℓ(ω,ω′) for arrays, from λ_ℓ = e^{−(ω²+ω′²)/2} (z/2)^ℓ Γ(d/2)/Γ(ℓ+d/2) ₀F₁(ℓ+d/2; z²/4), z = ωω′."""
    degree, omega, omega2 = np.broadcast_arrays(degree, omega, omega2)
    z, order = omega * omega2, degree + dim / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        power = np.where(degree > 0, degree * np.log(z / 2), 0.0)
    prefactor = gammaln(dim / 2) - gammaln(order)
    # The exponents are joined before they are large: −(ω²+ω′²)/2 + z = −(ω−ω′)²/2.
    return power + prefactor - (omega - omega2) ** 2 / 2 + log_hypergeometric(order, z)
