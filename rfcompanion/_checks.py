"""Checks of arguments: one line that names the argument and the condition, before any work is done."""

import math
import operator
from numbers import Real

import numpy as np

#: Entries of an array that are looked at together.
_PIECE = 2**22


def integer(name: str, value, minimum: int | None = None, maximum: int | None = None) -> int:
    """Return ``value`` as an exact Python int, or raise a one-line error that names it."""
    try:
        if isinstance(value, bool | np.bool_):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be an integer, got {value!r}") from None
    if minimum is not None and number < minimum:
        raise ValueError(f"{name} must be at least {minimum}, got {_short(number)}")
    if maximum is not None and number > maximum:
        raise ValueError(f"{name} must be at most {maximum}, got {_short(number)}")
    return number


def even(name: str, value, minimum: int | None = None) -> int:
    """Return ``value`` as an even Python int, or raise a one-line error that names it."""
    number = integer(name, value, minimum)
    if number % 2:
        raise ValueError(f"{name} must be even, got {_short(number)}")
    return number


def odd(name: str, value, minimum: int | None = None) -> int:
    """Return ``value`` as an odd Python int, or raise a one-line error that names it."""
    number = integer(name, value, minimum)
    if number % 2 == 0:
        raise ValueError(f"{name} must be odd, got {_short(number)}")
    return number


def real(
    name: str,
    value,
    *,
    above: float | None = None,
    at_least: float | None = None,
    below: float | None = None,
    at_most: float | None = None,
) -> float:
    """Return ``value`` as a finite float within the stated limits, or raise a one-line error."""
    scalar_array = getattr(value, "shape", None) == () and hasattr(value, "item")
    if scalar_array:
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a real number, got {value!r}")
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{name} must be finite, got {number}")
    if above is not None and not number > above:
        raise ValueError(f"{name} must be greater than {above:g}, got {number:g}")
    if at_least is not None and not number >= at_least:
        raise ValueError(f"{name} must be at least {at_least:g}, got {number:g}")
    if below is not None and not number < below:
        raise ValueError(f"{name} must be less than {below:g}, got {number:g}")
    if at_most is not None and not number <= at_most:
        raise ValueError(f"{name} must be at most {at_most:g}, got {number:g}")
    return number


def choice(name: str, value, allowed) -> str:
    """Return ``value`` if it is one of ``allowed``, or raise a one-line error that lists them."""
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, allowed))}, got {value!r}")
    return value


def array(name: str, value, ndim: int, shape: tuple[int | None, ...] | None = None):
    """Return a finite floating array (numpy or torch, as given) of the stated dimension and shape.

    Lists and integer arrays become float64 numpy arrays; ``None`` in ``shape`` leaves an axis free.
    """
    if not hasattr(value, "dtype"):
        try:
            value = np.asarray(value, dtype=np.float64)
        except (TypeError, ValueError):
            raise TypeError(f"{name} must be an array of real numbers, got {type(value).__name__}") from None
    is_numpy = isinstance(value, np.ndarray | np.generic)
    if is_numpy:
        value = np.asarray(value)
        if value.dtype.kind in "iub":
            value = value.astype(np.float64)
        if value.dtype.kind != "f":
            raise TypeError(f"{name} must hold real numbers, got dtype {value.dtype}")
    elif not value.is_floating_point():
        raise TypeError(f"{name} must hold floating-point numbers, got dtype {value.dtype}")
    if value.ndim != ndim:
        raise ValueError(f"{name} must have {ndim} dimension(s), got shape {tuple(value.shape)}")
    if shape is not None and any(s is not None and s != t for s, t in zip(shape, value.shape, strict=True)):
        wanted = "(" + ", ".join("any" if s is None else str(s) for s in shape) + ")"
        raise ValueError(f"{name} must have shape {wanted}, got {tuple(value.shape)}")
    if not all_finite(value):
        raise ValueError(f"{name} must be finite, got NaN or infinity")
    return value


def all_finite(value) -> bool:
    """Say whether every entry is finite; a large array is looked at in pieces, so that no second one is made."""
    is_numpy = isinstance(value, np.ndarray)
    is_finite = np.isfinite if is_numpy else type(value).isfinite
    entries = value.size if is_numpy else value.numel()
    if value.ndim == 0 or entries <= _PIECE:
        return bool(is_finite(value).all())
    rows = max(1, _PIECE * value.shape[0] // entries)
    return all(bool(is_finite(value[low : low + rows]).all()) for low in range(0, value.shape[0], rows))


def _short(number: int) -> str:
    text = str(number) if abs(number) < 10**30 else f"about 1e{int(math.log10(abs(number)))}"
    return text
