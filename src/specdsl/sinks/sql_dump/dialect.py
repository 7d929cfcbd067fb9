"""What a dialect of SQL is: names, types, literals, statements."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from specdsl.datatypes import types as t
from specdsl.datatypes.counterparts import arrow_type
from specdsl.errors import UsageError
from specdsl.ir.expr import Physical
from specdsl.ir.model import Column
from specdsl.sinks.base import documented
from specdsl.sinks.relational.model import ForeignKey, Relation
from specdsl.sinks.relational.values import Form


@dataclass(frozen=True, slots=True)
class Size:
    """How long the texts (code points, bytes) of a column are at most, and whether one is empty; of dialects
    whose types depend on it. ``keyed``: the column is part of a key, a unique set or a reference."""

    characters: int = 0
    bytes: int = 0
    empty: bool = False
    keyed: bool = False


@dataclass(frozen=True, slots=True)
class Spelling:
    """A literal: ``before``, a text in ``form``, ``after``. ``quoted``: the text is escaped."""

    form: Form
    before: str = ""
    after: str = ""
    quoted: bool = False


def bare(form: Form) -> Spelling:
    """A literal without quotes."""
    return Spelling(form)


def string(form: Form, prefix: str = "") -> Spelling:
    """A literal in single quotes whose text may be anything."""
    return Spelling(form, f"{prefix}'", "'", form.pattern is None)


@dataclass(frozen=True, slots=True)
class Rows:
    """How rows are given to a table: ``before`` the first of a statement, ``left`` and ``right`` of each,
    ``comma`` between values, ``between`` rows, ``after`` the last."""

    before: str
    left: str
    right: str
    between: str
    after: str
    comma: str = ", "


class Dialect(ABC):
    """One dialect. ``rows`` is how many rows an INSERT has unless ``batch_rows`` says otherwise,
    ``most_rows`` how many it may have. ``surveys``: types depend on how long texts are. ``later``: references
    are added when the data is there; otherwise they stand in the table's declaration."""

    name: str
    title: str
    longest_name: int
    names_in_bytes: bool = False
    folds: bool = True
    highest: int = 0x10FFFF  # code point in names
    rows: int = 1_000
    most_rows: int = 100_000
    surveys: bool = False
    later: bool = True
    indexes_references: bool = False
    commits_tables: bool = False  # whether declarations end a transaction
    nul: bool = False  # whether its text can hold the character U+0000
    qualifies: bool = False  # whether names carry the schema; else the session is set to it
    null: str = "NULL"

    # --- names and types ---------------------------------------------------------------------

    @abstractmethod
    def quote(self, name: str) -> str:
        """An identifier."""

    @abstractmethod
    def type_name(self, dtype: t.DataType, size: Size) -> str:
        """The type of a column."""

    @abstractmethod
    def spelling(self, dtype: t.DataType) -> Spelling:
        """How literals of the type are written."""

    def enum_condition(self, dtype: t.Enum) -> bool:
        """Whether members are held to by a CHECK, for want of a type."""
        return True

    def note(self, dtype: t.DataType) -> str | None:
        """What values of the type become, where something is lost or changed."""
        return None

    def truth(self, name: str) -> str:
        return name

    def compares(self, column: Column, *, order: bool) -> bool:
        return not isinstance(column.type, (t.List, t.Struct, t.Json))

    # --- literals ----------------------------------------------------------------------------

    def escape(self, text: pa.StringArray) -> pa.StringArray:
        """What stands between the quotes."""
        return pc.replace_substring(text, "'", "''")

    def unescape(self, text: pa.StringArray) -> pa.StringArray:
        """The text back."""
        return pc.replace_substring(text, "''", "'")

    @property
    def inside(self) -> str:
        """A regular expression of what can stand between quotes."""
        return r"[^']*(?:''[^']*)*"

    def literals(self, array: Any, field: pa.Field, dtype: t.DataType) -> pa.StringArray:
        """Each value as a literal. Raises ValueError for what the dialect cannot say."""
        spelling = self.spelling(dtype)
        if pa.types.is_dictionary(array.type):  # each member once
            members = self._written(array.dictionary, field.with_type(array.type.value_type), spelling)
            text = pc.take(members, array.indices)
        else:
            text = self._written(array, field, spelling)
        return pc.fill_null(text, self.null) if text.null_count else text

    def _written(self, array: Any, field: pa.Field, spelling: Spelling) -> pa.StringArray:
        text = spelling.form.render(array, field)
        if spelling.quoted:
            if not self.nul and pc.any(pc.match_substring(text, "\0")).as_py():
                raise ValueError("the character U+0000, which its text cannot hold")
            text = self.escape(text)
        if not spelling.before and not spelling.after:
            return text
        return pc.binary_join_element_wise(spelling.before, text, spelling.after, "")

    def pattern(self, dtype: t.DataType) -> str:
        """A regular expression of a literal or NULL, with one group: the text, if it is not NULL."""
        spelling = self.spelling(dtype)
        inside = self.inside if spelling.quoted else spelling.form.pattern
        return f"(?:{re.escape(self.null)}|{re.escape(spelling.before)}({inside}){re.escape(spelling.after)})"

    def values(self, texts: Sequence[str | None], field: pa.Field, dtype: t.DataType) -> Any:
        """An array of the field's type from what ``pattern`` found."""
        spelling = self.spelling(dtype)
        array = pa.array(texts, pa.string())
        return spelling.form.parse(self.unescape(array) if spelling.quoted else array, field)

    def literal(self, value: Physical, dtype: t.DataType) -> str:
        """One constant in physical form as a literal."""
        array, field = physical_array(value, dtype)
        return str(self.literals(array, field, dtype)[0].as_py())

    def text(self, text: str) -> str:
        """A string constant."""
        return self.literal(text, t.STRING)

    # --- statements --------------------------------------------------------------------------

    def insert(self, table: str, columns: Sequence[str]) -> Rows:
        """INSERT of several rows; names are quoted and qualified."""
        return Rows(f"INSERT INTO {table} ({', '.join(columns)}) VALUES\n", "  (", ")", ",\n", ";\n")

    def head(self) -> str:
        """Settings of the session, before all else."""
        return ""

    def begin(self) -> str:
        return "BEGIN;\n"

    def commit(self) -> str:
        return "COMMIT;\n"

    def use_schema(self, schema: str, *, create: bool) -> str:
        """Make ``schema`` (quoted) if it is not there, where asked, and set the session to it, unless names
        are qualified. Raises UsageError where there are no schemas."""
        return ""

    def data(self, statement: str) -> Dialect:
        """The dialect of the rows, for ``insert`` or ``copy``. Raises UsageError where there is none."""
        if statement == "insert":
            return self
        raise UsageError(f"`statement=copy` is for dialect `postgresql`, not `{self.name}`", "leave it out")

    def drop(self, tables: Sequence[str]) -> str:
        """Remove tables that are there; children come before parents."""
        return "".join(f"DROP TABLE IF EXISTS {table};\n" for table in tables)

    def before_tables(self, enums: Sequence[t.Enum], *, drop: bool) -> str:
        """Types that tables need."""
        return ""

    def comment_above(self, doc: str) -> str:
        """Documentation as comment lines above a declaration or column, '' where it goes elsewhere."""
        return ""

    def column_comment(self, doc: str) -> str:
        """Documentation within a column's declaration."""
        return ""

    def table_options(self, doc: str) -> str:
        """What follows the closing parenthesis."""
        return ""

    def comments(self, table: str, relation: Relation) -> Iterable[str]:
        """Statements that document a table and its columns."""
        return ()

    def unique(self, table: str, name: str, columns: Sequence[Column]) -> str | None:
        """A statement in place of a UNIQUE in the table, where that would not do for these columns."""
        return None

    def key_type(self, column: Column, type_name: str) -> str:
        """The type of a column that is the key alone."""
        return type_name

    def nullable(self, column: Column, size: Size) -> bool:
        """Whether the column takes nulls (where the dialect cannot tell a value from null)."""
        return column.nullable

    def declares(self, key: ForeignKey) -> bool:
        """Whether the database can hold to a reference."""
        return True

    def references(self, key: ForeignKey) -> str:
        """What follows REFERENCES table (columns)."""
        return ""

    def index(self, name: str, table: str, columns: Sequence[str]) -> str:
        return f"CREATE INDEX {self.quote(name)} ON {table} ({', '.join(columns)});\n"

    def statement(self, text: str) -> str:
        """A statement with its end."""
        return f"{text};\n"

    def tail(self) -> str:
        """The end of the script."""
        return ""


class Qualify:
    """Names with their schema."""

    def __init__(self, dialect: Dialect, schema: str) -> None:
        self._dialect = dialect
        self._prefix = f"{dialect.quote(schema)}." if schema and dialect.qualifies else ""

    def __call__(self, name: str) -> str:
        return self._prefix + self._dialect.quote(name)


def one_line(doc: str, longest: int) -> str:
    """Documentation as one line of at most ``longest`` characters."""
    line = " ".join(doc.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def physical_array(value: Physical, dtype: t.DataType) -> tuple[Any, pa.Field]:
    """One constant in physical form as an array, and the field that goes with it."""
    kind = arrow_type(dtype)
    field = documented(pa.field("value", kind), "", dtype)
    match dtype:
        case t.Decimal(_, scale):
            import decimal

            exact = decimal.Context(prec=60).scaleb(decimal.Decimal(int(value)), -scale)
            return pa.array([exact], kind), field
        case t.Date():
            return pa.array([value], pa.int32()).cast(kind), field
        case t.Time() | t.Timestamp() | t.Duration():
            return pa.array([value], pa.int64()).cast(kind), field
        case t.Uuid():
            return pa.ExtensionArray.from_storage(kind, pa.array([value], pa.binary(16))), field
        case t.Enum(_, members):
            codes = pa.array([value], kind.index_type)
            return pa.DictionaryArray.from_arrays(codes, pa.array(members, pa.string())), field
        case _:
            return pa.array([value], kind), field
