"""Stored results of long computations: JSON that a reader can diff, with where each number came from.

A record is one file ``book/data/NAME.json`` with three parts: the results, their provenance (versions, device,
date, seconds, seed, command) and a checksum of each. It is written whole or not at all.
"""

from .files import write_bytes, write_file
from .machine import describe_device, versions
from .record import FORMAT, Results, provenance, read, write
from .values import digest, plain

__all__ = [
    "FORMAT",
    "Results",
    "describe_device",
    "digest",
    "plain",
    "provenance",
    "read",
    "versions",
    "write",
    "write_bytes",
    "write_file",
]
