"""Deep random ReLU features fitted to random neurons: the record behind a figure of the chapter "General features".

python -m rfcompanion reproduce general_features_deep
"""

import numpy as np

from rfcompanion import features, lower_bound
from rfcompanion.fitting import fit_stream
from rfcompanion.targets import relu

DIMS, DEPTHS, COUNTS = (5, 10, 20), (2, 3), (100, 300, 1000)
HIDDEN, TARGETS, SAMPLES_PER_FEATURE, SEED = 512, 20, 100, 2019


def neurons(dim: int, seed: int) -> np.ndarray:
    """Unit directions of the target neurons, shape (TARGETS, dim)."""
    rows = np.random.default_rng([seed, dim]).normal(size=(TARGETS, dim))
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def fit(dim: int, depth: int, count: int, seed: int = SEED, progress: bool = True) -> dict:
    """Fit `count` last-layer features of a random network with `depth` hidden layers to all targets at once."""
    thetas = neurons(dim, seed)
    network = features.deep_features(dim, (*(HIDDEN,) * (depth - 1), count), seed=seed + 10 * dim + depth)
    result = fit_stream(
        network,
        lambda x: relu(np.asarray(x) @ thetas.T),
        SAMPLES_PER_FEATURE * count,
        ridge=1e-9,
        seed=seed,
        held_out=40_000,
        device="cpu",
        progress=progress,
    )
    relative = 2 * np.asarray(result.error)
    return {
        "dim": dim,
        "depth": depth,
        "features": count,
        "relative_error": float(relative.mean()),
        "standard_error": float(relative.std(ddof=1) / TARGETS**0.5),
        "floor": lower_bound.best_relative_error(dim, count),
    }
