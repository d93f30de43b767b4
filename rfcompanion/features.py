"""Random features x ↦ (f_1(x), …, f_r(x)) on any device, and reproducible streams of samples.

Every map is a :class:`Features`: call it on samples (n, d), numpy or torch, and get (n, r) of the same kind,
precision and device. Its weights are drawn once, on the host, from a seed, so that CPU and GPU see the same features.
"""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from . import _checks

#: Samples are generated in chunks of so many rows, each with a counter of its own.
CHUNK = 1024


@dataclass(frozen=True, eq=False)
class Features:
    """A vector of r feature functions on R^d.

    Parameters
        name : what they are, for records.
        dim : d.
        count : r.
        function : called as ``function(x, parameters, xp)`` with ``xp`` the module numpy or torch.
        parameters : dictionary of float64 numpy arrays.
        backend : ``"any"``, ``"numpy"`` or ``"torch"``: the arrays that ``function`` understands.

    Source
        Chapters reduction and general_features.
    """

    name: str
    dim: int
    count: int
    function: Callable
    parameters: dict = field(default_factory=dict)
    backend: str = "any"
    _moved: dict = field(default_factory=dict, repr=False)

    def __call__(self, x):
        """Return the features of samples ``x`` (n, d) as an array (n, r) of the same kind, precision and device."""
        if x.ndim != 2 or x.shape[1] != self.dim:
            raise ValueError(f"x must have shape (n, {self.dim}), got {tuple(x.shape)}")
        is_numpy = isinstance(x, np.ndarray)
        if self.backend != "any" and (self.backend == "numpy") != is_numpy:
            raise TypeError(f"x must be a {self.backend} array for the features {self.name!r}")
        out = self.function(x, self._on(x), _namespace(x))
        if tuple(out.shape) != (x.shape[0], self.count):
            raise ValueError(f"features {self.name!r} must have shape {(x.shape[0], self.count)}, got {out.shape}")
        return out

    def fingerprint(self) -> str:
        """Return a text that changes with the name, the sizes and the parameters."""
        digest = hashlib.sha256(f"{self.name}|{self.dim}|{self.count}".encode())
        for key in sorted(self.parameters):
            digest.update(np.ascontiguousarray(self.parameters[key]).tobytes())
        return digest.hexdigest()

    def _on(self, x) -> dict:
        """Return the parameters beside ``x``, moved once for each precision and device."""
        key = (str(x.dtype), str(getattr(x, "device", "cpu")))
        if key not in self._moved:
            if isinstance(x, np.ndarray):
                moved = {name: value.astype(x.dtype, copy=False) for name, value in self.parameters.items()}
            else:
                torch = _namespace(x)
                moved = {
                    name: torch.as_tensor(value, dtype=x.dtype, device=x.device)
                    for name, value in self.parameters.items()
                }
            self._moved[key] = moved
        return self._moved[key]


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
        Chapters lower_bound and general_features.
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
        Chapters reduction and general_features.
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
        Chapter general_features.
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
        Chapter general_features.
    """
    centres = _checks.array("centres", centres, 2).astype(np.float64)
    _checks.choice("kernel", kernel, tuple(_KERNELS))
    bandwidth = _checks.real("bandwidth", bandwidth, above=0.0)
    parameters = {"Z": centres, "bandwidth": np.array(bandwidth)}
    return Features(f"{kernel} kernel sections", centres.shape[1], centres.shape[0], _KERNELS[kernel], parameters)


def from_callable(function, dim, count, *, name="callable", backend="any") -> Features:
    """Any feature map: ``function`` takes samples (n, d) and returns (n, r).

    Parameters
        function : callable, without state of its own that changes.
        dim, count : d and r.
        name : what they are, for records.
        backend : ``"any"``, ``"numpy"`` or ``"torch"``: the arrays that it understands.

    Returns
        Features.

    Error
        That of ``function``.

    Raises
        ValueError or TypeError that names the argument.

    Source
        Chapter general_features.
    """
    if not callable(function):
        raise TypeError(f"function must be callable, got {type(function).__name__}")
    dim, count = _checks.integer("dim", dim, 1), _checks.integer("count", count, 1)
    _checks.choice("backend", backend, ("any", "numpy", "torch"))
    return Features(name, dim, count, lambda x, parameters, xp: function(x), {}, backend)


def population_gram(features: Features, other: Features | None = None):
    """Exact Gram matrix E f_i f_j (or E f_i g_j with another family) under x ~ N(0, I_d), where a closed form exists.

    Parameters
        features : from :func:`relu_features`, or from :func:`tangent_features` (then ``other`` must be None).
        other : from :func:`relu_features`.

    Returns
        array (r, r), or (r, s) with another family of s features.

    Error
        Rounding, of order 1e-14.

    Raises
        ValueError where there is no closed form: use ``fitting.fit_stream``.

    Source
        Chapter setting; :mod:`rfcompanion.gaussian`.
    """
    from . import gaussian

    w, families = features.parameters, {features.name} | ({other.name} if other else set())
    if families == {"relu"} and other is None:
        return gaussian.relu_gram(w["W"], w.get("b"))
    if families == {"relu"}:
        v = other.parameters
        return gaussian.relu_gram(w["W"], w.get("b"), v["W"], v.get("b"))
    if families == {"tangent"} and other is None:
        signs = np.repeat(w["a"], features.dim)
        return gaussian.relu_tangent_gram(w["W"]) * signs[:, None] * signs
    raise ValueError(f"features must have a closed form (relu, tangent), got {', '.join(sorted(families))}")


@dataclass(frozen=True)
class SampleStream:
    """A stream of independent samples, the same whatever the block size and on every device.

    Chunk j of 1024 rows comes from the counter-based generator Philox with key (seed, part) and counter j·2⁶⁴, on
    the host, in float64; other precisions are roundings of it.

    Parameters
        dim : d.
        count : n.
        seed : int ≥ 0.
        law : ``"gaussian"``, N(0, I_d), or ``"sphere"``, uniform on the sphere of the given radius.
        radius : of the sphere.
        part : 0 for training samples, 1 for held-out ones; other numbers give further independent streams.

    Error
        Exact: bit for bit reproducible with the same numpy release series.

    Raises
        ValueError or TypeError that names the argument.

    Source
        Every chapter that fits on samples.
    """

    dim: int
    count: int
    seed: int = 0
    law: str = "gaussian"
    radius: float = 1.0
    part: int = 0

    def __post_init__(self):
        for name, minimum in (("dim", 1), ("count", 1), ("seed", 0), ("part", 0)):
            _checks.integer(name, getattr(self, name), minimum, 2**63 if name in ("seed", "part") else None)
        _checks.choice("law", self.law, ("gaussian", "sphere"))
        _checks.real("radius", self.radius, above=0.0)

    def block(self, start: int, stop: int) -> np.ndarray:
        """Return samples start, …, stop − 1 as a float64 array (stop − start, d)."""
        start, stop = _checks.integer("start", start, 0), _checks.integer("stop", stop, 0, self.count)
        out = np.empty((max(stop - start, 0), self.dim))
        for chunk in range(start // CHUNK, -(-stop // CHUNK)):
            first = chunk * CHUNK
            low, high = max(start, first), min(stop, first + CHUNK)
            out[low - start : high - start] = self._chunk(chunk, high - first)[low - first :]
        return out

    def other_part(self, part: int, count: int) -> "SampleStream":
        """Return an independent stream of the same law."""
        return SampleStream(self.dim, count, self.seed, self.law, self.radius, part)

    def _chunk(self, chunk: int, rows: int) -> np.ndarray:
        generator = np.random.Generator(np.random.Philox(key=[self.seed, self.part], counter=[0, chunk, 0, 0]))
        # A generator fills rows in order, so a shorter chunk is the beginning of a whole one.
        x = generator.standard_normal((rows, self.dim))
        if self.law == "sphere":
            x *= self.radius / np.sqrt((x * x).sum(1, keepdims=True))
        return x


def _namespace(x):
    if isinstance(x, np.ndarray):
        return np
    import torch

    return torch


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


def _relu(x, p, xp):
    z = x @ p["W"].T
    if "b" in p:
        z += p["b"]
    return _rectify(z, xp)


def _rectify(z, xp):
    return np.maximum(z, 0.0, out=z) if xp is np else z.clamp_(min=0.0)


def _fourier(x, p, xp):
    z = x @ p["W"].T
    z += p["b"]
    z = np.cos(z, out=z) if xp is np else z.cos_()
    z *= math.sqrt(2.0)
    return z


def _tangent(x, p, xp):
    active = ((x @ p["W"].T) > 0) * p["a"]
    return (active[:, :, None] * x[:, None, :]).reshape(x.shape[0], -1)


def _deep(x, p, xp):
    layer = 1
    while f"W{layer}" in p:
        x = x @ p[f"W{layer}"].T
        if f"b{layer}" in p:
            x += p[f"b{layer}"]
        x = _rectify(x, xp)
        layer += 1
    return x


def _squared_distances(x, z):
    return ((x * x).sum(1)[:, None] + (z * z).sum(1) - 2.0 * (x @ z.T)).clip(0.0)


def _gaussian_kernel(x, p, xp):
    return xp.exp(_squared_distances(x, p["Z"]) * (-0.5 / p["bandwidth"] ** 2))


def _laplace_kernel(x, p, xp):
    return xp.exp(-xp.sqrt(_squared_distances(x, p["Z"])) / p["bandwidth"])


def _arc_cosine_kernel(x, p, xp):
    sizes = xp.sqrt((x * x).sum(1))[:, None] * xp.sqrt((p["Z"] * p["Z"]).sum(1))
    cosine = (x @ p["Z"].T / (sizes + (sizes == 0))).clip(-1.0, 1.0)
    sine = xp.sqrt((1.0 - cosine) * (1.0 + cosine))
    return sizes * (sine + (math.pi - xp.arccos(cosine)) * cosine) / (2.0 * math.pi)


_KERNELS = {"gaussian": _gaussian_kernel, "laplace": _laplace_kernel, "arc-cosine": _arc_cosine_kernel}
