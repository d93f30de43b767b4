"""Width and steps with which SGD provably learns the polynomials of a given degree."""

import math
from dataclasses import dataclass

from .. import _checks
from .eigenvalues import feature_eigenvalues
from .neurons import balanced_bias, neuron_norm2
from .price import coefficient_price


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
