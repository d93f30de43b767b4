"""Correlations of one deep random network with triangle waves of random directions, against the exact spectrum.

The network has two hidden layers of ReLUs with biases; it is drawn once per dimension and then fixed. For 1000
directions θ the correlation ⟨f, tri(s⟨θ,·⟩)⟩, s = √d/2, is estimated on two independent halves of Gaussian samples;
the mean over θ of the product of the halves is an unbiased estimate of the variance E_θ⟨f,φ_θ⟩². The prediction is
the spectral sum Σ_ℓ over degrees 1 and 3. Made by::

    python -m rfcompanion reproduce concentration_deep
"""

import numpy as np
from scipy.special import gammaln, jv

from rfcompanion import harmonics, targets

SAMPLES, DIRECTIONS, SEED = 600_000, 1000, 20190401  # samples in each of the two halves
BLOCK = 20_000


def deep_network(dim, seed, width=48):
    """One draw of a random network with two hidden layers; the function that it computes is returned."""
    rng = np.random.default_rng(seed)
    inner = rng.standard_normal((dim, width)) / np.sqrt(dim)
    middle = rng.standard_normal((width, width)) * np.sqrt(2 / width)
    outer = rng.standard_normal(width) * np.sqrt(2 / width)
    first, second = rng.standard_normal((2, width)) / 2
    inner, first, middle, second, outer = (p.astype(np.float32) for p in (inner, first, middle, second, outer))
    return lambda x: np.maximum(np.maximum(x @ inner + first, 0) @ middle + second, 0) @ outer


def wave_coefficient(dim, norm, degree, radius, terms=40):
    """c_ℓ(ρ) of the triangle wave with ‖w‖ = s, odd ℓ: a sum of Bessel functions."""
    k, a = targets.triangle_wave_fourier(terms)
    nu = dim / 2 - 1
    z = np.multiply.outer(np.asarray(radius), k * np.pi * norm / 2)
    bessel = np.exp(gammaln(dim / 2) + nu * np.log(2 / z)) * jv(degree + nu, z)
    return (-1) ** ((degree - 1) // 2) * bessel @ a


def linear_slope(norm, terms=200):
    """E Z·tri(sZ): what the linear part of a feature contributes."""
    k, a = targets.triangle_wave_fourier(terms)
    omega = k * np.pi * norm / 2
    return float((a * omega * np.exp(-(omega**2) / 2)).sum())


def measure(dim, norm, samples, directions, seed, bar=None):
    """Correlations of the network with the waves of random directions, from two halves of ``samples`` points each."""
    rng = np.random.default_rng([seed, dim])
    f = deep_network(dim, [seed, dim, 1])
    theta = rng.standard_normal((dim, directions))
    theta = (theta / np.linalg.norm(theta, axis=0)).astype(np.float32)
    radii = np.linspace(0.02, np.sqrt(dim) + 7, 600)
    table = wave_coefficient(dim, norm, 1, radii) / radii

    # The wave is odd: only the odd part of f counts. Its linear part is known to correlate with slope ⟨β,θ⟩.
    x = rng.standard_normal((200_000, dim), dtype=np.float32)
    linear = (((f(x) - f(-x)) / 2) @ x / len(x)).astype(np.float32)
    halves = np.zeros((2, directions))
    moments = np.zeros((2, dim))
    norm2 = odd2 = 0.0
    blocks = samples // BLOCK
    for block in range(2 * blocks):
        x = rng.standard_normal((BLOCK, dim), dtype=np.float32)
        fx = f(x)
        odd = (fx - f(-x)) / 2
        rest = odd - x @ linear
        wave = np.abs(np.mod((x @ theta) * np.float32(norm) - 1, 4) - 2) - 1
        halves[block % 2] += rest @ wave
        moments[block % 2] += (odd * np.interp(np.linalg.norm(x, axis=1), radii, table)) @ x
        norm2 += float(np.square(fx, dtype=np.float64).mean()) / (2 * blocks)
        odd2 += float(np.square(odd, dtype=np.float64).mean()) / (2 * blocks)
        if bar is not None:
            bar.update()
    halves = halves / (blocks * BLOCK) + linear_slope(norm) * (linear @ theta)
    moments /= blocks * BLOCK
    products = halves[0] * halves[1]
    third = [degree_three(f, dim, norm, rng) for _ in range(4)]
    return {
        "dim": dim,
        "norm": norm,
        "network_norm2": norm2,
        "odd_norm2": odd2,
        "variance": float(products.mean()),
        "variance_error": float(products.std() / np.sqrt(directions)),
        "degree_one": float(dim * moments[0] @ moments[1]),
        "degree_three": float(np.mean(third)),
        "degree_three_error": float(np.std(third) / np.sqrt(len(third) - 1)),
        "correlations": [float(f"{value:.4g}") for value in halves.mean(0) / np.sqrt(norm2)],
    }


def degree_three(f, dim, norm, rng, points=3000):
    """N E f f′ c_3(ρ) c_3(ρ′) P_3(⟨ξ,ξ′⟩) over pairs of distinct points: the share of degree 3."""
    x = rng.standard_normal((points, dim))
    radius = np.linalg.norm(x, axis=1)
    xi = x / radius[:, None]
    weight = (f(x.astype(np.float32)) - f(-x.astype(np.float32))) / 2 * wave_coefficient(dim, norm, 3, radius)
    t = xi @ xi.T
    kernel = t * ((dim + 2) * t**2 - 3) / (dim - 1)  # P_3 in dimension d
    pairs = weight @ kernel @ weight - weight @ weight
    return float(harmonics.harmonic_dimension(dim, 3) * pairs / (points * (points - 1)))
