"""Best errors and minimal numbers of features: exact, monotone, consistent, and equal to an independent sum."""

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfcompanion import concentration, gaussian
from rfcompanion.harmonics import harmonic_dimension
from rfcompanion.lower_bound import best_relative_error, min_features
from rfcompanion.lower_bound.levels import level_features
from rfcompanion.lower_bound.unbiased import far_error


def test_reference_values():
    assert best_relative_error(5, 100) == pytest.approx(0.00298309326172, rel=1e-11)
    assert best_relative_error(20, 3000) == pytest.approx(0.0150886657814, rel=1e-11)
    assert best_relative_error(50, 10**6) == pytest.approx(0.008090349231, rel=1e-10)
    assert best_relative_error(10, 1000) == pytest.approx(0.00509, abs=5e-6)
    # the best d(d+3)/2 features reach a unit unbiased neuron to about two percent
    assert best_relative_error(10, 65) == pytest.approx(0.016, abs=5e-4)
    assert best_relative_error(50, 50 * 53 // 2) == pytest.approx(0.021, abs=5e-4)
    # [⟨θ,x⟩−3]_+ in d = 50
    assert best_relative_error(50, 314_925, bias=-3.0) == pytest.approx(0.463, abs=5e-4)


def exact_error(dim, features):
    """e_r by summing λ_ℓ = d c_ℓ² from Gamma functions at 60 digits until the features are used up."""
    with mpmath.workdps(60):
        half, left, rest, ell = mpmath.mpf(dim) / 2, mpmath.mpf(1), features, 0
        while rest > 0:
            if ell == 1:
                c = 1 / mpmath.mpf(2 * dim)
            else:
                top = mpmath.gammaprod([half, mpmath.mpf(ell - 1) / 2], [mpmath.mpf(ell + dim + 1) / 2])
                c = top / (4 * mpmath.pi)
            taken = min(rest, harmonic_dimension(dim, ell))
            left -= 2 * dim * c**2 * taken
            rest -= taken
            ell += 1 if ell < 2 else 2
        return left


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 200), st.floats(0, 25))
def test_against_an_independent_sum(dim, digits):
    features = max(1, int(10 ** min(digits, 3.0 if dim < 4 else 25)))
    exact = exact_error(dim, features)
    assert abs(best_relative_error(dim, features) / exact - 1) < 1e-12


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 1000), st.floats(1e-5, 0.99))
def test_min_features_is_the_smallest(dim, error):
    r = min_features(dim, error)
    assert best_relative_error(dim, r) <= error
    assert r == 1 or error < best_relative_error(dim, r - 1)


@settings(deadline=None, max_examples=25)
@given(st.integers(3, 100), st.floats(1e-3, 0.99), st.floats(-4, 3))
def test_min_features_is_the_smallest_with_a_bias(dim, error, bias):
    r = min_features(dim, error, bias)
    assert best_relative_error(dim, r, bias) <= error
    assert r == 1 or error < best_relative_error(dim, r - 1, bias)


@pytest.mark.parametrize("error", [5 / 8, 1e-6, 1e-12])
@pytest.mark.parametrize("dim", [2, 3, 4, 100])
def test_min_features_at_ties_and_at_tiny_errors(dim, error):
    # d = 3, ε = 5/8 is a tie: e_1 = 5/8 exactly.
    r = min_features(dim, error)
    assert best_relative_error(dim, r) <= error
    assert r == 1 or error < best_relative_error(dim, r - 1)
    if (dim, error) == (3, 5 / 8):
        assert r == 1


def test_dimension_three_is_rational():
    # d = 3: masses are rational numbers, so whole numbers of features can be checked without any rounding.
    masses = {0: Fraction(3, 8), 1: Fraction(1, 2)}
    value = Fraction(3, 8)
    for ell in range(0, 12, 2):
        value = value * Fraction((2 * ell + 5) * (ell - 1) ** 2, (2 * ell + 1) * (ell + 4) ** 2)
        masses[ell + 2] = value
    left, r = Fraction(1), 0
    for ell in (0, 1, 2, 4, 6, 8):
        left, r = left - masses[ell], r + 2 * ell + 1
        assert Fraction(best_relative_error(3, r)) >= left
        assert float(left) == pytest.approx(best_relative_error(3, r), rel=3e-16)
        assert min_features(3, best_relative_error(3, r)) == r


@settings(deadline=None, max_examples=40)
@given(st.integers(2, 60), st.integers(1, 10**12), st.integers(1, 10**6))
def test_more_features_never_hurt(dim, features, more):
    assert best_relative_error(dim, features + more) <= best_relative_error(dim, features)


@settings(deadline=None, max_examples=20)
@given(st.integers(3, 60), st.integers(1, 10**9), st.floats(-3, 3))
def test_more_features_never_hurt_with_a_bias(dim, features, bias):
    assert best_relative_error(dim, 2 * features, bias) <= best_relative_error(dim, features, bias) < 1


def test_biased_error_from_the_sorted_spectrum():
    dim, bias, features = 12, -1.0, 3000
    masses = concentration.relu_masses(dim, 60, bias)
    counts = np.array([harmonic_dimension(dim, ell) for ell in range(61)])
    per_feature = np.repeat(masses / counts, np.minimum(counts, 5000))
    captured = np.sort(per_feature)[::-1][:features].sum()
    assert best_relative_error(dim, features, bias) == pytest.approx(1 - captured, abs=1e-10)


def test_bias_near_zero_joins_the_unbiased_value():
    assert best_relative_error(10, 500, 1e-9) == pytest.approx(best_relative_error(10, 500), abs=1e-8)


@pytest.mark.parametrize("dim", [2, 3, 5, 10, 100, 1000])
def test_no_overflow_at_ten_to_the_hundred(dim):
    value = best_relative_error(dim, 10**100)
    assert math.isfinite(value)
    assert 0 < value < 1
    if dim >= 100:
        assert 0 < best_relative_error(dim, 10**100, bias=1.0) < 1
    else:  # degrees far beyond float64: said in one line, before any work
        with pytest.raises(ValueError, match="features must stay below"):
            best_relative_error(dim, 10**100, bias=1.0)


def test_far_expansion_joins_the_sum():
    dim, level = 4, 150_000
    features = level_features(dim, level) + 12_345_678
    near = best_relative_error(dim, features)
    assert far_error(dim, features, level) == pytest.approx(near, rel=1e-14)


def test_the_price_of_one_neuron():
    # ‖w*‖ of mathematics: absolute error 1/50 for a neuron of norm s is relative error 0.04/s².
    for dim, norm, count in ((20, 11.23, 6.89e10), (50, 21.96, 5.04e28), (100, 36.74, 4.52e58)):
        assert min_features(dim, 0.04 / norm**2) > count


# checks: thm-dimension, cor-methods
def test_no_feature_space_beats_the_bound():
    # Any r features: random ReLU, tangent and polynomial spaces, projected exactly, averaged over targets.
    rng = np.random.default_rng(0)
    dim, r = 6, 40
    W = rng.normal(size=(r, dim))
    targets = rng.normal(size=(400, dim))
    targets /= np.linalg.norm(targets, axis=1, keepdims=True)
    gram, cross = gaussian.relu_gram(W), gaussian.relu_gram(W, V=targets)
    errors = 1 - 2 * (cross * np.linalg.solve(gram, cross)).sum(axis=0)
    standard_error = errors.std() / 20
    assert errors.mean() > best_relative_error(dim, r) - 3 * standard_error
    tangent = gaussian.relu_tangent_gram(W[:7])
    cross = np.einsum("pij,ij->pi", gaussian.relu_tangent_gram(W[:7], targets).reshape(42, 400, dim), targets)
    errors = 1 - 2 * (cross * np.linalg.lstsq(tangent, cross, rcond=1e-12)[0]).sum(axis=0)
    assert errors.mean() > best_relative_error(dim, 42) - 3 * errors.std() / 20
