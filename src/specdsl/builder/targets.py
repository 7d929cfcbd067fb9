"""Targets made in code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from os import PathLike
from pathlib import Path

from specdsl.builder.errors import BuilderError
from specdsl.builder.expressions import Expr, Level, as_expr, owners_of
from specdsl.builder.literals import percent_text, string_text
from specdsl.builder.names import name_text
from specdsl.ir.model import TargetKind

Amounts = float | Decimal | Mapping[object, float | Decimal]
"""What all rows come to, or each group."""

_SHARES = (TargetKind.SHARE, TargetKind.RETENTION)


def target_text(
    measure: Expr | str,
    groups: Sequence[Expr],
    amounts: Amounts | None,
    source: str | PathLike[str] | None,
    value_column: str | None,
    group_columns: Sequence[str],
    free: bool,
) -> tuple[str, frozenset[str]]:
    """``target sum(total) by country { "DE": 1_200 } else free``, and the tables whose columns it names.
    Raises BuilderError."""
    kind = _kind(measure)
    if (amounts is None) == (source is None):
        raise BuilderError("a target has amounts, or source= their file: one of the two")
    if source is None and (value_column is not None or group_columns):
        raise BuilderError("value_column= and group_columns= name columns of a file", "source= says which")
    if group_columns and not groups:
        raise BuilderError("group_columns= names what by= goes by in the file, and there is no by=")
    if amounts is not None and not isinstance(amounts, Mapping) and groups:
        raise BuilderError(
            "one amount is for all rows, not by group", "give a mapping from groups to amounts"
        )
    called = "" if value_column is None else f" as {name_text(value_column)}"
    parts = [f"target {measure}{called}"]
    if groups:
        parts.append(f"by {_listed([group.at(Level.SUM) for group in groups])}")
    if group_columns:
        parts.append(f"as {_listed([name_text(column) for column in group_columns])}")
    text, used = _asked(kind, amounts, source)
    parts.append(text)
    if free:
        parts.append("else free")
    owners = owners_of(*groups, *used, *([measure] if isinstance(measure, Expr) else []))
    return " ".join(parts), owners


def _kind(measure: Expr | str) -> TargetKind:
    if not isinstance(measure, Expr):
        kind, said = str(measure), measure == TargetKind.COUNT
    else:
        kind = measure.text.split("(")[0]
        said = measure.level is Level.ATOM and measure.text.endswith(")") and kind != TargetKind.COUNT
    if not said or kind not in list(TargetKind):
        raise BuilderError(
            f"a target is about {', '.join(TargetKind)}, not about `{measure}`",
            'for example "count", fn.sum(column), fn.share(condition)',
        )
    return TargetKind(kind)


def _listed(texts: Sequence[str]) -> str:
    return texts[0] if len(texts) == 1 else f"({', '.join(texts)})"


def _asked(
    kind: TargetKind, amounts: Amounts | None, source: str | PathLike[str] | None
) -> tuple[str, list[Expr]]:
    """What is asked for, in the text or in a file, and the keys of the groups."""
    if source is not None:
        return f"from {string_text(Path(source).as_posix())}", []
    assert amounts is not None
    if not isinstance(amounts, Mapping):
        return f"= {_amount(kind, amounts)}", []
    if not amounts:
        raise BuilderError("a target names the groups that it is about")
    keys = [as_expr(key) for key in amounts]
    entries = zip(keys, amounts.values(), strict=True)
    inner = ", ".join(f"{key.at(Level.SUM)}: {_amount(kind, amount)}" for key, amount in entries)
    return f"{{ {inner} }}", keys


def _amount(kind: TargetKind, amount: float | Decimal) -> str:
    if isinstance(amount, bool) or not isinstance(amount, int | float | Decimal):
        raise BuilderError(f"what a group comes to is a number, not {amount!r}")
    return percent_text(amount) if kind in _SHARES else as_expr(amount).at(Level.SUM)
