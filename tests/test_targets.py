"""Targets: the triangle wave, its norm and its writing as a sum of ReLUs."""

import mpmath
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rfcompanion import targets


def test_relu_keeps_its_kind():
    assert targets.relu(-2.0) == 0
    assert isinstance(targets.relu(torch.tensor([-1.0, 2.0])), torch.Tensor)
    assert targets.relu(np.array([-1.0, 2.0])).tolist() == [0.0, 2.0]


@given(st.floats(-50, 50))
def test_triangle_wave_is_odd_periodic_and_linear_in_the_middle(z):
    tri = targets.triangle_wave
    assert tri(-z) == pytest.approx(-tri(z), abs=1e-13)
    assert tri(z + 4) == pytest.approx(tri(z), abs=1e-13)
    assert tri(z + 2) == pytest.approx(-tri(z), abs=1e-13)
    assert abs(tri(z)) <= 1
    if abs(z) <= 1:
        assert tri(z) == pytest.approx(z, abs=1e-14)


def test_fourier_series_sums_to_the_wave():
    z = np.linspace(-6, 6, 601)
    k, a = targets.triangle_wave_fourier(4000)
    series = np.sin(np.outer(z, k) * np.pi / 2) @ a
    assert np.abs(series - targets.triangle_wave(z)).max() < 2 / (np.pi**2 * 4000) * 2


@given(st.integers(0, 12), st.floats(-40, 40))
def test_relu_sum_is_the_wave_inside_and_constant_outside(half, z):
    a = 2 * half + 1
    value = targets.triangle_wave_relu_sum(z, a)
    if abs(z) <= a:
        assert value == pytest.approx((-1) ** ((a - 1) // 2) * targets.triangle_wave(z), abs=1e-11)
    else:
        assert value == pytest.approx(np.sign(z), abs=1e-11)


@pytest.mark.parametrize("norm", [0.05, 0.1, 0.2, 0.2999, 0.3, 0.5, 1.0, 2.0, 7.0])
def test_norm_against_mpmath(norm):
    with mpmath.workdps(30):
        s = mpmath.mpf(norm)

        def square(z):
            return (abs(mpmath.fmod(z + 3, 4) - 2) - 1) ** 2 * mpmath.npdf(z, 0, s)

        kinks = [2 * i - 1 for i in range(1, int(6 * norm) + 2)]
        exact = 2 * mpmath.quad(square, [0, *kinks, 2 * (int(6 * norm) + 2)])
    assert targets.triangle_wave_norm2(norm) == pytest.approx(float(exact), rel=1e-12)


def test_norm_bounds_of_the_chapter():
    for s in np.linspace(0.01, 3, 200):
        value = targets.triangle_wave_norm2(s)
        assert 1 / 3 - 4 / np.pi**2 * np.exp(-(np.pi**2) * s**2 / 2) - 1e-15 <= value <= 1 / 3


def test_the_diagonal_of_the_series_alone_is_wrong():
    # ½ Σ a_k² (1 − e^{−2k²ω²}) forgets the cross terms of the sines; at s = 0.5 it is off by far more than rounding.
    k, a = targets.triangle_wave_fourier(2000)
    diagonal = (a**2 * (1 - np.exp(-2 * (k * np.pi * 0.5 / 2) ** 2)) / 2).sum()
    assert abs(diagonal - targets.triangle_wave_norm2(0.5)) > 0.01


def test_even_half_width_is_refused():
    with pytest.raises(ValueError, match="half_width must be odd, got 4"):
        targets.triangle_wave_relu_sum(0.0, 4)
