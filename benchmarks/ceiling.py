"""The Gram accumulation of the streamed fits against the fastest product that the same run measures."""

import numpy as np

from benchmarks import _measure
from rfcompanion.fitting import passes


def rows(repeats: int = 5, quick: bool = False) -> list[dict]:
    """Billions of multiplications and additions a second, counting n·r² for one Gram matrix."""
    count = 1000 if quick else 4000
    table = []
    for dtype in ("float32", "float64"):
        rows_of_block = passes.GRAM_ROWS
        phi = np.random.default_rng(0).standard_normal((rows_of_block, count)).astype(dtype)
        gram = np.zeros((count, count))
        square = np.ascontiguousarray(phi[:, : count // 2])
        functions = {
            "ours": lambda: passes.add_product(gram, phi),  # noqa: B023
            "syrk": lambda: phi.T @ phi,  # noqa: B023
            "gemm": lambda: phi[:, count // 2 :].T @ square,  # noqa: B023
        }
        work = rows_of_block * count**2 / 1e9
        seconds = _measure.interleaved(functions, max(repeats, 5))
        rate = {"ours": work / seconds["ours"], "syrk": work / seconds["syrk"], "gemm": 0.5 * work / seconds["gemm"]}
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
            )
        )
    return table
