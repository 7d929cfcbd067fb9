"""Types as databases write them, and their counterparts here."""

from __future__ import annotations

import re
from collections.abc import Mapping

from specdsl.datatypes import types as t

COMMON: Mapping[str, t.DataType] = {
    "boolean": t.BOOL,
    "bool": t.BOOL,
    "tinyint": t.Int(8),
    "smallint": t.Int(16),
    "integer": t.Int(32),
    "int": t.Int(32),
    "bigint": t.INT,
    "real": t.Float(32),
    "float": t.FLOAT,
    "double": t.FLOAT,
    "double precision": t.FLOAT,
    "text": t.STRING,
    "varchar": t.STRING,
    "char": t.STRING,
    "character": t.STRING,
    "character varying": t.STRING,
    "date": t.DATE,
    "time": t.TIME,
    "timestamp": t.TIMESTAMP,
    "uuid": t.UUID,
    "json": t.JSON,
    "blob": t.BYTES,
    "bytea": t.BYTES,
    "interval": t.DURATION,
}

_FORM = re.compile(r"^([a-z_0-9 ]+?)\s*(?:\(\s*([0-9]+)\s*(?:,\s*([0-9]+)\s*)?\))?(\s+[a-z ]+)?$")


def counterpart(written: str, own: Mapping[str, t.DataType] | None = None) -> t.DataType | None:
    """The type for a type's text, ``numeric(10,2)`` or ``timestamp(3) with time zone``; None without one.
    ``own``: what a database calls its types besides, or means by a common name."""
    found = _FORM.match(written.strip().lower())
    if found is None:
        return None
    name, precision, scale = found[1], found[2], found[3]
    after = (found[4] or "").strip()
    if name == "time" and after == "with time zone":
        return None
    known = {**COMMON, **(own or {})}
    if name in ("numeric", "decimal"):
        digits = int(precision or 18)
        return t.Decimal(digits, int(scale or 0)) if 0 < digits <= 38 and precision else None
    for spelled in (f"{name} {after}".strip(), name):
        if spelled in known:
            return known[spelled]
    return None
