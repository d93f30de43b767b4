"""What computed a result: processor, GPU and the versions of the libraries, never a host's name."""

import os
import platform
from importlib import metadata
from pathlib import Path


def describe_device(device="cpu") -> dict:
    """Return a description of the machine that travels: processor model and cores, and the GPU; never a host's name.

    Parameters
        device : ``"cpu"``, ``"cuda"``, ``"cuda:1"``, a ``torch.device`` or any text.

    Returns
        dict with ``name``, ``cpu``, ``cores``, ``system`` and, for CUDA, ``gpu``.

    Source
        No formula.
    """
    name = str(device)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    out = {"name": name, "cpu": _cpu_model(), "cores": cores, "system": f"{platform.system()} {platform.machine()}"}
    if name.startswith("cuda"):
        import torch

        if torch.cuda.is_available():
            out["gpu"] = torch.cuda.get_device_name(name)
    return out


def versions() -> dict:
    """Return the versions that a result may depend on.

    Returns
        dict of texts; a library that is not installed is left out.

    Source
        No formula.
    """
    out = {"python": platform.python_version()}
    for name in ("rfcompanion", "numpy", "scipy", "torch", "piqp", "python-flint"):
        try:
            out[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return out


def _cpu_model() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
