"""Closed-form Gaussian moments of ReLU features: x ~ N(0, I_d), no sampling.

These are the Gram matrices of the population least-squares fits: with G = relu_gram(W) and c = relu_gram(W, V=v)
the best weights solve G u = c, and the error needs no data at all.
"""

import functools
import math

import array_api_compat
import numpy as np

from . import _checks

_BLOCK = 2**17  # entries treated at once: few enough that the temporaries stay small
_SQRT_2PI = math.sqrt(2 * math.pi)
# |ρ| up to the bound: the integral from 0 with so many Gauss–Legendre nodes is exact to rounding. Beyond: Owen's T.
_NODES_BY_CORRELATION = ((0.3, 6), (0.5, 8), (0.75, 12), (0.925, 20))


def relu_mean(bias=0.0):
    """Mean of a biased ReLU of a standard normal variable.

    E[Z+b]_+ = φ(b) + b Φ(b).

    Parameters
        bias : b, number or numpy array.

    Returns
        float, or array of the shape of ``bias``.

    Error
        Rounding, relative 1e-14, also for very negative b where the two terms cancel.

    Raises
        ValueError, TypeError if bias is not finite.

    Source
        Chapter "Setting".
    """
    return _relu_moment(bias, 1)


def relu_norm2(bias=0.0):
    """Second moment of a biased ReLU of a standard normal variable: the squared norm of a unit neuron.

    ‖[⟨θ,·⟩+b]_+‖² = E[Z+b]_+² = (1+b²) Φ(b) + b φ(b),  ‖θ‖ = 1.

    Parameters
        bias : b, number or numpy array.

    Returns
        float, or array of the shape of ``bias``; 1/2 for b = 0.

    Error
        Rounding, relative 1e-14, also for very negative b where the two terms cancel.

    Raises
        ValueError, TypeError if bias is not finite.

    Source
        Chapter "Setting".
    """
    return _relu_moment(bias, 2)


def relu_gram(W, b=None, V=None, c=None):
    """Gram matrix of ReLU features under Gaussian inputs, in closed form.

    G_ij = E σ(⟨w_i,x⟩+b_i) σ(⟨v_j,x⟩+c_j),  x ~ N(0, I_d).
    Without biases: ‖w‖‖v‖ (sin θ + (π−θ) cos θ)/(2π), θ the angle between w and v.

    Parameters
        W : weights, shape (r, d); numpy array or torch tensor.
        b : biases, shape (r,); None means 0.
        V : second set of weights, shape (s, d); None means W (then c must be None, and c = b).
        c : second set of biases, shape (s,); None means 0.

    Returns
        array of shape (r, s), of the kind, dtype and device of W.

    Error
        Rounding: absolute error below 1e-14·‖w‖‖v‖(1+h²)(1+k²), h = b/‖w‖ and k = c/‖v‖, for every correlation.

    Raises
        ValueError, TypeError if a shape does not match or an entry is not finite.

    Source
        Chapter "Setting"; arc-cosine kernel of degree 1 (Cho & Saul 2009) without biases, own derivation with.
    """
    W = _checks.array("W", W, 2)
    r, dim = W.shape
    b = None if b is None else _checks.array("b", b, 1, (r,))
    symmetric = V is None
    if symmetric:
        if c is not None:
            raise ValueError("c must be None when V is None (the Gram matrix of one family with itself)")
        V, c = W, b
    else:
        V = _checks.array("V", V, 2, (None, dim))
        c = None if c is None else _checks.array("c", c, 1, (V.shape[0],))
    xp = array_api_compat.array_namespace(W, V)
    norm_w, norm_v = (xp.sqrt(xp.sum(M * M, axis=1)) for M in (W, V))
    tiny = float(xp.finfo(W.dtype).smallest_normal)
    unit_w, unit_v = W / (norm_w + tiny)[:, None], V / (norm_v + tiny)[:, None]
    gram = xp.empty((r, V.shape[0]), dtype=W.dtype, device=array_api_compat.device(W))
    biased = b is not None or c is not None
    if biased:
        b, c = (xp.zeros_like(n) if bias is None else bias for n, bias in ((norm_w, b), (norm_v, c)))
        h, k = -b / (norm_w + tiny), -c / (norm_v + tiny)
        if bool(xp.any(norm_w == 0)) or bool(xp.any(norm_v == 0)):
            raise ValueError(
                "W and V must have no zero rows when there are biases: leave constants out or add them apart"
            )
    rows = max(1, _BLOCK // max(1, V.shape[0]))
    if symmetric:
        unit = relu_norm2(_to_numpy(-h)) if biased else 0.5
        norms2 = xp.asarray(unit, dtype=W.dtype, device=array_api_compat.device(W)) * norm_w**2
    for start in range(0, r, rows):
        stop = min(r, start + rows)
        first = start if symmetric else 0  # only the upper triangle: the lower one is copied
        rho = xp.clip(unit_w[start:stop] @ unit_v[first:].T, -1.0, 1.0)
        if biased:
            moment = _shifted_moment(xp, h[start:stop, None], k[None, first:], rho)
        else:
            moment = (xp.sqrt((1 - rho) * (1 + rho)) + (math.pi - xp.acos(rho)) * rho) / (2 * math.pi)
        gram[start:stop, first:] = norm_w[start:stop, None] * norm_v[None, first:] * moment
        if symmetric:
            gram[stop:, start:stop] = gram[start:stop, stop:].T
            corner = gram[start:stop, start:stop]
            gram[start:stop, start:stop] = (corner + corner.T) / 2
            for offset in range(stop - start):  # ⟨w,w⟩/‖w‖² rounds to just below 1 at times
                gram[start + offset, start + offset] = norms2[start + offset]
    return gram


def relu_tangent_gram(W, V=None):
    """Gram matrix of the tangent (NTK) features of ReLU neurons under Gaussian inputs, in closed form.

    E[x xᵀ 1{⟨w,x⟩>0} 1{⟨v,x⟩>0}] = (1/2π) [(π−θ) I + sin θ (p pᵀ − q qᵀ)],
    p and q the unit vectors along ŵ+v̂ and ŵ−v̂, θ the angle between w and v.

    Parameters
        W : weights, shape (r, d); numpy array or torch tensor. Only the directions matter.
        V : second set of weights, shape (s, d); None means W.

    Returns
        array of shape (r·d, s·d); row i·d + a belongs to the feature x_a 1{⟨w_i,x⟩ > 0}.

    Error
        Rounding, of order 1e-15 per entry.

    Raises
        ValueError, TypeError if a shape does not match, an entry is not finite or a row is zero.

    Source
        Chapter "Reduction"; arc-cosine kernel of degree 0 (Cho & Saul 2009) times x xᵀ.
    """
    W = _checks.array("W", W, 2)
    V = W if V is None else _checks.array("V", V, 2, (None, W.shape[1]))
    xp = array_api_compat.array_namespace(W, V)
    norm_w, norm_v = (xp.sqrt(xp.sum(M * M, axis=1)) for M in (W, V))
    for name, norm in (("W", norm_w), ("V", norm_v)):
        if bool(xp.any(norm == 0)):
            raise ValueError(f"{name} must have no zero rows: the tangent features of a zero weight are undefined")
    unit_w, unit_v = W / norm_w[:, None], V / norm_v[:, None]
    (r, dim), s = W.shape, V.shape[0]
    gram = xp.empty((r * dim, s * dim), dtype=W.dtype, device=array_api_compat.device(W))
    identity = xp.eye(dim, dtype=W.dtype, device=array_api_compat.device(W))
    tiny = float(xp.finfo(W.dtype).smallest_normal)
    for i in range(r):
        plus, minus = unit_w[i] + unit_v, unit_w[i] - unit_v
        plus2, minus2 = xp.sum(plus * plus, axis=1), xp.sum(minus * minus, axis=1)
        theta = 2 * xp.atan2(xp.sqrt(minus2), xp.sqrt(plus2))
        sine = xp.sin(theta)
        p = plus * xp.sqrt(sine / (plus2 + tiny))[:, None]
        q = minus * xp.sqrt(sine / (minus2 + tiny))[:, None]
        block = (
            (math.pi - theta)[:, None, None] * identity + p[:, :, None] * p[:, None, :] - q[:, :, None] * q[:, None, :]
        )
        gram[i * dim : (i + 1) * dim] = xp.reshape(xp.permute_dims(block, (1, 0, 2)), (dim, s * dim)) / (2 * math.pi)
    return gram


def _shifted_moment(xp, h, k, rho):
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


def _to_numpy(x) -> np.ndarray:
    return x.detach().cpu().numpy() if hasattr(x, "detach") else np.asarray(x)


def _relu_moment(bias, power: int):
    """E[Z+b]_+^n for n = 1, 2 without cancellation: positive continued fraction for b < −2."""
    from scipy.special import erfc, erfcx

    b = np.asarray(bias, dtype=np.float64)
    if not np.isfinite(b).all():
        raise ValueError("bias must be finite, got NaN or infinity")
    a = np.abs(b)
    density, tail = np.exp(-a * a / 2) / _SQRT_2PI, erfc(a / math.sqrt(2)) / 2
    near = density - a * tail if power == 1 else (1 + a * a) * tail - a * density
    # I_n = ∫ sⁿ/n! e^{−s²/2−as} ds obeys I_{n−1} = a I_n + (n+1) I_{n+1}: ratios I_n/I_{n−1} from the far end.
    ratio, ratios = np.zeros_like(a), []
    for n in range(240, 0, -1):
        ratio = 1 / (np.maximum(a, 2.0) + (n + 1) * ratio)
        if n <= power:
            ratios.append(ratio)
    far = density * math.sqrt(math.pi / 2) * erfcx(a / math.sqrt(2)) * np.prod(ratios, axis=0) * power
    below = np.where(a > 2, far, near)
    whole = a if power == 1 else 1 + a * a
    value = np.where(b <= 0, below, (whole + below) if power == 1 else whole - below)
    return float(value) if value.ndim == 0 else value
