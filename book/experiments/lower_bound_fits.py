"""Weight-limited fits of a triangle wave and of the neuron, d = 5 … 30: what a bound on the weights leaves.

Features σ(⟨w_i,x⟩ + b_i), w_i uniform on the sphere, b_i ~ N(0,1) (so that E‖f_i‖² = 1 exactly), fitted under a path
of budgets B = r·max|u_i| to tri(⟨w,·⟩), ‖w‖ = √d/2. All moments are closed forms or one-dimensional
quadratures; each fit has a duality gap below 1e-8. Made by::

    python -m rfcompanion reproduce lower_bound_fits
"""

import math

import numpy as np
from scipy.special import ndtr

from rfcompanion import gaussian, targets
from rfcompanion.fitting import fit_population

DIMENSIONS = (5, 10, 15, 20, 30)
BUDGETS = np.geomspace(1, 1e6, 13)


def wave_cross(W, b, w, norm):
    """c_i = E σ(⟨w_i,x⟩ + b_i) tri(norm·⟨w,x⟩) for unit w_i and w, by Gauss–Legendre between the kinks of the wave."""
    kinks = (2 * np.arange(-math.ceil(5 * norm) - 1, math.ceil(5 * norm) + 1) + 1) / norm
    nodes, weights = np.polynomial.legendre.leggauss(24)
    half = np.diff(kinks)[:, None] / 2
    z = (kinks[:-1, None] + half * (1 + nodes)).ravel()
    mass = (half * weights).ravel() * np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    rho = np.clip(W @ w, -1 + 1e-15, 1 - 1e-15)[:, None]
    spread = np.sqrt(1 - rho**2)
    mean = rho * z + b[:, None]
    density = np.exp(-((mean / spread) ** 2) / 2) / math.sqrt(2 * math.pi)
    return (mean * ndtr(mean / spread) + spread * density) @ (mass * targets.triangle_wave(norm * z))


def features(dim, width, seed):
    rng = np.random.default_rng([seed, dim, width])
    W = rng.standard_normal((width, dim))
    return W / np.linalg.norm(W, axis=1)[:, None], rng.standard_normal(width)


def errors(dim, width, budgets, directions, seed):
    """Relative errors for the wave, shape (budgets, directions)."""
    W, b = features(dim, width, seed)
    V = np.random.default_rng([seed, dim, width, 1]).standard_normal((directions, dim))
    V /= np.linalg.norm(V, axis=1)[:, None]
    norm = math.sqrt(dim) / 2
    cross = np.stack([wave_cross(W, b, v, norm) for v in V], axis=1)
    norm2 = np.full(directions, targets.triangle_wave_norm2(norm))
    fit = fit_population(gaussian.relu_gram(W, b), cross, norm2, budget=budgets)
    return np.asarray(fit.relative_error)


def row(dim, width, budgets, directions, seed):
    """One entry of the record: mean over the directions, and its standard error."""
    table = errors(dim, width, np.asarray(budgets), directions, seed)
    return {
        "dim": dim,
        "budgets": budgets,
        "relative_error": table.mean(axis=1),
        "standard_error": table.std(axis=1, ddof=1) / math.sqrt(directions),
    }
