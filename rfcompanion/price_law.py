"""The price of one neuron: two-sided bounds, with explicit constants, on what any features leave of a ReLU neuron.

For the unbiased neuron the tail τ_L beyond an even degree L is e_r at r_L = d + C(L+d−1, d−1). For d ≥ 3, even L ≥ 0,
B_d ((L+1)(L+d−1))^{−3/2} < τ_L < B_d ((L+0.3)(L+d−0.3))^{−3/2},  B_d = 2dΓ(d/2)/(3π^{3/2}Γ((d−1)/2)).
The same tail, hence the same law, belongs to every input law that is invariant under rotations.
"""

import math
from dataclasses import dataclass
from fractions import Fraction
from math import comb

import numpy as np
from scipy.special import gammaln

from . import _checks
from .concentration import relu_tail
from .harmonics import harmonic_dimension

#: A = lim B_d d^{−3/2}.
LIMIT_CONSTANT = 2 / (3 * math.pi * math.sqrt(2 * math.pi))
#: 2^{3/4}/(5√A) rounded up: ‖w*‖ = 1.16 d^{3/4} costs an exponential number of features at error 1/50, for every d ≥ 3.
HARD_NORM_CONSTANT = 1.16
#: Lower shifts that are proved: (shift, smallest d, smallest L).
LOWER_SHIFTS = ((1.0, 3, 0), (0.7, 10, 2), (0.5, 20, 6))
UPPER_SHIFT = 0.3


def price_constant(dim):
    """Constant of the price law.

    B_d = (2/(3π^{3/2})) d Γ(d/2)/Γ((d−1)/2),  A d√(d−3/2) < B_d < A d√(d−1.4292),  A = 2/(3π√(2π)).

    Parameters
        dim : d ≥ 3, an integer or an array of integers.

    Returns
        float, or an array of the shape of ``dim``.

    Error
        Rounding: relative 1e-12 for d up to 1000.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "General features"; own derivation.
    """
    d = _integers("dim", dim, 3)
    return _plain(2 * d / (3 * math.pi**1.5) * np.exp(gammaln(d / 2) - gammaln((d - 1) / 2)))


def tail_bounds(dim, degree, lower_shift: float = 1.0):
    """Both sides of the price law for the relative tail τ_L of the unbiased neuron.

    B_d ((L+s)(L+d−s))^{−3/2} < τ_L < B_d ((L+0.3)(L+d−0.3))^{−3/2},
    s = 1 for d ≥ 3, L ≥ 0;  s = 0.7 for d ≥ 10, L ≥ 2;  s = 0.5 for d ≥ 20, L ≥ 6.

    Parameters
        dim : d ≥ 3, an integer or an array of integers.
        degree : L ≥ 0, even; an integer or an array, broadcast against ``dim``.
        lower_shift : s, one of 1, 0.7, 0.5.

    Returns
        (lower, upper), floats or arrays.

    Error
        Bounds of the theorem, rounded to relative 1e-12, not outwards.

    Raises
        ValueError, TypeError if an argument is out of range or the shift is not proved there.

    Source
        Chapter "General features"; own derivation.
    """
    d, degree = _integers("dim", dim, 3), _even("degree", degree)
    _checks.choice("lower_shift", lower_shift, tuple(shift for shift, _, _ in LOWER_SHIFTS))
    _, least_dim, least_degree = next(row for row in LOWER_SHIFTS if row[0] == lower_shift)
    if d.min() < least_dim or degree.min() < least_degree:
        raise ValueError(f"lower_shift must be 1 unless dim ≥ {least_dim} and degree ≥ {least_degree}")
    constant = price_constant(dim)
    lower = constant * ((degree + lower_shift) * (degree + d - lower_shift)) ** -1.5
    upper = constant * ((degree + UPPER_SHIFT) * (degree + d - UPPER_SHIFT)) ** -1.5
    return _plain(lower), _plain(upper)


def sharp_tail_bounds(dim: int, degree: int, peeled: int = 0) -> tuple[float, float]:
    """Bounds on τ_L whose ratio tends to 1 like 1 + O(1/(L+2j)²), j masses being added exactly.

    Σ_{i≤j} m_{L+2i} + K_d φ(n)Q(n) ≤ τ_L < Σ_{i≤j} m_{L+2i} + K_d φ(n),  n = L/2 + j,  K_d = B_d/8,
    φ(n) = Γ(n−.1)Γ(n+d/2−.4)/(Γ(n+1.4)Γ(n+d/2+1.1)).

    Parameters
        dim : d ≥ 3.
        degree : L ≥ 2, even.
        peeled : j ≥ 0.

    Returns
        (lower, upper).

    Error
        Bounds of the proposition, rounded to relative 1e-12, not outwards.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "General features"; own derivation.
    """
    dim = _checks.integer("dim", dim, minimum=3)
    n = int(_even("degree", _checks.integer("degree", degree, minimum=2))) // 2
    peeled = _checks.integer("peeled", peeled, minimum=0)
    exact = float(even_masses(dim, 2 * (n + peeled))[n:].sum())
    n, m = n + peeled, n + peeled + dim / 2
    log_phi = gammaln(n - 0.1) - gammaln(n + 1.4) + gammaln(m - 0.4) - gammaln(m + 1.1)
    log_q = 2 * gammaln(n + 0.5) - gammaln(n + 1.5) - gammaln(n + 2) + gammaln(n + 2.4) - gammaln(n - 0.1)
    log_q += gammaln(m) + gammaln(m + 0.5) - 2 * gammaln(m + 1.5) + gammaln(m + 2.1) - gammaln(m - 0.4)
    upper = price_constant(dim) / 8 * math.exp(log_phi)
    return exact + upper * math.exp(log_q), exact + upper


def even_masses(dim: int, max_degree: int) -> np.ndarray:
    """Relative masses m_2, m_4, …, m_L of the unbiased neuron, in the form that the proof starts from.

    m_{2(n+1)} = K_d (3/4)(4n+d+2) a(n) b(n+d/2),  K_d = B_d/8,
    a(n) = Γ(n+1/2)²/(Γ(n+3/2)Γ(n+2)),  b(m) = Γ(m)Γ(m+1/2)/Γ(m+3/2)².

    Parameters
        dim : d ≥ 3.
        max_degree : L ≥ 0, even.

    Returns
        array of L/2 masses.

    Error
        Rounding: relative 1e-12 for d, L up to 1000.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "General features"; the same numbers as ``concentration.relu_masses``, by another route.
    """
    dim = _checks.integer("dim", dim, minimum=3)
    n = np.arange(int(_even("max_degree", max_degree)) // 2, dtype=np.float64)
    m = n + dim / 2
    log_a = 2 * gammaln(n + 0.5) - gammaln(n + 1.5) - gammaln(n + 2)
    log_b = gammaln(m) + gammaln(m + 0.5) - 2 * gammaln(m + 1.5)
    return price_constant(dim) / 8 * 0.75 * (4 * n + dim + 2) * np.exp(log_a + log_b)


def features_up_to(dim: int, degree: int) -> int:
    """Number of features that hold every degree up to L that the unbiased neuron has.

    r_L = 1 + d + Σ_{even 2≤ℓ≤L} N(d,ℓ) = d + C(L+d−1, d−1).

    Parameters
        dim : d ≥ 3.
        degree : L ≥ 0, even.

    Returns
        int, of any size.

    Error
        Exact.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "General features".
    """
    dim = _checks.integer("dim", dim, minimum=3)
    degree = int(_even("degree", _checks.integer("degree", degree, minimum=0)))
    return dim + comb(degree + dim - 1, dim - 1)


@dataclass(frozen=True)
class Price:
    """What an error costs: more than ``too_few`` features are necessary, ``enough`` features suffice."""

    too_few_degree: int
    too_few: int
    enough_degree: int
    enough: int


def price_of_error(dim: int, relative_error: float) -> Price:
    """Features that a relative error costs, from the price law alone (no spectrum is computed).

    e_r ≤ ε needs r > r_L for the largest even L with B_d((L+1)(L+d−1))^{−3/2} ≥ ε, and r = r_L suffices for the
    smallest even L with B_d((L+0.3)(L+d−0.3))^{−3/2} ≤ ε.

    Parameters
        dim : d ≥ 3.
        relative_error : ε > 0, at most B_d(d−1)^{−3/2} (about 0.085), where the law starts at L = 0.

    Returns
        Price.

    Error
        Integers exact; the two degrees are decided in float64.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "General features"; own derivation.
    """
    dim = _checks.integer("dim", dim, minimum=3)
    start = price_constant(dim) * (dim - 1) ** -1.5
    error = _checks.real("relative_error", relative_error, above=0, at_most=start)
    # (L+s)(L+d−s) = (L+d/2)² − (d/2−s)² compared with (B_d/ε)^{2/3}
    level = (price_constant(dim) / error) ** (2 / 3)
    low = 2 * max(0, math.floor((math.sqrt(level + (dim / 2 - 1) ** 2) - dim / 2) / 2) + 1)
    while low > 0 and tail_bounds(dim, low)[0] < error:
        low -= 2
    high = 2 * max(0, math.ceil((math.sqrt(level + (dim / 2 - UPPER_SHIFT) ** 2) - dim / 2) / 2) - 1)
    while tail_bounds(dim, high)[1] > error:
        high += 2
    return Price(low, features_up_to(dim, low), high, features_up_to(dim, high))


def hard_norm(dim: int, degree: int, absolute_error: float = 0.02) -> float:
    """Norm ‖w*‖ at which the best r_L features leave exactly a given absolute squared error.

    ‖w*‖ = (2ε/τ_L)^{1/2}:  E(N − [⟨w*,x⟩]_+)² = ‖w*‖² τ_L/2.

    Parameters
        dim : d ≥ 3.
        degree : L ≥ 2, even.
        absolute_error : ε > 0; the default is the 1/50 of Yehudai & Shamir (2019).

    Returns
        float.

    Error
        Rounding: relative 1e-11.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "General features"; own derivation.
    """
    dim = _checks.integer("dim", dim, minimum=3)
    error = _checks.real("absolute_error", absolute_error, above=0)
    return math.sqrt(2 * error / relu_tail(dim, int(_even("degree", _checks.integer("degree", degree, minimum=2)))))


def rate(kappa):
    """Exponential rate of the number of features at degree L = κd.

    h(κ) = (1+κ) ln(1+κ) − κ ln κ,  e^{d h}/(L+d+1) ≤ C(L+d, d) ≤ e^{d h};  h(1) = ln 4.

    Parameters
        kappa : κ ≥ 0, a number or an array.

    Returns
        float or array.

    Error
        Rounding.

    Raises
        ValueError if a κ is negative.

    Source
        Chapter "General features"; standard.
    """
    kappa = np.asarray(kappa, dtype=np.float64)
    if not (np.isfinite(kappa).all() and (kappa >= 0).all()):
        raise ValueError("kappa must be finite and at least 0")
    log_kappa = np.log(np.where(kappa > 0, kappa, 1.0))
    return _plain((1 + kappa) * np.log1p(kappa) - kappa * log_kappa)


def high_probability_features(dim: int, degree: int, failure: float, loss: float = 0.5, biased: bool = False) -> int:
    """Largest r for which the law holds with a stated probability, not only on average.

    r ≤ δη N(d,L+2) (L even, no bias) or r ≤ δη N(d,L+1) (any L, any bias) implies
    P(relative error of V < (1−η)τ_L) ≤ δ, over a random direction, or over rotation-invariant features of dimension r.

    Parameters
        dim : d ≥ 3.
        degree : L ≥ 2 (even without bias).
        failure : δ in (0, 1).
        loss : η in (0, 1).
        biased : use the form that needs no parity.

    Returns
        int, possibly 0.

    Error
        Exact for the given floats δ, η.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "General features"; own derivation.
    """
    dim = _checks.integer("dim", dim, minimum=3)
    degree = _checks.integer("degree", degree, minimum=2)
    failure = _checks.real("failure", failure, above=0, below=1)
    loss = _checks.real("loss", loss, above=0, below=1)
    if not biased:
        _even("degree", degree)
    return math.floor(Fraction(failure) * Fraction(loss) * harmonic_dimension(dim, degree + (1 if biased else 2)))


def tangent_width(dim: int, features: int, biased: bool = False) -> int:
    """Smallest number of hidden neurons whose tangent features can span r dimensions.

    The r₁ neurons' gradients in (W, u) span at most r₁d dimensions without biases, r₁(d+1) with: r₁ ≥ r/d or r/(d+1).

    Parameters
        dim : d ≥ 1.
        features : r ≥ 1.
        biased : the hidden neurons have trained biases.

    Returns
        int.

    Error
        Exact.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "General features".
    """
    dim = _checks.integer("dim", dim, minimum=1)
    features = _checks.integer("features", features, minimum=1)
    return -(-features // (dim + bool(biased)))


def _integers(name: str, value, minimum: int) -> np.ndarray:
    """A float array of whole numbers ≥ minimum, from an integer or an integer array."""
    if not isinstance(value, np.ndarray):
        value = _checks.integer(name, value, minimum=minimum)
    array = np.asarray(value)
    if array.dtype.kind not in "iu" and not isinstance(value, int):
        raise TypeError(f"{name} must hold integers, got dtype {array.dtype}")
    if array.size and array.min() < minimum:
        raise ValueError(f"{name} must be at least {minimum}, got {array.min()}")
    return array.astype(np.float64)


def _even(name: str, value) -> np.ndarray:
    degree = _integers(name, value, 0)
    if (degree % 2).any():
        raise ValueError(f"{name} must be even, got {value if degree.ndim == 0 else 'an odd entry'}")
    return degree


def _plain(value):
    return float(value) if np.ndim(value) == 0 else value
