"""Weight-limited fits of one unit, unbiased neuron by unit ReLU features: points of the plane of width and budget.

For each dimension and width, features of two rotation-invariant laws are drawn: independent uniform directions, and
directions that were first spread apart (a few steps of descent on a repulsive energy) and then rotated at random.
Each draw is fitted to a few random targets under a path of budgets B = r·max|u_i|, from closed-form moments and with
a duality gap below 1e-8. Made by::

    python -m rfcompanion reproduce trade_offs_fits
"""

import numpy as np

from rfcompanion import gaussian
from rfcompanion.fitting import fit_population

BUDGETS = {5: np.geomspace(2, 2000, 13), 10: np.geomspace(2, 20_000, 13), 20: np.geomspace(2, 200_000, 13)}
WIDTHS = (100, 300, 1000, 3000)
LAWS = ("uniform", "spread")


def directions(dim, width, law, seed):
    """Unit vectors (width, dim) with a rotation-invariant law."""
    rng = np.random.default_rng([seed, dim, width])
    W = rng.standard_normal((width, dim))
    W /= np.linalg.norm(W, axis=1)[:, None]
    if law == "uniform":
        return W
    for step in range(60):  # descent on Σ (1 − ⟨w_i,w_j⟩²)^{−3}, which pushes both w and −w apart
        cosine = W @ W.T
        np.fill_diagonal(cosine, 0.0)
        force = 6 * cosine * (1 - cosine**2) ** -4
        gradient = force @ W
        gradient -= (gradient * W).sum(1)[:, None] * W
        W = W - 0.15 * (1 - step / 60) * gradient / np.linalg.norm(gradient, axis=1).mean()
        W /= np.linalg.norm(W, axis=1)[:, None]
    rotation, triangle = np.linalg.qr(rng.standard_normal((dim, dim)))
    return W @ (rotation * np.sign(np.diag(triangle)))


def errors(dim, width, law, budgets, targets, seed):
    """Relative errors, shape (budgets, targets)."""
    W = directions(dim, width, law, seed)
    V = np.random.default_rng([seed, dim, width, 1]).standard_normal((targets, dim))
    V /= np.linalg.norm(V, axis=1)[:, None]
    gram, cross = gaussian.relu_gram(W), gaussian.relu_gram(W, V=V)
    fit = fit_population(gram, cross, np.full(targets, 0.5), budget=budgets)
    return np.asarray(fit.relative_error)


def row(dim, width, law, budgets, targets, seed):
    """One entry of the record: mean over the targets, and its standard error."""
    table = errors(dim, width, law, np.asarray(budgets), targets, seed)
    return {
        "dim": dim,
        "features": width,
        "law": law,
        "targets": targets,
        "budgets": budgets,
        "relative_error": table.mean(axis=1),
        "standard_error": table.std(axis=1, ddof=1) / np.sqrt(targets),
    }
