"""Gradient training of one-hidden-layer networks, many runs as one tensor.

Runs differ in seed and in width. The neurons of all widths stand side by side on one axis, so that one matrix product
serves every run: with S seeds and widths (r_1, …, r_K), R = r_1 + … + r_K,

    N_{s,k}(x) = α_{s,k} Σ_{i in block k} u_{s,i} σ(⟨w_{s,i}, x⟩ + b_{s,i}).

Gradients are written out by hand. Beside the network its linearisation at the start can be trained in lock-step, on the
same samples. For ReLU networks and Gaussian inputs the loss and its gradient are also available in closed form.
"""

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from . import _checks

Pair = tuple[torch.Tensor, torch.Tensor]
_CACHE_ENTRIES = 1 << 18  # numbers handled at once: what stays in a core's cache
_STEPS_AHEAD = 32  # steps a group of seeds makes before the next group follows


@dataclass(frozen=True)
class Activation:
    """σ together with σ′, and the constants that theorems ask for (infinity where there is none)."""

    name: str
    value_and_slope: Callable[[torch.Tensor], Pair]
    value_bound: float  # sup |σ|
    slope_bound: float  # sup |σ′|
    curvature_bound: float  # sup |σ″|
    third_bound: float = math.inf  # sup |σ‴|


@dataclass(frozen=True)
class Loss:
    """ℓ(p, y), convex in the prediction p, together with ∂ℓ/∂p and its bound."""

    name: str
    value_and_slope: Callable[[torch.Tensor, torch.Tensor], Pair]
    lipschitz: float  # sup |∂ℓ/∂p|


def _relu(z: torch.Tensor) -> Pair:
    value = z.clamp_min(0)
    return value, value.sign()  # the derivative at 0 is taken as 0


def _tanh(z: torch.Tensor) -> Pair:
    value = torch.tanh(z)
    return value, 1 - value * value


def _sigmoid(z: torch.Tensor) -> Pair:
    value = torch.sigmoid(z)
    return value, value * (1 - value)


ACTIVATIONS = {
    activation.name: activation
    for activation in (
        Activation("relu", _relu, math.inf, 1.0, math.inf),
        Activation(
            "softplus",
            lambda z: (torch.nn.functional.softplus(z), torch.sigmoid(z)),
            math.inf,
            1.0,
            0.25,
            1 / (6 * math.sqrt(3)),
        ),
        Activation("tanh", _tanh, 1.0, 1.0, 4 / (3 * math.sqrt(3)), 2.0),
        Activation(
            "erf",
            lambda z: (torch.erf(z), torch.exp(-z * z) * (2 / math.sqrt(math.pi))),
            1.0,
            2 / math.sqrt(math.pi),
            math.sqrt(8 / (math.pi * math.e)),
            4 / math.sqrt(math.pi),
        ),
        Activation("sigmoid", _sigmoid, 1.0, 0.25, 1 / (6 * math.sqrt(3)), 0.125),
        Activation("sin", lambda z: (torch.sin(z), torch.cos(z)), 1.0, 1.0, 1.0, 1.0),
    )
}

LOSSES = {
    loss.name: loss
    for loss in (
        Loss("squared", lambda p, y: (0.5 * (p - y).square(), p - y), math.inf),
        Loss("absolute", lambda p, y: ((p - y).abs(), torch.sign(p - y)), 1.0),
        Loss(
            "huber",
            lambda p, y: (torch.nn.functional.huber_loss(p, y.expand_as(p), reduction="none"), (p - y).clamp(-1, 1)),
            1.0,
        ),
        Loss("logistic", lambda p, y: (torch.nn.functional.softplus(-p * y), -y * torch.sigmoid(-p * y)), 1.0),
        Loss("hinge", lambda p, y: ((1 - p * y).clamp_min(0), -y * (p * y < 1).to(p.dtype)), 1.0),
    )
}


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

    Parameters
        dim : d, input dimension.
        widths, seeds : the runs are all pairs.
        activation : key of ``ACTIVATIONS``, or an Activation.
        weights : "gaussian" for N(0, I_d), "unit" for uniform on the sphere, "scaled" for N(0, I_d/d).
        output : "signs" for u_i = ±1/√r, "gaussian" for N(0, 1/r), "mean" for ±1/r, "zero".
        bias : standard deviation of Gaussian biases; None for a network without.
        antisymmetric : the second half of the neurons repeats the first with opposite u_i, so that N = 0 at the start.
        scale : α, a number or (S, K) tensor.

    Returns
        Network.

    Raises
        ValueError, TypeError for an unknown name, an odd width with ``antisymmetric``, or an empty list.

    Source
        Chapter reduction.
    """
    dim = _checks.integer("dim", dim, 1)
    widths = (widths,) if not isinstance(widths, Sequence | np.ndarray) else tuple(widths)
    widths = tuple(_checks.integer("widths", width, 1) for width in widths)
    seeds = tuple(_checks.integer("seeds", seed, 0) for seed in seeds)
    if not widths or not seeds:
        raise ValueError("widths and seeds must not be empty")
    activation = _named("activation", activation, ACTIVATIONS, Activation)
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

    Parameters
        dim, batch : d and the number of samples a step.
        seeds : S seeds.
        target : maps x (S, n, d) to y (S, n).
        law : "gaussian" for N(0, I_d), "sphere" for the unit sphere, "ball" for the unit ball (uniform).
        noise : standard deviation of Gaussian noise added to y.

    Returns
        Iterator of x (S, n, d), y (S, n).

    Raises
        ValueError, TypeError for bad arguments, at the first batch.

    Source
        Chapter reduction.
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


@torch.no_grad()
def predict(network: Network, x: torch.Tensor) -> torch.Tensor:
    """Outputs N_{s,k}(x).

    Parameters
        network : S × K networks.
        x : (n, d), shared by all, or (S, n, d).

    Returns
        Tensor (S, K, n).

    Source
        Chapter reduction.
    """
    function = network.activation.value_and_slope
    parts = (_sums(network, function(_preactivation(network, part))[0], network.output) for part in _split(network, x))
    return torch.cat(list(parts), dim=-1)


@torch.no_grad()
def predict_linearised(start: Network, twin: Network, x: torch.Tensor) -> torch.Tensor:
    """First-order expansion at ``start``, evaluated at the parameters of ``twin``.

        N_lin(x) = N(x) + α Σ_i [u_i σ′(z_i)(⟨v_i − w_i, x⟩ + δb_i) + (u′_i − u_i) σ(z_i)],  z_i = ⟨w_i, x⟩ + b_i.

    Parameters
        start, twin : networks of the same shape.
        x : (n, d) or (S, n, d).

    Returns
        Tensor (S, K, n).

    Source
        Chapter reduction.
    """
    change = replace(twin, hidden=twin.hidden - start.hidden, bias=_difference(twin.bias, start.bias))
    outputs = []
    for part in _split(start, x):
        value, slope = start.activation.value_and_slope(_preactivation(start, part))
        slope = slope * _preactivation(change, part)
        outputs.append(_sums(start, slope, start.output) + _sums(start, value, twin.output))
    return torch.cat(outputs, dim=-1)


@torch.no_grad()
def movement(start: Network, network: Network) -> torch.Tensor:
    """Frobenius norm of the change of hidden weights (and biases), (S, K)."""
    change = (network.hidden - start.hidden).square().sum(-1)
    if network.bias is not None:
        change = change + (network.bias - start.bias).square()
    return torch.stack([change[:, block].sum(-1) for block in network.blocks], dim=-1).sqrt()


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
        Chapter reduction.
    """
    steps = _checks.integer("steps", steps, 0)
    loss = _named("loss", loss, LOSSES, Loss)
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
                    _sums(at, at.activation.value_and_slope(_preactivation(at, xs))[0], at.output) if centred else 0.0
                )
                now = (xs, ys, zero, eta[part], rate[part], loss, layers)
                online[step + j, part] = _step(to, *now)
                if lin:
                    twin_online[step + j, part] = _twin_step(at, lin, *now)
                if neuron_radius is not None:
                    for net in filter(None, (to, lin)):
                        _project_neurons(at, net, _on(network, neuron_radius)[part])
                if radius is not None:
                    for net in filter(None, (to, lin)):
                        _project(at, net, _on(network, radius)[part], rate[part], layers)
        step += ahead
        snapshot(step)
        if bar:
            bar.update(ahead)
    if bar:
        bar.close()
    if not online.isfinite().all() or not current.hidden.isfinite().all():
        raise FloatingPointError("training diverged: a loss or a weight is no longer finite; take a smaller step_size")
    return Training(start, current, kept, online, twin, twin_kept, twin_online)


def _step(net: Network, x, y, zero, eta, rate, loss: Loss, layers: str) -> torch.Tensor:
    """One step of the network, in place; returns the loss before it, (S, K)."""
    value, slope = net.activation.value_and_slope(_preactivation(net, x))
    prediction = _sums(net, value, net.output)
    losses, residual = loss.value_and_slope(prediction - zero, y[:, None])
    _descend(net, value, slope, net.output, residual * (net.scale * eta / x.shape[1])[..., None], rate, x, layers)
    return losses.mean(-1)


def _twin_step(start: Network, twin: Network, x, y, zero, eta, rate, loss: Loss, layers: str) -> torch.Tensor:
    """One step of the linearised twin, in place: the features are those of the start."""
    z = _preactivation(start, x)
    value, slope = start.activation.value_and_slope(z)
    z_change = _preactivation(twin, x) - z
    prediction = _sums(start, slope * z_change, start.output) + _sums(start, value, twin.output)
    losses, residual = loss.value_and_slope(prediction - zero, y[:, None])
    _descend(twin, value, slope, start.output, residual * (start.scale * eta / x.shape[1])[..., None], rate, x, layers)
    return losses.mean(-1)


def _descend(net: Network, value, slope, output, factor, rate, x, layers: str) -> None:
    """Subtract factor-weighted gradients: ``factor`` (S, K, n) holds η α ℓ′/n, ``output`` the u_i that multiply σ′."""
    weighted = None if layers == "output" else slope * output[:, None]
    for k, block in enumerate(net.blocks):
        if layers in ("output", "both"):
            net.output[:, block].sub_(torch.bmm((rate[:, k, None] * factor[:, k])[:, None], value[..., block])[:, 0])
        if layers != "output":
            net.hidden.mT[..., block].baddbmm_((factor[:, k, :, None] * x).mT, weighted[..., block], alpha=-1)
            if net.bias is not None and layers != "weights":
                net.bias[:, block].sub_(torch.bmm(factor[:, k, None], weighted[..., block])[:, 0])


def _split(net: Network, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Blocks of points whose activations take at most 32 MB or so."""
    return x.split(max(1, (1 << 22) // net.output.numel()), dim=-2)


def _preactivation(net: Network, x: torch.Tensor) -> torch.Tensor:
    """⟨w_i, x⟩ + b_i, (S, n, R)."""
    if x.ndim == 2:
        x = x.expand(net.hidden.shape[0], -1, -1)
    if net.bias is None:
        return torch.bmm(x, net.hidden.mT)
    return torch.baddbmm(net.bias[:, None], x, net.hidden.mT)


def _sums(net: Network, features: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """α Σ_{i in block} weights_i features_i, (S, K, n)."""
    sums = [torch.bmm(weights[:, None, block], features[..., block].mT)[:, 0] for block in net.blocks]
    return torch.stack(sums, dim=1) * net.scale[..., None]


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


def _project(start: Network, net: Network, radius, rate, layers: str) -> None:
    """Pull the trained parameters back onto the ball around the start, in place."""
    square = movement(start, net).square()  # zero for the layers that are not trained
    if layers in ("output", "both"):
        change = (net.output - start.output).square()
        square = square + torch.stack([change[:, block].sum(-1) for block in net.blocks], dim=-1) / rate
    shrink = torch.where(square > radius**2, radius / square.sqrt(), 1.0)
    if bool((shrink == 1).all()):
        return
    pairs = ((net.hidden, start.hidden), (net.output, start.output), (net.bias, start.bias))
    for k, block in enumerate(net.blocks):
        for now, old in pairs:
            if now is not None:
                factor = shrink[:, k].reshape(-1, *[1] * (now.ndim - 1))
                now[:, block] = old[:, block] + factor * (now[:, block] - old[:, block])


def _project_neurons(start: Network, net: Network, radius) -> None:
    """Pull every hidden neuron back onto the ball around its own start, in place."""
    change = net.hidden - start.hidden
    widths = torch.tensor(net.widths, device=radius.device)
    shrink = (radius.repeat_interleave(widths, dim=1) / change.norm(dim=-1).clamp_min(1e-300)).clamp_max(1.0)
    net.hidden.copy_(start.hidden + shrink[..., None] * change)


def _difference(a, b):
    return None if a is None else a - b


def _named(name: str, value, table: dict, kind: type):
    return value if isinstance(value, kind) else table[_checks.choice(name, value, tuple(table))]


@torch.no_grad()
def relu_population_loss(hidden, output, teacher_hidden, teacher_output) -> torch.Tensor:
    """Exact loss of a ReLU student against a ReLU teacher, x ~ N(0, I_d), no biases.

        F = ½ E(Σ_i u_i [⟨w_i,x⟩]_+ − Σ_j a_j [⟨v_j,x⟩]_+)² = ¼‖Σ c z‖² + (1/4π) Σ c c′ ‖z‖‖z′‖ (sin θ − θ cos θ),

    the sums over all neurons z of student (c = u) and teacher (c = −a), θ the angle between z and z′. Written so, the
    loss keeps its relative accuracy near a perfect fit by a single neuron.

    Parameters
        hidden, output : w (…, r, d), u (…, r).
        teacher_hidden, teacher_output : v (…, m, d), a (…, m); leading axes broadcast.

    Returns
        Tensor (…).

    Error
        Rounding.

    Source
        Chapter single_neuron; arc-cosine kernel, Cho & Saul (2009).
    """
    z, c, _, sizes, theta = _population(hidden, output, teacher_hidden, teacher_output)
    kernel = sizes[..., :, None] * sizes[..., None, :] * _sin_minus_theta_cos(theta)
    total = (c[..., None] * z).sum(-2)
    pairs = (c[..., :, None] * c[..., None, :] * kernel).sum((-2, -1))
    return total.square().sum(-1) / 4 + pairs / (4 * math.pi)


@torch.no_grad()
def relu_population_gradient(hidden, output, teacher_hidden, teacher_output) -> Pair:
    """Exact gradient of :func:`relu_population_loss` in the student's weights.

        ∂F/∂w_i = u_i [½ Σ c z + (1/2π)(ŵ_i Σ c ‖z‖ sin θ_i − Σ c θ_i z)],   ∂F/∂u_i = Σ c E[⟨w_i,x⟩]_+[⟨z,x⟩]_+,

    sums over all neurons z of student and teacher, θ_i the angle between w_i and z.

    Parameters
        hidden, output : w (…, r, d), u (…, r).
        teacher_hidden, teacher_output : v (…, m, d), a (…, m); leading axes broadcast.

    Returns
        (∂F/∂w (…, r, d), ∂F/∂u (…, r)).

    Error
        Rounding. At w_i = 0, where F has a kink, the direction ŵ_i is taken as zero.

    Source
        Chapter single_neuron.
    """
    z, c, unit, sizes, theta = _population(hidden, output, teacher_hidden, teacher_output)
    students = hidden.shape[-2]
    angle = theta[..., :students, :]
    total = (c[..., None] * z).sum(-2, keepdim=True)
    along = (c * sizes)[..., None, :] * torch.sin(angle)
    across = torch.matmul(c[..., None, :] * angle, z)
    inner = total / 2 + (unit[..., :students, :] * along.sum(-1, keepdim=True) - across) / (2 * math.pi)
    products = sizes[..., :students, None] * sizes[..., None, :] * _sin_minus_theta_cos(angle)
    moments = torch.matmul(z[..., :students, :], total.mT)[..., 0] / 2
    moments = moments + (products * c[..., None, :]).sum(-1) / (2 * math.pi)
    return output[..., None] * inner, moments


@torch.no_grad()
def train_population(
    network: Network,
    teacher_hidden: torch.Tensor,
    teacher_output: torch.Tensor,
    *,
    steps: int,
    step_size: float | Callable[[int], float],
    layers: str = "hidden",
    snapshots: Sequence[int] = (),
) -> Training:
    """Gradient descent on the exact population loss of a ReLU student, x ~ N(0, I_d): no samples at all.

    Parameters
        network : unbiased ReLU networks of one width (K = 1) at the start; it is not changed.
        teacher_hidden, teacher_output : v (S, m, d) or (m, d), a (S, m) or (m,).
        steps, step_size, layers, snapshots : as in :func:`train`.

    Returns
        Training; ``online_loss`` (T, S, 1) is the exact loss F before each step.

    Raises
        ValueError for biases, another activation or several widths.

    Source
        Chapter single_neuron.
    """
    if network.activation.name != "relu" or network.bias is not None or len(network.widths) != 1:
        raise ValueError("network must be an unbiased ReLU network of one width")
    steps = _checks.integer("steps", steps, 0)
    _checks.choice("layers", layers, ("hidden", "output", "both"))
    keep = {_checks.integer("snapshots", step, 0, steps) for step in snapshots}
    current = network.copy()
    online = network.hidden.new_empty(steps, *network.scale.shape)
    kept = {0: current.copy()} if 0 in keep else {}
    for step in range(steps):
        eta = step_size(step) if callable(step_size) else step_size
        outer = current.output * network.scale
        online[step] = relu_population_loss(current.hidden, outer, teacher_hidden, teacher_output)[:, None]
        slope, moments = relu_population_gradient(current.hidden, outer, teacher_hidden, teacher_output)
        if layers != "output":
            current.hidden.sub_(eta * slope)
        if layers != "hidden":
            current.output.sub_(eta * network.scale * moments)
        if step + 1 in keep:
            kept[step + 1] = current.copy()
    if not current.hidden.isfinite().all():
        raise FloatingPointError("training diverged: a weight is no longer finite; take a smaller step_size")
    return Training(network.copy(), current, kept, online, None, {}, online[:0])


def _population(hidden, output, teacher_hidden, teacher_output):
    """All neurons with their coefficients, unit vectors, norms and mutual angles (accurate at 0 and π)."""
    lead = torch.broadcast_shapes(hidden.shape[:-2], teacher_hidden.shape[:-2])
    z = torch.cat([t.expand(*lead, *t.shape[-2:]) for t in (hidden, teacher_hidden)], dim=-2)
    c = torch.cat([t.expand(*lead, t.shape[-1]) for t in (output, -teacher_output)], dim=-1)
    sizes = torch.linalg.vector_norm(z, dim=-1)
    unit = z / sizes.clamp_min(torch.finfo(z.dtype).tiny)[..., None]
    exact = {"compute_mode": "donot_use_mm_for_euclid_dist"}
    theta = 2 * torch.atan2(torch.cdist(unit, unit, **exact), torch.cdist(unit, -unit, **exact))
    return z, c, unit, sizes, theta


def _sin_minus_theta_cos(theta: torch.Tensor) -> torch.Tensor:
    """sin θ − θ cos θ without cancellation at small angles."""
    series = theta**3 * (1 / 3 - theta**2 * (1 / 30 - theta**2 / 840))
    return torch.where(theta < 1e-2, series, torch.sin(theta) - theta * torch.cos(theta))
