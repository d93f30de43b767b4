"""Settings shared by all tests."""

from hypothesis import settings

# The same examples on every run; no deadline, since a shared machine is slow at times and nothing timed is tested.
settings.register_profile("book", deadline=None, derandomize=True)
settings.load_profile("book")
