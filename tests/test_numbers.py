"""Numbers that a chapter states in passing and no cell of it prints: closed forms, computed here.

Records of long computations are in ``test_numbers_stored.py``.
"""

import math
from fractions import Fraction

import numpy as np
import pytest

from rfcompanion import anti_concentration, budget_law, certify_constants, price_law, reduction, single_neuron
from rfcompanion.concentration import plane_wave_eigenvalue, relu_masses, relu_tail
from rfcompanion.harmonics import harmonic_dimension
from rfcompanion.lower_bound import best_relative_error, min_features
from rfcompanion.price_law import LIMIT_CONSTANT, price_constant


# checks: trade-offs-with-the-neuron-fires
def test_share_of_inputs_at_which_a_neuron_with_bias_minus_three_fires():
    assert math.erfc(3 / math.sqrt(2)) / 2 == pytest.approx(0.0013, abs=5e-5)


# checks: trade-offs-the-harmonics-of-degree
def test_number_of_polynomials_of_degree_four_in_dimension_fifty():
    assert math.comb(54, 4) == 316_251


# checks: general-features-in-dimension-the-degrees
def test_number_of_functions_of_degree_at_most_two_in_dimension_five():
    assert sum(harmonic_dimension(5, degree) for degree in range(3)) == 20


# checks: setting-as-its-shares-tend
def test_shares_of_the_lowest_degrees_tend_to_the_hermite_energies():
    constant, linear, quadratic, _, quartic = relu_masses(10**5, 4)
    assert linear == pytest.approx(0.5, abs=1e-9)
    assert [constant, quadratic, quartic] == pytest.approx([0.318310, 0.159155, 0.013263], abs=5e-6)


# checks: general-features-shares-tend-to-hermite
def test_share_of_degree_four_tends_to_a_fraction_of_pi():
    assert math.pi * relu_masses(10**5, 4)[-1] == pytest.approx(1 / 24, rel=1e-3)


# checks: fig-setting-relu
def test_constant_linear_and_quadratic_parts_of_a_neuron():
    for dim in (100, 1000, 10_000):
        assert round(relu_masses(dim, 2).sum(), 2) == 0.98


# ---------------------------------------------------------------------------------------------- widths and errors


# checks: trade-offs-for-the-neuron-without, trade-offs-regime-constant
def test_constant_of_the_degrees_that_an_error_needs():
    assert LIMIT_CONSTANT ** (2 / 3) == pytest.approx(0.193, abs=5e-4)
    assert (price_constant(10**6)) ** (2 / 3) / 10**6 == pytest.approx(0.193, abs=5e-4)
    for error in (1e-3, 1e-4):  # the degrees that an error leaves grow like its power -2/3
        degrees = [_degree(10**7, share) for share in (error, error / 8)]
        assert degrees[1] / degrees[0] == pytest.approx(8 ** (2 / 3), rel=0.03)


def _degree(dim, error):
    """The least even degree with a tail of at most the error, by the upper side of the price law."""
    low, high = 0, 10**6
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if price_law.tail_bounds(dim, 2 * middle)[1] <= error else (middle + 1, high)
    return 2 * low


# checks: trade-offs-single-neuron-is-easier
def test_degrees_and_onset_in_terms_of_the_error_itself():
    small, large = 0.02, 0.04
    assert _degree(10**7, small**2) / _degree(10**7, large**2) == pytest.approx((small / large) ** (-4 / 3), rel=0.03)
    for dim in (200, 2000):  # exponential once the degrees are of order d; for Lipschitz functions at ε² d ~ 1
        onset = math.sqrt(relu_tail(dim, dim))
        assert 0.15 * dim ** (-3 / 4) < onset < 0.2 * dim ** (-3 / 4) < dim ** (-1 / 2)


# checks: fig-how-hard, fig-lower-bound-relative
def test_a_neuron_of_large_norm_costs_about_four_to_the_d():
    for dim in (10, 30, 60, 90):
        assert 4**dim / (16 * dim**0.5) < min_features(dim, 2 / 50 / (1.2 * dim ** (3 / 4)) ** 2) < 4**dim


# checks: fig-three-learners-hard
def test_the_neuron_that_three_learners_meet():
    norm, features = price_law.hard_norm(50, 50), price_law.features_up_to(50, 50)
    assert norm == pytest.approx(21.96, abs=0.005)
    assert 5e28 < features < 5.1e28
    assert norm**2 * best_relative_error(50, features) / 2 == pytest.approx(1 / 50, rel=1e-9)


# checks: trade-offs-width-and-weights-are, trade-offs-at-the-width-that, trade-offs-at-an-error-of
# checks: trade-offs-degrees-up-to-cost, trade-offs-relative-error-exponential, trade-offs-constant-relative-error-is
# checks: trade-offs-regime-moderate, trade-offs-regime-proportional
def test_an_error_of_order_d_to_the_minus_three_halves_costs_four_to_the_d():
    rates = []
    for dim in (50, 200, 800):
        error = relu_tail(dim, dim)
        assert 0.028 * dim ** (-3 / 2) < error < 0.031 * dim ** (-3 / 2)
        features = price_law.features_up_to(dim, dim)
        assert 4**dim < 16 * dim * features < 16 * dim * 4**dim
        rates.append(4 - math.exp(math.log(features) / dim))
    assert 0 < rates[2] < rates[1] / 2 < rates[0] / 4


# checks: general-features-for-they-differ-by
def test_the_limit_of_the_ratio_of_the_two_sides():
    lower, upper = price_law.tail_bounds(10**9, 2)
    assert upper / lower == pytest.approx((30 / 23) ** (3 / 2), rel=1e-6)
    assert upper / lower == pytest.approx(1.490, abs=5e-4)


# checks: fig-lower-bound-fits
def test_fifteen_hundred_features_leave_most_of_the_wave():
    for dim in (15, 20, 30):
        assert anti_concentration.min_features_to_capture(dim, math.sqrt(dim) / 2, 1 - 0.82) > 1500


# checks: trade-offs-numerically-exceeds-its-lower
def test_matching_budget_over_its_lower_bound():
    for dim, degree in [(5, 10), (10, 2), (10, 10), (20, 20), (40, 40), (60, 60), (100, 100)]:
        budget, (low, _) = budget_law.matching_budget(dim, degree), budget_law.matching_budget_bounds(dim, degree)
        assert 0.10 < (budget - low) / low < 0.50


# ---------------------------------------------------------------------------------------------- rates and formulas


# checks: general-features-so-features-fail-except
def test_probability_of_failure_of_two_to_the_d_features():
    for dim in (5, 20):
        proved = 12 * math.sqrt(dim) * 0.25**dim  # of the corollary, for each feature
        assert proved * 2**dim == pytest.approx(12 * math.sqrt(dim) * 2.0**-dim)


# checks: reduction-their-rates-cannot-be
def test_the_adversary_of_a_relu_network_comes_within_a_constant():
    """In the limit of many Gaussian neurons, of which the signs leave every second one to the adversary."""
    width, radius, density = 2.0**40, 2.0, 1 / math.sqrt(2 * math.pi)
    flipped = np.geomspace(1e4, 1e10, 400_001)  # the k nearest to zero lie at i/(r p) for i = 1 … k
    gap = (np.sqrt(flipped) * radius - flipped**2 / (2 * density * width)).max() / math.sqrt(width)
    assert gap / reduction.relu_linearisation_gap(width, radius) == pytest.approx(2 ** (-1 / 3), rel=1e-4)


# checks: reduction-what-is-lost-is
def test_rates_of_the_bounds_for_relu_networks():
    known = {"comparator": 0.0, "steps": 400, "radius": 2.0, "lipschitz": 1.0, "second_moment": 0.1}
    small, large = 2**60, 2**66  # so wide that the slowest term is all of the gap
    for form, rate in (("plain", -1 / 4), ("projected", -1 / 6)):
        gaps = [reduction.relu_sgd_bound(form, width=width, **known).gap for width in (small, large)]
        assert gaps[1] / gaps[0] == pytest.approx((large / small) ** rate, rel=3e-3)
        assert rate in (-1 / 4, -1 / 6)


# checks: reduction-intervals-are-over-six
def test_intervals_of_measured_exponents():
    rng = np.random.default_rng(0)
    widths, covered = np.array([64.0, 256.0, 1024.0]), []
    for _ in range(4000):
        slope = reduction.power_law(widths, np.exp(0.1 * rng.standard_normal((6, 3))) / widths)
        covered.append(abs(slope.value + 1) <= slope.half_width)
    assert np.mean(covered) == pytest.approx(0.95, abs=0.014)  # four standard errors


# checks: trade-offs-the-relu-tail-falls
def test_the_tail_falls_like_a_power_of_the_degree():
    degrees = 20, 80
    tails = [price_law.tail_bounds(10**9, degree) for degree in degrees]
    for side in range(2):
        assert tails[1][side] / tails[0][side] == pytest.approx((degrees[1] / degrees[0]) ** (-3 / 2), rel=0.1)


# checks: lower-bound-with-our-triangle-inequality
def test_smallest_admissible_norm_of_the_paper():
    for dim in (1000, 3000):
        assert 2 * math.sqrt(3 / 50) * (6 + dim**-2.0) == pytest.approx(2.94, abs=5e-3)


# checks: reduction-with-the-steps-of
def test_terms_of_the_gap_along_the_path_in_the_number_of_steps():
    """With η = R/(G√T) the way τ is R√T: the terms τ², τ³ and τ³ of the theorem, with |⟨x_s, x⟩| = 1 throughout."""
    for steps in (100, 400):
        way = 2.0 * math.sqrt(steps)
        assert way**2 == pytest.approx(4 * steps)
        assert way * way * way == pytest.approx(8 * steps ** (3 / 2))


# checks: lower-bound-then-the-budget-of
def test_the_choice_of_delta_splits_the_eigenvalue():
    """√δ B₀ with δ = √Λ: what is left of Λ^(-1/2) is its square root."""
    for eigenvalue in (1e-3, 1e-9):
        delta = eigenvalue ** (1 / 2)
        assert math.sqrt(delta) / math.sqrt(eigenvalue) == pytest.approx(eigenvalue ** (-1 / 4))


# checks: polynomials-since-and-does-not
def test_width_at_which_the_steps_of_both_layers_no_longer_matter():
    """δ = C² T S/(2 r² F²) with T of order C²/ε² is of order εC^{-1} once r is of order C^{5/2}/ε^{3/2}."""
    for price, excess in ((10.0, 0.1), (40.0, 0.01)):
        steps = price**2 / excess**2
        assert price**2 * steps / (price ** (5 / 2) / excess ** (3 / 2)) ** 2 == pytest.approx(excess / price)


# checks: anti-concentration-for-would-give-the
def test_a_shorter_sum_of_relus_leaves_the_same_tail():
    for dim in (4, 9):
        assert 6 * dim ** (3 / 2) / math.sqrt(dim) == pytest.approx(6 * dim**2 / dim)


# checks: single-neuron-then-each-coordinate-is
def test_loss_on_coordinate_axes():
    dim = 7
    w, v = np.random.default_rng(0).standard_normal(dim), np.full(dim, dim ** (-1 / 2))
    inputs = np.eye(dim)  # each with probability 1/d
    loss = np.mean((np.maximum(inputs @ w, 0) - np.maximum(inputs @ v, 0)) ** 2) / 2
    assert loss == pytest.approx(np.sum((np.maximum(w, 0) - dim ** (-1 / 2)) ** 2) / (2 * dim))


# checks: single-neuron-the-first-form-has
def test_tiny_losses_keep_their_digits():
    v = np.array([1.0, 2.0, -0.5])
    for size in (2.0**-40, 2.0**-50):  # w = (1 + size) v, without rounding: the loss is size² ‖v‖²/4
        assert single_neuron.loss((1 + size) * v, v) == pytest.approx(size**2 * (v @ v) / 4, rel=1e-6)
    assert single_neuron.loss((1 + 2.0**-50) * v, v) < 2e-30


# checks: concentration-the-values-reach-in
def test_tiny_eigenvalues_of_a_wave_do_not_underflow():
    omega = math.pi / 2 * 18  # the first frequency of the triangle wave of norm about √d
    assert 1e-140 < plane_wave_eigenvalue(320, 1, omega) < 2e-140
    with np.errstate(over="ignore"):
        assert not np.isfinite(np.exp(math.lgamma(320 / 2 + 1) + 60))  # a factor of the formula as written


# checks: certified-slice-of-it-computed
def test_an_error_of_one_part_in_a_thousand_million_leaves_the_enclosure():
    low, high = certify_constants.price_constant(10)
    assert low <= high < low * (1 + Fraction(1, 10**9))
    assert low * (1 - Fraction(1, 10**9)) < low
