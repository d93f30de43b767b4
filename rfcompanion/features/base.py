"""What a feature map is, maps from any callable, and exact Gram matrices where a closed form exists."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from .. import _checks


@dataclass(frozen=True, eq=False)
class Features:
    """A vector of r feature functions on R^d.

    Parameters
        name : what they are, for records.
        dim : d.
        count : r.
        function : called as ``function(x, parameters, xp, out)`` with ``xp`` the module numpy or torch, and ``out``
            None or an array (n, r) in which the result may be returned.
        parameters : dictionary of float64 numpy arrays.
        backend : ``"any"``, ``"numpy"`` or ``"torch"``: the arrays that ``function`` understands.

    Source
        Chapters "Reduction" and "General features".
    """

    name: str
    dim: int
    count: int
    function: Callable
    parameters: dict = field(default_factory=dict)
    backend: str = "any"
    _moved: dict = field(default_factory=dict, repr=False)

    def __call__(self, x, out=None):
        """Return the features of samples ``x`` (n, d) as an array (n, r) of the same kind, precision and device.

        Where ``out`` is such an array, the result may be in it, and is then lost when ``out`` is used again.
        """
        if x.ndim != 2 or x.shape[1] != self.dim:
            raise ValueError(f"x must have shape (n, {self.dim}), got {tuple(x.shape)}")
        is_numpy = isinstance(x, np.ndarray)
        if self.backend != "any" and (self.backend == "numpy") != is_numpy:
            raise TypeError(f"x must be a {self.backend} array for the features {self.name!r}")
        values = self.function(x, self._on(x), _namespace(x), out)
        if tuple(values.shape) != (x.shape[0], self.count):
            raise ValueError(f"features {self.name!r} must have shape {(x.shape[0], self.count)}, got {values.shape}")
        return values

    def fingerprint(self) -> str:
        """Return a text that changes with the name, the sizes and the parameters."""
        digest = hashlib.sha256(f"{self.name}|{self.dim}|{self.count}".encode())
        for key in sorted(self.parameters):
            digest.update(np.ascontiguousarray(self.parameters[key]).tobytes())
        return digest.hexdigest()

    def _on(self, x) -> dict:
        """Return the parameters beside ``x``, moved once for each precision and device."""
        key = (x.dtype, getattr(x, "device", "cpu"))
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


def from_callable(function, dim, count, *, name="callable", backend="any") -> Features:
    """Any feature map: ``function`` takes samples (n, d) and returns (n, r).

    f_i(x_s) = function(x)[s, i].

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
        Chapter "General features".
    """
    if not callable(function):
        raise TypeError(f"function must be callable, got {type(function).__name__}")
    dim, count = _checks.integer("dim", dim, 1), _checks.integer("count", count, 1)
    _checks.choice("backend", backend, ("any", "numpy", "torch"))
    return Features(name, dim, count, lambda x, parameters, xp, out: function(x), {}, backend)


def population_gram(features: Features, other: Features | None = None):
    """Exact Gram matrix of features, or of two families of them, where a closed form exists.

    G_ij = E f_i(x) f_j(x), or E f_i(x) g_j(x) with another family g;  x ~ N(0, I_d).

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
        Chapter "Setting"; :mod:`rfcompanion.gaussian`.
    """
    from .. import gaussian

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


def _namespace(x):
    if isinstance(x, np.ndarray):
        return np
    import torch

    return torch
