"""Periodic functions of ⟨w,x⟩: identities, two-sided bounds, and mutations that must be caught."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfcompanion import anti_concentration, concentration, correlations, gaussian, harmonics, targets

GRID = (np.arange(60_000) + 0.5) / 2500 - 12
GAUSS = np.exp(-(GRID**2) / 2) / math.sqrt(2 * math.pi) / 2500


def sines(norm):
    return math.exp(-(math.pi**2) * norm**2 / 8)


# The sum of ReLUs


# checks: lem-relu-sum
@pytest.mark.parametrize("a", [1, 3, 5, 7, 13])
def test_relu_sum_is_the_wave_inside_and_constant_outside(a):
    psi = anti_concentration.triangle_wave_as_relus(a)
    inside = np.linspace(-a, a, 1001)
    outside = np.linspace(a, 4 * a, 50)
    assert np.allclose(psi(inside), (-1) ** ((a - 1) // 2) * targets.triangle_wave(inside), atol=1e-12)
    assert np.allclose(psi(outside), 1)
    assert np.allclose(psi(-outside), -1)
    assert np.allclose(psi(inside), targets.triangle_wave_relu_sum(inside, a), atol=1e-12)
    assert len(psi.biases) == a + 1
    assert abs(psi.biases).max() == a
    assert abs(psi.coefficients).max() <= 2
    assert abs(psi.coefficients).sum() == 2 * a


# checks: lem-relu-sum
@pytest.mark.parametrize("mutation", ["double", "flip", "shift", "sign"])
def test_relu_sum_mutations_are_caught(mutation):
    a = 7
    psi = anti_concentration.triangle_wave_as_relus(a)
    coefficients, biases, sign = psi.coefficients.copy(), psi.biases.copy(), (-1) ** ((a - 1) // 2)
    if mutation == "double":
        coefficients[3] *= 2
    elif mutation == "flip":
        coefficients[3] *= -1
    elif mutation == "shift":
        biases[3] += 1
    else:
        sign = (-1) ** ((a + 1) // 2)
    mutated = anti_concentration.ReluSum(psi.constant, coefficients, biases)
    z = np.linspace(-a, a, 1001)
    assert abs(mutated(z) - sign * targets.triangle_wave(z)).max() > 0.5


# The phase


# checks: lem-phase
@pytest.mark.parametrize("period", [1.0, 2.0, 4.0])
@pytest.mark.parametrize("width", [0.1, 0.2, 0.35, 0.39, 0.41, 0.6, 0.9, 1.2])
def test_phase_ratio_is_the_wrapped_normal_and_the_distance_is_bounded(period, width):
    s = width * period
    u = (np.arange(4000) + 0.5) * period / 4000
    wrapped = (
        sum(np.exp(-(((u - m * period) / s) ** 2) / 2) for m in range(-12, 13)) * period / s / math.sqrt(2 * math.pi)
    )
    ratio = anti_concentration.phase_ratio(u, s, period)
    assert np.allclose(ratio, wrapped, atol=1e-12)
    q = math.exp(-2 * (math.pi * width) ** 2)
    total = sum(q ** (n * n) for n in range(1, 40))
    assert (abs(ratio - 1) <= 2 * total + 1e-14).all()  # rounding of ratio itself
    distance = anti_concentration.phase_distance(s, period)
    assert abs(distance - abs(ratio - 1).mean() / 2) < 1e-6
    assert 2 / math.pi * (q - q**9 / 3) * (1 - 1e-12) <= distance <= 2 / math.pi * total * (1 + 1e-12)


# checks: lem-phase
def test_phase_bounds_are_sharp_so_mutations_fail():
    s = 2.0
    distance, q = anti_concentration.phase_distance(s), sines(s)
    assert not distance <= 2 / math.pi * q / 2  # upper bound halved
    assert not distance >= 2 / math.pi * (2 * q)  # lower bound doubled
    assert not distance <= 2 / math.pi * q**2  # exponent doubled
    assert not distance <= 2 / math.pi * sines(s) ** 4  # period 2 mistaken for period 4
    ratio = anti_concentration.phase_ratio(0.0, s)
    assert ratio > 1 + 1.9 * q
    assert not abs(ratio - 1) <= q


def test_phase_distance_joins_smoothly():
    for s in (1.6, 4.0):  # where the computation changes branch
        low, high = (anti_concentration.phase_distance(s * (1 + e)) for e in (-1e-9, 1e-9))
        assert abs(low / high - 1) < 1e-6


# Norms


# checks: thm-periodic-norm
@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.floats(-1, 1), min_size=1, max_size=5),
    st.lists(st.floats(-1, 1), min_size=1, max_size=5),
    st.floats(0.3, 3),
)
def test_every_periodic_function_keeps_its_size(cosines, sine_parts, s):
    size = max(len(cosines), len(sine_parts))
    c = np.zeros(2 * size + 1, dtype=complex)
    for k, value in enumerate(cosines, 1):
        c[[size + k, size - k]] += value / 2
    for k, value in enumerate(sine_parts, 1):
        c[size + k] -= 0.5j * value
        c[size - k] += 0.5j * value
    omega = math.pi * s / 2
    norm2 = anti_concentration.periodic_norm2(c, omega)
    k = np.arange(-size, size + 1)
    values = (c @ np.exp(1j * math.pi / 2 * s * np.outer(k, GRID[::20]))).real
    assert abs(norm2 - 20 * GAUSS[::20] @ values**2) < 1e-6
    theta = 2 * sum(sines(s) ** (n * n) for n in range(1, 60))
    mean_square = (abs(c) ** 2).sum()
    assert (1 - theta) * mean_square - 1e-12 <= norm2 <= (1 + theta) * mean_square + 1e-12


# checks: prp-triangle-norm
@pytest.mark.parametrize("s", [0.1, 0.25, 0.4, 0.7, 1.0, 1.7])
def test_triangle_norm_and_its_two_sided_bounds(s):
    value = targets.triangle_wave_norm2(s)
    assert abs(value - GAUSS @ targets.triangle_wave(s * GRID) ** 2) < 2e-6
    e = math.exp(-(math.pi**2) * s**2 / 2)
    assert 1 / 3 - 4 / math.pi**2 * e <= value <= 1 / 3 - 4 / math.pi**2 * (e - e**4 / 4) + 1e-15
    density = math.exp(-1 / (2 * s * s)) / math.sqrt(2 * math.pi)
    assert s**2 * (1 - 2 * density / s - math.erfc(1 / s / math.sqrt(2))) <= value * (1 + 1e-12)
    assert value <= s**2 * (1 + 1e-12)


# checks: prp-triangle-norm
def test_triangle_norm_mutations_are_caught():
    s = 0.6
    value, e = targets.triangle_wave_norm2(s), math.exp(-(math.pi**2) * 0.36 / 2)
    assert not 1 / 3 - 2 / math.pi**2 * e <= value  # constant halved: no longer a lower bound
    assert not 1 / 3 - 4 / math.pi**2 * e**2 <= value  # exponent doubled
    assert not value <= 1 / 3 - 8 / math.pi**2 * (e - e**4 / 4)  # constant doubled: no longer an upper bound
    k, a = targets.triangle_wave_fourier(300)
    diagonal = (a**2 / 2 * (1 - np.exp(-2 * (k * math.pi * s / 2) ** 2))).sum()
    assert abs(diagonal - value) > 0.01  # the cross terms matter


def test_gaussian_tail_constant():
    tau = np.linspace(0, 8, 200)
    tail = np.array([math.erfc(t / math.sqrt(2)) for t in tau])
    assert (tail <= np.exp(-(tau**2) / 2)).all()
    assert not (tail <= np.exp(-(tau**2) / 2) / 2).all()
    assert not (tail <= np.exp(-(tau**2))).all()


# checks: lem-tail
@pytest.mark.parametrize("s", [0.7, 2.0])
@pytest.mark.parametrize("a", [1, 3, 7])
def test_relu_sum_is_close_to_the_wave_in_norm(s, a):
    psi = anti_concentration.triangle_wave_as_relus(a)
    gap = psi(s * GRID) - (-1) ** ((a - 1) // 2) * targets.triangle_wave(s * GRID)
    norm = math.sqrt(GAUSS @ gap**2)
    assert norm <= 2 * math.exp(-(a**2) / (4 * s * s))
    if (s, a) == (2.0, 3):
        assert not norm <= 2 * math.exp(-(a**2) / (2 * s * s)) / 2  # the exponent of the square is a mutation


# checks: lem-slow-waves
@pytest.mark.parametrize("s", [0.2, 0.4, 0.8, 2.0])
def test_slow_waves_are_linear(s):
    gap = GAUSS @ (targets.triangle_wave(s * GRID) - s * GRID) ** 2
    bound = 8 * s**2 * gaussian.relu_norm2(-1 / s)
    assert gap <= bound * (1 + 1e-4)  # the two are close: quadrature error
    if s == 0.2:
        assert not gap <= bound / 2
        assert not gap <= 8 * s**2 * gaussian.relu_norm2(-2 / s)


# How many features


@pytest.mark.parametrize(("dim", "expected"), [(10, "4.2e+03"), (20, "2.1e+09"), (40, "2.2e+21"), (100, "2.0e+58")])
def test_features_for_a_tenth_of_the_wave(dim, expected):
    assert f"{float(anti_concentration.min_features_to_capture(dim, math.sqrt(dim), 0.1)):.1e}" == expected


def test_features_are_minimal():
    dim, s = 7, 2.0
    values = concentration.triangle_wave_eigenvalues(dim, s, 60)
    counts = [harmonics.harmonic_dimension(dim, n) for n in range(20)]
    spectrum = np.sort(np.repeat(values[:20], counts))[::-1]
    captured = np.cumsum(spectrum) / targets.triangle_wave_norm2(s)
    for share in (0.01, 0.1, 0.3, 0.5):
        r = anti_concentration.min_features_to_capture(dim, s, share)
        assert captured[r - 1] >= share - 1e-12
        assert captured[r - 2] < share
    more = [anti_concentration.min_features_to_capture(dim, s, share) for share in (0.1, 0.2, 0.4, 0.8)]
    assert more == sorted(more)


# Correlations of features with waves


@pytest.mark.parametrize("dim", [3, 6])
def test_transforms_against_monte_carlo(dim):
    rng = np.random.default_rng(dim)
    x = rng.standard_normal((400_000, dim))
    v, a, y, c = rng.standard_normal((4, dim))
    v /= np.linalg.norm(v)
    y *= 1.2 / np.linalg.norm(y)
    bias, width = 0.4, 1.7
    wave = np.exp(1j * x @ y)
    cases = [
        (np.maximum(x @ v + bias, 0), correlations.relu_transform(v @ y, y @ y, bias)),
        ((x @ a) * (x @ v + bias > 0), correlations.tangent_transform(a @ y, v @ y, a @ v, y @ y, bias)),
        (np.exp(-((x - c) ** 2).sum(1) / 2 / width**2), correlations.kernel_transform(c @ y, y @ y, c @ c, dim, width)),
    ]
    for feature, closed in cases:
        for part, value in ((np.real, closed.real), (np.imag, closed.imag)):
            sample = part(feature * wave)
            z = (sample.mean() - value) / (sample.std() / math.sqrt(len(sample)))
            assert abs(z) < 4.5
        # mutations: factor two, complex conjugate
        sample = np.imag(feature * wave)
        error = sample.std() / math.sqrt(len(sample))
        assert abs(sample.mean() - 2 * closed.imag) > 6 * error or abs(closed.imag) < 6 * error
        assert abs(sample.mean() + closed.imag) > 6 * error or abs(closed.imag) < 6 * error


def test_transforms_do_not_overflow():
    t = np.linspace(-1, 1, 41)
    for frequency in (50.0, 400.0):
        values = correlations.relu_transform(frequency * t, frequency**2, -0.5)
        assert np.isfinite(values).all()
        assert abs(values).max() < 1


def test_triangle_correlation_of_a_neuron_is_linear_in_the_cosine():
    s, t = 1.1, np.linspace(-1, 1, 9)
    value = correlations.triangle_correlation(lambda k: correlations.relu_transform(k * t, k * k), s, terms=2000)
    linear = GAUSS @ (GRID * targets.triangle_wave(s * GRID)) / 2
    assert np.allclose(value, linear * t, atol=2e-6)


# Errors


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: anti_concentration.triangle_wave_as_relus(4), "half_width must be odd, got 4"),
        (lambda: anti_concentration.triangle_wave_as_relus(0), "half_width must be at least 1"),
        (lambda: anti_concentration.phase_distance(0.0), "norm must be greater than 0"),
        (lambda: anti_concentration.phase_ratio(0.0, 1.0, -1), "period must be greater than 0"),
        (lambda: anti_concentration.periodic_norm2([1, 2], 1.0), "odd number of them"),
        (lambda: anti_concentration.elementary_bound(2, 1.0), "dim must be at least 3"),
        (lambda: anti_concentration.elementary_bound(5, 1.0, 1.0), "threshold must be less than 1"),
        (lambda: anti_concentration.min_features_to_capture(5, 1.0, 1.5), "share must be less than 1"),
        (lambda: correlations.kernel_transform(0, 0, 1.0, 3, 0.0), "width must be greater than 0"),
        (lambda: correlations.relu_transform(0, 0, math.nan), "bias must be finite"),
    ],
)
def test_errors_name_the_argument(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()
