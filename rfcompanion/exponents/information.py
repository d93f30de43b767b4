"""Hermite coefficients of an activation, and its information exponent."""

import math

import numpy as np

from .. import _checks
from ..harmonics import hermite


def hermite_coefficients(function, max_degree: int) -> np.ndarray:
    """Coefficients of a function of a standard normal variable in the normalised Hermite polynomials.

    a_k = E f(Z) he_k(Z),  he_k = He_k/√k!.

    Parameters
        function : f, vectorised.
        max_degree : largest k.

    Returns
        array of shape (max_degree+1,).

    Error
        Rounding for functions that are smooth but at multiples of 1/20; quadrature of order 1e-5 otherwise.

    Raises
        ValueError, TypeError for a negative degree.

    Source
        Chapter "After 2019".
    """
    max_degree = _checks.integer("max_degree", max_degree, 0)
    nodes, weights = np.polynomial.legendre.leggauss(8)
    left = np.arange(-240, 240) / 20
    z = (left[:, None] + (nodes + 1) / 40).ravel()
    weight = np.tile(weights / 40, len(left)) * np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return hermite(max_degree, z) @ (weight * np.asarray(function(z), float))


def information_exponent(function, max_degree: int = 8, tolerance: float = 1e-6) -> int | None:
    """Smallest degree k ≥ 1 with a Hermite coefficient that is not zero.

    min {k ≥ 1 : E f(Z) he_k(Z) ≠ 0}.

    Parameters
        function : f, vectorised.
        max_degree : where to stop.
        tolerance : a coefficient counts as zero below this, relative to ‖f‖.

    Returns
        int, or None if all coefficients up to max_degree vanish.

    Error
        A numerical decision: a coefficient below the tolerance is not seen.

    Raises
        ValueError, TypeError for arguments out of range.

    Source
        Chapter "After 2019"; Ben Arous, Gheissari & Jagannath (2021).
    """
    tolerance = _checks.real("tolerance", tolerance, above=0)
    coefficients = hermite_coefficients(function, _checks.integer("max_degree", max_degree, 1))
    size = math.sqrt(hermite_coefficients(lambda z: np.asarray(function(z), float) ** 2, 0)[0])
    seen = np.flatnonzero(np.abs(coefficients[1:]) > tolerance * size)
    return int(seen[0]) + 1 if seen.size else None
