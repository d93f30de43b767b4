"""Speed and memory as ratios: ``python -m benchmarks`` prints one table. One thread, so that ratios travel.

Every module here with a function ``rows`` is a benchmark. It returns dictionaries with the keys ``what``, ``ours``,
``peer``, ``unit``, ``peer_name``, ``ratio`` (how many times better ours is: larger is better),
``aim`` (or None) and ``runs`` (of how many timings the medians are).
"""

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")  # before numpy is imported
