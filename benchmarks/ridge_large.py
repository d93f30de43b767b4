"""Streamed least squares at n = 200,000 and r = 4000, where scikit-learn needs 6.4 GB for the features, twice."""

from benchmarks import ridge


def rows(repeats: int = 5, quick: bool = False) -> list[dict]:
    """Seconds and peak memory; no smaller version: ``--quick`` leaves it out."""
    peers = ("float64", "float32")
    return [] if quick else ridge.compare(200_000, 4000, 50, repeats, quick, memory_aim=8.0, peers=peers)
