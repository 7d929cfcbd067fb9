"""Types as a spec writes them, and what stands between a type and its value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from specdsl.builder.errors import BuilderError
from specdsl.builder.expressions import Expr, Level, as_expr, owners_of
from specdsl.builder.literals import percent_text
from specdsl.builder.names import name_text
from specdsl.builder.parsing import type_text

Percentage = float | Decimal
Bounds = tuple[object, object]
Size = int | tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class Type:
    """A type; ``optional`` where it is nullable."""

    text: str
    optional: bool = False
    owners: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return self.text

    def written(self, *, nullable: bool) -> str:
        """The text, with a ``?`` where it is asked for."""
        return self.text if self.optional or not nullable else f"{self.text}?"


TypeLike = str | Type
"""A type in the language's words (``"decimal(10, 2)"``, ``"string?"``) or one that was declared or made."""


def as_type(given: TypeLike) -> Type:
    """``given`` as a type. Raises BuilderError for a text that is none."""
    if isinstance(given, Type):
        return given
    if not isinstance(given, str):
        raise BuilderError(f"a type is a text like 'int', or one that was declared, not {given!r}")
    text, optional = type_text(given)
    return Type(text, optional)


def list_of(item: TypeLike, size: Size | None = None) -> Type:
    """``list<item>[size]``; ``size`` a number, or the least and the most (None: open)."""
    inner = as_type(item)
    if size is None:
        told = ""
    elif isinstance(size, int):
        told = f"[{as_expr(size)}]"
    else:
        low, high = size
        told = f"[{'' if low is None else low}..{'' if high is None else high}]"
    return Type(f"list<{inner.text}>{told}", owners=inner.owners)


@dataclass(frozen=True, slots=True)
class NullWhen:
    """``null 40% when condition else 5%``; percentages."""

    condition: object
    share: Percentage
    otherwise: Percentage | None = None


def null_when(condition: object, share: Percentage, otherwise: Percentage | None = None) -> NullWhen:
    """Null in ``share`` percent of the rows where ``condition`` holds, in ``otherwise`` percent of others."""
    return NullWhen(condition, share, otherwise)


NullLike = Percentage | NullWhen
"""How often a value is null or absent: percent, or ``null_when``."""

Changes = bool | Percentage
"""In how many rows a value is another than in the row before: percent, or True: in every one."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a struct. See ``field``."""

    type: Type | None
    modifiers: str
    value: Expr | None
    owners: frozenset[str]


def field(
    type: TypeLike | None = None,
    *,
    value: object = ...,
    within: Bounds | None = None,
    nullable: bool = False,
    null: NullLike | None = None,
    absent: NullLike | None = None,
) -> Field:
    """A field of a ``struct``: its type, how it is drawn, its bounds; the others as those of a column. With a
    value it needs no type."""
    drawn = None if value is ... else as_expr(value)
    if type is None:
        if drawn is None or nullable or any(said is not None for said in (within, null, absent)):
            raise BuilderError("a field has a type, or a value and nothing else")
        return Field(None, "", drawn, drawn.owners)
    given = as_type(type)
    text, owners = modifiers(within=within, null=null, absent=absent)
    kind = Type(given.written(nullable=nullable or null is not None), owners=given.owners)
    return Field(
        kind, text, drawn, owners | kind.owners | (drawn.owners if drawn is not None else frozenset())
    )


def struct(fields: Mapping[str, Field | TypeLike] | None = None, /, **named: Field | TypeLike) -> Type:
    """``struct { w float = 1.0..80.0, h float }``: fields by name, each a type or a ``field``."""
    parts, owners = [], frozenset[str]()
    for name, given in {**(fields or {}), **named}.items():
        made = given if isinstance(given, Field) else field(given)
        written = [name_text(name), *([] if made.type is None else [made.type.text])]
        written += [made.modifiers] if made.modifiers else []
        written += [f"= {made.value.at(Level.CHOICE)}"] if made.value is not None else []
        parts.append(" ".join(written))
        owners |= made.owners
    if not parts:
        raise BuilderError("a struct has fields")
    return Type(f"struct {{ {', '.join(parts)} }}", owners=owners)


def modifiers(
    *,
    within: Bounds | None = None,
    key: bool = False,
    unique: bool = False,
    hidden: bool = False,
    bare: bool = False,
    null: NullLike | None = None,
    absent: NullLike | None = None,
    changes: Changes | None = None,
) -> tuple[str, frozenset[str]]:
    """What stands between a type and its value, and the tables whose columns it names."""
    if key and unique:
        raise BuilderError("a key is unique already")
    parts, found = [], []
    if within is not None:
        if not isinstance(within, tuple) or len(within) != 2:
            raise BuilderError(f"within= is a pair of the least and the most (None: open), not {within!r}")
        ends = [None if end is None else as_expr(end) for end in within]
        if all(end is None for end in ends):
            raise BuilderError("within= has an end")
        parts.append("in " + " .. ".join("" if e is None else e.at(Level.UNARY) for e in ends).strip())
        found += [e for e in ends if e is not None]
    parts += [
        word for word, on in (("key", key), ("unique", unique), ("hidden", hidden), ("bare", bare)) if on
    ]
    if null is not None and absent is not None:
        raise BuilderError("a value is null at a rate or absent at a rate, not both")
    rate = absent if null is None else null
    rates = []
    if rate is not None:
        text, owners = null_text(rate, "null" if absent is None else "absent")
        rates.append(text)
        found.append(owners)
    if changes is not None and changes is not False:
        word = "changes" if changes is True else f"{percent_text(changes)} changes"
        rates.insert(0 if isinstance(rate, NullWhen) else 1, word)  # `null ... when` takes what follows it
    parts += rates
    return " ".join(parts), owners_of(*found)


def null_text(null: NullLike, word: str = "null") -> tuple[str, Expr]:
    """``90% null`` or ``null 40% when x else 5%``, and an expression with the owners of its condition.
    ``word``: ``absent`` in the place of ``null``."""
    if not isinstance(null, NullWhen):
        return f"{percent_text(null)} {word}", Expr("")
    condition = as_expr(null.condition)
    last = "" if null.otherwise is None else f" else {percent_text(null.otherwise)}"
    return f"{word} {percent_text(null.share)} when {condition.at(Level.OR)}{last}", condition
