"""Importing the package is cheap: nothing heavy is loaded until it is named."""

import subprocess
import sys


def loaded_after(statement: str) -> set[str]:
    code = f"import sys; before = set(sys.modules); {statement}; print(*set(sys.modules) - before)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(answer.stdout.split())


def test_import_loads_neither_torch_nor_scipy_nor_matplotlib():
    loaded = loaded_after("import rfcompanion")
    assert not {"torch", "scipy", "matplotlib", "mpmath"} & loaded


def test_exact_numbers_do_not_need_torch():
    loaded = loaded_after("import rfcompanion; rfcompanion.lower_bound.best_relative_error(5, 100)")
    assert "torch" not in loaded
    assert "matplotlib" not in loaded


def test_unknown_name_is_an_attribute_error():
    import pytest

    import rfcompanion

    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        rfcompanion.nonsense  # noqa: B018
    assert "harmonics" in dir(rfcompanion)
