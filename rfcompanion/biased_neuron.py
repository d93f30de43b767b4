"""One ReLU neuron with a bias: exact loss, gradient and Hessian, and the starts from which it dies.

F(w, b) = ½ E(σ(⟨w,x⟩+b) − σ(⟨v,x⟩+c))²,  x ~ N(0, I_d).

Written with the standard normals U = ⟨ŵ,x⟩ and V = ⟨v̂,x⟩ of correlation cos θ, and the kinks h = −b/‖w‖, k = −c/‖v‖.
"""

import math

import numpy as np

from . import _checks
from .gaussian import relu_mean, relu_norm2
from .single_neuron import _pair, angle

_TWO_PI = 2 * math.pi


def loss(w, b: float, v, c: float) -> float:
    """Population loss of a biased neuron.

    F(w,b) = ½ [ρ² M(b/ρ) − 2 ρ s K + s² M(c/s)],  ρ = ‖w‖, s = ‖v‖,
    M(β) = E[Z+β]_+²,  K = E(U−h)_+(V−k)_+ with h = −b/ρ, k = −c/s, corr(U,V) = cos θ.

    Parameters
        w, v : student and target, shape (d,), not zero.
        b, c : their biases.

    Returns
        float ≥ 0 up to rounding.

    Error
        Rounding: absolute, of order 1e-15 (ρ²M + s²M).

    Raises
        ValueError if a vector is zero, a number not finite or the shapes differ.

    Source
        Chapter "A single neuron"; bivariate normal moments of chapter "Setting".
    """
    w, v, b, c, rho, size, theta = _biased(w, b, v, c)
    L, J, _ = _moments(-b / rho, -c / size, theta)
    # K = E(V−k)_+ (U−h) 1{U>h}; E(V−k)_+ U 1{U>h} by Stein.
    cross = math.cos(theta) * L + _kink(-b / rho, -c / size, theta, 0) + b / rho * J
    return float((rho**2 * relu_norm2(b / rho) + size**2 * relu_norm2(c / size)) / 2 - rho * size * cross)


def gradient(w, b: float, v, c: float) -> tuple[np.ndarray, float]:
    """Gradient of :func:`loss` in the student's weight and bias.

    ∂F/∂w = Φ(b/ρ) w − s [L v̂ + κ_0 ŵ],  ∂F/∂b = ρ E(U−h)_+ − s J,
    L = P(U>h, V>k), J = E (V−k)_+ 1{U>h}, κ_0 = φ(h) E[(V−k)_+ | U=h].

    Parameters
        w, v : student and target, shape (d,), not zero.
        b, c : their biases.

    Returns
        (array of shape (d,), float).

    Error
        Rounding: absolute, of order 1e-15 (ρ+s).

    Raises
        ValueError if a vector is zero, a number not finite or the shapes differ.

    Source
        Chapter "A single neuron" (own derivation by Stein's identity).
    """
    w, v, b, c, rho, size, theta = _biased(w, b, v, c)
    h, k = -b / rho, -c / size
    L, J, kappa = _moments(h, k, theta)
    return _upper(h) * w - L * v - size * kappa / rho * w, float(rho * _mean_above(h) - size * J)


def hessian(w, b: float, v, c: float) -> np.ndarray:
    """Hessian of :func:`loss` in (w, b).

    E[1{U>h} x̃ x̃ᵀ] − (s φ(h)/ρ) E[(V−k)_+ x̃ x̃ᵀ | U=h],  x̃ = (x, 1).

    Parameters
        w, v : student and target, shape (d,), not zero and not parallel to each other when d > 1
            (parallel ones are treated by the limit of the formula).
        b, c : their biases.

    Returns
        symmetric array of shape (d+1, d+1).

    Error
        Rounding: absolute, of order 1e-15 (1+s/ρ)(1+h²).

    Raises
        ValueError if a vector is zero, a number not finite or the shapes differ.

    Source
        Chapter "A single neuron" (own).
    """
    w, v, b, c, rho, size, theta = _biased(w, b, v, c)
    h, k, dim = -b / rho, -c / size, w.size
    e = w / rho
    f = v / size - math.cos(theta) * e
    f = f / np.linalg.norm(f) if np.linalg.norm(f) > 1e-12 else np.zeros(dim)
    tail, density = _upper(h), _density(h)
    # First term: x = Ue + rest; E U² 1{U>h} = Q + hφ, E U 1{U>h} = φ.
    first = np.zeros((dim + 1, dim + 1))
    first[:dim, :dim] = tail * np.eye(dim) + h * density * np.outer(e, e)
    first[:dim, dim] = first[dim, :dim] = density * e
    first[dim, dim] = tail
    # Second: on U = h, x̃ = (h e, 1) + Z f + the other directions; κ_j = φ(h) E[(V−k)_+ Z^j | U=h].
    base, side = np.append(h * e, 1.0), np.append(f, 0.0)
    k0, k1, k2 = (_kink(h, k, theta, j) for j in range(3))
    other = np.zeros((dim + 1, dim + 1))
    other[:dim, :dim] = np.eye(dim) - np.outer(e, e) - np.outer(f, f)
    mixed = np.outer(base, side)
    kinked = k0 * np.outer(base, base) + k1 * (mixed + mixed.T) + k2 * np.outer(side, side) + k0 * other
    return first - size / rho * kinked


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
    w, v, b, c, rho, size, theta = _biased(w, b, v, c)
    if c > 0 or b >= 0 or theta <= math.pi / 2:
        return False
    h, depth = -b / rho, -b / size
    gamma = np.linspace(0, -math.cos(theta), 402)[1:-1]
    small = _mean_above(gamma * h)
    latest = theta - 2 * small / (gamma * depth)
    holds = (gamma**2 * (1 + h * h) > 2) & (2 * (1 + h * h) * small < depth)
    return bool(np.any(holds & (latest > math.pi / 2) & (np.cos(latest) < -gamma)))


def flow(w, b: float, v, c: float, horizon: float = 2000.0, closeness: float = 1e-2):
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

    w, v, b, c, rho, size, theta = _biased(w, b, v, c)
    horizon = _checks.real("horizon", horizon, above=0)
    plane, goal = np.array([size, 0.0]), np.array([size, 0.0, c])

    def velocity(t, state):
        slope, slope_b = gradient(state[:2], state[2], plane, c)
        return -np.append(slope, slope_b)

    def learnt(t, state):
        return np.linalg.norm(state - goal) - closeness * np.linalg.norm(goal)

    def dead(t, state):
        return 0.5 - never_recovers(state[:2], state[2], plane, c)

    learnt.terminal = dead.terminal = True
    start = [rho * math.cos(theta), rho * math.sin(theta), b]
    if never_recovers(start[:2], b, plane, c):  # an event is seen only when its sign changes
        return "dead", np.zeros(1), np.array([start])
    run = solve_ivp(velocity, (0, horizon), start, method="LSODA", rtol=1e-7, atol=1e-10, events=[learnt, dead])
    fate = "learnt" if len(run.t_events[0]) else "dead" if len(run.t_events[1]) else "undecided"
    return fate, run.t, run.y.T


def _biased(w, b, v, c):
    w, v = _pair(w, v)
    b, c = _checks.real("b", b), _checks.real("c", c)
    return w, v, b, c, float(np.linalg.norm(w)), float(np.linalg.norm(v)), angle(w, v)


def _density(z):
    return np.exp(-np.square(z) / 2) / math.sqrt(_TWO_PI)


def _upper(z):
    """Q(z) = P(Z > z)."""
    from scipy.special import ndtr

    return ndtr(-np.asarray(z, float))[()]


def _mean_above(h):
    """A(h) = E(Z−h)_+ = φ(h) − h Q(h), positive also far in the tail."""
    return relu_mean(-np.asarray(h, float)[()])


def _kink(h: float, k: float, theta: float, power: int) -> float:
    """κ_j = φ(h) E[(V−k)_+ Z^j | U=h], V = U cos θ + Z sin θ, for j = 0, 1, 2."""
    sine, mean = math.sin(theta), h * math.cos(theta) - k  # V − k = mean + sine Z
    if sine < 1e-14:
        return _density(h) * max(mean, 0.0) * (0.0 if power == 1 else 1.0)
    t = mean / sine
    if power == 0:
        value = sine * _mean_above(-t)
    elif power == 1:
        value = sine * _upper(-t)
    else:  # E (Z+t)_+ Z² = t Φ(t) + 2 φ(t)
        value = sine * (t * _upper(-t) + 2 * _density(t))
    return float(_density(h) * value)


def _moments(h: float, k: float, theta: float) -> tuple[float, float, float]:
    """L = P(U>h, V>k), J = E(V−k)_+ 1{U>h} and κ_0, for standard normals U, V at correlation cos θ."""
    sine, cosine = math.sin(theta), math.cos(theta)
    if sine < 1e-14:
        bound = max(h, k) if cosine > 0 else h
        L = float(_upper(bound)) if cosine > 0 else float(max(_upper(h) - _upper(-k), 0.0))
        if cosine > 0:
            return L, float(_density(bound) - k * _upper(bound)), _kink(h, k, theta, 0)
        J = float(_density(k) - _density(h) - k * L) if h < -k else 0.0
        return L, J, _kink(h, k, theta, 0)
    L = _orthant(h, k, sine, cosine)
    first = _density(k) * _upper((h - cosine * k) / sine) + cosine * _density(h) * _upper((k - cosine * h) / sine)
    return L, float(first - k * L), _kink(h, k, theta, 0)


def _orthant(h: float, k: float, sine: float, cosine: float) -> float:
    """P(U>h, V>k) at correlation ``cosine``: Plackett's integral in the angle, or Owen's T at strong correlation."""
    from scipy.special import owens_t

    if abs(cosine) < 0.9:
        x, weight = _GAUSS
        t = math.asin(cosine) * (x + 1) / 2
        values = np.exp(-(h * h + k * k - 2 * h * k * np.sin(t)) / (2 * np.cos(t) ** 2))
        return float(_upper(h) * _upper(k) + weight @ values * math.asin(cosine) / (4 * math.pi))
    if h == 0 and k == 0:
        return (math.pi - math.atan2(sine, cosine)) / _TWO_PI
    slopes = []
    for near, far in ((h, k), (k, h)):
        numerator = (far - near) + (1 - cosine) * near if cosine > 0 else far - cosine * near
        slopes.append(math.copysign(math.inf, numerator) if near == 0 else numerator / (near * sine))
    crossing = h * k < 0 or (h * k == 0 and h + k < 0)
    # At h = 0 the limit h → 0+ is taken in both terms.
    total = (_upper(h) + _upper(k)) / 2 - owens_t(h, slopes[0]) - owens_t(k, slopes[1]) - 0.5 * crossing
    return float(max(total, 0.0))


_GAUSS = np.polynomial.legendre.leggauss(24)
