"""Stochastic gradient descent for all runs at once, with the linearised twin in lock-step."""

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import torch

from .. import _checks
from .activations import LOSSES, Loss, Pair, named
from .network import Network
from .prediction import block_sums, preactivation
from .step import network_step, project, project_neurons, twin_step

_CACHE_ENTRIES = 1 << 18  # numbers handled at once: what stays in a core's cache
_STEPS_AHEAD = 32  # steps a group of seeds makes before the next group follows


@dataclass(frozen=True)
class Training:
    """What a run returns; S seeds, K widths, T steps.

    ``start`` and ``network``: first and last networks. ``snapshots``: {step: network after so many steps}.
    ``online_loss`` (T, S, K): loss of the t-th network on the t-th batch *before* it learns from it, an unbiased
    estimate of its population loss. The same for the linearised twin, whose parameters are held as a Network too: its
    function is :func:`predict_linearised` ``(start, twin, x)``. ``twin`` is None and the rest empty if there is none.
    """

    start: Network
    network: Network
    snapshots: dict[int, Network]
    online_loss: torch.Tensor
    twin: Network | None
    twin_snapshots: dict[int, Network]
    twin_online_loss: torch.Tensor


@torch.no_grad()
def train(
    network: Network,
    samples: Iterable[Pair],
    *,
    steps: int,
    step_size: float | torch.Tensor | Callable[[int], float | torch.Tensor],
    loss: str | Loss = "squared",
    layers: str = "hidden",
    output_rate: float | torch.Tensor = 1.0,
    radius: float | torch.Tensor | None = None,
    neuron_radius: float | torch.Tensor | None = None,
    linearised: bool = False,
    centred: bool = False,
    snapshots: Sequence[int] = (),
    progress: bool = False,
) -> Training:
    """Plain (stochastic) gradient descent: θ_{t+1} = θ_t − η_t ∇_θ (1/n) Σ_j ℓ(N(x_j), y_j), for all runs at once.

    Parameters
        network : the S × K networks at the start; it is not changed.
        samples : yields x (S, n, d) and y (S, n), one pair a step: :func:`sample_stream`, or
            ``itertools.repeat((x, y))`` for full-batch descent.
        steps : T.
        step_size : η, a number, an (S, K) tensor, or a function of the step t = 0, 1, … that returns one.
        loss : key of ``LOSSES``, or a Loss. "squared" is ½(p − y)².
        layers : "weights" (w alone), "hidden" (w and b), "output" (u) or "both" (all three).
        output_rate : the output layer learns with step η × this; a number or an (S, K) tensor. With 1/r the run is
            that of the network (1/√r) Σ a_i σ(⟨w_i, x⟩ + b_i) trained in (w, a) with one step η.
        radius : after each step project the trained parameters of each run onto the ball of this radius around its
            start; a number or an (S, K) tensor. The norm is that of (w, b, u/√output_rate).
        neuron_radius : the same for each hidden neuron's w_i by itself.
        linearised : train the linearisation at the start in lock-step, on the same samples with the same steps.
        centred : train x ↦ N(x) − N_0(x), which is 0 at the start, instead of N (the twin likewise).
        snapshots : numbers of steps after which the parameters are kept (0 is the start).
        progress : show a progress bar.

    Returns
        Training.

    Error
        Rounding, in the dtype of the network.

    Raises
        ValueError, TypeError for bad arguments; FloatingPointError if a run diverges to NaN or infinity.

    Source
        Chapter "Reduction".
    """
    steps = _checks.integer("steps", steps, 0)
    loss = named("loss", loss, LOSSES, Loss)
    _checks.choice("layers", layers, ("weights", "hidden", "output", "both"))
    keep = {_checks.integer("snapshots", step, 0, steps) for step in snapshots}
    rate = _on(network, output_rate)
    # Neurons last in memory (the axes look the same): products and updates then run along the long axis.
    start = replace(network.copy(), hidden=network.hidden.mT.contiguous().mT)
    current = start.copy()
    twin = start.copy() if linearised else None
    runs = network.scale.shape
    online = network.hidden.new_empty(steps, *runs)
    twin_online = network.hidden.new_empty(steps if linearised else 0, *runs)
    kept, twin_kept = {}, {}

    def snapshot(step: int) -> None:
        if step in keep:
            kept[step] = current.copy()
            if linearised:
                twin_kept[step] = twin.copy()

    snapshot(0)
    stream = iter(samples)
    bar = None
    if progress:
        from tqdm import tqdm

        bar = tqdm(total=steps)
    groups = None
    step = 0
    while step < steps:
        # Several steps ahead for one group of seeds at a time: its weights then stay in the cache.
        ahead = min([_STEPS_AHEAD, steps - step, *(mark - step for mark in keep if mark > step)])
        batches = list(itertools.islice(stream, ahead))
        if len(batches) < ahead:
            raise ValueError(f"samples must yield a batch a step, ended after {step + len(batches)} of {steps}")
        sizes = [_on(network, step_size(step + j) if callable(step_size) else step_size) for j in range(ahead)]
        if groups is None:
            parts = _cache_sized(network, batches[0][0].shape[-2])
            groups = [(part, *(net and _seeds(net, part) for net in (start, current, twin))) for part in parts]
        for part, at, to, lin in groups:
            for j, ((x, y), eta) in enumerate(zip(batches, sizes, strict=True)):
                xs, ys = (x if x.ndim == 2 else x[part]), (y if y.ndim == 1 else y[part])
                xs, ys = xs.expand(to.hidden.shape[0], -1, -1), ys.expand(to.hidden.shape[0], -1)
                zero = (
                    block_sums(at, at.activation.value_and_slope(preactivation(at, xs))[0], at.output)
                    if centred
                    else 0.0
                )
                now = (xs, ys, zero, eta[part], rate[part], loss, layers)
                online[step + j, part] = network_step(to, *now)
                if lin:
                    twin_online[step + j, part] = twin_step(at, lin, *now)
                if neuron_radius is not None:
                    for net in filter(None, (to, lin)):
                        project_neurons(at, net, _on(network, neuron_radius)[part])
                if radius is not None:
                    for net in filter(None, (to, lin)):
                        project(at, net, _on(network, radius)[part], rate[part], layers)
        step += ahead
        snapshot(step)
        if bar:
            bar.update(ahead)
    if bar:
        bar.close()
    for what, losses, net in (("training", online, current), ("the linearised twin", twin_online, twin)):
        parts = [losses] if net is None else [losses, net.hidden, net.output]
        if not all(bool(part.isfinite().all()) for part in parts):
            raise FloatingPointError(f"{what} diverged: a loss or weight is no longer finite; take a smaller step_size")
    return Training(start, current, kept, online, twin, twin_kept, twin_online)


def _seeds(net: Network, part: slice) -> Network:
    """A view of some of the seeds (writes go through)."""
    view = object.__new__(Network)
    bias = None if net.bias is None else net.bias[part]
    view.__dict__.update(net.__dict__, hidden=net.hidden[part], output=net.output[part], bias=bias)
    view.__dict__["scale"] = net.scale[part]
    return view


def _cache_sized(net: Network, batch: int) -> list[slice]:
    """Groups of seeds whose weights and activations together stay in a core's cache."""
    seeds, neurons, dim = net.hidden.shape
    size = max(1, _CACHE_ENTRIES // (neurons * (batch + dim)))
    return [slice(first, min(first + size, seeds)) for first in range(0, seeds, size)]


def _on(net: Network, value) -> torch.Tensor:
    """A number or tensor as an (S, K) tensor like the network's."""
    return torch.as_tensor(value, dtype=net.scale.dtype, device=net.scale.device).expand(net.scale.shape)
