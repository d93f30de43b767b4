"""The identities of chapter "Setting" in dimensions and degrees that the chapter does not print."""

import math

import mpmath as mp
import numpy as np
import pytest
from scipy.special import gammainc, gammaincc

from rfcompanion import concentration, gaussian, harmonics, polynomials, targets


def unit(rng, n, dim):
    x = rng.standard_normal((n, dim))
    return x / np.linalg.norm(x, axis=1, keepdims=True)


# checks: lem-setting-radius
@pytest.mark.parametrize("dim", [1, 2, 3, 7, 50, 3000])
def test_radius_tails(dim):
    t = np.linspace(0.05, 6, 100)
    above = gammaincc(dim / 2, (math.sqrt(dim) + t) ** 2 / 2)
    below = gammainc(dim / 2, np.maximum(math.sqrt(dim) - t, 0) ** 2 / 2)
    assert (above <= np.exp(-t * t / 2)).all()
    assert (below <= np.exp(-t * t)).all()
    mean = math.sqrt(2) * math.exp(math.lgamma((dim + 1) / 2) - math.lgamma(dim / 2))
    assert 2 * dim - 2 * math.sqrt(dim) * mean <= 2
    assert dim - mean**2 <= 1 + 1e-9


def test_the_lower_tail_exponent_cannot_be_used_above():
    """The two exponents differ for a reason: e^{-t²} is false for the upper tail."""
    t = np.linspace(0.05, 4, 50)
    assert (gammaincc(1.0, (math.sqrt(2) + t) ** 2 / 2) > np.exp(-t * t)).any()


# checks: prp-setting-transfer
@pytest.mark.parametrize(("p", "q"), [(1, 1), (2, 1), (3, 2)])
def test_homogeneous_functions_transfer(p, q):
    """⟨f,g⟩ under Gaussian inputs = E ρ^{p+q} times the mean on the sphere, as a ratio of two Monte Carlo means."""
    rng, dim, n = np.random.default_rng(0), 4, 400_000
    x = rng.standard_normal((n, dim))
    rho = np.linalg.norm(x, axis=1)
    xi = x / rho[:, None]
    w = np.array([1.0, -2.0, 0.5, 0.3])
    f, g = (lambda y: targets.relu(y @ w) ** p), (lambda y: targets.relu(y @ w + y[:, 0]) ** q)
    power = 2 ** ((p + q) / 2) * math.exp(math.lgamma((dim + p + q) / 2) - math.lgamma(dim / 2))
    difference = f(x) * g(x) - power * f(xi) * g(xi)
    assert abs(difference.mean()) < 4.5 * difference.std() / math.sqrt(n)
    wrong = f(x) * g(x) - 2 * power * f(xi) * g(xi)
    assert abs(wrong.mean()) > 10 * wrong.std() / math.sqrt(n)


# checks: prp-setting-transfer
def test_ridge_functions_hardly_notice_the_radius():
    rng, n = np.random.default_rng(1), 200_000
    for dim in (4, 40):
        x = rng.standard_normal((n, dim))
        flat = math.sqrt(dim) * x[:, 0] / np.linalg.norm(x, axis=1)
        gap = ((targets.relu(x[:, 0] + 0.3) - targets.relu(flat + 0.3)) ** 2).mean()
        assert gap <= 2 / dim
        assert gap > 0.1 / dim  # the order 1/d is right


# checks: lem-setting-derivative
@pytest.mark.parametrize("dim", [2, 3, 4, 11])
def test_legendre_derivative_and_differential_equation(dim):
    for ell in range(1, 7):
        with mp.workdps(25):
            P = lambda s, n=ell, d=dim: (  # noqa: E731
                mp.chebyt(n, s)
                if d == 2
                else mp.gegenbauer(n, mp.mpf(d) / 2 - 1, s) / mp.gegenbauer(n, mp.mpf(d) / 2 - 1, 1)
            )
            t = mp.mpf("0.37")
            first, second = mp.diff(P, t), mp.diff(P, t, 2)
            assert abs((1 - t * t) * second - (dim - 1) * t * first + ell * (ell + dim - 2) * P(t)) < 1e-8
            lifted = harmonics.legendre(dim + 2, ell - 1, float(t))[ell - 1]
            assert float(first) == pytest.approx(ell * (ell + dim - 2) / (dim - 1) * lifted, rel=1e-9)
            assert float(P(t)) == pytest.approx(harmonics.legendre(dim, ell, float(t))[ell], rel=1e-12)


# checks: thm-setting-addition
def test_addition_theorem_for_degree_three_by_sampling_a_basis():
    """Projection on degree 3 in R³, orthonormalised numerically, has the kernel N P_3."""
    rng, dim = np.random.default_rng(2), 3
    (t, wt), phi = harmonics.sphere_quadrature(dim, 8), 2 * np.pi * np.arange(12) / 12
    T, PHI = np.meshgrid(t, phi, indexing="ij")
    nodes = np.stack([T, np.sqrt(1 - T**2) * np.cos(PHI), np.sqrt(1 - T**2) * np.sin(PHI)], axis=-1).reshape(-1, 3)
    weight = np.repeat(wt, 12) / 12
    exponents = [(i, j, 3 - i - j) for i in range(4) for j in range(4 - i)]

    def cubic(y):
        return np.stack([y[:, 0] ** i * y[:, 1] ** j * y[:, 2] ** k for i, j, k in exponents], axis=1)

    basis = cubic(nodes)
    basis -= nodes @ (dim * nodes.T @ (weight[:, None] * basis))  # remove the degree-1 part
    gram = basis.T @ (weight[:, None] * basis)
    values, vectors = np.linalg.eigh(gram)
    keep = values > 1e-10
    assert keep.sum() == harmonics.harmonic_dimension(dim, 3)
    Y = basis @ vectors[:, keep] / np.sqrt(values[keep])
    pick = rng.integers(0, len(nodes), (40, 2))
    kernel = np.einsum("ij,ij->i", Y[pick[:, 0]], Y[pick[:, 1]])
    angle = np.clip(np.einsum("ij,ij->i", nodes[pick[:, 0]], nodes[pick[:, 1]]), -1, 1)
    assert np.allclose(kernel, 7 * harmonics.legendre(dim, 3, angle)[3], atol=1e-12)


# checks: lem-setting-mehler
def test_mehler_gives_the_arc_cosine_kernel_with_bias():
    a = polynomials.relu_hermite_coefficients(80, -0.7)
    for rho in (-0.6, 0.3, 0.7):
        W, V = np.array([[1.0, 0.0]]), np.array([[rho, math.sqrt(1 - rho * rho)]])
        b = np.array([-0.7])
        assert (a * a) @ rho ** np.arange(81) == pytest.approx(gaussian.relu_gram(W, b, V, b)[0, 0], abs=1e-10)


# checks: prp-setting-hermite
def test_hermite_energies_are_the_limit_of_the_masses():
    energies = polynomials.relu_hermite_coefficients(6) ** 2 / 0.5
    gap = [abs(concentration.relu_masses(dim, 6) - energies).max() for dim in (10, 100, 1000)]
    assert gap[0] > 5 * gap[1] > 25 * gap[2]


# checks: prp-setting-derivative
def test_two_parallel_features_make_a_derivative():
    rng, delta = np.random.default_rng(3), 0.3
    z = rng.standard_normal(1_000_000)
    sample = ((targets.relu(z + delta) - targets.relu(z - delta)) / (2 * delta) - (z > 0)) ** 2
    leading = delta / (6 * math.sqrt(2 * math.pi))
    error = sample.std() / 1000
    assert math.exp(-delta * delta / 2) * leading - 4 * error < sample.mean() < leading + 4 * error
    assert 2 * leading > sample.mean() + 10 * error


def test_square_inputs_break_the_kernel_of_the_angle():
    """The moment depends on more than the angle once inputs have preferred directions."""
    node, weight = np.polynomial.legendre.leggauss(100)
    grid = np.stack(np.meshgrid(node, node), axis=-1).reshape(-1, 2) * math.sqrt(3)
    mass = np.outer(weight, weight).ravel() / 4
    turn = lambda phi: np.array([math.cos(phi), math.sin(phi)])  # noqa: E731
    moments = [mass @ (targets.relu(grid @ turn(p)) * targets.relu(grid @ turn(p + 1.5))) for p in (0, math.pi / 4)]
    assert abs(moments[0] - moments[1]) > 0.02
