"""What an experiment is: a declarative sweep of independent tasks, each with its place in the record."""

import copy
import importlib.util
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

REGISTRY = "registry.py"
Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Task:
    """One independent computation of a sweep."""

    place: Place  # where its result goes in the record: keys of dictionaries and indices of lists
    parameters: dict[str, Any]  # of the experiment's function; plain JSON values
    seconds: float = 1.0  # estimate on one core

    @property
    def label(self) -> str:
        """Its place as a text, such as ``fits/3``."""
        return "/".join(map(str, self.place))


@dataclass(frozen=True)
class Plan:
    """A sweep as it is to be run: what is the same for all tasks, and the tasks."""

    tasks: Sequence[Task]
    constants: dict[str, Any] = field(default_factory=dict)
    seed: Any = None

    @property
    def seconds(self) -> float:
        """Estimated cost of all tasks on one core."""
        return sum(task.seconds for task in self.tasks)


@dataclass(frozen=True)
class Experiment:
    """A named experiment: it makes the record ``data/NAME.json`` and feeds one or more pages."""

    name: str
    summary: str
    pages: tuple[str, ...]  # that show the record
    scripts: tuple[str, ...]  # in ``experiments/``: their code, and what they import, is the code version
    run: Callable[..., Any]  # run(device=…, **parameters) → the value at the task's place
    plan: Callable[[bool, str], Plan]  # plan(fast, device)
    relative: float = 1e-9  # stated error: |new − stored| ≤ absolute + relative·|stored|, entry by entry
    absolute: float = 0.0
    devices: tuple[str, ...] = ("cpu",)
    precision: str = "float64"

    @property
    def record(self) -> str:
        """Name of the file that it makes."""
        return f"{self.name}.json"


def assemble(plan: Plan, values: Sequence[Any]) -> dict:
    """Put the results of the tasks into their places.

    Parameters
        plan : the sweep.
        values : one result for each task, in the plan's order.

    Returns
        dict, the results of the record.

    Error
        None; depends on nothing but the arguments.

    Raises
        ValueError if two tasks have one place, or a list would have a gap.

    Source
        No formula.
    """
    root = copy.deepcopy(plan.constants)
    for task, value in zip(plan.tasks, values, strict=True):
        node = root
        for key, following in zip(task.place[:-1], task.place[1:], strict=True):
            empty: Any = [] if isinstance(following, int) else {}
            if isinstance(node, list):
                if key == len(node):
                    node.append(empty)
            elif key not in node:
                node[key] = empty
            node = node[key]
        last = task.place[-1]
        if isinstance(node, list):
            if last != len(node):
                raise ValueError(f"task {task.label}: the places of a list must be 0, 1, 2, … without gaps")
            node.append(value)
        elif last in node:
            raise ValueError(f"task {task.label}: this place is taken")
        else:
            node[last] = value
    return root


def extract(results: dict, task: Task):
    """Return what stands at the place of a task in the results of a record.

    Parameters
        results : of the record.
        task : of the sweep that made it.

    Returns
        The value.

    Raises
        ValueError if the record has no such place.

    Source
        No formula.
    """
    node: Any = results
    for key in task.place:
        try:
            node = node[key]
        except (KeyError, IndexError, TypeError):
            raise ValueError(f"the record has no entry {task.label}") from None
    return node


def book_folder(start: Path | None = None) -> Path:
    """Find the book: the folder that holds ``experiments/registry.py``.

    Parameters
        start : where to look, and in its parents; None: the current folder, then the source tree of the package.

    Returns
        Path, absolute.

    Raises
        FileNotFoundError if there is none.

    Source
        No formula.
    """
    if start is not None:
        folder = Path(start).resolve()
        if not (folder / "experiments" / REGISTRY).is_file():
            raise FileNotFoundError(f"book must be a folder that holds experiments/{REGISTRY}, got {start}")
        return folder
    here = Path.cwd().resolve()
    for folder in (here, *here.parents, Path(__file__).resolve().parents[2]):
        for candidate in (folder, folder / "book"):
            if (candidate / "experiments" / REGISTRY).is_file():
                return candidate
    raise FileNotFoundError("no book here: run in a copy of the repository, or name its folder with --book")


def load_registry(book: Path) -> dict[str, Experiment]:
    """Load the experiments of a book.

    Parameters
        book : folder that holds ``experiments/registry.py``, which defines ``EXPERIMENTS``.

    Returns
        dict of Experiment, by name, in the registry's order.

    Raises
        ValueError if two experiments have one name.

    Source
        No formula.
    """
    module = _registry(Path(book))
    experiments = {experiment.name: experiment for experiment in module.EXPERIMENTS}
    if len(experiments) != len(module.EXPERIMENTS):
        raise ValueError("two experiments of the registry have the same name")
    return experiments


def other_records(book: Path) -> dict[str, str]:
    """Records that no sweep makes, because they measure time and no two runs agree, and the commands that do.

    Parameters
        book : folder that holds ``experiments/registry.py``, which may define ``OTHER_RECORDS``.

    Returns
        dict of commands, by the name of the file.

    Source
        No formula; page "Reproducing".
    """
    return dict(getattr(_registry(Path(book)), "OTHER_RECORDS", {}))


@lru_cache(maxsize=16)
def _registry(book: Path):
    folder = book / "experiments"
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))  # scripts import one another by name
    specification = importlib.util.spec_from_file_location("_experiments_of_the_book", folder / REGISTRY)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module
