"""Compare stored numbers with numbers computed again, entry by entry."""

import math
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from .. import records
from .experiment import Experiment, Task, extract
from .worker import perform


def difference(stored, new, absolute: float = 0.0, where: str = "") -> float:
    """Largest relative difference between two nested values of one shape.

    max |new − stored| / |stored| over all numbers, after ``absolute`` is taken off the numerator.

    Parameters
        stored, new : nested dictionaries and lists of numbers, texts, truth values and None.
        absolute : difference that does not count.
        where : name of the place, for messages.

    Returns
        float, 0 where all agree; inf where a stored 0 became something else.

    Raises
        ValueError, naming the place, where the shapes or the texts differ.

    Source
        No formula.
    """
    if isinstance(stored, dict) and isinstance(new, dict):
        if stored.keys() != new.keys():
            raise ValueError(
                f"{where or 'the results'}: keys {sorted(stored.keys() ^ new.keys())} are on one side only"
            )
        return max((difference(stored[k], new[k], absolute, f"{where}/{k}") for k in stored), default=0.0)
    if isinstance(stored, list) and isinstance(new, list):
        if len(stored) != len(new):
            raise ValueError(f"{where or 'the results'}: {len(stored)} entries are stored, {len(new)} are new")
        pairs = enumerate(zip(stored, new, strict=True))
        return max((difference(a, b, absolute, f"{where}/{i}") for i, (a, b) in pairs), default=0.0)
    if _is_number(stored) and _is_number(new):
        if stored == new:
            return 0.0
        if isinstance(stored, int) and isinstance(new, int):  # may be too large for a float
            gap, size = abs(new - stored), abs(stored)
            return math.inf if size == 0 and gap > absolute else float(gap / size) if size else 0.0
        gap = max(abs(new - stored) - absolute, 0.0)
        return 0.0 if gap == 0 else gap / abs(stored) if stored else math.inf
    if type(stored) is type(new) and stored == new:
        return 0.0
    raise ValueError(f"{where or 'the results'}: stored {str(stored)[:60]!r}, new {str(new)[:60]!r}")


def choose(
    plans: Sequence[tuple[Experiment, Sequence[Task]]], fraction: float, seed: int
) -> list[tuple[Experiment, Task]]:
    """Draw a part of the tasks of several experiments at random, at least one.

    Parameters
        plans : (experiment, tasks) pairs.
        fraction : part of all tasks, in (0, 1].
        seed : of the draw.

    Returns
        list of (experiment, task), in the order of the plans.

    Source
        No formula.
    """
    everything = [(experiment, task) for experiment, tasks in plans for task in tasks]
    count = max(1, round(fraction * len(everything))) if everything else 0
    chosen = sorted(random.Random(seed).sample(range(len(everything)), count))
    return [everything[index] for index in chosen]


def verify(
    chosen: Sequence[tuple[Experiment, Task]], book: Path, folder: Path, device: str = "cpu"
) -> Iterator[tuple[Experiment, Task, float, str]]:
    """Compute tasks again and compare them with the stored records.

    Parameters
        chosen : (experiment, task) pairs.
        book : folder of the book.
        folder : where the records are.
        device : where to compute.

    Returns
        Iterator of (experiment, task, relative difference, problem); the problem is empty where the difference is
        within the experiment's stated error.

    Source
        No formula.
    """
    for experiment, task in chosen:
        try:
            results = records.read(folder / experiment.record)
            if not results.full:
                raise ValueError(f"the record is small: make it with reproduce {experiment.name}")
            stored = extract(results, task)
            new = perform(str(book), experiment.name, task.parameters, device)["value"]
            gap = difference(stored, new, experiment.absolute)
            problem = "" if gap <= experiment.relative else f"relative difference {gap:.2e} > {experiment.relative:g}"
        except (ValueError, FileNotFoundError) as error:
            gap, problem = math.inf, str(error)
        yield experiment, task, gap, problem


def _is_number(value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
