"""Leap of a polynomial of signs, and the lattice-point counts of the matching widths."""

import itertools
import math

from .. import _checks


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
