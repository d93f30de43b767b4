"""Moments of two correlated standard normals cut at their kinks, one pair of neurons at a time."""

import math

import numpy as np
from scipy.special import ndtr, owens_t

from ..gaussian import relu_mean

_TWO_PI = 2 * math.pi
_NODES_AND_WEIGHTS = np.polynomial.legendre.leggauss(24)


def density(z):
    return np.exp(-np.square(z) / 2) / math.sqrt(_TWO_PI)


def upper_tail(z):
    """Q(z) = P(Z > z)."""
    return ndtr(-np.asarray(z, float))[()]


def mean_above(h):
    """A(h) = E(Z−h)_+ = φ(h) − h Q(h), positive also far in the tail."""
    return relu_mean(-np.asarray(h, float)[()])


def kinked_moment(h: float, k: float, theta: float, power: int) -> float:
    """κ_j = φ(h) E[(V−k)_+ Z^j | U=h], V = U cos θ + Z sin θ, for j = 0, 1, 2."""
    sine, mean = math.sin(theta), h * math.cos(theta) - k  # V − k = mean + sine Z
    if sine < 1e-14:
        return density(h) * max(mean, 0.0) * (0.0 if power == 1 else 1.0)
    t = mean / sine
    if power == 0:
        value = sine * mean_above(-t)
    elif power == 1:
        value = sine * upper_tail(-t)
    else:  # E (Z+t)_+ Z² = t Φ(t) + 2 φ(t)
        value = sine * (t * upper_tail(-t) + 2 * density(t))
    return float(density(h) * value)


def moments(h: float, k: float, theta: float) -> tuple[float, float, float]:
    """L = P(U>h, V>k), J = E(V−k)_+ 1{U>h} and κ_0, for standard normals U, V at correlation cos θ."""
    sine, cosine = math.sin(theta), math.cos(theta)
    if sine < 1e-14:
        bound = max(h, k) if cosine > 0 else h
        L = float(upper_tail(bound)) if cosine > 0 else float(max(upper_tail(h) - upper_tail(-k), 0.0))
        if cosine > 0:
            return L, float(density(bound) - k * upper_tail(bound)), kinked_moment(h, k, theta, 0)
        J = float(density(k) - density(h) - k * L) if h < -k else 0.0
        return L, J, kinked_moment(h, k, theta, 0)
    L = _orthant(h, k, sine, cosine)
    first = density(k) * upper_tail((h - cosine * k) / sine) + cosine * density(h) * upper_tail((k - cosine * h) / sine)
    return L, float(first - k * L), kinked_moment(h, k, theta, 0)


def _orthant(h: float, k: float, sine: float, cosine: float) -> float:
    """P(U>h, V>k) at correlation ``cosine``: Plackett's integral in the angle, or Owen's T at strong correlation."""
    if abs(cosine) < 0.9:
        x, weight = _NODES_AND_WEIGHTS
        t = math.asin(cosine) * (x + 1) / 2
        values = np.exp(-(h * h + k * k - 2 * h * k * np.sin(t)) / (2 * np.cos(t) ** 2))
        return float(upper_tail(h) * upper_tail(k) + weight @ values * math.asin(cosine) / (4 * math.pi))
    if h == 0 and k == 0:
        return (math.pi - math.atan2(sine, cosine)) / _TWO_PI
    slopes = []
    for near, far in ((h, k), (k, h)):
        numerator = (far - near) + (1 - cosine) * near if cosine > 0 else far - cosine * near
        slopes.append(math.copysign(math.inf, numerator) if near == 0 else numerator / (near * sine))
    crossing = h * k < 0 or (h * k == 0 and h + k < 0)
    # At h = 0 the limit h → 0+ is taken in both terms.
    total = (upper_tail(h) + upper_tail(k)) / 2 - owens_t(h, slopes[0]) - owens_t(k, slopes[1]) - 0.5 * crossing
    return float(max(total, 0.0))
