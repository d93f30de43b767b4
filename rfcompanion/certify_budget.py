"""Rigorous enclosure of the weight-limited error E_B: the frontier's exact side, by ball arithmetic.

The float optimum only *proposes* a polynomial p. Everything that is proved about it is exact or a ball: its
coefficients are taken as rational numbers and its real roots are isolated rigorously; and a density u, whose moments
are computed again from its exact edges and values. B·sign(p) is a second one.
"""

from fractions import Fraction
from itertools import pairwise

import numpy as np

from . import _checks, trade_offs
from .certify.balls import Enclosure, arb, ctx, density_constant, fraction
from .certify.errors import mass_ratio, mass_zero
from .harmonics import harmonic_dimension

try:
    from flint import fmpq, fmpq_poly
except ImportError as problem:  # pragma: no cover
    raise ImportError("certify_budget needs python-flint: pip install 'rfcompanion[certify]'") from problem


def weight_limited_error(dim: int, budget: float, max_degree: int = 80) -> Enclosure:
    """Enclosure of the smallest relative error of weight-limited ReLU features at infinite width.

    (p(1) − B∫|p|dμ_d)²/Σ_ℓ(a_ℓ²/m_ℓ) + τ_L(1−ρ)₊² ≤ E_B ≤ Σ_{ℓ≤L} m_ℓ(1−û_ℓ)² + τ_L(1+ρ)²,
    p = Σ_{ℓ≤L} a_ℓP_ℓ, |u| ≤ B, ρ = B/√N(d,L+2).

    Parameters
        dim : d ≥ 3.
        budget : B > 0, taken as the exact value of the float.
        max_degree : L, even, at least 4: larger is narrower and slower (the roots of a polynomial of degree L).

    Returns
        (lower, upper), exact fractions. Their distance is what the float optimum and the degrees beyond L leave.

    Error
        Rigorous: the true value lies in between.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Trade-offs", weak duality; page "Certified numbers".
    """
    dim = _checks.integer("dim", dim, minimum=3)
    budget = _checks.real("budget", budget, above=0)
    max_degree = _checks.integer("max_degree", max_degree, minimum=4, maximum=400)
    optimum = trade_offs.weight_limited_optimum(dim, budget, max_degree=max_degree)
    degrees = [0, 1, *range(2, max_degree + 1, 2)]
    weights = [Fraction(float(a)) for a in optimum.polynomial]
    saved = ctx.prec
    try:
        ctx.prec = 256 + 8 * max_degree
        return _bounds(dim, arb(budget), degrees, weights, optimum)
    finally:
        ctx.prec = saved


def _bounds(dim: int, budget, degrees: list[int], weights: list[Fraction], optimum) -> Enclosure:
    masses = _masses(dim, degrees)
    tail = arb("0.5") - sum(m for ell, m in zip(degrees, masses, strict=True) if ell % 2 == 0)
    ratio = budget / arb(harmonic_dimension(dim, degrees[-1] + 2)).sqrt()
    zeros, sign = _roots(dim, degrees, weights)
    moments = _signed_moments(dim, degrees, zeros, sign)
    a = [arb(fmpq(w.numerator, w.denominator)) for w in weights]
    gain = sum(a) - budget * sum(x * y for x, y in zip(a, moments, strict=True))  # p(1) − B∫|p|
    size = sum(x * x / m for x, m in zip(a, masses, strict=True))
    lower = gain**2 / size if gain > 0 else arb(0)
    if ratio < 1:
        lower += tail * (1 - ratio) ** 2
    ends = []
    for found in ([budget * y for y in moments], _density_moments(dim, degrees, optimum)):
        upper = sum(m * (1 - y) ** 2 for m, y in zip(masses, found, strict=True)) + tail * (1 + ratio) ** 2
        ends.append(fraction(upper.upper()))
    return max(fraction(lower.lower()), Fraction(0)), min(ends)


def _density_moments(dim: int, degrees: list[int], optimum) -> list:
    """∫ u P_ℓ dμ_d of the proposed density, cut to [−B, B], from the exact values of its floats."""
    totals = [arb(0)] * len(degrees)
    before = [arb(0)] * len(degrees)  # caps at t = 1
    for edge, value in zip(optimum.edges[1:], optimum.density, strict=True):
        whole = [arb(1)] + [arb(0)] * (len(degrees) - 1)
        caps = _caps(dim, degrees, arb(float(edge))) if edge > -1 else whole
        u = arb(float(np.clip(value, -optimum.budget, optimum.budget)))
        totals = [total + u * (cap - old) for total, cap, old in zip(totals, caps, before, strict=True)]
        before = caps
    return totals


def _masses(dim: int, degrees: list[int]) -> list:
    """m_0, m_1 = 1/2, m_2, m_4, …"""
    found, mass = [mass_zero(dim), arb("0.5")], mass_zero(dim)
    for ell in degrees[2:]:
        mass = mass * arb(mass_ratio(dim, ell - 2))
        found.append(mass)
    return found


def _roots(dim: int, degrees: list[int], weights: list[Fraction]) -> tuple[list, int]:
    """Enclosures of the points of (−1, 1) where p changes sign, from the largest on, and the sign of p at t = 1."""
    total, wanted = fmpq_poly([0]), dict(zip(degrees, weights, strict=True))
    previous, current, t = fmpq_poly([0]), fmpq_poly([1]), fmpq_poly([0, 1])
    for ell in range(degrees[-1] + 1):
        if ell in wanted:
            total += current * fmpq(wanted[ell].numerator, wanted[ell].denominator)
        if ell == 0:
            previous, current = current, t
        else:
            step = t * current * fmpq(2 * ell + dim - 2, ell + dim - 2) - previous * fmpq(ell, ell + dim - 2)
            previous, current = current, step
    zeros = []
    for root, multiplicity in total.numer().complex_roots():
        if root.imag == 0 and multiplicity % 2 == 1 and not abs(root.real) > 1:
            zeros.append(root.real)
    zeros.sort(key=lambda root: float(root.mid()), reverse=True)
    for above, below in pairwise(zeros):
        if not above > below:
            raise ArithmeticError("two roots could not be told apart")
    if any(not abs(zero) < 1 for zero in zeros):
        raise ArithmeticError("a root at t = 1 or t = −1 could not be decided")
    return zeros, 1 if sum(weights) > 0 else -1


def _signed_moments(dim: int, degrees: list[int], zeros: list, sign: int) -> list:
    """∫ sign(p) P_ℓ dμ_d as balls: caps between the sign changes, from ∫_t^1 P_ℓ dμ_d in closed form."""
    totals = [arb(0)] * len(degrees)
    for index, t in enumerate(zeros):
        for place, value in enumerate(_caps(dim, degrees, t)):
            totals[place] += (-1) ** index * value
    ends = [(-1) ** len(zeros)] + [0] * (len(degrees) - 1)
    return [sign * (2 * total + end) for total, end in zip(totals, ends, strict=True)]


def _caps(dim: int, degrees: list[int], t) -> list:
    """∫_t^1 P_ℓ dμ_d for the degrees: the cap's measure, then C (1−t²)^{(d−1)/2} P_{ℓ−1}^{(d+2)}(t)/(d−1)."""
    sine2 = 1 - t * t
    half = sine2.beta_lower(arb(fmpq(dim - 1, 2)), arb("0.5"), True) / 2
    measure = half if t > 0 else 1 - half if t < 0 else None
    if measure is None:  # the ball holds 0: the cap is half the sphere up to the ball's radius
        measure = arb("0.5") + t * arb(0, 1) * density_constant(dim)
    factor = density_constant(dim) / (dim - 1) * sine2 ** arb(fmpq(dim - 1, 2))
    values, other = [arb(1), t], dim + 2
    for ell in range(1, degrees[-1]):
        step = (2 * ell + other - 2) * t * values[ell] - ell * values[ell - 1]
        values.append(step / (ell + other - 2))
    return [measure] + [factor * values[ell - 1] for ell in degrees[1:]]
