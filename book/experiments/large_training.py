"""Networks of width 2^14 to 2^17 beside their linearised twins: the runs of ``reduction_width.py`` at larger widths.

The same setting, samples and measures; the weights alone are trained. Run through
``python -m rfcompanion reproduce large_training`` (``--device cuda``: widths up to 2^20).
"""

import reduction_width

from rfcompanion import training
from rfcompanion.training import LOSSES

ACTIVATIONS, SEEDS = ("softplus", "relu"), (0, 1, 2)
WIDTHS = {"cpu": tuple(2**k for k in range(14, 18)), "cuda": tuple(2**k for k in range(14, 21))}


def measure(activation, width, seeds=SEEDS, steps=reduction_width.STEPS, device="cpu"):
    """Train networks and twins of one width; every list has one entry for each seed."""
    start = training.random_network(reduction_width.DIM, width, seeds, activation=activation, bias=0.5, device=device)
    run = training.train(
        start,
        training.sample_stream(
            reduction_width.DIM, reduction_width.BATCH, seeds, reduction_width.target, law="sphere", device=device
        ),
        steps=steps,
        step_size=reduction_width.STEP_SIZE,
        loss="huber",
        layers="weights",
        linearised=True,
        centred=True,
    )
    x = reduction_width.points(2000).to(device)
    zero = training.predict(start, x)
    network = training.predict(run.network, x) - zero
    linear = training.predict_linearised(start, run.network, x) - zero
    twin = training.predict_linearised(start, run.twin, x) - zero
    few = x[:40]
    drift = (reduction_width.kernels(run.network, few) - reduction_width.kernels(start, few)).flatten(2)
    loss, labels = LOSSES["huber"].value_and_slope, reduction_width.target(x)
    measured = {
        "movement": training.movement(start, run.network),
        "gap_mean": (network - linear).abs().mean(-1),
        "twin_distance": (network - twin).square().mean(-1).sqrt(),
        "drift_mean": drift.abs().mean(-1),
        "test_network": loss(network, labels)[0].mean(-1),
        "test_twin": loss(twin, labels)[0].mean(-1),
    }
    measured = {name: values[:, 0].tolist() for name, values in measured.items()}
    return {"activation": activation, "width": width, **measured, "device": device.partition(":")[0]}
