"""All kinds of export."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from specdsl.exporters.json_schema import json_schema_text
from specdsl.ir.model import Dataset


@dataclass(frozen=True, slots=True)
class Exporter:
    """``text`` gets a dataset and the names of its tables that are wanted (all where there are none)."""

    name: str
    description: str
    text: Callable[[Dataset, Sequence[str]], str]


EXPORTERS: Final[dict[str, Exporter]] = {
    one.name: one
    for one in (
        Exporter("json-schema", "JSON Schema 2020-12 of the rows in JSON and JSON Lines", json_schema_text),
    )
}
