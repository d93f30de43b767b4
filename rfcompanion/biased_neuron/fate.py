"""What becomes of a start: the theorem on dying neurons, and the gradient flow until it is decided."""

import math

import numpy as np

from .. import _checks
from .landscape import checked_neurons, gradient
from .normals import mean_above


def never_recovers(w, b: float, v, c: float) -> bool:
    """Does the theorem on dying neurons cover this start of the gradient flow?

    For c ≤ 0, b < 0 and ⟨w,v⟩ < 0, in units of ‖v‖, with h = |b|/‖w‖ and A(m) = φ(m) − mQ(m): some γ in (0,1) satisfies
    γ²(1+h²) > 2,  2(1+h²) A(γh) < |b|  and  cos(θ − 2A(γh)/(γ|b|)) < −γ, angle in [π/2, π].

    Parameters
        w, v : start and target, shape (d,), not zero.
        b, c : their biases.

    Returns
        bool; True is a proof that the loss tends to that of a dead student, False says nothing.

    Error
        Strict inequalities, tried on 400 values of γ.

    Raises
        ValueError if a vector is zero, a number not finite or the shapes differ.

    Source
        Chapter "A single neuron" (own).
    """
    w, v, b, c, rho, size, theta = checked_neurons(w, b, v, c)
    if c > 0 or b >= 0 or theta <= math.pi / 2:
        return False
    h, depth = -b / rho, -b / size
    gamma = np.linspace(0, -math.cos(theta), 402)[1:-1]
    small = mean_above(gamma * h)
    latest = theta - 2 * small / (gamma * depth)
    holds = (gamma**2 * (1 + h * h) > 2) & (2 * (1 + h * h) * small < depth)
    return bool(np.any(holds & (latest > math.pi / 2) & (np.cos(latest) < -gamma)))


def flow(
    w, b: float, v, c: float, horizon: float = 2000.0, closeness: float = 1e-2
) -> tuple[str, np.ndarray, np.ndarray]:
    """Gradient flow dw/dt = −∂F/∂w, db/dt = −∂F/∂b, integrated until its fate is decided.

    In the plane of w and v, which it never leaves.

    Parameters
        w, v : start and target, shape (d,), not zero.
        b, c : their biases.
        horizon : time at which to give up.
        closeness : the target counts as learnt within this distance, in units of ‖(v,c)‖.

    Returns
        (fate, times, path): "learnt", "dead" (:func:`never_recovers` covers the state reached) or "undecided";
        times (k,), path (k, 3): components of w along and across v, and the bias.

    Error
        Integration to relative 1e-7 (LSODA).

    Raises
        ValueError if a vector is zero, a number not finite or the shapes differ.

    Source
        Chapter "A single neuron".
    """
    from scipy.integrate import solve_ivp

    w, v, b, c, rho, size, theta = checked_neurons(w, b, v, c)
    horizon = _checks.real("horizon", horizon, above=0)
    closeness = _checks.real("closeness", closeness, above=0)
    plane, goal = np.array([size, 0.0]), np.array([size, 0.0, c])

    def velocity(t, state):
        slope, slope_b = gradient(state[:2], state[2], plane, c)
        return -np.append(slope, slope_b)

    def learnt(t, state):
        return np.linalg.norm(state - goal) - closeness * np.linalg.norm(goal)

    def dead(t, state):
        return 0.5 - never_recovers(state[:2], state[2], plane, c)

    learnt.terminal = dead.terminal = True
    start = np.array([rho * math.cos(theta), rho * math.sin(theta), b])
    # An event is seen only when its sign changes, so the start itself is judged first.
    if learnt(0.0, start) <= 0:
        return "learnt", np.zeros(1), start[None]
    if never_recovers(start[:2], b, plane, c):
        return "dead", np.zeros(1), start[None]
    run = solve_ivp(velocity, (0, horizon), start, method="LSODA", rtol=1e-7, atol=1e-10, events=[learnt, dead])
    fate = "learnt" if len(run.t_events[0]) else "dead" if len(run.t_events[1]) else "undecided"
    return fate, run.t, run.y.T
