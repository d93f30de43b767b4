"""Exponents of power laws in the width, measured over seeds."""

import math
from dataclasses import dataclass

import numpy as np

from .. import _checks


@dataclass(frozen=True)
class Slope:
    """Exponent of a power law: mean over the seeds and half-width of its 95 % confidence interval."""

    value: float
    half_width: float

    def agrees(self, exponent: float) -> bool:
        """Whether the exponent lies in the interval."""
        return abs(self.value - exponent) <= self.half_width

    def __str__(self) -> str:
        value = round(self.value, 2) + 0.0  # no negative zero
        return f"{value:+.2f} ± {self.half_width:.2f}"


def power_law(widths, values) -> Slope:
    """Exponent of values ∝ r^β: least squares on log-log axes for each seed, then mean and 95 % t-interval.

    Parameters
        widths : (K,), K ≥ 2.
        values : (S, K), positive, S ≥ 2 seeds.

    Returns
        Slope.

    Error
        Sampling error of the seeds, which the interval measures; curvature of the law is not in it.

    Raises
        ValueError, TypeError if a shape does not match, a number is not positive or there are too few.

    Source
        Chapter "Reduction".
    """
    from scipy.special import stdtrit

    widths = _checks.array("widths", widths, 1)
    values = _checks.array("values", values, 2, (None, len(widths)))
    if len(widths) < 2 or len(values) < 2 or np.min(values) <= 0 or np.min(widths) <= 0:
        raise ValueError("values must be positive, for at least two widths and two seeds")
    logs = np.log(widths) - np.log(widths).mean()
    slopes = np.log(values) @ logs / (logs @ logs)
    deviation = slopes.std(ddof=1) / math.sqrt(len(slopes))
    return Slope(float(slopes.mean()), float(stdtrit(len(slopes) - 1, 0.975) * deviation))
