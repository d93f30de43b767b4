"""The law of the weight budget: what it costs to match all degrees up to L, and what a smaller budget must leave.

Matching the degrees of the unbiased neuron up to L takes a budget β_L with log β_L = d·h(L/2d) + O(log d),
h(κ) = (1+κ)ln(1+κ) − κ ln κ: at L = d about (3√3/2)^d = 2.598^d, where the width that holds these degrees is 4^d.
"""

import math

import numpy as np
from scipy.linalg import solve_triangular

from . import _checks
from .concentration import relu_masses, relu_tail
from .harmonics import harmonic_dimension, legendre
from .trade_offs.caps import coordinate_density, density_constant, neuron_degrees
from .trade_offs.dual import fine_angles, sign_changes


def matching_budget(dim: int, degree: int) -> float:
    """Smallest budget that matches every degree up to L of the unbiased neuron exactly.

    β_L = min{sup|u| : û_ℓ = 1 for ℓ = 0, 1, 2, 4, …, L} = max{p(1) : ∫|p|dμ_d ≤ 1},  p in the span of those P_ℓ.

    Parameters
        dim : d ≥ 3.
        degree : L, even and at least 2.

    Returns
        float.

    Error
        Rounding and the last Newton step: relative 1e-8 (below: the value is p(1)/∫|p|dμ_d of a computed p).

    Raises
        ValueError, TypeError if an argument is out of range; RuntimeError if Newton's method does not settle.

    Source
        Chapter "Trade-offs"; own derivation.
    """
    dim, degree = _dim_and_degree(dim, degree)
    # ∫|p|dμ_d and (∫p²dμ_D)^{1/2}, D = 2d−2, differ by powers of L and d only: the orthonormal zonal functions of
    # dimension D are the well-conditioned basis, and their reproducing kernel is where Newton's method starts.
    zonal = _ZonalAbove(dim, degree)
    p = zonal.at_pole / (zonal.at_pole @ zonal.at_pole)
    zeros, signed = zonal.signed_moments(p)
    norm1 = p @ signed
    for _ in range(100):
        # The Hessian kills p itself (p vanishes at its zeros): a row p makes it regular, and changes nothing for a
        # right-hand side orthogonal to p.
        rows = zonal.hessian_rows(p, zeros)
        own = p / np.linalg.norm(p) * np.median(np.linalg.norm(rows, axis=1))
        triangle = np.linalg.qr(np.vstack([rows, own]), mode="r")
        right = norm1 * zonal.at_pole - signed
        step = solve_triangular(triangle, solve_triangular(triangle, right, trans="T"))
        step -= p * (zonal.at_pole @ step)
        decrement, length = right @ step, 1.0
        while length > 1e-8:
            trial = p + length * step
            trial_zeros, trial_signed = zonal.signed_moments(trial)
            if trial @ trial_signed < norm1:
                break
            length /= 2
        else:
            break
        p, zeros, signed = trial, trial_zeros, trial_signed
        norm1 = p @ signed
        if decrement < 1e-9 * norm1:
            break
    if decrement > 1e-8 * norm1:
        raise RuntimeError(f"Newton's method stalled at degree {degree} in dimension {dim}")
    return float(1 / norm1)


def matching_budget_bounds(dim: int, degree: int) -> tuple[int, float]:
    """Proved bounds of the matching budget.

    C(L/2+d−1, d−1) ≤ β_L ≤ [(2L+2d−3) C_D (C(L+D−1, D−1) + D)/(π C_d²)]^{1/2},  D = 2d−2,
    C_d = Γ(d/2)/(√π Γ((d−1)/2)).

    Parameters
        dim : d ≥ 3.
        degree : L, even and at least 2.

    Returns
        (lower, upper): int and float.

    Error
        Lower: exact. Upper: rounding, relative 1e-11.

    Raises
        ValueError, TypeError if an argument is out of range; OverflowError if the upper bound exceeds 1e308.

    Source
        Chapter "Trade-offs"; own derivation.
    """
    dim, degree = _dim_and_degree(dim, degree)
    twice = 2 * dim - 2
    log_square = math.log(2 * degree + 2 * dim - 3) + math.log(density_constant(twice)) - math.log(math.pi)
    log_square += math.log(math.comb(degree + twice - 1, twice - 1) + twice) - 2 * math.log(density_constant(dim))
    return math.comb(degree // 2 + dim - 1, dim - 1), math.exp(log_square / 2)


def weight_limited_floor(dim: int, budget: float, max_degree: int = 400) -> float:
    """Proved lower bound of E_B in closed form: the larger of two, each at its best degree.

    E_B ≥ (1 − B/C(n+d−1, d−1))_+² · W m_{2k}/(A (2k+d/2−1)),  W = Σ_{j=n}^k (j+d/2),  A = (d−1)²/((d−2)(d−3)),
    E_B ≥ (1 − B/√N(d,L+2))_+² τ_L.

    Parameters
        dim : d ≥ 4.
        budget : B > 0.
        max_degree : even; largest degree 2k, and largest L, that is tried.

    Returns
        float ≤ E_B.

    Error
        Rounding, relative 1e-11.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Trade-offs"; own derivation.
    """
    dim = _checks.integer("dim", dim, minimum=4)
    budget = _checks.real("budget", budget, above=0)
    max_degree = _checks.even("max_degree", max_degree, minimum=2)
    masses = relu_masses(dim, max_degree)
    constant = (dim - 1) ** 2 / ((dim - 2) * (dim - 3))
    top = np.arange(max_degree // 2 + 1)
    per_weight = masses[2 * top] / (constant * (2 * top + dim / 2 - 1))
    cumulative = np.cumsum(top + dim / 2)
    best = 0.0
    for n in range(max_degree // 2 + 1):
        log_size = math.log(math.comb(n + dim - 1, dim - 1))
        if log_size <= math.log(budget):
            continue
        weight = cumulative[n:] - (cumulative[n - 1] if n else 0.0)
        share = (1 - budget * math.exp(-log_size)) ** 2
        best = max(best, share * float((weight * per_weight[n:]).max()))
    for degree in range(2, max_degree + 1, 2):
        log_ratio = math.log(budget) - math.log(harmonic_dimension(dim, degree + 2)) / 2
        if log_ratio < 0:
            best = max(best, (1 - math.exp(log_ratio)) ** 2 * relu_tail(dim, degree))
    return best


def _dim_and_degree(dim: int, degree: int) -> tuple[int, int]:
    dim = _checks.integer("dim", dim, minimum=3)
    return dim, _checks.even("degree", degree, minimum=2)


class _ZonalAbove:
    """The functions √N(D,k) P_k^{(D)}, D = 2d−2, k = 0, 1, 2, 4, …, L, against the measure μ_d."""

    def __init__(self, dim: int, degree: int):
        self.dim, self.above, self.degree, self.degrees = dim, 2 * dim - 2, degree, neuron_degrees(degree)
        self.at_pole = np.array([math.sqrt(harmonic_dimension(self.above, int(k))) for k in self.degrees])
        self.angles = fine_angles(degree)
        self.grid = self(self.angles)
        self.nodes, self.weights = np.polynomial.legendre.leggauss(32)

    def __call__(self, angles):
        """Values, shape (degrees, *angles.shape)."""
        values = legendre(self.above, self.degree, np.cos(angles))[self.degrees]
        return values * self.at_pole.reshape(-1, *[1] * np.ndim(angles))

    def signed_moments(self, p):
        """Angles where p changes sign, and ∫ sign(p) Q_k dμ_d by Gauss–Legendre between them."""
        zeros, sign = sign_changes(self, p, self.angles, self.grid)
        ends = np.concatenate([[0.0], zeros, [np.pi]])
        half = np.diff(ends)[:, None] / 2
        angles = ends[:-1, None] + half * (1 + self.nodes)
        weights = half * self.weights * density_constant(self.dim) * np.sin(angles) ** (self.dim - 2)
        weights *= sign * (-1.0) ** np.arange(len(half))[:, None]
        return zeros, self(angles.ravel()) @ weights.ravel()

    def hessian_rows(self, p, zeros):
        """R with RᵀR = 2 Σ_zeros density/|p′| QQᵀ, the second derivative of ∫|p|dμ_d."""
        t = np.cos(zeros)
        derivative = self.degrees[1:] * (self.degrees[1:] + self.above - 2) / (self.above - 1) * self.at_pole[1:]
        slope = (p[1:] * derivative) @ legendre(self.above + 2, self.degree - 1, t)[self.degrees[1:] - 1]
        return (self(zeros) * np.sqrt(2 * coordinate_density(self.dim, t) / np.abs(slope))).T
