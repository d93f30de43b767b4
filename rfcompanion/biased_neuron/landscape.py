"""Loss, gradient and Hessian of the neuron with a bias, in closed form."""

import math

import numpy as np

from .. import _checks
from ..gaussian import relu_norm2
from ..single_neuron.landscape import angle, checked_pair
from .normals import density, kinked_moment, mean_above, moments, upper_tail


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
    w, v, b, c, rho, size, theta = checked_neurons(w, b, v, c)
    L, J, _ = moments(-b / rho, -c / size, theta)
    # K = E(V−k)_+ (U−h) 1{U>h}; E(V−k)_+ U 1{U>h} by Stein.
    cross = math.cos(theta) * L + kinked_moment(-b / rho, -c / size, theta, 0) + b / rho * J
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
    w, v, b, c, rho, size, theta = checked_neurons(w, b, v, c)
    h, k = -b / rho, -c / size
    L, J, kappa = moments(h, k, theta)
    return upper_tail(h) * w - L * v - size * kappa / rho * w, float(rho * mean_above(h) - size * J)


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
    w, v, b, c, rho, size, theta = checked_neurons(w, b, v, c)
    h, k, dim = -b / rho, -c / size, w.size
    e = w / rho
    f = v / size - math.cos(theta) * e
    f = f / np.linalg.norm(f) if np.linalg.norm(f) > 1e-12 else np.zeros(dim)
    tail, height = upper_tail(h), density(h)
    # First term: x = Ue + rest; E U² 1{U>h} = Q + hφ, E U 1{U>h} = φ.
    first = np.zeros((dim + 1, dim + 1))
    first[:dim, :dim] = tail * np.eye(dim) + h * height * np.outer(e, e)
    first[:dim, dim] = first[dim, :dim] = height * e
    first[dim, dim] = tail
    # Second: on U = h, x̃ = (h e, 1) + Z f + the other directions; κ_j = φ(h) E[(V−k)_+ Z^j | U=h].
    base, side = np.append(h * e, 1.0), np.append(f, 0.0)
    k0, k1, k2 = (kinked_moment(h, k, theta, j) for j in range(3))
    other = np.zeros((dim + 1, dim + 1))
    other[:dim, :dim] = np.eye(dim) - np.outer(e, e) - np.outer(f, f)
    mixed = np.outer(base, side)
    kinked = k0 * np.outer(base, base) + k1 * (mixed + mixed.T) + k2 * np.outer(side, side) + k0 * other
    return first - size / rho * kinked


def checked_neurons(w, b, v, c):
    """Both neurons as floats, with the norms of their weights and the angle between these."""
    w, v = checked_pair(w, v)
    b, c = _checks.real("b", b), _checks.real("c", c)
    return w, v, b, c, float(np.linalg.norm(w)), float(np.linalg.norm(v)), angle(w, v)
