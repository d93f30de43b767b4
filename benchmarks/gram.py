"""Exact ReLU Gram matrices against what one would write first, and against scipy's Owen's T with biases."""

import json
import os
import statistics
import subprocess
import time
from pathlib import Path

import numpy as np

from benchmarks import _measure
from rfcompanion import gaussian

#: An interpreter that has neural-tangents, which needs an older jax and numpy than the book: a scratch environment.
NEURAL_TANGENTS = os.environ.get("NEURAL_TANGENTS_PYTHON", "")


def straightforward(w):
    """‖w‖‖v‖(sin θ + (π − θ) cos θ)/(2π), as the formula reads."""
    norms = np.linalg.norm(w, axis=1)
    cosine = np.clip(w @ w.T / np.outer(norms, norms), -1.0, 1.0)
    theta = np.arccos(cosine)
    return np.outer(norms, norms) * (np.sin(theta) + (np.pi - theta) * cosine) / (2 * np.pi)


def by_owens_t(w, b):
    """The closed form with scipy.special.owens_t, upper triangle only (unit weights)."""
    from scipy.special import ndtr, owens_t

    size = len(b)
    i, j = np.triu_indices(size)
    h, k = -b[i], -b[j]
    rho = np.clip((w @ w.T)[i, j], -1 + 1e-15, 1 - 1e-15)
    q = np.sqrt((1 - rho) * (1 + rho))
    with np.errstate(divide="ignore", invalid="ignore"):
        both = 0.5 * (ndtr(-h) + ndtr(-k)) - owens_t(h, (k / h - rho) / q) - owens_t(k, (h / k - rho) / q)
        both -= np.where((h * k > 0) | ((h * k == 0) & (h + k >= 0)), 0.0, 0.5)
    phi = lambda t: np.exp(-0.5 * t * t) / np.sqrt(2 * np.pi)  # noqa: E731
    joint = np.exp(-(h * h - 2 * rho * h * k + k * k) / (2 * q * q)) / (2 * np.pi * q)
    value = (h * k + rho) * both - h * phi(k) * ndtr(-(h - rho * k) / q) - k * phi(h) * ndtr(-(k - rho * h) / q)
    gram = np.empty((size, size))
    gram[i, j] = gram[j, i] = value + q * q * joint
    return gram


def rows(repeats: int = 5, quick: bool = False) -> list[dict]:
    """Entries of the whole matrix a second, without and with biases, and the largest error with biases."""
    count, dim = (500 if quick else 4000), 50
    rng = np.random.default_rng(0)
    w = rng.standard_normal((count, dim))
    w /= np.linalg.norm(w, axis=1, keepdims=True)
    b = rng.standard_normal(count)
    seconds = _measure.interleaved({"ours": lambda: gaussian.relu_gram(w), "peer": lambda: straightforward(w)}, repeats)
    biased = _measure.interleaved({"ours": lambda: gaussian.relu_gram(w, b), "peer": lambda: by_owens_t(w, b)}, repeats)
    off = ~np.eye(count, dtype=bool)
    assert np.abs(gaussian.relu_gram(w) - straightforward(w))[off].max() < 1e-13
    assert np.abs(gaussian.relu_gram(w, b) - by_owens_t(w, b))[off].max() < 1e-11
    aims = (None, None) if quick else (3.0, 1.5)
    tangents = _neural_tangents(w, repeats, aims[0]) if NEURAL_TANGENTS else []
    aim = None if tangents else aims[0]
    return [
        *tangents,
        _measure.row(
            f"ReLU Gram, r={count}", "straightforward numpy", seconds["ours"], seconds["peer"], "s", aim, runs=repeats
        ),
        _measure.row(
            f"ReLU Gram, biases, r={count}", "scipy owens_t", biased["ours"], biased["peer"], "s", aims[1], runs=repeats
        ),
        _measure.row(f"ReLU Gram, biases, error, r={count}", "allowed error", _error(), 1e-14, "absolute", 1, runs=0),
    ]


def _neural_tangents(w, repeats: int, aim) -> list[dict]:
    """Ours and theirs in turn, theirs in a process of the other interpreter that waits while ours is timed."""
    count, dim = w.shape
    command = [NEURAL_TANGENTS, str(Path(__file__).with_name("_neural_tangents.py")), json.dumps([count, dim])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as peer:

        def theirs() -> dict:
            peer.stdin.write("\n")
            peer.stdin.flush()
            return json.loads(peer.stdout.readline())

        gaussian.relu_gram(w)
        first = theirs()  # a round that does not count
        times = {"ours": [], "peer": []}
        for _ in range(repeats):
            begin = time.process_time()
            gaussian.relu_gram(w)
            times["ours"].append(time.process_time() - begin)
            times["peer"].append(theirs()["seconds"])
        peer.stdin.close()
    assert abs(first["corner"] - gaussian.relu_gram(w[:2])[0, 1]) < 1e-12
    ours, other = (statistics.median(values) for values in times.values())
    title = "neural-tangents, jit, float64"
    return [
        {**_measure.row(f"ReLU Gram, r={count}", title, ours, other, "s", aim, runs=repeats)}
        | {"versions": first["versions"]}
    ]


def _error() -> float:
    """Largest error over pairs of every kind of correlation, against 40-digit quadrature."""
    import mpmath

    worst = 0.0
    with mpmath.workdps(40):
        for rho in (-0.999, -0.8, -0.3, 0.0, 0.2, 0.6, 0.9, 0.99, 0.999999):
            for h, k in ((0.5, -1.2), (1.5, 0.7), (-0.4, -0.9)):
                pair = np.array([[1.0, 0.0], [rho, np.sqrt(1 - rho * rho)]])
                value = gaussian.relu_gram(pair[:1], np.array([-h]), V=pair[1:], c=np.array([-k]))[0, 0]
                exact_rho = mpmath.mpf(pair[1, 0]) / mpmath.sqrt(
                    mpmath.mpf(pair[1, 0]) ** 2 + mpmath.mpf(pair[1, 1]) ** 2
                )
                worst = max(worst, abs(float(_exact(mpmath, mpmath.mpf(h), mpmath.mpf(k), exact_rho) - value)))
    return worst


def _exact(mp, h, k, rho):
    tail = lambda t: mp.erfc(t / mp.sqrt(2)) / 2  # noqa: E731
    one = lambda t: mp.npdf(t) - t * tail(t)  # noqa: E731
    inner = lambda t: (  # noqa: E731
        (rho - mp.sin(t)) * mp.exp(-(h * h + k * k - 2 * h * k * mp.sin(t)) / (2 * mp.cos(t) ** 2))
    )
    return one(h) * one(k) + rho * tail(h) * tail(k) + mp.quad(inner, [0, mp.asin(rho) / 2, mp.asin(rho)]) / (2 * mp.pi)
