"""Tables made in code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NoReturn

from specdsl.builder.errors import BuilderError
from specdsl.builder.expressions import Expr, Level, as_expr, owners_of
from specdsl.builder.lifecycles import Transitions, lifecycle_text, time_columns
from specdsl.builder.literals import long_text, percent_text, string_text
from specdsl.builder.names import name_text
from specdsl.builder.types import (
    Bounds,
    NullLike,
    NullWhen,
    Type,
    TypeLike,
    as_type,
    modifiers,
    null_text,
)
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


class Table:
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
        self.name = name
        self.dataset = dataset
        self._rows = rows
        self._grows = grows
        self.has_unnamed_columns = False
        self._over = over
        self._source = source
        self._query = query
        self._events: str | None = None
        self._doc = doc
        self._statements: list[tuple[str, str]] = []  # documentation and text
        self._columns: dict[str, None] = {}
        self._rules: set[str] = set()
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

    @property
    def rows(self) -> Expr:
        """The table in aggregates: ``fn.sum(orders.rows["total"])`` is ``sum(orders.total)``."""
        return self.as_expression()

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns so far."""
        return tuple(self._columns)

    def __getitem__(self, name: str) -> Expr:
        """Column ``name`` of this table's rows. Raises BuilderError where it is not declared (yet: then
        ``builder.name`` gives it)."""
        known = [*self._columns, *([self._over.name] if self._over is not None else [])]
        if name not in known and not self.has_unnamed_columns and self._events is None:
            near = nearest(name, known)
            hint = f"did you mean {near!r}?" if near else "b.name(...) names what is declared later"
            raise BuilderError(f"table `{self.name}` has no column `{name}`", hint)
        return Expr(name_text(name), Level.ATOM, frozenset({self.name}))

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
        doc: str = "",
    ) -> Expr:
        """``name type in low .. high key 90% null = value``.

        ``within``: the least and the most (None: open). ``null``: how often it is null, in percent or by
        ``null_when``; the type is nullable then, as with ``nullable``. ``absent``: the same, and JSON leaves
        it out. ``hidden``: usable, not written. ``bare``: rows in JSON are this value.
        """
        drawn = None if value is ... else as_expr(value)
        kind = None if type is None else as_type(type)
        marks, owners = modifiers(
            within=within, key=key, unique=unique, hidden=hidden, bare=bare, null=null, absent=absent
        )
        if kind is None:
            if drawn is None and not self.has_unnamed_columns:
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
        doc: str = "",
    ) -> tuple[Expr, ...]:
        """``(a, b) = value``: columns drawn together, by name or as one mapping from names to types.
        ``fields``: the fields of the value that columns take under names of their own."""
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
        self._add([f"({', '.join(targets)})"], drawn, doc)
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
        many batches. ``to``: a table, or the name of one that is declared later.
        """
        names = (name,) if isinstance(name, str) else tuple(name)
        if not names:
            raise BuilderError("a reference has a name")
        parent = self._parent(to)
        parts, used = [], []
        if skew is not None:
            parts.append(_call(skew))
        if since is not None:
            parts.append(_since(since))
        if null is not None and absent is not None:
            raise BuilderError("a reference is null at a rate or absent at a rate, not both")
        rate, word = (null, "null") if absent is None else (absent, "absent")
        if rate is not None and not isinstance(rate, NullWhen):
            parts.append(null_text(rate, word)[0])
        if each is not ...:
            text, owner = _each(each, max)
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

    # --- dirt ------------------------------------------------------------------------------

    def violate(
        self,
        rule: str,
        share: float | Decimal | None = None,
        *,
        rows: int | None = None,
        aspect: str | None = None,
    ) -> None:
        """``violate adult 0.5%``: rows that break a check, or what column ``rule`` requires; ``aspect`` says
        which of that, where there are several: ``null``, ``unique``. ``share`` in percent, or so many
        ``rows``."""
        part = "" if aspect is None else f".{aspect if aspect in ('null', 'unique') else name_text(aspect)}"
        self._statements.append(("", f"violate {name_text(rule)}{part} {_amount(share, rows)}"))

    def duplicate(
        self, share: float | Decimal | None = None, *, rows: int | None = None, near: bool = False
    ) -> None:
        """``duplicate rows 3%``: rows that come twice; ``near``: the copy is spelled otherwise."""
        amount = _amount(share, rows)
        counted = amount if rows is not None else f"rows {amount}"
        self._statements.append(("", f"duplicate {'near ' if near else ''}{counted}"))

    def typos(self, column: str, share: float | Decimal | None = None, *, rows: int | None = None) -> None:
        """``typos(name) 1%``: values with slips of the keyboard."""
        self._spoil("typos", column, share, rows)

    def outliers(self, column: str, share: float | Decimal | None = None, *, rows: int | None = None) -> None:
        """``outliers(total) 30 rows``: values far from all others."""
        self._spoil("outliers", column, share, rows)

    def malformed(
        self, column: str, share: float | Decimal | None = None, *, rows: int | None = None
    ) -> None:
        """``malformed(email) 1%``: values that have not the form that they should."""
        self._spoil("malformed", column, share, rows)

    def _spoil(self, word: str, column: str, share: float | Decimal | None, rows: int | None) -> None:
        _ = self[column]
        self._statements.append(("", f"{word}({name_text(column)}) {_amount(share, rows)}"))

    # --- rules -----------------------------------------------------------------------------

    def key(self, *columns: str) -> None:
        """``key (a, b)``: the primary key."""
        self._columns_rule("key", columns)

    def unique(self, *columns: str) -> None:
        """``unique (a, b)``: no two rows agree on all of them."""
        self._columns_rule("unique", columns)

    def partition_by(self, *columns: str) -> None:
        """``partition by (a, b)``: files are divided into folders by the values of these columns."""
        self._columns_rule("partition by", columns)

    def check(self, name: str, condition: object, *, doc: str = "") -> None:
        """``check name: condition``: what must hold in every row."""
        rule = as_expr(condition)
        self._own(f"check `{name}`", rule.owners, None, None)
        if name in self._rules:
            raise BuilderError(f"table `{self.name}` has a check `{name}` already")
        self._rules.add(name)
        self._statements.append((doc, f"check {name_text(name)}: {rule.at(Level.CHOICE)}"))

    # --- the text --------------------------------------------------------------------------

    def to_dgen(self) -> str:
        """The table's part of the spec, not laid out yet."""
        head = f"table {name_text(self.name)}"
        doc = _doc(self._doc)
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
        body = "\n".join(f"{_doc(about)}{text}" for about, text in self._statements)
        return f"{doc}{head} {{\n{body}\n}}"

    def _add(self, parts: Sequence[str], value: Expr | None, doc: str) -> None:
        text = " ".join(part for part in parts if part)
        self._statements.append((doc, text if value is None else f"{text} = {value.at(Level.CHOICE)}"))

    def _take(self, name: str) -> None:
        if self._query is not None:
            raise BuilderError(f"table `{self.name}` is made by SQL: its columns are the query's")
        if name in self._columns:
            raise BuilderError(f"table `{self.name}` has a column `{name}` already")
        name_text(name)
        self._columns[name] = None

    def _own(self, what: str, owners: frozenset[str], value: Expr | None, type: Type | None) -> None:
        """Raises BuilderError where columns of other tables are named as this row's own."""
        owners |= value.owners if value is not None else frozenset()
        owners |= type.owners if type is not None else frozenset()
        for other in sorted(owners - {self.name}):
            raise BuilderError(
                f"{what} of `{self.name}` names a column of `{other}` as its own row's",
                f'follow a reference (table["ref"]["column"]), or b.candidate["column"] in a where, '
                f'or {other}.rows["column"] in an aggregate',
            )

    def _parent(self, to: Table | str) -> str:
        if isinstance(to, Table):
            if to.dataset is not self.dataset:
                raise BuilderError(f"table `{to.name}` is of another dataset, `{to.dataset.name}`")
            return name_text(to.name)
        self.dataset.expect(to, f"table `{self.name}` refers to")
        return name_text(to)

    def _columns_rule(self, word: str, columns: tuple[str, ...]) -> None:
        if not columns:
            raise BuilderError(f"{word}(...) names columns")
        for column in columns:
            _ = self[column]
        rule = f"{word} ({', '.join(map(name_text, columns))})"
        if rule in self._rules or (word == "key" and any(r.startswith("key ") for r in self._rules)):
            raise BuilderError(f"table `{self.name}` has its {word} already")
        self._rules.add(rule)
        self._statements.append(("", rule))


def _each(count: object, most: object) -> tuple[str, Expr]:
    """``each ...``, and what its names belong to."""
    limit = None if most is None else as_expr(most)
    end = "" if limit is None else f" max {limit.at(Level.SUM)}"
    if count is True:
        if limit is not None:
            raise BuilderError("max= bounds a number of children, and each=True is one")
        return "each", Expr("")
    if isinstance(count, tuple):
        if len(count) != 2 or all(n is None for n in count):
            raise BuilderError(f"each= is the least and the most of children (None: open), not {count!r}")
        low, high = ("" if n is None else as_expr(n).at(Level.UNARY) for n in count)
        return f"each {low}..{high}{end}", Expr("")
    number = as_expr(count)
    loose = number.level < Level.SUM and not number.text.startswith(("if ", "match "))
    return f"each {f'({number.text})' if loose else number.text}{end}", number


def _since(age: dt.timedelta | int) -> str:
    """``since 30d`` or ``since 3 batches``."""
    if isinstance(age, dt.timedelta):
        return f"since {as_expr(age)}"
    if isinstance(age, bool) or not isinstance(age, int) or age < 1:
        raise BuilderError(f"since= is a timedelta or a number of batches, not {age!r}")
    return f"since {age} batch{'' if age == 1 else 'es'}"


def _amount(share: float | Decimal | None, rows: int | None) -> str:
    """``3%`` or ``30 rows``."""
    if (share is None) == (rows is None):
        raise BuilderError("a share in percent, or rows= so many: one of the two")
    if rows is None:
        assert share is not None
        return percent_text(share)
    if isinstance(rows, bool) or not isinstance(rows, int) or rows < 1:
        raise BuilderError(f"rows= is a number of rows, not {rows!r}")
    return f"{as_expr(rows)} rows"


def _call(skew: object) -> str:
    text = as_expr(skew).text
    if not text.endswith(")") or not text.split("(")[0].isidentifier():
        raise BuilderError(f"skew= is a call like fn.zipf(1.1), not {text}")
    return text


def _doc(text: str) -> str:
    return "".join(f"## {line}".rstrip() + "\n" for line in text.splitlines())
