"""The smallest error that any r features can reach for one ReLU neuron, and the number of features an error costs.

For every subspace V of dimension at most r, fixed in advance or random and independent of the target,
E_θ dist²(φ_θ, V) ≥ ‖φ‖² e_r,  e_r = 1 − (sum of the r largest eigenvalues of 𝒯)/‖φ‖²,
with equality for the span of the top eigenfunctions. The eigenvalues are those of ``concentration``.
"""

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import lru_cache

import mpmath

from . import _checks
from .concentration import relu_masses
from .concentration.neurons import checked_bias
from .harmonics import harmonic_dimension, harmonic_dimension_up_to
from .paper_bound import best_choice as best_choice  # the paper's route is asked for here as well
from .paper_bound import chain as chain
from .paper_bound import weights_bound as weights_bound
from .paper_bound import width_bound as width_bound

_LONGEST_SUM = 200_000  # highest degree that is reached by summing degree after degree
_HIGHEST_DEGREE = 8192  # of the float64 spectrum with a bias
_SMALLEST_ERROR = {False: 1e-12, True: 1e-8}  # of min_features, without and with a bias


def best_relative_error(dim: int, features: int, bias: float = 0.0) -> float:
    """Smallest mean relative error that any r features can reach for the unit-norm neuron [⟨θ,x⟩+b]_+.

    e_r = min over subspaces V of dimension r of E_θ dist²(φ_θ, V)/‖φ‖² = 1 − Σ_{j≤r} λ_j↓/‖φ‖².
    Relative errors do not depend on ‖w‖ for a neuron without bias (homogeneity).

    Parameters
        dim : d ≥ 2.
        features : r ≥ 1, an integer of any size.
        bias : b, at most 30 in absolute value.

    Returns
        float in [0, 1).

    Error
        b = 0: exact, rounded *upwards* to the next float (relative 1e-14 where degrees above 200,000 count).
        b ≠ 0: absolute 1e-13, from the float64 spectrum.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "General features"; Kamath, Montasser & Srebro (2020), Wu & Long (2022).
    """
    dim = _checks.integer("dim", dim, minimum=2)
    features = _checks.integer("features", features, minimum=1)
    bias = checked_bias(bias)
    if bias != 0:
        return _round_up(_biased_error(dim, features, bias))
    level = _level(dim, features)
    if level > _LONGEST_SUM:
        return _far_error(dim, features, level)
    enclosure = _enclose(lambda bits: _error_bounds(dim, features, level, bits), _bits(features), _round_up)
    return _round_up(enclosure)


def min_features(dim: int, relative_error: float, bias: float = 0.0) -> int:
    """Smallest number of features whose best mean relative error is at most a given one.

    r = min{r : e_r ≤ ε}.

    Parameters
        dim : d ≥ 2.
        relative_error : ε, in (0, 1); at least 1e-12 (1e-8 with a bias).
        bias : b, at most 30 in absolute value.

    Returns
        int, with all its digits.

    Error
        b = 0: exact. b ≠ 0: exact for the float64 spectrum, whose relative error is 1e-12.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "General features".
    """
    dim = _checks.integer("dim", dim, minimum=2)
    bias = checked_bias(bias)
    error = _checks.real("relative_error", relative_error, above=0, below=1)
    error = _checks.real("relative_error", error, at_least=_SMALLEST_ERROR[bias != 0])
    if bias != 0:
        return _biased_features(dim, Fraction(error), bias)
    # The price law bounds the degree, hence the number of digits, from above.
    level = _level_bound(dim, error)
    bits = _bits(harmonic_dimension(dim, level + 2))
    return _enclose(lambda p: _features_bounds(dim, Fraction(error), p), bits, math.ceil)


# The unbiased neuron: fixed-point integers with a rigorous bound on every rounding.


def _bits(number: int) -> int:
    return number.bit_length() + 128


def _enclose(bounds: Callable[[int], tuple[Fraction, Fraction]], bits: int, decide: Callable):
    """Raise the precision until both ends of an enclosure decide alike; a tie at four times the bits is exact."""
    for precision in (bits, 2 * bits, 4 * bits):
        low, high = bounds(precision)
        if decide(low) == decide(high):
            return decide(high)
    return decide(low)


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


def _error_bounds(dim: int, features: int, level: int, bits: int) -> tuple[Fraction, Fraction]:
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
    rest = features - _level_features(dim, level)
    value = Fraction(left * count - rest * mass, one * count)
    return value - Fraction(units, one), value


def _features_bounds(dim: int, error: Fraction, bits: int) -> tuple[Fraction, Fraction]:
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


def _level_features(dim: int, level: int) -> int:
    """r_L: how many features hold every degree up to L that the unbiased neuron has."""
    if level <= 1:
        return 1 if level == 0 else 1 + dim
    return dim + harmonic_dimension_up_to(dim, level, same_parity=True)


def _level(dim: int, features: int) -> int:
    """Largest L in {0, 1, 2, 4, 6, …} with r_L ≤ r."""
    if features < 1 + dim:
        return 0
    low, high = 0, 1  # halves of even degrees: r_{2·low} ≤ r < r_{2·high}
    while _level_features(dim, 2 * high) <= features:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if _level_features(dim, 2 * middle) <= features:
            low = middle
        else:
            high = middle
    return 2 * low if low else 1


def _level_bound(dim: int, error: float) -> int:
    """An even L with τ_L < ε, from the price law (valid for d ≥ 3; d = 2 has a lighter tail than d = 3)."""
    size = max(dim, 3)
    constant = 2 / (3 * math.pi**1.5) * size * math.exp(math.lgamma(size / 2) - math.lgamma((size - 1) / 2))
    needed = (constant / error) ** (2 / 3)  # (L+.3)(L+d−.3) must exceed it
    degree = max(2.0, (-dim + math.sqrt(dim**2 + 4 * needed)) / 2 + 1)
    return 2 * math.ceil(degree / 2)


def _far_error(dim: int, features: int, level: int) -> float:
    """e_r where degrees beyond 200,000 count: τ_L from its expansion, relative error of order L^{−4}."""
    with mpmath.workdps(2 * len(str(features)) + 40):
        n, half = mpmath.mpf(level) / 2, mpmath.mpf(dim) / 2
        prefactor = dim * mpmath.gammaprod([half], [half - 0.5]) / (12 * mpmath.pi**1.5)

        def phi(k):
            ratio_n = mpmath.exp(mpmath.loggamma(k - 0.1) - mpmath.loggamma(k + 1.4))
            return ratio_n * mpmath.exp(mpmath.loggamma(k + half - 0.4) - mpmath.loggamma(k + half + 1.1))

        # τ_L = K φ(n) (1 − 0.6·(0.45/n² + 0.45/(n+d/2)²)) up to relative order n^{−3}·d
        tail = prefactor * phi(n) * (1 - mpmath.mpf("0.27") * (1 / n**2 + 1 / (n + half) ** 2))
        rest = mpmath.mpf(features - _level_features(dim, level)) / harmonic_dimension(dim, level + 2)
        return float(tail - rest * prefactor * (phi(n) - phi(n + 1)))


def _round_up(value) -> float:
    """Smallest float that is at least the given fraction."""
    if isinstance(value, float):
        return value
    nearest = value.numerator / value.denominator
    return nearest if Fraction(nearest) >= value else math.nextafter(nearest, math.inf)


# With a bias: the float64 spectrum, ordered by eigenvalue; everything after it in exact arithmetic.


@lru_cache(maxsize=64)
def _ordered_spectrum(dim: int, bias: float, max_degree: int):
    """Degrees by falling eigenvalue as (N, relative mass), and a bound on every eigenvalue that is not listed."""
    masses = [Fraction(float(m)) for m in relu_masses(dim, max_degree, bias)]
    counts = [harmonic_dimension(dim, ell) for ell in range(max_degree + 1)]
    order = sorted(range(max_degree + 1), key=lambda ell: masses[ell] / counts[ell], reverse=True)
    left = max(1 - sum(masses), Fraction(0)) + Fraction(1, 10**13)
    return [(counts[ell], masses[ell]) for ell in order], left / harmonic_dimension(dim, max_degree + 1)


def _certified_spectra(dim: int, bias: float, max_degree: int = 16) -> Iterator:
    """Longer and longer spectra, until the caller's features are certified to come first."""
    while max_degree <= _HIGHEST_DEGREE:
        yield _ordered_spectrum(dim, bias, max_degree)
        max_degree *= 2


def _biased_error(dim: int, features: int, bias: float) -> Fraction:
    if features > harmonic_dimension_up_to(dim, _HIGHEST_DEGREE // 2):
        raise ValueError(f"features must stay below those of degree {_HIGHEST_DEGREE // 2} for a neuron with bias")
    enough = 16
    while harmonic_dimension_up_to(dim, enough) < features:
        enough *= 2
    for spectrum, unlisted in _certified_spectra(dim, bias, enough):
        left, rest = Fraction(1), features
        for count, mass in spectrum:
            if mass < unlisted * count:
                break  # an unlisted degree could come before this one
            taken = min(rest, count)
            left -= mass * taken / count
            rest -= taken
            if rest == 0:
                return max(left, Fraction(0))
    raise ValueError(f"features must be fewer: their order is not certain in float64 (dim={dim}, bias={bias:g})")


def _biased_features(dim: int, error: Fraction, bias: float) -> int:
    for spectrum, unlisted in _certified_spectra(dim, bias):
        left, total = Fraction(1), 0
        for count, mass in spectrum:
            if mass < unlisted * count:
                break
            if left - mass <= error:
                return total + math.ceil((left - error) * count / mass)
            left, total = left - mass, total + count
    raise ValueError(
        f"relative_error must be larger: degrees above {_HIGHEST_DEGREE} are needed (dim={dim}, bias={bias:g})"
    )
