"""Random features: ReLU, Fourier, tangent, deep networks, and kernel sections."""

import math

import numpy as np

from .. import _checks
from .base import Features


def relu_features(dim, count, *, weights="unit", biases=None, scale=1.0, seed=0) -> Features:
    """Random ReLU features f_i(x) = [⟨w_i,x⟩ + b_i]_+.

    Parameters
        dim, count : d and r.
        weights : ``"unit"`` (uniform on the sphere), ``"gaussian"`` (N(0, I_d)), ``"uniform"`` (on [−1, 1]^d),
            or an array (r, d).
        biases : None (no bias), a number s (b_i ~ N(0, s²)), or an array (r,).
        scale : multiplies drawn weights.
        seed : int ≥ 0.

    Returns
        Features with parameters ``W`` (r, d) and, with biases, ``b`` (r,).

    Error
        Exact up to rounding.

    Raises
        ValueError or TypeError that names the argument.

    Source
        Chapters "Lower bound" and "General features".
    """
    dim, count, rng = _sizes(dim, count, seed)
    parameters = {"W": _weights(dim, count, weights, scale, rng)}
    if biases is not None:
        parameters["b"] = _biases(count, biases, rng)
    return Features("relu", dim, count, _relu, parameters)


def fourier_features(dim, count, *, bandwidth=1.0, seed=0) -> Features:
    """Random Fourier features f_i(x) = √2·cos(⟨w_i,x⟩ + b_i), w_i ~ N(0, I/bandwidth²), b_i uniform on [0, 2π].

    Parameters
        dim, count : d and r.
        bandwidth : width of the Gaussian kernel E f_i(x)f_i(y) = exp(−‖x−y‖²/(2·bandwidth²)).
        seed : int ≥ 0.

    Returns
        Features with parameters ``W`` (r, d) and ``b`` (r,).

    Error
        Exact up to rounding.

    Raises
        ValueError or TypeError that names the argument.

    Source
        Rahimi & Recht (2008); chapter general_features.
    """
    dim, count, rng = _sizes(dim, count, seed)
    bandwidth = _checks.real("bandwidth", bandwidth, above=0.0)
    weights = rng.standard_normal((count, dim)) / bandwidth
    return Features("fourier", dim, count, _fourier, {"W": weights, "b": rng.uniform(0.0, 2.0 * math.pi, count)})


def tangent_features(dim, neurons, *, weights="unit", signs=False, seed=0) -> Features:
    """Tangent (NTK) features of one hidden ReLU layer, f_{ij}(x) = a_i·1{⟨w_i,x⟩ > 0}·x_j.

    Parameters
        dim, neurons : d and the width; there are neurons·d features, i the slower index.
        weights : as in :func:`relu_features`.
        signs : random a_i = ±1; else a_i = 1 (the span is the same).
        seed : int ≥ 0.

    Returns
        Features with parameters ``W`` (neurons, d) and ``a`` (neurons,).

    Error
        Exact up to rounding.

    Raises
        ValueError or TypeError that names the argument.

    Source
        Chapters "Reduction" and "General features".
    """
    dim, neurons, rng = _sizes(dim, neurons, seed, "neurons")
    parameters = {"W": _weights(dim, neurons, weights, 1.0, rng), "a": np.ones(neurons)}
    if signs:
        parameters["a"] = rng.choice([-1.0, 1.0], neurons)
    return Features("tangent", dim, neurons * dim, _tangent, parameters)


def deep_features(dim, widths, *, bias=0.0, seed=0) -> Features:
    """The last hidden layer of a deep random ReLU network.

    h_0 = x, h_l = [√(2/width_{l−1})·W_l h_{l−1} + bias·b_l]_+ with standard normal W_l and b_l; f_i = (h_depth)_i.

    Parameters
        dim : d.
        widths : widths of the hidden layers, first to last; their number is the depth, the last one is r.
        bias : standard deviation of the biases.
        seed : int ≥ 0.

    Returns
        Features with parameters ``W1``, ``b1``, ``W2``, …

    Error
        Exact up to rounding.

    Raises
        ValueError or TypeError that names the argument.

    Source
        Chapter "General features".
    """
    widths = [_checks.integer("widths", width, 1) for width in np.atleast_1d(widths).tolist()]
    if not widths:
        raise ValueError("widths must hold at least one width, got none")
    dim, count, rng = _sizes(dim, widths[-1], seed)
    bias = _checks.real("bias", bias, at_least=0.0)
    parameters, before = {}, dim
    for layer, width in enumerate(widths, 1):
        parameters[f"W{layer}"] = rng.standard_normal((width, before)) * math.sqrt(2.0 / before)
        if bias > 0.0:
            parameters[f"b{layer}"] = rng.standard_normal(width) * bias
        before = width
    return Features(f"deep relu, depth {len(widths)}", dim, count, _deep, parameters)


def kernel_sections(centres, *, kernel="gaussian", bandwidth=1.0) -> Features:
    """Kernel sections f_i(x) = k(x, z_i) at given centres.

    Parameters
        centres : z_i, (r, d).
        kernel : ``"gaussian"`` exp(−‖x−z‖²/(2·bandwidth²)), ``"laplace"`` exp(−‖x−z‖/bandwidth), or ``"arc-cosine"``
            ‖x‖‖z‖(sin θ + (π−θ)cos θ)/(2π), the kernel of Gaussian ReLU features.
        bandwidth : width of the first two.

    Returns
        Features with parameter ``Z`` (r, d).

    Error
        Exact up to rounding.

    Raises
        ValueError or TypeError that names the argument.

    Source
        Chapter "General features".
    """
    centres = _checks.array("centres", centres, 2).astype(np.float64)
    _checks.choice("kernel", kernel, tuple(_KERNELS))
    bandwidth = _checks.real("bandwidth", bandwidth, above=0.0)
    parameters = {"Z": centres, "bandwidth": np.array(bandwidth)}
    return Features(f"{kernel} kernel sections", centres.shape[1], centres.shape[0], _KERNELS[kernel], parameters)


def _sizes(dim, count, seed, name="count"):
    dim, count = _checks.integer("dim", dim, 1), _checks.integer(name, count, 1)
    return dim, count, np.random.default_rng(_checks.integer("seed", seed, 0))


def _weights(dim, count, weights, scale, rng):
    if not isinstance(weights, str):
        return np.array(_checks.array("weights", weights, 2, (count, dim)), dtype=np.float64)
    _checks.choice("weights", weights, ("unit", "gaussian", "uniform"))
    scale = _checks.real("scale", scale, above=0.0)
    if weights == "uniform":
        return scale * rng.uniform(-1.0, 1.0, (count, dim))
    drawn = rng.standard_normal((count, dim))
    return scale * (drawn / np.linalg.norm(drawn, axis=1, keepdims=True) if weights == "unit" else drawn)


def _biases(count, biases, rng):
    if np.ndim(biases) == 0:
        return rng.standard_normal(count) * _checks.real("biases", biases, at_least=0.0)
    return np.array(_checks.array("biases", biases, 1, (count,)), dtype=np.float64)


def _relu(x, p, xp, out=None):
    z = xp.matmul(x, p["W"].T, out=out)
    if "b" in p:
        z += p["b"]
    return _rectify(z, xp)


def _rectify(z, xp):
    return np.maximum(z, 0.0, out=z) if xp is np else z.clamp_(min=0.0)


def _fourier(x, p, xp, out=None):
    z = xp.matmul(x, p["W"].T, out=out)
    z += p["b"]
    z = np.cos(z, out=z) if xp is np else z.cos_()
    z *= math.sqrt(2.0)
    return z


def _tangent(x, p, xp, out=None):
    active = ((x @ p["W"].T) > 0) * p["a"]
    return (active[:, :, None] * x[:, None, :]).reshape(x.shape[0], -1)


def _deep(x, p, xp, out=None):
    layer = 1
    while f"W{layer}" in p:
        last = f"W{layer + 1}" not in p
        x = xp.matmul(x, p[f"W{layer}"].T, out=out if last else None)
        if f"b{layer}" in p:
            x += p[f"b{layer}"]
        x = _rectify(x, xp)
        layer += 1
    return x


def _squared_distances(x, z):
    return ((x * x).sum(1)[:, None] + (z * z).sum(1) - 2.0 * (x @ z.T)).clip(0.0)


def _gaussian_kernel(x, p, xp, out=None):
    return xp.exp(_squared_distances(x, p["Z"]) * (-0.5 / p["bandwidth"] ** 2))


def _laplace_kernel(x, p, xp, out=None):
    return xp.exp(-xp.sqrt(_squared_distances(x, p["Z"])) / p["bandwidth"])


def _arc_cosine_kernel(x, p, xp, out=None):
    sizes = xp.sqrt((x * x).sum(1))[:, None] * xp.sqrt((p["Z"] * p["Z"]).sum(1))
    cosine = (x @ p["Z"].T / (sizes + (sizes == 0))).clip(-1.0, 1.0)
    sine = xp.sqrt((1.0 - cosine) * (1.0 + cosine))
    return sizes * (sine + (math.pi - xp.arccos(cosine)) * cosine) / (2.0 * math.pi)


_KERNELS = {"gaussian": _gaussian_kernel, "laplace": _laplace_kernel, "arc-cosine": _arc_cosine_kernel}
