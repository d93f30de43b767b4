"""Timings of neural-tangents' closed-form ReLU kernel, float64, one thread: run by an interpreter that has it.

One for each line of the standard input, so that the caller can time its own code in between.
"""

import json
import os
import sys
import time
from importlib import metadata

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import jax
import numpy as np

jax.config.update("jax_enable_x64", True)
from neural_tangents import stax  # noqa: E402  it reads the setting above

count, dim = json.loads(sys.argv[1])
x = np.random.default_rng(0).standard_normal((count, dim))
x /= np.linalg.norm(x, axis=1, keepdims=True)
_, _, kernel = stax.serial(stax.Dense(1), stax.Relu(do_stabilize=False))
apply = jax.jit(lambda a: kernel(a, None, get="nngp"))
apply(x).block_until_ready()
versions = {name: metadata.version(name) for name in ("jax", "jaxlib", "neural-tangents")}
for _ in sys.stdin:
    begin = time.process_time()
    out = apply(x).block_until_ready()
    seconds = time.process_time() - begin
    print(json.dumps({"seconds": seconds, "corner": float(out[0, 1]) * dim, "versions": versions}), flush=True)
