"""Every importer by its name on the command line."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path, PurePath
from types import MappingProxyType

from specdsl.errors import UsageError
from specdsl.importers.model import Imported
from specdsl.importers.rand_engine.detection import is_rand_engine
from specdsl.source import SourceFile


@dataclass(frozen=True, slots=True)
class Settings:
    """What the command line asks of an importer.

    ``tables``: those to make of several or, where the source is of one, its name; ``draft``: which edition
    the source is in, '' to see it from the source; ``dialect``: the same of SQL; ``rows``: of each table.

    ``more`` sources, of JSON Schema and rand-engine. Of JSON Schema besides: ``taken``: names that are
    declared already where the spec is to stand; ``folders`` to look for documents in that references name;
    ``beside``: whether files that lie relative to a source may be read; ``normalize``: arrays of objects
    become tables."""

    tables: tuple[str, ...] = ()
    draft: str = ""
    rows: int = 1_000
    dialect: str = ""
    taken: frozenset[str] = frozenset()
    more: tuple[SourceFile, ...] = ()
    folders: tuple[Path, ...] = ()
    beside: bool = False
    normalize: bool = False


IMPORTERS: Mapping[str, str] = MappingProxyType(
    {
        "json-schema": "specdsl.importers.json_schema.importer",
        "rand-engine": "specdsl.importers.rand_engine.importer",
        "sql": "specdsl.importers.sql.importer",
    }
)
"""The module of each importer, which has a function ``import_source``."""


DATA_ENDINGS = (".csv", ".tsv", ".parquet", ".pq", ".jsonl", ".ndjson")
"""What the names of data files end in, which ``samples`` learns from."""


_EXTRAS: Mapping[str, tuple[str, str]] = MappingProxyType({"sql": ("sqlglot", "SQL")})
"""Packages that importers need besides, with what they are needed for."""


def importer(name: str) -> Callable[[SourceFile, Settings], Imported]:
    """The function that imports sources of the kind ``name``. Raises KeyError, and UsageError, with what to
    install, where a package is missing."""
    package, kind = _EXTRAS.get(name, ("", ""))
    if package and find_spec(package) is None:
        raise UsageError(f"importing {kind} needs the package {package}", f"pip install 'specdsl[{name}]'")
    function: Callable[[SourceFile, Settings], Imported] = import_module(IMPORTERS[name]).import_source
    return function


def kind_of(source: SourceFile) -> str:
    """The kind of a source, by the ending of its name, else by its text."""
    ending = PurePath(source.name).suffix.lower()
    if ending in (".sql", ".ddl"):
        return "sql"
    if ending != ".json" and re.search(_CREATES, source.text[:200_000], re.IGNORECASE | re.MULTILINE):
        return "sql"
    return "rand-engine" if is_rand_engine(source.text) else "json-schema"


_CREATES = r"^\s*(?:CREATE|ALTER)\s+(?:\w+\s+)*TABLE\b"
