"""Streamed least squares against scikit-learn's Ridge on features in memory; generation of the features counted."""

import json
import statistics
import sys
import time

import numpy as np

from benchmarks import _measure
from rfcompanion.features import SampleStream, relu_features
from rfcompanion.fitting import fit_stream

RIDGE = 1e-6  # of the mean square: scikit-learn's alpha is n times that
SIZES = ((50_000, 1000, 50), (200_000, 1000, 50))
#: Name in the table, precision, copy_X and the ratio aimed at. As it comes scikit-learn copies the features first;
#: its best settings leave the copy out, and are shown beside it without an aim.
PEERS = {
    "float64": ("scikit-learn cholesky float64", "float64", True, 2.5),
    "float32": ("scikit-learn cholesky float32", "float32", True, 1 / 1.1),
    "float64 in place": ("the same, float64, copy_X=False", "float64", False, None),
    "float32 in place": ("the same, float32, copy_X=False", "float32", False, None),
}


def neuron(x):
    return np.maximum(x[:, 0], 0.0)


def rows(repeats: int = 5, quick: bool = False) -> list[dict]:
    """Seconds and peak memory at each size, exactness against QR, and a path of ridges."""
    table = []
    for size in ((20_000, 500, 50),) if quick else SIZES:
        table += compare(*size, repeats, quick)
    for samples, count, dim, aim in ((20_000, 500, 50, 1e-9),) if quick else _exactness():
        what = f"ridge, weights, n={samples}, r={count}, d={dim}"
        error = error_against_qr(samples, count, dim)
        table.append(_measure.row(what, "QR float64, allowed error", error, aim, "relative", 1, runs=0))
    table.append(_path(repeats, quick))
    return table


def compare(samples, count, dim, repeats, quick, memory_aim=None, peers=tuple(PEERS)) -> list[dict]:
    """One size, each fit in a process of its own, in turn."""
    measured = {"ours": [], **{name: [] for name in peers}}
    for _ in range(repeats):
        for name in measured:
            task = {"kind": name, "samples": samples, "count": count, "dim": dim}
            measured[name].append(_measure.in_child("ridge", task))
    seconds = {k: statistics.median(v["seconds"] for v in values) for k, values in measured.items()}
    memory = {k: statistics.median(v["memory"] for v in values) / 1e6 for k, values in measured.items()}
    size = f"n={samples}, r={count}"
    table = []
    for name in peers:
        title, _, _, aim = PEERS[name]
        aim = None if quick else aim
        table.append(_measure.row(f"ridge, {size}", title, seconds["ours"], seconds[name], "s", aim, runs=repeats))
    what = f"ridge, peak memory, {size}"
    for name in peers:
        if PEERS[name][1] == "float64":
            aim = memory_aim if name == "float64" else None
            table.append(_measure.row(what, PEERS[name][0], memory["ours"], memory[name], "MB", aim, runs=repeats))
    return table


def _exactness():
    return ((50_000, 1000, 50, 1e-9), (200_000, 1000, 50, 1e-9), (1050, 1000, 10, 1e-8))


def error_against_qr(samples: int, count: int, dim: int) -> float:
    """Relative distance of the streamed weights from those of a float64 QR factorisation, itself done in blocks."""
    import scipy.linalg

    features, stream = relu_features(dim, count, seed=1), SampleStream(dim, samples)
    ridge = 0.0 if samples < 2 * count else RIDGE
    upper = np.hstack([np.sqrt(ridge * samples) * np.eye(count), np.zeros((count, 1))])
    for start in range(0, samples, 8 * count):
        x = stream.block(start, min(start + 8 * count, samples))
        block = np.hstack([features(x), neuron(x)[:, None]])
        upper = scipy.linalg.qr(np.vstack([upper, block]), mode="r", overwrite_a=True)[0][: count + 1]
    weights = scipy.linalg.solve_triangular(upper[:count, :count], upper[:count, count])
    fit = fit_stream(features, neuron, stream, ridge, held_out=0, progress=False)
    return float(np.linalg.norm(fit.weights - weights) / np.linalg.norm(weights))


def _path(repeats: int, quick: bool) -> dict:
    """40 ridges from one pass against a loop of Ridge, which forms the Gram matrix anew each time."""
    samples, count, dim, points = (5000, 300, 50, 10) if quick else (50_000, 1000, 50, 40)
    ridges = np.geomspace(1e-8, 1.0, points)
    from sklearn.linear_model import Ridge

    def ours():
        fit_stream(relu_features(dim, count, seed=1), neuron, samples, ridges, held_out=0, progress=False)

    def peer():  # two ridges of the loop; each costs the same
        phi, y = _in_memory(samples, count, dim, "float64")
        for ridge in ridges[:2]:
            Ridge(alpha=samples * ridge, solver="cholesky", fit_intercept=False, copy_X=False).fit(phi, y)

    seconds = _measure.interleaved({"ours": ours, "peer": peer}, repeats)
    what = f"path of {points} ridges, n={samples}, r={count}"
    theirs = seconds["peer"] * points / 2
    return _measure.row(what, "loop of Ridge, 2 of them timed", seconds["ours"], theirs, "s", runs=repeats)


def _in_memory(samples: int, count: int, dim: int, dtype: str):
    x = SampleStream(dim, samples).block(0, samples)
    y = neuron(x).astype(dtype)
    return relu_features(dim, count, seed=1)(x.astype(dtype)), y


def child(task: dict) -> dict:
    """Do one fit and say what it cost."""
    samples, count, dim = task["samples"], task["count"], task["dim"]
    if task["kind"] == "ours":
        fit_stream(relu_features(dim, 20, seed=1), neuron, 200, RIDGE, held_out=0, progress=False)  # imports
    else:
        from sklearn.linear_model import Ridge

        _, precision, copy, _ = PEERS[task["kind"]]
        Ridge(alpha=1.0, solver="cholesky", fit_intercept=False).fit(*_in_memory(200, 20, dim, precision))
    begin = time.process_time()
    if task["kind"] == "ours":
        fit_stream(relu_features(dim, count, seed=1), neuron, samples, RIDGE, held_out=0, progress=False)
    else:
        phi, y = _in_memory(samples, count, dim, precision)
        Ridge(alpha=samples * RIDGE, solver="cholesky", fit_intercept=False, copy_X=copy).fit(phi, y)
    return {"seconds": time.process_time() - begin, "memory": _measure.peak_memory()}


if __name__ == "__main__":
    print(json.dumps(child(json.loads(sys.argv[1]))))
