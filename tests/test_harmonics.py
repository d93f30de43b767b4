"""Harmonics: exact dimensions, polynomials against mpmath, quadrature and the Funk–Hecke formula."""

from math import comb

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfcompanion import harmonics
from rfcompanion.targets import relu

dims = st.integers(2, 60)
degrees = st.integers(0, 40)


@given(st.integers(1, 300), st.integers(0, 300))
def test_dimension_counts_polynomials(dim, degree):
    # Homogeneous polynomials of degree ℓ = harmonics of degrees ℓ, ℓ−2, …
    total = sum(harmonics.harmonic_dimension(dim, ell) for ell in range(degree % 2, degree + 1, 2))
    assert total == comb(degree + dim - 1, dim - 1)
    assert harmonics.harmonic_dimension_up_to(dim, degree, same_parity=True) == total


def test_dimension_small_cases():
    assert [harmonics.harmonic_dimension(3, ell) for ell in range(5)] == [1, 3, 5, 7, 9]
    assert [harmonics.harmonic_dimension(2, ell) for ell in range(4)] == [1, 2, 2, 2]
    assert [harmonics.harmonic_dimension(1, ell) for ell in range(4)] == [1, 1, 0, 0]
    assert harmonics.harmonic_dimension_up_to(50, 4) == 314_925


def test_dimension_is_exact_at_any_size():
    value = harmonics.harmonic_dimension(1000, 1000)
    assert value.bit_length() > 1900
    assert value == comb(1999, 999) - comb(1997, 999)


@pytest.mark.parametrize(
    ("dim", "degree", "t"), [(2, 7, 0.3), (3, 10, -0.4), (10, 25, 0.71), (200, 60, 0.05), (5, 60, 0.999)]
)
def test_legendre_against_mpmath(dim, degree, t):
    with mpmath.workdps(40):
        nu = mpmath.mpf(dim) / 2 - 1
        if dim == 2:
            exact = mpmath.cos(degree * mpmath.acos(mpmath.mpf(t)))
        else:
            exact = mpmath.gegenbauer(degree, nu, mpmath.mpf(t)) / mpmath.gegenbauer(degree, nu, 1)
    assert harmonics.legendre(dim, degree, t)[degree] == pytest.approx(float(exact), rel=1e-11, abs=1e-300)


@given(dims, degrees)
def test_legendre_is_orthogonal_with_norm_one_over_dimension(dim, degree):
    t, weights = harmonics.sphere_quadrature(dim, degree + 2)
    values = harmonics.legendre(dim, degree, t)
    gram = (values * weights) @ values.T
    expected = np.diag([1 / harmonics.harmonic_dimension(dim, ell) for ell in range(degree + 1)])
    assert np.allclose(gram, expected, atol=1e-12)


def test_quadrature_has_the_moments_of_a_coordinate_of_the_sphere():
    for dim in (2, 3, 10, 1000):
        t, weights = harmonics.sphere_quadrature(dim, 400)
        assert weights.sum() == pytest.approx(1, abs=1e-12)
        assert (weights * t**2).sum() == pytest.approx(1 / dim, rel=1e-12)
        assert (weights * t**4).sum() == pytest.approx(3 / (dim * (dim + 2)), rel=1e-12)


def test_hermite_is_orthonormal():
    x, w = np.polynomial.hermite_e.hermegauss(40)
    values = harmonics.hermite(30, x)
    gram = (values * w / w.sum()) @ values.T
    assert np.allclose(gram, np.eye(31), atol=1e-10)


# checks: thm-setting-funk-hecke
def test_funk_hecke_on_an_average_over_the_sphere():
    # E_θ[g(⟨θ,ξ⟩) Y(θ)] = c_ℓ Y(ξ), here with the zonal Y = P_ℓ(⟨·,η⟩): checked by Monte Carlo.
    rng = np.random.default_rng(5)
    dim, samples = 5, 400_000
    theta = rng.normal(size=(samples, dim))
    theta /= np.linalg.norm(theta, axis=1, keepdims=True)
    xi, eta = np.eye(dim)[0], np.array([0.6, 0.8, 0, 0, 0])
    c = harmonics.funk_hecke(relu, dim, 4, kinks=[0.0])
    zonal = harmonics.legendre(dim, 4, np.clip(theta @ eta, -1, 1))
    for ell in (0, 1, 2, 4):
        products = relu(theta @ xi) * zonal[ell]
        expected = c[ell] * harmonics.legendre(dim, 4, np.array(0.6))[ell]
        z = (products.mean() - expected) / (products.std() / samples**0.5)
        assert abs(z) < 4.5


def test_funk_hecke_parseval():
    for dim in (2, 4, 9):
        c = harmonics.funk_hecke(lambda t: np.exp(t), dim, 40)
        counts = np.array([float(harmonics.harmonic_dimension(dim, ell)) for ell in range(41)])
        t, weights = harmonics.sphere_quadrature(dim, 60)
        assert (counts * c**2).sum() == pytest.approx((weights * np.exp(2 * t)).sum(), rel=1e-12)


def test_funk_hecke_at_dimension_one_thousand():
    c = harmonics.funk_hecke(relu, 1000, 2, radius=3.0, kinks=[0.0])
    assert c[1] == pytest.approx(3 / 2000, rel=1e-11)


def test_extreme_quadrature_weights_keep_their_accuracy():
    # An integrand that lives near t = 1: E e^{κt} = ₀F₁(; d/2; κ²/4).
    with mpmath.workdps(30):
        exact = float(mpmath.log(mpmath.hyp0f1(40, mpmath.mpf(800) ** 2 / 4)))
    t, weights = harmonics.sphere_quadrature(80, 300)
    assert np.log((weights * np.exp(800 * (t - 1))).sum()) + 800 == pytest.approx(exact, abs=1e-10)
