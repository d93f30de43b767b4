"""The shared fitting code: how well can these features fit this target, at this width and weight budget?

``fit_population`` answers from exact moments, ``fit_stream`` from a stream of samples; both return a :class:`Fit`.
"""

from .population import fit_population
from .record import Fit
from .stream import fit_stream

__all__ = ["Fit", "fit_population", "fit_stream"]
