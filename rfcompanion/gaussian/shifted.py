"""E(U−h)_+(V−k)_+ for whole blocks of correlated standard normals U, V, for numpy and torch alike."""

import functools
import math

import array_api_compat
import numpy as np

_SQRT_2PI = math.sqrt(2 * math.pi)
# |ρ| up to the bound: the integral from 0 with so many Gauss–Legendre nodes is exact to rounding. Beyond: Owen's T.
_NODES_BY_CORRELATION = ((0.3, 6), (0.5, 8), (0.75, 12), (0.925, 20))


def shifted_moment(xp, h, k, rho):
    """E(U−h)_+(V−k)_+ for standard normals U, V with correlation ρ; h (r, 1), k (1, s) and ρ (r, s)."""
    # Independence and the first order in ρ need one-dimensional functions of the rows and of the columns only.
    moment = _mean_above(xp, h) * _mean_above(xp, k) + rho * (_upper_tail(xp, h) * _upper_tail(xp, k))
    size = xp.abs(rho)
    lower = -1.0
    for upper, nodes in _NODES_BY_CORRELATION:
        here = (size > lower) & (size <= upper)
        share = float(xp.sum(xp.astype(here, rho.dtype))) / max(1, math.prod(rho.shape))
        if lower < 0 and share > 0.5:  # cheaper for all at once than for a selection; the few others follow
            moment += xp.where(here, _second_order(xp, h, k, rho, nodes), xp.zeros_like(rho))
        elif share > 0:
            moment[here] += _second_order(xp, *_selected(xp, here, h, k, rho), nodes)
        lower = upper
    here = size > lower
    if bool(xp.any(here)):
        moment[here] = _moment_by_owen(xp, *_selected(xp, here, h, k, rho))
    return moment


def _selected(xp, here, h, k, rho):
    return xp.broadcast_to(h, rho.shape)[here], xp.broadcast_to(k, rho.shape)[here], rho[here]


def _second_order(xp, h, k, rho, nodes):
    """Plackett's identity integrated twice: ∫₀^ρ (ρ−s) φ₂(h,k;s) ds, along s = sin t."""
    end = xp.asin(rho)
    sum2, twice = (h * h + k * k) / 2, h * k
    x, w = _legendre(nodes)
    total = xp.zeros_like(rho)
    for node, weight in zip(x, w, strict=True):
        sine = xp.sin(end * node)
        exponent = twice * sine
        exponent -= sum2
        exponent /= 1 - sine * sine
        density = xp.exp(exponent)
        density *= rho - sine
        density *= weight
        total += density
    total *= end
    total /= 2 * math.pi
    return total


def _moment_by_owen(xp, h, k, rho):
    """(hk+ρ)L − hφ(k)Q((h−ρk)/q) − kφ(h)Q((k−ρh)/q) + q²φ₂(h,k), L = P(U>h, V>k), q² = 1−ρ²."""
    # Negative correlations by reflection: (V−k)_+ = (V−k) + (−V+k)_+, and −V has correlation −ρ with U.
    sign = xp.where(rho < 0, -xp.ones_like(rho), xp.ones_like(rho))
    k = sign * k
    rho = xp.abs(rho)
    # h = k = 0 is the limit of h = k → 0: only the ratio of the two enters Owen's T.
    origin = (h == 0) & (k == 0)
    h, k = (xp.where(origin, xp.full_like(z, 1e-100), z) for z in (h, k))
    gap = 1 - rho
    q = xp.sqrt(gap * (1 + rho))
    # (h − ρk) and (k − ρh) without cancellation near ρ = 1.
    h_rest, k_rest = (h - k) + gap * k, (k - h) + gap * h
    safe = xp.where(q == 0, xp.ones_like(q), q)
    h_scaled, k_scaled = (xp.where(q == 0, 40 * xp.sign(rest), rest / safe) for rest in (h_rest, k_rest))
    orthant = _orthant(xp, h, k, h_scaled, k_scaled)
    density = q / (2 * math.pi) * xp.exp(-(k_scaled * k_scaled + h * h) / 2)
    moment = (
        (h * k + rho) * orthant
        - h * _density(xp, k) * _upper_tail(xp, h_scaled)
        - k * _density(xp, h) * _upper_tail(xp, k_scaled)
        + density
    )
    # E(U−h)_+(V'−k') with V' = −V, k' = −k: E(U−h)_+ V' − k' E(U−h)_+ = −ρQ(h) + k E(U−h)_+ .
    reflected = moment - rho * _upper_tail(xp, h) + k * _mean_above(xp, h)
    return xp.where(sign < 0, reflected, moment)


def _orthant(xp, h, k, h_scaled, k_scaled):
    """P(U>h, V>k) by Owen's T; h_scaled = (h−ρk)/q and k_scaled = (k−ρh)/q are a·h for the two terms."""
    half = (_upper_tail(xp, h) + _upper_tail(xp, k)) / 2
    # The two T terms have slopes k_scaled/h and h_scaled/k: their signs decide the constant.
    crossing = (h * k < 0) | ((h * k == 0) & (h + k < 0))
    return (
        half
        - _owen(xp, h, k_scaled)
        - _owen(xp, k, h_scaled)
        - xp.where(crossing, xp.full_like(h, 0.5), xp.zeros_like(h))
    )


def _owen(xp, h, product):
    """Owen's T(h, a) from h and the product a·h, for every a, with the limits at h = 0."""
    sign = xp.where((h < 0) != (product < 0), -xp.ones_like(h), xp.ones_like(h))
    sign = xp.where((h == 0) & (product < 0), -xp.ones_like(h), sign)
    sign = xp.where((h == 0) & (product >= 0), xp.ones_like(h), sign)
    x, y = xp.abs(h), xp.abs(product)
    steep = y > x
    base, other = xp.where(steep, y, x), xp.where(steep, x, y)
    slope = xp.where(base > 0, other / xp.where(base > 0, base, xp.ones_like(base)), xp.ones_like(base))
    nodes, weights = _legendre(16)
    total = xp.zeros_like(h)
    for node, weight in zip(nodes, weights, strict=True):
        square = 1 + (slope * node) ** 2
        total += weight * xp.exp(-base * base * square / 2) / square
    total = total * slope / (2 * math.pi)
    # T(x, a) = [Q(x) + Q(ax)]/2 − Q(x)Q(ax) − T(ax, 1/a) for a > 1.
    tail_x, tail_y = _upper_tail(xp, x), _upper_tail(xp, y)
    return sign * xp.where(steep, (tail_x + tail_y) / 2 - tail_x * tail_y - total, total)


@functools.cache
def _legendre(count: int) -> tuple[list[float], list[float]]:
    """Gauss–Legendre nodes and weights on [0, 1]; finding them costs more than a small block."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return ((nodes + 1) / 2).tolist(), (weights / 2).tolist()


def _density(xp, z):
    return xp.exp(-z * z / 2) / _SQRT_2PI


def _upper_tail(xp, z):
    """Q(z) = P(Z > z)."""
    if array_api_compat.is_torch_namespace(xp):
        return xp.special.erfc(z * math.sqrt(0.5)) / 2
    from scipy.special import erfc

    return erfc(z * math.sqrt(0.5)) / 2


def _mean_above(xp, h):
    """E(Z−h)_+ = φ(h) − h Q(h)."""
    return _density(xp, h) - h * _upper_tail(xp, h)
