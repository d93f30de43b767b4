"""The book's look for matplotlib: palette, line styles, and figures outside pyplot's list."""

#: Palette: mid-tones with a contrast of at least 3:1 on white and on a dark page (after Okabe & Ito).
COLOURS = {
    "blue": "#2271b2",
    "orange": "#c75b00",
    "green": "#14805e",
    "purple": "#a0508a",
    "grey": "#767676",
    "red": "#c1272d",
}
#: The order in which a new series takes its look: colour, line style and marker change together.
LINE_STYLES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)))
MARKERS = ("o", "s", "^", "D", "v", "P")

INK = "#010203"  # stands for the page's text colour until the SVG is written


def use_style() -> None:
    """Make the book's figure style matplotlib's current one (it stays so for the rest of the process).

    Source
        Style of every chapter; no formula.
    """
    import matplotlib as mpl
    from cycler import cycler

    mpl.rcParams.update(
        {
            "figure.constrained_layout.use": True,
            "font.size": 10.5,
            "text.color": INK,
            "axes.edgecolor": INK,
            "axes.labelcolor": INK,
            "axes.titlesize": 10.5,
            "axes.prop_cycle": cycler(color=list(COLOURS.values())) + cycler(linestyle=LINE_STYLES),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "grid.color": INK,
            "grid.alpha": 0.14,
            "grid.linewidth": 0.6,
            "xtick.color": INK,
            "ytick.color": INK,
            "lines.linewidth": 1.8,
            "lines.markersize": 5,
            "legend.frameon": False,
            "svg.fonttype": "path",
            "svg.hashsalt": "rfcompanion",
            "figure.facecolor": "none",
            "axes.facecolor": "none",
        }
    )


def subplots(rows: int = 1, columns: int = 1, *, width: float = 7.0, height: float = 4.0, **options):
    """Return ``(figure, axes)`` in the book's style, outside pyplot's list of figures.

    Parameters
        rows, columns : numbers of panels.
        width, height : size of the whole figure in inches.
        options : passed on to ``matplotlib.figure.Figure.subplots`` (``sharex``, ``sharey``, …).

    Returns
        (Figure, axes) as matplotlib returns them.

    Source
        Style of every chapter; no formula.
    """
    from matplotlib.figure import Figure

    use_style()
    figure = Figure(figsize=(width, height))
    return figure, figure.subplots(rows, columns, **options)
