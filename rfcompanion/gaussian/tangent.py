"""Gram matrices of tangent (NTK) features of ReLU neurons."""

import math

import array_api_compat

from .. import _checks


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
