"""Which of the schemas become tables, and what the tables are called."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Any

from specdsl.errors import UsageError
from specdsl.importers.json_schema.contents import Entry
from specdsl.importers.json_schema.walking import at
from specdsl.importers.propernames import snake
from specdsl.importers.registry import Settings

_LONGEST_NAME = 60
_SHOWN = 12
_DEFINING = frozenset({"$defs", "definitions", "$schema", "$id", "id", "title", "description", "$comment"})


def chosen(entries: list[Entry], wanted: tuple[str, ...]) -> list[Entry]:
    """Those of ``entries`` to make tables of: the ``wanted`` ones, else all but documents that only define
    what others use. Raises UsageError where there are none of a wanted name."""
    if len(entries) == 1 and len(wanted) < 2:
        return entries
    if not entries:
        raise UsageError(
            "there is no schema of an object here", "a table is made of a schema with `properties`"
        )
    if not wanted:
        return [one for one in entries if not _only_defines(_schema(one))] or entries
    found: list[Entry] = []
    for name in wanted:
        fit = [one for one in entries if snake(name) in (snake(_called(one)), _name(_called(one)))]
        if not fit:
            known = sorted({_name(_called(one)) or "rows" for one in entries})
            more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
            raise UsageError(
                f"there is no schema for a table `{name}`", f"there are: {', '.join(known[:_SHOWN])}{more}"
            )
        found += [one for one in fit if one not in found]
    return found


def table_names(entries: list[Entry], settings: Settings) -> list[str]:
    """A name for the table of each entry, none of them taken."""
    names: list[str] = []
    for entry in entries:
        wanted = _name(_called(entry)) or "rows"
        if len(entries) == 1 and len(settings.tables) == 1:
            wanted = settings.tables[0]
        name, count = wanted, 2
        while name in settings.taken or name in names:
            name, count = f"{wanted}{count}", count + 1
        names.append(name)
    return names


def _schema(entry: Entry) -> Any:
    try:
        return at(entry.volume.document.value, entry.pointer)
    except LookupError:
        return None


def _called(entry: Entry) -> str:
    """What the source calls the schema: by its own name, its title, its file."""
    schema = _schema(entry)
    title = schema.get("title") if isinstance(schema, dict) else None
    if entry.name:
        return entry.name
    return title if isinstance(title, str) and _name(title) else _stem(entry.volume.document.source.name)


def _only_defines(schema: Any) -> bool:
    return isinstance(schema, dict) and set(schema) <= _DEFINING


def _stem(file: str) -> str:
    return re.sub(r"(\.schema)?(\.json)?$", "", PurePath(file).name, flags=re.IGNORECASE)


def _name(text: str) -> str:
    """An identifier made of ``text``, '' where it has no letter or is no short title."""
    plain = snake(text) if len(text) <= _LONGEST_NAME else ""
    return plain if plain.isidentifier() and plain.isascii() else ""
