"""Lowering until rows hold to the spec: what keeps them from it is left out, one rule at a time, and told."""

from __future__ import annotations

import re
from collections.abc import Iterator

from specdsl.diagnostics.importing_sql import SqlCheckLeftOut, SqlUniqueLeftOut
from specdsl.errors import SpecdslError
from specdsl.importers.emit import spec_text
from specdsl.importers.model import Spec
from specdsl.importers.rehearsal import Problem, problem
from specdsl.importers.sql.drafts import Draft, GivenUp, Notes
from specdsl.importers.sql.lowering import Lowered, commented, lowered, without
from specdsl.importers.sql.schema import Condition, Schema, Unique

_NOT_SATISFIED = "rows that are drawn as its columns are do not satisfy it"


class ImporterBug(SpecdslError):
    """A spec that turned out wrong before it was written."""


def proven(
    schema: Schema, dialect: str, rows: int, dataset: str, heading: str, notes: Notes
) -> tuple[Lowered, str]:
    """The lowered schema and its text, '' where no table is left. Raises ImporterBug where the tables are
    wrong without any of their conditions and unique columns."""
    given_up: GivenUp = set()
    known = list(notes.findings)
    while True:
        notes.findings = list(known)
        for table, rule in sorted(given_up, key=lambda one: (one[1].span.start, one[0])):
            _tell(table, rule, notes)
        made = lowered(schema, dialect, rows, dataset, notes, given_up)
        if not made.spec.tables:
            return made, ""
        text, wrong = _rehearsed(made, heading, notes)
        if wrong is None:
            return made, text
        suspect = next(_suspects(made.drafts, wrong), None)
        if suspect is None:
            help = "nothing was written; please open an issue with the script"
            raise ImporterBug(f"this is a bug in the importer: {wrong.message}", help)
        given_up.add(suspect)


def _rehearsed(made: Lowered, heading: str, notes: Notes) -> tuple[str, Problem | None]:
    """The text of a spec without the checks that rows are not drawn for, and what else is wrong with it."""
    spec = made.spec
    while True:
        text = spec_text(commented(spec, notes), heading)
        wrong = problem(spec, text)
        blamed = None if wrong is None else wrong.check or _skewing(spec, wrong)
        if blamed is None or blamed not in made.checks:
            return text, wrong
        draft, condition = made.checks.pop(blamed)
        said = SqlCheckLeftOut(
            span=condition.span, table=draft.name, condition=condition.text, cause=_NOT_SATISFIED
        )
        notes.left_out(f"{draft.name}.{blamed[1]}", said)
        spec = without(spec, {blamed})


def _skewing(spec: Spec, wrong: Problem) -> tuple[str, str] | None:
    """The check that makes shares other than declared: one that speaks of those columns."""
    if not wrong.shares:
        return None
    checks = next(t.checks for t in spec.tables if t.name == wrong.table)
    spoken = [c for c in checks if speaks(c.condition, wrong.columns)]
    return (wrong.table, spoken[0].name) if spoken else None


def _suspects(drafts: list[Draft], wrong: Problem) -> Iterator[tuple[str, Condition | Unique]]:
    """The rules that may be to blame, the likeliest first: those of the columns, of the table, of all."""
    here = [d for d in drafts if d.name == wrong.table]
    for among, columns in ((here, wrong.columns), (here, ()), (drafts, ())):
        for draft in among:
            for condition in reversed(draft.conditions):
                if not columns or speaks(condition.text, columns):
                    yield draft.name, condition
            for unique in reversed(draft.uniques):
                if not columns or set(unique.columns) & set(columns):
                    yield draft.name, unique


def speaks(text: str, columns: tuple[str, ...]) -> bool:
    """Whether a condition names one of the columns."""
    return any(re.search(rf"\b{re.escape(n)}\b", text, re.IGNORECASE) for n in columns)


def _tell(table: str, rule: Condition | Unique, notes: Notes) -> None:
    if isinstance(rule, Condition):
        said = SqlCheckLeftOut(span=rule.span, table=table, condition=rule.text, cause=_NOT_SATISFIED)
        notes.left_out(f"{table}.{rule.name or 'check'}", said)
    else:
        cause = "rows that are drawn as its columns are do not keep it"
        left = SqlUniqueLeftOut(span=rule.span, table=table, columns=rule.columns, cause=cause)
        notes.left_out(f"{table}.{'+'.join(rule.columns)}", left)
