"""What a streamed fit reads: samples, features and targets of a part of a block, on one device, kept where they fit."""

from dataclasses import dataclass

import numpy as np

from . import devices


@dataclass(eq=False)
class Data:
    """Samples, features and targets on one device; targets, and features where they fit, are evaluated once."""

    features: object
    target: object  # callable of samples, or array (n, k)
    samples: object  # SampleStream or array (n, d)
    count: int
    device: str
    backend: str  # "numpy" or "torch"
    cache_bytes: int
    single: bool = True
    _targets: dict = None
    _features: dict = None
    _inputs: dict = None
    _rooms: dict = None

    def __post_init__(self):
        self._targets, self._features, self._inputs, self._rooms = {}, {}, {}, {}
        self.keep_features = 8 * self.count * self.features.count <= self.cache_bytes
        self.keep_inputs = not self.keep_features and 8 * self.count * self.features.dim <= self.cache_bytes

    def inputs(self, start: int, stop: int):
        """Return samples (stop − start, d) in float64, generated once where they fit."""
        if not self.keep_inputs:
            return self._generate(start, stop)
        if (start, stop) not in self._inputs:
            self._inputs[start, stop] = self._generate(start, stop)
        return self._inputs[start, stop]

    def _generate(self, start: int, stop: int):
        block = self.samples.block(start, stop) if hasattr(self.samples, "block") else self.samples[start:stop]
        if self.backend == "numpy":
            return np.asarray(block, dtype=np.float64)
        import torch

        return torch.as_tensor(np.asarray(block, dtype=np.float64) if not devices.is_torch(block) else block).to(
            device=self.device, dtype=torch.float64
        )

    def targets(self, start: int, stop: int, x):
        """Return targets (stop − start, k) in float64, evaluated once."""
        if (start, stop) in self._targets:
            return self._targets[start, stop]
        y = self.target(x) if callable(self.target) else self.target[start:stop]
        if self.backend == "torch":
            import torch

            y = torch.as_tensor(y).to(device=self.device, dtype=torch.float64)
        else:
            y = np.asarray(y, dtype=np.float64)
        if y.ndim not in (1, 2) or y.shape[0] != stop - start:
            raise ValueError(f"target must return shape ({stop - start},) or ({stop - start}, k), got {tuple(y.shape)}")
        self.single = y.ndim == 1
        y = y[:, None] if self.single else y
        if not bool((y == y).all()) or not bool((abs(y) < np.inf).all()):
            raise ValueError(f"target must be finite, got NaN or infinity in samples {start} to {stop - 1}")
        self._targets[start, stop] = y
        return y

    def block(self, start: int, stop: int, dtype: str):
        """Return features (stop − start, r) in ``dtype`` and targets (stop − start, k) in float64."""
        if (start, stop) in self._features:
            phi = self._features[start, stop]
            return cast(phi, dtype), self._targets[start, stop]
        x = self.inputs(start, stop)
        y = self.targets(start, stop, x)
        phi = self.features(x if self.keep_features else cast(x, dtype))
        if self.keep_features:
            phi = cast(phi, "float64")
            self._features[start, stop] = phi
        return cast(phi, dtype), y

    def pieces(self, start: int, stop: int, dtype: str, rows: int):
        """Yield features and targets of a part of a block, ``rows`` at a time; the next features overwrite the last."""
        if self.keep_features:
            phi, y = self.block(start, stop, "float64")
        else:
            phi, x = None, self.inputs(start, stop)
            y = self.targets(start, stop, x)
        for low in range(0, stop - start, rows):
            piece = slice(low, min(low + rows, stop - start))
            if phi is None:
                yield self.features(cast(x[piece], dtype), self._room(piece.stop - low, dtype)), y[piece]
            else:
                yield cast(phi[piece], dtype), y[piece]

    def _room(self, rows: int, dtype: str):
        """Return memory for features on a processor, the same again and again: new pages cost a tenth of the time."""
        if self.backend != "numpy":
            return None
        room = self._rooms.get(dtype)
        if room is None or len(room) < rows:
            room = self._rooms[dtype] = np.empty((rows, self.features.count), dtype)
        return room[:rows]


def cast(array, dtype: str):
    """Return an array in another precision, itself if it has it already."""
    if devices.is_torch(array):
        import torch

        return array.to(getattr(torch, dtype))
    return array.astype(dtype, copy=False)


def zeros(data: Data, *shape, dtype: str = "float64"):
    """Return zeros on the data's device."""
    if data.backend == "numpy":
        return np.zeros(shape, dtype)
    import torch

    return torch.zeros(shape, dtype=getattr(torch, dtype), device=data.device)
