"""Plans of the tables that are asked for: of an earlier batch most are not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from threading import RLock

from specdsl.ir.expr import Candidate, Follow, Hop
from specdsl.ir.model import Dataset, Reference
from specdsl.plan.model import Plan, TablePlan
from specdsl.plan.order import table_order
from specdsl.plan.planner import plans_of
from specdsl.records import field_names


class Reach:
    """What each table of a dataset names, and what that names, itself included."""

    def __init__(self, dataset: Dataset) -> None:
        self._planned = [name for name, table in dataset.tables.items() if table.query is None]
        self._named = {name: frozenset(_named(dataset.tables[name])) for name in self._planned}
        self._reach: dict[str, tuple[str, ...]] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._planned)

    def __len__(self) -> int:
        return len(self._planned)

    def __contains__(self, name: object) -> bool:
        return name in self._named

    def of(self, name: str) -> tuple[str, ...]:
        """In the order of the dataset."""
        found = self._reach.get(name)
        if found is None:
            seen = {name}
            todo = [name]
            while todo:
                more = self._named[todo.pop()] & self._named.keys() - seen
                seen |= more
                todo += more
            found = self._reach[name] = tuple(one for one in self._planned if one in seen)
        return found


def partial_plan(dataset: Dataset, reach: Reach) -> Plan:
    """The plan of ``dataset``, made table by table when one is asked for, by any thread. ``reach``: that of
    the dataset at any time and with any number of rows."""
    return Plan(dataset, _Tables(dataset, reach), table_order(dataset))


class _Tables(Mapping[str, TablePlan]):
    def __init__(self, dataset: Dataset, reach: Reach) -> None:
        self._dataset = dataset
        self._reach = reach
        self._made: dict[str, TablePlan] = {}
        self._lock = RLock()

    def __getitem__(self, name: str) -> TablePlan:
        found = self._made.get(name)
        if found is not None:
            return found
        if name not in self._reach:
            raise KeyError(name)
        with self._lock:
            if name not in self._made:
                made = plans_of(self._dataset, self._reach.of(name))
                self._made.update((one, plan) for one, plan in made.items() if one not in self._made)
            return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._reach

    def __iter__(self) -> Iterator[str]:
        return iter(self._reach)

    def __len__(self) -> int:
        return len(self._reach)


def _named(node: object) -> Iterator[str]:
    """The tables that something in ``node`` names."""
    match node:
        case Reference() | Follow() | Candidate() | Hop():
            yield node.table
    if isinstance(node, Mapping):
        node = tuple(node.values())
    if isinstance(node, tuple):
        for item in node:
            yield from _named(item)
    elif is_dataclass(node):
        for name in field_names(node.__class__):
            yield from _named(getattr(node, name))
