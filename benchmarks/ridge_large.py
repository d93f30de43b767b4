"""Streamed least squares at n = 200,000 and r = 4000 against scikit-learn, which needs 6.5 GB there."""

from benchmarks import ridge


def rows(repeats: int = 5, quick: bool = False) -> list[dict]:
    """Seconds and peak memory; no smaller version: ``--quick`` leaves it out."""
    return [] if quick else ridge.compare(200_000, 4000, 50, repeats, quick, memory_aim=8.0)
