"""Endless streams of fresh samples, one for each seed."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch

from .. import _checks
from .activations import Pair


def sample_stream(
    dim: int,
    batch: int,
    seeds: Sequence[int],
    target: Callable[[torch.Tensor], torch.Tensor],
    *,
    law: str = "gaussian",
    noise: float = 0.0,
    dtype: torch.dtype = torch.float64,
    device: str | torch.device = "cpu",
) -> Iterator[Pair]:
    """Endless stream of fresh batches (x, y), one independent stream a seed; the same seed gives the same samples.

    y = target(x) + noise·z,  z ~ N(0, 1).

    Parameters
        dim, batch : d and the number of samples a step.
        seeds : S seeds.
        target : maps x (S, n, d) to y (S, n).
        law : "gaussian" for N(0, I_d), "sphere" for the unit sphere, "ball" for the unit ball (uniform).
        noise : standard deviation of Gaussian noise added to y.
        dtype, device : of x and y; the numbers are drawn in float64 on the CPU and are the same everywhere.

    Returns
        Iterator of x (S, n, d), y (S, n).

    Error
        Exact draws, rounded to ``dtype``.

    Raises
        ValueError, TypeError for bad arguments, at the first batch.

    Source
        Chapter "Reduction".
    """
    dim, batch = _checks.integer("dim", dim, 1), _checks.integer("batch", batch, 1)
    _checks.choice("law", law, ("gaussian", "sphere", "ball"))
    noise = _checks.real("noise", noise, at_least=0)
    generators = [np.random.default_rng([_checks.integer("seeds", seed, 0), 1]) for seed in seeds]
    others = [np.random.default_rng([seed, 2]) for seed in seeds]
    steps = max(1, 4096 // batch)  # drawn ahead; the stream does not depend on it
    while True:
        x = np.stack([g.standard_normal((steps, batch, dim)) for g in generators], axis=1)
        if law != "gaussian":
            x /= np.linalg.norm(x, axis=-1, keepdims=True)
        if law == "ball":
            x *= np.stack([g.random((steps, batch, 1)) for g in others], axis=1) ** (1 / dim)
        inputs = torch.as_tensor(x).to(device, dtype)
        labels = [target(x_step) for x_step in inputs]
        if noise:
            extra = np.stack([g.standard_normal((steps, batch)) for g in others], axis=1)
            labels = list(torch.stack(labels) + noise * torch.as_tensor(extra).to(device, dtype))
        yield from zip(inputs, labels, strict=True)
