"""Rigorous enclosures of the constants of the book for d ∈ {2, …, 100} ∪ {200, 500, 1000}, all by ball arithmetic.

Each enclosure is a text ``LOWER .. UPPER``, decimals rounded outwards, of relative width below 1e-20; the smallest
numbers of features are exact integers. Two minutes on one core::

    python -m rfcompanion reproduce certified_numbers
"""

import html
from fractions import Fraction

from rfcompanion import certify, certify_constants
from rfcompanion.harmonics import harmonic_dimension

DIMS = (*range(2, 101), 200, 500, 1000)
COUNTS = (1, 10, 100, 1000, 10_000, 100_000)  # r of e_r, besides the corners
CORNERS = (0, 2, 4, 6)  # even degrees L of the corners r_L, where e_r is the tail τ_L
ERRORS = (0.1, 0.01, 0.001)
DEGREES = (0, 1, 2, 4, 6, 8, 10)
BIASES, BIASED_DEGREES = (-3.0, -2.0, -1.0, 1.0), (0, 1, 2, 3, 4, 5, 6, 8)
LARGEST_LOW = 20  # above this dimension the degrees 0 and 1, rigorous quadratures, are left out with a bias
ERRORS_WITH_BIAS = (0.1, 0.02)
WAVE_DEGREES, SMALLEST_WAVE = (1, 3, 5), 4  # of the triangle wave of norm √d; smaller d would take minutes
FREQUENCIES, PLANE_DEGREES = (1.0, 3.0, 10.0), (0, 1, 2, 3, 5)  # of plane waves
BITS, DIGITS = 76, 25


def corner(dim: int, degree: int) -> int:
    """r_L: how many features hold every degree up to L that the neuron has."""
    return dim + sum(harmonic_dimension(dim, ell) for ell in range(0, degree + 1, 2))


def certify_dimension(dim: int) -> dict:
    """All certified numbers of one dimension; enclosures as texts."""
    counts = sorted({*COUNTS, *(corner(dim, degree) for degree in CORNERS)})
    entry = {
        "dim": dim,
        "features": counts,
        "best_relative_error": [decimals(certify.best_relative_error(dim, r, BITS)) for r in counts],
        "min_features": [certify.min_features(dim, error) for error in ERRORS],
        "relu_eigenvalue": [decimals(certify.relu_eigenvalue(dim, ell, bits=BITS)) for ell in DEGREES],
        "biased_eigenvalue": [
            [decimals(certify.relu_eigenvalue(dim, ell, bias, BITS)) for ell in biased_degrees(dim)] for bias in BIASES
        ],
        "biased_min_features": [
            [certify.min_features(dim, error, bias) for error in ERRORS_WITH_BIAS] if low_degrees(dim) else []
            for bias in BIASES
        ],
        "plane_wave_eigenvalue": [
            [decimals(certify.plane_wave_eigenvalue(dim, ell, omega, bits=BITS)) for ell in PLANE_DEGREES]
            for omega in FREQUENCIES
        ],
        "price_constant": decimals(certify_constants.price_constant(dim, BITS)),
        "triangle_wave_eigenvalue": [],
    }
    if dim >= SMALLEST_WAVE:
        entry["triangle_wave_eigenvalue"] = [
            decimals(certify.triangle_wave_eigenvalue(dim, ell, float(dim), BITS)) for ell in WAVE_DEGREES
        ]
    return entry


def low_degrees(dim: int) -> bool:
    """Whether the degrees 0 and 1 are listed for the neurons with a bias."""
    return dim <= LARGEST_LOW


def biased_degrees(dim: int) -> tuple[int, ...]:
    """The degrees that are listed for the neurons with a bias."""
    return BIASED_DEGREES if low_degrees(dim) else BIASED_DEGREES[2:]


def enclosures(row: dict) -> list[str]:
    """All enclosures of one dimension, in a row."""
    found = [row["price_constant"]]
    for name in ("best_relative_error", "relu_eigenvalue", "triangle_wave_eigenvalue"):
        found += row[name]
    for name in ("biased_eigenvalue", "plane_wave_eigenvalue"):
        found += [text for texts in row[name] for text in texts]
    return found


def decimals(enclosure: tuple[Fraction, Fraction]) -> str:
    """The enclosure as ``LOWER .. UPPER``, two decimals rounded outwards."""
    return " .. ".join(certify_constants.to_decimals(enclosure, DIGITS))


def fractions(text: str) -> tuple[Fraction, Fraction]:
    """The exact ends of a stored enclosure."""
    lower, upper = text.split(" .. ")
    return Fraction(lower), Fraction(upper)


def settings() -> dict:
    """What the entries of the lists stand for."""
    return {
        "biases_of_biased_eigenvalue": BIASES,
        "degrees_of_biased_eigenvalue": BIASED_DEGREES,
        "degrees_of_plane_wave_eigenvalue": PLANE_DEGREES,
        "degrees_of_relu_eigenvalue": DEGREES,
        "degrees_of_triangle_wave_eigenvalue": WAVE_DEGREES,
        "errors_of_biased_min_features": ERRORS_WITH_BIAS,
        "errors_of_min_features": ERRORS,
        "frequencies_of_plane_wave_eigenvalue": FREQUENCIES,
        "largest_dim_of_low_biased_degrees": LARGEST_LOW,
    }


def table(constants: list[dict], frontier: dict) -> str:
    """The numbers that the pages print, as HTML: one row each, with the address that the marks lead to."""
    shown = [(row["name"], row["formula"], compact(row["enclosure"])) for row in constants]
    for row in [*frontier["rows"], *frontier["matching"]]:
        name, place = f"frontier-{row['dim']}-{row['budget']:.0f}", f"E_B at d = {row['dim']}"
        if "degree" in row:
            name = f"matching-{row['dim']}-{row['degree']}"
            place = f"E_B/τ_L at d = {row['dim']}, L = {row['degree']}"
        ends = certify_constants.to_decimals((Fraction(row["lower"]), Fraction(row["upper"])), 13)
        shown.append((name, f"{place}, B = {row['budget']:.0f}", compact(" .. ".join(ends))))
    lines = [
        f'<tr><td id="certified-{name}">{html.escape(text)}</td><td>{ends}</td></tr>' for name, text, ends in shown
    ]
    return (
        '<div class="rf-scroll" tabindex="0" role="group" aria-label="Certified numbers">'
        '<table class="rf-certified-table table"><thead><tr><th scope="col">number</th>'
        '<th scope="col">enclosure</th></tr>'
        f"</thead><tbody>{''.join(lines)}</tbody></table></div>"
    )


def compact(enclosure: str) -> str:
    """Both ends in one: the digits that they share, then what is left of each in brackets."""
    (low, power), (high, other) = (end.partition("e")[::2] for end in enclosure.split(" .. "))
    if power != other:
        return enclosure
    scale = ""
    if power and -5 <= int(power) <= 8:
        low, high = (moved(end, int(power)) for end in (low, high))
    elif power:
        scale = f"·10<sup>{power.replace('-', '−')}</sup>"
    if low == high:
        return (low.rstrip("0").rstrip(".") if "." in low else low) + scale + ", exactly"
    shared = next(i for i in range(len(low)) if low[i] != high[i])
    return f"{low[:shared]}[{low[shared:]}, {high[shared:]}]{scale}"


def moved(digits: str, places: int) -> str:
    """A number with one digit before its point, the point moved."""
    plain = digits.replace(".", "")
    return "0." + "0" * (-places - 1) + plain if places < 0 else f"{plain[: places + 1]}.{plain[places + 1 :]}"
