"""The alternating direction method of multipliers, all budgets and targets batched: matrix products only.

One eigendecomposition G = QΛQᵀ makes every step two products for all problems at once, whatever the penalty of each,
so the penalties may adapt at no cost. It shares nothing with pivoting but the certificate: each checks the other.
"""

import numpy as np

from . import dense, devices

_CHECK_EVERY = 20
_MOST_STEPS = 40_000
_RELAXATION = 1.6


def solve_boxes(box, limits, allowed):
    """Minimise over |u_i| ≤ t for every t in ``limits`` and every target at once.

    Formula
        For v = u/t, min ½vᵀGv − (c/t)ᵀv over |v_i| ≤ 1: x = (G + ρ)⁻¹(c/t + ρ(z − w)), then z = x + w clipped to the
        box, then w ← w + x − z; x is over-relaxed by 1.6. Each ρ moves by √(primal/dual residual), both relative,
        within a factor 5 and damped more and more, which keeps the iteration convergent.

    Parameters
        box : the problem, :class:`rfcompanion.fitting.budget.Box`.
        limits : (m,) values of t ≥ 0.
        allowed : (k,) gap that is good enough for each target.

    Returns
        list of m weights (r, k), ``"admm"``, iterations of the slowest problem.

    Error
        The gap, which the caller certifies.

    Source
        Boyd et al. (2011), section 3.4.1, for residual balancing; the schedule is our own.
    """
    size, targets = box.cross.shape
    eigenvalues, vectors = dense.eigendecomposition(box.matrix)
    top = float(eigenvalues[-1])
    spectrum = eigenvalues.clip(0.0)[:, None]
    bounds = np.repeat(limits, targets)
    goals = np.tile(allowed, len(limits))
    answers = np.zeros((len(bounds), size))
    active = np.flatnonzero(bounds > 0)
    t = bounds[active]
    linear = box.cross[:, np.arange(len(bounds))[active] % targets] / devices.like(box.cross, t)
    rotated = vectors.T @ linear
    rho = np.full(len(active), np.sqrt(top * max(float(eigenvalues[0]), 1e-9 * top)))
    z = (linear / top).clip(-1.0, 1.0)
    w = z * 0.0
    step = 0
    while len(active) and step < _MOST_STEPS:
        penalty = devices.like(z, rho)
        for _ in range(_CHECK_EVERY):
            x = vectors @ ((rotated + penalty * (vectors.T @ (z - w))) / (spectrum + penalty))
            relaxed = _RELAXATION * x + (1.0 - _RELAXATION) * z + w
            previous, z = z, relaxed.clip(-1.0, 1.0)
            w = relaxed - z
        step += _CHECK_EVERY
        gradient = 2.0 * (box.matrix @ z - linear)
        gaps = devices.as_numpy((gradient * z).sum(0) + abs(gradient).sum(0)) * t**2
        done = gaps <= 0.5 * goals[active]
        if done.any() or step >= _MOST_STEPS:
            answers[active] = devices.as_numpy(z.T) * t[:, None]
        primal = _norms(x - z) / np.maximum(_norms(z), 1e-300)
        dual = rho * _norms(z - previous) / np.maximum(rho * _norms(w), 1e-300)
        factor = np.clip(np.sqrt(primal / np.maximum(dual, 1e-300)), 0.2, 5.0)
        factor = np.where((factor > 2.0) | (factor < 0.5), factor, 1.0) ** (1.0 / (1.0 + step / 2000.0))
        keep = ~done
        active, t, rho = active[keep], t[keep], (rho * factor)[keep]
        index = np.flatnonzero(keep)
        z, linear, rotated = z[:, index], linear[:, index], rotated[:, index]
        w = w[:, index] / devices.like(w, factor[keep])
    columns = answers.reshape(len(limits), targets, size)
    return [devices.like(box.cross, np.ascontiguousarray(block.T)) for block in columns], "admm", step


def _norms(columns):
    return devices.as_numpy((columns * columns).sum(0)).astype(float) ** 0.5
