"""Network-steps per second: 32 seeds as one tensor against plain eager torch, seed by seed.

Both train the hidden layer of one-hidden-layer ReLU networks by SGD (d = 20, batch 8, float64, one thread, the same
samples). The two are run in turn and the table shows medians of the repetitions, in CPU seconds of the process, so that
other work on the machine does not enter. ``python benchmarks/training.py --json`` prints the rows as JSON.
"""

import argparse
import json
import statistics
import time

import torch

from rfcompanion import training

DIM, BATCH, SEEDS = 20, 8, 32


def eager(network: training.Network, batches: list, step_size: float) -> torch.Tensor:
    """One seed after the other, autograd and torch.optim.SGD: what one would write first."""
    hidden = []
    for seed in range(SEEDS):
        weights = network.hidden[seed].clone().requires_grad_()
        outer = network.output[seed]
        optimiser = torch.optim.SGD([weights], lr=step_size)
        for x, y in batches:
            optimiser.zero_grad()
            prediction = torch.relu(x[seed] @ weights.T) @ outer
            (0.5 * (prediction - y[seed]).square()).mean().backward()
            optimiser.step()
        hidden.append(weights.detach())
    return torch.stack(hidden)


def rows(repeats: int = 5, widths: tuple[int, ...] = (64, 256, 1024, 4096)) -> list[dict]:
    """One row a width: network-steps per second of both and their ratio (aim: 10 at r = 256, 1 at r = 4096)."""
    torch.set_num_threads(1)
    table = []
    for width in widths:
        steps = max(40, 20480 // width)
        network = training.random_network(DIM, width, range(SEEDS), weights="scaled")
        stream = training.sample_stream(DIM, BATCH, range(SEEDS), lambda x: x[..., 0].clamp_min(0))
        batches = [next(stream) for _ in range(steps)]
        times = {"batched": [], "eager": []}
        for _ in range(repeats + 1):
            begin = time.process_time()
            fast = training.train(network, batches, steps=steps, step_size=0.1).network.hidden
            middle = time.process_time()
            slow = eager(network, batches[: max(2, steps // 8)], 0.1)
            end = time.process_time()
            times["batched"].append((middle - begin) / steps)
            times["eager"].append((end - middle) / max(2, steps // 8))
        check = training.train(network, batches, steps=max(2, steps // 8), step_size=0.1).network.hidden
        assert (check - slow).abs().max() < 1e-12
        assert fast.isfinite().all()
        rate = {name: SEEDS / statistics.median(values[1:]) for name, values in times.items()}
        table.append(
            {
                "what": f"training, 32 seeds, r={width}",
                "ours": rate["batched"],
                "peer": rate["eager"],
                "unit": "network-steps/s",
                "peer_name": "eager torch",
                "ratio": rate["batched"] / rate["eager"],
                "aim": {256: 10.0, 4096: 1.0}.get(width),
                "runs": repeats,
            }
        )
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    table = rows(options.repeats)
    if options.json:
        print(json.dumps(table))
        return
    for row in table:
        aim = "" if row["aim"] is None else f"   (aim {row['aim']:g})"
        print(
            f"{row['what']:32s} {row['ours']:9.0f} against {row['peer']:8.0f} {row['unit']}: × {row['ratio']:.1f}{aim}"
        )


if __name__ == "__main__":
    main()
