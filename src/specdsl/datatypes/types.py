"""Value types: what a column can hold.

A type says nothing about nulls: nullability is a property of columns and expressions.
"""

from __future__ import annotations

from specdsl.records import record


@record
class DataType:
    """Base of all value types. Compare with ``==``; ask with ``isinstance`` or ``match``."""

    def __str__(self) -> str:
        return type(self).__name__.lower()


@record
class Bool(DataType):
    """True or false."""


@record
class Int(DataType):
    """An integer of 8, 16, 32 or 64 bits; ``int`` is signed 64."""

    bits: int = 64
    signed: bool = True

    @property
    def low(self) -> int:
        return -(1 << (self.bits - 1)) if self.signed else 0

    @property
    def high(self) -> int:
        return (1 << (self.bits - 1)) - 1 if self.signed else (1 << self.bits) - 1

    def __str__(self) -> str:
        if self.bits == 64 and self.signed:
            return "int"
        return f"{'int' if self.signed else 'uint'}{self.bits}"


@record
class Float(DataType):
    """IEEE 754 binary floating point of 32 or 64 bits; ``float`` is 64."""

    bits: int = 64

    def __str__(self) -> str:
        return "float" if self.bits == 64 else "float32"


@record
class Decimal(DataType):
    """A decimal number of ``precision`` digits, ``scale`` of them after the point.

    Values are held as unscaled 64-bit integers, so that a magnitude (digits without the point)
    must stay below 2**63 even where ``precision`` (at most 38) would allow more.
    """

    precision: int
    scale: int

    def __str__(self) -> str:
        return f"decimal({self.precision}, {self.scale})"


@record
class String(DataType):
    """Unicode text; lengths are in code points."""

    min_length: int = 0
    max_length: int | None = None

    def __str__(self) -> str:
        bounds = []
        if self.min_length:
            bounds.append(f"min: {self.min_length}")
        if self.max_length is not None:
            bounds.append(f"max: {self.max_length}")
        return f"string({', '.join(bounds)})" if bounds else "string"


@record
class Bytes(DataType):
    """Binary data."""


@record
class Date(DataType):
    """A calendar day; physically days since 1970-01-01."""


@record
class Time(DataType):
    """A time of day; physically microseconds since midnight."""


@record
class Timestamp(DataType):
    """An instant; physically microseconds since 1970-01-01T00:00:00Z. Its zone is UTC."""


@record
class Duration(DataType):
    """A length of time; physically microseconds."""


@record
class Uuid(DataType):
    """A 128-bit identifier (RFC 9562); physically 16 bytes, most significant first."""


@record
class Json(DataType):
    """A JSON document, held as its text."""


@record
class Enum(DataType):
    """One of a fixed set of strings; physically the member's position."""

    name: str
    members: tuple[str, ...]

    def __str__(self) -> str:
        return self.name


@record
class List(DataType):
    """A sequence of ``item``; sizes both included, ``max_size`` None where unbounded."""

    item: DataType
    min_size: int = 0
    max_size: int | None = None

    def __str__(self) -> str:
        return f"list<{self.item}>"


@record
class Field:
    """A named member of a struct. ``absent``: JSON leaves it out where it is null."""

    name: str
    type: DataType
    nullable: bool = False
    absent: bool = False


@record
class Struct(DataType):
    """A nested record."""

    fields: tuple[Field, ...]

    def __str__(self) -> str:
        inner = ", ".join(f"{_written(f.name)} {f.type}{'?' if f.nullable else ''}" for f in self.fields)
        return f"struct {{ {inner} }}"


def _written(name: str) -> str:
    return name if name.isidentifier() else f"`{name}`"


@record
class Tuple(DataType):
    """Several values drawn together. Internal: a column never has this type."""

    items: tuple[DataType, ...]

    def __str__(self) -> str:
        return f"({', '.join(map(str, self.items))})"


@record
class Null(DataType):
    """The type of ``null`` before its context gives it one. Internal."""


@record
class Unknown(DataType):
    """The type of what could not be checked; agrees with everything, so that one mistake is
    reported once. Internal."""


BOOL = Bool()
INT = Int()
FLOAT = Float()
STRING = String()
BYTES = Bytes()
DATE = Date()
TIME = Time()
TIMESTAMP = Timestamp()
DURATION = Duration()
UUID = Uuid()
JSON = Json()
NULL = Null()
UNKNOWN = Unknown()


def is_numeric(t: DataType) -> bool:
    """Whether arithmetic of numbers applies: int, float and decimal."""
    return isinstance(t, (Int, Float, Decimal))


def is_ordered(t: DataType) -> bool:
    """Whether a range ``a .. b`` of the type can be drawn from."""
    return isinstance(t, (Int, Float, Decimal, Date, Time, Timestamp, Duration))
