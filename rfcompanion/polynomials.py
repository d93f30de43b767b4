"""What random features can learn: polynomials on the unit sphere, their exact price, and what SGD does with it.

Inputs lie on the unit sphere S^{d−1}. One neuron with weight w is the feature f_w(x) = σ(⟨w,x⟩+b) (conjugate) or the
vector of features x σ'(⟨w,x⟩+b) (tangent), and the family has the kernel K(x,x') = E_w f_w(x) f_w(x').
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from . import _checks, harmonics


def relu_hermite_coefficients(max_degree: int, bias: float = 0.0) -> np.ndarray:
    """Hermite coefficients of the biased ReLU.

    a_k = E σ(Z+b) h_k(Z):  a_0 = φ(b)+bΦ(b), a_1 = Φ(b), a_k = (−1)^k φ(b) h_{k−2}(b)/√(k(k−1)).

    Parameters
        max_degree : K ≥ 0.
        bias : b.

    Returns
        array (a_0, …, a_K). With Gaussian weights and unit inputs the kernel is K(t) = Σ_k a_k² t^k, whatever d is.

    Error
        Rounding.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Setting".
    """
    max_degree = _checks.integer("max_degree", max_degree, minimum=0)
    bias = _checks.real("bias", bias)
    density = math.exp(-bias * bias / 2) / math.sqrt(2 * math.pi)
    below = math.erfc(-bias / math.sqrt(2)) / 2
    values = np.array([density + bias * below, below, *([0.0] * max(0, max_degree - 1))])
    k = np.arange(2, max_degree + 1)
    if len(k):
        values[2:] = (-1.0) ** k * density * harmonics.hermite(max_degree - 2, bias) / np.sqrt(k * (k - 1))
    return values[: max_degree + 1]


def power_eigenvalues(dim: int, power: int) -> np.ndarray:
    """Funk–Hecke coefficients of a power: the eigenvalues of the kernel ⟨x,x'⟩^j on the unit sphere.

    b_{j,ℓ} = ∫ t^j P_ℓ dμ_d = j! Γ(d/2) / (2^j ((j−ℓ)/2)! Γ((j+ℓ+d)/2)) for ℓ ≤ j of equal parity, else 0.

    Parameters
        dim : d ≥ 2.
        power : j ≥ 0.

    Returns
        array (b_{j,0}, …, b_{j,j}).

    Error
        Rounding, relative 1e-13.

    Raises
        ValueError, TypeError if an argument is not an integer in its range.

    Source
        Chapter "Polynomials".
    """
    dim = _checks.integer("dim", dim, minimum=2)
    power = _checks.integer("power", power, minimum=0)
    values = np.zeros(power + 1)
    for ell in range(power % 2, power + 1, 2):
        log = math.lgamma(power + 1) + math.lgamma(dim / 2) - power * math.log(2)
        values[ell] = math.exp(log - math.lgamma((power - ell) / 2 + 1) - math.lgamma((power + ell + dim) / 2))
    return values


def neuron_coefficients(dim: int, max_degree: int, bias: float = 0.0, derivative: bool = False) -> np.ndarray:
    """Funk–Hecke coefficients of a unit-weight neuron on the unit sphere, in closed form.

    c_ℓ = ∫ σ(t+b) P_ℓ dμ_d = C (1−b²)^{(d+1)/2} P^{(d+4)}_{ℓ−2}(−b)/(d²−1), ℓ ≥ 2, C = Γ(d/2)/(Γ((d−1)/2)√π);
    for the derivative 1{t+b>0}: C (1−b²)^{(d−1)/2} P^{(d+2)}_{ℓ−1}(−b)/(d−1), ℓ ≥ 1.

    Parameters
        dim : d ≥ 2.
        max_degree : L ≥ 0.
        bias : b in (−1, 1); outside the neuron is linear or zero on the sphere.
        derivative : take the step function instead of the ReLU.

    Returns
        array (c_0, …, c_L); exactly 0 where symmetry makes it so.

    Error
        Rounding, relative 1e-12 of the envelope.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Polynomials"; biased form as in chapter "Concentration".
    """
    from scipy.special import betainc

    dim = _checks.integer("dim", dim, minimum=2)
    max_degree = _checks.integer("max_degree", max_degree, minimum=0)
    b = _checks.real("bias", bias, above=-1, below=1)
    log_c = math.lgamma(dim / 2) - math.lgamma((dim - 1) / 2) - math.log(math.pi) / 2
    cap = [float(betainc((n - 1) / 2, (n - 1) / 2, (1 + b) / 2)) for n in (dim, dim + 2)]  # P(t > −b) in R^d, R^{d+2}
    edge = math.exp(log_c + (dim - 1) / 2 * math.log1p(-b * b)) / (dim - 1)
    if derivative:
        first, shift, scale = [cap[0]], 2, edge
    else:
        first, shift, scale = [b * cap[0] + edge, cap[1] / dim], 4, edge * (1 - b * b) / (dim + 1)
    values = np.array([*first, *([0.0] * max(0, max_degree + 1 - len(first)))])
    if max_degree >= len(first):
        values[len(first) :] = scale * harmonics.legendre(dim + shift, max_degree - len(first), -b)
    return values[: max_degree + 1]


def feature_eigenvalues(
    dim: int, max_degree: int, bias: float = 0.0, *, family: str = "conjugate", weights: str = "unit"
) -> np.ndarray:
    """Eigenvalues of the kernel of a feature family on the unit sphere.

    Conjugate, unit weights: λ_ℓ = c_ℓ². Tangent, a_ℓ the coefficients of the step function:
    λ_ℓ = (ℓ a_{ℓ−1}² + (ℓ+d−2) a_{ℓ+1}²)/(2ℓ+d−2). Gaussian weights: averaged over ‖w‖.

    Parameters
        dim : d ≥ 3.
        max_degree : L ≥ 0.
        bias : b; in (−1, 1) for unit weights.
        family : "conjugate" (output layer) or "tangent" (hidden layer).
        weights : "unit" (uniform on the sphere) or "gaussian" (N(0, I_d); conjugate, or tangent with b = 0).

    Returns
        array (λ_0, …, λ_L), λ_ℓ of multiplicity N(d,ℓ).

    Error
        Rounding.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Polynomials".
    """
    dim = _checks.integer("dim", dim, minimum=3)
    max_degree = _checks.integer("max_degree", max_degree, minimum=0)
    _checks.choice("family", family, ("conjugate", "tangent"))
    _checks.choice("weights", weights, ("unit", "gaussian"))
    if family == "conjugate":
        if weights == "gaussian":
            from .concentration import relu_eigenvalues  # the same number: the norm of w plays the part of ‖x‖

            return relu_eigenvalues(dim, max_degree, _checks.real("bias", bias))
        return neuron_coefficients(dim, max_degree, bias) ** 2
    if weights == "gaussian" and bias != 0:
        raise ValueError(f"bias must be 0 for tangent features with gaussian weights, got {bias!r}")
    step = neuron_coefficients(dim, max_degree + 1, bias, derivative=True) ** 2
    ell = np.arange(max_degree + 1)
    below = np.concatenate([[0.0], step[:max_degree]])
    return (ell * below + (ell + dim - 2) * step[1:]) / (2 * ell + dim - 2)


def harmonic_masses(polynomial: Mapping[tuple[int, ...], float], dim: int | None = None) -> np.ndarray:
    """Squared norms of the harmonic parts of a polynomial on the unit sphere, without quadrature.

    p = Σ_ℓ p_ℓ on S^{d−1}; returns ‖p_ℓ‖², from ‖Δ^j p‖² in the norm [p]² = Σ_m a_m² m!/|m|! for every j.

    Parameters
        polynomial : {exponents: coefficient}, exponents a tuple of d integers; {(1, 1, 0): 2.0} is 2 x_1 x_2 in R³.
        dim : d; by default the length of the exponents. Shorter exponents are filled with zeros.

    Returns
        array of ‖p_ℓ‖², ℓ = 0 … degree; its sum is E p(x)².

    Error
        Rounding; the triangular system loses about one digit a degree.

    Raises
        ValueError, TypeError if the polynomial is empty or an exponent is not a non-negative integer.

    Source
        Chapter "Polynomials", own derivation.
    """
    if not polynomial:
        raise ValueError("polynomial must have at least one term, got none")
    longest = max(len(m) for m in polynomial)
    dim = _checks.integer("dim", longest if dim is None else dim, minimum=max(2, longest))
    terms: dict = {}
    for exponents, coefficient in polynomial.items():
        m = tuple(_checks.integer("exponents", e, minimum=0) for e in exponents)
        terms[m + (0,) * (dim - len(m))] = _checks.real("coefficient", coefficient)
    degree = max(sum(m) for m in terms)
    masses = np.zeros(degree + 1)
    for parity in (0, 1):
        part = {m: a for m, a in terms.items() if sum(m) % 2 == parity}
        if not part:
            continue
        top = max(sum(m) for m in part)
        for low in range(parity, top, 2):  # |x|² = 1 on the sphere: lift every term to the same degree
            part = _lift(part, low)
        laplacians = [part]
        for _ in range(top // 2):
            laplacians.append(_laplacian(laplacians[-1]))
        for j in range(top // 2, -1, -1):
            ell, eigenvalues = top - 2 * j, power_eigenvalues(dim, top - 2 * j)
            rest = _tensor_norm2(laplacians[j])
            for higher in range(j + 1, top // 2 + 1):
                m = top - 2 * higher
                rest -= _laplacian_factor(dim, m, higher, j) ** 2 * masses[m] / eigenvalues[m]
            factor = _laplacian_factor(dim, ell, j, j) ** 2
            masses[ell] = max(rest, 0.0) * eigenvalues[ell] / factor
    return masses


def rkhs_price(masses, eigenvalues) -> float:
    """Price of a function: its squared norm in the space of the kernel, the least second moment of its representers.

    ‖f‖_K² = Σ_ℓ ‖f_ℓ‖²/λ_ℓ = min {E u(w)² : f = E_w u(w) f_w};  infinite where λ_ℓ = 0 < ‖f_ℓ‖².

    Parameters
        masses : ‖f_ℓ‖², ℓ = 0 … L.
        eigenvalues : λ_ℓ, at least L+1 of them.

    Returns
        float, ``inf`` if f has a part that the family cannot see.

    Error
        Rounding.

    Raises
        ValueError, TypeError if an entry is negative or there are too few eigenvalues.

    Source
        Chapter "Polynomials".
    """
    masses, eigenvalues = _checks.array("masses", masses, 1), _checks.array("eigenvalues", eigenvalues, 1)
    if len(eigenvalues) < len(masses):
        raise ValueError(f"eigenvalues must have at least {len(masses)} entries, got {len(eigenvalues)}")
    if (masses < 0).any() or (eigenvalues < 0).any():
        raise ValueError("masses and eigenvalues must not be negative")
    needed = masses > 1e-14 * masses.sum()
    eigenvalues = eigenvalues[: len(masses)]
    if (eigenvalues[needed] == 0).any():
        return math.inf
    return float((masses[needed] / eigenvalues[needed]).sum())


def coefficient_price(dim: int, degree: int, eigenvalues) -> float:
    """Largest price of a polynomial of given degree whose coefficients have Euclidean norm at most one.

    sup ‖p‖_K² = max_{ℓ≤k} s_ℓ/λ_ℓ over [p]² = Σ_m a_m² m!/|m|! ≤ 1, s_ℓ = Σ_{j≤k} b_{j,ℓ}; and [p] ≤ (Σ_m a_m²)^{1/2}.

    Parameters
        dim : d ≥ 2.
        degree : k ≥ 0.
        eigenvalues : λ_0 … λ_k of the feature family.

    Returns
        float; ``inf`` if some λ_ℓ is 0.

    Error
        Rounding.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Polynomials", own derivation.
    """
    degree = _checks.integer("degree", degree, minimum=0)
    eigenvalues = _checks.array("eigenvalues", eigenvalues, 1)[: degree + 1]
    if len(eigenvalues) <= degree:
        raise ValueError(f"eigenvalues must have at least {degree + 1} entries, got {len(eigenvalues)}")
    sums = np.zeros(degree + 1)
    for j in range(degree + 1):
        sums[: j + 1] += power_eigenvalues(dim, j)
    with np.errstate(divide="ignore"):
        return float((sums / eigenvalues).max())


def representer_error(price: float, feature_norm2: float, target_norm2: float, width: int) -> float:
    """Expected squared error of the network that samples a representer: an identity, not a bound.

    E_W ‖(1/r) Σ u(w_i) f_{w_i} − f‖² = (E u(w)²·‖f_w‖² − ‖f‖²)/r, for uniform inputs and ‖f_w‖² independent of w.

    Parameters
        price : E u(w)²; at least target_norm2/feature_norm2.
        feature_norm2 : ‖f_w‖².
        target_norm2 : ‖f‖².
        width : r ≥ 1.

    Returns
        float.

    Error
        Exact.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Polynomials"; after Rahimi & Recht.
    """
    feature_norm2 = _checks.real("feature_norm2", feature_norm2, above=0)
    target_norm2 = _checks.real("target_norm2", target_norm2, at_least=0)
    price = _checks.real("price", price, at_least=target_norm2 / feature_norm2 * (1 - 1e-12))
    return max(price * feature_norm2 - target_norm2, 0.0) / _checks.integer("width", width, minimum=1)


def radial_floor(dim: int, degree: int = 2) -> float:
    """Relative error that unbiased ReLUs leave of a degree-k harmonic under Gaussian inputs, at any width.

    1 − (E ρ^{k+1})²/(E ρ² E ρ^{2k}),  ρ = ‖x‖, x ~ N(0, I_d), k even or 1.

    Parameters
        dim : d ≥ 1.
        degree : k ≥ 1, even or 1.

    Returns
        float in [0, 1); 1 for odd k ≥ 3, whose angular part unbiased ReLUs do not have.

    Error
        Rounding.

    Raises
        ValueError, TypeError if an argument is not an integer in its range.

    Source
        Chapter "Polynomials", own derivation.
    """
    d, k = _checks.integer("dim", dim, minimum=1), _checks.integer("degree", degree, minimum=1)
    if k % 2 and k > 1:
        return 1.0
    gamma = math.lgamma
    log_ratio = 2 * gamma((d + k + 1) / 2) - gamma(d / 2 + 1) - gamma(d / 2 + k)  # the powers of 2 cancel
    return -math.expm1(log_ratio)


@dataclass(frozen=True)
class LearningBound:
    """Width, steps and step size with which SGD provably learns, and what the statement is worth."""

    width: int
    steps: int
    step_size: float
    guarantee: float  # proved bound on E (average loss) − (loss of the best polynomial)
    price: float  # E u(w)² of the comparator's representer
    trivial: float  # excess loss that the zero predictor has at most

    @property
    def vacuous(self) -> bool:
        """True if predicting zero is covered by the same guarantee."""
        return self.guarantee >= self.trivial


def sgd_guarantee(
    price: float,
    width: int,
    steps: int,
    *,
    feature_norm2: float,
    feature_max: float,
    lipschitz: float = 1.0,
    inputs: str = "any",
    layers: str = "output",
) -> float:
    """Proved bound on the excess loss of online SGD from zero output weights, against any f with ‖f‖_K² ≤ C².

    Output layer: GM/√r + GCF/√T, step η = C/(rGF√T); F² = E_w f_w(x)², |f_w| ≤ S, M = CS (any inputs) or CF (uniform).
    Both layers, same step: GM/√r + (GCF/√T)(1+(1+δ/F)²)/2 + GCδ/3, δ = qS/(1−q), q = C²T/(2r²F²) < 1.

    Parameters
        price : C².
        width, steps : r and T.
        feature_norm2, feature_max : F² and S on the unit sphere at initialisation.
        lipschitz : G, of the convex loss in the prediction.
        inputs : "any" distribution on the unit sphere, or "uniform".
        layers : "output" (inner weights frozen) or "both" (ReLU features, both layers trained).

    Returns
        float; ``inf`` where the both-layers statement does not apply (q ≥ 1).

    Error
        Exact evaluation of the formula.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Polynomials", own theorem.
    """
    C = math.sqrt(_checks.real("price", price, above=0))
    r, T = _checks.integer("width", width, minimum=1), _checks.integer("steps", steps, minimum=1)
    F = math.sqrt(_checks.real("feature_norm2", feature_norm2, above=0))
    S = _checks.real("feature_max", feature_max, at_least=F * (1 - 1e-12))
    G = _checks.real("lipschitz", lipschitz, above=0)
    _checks.choice("inputs", inputs, ("any", "uniform"))
    _checks.choice("layers", layers, ("output", "both"))
    sampling = G * C * (S if inputs == "any" else F) / math.sqrt(r)
    if layers == "output":
        return sampling + G * C * F / math.sqrt(T)
    q = C * C * T / (2 * r * r * F * F)
    if q >= 1:
        return math.inf
    moved = q * S / (1 - q)
    return sampling + G * C * F / math.sqrt(T) * (1 + (1 + moved / F) ** 2) / 2 + G * C * moved / 3


def learning_bound(
    dim: int,
    degree: int,
    error: float,
    *,
    coefficient_norm: float = 1.0,
    price: float | None = None,
    bias: float | None = None,
    lipschitz: float = 1.0,
    inputs: str = "any",
    layers: str = "output",
) -> LearningBound:
    """Width and steps with which SGD learns every polynomial of degree k and coefficient norm α to excess loss ε.

    Output layer: r = ⌈(2GM/ε)²⌉, T = ⌈(2GCF/ε)²⌉ with C² = α² max_{ℓ≤k} s_ℓ/λ_ℓ (or the given price).

    Parameters
        dim, degree : d ≥ 3, k ≥ 0.
        error : ε > 0, excess loss on average over the steps.
        coefficient_norm : α, Euclidean norm of the coefficients.
        price : C² of one polynomial, instead of the worst case over the class.
        bias : b of every feature σ(⟨w,x⟩+b), in (−1, 1), w uniform on the unit sphere; by default (√2−1)/√d, which
            balances the Hermite coefficients of degrees 3 and 4.
        lipschitz, inputs, layers : as in :func:`sgd_guarantee`.

    Returns
        LearningBound.

    Error
        Exact evaluation of the formula.

    Raises
        ValueError, TypeError if an argument is out of range, or if this bias leaves some degree ≤ k without price.

    Source
        Chapter "Polynomials", own theorem.
    """
    error = _checks.real("error", error, above=0)
    alpha = _checks.real("coefficient_norm", coefficient_norm, above=0)
    G = _checks.real("lipschitz", lipschitz, above=0)
    bias = balanced_bias(dim) if bias is None else bias
    eigenvalues = feature_eigenvalues(dim, degree, bias)
    if price is None:
        price = alpha**2 * coefficient_price(dim, degree, eigenvalues)
    if not math.isfinite(price):
        raise ValueError(f"bias must give every degree up to {degree} a positive eigenvalue, got {bias!r}")
    F2, S = neuron_norm2(dim, bias), 1 + bias
    moment = price * (S * S if inputs == "any" else F2)
    settings = {"feature_norm2": F2, "feature_max": S, "lipschitz": G, "inputs": inputs, "layers": layers}
    share = 2 if layers == "output" else 3
    width = math.ceil((share * G / error) ** 2 * moment)
    steps = math.ceil((share * G / error) ** 2 * price * F2)
    while (guarantee := sgd_guarantee(price, width, steps, **settings)) > error * (1 + 1e-12):
        width = math.ceil(1.02 * width)
    step_size = math.sqrt(price / (F2 * steps)) / (width * G)
    return LearningBound(width, steps, step_size, guarantee, price, G * alpha * math.sqrt(degree + 1))


def balanced_bias(dim: int) -> float:
    """The bias (√2−1)/√d, at which unit-weight neurons see the degrees 3 and 4 equally well (up to terms of order 1/d).

    |a_3| = |a_4| for the Hermite coefficients at β = √2−1; on the sphere b = β/√d.

    Parameters
        dim : d ≥ 1.

    Returns
        float.

    Error
        Rounding.

    Raises
        ValueError, TypeError if dim is not an integer in its range.

    Source
        Chapter "Polynomials".
    """
    return (math.sqrt(2) - 1) / math.sqrt(_checks.integer("dim", dim, minimum=1))


def neuron_norm2(dim: int, bias: float = 0.0) -> float:
    """Second moment of a unit-weight biased ReLU on the unit sphere.

    F² = ∫ σ(t+b)² dμ_d = (1/d) P_{d+2}(t > −b) + b c_0, c_0 the mean of the neuron.

    Parameters
        dim : d ≥ 2.
        bias : b in (−1, 1).

    Returns
        float.

    Error
        Rounding.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Polynomials".
    """
    c0, c1 = neuron_coefficients(dim, 1, bias)
    return float(c1 + bias * c0)  # σ(z)² = z σ(z), z = t + b


def sphere_gram(W, bias: float = 0.0) -> np.ndarray:
    """Gram matrix of unit-weight biased ReLU features under uniform inputs on the unit sphere.

    G_ij = Σ_ℓ N(d,ℓ) c_ℓ² P_ℓ(⟨w_i,w_j⟩): a function of the angle alone, tabulated once and interpolated.

    Parameters
        W : unit weights, shape (r, d), d ≥ 4.
        bias : b in (−1, 1).

    Returns
        array of shape (r, r).

    Error
        Below 1e-9 for every angle and 1e-10 for angles above 0.01 (series cut at degree 600); the diagonal is exact.

    Raises
        ValueError, TypeError if W does not hold unit vectors or an argument is out of range.

    Source
        Chapter "Polynomials".
    """
    W = _checks.array("W", W, 2)
    dim = _checks.integer("the dimension of W", W.shape[1], minimum=4)
    bias = _checks.real("bias", bias, above=-1, below=1)
    if abs(np.einsum("ij,ij->i", W, W) - 1).max() > 1e-10:
        raise ValueError("W must hold unit vectors")
    gram = _kernel_of_angle(dim, bias)(np.arccos(np.clip(W @ W.T, -1, 1)))
    np.fill_diagonal(gram, neuron_norm2(dim, bias))
    return gram


def degree_shares(W, degrees, bias: float = 0.0) -> np.ndarray:
    """Captured share of every degree in the exact population fit with given features on the sphere.

    share_ℓ = tr(G⁻¹ M_ℓ)/N(d,ℓ), M_ℓ = N(d,ℓ) c_ℓ² P_ℓ(W Wᵀ): the mean over all unit-norm harmonics of degree ℓ of
    one minus the relative error of the best fit. Σ_ℓ N(d,ℓ)·share_ℓ = r over all degrees.

    Parameters
        W : unit weights, shape (r, d).
        degrees : degrees ℓ to report.
        bias : b in (−1, 1).

    Returns
        array, one share in [0, 1] a degree.

    Error
        That of :func:`sphere_gram` times the condition of the Gram matrix.

    Raises
        ValueError, TypeError as :func:`sphere_gram`; LinAlgError if the features are dependent.

    Source
        Chapter "Polynomials", own identity.
    """
    from scipy.linalg import cholesky
    from scipy.linalg.lapack import dpotri

    W = _checks.array("W", W, 2)
    dim = W.shape[1]
    degrees = [_checks.integer("degrees", ell, minimum=0) for ell in degrees]
    inverse, _ = dpotri(cholesky(sphere_gram(W, bias), lower=True, overwrite_a=True), lower=True, overwrite_c=True)
    inverse = np.tril(inverse) + np.tril(inverse, -1).T
    c = neuron_coefficients(dim, max(degrees), bias)
    t = np.clip(W @ W.T, -1, 1)
    shares, previous, current = {}, np.ones_like(t), t.copy()
    for ell in range(max(degrees) + 1):  # the recursion of harmonics.legendre, keeping two degrees only
        if ell in degrees:
            shares[ell] = c[ell] ** 2 * np.vdot(inverse, previous)
        following = ((2 * ell + dim) * t * current - (ell + 1) * previous) / (ell + dim - 1)
        previous, current = current, following
    return np.array([shares[ell] for ell in degrees])


def predicted_shares(dim: int, features: int, eigenvalues) -> np.ndarray:
    """Deterministic equivalent of the captured shares: one number ζ decides how r features are spread over degrees.

    share_ℓ ≈ λ_ℓ/(λ_ℓ+ζ), ζ from Σ_ℓ N(d,ℓ) λ_ℓ/(λ_ℓ+ζ) = r.

    Parameters
        dim : d ≥ 2.
        features : r ≥ 1, less than the number of harmonics with a non-zero eigenvalue.
        eigenvalues : λ_0 … λ_L, to so high a degree that the rest does not matter.

    Returns
        array of L+1 shares.

    Error
        A prediction for large r, not a bound; solves its equation to rounding.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Polynomials".
    """
    from scipy.optimize import brentq

    eigenvalues = _checks.array("eigenvalues", eigenvalues, 1)
    sizes = np.array([float(harmonics.harmonic_dimension(dim, ell)) for ell in range(len(eigenvalues))])
    features = _checks.integer("features", features, minimum=1)
    if features >= sizes[eigenvalues > 0].sum():
        raise ValueError(f"features must be below the {sizes[eigenvalues > 0].sum():.0f} harmonics given")
    log_zeta = brentq(lambda x: (sizes * eigenvalues / (eigenvalues + math.exp(x))).sum() - features, -700, 100)
    return eigenvalues / (eigenvalues + math.exp(log_zeta))


@lru_cache(maxsize=8)
def _kernel_of_angle(dim: int, bias: float):
    """E f_w(x) f_v(x) on the sphere as a function of the angle between w and v: a spline."""
    from scipy.interpolate import CubicSpline

    angle = np.linspace(0, np.pi, 4001)
    c = neuron_coefficients(dim, 600, bias)
    sizes = np.array([float(harmonics.harmonic_dimension(dim, ell)) for ell in range(601)])
    return CubicSpline(angle, (sizes * c * c) @ harmonics.legendre(dim, 600, np.cos(angle)))


def _tensor_norm2(polynomial: Mapping) -> float:
    """[p]² = Σ_m a_m² m!/|m|!: the squared norm of the symmetric coefficient tensor."""
    factorial = math.factorial
    return sum(a * a * math.prod(map(factorial, m)) / factorial(sum(m)) for m, a in polynomial.items())


def _laplacian(polynomial: Mapping) -> dict:
    result: dict = {}
    for m, a in polynomial.items():
        for i, e in enumerate(m):
            if e >= 2:
                key = (*m[:i], e - 2, *m[i + 1 :])
                result[key] = result.get(key, 0.0) + a * e * (e - 1)
    return result


def _lift(polynomial: Mapping, degree: int) -> dict:
    """Multiply the part of one degree by |x|²."""
    result = {m: a for m, a in polynomial.items() if sum(m) != degree}
    for m, a in polynomial.items():
        if sum(m) == degree:
            for i in range(len(m)):
                key = (*m[:i], m[i] + 2, *m[i + 1 :])
                result[key] = result.get(key, 0.0) + a
    return result


def _laplacian_factor(dim: int, ell: int, power: int, times: int) -> float:
    """Δ^j(|x|^{2s} Y_ℓ) = factor · |x|^{2(s−j)} Y_ℓ."""
    return math.prod(2 * s * (2 * s + 2 * ell + dim - 2) for s in range(power - times + 1, power + 1))
