"""The lazy–rich dial: networks α·N with output scale α and step η/α², beside their linearised twins.

One width, the same random start for every α, several seeds, online SGD with the Huber loss on a ReLU neuron, inputs on
the unit sphere, networks centred.

    python -m rfcompanion reproduce reduction_dial
"""

import torch

from rfcompanion import training

DIM, WIDTH, STEPS, BATCH, STEP_SIZE = 10, 256, 2000, 4, 0.25
SCALES = tuple(2.0**k for k in range(-5, 6))
SEEDS = tuple(range(6))
ACTIVATIONS = ("softplus", "relu")


def target(x: torch.Tensor) -> torch.Tensor:
    """One ReLU neuron of norm √d: its second moment on the sphere is 1/2."""
    return (DIM**0.5 * x[..., 0]).clamp_min(0)


def measure(activation: str, scales, seeds, steps: int, width: int = WIDTH, progress: bool = False) -> dict:
    """Train networks and twins; everything is (seeds × scales)."""
    alpha = torch.tensor(scales, dtype=torch.float64)
    start = training.random_network(
        DIM, [width] * len(scales), seeds, activation=activation, bias=0.5, scale=alpha.expand(len(seeds), -1)
    )
    run = training.train(
        start,
        training.sample_stream(DIM, BATCH, seeds, target, law="sphere"),
        steps=steps,
        step_size=(STEP_SIZE / alpha**2).expand(len(seeds), -1),
        loss="huber",
        layers="weights",
        linearised=True,
        centred=True,
        progress=progress,
    )
    x = next(training.sample_stream(DIM, 2000, [987], target, law="sphere"))[0][0]
    zero = training.predict(start, x)
    network = training.predict(run.network, x) - zero
    linear = training.predict_linearised(start, run.network, x) - zero
    twin = training.predict_linearised(start, run.twin, x) - zero
    size = torch.stack([start.hidden[:, block].square().sum((-1, -2)).sqrt() for block in start.blocks], -1)
    loss = training.LOSSES["huber"].value_and_slope
    return {
        "relative_movement": training.movement(start, run.network) / size,
        "movement": training.movement(start, run.network),
        "gap_mean": (network - linear).abs().mean(-1),
        "twin_distance": (network - twin).square().mean(-1).sqrt(),
        "online_network": run.online_loss.mean(0),
        "online_twin": run.twin_online_loss.mean(0),
        "test_network": loss(network, target(x))[0].mean(-1),
        "test_twin": loss(twin, target(x))[0].mean(-1),
    }
