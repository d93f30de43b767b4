"""Rigorous enclosures of the book's constants, by ball arithmetic (Arb, through python-flint).

Every function returns two exact fractions, lower ≤ true value ≤ upper. The precision is raised until their
relative distance is below 2^{−bits}; nothing here uses floating-point numbers without a bound on their error.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache

from . import _checks
from .concentration import _LARGEST_BIAS
from .harmonics import harmonic_dimension, harmonic_dimension_up_to
from .lower_bound import _LONGEST_SUM, _level, _level_features
from .lower_bound import min_features as _min_features

try:
    from flint import acb, arb, ctx, fmpq
except ImportError as problem:  # pragma: no cover
    raise ImportError("certify needs python-flint: pip install 'rfcompanion[certify]'") from problem

Enclosure = tuple[Fraction, Fraction]
_MOST_TERMS = 4000  # of the Fourier series of the triangle wave


def best_relative_error(dim: int, features: int, bits: int = 128, bias: float = 0.0) -> Enclosure:
    """Enclosure of e_r, the smallest mean relative error of any r features for the unit ReLU neuron.

    e_r = 1 − Σ_{j≤r} λ_j↓/‖φ‖².

    Parameters
        dim : d ≥ 2.
        features : r ≥ 1; degrees up to 200,000 (400 with a bias) must hold r features.
        bits : relative accuracy, 2^{−bits}.
        bias : b, at most 30 in absolute value.

    Returns
        (lower, upper), exact fractions.

    Error
        Rigorous: the true value lies in between.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "General features"; page "Certified numbers".
    """
    dim = _checks.integer("dim", dim, minimum=2)
    features = _checks.integer("features", features, minimum=1)
    bias = _checks.real("bias", bias, at_least=-_LARGEST_BIAS, at_most=_LARGEST_BIAS)
    if bias != 0:
        return _biased_error(dim, features, _bits(bits), bias)
    level = _level(dim, features)
    if level > _LONGEST_SUM:
        raise ValueError(f"features must stay below those of degree {_LONGEST_SUM}, got degree {level}")

    def value():
        left = 1 - _mass_zero(dim)
        if level == 0:
            return left - arb(fmpq(features - 1, 2 * dim))
        left, mass = left - arb("0.5"), _mass_zero(dim)
        for ell in range(0, level - 1, 2):
            mass = mass * arb(_mass_ratio(dim, ell))
            left -= mass
        rest = features - _level_features(dim, level)
        start = level if level > 1 else 0
        return left - mass * arb(_mass_ratio(dim, start)) * arb(fmpq(rest, harmonic_dimension(dim, start + 2)))

    return _enclose(value, _bits(bits))


def min_features(dim: int, relative_error: float) -> int:
    """The smallest number of features that reach an error, with a proof that it is the smallest.

    r with e_r ≤ ε < e_{r−1}, both sides enclosed.

    Parameters
        dim : d ≥ 2.
        relative_error : ε in [1e-12, 1).

    Returns
        int.

    Error
        Exact.

    Raises
        ValueError, TypeError if an argument is out of range; ArithmeticError if the enclosures cannot decide.

    Source
        Chapter "General features"; page "Certified numbers".
    """
    candidate = _min_features(dim, relative_error)
    target, bits = Fraction(relative_error), candidate.bit_length() + 64
    above = candidate == 1 or best_relative_error(dim, candidate - 1, bits)[0] > target
    lower, upper = best_relative_error(dim, candidate, bits)
    tie = lower <= target <= upper  # equality is possible in odd dimensions, where every share is rational
    if not (above and (upper <= target or tie)):
        raise ArithmeticError(f"the enclosures at dim={dim}, relative_error={relative_error!r} do not decide")
    return candidate


def relu_eigenvalue(dim: int, degree: int, bias: float = 0.0, bits: int = 128) -> Enclosure:
    """Enclosure of an eigenvalue λ_ℓ of the ReLU neuron [⟨θ,x⟩+b]_+, ‖θ‖ = 1.

    b = 0: λ_ℓ = d c_ℓ². b ≠ 0, ℓ ≥ 2: the square of the Legendre polynomial in λ_ℓ = E_ρ c_ℓ(ρ)² is expanded in
    powers of b²/ρ², and each moment is a confluent function U. ℓ ≤ 1: rigorous quadrature over the correlation.

    Parameters
        dim : d ≥ 2.
        degree : ℓ ≥ 0.
        bias : b, at most 30 in absolute value.
        bits : relative accuracy, 2^{−bits}.

    Returns
        (lower, upper), exact fractions; (0, 0) for b = 0 and odd ℓ ≥ 3.

    Error
        Rigorous: the true value lies in between.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Concentration"; page "Certified numbers".
    """
    dim = _checks.integer("dim", dim, minimum=2)
    degree = _checks.integer("degree", degree, minimum=0)
    bias = _checks.real("bias", bias, at_least=-_LARGEST_BIAS, at_most=_LARGEST_BIAS)
    if bias == 0:
        if degree % 2 and degree > 1:
            return Fraction(0), Fraction(0)
        return _enclose(lambda: _unbiased_eigenvalue(dim, degree), _bits(bits))
    return _enclose(lambda: _biased_eigenvalue(dim, degree, bias), _bits(bits))


def plane_wave_eigenvalue(
    dim: int, degree: int, omega: float, omega2: float | None = None, bits: int = 128
) -> Enclosure:
    """Enclosure of the plane-wave eigenvalue λ_ℓ(ω,ω′); see ``concentration.plane_wave_eigenvalue``.

    λ_ℓ = e^{−(ω²+ω′²)/2} (ωω′/2)^ℓ Γ(d/2)/Γ(ℓ+d/2) ₀F₁(ℓ+d/2; (ωω′)²/4).

    Parameters
        dim : d ≥ 2.
        degree : ℓ ≥ 0.
        omega, omega2 : ω, ω′ > 0, taken as the exact values of the floats; ω′ = ω if None.
        bits : relative accuracy, 2^{−bits}.

    Returns
        (lower, upper), exact fractions.

    Error
        Rigorous: the true value lies in between.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Concentration"; page "Certified numbers".
    """
    dim = _checks.integer("dim", dim, minimum=2)
    degree = _checks.integer("degree", degree, minimum=0)
    omega = _checks.real("omega", omega, above=0)
    omega2 = omega if omega2 is None else _checks.real("omega2", omega2, above=0)
    return _enclose(lambda: _plane_wave(dim, degree, arb(omega), arb(omega2)), _bits(bits))


def triangle_wave_eigenvalue(dim: int, degree: int, norm2: float, bits: int = 96) -> Enclosure:
    """Enclosure of an eigenvalue of the triangle wave tri(⟨w,x⟩) with ‖w‖² = norm2.

    λ_ℓ = Σ_{j,k odd} a_j a_k λ_ℓ(jω,kω) for odd ℓ, ω = π‖w‖/2, the tail of the double series bounded by
    λ_ℓ(jω,kω) ≤ Γ(d/2) (2/(jkω²))^{d/2−1} e^{−(j−k)²ω²/2}, because e^{−z}I_ν(z) ≤ 1.

    Parameters
        dim : d ≥ 8.
        degree : ℓ ≥ 0.
        norm2 : ‖w‖² ≥ 1, taken as the exact value of the float (d itself for the wave of norm √d).
        bits : relative accuracy, 2^{−bits}.

    Returns
        (lower, upper), exact fractions; (0, 0) for even ℓ.

    Error
        Rigorous: the true value lies in between.

    Raises
        ValueError, TypeError if an argument is out of range, or if more than 4000 terms would be needed.

    Source
        Chapter "Concentration"; page "Certified numbers".
    """
    dim = _checks.integer("dim", dim, minimum=8)
    degree = _checks.integer("degree", degree, minimum=0)
    norm2 = _checks.real("norm2", norm2, at_least=1)
    if degree % 2 == 0:
        return Fraction(0), Fraction(0)
    bits = _bits(bits)
    terms = 8
    while terms <= _MOST_TERMS:
        try:
            return _enclose(lambda n=terms: _triangle_wave(dim, degree, norm2, n), bits, rounds=3)
        except ArithmeticError:
            terms *= 2
    raise ValueError(f"bits must be smaller here: more than {_MOST_TERMS} Fourier terms would be needed")


def to_floats(enclosure: Enclosure) -> tuple[float, float]:
    """The enclosure as floats, rounded outwards.

    Parameters
        enclosure : (lower, upper).

    Returns
        (float, float).

    Error
        Rigorous: rounded outwards by at most one unit in the last place.

    Source
        Page "Certified numbers".
    """
    from math import inf, nextafter

    lower, upper = enclosure
    low, high = lower.numerator / lower.denominator, upper.numerator / upper.denominator
    low = low if Fraction(low) <= lower else nextafter(low, -inf)
    return low, high if Fraction(high) >= upper else nextafter(high, inf)


# Balls and fractions


def _bits(bits: int) -> int:
    return _checks.integer("bits", bits, minimum=16, maximum=100_000)


def _fraction(x) -> Fraction:
    mantissa, exponent = x.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def _enclose(value: Callable, bits: int, rounds: int = 7) -> Enclosure:
    """Evaluate a ball at rising precision until it is narrow enough."""
    saved = ctx.prec
    try:
        for attempt in range(rounds):
            ctx.prec = (bits + 64) * 2**attempt
            ball = value()
            if ball.is_finite() and ball.rel_accuracy_bits() >= bits + 2:
                return _fraction(ball.lower()), _fraction(ball.upper())
    finally:
        ctx.prec = saved
    raise ArithmeticError("the enclosure stays wider than asked for")


def _gamma_half(twice: int):
    """Γ(n/2) as a ball."""
    return arb.gamma_fmpq(fmpq(twice, 2))


# The unbiased neuron


def _mass_zero(dim: int):
    return arb(dim) / (2 * arb.pi()) * (_gamma_half(dim) / _gamma_half(dim + 1)) ** 2


@lru_cache(maxsize=4096)
def _mass_ratio(dim: int, ell: int):
    """m_{ℓ+2}/m_ℓ for even ℓ, an exact rational number."""
    counts = fmpq(harmonic_dimension(dim, ell + 2), harmonic_dimension(dim, ell))
    return counts * fmpq(ell - 1, ell + dim + 1) ** 2


def _unbiased_eigenvalue(dim: int, degree: int):
    if degree == 1:
        return arb(fmpq(1, 4 * dim))
    c = _gamma_half(dim) * _gamma_half(degree - 1) / (4 * arb.pi() * _gamma_half(degree + dim + 1))
    return dim * c * c


# The biased neuron


@lru_cache(maxsize=512)
def _squared_legendre(dim: int, degree: int) -> tuple:
    """Coefficients (exact) of P_n² in powers of t², P_n the Legendre polynomial in dimension d."""
    previous, current = [fmpq(1)], [fmpq(0), fmpq(1)]
    if degree == 0:
        current = previous
    for ell in range(1, degree):
        scaled = [fmpq(0), *(fmpq(2 * ell + dim - 2, ell + dim - 2) * c for c in current)]
        for i, c in enumerate(previous):
            scaled[i] -= fmpq(ell, ell + dim - 2) * c
        previous, current = current, scaled
    even = current[degree % 2 :: 2]
    square = [fmpq(0)] * (2 * len(even) - 1)
    for i, p in enumerate(even):
        for j, q in enumerate(even):
            square[i + j] += p * q
    return (fmpq(0),) * (degree % 2) + tuple(square)


def _surface(dim: int):
    """C = Γ(d/2)/(Γ((d−1)/2)√π), the constant in the density of μ_d."""
    return _gamma_half(dim) / (_gamma_half(dim - 1) * arb.pi().sqrt())


def _biased_eigenvalue(dim: int, degree: int, bias: float):
    b2 = arb(bias) ** 2
    if degree < 2:
        return _lowest_eigenvalue(dim, degree, bias)
    total = arb(0)
    for j, coefficient in enumerate(_squared_legendre(dim + 4, degree - 2)):
        if coefficient != 0:
            second = arb(fmpq(dim + 4 - 2 * j, 2))
            total += arb(coefficient) * (b2 / 2).hypgeom_u(arb(dim + 2), second)
    # ∫ w^{d+1} (b²+w)^{−(d+2)/2−j} e^{−w/2} dw = Γ(d+2) |b|^{d+2−2j} U(d+2, d/2+2−j, b²/2),
    # and the factor b^{2j} of t^{2j} joins it
    moment = arb(dim + 2).gamma() * abs(arb(bias)) ** (dim + 2)
    chi = arb(2) ** arb(fmpq(2 - dim, 2)) / _gamma_half(dim) * (-b2 / 2).exp()
    return (_surface(dim) / (dim**2 - 1)) ** 2 * chi * moment * total / 2


def _lowest_eigenvalue(dim: int, degree: int, bias: float):
    """λ_ℓ = ∫ K P_ℓ dμ_d for ℓ = 0, 1, K(t) = E[Z+b]_+[Z′+b]_+ at correlation t, integrated by parts twice.

    K″(t) = e^{−b²/(1+t)}/(2π√(1−t²)), so with t = cos φ: λ_ℓ = boundary + (1/2π) ∫_0^π e^{−b²/(1+cos φ)} D_ℓ(φ) dφ,
    D_ℓ(φ) = ∫_t^1 (s−t) s^ℓ dμ_d(s), which is elementary: J_m = ∫_0^φ sin^m has a two-step recursion.
    """
    b2, surface = arb(bias) ** 2, acb(_surface(dim))

    def power_integral(m, sine, cosine, angle):
        value = angle if m % 2 == 0 else 1 - cosine
        for n in range(2 if m % 2 == 0 else 3, m + 1, 2):
            value = ((n - 1) * value - sine ** (n - 1) * cosine) / n
        return value

    def integrand(angle, analytic):
        sine, cosine = angle.sin(), angle.cos()
        if degree == 1:
            distance = power_integral(dim, sine, cosine, angle) / (dim - 1)
        else:
            distance = sine ** (dim - 1) / (dim - 1) - cosine * power_integral(dim - 2, sine, cosine, angle)
        return (-acb(b2) / (1 + cosine)).exp() * surface * distance

    # Near φ = π the exponential is below e^{−b²/(2 sin²(gap/2))} and |D| ≤ 2: leave a gap, and bound it.
    gap = arb(abs(bias) / (2 * ctx.prec) ** 0.5).min(arb("0.5"))
    goal = arb(2) ** (-2 * ctx.prec // 3)
    value = acb.integral(integrand, 0, acb(arb.pi() - gap), rel_tol=goal).real
    value += arb(0, 1) * 2 * gap * (-b2 / (2 * (gap / 2).sin() ** 2)).exp()
    value = value / (2 * arb.pi())
    if bias < 0:
        return value
    between = (arb(bias) / arb(2).sqrt()).erf()  # P(|Z| < b) = K′(−1)
    if degree == 1:
        return value + between / dim
    density = (-b2 / 2).exp() / (2 * arb.pi()).sqrt()
    return value + (b2 - 1) * between + 2 * arb(bias) * density + between


def _biased_error(dim: int, features: int, bits: int, bias: float) -> Enclosure:
    """Sums of the r largest lower and upper ends: the sum of the r largest is monotone in every eigenvalue."""
    top = 8
    while harmonic_dimension_up_to(dim, top) < 2 * features:
        top *= 2
    working = bits + 32
    while top <= 400:
        b = arb(bias)
        norm2 = _enclose(lambda b=b: _neuron_norm2(b), working)
        balls = [relu_eigenvalue(dim, ell, bias, working) for ell in range(top + 1)]
        counts = [harmonic_dimension(dim, ell) for ell in range(top + 1)]
        listed = sum(count * low for count, (low, _) in zip(counts, balls, strict=True))
        unlisted = (norm2[1] - listed) / harmonic_dimension(dim, top + 1)
        sums = []
        for end in (0, 1):
            rest, total, smallest = features, Fraction(0), None
            for value, count in sorted(((ball[end], n) for ball, n in zip(balls, counts, strict=True)), reverse=True):
                taken = min(rest, count)
                total, rest, smallest = total + taken * value, rest - taken, value
                if rest == 0:
                    break
            sums.append(total)
        if rest == 0 and smallest >= unlisted:
            return 1 - sums[1] / norm2[0], 1 - sums[0] / norm2[1]
        top *= 2
    raise ValueError("features must be fewer: degrees above 400 are needed for a neuron with bias")


def _neuron_norm2(b):
    below = (-b / arb(2).sqrt()).erfc() / 2
    density = (-b * b / 2).exp() / (2 * arb.pi()).sqrt()
    return (1 + b * b) * below + b * density


# Waves


def _plane_wave(dim: int, degree: int, omega, omega2):
    z, order = omega * omega2, arb(fmpq(2 * degree + dim, 2))
    ratio = _gamma_half(dim) / _gamma_half(2 * degree + dim)
    return (-(omega**2 + omega2**2) / 2).exp() * (z / 2) ** degree * ratio * (z * z / 4).hypgeom_0f1(order)


def _triangle_wave(dim: int, degree: int, norm2: float, terms: int):
    pi = arb.pi()
    omega = pi * arb(norm2).sqrt() / 2
    nu = arb(fmpq(dim - 2, 2))
    band = terms  # |j − k|/2 below it is summed; the factor e^{−(j−k)²ω²/2} decides how much is needed
    while band > 1 and float(omega * band) ** 2 * 2 > 0.7 * ctx.prec + 60:
        band -= 1
    odd = [2 * i + 1 for i in range(terms)]
    a = [8 * (-1) ** i / (pi * k) ** 2 for i, k in enumerate(odd)]
    total = arb(0)
    for i, k in enumerate(odd):
        for j in range(i, min(terms, i + band)):
            total += (1 if i == j else 2) * a[i] * a[j] * _plane_wave(dim, degree, k * omega, odd[j] * omega)
    # Left out: pairs with |j−k| ≥ 2·band, and closer ones with an index beyond the last. Σ|a_k| = 1, and
    # Σ_{i≥m} |a_{2i+1}| ≤ 2/(π²m), since Σ_{i≥m} (2i+1)^{−2} ≤ 1/(4m).
    scale = _gamma_half(dim) * (2 / omega**2) ** nu
    apart = scale * (-2 * (band * omega) ** 2).exp()
    if band < terms:
        m = terms - band
        close = (2 / (pi**2 * m)) ** 2 * scale * arb(2 * m + 1) ** (-2 * nu)
    else:
        close = 2 * (2 / (pi**2 * terms)) * scale * arb(2 * terms + 1) ** (-nu)
    return total + (apart + close) * arb(0, 1)
