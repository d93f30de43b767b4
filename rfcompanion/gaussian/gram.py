"""Gram matrices of ReLU features, block by block, for numpy and torch alike."""

import math

import array_api_compat
import numpy as np

from .. import _checks
from .moments import relu_norm2
from .shifted import shifted_moment

_BLOCK = 2**17  # entries treated at once: few enough that the temporaries stay small


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
            moment = shifted_moment(xp, h[start:stop, None], k[None, first:], rho)
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


def _to_numpy(x) -> np.ndarray:
    return x.detach().cpu().numpy() if hasattr(x, "detach") else np.asarray(x)
