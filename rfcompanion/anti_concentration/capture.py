"""How many features of any kind the triangle wave costs."""

import math

import numpy as np

from .. import _checks
from ..concentration import triangle_wave_eigenvalues
from ..harmonics import harmonic_dimension
from ..targets import triangle_wave_norm2


def min_features_to_capture(dim: int, norm: float, share: float) -> int:
    """Smallest number of features, of any kind, that capture a given share of the triangle wave on average.

    min { r : Σ of the r largest eigenvalues of 𝒯 ≥ share·‖tri(⟨w,·⟩)‖² },  ‖w‖ = s.

    Parameters
        dim : d ≥ 3.
        norm : s > 0.
        share : in (0, 1).

    Returns
        int, of any size.

    Error
        The eigenvalues are good to about 1e-12; r is exact up to that.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapters "Anti-concentration" and "General features".
    """
    dim = _checks.integer("dim", dim, minimum=3)
    norm = _checks.real("norm", norm, above=0)
    share = _checks.real("share", share, above=0, below=1)
    target = share * triangle_wave_norm2(norm)
    max_degree = 32
    while True:
        eigenvalues = triangle_wave_eigenvalues(dim, norm, max_degree)
        captured, features = 0.0, 0
        # A degree beyond the last cannot hold more than ‖tri‖²/N per function: stop where that could matter.
        beyond = 1 / 3 / harmonic_dimension(dim, max_degree + 1)
        for degree in np.argsort(-eigenvalues, kind="stable"):
            value = float(eigenvalues[degree])
            if value <= beyond:
                break
            count = harmonic_dimension(dim, int(degree))
            if captured + count * value >= target:
                return features + _ceiling((target - captured) / value, count)
            captured, features = captured + count * value, features + count
        max_degree *= 2


def _ceiling(number: float, at_most: int) -> int:
    """A ceiling that ignores the last two digits: an exact multiple must not cost one feature more."""
    return min(at_most, max(1, math.ceil(number * (1 - 1e-13))))
