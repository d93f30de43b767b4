"""Weights against width: enclosures against independent solvers, fits against the frontier, and wrong constants."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import lsq_linear

from rfcompanion import concentration, gaussian, harmonics, trade_offs
from rfcompanion.fitting import fit_population
from rfcompanion.lower_bound import best_relative_error
from rfcompanion.trade_offs.caps import neuron_degrees


def optimum(dim, budget):
    """Small and fast: enough cells for a relative width of 1e-3."""
    return trade_offs.weight_limited_optimum(dim, budget, cells=240, max_degree=80)


@pytest.mark.parametrize("dim", [3, 4, 9, 30])
def test_cap_moments(dim):
    t = np.array([-1.0, -0.6, 0.0, 0.3, 0.9, 1.0])
    moments = trade_offs.cap_moments(dim, 12, t)
    for column, point in enumerate(t):
        angle, weight = np.polynomial.legendre.leggauss(200)
        half = math.acos(point) / 2
        angle, weight = half * (angle + 1), half * weight
        surface = math.gamma(dim / 2) / math.gamma((dim - 1) / 2) / math.sqrt(math.pi)
        weight = weight * surface * np.sin(angle) ** (dim - 2)
        exact = harmonics.legendre(dim, 12, np.cos(angle)) @ weight
        np.testing.assert_allclose(moments[:, column], exact, atol=1e-13)
        if 0 < point < 0.5:
            assert np.abs(2 * moments[:, column] / exact - 1).min() > 0.9, "mutation: twice the moment is wrong"


REFERENCE = [(5, 5, 0.0379), (5, 10, 0.00998), (5, 100, 0.0013143), (10, 10, 0.0294), (10, 100, 0.00633)]
REFERENCE += [(10, 1000, 0.0022876)]


@pytest.mark.parametrize(("dim", "budget", "value"), REFERENCE)
def test_reference_values(dim, budget, value):
    solved = optimum(dim, budget)
    assert solved.lower <= solved.upper
    assert solved.error == pytest.approx(value, rel=2e-3)


# checks: thm-weight-limited
def test_against_a_bounded_least_squares_solver():
    dim, budget, cells = 6, 12.0, 60
    degrees = neuron_degrees(30)
    root = np.sqrt(concentration.relu_masses(dim, 30)[degrees])
    edges = np.cos(np.linspace(0, np.pi, cells + 1))
    moments = np.diff(trade_offs.cap_moments(dim, 30, edges), axis=1)[degrees]
    solved = lsq_linear(root[:, None] * moments, root, (-budget, budget), tol=1e-12)
    ours = trade_offs.weight_limited_optimum(dim, budget, cells=cells, max_degree=30)
    value = 2 * solved.cost + concentration.relu_tail(dim, 30)
    assert ours.lower <= value * (1 + 1e-2)
    assert ours.upper == pytest.approx(value, rel=1e-2)


# checks: thm-weight-limited, lem-enclosure
@given(st.integers(4, 25), st.floats(0.7, 3.0))
@settings(max_examples=12, deadline=None)
def test_the_density_attains_its_error_and_the_enclosure_is_narrow(dim, exponent):
    budget = 10**exponent
    solved = optimum(dim, budget)
    assert (np.abs(solved.density) <= budget * (1 + 1e-12)).all()
    assert solved.upper - solved.lower <= 0.02 * solved.upper
    caps = trade_offs.cap_moments(dim, 80, solved.edges)
    coefficients = np.diff(caps, axis=1)[neuron_degrees(80)] @ solved.density
    masses = concentration.relu_masses(dim, 80)[neuron_degrees(80)]
    error = (masses * (1 - coefficients) ** 2).sum()
    assert error <= solved.upper * (1 + 1e-9)
    assert error >= 0.9 * solved.lower
    assert (masses * (1 + coefficients) ** 2).sum() > 1.5 * solved.upper, "mutation: the other sign of u is wrong"
    assert (masses * (1 - 2 * coefficients) ** 2).sum() > 1.5 * solved.upper, "mutation: twice u is wrong"


# checks: thm-weight-limited
def test_converse_with_independent_directions():
    """u_i = u(⟨θ_i,w⟩)/r with the optimal u: the mean error is E_B + (∫u²dμ_d − Σ m_ℓ û_ℓ²)/r, for every r."""
    dim, budget, draws, rng = 6, 2.0, 3000, np.random.default_rng(5)
    solved = optimum(dim, budget)
    masses = concentration.relu_masses(dim, 80)[neuron_degrees(80)]
    caps = trade_offs.cap_moments(dim, 80, solved.edges)
    cells = np.diff(caps, axis=1)[neuron_degrees(80)]
    coefficients = cells @ solved.density
    variance = cells[0] @ solved.density**2 - masses @ coefficients**2
    assert variance < budget**2
    for width in (10, 40):
        errors = np.empty(draws)
        for draw in range(draws):
            W = rng.standard_normal((width, dim))
            W /= np.linalg.norm(W, axis=1)[:, None]
            cell = np.searchsorted(-solved.edges, -W[:, 0]) - 1
            u = solved.density[cell] / width
            cross = gaussian.relu_gram(W, V=np.eye(dim)[:1])[:, 0]
            errors[draw] = 2 * (0.5 - 2 * u @ cross + u @ gaussian.relu_gram(W) @ u)
        deviation = errors.std() / math.sqrt(draws)
        assert abs(errors.mean() - solved.error - variance / width) < 4 * deviation
        assert errors.mean() < solved.error + budget**2 / width
        assert abs(errors.mean() - solved.error - 2 * variance / width) > 8 * deviation, "mutation: twice the variance"
        assert abs(errors.mean() - 2 * solved.error - variance / width) > 8 * deviation, "mutation: twice E_B"


def test_error_falls_with_the_budget_and_is_convex():
    budgets = [1.0, 4.0, 7.0, 10.0, 13.0]
    values = [optimum(8, budget).error for budget in budgets]
    assert values == sorted(values, reverse=True)
    assert all(values[i] <= (values[i - 1] + values[i + 1]) / 2 * (1 + 1e-3) for i in (2, 3))


# checks: thm-frontier
def test_fits_respect_both_floors_and_come_close():
    """Independent directions, weight-limited fits: mean error above max(e_r, E_B) and within a small factor of it."""
    dim, width, targets, rng = 8, 300, 30, np.random.default_rng(0)
    total = []
    for _ in range(3):
        W, V = rng.standard_normal((width, dim)), rng.standard_normal((targets, dim))
        W /= np.linalg.norm(W, axis=1)[:, None]
        V /= np.linalg.norm(V, axis=1)[:, None]
        moments = gaussian.relu_gram(W), gaussian.relu_gram(W, V=V)
        total.append(fit_population(*moments, np.full(targets, 0.5), budget=[3.0, 10.0, 1000.0]).relative_error)
    error = np.concatenate(total, axis=1)
    mean, deviation = error.mean(axis=1), error.std(axis=1) / math.sqrt(error.shape[1])
    floors = np.array([max(best_relative_error(dim, width), optimum(dim, b).lower) for b in (3.0, 10.0, 1000.0)])
    assert (mean + 4 * deviation >= floors).all()
    assert (mean[:2] < 2 * floors[:2]).all(), "mutation: twice the floor is wrong"
    assert mean[2] < 2.5 * floors[2]
    assert trade_offs.frontier(dim, width, 10.0) == pytest.approx(floors[1], rel=1e-2)


# checks: prp-smooth
def test_smooth_waves():
    for dim, omega in ((5, 1.0), (12, 0.3)):
        with mpmath.workdps(40):
            z, nu = mpmath.mpf(omega) ** 2, mpmath.mpf(dim) / 2 - 1
            norm2 = (1 - mpmath.exp(-2 * z)) / 2
            captured, features = mpmath.mpf(0), 0
            for ell in (1, 3, 5):
                value = mpmath.gamma(nu + 1) * (2 / z) ** nu * mpmath.exp(-z) * mpmath.besseli(ell + nu, z)
                captured += harmonics.harmonic_dimension(dim, ell) * value
                features += harmonics.harmonic_dimension(dim, ell)
                left = float(1 - captured / norm2)
                assert trade_offs.wave_min_features(dim, omega, left * 1.01) <= features
                if ell < 5:
                    assert trade_offs.wave_min_features(dim, omega, left * 0.99) > features
        for ell in range(1, 10):
            share = harmonics.harmonic_dimension(dim, ell) * concentration.plane_wave_eigenvalue(dim, ell, omega)
            bound = math.exp(-(omega**2) + omega**4 / (2 * dim)) * omega ** (2 * ell) / math.factorial(ell)
            assert share <= bound * (1 + 1e-12)
            if ell == 1:
                assert share > bound / 2, "mutation: half the Poisson bound is wrong"


def test_bad_input():
    with pytest.raises(ValueError, match="dim must be at least 3, got 2"):
        trade_offs.weight_limited_error(2, 10.0)
    with pytest.raises(ValueError, match="budget must be greater than 0"):
        trade_offs.weight_limited_error(5, 0.0)
    with pytest.raises(ValueError, match="max_degree must be even, got 7"):
        trade_offs.weight_limited_optimum(5, 1.0, max_degree=7)
    with pytest.raises(ValueError, match="relative_error must be less than 1"):
        trade_offs.wave_min_features(5, 1.0, 1.5)
    with pytest.raises(TypeError, match="budget must be a real number"):
        trade_offs.weight_limited_error(5, "ten")
