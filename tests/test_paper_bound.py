"""The paper's chain with our constants: each lemma against an independent computation, and against wrong constants."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfcompanion import concentration, paper_bound, targets
from rfcompanion.anti_concentration import triangle_wave_as_relus
from rfcompanion.harmonics import harmonic_dimension


# checks: lem-wave-eigenvalue
@pytest.mark.parametrize(("dim", "norm"), [(3, 1.0), (5, 2.0), (10, math.sqrt(10)), (20, 5.0), (40, 12.0), (7, 30.0)])
def test_eigenvalue_bound_is_above_the_spectrum_and_close(dim, norm):
    largest = concentration.triangle_wave_eigenvalues(dim, norm, 31).max()
    bound = math.exp(paper_bound.log_wave_eigenvalue(dim, norm))
    assert largest <= bound * (1 + 1e-9) < 1.25 * largest
    assert bound <= math.exp(paper_bound.log_wave_eigenvalue(dim, norm, "elementary"))
    assert bound / 2 < largest, "mutation: half the bound is wrong"


def test_eigenvalue_bound_closes_its_series():
    k, a = targets.triangle_wave_fourier(4000)
    omega = math.pi * 1.3 / 2 * k
    roots = [math.sqrt(concentration.plane_wave_eigenvalue(3, 1, w)) for w in omega]
    assert all(x > y for x, y in itertools.pairwise(roots))
    full = float(np.abs(a) @ roots) ** 2
    bound = math.exp(paper_bound.log_wave_eigenvalue(3, 1.3))
    assert full <= bound < 1.02 * full


def wave_gap2(half_width, norm):
    """‖ψ_a(⟨w,·⟩) ∓ tri(⟨w,·⟩)‖² by quadrature."""
    z = np.linspace(-12, 12, 400_001)
    weight = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi) * (z[1] - z[0])
    sign = (-1) ** ((half_width - 1) // 2)
    return float(
        ((triangle_wave_as_relus(half_width)(norm * z) - sign * targets.triangle_wave(norm * z)) ** 2) @ weight
    )


@pytest.mark.parametrize(("half_width", "norm"), [(1, 1.0), (3, 2.0), (5, 2.0), (9, 5.0)])
def test_defect_bounds_the_wave_outside_the_sum(half_width, norm):
    choice = paper_bound.wave_choice(5, 1e9, 1e-18, norm, half_width)
    assert wave_gap2(half_width, norm) <= choice.defect**2
    if half_width < 9:
        assert wave_gap2(half_width, norm) > (choice.defect / 4) ** 2, "mutation: a quarter of the tail is wrong"
    wrong_sign = targets.triangle_wave_relu_sum(0.5, 3) - targets.triangle_wave(0.5)
    assert abs(wrong_sign) > 0.9, "mutation: without (−1)^((a−1)/2) the wave is missed"


# checks: lem-transfer
def test_defect_adds_one_error_for_each_piece():
    sums = triangle_wave_as_relus(7)
    assert np.abs(sums.coefficients).sum() == 2 * 7
    norm, error, wave_norm = 50.0, 0.01, 2.5
    choice = paper_bound.wave_choice(6, norm, error, wave_norm, 7)
    scale = norm / wave_norm
    tail = 2 * math.sqrt(math.erfc(7 / wave_norm / math.sqrt(2)))
    assert choice.defect == pytest.approx(np.abs(sums.coefficients).sum() / scale * math.sqrt(error) + tail, rel=1e-13)


# checks: lem-transfer
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([1, 3, 5]), st.floats(0.3, 2.5), st.floats(0.2, 5.0))
def test_transfer_inequality_on_random_networks(seed, half_width, norm, scale):
    """Features that are functions of ⟨w,x⟩ alone: every norm of the lemma is a one-dimensional integral."""
    rng, a, S = np.random.default_rng(seed), half_width, scale
    z = np.linspace(-12, 12, 24_001)
    weight = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi) * (z[1] - z[0])
    wave = targets.triangle_wave(norm * z)
    n = math.sqrt(weight @ wave**2)
    sums = triangle_wave_as_relus(a)
    neurons = S * np.maximum(norm * z[:, None] + sums.biases, 0)  # by homogeneity, those of norm S‖w‖
    features = np.maximum(rng.standard_normal(6) * z[:, None] + rng.standard_normal(6), 0)
    features = np.hstack([features, neurons + 0.05 * rng.standard_normal(a + 1) * z[:, None]])
    fitted = np.linalg.lstsq(np.sqrt(weight)[:, None] * features, np.sqrt(weight)[:, None] * neurons, rcond=1e-6)[0]
    U = np.abs(fitted).max()
    errors = np.sqrt(weight @ (features @ fitted - neurons) ** 2)
    tail = 2 * math.sqrt(math.erfc(a / norm / math.sqrt(2)))
    left = n * (n - np.abs(sums.coefficients) @ errors / S - tail)
    right = 2 * a * U / S * np.abs((weight * wave) @ features).sum()
    assert left <= right * (1 + 1e-9) + 1e-9


def test_transfer_inequality_notices_a_smaller_constant():
    """a = 1, a slow wave: one feature z + 1 fits both neurons, and 2aU/S can lose no more than its factor two."""
    z = np.linspace(-12, 12, 24_001)
    weight = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi) * (z[1] - z[0])
    norm = 0.15
    wave, feature = targets.triangle_wave(norm * z), norm * z + 1
    n = math.sqrt(weight @ wave**2)
    errors = (
        math.sqrt(weight @ (np.maximum(norm * z + 1, 0) - feature) ** 2),
        math.sqrt(weight @ np.maximum(norm * z - 1, 0) ** 2),
    )
    left = n * (n - sum(errors) - 2 * math.sqrt(math.erfc(1 / norm / math.sqrt(2))))
    right = 2 * abs((weight * wave) @ feature)
    assert 0 < left <= right
    assert left > right / 4, "mutation: a quarter of the constant is wrong"


# checks: thm-wave-width
@pytest.mark.parametrize(
    ("dim", "norm", "error", "wave_norm", "half_width"), [(5, 9.0, 0.02, 2.0, 5), (8, 30.0, 0.02, 2.5, 7)]
)
def test_width_by_the_wave_from_the_spectrum(dim, norm, error, wave_norm, half_width):
    """The least r whose best features could leave D² of the wave, counted eigenvalue by eigenvalue."""
    choice = paper_bound.wave_choice(dim, norm, error, wave_norm, half_width)
    assert 0 < choice.defect < choice.norm
    eigenvalues = concentration.triangle_wave_eigenvalues(dim, wave_norm, 25)
    counts = [harmonic_dimension(dim, degree) for degree in range(26)]
    spectrum = np.sort(np.repeat(eigenvalues, np.minimum(counts, 400_000)))[::-1]
    captured = np.cumsum(spectrum)
    needed = choice.norm**2 - choice.defect**2
    r = int(np.searchsorted(captured, needed * (1 - 1e-12))) + 1
    assert paper_bound.width_bound(choice, dim) == r
    assert needed / math.exp(choice.log_eigenvalue) <= r  # the simple form is weaker
    for wrong in (needed / 2, 2 * needed, choice.norm**2 + choice.defect**2, (choice.norm - choice.defect) ** 2):
        assert int(np.searchsorted(captured, wrong)) + 1 != r, "mutation: another right-hand side gives another r"
    # r − 1 features cannot: the best of them leave more than D² of the wave
    assert choice.norm**2 - captured[r - 2] > choice.defect**2 * (1 - 1e-12)


def test_homogeneity_of_the_scaled_sum():
    rng = np.random.default_rng(0)
    z, scale = rng.standard_normal(1000) * 2, 3.7
    sums = triangle_wave_as_relus(5)
    scaled = -1 + (np.maximum(scale * z[:, None] + scale * sums.biases, 0) @ sums.coefficients) / scale
    np.testing.assert_allclose(scaled, targets.triangle_wave_relu_sum(z, 5), atol=1e-12)


# checks: lem-invisible
@pytest.mark.parametrize("dim", [5, 8])
def test_invisibility_by_monte_carlo(dim):
    """r copies of one top eigenfunction: E Σ|⟨f,T_w⟩| ≤ rF√λ, and not below half of it."""
    norm, r, rng = math.sqrt(dim), 4, np.random.default_rng(1)
    eigenvalues = concentration.triangle_wave_eigenvalues(dim, norm, 9)
    assert eigenvalues.argmax() == 1
    theta = rng.standard_normal((40_000, dim))
    theta /= np.linalg.norm(theta, axis=1)[:, None]
    # the top eigenfunction is odd of degree one: its correlation with T_w is √(dλ)·⟨w/‖w‖, e⟩
    correlations = r * np.abs(math.sqrt(dim * eigenvalues[1]) * theta[:, 0])
    bound = r * math.exp(paper_bound.log_wave_eigenvalue(dim, norm) / 2)
    assert correlations.mean() <= bound
    assert correlations.mean() > bound / 2, "mutation: half the bound is wrong"
    second = (correlations**2).mean()
    error = (correlations**2).std() / math.sqrt(len(correlations))
    assert abs(second - r**2 * eigenvalues[1]) < 5 * error


# checks: lem-correlation
@given(st.floats(0.1, 0.99), st.integers(0, 1000))
@settings(max_examples=30, deadline=None)
def test_correlation_is_needed(share, seed):
    """‖N − T‖ ≤ D forces ⟨N,T⟩ ≥ n(n − D), attained; expanding the square gives less."""
    rng = np.random.default_rng(seed)
    T = rng.standard_normal(30)
    n = np.linalg.norm(T)
    D = share * n
    step = rng.standard_normal(30)
    N = T + D * step / np.linalg.norm(step)
    assert N @ T >= n * (n - D) * (1 - 1e-12)
    extreme = T * (1 - D / n)
    assert extreme @ T == pytest.approx(n * (n - D), rel=1e-10)
    assert extreme @ T < 2 * n * (n - D), "mutation: twice the bound is wrong"
    assert n * (n - D) >= (n**2 - D**2) / 2


# checks: lem-averaging, thm-high-probability
def test_average_over_the_lucky_draws():
    """One feature, lucky with probability δ: the averaged network keeps its error, and its correlation the bound."""
    rng = np.random.default_rng(2)
    draws, lucky_share, U = 20_000, 0.1, 2.0
    T, target = np.array([1.0, 0.0, 0.0]), np.array([0.9, 0.8, 0.0])
    features = np.concatenate([0.01 * rng.standard_normal((draws, 1)), rng.standard_normal((draws, 2))], axis=1)
    lucky = rng.random(draws) < lucky_share
    features[lucky] = target / U + 0.02 * rng.standard_normal((lucky.sum(), 3))
    networks = U * features
    radius = np.linalg.norm(networks[lucky] - target, axis=1).max()
    mean = networks[lucky].mean(axis=0)
    assert np.linalg.norm(mean - target) <= radius
    root_mean_square = math.sqrt(((features @ T) ** 2).mean())
    assert abs(mean @ T) <= U / math.sqrt(lucky.mean()) * root_mean_square
    assert abs(mean @ T) > U / math.sqrt(lucky.mean()) * root_mean_square / 2, "mutation: half the bound is wrong"
    assert abs(mean @ T) > U * root_mean_square, "mutation: the factor 1/√δ is needed"


# checks: thm-weights-width
def test_the_weight_bound_scales_as_it_should():
    choice = paper_bound.wave_choice(20, 40.0, 0.02, 4.0, 13)
    base = paper_bound.weights_bound(choice, 40.0)
    assert paper_bound.weights_bound(choice, 40.0, feature_norm=3.0) == pytest.approx(base - math.log(3), abs=1e-12)
    assert paper_bound.weights_bound(choice, 40.0, failure=0.01) == pytest.approx(base - math.log(10), abs=1e-12)
    # one norm twice as large with twice the error's root is the same problem in other units
    doubled = paper_bound.wave_choice(20, 80.0, 0.08, 4.0, 13)
    assert doubled.defect == pytest.approx(choice.defect, rel=1e-14)
    assert paper_bound.weights_bound(doubled, 80.0) == pytest.approx(base + math.log(2), abs=1e-12)
    explicit = 40 / (2 * 13 * 4) * choice.norm * (choice.norm - choice.defect) / math.exp(choice.log_eigenvalue / 2)
    assert math.exp(base) == pytest.approx(explicit, rel=1e-12)


def test_the_papers_wave_needs_three_times_its_norm():
    for dim in (10, 50, 200):
        a = 6 * dim**2 + 1
        silent = paper_bound.wave_choice(dim, dim**3, 1 / 50, dim, a)
        assert silent.defect > silent.norm
        assert paper_bound.weights_bound(silent, dim**3) == -math.inf
        assert paper_bound.width_bound(silent, dim) == 0
        speaking = paper_bound.wave_choice(dim, 3 * dim**3, 1 / 50, dim, a)
        assert speaking.defect < speaking.norm
    assert 2 * math.sqrt(3 / 50) * 6 == pytest.approx(2.94, abs=0.001)


GRID = [(dim, factor, error) for dim in (3, 6, 12, 25) for factor in (1.0, 5.0) for error in (1e-3, 0.02, 0.3)]


# checks: prp-chain
@pytest.mark.parametrize(("dim", "factor", "error"), GRID)
def test_chain_of_bounds(dim, factor, error):
    norm = factor * dim
    chain = paper_bound.chain(dim, norm, error)
    scaled = chain.weights / norm
    assert scaled <= max(chain.width, 0) or chain.width == 0 == scaled
    assert chain.width <= chain.exact
    for_weights = paper_bound.best_choice(dim, norm, error)
    if for_weights is not None:
        assert math.exp(for_weights.log_eigenvalue / 2) <= 2 * for_weights.half_width * for_weights.wave_norm
        assert math.exp(paper_bound.weights_bound(for_weights, norm)) == pytest.approx(chain.weights, rel=1e-12)


def test_larger_neurons_and_smaller_errors_cost_more():
    weights = [paper_bound.chain(15, norm, 0.02).log_weights - math.log(norm) for norm in (20, 40, 80)]
    widths = [paper_bound.chain(15, 30, error).width for error in (0.1, 0.02, 0.004)]
    assert weights == sorted(weights)
    assert widths == sorted(widths)


def test_bad_input():
    with pytest.raises(ValueError, match="half_width must be odd, got 4"):
        paper_bound.wave_choice(5, 10.0, 0.02, 2.0, 4)
    with pytest.raises(ValueError, match="wave_norm must be at least 1"):
        paper_bound.log_wave_eigenvalue(5, 0.5)
    with pytest.raises(ValueError, match="failure must be at most 1"):
        paper_bound.weights_bound(paper_bound.wave_choice(5, 10.0, 0.02, 2.0, 3), 10.0, failure=2.0)
    with pytest.raises(ValueError, match="spectrum must be one of"):
        paper_bound.log_wave_eigenvalue(5, 2.0, "guess")
    with pytest.raises(ValueError, match="error must be less than"):
        paper_bound.chain(5, 1.0, 0.7)
    with pytest.raises(ValueError, match="goal must be one of"):
        paper_bound.best_choice(5, 10.0, 0.02, "both")
