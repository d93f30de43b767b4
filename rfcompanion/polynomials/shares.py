"""What given features capture of every degree, exactly and as predicted for large width."""

import math
from functools import lru_cache

import numpy as np

from .. import _checks, harmonics
from .neurons import neuron_coefficients, neuron_norm2


def sphere_gram(W, bias: float = 0.0) -> np.ndarray:
    """Gram matrix of unit-weight biased ReLU features under uniform inputs on the unit sphere.

    G_ij = Σ_ℓ N(d,ℓ) c_ℓ² P_ℓ(⟨w_i,w_j⟩): a function of the angle alone, tabulated once and interpolated.

    Parameters
        W : unit weights, shape (r, d), d ≥ 4.
        bias : b in (−1, 1).

    Returns
        array of shape (r, r).

    Error
        Below 1e-9 for every angle and 1e-10 for angles above 0.01 (series cut at degree 600); the diagonal is exact.

    Raises
        ValueError, TypeError if W does not hold unit vectors or an argument is out of range.

    Source
        Chapter "Polynomials".
    """
    W = _checks.array("W", W, 2)
    dim = _checks.integer("the dimension of W", W.shape[1], minimum=4)
    bias = _checks.real("bias", bias, above=-1, below=1)
    if abs(np.einsum("ij,ij->i", W, W) - 1).max() > 1e-10:
        raise ValueError("W must hold unit vectors")
    gram = _kernel_of_angle(dim, bias)(np.arccos(np.clip(W @ W.T, -1, 1)))
    np.fill_diagonal(gram, neuron_norm2(dim, bias))
    return gram


def degree_shares(W, degrees, bias: float = 0.0) -> np.ndarray:
    """Captured share of every degree in the exact population fit with given features on the sphere.

    share_ℓ = tr(G⁻¹ M_ℓ)/N(d,ℓ), M_ℓ = N(d,ℓ) c_ℓ² P_ℓ(W Wᵀ): the mean over all unit-norm harmonics of degree ℓ of
    one minus the relative error of the best fit. Σ_ℓ N(d,ℓ)·share_ℓ = r over all degrees.

    Parameters
        W : unit weights, shape (r, d).
        degrees : degrees ℓ to report.
        bias : b in (−1, 1).

    Returns
        array, one share in [0, 1] a degree.

    Error
        That of :func:`sphere_gram` times the condition of the Gram matrix.

    Raises
        ValueError, TypeError as :func:`sphere_gram`; LinAlgError if the features are dependent.

    Source
        Chapter "Polynomials", own identity.
    """
    from scipy.linalg import cholesky
    from scipy.linalg.lapack import dpotri

    W = _checks.array("W", W, 2)
    dim = W.shape[1]
    degrees = [_checks.integer("degrees", ell, minimum=0) for ell in degrees]
    inverse, _ = dpotri(cholesky(sphere_gram(W, bias), lower=True, overwrite_a=True), lower=True, overwrite_c=True)
    inverse = np.tril(inverse) + np.tril(inverse, -1).T
    c = neuron_coefficients(dim, max(degrees), bias)
    t = np.clip(W @ W.T, -1, 1)
    shares, previous, current = {}, np.ones_like(t), t.copy()
    for ell in range(max(degrees) + 1):  # the recursion of harmonics.legendre, keeping two degrees only
        if ell in degrees:
            shares[ell] = c[ell] ** 2 * np.vdot(inverse, previous)
        following = ((2 * ell + dim) * t * current - (ell + 1) * previous) / (ell + dim - 1)
        previous, current = current, following
    return np.array([shares[ell] for ell in degrees])


def predicted_shares(dim: int, features: int, eigenvalues) -> np.ndarray:
    """Deterministic equivalent of the captured shares: one number ζ decides how r features are spread over degrees.

    share_ℓ ≈ λ_ℓ/(λ_ℓ+ζ), ζ from Σ_ℓ N(d,ℓ) λ_ℓ/(λ_ℓ+ζ) = r.

    Parameters
        dim : d ≥ 2.
        features : r ≥ 1, less than the number of harmonics with a non-zero eigenvalue.
        eigenvalues : λ_0 … λ_L, to so high a degree that the rest does not matter.

    Returns
        array of L+1 shares.

    Error
        A prediction for large r, not a bound; solves its equation to rounding.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Polynomials".
    """
    from scipy.optimize import brentq

    eigenvalues = _checks.array("eigenvalues", eigenvalues, 1)
    sizes = np.array([float(harmonics.harmonic_dimension(dim, ell)) for ell in range(len(eigenvalues))])
    features = _checks.integer("features", features, minimum=1)
    if features >= sizes[eigenvalues > 0].sum():
        raise ValueError(f"features must be below the {sizes[eigenvalues > 0].sum():.0f} harmonics given")
    log_zeta = brentq(lambda x: (sizes * eigenvalues / (eigenvalues + math.exp(x))).sum() - features, -700, 100)
    return eigenvalues / (eigenvalues + math.exp(log_zeta))


@lru_cache(maxsize=8)
def _kernel_of_angle(dim: int, bias: float):
    """E f_w(x) f_v(x) on the sphere as a function of the angle between w and v: a spline."""
    from scipy.interpolate import CubicSpline

    angle = np.linspace(0, np.pi, 4001)
    c = neuron_coefficients(dim, 600, bias)
    sizes = np.array([float(harmonics.harmonic_dimension(dim, ell)) for ell in range(601)])
    return CubicSpline(angle, (sizes * c * c) @ harmonics.legendre(dim, 600, np.cos(angle)))
