"""The law with a bias: identity, amplitude, weights, both sides, and the exact average over biases."""

import math

import mpmath
import numpy as np
import pytest
import sympy
from scipy.special import gammaln

from rfcompanion import biased_price_law as law
from rfcompanion.concentration import relu_eigenvalues, relu_masses, relu_tail
from rfcompanion.gaussian import relu_norm2
from rfcompanion.harmonics import harmonic_dimension, legendre
from rfcompanion.lower_bound import best_relative_error
from rfcompanion.price_law import price_constant

T = np.linspace(0, 0.99, 2001)


def chi_nodes(degrees, nodes=4000):
    """Nodes and weights for an expectation over τ ~ χ_k (midpoints, density normalised on the grid)."""
    tau = (np.arange(nodes) + 0.5) / nodes * (math.sqrt(degrees) + 12)
    density = np.exp((degrees - 1) * np.log(tau) - tau**2 / 2 - (degrees - 1) * math.log(math.sqrt(degrees)))
    return tau, density / density.sum()


def exact_tail(dim, degree, bias):
    """Absolute tail beyond L = everything minus the degrees up to L, for tails that float64 still resolves."""
    return relu_norm2(bias) * (1 - relu_masses(dim, degree, bias).sum())


def check_identity(rate=0.5, extra=2, big=4):
    for dim in (3, 5, 12):
        for bias in (0.4, -1.1, 2.0):
            tau, weights = chi_nodes(dim + extra)
            t = bias / np.hypot(tau, bias)
            P = legendre(dim + big, 6, t)
            constant = math.exp(math.lgamma(dim / 2) - math.lgamma((dim - 1) / 2)) / math.sqrt(math.pi) / (dim**2 - 1)
            for ell in range(2, 9):
                expectation = (weights * (1 - t**2) ** ((dim + 2) / 2) * P[ell - 2] ** 2).sum()
                value = dim * constant**2 * math.exp(-rate * bias**2) * expectation
                if abs(value / relu_eigenvalues(dim, 8, bias)[ell] - 1) > 1e-5:
                    return False
    return True


def weights_of(dim, n):
    m = n + dim + 1
    w = (m + n) * (m + 1) / (n * (m + n + 2))
    return m, w, m + w * (n + 1)


def check_amplitude(k_scale=1.0, power=0.5):
    for dim in (3, 4, 9, 30):
        P = legendre(dim + 4, 62, T)
        for n in range(2, 61, 2):
            m, w, total = weights_of(dim, n)
            k = k_scale * law.coupling(dim, n)
            ok = k * T**2 < 1
            triple = m * P[n] ** 2 + n * P[n - 1] ** 2 + w * ((m + 1) * P[n + 1] ** 2 + (n + 1) * P[n] ** 2)
            ratio = triple * (1 - T**2) ** ((dim + 1) * power) / (total * P[n][0] ** 2)
            lower, upper = np.sqrt(1 - k * T[ok] ** 2), 1 / (1 - k * T[ok] ** 2)
            if not ((ratio[ok] > lower * (1 - 1e-9)).all() and (ratio[ok] < upper * (1 + 1e-9)).all()):
                return False
    return True


def check_weights(loss=8.0, shift=2.5):
    """N(d,ℓ+1) ≤ c_n w_n (M_n+1) + c_{n+2}(n+2) ≤ (1 + 8/(n+5/2)²) N(d,ℓ+1),  ℓ = n+2,  c_n = N(d,ℓ)/W_n."""
    for dim in (3, 4, 9, 30, 200):
        for n in [*range(2, 60, 2), 200, 2000, 20000]:
            m, w, total = weights_of(dim, n)
            _, _, after = weights_of(dim, n + 2)
            target = harmonic_dimension(dim, n + 3)
            given = harmonic_dimension(dim, n + 2) / target / total * w * (m + 1)
            given += harmonic_dimension(dim, n + 4) / target / after * (n + 2)
            if not -1e-12 <= given - 1 <= loss / (n + shift) ** 2 + 1e-12:
                return False
            # the first odd degree gets its weight from one side only
            if n * harmonic_dimension(dim, n + 2) / harmonic_dimension(dim, n + 1) > total:
                return False
    return True


def check_average(shift=1.5, scale=1.0):
    """Σ_{ℓ>L} N(d,ℓ) ∫λ_ℓ(b)db telescopes exactly."""
    for dim in (3, 4, 10, 41):
        for degree in (1, 2, 5, 30):
            ell = np.arange(degree + 1, degree + 40001.0)
            log_count = np.log(2 * ell + dim - 2) + gammaln(ell + dim - 2) - gammaln(ell + 1) - gammaln(dim - 1)
            log_constant = (dim - 1.5) * math.log(2) + gammaln(dim / 2) + gammaln(dim / 2 + 1) - 1.5 * math.log(math.pi)
            terms = np.exp(log_count + log_constant + gammaln(ell - shift) - gammaln(ell + dim + 0.5))
            total = scale * (terms.sum() + law.bias_averaged_tail(dim, degree + 40000))
            if abs(total / law.bias_averaged_tail(dim, degree) - 1) > 1e-7:
                return False
    return True


CASES = [
    (dim, degree, bias)
    for dim in (3, 5, 8, 20, 50)
    for degree in (2, 4, 10, 20, 50)
    for bias in (0.1, -0.3, 0.5, 1.0, -1.0, 2.0, -2.5)
]


def check_lower(rate=0.5, scale=1.0, penalty=1.0):
    """The theorem with the exact τ_L, for every case."""
    for dim, degree, bias in CASES:
        shifted = (degree + 2.5) ** 2
        factor = max(0, 1 - penalty * law.coupling(dim, degree) * bias**2 / dim) * shifted / (shifted + 8)
        bound = scale * 0.5 * math.exp(-rate * bias**2) * factor * relu_tail(dim, degree)
        if bound > exact_tail(dim, degree, bias) + 1e-12:
            return False
    return True


def check_upper(scale=1.0):
    for dim, degree, bias in CASES:
        bound = scale * law.biased_tail_upper(dim, degree + 1, bias)
        if bound < exact_tail(dim, degree + 1, bias) - 1e-12:
            return False
    return True


LEMMAS = {
    check_identity: [{"rate": 1.0}, {"rate": -0.5}, {"extra": 0}, {"big": 2}],
    check_amplitude: [{"k_scale": 0.5}, {"power": 1.0}, {"power": 0.25}, {"k_scale": -1.0}],
    check_weights: [{"loss": 4.0}, {"shift": 5.0}, {"loss": -8.0}],
    check_average: [{"shift": 0.75}, {"scale": 2.0}],
    check_lower: [{"scale": 2.0}, {"rate": 0.25}, {"rate": -0.5}, {"penalty": -1.0}],
    check_upper: [{"scale": 0.5}],
}


# checks: lem-bias-identity, lem-bias-amplitude, lem-bias-weights, thm-bias-price, prp-bias-average
@pytest.mark.parametrize("check", LEMMAS, ids=lambda check: check.__name__)
def test_each_step_of_the_proof(check):
    assert check()


# checks: lem-bias-identity, lem-bias-amplitude, lem-bias-weights, thm-bias-price, prp-bias-average
@pytest.mark.parametrize(("check", "wrong"), [(check, wrong) for check, all_ in LEMMAS.items() for wrong in all_])
def test_a_wrong_constant_is_noticed(check, wrong):
    assert not check(**wrong)


# checks: lem-bias-amplitude
def test_amplitude_algebra():
    """The two differential relations, the cancellation of the products, and the closed form of k."""
    n, d, t, p, q, r = sympy.symbols("n d t p q r")  # p = P_n, q = P_{n−1}, r = P_{n+1}
    m = n + d + 1
    w = (m + n) * (m + 1) / (n * (m + n + 2))

    def energy(top, below, a, b):
        return a * top**2 + b * below**2 - (a + b) * t * top * below

    def derivative(top, below, a, b):
        """(1−t²)·d/dt of the energy, by (1−t²)p' = b(q − tp), (1−t²)q' = a(tq − p)."""
        dp, dq = b * (below - t * top), a * (t * below - top)
        return (
            2 * a * top * dp + 2 * b * below * dq
            - (a + b) * ((1 - t**2) * top * below + t * (dp * below + top * dq))
        )  # fmt: skip

    for top, below, a, b in ((p, q, m, n), (r, p, m + 1, n + 1)):
        expected = (a - b) * t * energy(top, below, a, b) - (a + b) * (1 - t**2) * top * below
        assert sympy.expand(derivative(top, below, a, b) - expected) == 0
    next_one = ((m + n + 1) * t * p - n * q) / (m + 1)
    products = (m + n) * p * q + w * (m + n + 2) * next_one * p
    coefficient = (m + n) * (m + n + 1) / n
    assert sympy.simplify(products - coefficient * t * p**2) == 0
    k = sympy.simplify(coefficient / (m + w * (n + 1)))
    assert sympy.simplify(k - 2 - (d + 1) ** 2 / (2 * n * (n + d + 2) + d + 1)) == 0


# checks: lem-bias-weights
def test_weights_algebra():
    """The excess is a ratio of polynomials with positive coefficients, and at most 8/(n+5/2)²."""
    n, d, s, t = sympy.symbols("n d s t", positive=True)

    def total(n):
        return (n + d + 1) + ratio_w(n) * (n + 1)

    def ratio_w(n):
        return (2 * n + d + 1) * (n + d + 2) / (n * (2 * n + d + 3))

    def grow(ell):  # N(d,ℓ+1)/N(d,ℓ)
        return (2 * ell + d) * (ell + d - 2) / ((ell + 1) * (2 * ell + d - 2))

    ell = n + 2
    given = ratio_w(n) * (n + d + 2) / total(n) + grow(ell) * grow(ell + 1) * (n + 2) / total(n + 2)
    excess = sympy.cancel(sympy.together(given / grow(ell) - 1))
    for expression in (excess, sympy.cancel(sympy.together(8 / (n + sympy.Rational(5, 2)) ** 2 - excess))):
        numerator, denominator = (sympy.expand(part.subs({n: 2 + t, d: 3 + s})) for part in sympy.fraction(expression))
        signs = {sympy.sign(c) for part in (numerator, denominator) for c in sympy.Poly(part, s, t).coeffs()}
        assert signs == {1}
    assert sympy.limit(excess * n**2, n, sympy.oo) == 8
    one_side = sympy.cancel(sympy.together(total(n) / (2 * n * grow(n + 1)) - 1))  # even half a weight would do
    for part in sympy.fraction(one_side):
        polynomial = sympy.Poly(sympy.expand(part.subs({n: 2 + t, d: 3 + s})), s, t)
        assert all(c > 0 for c in polynomial.coeffs())


# checks: prp-bias-average
@pytest.mark.parametrize(("dim", "ell"), [(3, 2), (5, 3), (8, 7)])
def test_average_over_biases_of_one_eigenvalue(dim, ell):
    grid, weights = np.polynomial.legendre.leggauss(60)
    bias, weights = 5 + 5 * grid, 5 * weights
    integral = 2 * sum(w * relu_eigenvalues(dim, ell, b)[ell] for b, w in zip(bias, weights, strict=True))
    assert integral == pytest.approx(law.bias_averaged_eigenvalue(dim, ell), rel=1e-9)


# checks: prp-bias-average
def test_average_of_the_tails_matches_the_law():
    """∫ e^{−b²/2} db · τ_L/2 and the exact average agree up to O(1/L²)."""
    for dim in (3, 10, 100):
        for degree in (10, 40, 200):
            predicted = math.sqrt(2 * math.pi) * relu_tail(dim, degree) / 2
            assert law.bias_averaged_tail(dim, degree) == pytest.approx(predicted, rel=2 / degree)


def test_average_against_mpmath():
    mpmath.mp.dps = 30
    d, L = 7, 3
    exact = mpmath.sqrt(mpmath.pi / 2) * 2 / (3 * mpmath.pi**1.5) * d * mpmath.gamma(3.5) / mpmath.gamma(3)
    exact *= mpmath.gamma(L - 0.5) * mpmath.gamma(L + d - 1) / (mpmath.gamma(L + 1) * mpmath.gamma(L + d + 0.5))
    assert law.bias_averaged_tail(d, L) == pytest.approx(float(exact), rel=1e-12)


# checks: cor-bias-regimes
def test_both_sides_close_in_high_dimension():
    """At L = d the two sides differ by O(b²/d + 1/d): 8 % at d = 100, b = 1 against the exact tail."""
    for dim, bias, slack in ((100, 1.0, 0.05), (100, 0.5, 0.03), (400, -1.0, 0.012)):
        masses = relu_masses(dim, 6 * dim, bias) * relu_norm2(bias)
        far = 0.5 * math.exp(-(bias**2) / 2) * relu_tail(dim, 6 * dim)
        tail, shorter = masses[dim + 1 :].sum() + far, masses[dim + 2 :].sum() + far
        assert tail * (1 - slack) < law.biased_tail_lower(dim, dim, bias) < tail
        assert shorter < law.biased_tail_upper(dim, dim + 1, bias) < shorter * (1 + slack)


@pytest.mark.parametrize(("dim", "bias"), [(15, 0.5), (20, 1.0), (20, -0.7), (50, -2.0), (100, 1.0)])
def test_lower_bound_on_any_features(dim, bias):
    for exponent in (2, 4, 8, 16):
        if exponent > dim / 3:
            break
        bound = law.biased_error_lower(dim, 10**exponent, bias)
        exact = best_relative_error(dim, 10**exponent, bias)
        assert 0 < bound <= exact
    assert bound > exact / 6


# checks: cor-bias-one-neuron
def test_a_neuron_with_bias_that_nothing_approximates():
    """|b*| ≤ ‖w*‖ = 2.3 d^{3/4}, d ≥ 20: error above 1/50 for every r ≤ N(d,L+1)/2, L the largest even number < d."""
    for dim in range(20, 400):
        degree = dim - 1 if dim % 2 else dim - 2
        norm2 = (2.3 * dim**0.75) ** 2
        worst = min(law.biased_tail_lower(dim, degree, b) for b in (0, 0.5, 1))
        assert norm2 * worst / 2 > 0.02
    assert (2.3 * 20**0.75) ** 2 / 4 * law.biased_tail_lower(20, 18, 1.0) / 2 < 0.02


# checks: prp-bias-fixed-dimension
def test_fixed_dimension_and_growing_degree():
    """Numerical statement of the chapter: S_L(b)/τ_L → ½e^{−b²/2} as L → ∞, halving its distance with each doubling."""
    for dim, bias in ((5, 1.0), (3, 0.7), (20, -2.0)):
        masses = relu_masses(dim, 640, bias) * relu_norm2(bias)
        excess = []
        for degree in (80, 160, 320):
            window = relu_tail(dim, degree) - relu_tail(dim, 2 * degree)
            predicted = 0.5 * math.exp(-(bias**2) / 2) * window
            excess.append(masses[degree + 1 : 2 * degree + 1].sum() / predicted - 1)
        assert 0 < excess[2] < 0.01
        assert excess[2] < 0.65 * excess[1] < 0.45 * excess[0]


@pytest.mark.parametrize(("dim", "features", "bias"), [(10, 100, 1.0), (20, 10**9, -0.5), (5, 3, 1.5), (10, 7000, 2.2)])
def test_error_bound_is_the_best_over_all_degrees(dim, features, bias):
    best = 0.0
    for degree in range(2, 4000, 2):
        left = 1 - features / harmonic_dimension(dim, degree + 1)
        best = max(best, left * law.biased_tail_lower(dim, degree, bias))
    assert law.biased_error_lower(dim, features, bias) == pytest.approx(best / relu_norm2(bias), rel=1e-9)


def test_coupling_and_special_cases():
    assert law.coupling(20, 20) == pytest.approx(2 + 441 / (40 * 42 + 21))
    assert all(law.coupling(d, d - 1) <= 2.5 for d in range(3, 100))
    assert all(law.coupling(d, L) / d <= 2 / d + 2 / (3 * L) for d in (3, 10, 100, 10**4) for L in (2, 4, 50, 10**4))
    assert law.bias_factor(5, 4, 100.0) == 0
    assert law.biased_tail_upper(10, 5, 0.0) == pytest.approx(relu_tail(10, 4) / 2)
    assert law.biased_tail_lower(10, 4, 0.0) < relu_tail(10, 4) / 2
    assert law.biased_error_lower(10, 3, 60.0) == 0
    assert law.biased_error_lower(10, 100, 3.0) == 0, "b² ≥ d/2: no degree has a positive factor"
    assert price_constant(10) > 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: law.coupling(2, 4), "dim must be at least 3"),
        (lambda: law.bias_factor(5, 1, 0.5), "degree must be at least 2"),
        (lambda: law.biased_tail_lower(5, 3, 0.5), "degree must be even"),
        (lambda: law.biased_tail_upper(5, 4, 0.5), "degree must be odd"),
        (lambda: law.biased_tail_lower(5, 4, float("nan")), "bias must be finite"),
        (lambda: law.biased_error_lower(5, 0, 0.5), "features must be at least 1"),
        (lambda: law.bias_averaged_tail(5, 0), "degree must be at least 1"),
        (lambda: law.bias_averaged_eigenvalue(5, 1), "degree must be at least 2"),
    ],
)
def test_errors_name_the_argument(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()


def test_uniform_bound_in_a_fixed_dimension():
    """u_n² ≤ 2A_n² in the oscillating range, and u_n² − A_n² cos², sin² is of order 1/n near the equator."""
    for dim in (3, 6, 12):
        mu = dim / 2 + 1
        alpha = np.linspace(1e-3, math.pi / 2, 2001)
        p, at_zero = legendre(dim + 4, 161, np.cos(alpha)), legendre(dim + 4, 161, np.zeros(1))[:, 0]
        errors = []
        for n in (40, 41, 80, 81, 160, 161):
            omega = n + mu
            phi = omega**2 - mu * (mu - 1)
            size = at_zero[n] ** 2 if n % 2 == 0 else n**2 * at_zero[n - 1] ** 2 / phi
            u2 = (np.sin(alpha) ** mu * p[n]) ** 2 / size
            assert u2[np.sin(alpha) ** 2 >= 2 * mu * (mu - 1) / omega**2].max() <= 2
            wave = np.cos if n % 2 == 0 else np.sin
            near = alpha > 0.8
            errors.append(np.abs(u2 - wave(omega * (alpha - math.pi / 2)) ** 2)[near].max())
        assert errors[4] < 0.6 * errors[2] < 0.4 * errors[0]
        assert errors[5] < 0.6 * errors[3] < 0.4 * errors[1]
