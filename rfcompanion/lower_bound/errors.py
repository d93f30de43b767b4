"""The smallest error of r features and the smallest r for an error: who computes it, and how it is rounded."""

import math
from fractions import Fraction

from .. import _checks
from ..concentration.neurons import checked_bias
from ..harmonics import harmonic_dimension
from .biased import biased_error, biased_features
from .levels import complete_level, level_bound
from .unbiased import LONGEST_SUM, bits_for, enclose, error_bounds, far_error, features_bounds

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
        return _round_up(biased_error(dim, features, bias))
    level = complete_level(dim, features)
    if level > LONGEST_SUM:
        return far_error(dim, features, level)
    return enclose(lambda bits: error_bounds(dim, features, level, bits), bits_for(features), _round_up)


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
        return biased_features(dim, Fraction(error), bias)
    # The price law bounds the degree, hence the number of digits, from above.
    level = level_bound(dim, error)
    bits = bits_for(harmonic_dimension(dim, level + 2))
    return enclose(lambda p: features_bounds(dim, Fraction(error), p), bits, math.ceil)


def _round_up(value: Fraction) -> float:
    """Smallest float that is at least the given fraction."""
    nearest = value.numerator / value.denominator
    return nearest if Fraction(nearest) >= value else math.nextafter(nearest, math.inf)
