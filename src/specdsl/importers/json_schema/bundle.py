"""Several documents as one JSON value, so that references from one into another are followed like any
other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from specdsl.importers.json_schema.document import escaped
from specdsl.importers.json_schema.library import Library, Volume
from specdsl.importers.json_schema.modern import modern
from specdsl.importers.json_schema.resources import draft_of
from specdsl.importers.json_schema.walking import changed, schemas
from specdsl.source import SourceFile, Span

_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
_IDENTIFIERS = ("$schema", "$id", "$anchor", "$dynamicAnchor", "$recursiveAnchor", "$vocabulary")
_MOST_DOCUMENTS = 500


@dataclass(eq=False)
class Prepared:
    """A document of a bundle. ``value`` is what stands for it, with the pointers of the document; ``draft``:
    the edition that ``value`` is in."""

    volume: Volume
    value: Any
    draft: str


def stays_inside(volume: Volume, library: Library) -> bool:
    """Whether no reference of ``volume`` leads into another document. Raises Damaged and FileProblem."""
    for schema, pointer in schemas(volume.document.value):
        written = schema.get("$ref")
        if isinstance(written, str):
            found = library.find(volume, pointer, written)
            if found is not None and found[0] is not volume:
                return False
    return True


class Bundle:
    """``given`` and all documents that they refer to. ``value`` has each below ``$defs``; it is in
    ``draft``."""

    def __init__(self, given: list[Prepared], library: Library, draft: str) -> None:
        """Raises Damaged and FileProblem. ``draft``: the edition of all, '' to see it from each."""
        self.source = given[0].volume.document.source
        self._library = library
        self._draft = draft
        self._names: dict[Volume, str] = {}
        self._volumes: dict[str, Volume] = {}
        values: dict[str, Any] = {}
        waiting = list(given)
        for one in waiting:
            self._name(one.volume)
        done: set[Volume] = set()
        rewritten: list[tuple[Prepared, Any]] = []
        while waiting and len(done) < _MOST_DOCUMENTS:
            one = waiting.pop(0)
            if one.volume in done:
                continue
            done.add(one.volume)
            rewritten.append((one, self._rewritten(one)))
            for volume in library.volumes:
                if volume in self._names and volume not in done:
                    value = volume.document.value
                    waiting.append(Prepared(volume, value, draft or draft_of(value)))
        drafts = {one.draft for one, _ in rewritten}
        self.draft = drafts.pop() if len(drafts) == 1 and "openapi" not in drafts else "2020-12"
        for one, value in rewritten:
            values[self._names[one.volume]] = value if one.draft == self.draft else modern(value, one.draft)
        self.value = {"$defs": values}

    @property
    def sources(self) -> list[SourceFile]:
        """The texts of all documents."""
        return [volume.document.source for volume in self._volumes.values()]

    def place(self, volume: Volume, pointer: str) -> str:
        """The pointer into the bundle that leads to ``pointer`` of ``volume``."""
        return f"/$defs/{escaped(self._name(volume))}{pointer}"

    def own(self, pointer: str) -> str:
        """``pointer`` as the document has it that it leads into."""
        return "/".join(["", *pointer.split("/")[3:]]) if pointer.startswith("/$defs/") else pointer

    def reworded(self, text: str) -> str:
        """``text`` with the pointers in it as the documents have them."""
        for name in self._volumes:
            text = text.replace(f"/$defs/{name}/", "/")
        return text

    def span(self, pointer: str) -> Span:
        """The place of ``pointer`` in its document, or of the nearest part around it."""
        steps = pointer.split("/")
        volume = self._volumes.get(steps[2]) if len(steps) > 2 else None
        known = volume or next(iter(self._volumes.values()))
        return known.document.span(self.own(pointer) if volume else "")

    def line(self, pointer: str) -> int:
        """The line of ``pointer`` in its document, counted from 1."""
        span = self.span(pointer)
        source = next(s for s in self.sources if s.name == span.file)
        return source.lines.position(span.start).line + 1

    def _name(self, volume: Volume) -> str:
        if volume in self._names:
            return self._names[volume]
        stem = re.sub(r"(\.schema)?(\.json)?$", "", PurePath(volume.path).name, flags=re.IGNORECASE)
        base = re.sub(r"[^A-Za-z0-9_-]+", "_", stem).strip("_") or "document"
        name, count = base, 2
        while name in self._volumes:
            name, count = f"{base}{count}", count + 1
        self._names[volume] = name
        self._volumes[name] = volume
        return name

    def _rewritten(self, one: Prepared) -> Any:
        draft4 = one.draft == "4"

        def change(schema: dict[str, Any], pointer: str) -> dict[str, Any]:
            made = {name: value for name, value in schema.items() if name not in _IDENTIFIERS}
            if draft4 and isinstance(made.get("id"), str):
                del made["id"]
            for word in _REFERENCES:
                written = made.get(word)
                if isinstance(written, str):
                    found = self._library.find(one.volume, pointer, written)
                    if found is not None:
                        del made[word]
                        made["$ref"] = "#" + quote(self.place(*found), safe="/~$")
            return made

        return changed(one.value, change)
