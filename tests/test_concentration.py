"""Spectra: reference values, mpmath over a random sweep, trace identities, and no overflow at any size."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfcompanion import concentration, gaussian, targets
from rfcompanion.harmonics import harmonic_dimension, legendre, sphere_quadrature


def test_reference_values():
    wave = concentration.plane_wave_eigenvalue
    assert wave(3, 0, 1.0) == pytest.approx(0.4323323583816937, rel=1e-12)
    assert wave(10, 4, 3.0) == pytest.approx(2.335677536314467e-4, rel=1e-12)
    assert wave(50, 2, 10.0) == pytest.approx(1.41871829113403e-20, rel=1e-12)
    assert concentration.relu_eigenvalues(10, 4)[4] == pytest.approx(8.181388413616758e-6, rel=1e-12)
    assert concentration.relu_eigenvalues(50, 8)[8] == pytest.approx(5.03707159098762e-13, rel=1e-12)
    assert concentration.triangle_wave_eigenvalues(10, math.sqrt(10), 1)[1] == pytest.approx(3.282087611e-5, rel=2e-10)
    assert concentration.triangle_wave_eigenvalues(40, math.sqrt(40), 1)[1] == pytest.approx(2.84025248e-18, rel=2e-9)


def exact_plane_wave(dim, degree, omega, omega2):
    with mpmath.workdps(40):
        nu, z = mpmath.mpf(dim) / 2 - 1, mpmath.mpf(omega) * mpmath.mpf(omega2)
        value = mpmath.gamma(nu + 1) * (2 / z) ** nu * mpmath.besseli(degree + nu, z)
        return mpmath.log(value) - (mpmath.mpf(omega) ** 2 + mpmath.mpf(omega2) ** 2) / 2


def random_cases(count, seed, **ranges):
    rng = np.random.default_rng(seed)
    draws = {name: rng.uniform(*limits, count) for name, limits in ranges.items()}
    return [dict(zip(draws, values, strict=True)) for values in zip(*draws.values(), strict=True)]


# checks: thm-plane-waves
@pytest.mark.parametrize("case", random_cases(60, 1, dim=(2, 200), degree=(0, 60), omega=(0.05, 40), ratio=(0.5, 1.5)))
def test_plane_wave_against_mpmath(case):
    dim, degree, omega = int(case["dim"]), int(case["degree"]), case["omega"]
    omega2 = omega * case["ratio"]
    value = concentration.plane_wave_eigenvalue(dim, degree, omega, omega2, log=True)
    assert value == pytest.approx(float(exact_plane_wave(dim, degree, omega, omega2)), abs=1e-11, rel=1e-13)


@pytest.mark.parametrize(
    ("dim", "degree", "omega"),
    [(700, 3, 26.0), (1000, 500, 40.0), (2000, 10, 100.0), (640, 0, 30.0), (5, 1, 2e5), (10, 7, 1e6), (600, 2, 3e4)],
)
def test_plane_wave_where_the_bessel_function_needs_its_uniform_expansion(dim, degree, omega):
    value = concentration.plane_wave_eigenvalue(dim, degree, omega, log=True)
    assert value == pytest.approx(float(exact_plane_wave(dim, degree, omega, omega)), abs=2e-10)


def test_plane_wave_at_frequency_zero():
    assert concentration.plane_wave_eigenvalue(10, 0, 0.0) == 1
    assert concentration.plane_wave_eigenvalue(10, 3, 0.0) == 0
    assert concentration.plane_wave_eigenvalue(10, 0, 0.0, 2.0) == pytest.approx(math.exp(-2))


@given(st.integers(2, 30), st.floats(0.1, 4))
def test_plane_wave_trace_is_one(dim, omega):
    masses = [harmonic_dimension(dim, ell) * concentration.plane_wave_eigenvalue(dim, ell, omega) for ell in range(90)]
    assert sum(masses) == pytest.approx(1, rel=1e-10)


def exact_relu(dim, degree):
    """λ_ℓ = d (∫_0^1 t P_ℓ dμ_d)² by quadrature at 40 digits: not through the closed form."""
    with mpmath.workdps(40):
        half = mpmath.mpf(dim) / 2
        surface = mpmath.gamma(half) / (mpmath.gamma(half - 0.5) * mpmath.sqrt(mpmath.pi))
        scale = mpmath.gegenbauer(degree, half - 1, 1) if dim > 2 else 1

        def integrand(angle):
            t = mpmath.cos(angle)
            zonal = mpmath.gegenbauer(degree, half - 1, t) / scale if dim > 2 else mpmath.cos(degree * angle)
            return t * zonal * mpmath.sin(angle) ** (dim - 2)

        value = surface * mpmath.quad(integrand, mpmath.linspace(0, mpmath.pi / 2, 5 + degree // 6))
        return float(dim * value**2)


# checks: thm-relu-spectrum
@pytest.mark.parametrize("case", random_cases(12, 2, dim=(2, 200), half=(0, 30)))
def test_unbiased_eigenvalues_against_quadrature(case):
    dim, degree = int(case["dim"]), 2 * int(case["half"])
    assert concentration.relu_eigenvalues(dim, degree)[degree] == pytest.approx(exact_relu(dim, degree), rel=1e-10)


def exact_biased(dim, degree, bias, top=6000):
    """λ_ℓ(b) = Σ_k g_k² ∫ t^k P_ℓ dμ_d, g_k the Hermite coefficients: no quadrature, every term positive."""
    with mpmath.workdps(30):
        b, half = mpmath.mpf(bias), mpmath.mpf(dim) / 2
        density, below = mpmath.npdf(b), mpmath.ncdf(b)
        he_previous, he = mpmath.mpf(0), mpmath.mpf(1)  # He_{k−2}(−b) / √(k−2)!
        total = mpmath.mpf(0)
        moment = None
        for k in range(top):
            if k == 0:
                g = density + b * below
            elif k == 1:
                g = below
            else:
                g = density * he / mpmath.sqrt(k * (k - 1))
                he_previous, he = he, (-b * he - mpmath.sqrt(k - 2) * he_previous) / mpmath.sqrt(k - 1)
            if k < degree or (k - degree) % 2:
                continue
            if moment is None:
                moment = mpmath.factorial(k) * mpmath.gamma(half) / (2**k * mpmath.gamma(k + half))
            else:
                moment = moment * k * (k - 1) / (4 * ((k - degree) // 2) * (mpmath.mpf(k + degree + dim) / 2 - 1))
            term = g * g * moment
            total += term
            if k > degree * degree and moment < 1e-22 * total:
                break
        return float(total)


@pytest.mark.parametrize("case", random_cases(24, 3, dim=(16, 200), degree=(0, 60), bias=(-4, 3)))
def test_biased_eigenvalues_against_a_hermite_series(case):
    dim, degree, bias = int(case["dim"]), int(case["degree"]), case["bias"]
    value = concentration.relu_eigenvalues(dim, degree, bias)[degree]
    assert value == pytest.approx(exact_biased(dim, degree, bias), rel=1e-10)


def test_the_hermite_series_would_see_a_wrong_bias():
    value = concentration.relu_eigenvalues(30, 6, 1.0)[6]
    assert abs(value / exact_biased(30, 6, 1.1) - 1) > 0.01


@pytest.mark.parametrize("bias", [-3.0, -0.5, 1.0, 2.5])
@pytest.mark.parametrize("dim", [3, 10, 50])
def test_biased_eigenvalues_against_the_kernel(dim, bias):
    # λ_ℓ = ∫ K(t) P_ℓ(t) dμ_d(t), K(t) = E[Z+b]_+[Z'+b]_+ at correlation t: a third road to the same numbers.
    t, weights = sphere_quadrature(dim, 400)
    W, V = np.array([[1.0, 0.0]]), np.stack([t, np.sqrt((1 - t) * (1 + t))], axis=1)
    kernel = gaussian.relu_gram(W, np.array([bias]), V, np.full(len(t), bias))[0]
    eigenvalues = legendre(dim, 6, t) @ (weights * kernel)
    # K has a singularity like (1−t)^{3/2}: in low dimension Gauss quadrature sees it
    assert np.allclose(concentration.relu_eigenvalues(dim, 6, bias), eigenvalues, rtol=1e-9, atol=2e-12)


@settings(deadline=None, max_examples=25)
@given(st.integers(2, 300), st.floats(-6, 6))
def test_masses_are_shares(dim, bias):
    masses = concentration.relu_masses(dim, 200, bias)
    assert (masses >= 0).all()
    assert masses.sum() <= 1 + 1e-11


@pytest.mark.parametrize(("dim", "bias"), [(3, 1.0), (10, -2.0), (20, 0.5)])
def test_masses_sum_to_one(dim, bias):
    assert 1 - concentration.relu_masses(dim, 3000, bias).sum() < 3e-7


def test_small_bias_joins_the_unbiased_spectrum():
    for dim in (2, 10, 100):
        assert np.allclose(concentration.relu_masses(dim, 30, 1e-9), concentration.relu_masses(dim, 30), atol=1e-8)


# checks: thm-relu-spectrum
def test_unbiased_order_of_the_degrees():
    for dim in (2, 3, 10, 100, 1000):
        values = concentration.relu_eigenvalues(dim, 40)
        present = values[[0, 1, *range(2, 41, 2)]]
        present = present[present > 0]
        assert (np.diff(present) < 0).all()
        assert (values[3::2] == 0).all()


@pytest.mark.parametrize("dim", [2, 3, 10, 200])
@pytest.mark.parametrize("degree", [2, 8, 40])
def test_tail_is_what_the_masses_leave(dim, degree):
    left = 1 - concentration.relu_masses(dim, degree).sum()
    assert concentration.relu_tail(dim, degree) == pytest.approx(left, rel=1e-11, abs=2e-14)


def test_tail_in_dimension_three_is_exact():
    for degree in (2, 10, 200, 5000):
        log_exact = 2 * math.lgamma((degree + 1) / 2) - math.log(8 * math.pi) - 2 * math.lgamma(degree / 2 + 2)
        assert concentration.relu_tail(3, degree) == pytest.approx(math.exp(log_exact), rel=1e-10)


@pytest.mark.parametrize(("dim", "norm"), [(3, 0.3), (5, 1.0), (10, 2.0), (10, 5.0), (40, math.sqrt(40))])
def test_triangle_wave_trace(dim, norm):
    top = int(60 + 30 * norm**2)
    values = concentration.triangle_wave_eigenvalues(dim, norm, top)
    counts = np.array([float(harmonic_dimension(dim, ell)) for ell in range(top + 1)])
    total = (values * counts).sum()
    assert total <= targets.triangle_wave_norm2(norm) * (1 + 1e-9)
    assert total == pytest.approx(targets.triangle_wave_norm2(norm), rel=2e-3)
    assert (values[0::2] == 0).all()


@pytest.mark.parametrize(("dim", "norm"), [(5, 125.0), (10, 1000.0), (20, 8000.0)])
def test_triangle_wave_of_the_papers_norm(dim, norm):
    values = concentration.triangle_wave_eigenvalues(dim, norm, 5)
    assert np.isfinite(values).all()
    assert (np.diff(values[1::2]) < 0).all()
    assert 0 < values[5]


def test_triangle_wave_against_direct_integration():
    # λ_ℓ = E_ρ c_ℓ(ρ)² with c_ℓ(ρ) by Funk–Hecke on the wave itself, no Fourier series.
    from rfcompanion.harmonics import funk_hecke

    dim, norm = 6, 1.5
    x, w = np.polynomial.legendre.leggauss(300)
    rho = (x + 1) * 5
    log_density = (1 - dim / 2) * math.log(2) - math.lgamma(dim / 2) + (dim - 1) * np.log(rho) - rho**2 / 2
    density = 5 * w * np.exp(log_density)
    kinks = np.arange(-15, 16, 2)
    c = np.array([funk_hecke(lambda z: targets.triangle_wave(norm * z), dim, 5, r, kinks / norm, 60) for r in rho])
    assert np.allclose(concentration.triangle_wave_eigenvalues(dim, norm, 5), density @ c**2, rtol=1e-7, atol=1e-15)


def test_nothing_overflows_in_dimension_one_thousand():
    for bias in (0.0, 1.0, -5.0):
        masses = concentration.relu_masses(1000, 400, bias)
        assert np.isfinite(masses).all()
        assert np.isfinite(concentration.relu_eigenvalues(1000, 400, bias)).all()
    assert np.isfinite(concentration.triangle_wave_eigenvalues(1000, 30.0, 9)).all()
    assert concentration.plane_wave_eigenvalue(1000, 900, 1000.0, log=True) < 0
