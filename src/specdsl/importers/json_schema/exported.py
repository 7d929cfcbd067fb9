"""Tables, keys, references and checks that a schema says in the exporter's own members (``x-specdsl-key``),
read where the texts that it carries are not: it was changed, or exported ``--plain``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from specdsl.exporters.json_schema import vocabulary as v
from specdsl.importers.model import Check

_OF_TABLES = (v.KEY, v.UNIQUE, v.REFERENCES, v.CHECKS)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a table's schema says of several columns or of a whole row."""

    key: tuple[str, ...] = ()
    uniques: tuple[tuple[str, ...], ...] = ()
    checks: tuple[Check, ...] = ()

    @property
    def any(self) -> bool:
        """Whether there is one."""
        return bool(self.key or self.uniques or self.checks)

    def each(self) -> Iterator[tuple[str, Rules]]:
        """One rule at a time, with what it is called."""
        if self.key:
            yield f"the key ({', '.join(self.key)})", Rules(key=self.key)
        for columns in self.uniques:
            yield f"the uniqueness of ({', '.join(columns)})", Rules(uniques=(columns,))
        for check in self.checks:
            yield f"the check `{check.name}`", Rules(checks=(check,))


def table_names(schema: Mapping[str, Any]) -> tuple[str, list[str]]:
    """``$defs`` or ``definitions``, and those in it that are the tables of an exported dataset: the root
    allows the rows of each, and one of them says what only tables have. Nothing for another schema."""
    for word in ("$defs", "definitions"):
        defined = schema.get(word)
        branches = schema.get("anyOf")
        if not isinstance(defined, dict) or not isinstance(branches, list) or "properties" in schema:
            continue
        above = f"#/{word}/"
        named = [one.get("$ref") if isinstance(one, dict) else None for one in branches]
        names = [n.removeprefix(above) for n in named if isinstance(n, str) and n.startswith(above)]
        tables = [name for name in names if isinstance(defined.get(name), dict)]
        if len(tables) == len(branches) and any(w in defined[name] for name in tables for w in _OF_TABLES):
            return word, tables
    return "", []


def words_of_columns(schema: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """By property: that it is the key, unique, or refers to ``table.column``, in the words that schemas of
    others have for it."""
    found: dict[str, dict[str, Any]] = {}
    for name in _lists(schema.get(v.KEY) and [schema[v.KEY]], 1):
        found.setdefault(name[0], {})["primary_key"] = True
    for name in _lists(schema.get(v.UNIQUE), 1):
        found.setdefault(name[0], {})["unique"] = True
    references = schema.get(v.REFERENCES)
    for one in references if isinstance(references, list) else ():
        table = one.get("table") if isinstance(one, dict) else None
        ends = _lists([one.get("columns"), one.get("key")], 1) if isinstance(table, str) else []
        if len(ends) == 2:
            found.setdefault(ends[0][0], {})["foreign_key"] = f"{table}.{ends[1][0]}"
    return found


def rules_of(schema: Mapping[str, Any]) -> Rules:
    """The keys of several columns and the checks that ``schema`` says."""
    checks = schema.get(v.CHECKS)
    return Rules(
        key=next(iter(_lists(schema.get(v.KEY) and [schema[v.KEY]], 2)), ()),
        uniques=tuple(_lists(schema.get(v.UNIQUE), 2)),
        checks=tuple(
            Check(name, text)
            for name, text in (checks.items() if isinstance(checks, dict) else ())
            if isinstance(text, str) and _is_one_condition(text)
        ),
    )


def _lists(value: Any, least: int) -> list[tuple[str, ...]]:
    """The lists of names in ``value``: those of one, or (``least`` 2) those of more."""
    every = value if isinstance(value, list) else []
    names = [tuple(one) for one in every if isinstance(one, list) and all(isinstance(n, str) for n in one)]
    return [one for one in names if (len(one) == 1 if least == 1 else len(one) >= least)]


def _is_one_condition(text: str) -> bool:
    """Whether a condition ends where its text does: it closes no brace that it did not open."""
    depth = 0
    for letter in text:
        depth += (letter == "{") - (letter == "}")
        if depth < 0 or letter in "\n#":
            return False
    return depth == 0 and bool(text.strip())
