"""A Fit on file: what is not finite survives, JSON stays JSON, and a damaged text or file is refused in one line."""

import json
import math
import re
from dataclasses import replace

import numpy as np
import pytest
from test_fitting_population import relu_problem

from rfcompanion import records
from rfcompanion.fitting import Fit, fit_population


def test_what_is_not_finite_survives_and_is_left_out_of_records(tmp_path):
    """One held-out sample has no standard error; JSON has no infinities, and records refuse them."""
    gram, cross = relu_problem(5, 30, targets=2)
    fit = replace(
        fit_population(gram, cross, 0.5, [0.0, 0.1]),
        standard_error=math.inf,
        condition=np.array([[math.inf, 2.0], [math.nan, -math.inf]]),
    )
    text = fit.to_json()
    json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    for back in (Fit.from_json(text), Fit.load(fit.save(tmp_path / "fit.npz"))):
        assert back.standard_error == math.inf
        assert np.array_equal(back.condition, fit.condition, equal_nan=True)
        assert back.condition.dtype == float
    summary = fit.summary()
    assert (summary["standard_error"], summary["condition"]) == (None, [[None, 2.0], [None, None]])
    path = records.write(tmp_path / "a.json", summary, seed=None, seconds=0.0, command="x")
    assert records.read(path)["error"] == fit.error.tolist()
    with pytest.raises(ValueError, match="must be finite"):
        records.write(path, {"standard_error": fit.standard_error}, seed=None, seconds=0.0, command="x")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{}", "field weights is missing"),
        ("[]", "it must hold an object"),
        ("{", "Expecting property name"),
        ('{"weights": 1, "colour": 2}', "field colour is unknown"),
        ('{"weights": {"array": [1, 2], "dtype": "float64", "shape": [3], "torch": false}, "error": 1, '
         '"relative_error": 1, "measured_on": "", "method": ""}', "field weights is no value of a Fit"),
        ('{"weights": {"array": [1, 2]}, "error": 1, "relative_error": 1, "measured_on": "", "method": ""}',
         "field weights is no value of a Fit"),
    ],
)  # fmt: skip
def test_text_that_is_no_fit_is_refused_in_one_line(text, message):
    with pytest.raises(ValueError, match=message) as caught:
        Fit.from_json(text)
    assert str(caught.value).startswith("text must be the JSON of a Fit: ")
    assert "\n" not in str(caught.value)


def test_a_flipped_bit_of_a_stored_fit_is_refused_by_name_or_changes_nothing(tmp_path):
    """Only what no reader looks at, such as the date of a member of the zip file, may change unseen."""
    gram, cross = relu_problem(4, 6)
    fit = fit_population(gram, cross, 0.5, 0.1)
    whole, copy, refused = fit.save(tmp_path / "fit.npz").read_bytes(), tmp_path / "copy.npz", 0
    for position in range(len(whole)):
        damaged = bytearray(whole)
        damaged[position] ^= 1 << (position % 8)
        copy.write_bytes(damaged)
        message = ""
        try:
            back = Fit.load(copy)
        except ValueError as problem:  # anything else fails the test
            message = str(problem)
        if message:
            assert re.fullmatch(r"fit copy\.npz is damaged: .*", message)
            refused += 1
        else:
            assert np.array_equal(back.weights, fit.weights)
            assert back.summary() == fit.summary()
    assert refused > 0.8 * len(whole)
    with pytest.raises(ValueError, match=r"fit .* cannot be read: Is a directory"):
        Fit.load(tmp_path)
