"""The inverse that a streamed fit refines with: one Cholesky factor, or eigenvalues for a path."""

from dataclasses import dataclass

import numpy as np

from . import dense, devices
from .spectral import pseudo_inverses


@dataclass(eq=False)
class Solver:
    """(G/n + ridge)⁻¹ for each ridge; columns are (r, m·k), targets fastest."""

    ridges: np.ndarray
    condition: object
    factor: object = None  # one ridge
    inverses: tuple = ()  # one for each ridge
    cure: str = "none"

    @property
    def method(self) -> str:
        return "eigendecomposition" if self.factor is None else "cholesky"

    def apply(self, columns):
        """Return (G/n + ridge)⁻¹·columns."""
        if self.factor is not None:
            return self.factor.solve(columns)
        return self._each(columns, lambda inverse, ridge, part: inverse.apply(part))

    def product(self, columns):
        """Return (G/n)·columns."""
        if self.factor is not None:
            return self.factor.product(columns) - self.ridges[0] * columns
        return self._each(columns, lambda inverse, ridge, part: inverse.product(part) - ridge * part)

    def _each(self, columns, function):
        out, width = columns * 0.0, columns.shape[1] // len(self.ridges)
        for index, ridge in enumerate(map(float, self.ridges)):
            part = slice(index * width, (index + 1) * width)
            out[:, part] = function(self.inverses[index], ridge, columns[:, part])
        return out


def prepare(gram, ridges: np.ndarray) -> Solver:
    """Factor the mean Gram matrix in place (one ridge), or decompose it (a path, or a singular matrix)."""
    if len(ridges) == 1:
        diagonal = gram.diagonal() * 1.0
        factor = dense.cholesky_in_place(gram, float(ridges[0]))
        if factor is not None:
            condition = dense.condition_estimate(factor)
            if condition < 1.0 / (gram.shape[0] * devices.epsilon(gram)):
                return Solver(ridges, condition, factor)
            dense.restore(gram, diagonal)
    inverses = tuple(pseudo_inverses(gram, ridges))
    conditions = np.array([one.condition for one in inverses])
    cure = max(inverses, key=lambda one: int((~one.kept).sum())).cure
    return Solver(ridges, conditions if len(ridges) > 1 else float(conditions[0]), None, inverses, cure)
