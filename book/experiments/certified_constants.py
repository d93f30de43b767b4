"""The numbers that the theorem pages print, each with its formula and a rigorous enclosure, by ball arithmetic.

A page marks a number with a comment right after it, ``<!-- certified: NAME -->``; NAME is in ``catalogue()``. The
enclosures are stored with the table of ``certified_numbers``, by the same command::

    python -m rfcompanion reproduce certified_numbers
"""

from collections.abc import Callable
from fractions import Fraction
from functools import partial

from certified_tools import (
    BITS,
    cube_root,
    degree_shares,
    features_for,
    features_to_capture,
    hull,
    q,
    q_of,
    root,
    theta,
    wave_size,
)
from flint import arb

from rfcompanion import certify, certify_constants
from rfcompanion.certify.balls import Enclosure, enclose
from rfcompanion.certify.waves import plane_wave
from rfcompanion.harmonics import harmonic_dimension
from rfcompanion.price_law import features_up_to

# --------------------------------------------------------------------------------------------- closed forms


def price():
    """A = 2/(3π√(2π)), the limit of B_d/d^{3/2}."""
    return 2 / (3 * arb.pi() * (2 * arb.pi()).sqrt())


def left_by_degree_two():
    """½ − 3/(2π), what the degrees 0, 1, 2 leave of the neuron as d → ∞."""
    return q(1, 2) - 3 / (2 * arb.pi())


def three_halves(x):
    return x * x.sqrt()


def bias_share():
    """¼ e^{−1/2} A/2^{3/2}, the first factor of the corollary with a bias, without the norm."""
    return q(1, 4) * q(-1, 2).exp() * price() / three_halves(q(2))


def bias_error():
    """The product of its three factors, without the norm."""
    return bias_share() * q_of((1 - BIAS_K / 20) * BIAS_LAST)


BIAS_K = 2 + Fraction(21**2, 2 * 18 * 40 + 21)  # k_L at d = 20, L = 18: the largest for d ≥ 20, L ≥ d − 2
BIAS_LAST = Fraction(41**2, 41**2 + 32)  # 20.5²/(20.5² + 8)


def rate_of_waves(kappa):
    """M(q), the largest e^{−q(1−t)}√(1−t²)."""
    root = (1 + 4 * kappa**2).sqrt()
    return ((root - 1 - 2 * kappa + (2 / (1 + root)).log()) / 2).exp()


def overshoot(kappa):
    """(π⁴/64)·2q/(√(1+4q²) − 1), the limit of one integral over the largest eigenvalue."""
    return arb.pi() ** 4 / 64 * 2 * kappa / ((1 + 4 * kappa**2).sqrt() - 1)


def slow_wave():
    """8s² E[Z − 1/s]₊²/‖tri‖² at s = 0.3."""
    s, u = q(3, 10), q(10, 3)
    density = (-u * u / 2).exp() / (2 * arb.pi()).sqrt()
    excess = (1 + u * u) * (u / arb(2).sqrt()).erfc() / 2 - u * density
    return 8 * s**2 * excess / wave_size(s**2)


def poisson_distance():
    """Total variation distance of the degrees of a wave, ω = 3, d = 100, to the Poisson law of mean 9."""
    shares, law = degree_shares(3, 100, 120), [q(-9).exp()]
    for ell in range(1, 121):
        law.append(law[-1] * 9 / ell)
    left_out = abs(1 - sum(shares)) + abs(1 - sum(law))
    return (sum(abs(p - m) for p, m in zip(shares, law, strict=True)) + left_out * arb(0, 1)) / 2


def mean_degree():
    """Σ ℓ m_ℓ at ω = 10, d = 100; what is left out is bounded by Σ ℓ(ℓ+d−2) m_ℓ = (d−1)ω², which is exact."""
    shares = degree_shares(10, 100, 400)
    left_out = 99 * 100 - sum(ell * (ell + 98) * m for ell, m in enumerate(shares))
    return sum(ell * m for ell, m in enumerate(shares)) + abs(left_out) * arb(0, 1)


def by_hand():
    """The bound by hand over the largest eigenvalue, ‖w‖ = √40, d = 40, threshold ½."""
    top = 27
    found = [certify.triangle_wave_eigenvalue(40, ell, 40.0, BITS + 16) for ell in range(1, top + 1, 2)]
    largest = max(found)
    if not largest[0] > Fraction(1, 3 * harmonic_dimension(40, top + 2)):
        raise ArithmeticError("more degrees are needed")  # a degree beyond holds ‖tri‖²/N at most
    cap = 2 * (2 / (39 * arb.pi())).sqrt() * three_halves(q(3, 4)) * q(3, 4) ** 18  # the second bound of the lemma
    bound = (-5 * arb.pi() ** 2).exp() / 2 + cap.sqrt() / 3
    return bound / arb(40).sqrt() / hull(largest)


WHERE = "q = π²/4"
CLOSED_FORMS: dict[str, tuple[str, Callable]] = {
    "share-of-degree-zero": ("1/π, the limit of m₀ as d → ∞", lambda: 1 / arb.pi()),
    "share-of-degree-two": ("1/(2π), the limit of m₂, and of λ₀, as d → ∞", lambda: 1 / (2 * arb.pi())),
    "share-of-degree-four": ("1/(24π), the limit of m₄ as d → ∞", lambda: 1 / (24 * arb.pi())),
    "linear-floor": ("½ − 1/π, the limit of e_r at r = d + 1", lambda: q(1, 2) - 1 / arb.pi()),
    "quadratic-floor": ("½ − 3/(2π), the limit of e_r at r = d(d+3)/2", left_by_degree_two),
    "firing-share": ("Φ(−3), the share of inputs that fire at b = −3", lambda: (3 / arb(2).sqrt()).erfc() / 2),
    "firing-one-in": ("1/Φ(−3), the inputs for one that fires", lambda: 2 / (3 / arb(2).sqrt()).erfc()),
    "price-constant": ("A = 2/(3π√(2π)), the limit of B_d/d^(3/2)", price),
    "price-two-thirds": ("A^(2/3)", lambda: (price().log() * 2 / 3).exp()),
    "price-at-degree-d": ("A/2^(3/2)", lambda: price() / three_halves(q(2))),
    "price-shift": ("3 − π/2, the largest s with B_d ≤ A d √(d−s) at d = 3", lambda: 3 - arb.pi() / 2),
    "price-sides": ("(30/23)^(3/2), above the quotient of the two sides", lambda: three_halves(q(30, 23))),
    "price-sides-ten": ("(110/103)^(3/2) − 1, the same at L = 10, less one", lambda: three_halves(q(110, 103)) - 1),
    "price-lower-side": (
        "(½ − 3/(2π)) 3^(3/2)/A, the limit of τ₂ over its lower side",
        lambda: left_by_degree_two() * three_halves(q(3)) / price(),
    ),
    "half-pi": ("π/2", lambda: arb.pi() / 2),
    "eight-over-pi": ("8/π", lambda: 8 / arb.pi()),
    "nine-pi-over-eight": ("9π/8", lambda: 9 * arb.pi() / 8),
    "price-three": ("9π/16 · 150/256, the bracket at d = 3", lambda: 9 * arb.pi() / 16 * q(150, 256)),
    "price-four": ("9π/16 · 3/5, below the bracket for d ≥ 4", lambda: 9 * arb.pi() / 16 * q(3, 5)),
    "one-neuron-norm": (
        "(2^(5/2)/(50A))^(1/2), the smallest factor of d^(3/4) that the proof allows",
        lambda: (q(32).sqrt() / (50 * price())).sqrt(),
    ),
    "one-neuron-error": ("1.16² A/2^(5/2)", lambda: q(116, 100) ** 2 * price() / q(32).sqrt()),
    "one-neuron-probability-norm": (
        "(2^(7/2)/(50A))^(1/2), the smallest factor of d^(3/4) that the proof allows",
        lambda: (q(128).sqrt() / (50 * price())).sqrt(),
    ),
    "one-neuron-probability-error": ("1.64² A/2^(7/2)", lambda: q(164, 100) ** 2 * price() / q(128).sqrt()),
    "bias-neuron-norm": (
        "the smallest factor of d^(3/4) that the proof allows at d = 20",
        lambda: (q(1, 50) / bias_error()).sqrt(),
    ),
    "bias-neuron-first": ("2.3² · ¼ e^(−1/2) · A/2^(3/2)", lambda: q(23, 10) ** 2 * bias_share()),
    "bias-neuron-error": (
        "2.3² · ¼ e^(−1/2) · A/2^(3/2) · (1 − k_L/d) · 20.5²/(20.5² + 8) at d = 20, L = 18",
        lambda: q(23, 10) ** 2 * bias_error(),
    ),
    "hard-norm-50": (
        "(2/(50 τ₅₀))^(1/2) at d = 50: the norm at which r₅₀ features leave the error 1/50",
        lambda: (q(1, 25) / hull(certify.best_relative_error(50, features_up_to(50, 50), BITS + 16))).sqrt(),
    ),
    "rate-of-waves": (f"M(q) at {WHERE}: the rate of λ_max at s = √d", lambda: rate_of_waves(arb.pi() ** 2 / 4)),
    "rate-of-features": (f"−½ ln M(q) at {WHERE}", lambda: -rate_of_waves(arb.pi() ** 2 / 4).log() / 2),
    "rate-of-sum": (f"M(2q)^(1/2) at {WHERE}", lambda: rate_of_waves(arb.pi() ** 2 / 2).sqrt()),
    "rate-by-hand": ("(3/4)^(1/4)", lambda: q(3, 4).sqrt().sqrt()),
    "integral-overshoot": (
        f"(π⁴/64) · 2q/(√(1+4q²) − 1) at {WHERE}: the limit of one integral over λ_max",
        lambda: overshoot(arb.pi() ** 2 / 4),
    ),
    "integral-40": (
        "the one integral Λ_d(ω) at d = 40, ω = π√40/2",
        lambda: plane_wave(40, 0, arb.pi() * arb(40).sqrt() / 2, arb.pi() * arb(40).sqrt() / 2),
    ),
    "by-hand-40": ("the bound by hand over λ_max at d = 40, s = √40", by_hand),
    "poisson-distance": ("distance of the degrees to the Poisson law at ω = 3, d = 100", poisson_distance),
    "mean-degree": ("mean degree at ω = 10, d = 100", mean_degree),
    "phase-distance": (
        "(2/π) Σ q^(n²), q = e^(−π²/2): above the distance of the phase to uniform at s = 2",
        lambda: theta(-(arb.pi() ** 2) / 2) / arb.pi(),
    ),
    "four-over-pi-squared": ("4/π²", lambda: 4 / arb.pi() ** 2),
    "slow-wave": ("8s² E[Z − 1/s]₊²/‖tri‖² at s = 0.3", slow_wave),
    "pieces-by-lemma": ("2(ln 2000)^(1/2)", lambda: 2 * arb(2000).log().sqrt()),
    "paper-norm": ("12(3/50)^(1/2)", lambda: 12 * q(3, 50).sqrt()),
    "half-root-two": ("1/√2", lambda: 1 / arb(2).sqrt()),
    "budget-rate": ("3√3/2", lambda: 3 * arb(3).sqrt() / 2),
    "gap-of-relu": ("(3/2)(p₀/16)^(1/3), p₀ = (2/π)^(1/2)", lambda: 3 * cube_root((2 / arb.pi()).sqrt() / 16) / 2),
    "contraction": ("λ(π/2) = 1/4 − 1/(2π)", lambda: q(1, 4) - 1 / (2 * arb.pi())),
    "contraction-inverse": ("1/λ(π/2)", lambda: 1 / (q(1, 4) - 1 / (2 * arb.pi()))),
}


FRACTIONS: dict[str, tuple[str, Fraction]] = {
    "price-where": ("s(1−s)/(½−2s) at s = 0.2146", Fraction(2146 * 7854, 708 * 10**4)),
    "bias-coupling": ("k_L at d = 3, L = 2: the largest for d ≥ 3, L ≥ d − 1", Fraction(5, 2)),
    "bias-neuron-k": ("k_L at d = 20, L = 18", BIAS_K),
    "bias-neuron-second": ("1 − k_L/d at d = 20, L = 18", 1 - BIAS_K / 20),
    "bias-neuron-third": ("20.5²/(20.5² + 8)", BIAS_LAST),
    "two-thirds": ("2/3", Fraction(2, 3)),
    "budget-limit": ("(4/3)(3/5)⁵", Fraction(4 * 3**5, 3 * 5**5)),
}


# --------------------------------------------------------------------------------------------- roots and counts


def threshold() -> Enclosure:
    """τ with π²(1−τ) = −ln(1−τ²)."""
    return root(lambda t: arb.pi() ** 2 * (1 - t) + (1 - t * t).log(), Fraction(1, 2), Fraction(99, 100))


def threshold_rate() -> Enclosure:
    """e^{−(π²/4)(1−τ)} at that τ."""
    return enclose(lambda: (-(arb.pi() ** 2) / 4 * (1 - hull(threshold()))).exp(), BITS - 16)


def width_by_the_wave() -> int:
    """The least r that the wave with s = 5.085, a = 15 proves at d = 50, ‖w*‖ = 50, ε = 1/50."""
    s, a = 5.085, 15

    def aim():
        tail = (a / arb(s) / arb(2).sqrt()).erfc()
        return wave_size(arb(s) ** 2) - (2 * a * arb(s) * q(1, 50).sqrt() / 50 + 2 * tail.sqrt()) ** 2

    return features_to_capture(50, s * s, enclose(aim, 140), 140, 41)


def tenth(dim: int, bits: int, top: int) -> int:
    """The least r that captures a tenth of the wave of norm √d."""
    low, high = enclose(lambda: wave_size(q(dim)), bits)
    return features_to_capture(dim, float(dim), (low / 10, high / 10), bits, top)


def catalogue() -> dict[str, tuple[str, Callable]]:
    """name: (formula, function without arguments of an enclosure or of an exact whole number)."""
    found = {name: (text, partial(enclose, value, BITS)) for name, (text, value) in CLOSED_FORMS.items()}
    found |= {name: (text, partial(tuple, (value, value))) for name, (text, value) in FRACTIONS.items()}
    for dim, r in ((10, 65), (10, 3000), (20, 230), (20, 10**6), (50, 10**6), (100, 10**6)):
        found[f"floor-{dim}-{r}"] = (
            f"e_r at d = {dim}, r = {r}",
            partial(certify.best_relative_error, dim, r, BITS),
        )
    for name, text, dim, error in (
        ("features-10", "e_r ≤ 0.001 at d = 10", 10, Fraction(1, 1000)),
        ("features-50", "error ≤ 1/50 at d = 50, ‖w*‖ = 50, no bias", 50, Fraction(1, 25 * 50**2)),
        ("features-50-hard", "error ≤ 1/50 at d = 50, ‖w*‖ = 21.96, no bias", 50, Fraction(100**2, 25 * 2196**2)),
    ):
        found[name] = (f"smallest r with {text}", partial(features_for, dim, error))
    for dim, bits, top in ((10, 32, 41), (20, 100, 41), (40, 150, 61), (100, 280, 161)):
        found[f"tenth-{dim}"] = (
            f"smallest r that captures a tenth of the wave, d = {dim}, s = √{dim}",
            partial(tenth, dim, bits, top),
        )
    found["features-50-wave"] = (
        "smallest r that the wave with s = 5.085, a = 15 allows at d = 50, ‖w*‖ = 50, error 1/50",
        width_by_the_wave,
    )
    found["threshold"] = ("the root τ of π²(1−τ) = −ln(1−τ²)", threshold)
    found["threshold-rate"] = ("e^(−(π²/4)(1−τ)) at that τ", threshold_rate)
    found["phase-threshold"] = (
        "s/P at which 2 Σ q^(n²) = 1, q = e^(−2π²s²/P²)",
        partial(root, lambda x: theta(-2 * arb.pi() ** 2 * x * x) - 1, Fraction(1, 10), Fraction(1)),
    )
    found["truncation"] = (
        "a/s at which 2P(|Z| > a/s)^(1/2) = 1/√3",
        partial(root, lambda x: (x / arb(2).sqrt()).erfc() - q(1, 12), Fraction(1), Fraction(3)),
    )
    return found


def certify_constant(name: str) -> dict:
    """One row of the table: name, formula, and both ends as decimals rounded outwards (whole numbers in full)."""
    formula, value = catalogue()[name]
    found = value()
    ends = (str(found), str(found)) if isinstance(found, int) else certify_constants.to_decimals(found)
    return {"name": name, "formula": formula, "enclosure": " .. ".join(ends)}
