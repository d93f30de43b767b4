"""Numbers that a chapter states in passing and no cell of it prints."""

import math

import pytest

from rfcompanion.price_law import LIMIT_CONSTANT, price_constant


# checks: trade-offs-with-the-neuron-fires
def test_share_of_inputs_at_which_a_neuron_with_bias_minus_three_fires():
    assert math.erfc(3 / math.sqrt(2)) / 2 == pytest.approx(0.0013, abs=5e-5)


# checks: trade-offs-the-harmonics-of-degree
def test_number_of_polynomials_of_degree_four_in_dimension_fifty():
    assert math.comb(54, 4) == 316_251


# checks: trade-offs-for-the-neuron-without
def test_constant_of_the_degrees_that_an_error_needs():
    assert LIMIT_CONSTANT ** (2 / 3) == pytest.approx(0.193, abs=5e-4)
    assert (price_constant(10**6)) ** (2 / 3) / 10**6 == pytest.approx(0.193, abs=5e-4)
