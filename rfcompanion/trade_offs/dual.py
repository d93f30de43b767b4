"""The dual problem: the sign changes of a polynomial, and Newton's method with its exact integrals."""

import math

import numpy as np
from scipy.linalg import solve_triangular

from ..harmonics import legendre
from .caps import cap_moments, coordinate_density


def fine_angles(max_degree: int) -> np.ndarray:
    """Sixteen points for each zero that a polynomial of this degree may have."""
    n = 16 * (max_degree + 1)
    return (np.arange(n) + 0.5) * np.pi / n


def sign_changes(basis, a, angles, grid):
    """Angles where p = Σ_k a_k basis_k changes sign, by the Illinois method, and its sign at t = 1."""
    p = a @ grid
    before = np.nonzero(p[:-1] * p[1:] < 0)[0]
    low, high, p_low, p_high = angles[before], angles[before + 1], p[before], p[before + 1]
    middle = low
    for _ in range(9):
        middle = high - p_high * (high - low) / (p_high - p_low)
        value = a @ basis(middle)
        right = p_low * value > 0
        low, high = np.where(right, middle, low), np.where(right, high, middle)
        p_low, p_high = np.where(right, value, p_low / 2), np.where(right, p_high / 2, value)
    return middle, (1.0 if p[0] > 0 else -1.0)


def _signed_moments(dim, max_degree, degrees, zeros, sign):
    """∫ sign(p) P_ℓ dμ_d from the sign changes of p."""
    alternate = (-1.0) ** np.arange(len(zeros))
    moments = 2 * cap_moments(dim, max_degree, zeros)[degrees] @ alternate
    moments[0] += (-1.0) ** len(zeros)
    return sign * moments


def _derivatives(dim, max_degree, degrees, t):
    """P_ℓ′ = ℓ(ℓ+d−2)/(d−1) · P_{ℓ−1}^{(d+2)}."""
    values = np.zeros((len(degrees), len(t)))
    lower = legendre(dim + 2, max_degree - 1, t)
    values[1:] = (degrees * (degrees + dim - 2) / (dim - 1))[1:, None] * lower[degrees[1:] - 1]
    return values


def polish(dim, max_degree, degrees, masses, budget, y, steps=12):
    """Newton's method on the dual with exact ∫|p|: best dual value, best primal value of B sign p, its p, dual y."""
    root, angles = np.sqrt(masses), fine_angles(max_degree)

    def basis(angles):
        return legendre(dim, max_degree, np.cos(angles))[degrees]

    grid = basis(angles)

    def evaluate(y):
        zeros, sign = sign_changes(basis, root * y, angles, grid)
        zeros = np.cos(zeros)
        moments = budget * _signed_moments(dim, max_degree, degrees, zeros, sign)
        return 2 * (root * y) @ (1 - moments) - y @ y, moments, zeros, sign

    dual, moments, zeros, sign = evaluate(y)
    lower, upper, best, proof = 0.0, math.inf, (zeros, sign), y
    for _ in range(steps):
        gain = (root * y) @ (1 - moments)
        if (value := max(gain, 0.0) ** 2 / (y @ y)) > lower:  # the best multiple of p
            lower, proof = value, y
        primal = float((masses * (1 - moments) ** 2).sum())
        if primal < upper:
            upper, best = primal, (zeros, sign)
        if upper - lower < 1e-11 * upper:
            break
        slope = np.abs((root * y) @ _derivatives(dim, max_degree, degrees, zeros))
        curvature = 2 * budget * coordinate_density(dim, zeros) / np.maximum(slope, 1e-300)
        scaled = root[:, None] * legendre(dim, max_degree, zeros)[degrees] * np.sqrt(curvature)
        triangle = np.linalg.qr(np.vstack([scaled.T, np.eye(len(y))]), mode="r")
        gradient = root * (1 - moments) - y
        step = solve_triangular(triangle, solve_triangular(triangle, gradient, trans="T"))
        length = 1.0
        while length > 1e-6:
            trial = evaluate(y + length * step)
            if trial[0] > dual:
                break
            length /= 4
        else:
            break
        y, (dual, moments, zeros, sign) = y + length * step, trial
    return float(lower), upper, *best, proof
