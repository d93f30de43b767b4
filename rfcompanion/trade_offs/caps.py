"""Integrals over caps and cells of the sphere, and the density of one coordinate."""

import math

import numpy as np
from scipy.special import betainc

from .. import _checks
from ..harmonics import legendre


def cap_moments(dim: int, max_degree: int, t) -> np.ndarray:
    """Integrals of Legendre polynomials over caps.

    ∫_t^1 P_ℓ dμ_d = C (1−t²)^{(d−1)/2} P_{ℓ−1}^{(d+2)}(t)/(d−1) for ℓ ≥ 1,  C = Γ(d/2)/(√π Γ((d−1)/2)).

    Parameters
        dim : d ≥ 3.
        max_degree : L ≥ 1.
        t : points in [−1, 1], any shape.

    Returns
        array of shape (L+1, *shape of t); ℓ = 0 is the measure of the cap.

    Error
        Rounding, of order ℓ·1e-16.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Trade-offs": one integration of the differential equation of P_ℓ.
    """
    dim = _checks.integer("dim", dim, minimum=3)
    max_degree = _checks.integer("max_degree", max_degree, minimum=1)
    t = np.asarray(t, dtype=np.float64)
    moments = np.empty((max_degree + 1, *t.shape))
    moments[1:] = legendre(dim + 2, max_degree - 1, t)
    sine2 = (1 - t) * (1 + t)
    moments[1:] *= density_constant(dim) / (dim - 1) * sine2 ** ((dim - 1) / 2)
    half = betainc((dim - 1) / 2, 0.5, sine2) / 2
    moments[0] = np.where(t >= 0, half, 1 - half)
    return moments


def density_constant(dim: int) -> float:
    """C_d = Γ(d/2)/(√π Γ((d−1)/2)): the density of μ_d in the angle is C_d sin^{d−2}."""
    return math.exp(math.lgamma(dim / 2) - math.lgamma((dim - 1) / 2)) / math.sqrt(math.pi)


def coordinate_density(dim: int, t: np.ndarray) -> np.ndarray:
    return density_constant(dim) * ((1 - t) * (1 + t)) ** ((dim - 3) / 2)


def neuron_degrees(max_degree: int) -> np.ndarray:
    """The degrees that the unbiased neuron has: 0, 1, 2, 4, …, L."""
    return np.array([0, 1, *range(2, max_degree + 1, 2)])


def cell_moments(dim: int, max_degree: int, cells: int) -> tuple[np.ndarray, np.ndarray]:
    edges = np.cos(np.linspace(0, np.pi, cells + 1))
    edges = (edges - edges[::-1]) / 2  # exactly antisymmetric
    caps = cap_moments(dim, max_degree, edges)
    moments = np.diff(caps, axis=1)
    lower_half = betainc((dim - 1) / 2, 0.5, (1 - edges) * (1 + edges)) / 2
    measure = np.abs(np.diff(lower_half))  # no cancellation near t = −1
    middle = cells // 2
    if cells % 2:
        measure[middle] = 1 - 2 * lower_half[middle]
    moments[0] = measure
    return edges, moments
