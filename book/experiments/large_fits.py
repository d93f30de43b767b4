"""Exact population fits of wide random-feature spaces, beside the exact floor: for a GPU where there is one.

Features σ(⟨w_i,x⟩ + b) with uniform directions, targets σ(⟨v,x⟩ + b) of the same bias; everything from closed-form
moments in float64. ``widths``: the unrestricted fit. ``budgets``: the fit under a path of weight budgets (b = 0).
Run through ``python -m rfcompanion reproduce large_fits`` (``--device cuda``: r up to 65,536).
"""

import numpy as np

from rfcompanion import gaussian, lower_bound
from rfcompanion.fitting import fit_population

DIMS, BIASES, SEED, TARGETS = (10, 20, 50), (0.0, -1.0, -2.0), 8, 16
WIDTHS = {"cpu": (256, 1024, 4096), "cuda": (256, 1024, 4096, 16_384, 32_768, 65_536)}
BUDGET_WIDTHS = {"cpu": (512, 1024), "cuda": (512, 1024, 8192, 16_384)}
BUDGETS = {10: np.geomspace(2, 20_000, 9), 20: np.geomspace(2, 200_000, 9), 50: np.geomspace(2, 2_000_000, 9)}


def unit_rows(count, dim, seed):
    """Uniform directions, shape (count, dim)."""
    rows = np.random.default_rng(seed).standard_normal((count, dim))
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def moments(dim, features, bias, targets, seed, device):
    """Gram matrix and cross moments on the device."""
    W, V = unit_rows(features, dim, [seed, dim, features]), unit_rows(targets, dim, [seed, dim, 1])
    b, c = np.full(features, bias), np.full(targets, bias)
    if device != "cpu":
        import torch

        W, V, b, c = (torch.as_tensor(array, device=device) for array in (W, V, b, c))
    if bias == 0:
        return gaussian.relu_gram(W), gaussian.relu_gram(W, V=V)
    return gaussian.relu_gram(W, b), gaussian.relu_gram(W, b, V, c)


def fit_width(dim, features, bias, targets=TARGETS, seed=SEED, device="cpu"):
    """The best fit with any weights: mean relative error over the targets, and the floor e_r."""
    gram, cross = moments(dim, features, bias, targets, seed, device)
    fit = fit_population(gram, cross, np.full(targets, gaussian.relu_norm2(bias)), overwrite_gram=True)
    errors = np.asarray(fit.relative_error)
    return {
        "dim": dim,
        "features": features,
        "bias": bias,
        "relative_error": errors.mean(),
        "standard_error": errors.std(ddof=1) / targets**0.5,
        "floor": lower_bound.best_relative_error(dim, features, bias),
        "device": device.partition(":")[0],
    }


def fit_budgets(dim, features, budgets, targets=4, seed=SEED, device="cpu"):
    """The best fits under a path of budgets B = r·max|u_i|."""
    gram, cross = moments(dim, features, 0.0, targets, seed, device)
    fit = fit_population(gram, cross, np.full(targets, 0.5), budget=np.asarray(budgets))
    errors = np.asarray(fit.relative_error)
    return {
        "dim": dim,
        "features": features,
        "budgets": budgets,
        "relative_error": errors.mean(axis=1),
        "standard_error": errors.std(axis=1, ddof=1) / targets**0.5,
        "floor": lower_bound.best_relative_error(dim, features),
        "device": device.partition(":")[0],
    }
