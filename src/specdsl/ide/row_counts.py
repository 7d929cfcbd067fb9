"""How many rows the tables of a program have, read from the trees alone: for a list of all of them.

Where compiling would tell more (``estimates``), nothing is told here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from specdsl.check.lifecycle_columns import states_of
from specdsl.check.stored import stored_name
from specdsl.files import FileProblem, Files
from specdsl.ide.estimates import MEANS, Rows
from specdsl.ide.outline import Outline, Table
from specdsl.syntax import tree

_DAY: Final = 86_400_000_000
_RECORDS: Final = 2.0  # of a version: while it seems to go on, and once its end is known


def row_counts(outline: Outline, files: Files) -> Mapping[str, Rows | None]:
    """The rows of each table by its name, in the order of the text; None where nothing tells."""
    counting = _Counting(outline, files)
    return {table.name: counting.rounded(table.name) for table in outline.tables()}


def rows_of(outline: Outline, files: Files, name: str) -> Rows | None:
    """The rows of one table, as ``row_counts`` has them."""
    return _Counting(outline, files).rounded(name)


class _Counting:
    """Rows of tables, each counted once."""

    def __init__(self, outline: Outline, files: Files) -> None:
        self._outline = outline
        self._files = files
        self._known: dict[str, tuple[float, bool] | None] = {}

    def rounded(self, name: str) -> Rows | None:
        found = self._of(name)
        return None if found is None else Rows(round(found[0]), found[1])

    def _of(self, name: str) -> tuple[float, bool] | None:
        """The average, and whether it is always that many."""
        if name not in self._known:
            self._known[name] = None  # for those that depend on themselves
            table = self._outline.table(name)
            self._known[name] = None if table is None else self._count(table)
        return self._known[name]

    def _count(self, table: Table) -> tuple[float, bool] | None:
        decl = table.decl
        if decl.query is not None:
            return None
        if decl.source is not None:
            return self._of_file(table, decl.source)
        if decl.database is not None:
            return None
        if decl.events is not None:
            return self._of_events(decl.events)
        if decl.count is not None:
            count = _constant(decl.count)
            return None if count is None else (count, True)
        total, exact, dimensions = 1.0, True, 0
        for member in decl.members:
            if not isinstance(member, tree.ColumnDecl) or member.reference is None:
                continue
            each = next((m for m in member.modifiers if isinstance(m, tree.Each)), None)
            if each is None:
                continue
            parents, children = self._of(member.reference.table.text), _children(each)
            if parents is None or children is None:
                return None
            total *= parents[0] * children[0]
            exact = exact and parents[1] and children[1] and not table.histories
            dimensions += 1
        if decl.over is not None:
            size = _over(decl.over)
            if size is None:
                return None
            total *= size
            dimensions += 1
        return (total, exact) if dimensions else None

    def _of_events(self, events: tree.Events) -> tuple[float, bool] | None:
        """As many rows for each parent as it enters states, were there time for all of them."""
        source, parents = self._outline.table(events.table.text), self._of(events.table.text)
        lifecycle = None if source is None else source.lifecycles.get(events.column.text)
        if source is not None and events.column.text in source.histories and parents is not None:
            return parents[0] * _RECORDS, False
        if lifecycle is None or parents is None:
            return None
        return parents[0] * _states_entered(lifecycle), False

    def _of_file(self, table: Table, source: tree.String) -> tuple[float, bool] | None:
        found = self._outline.find(table.name)
        try:
            path = self._files.resolve("" if found is None else found.path, source.value)
            return self._files.data_schema(path, stored_name(table.decl, source)).rows, True
        except FileProblem:
            return None


def _children(each: tree.Each) -> tuple[float, bool] | None:
    """The mean number of children, and whether each parent has just that many."""
    if each.count is None:
        return 1.0, True
    constant = _constant(each.count)
    if constant is not None:
        return constant, True
    mean = _mean(each.count)
    if mean is None:
        return None
    most = None if each.maximum is None else _constant(each.maximum)
    return (mean if most is None else min(mean, most)), False


def _mean(node: tree.Expr) -> float | None:
    """The mean of a number that is drawn."""
    match node:
        case tree.Number(value=value):
            return float(value)
        case tree.Range(low=tree.Number(value=low), high=tree.Number(value=high)):
            return (float(low) + float(high)) / 2
        case tree.Choice(arms=arms):
            return _mixed(arms)
        case tree.Call(function=function, args=args):
            wanted = MEANS.get(function.text, ())
            named = next((a.value for a in args if a.name is not None and a.name.text in wanted), None)
            first = args[0].value if wanted and args and args[0].name is None else None
            given = named or first
            return None if given is None else _mean(given)
        case _:
            return None


def _mixed(arms: tuple[tree.Arm, ...]) -> float | None:
    written = [float(arm.weight.value) / 100 for arm in arms if arm.weight is not None]
    without = len(arms) - len(written)
    rest = max(1 - sum(written), 0.0) / without if without else 0.0
    total = 0.0
    for arm in arms:
        mean = _mean(arm.value)
        if mean is None:
            return None
        total += mean * (rest if arm.weight is None else float(arm.weight.value) / 100)
    return total


def _over(over: tree.Over) -> int | None:
    """How many steps a range has."""
    step = None if over.step is None else _physical(over.step)
    match over.range:
        case tree.Range(low=tree.Number() | tree.Date() | tree.Timestamp() | tree.Time() as low, high=high):
            first, last = _physical(low), _physical(high)
            if step is None:
                step = _DAY if isinstance(low, tree.Date) else 1 if isinstance(low, tree.Number) else None
            if first is None or last is None or not step or step < 0 or type(low) is not type(high):
                return None
            return max(0, (last - first) // step + 1)
        case _:
            return None


def _physical(node: tree.Expr | None) -> int | None:
    match node:
        case tree.Number(value=value, is_int=True):
            return int(value)
        case tree.Date(value=value):
            return value.toordinal() * _DAY
        case tree.Timestamp(micros=micros) | tree.Time(micros=micros) | tree.Duration(micros=micros):
            return micros
        case _:
            return None


def _states_entered(decl: tree.LifecycleDecl) -> float:
    """How many states a row enters on average."""
    states = states_of(decl)
    first = next(iter(states), "")
    entered = {first: 1.0}
    for _ in states:  # as many steps as the longest way has at most
        found = dict.fromkeys(states, 0.0) | {first: 1.0}
        for state in decl.states:
            given = sum(float(tr.share.value) for tr in state.transitions if tr.share is not None)
            free = sum(tr.share is None for tr in state.transitions)
            for tr in state.transitions:
                share = float(tr.share.value) if tr.share is not None else max(100 - given, 0) / free
                found[tr.target.text] += entered.get(state.name.text, 0.0) * share / 100
        entered = found
    return sum(entered.values())


def _constant(node: tree.Expr) -> int | None:
    match node:
        case tree.Number(value=value) if value == int(value):
            return int(value)
        case _:
            return None
