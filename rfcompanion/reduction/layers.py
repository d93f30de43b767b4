"""SGD on the output layer, and on both layers, against the frozen features."""

import math
from dataclasses import dataclass

from .. import _checks


@dataclass(frozen=True)
class OutputBound:
    """Average regret ≤ ``regret`` + ``drift`` with steps ``step_size``; no w_i moves further than ``movement``."""

    regret: float
    drift: float
    movement: float
    step_size: float

    @property
    def total(self) -> float:
        """What the average loss exceeds that of the comparator by, at most."""
        return self.regret + self.drift


def output_layer_bound(width: int, steps: int, budget: float, lipschitz: float) -> OutputBound:
    """SGD on the output weights from u = 0, features |f_i| ≤ 1 frozen, against all |u*_i| ≤ C/r: regret CG/√T.

    Parameters
        width, steps : r, T.
        budget : C = r·max|u*_i|.
        lipschitz : G.

    Returns
        OutputBound with η = C/(rG√T).

    Error
        A bound, for every sequence of samples. It does not depend on r.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Reduction", output layer.
    """
    width, steps = _checks.integer("width", width, 1), _checks.integer("steps", steps, 1)
    budget, lipschitz = _checks.real("budget", budget, above=0), _checks.real("lipschitz", lipschitz, above=0)
    root = math.sqrt(steps)
    return OutputBound(budget * lipschitz / root, 0.0, 0.0, budget / (width * lipschitz * root))


def both_layers_bound(
    width: int, steps: int, budget: float, lipschitz: float, slope: float = 1.0, *, relu: bool = False
) -> OutputBound:
    """SGD on both layers from u = 0 against the *frozen* features with |u*_i| ≤ C/r.

    |σ| ≤ 1: regret CG/√T + GS²C³T/(6r²), no w_i moves more than SC²T/(2r²). ReLU with unit w_i and q = C²T/(2r²) < 1:
    regret (CG/(2√T))(1 + (1−q)^{−2}) + GC³T/(6r²(1−q)), movement q/(1−q).

    Parameters
        width, steps : r, T.
        budget : C.
        lipschitz, slope : G, S.
        relu : the second form.

    Returns
        OutputBound with η = C/(rG√T).

    Error
        A bound, for every sequence of samples.

    Raises
        ValueError if the ReLU form does not apply (q ≥ 1).

    Source
        Chapter "Reduction", both layers.
    """
    frozen = output_layer_bound(width, steps, budget, lipschitz)
    slope = _checks.real("slope", slope, above=0)
    if not relu:
        drift = lipschitz * slope**2 * budget**3 * steps / (6 * width**2)
        return OutputBound(frozen.regret, drift, slope * budget**2 * steps / (2 * width**2), frozen.step_size)
    q = budget**2 * steps / (2 * width**2)
    if q >= 1:
        raise ValueError(
            f"width must be greater than budget·√(steps/2) = {budget * math.sqrt(steps / 2):g}, got {width}"
        )
    regret = frozen.regret / 2 * (1 + (1 - q) ** -2)
    drift = lipschitz * budget**3 * steps / (6 * width**2 * (1 - q))
    return OutputBound(regret, drift, q / (1 - q), frozen.step_size)
