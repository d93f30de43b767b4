"""Files that are written whole or not at all."""

import os
import tempfile
from pathlib import Path


def write_bytes(path, content: bytes) -> Path:
    """Write a file whole or not at all: a temporary file beside it, flushed to disk, then one rename.

    Parameters
        path : where to; the folder is made if it is missing.
        content : what the file is to hold.

    Returns
        Path of the file.

    Source
        No formula.
    """
    return write_file(path, lambda file: file.write(content))


def write_file(path, fill) -> Path:
    """Write a file whole or not at all, with ``fill(file)`` called on the open temporary file.

    Parameters
        path : where to; the folder is made if it is missing.
        fill : function of a binary file.

    Returns
        Path of the file.

    Source
        No formula.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)  # mkstemp's 0600 would keep the record from other readers
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path
