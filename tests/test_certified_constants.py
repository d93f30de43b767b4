"""The certified numbers that the pages print: each enclosure holds an independent float or an exact count."""

import importlib
import math
import sys
from fractions import Fraction
from pathlib import Path

import mpmath
import numpy as np
import pytest
from scipy.optimize import brentq

pytest.importorskip("flint", reason="python-flint is not installed: pip install 'rfcompanion[certify]'")

from rfcompanion import (
    anti_concentration,
    biased_price_law,
    certify,
    concentration,
    gaussian,
    harmonics,
    lower_bound,
    paper_bound,
    price_law,
    records,
    single_neuron,
    targets,
)

BOOK = Path(__file__).resolve().parent.parent / "book"
sys.path.insert(0, str(BOOK / "experiments"))
script = importlib.import_module("certified_constants")
tools = importlib.import_module("certified_tools")
table_script = importlib.import_module("certified_numbers")

pi = math.pi
A = 2 / (3 * pi * math.sqrt(2 * pi))
LAST = 20.5**2 / (20.5**2 + 8)
K = 2 + 441 / 1461
BIAS_SHARE = math.exp(-0.5) / 4 * A / 2**1.5
WAVE_40 = pi * math.sqrt(40) / 2


def rate(kappa):
    """The largest e^{−κ(1−t)}√(1−t²), found on a fine grid of angles."""
    t = np.sin(np.linspace(0, pi / 2, 400_001))
    return float((np.exp(-kappa * (1 - t)) * np.sqrt(1 - t**2)).max())


def degrees(dim, omega, top):
    logs = [
        math.log(harmonics.harmonic_dimension(dim, n)) + concentration.plane_wave_eigenvalue(dim, n, omega, log=True)
        for n in range(top)
    ]
    return np.exp(logs)


def poisson_distance():
    law = np.array([math.exp(n * math.log(9) - 9 - math.lgamma(n + 1)) for n in range(80)])
    return abs(degrees(100, 3, 80) - law).sum() / 2


def solved(function, low, high):
    return brentq(lambda x: float(function(x)), low, high, xtol=1e-16, rtol=1e-15)


TAU = solved(lambda t: pi**2 * (1 - t) + math.log(1 - t * t), 0.5, 0.99)
#: name: (value by the float code of the book, or another way; relative error of that value)
VALUES = {
    "share-of-degree-zero": (lambda: concentration.relu_masses(10**7, 0)[0], 1e-6),
    "share-of-degree-two": (lambda: concentration.relu_eigenvalues(10**7, 0)[0], 1e-6),
    "share-of-degree-four": (lambda: concentration.relu_masses(10**6, 4)[4], 1e-4),
    "linear-floor": (lambda: 0.5 - 1 / pi, 1e-15),
    "quadratic-floor": (lambda: concentration.relu_tail(10**6, 2), 1e-4),
    "firing-share": (lambda: math.erfc(3 / math.sqrt(2)) / 2, 1e-14),
    "firing-one-in": (lambda: 2 / math.erfc(3 / math.sqrt(2)), 1e-14),
    "price-constant": (lambda: price_law.price_constant(10**8) / 10**12, 1e-7),
    "price-two-thirds": (lambda: A ** (2 / 3), 1e-14),
    "price-at-degree-d": (lambda: A / 2**1.5, 1e-14),
    "price-shift": (lambda: 3 - (price_law.price_constant(3) / (3 * A)) ** 2, 1e-13),
    "price-sides": (lambda: np.divide(*price_law.tail_bounds(10**9, 2)[::-1]), 1e-8),
    "price-sides-ten": (lambda: np.divide(*price_law.tail_bounds(10**9, 10)[::-1]) - 1, 1e-7),
    "price-lower-side": (lambda: concentration.relu_tail(10**6, 2) / price_law.tail_bounds(10**6, 2)[0], 1e-4),
    "half-pi": (lambda: 2 * math.exp(2 * (math.lgamma(1.5) - math.lgamma(1))), 1e-14),
    "eight-over-pi": (lambda: 2 * math.exp(2 * (math.lgamma(2) - math.lgamma(1.5))), 1e-14),
    "nine-pi-over-eight": (lambda: 2 * math.exp(2 * (math.lgamma(2.5) - math.lgamma(2))), 1e-14),
    "price-three": (lambda: 9 * pi / 16 * 25 * 2 * 3 / 4**4, 1e-14),
    "price-four": (lambda: 9 * pi / 16 * 3 / 5 * 5 / 5, 1e-14),
    "one-neuron-norm": (lambda: solved(lambda c: c**2 * A / 2**2.5 - 0.02, 1, 3), 1e-13),
    "one-neuron-error": (lambda: 1.16**2 * A / 2**2.5, 1e-14),
    "one-neuron-probability-norm": (lambda: solved(lambda c: c**2 * A / 2**3.5 - 0.02, 1, 3), 1e-13),
    "one-neuron-probability-error": (lambda: 1.64**2 * A / 2**3.5, 1e-14),
    "bias-neuron-norm": (lambda: solved(lambda c: c**2 * BIAS_SHARE * (1 - K / 20) * LAST - 0.02, 1, 3), 1e-13),
    "bias-neuron-first": (lambda: 2.3**2 * BIAS_SHARE, 1e-14),
    "bias-neuron-error": (lambda: 2.3**2 * BIAS_SHARE * (1 - K / 20) * LAST, 1e-14),
    "hard-norm-50": (lambda: price_law.hard_norm(50, 50), 1e-11),
    "rate-of-waves": (lambda: rate(pi**2 / 4), 1e-9),
    "rate-of-features": (lambda: -math.log(rate(pi**2 / 4)) / 2, 1e-9),
    "rate-of-sum": (lambda: math.sqrt(rate(pi**2 / 2)), 1e-9),
    "rate-by-hand": (lambda: 0.75**0.25, 1e-14),
    "integral-overshoot": (lambda: 2 * overshoot(400) - overshoot(200), 2e-5),
    "integral-40": (lambda: concentration.plane_wave_eigenvalue(40, 0, WAVE_40), 1e-11),
    "by-hand-40": (lambda: anti_concentration.elementary_bound(40, math.sqrt(40)) / largest_eigenvalue(40), 1e-11),
    "poisson-distance": (poisson_distance, 1e-10),
    "mean-degree": (lambda: degrees(100, 10, 400) @ np.arange(400), 1e-9),
    "phase-distance": (lambda: 2 / pi * sum(math.exp(-(pi**2) / 2 * n * n) for n in range(1, 9)), 1e-14),
    "four-over-pi-squared": (lambda: 4 / pi**2, 1e-15),
    "slow-wave": (lambda: 0.72 * gaussian.relu_norm2(-1 / 0.3) / targets.triangle_wave_norm2(0.3), 1e-11),
    "pieces-by-lemma": (lambda: 2 * math.sqrt(math.log(2000)), 1e-15),
    "paper-norm": (lambda: 2 * math.sqrt(3 / 50) * 6, 1e-15),
    "half-root-two": (lambda: math.sqrt(0.5), 1e-15),
    "budget-rate": (lambda: math.exp(price_law.rate(0.5)), 1e-14),
    "gap-of-relu": (lambda: 1.5 * (math.sqrt(2 / pi) / 16) ** (1 / 3), 1e-15),
    "contraction": (lambda: single_neuron.contraction(pi / 2), 1e-14),
    "contraction-inverse": (lambda: 1 / single_neuron.contraction(pi / 2), 1e-14),
    "price-where": (lambda: 0.2146 * (1 - 0.2146) / (0.5 - 2 * 0.2146), 1e-13),
    "bias-coupling": (lambda: biased_price_law.coupling(3, 2), 1e-15),
    "bias-neuron-k": (lambda: largest_k(20), 1e-14),
    "bias-neuron-second": (lambda: 1 - largest_k(20) / 20, 1e-14),
    "bias-neuron-third": (lambda: LAST, 1e-15),
    "two-thirds": (lambda: 2 / 3, 1e-15),
    "budget-limit": (lambda: 4 / 3 * 0.6**5, 1e-15),
    "threshold": (lambda: TAU, 1e-14),
    "threshold-rate": (lambda: (1 - TAU**2) ** 0.25, 1e-14),
    "phase-threshold": (
        lambda: solved(lambda x: mpmath.jtheta(3, 0, mpmath.exp(-2 * (mpmath.pi * x) ** 2)) - 2, 0.1, 1),
        1e-13,
    ),
    "truncation": (lambda: solved(lambda x: math.erfc(x / math.sqrt(2)) - 1 / 12, 1, 3), 1e-13),
}
COUNTS = {
    "features-10": lambda: lower_bound.min_features(10, 0.001),
    **{f"tenth-{d}": lambda d=d: anti_concentration.min_features_to_capture(d, math.sqrt(d), 0.1) for d in (10, 20)},
}


def overshoot(dim):
    eigenvalue = concentration.triangle_wave_eigenvalues(dim, math.sqrt(dim), 1)[1]
    return math.exp(concentration.plane_wave_eigenvalue(dim, 0, pi * math.sqrt(dim) / 2, log=True)) / eigenvalue


def largest_eigenvalue(dim):
    return concentration.triangle_wave_eigenvalues(dim, math.sqrt(dim), 15).max()


def largest_k(dim):
    """The largest k_L of the corollary: over all d ≥ 20 and even L ≥ d − 2."""
    pairs = ((d, L) for d in range(dim, 400) for L in range(d - 2 + d % 2, d + 60, 2))
    ratio, k = max(((k := biased_price_law.coupling(d, L)) / d, k) for d, L in pairs)
    assert ratio == k / dim
    return k


@pytest.fixture(scope="module")
def rows():
    record = records.read(BOOK / "data" / "certified_numbers.json")
    return {row["name"]: row for row in record["constants"]}


def ends(row):
    return table_script.fractions(row["enclosure"])


def test_every_constant_is_stored_and_has_a_second_computation(rows):
    names = set(script.catalogue())
    assert set(rows) == names
    floors = {name for name in names if name.startswith("floor-")}
    by_logarithm = {
        "tenth-40",
        "tenth-100",
        "features-50-wave",
        "features-50",
        "features-50-hard",
    }  # too large for floats: tested below
    assert names == set(VALUES) | set(COUNTS) | floors | by_logarithm


def test_enclosures_are_narrow(rows):
    for row in rows.values():
        low, high = ends(row)
        assert 0 < low <= high
        assert high - low < low / 10**20


@pytest.mark.parametrize("name", VALUES)
def test_another_computation_agrees(rows, name):
    value, error = VALUES[name]
    low, high = ends(rows[name])
    found = Fraction(float(value()))
    room = low * Fraction(error)
    assert low - room <= found <= high + room


@pytest.mark.parametrize("name", COUNTS)
def test_whole_numbers_are_exact(rows, name):
    low, high = ends(rows[name])
    assert low == high == COUNTS[name]()


def test_floors_are_those_of_the_float_code(rows):
    for name, row in rows.items():
        if name.startswith("floor-"):
            dim, features = map(int, name.split("-")[1:])
            value = lower_bound.best_relative_error(dim, features)  # rounded upwards, and no further
            low, high = ends(row)
            assert low <= Fraction(value)
            assert Fraction(math.nextafter(value, 0)) <= high


def test_large_counts_agree_with_the_float_code(rows):
    for dim in (40, 100):
        value = anti_concentration.min_features_to_capture(dim, math.sqrt(dim), 0.1)
        assert abs(Fraction(value) / ends(rows[f"tenth-{dim}"])[0] - 1) < Fraction(1, 10**11)
    for name, error in (("features-50", 1 / 25 / 50**2), ("features-50-hard", 1 / 25 / 21.96**2)):
        assert abs(Fraction(lower_bound.min_features(50, error)) / ends(rows[name])[0] - 1) < Fraction(1, 10**14)
    choice = paper_bound.wave_choice(50, 50, 1 / 50, 5.085, 15)
    count = ends(rows["features-50-wave"])[0]
    assert abs(Fraction(paper_bound.width_bound(choice, 50)) / count - 1) < Fraction(1, 10**9)
    best = paper_bound.best_choice(50, 50, 1 / 50, "width")  # the chapter's choice proves about as much
    assert 0.99 < paper_bound.width_bound(best, 50) / count < 1.01


def test_the_record_is_what_the_code_computes(rows):
    for name in ("price-constant", "integral-40", "threshold", "tenth-20", "features-50-wave", "bias-neuron-k"):
        assert records.plain(script.certify_constant(name)) == rows[name]


def test_a_count_is_the_least_one():
    """One feature less does not capture a tenth, by the enclosures themselves."""
    count = script.tenth(20, 100, 41)
    balls = {n: certify.triangle_wave_eigenvalue(20, n, 20.0, 100) for n in range(1, 42, 2)}
    size = tools.enclose(lambda: tools.wave_size(tools.q(20)), 100)
    for features, end in ((count, 0), (count - 1, 1)):
        left, captured = features, Fraction(0)
        for n, value in sorted(balls.items(), key=lambda item: item[1], reverse=True):
            taken = min(left, harmonics.harmonic_dimension(20, n))
            captured, left = captured + taken * value[end], left - taken
        assert (captured >= size[1] / 10) if end == 0 else (captured < size[0] / 10)


def test_the_least_number_for_an_exact_error():
    """Both sides of the answer at 21.96, squared exactly; the float of that error has another answer."""
    error = Fraction(1, 25) / Fraction(2196, 100) ** 2
    count = tools.features_for(50, error)
    assert certify.best_relative_error(50, count, 200)[1] <= error < certify.best_relative_error(50, count - 1, 200)[0]
    assert count != certify.min_features(50, float(error))


def test_refusals():
    with pytest.raises(ArithmeticError, match="no change of sign"):
        tools.root(lambda x: x + 1, Fraction(1), Fraction(2))
    aim = tools.enclose(lambda: tools.wave_size(tools.q(20)) / 10, 100)
    with pytest.raises(ArithmeticError, match="more degrees are needed"):
        tools.features_to_capture(20, 20.0, aim, 100, 5)
    with pytest.raises(ArithmeticError, match="the enclosures do not decide"):
        tools.features_to_capture(20, 20.0, (aim[0] * Fraction(9, 10), aim[1]), 100, 41)


def test_the_budgets_that_match():
    """The float enclosures of the chapter overlap with the rigorous ones, and no other case lies outside."""
    data = BOOK / "data"
    certified = records.read(data / "certified_frontier.json")["matching"]
    stored = records.read(data / "trade_offs_curves.json")["matching"]
    cases = {(row["dim"], row["degree"]): row["at_size"] for row in stored}
    for row in certified:
        low, high = cases[row["dim"], row["degree"]]
        assert row["lower"] <= high * (1 + 1e-9)
        assert low <= row["upper"] * (1 + 1e-9)
        assert row["upper"] - row["lower"] < 1e-3 * row["lower"]
    assert min(low for low, _ in cases.values()) >= certified[1]["lower"] * (1 - 1e-3)
    assert max(high for _, high in cases.values()) <= certified[0]["upper"] * (1 + 1e-3)


def test_the_table_shows_every_row(rows):
    frontier = records.read(BOOK / "data" / "certified_frontier.json")
    shown = table_script.table(list(rows.values()), frontier)
    assert shown.count("<td id=") == len(rows) + len(frontier["rows"]) + len(frontier["matching"])
    assert table_script.compact("2.25351e-2 .. 2.25352e-2") == "0.022535[1, 2]"
    assert table_script.compact("7.40796e2 .. 7.40797e2") == "740.79[6, 7]"
    assert table_script.compact("1.0368e-1 .. 1.0368e-1") == "0.10368, exactly"
    assert table_script.compact("5.265e-18 .. 5.266e-18") == "5.26[5, 6]·10<sup>−18</sup>"
    assert table_script.compact("4156 .. 4156") == "4156, exactly"
    assert table_script.compact("9.99e-1 .. 1.00e0") == "9.99e-1 .. 1.00e0"
