"""Bad input: one line that names the argument, before any work; from the shell exit code 2 and no traceback."""

import json
import subprocess
import sys

import numpy as np
import pytest

from rfcompanion import concentration, figures, gaussian, harmonics, lower_bound, targets

NAN = float("nan")
LIBRARY = [
    (harmonics.harmonic_dimension, (-1, 2), "dim must be at least 1"),
    (harmonics.harmonic_dimension, (3, -2), "degree must be at least 0"),
    (harmonics.harmonic_dimension, (3.5, 2), "dim must be an integer"),
    (harmonics.harmonic_dimension, (True, 2), "dim must be an integer"),
    (harmonics.legendre, (1, 3, 0.2), "dim must be at least 2"),
    (harmonics.legendre, (3, 3, 1.5), r"t must lie in \[-1, 1\]"),
    (harmonics.sphere_quadrature, (3, 0), "nodes must be at least 1"),
    (harmonics.funk_hecke, (np.cos, 3, 2, -1.0), "radius must be greater than 0"),
    (targets.triangle_wave_relu_sum, (0.0, 4), "half_width must be odd"),
    (targets.triangle_wave_norm2, (-1.0,), "norm must be at least 0"),
    (targets.triangle_wave_fourier, (0,), "terms must be at least 1"),
    (gaussian.relu_mean, (NAN,), "bias must be finite"),
    (gaussian.relu_norm2, (np.inf,), "bias must be finite"),
    (gaussian.relu_gram, (np.ones(3),), r"W must have 2 dimension\(s\), got shape \(3,\)"),
    (gaussian.relu_gram, (np.array([[1.0, NAN]]),), "W must be finite"),
    (gaussian.relu_gram, (np.ones((2, 3)), np.ones(3)), r"b must have shape \(2\), got \(3,\)"),
    (gaussian.relu_gram, (np.ones((2, 3)), None, np.ones((2, 4))), r"V must have shape \(any, 3\), got \(2, 4\)"),
    (gaussian.relu_gram, (np.ones((2, 3)), None, None, np.ones(2)), "c must be None when V is None"),
    (gaussian.relu_gram, (np.ones((2, 3)) * 1j,), "W must hold real numbers"),
    (gaussian.relu_gram, (np.zeros((1, 2)), np.ones(1)), "W and V must have no zero rows"),
    (gaussian.relu_tangent_gram, (np.zeros((1, 2)),), "W must have no zero rows"),
    (concentration.plane_wave_eigenvalue, (1, 0, 1.0), "dim must be at least 2"),
    (concentration.plane_wave_eigenvalue, (3, 0, -1.0), "omega must be at least 0"),
    (concentration.relu_eigenvalues, (3, 2, 31.0), "bias must be at most 30"),
    (concentration.relu_tail, (3, 3), "degree must be even"),
    (concentration.triangle_wave_eigenvalues, (3, 0.0, 3), "norm must be at least 0.05"),
    (lower_bound.best_relative_error, (0, 3), "dim must be at least 2"),
    (lower_bound.best_relative_error, (3, 0), "features must be at least 1"),
    (lower_bound.best_relative_error, (3, 1e6), "features must be an integer"),
    (lower_bound.best_relative_error, (3, 5, NAN), "bias must be finite"),
    (lower_bound.min_features, (3, 0.0), "relative_error must be greater than 0"),
    (lower_bound.min_features, (3, 1.0), "relative_error must be less than 1"),
    (lower_bound.min_features, (3, 1e-13), "relative_error must be at least 1e-12"),
    (lower_bound.min_features, (3, "0.1"), "relative_error must be a real number"),
]


@pytest.mark.parametrize(("function", "arguments", "message"), LIBRARY)
def test_library_answers_in_one_line(function, arguments, message):
    with pytest.raises((ValueError, TypeError), match=message) as caught:
        function(*arguments)
    assert "\n" not in str(caught.value)


def test_figures_need_a_name_and_an_alternative_text():
    figure, _ = figures.subplots()
    with pytest.raises(ValueError, match="name must look like"):
        figures.show(figure, name="Figure 1", alt="x")
    with pytest.raises(ValueError, match="alt must say"):
        figures.show(figure, name="fig-x", alt=" ")


SHELL = [
    ("", "COMMAND"),
    ("fly", "COMMAND"),
    ("best-error", "--dim"),
    ("best-error --dim 5", "--features"),
    ("best-error --dim 0 --features 3", "dim must be at least 2"),
    ("best-error --dim five --features 3", "--dim"),
    ("best-error --dim 5 --features 0", "features must be at least 1"),
    ("best-error --dim 5 --features 2.5", "--features"),
    ("best-error --dim 5 --features nan", "--features"),
    ("best-error --dim 5 --features 3 --bias inf", "bias must be finite"),
    ("best-error --dim 5 --features 3 --bias 99", "bias must be at most 30"),
    ("best-error --dim 5 --features 3 --wings 2", "--wings"),
    ("min-features --dim 5", "--relative-error"),
    ("min-features --dim 5 --relative-error 0", "relative_error must be greater than 0"),
    ("min-features --dim 5 --relative-error 2", "relative_error must be less than 1"),
    ("min-features --dim 5 --relative-error nan", "relative_error must be finite"),
    ("min-features --dim -5 --relative-error 0.1", "dim must be at least 2"),
]


def run(arguments: str):
    return subprocess.run(
        [sys.executable, "-m", "rfcompanion", *arguments.split()], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(("arguments", "message"), SHELL)
def test_shell_answers_in_one_line(arguments, message, capsys):
    from rfcompanion.__main__ import main

    with pytest.raises(SystemExit) as caught:
        main(arguments.split())
    printed = capsys.readouterr()
    assert caught.value.code == 2
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert message in printed.err


def test_shell_as_a_process():
    bad = run("best-error --dim 0 --features 3")
    assert (bad.returncode, bad.stdout) == (2, "")
    assert bad.stderr == "rfcompanion: error: dim must be at least 2, got 0\n"
    good = run("best-error --dim 50 --features 1e6 --json")
    assert good.returncode == 0
    assert json.loads(good.stdout)["best_relative_error"] == lower_bound.best_relative_error(50, 10**6)
    assert run("min-features --dim 10 --relative-error 1e-3").stdout == "72540\n"
    assert run("best-error --help").returncode == 0
