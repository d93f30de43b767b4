"""Numbers that measure how hard a function is for methods that learn features.

Information exponent, generative exponent and leap of a target, and the lattice-point counts of the matching widths.
"""

from .counting import integer_points, leap
from .information import hermite_coefficients, information_exponent
from .label import generative_exponent, label_energies

__all__ = [
    "generative_exponent",
    "hermite_coefficients",
    "information_exponent",
    "integer_points",
    "label_energies",
    "leap",
]
