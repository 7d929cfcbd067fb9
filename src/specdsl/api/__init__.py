"""The Python API: a spec in, Arrow tables, data frames, databases or files out."""

from __future__ import annotations

from specdsl.api.loading import Data, SpecError, Table, load

__all__ = ["Data", "SpecError", "Table", "load"]
