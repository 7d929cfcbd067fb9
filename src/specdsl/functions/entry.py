"""The form of a catalogue entry.

Checker, engine, SQL lowering, completion, hover, docs and tests all read this one object.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, StrEnum
from typing import Final

from specdsl.datatypes.types import DataType
from specdsl.ir.expr import Physical
from specdsl.randomness.streams import Stream
from specdsl.vectors.vector import Int64Array, Vector


class Required(Enum):
    """Marks a parameter without default."""

    REQUIRED = "required"


REQUIRED: Final = Required.REQUIRED


@dataclass(frozen=True, slots=True)
class Accepts:
    """Which types a parameter takes. ``name`` is what messages and signatures print ("number",
    "string", "number or duration"). An argument whose type passes ``test`` is cast to ``becomes``
    when that is set (an int to a float parameter; where it is a function, to what that gives for the
    argument's type: numbers to float, durations stay); otherwise it stays what it is."""

    name: str
    test: Callable[[DataType], bool]
    becomes: DataType | Callable[[DataType], DataType] | None = None

    def target(self, dtype: DataType) -> DataType:
        """The type that an accepted argument of type ``dtype`` is cast to."""
        if self.becomes is None:
            return dtype
        return self.becomes if isinstance(self.becomes, DataType) else self.becomes(dtype)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter.

    ``default`` is a physical constant, None for null (then the kernel sees None), or REQUIRED.
    ``constant``: the argument must be known at compile time. ``minimum``/``maximum`` bound constant
    arguments (checked at compile time; DG5xx), exclusive where the flag says so. ``same_as``: shares
    its type with that parameter (both are brought to a common type). ``variadic``: the last parameter
    takes any number of arguments; they arrive as name0, name1, ...
    ``choices``: the strings allowed (units of date_trunc, ...), for checking and completion.
    ``refuses``: for a constant text that is not one of a short list (a time zone, a pattern): why it will not
    do, as a clause, and what would; None where it will. The kernel says the same of values in rows.
    ``by_value``: an argument that differs from row to row by values that are known (of an enum, of a choice)
    is checked, and the call made, as a constant for each of them.
    """

    name: str
    accepts: Accepts
    doc: str
    default: Physical | Required | None = REQUIRED
    unit: str = ""
    constant: bool = False
    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: bool = False
    exclusive_maximum: bool = False
    same_as: str | None = None
    variadic: bool = False
    choices: tuple[str, ...] = ()
    refuses: Callable[[str], tuple[str, str] | None] | None = None
    by_value: bool = False

    def written_default(self) -> str:
        """The default as it would be written in a spec."""
        return _written(self.default, self.accepts.name)


class Form(StrEnum):
    """How the checker treats a call."""

    FUNCTION = "function"  # typed by its parameters, evaluated by its kernel
    AGGREGATE = (
        "aggregate"  # sum(orders.total): becomes ir.Aggregate (min/max also exist as functions of values)
    )
    SPECIAL = "special"  # pick, load, sql, exact, distinct, index_in, split, row: the checker knows the form


@dataclass(frozen=True, slots=True)
class Invocation:
    """One call of a kernel, for ``n`` rows.

    ``args`` by parameter name: a physical Python constant (or None) when the argument is constant, else
    a Vector of n values. ``stream`` is set for functions that draw. ``low``/``high`` truncate a
    distribution (constants or Vectors of the result's type, None: open). ``rows`` are the row numbers
    int64 (n,), ``row_count`` the table's number of rows, ``first_row`` the first
    of the batch at hand. ``locale`` is the one in force. ``types`` has
    the types of the arguments (a constant decimal cannot be read without its scale). ``lists`` has the
    arguments of constant parameters that are written as lists.
    """

    n: int
    rows: Int64Array
    args: Mapping[str, Vector | Physical | None]
    result: DataType
    locale: str
    stream: Stream | None = None
    row_count: int = 0
    first_row: int = 0
    low: Vector | Physical | None = None
    high: Vector | Physical | None = None
    types: Mapping[str, DataType] = field(default_factory=dict)
    lists: Mapping[str, tuple[Physical, ...]] = field(default_factory=dict)


Constants = Mapping[str, Physical | None]
"""The constant arguments by parameter name; one that is not constant is absent. ``domain`` and ``bounds``
find the locale in force under ``LOCALE``, and item 2 of a constant list ``edges`` under ``edges[2]``."""


def constant_list(args: Constants, name: str) -> list[Physical] | None:
    """The items of a constant list among constants, None where it is not there."""
    found: list[Physical] = []
    while (item := args.get(f"{name}[{len(found)}]")) is not None:
        found.append(item)
    return found or None


LOCALE: Final = "@locale"
"""The key of the locale among constants."""


_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - written with a Z


@dataclass(frozen=True, slots=True)
class Example:
    """A call in the language and a few words on what it makes; the tests run it as a column's value
    (``type`` is that column's type)."""

    code: str
    type: str
    note: str = ""


def _written(value: Physical | Required | None, kind: str) -> str:
    """A default as it would be written in a spec; ``kind`` is the name of what the parameter accepts."""
    match value:
        case int() if kind == "timestamp":
            moment = _EPOCH + timedelta(microseconds=value)
            return moment.isoformat(timespec="milliseconds" if value % 1_000_000 else "seconds") + "Z"
        case int() if kind == "time":
            return f"{value // 3_600_000_000:02d}:{value // 60_000_000 % 60:02d}"
        case int() if kind == "duration":
            return f"{value // 1_000_000}s" if value % 1_000_000 == 0 else f"{value}us"
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return repr(value)


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the language.

    ``result`` is a type, or computes it from the arguments' types (by parameter name).
    ``kernel`` is vectorised, pure, and never sees a null argument row it must care for: rows where any
    argument is null are masked by the evaluator unless ``handles_null``.
    ``draws``: uses its stream; every call site is independent.
    ``domain`` gives the number of distinct values for constant arguments (None: unknown or unbounded).
    ``at`` makes the function indexable: the value number i of its domain, for an int64 array of indices.
    ``injective``: no two rows of a table get the same value.
    ``bounds`` gives (low, high) that all values keep, physical, None where open.
    ``truncates``: honours ``low``/``high`` of the invocation without clipping.
    ``makes_null``: can give null though no argument is null.
    ``conflict`` says what is wrong with constant arguments that do not go together ("`max` is below `min`"),
    '' where they do.
    ``skew``: may stand after a reference (``-> products zipf(1.1)``): draws ranks from 1; the engine
    calls it with ``low`` 1 and ``high`` the number of parents, and takes rank - 1 as the row number.
    ``fits``: makes texts within its parameters `min` and `max`, null where they are not given; the checker
    puts in those of the column's type.
    ``sql`` lowers a call to DuckDB SQL from the SQL of its arguments (None, and where it gives None: it
    cannot be checked in SQL).
    """

    name: str
    family: str
    summary: str
    result: DataType | Callable[[Mapping[str, DataType]], DataType]
    kernel: Callable[[Invocation], Vector] | None
    parameters: tuple[Parameter, ...] = ()
    doc: str = ""
    examples: tuple[Example, ...] = ()
    form: Form = Form.FUNCTION
    draws: bool = False
    domain: Callable[[Constants], int | None] | None = None
    at: Callable[[Invocation, Int64Array], Vector] | None = None
    injective: bool = False
    bounds: Callable[[Constants], tuple[Physical | None, Physical | None]] | None = None
    truncates: bool = False
    handles_null: bool = False
    sql: Callable[[Mapping[str, str], Mapping[str, DataType]], str | None] | None = None
    aliases: tuple[str, ...] = field(default=())
    skew: bool = False
    makes_null: bool = False
    conflict: Callable[[Constants], str] | None = None
    fits: bool = False

    def signature(self) -> str:
        """``normal(mean: number = 0, sd: number = 1) -> float`` as people read it."""
        parts = []
        for p in self.parameters:
            text = f"{'*' if p.variadic else ''}{p.name}: {p.accepts.name}"
            if p.default is not REQUIRED:
                text += f" = {p.written_default()}"
            parts.append(text)
        arrow = f" -> {self.result}" if isinstance(self.result, DataType) else ""
        return f"{self.name}({', '.join(parts)}){arrow}"
