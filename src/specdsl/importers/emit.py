"""The text of a spec from the forms of its columns, in the one layout."""

from __future__ import annotations

import re
import unicodedata

from specdsl.importers.model import (
    Enum,
    Field,
    Form,
    Link,
    Map,
    Named,
    Null,
    Record,
    Scalar,
    Sequence,
    Spec,
    Struct,
    Table,
    Tuple,
    Type,
    Variant,
)
from specdsl.source import SourceFile
from specdsl.syntax.formatter import format_text
from specdsl.syntax.grammar import load_grammar

_QUOTED_SOFT = frozenset(
    {"list", "map", "struct", "tuple", "variant"}
)  # these would begin a type where a name may stand
_WIDTH = 100
_SHORT = 60  # a variant that is no longer stands on one line


def spec_text(spec: Spec | Table, heading: str) -> str:
    """The whole spec, below a comment that says ``heading``, if anything. Raises ValueError where it is not
    in the language's form, which would be a bug."""
    whole = spec if isinstance(spec, Spec) else Spec((spec,))
    rows = [f"# {heading}", ""] if heading else []
    if whole.dataset:
        rows += [f"dataset {name_text(whole.dataset)} {{", "seed 42", "}", ""]
    for enum in whole.enums:
        rows += [f"enum {name_text(enum.name)} {{ {_members(enum)} }}", ""]
    for one in whole.types:
        rows += _type_declared(one)
    for table in whole.tables:
        rows += [*_table(table), ""]
    text = format_text(SourceFile("imported.dgen", "\n".join(rows)))
    if text is None:
        raise ValueError("the text made is not in the language's form")
    return text


def _table(table: Table) -> list[str]:
    rows: list[str] = []
    for shared in table.types:
        rows += _type_declared(shared)
    rows += [f"# {row}" for comment in table.comments for row in _lines(comment)]
    rows += _doc(table.doc)
    count = "" if table.rows is None else f" {table.rows:_}"
    rows.append(f"table {name_text(table.name)}{count} {{")
    for one in table.fields:
        rows += _link(one) if isinstance(one, Link) else _field(one, " bare" if table.bare else "")
    if table.key:
        rows.append(f"key ({', '.join(map(name_text, table.key))})")
    rows += [f"unique ({', '.join(map(name_text, names))})" for names in table.uniques]
    for check in table.checks:
        rows += [*_doc(check.doc), f"check {name_text(check.name)}: {check.condition}"]
    return [*rows, "}"]


def _members(enum: Enum) -> str:
    shares = enum.shares or ("",) * len(enum.members)
    return ", ".join(f"{_member(m)} {s}".rstrip() for m, s in zip(enum.members, shares, strict=True))


def _type_declared(one: Type) -> list[str]:
    depth = f" depth {one.depth}" if one.depth else ""
    comments = [f"# {row}" for comment in one.comments for row in _lines(comment)]
    return [*comments, *_doc(one.doc), f"type {name_text(one.name)}{depth} = {_drawn(one.form)}", ""]


def _member(name: str) -> str:
    plain = name.isidentifier() and name_text(name) == name and name.isascii()
    return name if plain else string_text(name)


def _link(link: Link) -> list[str]:
    rows = [f"# {row}" for comment in link.comments for row in _lines(comment)]
    rows += _doc(link.doc)
    names = ", ".join(map(name_text, link.columns))
    head = names if len(link.columns) == 1 else f"({names})"
    parts = [head, "->", name_text(link.table) + ("?" if link.nullable else "")]
    parts += [f"{link.null_share} null"] * link.nullable + [
        text for text in (str(link.mark), link.detail) if text
    ]
    return [*rows, " ".join(parts)]


def can_be_name(name: str) -> bool:
    """Whether the language has a spelling for ``name``, backticks included."""
    plain = name.strip() != "" and not any(c == "`" or unicodedata.category(c)[0] == "C" for c in name)
    return plain and not re.search(r"[\u2028\u2029\x85]", name) and unicodedata.normalize("NFC", name) == name


def name_text(name: str) -> str:
    """``name``, in backticks where it is no identifier or one of the language's words."""
    kind = load_grammar().words.get(name)
    own = kind is not None and (not kind.startswith("SOFT_") or name in _QUOTED_SOFT)
    return f"`{name}`" if own or not name.isidentifier() else name


def string_text(text: str) -> str:
    """A string literal."""
    plain = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return '"' + "".join(plain.get(c) or (c if c.isprintable() else f"\\u{{{ord(c):x}}}") for c in text) + '"'


def _doc(text: str) -> list[str]:
    return [f"## {row}".rstrip() for row in _lines(text)]


def _lines(text: str) -> list[str]:
    """``text`` in rows of at most ``_WIDTH`` characters, without anything that could end a comment."""
    rows: list[str] = []
    for paragraph in re.split(r"[\r\n\u2028\u2029\x85\x0b\x0c]+", text.strip()):
        row = ""
        for word in "".join(c if c.isprintable() else " " for c in paragraph).split():
            if row and len(row) + 1 + len(word) > _WIDTH:
                rows.append(row)
                row = word
            else:
                row = f"{row} {word}" if row else word
        if row:
            rows.append(row)
    return rows


def _field(field: Field, suffix: str = "") -> list[str]:
    rows = [f"# {row}" for comment in field.comments for row in _lines(comment)]
    rows += _doc(field.doc)
    mark = "?" if field.nullable else ""
    value = _value(field.form)
    parts = [f"{name_text(field.name)} {_type(field.form)}{mark}"]
    parts += [f"in {field.within}"] * bool(field.within) + [str(field.mark)] * bool(field.mark)
    parts += [f"{field.null_share} null"] * (field.nullable and field.nulls and not value.endswith("null"))
    parts += [f"{field.absent}% absent"] * bool(field.absent) + [suffix.strip()] * bool(suffix)
    rows.append(" ".join([*parts, *[f"= {value}"] * bool(value)]))
    return rows


def _type(form: Form) -> str:
    match form:
        case Scalar():
            return name_text(form.shared) if form.shared else form.type
        case Named():
            return name_text(form.name)
        case Null():
            return "null"
        case Struct():
            return "struct {\n" + "\n".join(row for one in form.fields for row in _field(one)) + "\n}"
        case Record():
            rows = [row for one in form.fields for row in _field(one)]
            rows += [f"...{_type(one)}" for one in form.maps]
            return "json {\n" + "\n".join(rows) + "\n}"
        case Sequence():
            return f"list<{_type(form.item)}>[{_size(form.low, form.high)}]"
        case Map():
            return f"map<{_drawn(form.key)}, {_drawn(form.value)}>[{_size(form.low, form.high)}]"
        case Tuple():
            items = [_drawn(one) for one in form.items]
            items += [f"...{_drawn(form.rest)}"] if form.rest is not None else []
            return f"tuple<{', '.join(items)}>"
        case Variant():
            drawn = [_drawn(one) for one in form.alternatives]
            short = ", ".join(drawn)
            if len(short) <= _SHORT and "\n" not in short:
                return f"variant {{ {short} }}"
            return "variant {\n" + "\n".join(drawn) + "\n}"


def _size(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}..{high}"


def _drawn(form: Form) -> str:
    """A type with what it is drawn from."""
    value = _value(form)
    return _type(form) + (f" = {value}" if value else "")


def _value(form: Form) -> str:
    match form:
        case Scalar():
            return "" if form.shared else form.value
        case Sequence(item):
            inner = item.value if isinstance(item, Scalar) and form.distinct else _value(item)
            return f"distinct({inner})" if form.distinct and inner else inner
        case _:
            return ""
