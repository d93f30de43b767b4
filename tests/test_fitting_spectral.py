"""Units of the features must not matter: scaled problems, singular matrices in any units, noise as features."""

import numpy as np
import pytest
from test_fitting_budget import gap_by_hand
from test_fitting_population import relu_problem

from rfcompanion import features
from rfcompanion.fitting import fit_population, fit_stream
from rfcompanion.fitting.spectral import powers_of_two, pseudo_inverses

DECADES = (1, 4, 6)


def rescaled(decades, seed=0, count=30):
    """A well-conditioned problem, and the same with features multiplied by factors 10^±decades."""
    gram, cross = relu_problem(8, count, seed)
    sizes = 10.0 ** np.random.default_rng(seed).uniform(-decades, decades, count)
    other = gram * sizes * sizes[:, None]
    return gram, cross, sizes, 0.5 * (other + other.T), cross * sizes


@pytest.mark.parametrize("decades", DECADES)
@pytest.mark.parametrize("method", ["auto", "eigendecomposition"])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_error_does_not_depend_on_the_units_of_the_features(decades, method, seed):
    gram, cross, sizes, other, other_cross = rescaled(decades, seed)
    one = fit_population(gram, cross, 0.5)
    two = fit_population(other, other_cross, 0.5, method=method)
    assert two.cure == "none"
    assert np.allclose(two.weights * sizes, one.weights, rtol=1e-6)
    assert abs(two.error - one.error) < 1e-9
    if two.method == "cholesky":
        assert two.condition < 4 * one.condition


@pytest.mark.parametrize("decades", DECADES)
def test_a_long_path_of_ridges_in_bad_units_equals_single_fits(decades):
    *_, gram, cross = rescaled(decades)
    ridges = np.geomspace(1e-4, 1e4, 20)
    path = fit_population(gram, cross, 0.5, ridges)
    single = [fit_population(gram, cross, 0.5, ridge).error for ridge in ridges]
    assert path.method == "eigendecomposition"
    assert np.abs(path.error - single).max() < 1e-9


@pytest.mark.parametrize("decades", DECADES)
def test_the_certificate_of_a_budget_holds_in_bad_units(decades):
    gram, cross, _, other, other_cross = rescaled(decades)
    best = fit_population(gram, cross, 0.5).error
    free = np.abs(np.linalg.solve(gram, cross))
    fit = fit_population(other, other_cross, 0.5, budget=[1e9 * 10.0**decades * free.max(), 5.0, 1.0])
    assert abs(fit.error[0] - best) < 1e-9  # no bound is active: a gap of zero must mean the least error
    assert (fit.gap <= 0.5e-8).all()
    for index in (1, 2):
        u = fit.weights[index]
        assert gap_by_hand(other, other_cross, u, fit.budget[index] / len(u)) <= 0.5e-8


@pytest.mark.parametrize("method", ["auto", "pivoting", "piqp", "admm"])
def test_equal_budgets_have_equal_answers(method):
    gram, cross = relu_problem(6, 20)
    fit = fit_population(gram, cross, 0.5, budget=[5.0, 2.0, 5.0, 2.0], method=method)
    assert (fit.gap <= 0.5e-8).all()
    assert np.array_equal(fit.weights[0], fit.weights[2])
    assert np.array_equal(fit.weights[1], fit.weights[3])


def test_a_singular_matrix_in_bad_units_is_cured_as_in_good_ones():
    gram, cross, sizes, *_ = rescaled(2)
    twice = np.r_[0:30, 0:30]
    sizes = np.concatenate([sizes, sizes[::-1]])
    gram, cross = gram[np.ix_(twice, twice)], cross[twice]
    other = gram * sizes * sizes[:, None]
    one, two = fit_population(gram, cross, 0.5), fit_population(0.5 * (other + other.T), cross * sizes, 0.5)
    assert "30 of 60 eigenvalues" in one.cure
    assert "30 of 60 eigenvalues" in two.cure
    assert "after scaling the features" in two.cure
    assert abs(one.error - two.error) < 1e-9
    fit = fit_population(0.5 * (other + other.T), cross * sizes, 0.5, budget=[1e12, 100.0])
    assert "units of the features" in fit.cure
    assert abs(fit.error[0] - one.error) < 1e-8
    assert (fit.gap <= 0.5e-8).all()


def test_large_and_small_independent_features_are_both_kept():
    fit = fit_population(np.diag([1e20, 1.0]), [0.5e10, 0.5], 1.0)
    assert abs(fit.error - 0.5) < 1e-12
    assert fit.cure == "none"


def test_a_feature_that_is_rounding_is_not_blown_up():
    gram, cross = relu_problem(6, 20)
    gram = np.pad(gram, (0, 1))
    gram[-1, :-1] = gram[:-1, -1] = 1e-17 * np.random.default_rng(0).standard_normal(20)
    gram[-1, -1] = 1e-36  # not a variance that can have such covariances
    fit = fit_population(gram, np.append(cross, 1e-17), 0.5)
    assert abs(fit.error - fit_population(gram[:-1, :-1], cross, 0.5).error) < 1e-10
    assert "1 of 21 eigenvalues" in fit.cure


def test_the_pieces_of_a_pseudo_inverse_fit_together():
    *_, gram, _ = rescaled(4)
    ridge = 1e-3
    inverse = pseudo_inverses(gram, [ridge])[0]
    assert inverse.scale is not None
    matrix = gram + ridge * np.eye(30)
    right = np.random.default_rng(1).standard_normal((30, 3)) * np.sqrt(np.diagonal(gram))[:, None]
    size = np.sqrt(np.diagonal(matrix))[:, None]
    assert np.allclose(matrix @ inverse.apply(right) / size, right / size, rtol=1e-9, atol=1e-9)
    assert np.allclose(inverse.product(inverse.apply(right)) / size, right / size, rtol=1e-9, atol=1e-9)
    assert np.allclose(inverse.project(right) / size, right / size, rtol=1e-9, atol=1e-9)
    root = inverse.root()
    assert np.allclose(size * (root @ (root.T @ right)), size * inverse.apply(right), rtol=1e-9, atol=1e-9)
    scaled = powers_of_two(gram, ridge) ** 2 * np.diagonal(matrix)
    assert (scaled >= 0.5 * scaled.max() / 2).all()
    assert powers_of_two(np.eye(3)) is None


def test_streamed_features_in_bad_units():
    f = features.relu_features(10, 40, seed=1)
    sizes = 10.0 ** np.random.default_rng(0).uniform(-6, 6, 40)
    other = features.from_callable(lambda x: f(x) * sizes.astype(x.dtype), 10, 40)
    target = lambda x: np.maximum(x[:, 0], 0.0)  # noqa: E731
    one, two = (fit_stream(g, target, 4000, held_out=100) for g in (f, other))
    assert np.allclose(two.weights * sizes, one.weights, rtol=1e-8)
    assert two.cure == "none"
