"""Values as text, as f-strings and casts to string print them."""

from __future__ import annotations

from specdsl.datatypes import types as t
from specdsl.verify.forms import to_natural
from specdsl.verify.lowered import CannotLowerError


def plain_text(sql: str, dtype: t.DataType) -> str:
    """The plain text form of a physical value."""
    match dtype:
        case t.String() | t.Json() | t.Enum():
            return sql
        case t.Bool() | t.Int() | t.Uuid():
            return f"CAST({sql} AS VARCHAR)"
        case t.Decimal() | t.Date():
            return f"CAST({to_natural(sql, dtype)} AS VARCHAR)"
        case _:
            raise CannotLowerError(f"{dtype} as text has no SQL form")


def formatted(sql: str, dtype: t.DataType, spec: str) -> str:
    """The text form of a value under a Python format spec."""
    if not spec:
        return plain_text(sql, dtype)
    raise CannotLowerError(f"the format spec `{spec}` has no SQL form")
