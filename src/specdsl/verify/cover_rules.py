"""Rules of test designs: every combination that the rules of a table allow is in one of its rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from specdsl.check.show import show_value
from specdsl.datatypes import types as t
from specdsl.ir.model import Cover, Design, Table
from specdsl.verify.forms import constant, quote_text
from specdsl.verify.lowered import CannotLowerError
from specdsl.verify.naming import table_name
from specdsl.verify.row_tests import ALIAS, row_scope
from specdsl.verify.rule import GroupTest, NotCheckable, Rule, RuleKind, Shown, Test
from specdsl.verify.sql import Context, Lowering


def designed_columns(table: Table) -> frozenset[str]:
    """The columns whose values are those of a design in the first rows."""
    return frozenset() if table.cover is None else frozenset(table.cover.columns)


def cover_rules(table: Table, context: Context) -> Iterator[Rule]:
    """The rule of the table's design, if it has one."""
    if table.cover is None or table.design is None:
        return
    test = _test(table, table.cover, table.design, context)
    yield Rule(f"{table.name} {table.cover.written}", RuleKind.COVER, table.name, table.cover.columns, test)


def _test(table: Table, cover: Cover, design: Design, context: Context) -> Test:
    hidden = [name for name in cover.columns if table.columns[name].hidden]
    if hidden:
        return NotCheckable(f"it needs the hidden column `{table.name}.{hidden[0]}`")
    if table.name in context.grown:
        return NotCheckable("its rows are in an earlier batch")
    lowering = Lowering(context)
    try:
        values = [lowering.column(name, row_scope(table)) for name in cover.columns]
    except CannotLowerError as problem:
        return NotCheckable(str(problem))
    codes = [
        _code(table, name, value, domain)
        for name, value, domain in zip(cover.columns, values, design.domains, strict=True)
    ]
    source = " ".join([f"{table_name(table)} AS {ALIAS}", *lowering.joins])
    found = f"SELECT DISTINCT [{', '.join(codes)}] AS codes FROM {source}"
    wanted = f"SELECT unnest({_lists(design)}) AS codes"
    missing = f"({_combined(wanted, cover)}) EXCEPT ({_combined(found, cover)})"
    return GroupTest(
        f"SELECT {design.possible}",
        f"SELECT {_told(table, cover, design)} AS missing, 1 AS broken FROM ({missing})",
        (Shown("missing", "missing", t.STRING),),
        note=_note(cover, design),
    )


def _note(cover: Cover, design: Design) -> str:
    left_out = design.combinations - design.possible
    beside = f"; {left_out:,} more cannot be" if left_out else ""
    return f"{design.possible:,} {cover.what} in {design.rows:,} rows{beside}"


def _code(table: Table, name: str, value: str, domain: Sequence[object]) -> str:
    """The code of a value: its place in the domain, -1 for one that is not in it."""
    dtype = table.columns[name].type
    listed = ", ".join(constant(v, dtype) for v in domain if v is not None)  # type: ignore[arg-type]
    places = [i for i, v in enumerate(domain) if v is not None]
    known = (
        f"coalesce([{', '.join(map(str, places))}][list_position([{listed}], {value})], -1)"
        if places
        else "-1"
    )
    null = domain.index(None) if None in domain else -1
    return f"CASE WHEN {value} IS NULL THEN {null} ELSE {known} END"


def _lists(design: Design) -> str:
    codes = np.frombuffer(design.codes, dtype=np.uint8).reshape(design.rows, len(design.domains))
    return f"[{', '.join(str(row) for row in codes.tolist())}]"


def _combined(rows: str, cover: Cover) -> str:
    """The combinations of rows that are lists of codes: columns by number, and their codes."""
    chosen = list(combinations(range(1, len(cover.columns) + 1), cover.combined))
    subsets = f"[{', '.join(str(list(subset)) for subset in chosen)}]"
    places = range(1, cover.combined + 1)
    columns = ", ".join(f"s[{i}] AS s{i}, codes[s[{i}]] AS v{i}" for i in places)
    return f"SELECT DISTINCT {columns} FROM ({rows}) CROSS JOIN (SELECT unnest({subsets}) AS s)"


def _told(table: Table, cover: Cover, design: Design) -> str:
    """A missing combination as people read it, with the names of its columns."""
    types = [table.columns[name].type for name in cover.columns]
    texts = [
        f"[{', '.join(quote_text(f'{name} = {show_value(value, dtype)}') for value in domain)}]"
        for name, dtype, domain in zip(cover.columns, types, design.domains, strict=True)
    ]
    values = f"[{', '.join(texts)}]"
    parts = [f"{values}[s{i}][v{i} + 1]" for i in range(1, cover.combined + 1)]
    return " || ', ' || ".join(parts)
