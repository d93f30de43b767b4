"""The price law: both sides of the tail τ_L of the unbiased neuron, with explicit constants."""

import math

import numpy as np
from scipy.special import gammaln

from .. import _checks
from .arguments import even, integers, plain

#: A = lim B_d d^{−3/2}.
LIMIT_CONSTANT = 2 / (3 * math.pi * math.sqrt(2 * math.pi))
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
    d = integers("dim", dim, 3)
    return plain(2 * d / (3 * math.pi**1.5) * np.exp(gammaln(d / 2) - gammaln((d - 1) / 2)))


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
    d, degree = integers("dim", dim, 3), even("degree", degree)
    _checks.choice("lower_shift", lower_shift, tuple(shift for shift, _, _ in LOWER_SHIFTS))
    _, least_dim, least_degree = next(row for row in LOWER_SHIFTS if row[0] == lower_shift)
    if d.min() < least_dim or degree.min() < least_degree:
        raise ValueError(f"lower_shift must be 1 unless dim ≥ {least_dim} and degree ≥ {least_degree}")
    constant = price_constant(dim)
    lower = constant * ((degree + lower_shift) * (degree + d - lower_shift)) ** -1.5
    upper = constant * ((degree + UPPER_SHIFT) * (degree + d - UPPER_SHIFT)) ** -1.5
    return plain(lower), plain(upper)


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
    n = int(even("degree", _checks.integer("degree", degree, minimum=2))) // 2
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
    n = np.arange(int(even("max_degree", max_degree)) // 2, dtype=np.float64)
    m = n + dim / 2
    log_a = 2 * gammaln(n + 0.5) - gammaln(n + 1.5) - gammaln(n + 2)
    log_b = gammaln(m) + gammaln(m + 0.5) - 2 * gammaln(m + 1.5)
    return price_constant(dim) / 8 * 0.75 * (4 * n + dim + 2) * np.exp(log_a + log_b)
