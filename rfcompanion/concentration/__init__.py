"""How much of a random direction a fixed feature can see: exact spectra of the averaging operator.

For a family φ_θ(x) = g(⟨θ,x⟩), θ uniform on S^{d−1} and x ~ N(0, I_d), the operator 𝒯 = E_θ[φ_θ ⊗ φ_θ] has one
eigenvalue λ_ℓ for each degree ℓ, with multiplicity N(d,ℓ), and Σ_ℓ N(d,ℓ) λ_ℓ = ‖φ_θ‖². With x = ρξ,
λ_ℓ = E_ρ c_ℓ(ρ)², where c_ℓ(ρ) = ∫ g(ρt) P_ℓ(t) dμ_d(t).
"""

from .neurons import relu_eigenvalues, relu_masses, relu_tail
from .waves import plane_wave_eigenvalue, triangle_wave_eigenvalues

__all__ = [
    "plane_wave_eigenvalue",
    "relu_eigenvalues",
    "relu_masses",
    "relu_tail",
    "triangle_wave_eigenvalues",
]
