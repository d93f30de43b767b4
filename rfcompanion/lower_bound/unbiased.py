"""The unbiased neuron in fixed-point integers, with a rigorous bound on every rounding: any r, any number of digits."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import lru_cache

import mpmath

from ..harmonics import harmonic_dimension
from .levels import level_features

LONGEST_SUM = 200_000  # highest degree that is reached by summing degree after degree


def bits_for(number: int) -> int:
    """Precision at which the first attempt for so many features nearly always decides."""
    return number.bit_length() + 128


def enclose(bounds: Callable[[int], tuple[Fraction, Fraction]], bits: int, decide: Callable):
    """Raise the precision until both ends of an enclosure decide alike; a tie at four times the bits is exact."""
    for precision in (bits, 2 * bits, 4 * bits):
        low, high = bounds(precision)
        if decide(low) == decide(high):
            return decide(high)
    return decide(low)


def error_bounds(dim: int, features: int, level: int, bits: int) -> tuple[Fraction, Fraction]:
    """Enclosure of e_r; ``level`` is the largest degree that is complete (−1: none, 0: the constant, 1: the linear)."""
    one = 1 << bits
    if level <= 0:
        left = one - _mass_zero(dim, bits)
        exact_part = Fraction(features - 1, 2 * dim)  # degree 1 has mass exactly 1/2
        return Fraction(left - 1, one) - exact_part, Fraction(left, one) - exact_part
    left, units = one >> 1, 0
    masses = _even_masses(dim, bits)
    ell, count, mass = next(masses)
    while ell <= level:
        left -= mass
        units += ell // 2 + 1
        ell, count, mass = next(masses)
    units += ell // 2 + 1
    rest = features - level_features(dim, level)
    value = Fraction(left * count - rest * mass, one * count)
    return value - Fraction(units, one), value


def features_bounds(dim: int, error: Fraction, bits: int) -> tuple[Fraction, Fraction]:
    """Enclosure of the real number whose ceiling is min_features: r_L + (τ_L − ε) N/m inside one degree."""
    one = 1 << bits
    left, taken, units = one, 0, 0
    sequence = _even_masses(dim, bits)
    ell, count, mass = next(sequence)
    first = True
    while True:
        slack = (ell // 2 + 1) if ell != 1 else 0
        target = error * one
        # τ (before this degree) lies in [left − units, left], this mass in [mass, mass + slack]
        if left - mass <= target or left - units - mass - slack <= target:
            low = (left - units - target) * count / (mass + slack)
            high = (left - target) * count / mass
            return taken + min(max(low, 0), count), taken + max(high, 0)
        left, taken, units = left - mass, taken + count, units + slack
        if first:
            ell, count, mass, first = 1, dim, one >> 1, False
        else:
            ell, count, mass = next(sequence)


def far_error(dim: int, features: int, level: int) -> float:
    """e_r where degrees beyond 200,000 count: τ_L from its expansion, relative error of order L^{−4}."""
    with mpmath.workdps(2 * len(str(features)) + 40):
        n, half = mpmath.mpf(level) / 2, mpmath.mpf(dim) / 2
        prefactor = dim * mpmath.gammaprod([half], [half - 0.5]) / (12 * mpmath.pi**1.5)

        def phi(k):
            ratio_n = mpmath.exp(mpmath.loggamma(k - 0.1) - mpmath.loggamma(k + 1.4))
            return ratio_n * mpmath.exp(mpmath.loggamma(k + half - 0.4) - mpmath.loggamma(k + half + 1.1))

        # τ_L = K φ(n) (1 − 0.6·(0.45/n² + 0.45/(n+d/2)²)) up to relative order n^{−3}·d
        tail = prefactor * phi(n) * (1 - mpmath.mpf("0.27") * (1 / n**2 + 1 / (n + half) ** 2))
        rest = mpmath.mpf(features - level_features(dim, level)) / harmonic_dimension(dim, level + 2)
        return float(tail - rest * prefactor * (phi(n) - phi(n + 1)))


@lru_cache(maxsize=256)
def _mass_zero(dim: int, bits: int) -> int:
    """m_0 = (d/2π) (Γ(d/2)/Γ((d+1)/2))² in units of 2^{−bits}, to within one unit."""
    with mpmath.workprec(bits + 40):
        half = mpmath.mpf(dim) / 2
        value = dim / (2 * mpmath.pi) * mpmath.gammaprod([half, half], [half + 0.5, half + 0.5])
        return int(mpmath.floor(mpmath.ldexp(value, bits)))


def _even_masses(dim: int, bits: int) -> Iterator[tuple[int, int, int]]:
    """Yield (ℓ, N(d,ℓ), m_ℓ in units of 2^{−bits}) for ℓ = 0, 2, 4, …; m_ℓ is at most ℓ/2 + 1 units too small."""
    ell, count, mass = 0, 1, _mass_zero(dim, bits)
    while True:
        yield ell, count, mass
        # N(d,ℓ+2)/N(d,ℓ) and (c_{ℓ+2}/c_ℓ)², as ratios of integers
        count = harmonic_dimension(dim, ell + 2) if ell == 0 else _next_dimension(dim, ell, count)
        grow = (2 * ell + dim + 2) * (ell + dim - 1) * (ell + dim - 2)
        shrink = (2 * ell + dim - 2) * (ell + 1) * (ell + 2)
        if ell == 0:  # the factor d − 2 cancels, also at d = 2
            grow, shrink = (dim + 2) * (dim - 1), 2
        mass = mass * grow * (ell - 1) ** 2 // (shrink * (ell + dim + 1) ** 2)
        ell += 2


def _next_dimension(dim: int, ell: int, count: int) -> int:
    numerator = count * (2 * ell + dim + 2) * (ell + dim - 1) * (ell + dim - 2)
    return numerator // ((2 * ell + dim - 2) * (ell + 1) * (ell + 2))
