"""Datasets made in code, which print as specs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from specdsl.builder.clauses import doc_text
from specdsl.builder.errors import BuilderError
from specdsl.builder.expressions import Expr, Level, as_expr
from specdsl.builder.literals import percent_text, string_text
from specdsl.builder.names import name_text
from specdsl.builder.tables import Over, Table
from specdsl.builder.types import Bounds, Type, TypeLike, as_type, modifiers
from specdsl.diagnostics.nearest import nearest

if TYPE_CHECKING:
    from specdsl.api import Data
    from specdsl.plugins.loading import Plugin


class EnumType(Type):
    """A declared enum: a type, and its members by name: ``status["paid"]``."""

    __slots__ = ("members", "name")
    name: str
    members: tuple[str, ...]

    def __init__(self, name: str, members: Sequence[str]) -> None:
        super().__init__(name_text(name))
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "members", tuple(members))

    def __getitem__(self, member: str) -> Expr:
        """``Status.paid``. Raises BuilderError."""
        members = self.members
        if member not in members:
            near = nearest(member, members)
            hint = f"did you mean {near!r}?" if near else f"there are {', '.join(members)}"
            raise BuilderError(f"enum `{self.name}` has no member `{member}`", hint)
        return Expr(f"{self.text}.{name_text(member)}")


class Dataset:
    """A spec under way. ``to_dgen()`` gives its text, ``load()`` its data.

    ``seed``, ``now`` and ``locale`` are the dataset's settings, and ``per_batch``, by how much the clock
    moves from one batch of a checkpoint to the next; what is not given is not written.
    """

    def __init__(
        self,
        name: str,
        *,
        seed: int | None = None,
        now: dt.datetime | None = None,
        locale: str | None = None,
        per_batch: dt.timedelta | None = None,
        doc: str = "",
    ) -> None:
        name_text(name)
        self.name = name
        given = (("seed", seed), ("now", now), ("locale", locale), ("per batch", per_batch))
        self._settings = {key: as_expr(value).at(Level.CHOICE) for key, value in given if value is not None}
        self._doc = doc
        self._imports: list[str] = []
        self._items: list[str | Table] = []
        self._tables: dict[str, Table] = {}
        self._names: dict[str, str] = {}
        self._expected: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"<dataset {self.name}: {', '.join(self._tables) or 'no tables yet'}>"

    def __str__(self) -> str:
        return self.to_dgen()

    def __getitem__(self, name: str) -> Table:
        """Table ``name``. Raises BuilderError."""
        if name not in self._tables:
            near = nearest(name, self._tables)
            hint = f"did you mean {near!r}?" if near else f"there are {', '.join(self._tables) or 'none yet'}"
            raise BuilderError(f"there is no table `{name}`", hint)
        return self._tables[name]

    # --- declarations ----------------------------------------------------------------------

    def table(
        self,
        name: str,
        rows: int | None = None,
        *,
        over: Over | None = None,
        source: str | PathLike[str] | None = None,
        database: str | None = None,
        stored: str | None = None,
        grows: int | None = None,
        locale: str | None = None,
        doc: str = "",
    ) -> Table:
        """A table of ``rows`` rows; of one row for each value of a range (``over``); of the rows of a data
        file (``source``) or of a database (``database``: its name, whose address ``load`` takes); or of as
        many as its references with ``each`` make. ``stored``: the table there, if it is called otherwise.
        ``grows``: so many rows more in each later batch of a checkpoint. ``locale``: of its names and
        places."""
        for count, what in ((rows, "the rows of a table are"), (grows, "what a table grows by is")):
            if count is not None and (isinstance(count, bool) or not isinstance(count, int) or count < 0):
                raise BuilderError(f"{what} a number, not {count!r}")
        if grows is not None and rows is None:
            raise BuilderError(f"table `{name}` has no number of rows that could grow", "rows= says how many")
        if source is not None and database is not None:
            raise BuilderError(f"table `{name}` takes its rows from a file or from a database, not both")
        if (source is not None or database is not None) and (rows is not None or over is not None):
            what = "a file" if database is None else "a database"
            raise BuilderError(f"table `{name}` takes its rows from {what}: it has no other count")
        if stored is not None and source is None and database is None:
            raise BuilderError(f"table `{name}` is in no database", "database= names it, or source= its file")
        origin = None
        if source is not None:
            origin = string_text(Path(source).as_posix())
        elif database is not None:
            origin = f"database {name_text(database)}"
        if stored is not None:
            origin = f"{origin} table {string_text(stored)}"
        table = Table(self, name, rows, over, origin, None, locale, doc, grows)
        table.has_unnamed_columns = source is not None
        return self._add(name, table)

    def query(self, name: str, sql: str, *, doc: str = "") -> Table:
        """``table name = sql(...)``: derived by DuckDB from the built tables. ``sql`` is the text of a query,
        or the name of a file that ends in ``.sql``."""
        return self._add(name, Table(self, name, None, None, None, sql, None, doc))

    def events(self, name: str, table: Table, lifecycle: str, *, doc: str = "") -> Table:
        """``table name from orders.status``: one row for each state that a row of ``table`` has entered."""
        made = Table(self, name, None, None, None, None, None, doc)
        made.takes_events(table[lifecycle], table)
        return self._add(name, made)

    def records(self, name: str, versions: Table, history: str, *, doc: str = "") -> Table:
        """``table name from versions.valid``: what was known of the versions of a history, and when. How soon
        it was known is said by the ``recorded_history`` of the table."""
        made = Table(self, name, None, None, None, None, None, doc)
        made.takes_records(history, versions)
        return self._add(name, made)

    def enum(
        self, name: str, members: Mapping[str, float | Decimal | None] | Sequence[str], *, doc: str = ""
    ) -> EnumType:
        """``enum Status { pending 20%, paid }``: members, or a mapping from them to percentages (None: shares
        what is left)."""
        shares = members if isinstance(members, Mapping) else dict.fromkeys(members)
        if not shares or (not isinstance(members, Mapping) and len(shares) != len(members)):
            raise BuilderError(f"enum `{name}` has members, each once")
        parts = []
        for member, share in shares.items():
            written = member if member.isidentifier() else string_text(member)
            written = name_text(member) if written == member else written
            parts.append(written if share is None else f"{written} {percent_text(share)}")
        self._declare(name, f"{doc_text(doc)}enum {name_text(name)} {{ {', '.join(parts)} }}")
        return EnumType(name, list(shares))

    def type(
        self,
        name: str,
        type: TypeLike,
        *,
        value: object = ...,
        within: Bounds | None = None,
        depth: int | None = None,
        doc: str = "",
    ) -> Type:
        """``type Money = decimal(10, 2) in 0 .. 100_000``; with ``value`` it says how it is drawn, too.
        ``depth``: how often a type that holds itself may do so."""
        kind = as_type(type)
        marks, _ = modifiers(within=within)
        drawn = "" if value is ... else f"= {as_expr(value).at(Level.CHOICE)}"
        nested = "" if depth is None else f" depth {as_expr(depth)}"
        parts = (f"type {name_text(name)}{nested} =", kind.text, marks, drawn)
        self._declare(name, doc_text(doc) + " ".join(part for part in parts if part))
        return Type(name_text(name))

    def pool(self, name: str, path: str | PathLike[str], *, weight: str | None = None, doc: str = "") -> Expr:
        """``pool Plans = load("plans.csv")``: a data file to draw rows from, by the column ``weight``."""
        told = "" if weight is None else f", weight: {string_text(weight)}"
        text = f"pool {name_text(name)} = load({string_text(Path(path).as_posix())}{told})"
        self._declare(name, doc_text(doc) + text)
        return Expr(name_text(name))

    def include(self, path: str | PathLike[str]) -> None:
        """``import "common.dgen"``: the enums, types, pools and tables of another file. Those are named by
        texts: ``b.name("Plans")``, ``"Money"`` as a type, ``"users"`` as a table."""
        written = Path(path).as_posix()
        if written in self._imports:
            raise BuilderError(f"`{written}` is imported already")
        self._imports.append(written)

    # --- what comes of it ------------------------------------------------------------------

    def to_dgen(self) -> str:
        """The spec, in the one layout. Raises BuilderError for references to tables that were never declared,
        SpecError where the text has mistakes of syntax."""
        from specdsl.api import loading

        for name, why in self._expected.items():
            if name not in self._tables and not self._imports:
                near = nearest(name, self._tables)
                hint = f"did you mean {near!r}?" if near else f"there are {', '.join(self._tables)}"
                raise BuilderError(f"{why} `{name}`, which is no table", hint)
        settings = "\n".join(f"{key} {value}" for key, value in self._settings.items())
        parts = [f"import {string_text(path)}" for path in self._imports]
        body = f"\n{settings}\n" if settings else ""
        parts.append(f"{doc_text(self._doc)}dataset {name_text(self.name)} {{{body}}}")
        parts += [item.to_dgen() if isinstance(item, Table) else item for item in self._items]
        return loading.format("\n\n".join(parts) + "\n")

    def load(
        self,
        *,
        seed: int | None = None,
        rows: int | Mapping[str, int] | None = None,
        scale: float | None = None,
        edge: float = 0.0,
        plugins: Sequence[Plugin] = (),
        databases: Mapping[str, str] | None = None,
    ) -> Data:
        """The data of the spec, as ``specdsl.load`` gives it. Raises SpecError, with the lines of
        ``to_dgen()``."""
        from specdsl.api import load

        return load(
            self.to_dgen(),
            seed=seed,
            rows=rows,
            scale=scale,
            edge=edge,
            plugins=plugins,
            databases=databases,
        )

    def save(self, path: str | PathLike[str]) -> None:
        """Write the spec to a file. Raises EnvironmentFailure."""
        from specdsl.building.failures import environment

        text = self.to_dgen()
        with environment(Path(path)):
            Path(path).write_text(text, "utf-8", newline="\n")

    def expect(self, name: str, why: str) -> None:
        """Remember that ``name`` has to be a table in the end; ``why`` begins the message if it is not."""
        self._expected.setdefault(name, why)

    def _add(self, name: str, table: Table) -> Table:
        self._claim(name, "table")
        self._tables[name] = table
        self._items.append(table)
        return table

    def _declare(self, name: str, text: str) -> None:
        self._claim(name, "name")
        self._items.append(text)

    def _claim(self, name: str, kind: str) -> None:
        name_text(name)
        if name in self._names:
            raise BuilderError(f"the dataset has a {self._names[name]} `{name}` already")
        self._names[name] = kind
