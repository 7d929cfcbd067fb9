"""``partition by``: which columns of a table divide its files."""

from __future__ import annotations

from specdsl.check.scopes import Program
from specdsl.datatypes import types as t
from specdsl.diagnostics import names
from specdsl.diagnostics.partitions import MOST_PARTITIONS, NothingLeft, PartitionColumn, TooManyPartitions
from specdsl.ir.model import Table, Uniqueness
from specdsl.syntax import tree

_ALLOWED = (t.Bool, t.Int, t.Decimal, t.String, t.Enum, t.Date, t.Time, t.Timestamp, t.Uuid)


def partition_of(program: Program, decl: tree.TableDecl) -> tree.PartitionDecl | None:
    """The ``partition by`` of a table; a diagnostic for each that there is beside it."""
    first: tree.PartitionDecl | None = None
    for member in decl.members:
        if isinstance(member, tree.PartitionDecl):
            if first is None:
                first = member
                continue
            program.bag.add(
                names.DuplicateRule(
                    span=member.span,
                    what="`partition by`",
                    table=decl.name.text,
                    first=first.span,
                    remedy="name all columns in one: `partition by (country, status)`",
                )
            )
    return first


def check_partition(program: Program, table: Table, decl: tree.PartitionDecl) -> None:
    """Reports columns of ``decl``, all of which ``table`` has, by which files cannot be divided."""
    fine = True
    for name in decl.columns:
        column = table.columns[name.text]
        if column.hidden or not isinstance(column.type, _ALLOWED):
            fine = False
            program.bag.add(
                PartitionColumn(span=name.span, column=name.text, type=str(column.type), hidden=column.hidden)
            )
        elif table.rows is not None and table.rows > MOST_PARTITIONS and _is_unique(table, name.text):
            fine = False
            program.bag.add(TooManyPartitions(span=name.span, column=name.text, rows=table.rows))
    written = {c.name for c in table.columns.values() if not c.hidden}
    if fine and written <= {name.text for name in decl.columns}:
        program.bag.add(NothingLeft(span=decl.span, table=table.name))


def _is_unique(table: Table, column: str) -> bool:
    return table.columns[column].uniqueness is not Uniqueness.NONE or table.key == (column,)
