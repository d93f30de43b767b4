"""Passes over a stream of samples, block by block: the Gram matrix, float64 residuals, held-out errors."""

import numpy as np

from . import columns, devices
from .data import Data, cast

#: Rows of a block, between two of which a fit can be stopped: enough to hide the r² additions to the float64 matrix,
#: few enough to keep float32 sums short.
GRAM_ROWS = 4096
#: Rows of the parts of a block by which samples, targets, and features where they fit, are kept.
PART_ROWS = 2048
#: Rows whose features are made and multiplied at once on a processor: they stay in its caches, and products with so few
#: rows are as fast as with more.
PRODUCT_ROWS = 512
#: Bytes of the features of so few rows that a float64 pass, which only reads them, finds them in the cache.
_CACHE_BYTES = 2**21


class NotFinite(ValueError):
    """A feature is NaN or infinite, or a product of features is too large for the precision."""


def residual_rows(features: int) -> int:
    """Rows of the smaller pieces of a float64 pass: their features stay in the processor's cache."""
    rows = PART_ROWS
    while rows > 64 and 8 * rows * features > _CACHE_BYTES:
        rows //= 2
    return rows


def parts(start: int, stop: int):
    """Cut a block into the parts by which samples and targets are kept, as (start, stop)."""
    for low in range(start, stop, PART_ROWS):
        yield low, min(low + PART_ROWS, stop)


def add_gram(data: Data, gram, sums, start: int, stop: int):
    """Add ΦᵀΦ to the lower triangle of ``gram``; return Φᵀy, (r, k), and Σy² of each target.

    ``sums`` has the precision of the products: it is ``gram`` itself, or a matrix that is overwritten.
    """
    precision = devices.dtype_of(sums)
    cross = squares = 0.0
    beta = 1.0 if sums is gram else 0.0  # the first product is written over what is there
    rows = PRODUCT_ROWS if data.backend == "numpy" else PART_ROWS
    for low, high in parts(start, stop):
        for phi, y in data.pieces(low, high, precision, rows):
            add_product(sums, phi, beta)
            beta = 1.0
            cross = cross + cast(phi.T @ cast(y, precision), "float64")
            squares = squares + (y * y).sum(0)
    if sums is not gram:
        add_lower(gram, sums)
    squares = devices.as_numpy(squares)
    if not np.isfinite(squares).all():
        raise ValueError(f"target must have finite squares, got too large values in samples {start} to {stop - 1}")
    if not np.isfinite(float(gram.diagonal().sum()) + float(abs(cross).sum())):
        raise NotFinite(f"features must be finite, got NaN or infinity in samples {start} to {stop - 1}")
    return cross, squares


def add_product(gram, phi, beta: float = 1.0) -> None:
    """Set the lower triangle of G, C-contiguous, of the same precision, to that of beta·G + ΦᵀΦ: half a product."""
    if devices.is_torch(phi):
        _add_triangle(gram, phi, beta, 0, gram.shape[0], 3)
        return
    from scipy.linalg import get_blas_funcs

    (syrk,) = get_blas_funcs(("syrk",), (phi,))
    # In the column order of BLAS the lower triangle is the upper one; numpy's own product would fill both.
    syrk(1.0, phi.T, beta, gram.T, trans=0, lower=0, overwrite_c=1)


def add_lower(gram, sums, panels: int = 16) -> None:
    """Add the lower triangle of another matrix, of any precision, to that of ``gram``; some of the rest comes along."""
    width = -(-gram.shape[0] // panels)
    for low in range(0, gram.shape[0], width):
        gram[low : low + width, : low + width] += sums[low : low + width, : low + width]


def _add_triangle(gram, phi, beta: float, low: int, high: int, depth: int) -> None:
    """Recursive halves: two triangles and the square between them, products of the largest size."""
    if depth == 0 or high - low < 256:
        gram[low:high, low:high].addmm_(phi[:, low:high].T, phi[:, low:high], beta=beta)
        return
    middle = (low + high) // 2
    gram[middle:high, low:middle].addmm_(phi[:, middle:high].T, phi[:, low:middle], beta=beta)
    _add_triangle(gram, phi, beta, low, middle, depth - 1)
    _add_triangle(gram, phi, beta, middle, high, depth - 1)


def add_residual(data: Data, weights, image, start: int, stop: int, rows: int) -> np.ndarray:
    """Add Φᵀ(y − Φ·weights) in float64 to ``image`` (r, m·k); return Σ(y − Φ·weights)² of each column."""
    squares = 0.0
    for low, high in parts(start, stop):
        for phi, y in data.pieces(low, high, "float64", rows):
            left = columns.repeat(y, weights.shape[1] // y.shape[1]) - phi @ weights
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
