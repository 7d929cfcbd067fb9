"""Which files may be read: resolving names, refusing what leads outside."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from specdsl.files import FileProblem, Problem

MAX_TEXT_BYTES = 2 * 1024 * 1024


def joined(mentioned_in: str, path: str) -> str:
    """``path`` as written in file ``mentioned_in``, relative to that file's folder, without ``..`` where
    they cancel out."""
    return os.path.normpath(os.path.join(os.path.dirname(mentioned_in), path))  # noqa: PTH118, PTH120


def real(path: str | Path) -> Path:
    """``path`` with symbolic links followed. Raises FileProblem for links in a circle and names that no
    file can have."""
    try:
        return Path(path).resolve()
    except (OSError, RuntimeError, ValueError) as problem:
        raise FileProblem(Problem.UNREADABLE, str(path), _reason(problem)) from None


def require_inside(path: str, folders: Sequence[Path]) -> None:
    """Raises FileProblem (OUTSIDE) unless ``path``, symbolic links followed, is in one of ``folders``
    (which are real paths)."""
    target = real(path)
    if any(target.is_relative_to(folder) for folder in folders):
        return
    within = real(Path(path).parent) if not os.path.islink(path) else None  # noqa: PTH114
    is_link = within is None or any(within.is_relative_to(folder) for folder in folders)
    detail = f"a link leads to {target}" if is_link else f"the spec may read files in {_listed(folders)}"
    raise FileProblem(Problem.OUTSIDE, path, detail)


def _listed(folders: Sequence[Path]) -> str:
    return " and ".join(dict.fromkeys(map(str, folders)))


def regular_file(path: str) -> os.stat_result:
    """The status of a file that can be read. Raises FileProblem (MISSING, UNREADABLE)."""
    try:
        status = os.stat(path)  # noqa: PTH116
    except (FileNotFoundError, NotADirectoryError):
        raise FileProblem(Problem.MISSING, path) from None
    except (OSError, ValueError) as problem:
        raise FileProblem(Problem.UNREADABLE, path, _reason(problem)) from None
    if stat.S_ISDIR(status.st_mode):
        raise FileProblem(Problem.UNREADABLE, path, "it is a folder")
    if not stat.S_ISREG(status.st_mode):
        raise FileProblem(Problem.UNREADABLE, path, "it is not a regular file")
    return status


def read_text(path: str) -> str:
    """The text of a source file in UTF-8, without its BOM. Raises FileProblem."""
    status = regular_file(path)
    if status.st_size > MAX_TEXT_BYTES:
        size = f"{status.st_size / 1024 / 1024:.1f} MB"
        limit = f"{MAX_TEXT_BYTES // 1024 // 1024} MB"
        raise FileProblem(Problem.TOO_LARGE, path, f"it has {size}, a spec may have {limit}")
    try:
        data = Path(path).read_bytes()
    except OSError as problem:
        raise FileProblem(Problem.UNREADABLE, path, _reason(problem)) from None
    return decoded(path, data)


def decoded(path: str, data: bytes) -> str:
    """UTF-8 as text, without its BOM. Raises FileProblem (NOT_TEXT) with what it is instead."""
    for bom, encoding in (
        (b"\xff\xfe\x00\x00", "UTF-32"),
        (b"\x00\x00\xfe\xff", "UTF-32"),
        (b"\xff\xfe", "UTF-16"),
        (b"\xfe\xff", "UTF-16"),
    ):
        if data.startswith(bom):
            raise FileProblem(Problem.NOT_TEXT, path, f"it is {encoding}")
    zero = data.find(b"\0")
    if zero >= 0:
        odd, even = data[1:2000:2].count(0), data[0:2000:2].count(0)
        if max(odd, even) > len(data[:2000]) // 3:
            raise FileProblem(Problem.NOT_TEXT, path, "it looks like UTF-16")
        line = data.count(b"\n", 0, zero) + 1
        raise FileProblem(Problem.NOT_TEXT, path, f"it is binary: there is a NUL byte in line {line}")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise FileProblem(
            Problem.NOT_TEXT,
            path,
            f"byte 0x{data[problem.start]:02x} in line {line} is not UTF-8",
        ) from None
    return text.removeprefix("\ufeff")


def _reason(problem: Exception) -> str:
    if isinstance(problem, OSError) and problem.strerror:
        return problem.strerror.lower()
    return str(problem)
