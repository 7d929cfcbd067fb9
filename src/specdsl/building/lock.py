"""One build at a time in a folder, or on a checkpoint.

The lock is the operating system's, on a file that carries the process's number for the message: it ends
with the process, so that no lock is ever stale.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from specdsl.building.failures import ANOTHER_FOLDER
from specdsl.errors import EnvironmentFailure

LOCK_NAME = ".specdsl-build.lock"


def _try_lock(descriptor: int) -> bool:
    """Whether the file could be locked for this process alone."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError:
            return False
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a file system without locks: nothing can be known
    return True


@contextmanager
def locked(folder: Path, another: str = ANOTHER_FOLDER) -> Iterator[None]:
    """Hold ``folder`` for this process; ``another``: how to name another one. Raises
    EnvironmentFailure when another process holds it, and OSError."""
    what = f"another build is writing to `{folder}`"
    with held(folder / LOCK_NAME, what, f"wait for it, or {another}"):
        yield


@contextmanager
def held(path: Path, otherwise: str, help: str) -> Iterator[None]:
    """Hold the lock that the file ``path`` is. Raises EnvironmentFailure with the message ``otherwise`` and
    the process that has it when another holds it, and OSError."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        if not _try_lock(descriptor):
            holder = os.read(descriptor, 32).decode(errors="replace").strip()
            os.close(descriptor)
            raise EnvironmentFailure(otherwise + (f" (process {holder})" if holder else ""), help)
        # The holder before us may have removed the file that we opened.
        try:
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                break
        except FileNotFoundError:
            pass
        os.close(descriptor)
    try:
        os.truncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)
