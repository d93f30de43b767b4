"""Random networks at the start: seeds and widths side by side on one axis."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from .. import _checks
from .activations import ACTIVATIONS, Activation, named


@dataclass(frozen=True)
class Network:
    """S × K one-hidden-layer networks: S seeds, K widths whose neurons stand side by side (R = sum of widths).

    ``hidden`` (S, R, d), ``output`` (S, R), ``bias`` (S, R) or None, ``scale`` (S, K): the factor α in front.
    """

    hidden: torch.Tensor
    output: torch.Tensor
    bias: torch.Tensor | None
    scale: torch.Tensor
    widths: tuple[int, ...]
    activation: Activation

    def __post_init__(self):
        _checks.array("hidden", self.hidden, 3)
        seeds, neurons = self.hidden.shape[:2]
        if sum(self.widths) != neurons or min(self.widths) < 1:
            raise ValueError(f"widths must be positive with sum {neurons}, got {self.widths}")
        _checks.array("output", self.output, 2, (seeds, neurons))
        if self.bias is not None:
            _checks.array("bias", self.bias, 2, (seeds, neurons))
        _checks.array("scale", self.scale, 2, (seeds, len(self.widths)))

    @property
    def blocks(self) -> tuple[slice, ...]:
        """Where the neurons of each width stand on the axis R."""
        ends = np.cumsum(self.widths)
        return tuple(slice(int(end - width), int(end)) for end, width in zip(ends, self.widths, strict=True))

    def copy(self) -> "Network":
        """A copy that shares no memory."""
        bias = None if self.bias is None else self.bias.clone()
        return replace(self, hidden=self.hidden.clone(), output=self.output.clone(), bias=bias)


def random_network(
    dim: int,
    widths: int | Sequence[int],
    seeds: Sequence[int] = (0,),
    *,
    activation: str | Activation = "relu",
    weights: str = "gaussian",
    output: str = "signs",
    bias: float | None = None,
    antisymmetric: bool = False,
    scale: float | torch.Tensor = 1.0,
    dtype: torch.dtype = torch.float64,
    device: str | torch.device = "cpu",
) -> Network:
    """Random networks for every pair of seed and width; each pair has its own stream of random numbers.

    N(x) = α Σ_i u_i σ(⟨w_i, x⟩ + b_i).

    Parameters
        dim : d, input dimension.
        widths, seeds : the runs are all pairs.
        activation : key of ``ACTIVATIONS``, or an Activation.
        weights : "gaussian" for N(0, I_d), "unit" for uniform on the sphere, "scaled" for N(0, I_d/d).
        output : "signs" for u_i = ±1/√r, "gaussian" for N(0, 1/r), "mean" for ±1/r, "zero".
        bias : standard deviation of Gaussian biases; None for a network without.
        antisymmetric : the second half of the neurons repeats the first with opposite u_i, so that N = 0 at the start.
        scale : α, a number or (S, K) tensor.
        dtype, device : of all tensors; the numbers are drawn in float64 on the CPU and are the same everywhere.

    Returns
        Network.

    Error
        Exact draws, rounded to ``dtype``; the same seeds and widths give the same networks.

    Raises
        ValueError, TypeError for an unknown name, an odd width with ``antisymmetric``, or an empty list.

    Source
        Chapter "Reduction".
    """
    dim = _checks.integer("dim", dim, 1)
    widths = (widths,) if not isinstance(widths, Sequence | np.ndarray) else tuple(widths)
    widths = tuple(_checks.integer("widths", width, 1) for width in widths)
    seeds = tuple(_checks.integer("seeds", seed, 0) for seed in seeds)
    if not widths or not seeds:
        raise ValueError("widths and seeds must not be empty")
    activation = named("activation", activation, ACTIVATIONS, Activation)
    _checks.choice("weights", weights, ("gaussian", "unit", "scaled"))
    _checks.choice("output", output, ("signs", "gaussian", "mean", "zero"))
    if antisymmetric and any(width % 2 for width in widths):
        raise ValueError(f"widths must be even for an antisymmetric network, got {widths}")
    if bias is not None:
        bias = _checks.real("bias", bias, at_least=0)

    def draw(seed: int, width: int):
        generator = np.random.default_rng([seed, width, 0])
        rows = width // 2 if antisymmetric else width
        hidden = generator.standard_normal((rows, dim))
        if weights == "unit":
            hidden /= np.linalg.norm(hidden, axis=1, keepdims=True)
        elif weights == "scaled":
            hidden /= math.sqrt(dim)
        gaussian = generator.standard_normal(rows)
        size = {"gaussian": gaussian, "signs": np.sign(gaussian), "mean": np.sign(gaussian), "zero": 0 * gaussian}
        outer = size[output] / (width if output == "mean" else math.sqrt(width))
        offset = (bias or 0.0) * generator.standard_normal(rows)
        if antisymmetric:
            return np.tile(hidden, (2, 1)), np.concatenate([outer, -outer]), np.tile(offset, 2)
        return hidden, outer, offset

    drawn = [[draw(seed, width) for width in widths] for seed in seeds]
    hidden, outer, offset = (
        torch.as_tensor(np.stack([np.concatenate([run[part] for run in row]) for row in drawn])).to(device, dtype)
        for part in range(3)
    )
    scale = torch.as_tensor(scale, dtype=dtype, device=device).expand(len(seeds), len(widths)).clone()
    return Network(hidden, outer, offset if bias is not None else None, scale, widths, activation)
