"""What tables made in code say of their rows, besides the columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from os import PathLike

from specdsl.builder.clauses import amount_text, assigned, strength_text, variant_text
from specdsl.builder.errors import BuilderError
from specdsl.builder.expressions import Expr, Level, as_expr
from specdsl.builder.names import name_text
from specdsl.builder.targets import Amounts, target_text
from specdsl.builder.types import Type
from specdsl.diagnostics.nearest import nearest


class Body:
    """The body of a table: its statements, and what is said about columns that are there."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.has_unnamed_columns = False
        self._statements: list[tuple[str, str]] = []  # documentation and text
        self._columns: dict[str, None] = {}
        self._rules: set[str] = set()
        self._changes: list[str] = []

    def __getitem__(self, name: str) -> Expr:
        """Column ``name`` of this table's rows. Raises BuilderError where it is not declared (yet: then
        ``builder.name`` gives it)."""
        known = self._known()
        if name not in known and not self.has_unnamed_columns:
            near = nearest(name, known)
            hint = f"did you mean {near!r}?" if near else "b.name(...) names what is declared later"
            raise BuilderError(f"table `{self.name}` has no column `{name}`", hint)
        return Expr(name_text(name), Level.ATOM, frozenset({self.name}))

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

    # --- targets, variants, designs --------------------------------------------------------

    def target(
        self,
        measure: Expr | str,
        amounts: Amounts | None = None,
        *,
        by: Expr | str | Sequence[Expr | str] = (),
        source: str | PathLike[str] | None = None,
        value_column: str | None = None,
        group_columns: str | Sequence[str] = (),
        free: bool = False,
        doc: str = "",
    ) -> None:
        """``target sum(total) by country { "DE": 1_200 }``: what groups of rows come to, exactly.

        ``measure``: ``"count"``, or a call: ``fn.sum(total)``, ``fn.share(condition)``. ``amounts``: a
        mapping from groups to what they come to (from tuples, where ``by`` is several), or a number for all
        rows; in percent for ``share`` and ``retention``. Or ``source``: a data file, whose columns may be
        called otherwise: ``value_column`` and, for those of ``by``, ``group_columns``. ``free``: groups that
        are not listed come to anything.
        """
        groups = [self._named(one) for one in ([by] if isinstance(by, Expr | str) else by)]
        columns = [group_columns] if isinstance(group_columns, str) else group_columns
        text, owners = target_text(measure, groups, amounts, source, value_column, columns, free)
        self._own("a target", owners, None, None)
        self._statements.append((doc, text))

    def variant(
        self,
        name: str,
        share: float | Decimal | None = None,
        values: Mapping[str, object] | None = None,
        *,
        rows: int | None = None,
        where: object = None,
        doc: str = "",
    ) -> None:
        """``variant edge 5% { age = boundary() }``: rows that differ on purpose and are valid all the same.

        ``share`` in percent, of those rows for which ``where`` holds, or so many ``rows``. ``values``: what
        columns are in them; without it, all that these rows draw is at an edge.
        """
        for column in values or {}:
            _ = self[column]
        condition = None if where is None else as_expr(where)
        text, owners = variant_text(name, amount_text(share, rows), condition, values)
        self._own(f"variant `{name}`", owners, None, None)
        if f"variant {name}" in self._rules:
            raise BuilderError(f"table `{self.name}` has a variant `{name}` already")
        self._rules.add(f"variant {name}")
        self._statements.append((doc, text))

    def cover(self, *columns: str, strength: int | str = "pairwise") -> None:
        """``cover pairwise (browser, os)``: rows with every combination of values that any two of these
        columns can have. ``strength``: ``"all"`` for all of the columns at once, ``3`` for any three."""
        if len(columns) < 2:
            raise BuilderError("cover(...) combines the values of columns: it names two or more")
        if any(rule.startswith("cover ") for rule in self._rules):
            raise BuilderError(
                f"table `{self.name}` has its cover already", "for another design use a table of its own"
            )
        self._columns_rule(f"cover {strength_text(strength)}", columns)

    # --- changes in later batches ----------------------------------------------------------

    def update(
        self,
        share: float | Decimal | None = None,
        values: Mapping[str, object] | Sequence[str] = (),
        *,
        rows: int | None = None,
        where: object = None,
    ) -> None:
        """``update 5% of rows where active set status, price = price * 1.1``: what each later batch of a
        checkpoint does to rows that are there. ``values``: columns, which are drawn anew, or a mapping from
        them to new values (``...``: drawn anew)."""
        if isinstance(values, str) or not values:
            raise BuilderError("an update names the columns that it sets, in a list or a mapping")
        for column in values:
            _ = self[column]
        text, owners = assigned(values)
        self._own("an update", owners, None, None)
        self._change(f"{self._chosen('update', share, rows, where)} set {text}")

    def delete(
        self, share: float | Decimal | None = None, *, rows: int | None = None, where: object = None
    ) -> None:
        """``delete 2 rows``: in each later batch of a checkpoint."""
        self._change(self._chosen("delete", share, rows, where))

    def time_passes(self, *columns: str) -> None:
        """``update dormant as time passes``: columns that follow from ``now`` go with the clock."""
        if not columns:
            raise BuilderError("time_passes(...) names columns")
        names = [self[column].text for column in columns]
        self._change(f"update {', '.join(names)} as time passes")

    def _chosen(self, word: str, share: float | Decimal | None, rows: int | None, where: object) -> str:
        amount = amount_text(share, rows)
        text = f"{word} {amount}" if rows is not None else f"{word} {amount} of rows"
        if where is None:
            return text
        condition = as_expr(where)
        self._own(f"{'an' if word == 'update' else 'a'} {word}", condition.owners, None, None)
        return f"{text} where {condition.at(Level.OR)}"

    def _change(self, text: str) -> None:
        if self._changes:
            self._statements.pop(self._statements.index(("", self._changes_text())))
        self._changes.append(text)
        self._statements.append(("", self._changes_text()))

    def _changes_text(self) -> str:
        return "\n".join(["changes {", *(f"  {change}" for change in self._changes), "}"])

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
        self._statements.append(("", f"violate {name_text(rule)}{part} {amount_text(share, rows)}"))

    def duplicate(
        self, share: float | Decimal | None = None, *, rows: int | None = None, near: bool = False
    ) -> None:
        """``duplicate rows 3%``: rows that come twice; ``near``: the copy is spelled otherwise."""
        amount = amount_text(share, rows)
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

    def misencoded(
        self, column: str, share: float | Decimal | None = None, *, rows: int | None = None
    ) -> None:
        """``misencoded(name) 1%``: texts that went through a wrong encoding."""
        self._spoil("misencoded", column, share, rows)

    def _spoil(self, word: str, column: str, share: float | Decimal | None, rows: int | None) -> None:
        _ = self[column]
        self._statements.append(("", f"{word}({name_text(column)}) {amount_text(share, rows)}"))

    # --- what they rest on ------------------------------------------------------------------

    def _known(self) -> list[str]:
        """The names that stand for something in a row."""
        return list(self._columns)

    def _named(self, given: Expr | str) -> Expr:
        """A column by its name, or an expression as it is."""
        return self[given] if isinstance(given, str) else given

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
