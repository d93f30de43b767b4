"""Rigorous enclosures of the book's constants, by ball arithmetic (Arb, through python-flint).

Every function returns two exact fractions, lower ≤ true value ≤ upper. The precision is raised until their
relative distance is below 2^{−bits}; nothing here uses floating-point numbers without a bound on their error.
"""

from .balls import Enclosure as Enclosure  # a name for annotations
from .balls import to_floats
from .errors import best_relative_error, min_features
from .neurons import relu_eigenvalue
from .waves import plane_wave_eigenvalue, triangle_wave_eigenvalue

__all__ = [
    "best_relative_error",
    "min_features",
    "plane_wave_eigenvalue",
    "relu_eigenvalue",
    "to_floats",
    "triangle_wave_eigenvalue",
]
