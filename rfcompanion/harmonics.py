"""Spherical harmonics and Hermite polynomials: dimensions, Legendre polynomials in dimension d, Funk–Hecke.

Everything about functions of one direction, g(⟨θ,x⟩), reduces to one real variable t = ⟨θ,ξ⟩ on [−1, 1] with the
law μ_d of one coordinate of a uniform point on the sphere S^{d−1}: density ∝ (1−t²)^{(d−3)/2}.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import comb

import numpy as np
from scipy.linalg import eigvalsh_tridiagonal

from . import _checks


def harmonic_dimension(dim: int, degree: int) -> int:
    """Dimension of the spherical harmonics of one degree.

    N(d,ℓ) = C(ℓ+d−1, d−1) − C(ℓ+d−3, d−1).

    Parameters
        dim : d ≥ 1, dimension of the space in which the sphere lies.
        degree : ℓ ≥ 0.

    Returns
        int, of any size.

    Error
        Exact.

    Raises
        ValueError, TypeError if an argument is not an integer in its range.

    Source
        Chapter "Setting"; standard.
    """
    dim = _checks.integer("dim", dim, minimum=1)
    degree = _checks.integer("degree", degree, minimum=0)
    lower = comb(degree + dim - 3, dim - 1) if degree >= 2 else 0
    return comb(degree + dim - 1, dim - 1) - lower


def harmonic_dimension_up_to(dim: int, degree: int, *, same_parity: bool = False) -> int:
    """Number of independent harmonics of all degrees up to a given one.

    Σ_{ℓ≤L} N(d,ℓ) = C(L+d−1, d−1) + C(L+d−2, d−1);  over ℓ ≡ L mod 2 only: C(L+d−1, d−1).

    Parameters
        dim : d ≥ 1.
        degree : L ≥ 0.
        same_parity : count only the degrees with the parity of L.

    Returns
        int, of any size.

    Error
        Exact.

    Raises
        ValueError, TypeError if an argument is not an integer in its range.

    Source
        Chapter "Setting"; standard.
    """
    dim = _checks.integer("dim", dim, minimum=1)
    degree = _checks.integer("degree", degree, minimum=0)
    total = comb(degree + dim - 1, dim - 1)
    if same_parity or degree == 0:
        return total
    return total + comb(degree + dim - 2, dim - 1)


def legendre(dim: int, max_degree: int, t) -> np.ndarray:
    """Legendre polynomials in dimension d: the zonal harmonics, scaled to P_ℓ(1) = 1.

    (ℓ+d−2) P_{ℓ+1}(t) = (2ℓ+d−2) t P_ℓ(t) − ℓ P_{ℓ−1}(t),  P_0 = 1, P_1 = t.

    Parameters
        dim : d ≥ 2 (d = 2: Chebyshev, d = 3: Legendre).
        max_degree : L ≥ 0.
        t : points in [−1, 1], any shape.

    Returns
        array of shape (L+1, *shape of t).

    Error
        Rounding, of order ℓ·1e-16 relative to the local envelope of P_ℓ.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Setting"; standard.
    """
    dim = _checks.integer("dim", dim, minimum=2)
    max_degree = _checks.integer("max_degree", max_degree, minimum=0)
    t = np.asarray(t, dtype=np.float64)
    if not (np.abs(t) <= 1).all():
        raise ValueError("t must lie in [-1, 1]")
    values = np.empty((max_degree + 1, *t.shape))
    values[0] = 1.0
    if max_degree >= 1:
        values[1] = t  # the recursion is 0 = 0 here when d = 2
    for ell in range(1, max_degree):
        values[ell + 1] = ((2 * ell + dim - 2) * t * values[ell] - ell * values[ell - 1]) / (ell + dim - 2)
    return values


def hermite(max_degree: int, t) -> np.ndarray:
    """Normalised probabilists' Hermite polynomials h_k = He_k/√k!, orthonormal under N(0,1).

    h_{k+1}(t) = (t h_k(t) − √k h_{k−1}(t)) / √(k+1).

    Parameters
        max_degree : K ≥ 0.
        t : real points, any shape.

    Returns
        array of shape (K+1, *shape of t).

    Error
        Rounding, of order k·1e-16 relative to the local envelope.

    Raises
        ValueError, TypeError if max_degree is not an integer ≥ 0.

    Source
        Chapter "Setting"; standard.
    """
    max_degree = _checks.integer("max_degree", max_degree, minimum=0)
    t = np.asarray(t, dtype=np.float64)
    values = np.empty((max_degree + 1, *t.shape))
    values[0] = 1.0
    if max_degree >= 1:
        values[1] = t
    for k in range(1, max_degree):
        values[k + 1] = (t * values[k] - np.sqrt(k) * values[k - 1]) / np.sqrt(k + 1)
    return values


def sphere_quadrature(dim: int, nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """Gauss nodes and weights for μ_d, the law of one coordinate of a uniform point on S^{d−1}.

    Σ_i weight_i p(t_i) = ∫ p dμ_d for every polynomial p of degree < 2·nodes.

    Parameters
        dim : d ≥ 2.
        nodes : number of nodes, at least 1.

    Returns
        (t, weights), each of shape (nodes,); the weights sum to 1.

    Error
        Rounding, about 1e-13 relative in each weight for moderate d and number of nodes; weights below 1e-280 are 0.

    Raises
        ValueError, TypeError if an argument is not an integer in its range.

    Source
        Chapter "Setting"; standard.
    """
    dim = _checks.integer("dim", dim, minimum=2)
    nodes = _checks.integer("nodes", nodes, minimum=1)
    # Golub–Welsch: the nodes are eigenvalues of the Jacobi matrix of the orthonormal polynomials of μ_d.
    n = np.arange(1, nodes)
    square = n * (n + dim - 3.0) / np.maximum((2.0 * n + dim - 2) * (2 * n + dim - 4), 1)
    if dim == 2 and nodes > 1:
        square[0] = 0.5  # 0/0 in the formula
    off_diagonal = np.sqrt(square)
    t = eigvalsh_tridiagonal(np.zeros(nodes), off_diagonal)
    t = (t - t[::-1]) / 2  # the rule is symmetric: make it exactly so
    # Christoffel: 1/weight = Σ_k p_k(t)², which keeps the relative accuracy of the extreme weights too.
    previous, current, total = np.zeros(nodes), np.ones(nodes), np.ones(nodes)
    for k in range(nodes - 1):
        below = off_diagonal[k - 1] if k else 0.0
        previous, current = current, (t * current - below * previous) / off_diagonal[k]
        huge = np.abs(current) > 1e140  # such a weight is below 1e-280: it becomes 0
        previous[huge] = current[huge] = 0.0
        total = np.where(huge, np.inf, total + current**2)
    return t, 1 / total


@lru_cache(maxsize=8)
def _gauss_legendre(nodes: int) -> tuple[np.ndarray, np.ndarray]:
    return np.polynomial.legendre.leggauss(nodes)


def funk_hecke(
    function: Callable[[np.ndarray], np.ndarray],
    dim: int,
    max_degree: int,
    radius: float = 1.0,
    kinks: Sequence[float] = (),
    nodes: int = 400,
) -> np.ndarray:
    """Funk–Hecke coefficients of a function of one direction on the sphere of a given radius.

    c_ℓ(ρ) = ∫ g(ρt) P_ℓ(t) dμ_d(t): convolution with g(ρ⟨·,ξ⟩) multiplies every harmonic of degree ℓ by c_ℓ(ρ).

    Parameters
        function : g, acts on arrays.
        dim : d ≥ 2.
        max_degree : L ≥ 0.
        radius : ρ > 0.
        kinks : points z where g is not smooth; the integral is split at t = z/ρ.
        nodes : quadrature nodes on each smooth piece.

    Returns
        array (c_0, …, c_L).

    Error
        Rounding of order 1e-13·max|g| if g is smooth on each piece and ``nodes`` exceeds max_degree.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Setting"; the Funk–Hecke formula.
    """
    dim = _checks.integer("dim", dim, minimum=2)
    max_degree = _checks.integer("max_degree", max_degree, minimum=0)
    radius = _checks.real("radius", radius, above=0)
    nodes = _checks.integer("nodes", nodes, minimum=2)
    # In the angle φ (t = cos φ) the weight sin^{d−2} φ is smooth for every d ≥ 2.
    inside = [np.arccos(z / radius) for z in kinks if abs(z) < radius]
    ends = np.array(sorted({0.0, np.pi, *inside}))
    x, w = _gauss_legendre(nodes)
    half = np.diff(ends)[:, None] / 2
    angle = ((ends[:-1, None] + half) + half * x).ravel()
    weight = (half * w).ravel()
    with np.errstate(divide="ignore", over="ignore"):
        log_density = (dim - 2) * np.log(np.sin(angle))
    density = weight * np.exp(log_density)
    # Normalised by its own sum: piecewise Gauss–Legendre integrates the density as well as the integrand.
    density /= density.sum()
    t = np.cos(angle)
    return legendre(dim, max_degree, t) @ (density * np.asarray(function(radius * t), dtype=np.float64))
