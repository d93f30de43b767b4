"""What plans are made of: tasks in rows, costs shared among them."""

from rfcompanion.reproduce import Task


def spread(seconds: float, weights) -> list[float]:
    """Share a measured cost among tasks."""
    total = sum(weights)
    return [round(seconds * weight / total, 2) for weight in weights]


def on_gpu(operations: float) -> float:
    """Seconds on a GPU, guessed at 2·10^13 operations a second in double precision; never measured."""
    return round(1 + operations / 2e13, 1)


def rows(name: str, cases: list[dict], seconds: list[float]) -> list[Task]:
    """Tasks that fill one list of a record, in order."""
    return [Task((name, i), case, cost) for i, (case, cost) in enumerate(zip(cases, seconds, strict=True))]
