"""Least squares over a stream of samples (being written)."""


def fit_stream(*arguments, **options):
    """Fit features to targets from a stream of samples."""
    raise NotImplementedError("fit_stream is not written yet")
