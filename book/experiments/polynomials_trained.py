"""Networks with both layers trained by SGD on one harmonic: the barrier for fixed features does not bind them.

python -m rfcompanion reproduce polynomials_trained
"""

import math

import numpy as np

from rfcompanion import harmonics

DIM, STEPS, RATE, SEEDS = 10, 10_000, 0.3, 5
DEGREES, WIDTHS = (1, 2, 3, 4), (4, 8, 16, 32, 64, 128, 256)


def train_both_layers(degree: int, width: int, steps: int, seed: int, dim: int = DIM) -> float:
    """Relative error after SGD with batches of 64 on the target √N P_k(⟨e,x⟩), x uniform on the unit sphere.

    The network is (1/r) Σ a_i σ(√d⟨w_i,x⟩+b_i), started at unit w_i, b_i = √2−1, a_i = ±1. Huber loss with threshold 5
    (the square inside), rate 0.3·r for every parameter, falling linearly to zero in the second half.
    """
    rng = np.random.default_rng([seed, degree, width])
    size = harmonics.harmonic_dimension(dim, degree)

    def sample(count):
        x = rng.standard_normal((count, dim))
        x /= np.linalg.norm(x, axis=1, keepdims=True)
        return math.sqrt(dim) * x, math.sqrt(size) * harmonics.legendre(dim, degree, np.clip(x[:, 0], -1, 1))[degree]

    W = rng.standard_normal((width, dim))
    W /= np.linalg.norm(W, axis=1, keepdims=True)
    b, a = np.full(width, math.sqrt(2) - 1), rng.choice([-1.0, 1.0], width)
    for step in range(steps):
        x, y = sample(64)
        z = x @ W.T + b
        f = np.maximum(z, 0)
        slope = np.clip(f @ a / width - y, -5, 5) / 64
        inner = slope[:, None] * ((z > 0) * a)
        rate = RATE * min(1.0, 2 * (1 - step / steps))
        a = a - rate * (slope @ f)
        W -= rate * (inner.T @ x)
        b -= rate * inner.sum(axis=0)
    x, y = sample(20_000)
    return float(((np.maximum(x @ W.T + b, 0) @ a / width - y) ** 2).mean())
