"""Deep random features at sizes where only streaming helps, beside the exact floor: for a GPU where there is one.

The last-layer features of a random ReLU network with two hidden layers are fitted to random neurons on streamed
samples x ~ N(0, I_d), and measured on fresh ones. Run through ``python -m rfcompanion reproduce large_deep``
(``--device cuda``: up to 16,384 features from ten million samples).
"""

import numpy as np

from rfcompanion import features, lower_bound
from rfcompanion.fitting import fit_stream

DIMS, HIDDEN, SEED, TARGETS, HELD_OUT = (10, 20, 50), 512, 8, 16, 40_000
SIZES = {  # (features, samples)
    "cpu": ((1024, 102_400), (2048, 204_800)),
    "cuda": ((2048, 204_800), (16_384, 10_000_000)),
}


def fit(dim, count, samples, device="cpu"):
    """Mean relative error of ``count`` features over the targets, its standard error, and the floor e_r."""
    network = features.deep_features(dim, (HIDDEN, count), seed=SEED + dim)
    neurons = features.relu_features(dim, TARGETS, weights="unit", seed=SEED)
    result = fit_stream(
        network, neurons, samples, ridge=1e-9, device=device, seed=SEED, held_out=HELD_OUT, progress=False
    )
    relative = 2 * np.asarray(result.error)  # a unit neuron has mean square 1/2
    return {
        "dim": dim,
        "features": count,
        "samples": samples,
        "relative_error": relative.mean(),
        "standard_error": relative.std(ddof=1) / TARGETS**0.5,
        "floor": lower_bound.best_relative_error(dim, count),
        "device": device.partition(":")[0],
    }
