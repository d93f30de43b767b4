"""Streamed least squares at n = 200,000 and r = 4000, where scikit-learn needs 6.4 GB for the features, twice."""

from benchmarks import _measure, ridge

SIZE = (200_000, 4000, 50)


def rows(repeats: int = 5, quick: bool = False) -> list[dict]:
    """Seconds, peak memory, and exactness against QR; no smaller version: ``--quick`` leaves it out."""
    if quick:
        return []
    table = ridge.compare(*SIZE, repeats, quick, memory_aim=8.0, peers=("float64", "float32"))
    what = "ridge, weights, n={}, r={}, d={}".format(*SIZE)
    error = ridge.error_against_qr(*SIZE)
    return [*table, _measure.row(what, "QR float64, allowed error", error, 1e-9, "relative", 1, runs=0)]
