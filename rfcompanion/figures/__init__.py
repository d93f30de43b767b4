"""One style for every figure: scalable, readable in grey, and in the reader's own light or dark theme.

A figure is drawn with matplotlib and shown as inline SVG. Black becomes ``currentColor`` and each palette colour a CSS
variable with a fallback, so that one figure follows the page in the built book, in JupyterLab and in print. A figure
may also move: :func:`frames` stores a few precomputed drawings of one parameter, and a slider chooses among them.
"""

from .drawing import InlineFigure, show
from .moving import MovingFigure, frames, readable
from .style import COLOURS, LINE_STYLES, MARKERS, subplots, use_style

__all__ = [
    "COLOURS",
    "LINE_STYLES",
    "MARKERS",
    "InlineFigure",
    "MovingFigure",
    "frames",
    "readable",
    "show",
    "subplots",
    "use_style",
]
