"""Values as JSON holds them: made plain, summed up in a checksum, laid out so that a difference is readable."""

import hashlib
import json
import math


def plain(value, where: str = "value"):
    """Turn numpy and torch values into what JSON holds.

    Parameters
        value : nested dictionaries and lists of numbers, texts, truth values, None and arrays.
        where : its name, for messages.

    Returns
        The same of plain Python values.

    Error
        None: float64 numbers stay as they are.

    Raises
        TypeError or ValueError, naming the place of what cannot be turned.

    Source
        No formula.
    """
    if value is None or isinstance(value, bool | str):
        return value
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    if hasattr(value, "tolist") and hasattr(value, "dtype"):
        value = value.tolist()
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{where} must be finite, got {value}")
        return float(value)
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"{where} must have texts as keys, got {key!r}")
        return {key: plain(item, f"{where}[{key!r}]") for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, f"{where}[{i}]") for i, item in enumerate(value)]
    raise TypeError(f"{where} must be numbers, texts, lists or dictionaries, got {type(value).__name__}")


def digest(value) -> str:
    """Return the SHA-256 of a plain value: what the checksum of a record holds.

    Parameters
        value : nested dictionaries and lists of JSON values.

    Returns
        str of 64 hexadecimal digits.

    Source
        No formula.
    """
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def short_lists(text: str) -> str:
    """Put each innermost list of numbers on one line, so that a change of one series is a change of one line."""
    lines, out, held = text.split("\n"), [], None
    for line in lines:
        stripped = line.strip()
        if stripped.endswith("["):
            if held is not None:
                out.extend(held)
            held = [line]
        elif held is not None:
            held.append(line)
            if stripped in ("]", "],"):
                out.append(held[0] + " ".join(part.strip() for part in held[1:-1]) + stripped)
                held = None
            elif not _is_number(stripped.rstrip(",")):
                out.extend(held)
                held = None
        else:
            out.append(line)
    return "\n".join(out if held is None else out + held)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
