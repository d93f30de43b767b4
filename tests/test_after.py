"""Exponents, leaps and lattice points against hand computations and brute force."""

import itertools
import math

import numpy as np
import pytest

from rfcompanion import exponents

ACTIVATIONS = {
    "ReLU": (lambda z: np.maximum(z, 0), 1, 1),
    "|z|": (np.abs, 2, 2),
    "He_2": (lambda z: z**2 - 1, 2, 2),
    "He_3": (lambda z: z**3 - 3 * z, 3, 1),
    "He_4": (lambda z: z**4 - 6 * z**2 + 3, 4, 2),
    "sine": (lambda z: np.sin(2 * z), 1, 1),
    "z²e^(−z²)": (lambda z: z**2 * np.exp(-(z**2)), 4, 4),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_exponents_of_known_activations(name):
    function, information, generative = ACTIVATIONS[name]
    assert exponents.information_exponent(function) == information
    assert exponents.generative_exponent(function) == generative


def test_hermite_coefficients_of_the_relu():
    a = exponents.hermite_coefficients(lambda z: np.maximum(z, 0), 4)
    expected = [1 / math.sqrt(2 * math.pi), 0.5, 1 / math.sqrt(4 * math.pi), 0, -1 / math.sqrt(48 * math.pi)]
    assert abs(a - expected).max() < 1e-12
    assert abs(a - 2 * np.array(expected)).max() > 0.1


def test_label_energies_of_an_invertible_label_are_one():
    energies = exponents.label_energies(lambda z: np.exp(z), 4)
    assert abs(energies - 1).max() < 0.02


def test_label_energies_bound_the_squared_coefficients():
    for function, _, _ in ACTIVATIONS.values():
        a = exponents.hermite_coefficients(function, 5)
        centred = exponents.hermite_coefficients(lambda z, f=function: f(z) ** 2, 0)[0] - a[0] ** 2
        energies = exponents.label_energies(function, 5)
        assert (energies[1:] >= a[1:] ** 2 / centred - 5e-3).all()
        assert energies[0] == pytest.approx(1)


def brute_force_leap(monomials):
    best = math.inf
    for order in itertools.permutations(monomials):
        known, largest = set(), 0
        for monomial in order:
            largest = max(largest, len(set(monomial) - known))
            known |= set(monomial)
        best = min(best, largest)
    return best


def test_leap_agrees_with_all_orders():
    generator = np.random.default_rng(0)
    for _ in range(60):
        monomials = [set(np.flatnonzero(generator.random(6) < 0.4).tolist()) for _ in range(generator.integers(1, 6))]
        assert exponents.leap(monomials) == brute_force_leap(monomials)
    assert exponents.leap([{1}, {1, 2}, {1, 2, 3}]) == 1
    assert exponents.leap([{1, 2, 3}]) == 3


@pytest.mark.parametrize(("dim", "radius"), [(1, 3.2), (2, 2.5), (3, 2), (4, 1.9)])
def test_integer_points_by_counting(dim, radius):
    reach = range(-int(radius), int(radius) + 1)
    count = sum(sum(k * k for k in z) <= radius**2 for z in itertools.product(reach, repeat=dim))
    assert exponents.integer_points(dim, radius) == count


def test_integer_points_in_high_dimension():
    assert exponents.integer_points(50, math.sqrt(2)) == 1 + 2 * 50 + 4 * math.comb(50, 2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: exponents.leap([]), "monomials must hold at least one"),
        (lambda: exponents.integer_points(0, 1.0), "dim must be at least 1"),
        (lambda: exponents.integer_points(2, -1.0), "radius must be at least 0"),
        (lambda: exponents.information_exponent(np.abs, 0), "max_degree must be at least 1"),
        (lambda: exponents.generative_exponent(np.abs, tolerance=0), "tolerance must be greater than 0"),
    ],
)
def test_bad_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
