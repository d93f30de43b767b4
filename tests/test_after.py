"""Exponents, leaps and lattice points against hand computations and brute force."""

import itertools
import math

import mpmath
import numpy as np
import pytest
from numpy.polynomial.hermite_e import hermeval
from numpy.polynomial.polynomial import polyder, polyval
from scipy.special import ndtr

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
    for function in (np.exp, np.tanh, lambda z: z**3, lambda z: z + np.sign(z)):
        assert abs(exponents.label_energies(function, 8) - 1).max() < 1e-6


def energies_of_a_polynomial(coefficients, max_degree):
    """Eigenvalues of companion matrices for the roots, the derivative as a polynomial, the midpoint rule in z."""
    edges, degree = np.linspace(-9, 9, 30_001), len(coefficients) - 1
    z, weight = (edges[1:] + edges[:-1]) / 2, np.diff(edges) * np.exp(-((edges[1:] + edges[:-1]) ** 2) / 8)
    companion = np.zeros((len(z), degree, degree)) + np.diag(np.ones(degree - 1), -1)
    companion[:, :, -1] = -np.array(coefficients[:-1]) / coefficients[-1]
    companion[:, 0, -1] += polyval(z, coefficients) / coefficients[-1]
    roots = np.linalg.eigvals(companion)
    real = abs(roots.imag) < 1e-6
    roots = roots.real
    slope = np.maximum(abs(polyval(roots, polyder(coefficients))), 1e-300)
    at_root = np.where(real, np.exp(-(roots**2) / 2) / slope, 0)
    he = [hermeval(roots, [0] * k + [1]) / math.sqrt(math.factorial(k)) for k in range(max_degree + 1)]
    means = [(at_root * h).sum(1) / at_root.sum(1) for h in he]
    return [np.sum(weight * m**2) / math.sqrt(2 * math.pi) for m in means]


@pytest.mark.parametrize(
    ("coefficients", "printed"),
    [
        ([0, -3, 0, 1], (0.668, 0.623, 1, 0.707)),
        ([3, 0, -6, 0, 1], (0, 0.775, 0, 1)),
        ([0, 15, 0, -10, 0, 1], (0.603, 0.697, 0.702, 0.593)),
    ],
    ids=["He_3", "He_4", "He_5"],
)
def test_label_energies_of_polynomials_by_companion_matrices(coefficients, printed):
    found = exponents.label_energies(lambda z: polyval(z, coefficients), 4)
    assert abs(found - energies_of_a_polynomial(coefficients, 4)).max() < 3e-4
    assert abs(found[1:] - printed).max() < 6e-4


def test_label_energies_of_a_bump_by_lambert_w():
    # with s = z², the roots of s·exp(−s) = y on both sides of 1 are the two branches of −W(−y)
    def integrand(s, polynomial):
        other = -mpmath.lambertw(-s * mpmath.exp(-s), -1).real
        if other == 1:
            return mpmath.mpf(0)
        here, there = (mpmath.exp(x / 2) / mpmath.sqrt(x) / abs(1 - x) for x in (s, other))
        mean = (here * polynomial(s) + there * polynomial(other)) / (here + there)
        return mean**2 * mpmath.exp(-s / 2) / mpmath.sqrt(2 * mpmath.pi * s) * (1 + there / here)

    found = exponents.label_energies(ACTIVATIONS["z²e^(−z²)"][0], 6)
    assert abs(found[[1, 2, 3, 5]]).max() < 1e-7
    with mpmath.workdps(25):
        he4, he6 = (lambda x: (x * x - 6 * x + 3) / 24**0.5), (lambda x: (x**3 - 15 * x**2 + 45 * x - 15) / 720**0.5)
        fourth, sixth = (mpmath.quad(lambda s, h=h: integrand(s, h), [0, 0.5, 1 - 1e-10]) for h in (he4, he6))
    assert abs(found[[4, 6]] - [float(fourth), float(sixth)]).max() < 1e-6
    assert abs(found[[4, 6]] - [0.229958, 0.286945]).max() < 1e-6


def test_label_energies_with_labels_of_positive_probability():
    relu = exponents.label_energies(lambda z: np.maximum(z, 0), 2)
    assert abs(relu - [1, 0.5 + 1 / math.pi, 0.5]).max() < 1e-9
    share, slope = ndtr(-1 / 3), math.exp(-1 / 18) / math.sqrt(2 * math.pi)  # P(Z < −1/3) = P(Z > 1/3), and φ(1/3)
    kinked = exponents.label_energies(lambda z: np.maximum(z - 1 / 3, 0), 1)
    assert abs(kinked[1] - (slope**2 / (1 - share) + share + slope / 3)) < 1e-7
    sign = exponents.label_energies(np.sign, 3)
    assert abs(sign - [1, 2 / math.pi, 0, 1 / (3 * math.pi)]).max() < 1e-9
    assert abs(exponents.label_energies(lambda z: 5.0, 3) - [1, 0, 0, 0]).max() < 1e-9


def test_label_energies_do_not_depend_on_the_number_of_points():
    for function, _, _ in ACTIVATIONS.values():
        coarse, fine = (exponents.label_energies(function, 4, points) for points in (150, 250))
        assert abs(coarse - fine).max() < 1e-7
    corner = [exponents.label_energies(lambda z: abs(z) + np.maximum(z - 1, 0), 4, points) for points in (150, 1500)]
    assert abs(corner[0] - corner[1]).max() < 5e-3


def test_label_energies_bound_the_squared_coefficients():
    for function, _, _ in ACTIVATIONS.values():
        a = exponents.hermite_coefficients(function, 5)
        centred = exponents.hermite_coefficients(lambda z, f=function: f(z) ** 2, 0)[0] - a[0] ** 2
        energies = exponents.label_energies(function, 5)
        assert (energies[1:] >= a[1:] ** 2 / centred - 1e-6).all()
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
