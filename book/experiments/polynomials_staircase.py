"""Captured share of every degree against the number of random features, in exact population fits on the sphere.

python -m rfcompanion reproduce polynomials_staircase
"""

import numpy as np

from rfcompanion import harmonics, polynomials

DEGREES = (0, 1, 2, 3, 4, 5)
WIDTHS = {
    10: (8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096),
    20: (8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192),
}


def unit_weights(width: int, dim: int, seed: int) -> np.ndarray:
    """Directions uniform on the sphere, shape (width, dim)."""
    W = np.random.default_rng([seed, dim, width]).standard_normal((width, dim))
    return W / np.linalg.norm(W, axis=1, keepdims=True)


def row(dim: int, width: int) -> dict:
    """Captured shares of all degrees at one width, with their spread over the draws."""
    bias = polynomials.balanced_bias(dim)
    draws = 10 if width <= 256 else 3 if width <= 1024 else 1
    shares = [polynomials.degree_shares(unit_weights(width, dim, s), DEGREES, bias) for s in range(draws)]
    return {
        "dim": dim,
        "width": width,
        "draws": draws,
        "share": np.mean(shares, axis=0),
        "spread": np.std(shares, axis=0),
        "sizes": [harmonics.harmonic_dimension(dim, ell) for ell in DEGREES],
    }
