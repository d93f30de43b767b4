"""One ReLU neuron learnt from Gaussian inputs: exact loss, gradient and Hessian, and the flow solved in closed form.

F(w, b) = ½ E(σ(⟨w,x⟩+b) − σ(⟨v,x⟩+c))²,  x ~ N(0, I_d).

Without biases the gradient flow has an explicit solution; with biases there is an open set of starts from which it
never recovers. The training of whole networks is in :mod:`rfcompanion.training`.
"""

import math

import numpy as np

from . import _checks
from .gaussian import relu_norm2

_TWO_PI = 2 * math.pi


def angle(w, v) -> float:
    """Angle between two vectors, accurate near 0 and π.

    θ = 2 atan2(‖ŵ − v̂‖, ‖ŵ + v̂‖).

    Parameters
        w, v : non-zero vectors, shape (d,).

    Returns
        float in [0, π].

    Error
        Rounding, of order 1e-16.

    Raises
        ValueError if a vector is zero or the shapes differ.

    Source
        Chapter "A single neuron"; no formula of the paper.
    """
    w, v = _pair(w, v)
    w, v = w / np.linalg.norm(w), v / np.linalg.norm(v)
    return float(2 * np.arctan2(np.linalg.norm(w - v), np.linalg.norm(w + v)))


def loss(w, v) -> float:
    """Population loss of an unbiased neuron.

    F(w) = ½ E(σ(⟨w,x⟩) − σ(⟨v,x⟩))² = ¼ ‖w−v‖² − (‖w‖‖v‖/2π)(sin θ − θ cos θ).

    Parameters
        w : student, shape (d,), not zero.
        v : target, shape (d,), not zero.

    Returns
        float ≥ 0.

    Error
        Rounding, relative near w = v too (no cancellation of constants).

    Raises
        ValueError if a vector is zero or the shapes differ.

    Source
        Chapter "A single neuron"; arc-cosine kernel of degree 1 (Cho & Saul 2009).
    """
    w, v = _pair(w, v)
    theta, gap = angle(w, v), w - v
    return float(gap @ gap / 4 - np.linalg.norm(w) * np.linalg.norm(v) * _sine_gap(theta) / _TWO_PI)


def gradient(w, v) -> np.ndarray:
    """Gradient of :func:`loss` in the student.

    ∇F(w) = ½ (w−v) + (1/2π)(θ v − ‖v‖ sin θ ŵ).

    Parameters
        w, v : student and target, shape (d,), not zero.

    Returns
        array of shape (d,).

    Error
        Rounding, of order 1e-16 (‖w‖+‖v‖).

    Raises
        ValueError if a vector is zero or the shapes differ.

    Source
        Chapter "A single neuron"; mathematics of Yehudai & Shamir (2020).
    """
    w, v = _pair(w, v)
    theta = angle(w, v)
    along = np.linalg.norm(v) * math.sin(theta) / np.linalg.norm(w)
    return (w - v) / 2 + (theta * v - along * w) / _TWO_PI


def relative_error(w, v, b: float = 0.0, c: float = 0.0) -> float:
    """Relative error of the student σ(⟨w,·⟩+b) against the target σ(⟨v,·⟩+c).

    ‖σ(⟨w,·⟩+b) − σ(⟨v,·⟩+c)‖² / ‖σ(⟨v,·⟩+c)‖².

    Parameters
        w, v : student and target, shape (d,); w = 0 is allowed.
        b, c : their biases.

    Returns
        float ≥ 0; 1 for a dead student.

    Error
        Rounding, absolute 1e-15; relative as well without biases.

    Raises
        ValueError if v is zero or the shapes differ.

    Source
        Chapter "A single neuron".
    """
    w, v = np.asarray(w, float), np.asarray(v, float)
    size = np.linalg.norm(v)
    target = size**2 * relu_norm2(c / size)
    if not w.any():
        height = max(b, 0.0)
        mean = size * _mean_above(-c / size)
        return float((height**2 - 2 * height * mean + target) / target)
    doubled = 2 * loss(w, v) if b == 0 and c == 0 else 2 * biased_loss(w, b, v, c)
    return float(max(doubled, 0.0) / target)


# ------------------------------------------------------------------------------------- the flow without biases


def contraction(theta):
    """Rate of contraction towards the target at angle θ.

    λ(θ) = (π − θ − sin θ)/(2π): the smallest eigenvalue of E[x xᵀ 1{⟨w,x⟩>0} 1{⟨v,x⟩>0}], and
    ⟨∇F(w), w−v⟩ ≥ λ(θ) ‖w−v‖².

    Parameters
        theta : angle(s) in [0, π].

    Returns
        float or array in [0, 1/2]; λ(0) = 1/2, λ(π/2) = 0.0908, λ(π) = 0.

    Error
        Rounding; relative also near π.

    Source
        Chapter "A single neuron" (own; it replaces the constants of Theorem 4.2 of Yehudai & Shamir 2020).
    """
    rest = math.pi - np.asarray(theta, float)
    value = np.where(rest < 1e-2, rest**3 / 6 * (1 - rest**2 / 20 * (1 - rest**2 / 42)), rest - np.sin(rest)) / _TWO_PI
    return float(value) if value.ndim == 0 else value


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
        ValueError if the step is outside (0, 2].

    Source
        Chapter "A single neuron" (own).
    """
    step = _checks.real("step", step, above=0, at_most=2)
    return 1 - 2 * step * (1 - step / 4) * contraction(theta)


def gradient_flow(w, v, times) -> np.ndarray:
    """Solution of dw/dt = −∇F(w), in closed form.

    With ‖v‖ = 1, w_0 = a_0 v + β_0 e (β_0 > 0, e ⟂ v), s = e^{−t/2} π β_0/(π−θ_0) and C = (π(1−a_0) − θ_0)/β_0:
    θ = atan2(s, 1 − sC/π),  β = s (π−θ)/π,  a = 1 − (θ + Cβ)/π.

    Parameters
        w : start, shape (d,), not zero and not a negative multiple of v.
        v : target, shape (d,), not zero.
        times : t ≥ 0, number or array.

    Returns
        array of shape (*times.shape, d).

    Error
        Rounding, of order 1e-15 ‖v‖/(π−θ_0).

    Raises
        ValueError if a vector is zero, or if w points exactly away from v (the flow then dies at 0).

    Source
        Chapter "A single neuron" (own).
    """
    w, v = _pair(w, v)
    size, theta0 = np.linalg.norm(v), angle(w, v)
    if theta0 == math.pi:
        raise ValueError("w must not be a negative multiple of v: the flow from there runs into 0")
    unit = v / size
    along = float(w @ unit) / size
    rest = w / size - along * unit
    across = float(np.linalg.norm(rest))
    decay = np.exp(-np.asarray(times, float) / 2)
    # p = Cβ_0 stays finite as β_0 → 0: only products with it occur.
    p, ratio = math.pi * (1 - along) - theta0, math.pi / (math.pi - theta0)
    theta = np.arctan2(decay * ratio * across, 1 - decay * ratio * p / math.pi)
    shrink = decay * (math.pi - theta) / (math.pi - theta0)  # β/β_0
    return size * ((1 - (theta + p * shrink) / math.pi)[..., None] * unit + shrink[..., None] * rest)


def flow_constant(w, v) -> float:
    """K_0 with ‖w(t) − v‖ ≤ K_0 e^{−t/2} for all t ≥ 0 along the gradient flow.

    K_0 = (π/(π−θ_0)) √(5β_0² + 4(a_0 − 1 + θ_0/π)²) for ‖v‖ = 1; a_0, β_0 the components along and across v.

    Parameters
        w, v : start and target, shape (d,), not zero.

    Returns
        float; infinite at θ_0 = π.

    Error
        Rounding.

    Raises
        ValueError if a vector is zero or the shapes differ.

    Source
        Chapter "A single neuron" (own).
    """
    w, v = _pair(w, v)
    size, theta0 = np.linalg.norm(v), angle(w, v)
    if theta0 == math.pi:
        return math.inf
    along = float(w @ v) / size**2
    across = float(np.linalg.norm(w / size - along * v / size))
    root = math.hypot(math.sqrt(5) * across, 2 * (along - 1 + theta0 / math.pi))
    return float(size * root * math.pi / (math.pi - theta0))


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
    w, v = _pair(w, v)
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


# ------------------------------------------------------------------------------------------------- with biases


def biased_loss(w, b: float, v, c: float) -> float:
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


def biased_gradient(w, b: float, v, c: float) -> tuple[np.ndarray, float]:
    """Gradient of :func:`biased_loss` in the student's weight and bias.

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


def biased_hessian(w, b: float, v, c: float) -> np.ndarray:
    """Hessian of :func:`biased_loss` in (w, b).

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
    hessian = np.zeros((dim + 1, dim + 1))
    hessian[:dim, :dim] = tail * np.eye(dim) + h * density * np.outer(e, e)
    hessian[:dim, dim] = hessian[dim, :dim] = density * e
    hessian[dim, dim] = tail
    # Second: on U = h, x̃ = (h e, 1) + Z f + the other directions; κ_j = φ(h) E[(V−k)_+ Z^j | U=h].
    base, side = np.append(h * e, 1.0), np.append(f, 0.0)
    k0, k1, k2 = (_kink(h, k, theta, j) for j in range(3))
    other = np.zeros((dim + 1, dim + 1))
    other[:dim, :dim] = np.eye(dim) - np.outer(e, e) - np.outer(f, f)
    mixed = np.outer(base, side)
    kinked = k0 * np.outer(base, base) + k1 * (mixed + mixed.T) + k2 * np.outer(side, side) + k0 * other
    return hessian - size / rho * kinked


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


# ----------------------------------------------------------------------------------------------------- helpers


def _pair(w, v) -> tuple[np.ndarray, np.ndarray]:
    w = np.asarray(_checks.array("w", w, 1), dtype=np.float64)
    v = np.asarray(_checks.array("v", v, 1, w.shape), dtype=np.float64)
    for name, vector in (("w", w), ("v", v)):
        if not vector.any():
            raise ValueError(f"{name} must not be the zero vector: the angle is undefined there")
    return w, v


def _biased(w, b, v, c):
    w, v = _pair(w, v)
    b, c = _checks.real("b", b), _checks.real("c", c)
    return w, v, b, c, float(np.linalg.norm(w)), float(np.linalg.norm(v)), angle(w, v)


def _sine_gap(theta: float) -> float:
    """sin θ − θ cos θ without cancellation at small angles."""
    if theta < 1e-2:
        return theta**3 * (1 / 3 - theta**2 * (1 / 30 - theta**2 / 840))
    return math.sin(theta) - theta * math.cos(theta)


def _density(z):
    return np.exp(-np.square(z) / 2) / math.sqrt(_TWO_PI)


def _upper(z):
    """Q(z) = P(Z > z)."""
    from scipy.special import ndtr

    return ndtr(-np.asarray(z, float))[()]


def _mean_above(h):
    """A(h) = E(Z−h)_+ = φ(h) − h Q(h), positive also far in the tail."""
    from .gaussian import relu_mean

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
