"""How much of a random direction a fixed feature can see: exact spectra of the averaging operator.

For a family φ_θ(x) = g(⟨θ,x⟩), θ uniform on S^{d−1} and x ~ N(0, I_d), the operator 𝒯 = E_θ[φ_θ ⊗ φ_θ] has one
eigenvalue λ_ℓ for each degree ℓ, with multiplicity N(d,ℓ), and Σ_ℓ N(d,ℓ) λ_ℓ = ‖φ_θ‖². With x = ρξ,
λ_ℓ = E_ρ c_ℓ(ρ)², where c_ℓ(ρ) = ∫ g(ρt) P_ℓ(t) dμ_d(t).
"""

import math

import numpy as np
from scipy.special import betainc, gammaln, ive

from . import _checks
from .gaussian import relu_norm2
from .harmonics import harmonic_dimension
from .targets import triangle_wave_fourier

_LARGEST_BIAS = 30.0  # beyond, the neuron fires with probability below 1e-197


def plane_wave_eigenvalue(dim: int, degree: int, omega: float, omega2: float | None = None, log: bool = False) -> float:
    """Eigenvalue of the averaging operator for plane waves, by Weber's second exponential integral.

    λ_ℓ(ω,ω′) = Γ(d/2) (2/(ωω′))^ν e^{−(ω²+ω′²)/2} I_{ℓ+ν}(ωω′),  ν = d/2 − 1:
    e^{iω⟨θ,x⟩} against e^{iω′⟨θ,x⟩}. The cosine has it for even ℓ only, the sine for odd ℓ only.

    Parameters
        dim : d ≥ 2.
        degree : ℓ ≥ 0.
        omega, omega2 : frequencies ω, ω′ ≥ 0; ω′ = ω if None.
        log : return log λ_ℓ, which stays finite where λ_ℓ itself underflows.

    Returns
        float.

    Error
        Rounding: relative 1e-12 for d, ℓ up to 1000.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Concentration"; own derivation.
    """
    dim = _checks.integer("dim", dim, minimum=2)
    degree = _checks.integer("degree", degree, minimum=0)
    omega = _checks.real("omega", omega, at_least=0)
    omega2 = omega if omega2 is None else _checks.real("omega2", omega2, at_least=0)
    value = float(_log_plane_wave(dim, np.float64(degree), np.float64(omega), np.float64(omega2)))
    return value if log else math.exp(value)


def relu_eigenvalues(dim: int, max_degree: int, bias: float = 0.0) -> np.ndarray:
    """Eigenvalues of the averaging operator for the unit-norm ReLU neuron [⟨θ,x⟩+b]_+.

    b = 0: λ_ℓ = d c_ℓ² with c_1 = 1/(2d), c_ℓ = 0 for odd ℓ ≥ 3 and, for even ℓ,
    c_ℓ = (−1)^{ℓ/2−1} Γ(d/2) Γ((ℓ−1)/2) / (4π Γ((ℓ+d+1)/2)).
    b ≠ 0, ℓ ≥ 2: λ_ℓ = E_ρ c_ℓ(ρ)²,
    c_ℓ(ρ) = Cρ (1−b²/ρ²)_+^{(d+1)/2} P_{ℓ−2}^{(d+4)}(−b/ρ)/(d²−1),  C = Γ(d/2)/(Γ((d−1)/2)√π).

    Parameters
        dim : d ≥ 2.
        max_degree : L ≥ 0.
        bias : b, at most 30 in absolute value.

    Returns
        array (λ_0, …, λ_L), not normalised: Σ N(d,ℓ) λ_ℓ = relu_norm2(bias).

    Error
        Rounding: relative 1e-12 (1e-11 with a bias); values below 1e-308 become 0 (see :func:`relu_masses`).

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Concentration"; cf. Wu & Long (2022) on the sphere.
    """
    with np.errstate(divide="ignore"):
        log_masses = np.log(relu_masses(dim, max_degree, bias))
    log_dimensions = np.array([math.log(harmonic_dimension(dim, ell)) for ell in range(max_degree + 1)])
    return relu_norm2(bias) * np.exp(log_masses - log_dimensions)


def relu_masses(dim: int, max_degree: int, bias: float = 0.0) -> np.ndarray:
    """Share of each degree in the unit-norm ReLU neuron: m_ℓ = N(d,ℓ) λ_ℓ / ‖neuron‖².

    Parameters
        dim : d ≥ 2.
        max_degree : L ≥ 0.
        bias : b, at most 30 in absolute value.

    Returns
        array (m_0, …, m_L) of shares; all degrees together sum to 1.

    Error
        Rounding: relative 1e-12 (1e-11 with a bias).

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapters "Concentration" and "General features".
    """
    dim = _checks.integer("dim", dim, minimum=2)
    max_degree = _checks.integer("max_degree", max_degree, minimum=0)
    bias = _checks.real("bias", bias, at_least=-_LARGEST_BIAS, at_most=_LARGEST_BIAS)
    return _unbiased_masses(dim, max_degree) if bias == 0 else _biased_masses(dim, max_degree, bias)


def relu_tail(dim: int, degree: int) -> float:
    """Relative error of the best space that contains all degrees up to L: the tail of the unbiased neuron.

    τ_L = Σ_{ℓ>L} m_ℓ, summed from below by parts: τ_L = K_d [φ(n)Q(n) + Σ_{k≥n} φ(k+1)(Q(k+1) − Q(k))],
    n = L/2, with every term positive (see the price law for K_d, φ and Q).

    Parameters
        dim : d ≥ 2.
        degree : L, even and at least 2.

    Returns
        float.

    Error
        Rounding: relative 1e-11 for d, L up to 10⁴.

    Raises
        ValueError, TypeError if an argument is out of range or degree is odd.

    Source
        Chapter "General features".
    """
    dim = _checks.integer("dim", dim, minimum=2)
    degree = _checks.integer("degree", degree, minimum=2)
    if degree % 2:
        raise ValueError(f"degree must be even, got {degree}")
    k = degree // 2 + np.arange(4001.0)
    m = k + dim / 2
    log_phi = gammaln(k - 0.1) - gammaln(k + 1.4) + gammaln(m - 0.4) - gammaln(m + 1.1)
    # Q1(k+1)/Q1(k) = (p + .6)/(p − .3) and Q2(m+1)/Q2(m) = q/(q − .9); both products tend to 1.
    p, q = ((k + 3.4) * k + 2.65) * k, ((m + 2.6) * m + 1.05) * m
    log_steps = np.log1p(0.9 / (p - 0.3)) + np.log1p(0.9 / (q - 0.9))
    # Beyond the last k: the steps are 0.9/(k+17/15)³ and 0.9/(m+13/15)³ up to relative order 1/k², by midpoints.
    rest = 0.45 * (1 / (k[-1] + 49 / 30) ** 2 + 1 / (m[-1] + 41 / 30) ** 2)
    log_q = -(np.cumsum(log_steps[::-1])[::-1] + rest)
    factor, phi = np.exp(log_q), np.exp(log_phi)
    log_prefactor = math.log(dim / 12) - 1.5 * math.log(math.pi) + gammaln(dim / 2) - gammaln((dim - 1) / 2)
    total = phi[0] * factor[0] + (phi[1:] * factor[:-1] * np.expm1(log_steps[:-1])).sum()
    return float(np.exp(log_prefactor) * total)


def triangle_wave_eigenvalues(dim: int, norm: float, max_degree: int) -> np.ndarray:
    """Eigenvalues of the averaging operator for the triangle wave of a direction, tri(s⟨θ,x⟩).

    λ_ℓ = Σ_{j,k odd} a_j a_k λ_ℓ(jω,kω) for odd ℓ (0 for even ℓ),  ω = πs/2,  a_k = 8(−1)^{(k−1)/2}/(π²k²).

    Parameters
        dim : d ≥ 2.
        norm : s = ‖w‖ ≥ 0.05.
        max_degree : L ≥ 0.

    Returns
        array (λ_0, …, λ_L); Σ N(d,ℓ) λ_ℓ = triangle_wave_norm2(norm).

    Error
        Rounding and truncation of the series: relative 1e-10 for s ≥ 1; absolute 1e-13 below.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapters "Concentration" and "Anti-concentration".
    """
    dim = _checks.integer("dim", dim, minimum=2)
    norm = _checks.real("norm", norm, at_least=0.05)
    max_degree = _checks.integer("max_degree", max_degree, minimum=0)
    omega = math.pi * norm / 2
    # Terms fall like k^{−4−(d−1)} once kω passes the frequencies that the degree can feel.
    terms = int(40 + 10 * math.sqrt(max_degree + 1) / omega + 2000 / dim**2)
    k, a = triangle_wave_fourier(terms)
    eigenvalues = np.zeros(max_degree + 1)
    degrees = np.arange(1.0, max_degree + 1, 2)
    if len(degrees) == 0:
        return eigenvalues
    total = np.zeros(len(degrees))
    # λ_ℓ(jω,kω) carries exp(−(j−k)²ω²/2): only a band around j = k counts.
    for offset in range(0, min(terms, int(9 / omega / 2) + 2)):
        j, i = k[offset:], k[: terms - offset]
        values = np.exp(_log_plane_wave(dim, degrees[:, None], j * omega, i * omega))
        total += (1 if offset == 0 else 2) * (values * (a[offset:] * a[: terms - offset])).sum(axis=1)
    eigenvalues[1::2] = total
    return eigenvalues


def _log_plane_wave(dim, degree, omega, omega2):
    """log λ_ℓ(ω,ω′) for arrays, from λ_ℓ = e^{−(ω²+ω′²)/2} (z/2)^ℓ Γ(d/2)/Γ(ℓ+d/2) ₀F₁(ℓ+d/2; z²/4), z = ωω′."""
    degree, omega, omega2 = np.broadcast_arrays(degree, omega, omega2)
    z, order = omega * omega2, degree + dim / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        power = np.where(degree > 0, degree * np.log(z / 2), 0.0)
    prefactor = gammaln(dim / 2) - gammaln(order)
    # The exponents are joined before they are large: −(ω²+ω′²)/2 + z = −(ω−ω′)²/2.
    return power + prefactor - (omega - omega2) ** 2 / 2 + _log_hypergeometric(order, z)


def _log_hypergeometric(b, z):
    """log[e^{−z} ₀F₁(b; z²/4)] = log[Γ(b) (2/z)^{b−1} e^{−z} I_{b−1}(z)] for arrays b ≥ 1, z ≥ 0."""
    b, z = np.broadcast_arrays(np.asarray(b, dtype=np.float64), np.asarray(z, dtype=np.float64))
    result = np.empty(z.shape)
    large = z > 600
    series = ~large
    if series.any():  # all terms positive, the sum at most e^600
        bs, quarter = b[series], z[series] ** 2 / 4
        term = np.ones_like(quarter)
        total = np.ones_like(quarter)
        for n in range(1, 2000):
            term = term * quarter / (n * (bs + n - 1))
            total += term
            if (term <= 1e-18 * total).all():
                break
        result[series] = np.log(total) - z[series]
    if large.any():
        nu, zl = b[large] - 1, z[large]
        log_bessel = np.empty(zl.shape)
        debye, far = nu > 300, (nu <= 300) & (zl > 1e8)
        middle = ~debye & ~far
        log_bessel[middle] = np.log(ive(nu[middle], zl[middle]))
        # e^{−z}I_ν(z)√(2πz) = 1 − (4ν²−1)/(8z) + …: scipy gives up at about 1e9
        log_bessel[far] = -np.log(2 * math.pi * zl[far]) / 2 + np.log1p(-(4 * nu[far] ** 2 - 1) / (8 * zl[far]))
        log_bessel[debye] = _log_bessel_debye(nu[debye], zl[debye])
        result[large] = gammaln(nu + 1) + nu * np.log(2 / zl) + log_bessel
    return result


def _log_bessel_debye(nu, z):
    """log[e^{−z} I_ν(z)] by Debye's uniform expansion, five terms: relative error below ν^{−5}."""
    x = z / nu
    root = np.hypot(1, x)
    t = 1 / root
    eta_minus_x = 1 / (root + x) + np.log(x / (1 + root))  # √(1+x²) − x without cancellation
    u1 = t * (3 - 5 * t**2) / 24
    u2 = t**2 * (81 - 462 * t**2 + 385 * t**4) / 1152
    u3 = t**3 * (30375 - 369603 * t**2 + 765765 * t**4 - 425425 * t**6) / 414720
    u4 = t**4 * (4465125 - 94121676 * t**2 + 349922430 * t**4 - 446185740 * t**6 + 185910725 * t**8) / 39813120
    correction = 1 + u1 / nu + u2 / nu**2 + u3 / nu**3 + u4 / nu**4
    return nu * eta_minus_x - np.log(2 * math.pi * nu * root) / 2 + np.log(correction)


def _unbiased_masses(dim: int, max_degree: int) -> np.ndarray:
    """m_ℓ = 2 d N(d,ℓ) c_ℓ² by the ratio of consecutive even degrees."""
    masses = np.zeros(max_degree + 1)
    # c_0² = (Γ(d/2)/Γ((d+1)/2))²/(4π)
    masses[0] = dim / (2 * math.pi) * math.exp(2 * (math.lgamma(dim / 2) - math.lgamma((dim + 1) / 2)))
    if max_degree >= 1:
        masses[1] = 0.5
    for ell in range(0, max_degree - 1, 2):
        masses[ell + 2] = masses[ell] * (
            (2 * ell + dim + 2)
            * (ell + dim - 1)
            * (1 if ell == 0 else (ell + dim - 2) / (2 * ell + dim - 2))
            / ((ell + 1) * (ell + 2))
            * ((ell - 1) / (ell + dim + 1)) ** 2
        )
    return masses


def _biased_masses(dim: int, max_degree: int, bias: float) -> np.ndarray:
    """m_ℓ(b) = N(d,ℓ) E_ρ c_ℓ(ρ)²/‖neuron‖² by the trapezoidal rule in log τ, τ² = ρ² − b².

    The substitution makes the integrand analytic (the factor e^{−b²/2} comes out), so the rule converges
    exponentially. The polynomials are carried in orthonormal form and rescaled on the way: no overflow.
    """
    a = abs(bias)
    log_tau, step = _radial_grid(dim, a, max_degree)
    tau = np.exp(log_tau)
    rho = np.hypot(tau, a)
    sine2 = (tau / rho) ** 2  # 1 − b²/ρ²
    log_sine2 = 2 * (log_tau - np.log(rho))
    # chi density of ρ times dρ/d(log τ) = τ²/ρ, without its factor e^{−b²/2}
    log_density = (
        (1 - dim / 2) * math.log(2) - math.lgamma(dim / 2) + (dim - 2) * np.log(rho) + 2 * log_tau - tau**2 / 2
        + math.log(step)
    )  # fmt: skip
    # relative masses: e^{−b²/2} over the norm, joined so that neither underflows
    scale = math.exp(-(a**2) / 2) / relu_norm2(bias)

    masses = np.zeros(max_degree + 1)
    masses[:2] = _two_lowest_masses(dim, bias, rho, sine2, np.exp(log_density), scale)[: max_degree + 1]
    if max_degree < 2:
        return masses

    big = dim + 4
    log_constant = 2 * (math.lgamma(dim / 2) - math.lgamma((dim - 1) / 2)) - math.log(math.pi)
    log_constant -= 2 * math.log(dim**2 - 1)
    log_weight = log_density + log_constant + 2 * np.log(rho) + (dim + 1) * log_sine2
    t = -bias / rho
    previous, current, shift = np.zeros_like(t), np.ones_like(t), np.zeros_like(t)
    a_previous = 0.0
    log_dims = math.log(dim + 2) + math.log(dim + 1) + math.log(dim) + math.log(dim - 1)
    for ell in range(2, max_degree + 1):
        # N(d,ℓ)/N(d+4,ℓ−2): the orthonormal polynomial carries √N(d+4,ℓ−2)
        log_ratio = log_dims - math.log(ell) - math.log(ell - 1) - math.log(ell + dim - 1)
        log_ratio -= math.log(ell + dim - 2)
        with np.errstate(divide="ignore"):
            masses[ell] = scale * np.exp(log_weight + log_ratio + 2 * (np.log(np.abs(current)) + shift)).sum()
        n = ell - 1  # index of the next orthonormal polynomial in dimension d + 4
        a_next = math.sqrt(n * (n + big - 3) / ((2 * n + big - 2) * (2 * n + big - 4)))
        previous, current = current, (t * current - a_previous * previous) / a_next
        a_previous = a_next
        size = np.abs(current) + np.abs(previous)
        if (size > 1e100).any():
            large = size > 1e100
            previous[large] /= size[large]
            current[large] /= size[large]
            shift[large] += np.log(size[large])
    return masses


def _radial_grid(dim: int, a: float, max_degree: int) -> tuple[np.ndarray, float]:
    """Equidistant grid in log τ that covers every integrand of the biased spectrum to e^{−80} of its peak."""
    wide = np.linspace(-60.0, math.log(math.sqrt(2 * dim) + 60), 40_001)
    tau = np.exp(wide)
    log_rho = np.log(np.hypot(tau, a))
    envelope = (dim - 2) * log_rho + 2 * wide - tau**2 / 2 + dim * (wide - log_rho)
    inside = wide[envelope > envelope.max() - 80]
    low, high = inside[0], inside[-1]
    nodes = 400 + 8 * max_degree
    step = (high - low) / nodes
    return np.linspace(low, high, nodes + 1), step


def _two_lowest_masses(dim, bias, rho, sine2, density, scale):
    """Degrees 0 and 1, from c_0, c_1 of [z−|b|]_+ on ρ > |b|; for b > 0 through [z+b]_+ = z + b + [−z−b]_+."""
    a = abs(bias)
    cosine = a / rho
    half_tail = betainc((dim - 1) / 2, 0.5, sine2) / 2
    surface = math.exp(math.lgamma(dim / 2) - math.lgamma((dim - 1) / 2)) / math.sqrt(math.pi)
    c0 = rho * (surface / (dim - 1) * sine2 ** ((dim - 1) / 2) - cosine * half_tail)
    c1 = rho / (2 * dim) * betainc((dim + 1) / 2, 0.5, sine2)
    mean0, mean00, mean11, mean_r1 = ((density * f).sum() for f in (c0, c0**2, c1**2, rho * c1))
    if bias < 0:
        return scale * mean00, scale * dim * mean11
    norm2, weight = relu_norm2(bias), math.exp(-(a**2) / 2)
    m0 = (bias**2 + weight * (2 * bias * mean0 + mean00)) / norm2
    m1 = (1 - weight * (2 * mean_r1 - dim * mean11)) / norm2
    return m0, m1
