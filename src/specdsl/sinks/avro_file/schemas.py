"""Avro schemas of tables (Avro 1.11, "Schema Declaration" and "Logical Types")."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from specdsl.datatypes import types as t

Schema = Any  # JSON: a name, an object, or a list of them

OWN_NAME = "specdsl:name"
"""The attribute of a field whose name Avro does not allow: its own name."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SIMPLE: Mapping[pa.DataType, Schema] = {
    pa.bool_(): "boolean",
    pa.int8(): "int",
    pa.int16(): "int",
    pa.int32(): "int",
    pa.int64(): "long",
    pa.uint8(): "int",
    pa.uint16(): "int",
    pa.uint32(): "long",
    pa.float32(): "float",
    pa.float64(): "double",
    pa.string(): "string",
    pa.binary(): "bytes",
    pa.date32(): {"type": "int", "logicalType": "date"},
    pa.time64("us"): {"type": "long", "logicalType": "time-micros"},
    pa.timestamp("us", "UTC"): {"type": "long", "logicalType": "timestamp-micros"},
    pa.duration("us"): {"type": "long", "specdsl:type": "duration"},
    pa.uuid(): {"type": "string", "logicalType": "uuid"},
}


def is_name(text: str) -> bool:
    """Whether Avro takes ``text`` for a name."""
    return _NAME.fullmatch(text) is not None


def names_for(names: Iterable[str]) -> dict[str, str]:
    """A name that Avro takes for each of ``names``, all different: their own where they are ones."""
    names = list(names)
    taken = {name for name in names if is_name(name)}
    out = {}
    for name in names:
        fit = name
        if not is_name(name):
            base = re.sub(r"[^A-Za-z0-9_]", "_", name)
            base = base if is_name(base) else f"_{base}"
            fit, number = base, 1
            while fit in taken:
                number += 1
                fit = f"{base}_{number}"
            taken.add(fit)
        out[name] = fit
    return out


def has_symbols(dtype: t.DataType | None) -> bool:
    """Whether ``dtype`` is an enum whose members Avro takes for symbols."""
    return isinstance(dtype, t.Enum) and bool(dtype.members) and all(map(is_name, dtype.members))


def decimal_size(precision: int) -> int:
    """Bytes of a signed number of so many decimal digits."""
    most: int = 10**precision
    return (most.bit_length() + 8) // 8


class Schemas:
    """Schemas that know which named types they have declared: a second mention is the name alone."""

    def __init__(self) -> None:
        self._declared: set[str] = set()

    def record(
        self, name: str, doc: str, fields: Iterable[tuple[pa.Field, t.DataType | None]]
    ) -> dict[str, Any]:
        """A record with ``fields``; the types say what the members of enums are, where they are known."""
        pairs = list(fields)
        own = self._free(name)
        names = names_for(field.name for field, _ in pairs)
        members = []
        for field, dtype in pairs:
            member: dict[str, Any] = {"name": names[field.name]}
            if names[field.name] != field.name:
                member[OWN_NAME] = field.name
            note = (field.metadata or {}).get(b"description", b"").decode()
            if note:
                member["doc"] = note
            member["type"] = self._of(field, dtype, f"{own}_{names[field.name]}")
            if field.nullable:
                member["default"] = None
            members.append(member)
        described = {"doc": doc} if doc else {}
        return {"type": "record", "name": own, **described, "fields": members}

    def _of(self, field: pa.Field, dtype: t.DataType | None, path: str) -> Schema:
        inner = self._value(field, dtype, path)
        return ["null", inner] if field.nullable else inner

    def _value(self, field: pa.Field, dtype: t.DataType | None, path: str) -> Schema:
        kind = field.type
        if pa.types.is_list(kind):
            item = dtype.item if isinstance(dtype, t.List) else None
            return {"type": "array", "items": self._of(kind.value_field, item, f"{path}_item")}
        if pa.types.is_struct(kind):
            types = (
                [f.type for f in dtype.fields] if isinstance(dtype, t.Struct) else [None] * kind.num_fields
            )
            return self.record(path, "", zip(list(kind), types, strict=True))
        if pa.types.is_decimal(kind):
            return self._decimal(path, kind.precision, kind.scale)
        if kind == pa.uint64():
            return self._decimal(path, 20, 0)
        if pa.types.is_dictionary(kind):
            if not has_symbols(dtype):
                return "string"
            assert isinstance(dtype, t.Enum)
            name = names_for([dtype.name])[dtype.name]
            if f"enum {name}" in self._declared:
                return name
            self._declared.add(f"enum {name}")
            self._declared.add(name)
            return {"type": "enum", "name": name, "symbols": list(dtype.members)}
        return _SIMPLE[kind]

    def _decimal(self, path: str, precision: int, scale: int) -> Schema:
        # A type for each column: some readers (polars) do not know types by their names.
        return {
            "type": "fixed",
            "name": self._free(f"{path}_decimal"),
            "size": decimal_size(precision),
            "logicalType": "decimal",
            "precision": precision,
            "scale": scale,
        }

    def _free(self, name: str) -> str:
        """A name for a record that nothing else has."""
        base = names_for([name])[name]
        free, number = base, 1
        while free in self._declared:
            number += 1
            free = f"{base}_{number}"
        self._declared.add(free)
        return free
