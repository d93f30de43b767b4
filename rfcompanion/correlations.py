"""Correlations of features with waves of every direction: E f(x) e^{i⟨y,x⟩} in closed form.

With x ~ N(0, I_d) the correlation of a feature f with a sine wave is Im F(y), F(y) = E f(x) e^{i⟨y,x⟩}, y = ωθ.
For a neuron, a tangent feature and a section of a Gaussian kernel, F is an explicit function of a few inner products.
"""

import numpy as np
from scipy.special import wofz

from . import _checks
from .targets import triangle_wave_fourier


def relu_transform(vy, y2, bias: float = 0.0) -> np.ndarray:
    """Correlation of a biased ReLU neuron with a plane wave.

    E [⟨v,x⟩+b]_+ e^{i⟨y,x⟩} = e^{−‖y‖²/2} (φ(β) + β Φ(β)),  β = b + i⟨v,y⟩,  ‖v‖ = 1.

    Parameters
        vy : ⟨v,y⟩, any shape.
        y2 : ‖y‖² ≥ ⟨v,y⟩², broadcast against vy.
        bias : b.

    Returns
        complex array.

    Error
        Rounding, of order 1e-15.

    Raises
        ValueError, TypeError if bias is not finite.

    Source
        Chapter "Concentration": E[Z+b]_+ continued to complex b.
    """
    bias = _checks.real("bias", bias)
    beta = bias + 1j * np.asarray(vy, dtype=np.float64)
    density, cumulative = _scaled_normal(beta, np.asarray(y2, dtype=np.float64))
    return density + beta * cumulative


def tangent_transform(ay, vy, av, y2, bias: float = 0.0) -> np.ndarray:
    """Correlation of a tangent (NTK) feature with a plane wave.

    E ⟨a,x⟩ 1{⟨v,x⟩+b > 0} e^{i⟨y,x⟩} = e^{−‖y‖²/2} (i⟨a,y⟩ Φ(β) + ⟨a,v⟩ φ(β)),  β = b + i⟨v,y⟩,  ‖v‖ = 1.

    Parameters
        ay, vy : ⟨a,y⟩ and ⟨v,y⟩, any shapes that broadcast.
        av : ⟨a,v⟩.
        y2 : ‖y‖².
        bias : b.

    Returns
        complex array.

    Error
        Rounding, of order 1e-15.

    Raises
        ValueError, TypeError if bias is not finite.

    Source
        Chapter "Concentration": the gradient in y of E 1{⟨v,x⟩+b > 0} e^{i⟨y,x⟩}.
    """
    bias = _checks.real("bias", bias)
    beta = bias + 1j * np.asarray(vy, dtype=np.float64)
    density, cumulative = _scaled_normal(beta, np.asarray(y2, dtype=np.float64))
    return 1j * np.asarray(ay) * cumulative + np.asarray(av) * density


def kernel_transform(cy, y2, centre2: float, dim: int, width: float) -> np.ndarray:
    """Correlation of a section of a Gaussian kernel with a plane wave.

    E exp(−‖x−c‖²/(2h²)) e^{i⟨y,x⟩} = (h²/(1+h²))^{d/2} exp((−‖c‖² + 2i⟨c,y⟩ − h²‖y‖²)/(2(1+h²))).

    Parameters
        cy : ⟨c,y⟩, c the centre, any shape.
        y2 : ‖y‖².
        centre2 : ‖c‖².
        dim : d ≥ 1.
        width : h > 0.

    Returns
        complex array.

    Error
        Rounding, of order 1e-15.

    Raises
        ValueError, TypeError if an argument is out of range.

    Source
        Chapter "Concentration"; a Gaussian integral.
    """
    dim = _checks.integer("dim", dim, minimum=1)
    h2 = _checks.real("width", width, above=0) ** 2
    centre2 = _checks.real("centre2", centre2, at_least=0)
    exponent = (-centre2 + 2j * np.asarray(cy) - h2 * np.asarray(y2)) / (2 * (1 + h2))
    return (h2 / (1 + h2)) ** (dim / 2) * np.exp(exponent)


def triangle_correlation(transform, norm: float, terms: int = 40) -> np.ndarray:
    """Correlation of a feature with the triangle wave, from its correlations with plane waves.

    ⟨f, tri(s⟨θ,·⟩)⟩ = Σ_{k odd} a_k Im F(kωθ),  ω = πs/2.

    Parameters
        transform : function of the scalar kω returning F(kωθ) for all directions wanted.
        norm : s = ‖w‖ > 0.
        terms : number of odd harmonics k kept.

    Returns
        real array of the shape that ``transform`` returns.

    Error
        Truncation, at most ‖f‖·4/(π² · terms); far less where F decays.

    Raises
        ValueError, TypeError if norm or terms is out of range.

    Source
        Chapter "Concentration".
    """
    norm = _checks.real("norm", norm, above=0)
    k, a = triangle_wave_fourier(terms)
    return sum(a_k * np.imag(transform(frequency)) for a_k, frequency in zip(a, k * np.pi * norm / 2, strict=True))


def _scaled_normal(beta: np.ndarray, y2: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """e^{−‖y‖²/2} φ(β) and e^{−‖y‖²/2} Φ(β) for complex β with |Im β| ≤ ‖y‖, without overflow."""
    common = np.exp(-y2 / 2 - beta**2 / 2)
    return common / np.sqrt(2 * np.pi), common * wofz(-1j * beta / np.sqrt(2)) / 2
