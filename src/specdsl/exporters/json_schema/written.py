"""The schema of a written type, with its bounds and what it is drawn from."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from specdsl.datatypes import types as t
from specdsl.datatypes.counterparts import array_schema, json_schema, or_null
from specdsl.exporters.json_schema.narrowing import bounded, narrowed
from specdsl.exporters.spec import Spec
from specdsl.syntax import tree

Schema = dict[str, Any]
Ranges = tuple[tree.Range, ...]
JsonShape = tree.JsonType | tree.VariantType | tree.TupleType | tree.MapType
_OF_ONE_ELEMENT = (
    tree.Range, tree.Regex, tree.FString, tree.String, tree.Number, tree.Bool, tree.Unary,
    tree.Date, tree.Time, tree.Timestamp, tree.Duration,
)  # fmt: skip


class Written:
    """Schemas of written types. Declared types and enums become definitions, which ``definitions`` has by
    name once all is described."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.definitions: dict[str, Schema] = {}

    def schema(self, node: tree.TypeExpr, value: tree.Expr | None = None, within: Ranges = ()) -> Schema:
        """What values of ``node`` are, null aside. ``value``: the expression that draws them, None where the
        type says how; ``within``: bounds on them."""
        if isinstance(node, tree.NamedType) and node.name.text in self.spec.types:
            declared = self.spec.types[node.name.text]
            if isinstance(declared, tree.EnumDecl) or (value is None and not within):
                return self._reference(declared)
        return self.opened(node, value, within)

    def opened(self, node: tree.TypeExpr, value: tree.Expr | None = None, within: Ranges = ()) -> Schema:
        """The same without a reference to a definition in its place."""
        from specdsl.exporters.json_schema import shapes

        match node:
            case tree.NamedType(name=name) if isinstance(
                declared := self.spec.types.get(name.text), tree.TypeDecl
            ):
                own = bounds_of(declared.modifiers)
                return self.schema(declared.type, value or declared.value, (*own, *within))
            case tree.ListType():
                return self._list(node, value)
            case tree.StructType() if value is None:
                return shapes.object_of(self, node)
            case tree.JsonType() | tree.VariantType() | tree.TupleType() | tree.MapType() if value is None:
                return shapes.shape(self, node)
        dtype = self.spec.datatype(node)
        schema = json_schema(dtype)
        for one in within:
            schema = bounded(schema, dtype, one)
        return narrowed(schema, dtype, value)

    def part(
        self,
        node: tree.TypeExpr,
        modifiers: tuple[tree.Modifier, ...],
        value: tree.Expr | None,
        doc: str = "",
    ) -> Schema:
        """A field, an element, a member of a map: with null where it may be null."""
        schema = self.schema(node, value, bounds_of(modifiers))
        if self.optional(node) and not is_absent(modifiers):
            schema = or_null(schema)
        return schema | {"description": doc.strip()} if doc.strip() else schema

    def optional(self, node: tree.TypeExpr) -> bool:
        """Whether null is among the values, which a declared type may say as well."""
        declared = self.spec.types.get(node.name.text) if isinstance(node, tree.NamedType) else None
        return node.optional or (isinstance(declared, tree.TypeDecl) and self.optional(declared.type))

    def declaration(self, node: tree.TypeExpr) -> tree.TypeExpr:
        """What a declared type stands for, through any number of names."""
        while isinstance(node, tree.NamedType):
            declared = self.spec.types.get(node.name.text)
            if not isinstance(declared, tree.TypeDecl):
                return node
            node = declared.type
        return node

    def _reference(self, declared: tree.TypeDecl | tree.EnumDecl) -> Schema:
        name = declared.name.text
        if name not in self.definitions:
            self.definitions[name] = {}  # a type that holds itself comes back here
            if isinstance(declared, tree.EnumDecl):
                schema: Schema = {"enum": [member.name.text for member in declared.members]}
            else:
                schema = self.schema(declared.type, declared.value, bounds_of(declared.modifiers))
            if declared.doc.strip():
                schema = schema | {"description": declared.doc.strip()}
            self.definitions[name] = schema
        return {"$ref": f"#/$defs/{pointer(name)}"}

    def _list(self, node: tree.ListType, value: tree.Expr | None) -> Schema:
        dtype = self.spec.datatype(node)
        assert isinstance(dtype, t.List)
        match value:
            case None:
                items = self.schema(node.item)
            case tree.Call(function=function, args=(one,)) if function.text == "distinct":
                items = self.schema(node.item, one.value)
                return array_schema(items, dtype.min_size, dtype.max_size) | {"uniqueItems": True}
            case tree.Choice(arms=arms) if all(isinstance(arm.value, _OF_ONE_ELEMENT) for arm in arms):
                items = self.schema(node.item, value)
            case tree.Binary(op=tree.BinaryOp.MULTIPLY, left=tree.Number(), right=tree.Range()):
                items = self.schema(node.item, value)
            case _ if isinstance(value, _OF_ONE_ELEMENT):
                items = self.schema(node.item, value)
            case _:  # lists that come from elsewhere
                items = json_schema(dtype.item)
        return array_schema(items, dtype.min_size, dtype.max_size)


def bounds_of(modifiers: tuple[tree.Modifier, ...]) -> Ranges:
    """The ranges of ``in``."""
    return tuple(one.range for one in modifiers if isinstance(one, tree.Within))


def is_absent(modifiers: tuple[tree.Modifier, ...]) -> bool:
    """Whether JSON leaves the value out where it is null."""
    return any(isinstance(one, tree.NullRate) and one.absent for one in modifiers)


def pointer(name: str) -> str:
    """A name within a JSON Pointer that is the fragment of an address."""
    return quote(name.replace("~", "~0").replace("/", "~1"))
