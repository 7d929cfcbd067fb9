"""The Python API: a spec in, Arrow tables, data frames, databases or files out."""

from __future__ import annotations

from specdsl.api.data import Data
from specdsl.api.failures import SpecError
from specdsl.api.loading import diagnose, format, load  # noqa: A004 - specdsl.format
from specdsl.api.rows import Rows
from specdsl.api.table import Column, Table
from specdsl.api.views import View
from specdsl.checkpoints.checkpoint import Checkpoint

__all__ = ["Checkpoint", "Column", "Data", "Rows", "SpecError", "Table", "View", "diagnose", "format", "load"]
