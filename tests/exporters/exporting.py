"""Exporting specs in tests, and the rows that they make."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
from jsonschema.protocols import Validator

from specdsl.compiler import compile_source
from specdsl.exporters.json_schema.examples import rows_of
from specdsl.exporters.registry import EXPORTERS
from specdsl.exporters.spec import Spec, Wanted
from specdsl.local_files import LocalFiles
from specdsl.source import SourceFile

ALL = Wanted()
DRAFTS: dict[str, type[Validator]] = {
    "4": jsonschema.Draft4Validator,
    "6": jsonschema.Draft6Validator,
    "7": jsonschema.Draft7Validator,
    "2019-09": jsonschema.Draft201909Validator,
    "2020-12": jsonschema.Draft202012Validator,
}


def spec_of(text: str, path: str = "spec.dgen") -> Spec:
    """A text, checked."""
    files = LocalFiles()
    found = compile_source(SourceFile(path, text), files)
    assert found.dataset is not None, [d.message() for d in found.diagnostics]
    return Spec(found, found.dataset, files)


def exported(spec: Spec, kind: str = "json-schema", wanted: Wanted = ALL) -> str:
    return EXPORTERS[kind].text(spec, wanted)


def schema_of(spec: Spec, wanted: Wanted = ALL) -> Any:
    return json.loads(exported(spec, wanted=wanted))


def rows(spec: Spec, table: str, count: int) -> list[Any]:
    """The first rows of a table, as JSON has them."""
    return rows_of(spec, spec.dataset.tables[table], count)


def validator(schema: Any, draft: str = "2020-12") -> Validator:
    """What holds values against a schema, formats asserted."""
    DRAFTS[draft].check_schema(schema)
    return DRAFTS[draft](schema, format_checker=DRAFTS[draft].FORMAT_CHECKER)


def same_rows(one: Spec, other: Spec, count: int = 20) -> bool:
    """Whether two specs have the same tables, whose first rows are the same, hidden columns included."""
    if list(one.dataset.tables) != list(other.dataset.tables):
        return False
    for name, table in one.dataset.tables.items():
        if table.query is None:
            sizes = {spec.generator.row_count(name) for spec in (one, other)}
            batches = [spec.generator.batch(name, 0, min(count, *sizes), True) for spec in (one, other)]
            if len(sizes) > 1 or not batches[0].equals(batches[1].select(batches[0].schema.names)):
                return False
    return True
