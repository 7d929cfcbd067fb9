"""specdsl: related, checked data from a concise ``.dgen`` file.

``specdsl.load(...)`` is the way in; see ``specdsl.api``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specdsl.version import VERSION

if TYPE_CHECKING:
    from specdsl.api import (
        Checkpoint,
        Column,
        Data,
        Rows,
        SpecError,
        Table,
        View,
        diagnose,
        format,  # noqa: A004 - specdsl.format
        load,
    )

__version__ = VERSION
__all__ = [
    "Checkpoint",
    "Column",
    "Data",
    "Rows",
    "SpecError",
    "Table",
    "View",
    "__version__",
    "diagnose",
    "format",
    "load",
]


def __getattr__(name: str) -> object:
    """The API's names, imported when they are first used: the command line and the editor stay quick."""
    if name in __all__:
        from specdsl import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
