"""Names of the forms of change records. Nothing is imported: the command line asks."""

from __future__ import annotations

from collections.abc import Mapping

CHANGE_FORMS = ("plain", "debezium", "scd2")
"""The first is the default (a test compares them with the registry)."""

STREAMED_FORMS = ("plain", "debezium")
"""Those that a stream can have: a record for each change."""

USUAL_FORMATS: Mapping[str, str] = {"debezium": "jsonl"}
"""The format of files of those that do not go into Parquet."""
