"""The price law: every step of its proof on a grid, and proof that each check notices a wrong constant."""

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy
from scipy.special import gammaln

from rfcompanion import price_law
from rfcompanion.concentration import relu_masses, relu_tail
from rfcompanion.gaussian import relu_gram
from rfcompanion.harmonics import harmonic_dimension, legendre
from rfcompanion.lower_bound import best_relative_error, min_features

A = price_law.LIMIT_CONSTANT
ALL_DIMS = np.arange(3, 1001)
HALVES = np.arange(0, 1001.0)  # n = L/2


def normalised_tails(dim, halves=1001, extra=3000):
    """τ_{2n}/K_d for n = 0, 1, …: masses by exact ratios, the rest from the sharp form. No use of the package."""
    n = np.arange(halves + extra, dtype=np.float64)
    m = n + dim / 2
    a = 2 * math.sqrt(math.pi) * np.cumprod(np.r_[1, (n[:-1] + 0.5) ** 2 / ((n[:-1] + 1.5) * (n[:-1] + 2))])
    b = math.exp(gammaln(dim / 2) + gammaln(dim / 2 + 0.5) - 2 * gammaln(dim / 2 + 1.5))
    b *= np.cumprod(np.r_[1, m[:-1] * (m[:-1] + 0.5) / (m[:-1] + 1.5) ** 2])
    last, after = n[-1] + 1, m[-1] + 1
    rest = math.exp(gammaln(last - 0.1) - gammaln(last + 1.4) + gammaln(after - 0.4) - gammaln(after + 1.1))
    masses = 0.75 * (4 * n + dim + 2) * a * b
    return (np.cumsum(masses[::-1])[::-1] + rest)[:halves]


def gamma_ratio(x, shift):
    return np.exp(gammaln(x) - gammaln(x + shift))


# The checks, one for each lemma. Their keyword arguments are the constants of the lemma.


def check_mass(factor=0.75, offset=2):
    for dim in (3, 4, 11, 60):
        n = np.arange(20.0)
        m = n + dim / 2
        log_a = 2 * gammaln(n + 0.5) - gammaln(n + 1.5) - gammaln(n + 2)
        log_b = gammaln(m) + gammaln(m + 0.5) - 2 * gammaln(m + 1.5)
        constant = dim * math.exp(math.lgamma(dim / 2) - math.lgamma((dim - 1) / 2)) / (12 * math.pi**1.5)
        masses = constant * factor * (4 * n + dim + offset) * np.exp(log_a + log_b)
        if not np.allclose(masses, relu_masses(dim, 40)[2::2], rtol=1e-11):
            return False
    return True


def check_upper_step(c=0.15, power=1.5):
    for dim in (3, 4, 5, 10, 40, 200, 1000):
        n = np.arange(0.0, 400)
        m = n + dim / 2
        log_a = 2 * gammaln(n + 0.5) - gammaln(n + 1.5) - gammaln(n + 2)
        log_b = gammaln(m) + gammaln(m + 0.5) - 2 * gammaln(m + 1.5)
        masses = 0.75 * (4 * n + dim + 2) * np.exp(log_a + log_b)
        log_f = -power * np.log((n + c) * (m - c))
        log_f1 = -power * np.log((n + 1 + c) * (m + 1 - c))
        if not (masses < np.exp(log_f) * -np.expm1(log_f1 - log_f)).all():
            return False
    return True


def check_lower_step(alpha=0.25):
    beta = -0.5 - alpha
    for dim in (4, 5, 10, 40, 200, 1000):
        n = np.arange(1.0, 400)
        m = n + dim / 2
        log_q = 2 * gammaln(n + 0.5) - gammaln(n + 1.5) - gammaln(n + 2) + gammaln(n + alpha + 2.5) - gammaln(n + alpha)
        log_q += gammaln(m) + gammaln(m + 0.5) - 2 * gammaln(m + 1.5) + gammaln(m + beta + 2.5) - gammaln(m + beta)
        if not (log_q > 1e-12).all() or not (np.diff(log_q) < 0).all():
            return False
    return True


def check_gamma_ratio(shift=0.25):
    x = np.geomspace(1e-2, 1e4, 400)
    return bool((gamma_ratio(x, 1.5) > (x + shift) ** -1.5).all())


def check_dimension_three(scale=8, shift=2.0):
    n = np.arange(0.0, 100)
    exact = np.exp(2 * gammaln(n + 0.5) - 2 * gammaln(n + shift)) / (scale * math.pi)
    return np.allclose(exact, price_law.price_constant(3) / 8 * normalised_tails(3, 100), rtol=1e-9)


def check_constant(lower=1.5, upper=1.4292):
    ratio = price_law.price_constant(ALL_DIMS) / (A * ALL_DIMS)
    return bool((np.sqrt(ALL_DIMS - lower) < ratio).all() and (ratio < np.sqrt(ALL_DIMS - upper)).all())


def check_sharp_form(alpha=-0.1):
    beta = -0.5 - alpha
    n, m = np.arange(1.0, 300), np.arange(1.0, 300) + 1.5
    p, q = n**3 + 3.4 * n**2 + 2.65 * n, m**3 + 2.6 * m**2 + 1.05 * m
    first = (n + 0.5) ** 2 * (n + alpha + 2.5) / ((n + 1.5) * (n + 2) * (n + alpha))
    second = m * (m + 0.5) * (m + beta + 2.5) / ((m + 1.5) ** 2 * (m + beta))
    same = np.allclose(first, (p + 0.6) / (p - 0.3)) and np.allclose(second, q / (q - 0.9))
    return bool(same and (first > 1).all() and (second > 1).all())


def check_law(scale=1.0, lower_shift=1.0, upper_shift=0.3):
    """Every d from 3 to 1000, every even L from 0 to 2000."""
    for dim in ALL_DIMS:
        tails = normalised_tails(dim) / scale
        lower = ((HALVES + lower_shift / 2) * (HALVES + dim / 2 - lower_shift / 2)) ** -1.5
        upper = ((HALVES + upper_shift / 2) * (HALVES + dim / 2 - upper_shift / 2)) ** -1.5
        if not ((lower < tails).all() and (tails < upper).all()):
            return False
    return True


LEMMAS = {
    check_mass: [{"factor": 1.5}, {"offset": -2}],
    check_upper_step: [{"c": 0.3}, {"power": 3.0}],
    check_lower_step: [{"alpha": -0.25}, {"alpha": 0.125}],
    check_gamma_ratio: [{"shift": 0.125}],
    check_dimension_three: [{"scale": 16}, {"shift": 1.0}],
    check_constant: [{"lower": 0.75}, {"upper": 2.8584}, {"lower": -1.5}],
    check_sharp_form: [{"alpha": 0.1}, {"alpha": -0.2}],
    check_law: [{"scale": 2.0}, {"scale": 0.5}, {"upper_shift": 0.6}, {"lower_shift": 0.15}],
}


# checks: thm-price-law, lem-price-mass, lem-price-upper, lem-price-lower, lem-price-gamma, lem-price-three
# checks: lem-price-constant, prp-price-sharp
@pytest.mark.parametrize("check", LEMMAS, ids=lambda check: check.__name__)
def test_each_step_of_the_proof(check):
    assert check()


# checks: thm-price-law, lem-price-mass, lem-price-upper, lem-price-lower, lem-price-gamma, lem-price-three
# checks: lem-price-constant, prp-price-sharp
@pytest.mark.parametrize(("check", "wrong"), [(check, wrong) for check, all_ in LEMMAS.items() for wrong in all_])
def test_a_wrong_constant_is_noticed(check, wrong):
    assert not check(**wrong)


# The algebra of the proof, symbolically.

n, m, s, t, x = sympy.symbols("n m s t x", positive=True)
half = sympy.Rational(1, 2)


def positive_coefficients(expression, *variables):
    return all(c > 0 for c in sympy.Poly(sympy.expand(expression), *variables).coeffs())


# checks: lem-price-upper
def test_differences_of_the_upper_step_are_negative():
    c = sympy.Rational(3, 20)
    quarter5 = sympy.Rational(5, 4)
    d1 = 2 / (n + half) - 1 / (n + 3 * half) - 1 / (n + 2) + quarter5 * (1 / (n + 2 + c) - 1 / (n + c))
    assert (
        sympy.simplify(d1 + 9 * (230 * n + 423) / ((n + 2) * (2 * n + 1) * (2 * n + 3) * (20 * n + 3) * (20 * n + 43)))
        == 0
    )
    d2 = 1 / m + 1 / (m + half) - 2 / (m + 3 * half) + quarter5 * (1 / (m + 2 - c) - 1 / (m - c))
    expected = -9 * (230 * m + 37) / (m * (2 * m + 1) * (2 * m + 3) * (20 * m - 3) * (20 * m + 37))
    assert sympy.simplify(d2 - expected) == 0


# checks: lem-price-upper
def test_one_shift_alone_is_uniform_in_the_dimension():
    """n² times the relative error of the upper side: bounded in n and d for c = 0.15 only; at one d, for every c."""

    def excess(dim, n, c):
        return n**2 * (((n + c) * (n + dim / 2 - c)) ** -1.5 / tails[dim][int(n)] - 1)

    tails = {dim: normalised_tails(dim) for dim in (3, 10, 100, 1000, 10**6)}
    for dim in tails:
        assert all(0 < excess(dim, n, 0.15) < 0.45 for n in (1.0, 10.0, 100.0, 500.0))
    for c in (0.05, 0.1, 0.2, 0.25):
        assert abs(excess(10**6, 500.0, c)) > 30, "another shift: of order n at large d"
        assert abs(excess(10, 900.0, c) / excess(10, 450.0, c) - 1) < 0.05, "at one d: of order 1"


# checks: lem-price-lower
@pytest.mark.parametrize(("shift", "dim", "degree"), price_law.LOWER_SHIFTS)
def test_the_lower_ratio_decreases_for_every_proved_shift(shift, dim, degree):
    alpha = sympy.Rational(shift).limit_denominator(100) / 2 - sympy.Rational(1, 4)
    beta = -half - alpha
    numerator = (n + half) ** 2 * (n + alpha + 5 * half) * m * (m + half) * (m + beta + 5 * half)
    denominator = (n + 3 * half) * (n + 2) * (n + alpha) * (m + 3 * half) ** 2 * (m + beta)
    first, start = max(degree // 2, 1), sympy.Rational(max(dim, 4), 2)
    difference = (denominator - numerator).subs(m, n + start + s).expand().subs(n, first + t)
    assert positive_coefficients(difference, s, t)
    weaker = (denominator - numerator).subs(m, n + start + s).expand().subs(n, t)  # n = 0 is not covered by it
    if shift == 1.0:
        assert not positive_coefficients(weaker, s, t)


def test_in_dimension_three_the_ratio_is_one():
    alpha, beta = half, -1
    ratio = (n + half) ** 2 * (n + alpha + 5 * half) / ((n + 3 * half) * (n + 2) * (n + alpha))
    ratio *= (m * (m + half) * (m + beta + 5 * half) / ((m + 3 * half) ** 2 * (m + beta))).subs(m, n + 3 * half)
    assert sympy.simplify(ratio - 1) == 0


# checks: lem-price-gamma
def test_differences_of_the_two_gamma_lemmas():
    quarter = sympy.Rational(1, 4)
    d1 = 1 / (x + 3 * half) - 1 / x + 3 * half * (1 / (x + quarter) - 1 / (x + 5 * quarter))
    assert sympy.simplify(d1 + 15 / (x * (2 * x + 3) * (4 * x + 1) * (4 * x + 5))) == 0
    d2 = 1 / (x + half) - 1 / x - half * (1 / (x + 3 * quarter) - 1 / (x - quarter))
    assert sympy.simplify(d2 - 3 / (x * (2 * x + 1) * (4 * x - 1) * (4 * x + 3))) == 0


# checks: lem-price-difference
def test_the_telescoping_identity():
    alpha, d = sympy.symbols("alpha d")
    beta = -half - alpha
    m_ = n + d / 2
    bracket = (n + alpha + 3 * half) * (m_ + beta + 3 * half) - (n + alpha) * (m_ + beta)
    assert sympy.expand(bracket - sympy.Rational(3, 4) * (4 * n + d + 2)) == 0


# The functions


def test_tails_agree_with_mpmath():
    """τ_L = 1 − Σ_{ℓ≤L} m_ℓ with 40 digits: the masses sum to one, no infinite sum is needed."""
    mpmath.mp.dps = 40
    for dim, degree in ((3, 2), (4, 6), (17, 10), (150, 40)):
        tail = mpmath.mpf(1) / 2  # degree 1 has mass 1/2
        for ell in range(0, degree + 1, 2):
            c = mpmath.gamma(mpmath.mpf(dim) / 2) * mpmath.gamma(mpmath.mpf(ell - 1) / 2)
            c /= 4 * mpmath.pi * mpmath.gamma(mpmath.mpf(ell + dim + 1) / 2)
            tail -= 2 * dim * harmonic_dimension(dim, ell) * c**2
        lower, upper = price_law.tail_bounds(dim, degree)
        assert lower < tail < upper
        lower, upper = price_law.sharp_tail_bounds(dim, degree, peeled=400)
        assert lower <= tail < upper
        assert upper / lower < 1 + 1e-5
        assert float(tail) == pytest.approx(relu_tail(dim, degree), rel=1e-10)


# checks: thm-price-law
def test_proved_sharper_shifts():
    for shift, dim, degree in price_law.LOWER_SHIFTS[1:]:
        for d in (dim, dim + 1, 3 * dim, 1000):
            half_degrees = HALVES[degree // 2 :]
            lower = ((half_degrees + shift / 2) * (half_degrees + d / 2 - shift / 2)) ** -1.5
            assert (lower < normalised_tails(d)[degree // 2 :]).all()
        with pytest.raises(ValueError, match="lower_shift must be 1 unless"):
            price_law.tail_bounds(dim - 1, degree, lower_shift=shift)


# checks: thm-price-law
def test_ratio_of_the_two_sides():
    """At most (30/23)^{3/2} = 1.4897 for L ≥ 2: approached at L = 2 as d → ∞, never reached."""
    supremum = (30 / 23) ** 1.5
    degrees = 2 * np.arange(1, 1001)
    largest = 0.0
    for dim in (3, 4, 10, 100, 1000, 10**6):
        lower, upper = price_law.tail_bounds(dim, degrees)
        assert (np.diff(upper / lower) < 0).all()
        assert largest < (upper / lower)[0] < supremum < 1.5
        largest = (upper / lower)[0]
    assert largest == pytest.approx(supremum, abs=1e-5)


# checks: general-features-numerical-only-the-largest
def test_largest_tail_over_the_lower_side():
    """Not proved, computed: τ_L over the lower side is at most 1.3832, the limit d → ∞ at L = 2."""
    limit = (1 - 1 / math.pi - 1 / 2 - 1 / (2 * math.pi)) / (A / 3**1.5)
    assert limit == pytest.approx(1.3832, abs=5e-5)
    for dim in (3, 4, 10, 100, 1000, 100_000):
        ratios = [relu_tail(dim, degree) / price_law.tail_bounds(dim, degree)[0] for degree in (2, 4, 6, 10, 30)]
        assert max(ratios) < limit
    assert max(ratios) == pytest.approx(limit, rel=1e-3)


# checks: cor-price-inputs
def test_the_law_holds_for_every_rotation_invariant_input():
    """On the sphere the same relative tail: masses N(d,ℓ)c_ℓ²/Σ from quadrature of the ReLU against P_ℓ."""
    from rfcompanion.harmonics import funk_hecke

    dim, top = 6, 40
    c = funk_hecke(lambda z: np.maximum(z, 0), dim, top, kinks=(0.0,))
    counts = np.array([harmonic_dimension(dim, ell) for ell in range(top + 1)], dtype=float)
    relative = counts * c**2 / (1 / (2 * dim))  # ‖[⟨θ,ξ⟩]_+‖² = 1/(2d) on the sphere
    assert relative[:7].sum() == pytest.approx(1 - relu_tail(dim, 6), rel=1e-10)


# checks: cor-price-error
@pytest.mark.parametrize("dim", [3, 10, 20, 51])
@pytest.mark.parametrize("error", [0.05, 1e-2, 1e-3, 1e-5])
def test_price_of_an_error_against_the_exact_minimum(dim, error):
    price = price_law.price_of_error(dim, error)
    exact = min_features(dim, error)
    assert price.too_few < exact <= price.enough
    assert best_relative_error(dim, price.too_few) > error
    assert price.enough_degree - price.too_few_degree <= 4
    assert price_law.tail_bounds(dim, price.too_few_degree + 2)[0] < error
    if price.enough_degree:
        assert price_law.tail_bounds(dim, price.enough_degree - 2)[1] > error


def test_features_up_to_counts_the_degrees():
    for dim in (3, 8, 30):
        for degree in (0, 2, 8, 20):
            counted = 1 + dim + sum(harmonic_dimension(dim, ell) for ell in range(2, degree + 1, 2))
            assert price_law.features_up_to(dim, degree) == counted


def test_the_hard_neuron_of_the_design_numbers():
    for dim, norm, features in ((20, 11.23, "6.89e10"), (50, 21.96, "5.04e28"), (100, 36.74, "4.52e58")):
        assert norm - 0.01 < price_law.hard_norm(dim, dim) <= norm
        r = price_law.features_up_to(dim, dim)
        assert float(features) < r < 1.003 * float(features)
        # at that norm the absolute error of the best r features is exactly 1/50
        assert price_law.hard_norm(dim, dim) ** 2 * best_relative_error(dim, r) / 2 == pytest.approx(0.02, rel=1e-9)


def hard_degree(dim):
    """The largest even L below d."""
    return dim - 1 if dim % 2 else dim - 2


def check_every_dimension(norm=price_law.HARD_NORM_CONSTANT, power=0.75, square=256):
    for dim in range(3, 400):
        degree = hard_degree(dim)
        lower = price_law.tail_bounds(dim, degree)[0]
        if not (norm * dim**power) ** 2 * lower / 2 > 0.02:
            return False
        # r_L² ≥ 16^d/(256 d) and N(d,L+2)² ≥ 16^d/(36 d), in integers
        if not square * dim * price_law.features_up_to(dim, degree) ** 2 >= 16**dim:
            return False
        if not 36 * dim * harmonic_dimension(dim, degree + 2) ** 2 >= 16**dim:
            return False
        if not 121 * dim * harmonic_dimension(dim, degree + 1) ** 2 >= 16**dim:
            return False
    return True


# checks: thm-one-neuron
def test_one_neuron_in_every_dimension():
    assert check_every_dimension()
    assert not check_every_dimension(norm=0.58)
    assert not check_every_dimension(power=0.5)
    assert not check_every_dimension(square=64)
    limit = 2**0.75 / (5 * math.sqrt(A))
    assert 1.155 < limit < price_law.HARD_NORM_CONSTANT
    # the norms at which L = d itself is not enough, for even d
    for dim in range(10, 1000, 2):
        bound = (25 * price_law.tail_bounds(dim, dim)[0]) ** -0.5
        assert price_law.hard_norm(dim, dim) < bound < (1.25 if dim < 20 else 1.20) * dim**0.75


# checks: cor-price-regimes
def test_the_exponent_of_the_price():
    """Part 1: ln r/d tends to h(κ), from both sides of the law; part 2: ln r ~ d h(L/d) with L = (A/ε)^{2/3}."""
    for kappa in (0.5, 1.0, 2.0):
        distances = []
        for dim in (100, 1000, 10_000):
            error = A * (kappa * (1 + kappa)) ** -1.5 * dim**-1.5
            price = price_law.price_of_error(dim, error)
            for features in (price.too_few, price.enough):
                log_features = (features.bit_length() - 1) * math.log(2)
                distances.append(abs(log_features / dim - price_law.rate(kappa)))
                assert distances[-1] < 6 * math.log(dim) / dim
                assert abs(log_features / dim - price_law.rate(2 * kappa)) > 0.4, "mutation: twice the degree"
        assert max(distances[4:]) < 0.2 * max(distances[:2])
    assert price_law.rate(1.0) == pytest.approx(math.log(4))
    assert A * 2**-1.5 == pytest.approx(0.0299, abs=5e-5)
    ratios = []
    for dim in (10**2, 10**4, 10**6):
        error = float(dim) ** -0.75
        degree = (A / error) ** (2 / 3)
        price = price_law.price_of_error(dim, error)
        ratios += [
            (features.bit_length() - 1) * math.log(2) / (degree * math.log(dim / degree))
            for features in (price.too_few, price.enough)
        ]
    assert max(abs(ratio - 1) for ratio in ratios[4:]) < max(abs(ratio - 1) for ratio in ratios[:2])


# checks: trade-offs-width-and-weights-are, trade-offs-the-constant-matters
def test_the_constant_in_front_of_the_error_decides_the_rate():
    """4^d belongs to 0.0299 d^{−3/2}, about 13^d to a fortieth of it, and about 1.6^d to d^{−3/2}."""
    for dim in (100, 400):
        low, middle, high = (min_features(dim, c * dim**-1.5) for c in (1.0, A * 2**-1.5, A * 2**-1.5 / 40))
        rates = [float(r) ** (1 / dim) if dim < 200 else math.exp(math.log(r) / dim) for r in (low, middle, high)]
        room = 6 * math.log(dim) / dim  # polynomial factors
        assert all(abs(math.log(rate / base)) < room for rate, base in zip(rates, (1.61, 4.0, 13.2), strict=True))
    assert min_features(50, 50**-1.5) < 2**50
    assert min_features(50, A * 2**-1.5 * 50**-1.5) > 2**90


def test_a_fixed_error_costs_a_fixed_power_of_the_dimension():
    """Order d^L, L the smallest even degree whose Hermite tail is below ε."""
    tails = {L: relu_tail(10**7, L) for L in (2, 4, 6)}
    for error in (0.1, 0.03, 0.015, 0.0095, 0.007):
        degree = next(L for L, tail in tails.items() if tail < error)
        exponent = math.log2(min_features(16_000, error) / min_features(8000, error))
        assert exponent == pytest.approx(degree, abs=0.05)


# checks: cor-price-regimes
def test_a_lower_bound_in_powers_of_r():
    """e_r > A d^{−3/2} r^{−3/(d−1)} for d ≥ 6 and every r."""
    for dim in (6, 7, 12, 40):
        for r in [1, 2, dim + 1, dim + 2, *[10**k for k in range(1, 40, 3)]]:
            assert best_relative_error(dim, r) > A * dim**-1.5 * float(r) ** (-3 / (dim - 1))


# checks: lem-price-rate
def test_rate_bounds_the_binomials():
    assert price_law.rate(1) == pytest.approx(math.log(4))
    assert price_law.rate(0.0) == 0
    for dim in (3, 17, 200):
        for degree in (2, 10, 60, 500):
            log_binomial = math.lgamma(dim + degree + 1) - math.lgamma(dim + 1) - math.lgamma(degree + 1)
            top = dim * price_law.rate(degree / dim)
            assert top - math.log(dim + degree + 1) <= log_binomial <= top + 1e-9
    assert price_law.rate(np.array([0.5, 1.0])).shape == (2,)


# checks: thm-price-probability
def test_high_probability_form_on_random_neurons():
    """Captured part beyond degree L by r random neurons, over many directions: mean and tail obey the theorem."""
    dim, degree, loss = 5, 4, 0.5
    rng = np.random.default_rng(5)
    W = rng.standard_normal((12, dim))
    W /= np.linalg.norm(W, axis=1, keepdims=True)
    theta = rng.standard_normal((4000, dim))
    theta /= np.linalg.norm(theta, axis=1, keepdims=True)
    masses = relu_masses(dim, degree)

    def beyond(U, V):  # kernel of the parts of degree above L, as shares of ‖φ‖² = 1/2
        P = legendre(dim, degree, np.clip(U @ V.T, -1, 1))
        return 2 * relu_gram(U, V=V) - np.tensordot(masses, P, axes=1)

    cross = beyond(theta, W)
    captured = (cross * np.linalg.solve(beyond(W, W), cross.T).T).sum(axis=1)
    tail = relu_tail(dim, degree)
    top = relu_masses(dim, degree + 2)[-1] / harmonic_dimension(dim, degree + 2)
    standard_error = captured.std() / math.sqrt(len(theta))
    assert captured.mean() < len(W) * top + 4 * standard_error
    assert captured.mean() > len(W) * top / 2  # the bound is not idle here
    failure = len(W) / (loss * harmonic_dimension(dim, degree + 2))
    assert price_law.high_probability_features(dim, degree, failure * (1 + 1e-12), loss) == len(W)
    assert (captured > loss * tail).mean() <= failure
    # the whole distance is larger than the distance beyond degree L
    gram, c = relu_gram(W), relu_gram(theta, V=W)
    error = 1 - 2 * (c * np.linalg.solve(gram, c.T).T).sum(axis=1)
    assert (error >= tail - captured - 1e-12).all()


# checks: cor-one-neuron-probability
def test_high_probability_counts():
    exact = Fraction(1, 2) ** 50 * Fraction(1, 2) * harmonic_dimension(50, 52)
    assert price_law.high_probability_features(50, 50, 0.5**50) == math.floor(exact)
    assert price_law.high_probability_features(50, 51, 0.25, 0.25, biased=True) == harmonic_dimension(50, 52) // 16


# checks: cor-price-tangent
def test_tangent_features_span_few_dimensions():
    assert price_law.tangent_width(10, 101) == 11
    assert price_law.tangent_width(10, 110, biased=True) == 10
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((200, 6)), rng.standard_normal((3, 6))
    active = (x @ w.T > 0).astype(float)
    features = (active[:, :, None] * x[:, None, :]).reshape(200, -1)
    assert np.linalg.matrix_rank(features) == 18
    # the output-layer gradients [⟨w,x⟩]_+ lie in that span already
    assert np.linalg.matrix_rank(np.hstack([features, np.maximum(x @ w.T, 0)])) == 18


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: price_law.price_constant(2), "dim must be at least 3"),
        (lambda: price_law.price_constant(3.5), "dim must be an integer"),
        (lambda: price_law.tail_bounds(5, 3), "degree must be even"),
        (lambda: price_law.tail_bounds(5, np.array([2.0, 4.0])), "degree must hold integers"),
        (lambda: price_law.tail_bounds(5, 4, lower_shift=0.4), "lower_shift must be one of"),
        (lambda: price_law.sharp_tail_bounds(5, 0), "degree must be at least 2"),
        (lambda: price_law.price_of_error(5, 0.5), "relative_error must be at most"),
        (lambda: price_law.price_of_error(5, 0), "relative_error must be greater than 0"),
        (lambda: price_law.hard_norm(5, 4, -1), "absolute_error must be greater than 0"),
        (lambda: price_law.rate(-0.1), "kappa must be finite and at least 0"),
        (lambda: price_law.high_probability_features(5, 3, 0.5), "degree must be even"),
        (lambda: price_law.high_probability_features(5, 4, 1.0), "failure must be less than 1"),
        (lambda: price_law.tangent_width(0, 5), "dim must be at least 1"),
    ],
)
def test_errors_name_the_argument(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()
