"""Every importer by its name on the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType

from specdsl.importers.model import Imported
from specdsl.source import SourceFile


@dataclass(frozen=True, slots=True)
class Settings:
    """What the command line asks of an importer. ``table``: the table's name instead of one from the source;
    ``draft``: which edition the source is in, '' to see it from the source; ``rows``: of the table;
    ``taken``: names that are declared already where the spec is to stand."""

    table: str = ""
    draft: str = ""
    rows: int = 1_000
    taken: frozenset[str] = frozenset()


IMPORTERS: Mapping[str, str] = MappingProxyType({"json-schema": "specdsl.importers.json_schema.importer"})
"""The module of each importer, which has a function ``import_source``."""


def importer(name: str) -> Callable[[SourceFile, Settings], Imported]:
    """The function that imports sources of the kind ``name``. Raises KeyError."""
    function: Callable[[SourceFile, Settings], Imported] = import_module(IMPORTERS[name]).import_source
    return function
