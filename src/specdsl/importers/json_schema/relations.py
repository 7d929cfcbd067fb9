"""Keys and references that schemas name in words of their own (``primary_key``, ``foreign_key``): read, and
taken out, so that what stays is JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from specdsl.importers.json_schema.bundle import Prepared
from specdsl.importers.json_schema.contents import Contents, Entry
from specdsl.importers.json_schema.document import escaped
from specdsl.importers.json_schema.exported import Rules, rules_of, words_of_columns
from specdsl.importers.json_schema.library import Volume
from specdsl.importers.json_schema.walking import at, changed
from specdsl.importers.propernames import snake

_KEYS = ("primary_key", "primaryKey", "x-primary-key")
_UNIQUE = ("unique", "x-unique")
_FOREIGN = ("foreign_key", "foreignKey", "x-foreign-key")
_LIST = ("min_items", "max_items", "default_items")
_OWN = frozenset({*_KEYS, *_UNIQUE, *_FOREIGN, *_LIST, "on_delete", "index", "x-index"})
_SAYING_LITTLE = frozenset({"type", "description", "title", "nullable", "format"})


@dataclass(frozen=True)
class Reference:
    """A property with the values of ``target``, a property of ``table``. ``optional``: the source does not
    require it."""

    table: str
    target: str
    optional: bool


@dataclass
class Relations:
    """By table: the property that is its key, those that are unique, those that refer to others, and what
    is said of several or of whole rows. ``unknown``: where references name no table, and what they say."""

    keys: dict[str, str] = field(default_factory=dict)
    uniques: dict[str, list[str]] = field(default_factory=dict)
    references: dict[str, dict[str, Reference]] = field(default_factory=dict)
    rules: dict[str, Rules] = field(default_factory=dict)
    unknown: list[tuple[Volume, str, str]] = field(default_factory=list)

    @property
    def any(self) -> bool:
        """Whether there is one."""
        return bool(self.keys or self.uniques or self.references or self.rules)


def related(every: Sequence[Contents], tables: Mapping[str, Entry]) -> tuple[Relations, list[Prepared], bool]:
    """The relations of ``tables``, the documents without the words that told them, and whether there were
    any such words."""
    found = Relations()
    values = {one.prepared.volume: one.prepared.value for one in every}
    called = {snake(_plain(entry)): name for name, entry in tables.items() if _plain(entry)}
    called |= {snake(name): name for name in tables}
    required: dict[tuple[Any, str], list[str]] = {}
    foreign: dict[tuple[Any, str], tuple[Entry, str]] = {}
    narrower: dict[tuple[Any, str], list[Any]] = {}
    for name, entry in tables.items():
        schema = _at(values[entry.volume], entry.pointer)
        properties = schema.get("properties") if isinstance(schema, dict) else None
        exported = words_of_columns(schema) if isinstance(schema, dict) else {}
        rules = rules_of(schema) if isinstance(schema, dict) else Rules()
        if rules.any:
            found.rules[name] = rules
        for member, written in properties.items() if isinstance(properties, dict) else ():
            if not isinstance(written, dict):
                continue
            told = {**written, **exported.get(member, {})}
            here = f"{entry.pointer}/properties/{escaped(member)}"
            if told.get("type") == "primary" or any(told.get(word) is True for word in _KEYS):
                found.keys.setdefault(name, member)
                required.setdefault((entry.volume, entry.pointer), []).append(member)
            elif any(told.get(word) is True for word in _UNIQUE):
                found.uniques.setdefault(name, []).append(member)
                required.setdefault((entry.volume, entry.pointer), []).append(member)
            said = _said(told)
            table, _, target = said.rpartition(".")
            owner = called.get(snake(table))
            if owner is None and (said or told.get("type") == "foreign"):
                found.unknown.append((entry.volume, here, said))
            if not said or owner is None:
                continue
            optional = member not in schema.get("required", ())
            found.references.setdefault(name, {})[member] = Reference(owner, target, optional)
            there = tables[owner]
            foreign[entry.volume, here] = (there, target)
            rest = {word: one for word, one in told.items() if word not in _OWN and not word.startswith("x-")}
            if told.get("type") != "foreign" and there.volume is entry.volume and set(rest) - _SAYING_LITTLE:
                key = f"{there.pointer}/properties/{escaped(target)}"
                narrower.setdefault((entry.volume, key), []).append(rest)
    for _, references in sorted(found.references.items()):
        for one in references.values():
            if one.table not in found.keys:
                found.keys[one.table] = one.target
                there = tables[one.table]
                required.setdefault((there.volume, there.pointer), []).append(one.target)
    touched = False
    made: list[Prepared] = []
    for contents in every:
        prepared = contents.prepared

        def change(schema: dict[str, Any], pointer: str, volume: Any = prepared.volume) -> dict[str, Any]:
            nonlocal touched
            result = _plain_words(schema, foreign.get((volume, pointer)), volume, values)
            more = required.get((volume, pointer), [])
            if more and isinstance(result.get("properties"), dict):
                names = [*result.get("required", ()), *more]
                known = [n for n in dict.fromkeys(names) if n in result["properties"]]
                result = {**result, "required": known}
            if (volume, pointer) in narrower:
                result = {"allOf": [result, *narrower[volume, pointer]]}
            touched |= result != schema
            return result

        value = changed(prepared.value, change)
        made.append(Prepared(prepared.volume, value, prepared.draft))
    return found, made, touched


def _plain(entry: Entry) -> str:
    schema = _at(entry.volume.document.value, entry.pointer)
    title = schema.get("title") if isinstance(schema, dict) else None
    return entry.name or (title if isinstance(title, str) else "")


def _said(told: dict[str, Any]) -> str:
    """``table.property`` as a schema refers to it, '' where it does not."""
    for word in ("ref", "references", *_FOREIGN) if told.get("type") == "foreign" else _FOREIGN:
        said = told.get(word)
        if isinstance(said, dict) and isinstance(said.get("table"), str):
            said = f"{said['table']}.{said.get('column') or said.get('field') or 'id'}"
        if isinstance(said, str) and "." in said.strip("."):
            return said
        if isinstance(said, str) and said:
            return f"{said}.id"
    return ""


def _plain_words(
    schema: dict[str, Any], foreign: Any, volume: Any, values: Mapping[Any, Any]
) -> dict[str, Any]:
    """``schema`` in words of JSON Schema alone."""
    kind = schema.get("type")
    extended = kind in ("primary", "foreign") or any(word in schema for word in _OWN)
    made = {word: one for word, one in schema.items() if word not in _OWN} if extended else dict(schema)
    if kind == "primary":
        textual = any(word in made for word in ("format", "pattern", "minLength", "maxLength"))
        made["type"] = "string" if textual else "integer"
    if kind == "foreign":
        nullable = made.pop("nullable", False) is True
        for word in ("type", "ref", "references"):
            made.pop(word, None)
        meant = _meant(foreign, volume, values)
        made = {**made, "anyOf": [meant, {"type": "null"}]} if nullable else {**meant, **made, **meant}
    if isinstance(schema.get("enum"), list) and any(word in schema for word in _LIST):
        return _distinct_list(schema, made)
    if made.get("format") == "datetime":
        made["format"] = "date-time"
    if made.get("format") == "name":
        del made["format"]
        made.setdefault("x-faker", "name.fullName")
    return made


def _meant(foreign: Any, volume: Any, values: Mapping[Any, Any]) -> dict[str, Any]:
    """What holds for the property that is referred to."""
    if foreign is None:
        return {"type": "integer"}
    entry, target = foreign
    pointer = f"{entry.pointer}/properties/{escaped(target)}"
    if entry.volume is volume:
        return {"$ref": f"#{pointer}"}
    told = _at(values[entry.volume], pointer)
    plain = told if isinstance(told, dict) else {"type": "integer"}
    return _plain_words(plain, None, entry.volume, values)


def _distinct_list(schema: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    """An ``enum`` with numbers of items: a list of distinct members."""
    members = list(made.pop("enum"))
    usual = schema.get("default_items")
    count = usual if isinstance(usual, int) and not isinstance(usual, bool) else None
    low = schema.get("min_items", count if count is not None else 0)
    high = schema.get("max_items", count if count is not None else len(members))
    item = (
        {"enum": members} if made.get("type") in (None, "array") else {"type": made["type"], "enum": members}
    )
    return {**made, "type": "array", "items": item, "minItems": low, "maxItems": high, "uniqueItems": True}


def _at(value: Any, pointer: str) -> Any:
    try:
        return at(value, pointer)
    except LookupError:
        return None
