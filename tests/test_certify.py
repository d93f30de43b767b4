"""Rigorous enclosures: narrow, and the float code lies inside them or within its stated error."""

import math
from fractions import Fraction

import numpy as np
import pytest

pytest.importorskip("flint", reason="python-flint is not installed: pip install 'rfcompanion[certify]'")

from rfcompanion import certify, concentration, lower_bound


def relative_distance(value: float, enclosure) -> float:
    lower, upper = enclosure
    if lower <= Fraction(value) <= upper:
        return 0.0
    nearest = lower if Fraction(value) < lower else upper
    return float(abs(Fraction(value) - nearest) / nearest)


def width(enclosure) -> float:
    return float((enclosure[1] - enclosure[0]) / enclosure[0])


def test_best_errors_are_rounded_upwards_and_no_further():
    rng = np.random.default_rng(0)
    for dim in (2, 3, 4, 5, 7, 10, 16, 25, 50, 99, 200, 500, 1000):
        for _ in range(60):
            features = max(1, int(10 ** rng.uniform(0, 4 if dim < 4 else 40 if dim > 20 else 12)))
            lower, upper = certify.best_relative_error(dim, features, bits=96)
            assert 0 <= lower <= upper
            assert width((lower, upper)) < 1e-28
            value = lower_bound.best_relative_error(dim, features)
            assert lower <= Fraction(value)
            assert Fraction(math.nextafter(value, 0)) < upper


def test_unbiased_eigenvalues():
    for dim in (2, 3, 10, 51, 200, 1000):
        values = concentration.relu_eigenvalues(dim, 60)
        for degree in range(61):
            enclosure = certify.relu_eigenvalue(dim, degree)
            if degree % 2 and degree > 1:
                assert enclosure == (0, 0)
                assert values[degree] == 0
            elif values[degree] > 1e-300:
                assert width(enclosure) < 1e-36
                assert relative_distance(values[degree], enclosure) < 1e-12


@pytest.mark.parametrize("bias", [-6.0, -3.0, -1.0, -0.3, 0.7, 2.0, 5.0])
@pytest.mark.parametrize("dim", [2, 3, 10, 33, 100])
def test_biased_eigenvalues(dim, bias):
    values = concentration.relu_eigenvalues(dim, 24, bias)
    for degree in (0, 1, 2, 3, 4, 5, 8, 13, 24):
        enclosure = certify.relu_eigenvalue(dim, degree, bias, bits=80)
        assert width(enclosure) < 1e-23
        assert relative_distance(values[degree], enclosure) < 1e-11


def test_biased_best_errors():
    for dim, bias, features in ((50, -3.0, 314_925), (10, 1.0, 1000), (20, -1.0, 5000), (5, 0.5, 60)):
        enclosure = certify.best_relative_error(dim, features, bits=64, bias=bias)
        assert width(enclosure) < 1e-15
        assert lower_bound.best_relative_error(dim, features, bias) == pytest.approx(float(enclosure[0]), abs=1e-13)


def test_plane_waves():
    rng = np.random.default_rng(1)
    for _ in range(400):
        dim, degree = int(rng.integers(2, 300)), int(rng.integers(0, 60))
        omega, omega2 = rng.uniform(0.1, 25, size=2)
        enclosure = certify.plane_wave_eigenvalue(dim, degree, omega, omega2)
        value = concentration.plane_wave_eigenvalue(dim, degree, omega, omega2)
        if value > 1e-280:
            assert width(enclosure) < 1e-36
            assert relative_distance(value, enclosure) < 3e-12


@pytest.mark.parametrize(
    ("dim", "degree", "norm2"), [(8, 5, 8.0), (10, 1, 10.0), (20, 7, 3.0), (40, 1, 40.0), (100, 1, 100.0)]
)
def test_triangle_waves(dim, degree, norm2):
    enclosure = certify.triangle_wave_eigenvalue(dim, degree, norm2, bits=64)
    assert width(enclosure) < 1e-19
    value = concentration.triangle_wave_eigenvalues(dim, math.sqrt(norm2), degree)[degree]
    assert relative_distance(value, enclosure) < 1e-12


def test_min_features_are_certified():
    for dim in (2, 3, 5, 10, 50, 200, 1000):
        for error in (0.5, 0.1, 0.02, 1e-3, 1e-5):
            assert certify.min_features(dim, error) == lower_bound.min_features(dim, error)
    assert certify.min_features(3, 0.625) == 1  # a tie


def test_the_price_of_one_neuron_is_certified():
    for dim, norm, count in ((20, 1123, 689 * 10**8), (50, 2196, 504 * 10**26), (100, 3674, 452 * 10**56)):
        lower, _ = certify.best_relative_error(dim, count, bits=64)
        assert lower * Fraction(norm, 100) ** 2 / 2 > Fraction(1, 50)


def test_an_enclosure_excludes_a_wrong_constant():
    lower, upper = certify.relu_eigenvalue(10, 4)
    wrong = Fraction(concentration.relu_eigenvalues(10, 4)[4] * (1 + 1e-9))
    assert not lower <= wrong <= upper


def test_floats_are_rounded_outwards():
    low, high = certify.to_floats((Fraction(1, 3), Fraction(1, 3)))
    assert Fraction(low) < Fraction(1, 3) < Fraction(high)
    assert high == math.nextafter(low, 1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: certify.best_relative_error(1, 3), "dim must be at least 2"),
        (lambda: certify.best_relative_error(3, 3, bits=2), "bits must be at least 16"),
        (lambda: certify.best_relative_error(2, 10**9), "features must stay below"),
        (lambda: certify.plane_wave_eigenvalue(3, 1, 0.0), "omega must be greater than 0"),
        (lambda: certify.triangle_wave_eigenvalue(3, 1, 2.0), "dim must be at least 8"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
