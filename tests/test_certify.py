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
    ("dim", "degree", "norm2"),
    [
        (2, 1, 3.0),
        (3, 3, 3.0),
        (4, 1, 4.0),
        (5, 1, 1.25),
        (7, 5, 1.0),
        (8, 5, 8.0),
        (10, 1, 10.0),
        (20, 7, 3.0),
        (40, 1, 40.0),
        (100, 1, 100.0),
    ],
)
def test_triangle_waves(dim, degree, norm2):
    bits = {2: 36, 3: 44}.get(dim, 64)
    enclosure = certify.triangle_wave_eigenvalue(dim, degree, norm2, bits=bits)
    assert width(enclosure) < 2.0**-bits
    value = concentration.triangle_wave_eigenvalues(dim, math.sqrt(norm2), degree)[degree]
    assert relative_distance(value, enclosure) < (1e-10 if dim == 2 else 1e-12)


@pytest.mark.parametrize(("dim", "terms"), [(2, 20), (3, 20), (5, 12), (10, 8), (40, 5)])
def test_the_tail_of_the_triangle_wave_is_covered(dim, terms):
    """Few terms: a wide ball, which must hold the narrow one; and it is wide because of the tail, nothing else."""
    from rfcompanion.certify import waves

    saved = waves.ctx.prec
    waves.ctx.prec = 100
    try:
        for degree in (1, 3):
            wide = waves._triangle_wave(dim, degree, float(dim), terms)
            low, high = certify.triangle_wave_eigenvalue(dim, degree, float(dim), bits=36)
            exact = waves.arb(waves.fmpq((low + high).numerator, 2 * (low + high).denominator))
            assert wide.contains(exact)
            middle = waves.arb(wide.mid())
            missing, radius = abs(exact - middle), waves.arb(wide.rad())
            assert missing < radius
            assert radius < 1e6 * missing  # and the bound is not idle: what is left out is there
    finally:
        waves.ctx.prec = saved


def test_min_features_are_certified():
    for dim in (2, 3, 5, 10, 50, 200, 1000):
        for error in (0.5, 0.1, 0.02, 1e-3, 1e-5):
            assert certify.min_features(dim, error) == lower_bound.min_features(dim, error)
    assert certify.min_features(3, 0.625) == 1  # a tie


@pytest.mark.parametrize(
    ("dim", "bias", "error"),
    [
        (2, -1.0, 0.1),
        (3, -1.0, 1e-3),
        (5, 1.0, 1e-3),
        (10, 0.5, 1e-2),
        (10, -1.0, 0.1),
        (20, -1.0, 0.02),
        (50, -2.0, 0.1),
    ],
)
def test_min_features_with_a_bias_are_certified(dim, bias, error):
    """Both sides of the answer, by the other function; the float code agrees where the count fits its precision."""
    count = certify.min_features(dim, error, bias)
    assert count == lower_bound.min_features(dim, error, bias)
    assert certify.best_relative_error(dim, count, 80, bias)[1] <= Fraction(error)
    assert certify.best_relative_error(dim, count - 1, 80, bias)[0] > Fraction(error)
    assert certify.min_features(dim, error, 0.0) == certify.min_features(dim, error)


def test_a_count_with_a_bias_beyond_the_floats():
    count = certify.min_features(100, 0.02, -3.0)
    assert count != lower_bound.min_features(100, 0.02, -3.0)
    assert count == pytest.approx(lower_bound.min_features(100, 0.02, -3.0), rel=1e-10)
    assert certify.best_relative_error(100, count, 160, -3.0)[1] <= Fraction(0.02)
    assert certify.best_relative_error(100, count - 1, 160, -3.0)[0] > Fraction(0.02)


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
        (lambda: certify.triangle_wave_eigenvalue(1, 1, 2.0), "dim must be at least 2"),
        (lambda: certify.triangle_wave_eigenvalue(2, 1, 2.0, bits=96), "bits must be smaller here"),
        (lambda: certify.min_features(10, 1e-9, -1.0), "relative_error must be at least 1e-08"),
        (lambda: certify.min_features(10, 0.1, -31.0), "bias must be at"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
