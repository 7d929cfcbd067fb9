"""Files that a command writes because it was asked to: whole or not at all, and never over a spec."""

from __future__ import annotations

import os
from pathlib import Path

from specdsl.errors import EnvironmentFailure, UsageError


def require_writable(path: Path, spec: str, example: str = "report.html") -> None:
    """Raises UsageError where ``path`` cannot be meant (a folder, the spec, another spec) and
    EnvironmentFailure where its folder is not there, or nothing can be written in it. ``example``: a file's
    name."""
    if path.is_dir():
        raise UsageError(f"`{path}` is a folder", f"name a file in it, such as {path / example}")
    if path.suffix == ".dgen" or (path.exists() and Path(spec).exists() and path.samefile(spec)):
        raise UsageError(f"`{path}` is a spec, which is not to be written over", "name another file")
    folder = path.parent
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"`{folder}` is a file, so that nothing can be in it", "name another file")
    if not folder.exists():
        raise EnvironmentFailure(f"there is no folder `{folder}`", "make it first, or name another file")
    if not os.access(folder, os.W_OK) and not path.exists():
        raise EnvironmentFailure(f"cannot write `{path}`: no permission to write in its folder")


def write_text(path: Path, text: str, spec: str, example: str = "report.html") -> None:
    """Write ``text`` in UTF-8 to ``path``; what was there before stays until all of it is on disk.

    Raises what ``require_writable`` does, and EnvironmentFailure (disk, permission)."""
    require_writable(path, spec, example)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        if path.exists() and not path.is_file():  # /dev/stdout and its like
            path.write_text(text, "utf-8", newline="\n")
            return
        temporary.write_text(text, "utf-8", newline="\n")
        temporary.replace(path)
    except OSError as error:
        raise EnvironmentFailure(f"cannot write `{path}`: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)
