"""Named experiments: every stored record of the book, made again by one command, here or on a cluster.

An :class:`Experiment` declares a sweep of independent tasks; :func:`run` computes what is missing, stores each
result as soon as it is there, and assembles the record; :func:`verify` computes a random part again and compares.
"""

from .compare import difference, verify
from .experiment import Experiment, Plan, Task, book_folder, load_registry, other_records
from .sweep import Report, run
from .worker import perform

__all__ = [
    "Experiment",
    "Plan",
    "Report",
    "Task",
    "book_folder",
    "difference",
    "load_registry",
    "other_records",
    "perform",
    "run",
    "verify",
]
