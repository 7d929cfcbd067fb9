"""Every exporter by its name on the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from specdsl.exporters.spec import Spec, Wanted

DRAFTS: Final = ("2020-12", "2019-09", "7", "6", "4")
SQL_DIALECTS: Final = ("postgres", "mysql", "sqlite", "duckdb", "tsql", "oracle")


@dataclass(frozen=True, slots=True)
class Exporter:
    """``module`` has a function ``export``, which gives the text. ``ending``: how names of such files end;
    ``option``: the option of the command line that chooses among ``variants``, of which the first is the
    default."""

    module: str
    ending: str
    option: str = ""
    variants: tuple[str, ...] = ()

    def text(self, spec: Spec, wanted: Wanted) -> str:
        """The spec in this form. Raises KeyError for a table that there is not."""
        export: Callable[[Spec, Wanted], str] = import_module(self.module).export
        return export(spec, wanted)


_HERE: Final = "specdsl.exporters"
EXPORTERS: Final[Mapping[str, Exporter]] = MappingProxyType(
    {
        "json-schema": Exporter(f"{_HERE}.json_schema.exporter", ".schema.json", "draft", DRAFTS),
        "pydantic": Exporter(f"{_HERE}.pydantic", ".py"),
        "sql": Exporter(f"{_HERE}.sql", ".sql", "dialect", SQL_DIALECTS),
        "typescript": Exporter(f"{_HERE}.typescript", ".ts"),
    }
)
