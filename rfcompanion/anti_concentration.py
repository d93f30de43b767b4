"""Periodic functions of ⟨w,x⟩ under a Gaussian: they keep their size, hide from features, and are sums of ReLUs.

Everything rests on one number, q = exp(−2π²s²/P²): the first Fourier coefficient of the phase ⟨w,x⟩ mod P when
‖w‖ = s. As q → 0 the phase becomes uniform.
"""

import math
from dataclasses import dataclass

import numpy as np

from . import _checks
from .harmonics import harmonic_dimension
from .targets import triangle_wave_norm2


@dataclass(frozen=True)
class ReluSum:
    """A function z ↦ constant + Σ_i coefficients[i]·[z + biases[i]]_+ of one variable."""

    constant: float
    coefficients: np.ndarray  # shape: (r,)
    biases: np.ndarray  # shape: (r,)

    def __call__(self, z) -> np.ndarray:
        z = np.asarray(z, dtype=np.float64)
        return self.constant + np.maximum(z[..., None] + self.biases, 0.0) @ self.coefficients


def triangle_wave_as_relus(half_width: int) -> ReluSum:
    """The a + 1 ReLUs whose sum is the triangle wave on [−a, a].

    ψ_a(z) = −1 + [z+a]_+ + Σ_{i=1}^{a−1} 2(−1)^i [z+a−2i]_+ − [z−a]_+.

    Parameters
        half_width : a, an odd integer ≥ 1.

    Returns
        ReluSum with a + 1 terms, |coefficients| ≤ 2, |biases| ≤ a.

    Error
        Exact (all numbers are integers).

    Raises
        ValueError, TypeError if half_width is not an odd integer ≥ 1.

    Source
        Chapter "Anti-concentration"; form restated by Kamath, Montasser & Srebro (2020), App. E.
    """
    a = _checks.odd("half_width", half_width, minimum=1)
    i = np.arange(a + 1)
    coefficients = 2.0 * (-1.0) ** i
    coefficients[0], coefficients[-1] = 1.0, -1.0
    return ReluSum(-1.0, coefficients, (a - 2 * i).astype(np.float64))


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
    from scipy.special import ndtr

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


def elementary_bound(dim: int, norm: float, threshold: float = 0.5) -> float:
    """Bound by hand on the largest eigenvalue of the triangle wave's averaging operator.

    λ_max ≤ d^{−1/2} (½ exp(−(π²s²/4)(1−t)) + ⅓ √cap(t)), where cap(t) = min(2(1−t²)^{d/2} if t ≤ 1/√2,
    √(2/(π(d−1)))·(1−t²)^{(d−1)/2}/t) bounds P(|⟨θ,θ'⟩| > t). At t = ½ the first form reads
    d^{−1/2} (½ e^{−π²s²/8} + (√2/3)(3/4)^{d/4}).

    Parameters
        dim : d ≥ 3.
        norm : s = ‖w‖ > 0.
        threshold : t in (0, 1), where near and far directions are told apart.

    Returns
        float.

    Error
        Rounding; the bound itself is proved.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Concentration".
    """
    d = _checks.integer("dim", dim, minimum=3)
    s = _checks.real("norm", norm, above=0)
    t = _checks.real("threshold", threshold, above=0, below=1)
    far = math.exp(-((math.pi * s) ** 2) / 4 * (1 - t)) / 2
    return (far + math.sqrt(cap_bound(d, t)) / 3) / math.sqrt(d)


def cap_bound(dim: int, threshold: float) -> float:
    """Bound on the probability that two random directions have an inner product above a threshold.

    P(|⟨θ,θ'⟩| > t) ≤ min(2(1−t²)^{d/2} if t ≤ 1/√2, √(2/(π(d−1)))·(1−t²)^{(d−1)/2}/t).

    Parameters
        dim : d ≥ 3.
        threshold : t in (0, 1).

    Returns
        float.

    Error
        Rounding; the bound itself is proved.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Concentration".
    """
    d = _checks.integer("dim", dim, minimum=3)
    t = _checks.real("threshold", threshold, above=0, below=1)
    density = math.sqrt(2 / (math.pi * (d - 1))) * (1 - t * t) ** ((d - 1) / 2) / t
    ball = 2 * (1 - t * t) ** (d / 2) if t * t <= 0.5 else math.inf
    return min(density, ball)


def min_features_to_capture(dim: int, norm: float, share: float) -> int:
    """Smallest number of features, of any kind, that capture a given share of the triangle wave on average.

    min { r : Σ of the r largest eigenvalues of 𝒯 ≥ share·‖tri(⟨w,·⟩)‖² },  ‖w‖ = s.

    Parameters
        dim : d ≥ 3.
        norm : s > 0.
        share : in (0, 1).

    Returns
        int, of any size.

    Error
        The eigenvalues are good to about 1e-12; r is exact up to that.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapters "Anti-concentration" and "General features".
    """
    from .concentration import triangle_wave_eigenvalues

    dim = _checks.integer("dim", dim, minimum=3)
    norm = _checks.real("norm", norm, above=0)
    share = _checks.real("share", share, above=0, below=1)
    target = share * triangle_wave_norm2(norm)
    max_degree = 32
    while True:
        eigenvalues = triangle_wave_eigenvalues(dim, norm, max_degree)
        captured, features = 0.0, 0
        # A degree beyond the last cannot hold more than ‖tri‖²/N per function: stop where that could matter.
        beyond = 1 / 3 / harmonic_dimension(dim, max_degree + 1)
        for degree in np.argsort(-eigenvalues, kind="stable"):
            value = float(eigenvalues[degree])
            if value <= beyond:
                break
            count = harmonic_dimension(dim, int(degree))
            if captured + count * value >= target:
                return features + _ceiling((target - captured) / value, count)
            captured, features = captured + count * value, features + count
        max_degree *= 2


def _ceiling(number: float, at_most: int) -> int:
    """A ceiling that ignores the last two digits: an exact multiple must not cost one feature more."""
    return min(at_most, max(1, math.ceil(number * (1 - 1e-13))))
