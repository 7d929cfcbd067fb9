"""``cover`` as a table declares it."""

from __future__ import annotations

from specdsl.check.scopes import Program, TableSymbol
from specdsl.diagnostics import names
from specdsl.diagnostics.covering import CoverRows, CoverStrength
from specdsl.ir.model import Cover
from specdsl.source import Span
from specdsl.syntax import tree

MOST_COMBINED = 6
"""Values of so many columns are combined at most, but for ``cover all``."""


def covers(decl: tree.TableDecl) -> bool:
    """Whether a table declares a design, from which its number of rows follows."""
    return any(isinstance(member, tree.CoverDecl) for member in decl.members)


def cover_of(program: Program, table: TableSymbol) -> Cover | None:
    """What a table covers, None where it declares nothing or what cannot be; a diagnostic for each reason.
    The columns are there."""
    decls = [member for member in table.decl.members if isinstance(member, tree.CoverDecl)]
    if not decls:
        return None
    first, *others = decls
    program.spans.tables[table.name].rules["cover"] = first.span
    for other in others:
        program.bag.add(
            names.DuplicateRule(
                span=other.span,
                what="`cover`",
                table=table.name,
                first=first.span,
                remedy="keep one, with all the columns; for another design use a table of its own",
            )
        )
    fine = _strength(program, first)
    source = _source(table)
    if source is not None:
        program.bag.add(CoverRows(span=first.span, table=table.name, source=source[0], place=source[1]))
    if others or not fine or source is not None:
        return None
    columns = tuple(dict.fromkeys(name.text for name in first.columns))
    return Cover(columns, first.strength.columns)


def _strength(program: Program, decl: tree.CoverDecl) -> bool:
    """Whether so many columns can be combined."""
    combined = decl.strength.columns
    columns = len({name.text for name in decl.columns})
    written = program.text(decl.strength)

    def wrong(why: str, corrected: str) -> bool:
        program.bag.add(CoverStrength(span=decl.strength.span, written=written, why=why, corrected=corrected))
        return False

    if columns < 2:
        twice = len(decl.columns) > 1
        named = (
            f"only `{decl.columns[0].text}` is named, {_times(len(decl.columns))}"
            if twice
            else "one is named"
        )
        return wrong(f"combines the values of columns, and {named}", "")
    if combined is None:
        return True
    if combined < 2:
        return wrong("combines no columns: two are the least", "pairwise")
    if combined == 2 and written != "pairwise":
        return wrong("is written `pairwise`", "pairwise")
    if combined > columns:
        return wrong(f"combines {combined} columns, and {columns} are named", "all")
    if combined > MOST_COMBINED:
        return wrong(
            f"combines more than {MOST_COMBINED} columns",
            "all" if columns == combined else f"{MOST_COMBINED}-wise",
        )
    return True


def _times(count: int) -> str:
    return "twice" if count == 2 else f"{count} times"


def _source(table: TableSymbol) -> tuple[str, Span] | None:
    """Where the rows come from, if not from a number."""
    decl = table.decl
    if decl.over is not None:
        return "`over`", decl.over.span
    if decl.source is not None:
        return "a file", decl.source.span
    if decl.events is not None:
        return "a lifecycle", decl.events.span
    for reference in table.references.values():
        for modifier in reference.decl.modifiers:
            if isinstance(modifier, tree.Each):
                return "the `each` of a reference", modifier.span
    return None
