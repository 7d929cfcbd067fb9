"""What the types that make JSON documents say, as far as they can be known without drawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from specdsl.syntax import tree

if TYPE_CHECKING:
    from specdsl.check.type_expressions import FieldShape, Shape


@dataclass(frozen=True, slots=True)
class ElementShape:
    """A part of a tuple or a map, or what a spread puts in."""

    decl: tree.Element
    shape: Shape


@dataclass(frozen=True, slots=True)
class ObjectForm:
    """``json { ... }``: fields, and spreads among them."""

    members: tuple[FieldShape | ElementShape, ...]


@dataclass(frozen=True, slots=True)
class AlternativeShape:
    """An alternative of a variant; ``shape`` None for ``null``."""

    decl: tree.Alternative
    shape: Shape | None


@dataclass(frozen=True, slots=True)
class VariantForm:
    """``variant { ... }``; ``tag`` names the member that tells which alternative it is."""

    tag: str | None
    alternatives: tuple[AlternativeShape, ...]


@dataclass(frozen=True, slots=True)
class TupleForm:
    """``tuple<...>``."""

    items: tuple[ElementShape, ...]


@dataclass(frozen=True, slots=True)
class MapForm:
    """``map<key, value>[low..high]``; ``size`` None where none is written, an error node where it is
    wrong."""

    key: ElementShape
    value: ElementShape
    low: int
    high: int | None
    size: tree.Expr | None


@dataclass(frozen=True, slots=True)
class AgainForm:
    """A declared type inside of itself."""

    name: str


JsonForm = ObjectForm | VariantForm | TupleForm | MapForm | AgainForm
