"""The Gram accumulation of the streamed fits against the fastest product that the same run measures."""

import numpy as np

from benchmarks import _measure
from rfcompanion.fitting import passes
from rfcompanion.fitting.passes import PRODUCT_ROWS


def rows(repeats: int = 5, quick: bool = False) -> list[dict]:
    """Billions of multiplications and additions a second, counting n·r² for one Gram matrix."""
    count = 1000 if quick else 4000
    table = []
    for dtype in ("float32", "float64"):
        phi = np.random.default_rng(0).standard_normal((4096, count)).astype(dtype)
        part, gram = phi[:PRODUCT_ROWS], np.zeros((count, count))
        sums = gram if dtype == "float64" else np.zeros(gram.shape, dtype)
        square = np.ascontiguousarray(phi[:, : count // 2])
        functions = {
            "ours": lambda: _block(gram, sums, part),  # noqa: B023
            "syrk": lambda: phi.T @ phi,  # noqa: B023
            "gemm": lambda: phi[:, count // 2 :].T @ square,  # noqa: B023
        }
        work = {"ours": passes.GRAM_ROWS, "syrk": len(phi), "gemm": 0.5 * len(phi)}  # rows of a Gram matrix
        seconds = _measure.interleaved(functions, max(repeats, 5))
        rate = {name: work[name] * count**2 / 1e9 / seconds[name] for name in functions}
        best = "syrk" if rate["syrk"] >= rate["gemm"] else "gemm"
        table.append(
            _measure.row(
                f"Gram accumulation, {dtype}, r={count}",
                f"the fastest product ({best})",
                rate["ours"],
                rate[best],
                "GFLOP/s",
                None if quick else 0.8,
                larger_is_better=True,
                runs=max(repeats, 5),
            )
        )
    return table


def _block(gram, sums, part) -> None:
    """What a fit does with a block of samples: products of its pieces, then their sum added to the float64 matrix."""
    if sums is not gram:
        sums[...] = 0.0
    for _ in range(passes.GRAM_ROWS // PRODUCT_ROWS):
        passes.add_product(sums, part)
    if sums is not gram:
        passes.add_lower(gram, sums)
