"""An exact population fit at r = 16,384 in float64: does it stay below 8 GB, and what does it cost?"""

import json
import statistics
import sys
import time

import numpy as np

from benchmarks import _measure
from rfcompanion import gaussian
from rfcompanion.fitting import fit_population

DIM, TARGETS = 50, 16


def rows(repeats: int = 5, quick: bool = False) -> list[dict]:
    """Peak memory of the whole process, and seconds beside those of a bare factorisation, both in one child."""
    count = 2048 if quick else 16_384
    found = [_measure.in_child("population", {"count": count}) for _ in range(repeats)]
    measured = {key: statistics.median(one[key] for one in found) for key in found[0]}
    size = count * count * 8 / 1e9
    what = f"population fit, r={count}, d={DIM}, {TARGETS} targets"
    aim = None if quick else 1.0
    table = [
        _measure.row(f"{what}: peak memory", "allowed, 8 GB", measured["memory"] / 1e9, 8.0, "GB", aim, runs=repeats)
    ]
    memory, seconds, factor = measured["memory"] / 1e9, measured["seconds"], measured["factor"]
    table.append(_measure.row(f"{what}: memory", "two Gram matrices", memory, 2 * size, "GB", runs=repeats))
    table.append(_measure.row(f"{what}: Gram + fit", "Cholesky alone", seconds, factor, "s", runs=repeats))
    return table


def child(task: dict) -> dict:
    """One fit, with the memory of this process and the time of a bare factorisation."""
    import scipy.linalg

    count = task["count"]
    rng = np.random.default_rng(0)
    w, v = rng.standard_normal((count, DIM)), rng.standard_normal((TARGETS, DIM))
    w /= np.linalg.norm(w, axis=1, keepdims=True)
    v /= np.linalg.norm(v, axis=1, keepdims=True)
    begin = time.process_time()
    gram, cross = gaussian.relu_gram(w), gaussian.relu_gram(w, V=v)
    before = _measure.peak_memory()  # a fit starts the kernel's mark anew
    fit = fit_population(gram, cross, np.full(TARGETS, 0.5), overwrite_gram=True)
    seconds, memory = time.process_time() - begin, max(before, _measure.peak_memory())
    assert fit.cure == "none"
    assert ((fit.relative_error > 0) & (fit.relative_error < 1)).all()
    gram[...] = 0.0
    gram.flat[:: count + 1] = 1.0
    begin = time.process_time()
    scipy.linalg.cholesky(gram, lower=False, overwrite_a=True, check_finite=False)
    return {"seconds": seconds, "memory": memory, "factor": time.process_time() - begin}


if __name__ == "__main__":
    print(json.dumps(child(json.loads(sys.argv[1]))))
