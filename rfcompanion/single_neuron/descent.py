"""Gradient descent in steps: what one step gains, the path, and how many samples are enough."""

import math

import numpy as np

from .. import _checks
from .flow import contraction
from .landscape import checked_pair, gradient


def step_factor(theta, step: float):
    """Factor by which one step of gradient descent at angle θ multiplies ‖w−v‖², at most.

    1 − 2η(1 − η/4) λ(θ),  0 < η ≤ 2.

    Parameters
        theta : angle(s) in [0, π].
        step : η.

    Returns
        float or array in (0, 1].

    Error
        Rounding.

    Raises
        ValueError if the step is outside (0, 2] or an angle outside [0, π].

    Source
        Chapter "A single neuron" (own).
    """
    step = _checks.real("step", step, above=0, at_most=2)
    return 1 - 2 * step * (1 - step / 4) * contraction(theta)


def gradient_descent(w, v, step: float, steps: int) -> np.ndarray:
    """Path of gradient descent on the population loss.

    w_{t+1} = w_t − η ∇F(w_t).

    Parameters
        w, v : start and target, shape (d,), not zero.
        step : η in (0, 2].
        steps : number of steps.

    Returns
        array of shape (steps+1, d).

    Error
        Rounding.

    Raises
        ValueError for a zero vector or a step outside (0, 2].

    Source
        Chapter "A single neuron".
    """
    w, v = checked_pair(w, v)
    step = _checks.real("step", step, above=0, at_most=2)
    steps = _checks.integer("steps", steps, 0)
    path = np.empty((steps + 1, w.size))
    path[0] = w
    for t in range(steps):
        path[t + 1] = path[t] - step * gradient(path[t], v)
    return path


def sufficient_samples(dim: int, relative_error: float, failure: float = 0.1) -> tuple[int, int]:
    """Samples that prove enough for one averaged step followed by one-sample steps.

    n = ⌈(2d+3)·2/δ⌉ for the first step, T = ⌈ln(1/ε)·(d+2)/λ(π/2)⌉ steps of size 1/(d+2): then
    P(relative error > ε) ≤ δ.

    Parameters
        dim : d ≥ 1.
        relative_error : ε in (0, 1].
        failure : δ in (0, 1), the probability of failure allowed.

    Returns
        (n, T), the two numbers of samples; n + T = O(d (1/δ + log(1/ε))).

    Error
        Exact (a sufficient number, not the smallest).

    Raises
        ValueError, TypeError for arguments outside these ranges.

    Source
        Chapter "A single neuron" (own).
    """
    dim = _checks.integer("dim", dim, 1)
    relative_error = _checks.real("relative_error", relative_error, above=0, at_most=1)
    failure = _checks.real("failure", failure, above=0, below=1)
    first = math.ceil((2 * dim + 3) * 2 / failure)
    later = math.ceil(math.log(1 / relative_error) * (dim + 2) / contraction(math.pi / 2))
    return first, later
