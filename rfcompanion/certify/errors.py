"""The smallest error of r features, and the smallest r for an error, enclosed."""

from fractions import Fraction
from functools import lru_cache

from .. import _checks
from ..concentration.neurons import checked_bias
from ..harmonics import harmonic_dimension
from ..lower_bound import min_features as _min_features
from ..lower_bound.levels import complete_level, level_features
from ..lower_bound.unbiased import LONGEST_SUM
from .balls import Enclosure, arb, checked_bits, enclose, fmpq, gamma_half
from .biased import biased_count, biased_error


def best_relative_error(dim: int, features: int, bits: int = 128, bias: float = 0.0) -> Enclosure:
    """Enclosure of e_r, the smallest mean relative error of any r features for the unit ReLU neuron.

    e_r = 1 − Σ_{j≤r} λ_j↓/‖φ‖².

    Parameters
        dim : d ≥ 2.
        features : r ≥ 1; degrees up to 200,000 (400 with a bias) must hold r features.
        bits : relative accuracy, 2^{−bits}.
        bias : b, at most 30 in absolute value.

    Returns
        (lower, upper), exact fractions.

    Error
        Rigorous: the true value lies in between.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "General features"; page "Certified numbers".
    """
    dim = _checks.integer("dim", dim, minimum=2)
    features = _checks.integer("features", features, minimum=1)
    bias = checked_bias(bias)
    if bias != 0:
        return biased_error(dim, features, checked_bits(bits), bias)
    level = complete_level(dim, features)
    if level > LONGEST_SUM:
        raise ValueError(f"features must stay below those of degree {LONGEST_SUM}, got degree {level}")

    def value():
        left = 1 - mass_zero(dim)
        if level == 0:
            return left - arb(fmpq(features - 1, 2 * dim))
        left, mass = left - arb("0.5"), mass_zero(dim)
        for ell in range(0, level - 1, 2):
            mass = mass * arb(mass_ratio(dim, ell))
            left -= mass
        rest = features - level_features(dim, level)
        start = level if level > 1 else 0
        return left - mass * arb(mass_ratio(dim, start)) * arb(fmpq(rest, harmonic_dimension(dim, start + 2)))

    return enclose(value, checked_bits(bits))


def min_features(dim: int, relative_error: float, bias: float = 0.0) -> int:
    """The smallest number of features that reach an error, with a proof that it is the smallest.

    r with e_r ≤ ε < e_{r−1}, both sides enclosed.

    Parameters
        dim : d ≥ 2.
        relative_error : ε in [1e-12, 1), at least 1e-8 with a bias.
        bias : b, at most 30 in absolute value; degrees up to 400 must suffice.

    Returns
        int.

    Error
        Exact.

    Raises
        ValueError, TypeError if an argument is out of range; ArithmeticError if the enclosures cannot decide.

    Source
        Chapter "General features"; page "Certified numbers".
    """
    bias = checked_bias(bias)
    if bias != 0:
        dim = _checks.integer("dim", dim, minimum=2)
        error = _checks.real("relative_error", relative_error, above=0, below=1)
        return biased_count(dim, Fraction(_checks.real("relative_error", error, at_least=1e-8)), bias)
    candidate = _min_features(dim, relative_error)
    target, bits = Fraction(relative_error), candidate.bit_length() + 64
    above = candidate == 1 or best_relative_error(dim, candidate - 1, bits)[0] > target
    lower, upper = best_relative_error(dim, candidate, bits)
    tie = lower <= target <= upper  # equality is possible in odd dimensions, where every share is rational
    if not (above and (upper <= target or tie)):
        raise ArithmeticError(f"the enclosures at dim={dim}, relative_error={relative_error!r} do not decide")
    return candidate


def mass_zero(dim: int):
    return arb(dim) / (2 * arb.pi()) * (gamma_half(dim) / gamma_half(dim + 1)) ** 2


@lru_cache(maxsize=4096)
def mass_ratio(dim: int, ell: int):
    """m_{ℓ+2}/m_ℓ for even ℓ, an exact rational number."""
    counts = fmpq(harmonic_dimension(dim, ell + 2), harmonic_dimension(dim, ell))
    return counts * fmpq(ell - 1, ell + dim + 1) ** 2
