"""What a process of the command line can do without, from its first import to its end."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.machinery import ModuleSpec
from types import ModuleType


class _WithoutPandas:
    """Says that pandas is not installed. pyarrow imports it, where it is, to see whether a value might be
    of it: 0.2 s and 50 MB for a process that never meets one."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname == "pandas":
            raise ModuleNotFoundError("the command line does without pandas", name="pandas")
        return None


def do_without_pandas() -> None:
    """Keep this process from importing pandas, unless somebody already has."""
    if "pandas" not in sys.modules and not any(isinstance(f, _WithoutPandas) for f in sys.meta_path):
        sys.meta_path.insert(0, _WithoutPandas())


_COLLECT_AFTER = 100_000  # objects; the default of 700 goes through all modules again and again as they load


def do_without_haste() -> None:
    """Fewer collections of cyclic garbage, and no threads for linear algebra, which nobody here does:
    OpenBLAS starts one a processor when numpy is imported, and they spin for a while."""
    gc.set_threshold(_COLLECT_AFTER, 50, 100)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def leave(status: int) -> None:
    """End the process: all is written and closed, and taking the interpreter apart object by object takes a
    tenth of a second, in which a batch that is done looks as if it were not. Not under a profiler, which
    reports when the interpreter ends."""
    if sys.getprofile() is not None or sys.gettrace() is not None:
        return
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)
