"""The named experiments of the book: each makes one record of ``book/data`` and feeds the pages that it names.

    python -m rfcompanion reproduce --list

An experiment is a plan (full or fast), a function of one task, and the stated error within which a number computed
again must agree: they stand in ``plans``, by part of the book. What they measure stands in the scripts beside this
file, which are imported when they are needed.
"""

from plans import certified, large, limits, neuron, power

#: Records that no sweep makes, because measurements of speed are never equal twice, and the commands that do.
OTHER_RECORDS = {
    "benchmarks.json": "python -m benchmarks",
    "lighthouse.json": "python tools/lighthouse.py --record",
    "status.json": "python tools/status.py",
}

EXPERIMENTS = (
    *power.EXPERIMENTS,
    *limits.EXPERIMENTS,
    *neuron.EXPERIMENTS,
    *large.EXPERIMENTS,
    *certified.EXPERIMENTS,
)
