"""What the operating system refuses, in one line that says what to do."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from specdsl.errors import EnvironmentFailure

_FULL = {errno.ENOSPC, errno.EDQUOT}
_DENIED = {errno.EACCES, errno.EPERM}


ANOTHER_FOLDER = "choose another folder with -o"


def failure_of(error: OSError, path: Path, another: str = ANOTHER_FOLDER) -> EnvironmentFailure:
    """``error``, met while working in ``path``, for people. ``another``: how to name another path."""
    at = Path(str(error.filename)) if error.filename else path
    code = error.errno
    if code in _FULL:
        quota = " (your quota is used up)" if code == errno.EDQUOT else ""
        return EnvironmentFailure(
            f"the disk that holds `{path}` is full{quota}",
            f"free some space, or {another}",
        )
    if code == errno.EFBIG:
        return EnvironmentFailure(
            f"a file in `{path}` grew beyond what this system allows",
            "split the tables with --files, or raise the limit (ulimit -f)",
        )
    if code in _DENIED:
        return EnvironmentFailure(f"no permission to write `{at}`", another)
    if code == errno.EROFS:
        return EnvironmentFailure(f"`{at}` is on a read-only disk", another)
    if code in (errno.ENOTDIR, errno.EEXIST):
        return EnvironmentFailure(f"`{at}` is a file, not a folder", another)
    if code == errno.EISDIR:
        return EnvironmentFailure(f"`{at}` is a folder where a file should be written")
    if code == errno.EMFILE:
        return EnvironmentFailure(
            "too many files are open", "raise the limit (ulimit -n), or use fewer workers"
        )
    if code == errno.ENAMETOOLONG:
        short = at.with_name(f"{at.name[:30]}...{at.name[-12:]}") if len(at.name) > 60 else at
        return EnvironmentFailure(
            f"the name of `{short}` has {len(os.fsencode(at.name))} bytes and is too long for this disk",
            "give the table a shorter name: files are named after tables",
        )
    reason = error.strerror or str(error).splitlines()[0]
    return EnvironmentFailure(f"cannot write `{at}`: {reason}")


@contextmanager
def environment(path: Path, another: str = ANOTHER_FOLDER) -> Iterator[None]:
    """OSErrors of the block as EnvironmentFailures about ``path``; ``another``: how to name another one."""
    try:
        yield
    except OSError as error:
        raise failure_of(error, path, another) from error
