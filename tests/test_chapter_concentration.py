"""The statements of the chapter "Concentration", each against an independent computation, with mutations."""

import math
from functools import cache

import mpmath
import numpy as np
import pytest
from scipy.special import gammaln, iv, jv

from rfcompanion import anti_concentration, concentration, correlations, harmonics, targets


@cache
def radial(dim, cuts=(), nodes=160):
    """Nodes and weights for the law of |x|, with panels that end at ``cuts``: c_ℓ(ρ) has kinks where g does."""
    ends = np.array([0.0, *cuts, math.sqrt(dim) + 11])
    t, w = np.polynomial.legendre.leggauss(max(12, nodes // (len(ends) - 1)))
    half = np.diff(ends)[:, None] / 2
    rho, w = (ends[:-1, None] + half + half * t).ravel(), (half * w).ravel()
    w = w * np.exp((dim - 1) * np.log(rho) - rho**2 / 2)
    return rho, w / w.sum()


def sphere_mean(dim, function, nodes=3000):
    """∫ function dμ_d in the angle, with weights that keep their relative accuracy near t = ±1."""
    angle = (np.arange(nodes) + 0.5) * math.pi / nodes
    density = np.sin(angle) ** (dim - 2)
    return (density @ function(np.cos(angle))) / density.sum()


def polar_eigenvalues(dim, function, kinks, max_degree, nodes=80):
    """E_ρ c_ℓ(ρ)² by brute quadrature."""
    rho, w = radial(dim, tuple(z for z in sorted(kinks) if 0 < z < math.sqrt(dim) + 10))
    c = np.array([harmonics.funk_hecke(function, dim, max_degree, r, kinks, nodes) for r in rho])
    return w @ c**2


# Funk–Hecke and Rodrigues


# checks: lem-funk-hecke
@pytest.mark.parametrize("dim", [3, 6])
def test_funk_hecke_by_monte_carlo(dim):
    rng = np.random.default_rng(dim)
    xi = rng.standard_normal((400_000, dim))
    xi /= np.linalg.norm(xi, axis=1, keepdims=True)
    theta = np.full(dim, 1 / math.sqrt(dim))

    def harmonic(x):  # x_1 x_2 + x_1² − x_3²: harmonic of degree 2
        return x[..., 0] * x[..., 1] + x[..., 0] ** 2 - x[..., 2] ** 2

    sample = np.exp(1.5 * (xi @ theta)) * harmonic(xi)
    c2 = harmonics.funk_hecke(lambda z: np.exp(1.5 * z), dim, 2)[2]
    error = sample.std() / math.sqrt(len(sample))
    assert abs(sample.mean() - c2 * harmonic(theta)) < 4 * error
    assert abs(sample.mean() - 2 * c2 * harmonic(theta)) > 6 * error


# checks: lem-rodrigues
@pytest.mark.parametrize("dim", [3, 4, 9])
@pytest.mark.parametrize("degree", [1, 2, 5])
def test_rodrigues_formula(dim, degree):
    t, w = np.polynomial.legendre.leggauss(400)
    surface = math.exp(gammaln(dim / 2) - gammaln((dim - 1) / 2)) / math.sqrt(math.pi)
    factor = math.exp(gammaln((dim - 1) / 2) - gammaln(degree + (dim - 1) / 2)) / 2**degree
    right = surface * factor * 0.7**degree * (w @ (np.exp(0.7 * t) * (1 - t**2) ** (degree + (dim - 3) / 2)))
    left = harmonics.funk_hecke(lambda z: np.exp(0.7 * z), dim, degree)[degree]
    assert abs(left / right - 1) < 1e-7
    assert abs(left / (right * 2**degree) - 1) > 0.4  # the 2^ℓ of R_ℓ matters


# Spectrum


# checks: thm-spectrum, cor-dual
@pytest.mark.parametrize("dim", [3, 5, 8])
def test_spectrum_of_the_triangle_wave_both_ways(dim):
    s = 1.2
    closed = concentration.triangle_wave_eigenvalues(dim, s, 7)
    polar = polar_eigenvalues(dim, lambda z: targets.triangle_wave(s * z), np.arange(-15, 16, 2) / s, 7, 30)
    assert np.allclose(polar, closed, rtol=1e-7, atol=1e-14)
    assert abs(polar[1] / (2 * closed[1]) - 1) > 0.4


# checks: thm-spectrum, cor-dual
def test_trace_and_sum_of_squares():
    dim, s = 6, 1.5
    values = concentration.triangle_wave_eigenvalues(dim, s, 61)
    sizes = np.array([float(harmonics.harmonic_dimension(dim, n)) for n in range(62)])
    assert abs(sizes @ values / targets.triangle_wave_norm2(s) - 1) < 2e-4
    t, mu = harmonics.sphere_quadrature(dim, 200)
    kappa = triangle_kernel(s, t)
    assert abs(sizes @ values**2 / (mu @ kappa**2) - 1) < 1e-9
    wrong = np.array([math.comb(n + dim - 1, dim - 1) for n in range(62)], dtype=float)  # not only harmonics
    assert abs(wrong @ values / targets.triangle_wave_norm2(s) - 1) > 0.1


def triangle_kernel(s, t, terms=40):
    k, a = targets.triangle_wave_fourier(terms)
    omega = k * math.pi * s / 2
    square, cross = (omega[:, None] ** 2 + omega**2) / 2, np.outer(omega, omega)
    return np.array([a @ (np.exp(cross * x - square) - np.exp(-cross * x - square)) @ a / 2 for x in np.atleast_1d(t)])


# checks: thm-spectrum
def test_variance_of_a_feature_is_the_spectral_sum():
    dim, s, bias = 4, 1.0, 0.5
    rho, w = radial(dim)
    kinks = np.arange(-17, 18, 2) / s
    wave = np.array([harmonics.funk_hecke(lambda z: targets.triangle_wave(s * z), dim, 11, r, kinks, 30) for r in rho])
    relu = np.array([harmonics.funk_hecke(lambda z: np.maximum(z + bias, 0), dim, 11, r, [-bias], 60) for r in rho])
    spectral = sum(harmonics.harmonic_dimension(dim, n) * (w @ (wave[:, n] * relu[:, n])) ** 2 for n in range(12))
    t, mu = harmonics.sphere_quadrature(dim, 120)
    values = correlations.triangle_correlation(lambda k: correlations.relu_transform(k * t, k * k, bias), s)
    assert abs(spectral / (mu @ values**2) - 1) < 1e-3
    assert mu @ values**2 < concentration.triangle_wave_eigenvalues(dim, s, 5).max()  # ‖f‖ < 1 here


# checks: thm-spectrum
def test_supremum_is_attained_by_the_eigenfunction():
    # f = c_1(ρ) ξ_1 √d/√λ_1: E_θ⟨f,φ_θ⟩² = λ_1 exactly, since ⟨f,φ_θ⟩ = √λ_1 √d θ_1.
    dim, omega = 5, 1.3
    rho, w = radial(dim)
    c1 = np.array([harmonics.funk_hecke(lambda z: np.sin(omega * z), dim, 1, r, nodes=60)[1] for r in rho])
    lam = w @ c1**2
    assert abs(lam / concentration.plane_wave_eigenvalue(dim, 1, omega) - 1) < 1e-9
    rng = np.random.default_rng(0)
    x = rng.standard_normal((300_000, dim))
    r = np.linalg.norm(x, axis=1)
    order = np.argsort(rho)
    f = np.interp(r, rho[order], c1[order]) * x[:, 0] / r * math.sqrt(dim / lam)
    theta = np.eye(dim)[0] * 0.6 + np.eye(dim)[1] * 0.8
    sample = f * np.sin(omega * x @ theta)
    assert abs(sample.mean() - math.sqrt(lam * dim) * 0.6) < 4 * sample.std() / math.sqrt(len(x)) + 1e-4


# checks: prp-degrees
@pytest.mark.parametrize("dim", [4, 12])
def test_mean_laplacian_of_the_degrees(dim):
    degrees = np.arange(400)
    for omega in (0.5, 2.0, 5.0):
        mass = np.exp(
            [
                math.log(harmonics.harmonic_dimension(dim, n))
                + concentration.plane_wave_eigenvalue(dim, n, omega, log=True)
                for n in range(120)
            ]
        )
        total = (mass * degrees[:120] * (degrees[:120] + dim - 2)).sum()
        assert abs(total / ((dim - 1) * omega**2) - 1) < 1e-9
        assert abs(total / (dim * omega**2) - 1) > 0.05  # d in place of d − 1 is caught


# Plane waves


# checks: lem-weber
@pytest.mark.parametrize(("order", "a", "b"), [(0, 1, 2), (0.5, 1.1, 0.4), (3, 2, 2), (6.5, 1.5, 3)])
def test_weber_integral(order, a, b):
    with mpmath.workdps(20):
        left = mpmath.quad(
            lambda r: mpmath.exp(-r * r / 2) * mpmath.besselj(order, a * r) * mpmath.besselj(order, b * r) * r,
            mpmath.linspace(0, 12, 13),
        )
    right = math.exp(-(a * a + b * b) / 2) * iv(order, a * b)
    assert abs(float(left) / right - 1) < 1e-10
    assert abs(float(left) / (math.exp((a * a + b * b) / 2) * iv(order, a * b)) - 1) > 0.5  # sign of the exponent
    assert abs(float(left) / (math.exp(-(a * a + b * b) / 2) * jv(order, a * b)) - 1) > 0.02  # J in place of I


# checks: thm-plane-waves
@pytest.mark.parametrize(
    ("dim", "degree", "omega", "omega2"), [(3, 0, 1, 1), (5, 2, 1.5, 0.8), (10, 4, 3, 3), (12, 3, 2, 4)]
)
def test_plane_wave_eigenvalues_by_two_quadratures(dim, degree, omega, omega2):
    value = concentration.plane_wave_eigenvalue(dim, degree, omega, omega2)
    t, mu = harmonics.sphere_quadrature(dim, 120)
    dual = (mu * np.exp(omega * omega2 * (t - 1) - (omega - omega2) ** 2 / 2)) @ harmonics.legendre(dim, degree, t)[-1]
    assert abs(dual / value - 1) < 1e-9
    trig = np.cos if degree % 2 == 0 else np.sin
    rho, w = radial(dim)
    c = [
        [harmonics.funk_hecke(lambda z, f=f: trig(f * z), dim, degree, r, nodes=70)[degree] for r in rho]
        for f in (omega, omega2)
    ]
    assert abs((w * c[0]) @ np.array(c[1]) / value - 1) < 1e-9


# checks: thm-plane-waves
def test_parity_of_cosine_and_sine():
    for trig, odd in ((np.cos, 0), (np.sin, 1)):
        c = harmonics.funk_hecke(lambda z, trig=trig: trig(2 * z), 6, 7)
        assert abs(c[1 - odd :: 2]).max() < 1e-13 < abs(c[odd::2]).min()


# checks: prp-poisson
@pytest.mark.parametrize(("dim", "omega"), [(3, 0.2), (20, 0.3), (50, 1.0), (100, 3.0), (400, 4.0)])
def test_poisson_bound(dim, omega):
    top = int(4 * omega**2 + 40)
    mass, law = [], []
    for n in range(top):
        mass.append(harmonics.harmonic_dimension(dim, n) * concentration.plane_wave_eigenvalue(dim, n, omega))
        law.append(math.exp(2 * n * math.log(omega) - omega**2 - math.lgamma(n + 1)))
    distance = abs(np.array(mass) - law).sum() / 2
    assert distance <= omega**4 / (2 * dim)
    if omega <= 0.3:
        assert not distance <= omega**4 / (4 * dim)  # halved: false, so the bound is sharp
    mean = np.arange(top) @ mass
    assert mean <= math.sqrt((dim - 2) ** 2 / 4 + (dim - 1) * omega**2) - (dim - 2) / 2 + 1e-12
    if (dim, omega) == (100, 3.0):
        assert round(distance, 2) == 0.09


# One integral, and the bound by hand


def peak(kappa):
    root = math.sqrt(1 + 4 * kappa**2)
    return math.exp((root - 1 - 2 * kappa + math.log(2 / (1 + root))) / 2)


# checks: thm-one-integral, cor-sharp
@pytest.mark.parametrize("dim", [3, 4, 5, 10, 30, 80])
@pytest.mark.parametrize("scale", [0.15, 0.5, 1.0, 2.0])
def test_one_integral_bounds_and_is_sharp(dim, scale):
    s = scale * math.sqrt(dim)
    omega = math.pi * s / 2
    exact = concentration.triangle_wave_eigenvalues(dim, s, 15).max()
    integral = concentration.plane_wave_eigenvalue(dim, 0, omega)
    assert abs(sphere_mean(dim, lambda t: np.exp(-(omega**2) * (1 - t))) / integral - 1) < 1e-5
    assert exact <= integral
    if dim > 3:
        assert integral <= math.sqrt(2 * (dim - 1) / math.pi) * peak(omega**2 / (dim - 3)) ** (dim - 3)
    if scale >= 1:
        assert integral < 2 * exact
        assert not exact <= integral / 2
    first, third = (concentration.plane_wave_eigenvalue(dim, n, m * omega) for n, m in ((1, 1), (0, 3)))
    a1 = 8 / math.pi**2
    bracket = a1 * math.sqrt(first) - (1 - a1) * math.sqrt(third)
    assert bracket <= 0 or bracket**2 <= exact * (1 + 1e-9)  # equal to rounding for fast waves


# checks: cor-sharp
def test_one_integral_is_within_a_factor_two_at_norm_root_d():
    ratios = []
    for dim in range(3, 201):
        s = math.sqrt(dim)
        exact = concentration.triangle_wave_eigenvalues(dim, s, 5).max()
        ratios.append(concentration.plane_wave_eigenvalue(dim, 0, math.pi * s / 2) / exact)
    assert 1 < min(ratios) <= max(ratios) < 1.8615
    limit = math.pi**4 / 64 * (math.pi**2 / 2) / (math.sqrt(1 + math.pi**4 / 4) - 1)
    assert abs(ratios[-1] / limit - 1) < 1e-3


def test_peak_is_the_maximum():
    t = np.linspace(0, 1, 200_001)
    for kappa in (0.05, 0.6, 2.467, 9.0):
        brute = (np.exp(-kappa * (1 - t)) * np.sqrt(1 - t**2)).max()
        assert abs(brute / peak(kappa) - 1) < 1e-9
        assert abs(brute / peak(2 * kappa) - 1) > 0.01


# checks: cor-sharp
def test_rate_is_exact():
    kappa = math.pi**2 / 4
    values = [concentration.triangle_wave_eigenvalues(dim, math.sqrt(dim), 3).max() for dim in (150, 200)]
    assert abs((values[1] / values[0]) ** (1 / 50) - peak(kappa)) < 1e-3


def exact_cap(dim, threshold):
    from scipy.special import betainc

    return betainc((dim - 1) / 2, 0.5, 1 - threshold**2)


# checks: lem-caps
@pytest.mark.parametrize("dim", [3, 4, 10, 50, 300])
def test_cap_bounds(dim):
    for tau in (0.05, 0.2, 0.5, 0.7, 0.9):
        exact = exact_cap(dim, tau)
        assert exact <= anti_concentration.cap_bound(dim, tau)
        assert exact <= math.sqrt(2 / (math.pi * (dim - 1))) * (1 - tau**2) ** ((dim - 1) / 2) / tau
        if tau <= 1 / math.sqrt(2):
            assert exact <= 2 * (1 - tau**2) ** (dim / 2)


# checks: lem-caps
def test_cap_mutations_are_caught():
    assert not exact_cap(300, 0.5) <= math.sqrt(2 / (math.pi * 299)) * 0.75 ** (299 / 2) / 0.5 / 2  # halved
    assert not exact_cap(10, 0.5) <= 2 * 0.75**10  # exponent doubled
    assert not exact_cap(20, 0.2) <= (1 - 0.04) ** 10 / 2  # a quarter of the first bound


@pytest.mark.parametrize("s", [0.3, 0.7, 1.5])
def test_far_directions(s):
    half = np.linspace(-0.5, 0.5, 21)
    assert (abs(triangle_kernel(s, half)) <= math.exp(-(math.pi**2) * s**2 / 8) / 2).all()
    for tau in (0.2, 0.8):
        t = np.linspace(-tau, tau, 21)
        assert (abs(triangle_kernel(s, t)) <= math.exp(-(math.pi**2) * s**2 / 4 * (1 - tau)) / 2).all()
    assert (abs(triangle_kernel(s, np.linspace(-1, 1, 41))) <= 1 / 3 + 1e-12).all()


def test_far_directions_mutations_are_caught():
    value = triangle_kernel(1.5, 0.5)[0]
    bound = math.exp(-(math.pi**2) * 1.5**2 / 8) / 2
    assert not value <= bound / 2
    assert not value <= bound**2


# checks: prp-elementary
@pytest.mark.parametrize("dim", [3, 5, 10, 40, 120])
def test_bound_by_hand(dim):
    for s in (0.2, 1.0, math.sqrt(dim), 5.0):
        exact = concentration.triangle_wave_eigenvalues(dim, s, 9).max()
        hand = (math.exp(-(math.pi**2) * s**2 / 8) / 2 + math.sqrt(2) / 3 * 0.75 ** (dim / 4)) / math.sqrt(dim)
        assert exact <= anti_concentration.elementary_bound(dim, s) <= hand * (1 + 1e-12)
        assert all(exact <= anti_concentration.elementary_bound(dim, s, tau) for tau in (0.1, 0.6, 0.9))


def test_multiplicity_step():
    for dim in (5, 40):
        values = concentration.triangle_wave_eigenvalues(dim, 1.0, 31)
        squares = sum(harmonics.harmonic_dimension(dim, n) * values[n] ** 2 for n in range(32))
        assert dim * values.max() ** 2 <= squares
        assert not 2 * dim * values.max() ** 2 <= squares


# Neurons


# checks: prp-relu-spectrum
@pytest.mark.parametrize("dim", [3, 4, 7, 20])
def test_relu_coefficients(dim):
    brute = harmonics.funk_hecke(lambda z: np.maximum(z, 0), dim, 10, kinks=[0.0])
    assert abs(brute[1] - 1 / (2 * dim)) < 1e-14
    assert abs(brute[3::2]).max() < 1e-14
    for n in range(0, 11, 2):
        closed = (
            (-1) ** (n // 2 - 1)
            * math.gamma(dim / 2)
            * math.gamma((n - 1) / 2)
            / (4 * math.pi * math.gamma((n + dim + 1) / 2))
        )
        assert abs(brute[n] / closed - 1) < 1e-9
        assert abs(brute[n] / -closed - 1) > 1.9
        assert abs(brute[n] / (2 * closed) - 1) > 0.4
    values = concentration.relu_eigenvalues(dim, 10)
    assert np.allclose(values, dim * brute**2, atol=1e-15)


# checks: prp-relu-spectrum
def test_relu_order_and_limits():
    for dim in [*range(3, 60), 500, 5000]:
        value = concentration.relu_eigenvalues(dim, 12)
        assert (np.diff(value[[0, 1, 2, 4, 6, 8, 10, 12]]) < 0).all()
    share = concentration.relu_masses(200_000, 4)
    assert np.allclose(share[[0, 1, 2, 4]], [1 / math.pi, 1 / 2, 1 / (2 * math.pi), 1 / (24 * math.pi)], rtol=1e-4)
    with pytest.raises(AssertionError):
        assert np.allclose(share[4], 1 / (12 * math.pi), rtol=1e-4)


# checks: prp-biased-relu
@pytest.mark.parametrize(("dim", "bias", "radius"), [(3, 0.4, 1.0), (6, -0.8, 2.1), (11, 1.5, 3.0), (20, 0.3, 4.4)])
def test_biased_relu_coefficients(dim, bias, radius):
    brute = harmonics.funk_hecke(lambda z: np.maximum(z + bias, 0), dim, 8, radius, kinks=[-bias])
    surface = math.gamma(dim / 2) / math.gamma((dim - 1) / 2) / math.sqrt(math.pi)

    def closed(n, shift, power):
        legendre = harmonics.legendre(dim + shift, n - 2, -bias / radius)[-1]
        return surface * radius * (1 - bias**2 / radius**2) ** (power / 2) * legendre / (dim**2 - 1)

    for n in range(2, 9):
        assert abs(brute[n] - closed(n, 4, dim + 1)) < 1e-13
    # mutations: dimension d + 2, exponent d, and the sign of the argument (odd degrees)
    assert max(abs(brute[n] - closed(n, 2, dim + 1)) for n in range(2, 9)) > 1e-6
    assert max(abs(brute[n] - closed(n, 4, dim)) for n in range(2, 9)) > 1e-6
    assert abs(brute[3] + closed(3, 4, dim + 1)) > 1e-6


# checks: prp-biased-relu
def test_biased_relu_spectrum_is_the_radial_mean():
    dim, bias = 6, 0.7  # the neuron [z − 0.7]_+
    polar = polar_eigenvalues(dim, lambda z: np.maximum(z - bias, 0), [bias], 5, 60)
    assert np.allclose(polar, concentration.relu_eigenvalues(dim, 5, -bias), rtol=1e-8)


# Histograms


# checks: lem-transforms
@pytest.mark.parametrize("dim", [4, 15])
@pytest.mark.parametrize("feature", ["neuron", "tangent", "section"])
def test_correlations_over_directions_have_the_exact_variance(dim, feature):
    rng = np.random.default_rng(dim)
    theta = rng.standard_normal((20_000, dim))
    theta /= np.linalg.norm(theta, axis=1, keepdims=True)
    s = 0.8

    def correlation(t, tau):
        transform = {
            "neuron": lambda k: correlations.relu_transform(k * t, k * k, 0.3),
            "tangent": lambda k: correlations.tangent_transform(k * tau, k * t, 0.0, k * k, 0.3),
            "section": lambda k: correlations.kernel_transform(2 * k * t, k * k, 4.0, dim, 1.5),
        }[feature]
        return correlations.triangle_correlation(transform, s, 20)

    sample = correlation(theta[:, 0], theta[:, 1]) ** 2
    t, mu = harmonics.sphere_quadrature(dim, 100)
    p = correlation(t, 0 * t)
    q = correlation(t, 0 * t + 1) - p
    exact = mu @ (p**2 + q**2 * (1 - t**2) / (dim - 1))
    error = sample.std() / math.sqrt(len(sample))
    assert abs(sample.mean() - exact) < 4 * error
    assert abs(sample.mean() - 2 * exact) > 6 * error
