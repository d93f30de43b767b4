"""Streams of random samples that are the same whatever the block size and on every device."""

from dataclasses import dataclass

import numpy as np

from .. import _checks

#: Samples are generated in chunks of so many rows, each with a counter of its own.
CHUNK = 1024


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
        part : 0 for training samples; other numbers give further independent streams (held-out samples of a fit: 2³²
            beyond the part of its training samples).

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
