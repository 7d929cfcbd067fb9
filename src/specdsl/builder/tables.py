"""Tables made in code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NoReturn

from specdsl.builder.bodies import Body
from specdsl.builder.clauses import doc_text, each_text, since_text, skew_text
from specdsl.builder.errors import BuilderError
from specdsl.builder.expressions import Expr, Level, as_expr, owners_of
from specdsl.builder.histories import history_text, recorded_text
from specdsl.builder.lifecycles import Transitions, lifecycle_text, time_columns
from specdsl.builder.literals import long_text, string_text
from specdsl.builder.names import name_text
from specdsl.builder.types import (
    Bounds,
    Changes,
    NullLike,
    NullWhen,
    TypeLike,
    as_type,
    modifiers,
    null_text,
)
from specdsl.check.history_columns import made_names
from specdsl.diagnostics.nearest import nearest

if TYPE_CHECKING:
    from specdsl.builder.datasets import Dataset


@dataclass(frozen=True, slots=True)
class Over:
    """The range that a table goes over. See ``over``."""

    name: str
    text: str


def over(name: str, low: object, high: object, by: object = None) -> Over:
    """``over name = low .. high by step``: one row for each value. Without ``by`` the step is 1 for ints, a
    day for dates and timestamps."""
    ends = f"{as_expr(low).at(Level.UNARY)} .. {as_expr(high).at(Level.UNARY)}"
    step = "" if by is None else f" by {as_expr(by).at(Level.SUM)}"
    return Over(name, f"over {name_text(name)} = {ends}{step}")


class Table(Body):
    """A table of a dataset. Columns are in the order of the calls that declare them; each of those gives the
    column as an expression, as ``table["name"]`` does later."""

    def __init__(
        self,
        dataset: Dataset,
        name: str,
        rows: int | None,
        over: Over | None,
        source: str | None,
        query: str | None,
        locale: str | None,
        doc: str,
        grows: int | None = None,
    ) -> None:
        super().__init__(name)
        self.dataset = dataset
        self._rows = rows
        self._grows = grows
        self._over = over
        self._source = source
        self._query = query
        self._events: str | None = None
        self._doc = doc
        self._versioning: set[str] = set()  # columns of a history that the body may declare, too
        self._histories: set[str] = set()
        if locale is not None:
            self._statements.append(("", f"locale {string_text(locale)}"))

    def __repr__(self) -> str:
        return f"<table {self.name}: {', '.join(self._columns) or 'no columns yet'}>"

    def as_expression(self) -> Expr:
        """The table's name, as aggregates take it: ``fn.count(orders)``."""
        return Expr(name_text(self.name))

    def takes_events(self, lifecycle: Expr, of: Table) -> None:
        """Makes the rows those of a lifecycle's events. See ``Dataset.events``."""
        self._events = f"{name_text(of.name)}.{lifecycle.text}"
        self.has_unnamed_columns = True

    def takes_records(self, history: str, of: Table) -> None:
        """Makes the rows what was known of a history. See ``Dataset.records``."""
        if history not in of._histories:
            near = nearest(history, of._histories)
            hint = f"did you mean {near!r}?" if near else "versions.history(...) comes first"
            raise BuilderError(f"table `{of.name}` has no history `{history}`", hint)
        self._events = f"{name_text(of.name)}.{name_text(history)}"
        self.has_unnamed_columns = True

    @property
    def rows(self) -> Expr:
        """The table in aggregates: ``fn.sum(orders.rows["total"])`` is ``sum(orders.total)``."""
        return self.as_expression()

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns so far."""
        return tuple(self._columns)

    def __iter__(self) -> NoReturn:
        raise TypeError("a table of the builder has no rows: .load() makes them")

    # --- columns ---------------------------------------------------------------------------

    def column(
        self,
        name: str,
        type: TypeLike | None = None,
        *,
        value: object = ...,
        within: Bounds | None = None,
        key: bool = False,
        unique: bool = False,
        hidden: bool = False,
        bare: bool = False,
        nullable: bool = False,
        null: NullLike | None = None,
        absent: NullLike | None = None,
        changes: Changes | None = None,
        doc: str = "",
    ) -> Expr:
        """``name type in low .. high key 90% null = value``.

        ``within``: the least and the most (None: open). ``null``: how often it is null, in percent or by
        ``null_when``; the type is nullable then, as with ``nullable``. ``absent``: the same, and JSON leaves
        it out. ``hidden``: usable, not written. ``bare``: rows in JSON are this value. ``changes``: in so
        many percent of the rows it is another than in the row before (True: in every one), along a history or
        an ``each``; in the others it is the same.
        """
        drawn = None if value is ... else as_expr(value)
        kind = None if type is None else as_type(type)
        marks, owners = modifiers(
            within=within,
            key=key,
            unique=unique,
            hidden=hidden,
            bare=bare,
            null=null,
            absent=absent,
            changes=changes,
        )
        if kind is None:
            if drawn is None and (self._events is not None or not self.has_unnamed_columns):
                raise BuilderError(f"column `{name}` has a type or a value")
            if marks not in ("", "hidden") or nullable:
                raise BuilderError(f"column `{name}` needs a type for what else is said of it")
        self._own(f"column `{name}`", owners, drawn, kind)
        self._take(name)
        parts = [name_text(name)]
        if kind is not None:
            parts.append(kind.written(nullable=nullable or null is not None))
        self._add([*parts, marks], drawn, doc)
        return self[name]

    def group(
        self,
        *names: str | Mapping[str, TypeLike | None],
        value: object,
        fields: Mapping[str, str] | None = None,
        changes: Changes | None = None,
        doc: str = "",
    ) -> tuple[Expr, ...]:
        """``(a, b) = value``: columns drawn together, by name or as one mapping from names to types.
        ``fields``: the fields of the value that columns take under names of their own. ``changes``: as those
        of ``column``, for all of them at once."""
        typed: dict[str, TypeLike | None] = {}
        for given in names:
            typed |= dict(given) if isinstance(given, Mapping) else {given: None}
        if len(typed) < 2:
            raise BuilderError("a group has two columns or more")
        drawn = as_expr(value)
        self._own(f"group ({', '.join(typed)})", frozenset(), drawn, None)
        targets = []
        for name, type in typed.items():
            self._take(name)
            field = (fields or {}).get(name)
            alias = "" if field is None else f" as {name_text(name)}"
            kind = "" if type is None else f" {as_type(type).text}"
            targets.append(f"{name_text(field or name)}{alias}{kind}")
        marks, _ = modifiers(changes=changes)
        self._add([f"({', '.join(targets)})", marks], drawn, doc)
        return tuple(self[name] for name in typed)

    def reference(
        self,
        name: str | Sequence[str],
        to: Table | str,
        *,
        each: object = ...,
        max: object = None,
        skew: object = None,
        where: object = None,
        distinct_per: str | Sequence[str] = (),
        since: dt.timedelta | int | None = None,
        as_of: Expr | str | None = None,
        on_delete: str | None = None,
        key: bool = False,
        unique: bool = False,
        hidden: bool = False,
        nullable: bool = False,
        null: NullLike | None = None,
        absent: NullLike | None = None,
        doc: str = "",
    ) -> Expr:
        """``name -> table``; several names for a key of several columns.

        ``each``: children per parent: True for one, a number, an expression (``fn.poisson(3)``) with ``max``,
        or the least and the most (None: open). ``skew``: ``fn.zipf(1.1)``. ``where``: which parents, with
        ``candidate["column"]`` for theirs. ``since``: only parents of batches that young, by the clock or so
        many batches. ``as_of``: the version that is valid then, of a table with a history. ``to``: a table,
        or the name of one that is declared later. ``on_delete``: ``"restrict"``, ``"cascade"`` or
        ``"set null"``, where rows that it refers to are deleted.
        """
        names = (name,) if isinstance(name, str) else tuple(name)
        if not names:
            raise BuilderError("a reference has a name")
        parent = self._parent(to)
        parts, used = [], []
        if skew is not None:
            parts.append(skew_text(skew))
        if since is not None:
            parts.append(since_text(since))
        if null is not None and absent is not None:
            raise BuilderError("a reference is null at a rate or absent at a rate, not both")
        rate, word = (null, "null") if absent is None else (absent, "absent")
        if rate is not None and not isinstance(rate, NullWhen):
            parts.append(null_text(rate, word)[0])
        if on_delete is not None:  # before `each`, whose open end would take what follows it for its end
            if on_delete not in ("restrict", "cascade", "set null"):
                raise BuilderError(f'on_delete= is "restrict", "cascade" or "set null", not {on_delete!r}')
            parts.append(f"on delete {on_delete}")
        if each is not ...:
            text, owner = each_text(each, max)
            parts.append(text)
            used.append(owner)
        elif max is not None:
            raise BuilderError("max= belongs to each=")
        if where is not None:
            condition = as_expr(where)
            parts.append(f"where {condition.at(Level.OR)}")
            used.append(condition)
        if distinct_per:
            per = (distinct_per,) if isinstance(distinct_per, str) else tuple(distinct_per)
            listed = ", ".join(map(name_text, per))
            parts.append(f"distinct per {listed if len(per) == 1 else f'({listed})'}")
        if as_of is not None:
            if each is not ...:
                raise BuilderError("as_of= chooses a version, and each= makes rows for every one")
            moment = self._named(as_of)
            parts.append(f"as of {moment.at(Level.SUM)}")
            used.append(moment)
        marks, _ = modifiers(key=key, unique=unique, hidden=hidden)
        parts += [marks] if marks else []
        if isinstance(rate, NullWhen):
            text, owner = null_text(rate, word)
            parts.append(text)
            used.append(owner)
        self._own(f"reference `{names[0]}`", owners_of(*used), None, None)
        for each_name in names:
            self._take(each_name)
        written = name_text(names[0]) if len(names) == 1 else f"({', '.join(map(name_text, names))})"
        self._add([written, f"-> {parent}{'?' if nullable else ''}", *parts], None, doc)
        return self[names[0]]

    def lifecycle(
        self,
        name: str,
        start: Expr | str,
        transitions: Transitions,
        *,
        type: TypeLike | None = None,
        until: object = None,
        times: Mapping[str, str] | None = None,
        doc: str = "",
    ) -> Expr:
        """``lifecycle name from start { ... }``: a column with the state, and one with the time of each state
        after the first.

        ``transitions``: for each state what may follow it, with the delay, or with ``(percent, delay)``:
        ``{"placed": {"paid": (92, between(...)), "cancelled": between(...)}}``. ``type``: an enum of the
        states. ``until``: when nothing happens any more, instead of ``now``. ``times``: names of the columns
        of states.
        """
        begin = Expr(name_text(start)) if isinstance(start, str) else start
        end = None if until is None else as_expr(until)
        kind = None if type is None else as_type(type)
        named = dict(times or {})
        text, delays = lifecycle_text(
            name, begin.text, transitions, None if kind is None else kind.text, end, named
        )
        self._own(
            f"lifecycle `{name}`", owners_of(begin, *delays, *([] if end is None else [end])), None, kind
        )
        for column in (name, *time_columns(transitions, named)):
            self._take(column)
        self._statements.append((doc, text))
        return self[name]

    def history(
        self, name: str, start: Expr, *, lasting: object = None, until: Expr | None = None, doc: str = ""
    ) -> None:
        """``history valid from .joined_at lasting 20d..200d until .left_at``: the rows of each parent are its
        versions, with the columns ``version``, ``valid_from``, ``valid_to`` and ``is_current``.

        ``start`` and ``until``: ``candidate["joined_at"]``, when the parent's first version begins and its
        last one ends. ``lasting``: how long each is valid; else they share what time there is.
        """
        text, owners = history_text(name, start, lasting, until)
        self._own(f"history `{name}`", owners, None, None)
        self._take_history(name)
        for column in made_names(name):
            if column not in self._columns:
                self._take(column)
                self._versioning.add(column)
        self._statements.append((doc, text))

    def recorded_history(
        self,
        name: str,
        after: object,
        *,
        corrected: tuple[float | Decimal, object] | None = None,
        doc: str = "",
    ) -> None:
        """``history system after 0s..3d corrected 10% after 5d..60d``: in a table of ``Dataset.records``, how
        long it takes until a version becomes known, and how often (in percent) it is wrong at first and how
        long that goes on."""
        text, owners = recorded_text(name, after, corrected)
        self._own(f"history `{name}`", owners, None, None)
        self._take_history(name)
        self._statements.append((doc, text))

    def _take_history(self, history: str) -> None:
        if self._histories:
            raise BuilderError(f"table `{self.name}` has a history already")
        self._histories.add(history)

    # --- the text --------------------------------------------------------------------------

    def to_dgen(self) -> str:
        """The table's part of the spec, not laid out yet."""
        head = f"table {name_text(self.name)}"
        doc = doc_text(self._doc)
        if self._query is not None:
            return f"{doc}{head} = sql({long_text(self._query)})"
        if self._rows is not None:
            head += f" {as_expr(self._rows)}"
        if self._over is not None:
            head += f" {self._over.text}"
        if self._grows is not None:
            head += f" grows {as_expr(self._grows)} per batch"
        if self._source is not None or self._events is not None:
            head += f" from {self._events or self._source}"
            if not self._statements:
                return f"{doc}{head}"
        body = "\n".join(f"{doc_text(about)}{text}" for about, text in self._statements)
        return f"{doc}{head} {{\n{body}\n}}"

    def _add(self, parts: Sequence[str], value: Expr | None, doc: str) -> None:
        text = " ".join(part for part in parts if part)
        self._statements.append((doc, text if value is None else f"{text} = {value.at(Level.CHOICE)}"))

    def _take(self, name: str) -> None:
        if self._query is not None:
            raise BuilderError(f"table `{self.name}` is made by SQL: its columns are the query's")
        if name in self._columns and name not in self._versioning:
            raise BuilderError(f"table `{self.name}` has a column `{name}` already")
        name_text(name)
        self._columns[name] = None
        self._versioning.discard(name)

    def _known(self) -> list[str]:
        return [*self._columns, *([self._over.name] if self._over is not None else [])]

    def _parent(self, to: Table | str) -> str:
        if isinstance(to, Table):
            if to.dataset is not self.dataset:
                raise BuilderError(f"table `{to.name}` is of another dataset, `{to.dataset.name}`")
            return name_text(to.name)
        self.dataset.expect(to, f"table `{self.name}` refers to")
        return name_text(to)
