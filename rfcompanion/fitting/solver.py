"""The inverse that a streamed fit refines with: one Cholesky factor, or one eigendecomposition for a path."""

from dataclasses import dataclass

import numpy as np

from . import dense, devices


@dataclass(eq=False)
class Solver:
    """(G/n + ridge)⁻¹ for each ridge; columns are (r, m·k), targets fastest."""

    ridges: np.ndarray
    condition: object
    factor: object = None  # one ridge
    eigenvalues: object = None
    vectors: object = None
    cut: float = 0.0
    cure: str = "none"

    @property
    def method(self) -> str:
        return "eigendecomposition" if self.factor is None else "cholesky"

    def apply(self, columns):
        if self.factor is not None:
            return self.factor.solve(columns)
        out = self.vectors.T @ columns
        targets = columns.shape[1] // len(self.ridges)
        for index, ridge in enumerate(map(float, self.ridges)):
            shifted = self.eigenvalues + ridge
            shifted[shifted <= self.cut] = np.inf
            out[:, index * targets : (index + 1) * targets] /= shifted[:, None]
        return self.vectors @ out

    def product(self, columns):
        """Return (G/n)·columns."""
        if self.factor is not None:
            return self.factor.product(columns) - self.ridges[0] * columns
        return self.vectors @ (self.eigenvalues[:, None] * (self.vectors.T @ columns))


def prepare(gram, ridges: np.ndarray) -> Solver:
    """Factor the mean Gram matrix in place (one ridge), or decompose it (a path, or a singular matrix)."""
    size = gram.shape[0]
    if len(ridges) == 1:
        diagonal = gram.diagonal() * 1.0
        factor = dense.cholesky_in_place(gram, float(ridges[0]))
        if factor is not None:
            condition = dense.condition_estimate(factor)
            if condition < 1.0 / (size * devices.epsilon(gram)):
                return Solver(ridges, condition, factor)
            dense.restore(gram, diagonal)
    values, vectors = dense.eigendecomposition(gram)
    cut = dense.cutoff(values)
    host = devices.as_numpy(values)
    kept = [host[host + ridge > cut] + ridge for ridge in ridges]
    fewest = min(len(values) for values in kept)
    cure = f"{size - fewest} of {size} eigenvalues at or below {cut:.1e} set aside" if fewest < size else "none"
    conditions = np.array([values[-1] / values[0] if len(values) else 1.0 for values in kept])
    return Solver(ridges, conditions if len(ridges) > 1 else float(conditions[0]), None, values, vectors, cut, cure)
