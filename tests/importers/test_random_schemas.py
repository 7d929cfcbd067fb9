"""Any schema that a value satisfies is imported, with valid rows only, or refused with a code."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
from hypothesis import HealthCheck, given, settings

from specdsl.importers.registry import Settings, importer
from specdsl.source import SourceFile
from specdsl.syntax.formatter import format_text
from tests.importers.schemas import Schema, documents

KINDS = {"DG703", "DG704", "DG706", "DG709"}


@given(documents())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_valid_rows_or_a_code(made: tuple[Schema, Any]) -> None:
    """The importer holds fifty rows against the schema and raises where one is wrong."""
    schema, value = made
    jsonschema.Draft202012Validator(schema).validate(value)  # or the generator is wrong
    imported = importer("json-schema")(SourceFile("s.json", json.dumps(schema, indent=1)), Settings())
    if imported.text is None:
        assert imported.diagnostics
        assert {d.code for d in imported.diagnostics} <= KINDS
        assert all(d.code != "DG704" for d in imported.diagnostics), imported.diagnostics[0].message()
    else:
        assert format_text(SourceFile("s.dgen", imported.text)) == imported.text
    for finding in imported.findings:
        assert 0 <= finding.span.start <= finding.span.end <= len(imported.source.text)
