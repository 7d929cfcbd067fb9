"""Names as they are written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from specdsl.datatypes import types as t
from specdsl.syntax.grammar import load_grammar


def spelled(name: str) -> str:
    """A name as it is written: in backticks where it is no identifier or a reserved word."""
    plain = name.isidentifier() and name not in load_grammar().reserved
    return name if plain else f"`{name}`"


def type_text(dtype: t.DataType) -> str:
    """A type as a spec writes it, with the names in it."""
    match dtype:
        case t.Struct(fields=fields):
            inner = (f"{spelled(f.name)} {type_text(f.type)}{'?' if f.nullable else ''}" for f in fields)
            return f"struct {{ {', '.join(inner)} }}"
        case t.List(item=item):
            return f"list<{type_text(item)}>"
        case t.Enum(name=name):
            return spelled(name)
        case _:
            return str(dtype)


def in_code(*names: str) -> str:
    """A name, or a path of names, as code in Markdown."""
    return as_code(".".join(map(spelled, names)))


def as_code(text: str) -> str:
    """A text as code in Markdown: one with backticks in it stands between more of them."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    marks = "`" * (longest + 1)
    return f"{marks} {text} {marks}" if longest else f"`{text}`"


def such_as(values: Iterable[str]) -> str:
    """Examples of values, in Markdown."""
    return f"Such as {', '.join(map(as_code, values))}"


def read_name(text: str) -> str | None:
    """The name that somebody typed, with or without backticks; None where no name is written so."""
    text = unicodedata.normalize("NFC", text.strip())
    if len(text) > 2 and text[0] == text[-1] == "`":
        text = text[1:-1]
    if not text or any(c in "`\n\r" for c in text) or text != text.strip():
        return None
    return text


def quoted_text(text: str) -> str:
    """A text in quotes, as it is written."""
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return '"' + "".join(escapes.get(c, c) for c in text) + '"'
