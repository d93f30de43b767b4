"""The certified table: complete, narrow, and the float code agrees with every enclosure in it."""

import math
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import scipy.special

pytest.importorskip("flint", reason="python-flint is not installed: pip install 'rfcompanion[certify]'")

from rfcompanion import (
    certify,
    certify_constants,
    concentration,
    gaussian,
    lower_bound,
    paper_bound,
    price_law,
    records,
    targets,
)

BOOK = Path(__file__).resolve().parent.parent / "book"
sys.path.insert(0, str(BOOK / "experiments"))
import certified_numbers as script  # noqa: E402


@pytest.fixture(scope="module")
def table():
    return records.read(BOOK / "data" / "certified_numbers.json")


def distance(value: float, text: str) -> float:
    """Relative distance of a float from an enclosure."""
    lower, upper = script.fractions(text)
    exact = Fraction(value)
    if lower <= exact <= upper:
        return 0.0
    nearest = lower if exact < lower else upper
    return float(abs(exact - nearest) / nearest)


def test_the_table_is_complete_and_narrow(table):
    assert [row["dim"] for row in table["dims"]] == [*range(2, 101), 200, 500, 1000]
    count = 0
    for row in table["dims"]:
        texts = script.enclosures(row)
        assert len(set(map(id, texts))) == len(texts) == _texts(row)
        for text in texts:
            lower, upper = script.fractions(text)
            assert 0 < lower <= upper
            assert (upper - lower) / lower < Fraction(1, 10**20)
            count += 1
        assert len(row["min_features"]) == 3
        assert len(row["best_relative_error"]) == len(set(row["features"])) in (9, 10)
        assert len(row["relu_eigenvalue"]) == len([0, 1, 2, 4, 6, 8, 10])
        assert len(row["triangle_wave_eigenvalue"]) == (3 if row["dim"] >= 4 else 0)
        assert [len(texts) for texts in row["biased_eigenvalue"]] == [len(script.biased_degrees(row["dim"]))] * 4
        assert [len(counts) for counts in row["biased_min_features"]] == [2 if row["dim"] <= 20 else 0] * 4
        assert [len(texts) for texts in row["plane_wave_eigenvalue"]] == [5] * 3
    assert count >= 6000


def _texts(value) -> int:
    """How many enclosures a row holds, wherever they stand: none may be left out of the checks."""
    if isinstance(value, dict | list):
        return sum(map(_texts, value.values() if isinstance(value, dict) else value))
    return isinstance(value, str) and " .. " in value


def test_float_code_agrees_with_every_enclosure(table):
    checked = 0
    for row in table["dims"]:
        dim = row["dim"]
        for r, text in zip(row["features"], row["best_relative_error"], strict=True):
            lower, upper = script.fractions(text)
            value = lower_bound.best_relative_error(dim, r)  # rounded upwards, and no further
            assert lower <= Fraction(value)
            assert Fraction(math.nextafter(value, 0)) <= upper
            checked += 1
        cases = [(0.0, script.DEGREES, row["relu_eigenvalue"], 1e-12)]
        for bias, texts in zip(script.BIASES, row["biased_eigenvalue"], strict=True):
            cases.append((bias, script.biased_degrees(dim), texts, 1e-11))
        for bias, degrees, texts, error in cases:
            values = concentration.relu_eigenvalues(dim, max(degrees), bias)
            for ell, text in zip(degrees, texts, strict=True):
                assert distance(values[ell], text) < error
                checked += 1
        for omega, texts in zip(script.FREQUENCIES, row["plane_wave_eigenvalue"], strict=True):
            for ell, text in zip(script.PLANE_DEGREES, texts, strict=True):
                assert distance(concentration.plane_wave_eigenvalue(dim, ell, omega), text) < 1e-12
                checked += 1
        if row["triangle_wave_eigenvalue"]:
            values = concentration.triangle_wave_eigenvalues(dim, math.sqrt(dim), max(script.WAVE_DEGREES))
            for ell, text in zip(script.WAVE_DEGREES, row["triangle_wave_eigenvalue"], strict=True):
                if script.fractions(text)[0] > Fraction(1, 10**280):
                    assert distance(values[ell], text) < 3e-12
                    checked += 1
        if dim >= 3:
            assert distance(price_law.price_constant(dim), row["price_constant"]) < 1e-12
            checked += 1
        smallest = [lower_bound.min_features(dim, error) for error in script.ERRORS]
        assert row["min_features"] == smallest
        for bias, counts in zip(script.BIASES, row["biased_min_features"], strict=True):
            for error, count in zip(script.ERRORS_WITH_BIAS, counts, strict=False):
                assert lower_bound.min_features(dim, error, bias) == pytest.approx(count, rel=1e-10, abs=0)
                checked += 1
    assert checked >= 6000


@pytest.mark.parametrize("dim", [2, 8, 20, 200])
def test_the_table_is_what_the_code_computes(table, dim):
    row = next(row for row in table["dims"] if row["dim"] == dim)
    assert records.plain(script.certify_dimension(dim)) == row


ANGLES, WEIGHTS = (
    np.concatenate(parts) for parts in zip(*(((x + 1 + 2 * k) * math.pi / 8, w * math.pi / 8) for k in range(4)
                                             for x, w in [np.polynomial.legendre.leggauss(120)]), strict=True)
)  # fmt: skip


def on_the_sphere(dim: int, degree: int, kernel) -> float:
    """∫ κ P_ℓ dμ_d by quadrature over the angle, P_ℓ by scipy's Gegenbauer polynomials."""
    t, order = np.cos(ANGLES), dim / 2 - 1
    polynomial = np.cos(degree * ANGLES)
    if dim > 2:
        polynomial = scipy.special.eval_gegenbauer(degree, order, t) / scipy.special.eval_gegenbauer(degree, order, 1.0)
    surface = math.exp(math.lgamma(dim / 2) - math.lgamma((dim - 1) / 2)) / math.sqrt(math.pi)
    return float(surface * (WEIGHTS * kernel(t) * polynomial * np.sin(ANGLES) ** (dim - 2)).sum())


def neuron_kernel(t, bias: float):
    """E[Z+b]_+[Z′+b]_+ at correlation t, from the Gram matrix of the package."""
    pairs = np.stack([t, np.sin(ANGLES)], axis=1)
    return gaussian.relu_gram(np.array([[1.0, 0.0]]), np.array([bias]), pairs, np.full(len(t), bias))[0]


def wave_kernel(t, dim: int):
    """E tri(√d Z) tri(√d Z′) at correlation t, from the Fourier series of both: no Bessel function."""
    omega2, total, j = math.pi**2 * dim / 4, 0.0, np.arange(1.0, 4000, 2)[:, None]
    for step in range(0, 12, 2):
        k = j + step
        size = 64 / (math.pi**4 * j**2 * k**2) * (-1) ** (step // 2) * (1 if step == 0 else 2)
        square, cross = (j**2 + k**2) * omega2 / 2, j * k * omega2 * t
        total = total + (size * (np.exp(cross - square) - np.exp(-cross - square)) / 2).sum(axis=0)
    return total


def test_eigenvalues_by_quadrature_over_the_angle(table):
    """λ_ℓ = ∫ κ P_ℓ dμ_d, κ the covariance of two functions by their angle: none of the enclosures' formulas."""
    rows = {row["dim"]: row for row in table["dims"]}
    for dim in (2, 3, 6, 10, 20):
        row = rows[dim]
        for bias, texts in zip(script.BIASES, row["biased_eigenvalue"], strict=True):
            for degree, text in zip(script.BIASED_DEGREES[:5], texts, strict=False):
                value = on_the_sphere(dim, degree, lambda t, b=bias: neuron_kernel(t, b))
                low, high = script.fractions(text)
                assert low - Fraction(1, 10**15) <= Fraction(value) <= high + Fraction(1, 10**15)
        for omega, texts in zip(script.FREQUENCIES, row["plane_wave_eigenvalue"], strict=True):
            for degree, text in zip(script.PLANE_DEGREES, texts, strict=True):
                value = on_the_sphere(dim, degree, lambda t, w=omega: np.exp(-(w**2) * (1 - t)))
                assert distance(value, text) < 1e-9
        for degree, text in zip(script.WAVE_DEGREES, row["triangle_wave_eigenvalue"], strict=False):
            value = on_the_sphere(dim, degree, lambda t, d=dim: wave_kernel(t, d))
            assert distance(value, text) < 1e-9


def test_a_wrong_constant_is_outside(table):
    row = table["dims"][8]  # d = 10
    assert distance(concentration.relu_eigenvalues(10, 4)[4] * (1 + 1e-9), row["relu_eigenvalue"][3]) > 1e-10
    assert distance(2 * price_law.price_constant(10), row["price_constant"]) > 0.5


def test_decimals_are_rounded_outwards():
    rng = np.random.default_rng(0)
    for _ in range(200):
        value = Fraction(int(rng.integers(1, 10**15)), int(rng.integers(1, 10**15))) ** int(rng.integers(1, 40))
        low, high = (Fraction(text) for text in certify_constants.to_decimals((value, value), 9))
        assert low <= value <= high
        assert high - low <= value * Fraction(1, 10**8)
    third = (Fraction(1, 3), Fraction(1, 3))
    assert certify_constants.to_decimals(third, 4) == ("3.333e-1", "3.334e-1")
    assert certify_constants.to_decimals((Fraction(99999, 10), Fraction(99999, 10)), 3) == ("9.99e3", "1.00e4")
    assert certify_constants.to_decimals((Fraction(0), Fraction(0))) == ("0", "0")
    with pytest.raises(ValueError, match="enclosure must not be negative"):
        certify_constants.to_decimals((Fraction(-1), Fraction(1)))


@pytest.mark.parametrize("norm", [0.4, 1.0, 1.7, 3.0, 10.0])
def test_norm_of_the_triangle_wave(norm):
    enclosure = certify_constants.triangle_wave_norm2(norm)
    assert (enclosure[1] - enclosure[0]) / enclosure[0] < Fraction(1, 10**25)
    assert float(enclosure[0]) == pytest.approx(targets.triangle_wave_norm2(norm), rel=1e-14)


@pytest.mark.parametrize(("dim", "norm"), [(3, 1.0), (5, 2.0), (10, 1.5), (20, 4.0), (60, 7.0)])
def test_wave_eigenvalue_bound(dim, norm):
    lower, upper = certify_constants.wave_eigenvalue_bound(dim, norm)
    assert (upper - lower) / lower < Fraction(1, 10**18)
    assert math.log(lower) == pytest.approx(paper_bound.log_wave_eigenvalue(dim, norm), abs=1e-11)
    if dim >= 8:  # it bounds the eigenvalue itself
        eigenvalue = certify.triangle_wave_eigenvalue(dim, 1, norm**2, bits=40)
        assert eigenvalue[1] <= upper


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: certify_constants.price_constant(1), "dim must be at least 2"),
        (lambda: certify_constants.wave_eigenvalue_bound(10, 0.5), "wave_norm must be at least 1"),
        (lambda: certify_constants.triangle_wave_norm2(0.0), "norm must be at least 0.05"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
