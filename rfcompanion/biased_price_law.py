"""The price of one neuron with a bias: a finite-dimensional law for [⟨θ,x⟩+b]_+, and its exact average over biases.

Everything rests on one identity, valid for ℓ ≥ 2 and all b: with τ ~ χ_{d+2} and t = b/√(τ²+b²),
λ_ℓ(b) = d (C/(d²−1))² e^{−b²/2} E_τ[(1−t²)^{(d+2)/2} P_{ℓ−2}^{(d+4)}(t)²],  C = Γ(d/2)/(√π Γ((d−1)/2)).
The bias enters through e^{−b²/2} and through a small shift of the point at which a polynomial is read.
"""

import math

import numpy as np
from scipy.special import gammainc, gammaln

from . import _checks
from .concentration import relu_tail
from .gaussian import relu_norm2
from .harmonics import harmonic_dimension
from .price_law import price_constant, tail_bounds


def coupling(dim: int, degree: int) -> float:
    """Strength with which the bias moves neighbouring degrees against each other.

    k_L = 2 + (d+1)²/(2L(L+d+2)+d+1), decreasing in L to 2; at most 2.5 for L ≥ d − 1 ≥ 2.

    Parameters
        dim : d ≥ 3.
        degree : L ≥ 2.

    Returns
        float.

    Error
        Rounding.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "General features"; own derivation.
    """
    dim = _checks.integer("dim", dim, minimum=3)
    degree = _checks.integer("degree", degree, minimum=2)
    return 2 + (dim + 1) ** 2 / (2 * degree * (degree + dim + 2) + dim + 1)


def bias_factor(dim: int, degree: int, bias: float) -> float:
    """What the lower bound loses beside e^{−b²/2}: a number that tends to 1 as d → ∞ with L/d bounded below.

    (1 − k_L b²/d)_+ (L+5/2)²/((L+5/2)²+8).

    Parameters
        dim : d ≥ 3.
        degree : L ≥ 2.
        bias : b.

    Returns
        float in [0, 1].

    Error
        Rounding.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "General features"; own derivation.
    """
    square = _checks.real("bias", bias) ** 2
    shifted = (_checks.integer("degree", degree, minimum=2) + 2.5) ** 2
    return max(0.0, 1 - coupling(dim, degree) * square / dim) * shifted / (shifted + 8)


def biased_tail_lower(dim: int, degree: int, bias: float) -> float:
    """Lower bound on the absolute tail of [⟨θ,x⟩+b]_+ beyond an even degree L.

    Σ_{ℓ>L} N(d,ℓ)λ_ℓ(b) ≥ ½ e^{−b²/2} (1 − k_L b²/d)_+ (L+5/2)²/((L+5/2)²+8) · τ_L,
    here with the lower side of the price law in place of τ_L: nothing but elementary functions.

    Parameters
        dim : d ≥ 3.
        degree : L ≥ 2, even.
        bias : b.

    Returns
        float.

    Error
        Bound of the theorem, rounded to relative 1e-12, not outwards.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "General features"; own derivation.
    """
    factor = bias_factor(dim, degree, bias)
    return 0.5 * math.exp(-(float(bias) ** 2) / 2) * factor * tail_bounds(dim, degree)[0]


def biased_tail_upper(dim: int, degree: int, bias: float) -> float:
    """Upper bound on the absolute tail of [⟨θ,x⟩+b]_+ beyond an odd degree L.

    With k = k_{L−1} and every s > √k:
    Σ_{ℓ>L} N(d,ℓ)λ_ℓ(b) ≤ ½ e^{−b²/2} τ_{L−1} (1 + (kb²/d)/(1−k/s²)) + ½ (s−1)² b² P(χ_d ≤ s|b|).
    The best s on a grid is taken.

    Parameters
        dim : d ≥ 3.
        degree : L ≥ 3, odd.
        bias : b.

    Returns
        float.

    Error
        Bound of the theorem, rounded to relative 1e-11, not outwards.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "General features"; own derivation.
    """
    dim = _checks.integer("dim", dim, minimum=3)
    degree = _checks.odd("degree", degree, minimum=3)
    bias = abs(_checks.real("bias", bias))
    k = coupling(dim, degree - 1)
    s = math.sqrt(k) * (1 + np.geomspace(1e-3, 1e4, 2001))
    main = 0.5 * math.exp(-(bias**2) / 2) * relu_tail(dim, degree - 1) * (1 + k * bias**2 / dim / (1 - k / s**2))
    rest = 0.5 * ((s - 1) * bias) ** 2 * gammainc(dim / 2, (s * bias) ** 2 / 2)
    return float((main + rest).min())


def biased_error_lower(dim: int, features: int, bias: float) -> float:
    """Lower bound on the best relative error of any r features for [⟨θ,x⟩+b]_+, in elementary functions.

    e_r(b) ≥ max over even L ≥ 2 of (1 − r/N(d,L+1))_+ · (lower bound of the tail)/q(b),  q(b) = E[Z+b]_+².

    Parameters
        dim : d ≥ 3.
        features : r ≥ 1, of any size.
        bias : b.

    Returns
        float; 0 where the bound says nothing, in particular for b² ≥ d/2.

    Error
        Bound of the theorem, rounded to relative 1e-12, not outwards.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "General features"; own derivation.
    """
    dim = _checks.integer("dim", dim, minimum=3)
    features = _checks.integer("features", features, minimum=1)
    bias = _checks.real("bias", bias)
    # k_L > 2, so no bias factor exceeds this; where it is not positive the bound is 0 at every degree.
    most = 1 - 2 * bias**2 / dim
    if most < 1e-6 or math.exp(-(bias**2) / 2) == 0:
        return 0.0
    degree, best = _first_useful_degree(dim, features, bias), 0.0
    while True:
        size = harmonic_dimension(dim, degree + 1)
        best = max(best, biased_tail_lower(dim, degree, bias) * ((size - features) / size))
        if 0.5 * math.exp(-(bias**2) / 2) * most * tail_bounds(dim, degree + 2)[0] < best:
            return best / relu_norm2(bias)
        degree += 2


def _first_useful_degree(dim: int, features: int, bias: float) -> int:
    """Smallest even L ≥ 2 at which neither factor of the lower bound is 0; both grow with L."""

    def useful(degree):
        return harmonic_dimension(dim, degree + 1) > features and bias_factor(dim, degree, bias) > 0

    low, high = 0, 2
    while not useful(high):
        low, high = high, 2 * high
    while high - low > 2:
        middle = (low + high) // 4 * 2
        low, high = (low, middle) if useful(middle) else (middle, high)
    return high


def bias_averaged_tail(dim: int, degree: int) -> float:
    """Exact integral over all biases of the absolute tail beyond degree L.

    ∫ Σ_{ℓ>L} N(d,ℓ)λ_ℓ(b) db = √(π/2) B_d Γ(L−1/2)Γ(L+d−1)/(Γ(L+1)Γ(L+d+1/2)).

    Parameters
        dim : d ≥ 3.
        degree : L ≥ 1.

    Returns
        float.

    Error
        Rounding: relative 1e-12.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "General features"; own derivation.
    """
    dim = _checks.integer("dim", dim, minimum=3)
    degree = _checks.integer("degree", degree, minimum=1)
    log_ratio = gammaln(degree - 0.5) + gammaln(degree + dim - 1) - gammaln(degree + 1) - gammaln(degree + dim + 0.5)
    return math.sqrt(math.pi / 2) * price_constant(dim) * math.exp(log_ratio)


def bias_averaged_eigenvalue(dim: int, degree: int) -> float:
    """Exact integral over all biases of one eigenvalue.

    ∫ λ_ℓ(b) db = 2^{d−3/2} π^{−3/2} Γ(d/2)Γ(d/2+1) Γ(ℓ−3/2)/Γ(ℓ+d+1/2),  ℓ ≥ 2.

    Parameters
        dim : d ≥ 3.
        degree : ℓ ≥ 2.

    Returns
        float.

    Error
        Rounding: relative 1e-12.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "General features"; own derivation, from Weber's integral.
    """
    dim = _checks.integer("dim", dim, minimum=3)
    degree = _checks.integer("degree", degree, minimum=2)
    log_value = (dim - 1.5) * math.log(2) - 1.5 * math.log(math.pi) + math.lgamma(dim / 2) + math.lgamma(dim / 2 + 1)
    return math.exp(log_value + math.lgamma(degree - 1.5) - math.lgamma(degree + dim + 0.5))
