"""Written types: built-in names with their arguments, enums, declared types, lists, structs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from specdsl.check.json_forms import AgainForm, JsonForm
from specdsl.check.scopes import Program, TypeSymbol
from specdsl.datatypes import types as t
from specdsl.diagnostics import names, types
from specdsl.diagnostics.json_shapes import JsonShape
from specdsl.diagnostics.nearest import nearest
from specdsl.diagnostics.syntax import NestingTooDeep
from specdsl.source import Span
from specdsl.syntax import tree

BUILT_IN: Mapping[str, t.DataType] = {
    "bool": t.BOOL,
    "int": t.INT,
    **{f"int{bits}": t.Int(bits) for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": t.Int(bits, signed=False) for bits in (8, 16, 32, 64)},
    "float": t.FLOAT,
    "float32": t.Float(32),
    "float64": t.FLOAT,
    "string": t.STRING,
    "bytes": t.BYTES,
    "date": t.DATE,
    "time": t.TIME,
    "timestamp": t.TIMESTAMP,
    "duration": t.DURATION,
    "uuid": t.UUID,
    "json": t.JSON,
}
TYPE_NAMES = (*BUILT_IN, "decimal", "list", "struct", "variant", "tuple", "map")
_LONGEST_LIST = 100_000
_MOST_ELEMENTS = 1_000_000  # in one value, lists in lists multiplied
_DEEPEST = 40


@dataclass(frozen=True, slots=True)
class FieldShape:
    """A field of a struct and how it is drawn."""

    decl: tree.FieldDecl
    shape: Shape


@dataclass(frozen=True, slots=True)
class Shape:
    """What a written type says: the values, whether null is among them, and how they are drawn.

    ``within``: the ranges that bound it, outermost last. ``value``: what a declared type draws.
    ``item`` and ``size`` belong to lists, ``fields`` to structs; ``enum`` names a declared enum; ``json``
    says how the documents of a shape of JSON are made.
    """

    type: t.DataType
    span: Span
    optional: bool = False
    within: tuple[tree.Range, ...] = ()
    value: tree.Expr | None = None
    item: Shape | None = None
    size: tree.Expr | None = None
    fields: tuple[FieldShape, ...] = field(default=())
    enum: str | None = None
    json: JsonForm | None = None

    @property
    def known(self) -> bool:
        return self.type != t.UNKNOWN


def unknown_shape(span: Span) -> Shape:
    """The shape of what is no type (already reported)."""
    return Shape(t.UNKNOWN, span)


def resolve(program: Program, node: tree.TypeExpr, depth: int = 0) -> Shape:
    """The shape of a written type; unknown (and a diagnostic) where it is none."""
    if depth > _DEEPEST:
        if not any(isinstance(d, NestingTooDeep) for d in program.bag):  # a chain of types is one mistake
            program.bag.add(NestingTooDeep(span=node.span, limit=_DEEPEST))
        return unknown_shape(node.span)
    match node:
        case tree.NamedType():
            shape = _named(program, node, depth)
        case tree.ListType():
            shape = _list(program, node, depth)
        case tree.StructType():
            shape = _struct(program, node, depth)
        case tree.JsonType() | tree.VariantType() | tree.TupleType() | tree.MapType():
            from specdsl.check.json_types import json_shape

            shape = json_shape(program, node, depth)
        case _:
            shape = unknown_shape(node.span)
    return replace(shape, optional=shape.optional or node.optional, span=node.span)


def _named(program: Program, node: tree.NamedType, depth: int) -> Shape:
    name = node.name.text
    if name in BUILT_IN and name != "string":
        _no_arguments(program, node)
        return Shape(BUILT_IN[name], node.span)
    if name == "string":
        return Shape(_string(program, node), node.span)
    if name == "decimal":
        return Shape(_decimal(program, node), node.span)
    if name in program.enums:
        _no_arguments(program, node)
        return Shape(program.enums[name].type, node.span, enum=name)
    if name in program.types:
        _no_arguments(program, node)
        return declared(program, name, node.span, depth)
    if name in program.tables:
        remedy = f"to refer to a row of it write {program.line_with(node.span, f'-> {name}')}"
        program.bag.add(
            names.NotAValue(span=node.name.span, written=name, what="a table, and no type", remedy=remedy)
        )
        return unknown_shape(node.span)
    if not program.incomplete:
        report_unknown_type(program, node.name)
    return unknown_shape(node.span)


_COMMON = {
    "integer": "int",
    "bigint": "int",
    "smallint": "int16",
    "tinyint": "int8",
    "serial": "int",
    "bigserial": "int",
    "smallserial": "int16",
    "str": "string",
    "text": "string",
    "varchar": "string",
    "char": "string",
    "nvarchar": "string",
    "double": "float",
    "real": "float32",
    "number": "float",
    "numeric": "decimal",
    "boolean": "bool",
    "datetime": "timestamp",
    "timestamptz": "timestamp",
    "interval": "duration",
    "blob": "bytes",
    "binary": "bytes",
    "guid": "uuid",
    "object": "struct",
    "array": "list",
}


def report_unknown_type(program: Program, name: tree.Name) -> None:
    """Says that there is no such type, and which one was likely meant."""
    known = (*TYPE_NAMES, *program.enums, *program.types)
    near = _COMMON.get(name.text.lower()) or nearest(name.text, known)
    program.bag.add(
        names.UnknownType(
            span=name.span,
            written=name.text,
            near=near,
            known=known,
            corrected=program.line_with(name.span, near) if near else "",
        )
    )


def declared(program: Program, name: str, span: Span, depth: int = 0) -> Shape:
    """The shape of a declared type."""
    symbol = program.types[name]
    if symbol.circular:
        return unknown_shape(span)
    if symbol.open and program.json_depth > symbol.opened_at:
        return Shape(t.JSON, span, json=AgainForm(name))
    if symbol.open:
        if not program.incomplete:
            chain = _chain(program, name)
            for member in chain:
                program.types[member].circular = True
            program.bag.add(
                types.TypeCycle(
                    span=symbol.decl.name.span,
                    what=f"type `{name}`",
                    chain=chain,
                    remedy="make one of them from a built-in type; "
                    "only `json { ... }`, `variant`, `tuple` and `map` can hold their own type",
                )
            )
        return unknown_shape(span)
    symbol.open, symbol.opened_at = True, program.json_depth
    try:
        decl = symbol.decl
        shape = resolve(program, decl.type, depth + 1)
    finally:
        symbol.open = False
    own = tuple(m.range for m in decl.modifiers if isinstance(m, tree.Within))
    return replace(
        shape,
        span=span,
        within=(*shape.within, *own),
        value=decl.value if decl.value is not None else shape.value,
    )


DEFAULT_DEPTH = 3
_MOST_DEPTH = 12


def depth_of(program: Program, symbol: TypeSymbol) -> int:
    """How many levels a type that holds itself may have; a diagnostic where what is written is none."""
    written = symbol.decl.depth
    if written is None:
        return DEFAULT_DEPTH
    if written.is_int and 1 <= written.value <= _MOST_DEPTH:
        return int(written.value)
    why = f"has a depth of 1 to {_MOST_DEPTH}, and {written.value} is asked for"
    _wrong(program, written.span, symbol.decl.name.text, why, f"for example `depth {DEFAULT_DEPTH}`")
    return DEFAULT_DEPTH


def _chain(program: Program, name: str) -> tuple[str, ...]:
    """The types that are open, from ``name`` back to it."""
    chain, at = [name], program.types[name].decl.type
    for _ in range(len(program.types)):
        inner = at
        while isinstance(inner, tree.ListType):
            inner = inner.item
        if not isinstance(inner, tree.NamedType) or inner.name.text not in program.types:
            break
        chain.append(inner.name.text)
        if inner.name.text == name:
            return tuple(chain)
        at = program.types[inner.name.text].decl.type
    return (*chain, name) if len(chain) > 1 or chain[-1] != name else (name, name)


# --- arguments -----------------------------------------------------------------------------


def _wrong(program: Program, span: Span, dtype: str, why: str, remedy: str) -> None:
    program.bag.add(types.TypeArguments(span=span, type=dtype, why=why, remedy=remedy))


def _no_arguments(program: Program, node: tree.NamedType) -> None:
    if node.args:
        name = node.name.text
        remedy = f"write {program.line_with(node.span, name)}"
        if name.startswith(("int", "float")):
            remedy += "; to bound its values put `in low .. high` after it"
        _wrong(program, node.span, name, "takes no arguments", remedy)


def _whole(program: Program, arg: tree.Arg, dtype: str, what: str) -> int | None:
    if isinstance(arg.value, tree.Number) and arg.value.is_int and arg.value.value <= 10**9:
        return int(arg.value.value)
    if not isinstance(arg.value, tree.ErrorExpr):
        _wrong(program, arg.value.span, dtype, f"needs a whole number as its {what}", "for example 10")
    return None


def _decimal(program: Program, node: tree.NamedType) -> t.DataType:
    wanted = "for example `decimal(10, 2)`: 10 digits, 2 of them after the point"
    if not node.args or len(node.args) > 2:
        _wrong(program, node.span, "decimal", "takes a precision and a scale", wanted)
        return t.UNKNOWN
    values: dict[str, int] = {}
    for arg, place in zip(node.args, ("precision", "scale"), strict=False):
        name = arg.name.text if arg.name is not None else place
        if name not in ("precision", "scale") or name in values:
            _wrong(program, arg.span, "decimal", "takes a precision and a scale", wanted)
            return t.UNKNOWN
        number = _whole(program, arg, "decimal", name)
        if number is None:
            return t.UNKNOWN
        values[name] = number
    precision, scale = values.get("precision", 18), values.get("scale", 0)
    if not 1 <= precision <= 38:
        _wrong(program, node.span, "decimal", f"has 1 to 38 digits, and {precision} are asked for", wanted)
        return t.UNKNOWN
    if not 0 <= scale <= min(precision, 18):
        why = f"has 0 to {min(precision, 18)} digits after the point here, and {scale} are asked for"
        _wrong(program, node.span, f"decimal({precision}, {scale})", why, wanted)
        return t.UNKNOWN
    return t.Decimal(precision, scale)


def _string(program: Program, node: tree.NamedType) -> t.DataType:
    low, high = 0, None
    seen: set[str] = set()
    for arg in node.args:
        name = arg.name.text if arg.name is not None else "max"
        if name not in ("min", "max") or name in seen:
            near = nearest(name, ("min", "max"))
            fixed = "" if near is None or arg.name is None else program.line_with(arg.name.span, near)
            remedy = f"write {fixed}" if fixed else "for example `string(min: 3, max: 20)`"
            _wrong(program, arg.span, "string", f"takes `min` and `max`, each once, and not `{name}`", remedy)
            return t.STRING
        seen.add(name)
        number = _whole(program, arg, "string", f"`{name}`")
        if number is None:
            return t.STRING
        if name == "min":
            low = number
        else:
            high = number
    if high is not None and low > high:
        why = f"can have no value: min {low} is above max {high}"
        _wrong(program, node.span, "string", why, f"swap them: `string(min: {high}, max: {low})`")
        return t.STRING
    return t.String(low, high)


# --- lists and structs ---------------------------------------------------------------------


def _list(program: Program, node: tree.ListType, depth: int) -> Shape:
    item = resolve(program, node.item, depth + 1)
    size = list_size(program, node.size)
    low, high = size or (0, None)
    if not item.known:
        return replace(unknown_shape(node.span), item=item)
    if item.optional:
        why = "holds no nulls"
        _wrong(program, node.item.span, f"list<{item.type}>", why, "remove the `?` of its items")
    if _most_elements(t.List(item.type, low, high)) > _MOST_ELEMENTS:
        why = f"one value could have {_most_elements(t.List(item.type, low, high)):_} elements"
        remedy = f"{_MOST_ELEMENTS:_} are the limit; lists in lists multiply"
        program.bag.add(types.ListSize(span=node.span, why=why, remedy=remedy))
        return unknown_shape(node.span)
    written = node.size if size is not None else tree.ErrorExpr(node.span)
    return Shape(t.List(item.type, low, high), node.span, item=item, size=written)


def _most_elements(dtype: t.DataType) -> int:
    """How many values a value can have in it, as far as sizes are written."""
    match dtype:
        case t.List(item, _, high):
            return (1 if high is None else max(high, 1)) * _most_elements(item)
        case t.Struct(fields):
            return max(1, sum(_most_elements(f.type) for f in fields))
        case _:
            return 1


def list_size(
    program: Program, node: tree.Expr | None, example: str = "list<int>"
) -> tuple[int, int | None] | None:
    """The smallest and largest size that are written, None where they are wrong. ``example``: a type that
    has a size, for messages."""
    if node is None:
        return 0, None
    if isinstance(node, tree.ErrorExpr):
        return None
    ends = (node.low, node.high) if isinstance(node, tree.Range) else (node, node)
    numbers: list[int | None] = []
    for end in ends:
        if end is None:
            numbers.append(None)
        elif isinstance(end, tree.Number) and end.is_int and 0 <= end.value <= _LONGEST_LIST:
            numbers.append(int(end.value))
        else:
            if not isinstance(end, tree.ErrorExpr):
                why = f"the size of a list is a whole number from 0 to {_LONGEST_LIST:_}"
                program.bag.add(
                    types.ListSize(span=end.span, why=why, remedy=f"for example `{example}[0..3]`")
                )
            return None
    low, high = numbers[0] or 0, numbers[1]
    if high is not None and low > high:
        why = f"this size is upside down: {low} is above {high}"
        program.bag.add(types.ListSize(span=node.span, why=why, remedy=f"write `[{high}..{low}]`"))
        return high, low
    return low, high


def _struct(program: Program, node: tree.StructType, depth: int) -> Shape:
    seen: dict[str, Span] = {}
    fields: list[FieldShape] = []
    known = not node.spreads
    for spread in node.spreads:
        why = "puts in members that a row draws, and a struct has the same fields in every row"
        remedy = f"make it JSON: {program.line_with(_first_word(node, 'struct'), 'json')}"
        program.bag.add(JsonShape(span=spread.span, what="`...`", why=why, remedy=remedy))
    if not node.fields and known:
        _wrong(program, node.span, "struct", "needs a field", "for example `struct { w float = 1.0..80.0 }`")
        return unknown_shape(node.span)
    for decl in node.fields:
        name = decl.name.text
        if name in seen:
            program.bag.add(
                names.DuplicateMember(
                    span=decl.name.span, written=name, what="field", owner="this struct", first=seen[name]
                )
            )
            continue
        seen[name] = decl.name.span
        if decl.type is None:
            why = f"needs a type for its field `{name}`"
            _wrong(program, decl.name.span, "struct", why, f"for example `{name} int = 1..10`")
            known = False
            continue
        shape = resolve(program, decl.type, depth + 1)
        known &= shape.known
        own = tuple(m.range for m in decl.modifiers if isinstance(m, tree.Within))
        shape = replace(shape, within=(*shape.within, *own))
        fields.append(FieldShape(decl, shape))
    if not known:
        return replace(unknown_shape(node.span), fields=tuple(fields))
    struct = t.Struct(
        tuple(
            t.Field(f.decl.name.text, f.shape.type, f.shape.optional or absent, absent)
            for f in fields
            for absent in (absent_rate(f.decl.modifiers) is not None,)
        )
    )
    return Shape(struct, node.span, fields=tuple(fields))


def _first_word(node: tree.Node, word: str) -> Span:
    return Span(node.span.file, node.span.start, node.span.start + len(word))


def absent_rate(modifiers: tuple[tree.Modifier, ...]) -> tree.NullRate | None:
    """The `N% absent` or `absent N% when` among modifiers."""
    return next((m for m in modifiers if isinstance(m, tree.NullRate) and m.absent), None)


def report_null_and_absent(
    program: Program, modifiers: tuple[tree.Modifier, ...], name: str, optional: bool, type_span: Span | None
) -> bool:
    """Whether modifiers make a value absent that may be null as well, which is reported: JSON could tell
    the two apart, no other format could."""
    absent = absent_rate(modifiers)
    if absent is None:
        return False
    null = next((m for m in modifiers if isinstance(m, tree.NullRate) and not m.absent), None)
    if null is None and not optional:
        return False
    program.bag.add(
        types.NullAndAbsent(span=absent.span, column=name, null=null.span if null is not None else type_span)
    )
    return True


def percent(value: Decimal) -> float:
    """A percentage as a rate."""
    return float(value / 100)
