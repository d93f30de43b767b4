"""One biased ReLU neuron: its Hermite and Funk–Hecke coefficients, its norm and a good bias."""

import math

import numpy as np

from .. import _checks, harmonics


def relu_hermite_coefficients(max_degree: int, bias: float = 0.0) -> np.ndarray:
    """Hermite coefficients of the biased ReLU.

    a_k = E σ(Z+b) h_k(Z):  a_0 = φ(b)+bΦ(b), a_1 = Φ(b), a_k = (−1)^k φ(b) h_{k−2}(b)/√(k(k−1)).

    Parameters
        max_degree : K ≥ 0.
        bias : b.

    Returns
        array (a_0, …, a_K). With Gaussian weights and unit inputs the kernel is K(t) = Σ_k a_k² t^k, whatever d is.

    Error
        Rounding.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Setting".
    """
    max_degree = _checks.integer("max_degree", max_degree, minimum=0)
    bias = _checks.real("bias", bias)
    density = math.exp(-bias * bias / 2) / math.sqrt(2 * math.pi)
    below = math.erfc(-bias / math.sqrt(2)) / 2
    values = np.array([density + bias * below, below, *([0.0] * max(0, max_degree - 1))])
    k = np.arange(2, max_degree + 1)
    if len(k):
        values[2:] = (-1.0) ** k * density * harmonics.hermite(max_degree - 2, bias) / np.sqrt(k * (k - 1))
    return values[: max_degree + 1]


def neuron_coefficients(dim: int, max_degree: int, bias: float = 0.0, derivative: bool = False) -> np.ndarray:
    """Funk–Hecke coefficients of a unit-weight neuron on the unit sphere, in closed form.

    c_ℓ = ∫ σ(t+b) P_ℓ dμ_d = C (1−b²)^{(d+1)/2} P^{(d+4)}_{ℓ−2}(−b)/(d²−1), ℓ ≥ 2, C = Γ(d/2)/(Γ((d−1)/2)√π);
    for the derivative 1{t+b>0}: C (1−b²)^{(d−1)/2} P^{(d+2)}_{ℓ−1}(−b)/(d−1), ℓ ≥ 1.

    Parameters
        dim : d ≥ 2.
        max_degree : L ≥ 0.
        bias : b in (−1, 1); outside the neuron is linear or zero on the sphere.
        derivative : take the step function instead of the ReLU.

    Returns
        array (c_0, …, c_L); exactly 0 where symmetry makes it so.

    Error
        Rounding, relative 1e-12 of the envelope.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Polynomials"; biased form as in chapter "Concentration".
    """
    from scipy.special import betainc

    dim = _checks.integer("dim", dim, minimum=2)
    max_degree = _checks.integer("max_degree", max_degree, minimum=0)
    b = _checks.real("bias", bias, above=-1, below=1)
    log_c = math.lgamma(dim / 2) - math.lgamma((dim - 1) / 2) - math.log(math.pi) / 2
    cap = [float(betainc((n - 1) / 2, (n - 1) / 2, (1 + b) / 2)) for n in (dim, dim + 2)]  # P(t > −b) in R^d, R^{d+2}
    edge = math.exp(log_c + (dim - 1) / 2 * math.log1p(-b * b)) / (dim - 1)
    if derivative:
        first, shift, scale = [cap[0]], 2, edge
    else:
        first, shift, scale = [b * cap[0] + edge, cap[1] / dim], 4, edge * (1 - b * b) / (dim + 1)
    values = np.array([*first, *([0.0] * max(0, max_degree + 1 - len(first)))])
    if max_degree >= len(first):
        values[len(first) :] = scale * harmonics.legendre(dim + shift, max_degree - len(first), -b)
    return values[: max_degree + 1]


def balanced_bias(dim: int) -> float:
    """The bias (√2−1)/√d, at which unit-weight neurons see the degrees 3 and 4 equally well (up to terms of order 1/d).

    |a_3| = |a_4| for the Hermite coefficients at β = √2−1; on the sphere b = β/√d.

    Parameters
        dim : d ≥ 1.

    Returns
        float.

    Error
        Rounding.

    Raises
        ValueError, TypeError if dim is not an integer in its range.

    Source
        Chapter "Polynomials".
    """
    return (math.sqrt(2) - 1) / math.sqrt(_checks.integer("dim", dim, minimum=1))


def neuron_norm2(dim: int, bias: float = 0.0) -> float:
    """Second moment of a unit-weight biased ReLU on the unit sphere.

    F² = ∫ σ(t+b)² dμ_d = (1/d) P_{d+2}(t > −b) + b c_0, c_0 the mean of the neuron.

    Parameters
        dim : d ≥ 2.
        bias : b in (−1, 1).

    Returns
        float.

    Error
        Rounding.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Polynomials".
    """
    c0, c1 = neuron_coefficients(dim, 1, bias)
    return float(c1 + bias * c0)  # σ(z)² = z σ(z), z = t + b
