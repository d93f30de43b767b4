"""Executable companion to Yehudai & Shamir (2019): the numbers behind every chapter of the book.

Modules are loaded on first use, so ``import rfcompanion`` is fast and does not import torch::

    import rfcompanion as rf
    rf.lower_bound.best_relative_error(50, 10**6)   # 0.00809…
"""

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("rfcompanion")
except PackageNotFoundError:  # running from a source tree that was never installed
    __version__ = "0+unknown"

_MODULES = (
    "anti_concentration",
    "biased_neuron",
    "biased_price_law",
    "budget_law",
    "certify",
    "certify_budget",
    "certify_constants",
    "concentration",
    "correlations",
    "exponents",
    "features",
    "figures",
    "fitting",
    "gaussian",
    "harmonics",
    "lower_bound",
    "paper_bound",
    "polynomials",
    "price_law",
    "records",
    "reduction",
    "reproduce",
    "single_neuron",
    "targets",
    "trade_offs",
    "training",
)


def __getattr__(name: str):
    """Load a submodule when it is first named."""
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module 'rfcompanion' has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *_MODULES})
