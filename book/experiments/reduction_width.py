"""Networks of many widths beside their linearised twins, on the same samples: the record behind chapter reduction.

For each activation and each choice of trained layers: widths 2^5 … 2^13 and six seeds, online SGD with the Huber loss
on a ReLU neuron, inputs on the unit sphere, networks centred (N − N_0 is trained). Biases are random, and fixed while
the weights alone learn; "both" trains everything, the output layer with step η/r.

    python -m rfcompanion reproduce reduction_width
"""

import torch

from rfcompanion import training

DIM, STEPS, BATCH, STEP_SIZE = 10, 500, 4, 0.25
WIDTHS = tuple(2**k for k in range(5, 14))
SEEDS = tuple(range(6))
ACTIVATIONS = ("softplus", "erf", "relu")


def target(x: torch.Tensor) -> torch.Tensor:
    """One ReLU neuron of norm √d: its second moment on the sphere is 1/2."""
    return (DIM**0.5 * x[..., 0]).clamp_min(0)


def points(count: int, seed: int = 987) -> torch.Tensor:
    """Fixed points of the sphere (count, d)."""
    return next(training.sample_stream(DIM, count, [seed], target, law="sphere"))[0][0]


def kernels(network: training.Network, x: torch.Tensor) -> torch.Tensor:
    """Tangent kernel of the weights w on all pairs of points: (1/r) Σ σ′σ′ ⟨x, x′⟩, (S, K, n, n)."""
    z = torch.einsum("nd,srd->snr", x, network.hidden) + network.bias[:, None]
    slope = network.activation.value_and_slope(z)[1]
    grams = [
        slope[..., block] @ slope[..., block].mT / width
        for block, width in zip(network.blocks, network.widths, strict=True)
    ]
    return torch.stack(grams, dim=1) * (x @ x.T)


def measure(activation: str, layers: str, widths, seeds, steps: int, progress: bool = False) -> dict:
    """Train networks and twins; everything is (seeds × widths)."""
    start = training.random_network(DIM, widths, seeds, activation=activation, bias=0.5)
    stream = training.sample_stream(DIM, BATCH, seeds, target, law="sphere")
    run = training.train(
        start,
        stream,
        steps=steps,
        step_size=STEP_SIZE,
        loss="huber",
        layers=layers,
        output_rate=1.0 / torch.tensor(widths, dtype=torch.float64).expand(len(seeds), -1),
        linearised=True,
        centred=True,
        progress=progress,
    )
    x = points(2000)
    zero = training.predict(start, x)
    network = training.predict(run.network, x) - zero
    linear = training.predict_linearised(start, run.network, x) - zero
    twin = training.predict_linearised(start, run.twin, x) - zero
    change = (run.network.hidden - start.hidden).norm(dim=-1)
    few = x[:40]
    drift = (kernels(run.network, few) - kernels(start, few)).flatten(2)
    loss = training.LOSSES["huber"].value_and_slope
    return {
        "movement": training.movement(start, run.network),
        "neuron_movement": torch.stack([change[:, block].amax(-1) for block in start.blocks], -1),
        "gap_max": (network - linear).abs().amax(-1),
        "gap_mean": (network - linear).abs().mean(-1),
        "twin_distance": (network - twin).square().mean(-1).sqrt(),
        "drift_max": drift.abs().amax(-1),
        "drift_mean": drift.abs().mean(-1),
        "online_network": run.online_loss.mean(0),
        "online_twin": run.twin_online_loss.mean(0),
        "test_network": loss(network, target(x))[0].mean(-1),
        "test_twin": loss(twin, target(x))[0].mean(-1),
    }
