"""With a bias: the float64 spectrum, ordered by eigenvalue; everything after it in exact arithmetic."""

import math
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from ..concentration import relu_masses
from ..harmonics import harmonic_dimension, harmonic_dimension_up_to

_HIGHEST_DEGREE = 8192  # of the float64 spectrum with a bias


def biased_error(dim: int, features: int, bias: float) -> Fraction:
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


def biased_features(dim: int, error: Fraction, bias: float) -> int:
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
