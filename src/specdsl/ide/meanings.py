"""As much of a value's type as it takes to know what the names around it mean: which enum, which struct.

The checker knows types in full, of programs without mistakes. This knows less, of any text whatever.
"""

from __future__ import annotations

from dataclasses import dataclass

from specdsl.ide.naming import Symbol, SymbolKind
from specdsl.ide.outline import Found, Outline, Table
from specdsl.syntax import tree

DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Meaning:
    """A kind of value. For an enum ``enum``; for a struct ``owner`` (see ``Symbol.owner``), the ``path`` of
    its file and its ``fields``; for a record that a function draws ``function``, for a pool's row ``pool``;
    for tuples and lists the ``items`` (of a list, one)."""

    enum: Found | None = None
    owner: str = ""
    path: str = ""
    fields: tuple[tree.FieldDecl, ...] = ()
    function: str = ""
    pool: Found | None = None
    items: tuple[Meaning, ...] = ()
    is_list: bool = False

    @property
    def decides(self) -> bool:
        """Whether names depend on it."""
        return self != UNKNOWN

    def member(self, name: str) -> Symbol | None:
        """The member of that name, where it is an enum that has it."""
        if self.enum is None or not isinstance(self.enum.what, tree.EnumDecl):
            return None
        if all(member.name.text != name for member in self.enum.what.members):
            return None
        return Symbol(SymbolKind.MEMBER, name, self.enum.what.name.text, self.enum.path)

    def field(self, name: str) -> Symbol | None:
        """The field of that name, where it has fields. A function's records and a pool's rows are taken to
        have any."""
        if any(field.name.text == name for field in self.fields):
            return Symbol(SymbolKind.FIELD, name, self.owner, self.path)
        if self.function:
            return Symbol(SymbolKind.RECORD_FIELD, name, self.function)
        if self.pool is not None and isinstance(self.pool.what, tree.PoolDecl):
            return Symbol(SymbolKind.POOL_COLUMN, name, self.pool.what.name.text, self.pool.path)
        return None

    @property
    def item(self) -> Meaning:
        """Of a list, what is in it; of others, themselves."""
        return self.items[0] if self.is_list and self.items else self


UNKNOWN = Meaning()


def of_type(outline: Outline, node: tree.TypeExpr, owner: str, path: str, depth: int = 0) -> Meaning:
    """What a written type means. ``owner`` and ``path`` are those of the declaration that it stands in."""
    if depth > DEEPEST:
        return UNKNOWN
    match node:
        case tree.ListType(item=item):
            return Meaning(items=(of_type(outline, item, owner, path, depth + 1),), is_list=True)
        case tree.StructType(fields=fields):
            return Meaning(owner=owner, path=path, fields=fields)
        case tree.NamedType(name=name):
            found = outline.find(name.text)
            if found is None:
                return UNKNOWN
            if isinstance(found.what, tree.EnumDecl):
                return Meaning(enum=found)
            if isinstance(found.what, tree.TypeDecl):
                return of_type(outline, found.what.type, name.text, found.path, depth + 1)
    return UNKNOWN


def of_field(outline: Outline, struct: Meaning, name: str) -> Meaning:
    """What the field of a struct means."""
    for field in struct.fields:
        if field.name.text == name and field.type is not None:
            return of_type(outline, field.type, f"{struct.owner}.{name}", struct.path)
    return UNKNOWN


def reference_of(outline: Outline, table: Table, column: str) -> Table | None:
    """The table that a column refers to."""
    known = table.columns.get(column)
    if known is None or known.reference is None:
        return None
    return outline.table(known.reference.table.text)
