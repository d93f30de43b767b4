"""Numbers that measure how hard a function is for methods that learn features.

Information exponent, generative exponent and leap of a target, and the lattice-point counts of the matching widths.
"""

import itertools
import math

import numpy as np

from . import _checks
from .harmonics import hermite


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


def label_energies(function, max_degree: int, bins: int = 200) -> np.ndarray:
    """How much of each Hermite polynomial the label reveals.

    ζ_k = E(E[he_k(Z) | f(Z)])², the largest squared correlation of he_k(Z) with a transformed label T(f(Z)), ‖T‖ = 1.

    Parameters
        function : f, vectorised.
        max_degree : largest k.
        bins : the label is cut into so many classes (equal labels stay together).

    Returns
        array of shape (max_degree+1,) with entries in [0, 1]; entry 0 is 1.

    Error
        Discretisation: never more than the truth by over 1e-3; entries that vanish come out below 2e-4, and tails that
        the classes do not resolve are lost (more classes resolve more, at the price of noise).

    Raises
        ValueError, TypeError for arguments out of range.

    Source
        Chapter "After 2019"; Damian, Pillaud-Vivien, Lee & Bruna (2024).
    """
    max_degree, bins = _checks.integer("max_degree", max_degree, 0), _checks.integer("bins", bins, 2)
    z = (np.arange(-200_000, 200_000) + 0.5) * (9 / 200_000)
    weight = np.exp(-z * z / 2)
    weight /= weight.sum()
    label = np.round(np.asarray(function(z), float), 12)
    order = np.argsort(label, kind="stable")
    flat = np.cumsum(np.exp(-z * z / 8)[order])  # classes of equal size under a wider law: the tails count for he_k
    edges = label[order][np.searchsorted(flat / flat[-1], np.arange(1, bins) / bins)]
    where = np.searchsorted(np.unique(edges), label, side="left")
    mass = np.bincount(where, weight)
    means = [np.bincount(where, weight * row) for row in hermite(max_degree, z)]
    safe = np.where(mass > 0, mass, 1.0)
    return np.array([np.sum(m * m / safe) for m in means])


def generative_exponent(function, max_degree: int = 8, tolerance: float = 2e-3) -> int | None:
    """Smallest information exponent that a transformation of the label can reach.

    min {k ≥ 1 : E[he_k(Z) | f(Z)] is not identically zero}.

    Parameters
        function : f, vectorised.
        max_degree : where to stop.
        tolerance : an energy of :func:`label_energies` counts as zero below this.

    Returns
        int, or None if all energies up to max_degree vanish.

    Error
        A numerical decision: an energy below the tolerance is not seen.

    Raises
        ValueError, TypeError for arguments out of range.

    Source
        Chapter "After 2019"; Damian, Pillaud-Vivien, Lee & Bruna (2024).
    """
    tolerance = _checks.real("tolerance", tolerance, above=0)
    energies = label_energies(function, _checks.integer("max_degree", max_degree, 1))
    seen = np.flatnonzero(energies[1:] > tolerance)
    return int(seen[0]) + 1 if seen.size else None


def leap(monomials) -> int:
    """Leap of a polynomial of signs: the largest number of new variables that has to be taken in at once.

    min over orders S_1, S_2, … of the monomials of max_i |S_i \\ (S_1 ∪ … ∪ S_{i−1})|.

    Parameters
        monomials : sets of variables, one for each monomial; for instance [{1}, {1, 2}].

    Returns
        int ≥ 0.

    Error
        Exact: taking the monomial with the fewest new variables first is optimal.

    Raises
        ValueError if there is no monomial.

    Source
        Chapter "After 2019"; Abbe, Boix-Adserà & Misiakiewicz (2023).
    """
    left = [frozenset(monomial) for monomial in monomials]
    if not left:
        raise ValueError("monomials must hold at least one set of variables")
    known, largest = frozenset(), 0
    while left:
        nearest = min(left, key=lambda monomial: len(monomial - known))
        largest = max(largest, len(nearest - known))
        known |= nearest
        left.remove(nearest)
    return largest


def integer_points(dim: int, radius: float) -> int:
    """Number of integer points in a ball.

    Q_{k,d} = #{z ∈ ℤ^d : ‖z‖ ≤ k}.

    Parameters
        dim : d ≥ 1.
        radius : k ≥ 0.

    Returns
        exact int.

    Error
        Exact.

    Raises
        ValueError, TypeError for arguments out of range.

    Source
        Chapter "After 2019"; Hsu, Sanford, Servedio & Vlatakis-Gkaragkounis (2021).
    """
    dim = _checks.integer("dim", dim, 1)
    limit = math.floor(_checks.real("radius", radius, at_least=0) ** 2 + 1e-9)
    counts = [1] + [0] * limit  # points of squared norm 0 … limit in dimension 0
    for _ in range(dim):
        counts = [
            counts[n]
            + 2 * sum(counts[n - k * k] for k in itertools.takewhile(lambda k, n=n: k * k <= n, itertools.count(1)))
            for n in range(limit + 1)
        ]
    return sum(counts)
