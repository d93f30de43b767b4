"""The law of the weight budget: every lemma of its proof against an independent computation, and wrong constants."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from rfcompanion import budget_law, concentration, harmonics, trade_offs
from rfcompanion.trade_offs.caps import density_constant, neuron_degrees


def optimum(dim, budget):
    """Small and fast: enough cells for a relative width of 1e-3."""
    return trade_offs.weight_limited_optimum(dim, budget, cells=240, max_degree=80)


@pytest.mark.parametrize(("dim", "degree"), [(3, 4), (5, 2), (5, 4), (10, 6)])
def test_matching_budget_against_linear_programming(dim, degree):
    degrees, cells = neuron_degrees(degree), 500
    edges = np.cos(np.linspace(0, np.pi, cells + 1))
    moments = np.diff(trade_offs.cap_moments(dim, degree, edges), axis=1)[degrees]
    scale = 1 / np.abs(moments).max(axis=1)
    upper = np.vstack([np.eye(cells), -np.eye(cells)])
    solved = linprog(
        np.append(np.zeros(cells), 1),
        A_ub=np.hstack([upper, -np.ones((2 * cells, 1))]),
        b_ub=np.zeros(2 * cells),
        A_eq=np.hstack([moments * scale[:, None], np.zeros((len(degrees), 1))]),
        b_eq=scale,
        bounds=(None, None),
    )
    value = budget_law.matching_budget(dim, degree)
    assert value <= solved.fun * (1 + 1e-6)
    assert value == pytest.approx(solved.fun, rel=2e-3)


@pytest.mark.parametrize(("dim", "degree"), [(3, 2), (3, 20), (10, 10), (30, 8), (40, 40), (100, 100), (240, 60)])
def test_matching_budget_is_between_its_proved_bounds(dim, degree):
    value = budget_law.matching_budget(dim, degree)
    low, high = budget_law.matching_budget_bounds(dim, degree)
    assert low < value < high
    assert value < 1.6 * low, "mutation: twice the lower bound is wrong"


def test_published_ratios_of_the_matching_budget():
    for dim, ratio in ((10, 1.22), (20, 1.28), (40, 1.34), (60, 1.36)):
        value = budget_law.matching_budget(dim, dim) / math.comb(dim // 2 + dim - 1, dim - 1)
        assert value == pytest.approx(ratio, abs=0.006)


@pytest.mark.parametrize(("dim", "degree"), [(4, 6), (7, 4), (10, 10)])
def test_upper_bound_of_the_matching_budget_step_by_step(dim, degree):
    """u = C_D/C_d · g sin^{d−2}, g the kernel in dimension D = 2d−2, matches the degrees and obeys the bound."""
    above, angle = 2 * dim - 2, (np.arange(4000) + 0.5) * math.pi / 4000
    degrees = neuron_degrees(degree)
    dimensions = np.array([float(harmonics.harmonic_dimension(above, int(k))) for k in degrees])
    assert dimensions.sum() == math.comb(degree + above - 1, above - 1) + above
    kernel = dimensions @ harmonics.legendre(above, degree, np.cos(angle))[degrees]
    constants = density_constant(above) / density_constant(dim)
    u = constants * kernel * np.sin(angle) ** (dim - 2)
    weight = density_constant(dim) * np.sin(angle) ** (dim - 2) * math.pi / 4000
    coefficients = harmonics.legendre(dim, degree, np.cos(angle))[degrees] @ (weight * u)
    np.testing.assert_allclose(coefficients, 1, atol=1e-6)
    assert abs(2 * coefficients - 1).min() > 0.9, "mutation: twice the constant is wrong"
    assert np.abs(u).max() <= budget_law.matching_budget_bounds(dim, degree)[1]
    assert budget_law.matching_budget(dim, degree) <= np.abs(u).max()


@pytest.mark.parametrize("dim", [3, 4, 5, 10, 40])
def test_telescoping_sum_of_squares(dim):
    t, n = np.linspace(-0.97, 0.97, 21), np.arange(31)[:, None]
    p = harmonics.legendre(dim + 2, 30, t)
    q = (n[1:] + dim - 1) ** 2 * p[1:] ** 2 + n[1:] ** 2 * p[:-1] ** 2
    cross = 2 * n[1:] * (n[1:] + dim - 1) * t * p[1:] * p[:-1]
    Q = (q - cross) / (2 * (dim - 2))
    left = ((n + dim / 2) * (1 - t**2) * p**2)[1:-1]
    assert Q.min() >= 0
    np.testing.assert_allclose(Q[:-1] - Q[1:], left, atol=1e-11)
    wrong = (q + cross) / (2 * (dim - 2))
    assert np.abs(wrong[:-1] - wrong[1:] - left).max() > 1e-2, "mutation: the sign of the cross term matters"
    assert np.abs(2 * (Q[:-1] - Q[1:]) - left).max() > 1e-3, "mutation: so does the factor 1/2"


@pytest.mark.parametrize("dim", [4, 7, 12])
def test_kernel_and_coefficients_of_the_squares(dim):
    t, weights = harmonics.sphere_quadrature(dim, 130)
    p = harmonics.legendre(dim + 2, 100, t)
    zonal = harmonics.legendre(dim, 24, t)
    for n in (1, 2, 5):
        inverse = 1 / (weights @ p[n] ** 2)
        assert inverse == pytest.approx(math.comb(n + dim - 1, dim - 1), rel=1e-10)
    dimensions = np.array([float(harmonics.harmonic_dimension(dim, ell)) for ell in range(25)])
    coefficients = dimensions[:, None] * (zonal @ (weights[:, None] * ((np.arange(101) + dim / 2)[:, None] * p**2).T))
    assert coefficients.min() > -1e-8
    A = (dim - 1) ** 2 / ((dim - 2) * (dim - 3))
    for ell in (0, 2, 6):
        limit = A * (ell + dim / 2 - 1)
        assert coefficients[ell].sum() <= limit * (1 + 1e-9)
        assert coefficients[ell].sum() > limit / 2, "mutation: half the coefficient is wrong"


@given(st.integers(4, 400), st.integers(1, 200))
@settings(max_examples=60, deadline=None)
def test_second_bound_of_the_budget_floor(dim, n):
    """W m_{2k}/(2k + d/2 − 1) ≥ τ_L/10 with L = 2n, k = ⌊5n/3⌋, and each inequality used for it."""
    k = 5 * n // 3
    masses = concentration.relu_masses(dim, 2 * k)
    weight = sum(j + dim / 2 for j in range(n, k + 1))
    tail = concentration.relu_tail(dim, 2 * n)
    assert weight * masses[2 * k] / (2 * k + dim / 2 - 1) >= tail / 10
    constant = dim * math.exp(math.lgamma(dim / 2) - math.lgamma((dim - 1) / 2)) / (12 * math.pi**1.5)
    mass_floor = 0.75 * constant * (4 * k + dim - 2) * (k * (k + dim / 2 - 1)) ** -2.5
    assert mass_floor <= masses[2 * k] * (1 + 1e-11)
    assert tail < constant * (n * (n + dim / 2)) ** -1.5
    assert weight >= n / 3 * (8 * n / 3 + dim - 1) * (1 - 1e-12)
    if n >= 8:
        assert 2 * mass_floor > masses[2 * k], "mutation: twice the mass is wrong"


@pytest.mark.parametrize(("dim", "budget"), [(4, 3.0), (5, 30.0), (10, 10.0), (10, 300.0), (25, 100.0)])
def test_budget_floor_is_below_the_exact_value(dim, budget):
    floor = budget_law.weight_limited_floor(dim, budget)
    exact = optimum(dim, budget)
    assert 0 < floor <= exact.lower
    assert floor > exact.upper / 80


def test_the_two_floors_win_in_different_regimes():
    """√N(d,L+2) against C(L/2+d−1, d−1): the larger of the two allows the larger budget."""
    for dim, degree in ((10, 2), (10, 4), (100, 6)):
        assert harmonics.harmonic_dimension(dim, degree + 2) > math.comb(degree // 2 + dim - 1, dim - 1) ** 2
    for dim in (40, 80):
        assert harmonics.harmonic_dimension(dim, dim + 2) < math.comb(dim // 2 + dim - 1, dim - 1) ** 2


def test_the_second_floor_begins_at_degree_two():
    """With τ_0 = 1 − m_0 the formula fails at L = 0, because degree 1 has only d harmonics."""
    dim, budget = 50, 10
    size = {L: math.sqrt(harmonics.harmonic_dimension(dim, L + 2)) for L in (0, 2)}
    value = optimum(dim, budget)
    assert (1 - budget / size[2]) ** 2 * concentration.relu_tail(dim, 2) <= value.lower
    assert (1 - budget / size[0]) ** 2 * (1 - concentration.relu_masses(dim, 0)[0]) > 2 * value.upper


# checks: thm-budget-floor
@pytest.mark.parametrize("dim", [3, 4, 10, 100, 1000])
def test_masses_fall_over_the_even_degrees(dim):
    masses, ell = concentration.relu_masses(dim, 400)[::2], np.arange(2, 400, 2)
    assert masses[1] / masses[0] == pytest.approx((dim + 2) * (dim - 1) / (2 * (dim + 1) ** 2), rel=1e-12)
    assert (masses[2:] < masses[1:-1] * (ell - 1) ** 2 / (ell * (ell + 1))).all()
    ratio = (ell - 1) ** 2 / ((ell + 1) * (ell + 2)) * (2 * ell + dim + 2) / (2 * ell + dim - 2)
    ratio *= (ell + dim - 1) * (ell + dim - 2) / (ell + dim + 1.0) ** 2
    assert np.allclose(masses[2:] / masses[1:-1], ratio, rtol=1e-9)


# checks: trade-offs-the-constant-matters
def test_a_budget_far_below_the_rate_reaches_a_larger_error_of_the_same_order():
    assert optimum(40, 1.1e6).upper < 40**-1.5
    assert 1.1e6 < 1.42**40


def test_matching_does_not_bring_the_error_to_the_tail():
    """E_B at B = β_L exceeds τ_L; the polynomial density at B = d + C(L+d−1, d−1) reaches it."""
    for dim, degree in ((5, 2), (10, 4), (20, 4)):
        tail = concentration.relu_tail(dim, degree)
        assert optimum(dim, budget_law.matching_budget(dim, degree)).lower > 1.1 * tail
        assert optimum(dim, dim + math.comb(degree + dim - 1, dim - 1)).upper <= tail


def test_bad_input():
    with pytest.raises(ValueError, match="degree must be even, got 3"):
        budget_law.matching_budget(5, 3)
    with pytest.raises(ValueError, match="dim must be at least 4, got 3"):
        budget_law.weight_limited_floor(3, 10.0)
