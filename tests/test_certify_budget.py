"""The rigorous enclosure of E_B: narrow, around the float optimum, and of parts that agree with the float code."""

import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("flint", reason="python-flint is not installed: pip install 'rfcompanion[certify]'")

from flint import arb

from rfcompanion import certify_budget, records, trade_offs

BOOK = Path(__file__).resolve().parent.parent / "book"
sys.path.insert(0, str(BOOK / "experiments"))
import certified_frontier as script  # noqa: E402


@pytest.mark.parametrize(("dim", "budget"), [(3, 5.0), (5, 1.0), (10, 10.0), (20, 100.0), (50, 1000.0), (100, 1e4)])
def test_the_float_optimum_lies_inside(dim, budget):
    lower, upper = certify_budget.weight_limited_error(dim, budget, 60)
    optimum = trade_offs.weight_limited_optimum(dim, budget)
    assert 0 < lower <= upper
    assert upper - lower < lower * Fraction(1, 1000)
    assert lower <= Fraction(optimum.upper)
    assert Fraction(optimum.lower) <= upper
    assert not lower <= Fraction(optimum.error) * Fraction(1001, 1000) ** 2 <= upper  # a wrong value is outside


def test_any_proposal_gives_a_valid_bound():
    """Another polynomial or another density only widens the enclosure: validity never rests on the float optimum."""
    good = certify_budget.weight_limited_error(10, 30.0, 40)
    optimum = trade_offs.weight_limited_optimum(10, 30.0, max_degree=40)
    degrees = [0, 1, *range(2, 41, 2)]
    rng = np.random.default_rng(0)
    saved = certify_budget.ctx.prec
    certify_budget.ctx.prec = 600
    try:
        for _ in range(3):
            noisy = optimum.polynomial * (1 + 0.03 * rng.standard_normal(len(degrees)))
            weights = [Fraction(float(a)) for a in noisy]
            lower, upper = certify_budget._bounds(10, arb(30.0), degrees, weights, optimum)
            assert lower < good[0]
            assert upper >= good[0]
            shifted = trade_offs.WeightLimited(10, 30.0, 0, 0, optimum.edges, 0.9 * optimum.density, noisy)
            assert certify_budget._bounds(10, arb(30.0), degrees, weights, shifted)[1] > good[1]
    finally:
        certify_budget.ctx.prec = saved


@pytest.mark.parametrize("dim", [3, 4, 10])
def test_caps_agree_with_the_float_code(dim):
    degrees = [0, 1, 2, 4, 6, 20]
    for t in (-0.9, -0.2, 0.0, 0.3, 0.99):
        values = [float(value.mid()) for value in certify_budget._caps(dim, degrees, arb(t))]
        assert values == pytest.approx(trade_offs.cap_moments(dim, 20, t)[degrees], abs=1e-13)


def test_roots_are_those_of_the_polynomial():
    # P_2 + P_1/2 − 1/10 in dimension 3: (3t² − 1)/2 + t/2 − 1/10
    weights = [Fraction(-1, 10), Fraction(1, 2), Fraction(1)]
    zeros, sign = certify_budget._roots(3, [0, 1, 2], weights)
    assert sign == 1
    expected = sorted(np.roots([1.5, 0.5, -0.6]), reverse=True)
    assert [float(zero.mid()) for zero in zeros] == pytest.approx(expected, abs=1e-14)


def test_the_record_is_narrow_and_holds_the_float_values():
    rows = records.read(BOOK / "data" / "certified_frontier.json")["rows"]
    assert [(row["dim"], row["budget"], row["max_degree"]) for row in rows] == script.CASES
    assert len(rows) >= 30
    for row in rows:
        assert 0 < row["upper"] - row["lower"] < 1e-4 * row["lower"]
    for row in rows[::5]:
        value = trade_offs.weight_limited_error(row["dim"], row["budget"])
        assert row["lower"] * (1 - 1e-12) <= value <= row["upper"] * (1 + 1e-12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((2, 1.0), "dim must be at least 3"),
        ((5, 0.0), "budget must be greater than 0"),
        ((5, 1.0, 2), "max_degree must be at least 4"),
        ((5, 1.0, 7), "max_degree must be even"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        certify_budget.weight_limited_error(*arguments)
