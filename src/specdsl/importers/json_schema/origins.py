"""Comments that say where in a schema tables and types come from, for people and for the editor."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath

from specdsl.importers.json_schema.bundle import Bundle
from specdsl.importers.json_schema.resources import Resources
from specdsl.importers.model import Spec

_COMMENT = re.compile(r"#\s*from ([^#\s]*)#((?:/\S*)?)\s*$")
_HEADING = re.compile(r"#\s*Imported from ([^,]+\.json)\s*$")


@dataclass(frozen=True, slots=True)
class Origin:
    """A place in a document: the name of its ``file`` without folders, and a JSON Pointer."""

    file: str
    pointer: str

    @property
    def text(self) -> str:
        """The place as an address has it."""
        return f"{self.file}#{self.pointer}"


def with_origins(spec: Spec, resources: Resources, tables: Mapping[str, str]) -> Spec:
    """``spec`` with a comment above each type that is a definition, and above the tables that ``tables`` has
    the pointers of."""
    document = resources.document

    def comment(pointer: str) -> tuple[str, ...]:
        if not re.fullmatch(r"(/\S+)?", pointer):
            return ()
        if isinstance(document, Bundle):
            several = len(document.sources) > 1
            file = PurePath(document.span(pointer).file).name if several else ""
            return (f"from {Origin(file, document.own(pointer)).text}",)
        return (f"from {Origin('', pointer).text}",)

    types = tuple(
        replace(one, comments=(*comment(one.pointer), *one.comments)) if one.pointer else one
        for one in spec.types
    )
    made = tuple(
        replace(one, comments=(*comment(tables[one.name]), *one.comments)) if one.name in tables else one
        for one in spec.tables
    )
    return replace(spec, types=types, tables=made)


def origin(above: str, heading: str) -> Origin | None:
    """What the comments ``above`` a declaration say of it; the file is that of the spec's ``heading`` where
    they name none."""
    head = _HEADING.match(heading)
    file = head[1] if head else ""
    for line in above.splitlines():
        found = _COMMENT.match(line.strip())
        if found is not None:
            return Origin(found[1] or file, found[2])
    return None


def heading_origin(heading: str) -> Origin | None:
    """The document of a spec that is made of one alone."""
    head = _HEADING.match(heading)
    return Origin(head[1], "") if head else None
