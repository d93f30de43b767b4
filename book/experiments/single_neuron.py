"""One neuron, three learners, one budget: the long runs of the chapter "A single neuron".

Part ``samples``: how many samples gradient descent on the neuron itself needs for relative error 1e-6.
Part ``learners``: random features, the linearised network, the network and the neuron on the same samples.
Part ``basin``: from which starts the gradient flow of the biased neuron dies.

    python -m rfcompanion reproduce single_neuron_samples
    python -m rfcompanion reproduce single_neuron_learners_10   # and _20, _50, _100
    python -m rfcompanion reproduce single_neuron_basin
"""

import itertools
import math
from dataclasses import replace

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from rfcompanion import biased_neuron, single_neuron
from rfcompanion.concentration import relu_tail
from rfcompanion.gaussian import relu_gram, relu_norm2, relu_tangent_gram

BIAS = -1.0  # of the biased target
GOAL = 1e-6


def large_norm(dim: int) -> float:
    """Norm at which the best space of all degrees ≤ d (d even) leaves the squared error 1/50; about 1.2·d^{3/4}."""
    return math.sqrt(2 / 50 / relu_tail(dim, dim))


def targets(dim: int) -> dict[str, tuple[float, float]]:
    """Norm and bias of the three targets."""
    return {"unit": (1.0, 0.0), "biased": (1.0, BIAS), "large": (large_norm(dim), 0.0)}


def draw(dim: int, samples: int, seed: int):
    """Inputs, a unit direction for the target and one for the student: all of a seed's randomness."""
    generator = np.random.default_rng([seed, dim])
    v, w = generator.standard_normal((2, dim))
    return generator.standard_normal((samples, dim)), v / np.linalg.norm(v), w / np.linalg.norm(w)


def descend(X, y, w, trained_bias: bool, step: float, steps: int, errors, keep=()):
    """Full-batch gradient descent on σ(⟨w,x⟩+b) for S seeds at once, until every run is done.

    X (S,n,d), y (S,n), w (S,d); ``errors(w, b)`` gives the S exact relative errors. Returns first step below GOAL
    (−1: never), the last errors, and the errors after the steps in ``keep``.
    """
    w, b = w.copy(), np.zeros(len(w))
    reached, path = np.full(len(w), -1), {}
    for t in range(steps + 1):
        z = (X @ w[:, :, None])[..., 0] + b[:, None]
        residual = np.where(z > 0, z - y, 0.0) / X.shape[1]
        slope, slope_b = (residual[:, None, :] @ X)[:, 0], residual.sum(1) * trained_bias
        still = (slope**2).sum(1) + slope_b**2 <= 1e-20 * (y**2).mean(1)
        if t % 25 == 0 or t in keep or still.all():
            now = errors(w, b)
            reached[(reached < 0) & (now <= GOAL)] = t
            if t in keep:
                path[t] = now
            if ((reached >= 0) | still).all() and t >= max(keep, default=0):
                break
        w -= step * slope
        b -= step * slope_b
    return reached, errors(w, b), path, (w, b)


def error_function(V, norm, bias):
    def errors(w, b):
        if not bias:  # the formula of single_neuron.loss, for all seeds at once
            gap, size = w - norm * V, np.linalg.norm(w, axis=1)
            unit = w / size[:, None]
            theta = 2 * np.arctan2(np.linalg.norm(unit - V, axis=1), np.linalg.norm(unit + V, axis=1))
            curved = np.where(theta < 1e-2, theta**3 / 3 * (1 - theta**2 / 10), np.sin(theta) - theta * np.cos(theta))
            return ((gap**2).sum(1) - 2 * size * norm * curved / math.pi) / norm**2
        return np.array([single_neuron.relative_error(u, norm * v, c, bias) for u, v, c in zip(w, V, b, strict=True)])

    return errors


# ------------------------------------------------------------------------------------------------------ samples


GRIDS = {False: [round(1.6 + 0.2 * k, 1) for k in range(28)], True: [round(4 + k, 1) for k in range(29)]}
STEP, STEPS = 0.75, 2000


def least_samples(dim: int, kind: str, seeds: int) -> dict:
    """Smallest multiple of d samples at which gradient descent reaches the goal, for each seed (−1: none)."""
    drawn = [draw(dim, int(GRIDS[True][-1] * dim), seed) for seed in range(seeds)]
    X, V, W = (np.stack([run[part] for run in drawn]) for part in range(3))
    norm, bias = targets(dim)[kind]
    y = np.maximum(norm * (X @ V[:, :, None])[..., 0] + bias, 0)
    least, steps_taken, final = np.full(seeds, -1.0), np.full(seeds, -1), np.zeros(seeds)
    for multiple in GRIDS[bias != 0]:
        left = np.flatnonzero(least < 0)
        if left.size == 0:
            break
        n = round(multiple * dim)
        errors = error_function(V[left], norm, bias)
        reached, final[left], *_ = descend(X[left, :n], y[left, :n], W[left], bias != 0, STEP, STEPS, errors)
        least[left[reached >= 0]] = multiple
        steps_taken[left[reached >= 0]] = reached[reached >= 0]
    return {"norm": norm, "bias": bias, "multiple": least, "steps": steps_taken, "error": final}


def online(dim: int, seeds: int) -> dict:
    """One sample a step, step 1/(d+2), from a random unit start, and from one averaged step of 2(2d+3) samples."""
    out = {}
    for name in ("random start", "averaged start"):
        counts = []
        for seed in range(seeds):
            generator = np.random.default_rng([seed, dim, 1])
            v, w = generator.standard_normal((2, dim))
            v, w, used = v / np.linalg.norm(v), w / np.linalg.norm(w), 0
            if name == "averaged start":
                used = 2 * (2 * dim + 3)
                X = generator.standard_normal((used, dim))
                w = 2 * np.maximum(X @ v, 0) @ X / used
            while single_neuron.relative_error(w, v) > GOAL and used < 400 * dim:
                for x in generator.standard_normal((dim // 2, dim)):
                    z = x @ w
                    if z > 0:
                        w = w - (z - max(x @ v, 0)) / (dim + 2) * x
                used += dim // 2
            counts.append(used / dim if used < 400 * dim else -1.0)
        out[name] = counts
    return out


# ----------------------------------------------------------------------------------------------------- learners


def multiples(dim: int) -> tuple[int, ...]:
    """Numbers of samples, in units of d."""
    return (1, 2, 4, 8, 16, 32, 64) if dim <= 50 else (1, 2, 4, 8, 16)


def settings(dim: int, seeds: int) -> dict:
    """What a record of the learners says besides their errors."""
    entry = {"dim": dim, "seeds": seeds, "multiples": multiples(dim), "features": 40 * dim}
    entry |= {"ridges": RIDGES, "tangent_units": UNITS, "network_width": WIDTH}
    return entry | {kind: {"norm": norm, "bias": bias} for kind, (norm, bias) in targets(dim).items()}


def learners_of(kind: str) -> tuple[str, ...]:
    """Random features and the linearised network are linear in the labels: the large norm has the unit one's errors."""
    return ("network", "neuron") if kind == "large" else (*LEARNERS, "population")


def learn(dim: int, kind: str, name: str, seeds: int):
    """Errors of one learner on one target, for every number of samples (``population``: infinitely many)."""
    grid = multiples(dim)
    drawn = [draw(dim, grid[-1] * dim, seed) for seed in range(seeds)]
    X, V, W = (np.stack([run[part] for run in drawn]) for part in range(3))
    norm, bias = targets(dim)[kind]
    if name == "population":
        return population(dim, seeds, V, bias)
    y = np.maximum(norm * (X @ V[:, :, None])[..., 0] + bias, 0)
    return [LEARNERS[name](X[:, : k * dim], y[:, : k * dim], V, W, norm, bias) for k in grid]


RIDGES = [1e-6, 1e-3, 1e-2, 1e-1, 1.0]  # in units of the kernel matrix's mean eigenvalue
UNITS = 128
WIDTH = 64


def feature_weights(dim, count, seed, bias):
    generator = np.random.default_rng([seed, dim, 2])
    W = generator.standard_normal((count, dim))
    W /= np.linalg.norm(W, axis=1, keepdims=True)
    return W, (generator.standard_normal(count) if bias else None)


def random_features(X, y, V, W, norm, bias) -> dict:
    """Ridge on r = 40d random ReLU features; the best of the ridges, by the exact population error."""
    seeds, n, dim = X.shape
    r, best = 40 * dim, []
    for s in range(seeds):
        weights, biases = feature_weights(dim, r, s, bias)
        Phi = np.maximum(X[s] @ weights.T + (0 if biases is None else biases), 0)
        gram = relu_gram(weights, biases)
        cross = relu_gram(weights, biases, norm * V[s][None], None if not bias else np.array([bias]))[:, 0]
        total = norm**2 * relu_norm2(bias / norm)
        small = Phi @ Phi.T if n <= r else Phi.T @ Phi
        scale, errors = np.trace(small) / len(small), []
        for ridge in RIDGES:
            if n <= r:
                u = Phi.T @ solve(small, y[s], ridge * scale)
            else:
                u = solve(small, Phi.T @ y[s], ridge * scale)
            errors.append(1 + (u @ gram @ u - 2 * cross @ u) / total)
        best.append(min(errors))
    k = min(n, r)
    return {"n": n, "parameters": r, "error": best, "work": n * r * (dim + k) + k**3 / 3}


def linearised(X, y, V, W, norm, bias) -> dict:
    """Kernel ridge with the tangent features of UNITS random neurons; error on 4000 fresh inputs."""
    seeds, n, dim = X.shape
    best = []
    for s in range(seeds):
        weights, biases = feature_weights(dim, UNITS, s, bias)
        offset = 0 if biases is None else biases
        fresh = np.random.default_rng([s, dim, 3]).standard_normal((4000, dim))
        truth = np.maximum(norm * fresh @ V[s] + bias, 0)
        on, on_fresh = ((Z @ weights.T + offset > 0).astype(float) for Z in (X[s], fresh))
        extra = 1.0 if bias else 0.0
        kernel = (X[s] @ X[s].T + extra) * (on @ on.T) / UNITS
        across = (fresh @ X[s].T + extra) * (on_fresh @ on.T) / UNITS
        scale, errors = np.trace(kernel) / n, []
        for ridge in RIDGES:
            guess = across @ solve(kernel, y[s], ridge * scale)
            errors.append(np.mean((guess - truth) ** 2) / np.mean(truth**2))
        best.append(min(errors))
    parameters = UNITS * (dim + (1 if bias else 0))
    return {"n": n, "parameters": parameters, "error": best, "work": n * n * (UNITS + dim) + n**3 / 3}


def neuron(X, y, V, W, norm, bias) -> dict:
    """Gradient descent on the neuron: step 0.5, at most 2000 steps, from a random unit start with zero bias."""
    n, dim = X.shape[1:]
    keep = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500]
    reached, last, path, _ = descend(X, y, W, bias != 0, 0.5, 2000, error_function(V, norm, bias), keep)
    return {
        "n": n,
        "parameters": dim + (1 if bias else 0),
        "error": last,
        "reached": reached,
        "path": {str(t): values for t, values in path.items()},
        "work_per_step": 2 * n * dim,
    }


def network(X, y, V, W, norm, bias) -> dict:
    """Gradient descent on both layers of WIDTH neurons from a small start (both layers scaled by 0.1)."""
    import torch

    from rfcompanion import training

    seeds, n, dim = X.shape
    keep, steps = [0, 5, 10, 20, 50, 100, 200, 400, 800], 800
    options = {"weights": "unit", "output": "signs", "antisymmetric": True, "bias": 0.0 if bias else None}
    start = training.random_network(dim, WIDTH, range(seeds), **options)
    start = replace(start, hidden=0.1 * start.hidden, output=0.1 * start.output)
    run = training.train(
        start,
        itertools.repeat((torch.as_tensor(X), torch.as_tensor(y))),
        steps=steps,
        step_size=0.5 / max(1.0, norm),
        layers="both",
        snapshots=keep,
    )
    path = {}
    for t in keep:
        net = run.snapshots[t]
        path[str(t)] = [network_error(net, s, norm * V[s], bias) for s in range(seeds)]
    return {
        "n": n,
        "parameters": WIDTH * (dim + (2 if bias else 1)),
        "error": path[str(steps)],
        "path": path,
        "work_per_step": 3 * n * WIDTH * dim,
    }


def network_error(net, s, v, bias) -> float:
    """Exact relative error of one network."""
    hidden, output = net.hidden[s].numpy(), (net.output[s] * net.scale[s]).numpy()
    offset = None if net.bias is None else net.bias[s].numpy()
    target_bias = np.array([bias]) if net.bias is not None else None
    total = (v @ v) * relu_norm2(bias / np.linalg.norm(v))
    gram = relu_gram(hidden, offset)
    cross = relu_gram(hidden, offset, v[None], target_bias)[:, 0]
    return float(1 + (output @ gram @ output - 2 * cross @ output) / total)


def population(dim, seeds, V, bias) -> dict:
    """Infinitely many samples: the exact errors of random features and (unbiased) of tangent features."""
    out = {"features": {}, "tangent": {}}
    for r in [k * dim for k in (1, 4, 16, 40)]:
        errors = []
        for s in range(seeds):
            weights, biases = feature_weights(dim, r, s, bias)
            gram = relu_gram(weights, biases)
            cross = relu_gram(weights, biases, V[s][None], np.array([bias]) if bias else None)[:, 0]
            errors.append(1 - cross @ solve(gram, cross) / relu_norm2(bias))
        out["features"][str(r)] = errors
    if not bias:
        for units in (1, 4, 10, 20) if dim <= 50 else (1, 4, 10):
            errors = []
            for s in range(min(seeds, 10)):
                weights, _ = feature_weights(dim, units, s, 0.0)
                cross = relu_tangent_gram(weights, V[s][None]) @ V[s]
                errors.append(1 - cross @ solve(relu_tangent_gram(weights), cross) / 0.5)
            out["tangent"][str(units * dim)] = errors
    return out


def solve(gram, right, ridge=None):
    """(G + ridge I)⁻¹ right; without a ridge, the jitter 1e-13 of the mean eigenvalue keeps the factorisation alive."""
    ridge = 1e-13 * np.trace(gram) / len(gram) if ridge is None else ridge
    factor = cho_factor(gram + ridge * np.eye(len(gram)), overwrite_a=True, check_finite=False)
    return cho_solve(factor, right, check_finite=False)


LEARNERS = {"features": random_features, "linearised": linearised, "network": network, "neuron": neuron}


# -------------------------------------------------------------------------------------------------------- basin


HORIZON = 3000.0
ANGLES, BIASES = (np.arange(18) + 0.5) * math.pi / 18, np.linspace(-2, 1, 13)
FATE_BIASES, CRITICAL_BIASES = (0.0, -1.0), (1.0, 0.5, 0.0, -0.5, -1.0)


def fate(theta: float, b: float, c: float) -> str:
    """Fate of the population flow from a unit weight at angle θ with bias b, for a target of bias c."""
    return biased_neuron.flow([math.cos(theta), math.sin(theta)], b, np.array([1.0, 0.0]), c, HORIZON)[0]


def critical_angle(c: float, halvings: int = 10) -> list[float]:
    """Interval around the angle beyond which a start with bias 0 is not learnt."""
    low, high = 0.0, math.pi
    for _ in range(halvings):
        middle = (low + high) / 2
        low, high = (middle, high) if fate(middle, 0.0, c) == "learnt" else (low, middle)
    return [low, high]
