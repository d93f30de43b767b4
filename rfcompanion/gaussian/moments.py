"""Moments of one biased ReLU, without cancellation also where it almost never fires."""

import math

import numpy as np


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


def _relu_moment(bias, power: int):
    """E[Z+b]_+^n for n = 1, 2 without cancellation: positive continued fraction for b < −2."""
    from scipy.special import erfc, erfcx  # a fifth of a second, and unbiased neurons do without

    b = np.asarray(bias, dtype=np.float64)
    if not np.isfinite(b).all():
        raise ValueError("bias must be finite, got NaN or infinity")
    a = np.abs(b)
    density, tail = np.exp(-a * a / 2) / math.sqrt(2 * math.pi), erfc(a / math.sqrt(2)) / 2
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
