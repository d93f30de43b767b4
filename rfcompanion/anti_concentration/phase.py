"""The phase ⟨w,x⟩ mod P under a Gaussian: its density, its distance from uniform, and the norms of its functions."""

import math

import numpy as np
from scipy.special import ndtr

from .. import _checks


def phase_ratio(u, norm: float, period: float = 4.0) -> np.ndarray:
    """Density of the phase ⟨w,x⟩ mod P, relative to the uniform density 1/P.

    1 + 2 Σ_{n≥1} q^{n²} cos(2πnu/P) = (P/s) Σ_m φ((u − mP)/s),  q = exp(−2π²s²/P²),  s = ‖w‖.

    Parameters
        u : phases, any shape.
        norm : s > 0.
        period : P > 0.

    Returns
        array of the shape of u.

    Error
        Rounding: the side of the Poisson summation that converges faster is used.

    Raises
        ValueError, TypeError if norm or period is not a number > 0.

    Source
        Chapter "Anti-concentration".
    """
    s = _checks.real("norm", norm, above=0)
    period = _checks.real("period", period, above=0)
    u = np.asarray(u, dtype=np.float64)[..., None]
    width = s / period
    if width > 0.4:  # 6 terms reach exp(−2π²·36·0.16) < 1e−49
        n = np.arange(1, 7)
        return 1 + 2 * (np.exp(-2 * (np.pi * width * n) ** 2) * np.cos(2 * np.pi * n * u / period)).sum(-1)
    m = np.arange(-5, 6)
    shift = (np.mod(u, period) / period - m) / width
    return np.exp(-(shift**2) / 2).sum(-1) / (width * math.sqrt(2 * math.pi))


def phase_distance(norm: float, period: float = 4.0) -> float:
    """Total variation distance between the phase ⟨w,x⟩ mod P and the uniform law.

    ½ ∫_0^P |density − 1/P| du.

    Parameters
        norm : s > 0.
        period : P > 0.

    Returns
        float in [0, 1].

    Error
        About 1e-13 relative for s ≤ 2P.

    Raises
        ValueError, TypeError if norm or period is not a number > 0.

    Source
        Chapter "Anti-concentration"; bounded there by (2/π)(q − q⁹/3) and (2/π) Σ_n q^{n²}.
    """
    s = _checks.real("norm", norm, above=0)
    period = _checks.real("period", period, above=0)
    if s > period:  # the density differs from 1/P by less than a rounding error: keep the leading term of the series
        return 2 / math.pi * math.exp(-2 * (math.pi * s / period) ** 2)
    # The ratio decreases from u = 0 to P/2 (Jacobi's triple product), so it crosses 1 exactly once.
    low, high = 0.0, period / 2
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if phase_ratio(middle, s, period) > 1 else (low, middle)
    if s / period > 0.4:
        n = np.arange(1, 7)
        terms = np.exp(-2 * (np.pi * s * n / period) ** 2) * np.sin(2 * np.pi * n * low / period) / n
        return float(2 / math.pi * terms.sum())
    m = period * np.arange(-5, 6)
    return float(2 * (ndtr((low - m) / s) - ndtr(-m / s)).sum() - 2 * low / period)


def periodic_norm2(coefficients, omega: float) -> float:
    """Squared norm of a periodic function of ⟨w,x⟩ from its Fourier coefficients.

    ‖Σ_k c_k e^{ikω⟨θ,·⟩}‖² = Σ_{j,k} c_j c̄_k exp(−ω²(j−k)²/2),  ‖θ‖ = 1.

    Parameters
        coefficients : c_{−K}, …, c_K, real or complex, shape (2K+1,).
        omega : ω > 0, the base frequency 2πs/P.

    Returns
        float.

    Error
        Rounding, relative to (Σ|c_k|)².

    Raises
        ValueError if the number of coefficients is even; ValueError, TypeError if omega is not a number > 0.

    Source
        Chapter "Anti-concentration".
    """
    omega = _checks.real("omega", omega, above=0)
    c = np.asarray(coefficients)
    if c.ndim != 1 or len(c) % 2 == 0:
        raise ValueError(f"coefficients must run from -K to K, an odd number of them, got shape {c.shape}")
    k = np.arange(len(c))
    gram = np.exp(-((omega * (k[:, None] - k)) ** 2) / 2)
    return float((np.conj(c) @ gram @ c).real)
