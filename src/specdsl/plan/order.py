"""The order in which tables are built and verified."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from specdsl.ir.model import Dataset


def table_order(dataset: Dataset) -> tuple[str, ...]:
    """Parents before the tables that refer to them, ties and circles in the order of the text; derived
    tables after everything else, each after those it reads."""
    plain = [name for name, t in dataset.tables.items() if t.query is None]
    derived = [name for name, t in dataset.tables.items() if t.query is not None]
    out: list[str] = []
    _visit_all(plain, lambda name: [r.table for r in dataset.tables[name].references.values()], out)
    _visit_all(derived, lambda name: _reads(dataset, name), out)
    return tuple(out)


def _reads(dataset: Dataset, name: str) -> list[str]:
    query = dataset.tables[name].query
    return [] if query is None else [t for t in query.reads if t in dataset.tables]


def _visit_all(names: list[str], before: Callable[[str], list[str]], out: list[str]) -> None:
    done = set(out)
    active: set[str] = set()
    for start in names:
        stack: list[tuple[str, Iterator[str] | None]] = [(start, None)]
        while stack:
            name, rest = stack.pop()
            if rest is None:
                if name in done or name in active or name not in names:
                    continue
                active.add(name)
                rest = iter(before(name))
            following = next(rest, None)
            if following is None:
                active.discard(name)
                done.add(name)
                out.append(name)
            else:
                stack.append((name, rest))
                stack.append((following, None))
