"""Passes over a stream of samples, block by block: the Gram matrix, float64 residuals, held-out errors."""

from dataclasses import dataclass

import numpy as np

from . import columns, devices

#: Rows of a block, between two of which a fit can be stopped: enough to hide the r² additions to the float64 matrix,
#: few enough to keep float32 sums short.
GRAM_ROWS = 4096
#: Rows whose features exist at one time; targets, and features where they fit, are kept by these parts of a block.
PART_ROWS = 2048
#: Rows whose features are made and multiplied at once on a processor: they stay in its caches, and products with so few
#: rows are as fast as with more.
PRODUCT_ROWS = 512
#: Bytes of the features of so few rows that a float64 pass, which only reads them, finds them in the cache.
_CACHE_BYTES = 2**21


class NotFinite(ValueError):
    """A feature is NaN or infinite, or a product of features is too large for the precision."""


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
    _sums: object = None

    def __post_init__(self):
        self._targets, self._features, self._inputs = {}, {}, {}
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

    def pieces(self, start: int, stop: int, dtype: str):
        """Yield features and targets of a part of a block, few rows at a time on a processor: caches hold them."""
        if self.keep_features or self.backend != "numpy":
            yield self.block(start, stop, dtype)
            return
        x = self.inputs(start, stop)
        y = self.targets(start, stop, x)
        for low in range(0, stop - start, PRODUCT_ROWS):
            piece = slice(low, low + PRODUCT_ROWS)
            yield self.features(cast(x[piece], dtype)), y[piece]

    def targets_of(self, start: int, stop: int):
        """Return targets that were evaluated before."""
        return self._targets[start, stop]

    def emptied(self, shape, dtype: str):
        """Return zeros (shape) in memory that is taken once and used again by the next call."""
        if self._sums is None:
            self._sums = zeros(self, *shape, dtype=dtype)
        else:
            self._sums[...] = 0.0
        return self._sums


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


def residual_rows(features: int) -> int:
    """Rows of the smaller pieces of a float64 pass: their features stay in the processor's cache."""
    rows = PART_ROWS
    while rows > 64 and 8 * rows * features > _CACHE_BYTES:
        rows //= 2
    return rows


def parts(start: int, stop: int):
    """Cut a block into the parts whose features exist at one time, as (start, stop)."""
    for low in range(start, stop, PART_ROWS):
        yield low, min(low + PART_ROWS, stop)


def add_gram(data: Data, gram, start: int, stop: int, precision: str):
    """Add ΦᵀΦ to the lower triangle of ``gram``; return Φᵀy, (r, k), and Σy² of each target."""
    same = precision == devices.dtype_of(gram)
    sums = gram if same else data.emptied(gram.shape, precision)
    cross = squares = 0.0
    for low, high in parts(start, stop):
        for phi, y in data.pieces(low, high, precision):
            add_product(sums, phi)
            cross = cross + cast(phi.T @ cast(y, precision), "float64")
        y = data.targets_of(low, high)
        squares = squares + (y * y).sum(0)
    if not same:
        add_lower(gram, sums)
    squares = devices.as_numpy(squares)
    if not np.isfinite(squares).all():
        raise ValueError(f"target must have finite squares, got too large values in samples {start} to {stop - 1}")
    if not np.isfinite(float(gram.diagonal().sum()) + float(abs(cross).sum())):
        raise NotFinite(f"features must be finite, got NaN or infinity in samples {start} to {stop - 1}")
    return cross, squares


def add_product(gram, phi) -> None:
    """Add ΦᵀΦ to the lower triangle of a C-contiguous matrix of the same precision, with half the work of a product."""
    if devices.is_torch(phi):
        _add_triangle(gram, phi, 0, gram.shape[0], 3)
        return
    from scipy.linalg import get_blas_funcs

    (syrk,) = get_blas_funcs(("syrk",), (phi,))
    # In the column order of BLAS the lower triangle is the upper one; numpy's own product would fill both.
    syrk(1.0, phi.T, 1.0, gram.T, trans=0, lower=0, overwrite_c=1)


def add_lower(gram, sums, panels: int = 16) -> None:
    """Add the lower triangle of another matrix, of any precision, to that of ``gram``; some of the rest comes along."""
    width = -(-gram.shape[0] // panels)
    for low in range(0, gram.shape[0], width):
        gram[low : low + width, : low + width] += sums[low : low + width, : low + width]


def _add_triangle(gram, phi, low: int, high: int, depth: int) -> None:
    """Recursive halves: two triangles and the square between them, products of the largest size."""
    if depth == 0 or high - low < 256:
        gram[low:high, low:high].addmm_(phi[:, low:high].T, phi[:, low:high])
        return
    middle = (low + high) // 2
    gram[middle:high, low:middle].addmm_(phi[:, middle:high].T, phi[:, low:middle])
    _add_triangle(gram, phi, low, middle, depth - 1)
    _add_triangle(gram, phi, middle, high, depth - 1)


def add_residual(data: Data, weights, image, start: int, stop: int, rows: int) -> np.ndarray:
    """Add Φᵀ(y − Φ·weights) in float64 to ``image`` (r, m·k); return Σ(y − Φ·weights)² of each column."""
    squares = 0.0
    for first, last in parts(start, stop):
        if data.keep_features:
            known, y = data.block(first, last, "float64")
        else:
            x = data.inputs(first, last)
            y = data.targets(first, last, x)
        for low in range(0, last - first, rows):
            piece = slice(low, low + rows)
            phi = known[piece] if data.keep_features else data.features(x[piece])
            left = columns.repeat(y[piece], weights.shape[1] // y.shape[1]) - phi @ weights
            image += phi.T @ left
            squares = squares + (left * left).sum(0)
    return devices.as_numpy(squares)


def held_out(data: Data, weights, rows: int):
    """Return mean squared errors, their standard errors (each (m·k,)) and the targets' mean squares, (k,)."""
    squares, norms = [], 0.0
    for low in range(0, data.count, rows):
        high = min(low + rows, data.count)
        phi, y = data.block(low, high, "float64")
        left = columns.repeat(y, weights.shape[1] // y.shape[1]) - phi @ weights
        squares.append(devices.as_numpy(left * left))
        norms = norms + devices.as_numpy((y * y).sum(0))
    squares = np.concatenate(squares)
    if not np.isfinite(squares).all():
        worst = int(np.flatnonzero(~np.isfinite(squares).all(1))[0])
        raise NotFinite(f"features must be finite, got NaN or infinity in held-out sample {worst}")
    spread = squares.std(0, ddof=1) / np.sqrt(data.count) if data.count > 1 else np.full(squares.shape[1], np.inf)
    return squares.mean(0), spread, norms / data.count


class Bar:
    """A progress bar on standard error, shown only on a terminal and only for long work."""

    def __init__(self, total: int, label: str, done: int, show: bool):
        from tqdm import tqdm

        disable = None if show else True  # None: not where there is no terminal
        self._bar = tqdm(total=total, initial=done, desc=label, unit="block", delay=2.0, leave=False, disable=disable)

    def step(self) -> None:
        self._bar.update(1)

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, *_) -> None:
        self._bar.close()
