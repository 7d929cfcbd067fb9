"""Values as JSON text (RFC 8259), column by column."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from specdsl.datatypes import types as t
from specdsl.generate.expressions.formats import plain_strings
from specdsl.vectors import selection, strings
from specdsl.vectors.json_strings import enclosed, leading_comma, member, quoted
from specdsl.vectors.vector import Lists, Vector


def json_texts(vector: Vector) -> strings.Strings:
    """The JSON text of each value ("null" where null), compact, with members in the order of the type,
    without those that are absent; a plain ``pa.StringArray`` of n. Decimals keep their digits; what JSON has
    no form for is a string of its plain text, and a float that is not finite is null."""
    texts = _texts(vector, selection.length(vector))
    return texts if vector.valid is None else _null_unless(vector.valid, texts)


def _texts(vector: Vector, n: int) -> strings.Strings:
    match vector.data, vector.type:
        case Lists(offsets, items), _:
            return enclosed("[", [leading_comma(offsets, json_texts(items))], "]", n)
        case tuple() as items, t.Struct(fields):
            members = [
                member_texts(f.name, item, absent=f.absent) for f, item in zip(fields, items, strict=True)
            ]
            return enclosed("{", members, "}", n)
        case _, t.Json():
            return strings.plain(vector.data)
        case _, t.Bool() | t.Int() | t.Decimal():
            return strings.plain(plain_strings(vector))
        case _, t.Float():
            finite = np.isfinite(selection.array(vector))
            texts = strings.plain(plain_strings(vector))
            return texts if finite.all() else _null_unless(finite, texts)
        case _:
            plain = plain_strings(vector)
            if strings.is_dictionary(plain):
                codes = strings.codes_of(plain).astype(np.int64)
                return strings.take(quoted(plain.dictionary), codes)
            return quoted(plain)


def _null_unless(keep: Sequence[bool] | np.ndarray, texts: strings.Strings) -> strings.Strings:
    return pc.if_else(pa.array(keep), texts, pa.scalar("null"))


def member_texts(name: str, value: Vector, *, absent: bool) -> strings.Strings:
    """``,"name":value`` for each value; nothing where it is null and ``absent`` then."""
    texts = member(name, json_texts(value))
    if not absent or value.valid is None:
        return texts
    return pc.if_else(pa.array(value.valid), texts, pa.scalar(""))
