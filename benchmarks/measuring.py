"""A process measured whole: CPU seconds (user and system, children included), wall clock, memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
CONTENDERS = HERE / "contenders"
SPECS = HERE / "specs"


def environment() -> dict[str, str]:
    """As an installed package runs: with its bytecode kept, whatever this shell says."""
    return {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


class RunFailed(Exception):
    """A contender that did not end well."""


@dataclass(frozen=True)
class Run:
    """One run. ``peak`` in MB, ``size`` in bytes of the files that were written."""

    cpu: float
    wall: float
    peak: float
    size: int
    printed: str


def run(command: Sequence[str], out: Path | None = None, cwd: Path = CONTENDERS) -> Run:
    """Run ``command`` to its end. Raises RunFailed when it is not a good one."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            list(command), stdout=subprocess.PIPE, stderr=said, cwd=cwd, env=environment()
        )
        assert process.stdout is not None
        printed = process.stdout.read().decode()
        process.stdout.close()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            last = said.read().decode(errors="replace").strip().splitlines()[-3:]
            raise RunFailed(f"{' '.join(command)} ended with {process.returncode}: {' '.join(last)}")
    size = sum(p.stat().st_size for p in out.rglob("*") if p.is_file()) if out else 0
    return Run(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024, size, printed)


def in_folder(work: Path, command: Sequence[str], cwd: Path = CONTENDERS) -> Run:
    """Run ``command`` with ``{out}`` in it replaced by a folder of its own, which is removed again."""
    with tempfile.TemporaryDirectory(dir=work) as folder:
        out = Path(folder)
        return run([part.replace("{out}", folder) for part in command], out, cwd)


def python(script: str, *arguments: object, interpreter: str = sys.executable) -> list[str]:
    """The command of a contender."""
    return [interpreter, str(CONTENDERS / script), *map(str, arguments)]


def specdsl(*arguments: object) -> list[str]:
    """The command line of specdsl itself."""
    return [sys.executable, "-m", "specdsl", *map(str, arguments)]


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def spread(values: Sequence[float], digits: int = 2) -> str:
    """The median, with the lowest and the highest value."""
    middle = f"{median(values):.{digits}f}"
    if len(values) == 1:
        return middle
    return f"{middle} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
