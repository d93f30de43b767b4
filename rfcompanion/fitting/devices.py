"""Where a fit runs and what it costs: devices, precision, seconds and peak memory."""

import sys
import time
from pathlib import Path

import numpy as np


def is_torch(value) -> bool:
    """Say whether ``value`` is a torch tensor, without importing torch."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def choose(device="auto"):
    """Return the torch device that a name stands for.

    Parameters
        device : ``"auto"`` (CUDA if there is one, else the CPU), ``"cpu"``, ``"cuda"``, ``"cuda:1"`` or a torch.device.

    Returns
        torch.device

    Raises
        ValueError if the device is unknown or not there: never a silent fallback.

    Source
        No formula.
    """
    if device == "auto":
        device = "cuda" if _cuda_there() else "cpu"
    import torch

    try:
        chosen = torch.device(device)
    except (RuntimeError, TypeError):
        raise ValueError(f"device must be 'auto', 'cpu', 'cuda' or 'cuda:N', got {device!r}") from None
    if chosen.type == "cuda":
        count = torch.cuda.device_count() if torch.cuda.is_available() else 0
        if (chosen.index or 0) >= count:
            raise ValueError(f"device {str(chosen)!r} is not there: {count} CUDA device(s) found")
    elif chosen.type != "cpu":
        raise ValueError(f"device must be 'auto', 'cpu', 'cuda' or 'cuda:N', got {device!r}")
    return chosen


def name(device="auto") -> str:
    """Return ``"cpu"`` or ``"cuda:N"`` for a device's name; torch is imported only where CUDA is in question."""
    if device == "cpu" or (device == "auto" and not _cuda_there()):
        return "cpu"
    chosen = choose(device)
    return "cpu" if chosen.type == "cpu" else f"cuda:{chosen.index or 0}"


def _cuda_there() -> bool:
    if "torch" not in sys.modules and sys.platform.startswith("linux"):
        if not any(Path(p).exists() for p in ("/dev/nvidiactl", "/dev/dxg", "/dev/nvhost-gpu", "/dev/kfd")):
            return False  # importing torch costs more than a second and 200 MB
    import torch

    return torch.cuda.is_available()


def name_of(array) -> str:
    """Return ``"cpu"`` or ``"cuda:N"`` for a numpy array or a torch tensor."""
    return str(array.device) if is_torch(array) else "cpu"


def dtype_of(array) -> str:
    """Return the precision of an array as ``"float64"``, ``"float32"``, …"""
    return str(array.dtype).removeprefix("torch.")


def epsilon(array) -> float:
    """Return the rounding unit of an array's precision, 2.2e-16 for float64."""
    return float(np.finfo(dtype_of(array)).eps)


def as_numpy(array) -> np.ndarray:
    """Return a numpy copy or view of an array on any device."""
    return array.detach().cpu().numpy() if is_torch(array) else np.asarray(array)


def like(array, values):
    """Return ``values`` as an array of the kind, precision and device of ``array``."""
    if is_torch(array):
        import torch

        return torch.as_tensor(values, dtype=array.dtype, device=array.device)
    return np.asarray(values, dtype=array.dtype)


def add_to_diagonal(array, value: float) -> None:
    """Add a number to the diagonal of a square matrix, in place."""
    if is_torch(array):
        array.diagonal().add_(value)
    else:
        array.flat[:: array.shape[0] + 1] += value


class Meter:
    """Seconds and peak memory of a ``with`` block.

    On the CPU the peak is the growth of this process's resident memory since the block began (Linux; the
    kernel's high-water mark is reset, elsewhere it is None); on CUDA it is the largest allocation of the block.
    """

    def __init__(self, device: str = "cpu"):
        self.device = device

    def __enter__(self) -> "Meter":
        if self.device.startswith("cuda"):
            import torch

            torch.cuda.synchronize(self.device)
            torch.cuda.reset_peak_memory_stats(self.device)
        else:
            self._before = _reset_high_water()
        self._start = time.perf_counter()
        return self

    def __exit__(self, *_) -> None:
        if self.device.startswith("cuda"):
            import torch

            torch.cuda.synchronize(self.device)
            self.peak_memory = torch.cuda.max_memory_allocated(self.device)
        else:
            after = _status_bytes("VmHWM")
            known = self._before is not None and after is not None
            self.peak_memory = max(after - self._before, 0) if known else None
        self.seconds = time.perf_counter() - self._start


def _reset_high_water() -> int | None:
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return None
    return _status_bytes("VmRSS")


def _status_bytes(key: str) -> int | None:
    try:
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith(key + ":"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return None
